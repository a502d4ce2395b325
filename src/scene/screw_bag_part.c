/* Screws, nuts, washers and debris: their distance fields, and how they look. */
#include "scene/screw_bag.h"

#include "base/detmath.h"
#include "scene/noise.h"
#include "scene/sdf.h"

enum { MAX_STEPS = 40, MAX_NEAR = SCREW_BAG_MAX_BODIES };
static const float hit_distance = 0.06f;

/* A cylinder around z from -half to half, its rims rounded; r: distance from the axis. */
static float cylinder(float r, float z, float radius, float half, float rounding)
{
    return lad_sd_box(lad_v2(r, z), radius, half, rounding);
}

/* Bound of the distance to a hexagon whose flat sides are `flat` from the middle; two corners lie on y. */
static float hexagon(float x, float y, float flat)
{
    float ax = fabsf(x), ay = fabsf(y);
    return lad_maxf(ax, 0.5f * ax + 0.8660254f * ay) - flat;
}

/* Angle of (x, y) in turns, modulo 1, within 0.0002: an odd polynomial of the smaller ratio, then the octants. */
static float turn_of(float x, float y)
{
    float ax = fabsf(x), ay = fabsf(y), ratio = lad_minf(ax, ay) / (lad_maxf(ax, ay) + 1e-6f), square = ratio * ratio;
    float turn = ratio * (0.158864f + square * (-0.047f + square * 0.0132f));
    if (ay > ax) turn = 0.25f - turn;
    if (x < 0.0f) turn = 0.5f - turn;
    return y < 0.0f ? -turn : turn;
}

static float thread_wave(lad_vec3 p, float turn)
{
    float phase = p.z * (1.0f / THREAD_PITCH) + turn_of(p.x, p.y) + turn;
    return 2.0f * fabsf(phase - floorf(phase) - 0.5f); /* 0..1 */
}

static float screw_distance(const screw_body *b, lad_vec3 p)
{
    float length = b->length;
    if (b->harm == HARM_BENT) {
        float past = lad_maxf(p.z - b->harm_at, 0.0f);
        float off = b->harm_strength * past * past / (past + 12.0f);
        p.x -= off * lad_cosf(b->harm_turn);
        p.y -= off * lad_sinf(b->harm_turn);
    }
    float r = sqrtf(p.x * p.x + p.y * p.y);
    float shaft = cylinder(r, p.z - 0.5f * length, SHAFT_RADIUS, 0.5f * length, 2.0f);
    if (shaft < 2.5f && p.z > HEAD_LENGTH) {
        float depth = 1.5f * lad_smoothstep(HEAD_LENGTH, HEAD_LENGTH + 5.0f, p.z);
        float worn = 0.0f;
        if (b->harm == HARM_THREAD) {
            float across = p.x * lad_cosf(b->harm_turn) + p.y * lad_sinf(b->harm_turn);
            float near = fabsf(p.z - b->harm_at) / b->harm_size;
            worn = lad_smoothstep(1.0f, 0.7f, near) * lad_smoothstep(-7.0f, -2.0f, across) * b->harm_strength;
            shaft += worn * (1.0f + 1.1f * lad_noise_gradient2(b->seed, p.z * 0.3f, across * 0.3f));
        }
        shaft += depth * (1.0f - worn) * (1.0f - thread_wave(p, b->turn));
    }
    /* Beyond the head it is at least so far away: most places ask for the shaft alone. */
    if (shaft < p.z - HEAD_LENGTH - 0.01f) return 0.72f * shaft;
    float head = cylinder(r, p.z - 0.5f * HEAD_LENGTH, HEAD_RADIUS, 0.5f * HEAD_LENGTH, 1.6f);
    if (p.z < 15.0f) head = lad_maxf(head, -lad_maxf(hexagon(p.x, p.y, 9.0f), p.z - 13.0f));
    if (b->harm == HARM_CHIPPED) {
        float c = lad_cosf(b->harm_turn), s = lad_sinf(b->harm_turn);
        float jag = 1.3f * lad_noise_gradient2(b->seed, (p.x * s - p.y * c) * 0.25f, p.z * 0.25f);
        float side = p.x * c + p.y * s + (p.z - HEAD_LENGTH) * 0.35f;
        head = lad_maxf(head, side - b->harm_at + jag);
    }
    return 0.72f * lad_minf(head, shaft);
}

