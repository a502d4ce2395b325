/* A pinhole camera above the scene, looking down the z axis at the origin, a little off from picture to picture.
 *
 * Pixels: (0, 0) is the centre of the top left pixel.  Pure functions after lad_camera_make. */
#ifndef LAD_SCENE_CAMERA_H
#define LAD_SCENE_CAMERA_H

#include "base/rng.h"
#include "scene/vec.h"

#include <stddef.h>

typedef struct lad_camera {
    lad_vec3 right, down, back; /* unit axes of the picture in world coordinates; back points to the camera */
    lad_vec3 eye;
    float distance;           /* from the eye to the origin, world units */
    float px_per_unit;        /* at the origin */
    float centre_x, centre_y; /* pixel that sees the origin */
} lad_camera;

/* Half widths of what differs from picture to picture. */
typedef struct lad_camera_range {
    float distance;
    float shift;      /* world units */
    float scale;      /* relative */
    float roll, tilt; /* radians */
} lad_camera_range;

/* For a picture of width x height pixels at px_per_unit. */
lad_camera lad_camera_sample(const lad_camera_range *range, size_t width, size_t height, float px_per_unit,
                             lad_rng *rng);

/* Unit direction of the ray from the eye through a place of the picture. */
static inline lad_vec3 lad_camera_ray(const lad_camera *c, float px, float py)
{
    lad_vec3 d = lad_v3_scale(c->right, (px - c->centre_x) / c->px_per_unit);
    d = lad_v3_along(d, c->down, (py - c->centre_y) / c->px_per_unit);
    return lad_v3_unit(lad_v3_along(d, c->back, -c->distance));
}

/* Where a ray from the eye meets the plane of height z. */
static inline lad_vec3 lad_camera_meet(const lad_camera *c, lad_vec3 ray, float z)
{
    return lad_v3_along(c->eye, ray, (z - c->eye.z) / ray.z);
}

/* Place in the picture of a world point in front of the camera. */
static inline lad_vec2 lad_camera_project(const lad_camera *c, lad_vec3 p)
{
    float s = c->px_per_unit * c->distance / (c->distance - lad_v3_dot(p, c->back));
    return lad_v2(c->centre_x + s * lad_v3_dot(p, c->right), c->centre_y + s * lad_v3_dot(p, c->down));
}

/* Pixels per world unit at a point. */
static inline float lad_camera_scale(const lad_camera *c, lad_vec3 p)
{
    return c->px_per_unit * c->distance / (c->distance - lad_v3_dot(p, c->back));
}

#endif
