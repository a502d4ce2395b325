/* The fruits, painted like a small drawing: body, shading, highlight, dark outline.
 * Coordinates: units of the icon's radius, y up. */
#include "scene/juice_bottle_label.h"

#include "base/detmath.h"
#include "scene/noise.h"
#include "scene/sdf.h"

static const lad_vec3 outline_ink = {0.03f, 0.015f, 0.01f};
static const lad_vec3 leaf_green = {0.022f, 0.11f, 0.035f};

static void paint(lad_juice_ink *ink, lad_vec3 color, float coverage)
{
    /* The colour of an ink is that of its covered part: "over" with an unpremultiplied result. */
    float total = coverage + ink->coverage * (1.0f - coverage);
    if (total <= 0.0f) return;
    ink->color = lad_v3_mix(ink->color, color, coverage / total);
    ink->coverage = total;
}

static float covered(float distance, float soft)
{
    return lad_clampf(0.5f - 0.5f * distance / soft, 0.0f, 1.0f);
}

/* A filled shape with its outline. */
static void fill(lad_juice_ink *ink, lad_vec3 color, float distance, float soft)
{
    paint(ink, color, covered(distance, soft));
    paint(ink, outline_ink, 0.8f * covered(fabsf(distance) - 0.022f, soft));
}

/* A ball with light from the upper left. */
static void ball(lad_juice_ink *ink, lad_vec2 p, lad_vec2 centre, float radius, lad_vec3 color, float soft)
{
    lad_vec2 d = lad_v2_scale(lad_v2_sub(p, centre), 1.0f / radius);
    float shade = lad_clampf(1.05f - 0.55f * lad_v2_length(lad_v2(d.x + 0.35f, d.y - 0.4f)), 0.25f, 1.1f);
    fill(ink, lad_v3_scale(color, shade), (lad_v2_length(d) - 1.0f) * radius, soft);
    float glint = lad_v2_length(lad_v2(d.x + 0.38f, (d.y - 0.42f) * 1.3f));
    paint(ink, (lad_vec3){1.0f, 0.92f, 0.80f}, 0.75f * lad_clampf(1.0f - glint / 0.26f, 0.0f, 1.0f));
}

/* A leaf between two points: the overlap of two discs. */
static void leaf(lad_juice_ink *ink, lad_vec2 p, lad_vec2 a, lad_vec2 b, float fat, lad_vec3 color, float soft)
{
    lad_vec2 axis = lad_v2_sub(b, a);
    float length = lad_v2_length(axis), ux = axis.x / length, uy = axis.y / length;
    lad_vec2 mid = lad_v2_scale(lad_v2_add(a, b), 0.5f), d = lad_v2_sub(p, mid);
    float along = d.x * ux + d.y * uy, across = d.y * ux - d.x * uy;
    float half = 0.5f * length, offset = (half * half - fat * fat) / (2.0f * fat), radius = offset + fat;
    float distance = lad_v2_length(lad_v2(along, fabsf(across) + offset)) - radius;
    fill(ink, lad_v3_scale(color, across > 0.0f ? 1.5f : 0.9f), distance, soft);
    paint(ink, lad_v3_scale(color, 2.6f), distance < 0.0f ? 0.6f * covered(fabsf(across) - 0.015f, soft) : 0.0f);
}

/* Point of a quadratic curve. */
static lad_vec2 bow(lad_vec2 a, lad_vec2 b, lad_vec2 c, float t)
{
    return lad_v2_add(lad_v2_scale(a, (1 - t) * (1 - t)),
                      lad_v2_add(lad_v2_scale(b, 2 * t * (1 - t)), lad_v2_scale(c, t * t)));
}

