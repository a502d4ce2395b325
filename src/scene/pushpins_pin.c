/* One pushpin: the head is a solid of revolution, found by sphere tracing; the needle is thinner than a pixel and a
 * half, so it is drawn as a line with the shading of a cylinder. */
#include "scene/pushpins.h"

#include "scene/noise.h"
#include "scene/sdf.h"

enum { MAX_STEPS = 20 };

static const float hit_distance = 0.08f;

/* Distance in the half plane of axis and radius: two flanges, a waist that flares into them, a boss.  A part that
 * is farther away than another by more than the fillet does not matter, so the far end's flange is left out. */
static float profile(float t, float r)
{
    float d = lad_sd_box(lad_v2(t - 19.0f, r), 16.0f, 5.3f, 0.5f);
    if (t < 24.0f) d = lad_sd_blend(d, lad_sd_box(lad_v2(t - PIN_CAP, r), PIN_CAP, PIN_CAP_RADIUS, 1.7f), 9.0f);
    if (t < 12.0f) return d;
    d = lad_sd_blend(d, lad_sd_box(lad_v2(t - PIN_COLLAR, r), 2.3f, PIN_COLLAR_RADIUS, 1.9f), 7.0f);
    if (t < 26.0f) return d;
    return lad_sd_blend(d, lad_sd_box(lad_v2(t - 39.0f, r), 3.0f, 4.4f, 1.2f), 2.0f);
}

/* p: local coordinates (u, v, along the axis) at size 1. */
static float head_distance(const pushpin *pin, lad_vec3 p)
{
    float from_collar = (PIN_COLLAR - p.z) * (1.0f / PIN_COLLAR);
    p.x -= pin->bend * lad_maxf(from_collar, 0.0f) * from_collar;
    float x = p.x * pin->squash;
    float d = profile(p.z, sqrtf(x * x + p.y * p.y));
    /* What is squeezed or sheared overestimates distances by about as much. */
    if (pin->squash > 1.0f || pin->bend != 0.0f) d *= 0.8f / pin->squash;
    if (pin->chip_from > 0.0f) {
        /* An uneven break: the cut wobbles along v. */
        float cut = pin->chip + 1.2f * lad_noise_gradient2(11, p.y * 0.35f, 0.5f);
        d = lad_maxf(d, lad_minf(p.z - pin->chip_from, p.x - cut));
    }
    return d;
}

static lad_vec3 to_local(const pushpin *pin, lad_vec3 d)
{
    return lad_v3(lad_v3_dot(d, pin->u), lad_v3_dot(d, pin->v), lad_v3_dot(d, pin->axis));
}

static lad_vec3 to_world(const pushpin *pin, lad_vec3 d)
{
    return lad_v3_along(lad_v3_along(lad_v3_scale(pin->u, d.x), pin->v, d.y), pin->axis, d.z);
}

static lad_vec3 head_normal(const pushpin *pin, lad_vec3 p, float d)
{
    const float e = 0.12f;
    return lad_v3_unit(lad_v3(head_distance(pin, lad_v3(p.x + e, p.y, p.z)) - d,
                              head_distance(pin, lad_v3(p.x, p.y + e, p.z)) - d,
                              head_distance(pin, lad_v3(p.x, p.y, p.z + e)) - d));
}

static int is_painted(const pushpin *pin, float t, float across)
{
    if (pin->paint_from >= pin->paint_to) return 0;
    float ragged = 1.5f * lad_noise_gradient2(5, across * 0.25f, 0.5f);
    return t > pin->paint_from + ragged && t < pin->paint_to + ragged;
}

