/* The skin of tangerines and nectarines: colour, relief and damage. */
#include "scene/breakfast_box.h"

#include "base/detmath.h"
#include "scene/noise.h"

static lad_vec3 to_local(const breakfast_fruit *f, lad_vec3 d)
{
    return lad_v3(lad_v3_dot(d, f->u), lad_v3_dot(d, f->v), lad_v3_dot(d, f->w));
}

static lad_vec3 to_world(const breakfast_fruit *f, lad_vec3 d)
{
    return lad_v3_along(lad_v3_along(lad_v3_scale(f->u, d.x), f->v, d.y), f->w, d.z);
}

/* How far the skin of a direction lies from the ellipsoid, relative to the radius: a cleft, the stem's pit. */
static float relief(const breakfast_fruit *f, lad_vec3 p)
{
    float from_pole = 2.0f - 2.0f * p.z; /* square of the chord to the pole */
    if (f->species == FRUIT_TANGERINE) return -0.06f * lad_smoothstep(0.28f, 0.0f, from_pole);
    /* The cleft of a nectarine runs from the stem along the side u > 0. */
    float cleft = p.x > -0.3f ? lad_smoothstep(-0.3f, 0.3f, p.x) * lad_maxf(1.0f - fabsf(p.y) * 6.0f, 0.0f) : 0.0f;
    return -0.02f * cleft - 0.16f * lad_smoothstep(0.09f, 0.0f, from_pole);
}

#define PORE_STEP 0.35f /* from which to which place the slope of a pore is taken */

/* Two unit vectors across a unit vector. */
static void across(lad_vec3 p, lad_vec3 *s, lad_vec3 *t)
{
    *s = lad_v3_unit(fabsf(p.x) < 0.7f ? lad_v3(0.0f, p.z, -p.y) : lad_v3(-p.z, 0.0f, p.x));
    *t = lad_v3_cross(p, *s);
}

typedef struct fruit_skin {
    lad_material material;
    float bump_s, bump_t; /* slopes of the fine relief across the surface */
} fruit_skin;

/* What lattice noise says of a place on the skin. */
enum { TANGERINE_CLOUD, TANGERINE_SPOT, PORE, PORE_S, PORE_T, TANGERINE_NOISES };
enum { NECTARINE_STREAK, NECTARINE_CLOUD, NECTARINE_FINE, NECTARINE_DOT };
typedef struct skin_noise {
    float of[TANGERINE_NOISES][BREAKFAST_PLACES];
} skin_noise;

/* A place on the skin, and two directions across it. */
typedef struct skin_place {
    lad_vec3 p, s, t;
} skin_place;

/* Where noise number `which` is asked for. */
static lad_vec3 noise_place(const breakfast_fruit *f, const skin_place *at, int which)
{
    const float e = PORE_STEP;
    lad_vec3 p = at->p;
    if (f->species == FRUIT_NECTARINE) {
        float around = sqrtf(p.x * p.x + p.y * p.y) + 1e-3f; /* streaks run from pole to pole */
        switch (which) {
        case NECTARINE_STREAK: return lad_v3(p.x / around * 7.0f, p.y / around * 7.0f, p.z * 1.3f);
        case NECTARINE_CLOUD: return lad_v3_scale(p, 2.6f);
        case NECTARINE_FINE: return lad_v3_scale(p, 11.0f);
        default: return lad_v3_scale(p, 42.0f);
        }
    }
    lad_vec3 q = lad_v3_scale(p, f->radius * 0.42f); /* pores are of one size */
    switch (which) {
    case TANGERINE_CLOUD: return lad_v3_scale(p, 2.3f);
    case TANGERINE_SPOT: return lad_v3_scale(p, 9.0f);
    case PORE_S: return lad_v3_along(q, at->s, e);
    case PORE_T: return lad_v3_along(q, at->t, e);
    default: return q;
    }
}

static void find_noise(const breakfast_fruit *f, const skin_place *at, int count, skin_noise *noise)
{
    static const uint64_t nectarine[] = {1, 2, 3, 4}, tangerine[] = {2, 3, 1, 1, 1};
    bool is_nectarine = f->species == FRUIT_NECTARINE;
    for (int k = 0; k < (is_nectarine ? 4 : TANGERINE_NOISES); k++) {
        float x[BREAKFAST_PLACES], y[BREAKFAST_PLACES], z[BREAKFAST_PLACES];
        uint64_t seed[BREAKFAST_PLACES];
        for (int i = 0; i < count; i++) {
            lad_vec3 q = noise_place(f, &at[i], k);
            x[i] = q.x, y[i] = q.y, z[i] = q.z;
            seed[i] = f->seed + (is_nectarine ? nectarine : tangerine)[k];
        }
        lad_noise_values3(seed, x, y, z, count, noise->of[k]);
    }
}

