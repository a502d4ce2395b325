/* Training of a detector: student and autoencoder against a frozen teacher, with or without the margin.
 *
 * One step (Batzner et al. 2023, Algorithm 1; batch 1):
 *   1. the picture x:           L_hard = mean of (T - S1)^2 over its elements above the 0.999 quantile
 *   2. a picture P of something else:   + mean S1(P)^2
 *   3. a colour-jittered copy:  + mean (T - A)^2 + mean (A - S2)^2, changed by the margin (nn/margin.h)
 *   4. dfsc-synthetic, novel:   the same on a composite of normal pictures (data/composite.h)
 * then Adam with weight decay 1e-5; the rate falls to a tenth for the last 5 % of the steps.
 * T is normalised per channel over the training pictures.
 *
 * The caller drives: create, step until finished, finish; a checkpoint in between whenever it likes.
 * Everything works in memory: no files, no printing, no callbacks.
 * Invariant: the same options, pictures and teacher give the same bytes for any number of threads; all
 * randomness is derived from (seed, purpose, step).  A step allocates nothing.
 * Thread rule: one call at a time per trainer; the pool inside runs its threads. */
#ifndef LAD_TRAIN_STEP_H
#define LAD_TRAIN_STEP_H

#include "base/pool.h"
#include "base/status.h"
#include "data/pictures.h"
#include "kernels/kernels.h"
#include "model/detector.h"
#include "nn/margin.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a detector is calibrated for (train/calibrate.h). */
typedef struct lad_calibration_wish {
    size_t score_border;       /* cells at each edge of the map that the image score ignores */
    double false_alarm_rate;   /* wanted, for the thresholds */
    double global_weight;      /* of the global head in the image score, 0: no such head (model/global_head.h) */
    lad_map_distance distance; /* what a map measures */
    lad_map_norm map_norm;     /* of the maps, and how the two become one (model/map_rule.h) */
    lad_map_combine combine;
    double map_smoothing;
} lad_calibration_wish;

typedef struct lad_train_options {
    lad_margin margin; /* lad_margin_default(form, -1) */
    uint64_t seed;
    size_t steps;         /* in all, ae_first included */
    size_t ae_first;      /* first train the autoencoder alone for so many (cheap) steps; 0: the paper's way */
    bool ae_freeze;       /* and then no more: the student, which knows nothing yet, would pull it away */
    bool fused;           /* use one picture, jittered in half of the steps, for 1. and 3.: one student pass
                           * less a step.  false: the paper's way */
    double learning_rate; /* 1e-4 in the paper, for 70000 steps */
    size_t warmup;        /* the rate rises linearly over a network's first so many steps: 0 in the paper; a rate ten
                           * times the paper's, for short runs, wants some 100 */
    double weight_decay;  /* 1e-5 */
    double hard_quantile; /* 0.999 */
    size_t penalty_px;    /* side of the penalty pictures: 0 (no penalty) or 64..256 */
    size_t cache_bytes;   /* memory allowed for the teacher's features of the training pictures */
    bool dropout;         /* in the autoencoder; false only to compare a step with another program's */
    lad_calibration_wish calibration;
    bool f16; /* weights in the model file */
} lad_train_options;

lad_train_options lad_train_options_default(void);

/* A file's bytes and its name for sentences. */
typedef struct lad_train_file {
    const void *bytes; /* NULL: none */
    size_t size_bytes;
    const char *name;
} lad_train_file;

/* images: [count, LAD_INPUT_SIZE, LAD_INPUT_SIZE, 3], normal pictures of one category. */
typedef struct lad_train_images {
    const uint8_t *rgb;
    size_t count;
} lad_train_images;

/* Losses of one step, each as it enters the total. */
typedef struct lad_train_report {
    double hard, penalty, ae, stae, hinge, faithful, total, learning_rate;
} lad_train_report;

typedef struct lad_trainer lad_trainer;

/* Runs the teacher over all training pictures (its statistics), so it takes some seconds.  The pictures, the
 * penalty's photographs, kernels and pool (NULL: one thread) must outlive the trainer; the files need not.
 * ae_teacher: a network of the same size as target of A and S2 instead of the teacher; it is not part of the
 * model.  Errors: LAD_ERR_ARG (options, no pictures), LAD_ERR_FORMAT (teacher), LAD_ERR_NOMEM. */
LAD_MUST_CHECK lad_status lad_trainer_create(const lad_train_options *options, lad_train_images images,
                                             const lad_pictures *penalty, lad_train_file teacher,
                                             lad_train_file ae_teacher, const lad_kernels *kernels, lad_pool *pool,
                                             lad_trainer **out, lad_error *err);
void lad_trainer_destroy(lad_trainer **trainer);

size_t lad_trainer_steps_done(const lad_trainer *trainer);
bool lad_trainer_finished(const lad_trainer *trainer);

/* One step.  Asserts that the run is not finished. */
void lad_train_step(lad_trainer *trainer, lad_train_report *report);

/* Bytes of a checkpoint (the caller's), and back to where it was written.  `data` names the training pictures,
 * e.g. by their hash: restoring refuses a checkpoint of other options, teacher or data (LAD_ERR_ARG). */
LAD_MUST_CHECK lad_status lad_trainer_checkpoint(lad_trainer *trainer, const char *data, uint8_t **bytes,
                                                 size_t *size_bytes, lad_error *err);
LAD_MUST_CHECK lad_status lad_trainer_restore(lad_trainer *trainer, const char *data, const void *bytes,
                                              size_t size_bytes, lad_error *err);

/* Calibrates on the validation pictures (map quantiles, threshold) and gives the model file: *bytes is the
 * caller's.  extra: what else the file should say of its making (data hash, command, ...). */
LAD_MUST_CHECK lad_status lad_trainer_finish(lad_trainer *trainer, lad_train_images validation, const char *category,
                                             const lad_meta *extra, size_t extra_count, uint8_t **bytes,
                                             size_t *size_bytes, lad_error *err);

#endif
