/* The kernels for AVX2 with FMA: 8 floats a vector, 16 registers. */
#if defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>

#define LAD_SIMD_BYTES 32
#define LAD_SIMD_ROWS 6
#define LAD_K(op) lad_k_##op##_f32_avx2
#define VFMA(a, b, c) ((vec)_mm256_fmadd_ps((__m256)(a), (__m256)(b), (__m256)(c)))
#define VSQRT(a) ((vec)_mm256_sqrt_ps((__m256)(a)))

#include "kernels/pointwise_body.h"
#include "kernels/gemm_body.h"
#include "kernels/winograd_body.h"

#define ENTRY(op, ...) .op = LAD_K(op),
const lad_kernels lad_kernels_avx2 = {.isa = LAD_ISA_AVX2, .name = "avx2", .mr = MR, .nr = NR, LAD_KERNEL_LIST(ENTRY)};
#else
typedef int lad_isa_avx2_is_empty; /* ISO C wants something in every file */
#endif
