/* Pretraining of a teacher without photographs or labels: distillation of dense descriptors into a PDN.
 *
 * L = mean (T(x) - W (d(x) - mean))^2 over positions and channels, with d the descriptors of
 * train/descriptors.h and W their whitening (train/whitening.h); Adam, cosine schedule.
 * Invariant: the same options and pictures give the same bytes for any number of threads.
 * Thread rule: one call at a time per pretrainer; the pool inside runs its threads. */
#ifndef LAD_TRAIN_PRETRAIN_H
#define LAD_TRAIN_PRETRAIN_H

#include "base/pool.h"
#include "data/pictures.h"
#include "kernels/kernels.h"
#include "model/architecture.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum lad_pretrain_recipe {
    LAD_PRETRAIN_DESCRIPTORS,
    LAD_PRETRAIN_RANDOM /* He's random weights, no training: the reference to beat */
} lad_pretrain_recipe;

typedef struct lad_pretrain_options {
    lad_pdn_size size;
    lad_pretrain_recipe recipe;
    uint64_t seed;
    size_t steps;         /* 1150 */
    size_t batch;         /* 8 pictures a step */
    size_t crop_px;       /* 128 */
    size_t fit_pictures;  /* 256, for mean and whitening of the descriptors */
    double learning_rate; /* 2e-3, falling to 0 on a cosine */
    size_t warmup;        /* 100: the rate rises linearly over so many steps; without, ReLUs die and stay dead */
} lad_pretrain_options;

lad_pretrain_options lad_pretrain_options_default(void);

typedef struct lad_pretrainer lad_pretrainer;

/* Fits the whitening (some seconds) and starts the network.  pictures are copied, but not the photographs;
 * those, kernels and pool (NULL: one thread) must outlive the pretrainer. */
LAD_MUST_CHECK lad_status lad_pretrainer_create(const lad_pretrain_options *options, const lad_pictures *pictures,
                                                const lad_kernels *kernels, lad_pool *pool, lad_pretrainer **out,
                                                lad_error *err);
void lad_pretrainer_destroy(lad_pretrainer **pretrainer);

size_t lad_pretrainer_steps_done(const lad_pretrainer *pretrainer);
bool lad_pretrainer_finished(const lad_pretrainer *pretrainer); /* at once for the random recipe */

/* One step; returns its loss.  Asserts that the run is not finished. */
double lad_pretrain_step(lad_pretrainer *pretrainer);

/* Bytes of a checkpoint, and back to where it was written.  *bytes is the caller's (lad_free).
 * Restoring refuses a checkpoint of other options (LAD_ERR_ARG). */
LAD_MUST_CHECK lad_status lad_pretrainer_checkpoint(lad_pretrainer *pretrainer, uint8_t **bytes, size_t *size_bytes,
                                                    lad_error *err);
LAD_MUST_CHECK lad_status lad_pretrainer_restore(lad_pretrainer *pretrainer, const void *bytes, size_t size_bytes,
                                                 lad_error *err);

/* The teacher file: F32 weights teacher.*, and metadata with all that made it.  command: the command line, or
 * "".  *bytes is the caller's. */
LAD_MUST_CHECK lad_status lad_pretrainer_finish(lad_pretrainer *pretrainer, const char *command, uint8_t **bytes,
                                                size_t *size_bytes, lad_error *err);

#endif
