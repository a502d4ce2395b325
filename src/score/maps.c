#include "score/maps.h"

#include "base/alloc.h"

#include <math.h>

enum { PAD = 4 }; /* cells: (64 - 56) / 2, a map of 256 px / 4 whose outer cells the networks do not see */

static void standardise(const float *mean, const float *std, size_t count, float *map)
{
    for (size_t i = 0; i < count; i++) map[i] = (map[i] - mean[i]) / std[i];
}

void lad_maps_normalize(const lad_map_rule *rule, size_t count, float *map_st, float *map_stae, float *combined)
{
    const lad_map_quantiles *q = &rule->quantiles;
    const float *p = rule->positions;
    if (p) {
        standardise(p + LAD_POSITION_MEAN_ST * count, p + LAD_POSITION_STD_ST * count, count, map_st);
        standardise(p + LAD_POSITION_MEAN_AE * count, p + LAD_POSITION_STD_AE * count, count, map_stae);
    }
    const float scale_st = 0.1f / (q->qb_st - q->qa_st), scale_stae = 0.1f / (q->qb_ae - q->qa_ae);
    for (size_t i = 0; i < count; i++) {
        map_st[i] = scale_st * (map_st[i] - q->qa_st);
        map_stae[i] = scale_stae * (map_stae[i] - q->qa_ae);
        combined[i] =
            rule->combine == LAD_MAP_COMBINE_MAX ? fmaxf(map_st[i], map_stae[i]) : 0.5f * (map_st[i] + map_stae[i]);
    }
}

size_t lad_maps_peak(const float *map, size_t size, size_t border)
{
    size_t peak = border * size + border;
    for (size_t y = border; y + border < size; y++)
        for (size_t x = border; x + border < size; x++)
            if (map[y * size + x] > map[peak]) peak = y * size + x;
    return peak;
}

float lad_maps_score(const float *map, size_t size, size_t border)
{
    return map[lad_maps_peak(map, size, border)];
}

/* Source of one output pixel along an axis: cells `low` and `low + 1` (the same at the end), mixed by `part`. */
typedef struct tap {
    size_t low, high;
    float part;
} tap;

static tap tap_at(size_t cells, size_t pixels, size_t pixel)
{
    float at = ((float)pixel + 0.5f) * ((float)cells / (float)pixels) - 0.5f;
    if (at < 0.0f) at = 0.0f;
    size_t low = (size_t)at;
    if (low > cells - 1) low = cells - 1;
    return (tap){.low = low, .high = low + 1 < cells ? low + 1 : low, .part = at - (float)low};
}

lad_status lad_maps_upsample(const float *map, size_t size, float *out, size_t width, size_t height)
{
    if (size == 0 || width == 0 || height == 0) return LAD_ERR_ARG;
    size_t cells = size + 2 * PAD, area;
    if (!lad_size_mul(cells, cells, &area)) return LAD_ERR_NOMEM;
    lad_status status = LAD_ERR_NOMEM;
    float *padded = lad_alloc_zero(area, sizeof *padded);
    tap *columns = lad_alloc(width, sizeof *columns);
    if (!padded || !columns) goto done;
    for (size_t y = 0; y < size; y++)
        for (size_t x = 0; x < size; x++) padded[(y + PAD) * cells + x + PAD] = map[y * size + x];
    for (size_t x = 0; x < width; x++) columns[x] = tap_at(cells, width, x);

    for (size_t y = 0; y < height; y++) {
        tap row = tap_at(cells, height, y);
        const float *upper = padded + row.low * cells, *lower = padded + row.high * cells;
        for (size_t x = 0; x < width; x++) {
            tap t = columns[x];
            float top = upper[t.low] + t.part * (upper[t.high] - upper[t.low]);
            float bottom = lower[t.low] + t.part * (lower[t.high] - lower[t.low]);
            out[y * width + x] = top + row.part * (bottom - top);
        }
    }
    status = LAD_OK;

done:
    lad_free(padded);
    lad_free(columns);
    return status;
}
