/* One image's map against its ground truth: what AU-sPRO is summed from, natively and on the page. */
#ifndef LAD_SCORE_LOCALIZE_H
#define LAD_SCORE_LOCALIZE_H

#include "base/status.h"
#include "eval/defects.h"
#include "eval/spro.h"

#include <stddef.h>
#include <stdint.h>

/* A ground-truth channel as its PNG file; `name` begins the sentence of a failure. */
typedef struct lad_mask_file {
    const void *bytes;
    size_t size_bytes;
    const char *name;
} lad_mask_file;

/* Enlarges the map, [map_size, map_size], to the image's width x height and adds it to spro under `label`
 * (LAD_EVAL_*).  A good image has no masks; an anomalous one has at least one, of the image's size.
 * Errors: LAD_ERR_FORMAT (no mask, or one that cannot be used), LAD_ERR_ARG (NaN in the map), LAD_ERR_NOMEM. */
LAD_MUST_CHECK lad_status lad_localize_add(lad_spro *spro, const lad_defects *defects, const char *image_name,
                                           uint8_t label, const float *map, size_t map_size, size_t width,
                                           size_t height, const lad_mask_file *masks, size_t mask_count,
                                           lad_error *err);

#endif
