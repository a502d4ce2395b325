#include "train/descriptors.h"

#include "base/detmath.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum {
    STRIDE = 4,        /* of a PDN's output in pixels */
    FIRST_CENTRE = 16, /* of the 33-px receptive field of output 0 */
    CELL_STEP = 2,     /* orientation cells lie 8 px = 2 outputs apart */
    LAYOUT_PX = 9,     /* colour cells */
    MAX_RADIUS = 24,
    LUMA_BINS = 8,
    CHROMA_BINS = 4,
    BANDS = 4
};

static const float LAYOUT_SIGMA = 2.5f, CELL_SIGMA = 2.5f, ENERGY_SIGMA = 3.0f;
/* Gradients of a smoothed picture in [0, 1] below this are noise rather than structure. */
static const float LUMA_FLOOR = 0.02f, CHROMA_FLOOR = 0.02f, ENERGY_FLOOR = 1e-4f;

size_t lad_descriptors_side(size_t size)
{
    /* conv4, pool, conv4, pool, conv3, conv4, without padding (src/model/architecture.h). */
    return ((size - 3) / 2 - 3) / 2 - 5;
}

/* What one computation works with; the planes live in the caller's scratch. */
typedef struct work {
    size_t size, side, cells; /* cells: side + 2 * CELL_STEP */
    float *plane[3];          /* opponent colours, [size, size] */
    float *smooth, *finer;    /* [size, size] */
    float *temporary;         /* [size, size] or [size, columns] */
    float *weights;           /* [LUMA_BINS, size, size] */
    float *pooled;            /* [LUMA_BINS, cells, cells] */
} work;

static size_t floats_per_plane(size_t size)
{
    return size * size;
}

size_t lad_descriptors_scratch_floats(size_t size)
{
    size_t cells = lad_descriptors_side(size) + 2 * CELL_STEP;
    return floats_per_plane(size) * (3 + 2 + LUMA_BINS) + size * (size + 3 * cells) + LUMA_BINS * cells * cells;
}

static work work_begin(size_t size, float *scratch)
{
    work w = {.size = size, .side = lad_descriptors_side(size)};
    size_t plane = floats_per_plane(size);
    w.cells = w.side + 2 * CELL_STEP;
    for (int i = 0; i < 3; i++, scratch += plane) w.plane[i] = scratch;
    w.smooth = scratch;
    w.finer = w.smooth + plane;
    w.weights = w.finer + plane;
    w.temporary = w.weights + LUMA_BINS * plane;
    w.pooled = w.temporary + size * (size + 3 * w.cells);
    return w;
}

/* Half of a normalised Gaussian: taps[0] at the centre; returns the radius. */
static size_t gaussian_taps(float sigma, float taps[MAX_RADIUS + 1])
{
    size_t radius = (size_t)ceilf(3.0f * sigma);
    assert(radius <= MAX_RADIUS);
    float sum = 0.0f;
    for (size_t i = 0; i <= radius; i++) {
        taps[i] = lad_expf(-0.5f * (float)(i * i) / (sigma * sigma));
        sum += i == 0 ? taps[i] : 2.0f * taps[i];
    }
    for (size_t i = 0; i <= radius; i++) taps[i] /= sum;
    return radius;
}

static size_t clamped(ptrdiff_t i, size_t size)
{
    return i < 0 ? 0 : i >= (ptrdiff_t)size ? size - 1 : (size_t)i;
}

/* Gaussian smoothing of a whole plane; borders repeat. */
static void smooth_plane(const work *w, const float *in, float sigma, float *out)
{
    float taps[MAX_RADIUS + 1];
    size_t radius = gaussian_taps(sigma, taps), n = w->size;
    for (size_t y = 0; y < n; y++) {
        float *row = w->temporary + y * n;
        for (size_t x = 0; x < n; x++) row[x] = taps[0] * in[y * n + x];
        for (size_t k = 1; k <= radius; k++) {
            const float *above = in + clamped((ptrdiff_t)y - (ptrdiff_t)k, n) * n;
            const float *below = in + clamped((ptrdiff_t)(y + k), n) * n;
            for (size_t x = 0; x < n; x++) row[x] += taps[k] * (above[x] + below[x]);
        }
    }
    for (size_t y = 0; y < n; y++) {
        const float *row = w->temporary + y * n;
        float *line = out + y * n;
        for (size_t x = 0; x < n; x++) line[x] = taps[0] * row[x];
        for (size_t k = 1; k <= radius; k++) {
            size_t inner = n > k ? n - k : 0;
            for (size_t x = 0; x < (k < n ? k : n); x++)
                line[x] += taps[k] * (row[0] + row[clamped((ptrdiff_t)(x + k), n)]);
            for (size_t x = k; x < inner; x++) line[x] += taps[k] * (row[x - k] + row[x + k]);
            for (size_t x = inner > k ? inner : k; x < n; x++) line[x] += taps[k] * (row[x - k] + row[n - 1]);
        }
    }
}

