/* The gradient with respect to the weights as a matrix product over positions:
 *   d_w[k, oc] = sum_p patch[p, k] d_y[p, oc]
 * The sum is cut into parts, as many as the shape says, whatever the number of threads; parts are added in order. */
#include "kernels/conv_implicit.h"

#include <string.h>

enum {
    GRADIENT_ROWS = 128,       /* positions per pass */
    GRADIENT_K = 512,          /* rows of d_w of one item */
    GRADIENT_POSITIONS = 1024, /* of one part, at least */
    GRADIENT_PARTS = 16
};

typedef struct gradient_job {
    const lad_kernels *k;
    lad_gather g;
    size_t oc, parts, part_positions, chunks; /* the sum over positions is cut into parts, d_w's rows into chunks */
    bool in_place;
    const float *x, *d_y;
    const uint8_t *flags; /* not NULL: d_y is the gradient of what was pooled (lad_conv_forward_pooled) */
    float *patches;       /* [threads][patch_floats]: patches, or a row of d_y before pooling */
    size_t patch_floats;
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

static size_t patch_floats(const lad_conv_shape *s)
{
    size_t row = lad_gather_reads_in_place(s) ? lad_line_floats(lad_conv_out_w(s) * s->oc) : 0;
    return row > GRADIENT_ROWS * GRADIENT_K ? row : GRADIENT_ROWS * GRADIENT_K;
}

/* Row `at` of d_y, counted over all images; where it was pooled, made anew in `row` from the pooled gradient. */
static const float *gradient_row(const gradient_job *job, size_t at, float *row)
{
    size_t rows = job->g.rows, cols = job->g.cols, r = at % rows;
    if (!job->flags) return job->d_y + at * cols * job->oc;
    if (r / 2 < rows / 2) {
        size_t pooled = (at / rows * (rows / 2) + r / 2) * (cols / 2) * job->oc;
        job->k->avgpool2_backward_flags(cols, job->oc, job->d_y + pooled, job->flags + pooled, r % 2, row);
    } else {
        memset(row, 0, cols * job->oc * sizeof *row); /* pooling drops an odd last row */
    }
    return row;
}

/* Without padding (lad_gather_reads_in_place) a row of output positions needs no gathering: tap row ty of d_w is a
 * product of the image row, read at stride * ic floats a position, with the row of d_y. */
static void add_row(const gradient_job *job, size_t at, const float *d_y, float *sum)
{
    const lad_gather *g = &job->g;
    size_t nr = job->k->nr, line = g->taps_w * g->in_c, row = g->in_w * g->in_c;
    const float *x = job->x + (at / g->rows * g->in_h + at % g->rows * g->step) * row;
    for (size_t j = 0; j < job->oc; j += nr) {
        for (size_t ty = 0; ty < g->taps_h; ty++) {
            job->k->gemm_panel(&(lad_panel){.m = line,
                                            .columns = job->oc - j < nr ? job->oc - j : nr,
                                            .k = g->cols,
                                            .a = x + ty * row,
                                            .a_row = 1,
                                            .a_col = g->step * g->in_c,
                                            .b = d_y + j,
                                            .b_row = job->oc,
                                            .c = sum + ty * line * job->oc + j,
                                            .c_row = job->oc,
                                            .accumulate = true});
        }
    }
}

static void gradient_item(void *context, size_t item, size_t thread)
{
    const gradient_job *job = context;
    size_t part = item / job->chunks, k_all = lad_gather_k(&job->g), k0 = item % job->chunks * GRADIENT_K;
    size_t k1 = k_all - k0 < GRADIENT_K ? k_all : k0 + GRADIENT_K, nr = job->k->nr;
    size_t from = part * job->part_positions, to = from + job->part_positions;
    size_t positions = job->g.n * job->g.rows * job->g.cols;
    if (to > positions) to = positions;
    float *patches = job->patches + thread * job->patch_floats;
    float *sum = job->partial + (part * k_all + k0) * job->oc, *bias = job->partial_bias + part * job->oc;
    memset(sum, 0, (k1 - k0) * job->oc * sizeof *sum);
    if (k0 == 0) memset(bias, 0, job->oc * sizeof *bias);
    if (job->in_place) {
        size_t cols = job->g.cols;
        for (size_t p = from; p < to; p += cols) {
            const float *d_y = gradient_row(job, p / cols, patches);
            add_row(job, p / cols, d_y, sum);
            job->k->column_sum(cols, job->oc, d_y, job->oc, bias);
        }
        return;
    }
    for (size_t p = from; p < to; p += GRADIENT_ROWS) {
        size_t count = to - p < GRADIENT_ROWS ? to - p : GRADIENT_ROWS;
        const float *d_y = job->d_y + p * job->oc;
        lad_gather_block(&job->g, job->x, p, count, k0, k1, patches);
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
    float *lines = job->patches + thread * job->patch_floats;
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

void lad_implicit_gradient(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x,
                           const float *d_y, float *d_w, float *d_bias, float *scratch)
{
    lad_implicit_gradient_pooled(k, pool, s, x, d_y, NULL, d_w, d_bias, scratch);
}

void lad_implicit_gradient_pooled(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x,
                                  const float *d_pooled, const uint8_t *flags, float *d_w, float *d_bias,
                                  float *scratch)
{
    gradient_job job = {.k = k,
                        .g = lad_gather_forward(s),
                        .oc = s->oc,
                        .parts = gradient_parts(s),
                        .x = x,
                        .d_y = d_pooled,
                        .flags = flags,
                        .patch_floats = patch_floats(s),
                        .d_w = d_w};
    size_t k_all = lad_gather_k(&job.g);
    job.in_place = lad_gather_reads_in_place(s);
    size_t unit = job.in_place ? job.g.cols : GRADIENT_ROWS; /* a part holds whole ones */
    job.part_positions = lad_ceil_div(lad_ceil_div(s->n * job.g.rows * job.g.cols, job.parts), unit) * unit;
    job.parts = lad_ceil_div(s->n * job.g.rows * job.g.cols, job.part_positions);
    job.chunks = lad_ceil_div(k_all, GRADIENT_K);
    job.partial = scratch;
    job.partial_bias = job.partial + lad_line_floats(job.parts * k_all * s->oc);
    job.patches = job.partial_bias + lad_line_floats(job.parts * s->oc);
    lad_pool_run(pool, job.parts * job.chunks, gradient_item, &job);
    lad_pool_run(pool, s->ic, gradient_reduce, &job);
    if (d_bias) k->column_sum(job.parts, s->oc, job.partial_bias, s->oc, d_bias);
}

size_t lad_implicit_gradient_scratch_floats(const lad_conv_shape *s, size_t threads)
{
    size_t parts = gradient_parts(s);
    return lad_line_floats(parts * s->kh * s->kw * s->ic * s->oc) + lad_line_floats(parts * s->oc) +
           threads * patch_floats(s);
}
