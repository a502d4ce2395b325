/* The head of a pushpin is a solid of revolution, found by sphere tracing. */
#include "scene/pushpins_head.h"

#include "base/clones.h"
#include "scene/noise.h"
#include "scene/sdf.h"

enum { MAX_STEPS = 20, GROUP = 8 }; /* rays that are followed until the last of them is done */

static const float hit_distance = 0.08f;
static const float done = 1e6f; /* along a ray: far beyond its end and everything */

/* Distance in the half plane of axis and radius: two flanges, a waist that flares into them, a boss.  A part that
 * is farther away than another by more than the fillet does not matter, so the far end's flange is left out. */
LAD_INLINED float profile(float t, float r)
{
    float waist = lad_sd_box(lad_v2(t - 19.0f, r), 16.0f, 5.3f, 0.5f);
    float cap = lad_sd_blend(waist, lad_sd_box(lad_v2(t - PIN_CAP, r), PIN_CAP, PIN_CAP_RADIUS, 1.7f), 9.0f);
    float flat = t < 24.0f ? cap : waist;
    float collar = lad_sd_blend(flat, lad_sd_box(lad_v2(t - PIN_COLLAR, r), 2.3f, PIN_COLLAR_RADIUS, 1.9f), 7.0f);
    float boss = lad_sd_blend(collar, lad_sd_box(lad_v2(t - 39.0f, r), 3.0f, 4.4f, 1.2f), 2.0f);
    return t < 12.0f ? flat : t < 26.0f ? collar : boss;
}

LAD_INLINED float unbent(const pushpin *pin, float x, float z)
{
    float from_collar = (PIN_COLLAR - z) * (1.0f / PIN_COLLAR);
    return x - pin->bend * lad_maxf(from_collar, 0.0f) * from_collar;
}

/* An uneven break: the cut wobbles along v. */
static void chip(const pushpin *pin, int count, const float *x, const float *y, const float *z, float *d)
{
    for (int i = 0; i < count; i++) {
        float cut = pin->chip + 1.2f * lad_noise_gradient2(11, y[i] * 0.35f, 0.5f);
        d[i] = lad_maxf(d[i], lad_minf(z[i] - pin->chip_from, unbent(pin, x[i], z[i]) - cut));
    }
}

/* x, y, z: local coordinates (u, v, along the axis) at size 1. */
LAD_INLINED void distances(const pushpin *pin, int count, const float *restrict x, const float *restrict y,
                           const float *restrict z, float *restrict d)
{
    /* What is squeezed or sheared overestimates distances by about as much. */
    float scale = pin->squash > 1.0f || pin->bend != 0.0f ? 0.8f / pin->squash : 1.0f;
    for (int i = 0; i < count; i++) {
        float across = unbent(pin, x[i], z[i]) * pin->squash;
        d[i] = profile(z[i], sqrtf(across * across + y[i] * y[i])) * scale;
    }
    if (pin->chip_from > 0.0f) chip(pin, count, x, y, z, d);
}

LAD_INLINED lad_vec3 to_local(const pushpin *pin, lad_vec3 d)
{
    return lad_v3(lad_v3_dot(d, pin->u), lad_v3_dot(d, pin->v), lad_v3_dot(d, pin->axis));
}

LAD_INLINED lad_vec3 to_world(const pushpin *pin, lad_vec3 d)
{
    return lad_v3_along(lad_v3_along(lad_v3_scale(pin->u, d.x), pin->v, d.y), pin->axis, d.z);
}

typedef struct tracing {
    float x[GROUP], y[GROUP], z[GROUP], d[GROUP], s[GROUP], end[GROUP], best[GROUP], best_s[GROUP];
} tracing;

LAD_INLINED void measure(const pushpin *pin, const head_rays *rays, int first, tracing *t)
{
    for (int i = 0, k = first; i < GROUP; i++, k++) {
        t->x[i] = rays->local_from[0][k] + rays->local_ray[0][k] * t->s[i];
        t->y[i] = rays->local_from[1][k] + rays->local_ray[1][k] * t->s[i];
        t->z[i] = rays->local_from[2][k] + rays->local_ray[2][k] * t->s[i];
    }
    distances(pin, GROUP, t->x, t->y, t->z, t->d);
}

