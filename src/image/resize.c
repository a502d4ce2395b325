/* Two passes, rows then columns, each a weighted sum with fixed-point weights and 8 bits in between: the
 * arithmetic of Pillow, so that a network sees the pixels that its PyTorch twin was trained on. */
#include "base/alloc.h"
#include "image/image.h"

#include <stdbool.h>
#include <string.h>

/* Weights have 22 fractional bits: a sum of 8-bit values times weights that add up to one fits 31 bits. */
enum { WEIGHT_BITS = 22 };

typedef struct filter {
    size_t *first, *count; /* [out]: the source pixels of an output pixel */
    int32_t *weights;      /* [out, width] */
    size_t width;          /* most source pixels of any output pixel */
} filter;

static void filter_deinit(filter *f)
{
    lad_free(f->first);
    lad_free(f->count);
    lad_free(f->weights);
}

static double triangle(double x)
{
    if (x < 0) x = -x;
    return x < 1 ? 1 - x : 0;
}

/* Weights of output pixel `index`: the triangle of half-width `support` around its centre in the source. */
static void filter_fill(filter *f, size_t in, size_t index, double ratio, double support, double *scratch)
{
    double center = ((double)index + 0.5) * ratio, sum = 0;
    double low = center - support + 0.5, high = center + support + 0.5;
    size_t first = low > 0 ? (size_t)low : 0, end = (size_t)high;
    if (end > in) end = in;
    for (size_t i = first; i < end; i++) {
        scratch[i - first] = triangle(((double)i - center + 0.5) / support);
        sum += scratch[i - first];
    }
    for (size_t i = 0; i < end - first; i++) {
        double weight = (sum != 0 ? scratch[i] / sum : 0) * (1 << WEIGHT_BITS);
        f->weights[index * f->width + i] = (int32_t)(weight + 0.5);
    }
    f->first[index] = first;
    f->count[index] = end - first;
}

static lad_status filter_init(filter *f, size_t in, size_t out)
{
    double ratio = (double)in / (double)out;
    double support = ratio > 1 ? ratio : 1;
    size_t weights;
    *f = (filter){.width = 2 * (size_t)(support + 1) + 1};
    if (!lad_size_mul(out, f->width, &weights)) return LAD_ERR_NOMEM;
    f->first = lad_alloc(out, sizeof *f->first);
    f->count = lad_alloc(out, sizeof *f->count);
    f->weights = lad_alloc(weights, sizeof *f->weights);
    double *scratch = lad_alloc(f->width, sizeof *scratch);
    bool ok = f->first && f->count && f->weights && scratch;
    for (size_t i = 0; ok && i < out; i++) filter_fill(f, in, i, ratio, support, scratch);
    lad_free(scratch);
    if (ok) return LAD_OK;
    filter_deinit(f);
    return LAD_ERR_NOMEM;
}

static uint8_t round_to_byte(int32_t sum)
{
    int32_t value = (sum + (1 << (WEIGHT_BITS - 1))) >> WEIGHT_BITS;
    return (uint8_t)(value > 255 ? 255 : value); /* weights are never negative */
}

/* src: [w, channels] -> dst: [out_w, channels], one row. */
static void resize_row(const filter *f, const uint8_t *src, size_t channels, uint8_t *dst, size_t out_w)
{
    for (size_t x = 0; x < out_w; x++) {
        const int32_t *weights = f->weights + x * f->width;
        const uint8_t *from = src + f->first[x] * channels;
        for (size_t c = 0; c < channels; c++) {
            int32_t sum = 0;
            for (size_t i = 0; i < f->count[x]; i++) sum += weights[i] * from[i * channels + c];
            dst[x * channels + c] = round_to_byte(sum);
        }
    }
}

/* rows: [h, length] -> dst: [length], output row y.  sums: [length]. */
static void resize_column(const filter *f, const uint8_t *rows, size_t length, size_t y, int32_t *sums, uint8_t *dst)
{
    memset(sums, 0, length * sizeof *sums);
    for (size_t i = 0; i < f->count[y]; i++) {
        int32_t weight = f->weights[y * f->width + i];
        const uint8_t *row = rows + (f->first[y] + i) * length;
        for (size_t x = 0; x < length; x++) sums[x] += weight * row[x];
    }
    for (size_t x = 0; x < length; x++) dst[x] = round_to_byte(sums[x]);
}

lad_status lad_image_resize(const uint8_t *src, size_t w, size_t h, size_t channels, uint8_t *dst, size_t out_w,
                            size_t out_h)
{
    size_t length, between;
    if (w == 0 || h == 0 || channels == 0 || out_w == 0 || out_h == 0) return LAD_ERR_ARG;
    if (!lad_size_mul(out_w, channels, &length) || !lad_size_mul(length, h, &between)) return LAD_ERR_NOMEM;
    filter across = {0}, down = {0};
    lad_status status = LAD_ERR_NOMEM;
    uint8_t *rows = lad_alloc(between, 1);
    int32_t *sums = lad_alloc(length, sizeof *sums);
    if (!rows || !sums || filter_init(&across, w, out_w) != LAD_OK || filter_init(&down, h, out_h) != LAD_OK) goto fail;
    for (size_t y = 0; y < h; y++) resize_row(&across, src + y * w * channels, channels, rows + y * length, out_w);
    for (size_t y = 0; y < out_h; y++) resize_column(&down, rows, length, y, sums, dst + y * length);
    status = LAD_OK;
fail:
    filter_deinit(&across);
    filter_deinit(&down);
    lad_free(rows);
    lad_free(sums);
    return status;
}
