#include "scene/juice_bottle_label.h"

#include "base/detmath.h"
#include "scene/noise.h"
#include "scene/sdf.h"

#define TEXT_CAP 15.0f /* height of capitals */

static float covered(float distance, float soft)
{
    return lad_clampf(0.5f - 0.5f * distance / soft, 0.0f, 1.0f);
}

lad_vec2 lad_juice_label_place(const lad_juice_label *label, float u, float h)
{
    float c = label->cosine, s = label->sine;
    float du = u - label->u, dh = h - label->h;
    return lad_v2(du * c + dh * s, dh * c - du * s);
}

float lad_juice_label_edge(const lad_juice_label *label, lad_vec2 at)
{
    float edge = lad_sd_box(at, label->half_u, label->half_h, 1.0f);
    if (!label->torn) return edge;
    float nu = lad_cosf(label->tear_angle), nh = lad_sinf(label->tear_angle);
    float along = at.y * nu - at.x * nh;
    float across = (at.x - label->tear_u) * nu + (at.y - label->tear_h) * nh;
    across += 4.0f * (lad_noise_value2(label->paper_seed, along * 0.14f, 3.5f) - 0.5f) +
              2.0f * (lad_noise_value2(label->paper_seed, along * 0.55f, 9.5f) - 0.5f);
    return lad_maxf(edge, across);
}

lad_vec2 lad_juice_icon_place(const lad_juice_label *label, lad_vec2 at)
{
    float x = at.x - label->print_u - label->icon_u, y = at.y - label->print_h - label->icon_h;
    float c = lad_cosf(label->icon_rotation), s = lad_sinf(label->icon_rotation);
    return lad_v2((x * c + y * s) / label->icon_scale, (y * c - x * s) / label->icon_scale);
}

/* Gold: orange at both ends, a pale band where the sheen lies, a diagonal shimmer, fine vertical brushing. */
static lad_vec3 gold(const lad_juice_label *label, lad_vec2 at)
{
    const lad_vec3 pale = {1.02f, 0.86f, 0.33f}, deep = {0.86f, 0.40f, 0.055f};
    float t = at.y / label->half_h - label->sheen, band = 1.0f / (1.0f + 3.2f * t * t);
    float shimmer = 0.5f + 0.5f * lad_sinf(0.035f * at.x + 0.06f * at.y + label->sheen * 4.0f);
    float mix = lad_clampf(1.2f * band - 0.26f + 0.16f * shimmer, 0.0f, 1.0f);
    lad_vec3 color = lad_v3_mix(deep, pale, mix);
    float grain = lad_noise_value2(label->paper_seed + 1, at.x * 0.9f, at.y * 0.35f) +
                  lad_noise_value2(label->paper_seed + 2, at.x * 0.11f, at.y * 0.16f) - 1.0f;
    color = lad_v3_scale(color, 1.0f + 0.10f * grain);
    color.z = lad_maxf(color.z * label->tone, 0.0f);
    color.y *= 1.0f + 0.08f * (label->tone - 1.0f);
    return color;
}

/* Whether the icon, of which nothing is farther from its middle than the root of 1.7, may reach there. */
static bool icon_is_near(const lad_juice_label *label, float px, float py)
{
    float x = px - label->icon_u, y = py - label->icon_h, scale = label->icon_scale;
    return x * x + y * y < 1.75f * scale * scale;
}

