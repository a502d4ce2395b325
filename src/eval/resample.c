#include "eval/resample.h"

#include "base/alloc.h"
#include "base/rng.h"
#include "eval/metrics.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

enum { TAIL = 25 /* of LAD_RESAMPLES at each end: 95 % remain */ };

void lad_weighted_aurocs(const lad_scored *sorted, const uint32_t *weights, size_t count, double figures[LAD_FIGURES])
{
    double totals[LAD_CLASSES] = {0}, wins_twice[LAD_CLASSES] = {0};
    for (size_t begin = 0, end; begin < count; begin = end) {
        end = lad_scored_group_end(sorted, count, begin);
        double group[LAD_CLASSES] = {0};
        for (size_t i = begin; i < end; i++) group[sorted[i].label] += weights ? weights[i] : 1;
        double beaten_twice = 2 * totals[LAD_EVAL_GOOD] + group[LAD_EVAL_GOOD];
        for (size_t c = 0; c < LAD_CLASSES; c++) {
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

lad_status lad_resample(const uint8_t *labels, size_t count, uint64_t seed, lad_resample_figures *figures, void *ctx,
                        double low[LAD_FIGURES], double high[LAD_FIGURES])
{
    double *values = lad_alloc(LAD_FIGURES * LAD_RESAMPLES, sizeof *values);
    uint32_t *weights = lad_alloc(count, sizeof *weights);
    size_t *members = lad_alloc(count, sizeof *members);
    lad_status status = LAD_ERR_NOMEM;
    if (!values || !weights || !members) goto fail;
    size_t first[LAD_CLASSES + 1] = {0}, used = 0;
    for (size_t c = 0; c < LAD_CLASSES; c++) {
        for (size_t i = 0; i < count; i++) {
            if (labels[i] == c) members[used++] = i;
        }
        first[c + 1] = used;
    }
    for (size_t r = 0; r < LAD_RESAMPLES; r++) {
        lad_rng rng = lad_rng_seed(seed, r);
        for (size_t i = 0; i < count; i++) weights[i] = 0;
        for (size_t c = 0; c < LAD_CLASSES; c++) {
            size_t size = first[c + 1] - first[c];
            for (size_t i = 0; i < size; i++) weights[members[first[c] + lad_rng_below(&rng, (uint32_t)size)]]++;
        }
        double one[LAD_FIGURES];
        figures(ctx, weights, one);
        for (size_t f = 0; f < LAD_FIGURES; f++) values[f * LAD_RESAMPLES + r] = one[f];
    }
    for (size_t f = 0; f < LAD_FIGURES; f++) {
        double *v = values + f * LAD_RESAMPLES;
        bool absent = isnan(v[0]); /* of one resample = of all: classes keep their sizes */
        if (!absent) qsort(v, LAD_RESAMPLES, sizeof *v, compare_doubles);
        low[f] = absent ? NAN : v[TAIL];
        high[f] = absent ? NAN : v[LAD_RESAMPLES - 1 - TAIL];
    }
    status = LAD_OK;
fail:
    lad_free(values);
    lad_free(weights);
    lad_free(members);
    return status;
}
