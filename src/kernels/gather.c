#include "kernels/gather.h"

#include <string.h>

lad_gather lad_gather_forward(const lad_conv_shape *s)
{
    size_t oh = lad_conv_out_h(s), ow = lad_conv_out_w(s);
    return (lad_gather){.n = s->n,
                        .in_h = s->h,
                        .in_w = s->w,
                        .in_c = s->ic,
                        .taps_h = s->kh,
                        .taps_w = s->kw,
                        .step = s->stride,
                        .from_y = -(ptrdiff_t)s->pad,
                        .from_x = -(ptrdiff_t)s->pad,
                        .rows = oh,
                        .cols = ow,
                        .out_h = oh,
                        .out_w = ow,
                        .out_step = 1};
}

/* Taps of a kernel of `taps` that residue `r` meets. */
size_t lad_gather_residue_taps(size_t taps, size_t stride, size_t r)
{
    return r < taps ? lad_ceil_div(taps - r, stride) : 0;
}

/* Input pixels i = first + stride t of one dimension with (i + pad) % stride == r; tap index j of the class is
 * kernel tap r + stride (taps - 1 - j), which makes the pixels read ascend with j. */
static void residue_line(size_t size, size_t pad, size_t stride, size_t taps, size_t r, size_t *first, size_t *count,
                         ptrdiff_t *from)
{
    *first = (r + stride - pad % stride) % stride;
    *count = *first < size ? lad_ceil_div(size - *first, stride) : 0;
    *from = (ptrdiff_t)((*first + pad - r) / stride) - (ptrdiff_t)taps + 1;
}

lad_gather lad_gather_backward(const lad_conv_shape *s, size_t class)
{
    size_t ry = class / s->stride, rx = class % s->stride;
    lad_gather g = {.n = s->n,
                    .in_h = lad_conv_out_h(s),
                    .in_w = lad_conv_out_w(s),
                    .in_c = s->oc,
                    .step = 1,
                    .out_h = s->h,
                    .out_w = s->w,
                    .out_step = s->stride};
    g.taps_h = lad_gather_residue_taps(s->kh, s->stride, ry);
    g.taps_w = lad_gather_residue_taps(s->kw, s->stride, rx);
    residue_line(s->h, s->pad, s->stride, g.taps_h, ry, &g.out_y, &g.rows, &g.from_y);
    residue_line(s->w, s->pad, s->stride, g.taps_w, rx, &g.out_x, &g.cols, &g.from_x);
    return g;
}

/* Runs are short (12 floats for 4 colour pixels): a call of memcpy would cost more than the copying. */
static inline void copy_floats(float *to, const float *from, size_t count)
{
    size_t i = 0;
    for (; i + 4 <= count; i += 4) memcpy(to + i, from + i, 4 * sizeof *to);
    for (; i < count; i++) to[i] = from[i];
}

/* Floats [lo, hi) of one row of taps, which starts at float `base` of an image row of `row` floats (NULL: a row
 * outside the image); what lies outside is zero. */
static inline void gather_run(const float *image_row, ptrdiff_t row, ptrdiff_t base, ptrdiff_t lo, ptrdiff_t hi,
                              float *out)
{
    if (image_row && base + lo >= 0 && base + hi <= row) {
        copy_floats(out, image_row + (base + lo), (size_t)(hi - lo));
        return;
    }
    ptrdiff_t from = lo > -base ? lo : -base, to = hi < row - base ? hi : row - base;
    if (!image_row || to <= from) {
        memset(out, 0, (size_t)(hi - lo) * sizeof *out);
        return;
    }
    memset(out, 0, (size_t)(from - lo) * sizeof *out);
    memcpy(out + (from - lo), image_row + (base + from), (size_t)(to - from) * sizeof *out);
    memset(out + (to - lo), 0, (size_t)(hi - to) * sizeof *out);
}

void lad_gather_block(const lad_gather *g, const float *in, size_t first, size_t count, size_t k0, size_t k1,
                      float *out)
{
    size_t line = g->taps_w * g->in_c;
    if (line == 0) return;
    ptrdiff_t row = (ptrdiff_t)(g->in_w * g->in_c);
    for (size_t p = first; p < first + count; p++) {
        size_t c = p % g->cols, r = p / g->cols % g->rows, image = p / g->cols / g->rows;
        ptrdiff_t base = ((ptrdiff_t)(c * g->step) + g->from_x) * (ptrdiff_t)g->in_c;
        for (size_t ty = k0 / line; ty * line < k1; ty++) {
            size_t lo = ty * line < k0 ? k0 - ty * line : 0, hi = (ty + 1) * line > k1 ? k1 - ty * line : line;
            ptrdiff_t y = (ptrdiff_t)(r * g->step + ty) + g->from_y;
            const float *image_row =
                y >= 0 && y < (ptrdiff_t)g->in_h ? in + (image * g->in_h + (size_t)y) * (size_t)row : NULL;
            gather_run(image_row, row, base, (ptrdiff_t)lo, (ptrdiff_t)hi, out);
            out += hi - lo;
        }
    }
}

bool lad_gather_reads_in_place(const lad_conv_shape *s)
{
    return s->pad == 0 && s->kh * s->kw * s->ic <= LAD_GATHER_IN_PLACE_K;
}
