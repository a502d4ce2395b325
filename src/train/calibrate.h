/* Calibration of a detector on normal pictures it was not trained on (Batzner et al. 2023, section 3.4).
 *
 * Thread rule: one call at a time per pool. */
#ifndef LAD_TRAIN_CALIBRATE_H
#define LAD_TRAIN_CALIBRATE_H

#include "model/detector.h"
#include "train/step.h"

typedef struct lad_calibration {
    lad_map_rule map_rule;  /* quantiles: 0.9 and 0.995 of each map over all positions of all pictures */
    lad_metric metric;      /* of the differences; channels 0 where none is wanted */
    lad_global_head global; /* count 0 where none is wanted */
    double threshold;       /* of the image score: split-conformal, see eval/metrics.h */
    double map_threshold;   /* of the map score alone, likewise */
    double bound;           /* on the false-alarm rate at these thresholds */
} lad_calibration;

void lad_calibration_deinit(lad_calibration *calibration);

/* Runs the detector of the model file `bytes` over the validation pictures, and for a metric and a global head over the
 * training pictures, plain and with novelties; what the file says of its own maps, head and threshold is not used.
 * *out is freed with lad_calibration_deinit. */
LAD_MUST_CHECK lad_status lad_calibrate(const void *bytes, size_t size_bytes, const char *name,
                                        const lad_kernels *kernels, lad_pool *pool, lad_train_images training,
                                        lad_train_images validation, lad_calibration_wish wish, lad_calibration *out,
                                        lad_error *err);

#endif
