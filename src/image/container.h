/* A look at the structure of a PNG or JPEG file before a decoder sees it (private to src/image).
 *
 * stb_image is forgiving: it fills the missing part of a truncated JPEG with grey, ignores PNG checksums, and
 * its release in Debian 12 trusts a few counts inside JPEG tables.  This walk over chunks and segments refuses
 * such files first, so that what reaches the decoder is complete and within limits.  Allocates nothing. */
#ifndef LAD_IMAGE_CONTAINER_H
#define LAD_IMAGE_CONTAINER_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct lad_container {
    size_t width, height; /* pixels, within the limits of image.h */
} lad_container;

/* Errors: LAD_ERR_FORMAT (not PNG or JPEG, truncated, damaged), LAD_ERR_UNSUPPORTED (too large, more than 8 bits
 * per channel, a kind of PNG or JPEG that is not read).  `name` begins each sentence. */
LAD_MUST_CHECK lad_status lad_container_check(const uint8_t *bytes, size_t size_bytes, const char *name,
                                              lad_container *out, lad_error *err);

/* CRC-32 of the PNG standard, annex D: of a chunk's type and data. */
uint32_t lad_png_crc(const uint8_t *bytes, size_t size_bytes);

#endif
