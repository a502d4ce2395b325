#include "cli/naive.h"

#include "base/alloc.h"
#include "eval/metrics.h"
#include "eval/naive.h"

#include <math.h>
#include <stdio.h>

enum { SIDE = 32, LENGTH = SIDE * SIDE * 3 };

const char *const lad_naive_names[LAD_NAIVE_COUNT] = {"mean colour", "32x32 pixel Gauss", "nearest training image"};

static lad_status load_all(const lad_dataset *set, uint8_t **vectors, lad_error *err)
{
    uint8_t *v = lad_alloc(set->count, LENGTH);
    if (!v) return lad_fail(err, LAD_ERR_NOMEM, "Memory for the images of %s ran out.", set->root);
    for (size_t i = 0; i < set->count; i++) {
        lad_status status = lad_dataset_load(set, i, SIDE, v + i * LENGTH, NULL, NULL, err);
        if (status != LAD_OK) {
            lad_free(v);
            return status;
        }
    }
    *vectors = v;
    return LAD_OK;
}

lad_status lad_naive_run(const char *root, const lad_dataset *test, lad_naive *naive, lad_error *err)
{
    lad_dataset train = {0};
    uint8_t *x = NULL, *y = NULL;
    size_t m = test->count;
    lad_status status = lad_dataset_open(root, LAD_DATA_TRAIN, &train, err);
    if (status == LAD_OK) status = load_all(&train, &x, err);
    if (status == LAD_OK) status = load_all(test, &y, err);
    if (status != LAD_OK) goto fail;
    status = LAD_ERR_NOMEM;
    for (size_t i = 0; i < LAD_NAIVE_COUNT; i++) {
        naive->scores[i] = lad_alloc(m, sizeof *naive->scores[i]);
        if (!naive->scores[i]) goto fail;
    }
    status = lad_naive_mean_colour(x, train.count, y, m, LENGTH, naive->scores[0]);
    if (status == LAD_OK) status = lad_naive_pixel_gauss(x, train.count, y, m, LENGTH, naive->scores[1]);
    if (status == LAD_OK) status = lad_naive_nearest(x, train.count, y, m, LENGTH, naive->scores[2]);
fail:
    lad_free(x);
    lad_free(y);
    lad_dataset_deinit(&train);
    return status;
}

void lad_naive_deinit(lad_naive *naive)
{
    for (size_t i = 0; i < LAD_NAIVE_COUNT; i++) lad_free(naive->scores[i]);
    *naive = (lad_naive){{0}};
}

static void print_cell(double value)
{
    if (isnan(value))
        printf("       -");
    else
        printf("  %6.2f", 100 * value);
}

lad_status lad_naive_print(const lad_naive *naive, const uint8_t *labels, size_t count, uint64_t seed, lad_error *err)
{
    printf("Naive methods, AUROC in %%  logical  struct.    mean  pooled\n");
    for (size_t i = 0; i < LAD_NAIVE_COUNT; i++) {
        lad_eval_summary s;
        lad_status status = lad_eval_summarize(naive->scores[i], labels, count, INFINITY, seed, &s);
        if (status != LAD_OK) return lad_fail(err, status, "The naive methods could not be evaluated.");
        printf("  %-24s", lad_naive_names[i]);
        print_cell(s.auroc_logical);
        print_cell(s.auroc_structural);
        print_cell(s.auroc_mean);
        print_cell(s.auroc_pooled);
        printf("\n");
    }
    return LAD_OK;
}
