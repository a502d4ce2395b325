/* What the page's engine (web/js/worker/engine.js) calls: the public interface in a shape JavaScript can use.
 *
 * No logic here: struct fields are copied into flat arrays of doubles, whose order engine.js repeats; 64-bit
 * numbers travel as doubles (whole, below 2^53); a status is returned as an int.  LAD_WASM_ABI changes whenever
 * a signature or an order here does.  Sentences of failures that have no context go to lad_wasm_error(). */
#include "api/lad.h"
#include "base/alloc.h"
#include "image/image.h"
#include "kernels/kernels.h"
#include "scene/scene.h"
#include "score/maps.h"

#include <emscripten.h>
#include <string.h>

enum { LAD_WASM_ABI = 5 };

static lad_error last_error;

EMSCRIPTEN_KEEPALIVE int lad_wasm_abi(void);
EMSCRIPTEN_KEEPALIVE const char *lad_wasm_error(void);
EMSCRIPTEN_KEEPALIVE const char *lad_wasm_status_name(int status);
EMSCRIPTEN_KEEPALIVE int lad_wasm_context_create(size_t threads, int tall, lad_context **out);
EMSCRIPTEN_KEEPALIVE void lad_wasm_context_destroy(lad_context **context);
EMSCRIPTEN_KEEPALIVE const char *lad_wasm_context_error(const lad_context *context);
EMSCRIPTEN_KEEPALIVE const char *lad_wasm_context_isa(const lad_context *context);
EMSCRIPTEN_KEEPALIVE size_t lad_wasm_context_threads(const lad_context *context);
EMSCRIPTEN_KEEPALIVE int lad_wasm_detector_open(lad_context *context, const void *bytes, size_t size_bytes,
                                                const char *name, lad_detector **out);
EMSCRIPTEN_KEEPALIVE void lad_wasm_detector_destroy(lad_detector **detector);
EMSCRIPTEN_KEEPALIVE void lad_wasm_detector_numbers(const lad_detector *detector, double out[8]);
EMSCRIPTEN_KEEPALIVE const char *lad_wasm_detector_text(const lad_detector *detector, int field);
EMSCRIPTEN_KEEPALIVE const char *lad_wasm_detector_meta(const lad_detector *detector, const char *key);
EMSCRIPTEN_KEEPALIVE int lad_wasm_result_create(lad_context *context, const lad_detector *detector, lad_result **out);
EMSCRIPTEN_KEEPALIVE void lad_wasm_result_destroy(lad_result **result);
EMSCRIPTEN_KEEPALIVE void lad_wasm_result_numbers(const lad_result *result, double out[11]);
EMSCRIPTEN_KEEPALIVE const float *lad_wasm_result_map(const lad_result *result, int which);
EMSCRIPTEN_KEEPALIVE int lad_wasm_infer_encoded(lad_context *context, lad_detector *detector, const void *bytes,
                                                size_t size_bytes, const char *name, lad_result *result);
EMSCRIPTEN_KEEPALIVE int lad_wasm_infer_pixels(lad_context *context, lad_detector *detector, const uint8_t *pixels,
                                               size_t width, size_t height, size_t channels, int maps_alone,
                                               lad_result *result);
EMSCRIPTEN_KEEPALIVE int lad_wasm_upsample(const float *map, size_t size, float *out, size_t width, size_t height);
EMSCRIPTEN_KEEPALIVE void lad_wasm_palette(uint8_t out[768]);
EMSCRIPTEN_KEEPALIVE const char *lad_wasm_category(size_t index);
EMSCRIPTEN_KEEPALIVE int lad_wasm_scene_kind(const char *category, int class_, double seed, double index);
EMSCRIPTEN_KEEPALIVE const char *lad_wasm_scene_kind_text(const char *category, int kind, int field);
EMSCRIPTEN_KEEPALIVE int lad_wasm_scene_render(lad_context *context, const char *category, int split, double seed,
                                               double index, int kind, size_t width, size_t out_size[2],
                                               uint8_t **out_rgb);

int lad_wasm_abi(void)
{
    return LAD_WASM_ABI;
}

const char *lad_wasm_error(void)
{
    return last_error.text;
}

const char *lad_wasm_status_name(int status)
{
    return lad_status_name((lad_status)status);
}

/* tall: with the matrix product of isa_wasm_tall.c. */
int lad_wasm_context_create(size_t threads, int tall, lad_context **out)
{
    const lad_kernels *kernels = lad_kernels_get(tall ? LAD_ISA_WASM_TALL : LAD_ISA_WASM_SIMD);
    return (int)lad_context_create(threads, lad_kernels_name(kernels), out);
}

void lad_wasm_context_destroy(lad_context **context)
{
    lad_context_destroy(context);
}

const char *lad_wasm_context_error(const lad_context *context)
{
    return lad_context_error(context);
}

const char *lad_wasm_context_isa(const lad_context *context)
{
    return lad_context_isa(context);
}

size_t lad_wasm_context_threads(const lad_context *context)
{
    return lad_context_threads(context);
}

int lad_wasm_detector_open(lad_context *context, const void *bytes, size_t size_bytes, const char *name,
                           lad_detector **out)
{
    return (int)lad_open_detector(context, bytes, size_bytes, name, out);
}

void lad_wasm_detector_destroy(lad_detector **detector)
{
    lad_detector_destroy(detector);
}

