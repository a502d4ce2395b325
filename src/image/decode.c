#include "base/alloc.h"
#include "image/container.h"
#include "image/image.h"
#include "image/stb.h"

void lad_image_deinit(lad_image *image)
{
    lad_free(image->rgb);
    *image = (lad_image){0};
}

/* What decoding an honest file can take: the compressed bytes, twice where they grow by doubling; planes,
 * coefficients and conversions, no more than 32 bytes a pixel; and the decoder's tables and lines. */
static size_t decode_budget(const lad_container *container, size_t size_bytes)
{
    uint64_t budget = 4 * (uint64_t)size_bytes + 32 * (uint64_t)container->width * container->height +
                      1024 * (uint64_t)(container->width + container->height) + ((uint64_t)4 << 20);
    return budget > SIZE_MAX ? SIZE_MAX : (size_t)budget;
}

lad_status lad_image_decode(const void *bytes, size_t size_bytes, const char *name, lad_image *out, lad_error *err)
{
    if (size_bytes > LAD_IMAGE_MAX_FILE_BYTES)
        return lad_fail(err, LAD_ERR_UNSUPPORTED, "%s is too large: %zu MB, at most %d MB are read.", name,
                        size_bytes >> 20, LAD_IMAGE_MAX_FILE_BYTES >> 20);
    lad_container container;
    LAD_TRY(lad_container_check(bytes, size_bytes, name, &container, err));
    lad_image image = {0};
    const char *reason = NULL;
    lad_status status = lad_stb_decode(bytes, size_bytes, decode_budget(&container, size_bytes), &image.rgb,
                                       &image.width, &image.height, &reason);
    if (status == LAD_ERR_NOMEM)
        return lad_fail(err, status, "%s needs more memory than there is (%zu x %zu pixels).", name, container.width,
                        container.height);
    if (status != LAD_OK)
        return lad_fail(err, status, "%s is damaged: %s.", name, reason ? reason : "it cannot be decoded");
    *out = image;
    return LAD_OK;
}

lad_status lad_mask_decode(const void *bytes, size_t size_bytes, const char *name, uint8_t **mask, size_t *width,
                           size_t *height, lad_error *err)
{
    lad_image image;
    LAD_TRY(lad_image_decode(bytes, size_bytes, name, &image, err));
    size_t pixels = image.width * image.height;
    uint8_t *values = lad_alloc(pixels, 1);
    if (!values) {
        lad_image_deinit(&image);
        return lad_fail(err, LAD_ERR_NOMEM, "%s needs more memory than there is.", name);
    }
    for (size_t i = 0; i < pixels; i++) values[i] = image.rgb[3 * i];
    *mask = values;
    *width = image.width;
    *height = image.height;
    lad_image_deinit(&image);
    return LAD_OK;
}
