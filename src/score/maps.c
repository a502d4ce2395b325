#include "score/maps.h"

#include "base/alloc.h"
#include "base/detmath.h"

#include <assert.h>
#include <math.h>

enum { SIDE = LAD_MAP_SIZE, REACH = 3 * LAD_MAP_MAX_SMOOTHING }; /* cells: three deviations of the widest Gaussian */
enum { PAD = 4 }; /* cells: (64 - 56) / 2, a map of 256 px / 4 whose outer cells the networks do not see */

/* Weights of a Gaussian at 0 to `reach` cells from its centre; those of both sides sum to 1. */
static size_t gaussian(double deviation, float weights[REACH + 1])
{
    size_t reach = (size_t)ceil(3.0 * deviation);
    float sum = 0.0f;
    for (size_t i = 0; i <= reach; i++) {
        float off = (float)i / (float)deviation;
        weights[i] = lad_expf(-0.5f * off * off);
        sum += i == 0 ? weights[i] : 2.0f * weights[i];
    }
    for (size_t i = 0; i <= reach; i++) weights[i] /= sum;
    return reach;
}

/* SIDE cells, `stride` floats apart. */
static void smooth_line(size_t reach, const float *weights, size_t stride, float *cells)
{
    float line[SIDE + 2 * REACH];
    for (size_t i = 0; i < SIDE + 2 * reach; i++) {
        size_t at = i < reach ? 0 : i - reach < SIDE ? i - reach : SIDE - 1;
        line[i] = cells[at * stride];
    }
    for (size_t i = 0; i < SIDE; i++) {
        const float *centre = line + reach + i;
        float sum = weights[0] * centre[0];
        for (size_t k = 1; k <= reach; k++) sum += weights[k] * (centre[-(ptrdiff_t)k] + centre[k]);
        cells[i * stride] = sum;
    }
}

void lad_maps_smooth(double deviation, float *map)
{
    if (!(deviation > 0.0)) return;
    float weights[REACH + 1];
    size_t reach = gaussian(deviation, weights);
    for (size_t i = 0; i < SIDE; i++) smooth_line(reach, weights, 1, map + i * SIDE);
    for (size_t i = 0; i < SIDE; i++) smooth_line(reach, weights, SIDE, map + i);
}

static void standardise(const float *mean, const float *std, size_t count, float *map)
{
    for (size_t i = 0; i < count; i++) map[i] = (map[i] - mean[i]) / std[i];
}

void lad_maps_normalize(const lad_map_rule *rule, size_t count, float *map_st, float *map_stae, float *combined)
{
    const lad_map_quantiles *q = &rule->quantiles;
    const float *p = rule->positions;
    if (rule->smoothing > 0.0) {
        assert(count == (size_t)SIDE * SIDE);
        lad_maps_smooth(rule->smoothing, map_st);
        lad_maps_smooth(rule->smoothing, map_stae);
    }
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
