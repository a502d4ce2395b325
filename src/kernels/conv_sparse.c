/* Both gradients of a convolution where nearly all of d_y is zero, as that of the hard loss is: each element that is
 * not adds its patch of x to the gradient of one kernel, and that kernel to a patch of d_x.
 *
 * Elements are listed in the order of positions and, for the kernels, of channels; each sum runs over them in that
 * order, whatever the number of threads. */
#include "kernels/algorithm.h"

#include <string.h>

enum {
    SHARE = 64, /* of which one may be other than zero: there, this is still several times faster than Winograd */
    ROWS = 4    /* of d_x in an item */
};

typedef struct element {
    uint32_t position, channel;
    float value;
} element;

typedef struct sparse {
    const lad_conv_shape *s;
    size_t oh, ow, most, count;
    size_t line;            /* floats of a kernel: [taps, ic] */
    element *elements;      /* [most], by position */
    uint32_t *order, *from; /* [most], by channel; [oc + 1]: where a channel's elements begin */
    float *kernels, *sums;  /* [oc, line]: of channels with elements; [threads, line] */
    const float *x, *w;
    float *d_w, *d_bias, *d_x;
    size_t scratch_floats;
} sparse;

static sparse plan(const lad_conv_shape *s, size_t threads, float *scratch)
{
    sparse j = {.s = s, .oh = lad_conv_out_h(s), .ow = lad_conv_out_w(s), .line = s->kh * s->kw * s->ic};
    j.most = s->n * j.oh * j.ow * s->oc / SHARE;
    const size_t bytes[] = {j.most * sizeof(element), j.most * sizeof(uint32_t), (s->oc + 1) * sizeof(uint32_t),
                            s->oc * j.line * sizeof(float), threads * j.line * sizeof(float)};
    void *areas[sizeof bytes / sizeof *bytes] = {0};
    for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++) {
        if (scratch) areas[i] = scratch + j.scratch_floats;
        j.scratch_floats += lad_line_floats(lad_ceil_div(bytes[i], sizeof(float)));
    }
    j.elements = areas[0], j.order = areas[1], j.from = areas[2], j.kernels = areas[3], j.sums = areas[4];
    return j;
}

size_t lad_conv_sparse_scratch_bytes(const lad_conv_shape *s, size_t threads)
{
    return plan(s, threads, NULL).scratch_floats * sizeof(float);
}

/* false: too many, which is found out soon where all are. */
static bool list_elements(sparse *j, const float *d_y)
{
    const lad_conv_shape *s = j->s;
    size_t positions = s->n * j->oh * j->ow, first = s->part_count ? s->part_first : 0;
    size_t end = s->part_count ? s->part_first + s->part_count : s->oc;
    for (size_t p = 0; p < positions; p++) {
        for (size_t c = first; c < end; c++) {
            float value = d_y[p * s->oc + c];
            if (value == 0.0f) continue;
            if (j->count == j->most) return false;
            j->elements[j->count++] = (element){(uint32_t)p, (uint32_t)c, value};
        }
    }
    return true;
}

static void sort_by_channel(sparse *j)
{
    memset(j->from, 0, (j->s->oc + 1) * sizeof *j->from);
    for (size_t i = 0; i < j->count; i++) j->from[j->elements[i].channel + 1]++;
    for (size_t c = 0; c < j->s->oc; c++) j->from[c + 1] += j->from[c];
    for (size_t i = 0; i < j->count; i++) j->order[j->from[j->elements[i].channel]++] = (uint32_t)i;
    for (size_t c = j->s->oc; c > 0; c--) j->from[c] = j->from[c - 1];
    j->from[0] = 0;
}

/* y += factor x */
static void add_scaled(size_t count, float factor, const float *restrict x, float *restrict y)
{
    for (size_t i = 0; i < count; i++) y[i] += factor * x[i];
}

/* Adds the patch of x that one output element saw: runs of kw pixels, clipped at the borders. */
static void add_patch(const sparse *j, const element *e, float *sum)
{
    const lad_conv_shape *s = j->s;
    size_t ox = e->position % j->ow, oy = e->position / j->ow % j->oh, image = e->position / j->ow / j->oh;
    for (size_t ky = 0; ky < s->kh; ky++) {
        size_t y = oy * s->stride + ky - s->pad; /* wraps around above the image */
        if (y >= s->h) continue;
        for (size_t kx = 0; kx < s->kw; kx++) {
            size_t x = ox * s->stride + kx - s->pad;
            if (x >= s->w) continue;
            add_scaled(s->ic, e->value, j->x + ((image * s->h + y) * s->w + x) * s->ic,
                       sum + (ky * s->kw + kx) * s->ic);
        }
    }
}

/* The gradient of one kernel, and that kernel in the order of sums. */
static void channel_item(void *context, size_t channel, size_t thread)
{
    const sparse *j = context;
    size_t taps = j->s->kh * j->s->kw, ic = j->s->ic;
    float *sum = j->sums + thread * j->line, *kernel = j->kernels + channel * j->line, bias = 0.0f;
    if (j->from[channel] == j->from[channel + 1]) return;
    memset(sum, 0, j->line * sizeof *sum);
    for (size_t i = j->from[channel]; i < j->from[channel + 1]; i++) {
        const element *e = &j->elements[j->order[i]];
        add_patch(j, e, sum);
        bias += e->value;
    }
    const float *w = j->w + channel * j->line;
    float *d_w = j->d_w + channel * j->line;
    for (size_t i = 0; i < ic; i++) {
        for (size_t tap = 0; tap < taps; tap++) {
            d_w[i * taps + tap] += sum[tap * ic + i];
            kernel[tap * ic + i] = w[i * taps + tap];
        }
    }
    if (j->d_bias) j->d_bias[channel] += bias;
}

/* A few rows of d_x, over all images. */
static void rows_item(void *context, size_t item, size_t thread)
{
    (void)thread;
    const sparse *j = context;
    const lad_conv_shape *s = j->s;
    size_t rows = s->n * s->h, from = item * ROWS, to = from + ROWS < rows ? from + ROWS : rows;
    memset(j->d_x + from * s->w * s->ic, 0, (to - from) * s->w * s->ic * sizeof *j->d_x);
    for (size_t i = 0; i < j->count; i++) {
        const element *e = &j->elements[i];
        size_t ox = e->position % j->ow, oy = e->position / j->ow % j->oh, image = e->position / j->ow / j->oh;
        for (size_t ky = 0; ky < s->kh; ky++) {
            size_t y = oy * s->stride + ky - s->pad, row = image * s->h + y;
            if (y >= s->h || row < from || row >= to) continue;
            for (size_t kx = 0; kx < s->kw; kx++) {
                size_t x = ox * s->stride + kx - s->pad;
                if (x >= s->w) continue;
                add_scaled(s->ic, e->value, j->kernels + e->channel * j->line + (ky * s->kw + kx) * s->ic,
                           j->d_x + (row * s->w + x) * s->ic);
            }
        }
    }
}

bool lad_conv_backward_sparse(lad_pool *pool, const lad_conv_shape *s, const float *x, const float *w, const float *d_y,
                              float *d_w, float *d_bias, float *d_x, void *scratch)
{
    sparse j = plan(s, lad_pool_threads(pool), scratch);
    if (!list_elements(&j, d_y)) return false;
    j.x = x, j.w = w, j.d_w = d_w, j.d_bias = d_bias, j.d_x = d_x;
    sort_by_channel(&j);
    lad_pool_run(pool, s->oc, channel_item, &j);
    if (d_x) lad_pool_run(pool, lad_ceil_div(s->n * s->h, ROWS), rows_item, &j);
    return true;
}
