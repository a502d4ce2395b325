/* The parts of a connector: the block at the rear, low housing, levers with their windows, what is below a lever. */
#include "scene/splicing_connectors_surface.h"

#include "scene/noise.h"
#include "scene/sdf.h"

#define HOUSING_X 99.0f  /* length of the housing; levers reach beyond */
#define BLOCK_X 30.5f    /* the high block at the rear */
#define LEVER_HALF 14.7f /* half width of a lever */
#define BLOCK_Z 44.0f
#define ARM_Z 39.5f
#define PLATE_Z 45.0f
#define RECESS_Z 13.0f
#define BOTTOM_Z 42.0f

/* How far a rounded edge of the given radius lies below its plateau. */
static float bevel(float distance, float radius)
{
    float s = 1.0f + distance / radius;
    if (s <= 0.0f) return 0.0f;
    return radius * (1.0f - sqrtf(lad_maxf(1.0f - s * s, 0.0f)));
}

static void set(splice_surface *s, splice_part what, float z, float edge)
{
    s->part = what;
    s->z = z;
    s->edge = edge;
}

static float lever_outline(float x, float v)
{
    float taper = lad_maxf(x - 84.0f, 0.0f);
    float sides = fabsf(v) - LEVER_HALF + 0.0052f * taper * taper;
    float tip = x - SPLICE_LENGTH, tail = LEVER_X - x;
    float qx = lad_maxf(tip, tail) + 2.0f, qy = sides + 2.0f;
    lad_vec2 outside = {lad_maxf(qx, 0.0f), lad_maxf(qy, 0.0f)};
    return lad_v2_length(outside) + lad_minf(lad_maxf(qx, qy), 0.0f) - 2.0f;
}

static void lever_surface(const splice_connector *c, splice_surface *s, float x)
{
    const splice_lever *lever = &c->levers[s->clamp];
    float v = s->v, outline = lever_outline(x, v);
    float end = SPLICE_LENGTH;
    if (lever->state == LEVER_BROKEN) {
        end = lever->broken_at + 5.0f * lad_noise_gradient2(c->seed + 40 + (uint64_t)s->clamp, v * 0.16f, 0.5f) +
              0.25f * v;
    }
    if (lever->state == LEVER_OPEN || lever->state == LEVER_MISSING) end = 0.0f;
    if (x > end) {
        float inner = lad_sd_box(lad_v2(x - 69.0f, v), 34.0f, 12.3f, 2.0f);
        if (inner < 0.0f) set(s, PART_RECESS, RECESS_Z, inner);
    } else if (outline < 0.0f) {
        float hump = x - 80.0f, z = PLATE_Z - 0.0022f * hump * hump;
        if (x < PLATE_X) z = ARM_Z;
        set(s, PART_LEVER, z - bevel(outline, 2.4f), outline);
        if (end < SPLICE_LENGTH && x > end - 2.2f) set(s, PART_BREAK, z - 1.0f, x - end);
    }
    if (lever->state == LEVER_OPEN && x > 38.0f && x < 46.0f && fabsf(v) < LEVER_HALF - 1.0f) {
        set(s, PART_LEVER,
            SPLICE_LEVER_UP - bevel(lad_maxf(fabsf(v) - LEVER_HALF + 1.0f, fabsf(x - 42.0f) - 4.0f), 2.0f), -2.0f);
    }
    float window = lad_sd_box(lad_v2(x - 50.2f, v), 16.8f, 10.2f, 1.2f);
    if (window < 0.0f && lever->state != LEVER_OPEN && lever->state != LEVER_MISSING) {
        set(s, PART_WINDOW, 42.0f - bevel(window, 1.4f), window);
    }
}

splice_surface splice_surface_at(const splice_connector *c, float x, float y)
{
    splice_surface s = {.part = PART_NONE};
    float half = splice_half_height(c);
    float body = lad_sd_box(lad_v2(x - 0.5f * HOUSING_X, y), 0.5f * HOUSING_X, half, 2.0f);
    if (body > 7.0f) return s;
    int clamp = (int)floorf(y / SPLICE_PITCH + 0.5f * (float)c->clamps);
    s.clamp = clamp < 0 ? 0 : clamp >= c->clamps ? c->clamps - 1 : clamp;
    s.v = y - splice_clamp_y(c, s.clamp);
    if (c->upside_down && x >= BLOCK_X) {
        float groove = 1.2f * lad_smoothstep(1.8f, 0.4f, 0.5f * SPLICE_PITCH - fabsf(s.v));
        if (body < 0.0f) set(&s, PART_BOTTOM, BOTTOM_Z - groove - bevel(body, 2.5f), body);
        return s;
    }
    if (body < 0.0f) set(&s, PART_LOW, LOW_Z - bevel(body, 1.5f), body);
    float block = lad_sd_box(lad_v2(x - 0.5f * BLOCK_X, y), 0.5f * BLOCK_X, half, 2.5f);
    if (block < 0.0f) {
        /* Clamps are moulded side by side: a shallow groove between them. */
        float groove = 0.9f * lad_smoothstep(2.2f, 0.4f, 0.5f * SPLICE_PITCH - fabsf(s.v));
        set(&s, PART_BLOCK, BLOCK_Z - groove - bevel(block, 2.5f), block);
    } else {
        lever_surface(c, &s, x);
    }
    return s;
}