lad_vec3 lad_juice_label_paint(const lad_juice_label *label, const lad_juice_text *text, lad_vec2 at, float soft)
{
    const lad_vec3 frame_ink = {0.10f, 0.045f, 0.02f}, text_ink = {0.022f, 0.016f, 0.018f},
                   fibre = {0.80f, 0.76f, 0.68f};
    lad_vec3 color = gold(label, at);
    float px = at.x - label->print_u, py = at.y - label->print_h;
    float inset = label->border_inset, corner = label->has_text ? 5.0f : 15.0f;
    float frame = lad_sd_box(lad_v2(px, py), label->half_u - inset, label->half_h - inset, corner);
    if (label->has_text) { /* the plate behind the text is paler */
        float plate = covered(frame, 2.0f) * 0.55f;
        color = lad_v3_mix(color, (lad_vec3){0.93f, 0.80f, 0.45f}, plate);
    }
    color = lad_v3_mix(color, frame_ink, 0.65f * covered(fabsf(frame) - 0.45f, soft));
    if (label->has_text) {
        float ink = lad_juice_text_coverage(text, px, py, soft, label->glyphs_missing);
        color = lad_v3_mix(color, text_ink, 0.95f * ink);
    } else if (label->icon_present && icon_is_near(label, px, py)) {
        lad_vec2 q = lad_juice_icon_place(label, at);
        float soft_icon = soft / label->icon_scale;
        lad_juice_ink ink = lad_juice_icon(label->fruit, q.x, q.y, soft_icon);
        if (ink.coverage > 0.0f) {
            float c = lad_cosf(label->icon_cut_angle), s = lad_sinf(label->icon_cut_angle);
            float beyond = q.x * c + q.y * s - label->icon_cut;
            color = lad_v3_mix(color, ink.color, ink.coverage * covered(beyond, soft_icon) * 0.97f);
        }
    }
    if (label->torn) { /* bare fibres along the tear */
        float edge = lad_juice_label_edge(label, at), paper = lad_sd_box(at, label->half_u, label->half_h, 1.0f);
        if (edge > paper + 0.01f) color = lad_v3_mix(color, fibre, covered(-edge - 2.2f, 1.0f));
    }
    return color;
}

/* ---- text: strokes on a grid where capitals are 1 high ---- */

typedef struct arc {
    float x, y, rx, ry, from, to; /* degrees, counter-clockwise from the right; a line from (x, y) to (rx, ry) when
                                     from == to */
} arc;
#define LINE(x0, y0, x1, y1)                                                                                           \
    {                                                                                                                  \
        x0, y0, x1, y1, 0, 0                                                                                           \
    }
#define SERIF(x, y, half) LINE((x) - (half), y, (x) + (half), y)

static const arc one[] = {LINE(.34f, .03f, .34f, .95f), LINE(.34f, .95f, .14f, .80f), SERIF(.34f, .04f, .22f)};
static const arc zero[] = {{.35f, .49f, .25f, .44f, 0, 360}};
static const arc percent[] = {
    {.20f, .74f, .14f, .19f, 0, 360}, {.62f, .24f, .14f, .19f, 0, 360}, LINE(.16f, .04f, .66f, .94f)};
static const arc big_j[] = {LINE(.46f, .93f, .46f, .26f),
                            {.26f, .26f, .20f, .21f, 180, 360},
                            SERIF(.46f, .93f, .17f),
                            LINE(.06f, .26f, .07f, .33f)};
static const arc small_u[] = {LINE(.15f, .64f, .15f, .25f), {.33f, .25f, .18f, .20f, 180, 360},
                              LINE(.52f, .64f, .52f, .05f), SERIF(.10f, .64f, .08f),
                              SERIF(.47f, .64f, .08f),      SERIF(.57f, .05f, .07f)};
static const arc small_i[] = {LINE(.34f, .62f, .34f, .06f), SERIF(.34f, .05f, .18f), SERIF(.26f, .63f, .10f),
                              LINE(.33f, .90f, .35f, .90f)};
static const arc small_c[] = {{.35f, .34f, .24f, .29f, 50, 322}, LINE(.52f, .62f, .52f, .52f)};
static const arc small_e[] = {{.35f, .34f, .24f, .29f, 0, 320}, LINE(.11f, .36f, .59f, .36f)};

