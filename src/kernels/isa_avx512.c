/* The kernels for AVX-512 (F, VL, DQ, BW): 16 floats a vector, 32 registers. */
#if defined(__AVX512F__)
#include <immintrin.h>

#define LAD_SIMD_BYTES 64
#define LAD_SIMD_ROWS 8
#define LAD_K(op) lad_k_##op##_f32_avx512
#define VFMA(a, b, c) ((vec)_mm512_fmadd_ps((__m512)(a), (__m512)(b), (__m512)(c)))
#define VSQRT(a) ((vec)_mm512_sqrt_ps((__m512)(a)))

#include "kernels/pointwise_body.h"
#include "kernels/gemm_body.h"
#include "kernels/winograd_body.h"

#define ENTRY(op, ...) .op = LAD_K(op),
const lad_kernels lad_kernels_avx512 = {
    .isa = LAD_ISA_AVX512, .name = "avx512", .mr = MR, .nr = NR, LAD_KERNEL_LIST(ENTRY)};
#else
typedef int lad_isa_avx512_is_empty; /* ISO C wants something in every file */
#endif
