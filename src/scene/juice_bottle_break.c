/* Breaks the rule of a normal bottle, or damages it, in the way of one kind.
 *
 * Normal tolerances (juice_bottle_sample.c): fill +-5, label place +-4, rotation +-0.032, icon +-2.  The subtle
 * end of each range below lies about three times as far out, where it can still be seen in 256 x 256 pixels. */
#include "scene/juice_bottle_model.h"

#include "base/detmath.h"

#define PI 3.14159265f

static float either_sign(lad_rng *rng, float magnitude)
{
    return lad_rng_below(rng, 2) ? magnitude : -magnitude;
}

/* In [low, high], leaning towards low: subtle cases are the interesting ones. */
static float graded(lad_rng *rng, float low, float high)
{
    float t = lad_rng_float(rng);
    return low + (high - low) * t * t;
}

static void swap_labels(lad_juice_scene *scene)
{
    lad_juice_label *a = &scene->labels[0], *b = &scene->labels[1];
    float u = a->u, h = a->h;
    a->u = b->u, a->h = b->h + 14.0f; /* the fruit label is taller: it must stay on the glass */
    b->u = u, b->h = h;
}

static void misplace_top(lad_rng *rng, lad_juice_label *label)
{
    /* Up to the shoulder, or down until it nearly touches the other label. */
    if (lad_rng_below(rng, 2))
        label->h += graded(rng, 13.0f, 30.0f);
    else
        label->h -= graded(rng, 13.0f, 50.0f);
    label->u += either_sign(rng, lad_rng_range(rng, 0.0f, 4.0f));
}

static void misplace_bottom(lad_rng *rng, lad_juice_label *label)
{
    if (lad_rng_below(rng, 3))
        label->h += graded(rng, 13.0f, 50.0f);
    else
        label->h -= graded(rng, 13.0f, 30.0f);
    label->u += either_sign(rng, lad_rng_range(rng, 0.0f, 4.0f));
}

static void misplace_icon(lad_rng *rng, lad_juice_label *label)
{
    float distance = graded(rng, 11.0f, 25.0f), angle = lad_rng_range(rng, 0.0f, 2.0f * PI);
    label->icon_u += distance * lad_cosf(angle);
    label->icon_h += distance * lad_sinf(angle);
}

static void tear(lad_rng *rng, lad_juice_label *label)
{
    /* The tear line passes `depth` inside a corner or an edge. */
    static const float corners[8][2] = {{1, 1}, {-1, 1}, {1, -1}, {-1, -1}, {1, 0}, {-1, 0}, {0, 1}, {0, -1}};
    uint32_t corner = lad_rng_below(rng, 6); /* edges above and below would look like a shorter label */
    float depth = graded(rng, 12.0f, 42.0f);
    float nu = corners[corner][0], nh = corners[corner][1];
    label->torn = true;
    label->tear_angle = lad_atan2f(nh, nu) + lad_rng_range(rng, -0.5f, 0.5f);
    label->tear_u = nu * label->half_u - depth * lad_cosf(label->tear_angle);
    label->tear_h = nh * label->half_h - depth * lad_sinf(label->tear_angle);
}

static void lose_characters(lad_rng *rng, lad_juice_label *label)
{
    /* "100% Juice": one to five characters in a row; character 4 is the space. */
    uint32_t count = 1 + lad_rng_below(rng, 5), first = lad_rng_below(rng, 11 - count);
    if (first == 4 && count == 1) first = 5;
    label->glyphs_missing = ((1u << count) - 1u) << first;
}

static void cut_icon(lad_rng *rng, lad_juice_label *label)
{
    label->icon_cut = lad_rng_range(rng, -0.35f, 0.35f);
    label->icon_cut_angle = lad_rng_range(rng, -PI, PI);
}

static void discolor(lad_rng *rng, lad_juice_scene *scene)
{
    /* Far colours (green, blue, violet, grey-brown) or a mixture of the juice with one of them. */
    static const lad_vec3 colors[5] = {{0.06f, 0.26f, 0.05f},
                                       {0.05f, 0.12f, 0.34f},
                                       {0.22f, 0.05f, 0.28f},
                                       {0.15f, 0.11f, 0.06f},
                                       {0.45f, 0.10f, 0.16f}};
    lad_vec3 far = colors[lad_rng_below(rng, 5)], *own = &scene->juice_color;
    float t = 1.0f - graded(rng, 0.0f, 0.45f);
    own->x += t * (far.x - own->x);
    own->y += t * (far.y - own->y);
    own->z += t * (far.z - own->z);
}

/* The largest one of the channels. */
static float difference(lad_vec3 a, lad_vec3 b)
{
    return lad_maxf(fabsf(a.x - b.x), lad_maxf(fabsf(a.y - b.y), fabsf(a.z - b.z)));
}

