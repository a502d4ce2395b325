#include "score/localize.h"

#include "base/alloc.h"
#include "image/image.h"
#include "score/maps.h"

/* Pixels of one channel, [height, width], the caller's, and its saturation area. */
static lad_status read_mask(const lad_mask_file *file, const lad_defects *defects, size_t width, size_t height,
                            uint8_t **pixels, double *saturation, lad_error *err)
{
    size_t w, h;
    LAD_TRY(lad_mask_decode(file->bytes, file->size_bytes, file->name, pixels, &w, &h, err));
    if (w != width || h != height)
        return lad_fail(err, LAD_ERR_FORMAT, "%s is %zu x %zu pixels, but its image is %zu x %zu.", file->name, w, h,
                        width, height);
    return lad_defects_saturation(defects, *pixels, w * h, file->name, saturation, err);
}

lad_status lad_localize_add(lad_spro *spro, const lad_defects *defects, const char *image_name, uint8_t label,
                            const float *map, size_t map_size, size_t width, size_t height, const lad_mask_file *masks,
                            size_t mask_count, lad_error *err)
{
    if (label != LAD_EVAL_GOOD && mask_count == 0)
        return lad_fail(err, LAD_ERR_FORMAT, "%s has no ground truth.", image_name);
    float *enlarged = lad_alloc(width * height, sizeof *enlarged); /* the decoder has limited the area */
    uint8_t **channels = lad_alloc_zero(mask_count, sizeof *channels);
    double *saturation = lad_alloc(mask_count, sizeof *saturation);
    lad_status status = enlarged && channels && saturation ? LAD_OK : LAD_ERR_NOMEM;
    if (status == LAD_OK) status = lad_maps_upsample(map, map_size, enlarged, width, height);
    if (status != LAD_OK) lad_fail(err, status, "Memory for the map of %s ran out.", image_name);
    for (size_t m = 0; m < mask_count && status == LAD_OK; m++)
        status = read_mask(&masks[m], defects, width, height, &channels[m], &saturation[m], err);
    if (status == LAD_OK) {
        status = lad_spro_add(spro, label, enlarged, width * height, (const uint8_t *const *)channels, saturation,
                              mask_count);
        if (status != LAD_OK) lad_fail(err, status, "The map of %s cannot be used.", image_name);
    }
    for (size_t m = 0; channels && m < mask_count; m++) lad_free(channels[m]);
    lad_free(channels);
    lad_free(saturation);
    lad_free(enlarged);
    return status;
}
