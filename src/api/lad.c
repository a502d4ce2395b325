#include "api/lad.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "image/image.h"
#include "score/maps.h"

#include <math.h>
#include <string.h>

enum { POSITIONS = LAD_MAP_SIZE * LAD_MAP_SIZE, PIXELS = LAD_INPUT_SIZE * LAD_INPUT_SIZE, MAPS = 5 };

struct lad_context {
    const lad_kernels *kernels;
    lad_pool *pool;
    lad_error error;
    float *x;     /* [256, 256, 3], the normalised image */
    uint8_t *rgb; /* [256, 256, 3] */
};

static const lad_kernels *kernels_named(const char *isa)
{
    if (!isa) return lad_kernels_best();
    for (lad_isa i = LAD_ISA_REF; i < LAD_ISA_COUNT; i++) {
        const lad_kernels *k = lad_kernels_get(i);
        if (k && strcmp(lad_kernels_name(k), isa) == 0) return k;
    }
    return NULL;
}

lad_status lad_context_create(size_t threads, const char *isa, lad_context **out)
{
    const lad_kernels *kernels = kernels_named(isa);
    if (!kernels) return LAD_ERR_UNSUPPORTED;
    lad_status status = LAD_ERR_NOMEM;
    lad_context *context = lad_alloc_zero(1, sizeof *context);
    if (!context) return status;
    context->kernels = kernels;
    context->x = lad_alloc(3 * PIXELS, sizeof *context->x);
    context->rgb = lad_alloc(3 * PIXELS, sizeof *context->rgb);
    if (!context->x || !context->rgb) goto fail;
    status = lad_pool_create(threads, &context->pool);
    if (status != LAD_OK) goto fail;
    *out = context;
    return LAD_OK;

fail:
    lad_context_destroy(&context);
    return status;
}

void lad_context_destroy(lad_context **context_pointer)
{
    lad_context *context = *context_pointer;
    if (!context) return;
    lad_pool_destroy(&context->pool);
    lad_free(context->x);
    lad_free(context->rgb);
    lad_free(context);
    *context_pointer = NULL;
}

const char *lad_context_error(const lad_context *context)
{
    return context->error.text;
}

const char *lad_context_isa(const lad_context *context)
{
    return lad_kernels_name(context->kernels);
}

size_t lad_context_threads(const lad_context *context)
{
    return lad_pool_threads(context->pool);
}

lad_pool *lad_context_pool(lad_context *context)
{
    return context->pool;
}

const lad_kernels *lad_context_kernels(const lad_context *context)
{
    return context->kernels;
}

lad_status lad_open_detector(lad_context *context, const void *bytes, size_t size_bytes, const char *name,
                             lad_detector **out)
{
    context->error.text[0] = '\0';
    return lad_detector_create(bytes, size_bytes, name, context->kernels, context->pool, out, &context->error);
}

/* The result the caller sees and its one block of memory. */
typedef struct result_block {
    lad_result result; /* first: a lad_result * is a result_block * */
    float maps[MAPS][POSITIONS];
} result_block;

lad_status lad_result_create(lad_context *context, const lad_detector *detector, lad_result **out)
{
    (void)detector;
    result_block *block = lad_alloc_zero(1, sizeof *block);
    if (!block) return lad_fail(&context->error, LAD_ERR_NOMEM, "Memory for the maps of an image ran out.");
    block->result = (lad_result){.map_size = LAD_MAP_SIZE,
                                 .raw_st = block->maps[0],
                                 .raw_stae = block->maps[1],
                                 .map_st = block->maps[2],
                                 .map_stae = block->maps[3],
                                 .map_combined = block->maps[4]};
    *out = &block->result;
    return LAD_OK;
}

void lad_result_destroy(lad_result **result)
{
    lad_free(*result);
    *result = NULL;
}

/* From the resized pixels in context->rgb to maps and score. */
static void infer_resized(lad_context *context, lad_detector *detector, bool maps_alone, lad_result *result)
{
    lad_image_normalize(context->rgb, PIXELS, context->x);
    double start = lad_clock_ms();
    lad_detector_raw_maps(detector, context->x, result->raw_st, result->raw_stae);
    result->global_score = maps_alone ? NAN : (float)lad_detector_global_score(detector);
    double middle = lad_clock_ms();
    memcpy(result->map_st, result->raw_st, POSITIONS * sizeof *result->map_st);
    memcpy(result->map_stae, result->raw_stae, POSITIONS * sizeof *result->map_stae);
    lad_maps_normalize(lad_detector_map_rule(detector), POSITIONS, result->map_st, result->map_stae,
                       result->map_combined);
    result->peak = lad_maps_peak(result->map_combined, LAD_MAP_SIZE, lad_detector_get_info(detector)->score_border);
    result->map_score = result->map_combined[result->peak];
    result->score = result->map_score + result->global_score;
    result->networks_ms = middle - start;
    result->maps_ms = lad_clock_ms() - middle;
}

