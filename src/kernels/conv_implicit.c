/* Convolution as a matrix product whose left side, the matrix of patches, is never stored: a block of its rows
 * is gathered into scratch that stays in L2, multiplied, and forgotten.
 *
 *   forward           y[p, oc]        = sum_k patch[p, k] w[k, oc],          k = (ky, kx, ic)
 *   backward, data    the same product for each residue class of input pixels modulo the stride: within a class
 *                     every pixel meets the same taps, so it is a stride-1 correlation of d_y with a sub-kernel
 *   backward, weights d_w[k, oc]      = sum_p patch[p, k] d_y[p, oc] */
#include "kernels/algorithm.h"

#include <string.h>

enum {
    BLOCK_ROWS = 64,           /* positions of one item */
    BLOCK_K = 256,             /* k per pass: 64 x 256 floats of patches and a 256 x 32 panel share L1 and L2 */
    GRADIENT_ROWS = 128,       /* positions per pass of backward_weights */
    GRADIENT_K = 512,          /* rows of d_w of one item */
    GRADIENT_POSITIONS = 1024, /* of one partial sum, at least */
    GRADIENT_PARTS = 16
};

/* Where the rows of patches come from and where results go.  Position (r, c) of the class reads tap (ty, tx) at
 * in[r step + from_y + ty, c step + from_x + tx] and writes out[out_y + r out_step, out_x + c out_step]. */
typedef struct gather {
    size_t n, in_h, in_w, in_c;
    size_t taps_h, taps_w, step;
    ptrdiff_t from_y, from_x;
    size_t rows, cols;
    size_t out_h, out_w, out_y, out_x, out_step;
} gather;

