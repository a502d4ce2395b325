#include "scene/juice_bottle_shape.h"

#include "base/detmath.h"
#include "scene/vec.h"

#include <math.h>

#define PI 3.14159265f
#define SECTION_POWER 4.5f /* |x|^p + |z|^p = 1: a square with well rounded corners */

/* Knots (height, half width) of the profile without its thread. */
static const float knots[][2] = {{0.0f, 69.0f},   {3.0f, 73.5f},   {9.0f, 75.6f},   {24.0f, 76.0f},  {150.0f, 75.2f},
                                 {290.0f, 76.0f}, {318.0f, 75.8f}, {338.0f, 73.2f}, {353.0f, 67.5f}, {367.0f, 58.5f},
                                 {383.0f, 49.0f}, {410.0f, 44.2f}, {440.0f, 43.4f}, {468.0f, 43.6f}, {475.0f, 45.0f},
                                 {480.0f, 51.0f}, {485.0f, 53.4f}, {492.0f, 53.6f}, {496.5f, 51.5f}, {499.0f, 47.5f},
                                 {503.0f, 46.6f}, {526.0f, 46.6f}, {529.0f, 48.6f}, {533.0f, 50.6f}, {537.0f, 50.6f},
                                 {540.0f, 48.6f}};
enum { KNOTS = sizeof knots / sizeof knots[0] };

/* Cubic through the knots with finite-difference tangents (Catmull-Rom on uneven knots). */
static float profile(float h)
{
    int i = 0;
    while (i < KNOTS - 2 && knots[i + 1][0] <= h) i++;
    int before = i > 0 ? i - 1 : i, after = i + 2 < KNOTS ? i + 2 : i + 1;
    float span = knots[i + 1][0] - knots[i][0], t = (h - knots[i][0]) / span;
    float m0 = (knots[i + 1][1] - knots[before][1]) / (knots[i + 1][0] - knots[before][0]) * span;
    float m1 = (knots[after][1] - knots[i][1]) / (knots[after][0] - knots[i][0]) * span;
    float t2 = t * t, t3 = t2 * t;
    return (2.0f * t3 - 3.0f * t2 + 1.0f) * knots[i][1] + (t3 - 2.0f * t2 + t) * m0 +
           (3.0f * t2 - 2.0f * t3) * knots[i + 1][1] + (t3 - t2) * m1;
}

static void init_profile(const lad_juice_scene *scene, lad_juice_shape *shape)
{
    enum { LAST = LAD_JUICE_RIM * LAD_JUICE_PROFILE_STEPS };
    for (int i = 0; i <= LAST; i++) {
        float h = (float)i / LAD_JUICE_PROFILE_STEPS;
        /* The shoulder sits a little higher or lower; neck and foot stay. */
        float shift = scene->shoulder * lad_smoothstep(300.0f, 345.0f, h) * (1.0f - lad_smoothstep(380.0f, 440.0f, h));
        shape->half_width[i] = profile(h - shift) * scene->girth;
    }
    shape->half_width[LAST + 1] = shape->half_width[LAST];
    for (int i = 0; i <= LAST + 1; i++) {
        int low = i > 0 ? i - 1 : 0, high = i < LAST ? i + 1 : LAST;
        shape->slope[i] = (shape->half_width[high] - shape->half_width[low]) * LAD_JUICE_PROFILE_STEPS /
                          (float)(high > low ? high - low : 1);
    }
}