/* A wedge cut out at harm_turn, from the hole outwards. */
static float split(const screw_body *b, lad_vec3 p, float d)
{
    float c = lad_cosf(b->harm_turn), s = lad_sinf(b->harm_turn);
    float along = p.x * c + p.y * s, across = p.y * c - p.x * s;
    float jag = 0.9f * lad_noise_gradient2(b->seed, along * 0.22f, p.z * 0.3f);
    if (b->harm == HARM_BROKEN_OFF) {
        return lad_maxf(d, 0.8f * (along + 0.25f * fabsf(across) + 2.0f * jag - b->harm_at));
    }
    float width = b->harm_size * (0.6f + 0.03f * along);
    return along > 0.0f ? lad_maxf(d, 0.8f * (width - fabsf(across + jag))) : d;
}

static float nut_distance(const screw_body *b, lad_vec3 p)
{
    float r = sqrtf(p.x * p.x + p.y * p.y), z = fabsf(p.z);
    float d = lad_maxf(hexagon(p.x, p.y, NUT_FLAT), z - NUT_HALF);
    d = lad_maxf(d, 0.5f * (r - NUT_FLAT - 0.2f) + 0.8660254f * (z - NUT_HALF)); /* chamfer */
    float hole = NUT_HOLE + 0.9f * lad_maxf(z - NUT_HALF + 2.0f, 0.0f);
    if (fabsf(r - hole) < 2.0f) hole -= 1.2f * thread_wave(p, b->turn) * lad_smoothstep(NUT_HALF, NUT_HALF - 2.0f, z);
    d = lad_maxf(d, 0.7f * (hole - r));
    if (b->harm == HARM_SPLIT || b->harm == HARM_BROKEN_OFF) d = split(b, p, d);
    return d - 0.35f;
}

static float washer_distance(const screw_body *b, lad_vec3 p)
{
    float scale = 1.0f;
    if (b->harm == HARM_WARPED) {
        float along = p.x * lad_cosf(b->harm_turn) + p.y * lad_sinf(b->harm_turn);
        p.z -= b->harm_strength * along * along / WASHER_RADIUS;
        scale = 0.6f;
    } else if (b->harm == HARM_OVAL) {
        float c = lad_cosf(b->harm_turn), s = lad_sinf(b->harm_turn), squash = 1.0f - b->harm_strength;
        p = lad_v3((p.x * c + p.y * s) / squash, (p.y * c - p.x * s) * squash, p.z);
        scale = squash;
    }
    float r = sqrtf(p.x * p.x + p.y * p.y);
    float middle = 0.5f * (WASHER_RADIUS + WASHER_HOLE), half = 0.5f * (WASHER_RADIUS - WASHER_HOLE);
    float d = lad_sd_box(lad_v2(r - middle, p.z), half, WASHER_HALF, 0.8f);
    if (b->harm == HARM_SPLIT || b->harm == HARM_BROKEN_OFF) d = split(b, p, d);
    return scale * d;
}

static float debris_distance(const screw_body *b, lad_vec3 p)
{
    float lump = 0.25f * lad_noise_gradient2(b->seed, p.x * 0.3f, p.y * 0.3f + p.z * 0.2f);
    float rounding = 0.8f * lad_minf(b->half.x, lad_minf(b->half.y, b->half.z));
    return 0.8f * (lad_sd_box3(p, b->half, rounding) + lump * b->half.z);
}

float screw_bag_distance(const screw_body *b, lad_vec3 p)
{
    switch (b->part) {
    case PART_SCREW: return screw_distance(b, p);
    case PART_NUT: return nut_distance(b, p);
    case PART_WASHER: return washer_distance(b, p);
    default: return debris_distance(b, p);
    }
}

