/* The door to stb_image and stb_image_write (private to src/image): their allocations counted and limited.
 *
 * Only what we call is compiled: reading PNG and JPEG, writing JPEG, in memory, no flipping.
 * Thread rule: no shared state; the allocation budget belongs to the calling thread. */
#ifndef LAD_IMAGE_STB_H
#define LAD_IMAGE_STB_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/* Decodes to RGB, allocating no more than budget_bytes in all.  *rgb is the caller's (lad_free).
 * On failure *reason is a static string of a few words.  Errors: LAD_ERR_FORMAT, LAD_ERR_NOMEM. */
LAD_MUST_CHECK lad_status lad_stb_decode(const uint8_t *bytes, size_t size_bytes, size_t budget_bytes, uint8_t **rgb,
                                         size_t *width, size_t *height, const char **reason);

/* JPEG of that quality, of rgb: [h, w, 3].  *bytes is the caller's (lad_free).  LAD_ERR_NOMEM. */
LAD_MUST_CHECK lad_status lad_stb_encode(const uint8_t *rgb, size_t w, size_t h, int quality, uint8_t **bytes,
                                         size_t *size_bytes);

#endif
