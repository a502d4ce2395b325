/* Tangerines and nectarines: ellipsoids, where they lie, and where pixels see them. */
#include "scene/breakfast_box.h"

#include "scene/noise.h"

static lad_vec3 to_local(const breakfast_fruit *f, lad_vec3 d)
{
    return lad_v3(lad_v3_dot(d, f->u), lad_v3_dot(d, f->v), lad_v3_dot(d, f->w));
}

/* Local directions to the space where the fruit is the unit ball. */
static lad_vec3 to_ball(const breakfast_fruit *f, lad_vec3 d)
{
    lad_vec3 l = to_local(f, d);
    float s = 1.0f / f->radius;
    return lad_v3(l.x * s, l.y * s / f->oval, l.z * s / f->flat);
}

void breakfast_fruit_look_at(const lad_frame *frame, breakfast_fruit *f)
{
    breakfast_view *view = &f->view;
    *view = breakfast_view_of(frame, f->at, f->radius * 1.1f);
    view->unit = lad_v3_unit(to_ball(f, view->toward));
    view->ex = to_ball(f, view->right);
    view->ey = to_ball(f, view->down);
    view->ex = lad_v3_along(view->ex, view->unit, -lad_v3_dot(view->ex, view->unit));
    view->ey = lad_v3_along(view->ey, view->unit, -lad_v3_dot(view->ey, view->unit));
    view->rise = lad_v3(f->u.z * f->radius, f->v.z * f->radius * f->oval, f->w.z * f->radius * f->flat);
    view->top = f->at.z + lad_v3_length(view->rise);
}

breakfast_hit breakfast_fruit_hit(const breakfast_fruit *f, float dx, float dy)
{
    breakfast_hit hit = {0};
    const breakfast_view *view = &f->view;
    lad_vec3 miss = lad_v3_along(lad_v3_scale(view->ex, dx), view->ey, dy);
    float m = lad_v3_length(miss);
    if (m > 1.1f) return hit;
    /* Bulges of the outline: the ball's radius in the direction of the miss. */
    float size = 1.0f;
    hit.cover = 1.0f;
    if (m > 0.9f) {
        size += 0.035f * (lad_noise_value3(f->seed, lad_v3_scale(miss, 1.6f / m)) - 0.5f);
        hit.cover = lad_coverage((m - size) * f->radius * view->scale);
        if (hit.cover <= 0.0f) return hit;
    }
    m = lad_minf(m / size, 1.0f);
    hit.local = lad_v3_unit(lad_v3_along(lad_v3_scale(miss, 1.0f / size), view->unit, sqrtf(1.0f - m * m)));
    hit.z = f->at.z + lad_v3_dot(hit.local, view->rise);
    return hit;
}

void breakfast_fruit_hits(const breakfast_fruit *f, size_t x, float dy, int count, breakfast_hits *hits)
{
    for (int i = 0; i < count; i++) {
        breakfast_hit hit = breakfast_fruit_hit(f, (float)(x + (size_t)i) - f->view.px.x, dy);
        hits->cover[i] = hit.cover, hits->z[i] = hit.z;
        hits->x[i] = hit.local.x, hits->y[i] = hit.local.y, hits->w[i] = hit.local.z;
        hits->rim[i] = 0.0f;
    }
}

lad_vec3 breakfast_fruit_glow(const breakfast_fruit *f)
{
    if (f->species == FRUIT_TANGERINE) return lad_v3(1.0f, 0.50f, 0.30f);
    return lad_v3(0.80f, 0.45f, 0.38f);
}

void breakfast_fruit_hold(breakfast_fruit *f, int side)
{
    float d = breakfast_side_distance(side, f->at.x, f->at.y), room = f->radius - 5.0f;
    if (d < -room) return;
    float gx = breakfast_side_distance(side, f->at.x + 1.0f, f->at.y) - d;
    float gy = breakfast_side_distance(side, f->at.x, f->at.y + 1.0f) - d;
    f->at.x -= gx * (d + room) * 0.8f;
    f->at.y -= gy * (d + room) * 0.8f;
}

