/* lad: logical anomaly detection.  The public interface of the core: what the page and other programs use.
 *
 * Open a context (kernels and threads), open a detector from a model file's bytes, feed it images, read maps
 * and scores.  Thread rule: one call at a time per context.  Everything that fails returns a lad_status and
 * leaves one sentence in lad_context_error(). */
#ifndef LAD_API_LAD_H
#define LAD_API_LAD_H

#include "base/status.h"
#include "eval/report.h"
#include "model/detector.h"
#include "scene/scene.h"

#include <stddef.h>
#include <stdint.h>

typedef struct lad_context lad_context;

/* threads: 0 = one per processor, at most 64.  isa: NULL = the best; else "ref", "wasm-simd", "avx2", "avx512".
 * Errors: LAD_ERR_UNSUPPORTED when this build or processor lacks the isa, LAD_ERR_ARG, LAD_ERR_NOMEM. */
LAD_MUST_CHECK lad_status lad_context_create(size_t threads, const char *isa, lad_context **out);
void lad_context_destroy(lad_context **context);           /* after its detectors */
const char *lad_context_error(const lad_context *context); /* last sentence, "" when none */
const char *lad_context_isa(const lad_context *context);
size_t lad_context_threads(const lad_context *context);
lad_pool *lad_context_pool(lad_context *context);
const lad_kernels *lad_context_kernels(const lad_context *context);

LAD_MUST_CHECK lad_status lad_open_detector(lad_context *context, const void *bytes, size_t size_bytes,
                                            const char *name, lad_detector **out);

/* What one image gives.  Maps are [map_size, map_size], owned by the result. */
typedef struct lad_result {
    size_t width, height; /* of the original image, pixels */
    size_t map_size;
    float *raw_st, *raw_stae;                          /* before normalisation */
    float *map_st, *map_stae, *map_combined;           /* normalised: 0.1 is the 99.5 % quantile of normal images */
    size_t peak;                                       /* the cell of map_combined that gives the map score */
    float map_score;                                   /* map_combined there: its maximum inside the border */
    float global_score;                                /* of the global head, 0 without one */
    float score;                                       /* the image score: their sum */
    double decode_ms, resize_ms, networks_ms, maps_ms; /* resize: to 256 x 256; maps: normalising and scoring */
} lad_result;

/* A result's memory is made once and reused for any number of images. */
LAD_MUST_CHECK lad_status lad_result_create(lad_context *context, const lad_detector *detector, lad_result **out);
void lad_result_destroy(lad_result **result);

/* An encoded PNG or JPEG file; name begins error sentences. */
LAD_MUST_CHECK lad_status lad_infer_encoded(lad_context *context, lad_detector *detector, const void *bytes,
                                            size_t size_bytes, const char *name, lad_result *result);
/* Pixels: channels 3 (RGB) or 4 (RGBA, alpha ignored), rows without gaps. */
LAD_MUST_CHECK lad_status lad_infer_pixels(lad_context *context, lad_detector *detector, const uint8_t *pixels,
                                           size_t width, size_t height, size_t channels, lad_result *result);
/* The same without the global head, which is a fifth of the work: global_score and score are NaN. */
LAD_MUST_CHECK lad_status lad_infer_maps(lad_context *context, lad_detector *detector, const uint8_t *pixels,
                                         size_t width, size_t height, size_t channels, lad_result *result);

/* Begins a report with what the detector says of itself; its strings live as long as the detector.  All else is 0. */
void lad_report_begin(lad_report *report, const lad_detector *detector);

#endif
