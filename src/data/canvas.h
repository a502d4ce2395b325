/* Drawing of antialiased shapes and strokes into a float picture, for procedural images.
 *
 * Distances are in pixels; a shape is given by its signed distance, negative inside.  Thread rule: a canvas
 * belongs to one thread. */
#ifndef LAD_DATA_CANVAS_H
#define LAD_DATA_CANVAS_H

#include "data/texture.h"

typedef struct lad_canvas {
    float *rgb; /* [size, size, 3], linear */
    size_t size;
} lad_canvas;

typedef enum lad_shape_kind {
    LAD_SHAPE_ELLIPSE,
    LAD_SHAPE_BOX,
    LAD_SHAPE_POLYGON,
    LAD_SHAPE_BLOB,
    LAD_SHAPE_RING,
    LAD_SHAPE_KINDS
} lad_shape_kind;

typedef struct lad_shape {
    lad_shape_kind kind;
    float x, y, cos, sin;
    float rx, ry; /* half extents before rotation */
    float corner; /* box: radius of corners; ring: thickness, as a share of the smaller extent */
    int sides;    /* polygon: 3..6, with the directions of its sides */
    float side_x[6], side_y[6];
    float lobe_cos[3], lobe_sin[3]; /* blob: coefficients of the 2nd to 4th harmonic of the outline */
    float edge_px;                  /* width of the border's ramp, >= 1 */
    float alpha;
    float relief;           /* 0 flat .. 1 strongly shaded as a dome lit from (light_x, light_y) */
    float light_x, light_y; /* a unit vector in the plane */
    float gloss;            /* strength of a highlight */
} lad_shape;

lad_shape lad_shape_random(lad_rng *rng, float x, float y, float radius);

void lad_canvas_fill(lad_canvas *canvas, const lad_texture *texture);
void lad_canvas_draw_shape(lad_canvas *canvas, const lad_shape *shape, const lad_texture *fill);
/* Darkens what lies under the shape, moved by (dx, dy), with a soft border. */
void lad_canvas_draw_shadow(lad_canvas *canvas, const lad_shape *shape, float dx, float dy, float strength);
/* A line with round ends. */
void lad_canvas_draw_segment(lad_canvas *canvas, float ax, float ay, float bx, float by, float half_width_px,
                             const float rgb[3]);
/* A quadratic Bezier curve through (ax, ay), towards (cx, cy), to (bx, by). */
void lad_canvas_draw_curve(lad_canvas *canvas, float ax, float ay, float cx, float cy, float bx, float by,
                           float half_width_px, const float rgb[3]);

#endif
