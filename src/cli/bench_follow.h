/* lad bench --follow: runs a detector or a training step whenever a line on standard input asks for it, and answers
 * each order with one line of JSON.  A benchmark of several programs can so let them take turns. */
#ifndef LAD_CLI_BENCH_FOLLOW_H
#define LAD_CLI_BENCH_FOLLOW_H

#include "base/status.h"
#include "kernels/kernels.h"

/* rgb: file of raw pictures, [n, 256, 256, 3] bytes.  Orders, with a detector in `model`:
 *     run N      the maps of the first picture, N times -> {"ms": [...]}
 *     maps       {"st": [...], "stae": [...], "memory_mb": x}
 * with a teacher's file in `teacher` (the paper's step on the pictures; the step makes its own pictures):
 *     run N      N training steps -> {"ms": [...]}
 *     dump DIR   one step without dropout -> its losses; into DIR go all that it began with, for another program to
 *                repeat it: start.safetensors (weights) and {clean,jitter,penalty,mean,std}.f32
 * The first line of output says that all is loaded: {"ready": true}. */
typedef struct lad_follow_wish {
    const char *rgb, *model, *teacher; /* one of model and teacher is NULL */
    const lad_kernels *kernels;
    size_t threads;
} lad_follow_wish;

LAD_MUST_CHECK lad_status lad_bench_follow(const lad_follow_wish *wish, lad_error *err);

#endif
