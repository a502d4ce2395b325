/* What painting a bottle needs beside the scene graph: its solid, its text, and how a pixel maps to the bottle.
 * Thread rule: read-only after lad_juice_view_init. */
#ifndef LAD_SCENE_JUICE_BOTTLE_VIEW_H
#define LAD_SCENE_JUICE_BOTTLE_VIEW_H

#include "scene/juice_bottle_label.h"
#include "scene/juice_bottle_shape.h"
#include "scene/noise.h"

typedef struct lad_juice_view {
    const lad_juice_scene *scene;
    lad_juice_shape shape;
    lad_juice_text text;
    float px_per_unit;  /* of the full render */
    float soft;         /* half a pixel in bottle units */
    float cosine, sine; /* of the tilt */
    lad_vec3 key;       /* unit direction of the key light: x right, y up, z to the camera */
} lad_juice_view;

void lad_juice_view_init(const lad_juice_scene *scene, float px_per_unit, lad_juice_view *view);

/* Bottle coordinates (x, h) of a place of the picture, in pixels from the corner of the first pixel. */
lad_vec2 lad_juice_view_bottle(const lad_juice_view *view, float px, float py);

/* Share of the light that reaches a matt surface with the point's normal at height h. */
float lad_juice_view_lit(const lad_juice_view *view, const lad_juice_point *point, float h);

/* Height at which a horizontal print or the juice's surface shows, for a point of the front: the camera is not at
 * its height, so it bows. */
float lad_juice_view_bowed(const lad_juice_view *view, const lad_juice_point *point, float h);

/* Signed distance (negative inside) to the space inside the glass, at (x, h). */
float lad_juice_inner_edge(const lad_juice_point *point, float x, float h);

/* Where smooth noise was last while a row is painted from left to right. */
typedef struct lad_juice_walk {
    lad_noise_walk mirrored[2][4]; /* of the outer and of the inner surface */
    lad_noise_walk wall[2], juice[2], room, paper[2];
} lad_juice_walk;

/* The bottle without labels, over what is behind it. */
lad_vec3 lad_juice_glass_shade(const lad_juice_view *view, lad_juice_walk *walk, const lad_juice_point *point, float x,
                               float h, lad_vec3 behind);

#endif
