/* Beside the pocket: the zip, and the strip printed with the sign of the plastic. */
#include "scene/screw_bag.h"

#include "base/detmath.h"
#include "scene/glyphs.h"
#include "scene/noise.h"
#include "scene/sdf.h"

/* Derivative of a ridge of height `height` whose profile is (1 - (x / half)^2)^2. */
static float ridge_slope(float x, float half, float height)
{
    float u = x / half, rest = 1.0f - u * u;
    return rest > 0.0f ? -4.0f * height * u * rest / half : 0.0f;
}

static float ridge(float x, float half)
{
    float u = x / half, rest = 1.0f - u * u;
    return rest > 0.0f ? rest * rest : 0.0f;
}

float screw_bag_zip_slope(const screw_bag_graph *g, float x, float y, float *milky)
{
    *milky = 0.0f;
    if (fabsf(x - ZIP_X) > 30.0f) return 0.0f;
    float gap = 0.0f;
    if (g->zip_gap > 0.0f) {
        float t = (y - g->zip_gap_at) / g->zip_gap_half, rest = 1.0f - t * t;
        if (rest > 0.0f) gap = g->zip_gap * rest * rest;
    }
    float wander = 1.2f * lad_noise_gradient2(g->film_seed + 30, y / 70.0f, 0.5f);
    float left = x - ZIP_X + 3.6f + 0.4f * gap - wander, right = x - ZIP_X - 3.6f - 0.6f * gap - wander;
    float level = 0.55f + 0.9f * lad_noise_value2(g->film_seed + 31, y / 30.0f, x / 40.0f);
    *milky = level * (0.22f * ridge(left + 0.6f, 2.0f) + 0.03f * ridge(left, 5.5f) + 0.025f * ridge(right, 5.5f) +
                      0.10f * ridge(right - 0.8f, 1.6f));
    /* Halves that have come apart show a groove between them. */
    if (gap > 1.0f) *milky += 0.02f * level * ridge(x - ZIP_X + 0.1f * gap - wander, 0.25f * gap);
    return ridge_slope(left, 4.4f, 1.5f) + ridge_slope(right, 4.4f, 1.2f) + ridge_slope(right - 9.0f, 3.0f, 0.4f);
}

/* Distance to the three bent arrows of the sign, around the origin, its point up. */
static float arrows(lad_vec2 p)
{
    static const lad_vec2 corner[3] = {{0.0f, -18.5f}, {17.5f, 11.5f}, {-17.5f, 11.5f}};
    float best = 1e30f;
    for (int i = 0; i < 3; i++) {
        lad_vec2 a = corner[i], b = corner[(i + 1) % 3], along = lad_v2_scale(lad_v2_sub(b, a), 1.0f / 34.9f);
        /* A bar from the bend on, then its head, a gap, and the beginning of the next arrow before the next bend. */
        lad_vec2 from = lad_v2_add(a, lad_v2_scale(along, 2.5f)), to = lad_v2_add(a, lad_v2_scale(along, 18.0f));
        best = lad_minf(best, lad_sd_segment(p, from, to, NULL) - 1.7f);
        best = lad_minf(best, lad_sd_segment(p, lad_v2_add(b, lad_v2_scale(along, -7.0f)),
                                             lad_v2_add(b, lad_v2_scale(along, -2.5f)), NULL) -
                                  1.7f);
        lad_vec2 across = {-along.y, along.x};
        float t = lad_v2_dot(lad_v2_sub(p, to), along), s = fabsf(lad_v2_dot(lad_v2_sub(p, to), across));
        best = lad_minf(best, lad_maxf(-t, 0.8f * (s + t) - 3.8f));
    }
    return best;
}

float screw_bag_print(const screw_bag_graph *g, float x, float y, float units_px)
{
    if (fabsf(x - PRINT_X) > 30.0f) return 0.0f;
    /* The text runs down along the strip: its own x is y, its own y points to the left. */
    float along = y + g->print_shift, period = floorf(along / PRINT_PERIOD);
    lad_vec2 p = {along - (period + 0.5f) * PRINT_PERIOD, PRINT_X - x + g->print_turn * y};
    float d = lad_sd_segment(lad_v2(fabsf(p.x), p.y), lad_v2(27.0f, -5.0f), lad_v2(40.0f, -5.0f), NULL) - 1.5f;
    d = lad_minf(d, arrows(lad_v2(p.x, p.y + 5.0f)));
    if (fabsf(p.x) < 10.0f) {
        lad_vec2 number = {(p.x + 0.5f * 7.5f * lad_text_width("04")) / 7.5f, (p.y - 1.0f) / 7.5f};
        d = lad_minf(d, 7.5f * lad_text_distance("04", number) - 0.65f);
    }
    if (p.y > 12.0f && fabsf(p.x) < 22.0f) {
        lad_vec2 name = {(p.x + 0.5f * 7.5f * lad_text_width("PE-LD")) / 7.5f, (p.y - 22.0f) / 7.5f};
        d = lad_minf(d, 7.5f * lad_text_distance("PE-LD", name) - 0.7f);
    }
    return lad_coverage(d * units_px);
}
