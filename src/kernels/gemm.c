/* General matrix product: b is packed into panels of nr columns, blocks of rows are the items. */
#include "kernels/algorithm.h"
#include "kernels/conv_ref.h"

enum { BLOCK_ROWS = 48, BLOCK_K = 256 };

typedef struct gemm_job {
    const lad_kernels *k;
    size_t m, n, p;
    const float *a, *b;
    size_t a_row, a_col, b_row, b_col;
    bool accumulate;
    float *c, *packed; /* panels of b, each [p, columns] */
    size_t c_row;
} gemm_job;

static size_t panel_columns(const gemm_job *job, size_t first)
{
    return job->n - first < job->k->nr ? job->n - first : job->k->nr;
}

static void pack_panel(void *context, size_t item, size_t thread)
{
    (void)thread;
    const gemm_job *job = context;
    size_t first = item * job->k->nr, columns = panel_columns(job, first);
    float *out = job->packed + first * job->p;
    for (size_t p = 0; p < job->p; p++) {
        for (size_t j = first; j < first + columns; j++) *out++ = job->b[p * job->b_row + j * job->b_col];
    }
}

static void multiply_block(void *context, size_t item, size_t thread)
{
    (void)thread;
    const gemm_job *job = context;
    size_t row = item * BLOCK_ROWS, rows = job->m - row < BLOCK_ROWS ? job->m - row : BLOCK_ROWS, p0 = 0;
    do {
        size_t p1 = job->p - p0 < BLOCK_K ? job->p : p0 + BLOCK_K;
        for (size_t j = 0; j < job->n; j += job->k->nr) {
            size_t columns = panel_columns(job, j);
            job->k->gemm_panel(&(lad_panel){.m = rows,
                                            .columns = columns,
                                            .k = p1 - p0,
                                            .a = job->a + row * job->a_row + p0 * job->a_col,
                                            .a_row = job->a_row,
                                            .a_col = job->a_col,
                                            .b = job->packed + j * job->p + p0 * columns,
                                            .b_row = columns,
                                            .c = job->c + row * job->c_row + j,
                                            .c_row = job->c_row,
                                            .accumulate = job->accumulate || p0 > 0});
        }
        p0 = p1;
    } while (p0 < job->p);
}

size_t lad_gemm_scratch_bytes(const lad_kernels *k, size_t m, size_t n, size_t p, size_t threads)
{
    (void)m, (void)threads;
    return k->isa == LAD_ISA_REF ? 0 : n * p * sizeof(float);
}

void lad_gemm(const lad_kernels *k, lad_pool *pool, size_t m, size_t n, size_t p, const float *a, size_t a_row,
              size_t a_col, const float *b, size_t b_row, size_t b_col, bool accumulate, float *c, size_t c_row,
              void *scratch)
{
    if (k->isa == LAD_ISA_REF) {
        lad_gemm_ref(pool, m, n, p, a, a_row, a_col, b, b_row, b_col, accumulate, c, c_row);
        return;
    }
    gemm_job job = {k, m, n, p, a, b, a_row, a_col, b_row, b_col, accumulate, c, scratch, c_row};
    lad_pool_run(pool, lad_ceil_div(n, k->nr), pack_panel, &job);
    lad_pool_run(pool, lad_ceil_div(m, BLOCK_ROWS), multiply_block, &job);
}
