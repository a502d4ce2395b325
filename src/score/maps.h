/* From raw maps to what a person reads: normalised maps, combined map, image score, map in image pixels.
 *
 * Order (one, pinned by a golden test): raw 56x56 maps -> where the model says so, smoothed, each position standardised
 * -> 0.1 (m - qa) / (qb - qa) -> mean (or maximum) of the two -> pad by 4 cells -> bilinear to the image's size.
 * Batzner et al., section 3.4 and Algorithm 2; the options are of model/map_rule.h. */
#ifndef LAD_SCORE_MAPS_H
#define LAD_SCORE_MAPS_H

#include "base/status.h"
#include "model/detector.h"

#include <stddef.h>

/* In place: a Gaussian of that standard deviation in cells, 0 to LAD_MAP_MAX_SMOOTHING; cells beyond the edge are as
 * that at the edge.  map: [56, 56]. */
void lad_maps_smooth(double deviation, float *map);

/* In place: raw -> normalised, and combined of the two.  All [count]: a whole map where the rule has positions or
 * smoothing, else any number of cells. */
void lad_maps_normalize(const lad_map_rule *rule, size_t count, float *map_st, float *map_stae, float *combined);

/* Index of the (first) highest cell, without `border` cells at each edge; 2 border < size.  map: [size, size]. */
size_t lad_maps_peak(const float *map, size_t size, size_t border);

/* Map score: the combined map at its peak. */
float lad_maps_score(const float *map, size_t size, size_t border);

/* Pads [size, size] by 4 cells of zeros on each side and resizes bilinearly (align_corners = false) to
 * [height, width].  Allocates a padded copy of the map. */
LAD_MUST_CHECK lad_status lad_maps_upsample(const float *map, size_t size, float *out, size_t width, size_t height);

#endif
