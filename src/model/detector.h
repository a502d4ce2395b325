/* A detector: teacher, student, autoencoder, statistics, thresholds; made from one model file.
 *
 * Thread rule: one call at a time per detector; the pool inside runs its threads.  After creation a run
 * allocates nothing. */
#ifndef LAD_MODEL_DETECTOR_H
#define LAD_MODEL_DETECTOR_H

#include "base/pool.h"
#include "base/status.h"
#include "kernels/kernels.h"

#include <stddef.h>
#include <stdint.h>

enum { LAD_INPUT_SIZE = 256, LAD_MAP_SIZE = 56 };

typedef struct lad_detector lad_detector;

typedef struct lad_detector_info {
    char architecture[16];  /* "pdn-xs", "pdn-s", "pdn-m" */
    char category[64];      /* "pushpins", or "" */
    char margin_form[24];   /* "none" for plain EfficientAD */
    double margin, threshold; /* threshold of the image score, chosen on validation images */
    double false_alarm_rate;  /* the rate the threshold was chosen for */
    size_t channels;        /* teacher channels C */
    size_t input_size;      /* 256 */
    size_t map_size;        /* 56 */
    size_t score_border;    /* cells ignored at each edge of the map by the image score */
    char sha256[65];        /* of the file's bytes */
} lad_detector_info;

/* bytes may be freed afterwards.  kernels and pool (NULL: one thread) must outlive the detector. */
LAD_MUST_CHECK lad_status lad_detector_create(const void *bytes, size_t size_bytes, const char *name,
                                              const lad_kernels *kernels, lad_pool *pool, lad_detector **out,
                                              lad_error *err);
void lad_detector_destroy(lad_detector **detector);
const lad_detector_info *lad_detector_get_info(const lad_detector *detector);
/* Any metadata string of the model file, NULL if absent. */
const char *lad_detector_meta(const lad_detector *detector, const char *key);

/* Raw maps of one image (Batzner et al., section 3.4), before any normalisation:
 * map_st[i] = mean_c (T - S1)^2, map_stae[i] = mean_c (A - S2)^2, both [map_size, map_size], the caller's.
 * x: normalised image [256, 256, 3]. */
void lad_detector_raw_maps(lad_detector *detector, const float *x, float *map_st, float *map_stae);

/* Quantile statistics for score/maps.h. */
typedef struct lad_map_quantiles {
    float qa_st, qb_st, qa_ae, qb_ae; /* 0.9 and 0.995 quantiles on validation images */
} lad_map_quantiles;
lad_map_quantiles lad_detector_quantiles(const lad_detector *detector);

#endif
