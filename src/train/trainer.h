/* Inside of a trainer, shared by the files that make it up (trainer.c, step.c, trainer_save.c). */
#ifndef LAD_TRAIN_TRAINER_H
#define LAD_TRAIN_TRAINER_H

#include "data/composite.h"
#include "train/features.h"
#include "train/step.h"

enum { LAD_TRAIN_PIXELS = LAD_INPUT_SIZE * LAD_INPUT_SIZE, LAD_TRAIN_POSITIONS = LAD_MAP_SIZE * LAD_MAP_SIZE };

/* Streams of the seed, one for each use of randomness. */
enum { LAD_STREAM_STUDENT = 1, LAD_STREAM_AUTOENCODER, LAD_STREAM_ORDER, LAD_STREAM_PICTURES, LAD_STREAM_DROPOUT };

struct lad_trainer {
    lad_train_options options;
    lad_margin margin; /* options.margin with its running means */
    lad_train_images images;
    lad_pictures penalty;
    const lad_kernels *kernels;
    lad_pool *pool;
    lad_composite_source source; /* only for forms with composites */
    lad_network *student, *autoencoder;
    lad_target_network teacher;
    lad_target_network ae_teacher; /* network NULL: the teacher serves both */
    size_t channels, steps_done;
    lad_train_report mean; /* exponential means, for the record in the model file */
    size_t *order;         /* [images.count] of `epoch` */
    size_t epoch;

    /* of one step; pixel buffers are [256, 256, 3] */
    size_t index;  /* of the picture */
    bool jittered; /* whether rgb_jitter differs from the picture */
    uint8_t *rgb_jitter, *rgb_composite, *rgb_penalty;
    uint8_t *rgb_drawn; /* rgb_penalty of step drawn_step, perhaps still being drawn (lad_pool_start) */
    size_t drawn_step;  /* (size_t)-1: none */
    float *x_clean, *x_jitter, *x_composite, *x_penalty;
    uint32_t *area;                                          /* scratch of lad_composite_positions */
    float *drawing;                                          /* scratch of lad_pictures_draw */
    float *t_clean, *t_jitter, *t_ae, *t_composite;          /* [positions, channels] */
    float *d_student, *d_autoencoder, *sorting;              /* [positions, 2 channels], [positions, channels] twice */
    float *p, *q, *r, *d_p, *d_q, *d_r, *pasted, *untouched; /* [positions] */
    void *block;                                             /* the memory of all the buffers */
};

static inline lad_target_network *lad_trainer_ae_target(lad_trainer *trainer)
{
    return trainer->ae_teacher.network ? &trainer->ae_teacher : &trainer->teacher;
}

#endif
