/* Pictures: decode, resize, normalise, encode, colour map.  Knows no tensors and no networks.
 *
 * Invariant: pixels are RGB, 8 bits, [height, width, 3], rows without gaps, until lad_image_normalize makes
 * floats of them, which happens in that one place.  Thread rule: no shared state. */
#ifndef LAD_IMAGE_IMAGE_H
#define LAD_IMAGE_IMAGE_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

enum {
    LAD_IMAGE_MAX_SIDE_PX = 16384,
    LAD_IMAGE_MAX_AREA_PX = 64 << 20, /* 64 Mpx */
    LAD_IMAGE_MAX_FILE_BYTES = 256 << 20
};

typedef struct lad_image {
    uint8_t *rgb; /* [height, width, 3], owned: lad_image_deinit */
    size_t width, height;
} lad_image;

void lad_image_deinit(lad_image *image);

/* PNG or JPEG, 8 bits per channel, grey, RGB or with alpha (dropped).  The header is checked before anything
 * is allocated: other formats, 16-bit files, sides over LAD_IMAGE_MAX_SIDE_PX and areas over
 * LAD_IMAGE_MAX_AREA_PX are refused with a sentence that begins with `name`.
 * Errors: LAD_ERR_FORMAT (broken or not an image), LAD_ERR_UNSUPPORTED (too large, 16 bits), LAD_ERR_NOMEM. */
LAD_MUST_CHECK lad_status lad_image_decode(const void *bytes, size_t size_bytes, const char *name, lad_image *out,
                                           lad_error *err);

/* The same for a single-channel ground-truth PNG: *mask is [height, width], the first channel, caller frees. */
LAD_MUST_CHECK lad_status lad_mask_decode(const void *bytes, size_t size_bytes, const char *name, uint8_t **mask,
                                          size_t *width, size_t *height, lad_error *err);

/* Antialiased bilinear resize: triangle filter, its support scaled by the ratio when shrinking, as Pillow's
 * Image.resize(BILINEAR) and so torchvision's Resize on a PIL image; within 1/255 of it for each value.
 * src: [h, w, channels] u8 -> dst: [out_h, out_w, channels] u8. */
LAD_MUST_CHECK lad_status lad_image_resize(const uint8_t *src, size_t w, size_t h, size_t channels, uint8_t *dst,
                                           size_t out_w, size_t out_h);

/* x[i] = (rgb[i] / 255 - mean[c]) / std[c] with ImageNet's mean (.485, .456, .406) and std (.229, .224, .225).
 * rgb: [pixels, 3] -> x: [pixels, 3] (NHWC). */
void lad_image_normalize(const uint8_t *rgb, size_t pixels, float *x);

/* PNG bytes of an image with 1 or 3 channels; caller frees *bytes with lad_free.  Deterministic. */
LAD_MUST_CHECK lad_status lad_png_encode(const uint8_t *pixels, size_t w, size_t h, size_t channels, uint8_t **bytes,
                                         size_t *size_bytes);
/* JPEG bytes of an RGB image, quality 1..100; caller frees. */
LAD_MUST_CHECK lad_status lad_jpeg_encode(const uint8_t *rgb, size_t w, size_t h, int quality, uint8_t **bytes,
                                          size_t *size_bytes);

/* A perceptually uniform heat palette: value in [0, 1] (clamped; NaN as 0) -> rgb[3]. */
void lad_colormap(float value, uint8_t rgb[3]);

#endif