/* Gaussian averages at count x count centres first_px + step_px * i only: out: [count, count]. */
static void smooth_at(const work *w, const float *in, float sigma, ptrdiff_t first_y, ptrdiff_t first_x, size_t count,
                      float *out)
{
    float taps[MAX_RADIUS + 1];
    size_t radius = gaussian_taps(sigma, taps), n = w->size;
    float *row = w->temporary;
    for (size_t i = 0; i < count; i++) {
        ptrdiff_t y = first_y + (ptrdiff_t)(STRIDE * i);
        const float *centre = in + clamped(y, n) * n;
        for (size_t x = 0; x < n; x++) row[x] = taps[0] * centre[x];
        for (size_t k = 1; k <= radius; k++) {
            const float *above = in + clamped(y - (ptrdiff_t)k, n) * n, *below = in + clamped(y + (ptrdiff_t)k, n) * n;
            for (size_t x = 0; x < n; x++) row[x] += taps[k] * (above[x] + below[x]);
        }
        for (size_t j = 0; j < count; j++) {
            ptrdiff_t x = first_x + (ptrdiff_t)(STRIDE * j);
            float sum = taps[0] * row[clamped(x, n)];
            for (size_t k = 1; k <= radius; k++)
                sum += taps[k] * (row[clamped(x - (ptrdiff_t)k, n)] + row[clamped(x + (ptrdiff_t)k, n)]);
            out[i * count + j] = sum;
        }
    }
}

static void split_opponents(work *w, const uint8_t *rgb)
{
    for (size_t i = 0; i < w->size * w->size; i++) {
        float r = (float)rgb[3 * i] / 255.0f, g = (float)rgb[3 * i + 1] / 255.0f, b = (float)rgb[3 * i + 2] / 255.0f;
        w->plane[0][i] = (r + g + b) / 3.0f;
        w->plane[1][i] = r - g;
        w->plane[2][i] = 0.5f * (r + g) - b;
    }
}

/* Writes one channel of the descriptors from a [side, side] map. */
static void scatter(const work *w, const float *map, size_t channel, float *out)
{
    for (size_t i = 0; i < w->side * w->side; i++) out[i * LAD_DESCRIPTOR_COUNT + channel] = map[i];
}

static size_t add_colours(const work *w, size_t channel, float *out)
{
    for (int p = 0; p < 3; p++) {
        for (ptrdiff_t dy = -LAYOUT_PX; dy <= LAYOUT_PX; dy += LAYOUT_PX) {
            for (ptrdiff_t dx = -LAYOUT_PX; dx <= LAYOUT_PX; dx += LAYOUT_PX) {
                smooth_at(w, w->plane[p], LAYOUT_SIGMA, FIRST_CENTRE + dy, FIRST_CENTRE + dx, w->side, w->pooled);
                scatter(w, w->pooled, channel++, out);
            }
        }
    }
    return channel;
}

static size_t add_energies(work *w, size_t channel, float *out)
{
    static const float scales[BANDS] = {0.7f, 1.4f, 2.8f, 5.6f};
    size_t plane = floats_per_plane(w->size);
    for (int p = 0; p < 3; p++) {
        memcpy(w->finer, w->plane[p], plane * sizeof(float));
        for (int band = 0; band < BANDS; band++) {
            smooth_plane(w, w->plane[p], scales[band], w->smooth);
            if (band > 0 || p == 0) { /* the finest band of the chroma planes is mostly noise: luma only */
                for (size_t i = 0; i < plane; i++) {
                    float d = w->finer[i] - w->smooth[i];
                    w->weights[i] = d * d;
                }
                smooth_at(w, w->weights, ENERGY_SIGMA, FIRST_CENTRE, FIRST_CENTRE, w->side, w->pooled);
                for (size_t i = 0; i < w->side * w->side; i++) w->pooled[i] = lad_logf(w->pooled[i] + ENERGY_FLOOR);
                scatter(w, w->pooled, channel++, out);
            }
            float *swap = w->finer;
            w->finer = w->smooth;
            w->smooth = swap;
        }
    }
    return channel;
}

