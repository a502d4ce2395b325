/* The two stickers: gold paper with a frame, a fruit or the text "100% Juice".
 *
 * All functions work in the label's own coordinates: a to the right, b up, from its centre, in bottle units;
 * `soft` is half the width over which an edge is antialiased (half a pixel, in bottle units).
 * Thread rule: pure functions. */
#ifndef LAD_SCENE_JUICE_BOTTLE_LABEL_H
#define LAD_SCENE_JUICE_BOTTLE_LABEL_H

#include "scene/juice_bottle_model.h"

/* A colour and how much of it covers what is below. */
typedef struct lad_juice_ink {
    lad_vec3 color;
    float coverage;
} lad_juice_ink;

/* Strokes of the text, ready to be measured against. */
enum { LAD_JUICE_STROKES_MAX = 160, LAD_JUICE_GLYPHS = 10 };
typedef struct lad_juice_text {
    lad_juice_segment strokes[LAD_JUICE_STROKES_MAX];
    size_t first[LAD_JUICE_GLYPHS + 1]; /* strokes of glyph i: [first[i], first[i + 1]) */
} lad_juice_text;

void lad_juice_text_init(lad_juice_text *text);

/* Ink of the text at (a, b); missing: bit set of characters left out. */
float lad_juice_text_coverage(const lad_juice_text *text, float a, float b, float soft, uint32_t missing);

/* The fruit at (x, y) in units of the icon's radius, y up; soft in the same unit.  cut and cut_angle: what lies
 * beyond that line is left out (cut > 2: nothing). */
lad_juice_ink lad_juice_icon(lad_juice_fruit fruit, float x, float y, float soft);

/* Label coordinates of a point of the bottle's front. */
lad_vec2 lad_juice_label_place(const lad_juice_label *label, float u, float h);

/* Signed distance to the paper's edge (negative on the paper), the torn edge included. */
float lad_juice_label_edge(const lad_juice_label *label, lad_vec2 at);

/* Icon coordinates (units of its radius) of a point of the label. */
lad_vec2 lad_juice_icon_place(const lad_juice_label *label, lad_vec2 at);

/* Reflectance of the printed paper. */
lad_vec3 lad_juice_label_paint(const lad_juice_label *label, const lad_juice_text *text, lad_vec2 at, float soft);

/* True where characters of `missing` would be printed, with a small margin. */
bool lad_juice_text_area(const lad_juice_label *label, const lad_juice_text *text, lad_vec2 at, uint32_t missing);

#endif
