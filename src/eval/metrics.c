#include "eval/metrics.h"

#include "base/alloc.h"
#include "eval/sorted.h"

#include <math.h>

lad_status lad_auroc(const double *scores, const uint8_t *positive, size_t count, double *out)
{
    lad_scored *sorted;
    LAD_TRY(lad_scored_sort(scores, positive, count, &sorted));
    /* Twice Mann-Whitney's U: a positive beats each negative below it and ties with those of its own group. */
    double wins_twice = 0;
    size_t negatives = 0, positives = 0;
    for (size_t begin = 0, end; begin < count; begin = end) {
        end = lad_scored_group_end(sorted, count, begin);
        size_t group_positives = 0;
        for (size_t i = begin; i < end; i++) group_positives += sorted[i].label != 0;
        size_t group_negatives = end - begin - group_positives;
        wins_twice += (double)group_positives * (2.0 * (double)negatives + (double)group_negatives);
        negatives += group_negatives;
        positives += group_positives;
    }
    lad_free(sorted);
    *out = negatives && positives ? wins_twice / (2.0 * (double)negatives * (double)positives) : NAN;
    return LAD_OK;
}

lad_status lad_roc(const double *scores, const uint8_t *positive, size_t count, double *fpr, double *tpr,
                   double *thresholds, size_t *points)
{
    lad_scored *sorted;
    LAD_TRY(lad_scored_sort(scores, positive, count, &sorted));
    size_t positives = 0, true_positives = 0, n = 0;
    for (size_t i = 0; i < count; i++) positives += positive[i] != 0;
    double per_positive = positives ? (double)positives : NAN;
    double per_negative = count > positives ? (double)(count - positives) : NAN;
    fpr[0] = 0 / per_negative;
    tpr[0] = 0 / per_positive;
    thresholds[n++] = INFINITY;
    for (size_t above = 0; above < count;) { /* how many scores are at or above the threshold */
        double score = sorted[count - 1 - above].score;
        while (above < count && sorted[count - 1 - above].score == score) {
            true_positives += sorted[count - 1 - above].label != 0;
            above++;
        }
        fpr[n] = (double)(above - true_positives) / per_negative;
        tpr[n] = (double)true_positives / per_positive;
        thresholds[n++] = score;
    }
    lad_free(sorted);
    *points = n;
    return LAD_OK;
}

lad_status lad_threshold_f1(const double *scores, const uint8_t *positive, size_t count, double *threshold, double *f1)
{
    lad_scored *sorted;
    LAD_TRY(lad_scored_sort(scores, positive, count, &sorted));
    size_t positives = 0, true_positives = 0;
    for (size_t i = 0; i < count; i++) positives += positive[i] != 0;
    double best = -1, best_threshold = 0;
    for (size_t begin = count; begin > 0;) { /* flagged: sorted[begin..count) */
        double score = sorted[begin - 1].score;
        while (begin > 0 && sorted[begin - 1].score == score) true_positives += sorted[--begin].label != 0;
        double value = 2.0 * (double)true_positives / (double)(count - begin + positives);
        if (value <= best) continue;
        best = value;
        /* Halves first: the sum of two large scores may overflow.  Neighbours may have no double between them. */
        best_threshold = begin > 0 ? sorted[begin - 1].score / 2 + score / 2 : nextafter(score, -INFINITY);
        if (best_threshold >= score) best_threshold = begin > 0 ? sorted[begin - 1].score : -INFINITY;
    }
    lad_free(sorted);
    if (positives == 0) return LAD_ERR_ARG;
    *threshold = best_threshold;
    *f1 = best;
    return LAD_OK;
}

lad_status lad_threshold_conformal(const double *good_scores, size_t count, double rate, double *threshold,
                                   double *bound)
{
    if (count == 0 || !(rate >= 0 && rate <= 1)) return LAD_ERR_ARG;
    uint8_t *labels = lad_alloc_zero(count, 1);
    if (!labels) return LAD_ERR_NOMEM;
    lad_scored *sorted;
    lad_status status = lad_scored_sort(good_scores, labels, count, &sorted);
    lad_free(labels);
    if (status != LAD_OK) return status;
    /* 1e-9: 1 - rate is not exact, and 20 * (1 - 0.05) must not become 20. */
    double wanted = ceil((double)(count + 1) * (1 - rate) - 1e-9);
    size_t rank = wanted < 1 ? 1 : wanted > (double)count ? count : (size_t)wanted;
    *threshold = sorted[rank - 1].score;
    *bound = (double)(count + 1 - rank) / (double)(count + 1);
    lad_free(sorted);
    return LAD_OK;
}
