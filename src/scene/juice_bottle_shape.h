/* The solid of the bottle: a profile over the height, swept with a section that is round in the neck and a
 * rounded square in the body.
 *
 * A view ray at (x, h) travels along -z and meets the front of the glass; this file says where and with which
 * normal.  Thread rule: read-only after lad_juice_shape_init. */
#ifndef LAD_SCENE_JUICE_BOTTLE_SHAPE_H
#define LAD_SCENE_JUICE_BOTTLE_SHAPE_H

#include "scene/juice_bottle_model.h"

enum { LAD_JUICE_RIM = 540, LAD_JUICE_PROFILE_STEPS = 2, LAD_JUICE_SECTION_STEPS = 256 };

typedef struct lad_juice_shape {
    /* half width at h = i / LAD_JUICE_PROFILE_STEPS, and its slope d width / d h */
    float half_width[LAD_JUICE_RIM * LAD_JUICE_PROFILE_STEPS + 2];
    float slope[LAD_JUICE_RIM * LAD_JUICE_PROFILE_STEPS + 2];
    /* the turned body section over s in [-1, 1]: normal (x, z), depth, coordinate across the front face */
    float section_nx[LAD_JUICE_SECTION_STEPS + 1], section_nz[LAD_JUICE_SECTION_STEPS + 1];
    float section_z[LAD_JUICE_SECTION_STEPS + 1], section_u[LAD_JUICE_SECTION_STEPS + 1];
    float section_extent; /* half width of the turned section, 1 when not turned */
} lad_juice_shape;

typedef struct lad_juice_point {
    float half_width; /* of the silhouette at this height and side */
    float edge;       /* distance to the silhouette along x, > 0 inside */
    float s;          /* x / half_width, in [-1, 1] inside */
    float nx, ny, nz; /* unit normal of the front; valid inside */
    float z;          /* depth of the front towards the camera, in half widths: 1 nearest, 0 at the silhouette */
    float u;          /* coordinate across the front, where labels are laid out */
    float wall;       /* thickness of the glass as it shows at the silhouette */
} lad_juice_point;

void lad_juice_shape_init(const lad_juice_scene *scene, lad_juice_shape *shape);

/* False: the ray misses the bottle by more than a unit; then only half_width and edge are set. */
bool lad_juice_shape_at(const lad_juice_shape *shape, float x, float h, lad_juice_point *point);

#endif