bool screw_bag_farther(const screw_body *b, float x, float y, float distance)
{
    float length = b->part == PART_SCREW ? b->length * b->size : 0.0f, end_x = b->at.x + b->w.x * length;
    float end_y = b->at.y + b->w.y * length, reach = distance + (WASHER_RADIUS + NUT_FLAT) * b->size;
    if (b->part == PART_DEBRIS) reach += b->half.y * b->size;
    return x < lad_minf(b->at.x, end_x) - reach || x > lad_maxf(b->at.x, end_x) + reach ||
           y < lad_minf(b->at.y, end_y) - reach || y > lad_maxf(b->at.y, end_y) + reach;
}

float screw_bag_outline(const screw_body *b, float x, float y)
{
    lad_vec2 p = {x, y}, at = {b->at.x, b->at.y};
    if (b->part == PART_SCREW) {
        float t, length = b->length * b->size;
        lad_vec2 end = {b->at.x + b->w.x * length, b->at.y + b->w.y * length};
        float d = lad_sd_segment(p, at, end, &t);
        return d - b->size * lad_mixf(HEAD_RADIUS, SHAFT_RADIUS, lad_smoothstep(0.15f, 0.35f, t));
    }
    float radius = b->part == PART_NUT ? NUT_FLAT : b->part == PART_WASHER ? WASHER_RADIUS : b->half.y;
    return lad_v2_length(lad_v2_sub(p, at)) - radius * b->size;
}

static lad_vec3 to_own(const screw_body *b, lad_vec3 d)
{
    return lad_v3(lad_v3_dot(d, b->u), lad_v3_dot(d, b->v), lad_v3_dot(d, b->w));
}

static lad_vec3 to_world(const screw_body *b, lad_vec3 d)
{
    return lad_v3_along(lad_v3_along(lad_v3_scale(b->u, d.x), b->v, d.y), b->w, d.z);
}

void screw_bag_look_at(const lad_frame *frame, screw_body *b)
{
    float length = b->length * b->size;
    lad_vec3 end = lad_v3_along(b->at, b->w, length);
    float radius = b->part == PART_SCREW ? HEAD_RADIUS + 1.0f : b->part == PART_NUT ? NUT_CORNER + 8.5f : WASHER_RADIUS;
    if (b->part == PART_DEBRIS) radius = b->half.x + b->half.y;
    if (b->harm == HARM_BENT) radius += b->harm_strength * b->length * 0.6f;
    if (b->harm == HARM_OVAL) radius *= 1.4f;
    if (b->part == PART_WASHER) radius += 3.0f;
    b->from_px = lad_camera_project(&frame->camera, b->at);
    b->to_px = lad_camera_project(&frame->camera, end);
    b->scale = lad_camera_scale(&frame->camera, b->at);
    b->reach_px = radius * b->size * b->scale * 1.05f + 1.0f;
    /* Across the picture a tilted head reaches over the beginning of the shaft, which tapers the rest. */
    b->shaft_px = b->reach_px;
    if (b->part == PART_SCREW && b->harm != HARM_BENT && fabsf(b->w.z) < 0.25f) {
        b->shaft_px = (SHAFT_RADIUS + 1.0f) * b->size * b->scale * 1.05f + 1.0f;
    }
    float rise = b->part == PART_SCREW ? radius : b->part == PART_DEBRIS ? radius : 0.62f * radius + NUT_HALF;
    b->top = lad_maxf(b->at.z, end.z) + rise * b->size + 1.0f;
}

typedef struct body_hit {
    int body; /* -1: none */
    float s;  /* along the ray from the eye */
    lad_vec3 local;
} body_hit;

