/* One pushpin: its head is met by rays through four places of a pixel; the needle is thinner than a pixel and a half,
 * so it is drawn as a line with the shading of a cylinder. */
#include "base/clones.h"
#include "scene/pushpins_head.h"
#include "scene/sdf.h"

#include <stdbool.h>

/* Four places of a pixel, a rotated grid: edges near either axis get four levels.  The first two are opposite. */
enum { SAMPLES = 4 };
static const float sample_x[SAMPLES] = {-0.125f, 0.125f, 0.375f, -0.375f};
static const float sample_y[SAMPLES] = {-0.375f, 0.375f, -0.125f, 0.125f};

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

/* Neighbouring pixels of row y, from column `left` on. */
typedef struct stretch {
    const lad_frame *frame;
    const pushpin *pin;
    const pin_outline *o;
    float left, y;
    int count; /* up to HEAD_RAYS */
} stretch;

/* Rays through one place of some of the pixels. */
typedef struct head_sample {
    int pixel[HEAD_RAYS];
    head_rays rays;
} head_sample;

LAD_CLONES static void trace_sample(const stretch *s, int place, head_sample *sample)
{
    const lad_camera camera = s->frame->camera;
    head_rays *rays = &sample->rays;
    for (int i = 0; i < rays->count; i++) {
        float x = s->left + (float)sample->pixel[i];
        lad_vec3 ray = lad_camera_ray(&camera, x + sample_x[place], s->y + sample_y[place]);
        lad_vec3 from = lad_camera_meet(&camera, ray, s->o->top);
        rays->ray[0][i] = ray.x, rays->ray[1][i] = ray.y, rays->ray[2][i] = ray.z;
        rays->from[0][i] = from.x, rays->from[1][i] = from.y, rays->from[2][i] = from.z;
    }
    head_trace(s->pin, 2.0f * s->o->scale, rays);
}

static void add_ray(head_sample *sample, int pixel, float start)
{
    int i = sample->rays.count++;
    sample->pixel[i] = pixel;
    sample->rays.start[i] = start;
}

/* Pixels near the head. */
LAD_CLONES static void find_near(const stretch *s, head_sample *sample)
{
    float distance[HEAD_RAYS];
    const pin_outline o = *s->o;
    for (int i = 0; i < s->count; i++) {
        distance[i] = lad_sd_segment(lad_v2(s->left + (float)i, s->y), o.flat, o.collar, 0);
    }
    for (int i = 0; i < s->count; i++) {
        if (distance[i] <= o.head_px) add_ray(sample, i, 0.0f);
    }
}

/* Pixels as they are put together from the places that their rays have met. */
typedef struct head_pixels {
    pin_hit *hits;
    float most[HEAD_RAYS];
    int pixel[HEAD_RAYS]; /* of each place */
    float cover[HEAD_RAYS];
    head_places places;
} head_pixels;

static void shade_places(const stretch *s, head_pixels *p)
{
    lad_vec3 colours[HEAD_RAYS];
    head_shade(s->frame, s->pin, &p->places, colours);
    for (int i = 0; i < p->places.count; i++) {
        pin_hit *hit = &p->hits[p->pixel[i]];
        hit->colour = lad_v3_along(hit->colour, colours[i], p->cover[i]);
        hit->cover += p->cover[i];
        if (p->cover[i] <= p->most[p->pixel[i]]) continue;
        p->most[p->pixel[i]] = p->cover[i];
        hit->place = lad_v3(p->places.world[0][i], p->places.world[1][i], p->places.world[2][i]);
    }
    p->places.count = 0;
}

static void add_place(const stretch *s, const head_sample *sample, int ray, head_pixels *p)
{
    if (sample->rays.cover[ray] <= 0.0f) return;
    if (p->places.count == HEAD_RAYS) shade_places(s, p);
    p->pixel[p->places.count] = sample->pixel[ray];
    p->cover[p->places.count] = sample->rays.cover[ray];
    head_add_place(&p->places, s->pin, &sample->rays, ray);
}