/* Steps until each ray is done: it has met the head, or its end. */
LAD_CLONES static void trace_group(const pushpin *pin, const head_rays *rays, int first, tracing *restrict t)
{
    int guessed = 0;
    for (int i = 0; i < GROUP; i++) {
        t->s[i] = rays->start[first + i];
        t->best[i] = 1e30f, t->best_s[i] = 0.0f;
        guessed |= t->s[i] > 0.0f;
    }
    if (guessed) {
        measure(pin, rays, first, t);
        for (int i = 0; i < GROUP; i++) t->s[i] = t->d[i] < 0.5f ? 0.0f : t->s[i];
    }
    for (int i = 0; i < GROUP; i++) t->s[i] = t->s[i] < t->end[i] ? t->s[i] : done;
    for (int step = 0; step < MAX_STEPS; step++) {
        int going = 0;
        for (int i = 0; i < GROUP; i++) going |= t->s[i] < done;
        if (!going) break;
        measure(pin, rays, first, t);
        for (int i = 0; i < GROUP; i++) {
            float d = t->d[i], s = t->s[i], best = t->best[i], best_s = t->best_s[i];
            float next = s + lad_maxf(d, hit_distance);
            t->best[i] = d < best ? d : best;
            t->best_s[i] = d < best ? s : best_s;
            next = d < hit_distance ? done : next;
            t->s[i] = next < t->end[i] ? next : done;
        }
    }
}

LAD_INLINED void start_group(const pushpin *pin, head_rays *restrict rays, int first, tracing *restrict t)
{
    float shrink = 1.0f / pin->size;
    for (int i = 0; i < GROUP; i++) {
        int k = first + i;
        lad_vec3 from = {rays->from[0][k], rays->from[1][k], rays->from[2][k]};
        lad_vec3 ray = {rays->ray[0][k], rays->ray[1][k], rays->ray[2][k]};
        lad_vec3 a = lad_v3_scale(to_local(pin, lad_v3_sub(from, pin->base)), shrink), b = to_local(pin, ray);
        rays->local_from[0][k] = a.x, rays->local_from[1][k] = a.y, rays->local_from[2][k] = a.z;
        rays->local_ray[0][k] = b.x, rays->local_ray[1][k] = b.y, rays->local_ray[2][k] = b.z;
        t->end[i] = (-1.0f - from.z) / (ray.z * pin->size);
    }
}

LAD_CLONES void head_trace(const pushpin *pin, float unit_px, head_rays *rays)
{
    int padded = (rays->count + GROUP - 1) / GROUP * GROUP;
    for (int i = rays->count; i < padded; i++) { /* rays that start beyond their end */
        for (int c = 0; c < 3; c++) rays->from[c][i] = -2.0f, rays->ray[c][i] = -1.0f;
        rays->start[i] = 0.0f;
    }
    for (int first = 0; first < padded; first += GROUP) {
        tracing t;
        start_group(pin, rays, first, &t);
        trace_group(pin, rays, first, &t);
        for (int i = 0; i < GROUP; i++) {
            float soft = lad_coverage(t.best[i] * pin->size * unit_px);
            rays->cover[first + i] = t.best[i] < hit_distance ? 1.0f : soft;
            rays->distance[first + i] = t.best[i], rays->s[first + i] = t.best_s[i];
        }
    }
}

int head_is_painted(const pushpin *pin, float along, float across)
{
    if (pin->paint_from >= pin->paint_to) return 0;
    float ragged = 1.5f * lad_noise_gradient2(5, across * 0.25f, 0.5f);
    return along > pin->paint_from + ragged && along < pin->paint_to + ragged;
}

/* Distances to the head from beside each place; by: how far beside. */
LAD_INLINED void measure_beside(const pushpin *pin, const head_places *p, lad_vec3 by, float *d)
{
    float x[HEAD_RAYS], y[HEAD_RAYS], z[HEAD_RAYS];
    for (int i = 0; i < p->count; i++) {
        x[i] = p->local[0][i] + by.x, y[i] = p->local[1][i] + by.y, z[i] = p->local[2][i] + by.z;
    }
    distances(pin, p->count, x, y, z, d);
}

