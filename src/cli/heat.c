#include "cli/heat.h"

#include "base/alloc.h"
#include "base/file.h"
#include "image/image.h"
#include "score/maps.h"

#include <stdio.h>
#include <string.h>

enum { COLOURS = 256 };

static lad_status no_memory(const char *stem, lad_error *err)
{
    return lad_fail(err, LAD_ERR_NOMEM, "The heat maps %s need more memory than there is.", stem);
}

static lad_status write_png(const char *stem, const char *ending, const uint8_t *rgb, size_t w, size_t h,
                            lad_error *err)
{
    char path[4096];
    uint8_t *png;
    size_t size_bytes;
    int length = snprintf(path, sizeof path, "%s_%s.png", stem, ending);
    if (length < 0 || (size_t)length >= sizeof path) return lad_fail(err, LAD_ERR_ARG, "%s is too long a path.", stem);
    if (lad_png_encode(rgb, w, h, 3, &png, &size_bytes) != LAD_OK) return no_memory(stem, err);
    lad_status status = lad_file_write(path, png, size_bytes, err);
    lad_free(png);
    return status;
}

/* Palette index of a map value. */
static size_t colour_of(float value, double top)
{
    double position = (double)value / top * (COLOURS - 1) + 0.5;
    if (!(position > 0)) return 0;
    return position >= COLOURS ? COLOURS - 1 : (size_t)position;
}

static void paint(const float *map, size_t pixels, double top, uint8_t *rgb)
{
    uint8_t palette[COLOURS][3];
    for (size_t i = 0; i < COLOURS; i++) lad_colormap((float)i / (COLOURS - 1), palette[i]);
    for (size_t i = 0; i < pixels; i++) memcpy(rgb + 3 * i, palette[colour_of(map[i], top)], 3);
}

/* The hotter, the more opaque; cold places show the image as it is. */
static void blend(const float *map, size_t pixels, double top, const uint8_t *image, uint8_t *heat)
{
    for (size_t i = 0; i < pixels; i++) {
        size_t share = colour_of(map[i], top) * 200 / (COLOURS - 1); /* of 256 */
        for (size_t c = 0; c < 3; c++)
            heat[3 * i + c] = (uint8_t)((heat[3 * i + c] * share + image[3 * i + c] * (256 - share) + 128) / 256);
    }
}

static lad_status load(const char *path, lad_image *image, lad_error *err)
{
    uint8_t *bytes;
    size_t size_bytes;
    LAD_TRY(lad_file_read(path, LAD_IMAGE_MAX_FILE_BYTES, &bytes, &size_bytes, err));
    lad_status status = lad_image_decode(bytes, size_bytes, path, image, err);
    lad_free(bytes);
    return status;
}

lad_status lad_heat_write(const char *stem, const char *image_path, const lad_result *result, double map_threshold,
                          lad_error *err)
{
    const struct {
        const char *ending;
        const float *map;
    } maps[3] = {{"structural", result->map_st}, {"logical", result->map_stae}, {"combined", result->map_combined}};
    lad_image image = {0};
    LAD_TRY(load(image_path, &image, err));
    size_t pixels = image.width * image.height;               /* within the limits of the decoder */
    double top = map_threshold > 0 ? 2 * map_threshold : 0.2; /* 0.1 is the 99.5 % quantile of normal images */
    float *map = lad_alloc(pixels, sizeof *map);
    uint8_t *rgb = lad_alloc(pixels, 3);
    lad_status status = map && rgb ? LAD_OK : no_memory(stem, err);
    for (size_t i = 0; i < 3 && status == LAD_OK; i++) {
        status = lad_maps_upsample(maps[i].map, result->map_size, map, image.width, image.height);
        if (status != LAD_OK) {
            no_memory(stem, err);
            break;
        }
        paint(map, pixels, top, rgb);
        status = write_png(stem, maps[i].ending, rgb, image.width, image.height, err);
    }
    if (status == LAD_OK) { /* map and rgb hold the combined map: it came last */
        blend(map, pixels, top, image.rgb, rgb);
        status = write_png(stem, "overlay", rgb, image.width, image.height, err);
    }
    lad_free(map);
    lad_free(rgb);
    lad_image_deinit(&image);
    return status;
}
