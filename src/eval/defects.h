/* defects_config.json of MVTec LOCO AD: which pixel value of a ground-truth mask is which kind of defect.
 * Thread rule: immutable after parsing. */
#ifndef LAD_EVAL_DEFECTS_H
#define LAD_EVAL_DEFECTS_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LAD_DEFECTS_MAX_BYTES = 1 << 20 }; /* of the file: MVTec's have a few thousand */

/* By pixel value, 1..255. */
typedef struct lad_defects {
    struct {
        bool known, relative;
        char name[64];    /* as far as it fits; "value 200" where the file gives none */
        double threshold; /* fraction of the channel's area if relative, else pixels */
    } kinds[256];
} lad_defects;

/* Takes the text of the file; `name` begins the sentence of a failure.  Errors: LAD_ERR_FORMAT, LAD_ERR_NOMEM. */
LAD_MUST_CHECK lad_status lad_defects_parse(const void *bytes, size_t size_bytes, const char *name, lad_defects *out,
                                            lad_error *err);

/* Saturation area of one mask, [pixels], 0 or one kind's pixel value.  `name` begins the sentence of a failure.
 * Errors: LAD_ERR_FORMAT: a mask without inside, with several values, or of an unknown kind. */
LAD_MUST_CHECK lad_status lad_defects_saturation(const lad_defects *defects, const uint8_t *mask, size_t pixels,
                                                 const char *name, double *out, lad_error *err);

#endif
