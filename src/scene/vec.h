/* Vectors and scalar blends for rendering.
 *
 * World coordinates: x to the right, y down, z towards the camera; the unit is one pixel at the category's full
 * render size.  Only + - * / and sqrtf, so that results have the same bits everywhere. */
#ifndef LAD_SCENE_VEC_H
#define LAD_SCENE_VEC_H

#include <math.h>

typedef struct lad_vec2 {
    float x, y;
} lad_vec2;

typedef struct lad_vec3 {
    float x, y, z;
} lad_vec3;

static inline float lad_minf(float a, float b)
{
    return a < b ? a : b;
}
static inline float lad_maxf(float a, float b)
{
    return a > b ? a : b;
}
static inline float lad_clampf(float x, float low, float high)
{
    return lad_minf(lad_maxf(x, low), high);
}
static inline float lad_mixf(float a, float b, float t)
{
    return a + (b - a) * t;
}
/* 0 at a, 1 at b, with flat ends; b may lie below a. */
static inline float lad_smoothstep(float a, float b, float x)
{
    float t = lad_clampf((x - a) / (b - a), 0.0f, 1.0f);
    return t * t * (3.0f - 2.0f * t);
}

static inline lad_vec2 lad_v2(float x, float y)
{
    return (lad_vec2){x, y};
}
static inline lad_vec2 lad_v2_add(lad_vec2 a, lad_vec2 b)
{
    return (lad_vec2){a.x + b.x, a.y + b.y};
}
static inline lad_vec2 lad_v2_sub(lad_vec2 a, lad_vec2 b)
{
    return (lad_vec2){a.x - b.x, a.y - b.y};
}
static inline lad_vec2 lad_v2_scale(lad_vec2 a, float s)
{
    return (lad_vec2){a.x * s, a.y * s};
}
static inline float lad_v2_dot(lad_vec2 a, lad_vec2 b)
{
    return a.x * b.x + a.y * b.y;
}
static inline float lad_v2_length(lad_vec2 a)
{
    return sqrtf(lad_v2_dot(a, a));
}

static inline lad_vec3 lad_v3(float x, float y, float z)
{
    return (lad_vec3){x, y, z};
}
static inline lad_vec3 lad_v3_add(lad_vec3 a, lad_vec3 b)
{
    return (lad_vec3){a.x + b.x, a.y + b.y, a.z + b.z};
}
static inline lad_vec3 lad_v3_sub(lad_vec3 a, lad_vec3 b)
{
    return (lad_vec3){a.x - b.x, a.y - b.y, a.z - b.z};
}
static inline lad_vec3 lad_v3_scale(lad_vec3 a, float s)
{
    return (lad_vec3){a.x * s, a.y * s, a.z * s};
}
/* a + b s */
static inline lad_vec3 lad_v3_along(lad_vec3 a, lad_vec3 b, float s)
{
    return (lad_vec3){a.x + b.x * s, a.y + b.y * s, a.z + b.z * s};
}
/* Component by component: a colour through a filter. */
static inline lad_vec3 lad_v3_mul(lad_vec3 a, lad_vec3 b)
{
    return (lad_vec3){a.x * b.x, a.y * b.y, a.z * b.z};
}
static inline lad_vec3 lad_v3_mix(lad_vec3 a, lad_vec3 b, float t)
{
    return (lad_vec3){lad_mixf(a.x, b.x, t), lad_mixf(a.y, b.y, t), lad_mixf(a.z, b.z, t)};
}
static inline float lad_v3_dot(lad_vec3 a, lad_vec3 b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}
static inline lad_vec3 lad_v3_cross(lad_vec3 a, lad_vec3 b)
{
    return (lad_vec3){a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
static inline float lad_v3_length(lad_vec3 a)
{
    return sqrtf(lad_v3_dot(a, a));
}
/* The zero vector gives (0, 0, 1): towards the camera. */
static inline lad_vec3 lad_v3_unit(lad_vec3 a)
{
    float length = lad_v3_length(a);
    return length > 1e-20f ? lad_v3_scale(a, 1.0f / length) : (lad_vec3){0.0f, 0.0f, 1.0f};
}
/* Mirrors the direction d (towards the surface) at the unit normal n. */
static inline lad_vec3 lad_v3_reflect(lad_vec3 d, lad_vec3 n)
{
    return lad_v3_along(d, n, -2.0f * lad_v3_dot(d, n));
}

#endif
