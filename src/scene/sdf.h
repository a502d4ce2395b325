/* Signed distances: negative inside, in the unit of their arguments.
 *
 * The 2-D ones draw flat shapes and the outlines of height fields; the 3-D ones are for sphere tracing, and
 * never overestimate. */
#ifndef LAD_SCENE_SDF_H
#define LAD_SCENE_SDF_H

#include "scene/vec.h"

static inline float lad_sd_circle(lad_vec2 p, float radius)
{
    return lad_v2_length(p) - radius;
}

/* A box of the given half extents whose corners are rounded with `radius` (inside the extents). */
static inline float lad_sd_box(lad_vec2 p, float half_x, float half_y, float radius)
{
    float qx = fabsf(p.x) - half_x + radius, qy = fabsf(p.y) - half_y + radius;
    lad_vec2 outside = {lad_maxf(qx, 0.0f), lad_maxf(qy, 0.0f)};
    return lad_v2_length(outside) + lad_minf(lad_maxf(qx, qy), 0.0f) - radius;
}

/* Distance to the segment a-b; *t (may be NULL) becomes the share along it of the nearest point. */
static inline float lad_sd_segment(lad_vec2 p, lad_vec2 a, lad_vec2 b, float *t)
{
    lad_vec2 ab = lad_v2_sub(b, a), ap = lad_v2_sub(p, a);
    float length2 = lad_v2_dot(ab, ab);
    float h = length2 > 0.0f ? lad_clampf(lad_v2_dot(ap, ab) / length2, 0.0f, 1.0f) : 0.0f;
    if (t) *t = h;
    return lad_v2_length(lad_v2_sub(ap, lad_v2_scale(ab, h)));
}

/* Distance to the broken line through the points. */
static inline float lad_sd_path(lad_vec2 p, const lad_vec2 *points, int count)
{
    float best = 1e30f;
    for (int i = 1; i < count; i++) best = lad_minf(best, lad_sd_segment(p, points[i - 1], points[i], 0));
    return best;
}

/* Bound of an ellipse's distance: exact on the axes and at the outline, first order elsewhere. */
static inline float lad_sd_ellipse(lad_vec2 p, float rx, float ry)
{
    lad_vec2 k1 = {p.x / rx, p.y / ry}, k2 = {p.x / (rx * rx), p.y / (ry * ry)};
    float a = lad_v2_length(k1), b = lad_v2_length(k2);
    return b > 1e-12f ? a * (a - 1.0f) / b : -lad_minf(rx, ry);
}

/* A closed polygon (even-odd rule); points: [count]. */
static inline float lad_sd_polygon(lad_vec2 p, const lad_vec2 *points, int count)
{
    float best = 1e30f;
    int inside = 0;
    for (int i = 0, j = count - 1; i < count; j = i++) {
        lad_vec2 a = points[j], b = points[i];
        best = lad_minf(best, lad_sd_segment(p, a, b, 0));
        if ((a.y > p.y) != (b.y > p.y) && p.x < a.x + (p.y - a.y) / (b.y - a.y) * (b.x - a.x)) inside = !inside;
    }
    return inside ? -best : best;
}

/* Union with a fillet of about `radius` (polynomial smooth minimum, Quilez 2013). */
static inline float lad_sd_blend(float a, float b, float radius)
{
    float h = lad_maxf(radius - fabsf(a - b), 0.0f);
    return lad_minf(a, b) - h * h * 0.25f / radius;
}

/* Distance to the 3-D segment a-b; *t as above. */
static inline float lad_sd_segment3(lad_vec3 p, lad_vec3 a, lad_vec3 b, float *t)
{
    lad_vec3 ab = lad_v3_sub(b, a), ap = lad_v3_sub(p, a);
    float length2 = lad_v3_dot(ab, ab);
    float h = length2 > 0.0f ? lad_clampf(lad_v3_dot(ap, ab) / length2, 0.0f, 1.0f) : 0.0f;
    if (t) *t = h;
    return lad_v3_length(lad_v3_along(ap, ab, -h));
}

static inline float lad_sd_box3(lad_vec3 p, lad_vec3 half, float radius)
{
    lad_vec3 q = {fabsf(p.x) - half.x + radius, fabsf(p.y) - half.y + radius, fabsf(p.z) - half.z + radius};
    lad_vec3 outside = {lad_maxf(q.x, 0.0f), lad_maxf(q.y, 0.0f), lad_maxf(q.z, 0.0f)};
    return lad_v3_length(outside) + lad_minf(lad_maxf(q.x, lad_maxf(q.y, q.z)), 0.0f) - radius;
}

/* Unit normal of a body whose height falls from flat to a round rim of width `bevel` inside its 2-D outline:
 * distance is the outline's signed distance, gradient its (unit) gradient. */
static inline lad_vec3 lad_bevel_normal(float distance, lad_vec2 gradient, float bevel)
{
    float s = lad_clampf(1.0f + distance / bevel, 0.0f, 0.98f); /* 0 on the plateau, near 1 at the rim */
    return lad_v3(gradient.x * s, gradient.y * s, sqrtf(1.0f - s * s));
}

/* Unit normal of a height field from its two slopes. */
static inline lad_vec3 lad_slope_normal(float dz_dx, float dz_dy)
{
    return lad_v3_unit(lad_v3(-dz_dx, -dz_dy, 1.0f));
}

#endif
