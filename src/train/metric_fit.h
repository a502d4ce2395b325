/* Fits the metric of the difference maps (model/metric.h) to normal pictures and novelties.
 *
 * d = T - S1 (or A - S2) of a position is taken as Gaussian: N(mean, S) in normal pictures, and with the same mean and
 * more variance where a composite shows something novel.  The log likelihood ratio of the two is a square form in d
 * (train/novelty_axes.h, strength 1), and is the map. */
#ifndef LAD_TRAIN_METRIC_FIT_H
#define LAD_TRAIN_METRIC_FIT_H

#include "model/detector.h"
#include "train/novelties.h"

/* Runs the detector over up to 250 of the pictures, plain and with novelties.  *metric is freed with lad_metric_deinit.
 * Errors: LAD_ERR_ARG (pictures all alike, or without novelties), LAD_ERR_NOMEM. */
LAD_MUST_CHECK lad_status lad_metric_fit(lad_detector *detector, lad_novelties *novelties, lad_metric *metric,
                                         lad_error *err);

#endif