/* Pores of a tangerine: the slopes of lattice noise at the size of the pores. */
static void pores(const skin_noise *noise, int i, fruit_skin *skin)
{
    float here = noise->of[PORE][i];
    skin->bump_s += 0.36f * (noise->of[PORE_S][i] - here) / PORE_STEP;
    skin->bump_t += 0.36f * (noise->of[PORE_T][i] - here) / PORE_STEP;
    float pit = lad_smoothstep(0.38f, 0.18f, here);
    skin->material.albedo = lad_v3_scale(skin->material.albedo, 1.0f - 0.16f * pit);
}

/* Around a tangerine's stem: angles, and the waves of its folds there. */
enum { WAVES = 3 };
typedef struct stem {
    bool near[BREAKFAST_PLACES];
    float from[BREAKFAST_PLACES], angle[BREAKFAST_PLACES], wave[WAVES][BREAKFAST_PLACES];
} stem;

static float own_turn(const breakfast_fruit *f)
{
    return (float)(f->seed & 1023) * 0.006f;
}

static void find_stem(const breakfast_fruit *f, const skin_place *at, int count, stem *found)
{
    static const float times[WAVES] = {9.0f, 14.0f, 5.0f}, turns[WAVES] = {1.0f, 3.0f, 2.0f};
    float own = own_turn(f), phase[BREAKFAST_PLACES], wave[BREAKFAST_PLACES];
    int near[BREAKFAST_PLACES], near_count = 0;
    for (int i = 0; i < count; i++) {
        lad_vec3 p = at[i].p;
        found->from[i] = sqrtf(lad_maxf(2.0f - 2.0f * p.z, 0.0f));
        found->near[i] = p.z >= 0.0f && found->from[i] <= 0.75f;
        if (!found->near[i]) continue;
        found->angle[i] = lad_atan2f(p.y, p.x);
        near[near_count++] = i;
    }
    for (int k = 0; k < WAVES; k++) {
        for (int i = 0; i < near_count; i++) phase[i] = times[k] * found->angle[near[i]] + turns[k] * own;
        lad_cosf_many(phase, near_count, wave);
        for (int i = 0; i < near_count; i++) found->wave[k][near[i]] = wave[i];
    }
}

/* Folds that run out from a tangerine's stem, and the stem's scar. */
static void stem_of_tangerine(const breakfast_fruit *f, const skin_place *at, const stem *found, int i,
                              fruit_skin *skin)
{
    if (!found->near[i]) return;
    lad_vec3 p = at->p;
    float from = found->from[i], angle = found->angle[i], own = own_turn(f);
    lad_vec3 tangent = lad_v3(-p.y, p.x, 0.0f); /* along growing angles, of the length of the pole's distance */
    float fade = lad_smoothstep(0.75f, 0.15f, from) * lad_smoothstep(0.04f, 0.12f, from);
    float fold = 0.5f * found->wave[0][i] + 0.35f * found->wave[1][i] + 0.35f * found->wave[2][i];
    float slope = 0.42f * fade * fold / lad_maxf(from, 0.1f);
    skin->bump_s += slope * lad_v3_dot(tangent, at->s);
    skin->bump_t += slope * lad_v3_dot(tangent, at->t);
    /* The scar: a green-grey star in a dark ring. */
    if (from > 0.17f) return;
    float star = 0.066f + 0.022f * lad_cosf(5.0f * angle + own) + 0.01f * lad_cosf(8.0f * angle + 2.0f * own);
    float ring = lad_smoothstep(0.17f, 0.06f, from);
    skin->material.albedo = lad_v3_mix(skin->material.albedo, lad_v3(0.34f, 0.10f, 0.012f), 0.75f * ring);
    float scar = lad_smoothstep(star + 0.016f, star - 0.012f, from);
    float button = lad_smoothstep(0.036f, 0.018f, from);
    lad_vec3 green = lad_v3_mix(lad_v3(0.055f, 0.085f, 0.028f), lad_v3(0.42f, 0.40f, 0.24f), button);
    skin->material.albedo = lad_v3_mix(skin->material.albedo, green, scar);
    skin->material.roughness = lad_mixf(skin->material.roughness, 0.8f, scar);
}