/* Gradient magnitude shared out over `bins` directions of the full circle: a bin gets |g| max(0, cos)^2, with
 * the cosine of the angle to its direction; squares of two perpendicular cosines add up to 1. */
static void orient(const work *w, const float *in, size_t bins)
{
    size_t n = w->size;
    float ux[LUMA_BINS], uy[LUMA_BINS];
    for (size_t b = 0; b < bins; b++) {
        ux[b] = lad_cosf(6.28318530718f * (float)b / (float)bins);
        uy[b] = lad_sinf(6.28318530718f * (float)b / (float)bins);
    }
    for (size_t y = 0; y < n; y++) {
        const float *above = in + (y > 0 ? y - 1 : 0) * n, *below = in + (y + 1 < n ? y + 1 : y) * n;
        for (size_t x = 0; x < n; x++) {
            float gx = 0.5f * (in[y * n + (x + 1 < n ? x + 1 : x)] - in[y * n + (x > 0 ? x - 1 : 0)]);
            float gy = 0.5f * (below[x] - above[x]);
            float scale = 1.0f / (sqrtf(gx * gx + gy * gy) + 1e-6f);
            for (size_t b = 0; b < bins; b++) {
                float along = gx * ux[b] + gy * uy[b];
                w->weights[b * n * n + y * n + x] = along > 0.0f ? along * along * scale : 0.0f;
            }
        }
    }
}

/* Histograms of the cells around each position, divided by their common norm (with a floor). */
static size_t add_orientations(work *w, const float *plane, float sigma, size_t bins, bool cross, float floor,
                               size_t channel, float *out)
{
    size_t pooled = w->cells * w->cells, n = w->size;
    ptrdiff_t first = FIRST_CENTRE - CELL_STEP * STRIDE;
    smooth_plane(w, plane, sigma, w->smooth);
    orient(w, w->smooth, bins);
    for (size_t b = 0; b < bins; b++)
        smooth_at(w, w->weights + b * n * n, CELL_SIGMA, first, first, w->cells, w->pooled + b * pooled);
    size_t count = 0;
    for (size_t y = 0; y < w->side; y++) {
        for (size_t x = 0; x < w->side; x++) {
            float *to = out + (y * w->side + x) * LAD_DESCRIPTOR_COUNT + channel, sum = 0.0f;
            count = 0;
            for (size_t cy = 0; cy < 3; cy++) {
                for (size_t cx = 0; cx < 3; cx++) {
                    if (cross && cy != 1 && cx != 1) continue;
                    size_t cell = (y + CELL_STEP * cy) * w->cells + x + CELL_STEP * cx;
                    for (size_t b = 0; b < bins; b++) {
                        float v = w->pooled[b * pooled + cell];
                        to[count++] = v;
                        sum += v * v;
                    }
                }
            }
            float scale = 1.0f / sqrtf(sum + floor * floor);
            for (size_t i = 0; i < count; i++) to[i] *= scale;
        }
    }
    return channel + count;
}

void lad_descriptors_compute(const uint8_t *rgb, size_t size, float *scratch, float *out)
{
    assert(size >= 33);
    work w = work_begin(size, scratch);
    split_opponents(&w, rgb);
    size_t channel = add_colours(&w, 0, out);
    channel = add_energies(&w, channel, out);
    channel = add_orientations(&w, w.plane[0], 0.8f, LUMA_BINS, false, LUMA_FLOOR, channel, out);
    channel = add_orientations(&w, w.plane[0], 2.0f, LUMA_BINS, false, LUMA_FLOOR, channel, out);
    channel = add_orientations(&w, w.plane[1], 1.2f, CHROMA_BINS, true, CHROMA_FLOOR, channel, out);
    channel = add_orientations(&w, w.plane[2], 1.2f, CHROMA_BINS, true, CHROMA_FLOOR, channel, out);
    assert(channel == LAD_DESCRIPTOR_COUNT);
    (void)channel;
}