static lad_vec3 shade_head(const lad_frame *frame, const pushpin *pin, lad_vec3 local, lad_vec3 world, lad_vec3 ray,
                           float d)
{
    lad_vec3 n = head_normal(pin, local, d);
    lad_vec3 key = to_local(pin, frame->light.key);
    /* Shadow and occlusion by the head itself: how far the body stays away along the light and the normal. */
    float near = head_distance(pin, lad_v3_along(local, key, 3.0f)),
          far = head_distance(pin, lad_v3_along(local, key, 8.0f));
    float lit = lad_clampf(0.15f + lad_minf(near * 0.4f, far * 0.2f), 0.0f, 1.0f);
    float open = lad_clampf(0.35f + 0.22f * head_distance(pin, lad_v3_along(local, n, 3.5f)), 0.0f, 1.0f);
    open *= 0.55f + 0.45f * lad_smoothstep(-2.0f, 16.0f, world.z);
    lad_vec3 normal = to_world(pin, n);
    lad_material m = {.albedo = pin->colour, .roughness = pin->roughness, .specular = 0.08f, .wrap = 0.25f};
    if (is_painted(pin, local.z, local.x + local.y)) m.albedo = pin->paint;
    lad_vec3 colour = lad_shade(&m, &frame->light, normal, lad_v3_scale(ray, -1.0f), lit, open);
    /* Light that crossed the plastic comes out deeper in colour, mostly where the surface is turned away. */
    float through = 0.16f * (1.0f - lad_maxf(lad_v3_dot(normal, frame->light.key), 0.0f)) * (0.4f + 0.6f * open);
    lad_vec3 deep = lad_v3_mul(m.albedo, lad_v3_mul(m.albedo, frame->light.key_colour));
    return lad_v3_along(colour, deep, through);
}

typedef struct head_ray {
    lad_vec3 from, direction; /* local */
    float cover, distance, s; /* covered share; distance to the head and place along the ray where it is nearest */
} head_ray;

/* s: a start that is known to lie before the head, or a guess; a guess that lies within it is not used. */
static head_ray trace(const pushpin *pin, lad_vec3 from, lad_vec3 ray, float unit_px, float s)
{
    head_ray hit = {.distance = 1e30f};
    hit.from = lad_v3_scale(to_local(pin, lad_v3_sub(from, pin->base)), 1.0f / pin->size);
    hit.direction = to_local(pin, ray);
    float floor_s = (-1.0f - from.z) / (ray.z * pin->size);
    if (s > 0.0f && head_distance(pin, lad_v3_along(hit.from, hit.direction, s)) < 0.5f) s = 0.0f;
    for (int i = 0; i < MAX_STEPS && s < floor_s; i++) {
        float d = head_distance(pin, lad_v3_along(hit.from, hit.direction, s));
        if (d < hit.distance) {
            hit.distance = d;
            hit.s = s;
        }
        if (d < hit_distance) break;
        s += lad_maxf(d, hit_distance);
    }
    hit.cover = hit.distance < hit_distance ? 1.0f : lad_coverage(hit.distance * pin->size * unit_px);
    return hit;
}

static pin_hit shade(const lad_frame *frame, const pushpin *pin, const head_ray *r, lad_vec3 from, lad_vec3 ray)
{
    pin_hit hit = {.cover = r->cover, .place = lad_v3_along(from, ray, r->s * pin->size)};
    lad_vec3 local = lad_v3_along(r->from, r->direction, r->s);
    hit.colour = shade_head(frame, pin, local, hit.place, ray, r->distance);
    return hit;
}

pin_hit pushpins_trace_head(const lad_frame *frame, const pushpin *pin, lad_vec3 from, lad_vec3 ray, float unit_px)
{
    head_ray r = trace(pin, from, ray, unit_px, 0.0f);
    return r.cover > 0.0f ? shade(frame, pin, &r, from, ray) : (pin_hit){0};
}

/* Four places of a pixel, a rotated grid: edges near either axis get four levels.  The first two are opposite. */
static const float sample_x[4] = {-0.125f, 0.125f, 0.375f, -0.375f};
static const float sample_y[4] = {-0.375f, 0.375f, -0.125f, 0.125f};

typedef struct pin_outline {
    lad_vec2 flat, collar, needle[3];
    float scale, head_px, needle_px;
    float top; /* world height above every part of the head */
} pin_outline;

