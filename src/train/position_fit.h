/* Statistics for the position normalisation of maps (model/map_rule.h), from maps of normal pictures. */
#ifndef LAD_TRAIN_POSITION_FIT_H
#define LAD_TRAIN_POSITION_FIT_H

#include "base/pool.h"

#include <stddef.h>

/* Mean and standard deviation of each position over n >= 3 pictures; deviations below a quarter of their median over
 * all positions are raised to it, so that a place that happened to be quiet n times does not dominate for ever. Then
 * normalises the maps themselves in place, each with the statistics of the others: a picture that helped to make its
 * own yardstick looks too normal, and quantiles and threshold taken from it would be too low for new pictures.  maps:
 * [n, cells]; mean, std: [cells]; std > 0. */
void lad_position_fit(lad_pool *pool, size_t n, size_t cells, float *maps, float *mean, float *std);

#endif
