/* The studio that film and metal mirror: softboxes above, a dim ceiling, black below. */
#include "scene/screw_bag.h"

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

static float within(float distance, float soft)
{
    return distance <= -soft ? 1.0f : lad_smoothstep(soft, -soft, distance);
}

lad_vec3 screw_bag_studio_at(const screw_studio *studio, lad_vec3 d, float roughness)
{
    float up = d.z >= 0.35f ? 1.0f : lad_smoothstep(-0.25f, 0.35f, d.z), share = 1.0f / (1.0f + lad_maxf(d.z, -0.6f));
    float qx = d.x * share, qy = d.y * share, blur = 1.1f * roughness;
    /* The camera and its mount leave a dark place overhead. */
    float overhead = lad_minf(12.0f * (qx * qx + qy * qy), 1.0f);
    lad_vec3 sum = lad_v3_scale(studio->ceiling, (0.08f + 0.92f * up) * (0.7f + 0.3f * overhead));
    if (up <= 0.0f) return sum;
    for (int i = 0; i < SCREW_BAG_PANELS; i++) {
        const screw_panel *p = &studio->panels[i];
        float dx = qx - p->at.x, dy = qy - p->at.y, soft = p->soft + blur;
        float x = fabsf(dx * p->cosine + dy * p->sine) - p->half.x,
              y = fabsf(dy * p->cosine - dx * p->sine) - p->half.y;
        if (x >= soft || y >= soft) continue;
        /* A softbox is brightest in its middle; blurring a small panel spreads its light. */
        float keep = 1.0f;
        if (blur > 0.0f) keep = p->half.x * p->half.y / ((p->half.x + 0.5f * blur) * (p->half.y + 0.5f * blur));
        sum = lad_v3_along(sum, p->radiance,
                           keep * up * within(x, soft) * within(y, soft) * (0.6f + 2.2f * lad_clampf(-y, 0.0f, 0.2f)));
    }
    return sum;
}
