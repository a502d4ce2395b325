/* Convolution as a matrix product whose left side, the matrix of patches, is never stored: a block of its rows
 * is gathered into scratch that stays in L2, multiplied, and forgotten.
 *
 *   forward           y[p, oc]        = sum_k patch[p, k] w[k, oc],          k = (ky, kx, ic)
 *   backward, data    the same product for each residue class of input pixels modulo the stride: within a class
 *                     every pixel meets the same taps, so it is a stride-1 correlation of d_y with a sub-kernel
 *   backward, weights in conv_implicit_gradient.c */
#include "kernels/conv_implicit.h"

enum {
    BLOCK_ROWS = 64, /* positions of one item */
    BLOCK_K = 256    /* k per pass: 64 x 256 floats of patches and a 256 x 32 panel share L1 and L2 */
};

/* ---- packing: panels of nr columns, each [k, columns], in order of columns ---- */

typedef struct pack_job {
    const lad_kernels *k;
    const lad_conv_shape *s;
    lad_gather g;
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
    float *out = job->packed + first * lad_gather_k(&job->g);
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
            job.g.taps_h = lad_gather_residue_taps(s->kh, s->stride, job.class / s->stride);
            job.g.taps_w = lad_gather_residue_taps(s->kw, s->stride, job.class % s->stride);
            job.g.in_c = s->oc;
        }
        lad_pool_run(pool, lad_ceil_div(job.columns, k->nr), pack_panel, &job);
        job.packed += job.columns * lad_gather_k(&job.g);
    }
}

/* ---- forward and backward_data ---- */

typedef struct product_job {
    const lad_kernels *k;
    lad_gather g;
    size_t columns, panels_per_item, items_per_block;
    const float *in, *packed, *bias;
    bool relu;
    float *out, *scratch;
    uint8_t *flags; /* of pooling */
} product_job;

/* One panel's product for the block of patches a, written run by run of neighbouring output pixels. */
static void multiply_panel(const product_job *job, lad_panel *panel, size_t first, size_t count, size_t column)
{
    const lad_gather *g = &job->g;
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
    size_t column1 = column0 + job->panels_per_item * job->k->nr, k_all = lad_gather_k(&job->g);
    if (column1 > job->columns) column1 = job->columns;
    float *patches = job->scratch + thread * BLOCK_ROWS * BLOCK_K;
    size_t k0 = 0;
    do {
        size_t k1 = k_all - k0 < BLOCK_K ? k_all : k0 + BLOCK_K;
        lad_gather_block(&job->g, job->in, first, count, k0, k1, patches);
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

/* One output row, to `out`: [cols, columns]. */
static void in_place_row(const product_job *job, size_t row_index, float *out)
{
    const lad_gather *g = &job->g;
    size_t image = row_index / g->rows, r = row_index % g->rows, nr = job->k->nr, row = g->in_w * g->in_c;
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
        panel.b = job->packed + j * lad_gather_k(g);
        panel.bias = job->bias ? job->bias + j : NULL;
        panel.c = out + j;
        job->k->gemm_panel(&panel);
    }
}

static void in_place_item(void *context, size_t item, size_t thread)
{
    (void)thread;
    const product_job *job = context;
    in_place_row(job, item, job->out + item * job->g.cols * job->columns);
}

/* One row of pooled output: two rows of the convolution, which stay in L2. */
static void pooled_item(void *context, size_t item, size_t thread)
{
    const product_job *job = context;
    const lad_gather *g = &job->g;
    size_t pooled_rows = g->rows / 2, image = item / pooled_rows, r = item % pooled_rows * 2;
    size_t row_floats = lad_line_floats(g->cols * job->columns);
    float *rows = job->scratch + thread * 2 * row_floats;
    for (size_t i = 0; i < 2; i++) in_place_row(job, image * g->rows + r + i, rows + i * row_floats);
    size_t at = item * (g->cols / 2) * job->columns;
    if (job->flags)
        job->k->avgpool2_forward_flags(g->cols, job->columns, rows, rows + row_floats, job->out + at, job->flags + at);
    else
        job->k->avgpool2_forward(g->cols, job->columns, rows, rows + row_floats, job->out + at);
}

static product_job forward_job(const lad_kernels *k, const lad_conv_shape *s, const float *x, const float *packed,
                               const float *bias, bool relu, float *y, float *scratch)
{
    return (product_job){.k = k,
                         .g = lad_gather_forward(s),
                         .columns = s->oc,
                         .in = x,
                         .packed = packed,
                         .bias = bias,
                         .relu = relu,
                         .out = y,
                         .scratch = scratch};
}

static void forward(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x, const float *packed,
                    const float *bias, bool relu, float *y, float *scratch)
{
    product_job job = forward_job(k, s, x, packed, bias, relu, y, scratch);
    if (lad_gather_reads_in_place(s))
        lad_pool_run(pool, s->n * job.g.rows, in_place_item, &job);
    else
        product(&job, pool);
}

bool lad_conv_implicit_pools(const lad_conv_shape *s)
{
    return lad_gather_reads_in_place(s);
}

size_t lad_conv_implicit_pooled_floats(const lad_conv_shape *s)
{
    return 2 * lad_line_floats(lad_conv_out_w(s) * s->oc);
}

void lad_conv_implicit_forward_pooled(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x,
                                      const float *packed, const float *bias, bool relu, float *y, uint8_t *flags,
                                      float *scratch)
{
    product_job job = forward_job(k, s, x, packed, bias, relu, y, scratch);
    job.flags = flags;
    lad_pool_run(pool, s->n * (job.g.rows / 2), pooled_item, &job);
}

static void backward_data(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *d_y,
                          const float *packed, float *d_x, float *scratch)
{
    product_job job = {.k = k, .columns = s->ic, .in = d_y, .packed = packed, .out = d_x, .scratch = scratch};
    for (size_t class = 0; class < s->stride * s->stride; class ++) {
        job.g = lad_gather_backward(s, class);
        product(&job, pool);
        job.packed += job.columns * lad_gather_k(&job.g);
    }
}

static size_t scratch_floats(const lad_kernels *k, const lad_conv_shape *s, lad_conv_pass pass, size_t threads)
{
    (void)k;
    if (pass != LAD_CONV_BACKWARD_WEIGHTS) return threads * BLOCK_ROWS * BLOCK_K;
    return lad_implicit_gradient_scratch_floats(s, threads);
}

const lad_conv_algorithm lad_conv_implicit = {"implicit",    scratch_floats,        packed_floats,        pack, forward,
                                              backward_data, lad_implicit_gradient, lad_conv_direct_macs, NULL};
