/* A detector: teacher, student, autoencoder, statistics, thresholds; made from one model file.
 *
 * Thread rule: one call at a time per detector; the pool inside runs its threads.  After creation a run
 * allocates nothing. */
#ifndef LAD_MODEL_DETECTOR_H
#define LAD_MODEL_DETECTOR_H

#include "base/pool.h"
#include "base/status.h"
#include "kernels/kernels.h"
#include "model/architecture.h"
#include "nn/network.h"

#include "model/global_head.h"
#include "model/map_rule.h"
#include "model/metric.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LAD_INPUT_SIZE = 256, LAD_MAP_SIZE = 56 };

typedef struct lad_detector lad_detector;

typedef struct lad_detector_info {
    char architecture[16];    /* "pdn-xs", "pdn-s", "pdn-m" */
    char category[64];        /* "pushpins", or "" */
    char margin_form[24];     /* "none" for plain EfficientAD */
    double margin, threshold; /* threshold of the image score, chosen on validation images */
    double map_threshold;     /* of the map score alone, for the same rate: what counts as lit in a heat map */
    double false_alarm_rate;  /* the rate the threshold was chosen for */
    size_t channels;          /* teacher channels C */
    size_t input_size;        /* 256 */
    size_t map_size;          /* 56 */
    size_t score_border;      /* cells ignored at each edge of the map by the image score */
    char sha256[65];          /* of the file's bytes */
} lad_detector_info;

/* bytes may be freed afterwards.  kernels and pool (NULL: one thread) must outlive the detector. */
LAD_MUST_CHECK lad_status lad_detector_create(const void *bytes, size_t size_bytes, const char *name,
                                              const lad_kernels *kernels, lad_pool *pool, lad_detector **out,
                                              lad_error *err);
void lad_detector_destroy(lad_detector **detector);
const lad_detector_info *lad_detector_get_info(const lad_detector *detector);
/* Any metadata string of the model file, NULL if absent; lives as long as the detector. */
const char *lad_detector_meta(const lad_detector *detector, const char *key);

/* Raw maps of one image (Batzner et al., section 3.4), before any normalisation:
 * map_st[i] = mean_c (T - S1)^2, map_stae[i] = mean_c (A - S2)^2, both [map_size, map_size], the caller's; with a
 * metric of the differences, its measure of them instead (model/metric.h). x: normalised image [256, 256, 3]. */
void lad_detector_raw_maps(lad_detector *detector, const float *x, float *map_st, float *map_stae);

bool lad_detector_has_metric(const lad_detector *detector);

/* How score/maps.h is to normalise and combine them; the detector's. */
const lad_map_rule *lad_detector_map_rule(const lad_detector *detector);

/* The global head's part of the image score for the picture of the last lad_detector_raw_maps, computed when it is
 * first asked for: scale (u - offset), in the unit of the normalised maps; 0 for a detector without such a head.  See
 * model/global_head.h. */
double lad_detector_global_score(lad_detector *detector);
/* The moments that a head looks at, for fitting one: the teacher alone runs.  pooled: [LAD_GLOBAL_MOMENTS C].  Errors:
 * LAD_ERR_NOMEM. */
LAD_MUST_CHECK lad_status lad_detector_pool(lad_detector *detector, const float *x, double *pooled);

/* Features of the picture of the last lad_detector_raw_maps, for looking at: [map_size * map_size] rows of C numbers,
 * *stride floats apart.  S1 imitates the teacher, S2 the autoencoder.  The detector's, until its next run.
 * The maps alone do not need them all: the first call makes memory for them and computes them for the picture.  NULL
 * before the first run and when memory runs out. */
typedef enum lad_detector_output {
    LAD_OUTPUT_TEACHER,
    LAD_OUTPUT_STUDENT_S1,
    LAD_OUTPUT_AUTOENCODER,
    LAD_OUTPUT_STUDENT_S2
} lad_detector_output;
const float *lad_detector_features(lad_detector *detector, lad_detector_output which, size_t *stride);

/* All memory that the detector owns. */
size_t lad_detector_memory_bytes(const lad_detector *detector);

/* --- writing model files, for training --- */

/* One more metadata entry: seed, steps, provenance of the data, the command, ... */
typedef struct lad_meta {
    const char *key, *value;
} lad_meta;

typedef struct lad_detector_parts {
    lad_pdn_size size;
    const lad_network *teacher, *student, *autoencoder; /* with their parameter values */
    const float *mean, *std;                            /* [C], of the teacher's outputs on training images; std > 0 */
    lad_map_rule map_rule;
    const lad_metric *metric;      /* NULL: none */
    const lad_global_head *global; /* NULL: none */
    lad_detector_info info;        /* category, margin_form, margin, thresholds, false_alarm_rate, score_border;
                                    * the other fields are not read */
    const lad_meta *extra;         /* [extra_count] */
    size_t extra_count;
} lad_detector_parts;

/* The bytes of a model file that lad_detector_create accepts; *bytes is the caller's (lad_free).
 * f16: weights are stored with 16 bits; statistics keep 32. */
LAD_MUST_CHECK lad_status lad_detector_save(const lad_detector_parts *parts, bool f16, uint8_t **bytes,
                                            size_t *size_bytes, lad_error *err);

/* What calibration decides of a detector. */
typedef struct lad_detector_calibration {
    lad_map_rule map_rule;
    const lad_metric *metric;      /* NULL: none */
    const lad_global_head *global; /* NULL: none */
    double threshold, map_threshold, false_alarm_rate;
    size_t score_border;
} lad_detector_calibration;

/* The model file of the same networks under another calibration: everything else of `bytes` (a detector file) is kept,
 * bit for bit, and `extra` replaces or joins its metadata.  *out is the caller's (lad_free). */
LAD_MUST_CHECK lad_status lad_detector_recalibrate(const void *bytes, size_t size_bytes, const char *name,
                                                   const lad_detector_calibration *calibration, const lad_meta *extra,
                                                   size_t extra_count, uint8_t **out, size_t *out_bytes,
                                                   lad_error *err);

/* A teacher in a file of its own: tensors teacher.*, and metadata. */
LAD_MUST_CHECK lad_status lad_teacher_save(lad_pdn_size size, const lad_network *teacher, const lad_meta *extra,
                                           size_t extra_count, bool f16, uint8_t **bytes, size_t *size_bytes,
                                           lad_error *err);
/* Reads it into a new network, packed and ready for up to n images of LAD_INPUT_SIZE.  bytes may be freed
 * afterwards.  sha256: of the file's bytes, 64 digits and NUL. */
LAD_MUST_CHECK lad_status lad_teacher_create(const void *bytes, size_t size_bytes, const char *name,
                                             const lad_kernels *kernels, lad_pool *pool, size_t n,
                                             lad_network_mode mode, lad_pdn_size *size, lad_network **out,
                                             char sha256[65], lad_error *err);

#endif
