/* The global head: how unusual the picture as a whole is, beside the maps that tell where.
 *
 * A missing object changes no place much but the picture's sums.  With f the first and second moments over all
 * positions of the teacher's normalised channels (2C numbers), the Mahalanobis distance to the training pictures
 *   u = sqrt((f - mean)^T precision (f - mean))
 * is scaled to the unit of the map score by validation pictures and added to it:
 *   score = max(map_combined) + scale (u - offset),  offset = mean(u), scale = std(map score) / std(u).
 * Up to an affine change this is PUAD's sum of z-scores (Sugawara & Imamura 2024, arXiv 2402.15143), which takes
 * first moments of the student; second moments and the teacher did better here (METHOD.md).
 * Thread rule: a head is immutable after reading. */
#ifndef LAD_MODEL_GLOBAL_HEAD_H
#define LAD_MODEL_GLOBAL_HEAD_H

#include "model/safetensors.h"

typedef struct lad_global_head {
    size_t count;     /* 2C; 0: the detector has no such head */
    float *mean;      /* [count] */
    float *precision; /* [count, count]: inverse covariance */
    double offset, scale;
} lad_global_head;

/* pooled[2k] = mean over positions of channel k, pooled[2k + 1] = mean of its square.  y: [positions, c]. */
void lad_global_pool(size_t positions, size_t c, const float *y, double *pooled);

/* u, from pooled: [head->count]. */
double lad_global_distance(const lad_global_head *head, const double *pooled);

/* Tensors global.mean and global.precision, metadata global_offset and global_scale; leaves *head empty where a
 * file has none of them.  Free with lad_global_head_deinit. */
LAD_MUST_CHECK lad_status lad_global_head_read(const lad_safetensors *st, const char *file, size_t c,
                                               lad_global_head *head, lad_error *err);
LAD_MUST_CHECK lad_status lad_global_head_write(lad_st_writer *writer, const lad_global_head *head);
void lad_global_head_deinit(lad_global_head *head);

#endif