static lad_status infer_rgb(lad_context *context, lad_detector *detector, const uint8_t *rgb, size_t width,
                            size_t height, bool maps_alone, lad_result *result)
{
    double start = lad_clock_ms();
    lad_status status = lad_image_resize(rgb, width, height, 3, context->rgb, LAD_INPUT_SIZE, LAD_INPUT_SIZE);
    if (status != LAD_OK)
        return lad_fail(&context->error, status, "An image of %zu x %zu pixels could not be resized: %s.", width,
                        height, lad_status_name(status));
    result->width = width;
    result->height = height;
    result->resize_ms = lad_clock_ms() - start;
    infer_resized(context, detector, maps_alone, result);
    return LAD_OK;
}

lad_status lad_infer_encoded(lad_context *context, lad_detector *detector, const void *bytes, size_t size_bytes,
                             const char *name, lad_result *result)
{
    context->error.text[0] = '\0';
    double start = lad_clock_ms();
    lad_image image = {0};
    LAD_TRY(lad_image_decode(bytes, size_bytes, name, &image, &context->error));
    result->decode_ms = lad_clock_ms() - start;
    lad_status status = infer_rgb(context, detector, image.rgb, image.width, image.height, false, result);
    lad_image_deinit(&image);
    return status;
}

/* Copies the pixels without their alpha; *rgb is the caller's. */
static lad_status drop_alpha(const uint8_t *rgba, size_t pixels, uint8_t **rgb)
{
    uint8_t *out = lad_alloc(pixels, 3);
    if (!out) return LAD_ERR_NOMEM;
    for (size_t i = 0; i < pixels; i++) memcpy(out + 3 * i, rgba + 4 * i, 3);
    *rgb = out;
    return LAD_OK;
}

static lad_status infer_pixels(lad_context *context, lad_detector *detector, const uint8_t *pixels, size_t width,
                               size_t height, size_t channels, bool maps_alone, lad_result *result)
{
    context->error.text[0] = '\0';
    if (channels != 3 && channels != 4)
        return lad_fail(&context->error, LAD_ERR_ARG, "Pixels have 3 or 4 channels, not %zu.", channels);
    if (width == 0 || height == 0 || width > LAD_IMAGE_MAX_SIDE_PX || height > LAD_IMAGE_MAX_SIDE_PX ||
        width * height > LAD_IMAGE_MAX_AREA_PX)
        return lad_fail(&context->error, LAD_ERR_UNSUPPORTED, "An image of %zu x %zu pixels is not supported.", width,
                        height);
    double start = lad_clock_ms();
    uint8_t *rgb = NULL;
    if (channels == 4 && drop_alpha(pixels, width * height, &rgb) != LAD_OK)
        return lad_fail(&context->error, LAD_ERR_NOMEM, "Memory for an image of %zu x %zu pixels ran out.", width,
                        height);
    result->decode_ms = lad_clock_ms() - start;
    lad_status status = infer_rgb(context, detector, rgb ? rgb : pixels, width, height, maps_alone, result);
    lad_free(rgb);
    return status;
}

lad_status lad_infer_pixels(lad_context *context, lad_detector *detector, const uint8_t *pixels, size_t width,
                            size_t height, size_t channels, lad_result *result)
{
    return infer_pixels(context, detector, pixels, width, height, channels, false, result);
}

lad_status lad_infer_maps(lad_context *context, lad_detector *detector, const uint8_t *pixels, size_t width,
                          size_t height, size_t channels, lad_result *result)
{
    return infer_pixels(context, detector, pixels, width, height, channels, true, result);
}

void lad_report_begin(lad_report *report, const lad_detector *detector)
{
    const lad_detector_info *info = lad_detector_get_info(detector);
    *report = (lad_report){
        .model_sha256 = info->sha256,
        .architecture = info->architecture,
        .margin_form = info->margin_form,
        .margin = info->margin,
        .category = info->category,
        .threshold = info->threshold,
        .false_alarm_rate = info->false_alarm_rate,
    };
}
