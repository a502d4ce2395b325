#include "scene/light.h"

#include "base/clones.h"
#include "base/detmath.h"

lad_vec3 lad_kelvin_rgb(float kelvin)
{
    /* Linear sRGB of the Planckian locus at a few temperatures (from CIE 1931 chromaticities), interpolated. */
    static const struct {
        float kelvin;
        lad_vec3 rgb;
    } table[] = {{2500, {1.92f, 0.87f, 0.21f}}, {3000, {1.70f, 0.89f, 0.35f}}, {4000, {1.39f, 0.93f, 0.64f}},
                 {5000, {1.18f, 0.96f, 0.90f}}, {6500, {1.00f, 1.00f, 1.02f}}, {8000, {0.90f, 1.01f, 1.20f}},
                 {10000, {0.83f, 1.02f, 1.35f}}};
    int i = 0;
    while (i < 5 && kelvin > table[i + 1].kelvin) i++;
    float t = lad_clampf((kelvin - table[i].kelvin) / (table[i + 1].kelvin - table[i].kelvin), 0.0f, 1.0f);
    return lad_v3_mix(table[i].rgb, table[i + 1].rgb, t);
}

lad_light lad_light_sample(const lad_light_range *range, lad_rng *rng)
{
    lad_light light;
    lad_vec3 key = lad_v3_unit(range->key);
    key.x += lad_rng_range(rng, -range->angle, range->angle);
    key.y += lad_rng_range(rng, -range->angle, range->angle);
    light.key = lad_v3_unit(key);
    lad_vec3 fill = {.z = 0.7f};
    float fill_shift = 0.2f * range->variety;
    fill.x = lad_rng_range(rng, -fill_shift, fill_shift) - key.x;
    fill.y = lad_rng_range(rng, -fill_shift, fill_shift) - key.y;
    light.fill = lad_v3_unit(fill);
    float brightness = 1.0f + lad_rng_range(rng, -range->brightness, range->brightness);
    float kelvin = range->kelvin + lad_rng_range(rng, -range->kelvin_range, range->kelvin_range);
    light.key_colour = lad_v3_scale(lad_kelvin_rgb(kelvin), brightness);
    light.fill_colour = lad_v3_scale(lad_kelvin_rgb(kelvin + 400.0f), brightness * range->fill);
    light.surround = lad_v3_scale(light.key_colour, range->surround);
    light.key_size = 0.325f + lad_rng_range(rng, -0.075f, 0.075f) * range->variety;
    return light;
}

/* Angle-like distance between unit vectors, without a trigonometric function: the square of the chord. */
static inline float chord2(lad_vec3 a, lad_vec3 b)
{
    return lad_maxf(2.0f - 2.0f * lad_v3_dot(a, b), 0.0f);
}

static inline lad_vec3 environment(const lad_light *light, lad_vec3 direction, float roughness)
{
    float blur = 0.04f + 1.2f * roughness * roughness;
    /* Radiance of a box that gives irradiance E over a disc of angular radius r is about E / (pi r^2); blurring
     * keeps the total and widens the disc. */
    float r = light->key_size, wide = r + blur;
    float key2 = chord2(direction, light->key), fill2 = chord2(direction, light->fill);
    float fill_wide = 0.18f + blur, key = 0.0f, fill = 0.0f;
    /* A root only where the box may be seen: a hair more than its width. */
    if (key2 < 1.001f * wide * wide) {
        key = lad_smoothstep(-wide, -r + 0.5f * blur, -sqrtf(key2)) / (3.1f * wide * wide);
    }
    if (fill2 < 1.001f * fill_wide * fill_wide) {
        fill = lad_smoothstep(-fill_wide, -0.18f + 0.5f * blur, -sqrtf(fill2)) / (3.1f * fill_wide * fill_wide);
    }
    /* The room is darker below the object than above it. */
    float sky = 0.35f + 0.65f * lad_smoothstep(-0.6f, 0.8f, direction.z);
    lad_vec3 sum = lad_v3_scale(light->surround, sky);
    sum = lad_v3_along(sum, light->key_colour, key);
    return lad_v3_along(sum, light->fill_colour, fill);
}

