#include "image/image.h"
#include "image/stb.h"

#include <stdbool.h>

static bool size_valid(size_t w, size_t h)
{
    return w > 0 && h > 0 && w <= LAD_IMAGE_MAX_SIDE_PX && h <= LAD_IMAGE_MAX_SIDE_PX && w * h <= LAD_IMAGE_MAX_AREA_PX;
}

lad_status lad_png_encode(const uint8_t *pixels, size_t w, size_t h, size_t channels, uint8_t **bytes,
                          size_t *size_bytes)
{
    if (!size_valid(w, h) || (channels != 1 && channels != 3)) return LAD_ERR_ARG;
    return lad_stb_encode(pixels, w, h, channels, 0, bytes, size_bytes);
}

lad_status lad_jpeg_encode(const uint8_t *rgb, size_t w, size_t h, int quality, uint8_t **bytes, size_t *size_bytes)
{
    if (!size_valid(w, h) || quality < 1 || quality > 100) return LAD_ERR_ARG;
    return lad_stb_encode(rgb, w, h, 3, quality, bytes, size_bytes);
}
