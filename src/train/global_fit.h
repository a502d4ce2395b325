/* Fits the global head (model/global_head.h) to pooled features of normal pictures. */
#ifndef LAD_TRAIN_GLOBAL_FIT_H
#define LAD_TRAIN_GLOBAL_FIT_H

#include "base/status.h"
#include "model/global_head.h"

/* How strong anomalies are taken to be beside composites, which have up to three large novelties: chosen on tuning
 * seeds (METHOD.md). */
extern const double LAD_GLOBAL_STRENGTH;

/* mean and directions into *head, whose memory is the caller's (lad_global_head_deinit); offset 0, scale 1.
 * rows: [n, count], moments of normal pictures, n >= 2; novel: [composites, n, count], those of the same pictures with
 * something novel in them (data/composite.h).  Normal: the covariance of the standardised rows, shrunk towards a
 * multiple of the identity by Ledoit and Wolf's closed formula (2004, Lemma 3.4), so that it has an inverse for any n.
 * Novel: the second moment of novel - rows.  The directions are those of train/novelty_axes.h, rows of zeros where
 * there are fewer features. */
LAD_MUST_CHECK lad_status lad_global_fit(const double *rows, const double *novel, size_t n, size_t composites,
                                         size_t count, lad_global_head *head, lad_error *err);

/* Offset and scale from validation pictures: distances u and map scores, [n] each (global_head.h).  weight: standard
 * deviations of the map score that one of u is worth. */
void lad_global_scale(lad_global_head *head, double weight, const double *distances, const double *map_scores,
                      size_t n);

#endif