static pin_outline outline(const lad_frame *frame, const pushpin *pin)
{
    pin_outline o;
    lad_vec3 end = lad_v3_along(pin->base, pin->axis, PIN_HEAD * pin->size);
    o.flat = lad_camera_project(&frame->camera, pin->base);
    o.collar = lad_camera_project(&frame->camera, end);
    o.scale = lad_camera_scale(&frame->camera, lad_v3_along(pin->base, pin->axis, 20.0f * pin->size));
    o.head_px = (PIN_COLLAR_RADIUS + 1.0f + fabsf(pin->bend)) * pin->size * o.scale * 1.04f + 1.0f;
    for (int i = 0; i < 3; i++) o.needle[i] = lad_camera_project(&frame->camera, pin->needle[i]);
    o.needle_px = PIN_NEEDLE_RADIUS * pin->size * o.scale;
    o.top = lad_maxf(pin->base.z, end.z) + (PIN_COLLAR_RADIUS + 2.0f) * pin->size;
    return o;
}

static pin_hit head_at(const lad_frame *frame, const pushpin *pin, const pin_outline *o, float px, float py)
{
    pin_hit sum = {0};
    if (lad_sd_segment(lad_v2(px, py), o->flat, o->collar, 0) > o->head_px) return sum;
    head_ray hits[4];
    lad_vec3 rays[4], froms[4];
    float start = 0.0f, most = 0.0f;
    for (int i = 0; i < 4; i++) {
        rays[i] = lad_camera_ray(&frame->camera, px + sample_x[i], py + sample_y[i]);
        froms[i] = lad_camera_meet(&frame->camera, rays[i], o->top);
        hits[i] = trace(pin, froms[i], rays[i], 2.0f * o->scale, start);
        if (i == 0 && hits[0].distance * pin->size * o->scale > 1.5f) return sum; /* the others miss it as well */
        if (i == 0 && hits[0].cover >= 1.0f) start = lad_maxf(hits[0].s - 2.5f, 0.0f);
        /* Where two opposite corners see one smooth piece of the surface, one of them does for the pixel. */
        if (i == 1 && hits[0].cover >= 1.0f && hits[1].cover >= 1.0f && fabsf(hits[1].s - hits[0].s) < 0.4f) {
            return shade(frame, pin, &hits[0], froms[0], rays[0]);
        }
    }
    for (int i = 0; i < 4; i++) {
        if (hits[i].cover <= 0.0f) continue;
        pin_hit hit = shade(frame, pin, &hits[i], froms[i], rays[i]);
        sum.colour = lad_v3_along(sum.colour, hit.colour, hit.cover);
        sum.cover += hit.cover;
        if (hit.cover > most) {
            most = hit.cover;
            sum.place = hit.place;
        }
    }
    if (sum.cover > 0.0f) sum.colour = lad_v3_scale(sum.colour, 1.0f / sum.cover);
    sum.cover *= 0.25f;
    return sum;
}