/* Pushes fruits apart and off the walls until they lie as in a box. */
static void push_apart(breakfast_graph *g)
{
    for (int round = 0; round < 80; round++) {
        for (int i = 0; i < g->fruit_count; i++) {
            breakfast_fruit *f = &g->fruits[i];
            for (int k = 0; k < i; k++) {
                breakfast_fruit *other = &g->fruits[k];
                lad_vec2 apart = {f->at.x - other->at.x, f->at.y - other->at.y};
                float distance = lad_maxf(lad_v2_length(apart), 1.0f);
                float push = (f->radius + other->radius) * 1.0f - distance;
                if (push <= 0.0f) continue;
                apart = lad_v2_scale(apart, 0.5f * push / distance);
                f->at.x += apart.x, f->at.y += apart.y;
                other->at.x -= apart.x, other->at.y -= apart.y;
            }
            breakfast_fruit_hold(f, g->fruit_side);
        }
    }
}

void breakfast_fruit_look(const lad_frame *frame, breakfast_fruit *f, fruit_species species, uint32_t item)
{
    lad_rng rng = lad_frame_rng(frame, LAD_STREAM_LOOK, item);
    *f = (breakfast_fruit){
        .species = species, .at = f->at, .seed = lad_frame_noise_seed(frame, LAD_STREAM_LOOK, 64 + item)};
    bool tangerine = species == FRUIT_TANGERINE;
    float size = lad_rng_float(&rng);
    f->radius = tangerine ? lad_mixf(60.0f, 67.0f, size) : lad_mixf(64.0f, 71.0f, size);
    f->flat = tangerine ? lad_rng_range(&rng, 0.82f, 0.92f) : lad_rng_range(&rng, 0.90f, 1.0f);
    f->oval = lad_rng_range(&rng, 0.94f, 1.0f);
    f->hue = lad_rng_range(&rng, -1.0f, 1.0f);
    f->blush = lad_rng_range(&rng, -0.6f, 0.65f);
    /* Tangerines mostly lie on their base; a nectarine rolls. */
    float tilt = lad_rng_float(&rng);
    tilt = tangerine ? 0.75f * tilt * tilt + 0.05f : lad_mixf(0.5f, 1.75f, tilt);
    float towards = lad_rng_range(&rng, -3.14159f, 3.14159f), turn = lad_rng_range(&rng, -3.14159f, 3.14159f);
    breakfast_orient(towards, tilt, turn, &f->u, &f->v, &f->w);
    f->blush_at.x = lad_rng_range(&rng, -1.0f, 1.0f);
    f->blush_at.y = lad_rng_range(&rng, -1.0f, 1.0f);
    f->blush_at.z = lad_rng_range(&rng, -0.6f, 0.6f);
    f->blush_at = lad_v3_unit(f->blush_at);
}

void breakfast_fruit_settle(const lad_frame *frame, breakfast_graph *g)
{
    int count = g->fruit_count;
    for (int i = 0; i < count; i++) {
        breakfast_fruit *f = &g->fruits[i];
        lad_rng rng = lad_frame_rng(frame, LAD_STREAM_POSE, (uint32_t)i);
        float step = 290.0f / (float)(count > 1 ? count : 2);
        f->at.y = -5.0f + step * ((float)i - 0.5f * (float)(count - 1)) + lad_rng_range(&rng, -14.0f, 14.0f);
        f->at.x = g->fruit_side ? lad_rng_range(&rng, 20.0f, 210.0f) : -138.0f + lad_rng_range(&rng, -55.0f, 55.0f);
        f->at.z = TRAY_FLOOR + breakfast_fruit_half(f);
    }
    push_apart(g);
}

void breakfast_fruit_sample(const lad_frame *frame, breakfast_graph *g)
{
    lad_rng rng = lad_frame_rng(frame, LAD_STREAM_POSE, 100);
    int nectarine = (int)lad_rng_below(&rng, 3);
    g->fruit_count = 3;
    for (int i = 0; i < 3; i++) {
        breakfast_fruit_look(frame, &g->fruits[i], i == nectarine ? FRUIT_NECTARINE : FRUIT_TANGERINE, (uint32_t)i);
    }
    breakfast_fruit_settle(frame, g);
}

int breakfast_fruit_count(const breakfast_graph *g, int side, fruit_species species)
{
    int count = 0;
    for (int i = 0; i < g->fruit_count; i++) {
        const breakfast_fruit *f = &g->fruits[i];
        count += f->species == species && breakfast_side_distance(side, f->at.x, f->at.y) < 0.0f;
    }
    return count;
}
