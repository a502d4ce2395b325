/* Compression in the zlib format (RFC 1950, RFC 1951), fast and for pictures: Huffman codes, and of all matches only
 * runs of one byte.  Rows of a picture, filtered as PNG does, are noise or runs of zeros: longer searches take ten
 * times as long and save a few per cent.  (private to src/image)
 *
 * Invariant: the result depends on the bytes alone, not on a library's version.  Thread rule: no shared state. */
#ifndef LAD_IMAGE_DEFLATE_H
#define LAD_IMAGE_DEFLATE_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/* Bytes that arrive in pieces.  All zero: empty. */
typedef struct lad_bytes {
    uint8_t *at; /* [used_bytes], owned: lad_free */
    size_t used_bytes, room_bytes;
} lad_bytes;

/* Makes room for more bytes behind those that are there.  LAD_ERR_NOMEM. */
LAD_MUST_CHECK lad_status lad_bytes_reserve(lad_bytes *bytes, size_t more_bytes);

/* Appends the zlib stream of src to *out.  LAD_ERR_NOMEM. */
LAD_MUST_CHECK lad_status lad_deflate(const uint8_t *src, size_t size_bytes, lad_bytes *out);

#endif