/* The needle under a pixel: nearest of its two segments, shaded as a polished cylinder across its width. */
static pin_hit needle_at(const lad_frame *frame, const pushpin *pin, const pin_outline *o, float px, float py)
{
    pin_hit hit = {0};
    float best = 1e30f, along = 0.0f, best_t = 0.0f;
    int part = 0;
    for (int i = 0; i < 2; i++) {
        float t, d = lad_sd_segment(lad_v2(px, py), o->needle[i], o->needle[i + 1], &t);
        if (d < best) {
            best = d;
            part = i;
            best_t = t;
            along = 0.5f * ((float)i + t);
        }
    }
    /* The last quarter tapers to a point, unless it is broken off. */
    float taper = pin->needle_end < 1.0f ? 1.0f : 1.0f - lad_smoothstep(0.75f, 1.1f, along);
    float radius = o->needle_px * taper;
    /* Thinner than a pixel, coverage is its width. */
    hit.cover = lad_minf(lad_coverage(best - radius), 2.0f * radius);
    if (hit.cover <= 0.0f) return hit;
    hit.place = lad_v3_along(pin->needle[part], lad_v3_sub(pin->needle[part + 1], pin->needle[part]), best_t);
    lad_vec3 axis = lad_v3_unit(lad_v3_sub(pin->needle[part + 1], pin->needle[part]));
    lad_vec3 view = lad_v3_unit(lad_v3_sub(frame->camera.eye, hit.place));
    lad_vec3 side = lad_v3_unit(lad_v3_cross(axis, view)), up = lad_v3_cross(side, axis);
    lad_material steel = {.albedo = {0.62f, 0.59f, 0.55f}, .roughness = 0.22f, .metal = 1};
    if (is_painted(pin, PIN_HEAD + along * (PIN_LENGTH - PIN_HEAD), 0.0f)) {
        steel = (lad_material){.albedo = pin->paint, .roughness = 0.4f, .specular = 0.04f, .wrap = 0.3f};
    }
    static const float across[3] = {-0.75f, 0.0f, 0.75f};
    for (int i = 0; i < 3; i++) {
        float a = across[i], b = sqrtf(1.0f - a * a);
        lad_vec3 n = lad_v3_along(lad_v3_scale(side, a), up, b);
        hit.colour = lad_v3_along(hit.colour, lad_shade(&steel, &frame->light, n, view, 1.0f, 0.9f), 1.0f / 3.0f);
    }
    if (steel.metal) hit.colour = lad_v3_along(hit.colour, lad_v3(0.10f, 0.085f, 0.07f), 1.0f);
    return hit;
}

static void lay(lad_film *film, size_t x, size_t y, const pin_hit *hit)
{
    size_t i = y * film->width + x;
    if (hit->cover <= 0.0f || hit->place.z < film->z[i] - 1.0f) return;
    lad_film_over(film, x, y, hit->colour, hit->cover);
    if (hit->cover > 0.5f) film->z[i] = lad_maxf(hit->place.z, film->z[i]);
}

static void row_extent(const pin_outline *o, float *left, float *right, float *top, float *bottom)
{
    *left = lad_minf(o->flat.x, o->collar.x) - o->head_px;
    *right = lad_maxf(o->flat.x, o->collar.x) + o->head_px;
    *top = lad_minf(o->flat.y, o->collar.y) - o->head_px;
    *bottom = lad_maxf(o->flat.y, o->collar.y) + o->head_px;
    for (int i = 0; i < 3; i++) {
        *left = lad_minf(*left, o->needle[i].x - 3.0f);
        *right = lad_maxf(*right, o->needle[i].x + 3.0f);
        *top = lad_minf(*top, o->needle[i].y - 3.0f);
        *bottom = lad_maxf(*bottom, o->needle[i].y + 3.0f);
    }
}

void pushpins_paint_pin(const lad_frame *frame, const pushpin *pin, lad_film *film, size_t y)
{
    pin_outline o = outline(frame, pin);
    float left, right, top, bottom, row = (float)y;
    row_extent(&o, &left, &right, &top, &bottom);
    if (row < top || row > bottom || right < 0.0f) return;
    size_t x0 = left > 0.0f ? (size_t)left : 0;
    for (size_t x = x0; x < film->width && (float)x <= right; x++) {
        if (pin->needle_end > 0.0f) {
            pin_hit needle = needle_at(frame, pin, &o, (float)x, row);
            lay(film, x, y, &needle);
        }
        pin_hit head = head_at(frame, pin, &o, (float)x, row);
        lay(film, x, y, &head);
    }
}

int pushpins_pin_covers(const lad_frame *frame, const pushpin *pin, float px, float py)
{
    pin_outline o = outline(frame, pin);
    float left, right, top, bottom;
    row_extent(&o, &left, &right, &top, &bottom);
    if (px < left || px > right || py < top || py > bottom) return 0;
    if (head_at(frame, pin, &o, px, py).cover > 0.2f) return 1;
    return pin->needle_end > 0.0f && needle_at(frame, pin, &o, px, py).cover > 0.2f;
}
