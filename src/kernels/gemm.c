#include "kernels/conv_ref.h"

size_t lad_gemm_scratch_bytes(const lad_kernels *k, size_t m, size_t n, size_t p, size_t threads)
{
    (void)k, (void)m, (void)n, (void)p, (void)threads;
    return 0;
}

void lad_gemm(const lad_kernels *k, lad_pool *pool, size_t m, size_t n, size_t p, const float *a, size_t a_row,
              size_t a_col, const float *b, size_t b_row, size_t b_col, bool accumulate, float *c, size_t c_row,
              void *scratch)
{
    (void)k, (void)scratch;
    lad_gemm_ref(pool, m, n, p, a, a_row, a_col, b, b_row, b_col, accumulate, c, c_row);
}