static const struct {
    const arc *arcs;
    size_t count;
} glyphs[LAD_JUICE_GLYPHS] = {{one, sizeof one / sizeof *one},
                              {zero, 1},
                              {zero, 1},
                              {percent, sizeof percent / sizeof *percent},
                              {NULL, 0},
                              {big_j, sizeof big_j / sizeof *big_j},
                              {small_u, sizeof small_u / sizeof *small_u},
                              {small_i, sizeof small_i / sizeof *small_i},
                              {small_c, sizeof small_c / sizeof *small_c},
                              {small_e, sizeof small_e / sizeof *small_e}};

#define ADVANCE 0.61f /* typewriter: every character is as wide */
#define STROKE 0.088f /* half the width of a stroke */

static lad_juice_segment scaled(float x0, float y0, float x1, float y1, float left)
{
    return (lad_juice_segment){TEXT_CAP * (left + x0), TEXT_CAP * (y0 - 0.5f), TEXT_CAP * (left + x1),
                               TEXT_CAP * (y1 - 0.5f)};
}

void lad_juice_text_init(lad_juice_text *text)
{
    size_t count = 0;
    for (size_t g = 0; g < LAD_JUICE_GLYPHS; g++) {
        float left = ((float)g - 0.5f * LAD_JUICE_GLYPHS) * ADVANCE - 0.045f; /* glyphs are 0.7 wide */
        text->first[g] = count;
        for (size_t i = 0; i < glyphs[g].count; i++) {
            arc a = glyphs[g].arcs[i];
            if (a.from == a.to) {
                text->strokes[count++] = scaled(a.x, a.y, a.rx, a.ry, left);
                continue;
            }
            enum { PIECES = 12 };
            for (int k = 0; k < PIECES; k++) {
                float t0 = lad_mixf(a.from, a.to, (float)k / PIECES) * 0.01745329252f;
                float t1 = lad_mixf(a.from, a.to, (float)(k + 1) / PIECES) * 0.01745329252f;
                text->strokes[count++] = scaled(a.x + a.rx * lad_cosf(t0), a.y + a.ry * lad_sinf(t0),
                                                a.x + a.rx * lad_cosf(t1), a.y + a.ry * lad_sinf(t1), left);
            }
        }
    }
    text->first[LAD_JUICE_GLYPHS] = count;
}

/* Distance to the strokes of one glyph. */
static float glyph_distance(const lad_juice_text *text, size_t glyph, float a, float b)
{
    float best = 1e9f;
    for (size_t i = text->first[glyph]; i < text->first[glyph + 1]; i++) {
        lad_juice_segment s = text->strokes[i];
        best = lad_minf(best, lad_sd_segment(lad_v2(a, b), lad_v2(s.x0, s.h0), lad_v2(s.x1, s.h1), NULL));
    }
    return best;
}

float lad_juice_text_coverage(const lad_juice_text *text, float a, float b, float soft, uint32_t missing)
{
    if (fabsf(b) > TEXT_CAP * 0.7f) return 0.0f;
    float column = a / (TEXT_CAP * ADVANCE) + 0.5f * LAD_JUICE_GLYPHS, best = 1e9f;
    for (int g = (int)floorf(column - 0.25f); g <= (int)floorf(column + 0.25f); g++)
        if (g >= 0 && g < LAD_JUICE_GLYPHS && !(missing >> g & 1u))
            best = lad_minf(best, glyph_distance(text, (size_t)g, a, b));
    return covered(best - STROKE * TEXT_CAP, soft);
}

bool lad_juice_text_area(const lad_juice_label *label, const lad_juice_text *text, lad_vec2 at, uint32_t missing)
{
    float a = at.x - label->print_u, b = at.y - label->print_h;
    for (size_t g = 0; g < LAD_JUICE_GLYPHS; g++)
        if (missing >> g & 1u && glyph_distance(text, g, a, b) < STROKE * TEXT_CAP + 2.0f) return true;
    return false;
}