static fruit_skin tangerine_skin(const breakfast_fruit *f, const skin_place *at, const skin_noise *noise,
                                 const stem *found, int i)
{
    fruit_skin skin = {.material = {.roughness = 0.27f, .specular = 0.055f, .wrap = 0.12f}};
    float cloud = noise->of[TANGERINE_CLOUD][i], spot = noise->of[TANGERINE_SPOT][i];
    lad_vec3 deep = {0.62f, 0.100f + 0.026f * f->hue, 0.008f}, light = {0.76f, 0.165f + 0.045f * f->hue, 0.014f};
    skin.material.albedo = lad_v3_mix(deep, light, 0.75f * cloud + 0.25f * spot);
    skin.material.albedo = lad_v3_scale(skin.material.albedo, 0.96f + 0.16f * f->blush);
    /* A few dull scars of leaves and wind. */
    float scuff = lad_smoothstep(0.80f, 0.9f, spot) * lad_smoothstep(0.55f, 0.7f, cloud);
    skin.material.albedo = lad_v3_mix(skin.material.albedo, lad_v3(0.45f, 0.2f, 0.05f), 0.5f * scuff);
    pores(noise, i, &skin);
    stem_of_tangerine(f, at, found, i, &skin);
    return skin;
}

static fruit_skin nectarine_skin(const breakfast_fruit *f, lad_vec3 p, const skin_noise *noise, int i)
{
    fruit_skin skin = {.material = {.roughness = 0.5f, .specular = 0.06f, .wrap = 0.15f}};
    /* Where the sun came to, the skin is red. */
    float streaks = noise->of[NECTARINE_STREAK][i] - 0.5f, cloud = noise->of[NECTARINE_CLOUD][i] - 0.5f;
    float fine = noise->of[NECTARINE_FINE][i] - 0.5f;
    float red = lad_v3_dot(p, f->blush_at) + f->blush + 0.40f * streaks + 0.55f * cloud + 0.16f * fine;
    red = lad_smoothstep(-0.9f, 0.8f, red);
    lad_vec3 yellow = {0.56f, 0.36f + 0.05f * f->hue, 0.075f}, scarlet = {0.36f, 0.05f, 0.022f};
    lad_vec3 wine = {0.115f - 0.09f * fine, 0.010f, 0.012f};
    float depth = lad_smoothstep(0.42f, 0.95f, red + 0.15f * cloud);
    lad_vec3 skin_red = lad_v3_mix(scarlet, wine, depth * 0.95f);
    skin.material.albedo = lad_v3_mix(yellow, skin_red, lad_smoothstep(0.08f, 0.62f, red));
    /* Pale dots. */
    float dots = lad_smoothstep(0.78f, 0.9f, noise->of[NECTARINE_DOT][i]) * 0.22f;
    skin.material.albedo = lad_v3_mix(skin.material.albedo, lad_v3(0.6f, 0.33f, 0.12f), dots * (0.3f + 0.7f * depth));
    float from = sqrtf(lad_maxf(2.0f - 2.0f * p.z, 0.0f));
    float pit = lad_smoothstep(0.24f, 0.05f, from);
    skin.material.albedo = lad_v3_mix(skin.material.albedo, lad_v3(0.20f, 0.10f, 0.025f), 0.8f * pit);
    float line = p.x > -0.2f ? lad_smoothstep(0.03f, 0.0f, fabsf(p.y)) : 0.0f;
    skin.material.albedo = lad_v3_scale(skin.material.albedo, 1.0f - 0.18f * line);
    return skin;
}