/* Follows a ray to a body; false when it passes by farther than `miss` (own units). */
static bool follow(const lad_frame *frame, const screw_body *b, lad_vec3 ray, float miss, body_hit *hit)
{
    lad_vec3 start = lad_camera_meet(&frame->camera, ray, b->top);
    lad_vec3 from = lad_v3_scale(to_own(b, lad_v3_sub(start, b->at)), 1.0f / b->size), direction = to_own(b, ray);
    float s = 0.0f, last = (-2.0f - start.z) / (ray.z * b->size);
    for (int i = 0; i < MAX_STEPS && s < last; i++) {
        lad_vec3 p = lad_v3_along(from, direction, s);
        float d = screw_bag_distance(b, p);
        if (d < miss) {
            hit->local = p;
            hit->s = (b->top - frame->camera.eye.z) / ray.z + s * b->size;
            return true;
        }
        s += d;
    }
    return false;
}

static lad_vec3 normal_of(const screw_body *b, lad_vec3 p)
{
    static const float e = 0.22f;
    float a = screw_bag_distance(b, lad_v3(p.x + e, p.y - e, p.z - e));
    float c = screw_bag_distance(b, lad_v3(p.x - e, p.y - e, p.z + e));
    float d = screw_bag_distance(b, lad_v3(p.x - e, p.y + e, p.z - e));
    float f = screw_bag_distance(b, lad_v3(p.x + e, p.y + e, p.z + e));
    return lad_v3_unit(lad_v3(a - c - d + f, -a - c + d + f, -a + c - d + f));
}

/* Share of what comes along a unit direction that other bodies do not block. */
static float unblocked(const screw_bag_graph *g, int self, lad_vec3 p, lad_vec3 direction, float wide)
{
    float open = 1.0f;
    for (int i = 0; i < g->body_count; i++) {
        const screw_body *b = &g->bodies[i];
        if (i == self) continue;
        float reach = screw_bag_influence(b);
        lad_vec3 to = lad_v3_sub(b->at, p);
        if (lad_v3_dot(to, to) > reach * reach) continue;
        float s = 1.0f;
        for (int k = 0; k < 6 && s < 60.0f; k++) {
            lad_vec3 q = to_own(b, lad_v3_sub(lad_v3_along(p, direction, s), b->at));
            float d = screw_bag_distance(b, lad_v3_scale(q, 1.0f / b->size)) * b->size;
            open = lad_minf(open, 0.5f + 0.5f * d / (wide * s + 0.5f));
            if (open <= 0.0f) return 0.0f;
            s += lad_maxf(fabsf(d), 1.5f);
        }
    }
    return lad_clampf(open, 0.0f, 1.0f);
}

/* Rust and paint: how much of it covers a place. */
static float stain_at(const screw_body *b, lad_vec3 p)
{
    if (!b->stained) return 0.0f;
    lad_vec3 off = lad_v3_sub(p, b->stain_at);
    float ragged = lad_noise_fractal2(b->seed, off.x * 0.16f + off.z * 0.1f, off.y * 0.16f + off.z * 0.12f, 3);
    float d = lad_v3_length(off) - b->stain_size * (1.0f + (b->rusty ? 0.55f : 0.12f) * ragged);
    return lad_smoothstep(b->rusty ? 3.0f : 0.8f, b->rusty ? -4.0f : -0.8f, d);
}

