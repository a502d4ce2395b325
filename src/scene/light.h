/* Light and materials: a studio with one key softbox, a weaker fill strip, and a dim surround.
 *
 * All colours are linear light, 1 = a white surface facing the nominal key light.  Pure functions. */
#ifndef LAD_SCENE_LIGHT_H
#define LAD_SCENE_LIGHT_H

#include "base/rng.h"
#include "scene/vec.h"

typedef struct lad_light {
    lad_vec3 key;        /* unit vector towards the key softbox */
    lad_vec3 fill;       /* unit vector towards the fill strip */
    lad_vec3 key_colour; /* irradiance at normal incidence */
    lad_vec3 fill_colour;
    lad_vec3 surround; /* radiance from everywhere else */
    float key_size;    /* angular radius of the softbox, radians, about 0.3 */
} lad_light;

/* How much a light differs from its nominal value from picture to picture. */
typedef struct lad_light_range {
    lad_vec3 key;     /* nominal direction, any length */
    float angle;      /* key direction: half width of the jitter per component */
    float brightness; /* relative half width */
    float kelvin, kelvin_range;
    float fill, surround; /* relative to the key */
    float variety;        /* of the fill strip's place, the softbox's size and the camera's settings: 1 a lively
                             workshop .. 0.3 a station whose light and camera are fixed */
} lad_light_range;

lad_light lad_light_sample(const lad_light_range *range, lad_rng *rng);

/* Linear RGB of a black body, luminance 1; kelvin in [2500, 10000]. */
lad_vec3 lad_kelvin_rgb(float kelvin);

typedef struct lad_material {
    lad_vec3 albedo; /* diffuse reflectance; metal: reflectance at normal incidence */
    float roughness; /* 0.05 mirror-like .. 1 matt */
    float specular;  /* Fresnel reflectance at normal incidence; plastic and glass 0.04 */
    float wrap;      /* 0 opaque .. 0.6 light leaks around the terminator (translucent plastic, fruit) */
    int metal;       /* no diffuse part, highlight tinted by albedo */
} lad_material;

/* Schlick (1994): reflectance at the cosine of the angle of incidence, f0 at normal incidence. */
static inline float lad_fresnel(float cosine, float f0)
{
    float m = lad_clampf(1.0f - cosine, 0.0f, 1.0f), m2 = m * m;
    return f0 + (1.0f - f0) * m2 * m2 * m;
}

/* Radiance that a mirror sees of the studio in a (unit) direction, softboxes blurred by roughness. */
lad_vec3 lad_light_environment(const lad_light *light, lad_vec3 direction, float roughness);

/* Radiance towards `view` (unit, from the surface to the camera) of a surface with unit normal n.  lit: share of
 * the key light not shadowed; open: share of the surround not blocked (ambient occlusion). */
lad_vec3 lad_shade(const lad_material *m, const lad_light *light, lad_vec3 n, lad_vec3 view, float lit, float open);

/* What lad_shade asks of many places, whose material is not metal. */
enum { LAD_SURFACES = 64 };
typedef struct lad_surfaces {
    float albedo[3][LAD_SURFACES], roughness[LAD_SURFACES], specular[LAD_SURFACES], wrap[LAD_SURFACES];
    float n[3][LAD_SURFACES], view[3][LAD_SURFACES], lit[LAD_SURFACES], open[LAD_SURFACES];
} lad_surfaces;

/* All but the directions. */
static inline void lad_surfaces_set_matter(lad_surfaces *s, int i, const lad_material *m, float lit, float open)
{
    s->albedo[0][i] = m->albedo.x, s->albedo[1][i] = m->albedo.y, s->albedo[2][i] = m->albedo.z;
    s->roughness[i] = m->roughness, s->specular[i] = m->specular, s->wrap[i] = m->wrap;
    s->lit[i] = lit, s->open[i] = open;
}
static inline void lad_surfaces_set(lad_surfaces *s, int i, const lad_material *m, lad_vec3 n, lad_vec3 view, float lit,
                                    float open)
{
    lad_surfaces_set_matter(s, i, m, lit, open);
    s->n[0][i] = n.x, s->n[1][i] = n.y, s->n[2][i] = n.z;
    s->view[0][i] = view.x, s->view[1][i] = view.y, s->view[2][i] = view.z;
}

/* lad_shade of the first `count` of them, several times as fast. */
void lad_shade_surfaces(const lad_light *light, const lad_surfaces *surfaces, int count, lad_vec3 *colours);
/* The same of those that are metal. */
void lad_shade_metals(const lad_light *light, const lad_surfaces *surfaces, int count, lad_vec3 *colours);

/* Share of the key light that reaches p past a ball (a cheap soft shadow of a compact body). */
static inline float lad_shadow_ball(const lad_light *light, lad_vec3 p, lad_vec3 centre, float radius)
{
    lad_vec3 to = lad_v3_sub(centre, p);
    float along = lad_v3_dot(to, light->key);
    lad_vec3 aside = lad_v3_along(to, light->key, -along);
    /* A ball behind is missed by far: no branch, so that loops become vectors. */
    float miss = sqrtf(along > 0.0f ? lad_v3_dot(aside, aside) : 1e30f);
    float penumbra = light->key_size * lad_maxf(along, 0.0f) + 1e-3f;
    return lad_smoothstep(radius - penumbra, radius + penumbra, miss);
}

#endif
