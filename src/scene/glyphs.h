/* A stroke font for labels and prints: letters, digits and a few signs as polylines. */
#ifndef LAD_SCENE_GLYPHS_H
#define LAD_SCENE_GLYPHS_H

#include "scene/vec.h"

/* Width of a text whose capital letters are 1 high. */
float lad_text_width(const char *text);

/* Distance of p to the strokes' centre lines; the text starts at x = 0 and stands on y = 0, capitals reach to
 * y = -1 (y down).  Subtract half the pen's width.  Unknown characters are blank. */
float lad_text_distance(const char *text, lad_vec2 p);

#endif
