/* The four AUROCs of LOCO with bootstrap intervals, and the counts at a threshold. */
#include "base/alloc.h"
#include "base/rng.h"
#include "eval/metrics.h"
#include "eval/sorted.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

enum {
    CLASSES = 3,
    FIGURES = 4, /* logical, structural, mean, pooled */
    RESAMPLES = 1000,
    TAIL = 25 /* of RESAMPLES at each end: 95 % remain */
};

/* weights[i]: how often sorted[i] occurs.  The sum of lad_auroc, for both anomaly classes in one sweep. */
static void weighted_aurocs(const lad_scored *sorted, const uint32_t *weights, size_t count, double figures[FIGURES])
{
    double totals[CLASSES] = {0}, wins_twice[CLASSES] = {0};
    for (size_t begin = 0, end; begin < count; begin = end) {
        end = lad_scored_group_end(sorted, count, begin);
        double group[CLASSES] = {0};
        for (size_t i = begin; i < end; i++) group[sorted[i].label] += weights[i];
        double beaten_twice = 2 * totals[LAD_EVAL_GOOD] + group[LAD_EVAL_GOOD];
        for (size_t c = 0; c < CLASSES; c++) {
            wins_twice[c] += group[c] * beaten_twice;
            totals[c] += group[c];
        }
    }
    double good = totals[LAD_EVAL_GOOD], logical = totals[LAD_EVAL_LOGICAL], structural = totals[LAD_EVAL_STRUCTURAL];
    figures[0] = good > 0 && logical > 0 ? wins_twice[LAD_EVAL_LOGICAL] / (2 * good * logical) : NAN;
    figures[1] = good > 0 && structural > 0 ? wins_twice[LAD_EVAL_STRUCTURAL] / (2 * good * structural) : NAN;
    figures[2] = (figures[0] + figures[1]) / 2;
    double anomalies = logical + structural;
    figures[3] = good > 0 && anomalies > 0
                     ? (wins_twice[LAD_EVAL_LOGICAL] + wins_twice[LAD_EVAL_STRUCTURAL]) / (2 * good * anomalies)
                     : NAN;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Percentile intervals.  Classes keep their sizes. */
static lad_status bootstrap(const lad_scored *sorted, size_t count, uint64_t seed, double low[FIGURES],
                            double high[FIGURES])
{
    double *values = lad_alloc(FIGURES * RESAMPLES, sizeof *values);
    uint32_t *weights = lad_alloc(count, sizeof *weights);
    size_t *members = lad_alloc(count, sizeof *members);
    lad_status status = LAD_ERR_NOMEM;
    if (!values || !weights || !members) goto fail;
    size_t first[CLASSES + 1] = {0}, used = 0;
    for (size_t c = 0; c < CLASSES; c++) {
        for (size_t i = 0; i < count; i++) {
            if (sorted[i].label == c) members[used++] = i;
        }
        first[c + 1] = used;
    }
    for (size_t r = 0; r < RESAMPLES; r++) {
        lad_rng rng = lad_rng_seed(seed, r);
        for (size_t i = 0; i < count; i++) weights[i] = 0;
        for (size_t c = 0; c < CLASSES; c++) {
            size_t size = first[c + 1] - first[c];
            for (size_t i = 0; i < size; i++) weights[members[first[c] + lad_rng_below(&rng, (uint32_t)size)]]++;
        }
        double figures[FIGURES];
        weighted_aurocs(sorted, weights, count, figures);
        for (size_t f = 0; f < FIGURES; f++) values[f * RESAMPLES + r] = figures[f];
    }
    for (size_t f = 0; f < FIGURES; f++) {
        double *v = values + f * RESAMPLES;
        bool absent = isnan(v[0]); /* of one resample = of all: classes keep their sizes */
        if (!absent) qsort(v, RESAMPLES, sizeof *v, compare_doubles);
        low[f] = absent ? NAN : v[TAIL];
        high[f] = absent ? NAN : v[RESAMPLES - 1 - TAIL];
    }
    status = LAD_OK;
fail:
    lad_free(values);
    lad_free(weights);
    lad_free(members);
    return status;
}

static void count_flagged(const lad_scored *sorted, size_t count, double threshold, lad_eval_summary *out)
{
    size_t *const totals[CLASSES] = {&out->good, &out->logical, &out->structural};
    size_t *const flagged[CLASSES] = {&out->good_flagged, &out->logical_flagged, &out->structural_flagged};
    for (size_t i = 0; i < count; i++) {
        ++*totals[sorted[i].label];
        *flagged[sorted[i].label] += sorted[i].score > threshold;
    }
}

lad_status lad_eval_summarize(const double *scores, const uint8_t *labels, size_t count, double threshold,
                              uint64_t seed, lad_eval_summary *out)
{
    if (count > UINT32_MAX) return LAD_ERR_ARG;
    for (size_t i = 0; i < count; i++) {
        if (labels[i] >= CLASSES) return LAD_ERR_ARG;
    }
    lad_scored *sorted;
    LAD_TRY(lad_scored_sort(scores, labels, count, &sorted));
    lad_eval_summary summary = {0};
    uint32_t *once = lad_alloc(count, sizeof *once);
    lad_status status = once ? LAD_OK : LAD_ERR_NOMEM;
    if (status == LAD_OK) {
        double figures[FIGURES];
        for (size_t i = 0; i < count; i++) once[i] = 1;
        weighted_aurocs(sorted, once, count, figures);
        summary.auroc_logical = figures[0];
        summary.auroc_structural = figures[1];
        summary.auroc_mean = figures[2];
        summary.auroc_pooled = figures[3];
        count_flagged(sorted, count, threshold, &summary);
        status = bootstrap(sorted, count, seed, summary.low, summary.high);
    }
    lad_free(once);
    lad_free(sorted);
    if (status == LAD_OK) *out = summary;
    return status;
}