/* Distance to a bowed stroke whose half width goes ra, rm, rb; *along: where on it, *side: left or right of it. */
static float bowed(lad_vec2 p, const lad_vec2 knots[3], const float radii[3], float *along, float *side)
{
    enum { PIECES = 10 };
    float best = 1e9f;
    for (int i = 0; i < PIECES; i++) {
        float t0 = (float)i / PIECES, t1 = (float)(i + 1) / PIECES, t;
        lad_vec2 a = bow(knots[0], knots[1], knots[2], t0), b = bow(knots[0], knots[1], knots[2], t1);
        float d = lad_sd_segment(p, a, b, &t), at = lad_mixf(t0, t1, t);
        d -= lad_mixf(lad_mixf(radii[0], radii[1], at), lad_mixf(radii[1], radii[2], at), at);
        if (d >= best) continue;
        best = d;
        *along = at;
        *side = (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x) > 0.0f ? 1.0f : -1.0f;
    }
    return best;
}

static void stem(lad_juice_ink *ink, lad_vec2 p, lad_vec2 a, lad_vec2 b, lad_vec2 c, lad_vec3 color, float soft)
{
    const lad_vec2 knots[3] = {a, b, c};
    const float radii[3] = {0.04f, 0.035f, 0.06f};
    float along, side, d = bowed(p, knots, radii, &along, &side);
    paint(ink, outline_ink, 0.7f * covered(d - 0.025f, soft));
    paint(ink, color, covered(d, soft));
}

static void orange(lad_juice_ink *ink, lad_vec2 p, float soft)
{
    float peel = 0.93f + 0.14f * lad_noise_value2(11, p.x * 11.0f, p.y * 11.0f);
    ball(ink, p, lad_v2(0.06f, -0.12f), 0.84f, lad_v3_scale((lad_vec3){0.92f, 0.33f, 0.03f}, peel), soft);
    leaf(ink, p, lad_v2(0.05f, 0.60f), lad_v2(-0.98f, 0.55f), 0.20f, leaf_green, soft);
    leaf(ink, p, lad_v2(0.08f, 0.62f), lad_v2(0.62f, 0.92f), 0.13f, leaf_green, soft);
}

static void cherry(lad_juice_ink *ink, lad_vec2 p, float soft)
{
    const lad_vec3 stalk = {0.05f, 0.13f, 0.03f}, red = {0.42f, 0.015f, 0.02f};
    stem(ink, p, lad_v2(-0.46f, -0.18f), lad_v2(-0.25f, 0.55f), lad_v2(0.02f, 0.98f), stalk, soft);
    stem(ink, p, lad_v2(0.48f, -0.22f), lad_v2(0.40f, 0.45f), lad_v2(0.02f, 0.98f), stalk, soft);
    ball(ink, p, lad_v2(-0.46f, -0.50f), 0.42f, red, soft);
    ball(ink, p, lad_v2(0.46f, -0.54f), 0.42f, red, soft);
}

static void banana(lad_juice_ink *ink, lad_vec2 p, float soft)
{
    /* Three fingers from one stalk at the upper right, the nearest painted last. */
    static const lad_vec2 fingers[3][3] = {{{0.56f, 0.76f}, {1.30f, -0.20f}, {0.30f, -0.80f}},
                                           {{0.50f, 0.76f}, {0.78f, -0.40f}, {-0.42f, -0.82f}},
                                           {{0.44f, 0.76f}, {0.28f, -0.22f}, {-0.98f, -0.48f}}};
    static const float radii[3] = {0.08f, 0.40f, 0.07f};
    for (int i = 0; i < 3; i++) {
        float along = 0.0f, side = 0.0f, d = bowed(p, fingers[i], radii, &along, &side);
        lad_vec3 yellow = lad_v3_mix((lad_vec3){0.80f, 0.62f, 0.07f}, (lad_vec3){0.40f, 0.44f, 0.05f},
                                     lad_clampf(1.2f - 1.6f * along, 0.0f, 1.0f) * 0.55f);
        yellow = lad_v3_scale(yellow, side > 0.0f ? 0.62f : 1.0f);
        if (along > 0.95f) yellow = outline_ink;
        fill(ink, yellow, d, soft);
    }
    stem(ink, p, lad_v2(0.44f, 0.66f), lad_v2(0.45f, 0.80f), lad_v2(0.52f, 0.96f), (lad_vec3){0.10f, 0.08f, 0.03f},
         soft);
}

