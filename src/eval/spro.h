/* AU-sPRO: how well maps find the anomalous places (Bergmann et al., "Beyond Dents and Scratches", IJCV 2022).
 *
 * A pixel is positive at threshold t when its score > t.  For one ground-truth channel with saturation area s,
 * sPRO(t) = min(positives inside the channel / s, 1).  The curve is the mean sPRO over all channels against the
 * false-positive rate over all pixels that are outside every channel of their image; for one class of anomalies
 * it is made from that class's images and all good ones.  AU-sPRO(L) is its area up to rate L, divided by L.
 * Scores are sorted into bins of 2^-11 of their size, so that memory does not grow with the number of good pixels.
 * Thread rule: one call at a time per object. */
#ifndef LAD_EVAL_SPRO_H
#define LAD_EVAL_SPRO_H

#include "eval/metrics.h"

#include <stdbool.h>

typedef struct lad_spro lad_spro;

LAD_MUST_CHECK lad_status lad_spro_create(lad_spro **out);
void lad_spro_destroy(lad_spro **spro);

/* Adds one test image.  map: [pixels]; channels: [channel_count] of [pixels], nonzero inside; saturation:
 * [channel_count], in pixels, at least 1.  Good images have no channels.  Nothing is kept of the arrays.
 * Errors: LAD_ERR_ARG (NaN in the map, unknown label, empty channel, saturation below 1), LAD_ERR_NOMEM. */
LAD_MUST_CHECK lad_status lad_spro_add(lad_spro *spro, uint8_t label, const float *map, size_t pixels,
                                       const uint8_t *const *channels, const double *saturation, size_t channel_count);

/* AU-sPRO of one class, LAD_EVAL_LOGICAL or LAD_EVAL_STRUCTURAL, up to false-positive rate limit in (0, 1].
 * NaN when there is no channel of the class, or no pixel outside.  Errors: LAD_ERR_ARG, LAD_ERR_NOMEM. */
LAD_MUST_CHECK lad_status lad_spro_area(const lad_spro *spro, uint8_t label, double limit, double *out);

/* AU-sPRO at MVTec's five limits: figures[i] = {logical, structural} up to lad_spro_limits[i].  Errors: LAD_ERR_NOMEM.
 */
enum { LAD_SPRO_LIMITS = 5 };
extern const double lad_spro_limits[LAD_SPRO_LIMITS];
LAD_MUST_CHECK lad_status lad_spro_figures(const lad_spro *spro, double figures[LAD_SPRO_LIMITS][2]);

/* The curve itself: mean sPRO against the false-positive rate of every threshold that changes either, from (0, 0) on.
 * rates, means: [capacity], *points gets how many were written; none where lad_spro_area is NaN.
 * Errors: LAD_ERR_ARG also when there are more points than capacity, LAD_ERR_NOMEM. */
LAD_MUST_CHECK lad_status lad_spro_curve(const lad_spro *spro, uint8_t label, size_t capacity, double *rates,
                                         double *means, size_t *points);

/* Saturation area of a channel of `area` pixels, as MVTec's evaluation rounds it: the fraction `threshold` of it
 * if relative, else `threshold` pixels but no more than there are; at least 1. */
double lad_spro_saturation(double threshold, bool relative, size_t area);

#endif