/* Damage around harm_at, over the sound skin. */
static void harm_skin(const breakfast_fruit *f, lad_vec3 p, fruit_skin *skin)
{
    lad_vec3 middle = to_local(f, f->harm_at);
    lad_vec3 s, t;
    across(middle, &s, &t);
    lad_vec3 off = lad_v3_sub(p, middle);
    float c = lad_cosf(f->harm_turn), n = lad_sinf(f->harm_turn);
    float a = lad_v3_dot(off, s), b = lad_v3_dot(off, t);
    float x = a * c + b * n, y = b * c - a * n, depth = lad_v3_dot(p, middle);
    if (depth < 0.0f) return;
    float ragged = lad_noise_value3(f->seed + 11, lad_v3_scale(p, 5.0f)) - 0.5f;
    float fine = lad_noise_value3(f->seed + 12, lad_v3_scale(p, 17.0f)) - 0.5f;
    lad_material *m = &skin->material;
    float d = lad_v2_length(lad_v2(x, y)) - f->harm_size * (1.0f + 0.7f * ragged), share;
    switch (f->harm) {
    case FRUIT_BRUISED:
        share = f->harm_strength * lad_smoothstep(0.08f, -0.14f, d + 0.08f * fine);
        m->albedo = lad_v3_mix(m->albedo, lad_v3(0.10f, 0.045f, 0.018f), share);
        m->roughness = lad_mixf(m->roughness, 0.6f, share);
        return;
    case FRUIT_CUT: /* a slit: flesh between two lips */
        d = fabsf(y + 0.04f * ragged) - 0.055f * lad_maxf(1.0f - x * x / (f->harm_size * f->harm_size * 2.2f), 0.0f);
        if (fabsf(x) > f->harm_size * 1.48f) return;
        share = lad_smoothstep(0.012f, -0.012f, d);
        m->albedo = lad_v3_mix(m->albedo, lad_v3(0.50f, 0.30f, 0.10f), share);
        m->albedo = lad_v3_scale(m->albedo, 1.0f - 0.75f * lad_smoothstep(0.018f, 0.0f, fabsf(d)));
        return;
    case FRUIT_PEELED: /* a patch without skin */
        share = lad_smoothstep(0.015f, -0.015f, d);
        m->albedo = lad_v3_mix(m->albedo, lad_v3_scale(lad_v3(0.80f, 0.56f, 0.30f), 1.0f + 0.5f * fine), share);
        m->albedo = lad_v3_scale(m->albedo, 1.0f - 0.5f * lad_smoothstep(0.03f, 0.0f, fabsf(d)));
        m->roughness = lad_mixf(m->roughness, 0.75f, share);
        skin->bump_s = lad_mixf(skin->bump_s, 1.2f * fine, share);
        return;
    case FRUIT_MOULDY: /* a white fleece with a green middle and a soft brown surround */
        share = lad_smoothstep(0.16f, -0.02f, d + 0.1f * fine);
        m->albedo = lad_v3_mix(m->albedo, lad_v3(0.30f, 0.13f, 0.04f), 0.7f * share);
        share = lad_smoothstep(0.03f, -0.04f, d + 0.12f * fine);
        m->albedo = lad_v3_mix(m->albedo, lad_v3(0.62f, 0.64f, 0.58f), share);
        share = f->harm_strength * lad_smoothstep(-0.05f, -0.13f, d + 0.15f * fine);
        m->albedo = lad_v3_mix(m->albedo, lad_v3(0.16f, 0.24f, 0.17f), share);
        m->roughness = lad_mixf(m->roughness, 0.95f, lad_smoothstep(0.1f, 0.0f, d));
        return;
    case FRUIT_SOUND: return;
    }
}

/* Sets what light does to the skin, and the light that the box throws back at it. */
static void set_skin(const lad_frame *frame, const breakfast_fruit *f, const skin_place *at, fruit_skin *skin,
                     float lit, float open, lad_surfaces *surfaces, int i, lad_vec3 *from_box)
{
    lad_vec3 p = at->p, s = at->s, t = at->t;
    if (f->harm != FRUIT_SOUND) harm_skin(f, p, skin);
    const float e = 0.06f;
    float here = relief(f, p);
    skin->bump_s += (relief(f, lad_v3_unit(lad_v3_along(p, s, e))) - here) / e;
    skin->bump_t += (relief(f, lad_v3_unit(lad_v3_along(p, t, e))) - here) / e;
    lad_vec3 n = lad_v3_along(lad_v3_along(p, s, -skin->bump_s), t, -skin->bump_t);
    n = lad_v3_unit(to_world(f, lad_v3(n.x, n.y / f->oval, n.z / f->flat)));
    /* Low on its flanks a fruit sees the next one, or the walls. */
    open *= 0.45f + 0.55f * lad_clampf(1.15f * n.z, 0.0f, 1.0f);
    lad_surfaces_set(surfaces, i, &skin->material, n, f->view.toward, lit, open);
    /* The white box throws light back at what faces it; its own light comes out deeper in colour. */
    float share = 0.10f * lad_maxf(0.55f - n.z, 0.0f) * (0.3f + 0.7f * open);
    *from_box = lad_v3_scale(lad_v3_mul(skin->material.albedo, frame->light.key_colour), share);
}

void breakfast_fruit_shade(const lad_frame *frame, const breakfast_fruit *f, const breakfast_hit *hits, int count,
                           const float *lit, const float *open, lad_vec3 *colours)
{
    skin_place at[BREAKFAST_PLACES];
    skin_noise noise;
    stem found;
    lad_surfaces surfaces;
    lad_vec3 from_box[BREAKFAST_PLACES];
    for (int i = 0; i < count; i++) {
        at[i].p = hits[i].local;
        across(at[i].p, &at[i].s, &at[i].t);
    }
    find_noise(f, at, count, &noise);
    if (f->species == FRUIT_TANGERINE) find_stem(f, at, count, &found);
    for (int i = 0; i < count; i++) {
        fruit_skin skin = f->species == FRUIT_TANGERINE ? tangerine_skin(f, &at[i], &noise, &found, i)
                                                        : nectarine_skin(f, at[i].p, &noise, i);
        set_skin(frame, f, &at[i], &skin, lit[i], open[i], &surfaces, i, &from_box[i]);
    }
    lad_shade_surfaces(&frame->light, &surfaces, count, colours);
    for (int i = 0; i < count; i++) colours[i] = lad_v3_add(colours[i], from_box[i]);
}