static void grapes(lad_juice_ink *ink, lad_vec2 p, float soft)
{
    static const lad_vec2 berries[8] = {{0.0f, -0.78f},  {-0.28f, -0.38f}, {0.28f, -0.40f}, {0.0f, -0.22f},
                                        {-0.52f, 0.06f}, {0.52f, 0.04f},   {-0.18f, 0.20f}, {0.22f, 0.16f}};
    stem(ink, p, lad_v2(0.0f, 0.30f), lad_v2(0.02f, 0.65f), lad_v2(0.12f, 0.98f), (lad_vec3){0.10f, 0.08f, 0.03f},
         soft);
    for (int i = 0; i < 8; i++) ball(ink, p, berries[i], 0.29f, (lad_vec3){0.16f, 0.03f, 0.24f}, soft);
    leaf(ink, p, lad_v2(0.0f, 0.55f), lad_v2(-0.72f, 0.72f), 0.18f, leaf_green, soft);
}

static void pear(lad_juice_ink *ink, lad_vec2 p, float soft)
{
    float d = lad_sd_blend(lad_sd_circle(lad_v2_sub(p, lad_v2(0.0f, -0.36f)), 0.58f),
                           lad_sd_circle(lad_v2_sub(p, lad_v2(0.04f, 0.34f)), 0.32f), 0.35f);
    float shade = lad_clampf(0.85f - 0.45f * p.x + 0.15f * p.y, 0.35f, 1.2f);
    fill(ink, lad_v3_scale((lad_vec3){0.42f, 0.52f, 0.06f}, shade), d, soft);
    float glint = lad_v2_length(lad_v2(p.x + 0.24f, (p.y + 0.22f) * 0.7f));
    paint(ink, (lad_vec3){0.95f, 0.97f, 0.75f}, 0.6f * lad_clampf(1.0f - glint / 0.18f, 0.0f, 1.0f));
    stem(ink, p, lad_v2(0.04f, 0.62f), lad_v2(0.06f, 0.80f), lad_v2(0.18f, 0.96f), (lad_vec3){0.10f, 0.06f, 0.02f},
         soft);
}

static void plum(lad_juice_ink *ink, lad_vec2 p, float soft)
{
    ball(ink, lad_v2(p.x, p.y * 0.92f), lad_v2(0.0f, -0.12f), 0.76f, (lad_vec3){0.06f, 0.07f, 0.30f}, soft);
    paint(ink, outline_ink,
          0.5f * covered(fabsf(p.x - 0.25f * (p.y - 0.6f) * (p.y + 0.9f) * -1.0f - 0.05f) - 0.02f, soft) *
              (p.y < 0.6f && p.y > -0.8f ? 1.0f : 0.0f));
    stem(ink, p, lad_v2(0.05f, 0.62f), lad_v2(0.06f, 0.80f), lad_v2(0.16f, 0.96f), (lad_vec3){0.10f, 0.06f, 0.02f},
         soft);
    leaf(ink, p, lad_v2(0.08f, 0.68f), lad_v2(0.74f, 0.80f), 0.15f, leaf_green, soft);
}

lad_juice_ink lad_juice_icon(lad_juice_fruit fruit, float x, float y, float soft)
{
    lad_juice_ink ink = {{0.0f, 0.0f, 0.0f}, 0.0f};
    lad_vec2 p = {x, y};
    if (x * x + y * y > 1.7f) return ink;
    switch (fruit) {
    case LAD_JUICE_ORANGE: orange(&ink, p, soft); break;
    case LAD_JUICE_CHERRY: cherry(&ink, p, soft); break;
    case LAD_JUICE_BANANA: banana(&ink, p, soft); break;
    case LAD_JUICE_GRAPES: grapes(&ink, p, soft); break;
    case LAD_JUICE_PEAR: pear(&ink, p, soft); break;
    case LAD_JUICE_PLUM: plum(&ink, p, soft); break;
    case LAD_JUICE_FRUIT_COUNT: break;
    }
    return ink;
}