lad_vec3 lad_light_environment(const lad_light *light, lad_vec3 direction, float roughness)
{
    return environment(light, direction, roughness);
}

static inline float wrapped(float cosine, float wrap)
{
    return lad_maxf((cosine + wrap) / (1.0f + wrap), 0.0f);
}

static inline lad_vec3 reflected(const lad_light *light, lad_vec3 n, lad_vec3 view, float roughness, float open)
{
    lad_vec3 mirrored = lad_v3_along(lad_v3_scale(view, -1.0f), n, 2.0f * lad_v3_dot(n, view));
    return lad_v3_scale(environment(light, mirrored, roughness), open);
}

static inline lad_vec3 shade_matter(const lad_material *m, const lad_light *light, lad_vec3 n, lad_vec3 view, float lit,
                                    float open)
{
    lad_vec3 irradiance = lad_v3_scale(light->surround, open * (0.65f + 0.35f * n.z));
    irradiance = lad_v3_along(irradiance, light->key_colour, lit * wrapped(lad_v3_dot(n, light->key), m->wrap));
    irradiance = lad_v3_along(irradiance, light->fill_colour, open * wrapped(lad_v3_dot(n, light->fill), m->wrap));
    float facing = lad_maxf(lad_v3_dot(n, view), 0.0f);
    float f = lad_fresnel(facing, m->specular) * (1.0f - 0.7f * m->roughness);
    lad_vec3 diffuse = lad_v3_scale(lad_v3_mul(m->albedo, irradiance), 1.0f - f);
    return lad_v3_along(diffuse, reflected(light, n, view, m->roughness, open), f * (0.3f + 0.7f * lit));
}

static inline lad_vec3 shade_metal(const lad_material *m, const lad_light *light, lad_vec3 n, lad_vec3 view, float open)
{
    float edge = lad_fresnel(lad_maxf(lad_v3_dot(n, view), 0.0f), 0.0f) * 0.6f;
    return lad_v3_mul(reflected(light, n, view, m->roughness, open),
                      lad_v3_mix(m->albedo, lad_v3(1.0f, 1.0f, 1.0f), edge));
}

lad_vec3 lad_shade(const lad_material *m, const lad_light *light, lad_vec3 n, lad_vec3 view, float lit, float open)
{
    return m->metal ? shade_metal(m, light, n, view, open) : shade_matter(m, light, n, view, lit, open);
}

LAD_CLONES void lad_shade_surfaces(const lad_light *light, const lad_surfaces *restrict s, int count,
                                   lad_vec3 *restrict colours)
{
    const lad_light own = *light; /* which no colour can change */
    for (int i = 0; i < count; i++) {
        lad_material m = {.albedo = {s->albedo[0][i], s->albedo[1][i], s->albedo[2][i]}};
        m.roughness = s->roughness[i], m.specular = s->specular[i], m.wrap = s->wrap[i];
        lad_vec3 n = {s->n[0][i], s->n[1][i], s->n[2][i]}, view = {s->view[0][i], s->view[1][i], s->view[2][i]};
        colours[i] = shade_matter(&m, &own, n, view, s->lit[i], s->open[i]);
    }
}

LAD_CLONES void lad_shade_metals(const lad_light *light, const lad_surfaces *restrict s, int count,
                                 lad_vec3 *restrict colours)
{
    const lad_light own = *light;
    for (int i = 0; i < count; i++) {
        lad_material m = {.albedo = {s->albedo[0][i], s->albedo[1][i], s->albedo[2][i]}, .roughness = s->roughness[i]};
        lad_vec3 n = {s->n[0][i], s->n[1][i], s->n[2][i]}, view = {s->view[0][i], s->view[1][i], s->view[2][i]};
        colours[i] = shade_metal(&m, &own, n, view, s->open[i]);
    }
}
