/* `lad eval --naive`: the simple methods of eval/naive.h on a data set's images at 32 x 32 pixels. */
#ifndef LAD_CLI_NAIVE_H
#define LAD_CLI_NAIVE_H

#include "data/dataset.h"

enum { LAD_NAIVE_COUNT = 3 };

extern const char *const lad_naive_names[LAD_NAIVE_COUNT];

typedef struct lad_naive {
    double *scores[LAD_NAIVE_COUNT]; /* each [test->count] */
} lad_naive;

/* Fits to root's training images and scores those of `test`.  Deinit in any case. */
LAD_MUST_CHECK lad_status lad_naive_run(const char *root, const lad_dataset *test, lad_naive *naive, lad_error *err);
void lad_naive_deinit(lad_naive *naive);

/* One line of AUROCs each, on standard output. */
LAD_MUST_CHECK lad_status lad_naive_print(const lad_naive *naive, const uint8_t *labels, size_t count, uint64_t seed,
                                          lad_error *err);

#endif
