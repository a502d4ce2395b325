/* The global head: how unusual the picture as a whole is, beside the maps that tell where.
 *
 * A missing object changes no place much but the picture's sums.  With f the moments over all positions of the
 * teacher's normalised channels (lad_global_pool), of the picture and of the picture at half its resolution, where the
 * teacher sees larger shapes,
 *   u = |directions (f - mean)|
 * measures how much likelier f is with something novel in the picture than without, looking only where novelties stand
 * out from what normal pictures do anyway (train/global_fit.h).  It is scaled to the unit of the map score by
 * validation pictures and added to it: score = max(map_combined) + scale (u - offset),  offset = mean(u), scale =
 * weight std(map score) / std(u). With weight 1 this adds z-scores as PUAD does (Sugawara & Imamura 2024, arXiv
 * 2402.15143), whose head is the Mahalanobis distance of the student's first moments (METHOD.md compares). Thread rule:
 * a head is immutable after reading. */
#ifndef LAD_MODEL_GLOBAL_HEAD_H
#define LAD_MODEL_GLOBAL_HEAD_H

#include "base/pool.h"
#include "model/safetensors.h"

typedef struct lad_global_head {
    size_t count;      /* 12C; 0: the detector has no such head */
    float *mean;       /* [count] */
    float *directions; /* [LAD_GLOBAL_DIRECTIONS, count] */
    double offset, scale;
} lad_global_head;

/* Moments per channel, of one resolution and of both; directions. */
enum { LAD_GLOBAL_SCALE_MOMENTS = 6, LAD_GLOBAL_MOMENTS = 2 * LAD_GLOBAL_SCALE_MOMENTS, LAD_GLOBAL_DIRECTIONS = 32 };

/* Means over positions of y_k and of y_k y_(k+j), j = 0..4, the channels taken as a ring: pooled[6k] to
 * pooled[6k + 5].  The channels' order means nothing (the teacher's are randomly rotated), so that neighbours are as
 * good a sample of all pairs as any.  Each sum runs over the positions in order.  y: [positions, c], c > 4. */
void lad_global_pool(lad_pool *pool, size_t positions, size_t c, const float *y, double *pooled);

/* u, from pooled: [head->count]. */
double lad_global_distance(const lad_global_head *head, const double *pooled);

/* Tensors global.mean and global.directions, metadata global_offset and global_scale; leaves *head empty where a
 * file has none of them.  Free with lad_global_head_deinit. */
LAD_MUST_CHECK lad_status lad_global_head_read(const lad_safetensors *st, const char *file, size_t c,
                                               lad_global_head *head, lad_error *err);
LAD_MUST_CHECK lad_status lad_global_head_write(lad_st_writer *writer, const lad_global_head *head);
void lad_global_head_deinit(lad_global_head *head);

#endif