static lad_vec3 shade(const lad_frame *frame, const screw_bag_graph *g, int index, const body_hit *hit, lad_vec3 ray)
{
    const screw_body *b = &g->bodies[index];
    lad_vec3 own = normal_of(b, hit->local), n = to_world(b, own);
    lad_vec3 place = lad_v3_along(b->at, to_world(b, hit->local), b->size);
    /* Brushed and scuffed: the normal trembles a little. */
    lad_vec3 scuff = lad_v3_scale(hit->local, 0.35f);
    if (b->part != PART_DEBRIS) {
        lad_vec3 wide = lad_v3_scale(hit->local, 0.06f);
        n.x += 0.05f * (lad_noise_value2(b->seed, scuff.x + scuff.z, scuff.y) - 0.5f) +
               0.26f * (lad_noise_value2(b->seed + 3, wide.x + wide.z, wide.y) - 0.5f);
        n.y += 0.26f * (lad_noise_value2(b->seed + 4, wide.x, wide.y - wide.z) - 0.5f);
        n = lad_v3_unit(n);
    }
    lad_vec3 mirrored = lad_v3_reflect(ray, n), mirrored_own = to_own(b, mirrored);
    /* How far the body itself stays away along the normal and along the mirrored ray. */
    float open = lad_clampf(0.3f + 0.28f * screw_bag_distance(b, lad_v3_along(hit->local, own, 3.5f)), 0.0f, 1.0f);
    float path = screw_bag_distance(b, lad_v3_along(hit->local, mirrored_own, 5.0f));
    float clear = lad_clampf(0.15f + 0.3f * path, 0.0f, 1.0f), lit = 0.0f;
    if (clear > 0.0f) clear *= unblocked(g, index, place, mirrored, 0.25f);
    open *= 0.4f + 0.6f * lad_smoothstep(-2.0f, 14.0f, place.z + 8.0f * n.z);
    lad_vec3 irradiance = lad_v3_scale(g->studio.ceiling, open * (1.2f + 0.8f * n.z));
    float facing = lad_maxf(lad_v3_dot(n, frame->light.key), 0.0f);
    if (facing > 0.0f) lit = unblocked(g, index, place, frame->light.key, frame->light.key_size);
    irradiance = lad_v3_along(irradiance, frame->light.key_colour, facing * lit * (0.4f + 0.6f * open));
    float cover = stain_at(b, hit->local);
    lad_vec3 colour = {0.0f, 0.0f, 0.0f};
    if (cover < 1.0f && b->part != PART_DEBRIS) {
        lad_vec3 seen = screw_bag_studio_at(&g->studio, mirrored, b->roughness);
        float edge = 0.5f * lad_fresnel(-lad_v3_dot(ray, n), 0.0f);
        lad_vec3 tint = lad_v3_mix(b->metal, lad_v3(1.0f, 1.0f, 1.0f), edge);
        colour = lad_v3_scale(lad_v3_mul(seen, tint), clear);
        /* The crystals of the zinc scatter as well. */
        colour = lad_v3_along(colour, lad_v3_mul(irradiance, b->metal), 0.14f);
    }
    if (cover > 0.0f || b->part == PART_DEBRIS) {
        lad_vec3 albedo = b->part == PART_DEBRIS ? b->metal : b->stain_colour;
        if (b->rusty)
            albedo = lad_v3_scale(albedo, 0.5f + lad_noise_value2(b->seed + 2, scuff.x * 2.0f, scuff.y * 2.0f));
        lad_vec3 matt = lad_v3_mul(irradiance, albedo);
        if (!b->rusty) matt = lad_v3_along(matt, screw_bag_studio_at(&g->studio, mirrored, 0.3f), 0.05f * clear);
        colour = lad_v3_mix(colour, matt, b->part == PART_DEBRIS ? 1.0f : cover);
    }
    return colour;
}

static bool in_reach(const screw_body *b, float px, float py)
{
    float left = lad_minf(b->from_px.x, b->to_px.x), right = lad_maxf(b->from_px.x, b->to_px.x);
    if (px < left - b->reach_px || px > right + b->reach_px) return false;
    float t, d = lad_sd_segment(lad_v2(px, py), b->from_px, b->to_px, &t);
    return d < (t * b->length > HEAD_LENGTH + 3.0f ? b->shaft_px : b->reach_px);
}

static body_hit nearest(const lad_frame *frame, const screw_bag_graph *g, const int *near, int count, lad_vec3 ray,
                        float px, float py)
{
    body_hit best = {.body = -1};
    for (int i = 0; i < count; i++) {
        body_hit hit;
        const screw_body *b = &g->bodies[near[i]];
        if (!in_reach(b, px, py) || !follow(frame, b, ray, hit_distance, &hit)) continue;
        if (best.body >= 0 && hit.s >= best.s) continue;
        best = hit;
        best.body = near[i];
    }
    return best;
}

