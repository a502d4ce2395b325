/* Metrics over image scores.  Knows no networks and no files. */
#ifndef LAD_EVAL_METRICS_H
#define LAD_EVAL_METRICS_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/* Labels, as in MVTec LOCO AD. */
enum { LAD_EVAL_GOOD = 0, LAD_EVAL_LOGICAL = 1, LAD_EVAL_STRUCTURAL = 2 };

/* Area under the ROC curve, positives against negatives, with exact mid-ranks for ties (Mann-Whitney U):
 * P(score+ > score-) + P(score+ = score-) / 2.  NaN when a class is empty.
 * Errors: LAD_ERR_ARG when a score is NaN, LAD_ERR_NOMEM. */
LAD_MUST_CHECK lad_status lad_auroc(const double *scores, const uint8_t *positive, size_t count, double *out);

/* Points of that ROC curve, from (0, 0) to (1, 1), one after each distinct score, descending.
 * fpr, tpr, thresholds: [count + 1], *points gets how many were written; thresholds[0] = +infinity.  The rate of
 * an empty class is NaN.  Errors as above. */
LAD_MUST_CHECK lad_status lad_roc(const double *scores, const uint8_t *positive, size_t count, double *fpr, double *tpr,
                                  double *thresholds, size_t *points);

typedef struct lad_eval_summary {
    double auroc_logical, auroc_structural; /* good against that class; NaN when absent */
    double auroc_mean;                      /* mean of the two: LOCO's headline figure */
    double auroc_pooled;                    /* good against all anomalies together */
    double low[4], high[4];                 /* bootstrap 95 % intervals, in the same order */
    size_t good, logical, structural;       /* counts */
    /* at the threshold: */
    size_t good_flagged, logical_flagged, structural_flagged;
} lad_eval_summary;

/* scores, labels: [count].  Bootstrap: 1000 resamples within each class, seeded (percentile interval).
 * An image is flagged when score > threshold.  Errors: LAD_ERR_ARG (NaN score, unknown label), LAD_ERR_NOMEM. */
LAD_MUST_CHECK lad_status lad_eval_summarize(const double *scores, const uint8_t *labels, size_t count,
                                             double threshold, uint64_t seed, lad_eval_summary *out);

/* What one model's AUROCs are above another's on the same images: logical, structural, mean, pooled. */
typedef struct lad_eval_difference {
    double value[4];
    double low[4], high[4]; /* paired bootstrap: each resample draws the same images for both models; 95 % */
} lad_eval_difference;

/* first, second: the two models' scores; as above otherwise. */
LAD_MUST_CHECK lad_status lad_eval_compare(const double *first, const double *second, const uint8_t *labels,
                                           size_t count, uint64_t seed, lad_eval_difference *out);

/* The threshold with the largest F1 = 2 TP / (2 TP + FP + FN) of flagging score > threshold, among the midpoints
 * between neighbouring scores and a value below all; of equals the highest.  It looks at the labels: an upper
 * bound to compare with, not a threshold to use.  Errors: LAD_ERR_ARG when a score is NaN or nothing is positive. */
LAD_MUST_CHECK lad_status lad_threshold_f1(const double *scores, const uint8_t *positive, size_t count,
                                           double *threshold, double *f1);

/* Threshold for a wanted false-alarm rate from scores of good validation images, split-conformal: the
 * ceil((n + 1)(1 - rate))-th smallest score, or the largest (and *bound = 1 / (n + 1) > rate) if n is too small
 * for the rate.  A new good image exceeds it with probability at most *bound.  Errors: LAD_ERR_ARG when there is
 * no score, one is NaN, or rate is not in [0, 1]. */
LAD_MUST_CHECK lad_status lad_threshold_conformal(const double *good_scores, size_t count, double rate,
                                                  double *threshold, double *bound);

#endif
