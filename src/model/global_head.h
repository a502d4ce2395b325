/* The global head: how unusual the picture as a whole is, beside the maps that tell where.
 *
 * A missing object changes no place much but the picture's sums.  With f the moments over all positions of the
 * teacher's normalised channels (lad_global_pool), the Mahalanobis distance to the training pictures
 *   u = sqrt((f - mean)^T precision (f - mean))
 * is scaled to the unit of the map score by validation pictures and added to it:
 *   score = max(map_combined) + scale (u - offset),  offset = mean(u), scale = weight std(map score) / std(u).
 * With weight 1 this is, up to an affine change, PUAD's sum of z-scores (Sugawara & Imamura 2024, arXiv 2402.15143),
 * which takes first moments of the student; second moments, products of neighbouring channels and the teacher did
 * better here (METHOD.md). Thread rule: a head is immutable after reading. */
#ifndef LAD_MODEL_GLOBAL_HEAD_H
#define LAD_MODEL_GLOBAL_HEAD_H

#include "base/pool.h"
#include "model/safetensors.h"

typedef struct lad_global_head {
    size_t count;     /* 4C; 0: the detector has no such head */
    float *mean;      /* [count] */
    float *precision; /* [count (count + 1) / 2]: inverse covariance, its lower triangle row by row */
    double offset, scale;
} lad_global_head;

/* Moments per channel. */
enum { LAD_GLOBAL_MOMENTS = 4 };

/* Means over positions of y_k, y_k^2, y_k y_(k+1) and y_k y_(k+2), the channels taken as a ring: pooled[4k] to
 * pooled[4k + 3].  The channels' order means nothing (the teacher's are randomly rotated), so that neighbours are as
 * good a sample of all pairs as any.  Each sum runs over the positions in order.  y: [positions, c], c > 2. */
void lad_global_pool(lad_pool *pool, size_t positions, size_t c, const float *y, double *pooled);

/* Numbers in the precision of so many moments. */
size_t lad_global_precision_count(size_t count);

/* u, from pooled: [head->count]. */
double lad_global_distance(const lad_global_head *head, const double *pooled);

/* Tensors global.mean and global.precision, metadata global_offset and global_scale; leaves *head empty where a
 * file has none of them.  Free with lad_global_head_deinit. */
LAD_MUST_CHECK lad_status lad_global_head_read(const lad_safetensors *st, const char *file, size_t c,
                                               lad_global_head *head, lad_error *err);
LAD_MUST_CHECK lad_status lad_global_head_write(lad_st_writer *writer, const lad_global_head *head);
void lad_global_head_deinit(lad_global_head *head);

#endif