static int near_row(const screw_bag_graph *g, float y, int near[MAX_NEAR])
{
    int count = 0;
    for (int i = 0; i < g->body_count; i++) {
        const screw_body *b = &g->bodies[i];
        float top = lad_minf(b->from_px.y, b->to_px.y), bottom = lad_maxf(b->from_px.y, b->to_px.y);
        if (y > top - b->reach_px && y < bottom + b->reach_px) near[count++] = i;
    }
    return count;
}

/* Four places of a pixel, a rotated grid. */
static const float sample_x[4] = {-0.125f, 0.125f, 0.375f, -0.375f};
static const float sample_y[4] = {-0.375f, 0.375f, -0.125f, 0.125f};

void screw_bag_paint_bodies(const lad_frame *frame, const screw_bag_graph *g, lad_film *film, size_t y)
{
    int near[MAX_NEAR], count = near_row(g, (float)y, near);
    float left = (float)film->width, right = -1.0f;
    for (int i = 0; i < count; i++) {
        const screw_body *b = &g->bodies[near[i]];
        left = lad_minf(left, lad_minf(b->from_px.x, b->to_px.x) - b->reach_px);
        right = lad_maxf(right, lad_maxf(b->from_px.x, b->to_px.x) + b->reach_px);
    }
    for (size_t x = left > 0.0f ? (size_t)left : 0; x < film->width && (float)x <= right; x++) {
        bool any = false;
        for (int i = 0; i < count; i++) any = any || in_reach(&g->bodies[near[i]], (float)x, (float)y);
        if (!any) continue;
        lad_vec3 sum = {0.0f, 0.0f, 0.0f}, first = sum;
        float cover = 0.0f, depth = 0.0f;
        int body = -1;
        for (int i = 0; i < 4; i++) {
            float px = (float)x + sample_x[i], py = (float)y + sample_y[i];
            lad_vec3 ray = lad_camera_ray(&frame->camera, px, py);
            body_hit hit = nearest(frame, g, near, count, ray, px, py);
            if (i == 1 && hit.body < 0 && body < 0) break; /* opposite corners miss: so do the others */
            if (hit.body < 0) continue;
            lad_vec3 colour = shade(frame, g, hit.body, &hit, ray);
            /* A glint must not outshine the other places of its pixel. */
            colour = lad_v3(lad_minf(colour.x, 1.6f), lad_minf(colour.y, 1.6f), lad_minf(colour.z, 1.6f));
            sum = lad_v3_along(sum, colour, 0.25f);
            cover += 0.25f;
            lad_vec3 change = lad_v3_sub(colour, first);
            /* Where two opposite corners see the same smooth piece of a surface, they do for the pixel. */
            if (i == 1 && hit.body == body && fabsf(hit.s - depth) < 0.6f && lad_v3_dot(change, change) < 0.006f) {
                sum = lad_v3_scale(sum, 2.0f);
                cover = 1.0f;
                break;
            }
            first = colour;
            depth = hit.s;
            body = hit.body;
        }
        if (cover <= 0.0f) continue;
        lad_film_over(film, x, y, lad_v3(0.0f, 0.0f, 0.0f), cover);
        lad_film_add(film, x, y, sum, 1.0f);
        film->z[y * film->width + x] = cover;
    }
}

int screw_bag_pick(const lad_frame *frame, const screw_bag_graph *g, float px, float py)
{
    int near[MAX_NEAR], count = near_row(g, py, near);
    if (!count) return -1;
    return nearest(frame, g, near, count, lad_camera_ray(&frame->camera, px, py), px, py).body;
}

bool screw_bag_covers(const lad_frame *frame, const screw_body *b, float px, float py)
{
    body_hit hit;
    return in_reach(b, px, py) && follow(frame, b, lad_camera_ray(&frame->camera, px, py), hit_distance, &hit);
}