static gather forward_gather(const lad_conv_shape *s)
{
    size_t oh = lad_conv_out_h(s), ow = lad_conv_out_w(s);
    return (gather){.n = s->n,
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
static size_t residue_taps(size_t taps, size_t stride, size_t r)
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

static gather backward_gather(const lad_conv_shape *s, size_t class)
{
    size_t ry = class / s->stride, rx = class % s->stride;
    gather g = {.n = s->n,
                .in_h = lad_conv_out_h(s),
                .in_w = lad_conv_out_w(s),
                .in_c = s->oc,
                .step = 1,
                .out_h = s->h,
                .out_w = s->w,
                .out_step = s->stride};
    g.taps_h = residue_taps(s->kh, s->stride, ry);
    g.taps_w = residue_taps(s->kw, s->stride, rx);
    residue_line(s->h, s->pad, s->stride, g.taps_h, ry, &g.out_y, &g.rows, &g.from_y);
    residue_line(s->w, s->pad, s->stride, g.taps_w, rx, &g.out_x, &g.cols, &g.from_x);
    return g;
}

static size_t gather_k(const gather *g)
{
    return g->taps_h * g->taps_w * g->in_c;
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
        copy_floats(out, image_row + base + lo, (size_t)(hi - lo));
        return;
    }
    ptrdiff_t from = lo > -base ? lo : -base, to = hi < row - base ? hi : row - base;
    if (!image_row || to <= from) {
        memset(out, 0, (size_t)(hi - lo) * sizeof *out);
        return;
    }
    memset(out, 0, (size_t)(from - lo) * sizeof *out);
    memcpy(out + (from - lo), image_row + base + from, (size_t)(to - from) * sizeof *out);
    memset(out + (to - lo), 0, (size_t)(hi - to) * sizeof *out);
}

/* Columns [k0, k1) of the patches of positions [first, first + count): out[i * (k1 - k0) + k - k0]. */
static void gather_block(const gather *g, const float *in, size_t first, size_t count, size_t k0, size_t k1, float *out)
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

/* ---- packing: panels of nr columns, each [k, columns], in order of columns ---- */

typedef struct pack_job {
    const lad_kernels *k;
    const lad_conv_shape *s;
    gather g;
    size_t class, columns;
    bool forward;
    const float *w;
    float *packed;
} pack_job;

static void pack_panel(void *context, size_t item, size_t thread)
{
    (void)thread;
    const pack_job *job = context;
    const lad_conv_shape *s = job->s;
    size_t first = item * job->k->nr, count = job->columns - first < job->k->nr ? job->columns - first : job->k->nr;
    size_t stride = s->stride, taps = s->kh * s->kw;
    float *out = job->packed + first * gather_k(&job->g);
    for (size_t ty = 0; ty < job->g.taps_h; ty++) {
        for (size_t tx = 0; tx < job->g.taps_w; tx++) {
            size_t ky = job->forward ? ty : job->class / stride + stride * (job->g.taps_h - 1 - ty);
            size_t kx = job->forward ? tx : job->class % stride + stride * (job->g.taps_w - 1 - tx);
            const float *w = job->w + ky * s->kw + kx;
            for (size_t i = 0; i < job->g.in_c; i++) {
                for (size_t j = first; j < first + count; j++)
                    *out++ = job->forward ? w[(j * s->ic + i) * taps] : w[(i * s->ic + j) * taps];
            }
        }
    }
}

static size_t packed_floats(const lad_conv_shape *s, lad_conv_pass pass)
{
    (void)pass;
    return s->oc * s->ic * s->kh * s->kw;
}

static void pack(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, lad_conv_pass pass, const float *w,
                 float *packed)
{
    pack_job job = {.k = k, .s = s, .forward = pass == LAD_CONV_FORWARD, .w = w, .packed = packed};
    job.columns = job.forward ? s->oc : s->ic;
    size_t classes = job.forward ? 1 : s->stride * s->stride;
    for (job.class = 0; job.class < classes; job.class ++) {
        if (job.forward) {
            job.g.taps_h = s->kh, job.g.taps_w = s->kw, job.g.in_c = s->ic;
        } else {
            job.g.taps_h = residue_taps(s->kh, s->stride, job.class / s->stride);
            job.g.taps_w = residue_taps(s->kw, s->stride, job.class % s->stride);
            job.g.in_c = s->oc;
        }
        lad_pool_run(pool, lad_ceil_div(job.columns, k->nr), pack_panel, &job);
        job.packed += job.columns * gather_k(&job.g);
    }
}

/* ---- forward and backward_data ---- */

typedef struct product_job {
    const lad_kernels *k;
    gather g;
    size_t columns, panels_per_item, items_per_block;
    const float *in, *packed, *bias;
    bool relu;
    float *out, *scratch;
} product_job;

/* One panel's product for the block of patches a, written run by run of neighbouring output pixels. */
static void multiply_panel(const product_job *job, lad_panel *panel, size_t first, size_t count, size_t column)
{
    const gather *g = &job->g;
    const float *a = panel->a;
    size_t end = first + count;
    bool whole = g->out_step == 1 && g->cols == g->out_w && g->rows == g->out_h;
    panel->c_row = g->out_step * job->columns;
    for (size_t p = first; p < end; p += panel->m, panel->a += panel->m * panel->a_row) {
        size_t c = p % g->cols, r = p / g->cols % g->rows, image = p / g->cols / g->rows;
        size_t rest = whole ? end - p : g->cols - c;
        panel->m = rest < end - p ? rest : end - p;
        size_t pixel = (image * g->out_h + g->out_y + r * g->out_step) * g->out_w + g->out_x + c * g->out_step;
        panel->c = job->out + pixel * job->columns + column;
        job->k->gemm_panel(panel);
    }
    panel->a = a;
}

static void product_item(void *context, size_t item, size_t thread)
{
    const product_job *job = context;
    size_t first = item / job->items_per_block * BLOCK_ROWS, positions = job->g.n * job->g.rows * job->g.cols;
    size_t count = positions - first < BLOCK_ROWS ? positions - first : BLOCK_ROWS;
    size_t column0 = item % job->items_per_block * job->panels_per_item * job->k->nr;
    size_t column1 = column0 + job->panels_per_item * job->k->nr, k_all = gather_k(&job->g);
    if (column1 > job->columns) column1 = job->columns;
    float *patches = job->scratch + thread * BLOCK_ROWS * BLOCK_K;
    size_t k0 = 0;
    do {
        size_t k1 = k_all - k0 < BLOCK_K ? k_all : k0 + BLOCK_K;
        gather_block(&job->g, job->in, first, count, k0, k1, patches);
        for (size_t j = column0; j < column1; j += job->k->nr) {
            size_t width = job->columns - j < job->k->nr ? job->columns - j : job->k->nr;
            lad_panel panel = {.columns = width,
                               .k = k1 - k0,
                               .a = patches,
                               .a_row = k1 - k0,
                               .a_col = 1,
                               .b = job->packed + j * k_all + k0 * width,
                               .b_row = width,
                               .bias = k0 == 0 && job->bias ? job->bias + j : NULL,
                               .accumulate = k0 > 0,
                               .relu = job->relu && k1 == k_all};
            multiply_panel(job, &panel, first, count, j);
        }
        k0 = k1;
    } while (k0 < k_all);
}

static void product(product_job *job, lad_pool *pool)
{
    size_t blocks = lad_ceil_div(job->g.n * job->g.rows * job->g.cols, BLOCK_ROWS);
    size_t panels = lad_ceil_div(job->columns, job->k->nr);
    /* Few positions: split the columns too, which repeats the gathering but keeps all threads busy. */
    job->panels_per_item = blocks >= 8 ? panels : 1;
    job->items_per_block = lad_ceil_div(panels, job->panels_per_item);
    lad_pool_run(pool, blocks * job->items_per_block, product_item, job);
}

/* Few input channels and no padding: patches need no gathering, a patch is kh stretches of the image, and
 * neighbouring patches of a row lie stride * ic floats apart.  An item is one output row. */
static bool reads_in_place(const lad_conv_shape *s)
{
    return s->pad == 0 && s->kh * s->kw * s->ic <= BLOCK_K;
}

static void in_place_row(void *context, size_t item, size_t thread)
{
    (void)thread;
    const product_job *job = context;
    const gather *g = &job->g;
    size_t image = item / g->rows, r = item % g->rows, nr = job->k->nr, row = g->in_w * g->in_c;
    lad_panel panel = {.m = g->cols,
                       .k = g->taps_w * g->in_c,
                       .segments = g->taps_h,
                       .a = job->in + (image * g->in_h + r * g->step) * row,
                       .a_row = g->step * g->in_c,
                       .a_col = 1,
                       .a_segment = row,
                       .c_row = job->columns,
                       .relu = job->relu};
    for (size_t j = 0; j < job->columns; j += nr) {
        panel.columns = panel.b_row = job->columns - j < nr ? job->columns - j : nr;
        panel.b = job->packed + j * gather_k(g);
        panel.bias = job->bias ? job->bias + j : NULL;
        panel.c = job->out + item * g->cols * job->columns + j;
        job->k->gemm_panel(&panel);
    }
}

static void forward(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x, const float *packed,
                    const float *bias, bool relu, float *y, float *scratch)
{
    product_job job = {.k = k,
                       .g = forward_gather(s),
                       .columns = s->oc,
                       .in = x,
                       .packed = packed,
                       .bias = bias,
                       .relu = relu,
                       .out = y,
                       .scratch = scratch};
    if (reads_in_place(s))
        lad_pool_run(pool, s->n * job.g.rows, in_place_row, &job);
    else
        product(&job, pool);
}

static void backward_data(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *d_y,
                          const float *packed, float *d_x, float *scratch)
{
    product_job job = {.k = k, .columns = s->ic, .in = d_y, .packed = packed, .out = d_x, .scratch = scratch};
    for (size_t class = 0; class < s->stride * s->stride; class ++) {
        job.g = backward_gather(s, class);
        product(&job, pool);
        job.packed += job.columns * gather_k(&job.g);
    }
}

/* ---- backward_weights ---- */

typedef struct gradient_job {
    const lad_kernels *k;
    gather g;
    size_t oc, parts, part_positions, chunks; /* the sum over positions is cut into parts, d_w's rows into chunks */
    const float *x, *d_y;
    float *patches;      /* [threads][GRADIENT_ROWS * GRADIENT_K] */
    float *partial;      /* [parts][k][oc] */
    float *partial_bias; /* [parts][oc] */
    float *d_w;
} gradient_job;

/* How many partial sums: from the shape alone, so that results do not depend on the number of threads. */
static size_t gradient_parts(const lad_conv_shape *s)
{
    size_t parts = s->n * lad_conv_out_h(s) * lad_conv_out_w(s) / GRADIENT_POSITIONS;
    if (parts < 1) return 1;
    return parts < GRADIENT_PARTS ? parts : GRADIENT_PARTS;
}

static void gradient_item(void *context, size_t item, size_t thread)
{
    const gradient_job *job = context;
    size_t part = item / job->chunks, k_all = gather_k(&job->g), k0 = item % job->chunks * GRADIENT_K;
    size_t k1 = k_all - k0 < GRADIENT_K ? k_all : k0 + GRADIENT_K, nr = job->k->nr;
    size_t from = part * job->part_positions, to = from + job->part_positions;
    size_t positions = job->g.n * job->g.rows * job->g.cols;
    if (to > positions) to = positions;
    float *patches = job->patches + thread * GRADIENT_ROWS * GRADIENT_K;
    float *sum = job->partial + (part * k_all + k0) * job->oc, *bias = job->partial_bias + part * job->oc;
    memset(sum, 0, (k1 - k0) * job->oc * sizeof *sum);
    if (k0 == 0) memset(bias, 0, job->oc * sizeof *bias);
    for (size_t p = from; p < to; p += GRADIENT_ROWS) {
        size_t count = to - p < GRADIENT_ROWS ? to - p : GRADIENT_ROWS;
        const float *d_y = job->d_y + p * job->oc;
        gather_block(&job->g, job->x, p, count, k0, k1, patches);
        for (size_t j = 0; j < job->oc; j += nr) {
            job->k->gemm_panel(&(lad_panel){.m = k1 - k0,
                                            .columns = job->oc - j < nr ? job->oc - j : nr,
                                            .k = count,
                                            .a = patches,
                                            .a_row = 1,
                                            .a_col = k1 - k0,
                                            .b = d_y + j,
                                            .b_row = job->oc,
                                            .c = sum + j,
                                            .c_row = job->oc,
                                            .accumulate = true});
        }
        if (k0 == 0) job->k->column_sum(count, job->oc, d_y, job->oc, bias);
    }
}

enum { REDUCE_COLUMNS = 16 }; /* one cache line */

/* All weights of one input channel: adds the parts up, then the sums, transposed, to d_w.  Lines are copied to a
 * small square first because the rows read lie a power of two apart: they would evict each other. */
static void gradient_reduce(void *context, size_t i, size_t thread)
{
    const gradient_job *job = context;
    size_t taps = job->g.taps_h * job->g.taps_w, ic = job->g.in_c, part = taps * ic * job->oc;
    float *lines = job->patches + thread * GRADIENT_ROWS * GRADIENT_K;
    for (size_t tap = 0; tap < taps && job->parts > 1; tap++) {
        float *sum = job->partial + (tap * ic + i) * job->oc;
        job->k->column_sum(job->parts - 1, job->oc, sum + part, part, sum);
    }
    for (size_t column = 0; column < job->oc; column += REDUCE_COLUMNS) {
        size_t columns = job->oc - column < REDUCE_COLUMNS ? job->oc - column : REDUCE_COLUMNS;
        for (size_t from = 0; from < taps; from += GRADIENT_ROWS) {
            size_t count = taps - from < GRADIENT_ROWS ? taps - from : GRADIENT_ROWS;
            for (size_t tap = 0; tap < count; tap++) {
                memcpy(lines + tap * REDUCE_COLUMNS, job->partial + ((from + tap) * ic + i) * job->oc + column,
                       columns * sizeof *lines);
            }
            for (size_t o = 0; o < columns; o++) {
                float *d_w = job->d_w + ((column + o) * ic + i) * taps + from;
                for (size_t tap = 0; tap < count; tap++) d_w[tap] += lines[tap * REDUCE_COLUMNS + o];
            }
        }
    }
}

static void backward_weights(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x,
                             const float *d_y, float *d_w, float *d_bias, float *scratch)
{
    gradient_job job = {
        .k = k, .g = forward_gather(s), .oc = s->oc, .parts = gradient_parts(s), .x = x, .d_y = d_y, .d_w = d_w};
    size_t k_all = gather_k(&job.g);
    job.part_positions =
        lad_ceil_div(lad_ceil_div(s->n * job.g.rows * job.g.cols, job.parts), GRADIENT_ROWS) * GRADIENT_ROWS;
    job.parts = lad_ceil_div(s->n * job.g.rows * job.g.cols, job.part_positions);
    job.chunks = lad_ceil_div(k_all, GRADIENT_K);
    job.partial = scratch;
    job.partial_bias = job.partial + lad_line_floats(job.parts * k_all * s->oc);
    job.patches = job.partial_bias + lad_line_floats(job.parts * s->oc);
    lad_pool_run(pool, job.parts * job.chunks, gradient_item, &job);
    lad_pool_run(pool, s->ic, gradient_reduce, &job);
    if (d_bias) k->column_sum(job.parts, s->oc, job.partial_bias, s->oc, d_bias);
}

static size_t scratch_floats(const lad_kernels *k, const lad_conv_shape *s, lad_conv_pass pass, size_t threads)
{
    (void)k;
    if (pass != LAD_CONV_BACKWARD_WEIGHTS) return threads * BLOCK_ROWS * BLOCK_K;
    size_t parts = gradient_parts(s);
    return lad_line_floats(parts * s->kh * s->kw * s->ic * s->oc) + lad_line_floats(parts * s->oc) +
           threads * GRADIENT_ROWS * GRADIENT_K;
}

const lad_conv_algorithm lad_conv_implicit = {"implicit", scratch_floats, packed_floats,   pack,
                                              forward,    backward_data,  backward_weights};