void lad_wasm_detector_numbers(const lad_detector *detector, double out[8])
{
    const lad_detector_info *info = lad_detector_get_info(detector);
    const double numbers[8] = {info->margin,           info->threshold,           info->map_threshold,
                               info->false_alarm_rate, (double)info->channels,    (double)info->input_size,
                               (double)info->map_size, (double)info->score_border};
    memcpy(out, numbers, sizeof numbers);
}

/* field: 0 architecture, 1 category, 2 margin form, 3 sha256; NULL for any other. */
const char *lad_wasm_detector_text(const lad_detector *detector, int field)
{
    const lad_detector_info *info = lad_detector_get_info(detector);
    switch (field) {
    case 0: return info->architecture;
    case 1: return info->category;
    case 2: return info->margin_form;
    case 3: return info->sha256;
    default: return NULL;
    }
}

const char *lad_wasm_detector_meta(const lad_detector *detector, const char *key)
{
    return lad_detector_meta(detector, key);
}

int lad_wasm_result_create(lad_context *context, const lad_detector *detector, lad_result **out)
{
    return (int)lad_result_create(context, detector, out);
}

void lad_wasm_result_destroy(lad_result **result)
{
    lad_result_destroy(result);
}

void lad_wasm_result_numbers(const lad_result *result, double out[11])
{
    const double numbers[11] = {
        (double)result->width,     (double)result->height,       (double)result->map_size, (double)result->score,
        (double)result->map_score, (double)result->global_score, (double)result->peak,     result->decode_ms,
        result->resize_ms,         result->networks_ms,          result->maps_ms};
    memcpy(out, numbers, sizeof numbers);
}

/* which: 0 raw st, 1 raw stae, 2 st, 3 stae, 4 combined; NULL for any other. */
const float *lad_wasm_result_map(const lad_result *result, int which)
{
    switch (which) {
    case 0: return result->raw_st;
    case 1: return result->raw_stae;
    case 2: return result->map_st;
    case 3: return result->map_stae;
    case 4: return result->map_combined;
    default: return NULL;
    }
}

int lad_wasm_infer_encoded(lad_context *context, lad_detector *detector, const void *bytes, size_t size_bytes,
                           const char *name, lad_result *result)
{
    return (int)lad_infer_encoded(context, detector, bytes, size_bytes, name, result);
}

/* maps_alone: as lad_infer_maps. */
int lad_wasm_infer_pixels(lad_context *context, lad_detector *detector, const uint8_t *pixels, size_t width,
                          size_t height, size_t channels, int maps_alone, lad_result *result)
{
    return (int)(maps_alone ? lad_infer_maps : lad_infer_pixels)(context, detector, pixels, width, height, channels,
                                                                 result);
}

int lad_wasm_upsample(const float *map, size_t size, float *out, size_t width, size_t height)
{
    return (int)lad_maps_upsample(map, size, out, width, height);
}

/* The heat palette in 256 steps of RGB. */
void lad_wasm_palette(uint8_t out[768])
{
    for (int i = 0; i < 256; i++) lad_colormap((float)i / 255.0f, out + 3 * i);
}

/* Name of a scene category, NULL past the end. */
const char *lad_wasm_category(size_t index)
{
    const lad_scene_category *category = lad_scene_category_at(index);
    return category ? category->name : NULL;
}

/* Which kind of anomaly image `index` of a class shows; -1: none. */
int lad_wasm_scene_kind(const char *category, int class_, double seed, double index)
{
    const lad_scene_category *found = lad_scene_category_find(category);
    if (!found) return -1;
    return lad_scene_kind_for(found, (lad_scene_class)class_, (uint64_t)seed, (uint64_t)index);
}

/* field: 0 name, 1 rule broken, 2 description; NULL for an unknown category, kind or field. */
const char *lad_wasm_scene_kind_text(const char *category, int kind, int field)
{
    const lad_scene_category *found = lad_scene_category_find(category);
    if (!found || kind < 0 || (size_t)kind >= found->kind_count) return NULL;
    switch (field) {
    case 0: return found->kinds[kind].name;
    case 1: return found->kinds[kind].rule;
    case 2: return found->kinds[kind].description;
    default: return NULL;
    }
}

/* out_size: width, height; *out_rgb: [height, width, 3], the caller's (lad_wasm_free). */
int lad_wasm_scene_render(lad_context *context, const char *category, int split, double seed, double index, int kind,
                          size_t width, size_t out_size[2], uint8_t **out_rgb)
{
    const lad_scene_category *found = lad_scene_category_find(category);
    if (!found) return (int)lad_fail(&last_error, LAD_ERR_ARG, "There is no scene category named %s.", category);
    const lad_scene_spec spec = {found, (lad_scene_split)split, (uint64_t)seed, (uint64_t)index, kind};
    lad_scene_image image;
    lad_status status = lad_scene_render(&spec, width, lad_context_pool(context), &image, &last_error);
    if (status != LAD_OK) return (int)status;
    out_size[0] = image.width;
    out_size[1] = image.height;
    *out_rgb = image.rgb;
    image.rgb = NULL; /* now the caller's */
    lad_scene_image_deinit(&image);
    return LAD_OK;
}

EMSCRIPTEN_KEEPALIVE void lad_wasm_free(void *memory);
void lad_wasm_free(void *memory)
{
    lad_free(memory);
}
