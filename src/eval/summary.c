/* The four AUROCs of LOCO with bootstrap intervals, and the counts at a threshold. */
#include "base/alloc.h"
#include "eval/metrics.h"
#include "eval/resample.h"

typedef struct sample {
    const lad_scored *sorted;
    size_t count;
} sample;

static void sample_figures(void *ctx, const uint32_t *weights, double figures[LAD_FIGURES])
{
    const sample *s = ctx;
    lad_weighted_aurocs(s->sorted, weights, s->count, figures);
}

/* Items are drawn in the order of their scores. */
static lad_status intervals(const lad_scored *sorted, size_t count, uint64_t seed, lad_eval_summary *out)
{
    uint8_t *labels = lad_alloc(count, sizeof *labels);
    if (!labels) return LAD_ERR_NOMEM;
    for (size_t i = 0; i < count; i++) labels[i] = sorted[i].label;
    sample all = {sorted, count};
    lad_status status = lad_resample(labels, count, seed, sample_figures, &all, out->low, out->high);
    lad_free(labels);
    return status;
}

static void count_flagged(const lad_scored *sorted, size_t count, double threshold, lad_eval_summary *out)
{
    size_t *const totals[LAD_CLASSES] = {&out->good, &out->logical, &out->structural};
    size_t *const flagged[LAD_CLASSES] = {&out->good_flagged, &out->logical_flagged, &out->structural_flagged};
    for (size_t i = 0; i < count; i++) {
        ++*totals[sorted[i].label];
        *flagged[sorted[i].label] += sorted[i].score > threshold;
    }
}

static lad_status check_labels(const uint8_t *labels, size_t count)
{
    if (count > UINT32_MAX) return LAD_ERR_ARG;
    for (size_t i = 0; i < count; i++) {
        if (labels[i] >= LAD_CLASSES) return LAD_ERR_ARG;
    }
    return LAD_OK;
}

lad_status lad_eval_summarize(const double *scores, const uint8_t *labels, size_t count, double threshold,
                              uint64_t seed, lad_eval_summary *out)
{
    LAD_TRY(check_labels(labels, count));
    lad_scored *sorted;
    LAD_TRY(lad_scored_sort(scores, labels, count, &sorted));
    lad_eval_summary summary = {0};
    double figures[LAD_FIGURES];
    lad_weighted_aurocs(sorted, NULL, count, figures);
    summary.auroc_logical = figures[0];
    summary.auroc_structural = figures[1];
    summary.auroc_mean = figures[2];
    summary.auroc_pooled = figures[3];
    count_flagged(sorted, count, threshold, &summary);
    lad_status status = intervals(sorted, count, seed, &summary);
    lad_free(sorted);
    if (status == LAD_OK) *out = summary;
    return status;
}

/* Two models' scores of the same images; weights: room for those in the order of one model's scores. */
typedef struct sample_pair {
    const lad_scored *sorted[2];
    uint32_t *weights;
    size_t count;
} sample_pair;

static void pair_figures(void *ctx, const uint32_t *weights, double figures[LAD_FIGURES])
{
    sample_pair *p = ctx;
    double each[2][LAD_FIGURES];
    for (size_t m = 0; m < 2; m++) {
        for (size_t i = 0; i < p->count; i++) p->weights[i] = weights ? weights[p->sorted[m][i].index] : 1;
        lad_weighted_aurocs(p->sorted[m], p->weights, p->count, each[m]);
    }
    for (size_t f = 0; f < LAD_FIGURES; f++) figures[f] = each[0][f] - each[1][f];
}

lad_status lad_eval_compare(const double *first, const double *second, const uint8_t *labels, size_t count,
                            uint64_t seed, lad_eval_difference *out)
{
    LAD_TRY(check_labels(labels, count));
    lad_scored *sorted[2] = {NULL, NULL};
    uint32_t *weights = lad_alloc(count, sizeof *weights);
    lad_eval_difference difference;
    lad_status status = weights ? LAD_OK : LAD_ERR_NOMEM;
    if (status == LAD_OK) status = lad_scored_sort(first, labels, count, &sorted[0]);
    if (status == LAD_OK) status = lad_scored_sort(second, labels, count, &sorted[1]);
    if (status == LAD_OK) {
        sample_pair pair = {{sorted[0], sorted[1]}, weights, count};
        pair_figures(&pair, NULL, difference.value);
        status = lad_resample(labels, count, seed, pair_figures, &pair, difference.low, difference.high);
    }
    lad_free(sorted[0]);
    lad_free(sorted[1]);
    lad_free(weights);
    if (status == LAD_OK) *out = difference;
    return status;
}