/* Unit normals, in local coordinates. */
LAD_INLINED void find_normals(const pushpin *pin, const head_places *p, float n[3][HEAD_RAYS])
{
    const float e = 0.12f;
    measure_beside(pin, p, lad_v3(e, 0.0f, 0.0f), n[0]);
    measure_beside(pin, p, lad_v3(0.0f, e, 0.0f), n[1]);
    measure_beside(pin, p, lad_v3(0.0f, 0.0f, e), n[2]);
    for (int i = 0; i < p->count; i++) {
        float d = p->distance[i];
        lad_vec3 u = lad_v3_unit(lad_v3(n[0][i] - d, n[1][i] - d, n[2][i] - d));
        n[0][i] = u.x, n[1][i] = u.y, n[2][i] = u.z;
    }
}

/* Shadow and occlusion by the head itself: how far the body stays away along the light and the normal. */
LAD_INLINED void find_light(const pushpin *pin, const head_places *p, lad_vec3 key, const float n[3][HEAD_RAYS],
                            float *lit, float *open)
{
    float near[HEAD_RAYS], far[HEAD_RAYS], above[HEAD_RAYS], x[HEAD_RAYS], y[HEAD_RAYS], z[HEAD_RAYS];
    measure_beside(pin, p, lad_v3_scale(key, 3.0f), near);
    measure_beside(pin, p, lad_v3_scale(key, 8.0f), far);
    for (int i = 0; i < p->count; i++) {
        x[i] = p->local[0][i] + n[0][i] * 3.5f;
        y[i] = p->local[1][i] + n[1][i] * 3.5f;
        z[i] = p->local[2][i] + n[2][i] * 3.5f;
    }
    distances(pin, p->count, x, y, z, above);
    for (int i = 0; i < p->count; i++) {
        lit[i] = lad_clampf(0.15f + lad_minf(near[i] * 0.4f, far[i] * 0.2f), 0.0f, 1.0f);
        open[i] = lad_clampf(0.35f + 0.22f * above[i], 0.0f, 1.0f) *
                  (0.55f + 0.45f * lad_smoothstep(-2.0f, 16.0f, p->world[2][i]));
    }
}

static void paint_places(const pushpin *pin, const head_places *p, lad_surfaces *surfaces)
{
    for (int i = 0; i < p->count; i++) {
        if (!head_is_painted(pin, p->local[2][i], p->local[0][i] + p->local[1][i])) continue;
        surfaces->albedo[0][i] = pin->paint.x, surfaces->albedo[1][i] = pin->paint.y;
        surfaces->albedo[2][i] = pin->paint.z;
    }
}

LAD_CLONES void head_shade(const lad_frame *frame, const pushpin *pin, const head_places *p, lad_vec3 *colours)
{
    float n[3][HEAD_RAYS], lit[HEAD_RAYS], open[HEAD_RAYS];
    lad_surfaces surfaces = {0};
    lad_light light = frame->light;
    find_normals(pin, p, n);
    find_light(pin, p, to_local(pin, light.key), n, lit, open);
    for (int i = 0; i < p->count; i++) {
        lad_vec3 normal = to_world(pin, lad_v3(n[0][i], n[1][i], n[2][i]));
        lad_material m = {.albedo = pin->colour, .roughness = pin->roughness, .specular = 0.08f, .wrap = 0.25f};
        lad_vec3 view = {-p->ray[0][i], -p->ray[1][i], -p->ray[2][i]};
        lad_surfaces_set(&surfaces, i, &m, normal, view, lit[i], open[i]);
    }
    if (pin->paint_from < pin->paint_to) paint_places(pin, p, &surfaces);
    lad_shade_surfaces(&light, &surfaces, p->count, colours);
    for (int i = 0; i < p->count; i++) {
        lad_vec3 normal = {surfaces.n[0][i], surfaces.n[1][i], surfaces.n[2][i]};
        lad_vec3 albedo = {surfaces.albedo[0][i], surfaces.albedo[1][i], surfaces.albedo[2][i]};
        /* Light that crossed the plastic comes out deeper in colour, mostly where the surface is turned away. */
        float through = 0.16f * (1.0f - lad_maxf(lad_v3_dot(normal, light.key), 0.0f)) * (0.4f + 0.6f * open[i]);
        lad_vec3 deep = lad_v3_mul(albedo, lad_v3_mul(albedo, light.key_colour));
        colours[i] = lad_v3_along(colours[i], deep, through);
    }
}