static void contaminate(lad_rng *rng, lad_juice_scene *scene)
{
    static const lad_vec3 colors[6] = {{0.03f, 0.02f, 0.015f}, {0.02f, 0.06f, 0.25f}, {0.03f, 0.17f, 0.04f},
                                       {0.45f, 0.40f, 0.35f},  {0.35f, 0.03f, 0.12f}, {0.14f, 0.07f, 0.02f}};
    scene->speck_count = 1 + lad_rng_below(rng, LAD_JUICE_SPECKS_MAX);
    uint32_t family = lad_rng_below(rng, 3), color = lad_rng_below(rng, 6);
    while (difference(colors[color], scene->juice_color) < 0.12f) color = (color + 1) % 6; /* what can be seen there */
    for (size_t i = 0; i < scene->speck_count; i++) {
        lad_juice_speck *speck = &scene->specks[i];
        speck->shape = (lad_juice_speck_shape)family;
        speck->radius = graded(rng, 3.2f, family == LAD_JUICE_CLOT ? 8.0f : 16.0f);
        if (family == LAD_JUICE_FIBRE) speck->radius += 5.0f;
        speck->x = lad_rng_range(rng, -48.0f, 48.0f);
        /* Between the labels, beside the neck, or on the shoulder: labels would hide what swims behind them. */
        static const float spans[3][2] = {{112.0f, 172.0f}, {296.0f, 330.0f}, {340.0f, 415.0f}};
        uint32_t span = lad_rng_below(rng, 3);
        if (span == 2) speck->x *= 0.5f;
        speck->h = lad_rng_range(rng, spans[span][0], spans[span][1]);
        speck->angle = lad_rng_range(rng, 0.0f, 2.0f * PI);
        speck->bend = lad_rng_range(rng, -0.9f, 0.9f);
        speck->opacity = lad_rng_range(rng, 0.65f, 0.95f);
        speck->color = colors[color];
        speck->seed = lad_rng_u32(rng);
    }
}

static void crack(lad_rng *rng, lad_juice_scene *scene)
{
    /* A walk of short straight pieces with a branch or two, starting near a side of the bottle. */
    static const float spans[3][2] = {{105.0f, 170.0f}, {285.0f, 325.0f}, {420.0f, 500.0f}}; /* beside no label */
    uint32_t span = lad_rng_below(rng, 3);
    bool neck = span == 2;
    float x = either_sign(rng, neck ? 38.0f : 66.0f), h = lad_rng_range(rng, spans[span][0], spans[span][1]);
    float angle = (x > 0.0f ? PI : 0.0f) + lad_rng_range(rng, -0.9f, 0.9f);
    size_t pieces = 6 + lad_rng_below(rng, 5);
    for (size_t i = 0; i < pieces; i++) {
        float length = lad_rng_range(rng, 4.0f, neck ? 9.0f : 14.0f);
        float bend = lad_rng_range(rng, -0.55f, 0.55f);
        angle += bend;
        lad_juice_segment piece = {x, h, x + length * lad_cosf(angle), h + length * lad_sinf(angle)};
        scene->crack[scene->crack_count++] = piece;
        if (lad_rng_below(rng, 3) == 0 && scene->crack_count + (pieces - i) < LAD_JUICE_CRACK_MAX) {
            float side = angle + either_sign(rng, 0.8f);
            scene->crack[scene->crack_count++] =
                (lad_juice_segment){x, h, x + length * lad_cosf(side), h + length * lad_sinf(side)};
        }
        x = piece.x1, h = piece.h1;
    }
    scene->crack_strength = lad_rng_range(rng, 0.4f, 0.9f);
}

static void break_labels(lad_rng *rng, int kind, lad_juice_scene *scene)
{
    lad_juice_label *fruit = &scene->labels[0], *text = &scene->labels[1];
    lad_juice_label *one = lad_rng_below(rng, 2) ? fruit : text;
    switch (kind) {
    case LAD_JUICE_MISSING_TOP_LABEL: fruit->present = false; break;
    case LAD_JUICE_MISSING_BOTTOM_LABEL: text->present = false; break;
    case LAD_JUICE_SWAPPED_LABELS: swap_labels(scene); break;
    case LAD_JUICE_MISPLACED_LABEL_TOP: misplace_top(rng, fruit); break;
    case LAD_JUICE_MISPLACED_LABEL_BOTTOM: misplace_bottom(rng, text); break;
    case LAD_JUICE_WRONG_JUICE_TYPE:
        fruit->fruit = (lad_juice_fruit)((scene->juice + 1 + lad_rng_below(rng, 2)) % 3);
        break;
    case LAD_JUICE_MISPLACED_FRUIT_ICON: misplace_icon(rng, fruit); break;
    case LAD_JUICE_MISSING_FRUIT_ICON: fruit->icon_present = false; break;
    case LAD_JUICE_DAMAGED_LABEL: tear(rng, one); break;
    case LAD_JUICE_ROTATED_LABEL:
        lad_juice_label_turn(one, one->rotation + either_sign(rng, graded(rng, 0.10f, 0.5f)));
        break;
    case LAD_JUICE_LABEL_TEXT_INCOMPLETE: lose_characters(rng, text); break;
    case LAD_JUICE_UNKNOWN_FRUIT_ICON:
        fruit->fruit = (lad_juice_fruit)(LAD_JUICE_GRAPES + (int)lad_rng_below(rng, 3));
        break;
    case LAD_JUICE_INCOMPLETE_FRUIT_ICON: cut_icon(rng, fruit); break;
    default: break;
    }
}

void lad_juice_scene_break(const lad_frame *frame, lad_juice_scene *scene)
{
    lad_rng rng = lad_frame_rng(frame, LAD_STREAM_ANOMALY, 0);
    switch (frame->kind_index) {
    case LAD_JUICE_EMPTY_BOTTLE:
        scene->filled = false;
        scene->bubble_count = 0;
        break;
    case LAD_JUICE_FILL_TOO_HIGH: scene->fill += graded(&rng, 13.0f, 60.0f); break;
    case LAD_JUICE_FILL_TOO_LOW: scene->fill -= graded(&rng, 13.0f, 150.0f); break;
    case LAD_JUICE_JUICE_COLOR: discolor(&rng, scene); break;
    case LAD_JUICE_CONTAMINATION: contaminate(&rng, scene); break;
    case LAD_JUICE_GLASS_CRACK: crack(&rng, scene); break;
    default: break_labels(&rng, frame->kind_index, scene); break;
    }
}
