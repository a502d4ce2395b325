/* The bootstrap of the AUROCs: images drawn again within their class (private to src/eval). */
#ifndef LAD_EVAL_RESAMPLE_H
#define LAD_EVAL_RESAMPLE_H

#include "base/status.h"
#include "eval/sorted.h"

enum {
    LAD_RESAMPLES = 1000,
    LAD_CLASSES = 3,
    LAD_FIGURES = 4 /* AUROC logical, structural, mean, pooled */
};

/* weights[i]: how often sorted[i] occurs; NULL: once.  The sum of lad_auroc, for both anomaly classes in one sweep.
 * A figure whose class is absent is NaN. */
void lad_weighted_aurocs(const lad_scored *sorted, const uint32_t *weights, size_t count, double figures[LAD_FIGURES]);

/* Fills the figures of one resample.  weights: how often item i occurs. */
typedef void lad_resample_figures(void *ctx, const uint32_t *weights, double figures[LAD_FIGURES]);

/* Percentile intervals of 95 %.  Item i is of class label(i), classes keep their sizes.  LAD_ERR_NOMEM. */
LAD_MUST_CHECK lad_status lad_resample(const uint8_t *labels, size_t count, uint64_t seed,
                                       lad_resample_figures *figures, void *ctx, double low[LAD_FIGURES],
                                       double high[LAD_FIGURES]);

#endif