/* Walks around the front of the turned section and fills the tables by s = x / extent. */
static void init_section(float turn, lad_juice_shape *shape)
{
    enum { WALK = 360 };
    float x[WALK + 1], z[WALK + 1], nx[WALK + 1], nz[WALK + 1], u[WALK + 1];
    float cosine = lad_cosf(turn), sine = lad_sinf(turn), extent = 0.0f;
    for (int i = 0; i <= WALK; i++) { /* from beyond the left silhouette to beyond the right one */
        float angle = PI * 1.2f - PI * 1.4f * (float)i / WALK;
        float c = lad_cosf(angle), s = lad_sinf(angle);
        float radius =
            lad_powf(lad_powf(fabsf(c), SECTION_POWER) + lad_powf(fabsf(s), SECTION_POWER), -1.0f / SECTION_POWER);
        float sx = radius * c, sz = radius * s;
        float gx = copysignf(lad_powf(fabsf(sx), SECTION_POWER - 1.0f), sx);
        float gz = copysignf(lad_powf(fabsf(sz), SECTION_POWER - 1.0f), sz);
        float length = sqrtf(gx * gx + gz * gz);
        x[i] = sx * cosine + sz * sine;
        z[i] = sz * cosine - sx * sine;
        nx[i] = (gx * cosine + gz * sine) / length;
        nz[i] = (gz * cosine - gx * sine) / length;
        u[i] = sx;
        if (fabsf(x[i]) > extent) extent = fabsf(x[i]);
    }
    shape->section_extent = extent;
    int at = 0;
    for (int i = 0; i <= LAD_JUICE_SECTION_STEPS; i++) {
        float want = extent * (2.0f * (float)i / LAD_JUICE_SECTION_STEPS - 1.0f);
        while (at < WALK - 1 && (nz[at] < 0.0f || x[at + 1] < want) && (nz[at + 1] > 0.0f || x[at + 1] < 0.0f)) at++;
        float span = x[at + 1] - x[at], t = span > 1e-6f ? lad_clampf((want - x[at]) / span, 0.0f, 1.0f) : 0.0f;
        shape->section_nx[i] = lad_mixf(nx[at], nx[at + 1], t);
        shape->section_nz[i] = lad_clampf(lad_mixf(nz[at], nz[at + 1], t), 0.0f, 1.0f);
        shape->section_z[i] = lad_clampf(lad_mixf(z[at], z[at + 1], t), 0.0f, 1.2f);
        shape->section_u[i] = lad_mixf(u[at], u[at + 1], t);
    }
}

void lad_juice_shape_init(const lad_juice_scene *scene, lad_juice_shape *shape)
{
    init_profile(scene, shape);
    init_section(scene->turn, shape);
}

/* The screw thread winds around the neck: its phase differs between the left and the right outline. */
static float thread(float h, float s)
{
    if (h < 500.0f || h > 529.0f) return 0.0f;
    float turns = (h - 501.0f) / 13.5f + 0.25f * s, phase = turns - floorf(turns);
    float ridge = phase < 0.6f ? phase * (0.6f - phase) / 0.09f : 0.0f;
    return 3.2f * ridge * lad_smoothstep(500.0f, 503.0f, h) * (1.0f - lad_smoothstep(525.0f, 529.0f, h));
}

static float lookup(const float *table, float position)
{
    int i = (int)position;
    float t = position - (float)i;
    return table[i] + t * (table[i + 1] - table[i]);
}

bool lad_juice_shape_at(const lad_juice_shape *shape, float x, float h, lad_juice_point *point)
{
    float inside_h = lad_clampf(h, 0.0f, LAD_JUICE_RIM);
    float body = 1.0f - lad_smoothstep(325.0f, 392.0f, inside_h);
    float width = lookup(shape->half_width, inside_h * LAD_JUICE_PROFILE_STEPS);
    float slope = lookup(shape->slope, inside_h * LAD_JUICE_PROFILE_STEPS);
    width *= 1.0f + body * (shape->section_extent - 1.0f);
    float s0 = lad_clampf(x / width, -1.0f, 1.0f);
    if (inside_h > 499.0f) {
        slope += (thread(inside_h + 0.5f, s0) - thread(inside_h - 0.5f, s0));
        width += thread(inside_h, s0);
    }
    point->half_width = width;
    point->edge = width - fabsf(x);
    float below = h < 0.0f ? -h : 0.0f, above = h > LAD_JUICE_RIM ? h - LAD_JUICE_RIM : 0.0f;
    if (below + above > 0.0f) point->edge = lad_minf(point->edge, -(below + above));
    if (point->edge < -1.5f) return false;

    float s = lad_clampf(x / width, -1.0f, 1.0f), round = sqrtf(lad_maxf(1.0f - s * s, 0.0f));
    float at = lad_minf((s + 1.0f) * 0.5f * LAD_JUICE_SECTION_STEPS, LAD_JUICE_SECTION_STEPS - 0.001f);
    float nx = lad_mixf(s, lookup(shape->section_nx, at), body);
    float nz = lad_mixf(round, lookup(shape->section_nz, at), body);
    float ny = -slope;
    float scale = 1.0f / sqrtf(nx * nx + ny * ny + nz * nz + 1e-6f);
    point->s = s;
    point->nx = nx * scale, point->ny = ny * scale, point->nz = nz * scale;
    point->z = lad_mixf(round, lad_minf(lookup(shape->section_z, at), 1.0f), body);
    point->u = lad_mixf(s, lookup(shape->section_u, at), body) * width;
    point->wall = lad_mixf(6.0f, 3.9f, body);
    return true;
}