/* The head under each pixel of a stretch. */
static void heads_at(const stretch *s, pin_hit *hits)
{
    head_sample samples[SAMPLES];
    head_pixels p = {.hits = hits};
    int first_ray[HEAD_RAYS];
    bool alone[HEAD_RAYS] = {false};
    for (int i = 0; i < SAMPLES; i++) samples[i].rays.count = 0;
    for (int i = 0; i < s->count; i++) hits[i] = (pin_hit){0};
    find_near(s, &samples[0]);
    trace_sample(s, 0, &samples[0]);
    const head_rays *first = &samples[0].rays, *second = &samples[1].rays;
    for (int i = 0; i < first->count; i++) {
        if (first->distance[i] * s->pin->size * s->o->scale > 1.5f) continue; /* the others miss it as well */
        first_ray[second->count] = i;
        add_ray(&samples[1], samples[0].pixel[i], first->cover[i] >= 1.0f ? lad_maxf(first->s[i] - 2.5f, 0.0f) : 0.0f);
    }
    trace_sample(s, 1, &samples[1]);
    for (int i = 0; i < second->count; i++) {
        int k = first_ray[i], pixel = samples[1].pixel[i];
        /* Where two opposite corners see one smooth piece of the surface, one of them does for the pixel. */
        alone[pixel] = first->cover[k] >= 1.0f && second->cover[i] >= 1.0f && fabsf(second->s[i] - first->s[k]) < 0.4f;
        for (int j = 2; j < SAMPLES && !alone[pixel]; j++) add_ray(&samples[j], pixel, second->start[i]);
    }
    for (int j = 2; j < SAMPLES; j++) trace_sample(s, j, &samples[j]);
    for (int j = 0; j < SAMPLES; j++) {
        for (int i = 0; i < samples[j].rays.count; i++) {
            if (j == 0 || !alone[samples[j].pixel[i]]) add_place(s, &samples[j], i, &p);
        }
    }
    shade_places(s, &p);
    for (int i = 0; i < s->count; i++) {
        if (alone[i] || hits[i].cover <= 0.0f) continue;
        hits[i].colour = lad_v3_scale(hits[i].colour, 1.0f / hits[i].cover);
        hits[i].cover *= 1.0f / SAMPLES;
    }
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
    if (head_is_painted(pin, PIN_HEAD + along * (PIN_LENGTH - PIN_HEAD), 0.0f)) {
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

void pushpins_pin_rows(const lad_frame *frame, const pushpin *pin, float *low, float *high)
{
    pin_outline o = outline(frame, pin);
    float left, right;
    row_extent(&o, &left, &right, low, high);
}

void pushpins_paint_pin(const lad_frame *frame, const pushpin *pin, lad_film *film, size_t y)
{
    pin_outline o = outline(frame, pin);
    float left, right, top, bottom, row = (float)y;
    row_extent(&o, &left, &right, &top, &bottom);
    if (row < top || row > bottom || right < 0.0f) return;
    size_t x = left > 0.0f ? (size_t)left : 0, end = film->width;
    if (right < (float)(end - 1)) end = (size_t)right + 1;
    for (; x < end; x += HEAD_RAYS) {
        stretch s = {frame, pin, &o, (float)x, row, end - x < HEAD_RAYS ? (int)(end - x) : HEAD_RAYS};
        pin_hit heads[HEAD_RAYS];
        heads_at(&s, heads);
        for (int i = 0; i < s.count; i++) {
            if (pin->needle_end > 0.0f) {
                pin_hit needle = needle_at(frame, pin, &o, s.left + (float)i, row);
                lay(film, x + (size_t)i, y, &needle);
            }
            lay(film, x + (size_t)i, y, &heads[i]);
        }
    }
}

pin_hit pushpins_trace_head(const lad_frame *frame, const pushpin *pin, lad_vec3 from, lad_vec3 ray, float unit_px)
{
    head_rays rays;
    head_places places;
    pin_hit hit = {0};
    rays.count = 1, rays.start[0] = 0.0f, places.count = 0;
    rays.from[0][0] = from.x, rays.from[1][0] = from.y, rays.from[2][0] = from.z;
    rays.ray[0][0] = ray.x, rays.ray[1][0] = ray.y, rays.ray[2][0] = ray.z;
    head_trace(pin, unit_px, &rays);
    if (rays.cover[0] <= 0.0f) return hit;
    head_add_place(&places, pin, &rays, 0);
    head_shade(frame, pin, &places, &hit.colour);
    hit.cover = rays.cover[0];
    return hit;
}

int pushpins_pin_covers(const lad_frame *frame, const pushpin *pin, float px, float py)
{
    pin_outline o = outline(frame, pin);
    float left, right, top, bottom;
    row_extent(&o, &left, &right, &top, &bottom);
    if (px < left || px > right || py < top || py > bottom) return 0;
    stretch s = {frame, pin, &o, px, py, 1};
    pin_hit head;
    heads_at(&s, &head);
    if (head.cover > 0.2f) return 1;
    return pin->needle_end > 0.0f && needle_at(frame, pin, &o, px, py).cover > 0.2f;
}
