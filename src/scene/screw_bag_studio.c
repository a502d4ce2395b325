/* The studio that film and metal mirror: softboxes above, a dim ceiling, black below. */
#include "scene/screw_bag.h"

#include "base/clones.h"
#include "base/detmath.h"

static screw_panel panel(lad_vec2 at, float half_x, float half_y, float angle, float soft, lad_vec3 radiance)
{
    return (screw_panel){.at = at,
                         .half = {half_x, half_y},
                         .cosine = lad_cosf(angle),
                         .sine = lad_sinf(angle),
                         .soft = soft,
                         .radiance = radiance};
}

void screw_bag_studio_sample(const lad_frame *frame, screw_studio *studio)
{
    const lad_light *light = &frame->light;
    lad_rng rng = lad_frame_rng(frame, LAD_STREAM_LIGHT, 1);
    /* The large softbox reaches almost overhead: a level film shows its border. */
    lad_vec2 key = {0.6f * light->key.x / (1.0f + light->key.z), 0.7f * light->key.y / (1.0f + light->key.z)};
    float angle = lad_rng_range(&rng, -0.12f, 0.12f), wide = lad_rng_range(&rng, 0.23f, 0.25f);
    float high = lad_rng_range(&rng, 0.115f, 0.125f), level = lad_rng_range(&rng, 0.95f, 1.1f);
    studio->panels[0] = panel(key, wide, high, angle, 0.07f, lad_v3_scale(light->key_colour, level));
    /* A bright strip beside it, a large weak one across, and a small one that makes glints. */
    lad_vec2 side = {key.x + lad_rng_range(&rng, -0.43f, -0.39f), 0.0f};
    side.y = key.y + lad_rng_range(&rng, 0.17f, 0.23f);
    studio->panels[1] = panel(side, 0.035f, 0.24f, angle, 0.02f, lad_v3_scale(light->key_colour, 4.0f));
    lad_vec2 across = {-key.x + lad_rng_range(&rng, 0.02f, 0.08f), 0.0f};
    across.y = -key.y + lad_rng_range(&rng, 0.11f, 0.15f);
    float weak = lad_rng_range(&rng, 1.0f, 1.2f);
    studio->panels[2] = panel(across, 0.22f, 0.10f, -angle, 0.06f, lad_v3_scale(light->fill_colour, weak));
    lad_vec2 glint = {0.45f, lad_rng_range(&rng, -0.2f, -0.1f)};
    studio->panels[3] = panel(glint, 0.12f, 0.09f, 0.4f, 0.05f, lad_v3_scale(light->fill_colour, 9.0f));
    float ceiling = lad_rng_range(&rng, 1.1f, 1.2f);
    studio->ceiling = lad_v3_mul(light->surround, lad_v3(0.78f * ceiling, 0.90f * ceiling, 1.24f * ceiling));
}

static inline float within(float distance, float soft)
{
    return distance <= -soft ? 1.0f : lad_smoothstep(soft, -soft, distance);
}

/* What a mirror sees: the place among the panels, the share that is above it, and the radiance of the ceiling. */
typedef struct glance {
    float x, y, up;
    lad_vec3 ceiling;
} glance;

static inline glance look(const screw_studio *studio, lad_vec3 d)
{
    float up = d.z >= 0.35f ? 1.0f : lad_smoothstep(-0.25f, 0.35f, d.z), share = 1.0f / (1.0f + lad_maxf(d.z, -0.6f));
    glance at = {.x = d.x * share, .y = d.y * share, .up = up};
    /* The camera and its mount leave a dark place overhead. */
    float overhead = lad_minf(12.0f * (at.x * at.x + at.y * at.y), 1.0f);
    at.ceiling = lad_v3_scale(studio->ceiling, (0.08f + 0.92f * up) * (0.7f + 0.3f * overhead));
    return at;
}

/* A softbox is brightest in its middle; blurring a small panel spreads its light. */
static inline float keep(const screw_panel *p, float blur)
{
    return blur > 0.0f ? p->half.x * p->half.y / ((p->half.x + 0.5f * blur) * (p->half.y + 0.5f * blur)) : 1.0f;
}

/* Distances to a panel's borders along and across it, negative inside. */
static inline lad_vec2 from_panel(const screw_panel *p, float at_x, float at_y)
{
    float dx = at_x - p->at.x, dy = at_y - p->at.y;
    return lad_v2(fabsf(dx * p->cosine + dy * p->sine) - p->half.x, fabsf(dy * p->cosine - dx * p->sine) - p->half.y);
}

static inline float panel_share(lad_vec2 from, float soft, float kept, float up)
{
    return kept * up * within(from.x, soft) * within(from.y, soft) * (0.6f + 2.2f * lad_clampf(-from.y, 0.0f, 0.2f));
}

lad_vec3 screw_bag_studio_at(const screw_studio *studio, lad_vec3 d, float roughness)
{
    glance at = look(studio, d);
    float blur = 1.1f * roughness;
    lad_vec3 sum = at.ceiling;
    if (at.up <= 0.0f) return sum;
    for (int i = 0; i < SCREW_BAG_PANELS; i++) {
        const screw_panel *p = &studio->panels[i];
        float soft = p->soft + blur;
        lad_vec2 from = from_panel(p, at.x, at.y);
        if (from.x >= soft || from.y >= soft) continue;
        sum = lad_v3_along(sum, p->radiance, panel_share(from, soft, keep(p, blur), at.up));
    }
    return sum;
}

LAD_CLONES void screw_bag_mirror(const screw_studio *studio, screw_places *at)
{
    float x[SCREW_BAG_PLACES], y[SCREW_BAG_PLACES], up[SCREW_BAG_PLACES], shine[SCREW_BAG_PLACES];
    const float blur = 1.1f * 0.08f;
    for (int i = 0; i < SCREW_BAG_PLACES; i++) {
        lad_vec3 ray = {at->ray_x[i], at->ray_y[i], at->ray_z[i]};
        lad_vec3 n = lad_v3_unit(lad_v3(-at->slope_x[i], -at->slope_y[i], 1.0f));
        shine[i] = 0.022f + 0.30f * lad_fresnel(-lad_v3_dot(ray, n), 0.0f);
        glance seen = look(studio, lad_v3_reflect(ray, n));
        x[i] = seen.x, y[i] = seen.y, up[i] = seen.up;
        at->mirror[0][i] = seen.ceiling.x, at->mirror[1][i] = seen.ceiling.y, at->mirror[2][i] = seen.ceiling.z;
    }
    for (int k = 0; k < SCREW_BAG_PANELS; k++) {
        const screw_panel p = studio->panels[k];
        float soft = p.soft + blur, kept = keep(&p, blur), across[SCREW_BAG_PLACES], along[SCREW_BAG_PLACES];
        int seen = 0;
        for (int i = 0; i < SCREW_BAG_PLACES; i++) {
            lad_vec2 from = from_panel(&p, x[i], y[i]);
            across[i] = from.x, along[i] = from.y;
            seen |= (from.x < soft) & (from.y < soft);
        }
        if (!seen) continue; /* which often happens with the smaller ones */
        for (int i = 0; i < SCREW_BAG_PLACES; i++) {
            float share = panel_share(lad_v2(across[i], along[i]), soft, kept, up[i]);
            at->mirror[0][i] += p.radiance.x * share;
            at->mirror[1][i] += p.radiance.y * share;
            at->mirror[2][i] += p.radiance.z * share;
        }
    }
    for (int c = 0; c < 3; c++) {
        for (int i = 0; i < SCREW_BAG_PLACES; i++) at->mirror[c][i] *= shine[i];
    }
}
