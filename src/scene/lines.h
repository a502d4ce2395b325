/* Thin lines that do not belong there: hairs and fibres.
 *
 * Pure functions of their arguments. */
#ifndef LAD_SCENE_LINES_H
#define LAD_SCENE_LINES_H

#include "scene/vec.h"

#include <stdint.h>

/* How a hair turns along its length: a slow wave and a fast one, amplitudes relative to its half length. */
typedef struct lad_hair {
    float slow, slow_rate, fast, fast_rate; /* rates: radians along half the length */
    int pieces;                             /* straight ones, at most LAD_HAIR_MAX_PIECES */
} lad_hair;

enum { LAD_HAIR_MAX_PIECES = 24 };

/* Distance from p to the middle of a hair that lies along x from -half_length to half_length; the seed shifts its
 * waves. */
float lad_hair_distance(const lad_hair *hair, uint64_t seed, float half_length, lad_vec2 p);

/* p - at, in axes turned by `angle`. */
lad_vec2 lad_place_in(lad_vec2 at, float angle, float x, float y);

#endif
