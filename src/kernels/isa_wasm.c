/* The kernels for WebAssembly's 128-bit SIMD: 4 floats a vector.  Multiply and add are separate; with more than
 * 4 rows by 8 columns their temporaries no longer fit the 16 registers of the machine underneath.
 * Compiled a second time with relaxed SIMD, whose multiply-add is fused where the machine can: the builtin is a
 * draft's of LLVM 14, with the operands in the order of the final f32x4.relaxed_madd, whose number
 * build-scripts/relax-wasm.mjs puts in its place. */
#if defined(__wasm_simd128__)
#include <wasm_simd128.h>

#define LAD_SIMD_BYTES 16
#define LAD_SIMD_ROWS 4
#define LAD_K(op) lad_k_##op##_f32_wasm
#if defined(__wasm_relaxed_simd__)
#define VFMA(a, b, c) __builtin_wasm_fma_f32x4(a, b, c)
#define NAME "wasm-relaxed-simd"
#else
#define VFMA(a, b, c) ((a) * (b) + (c))
#define NAME "wasm-simd"
#endif
#define VSQRT(a) ((vec)wasm_f32x4_sqrt((v128_t)(a)))

#include "kernels/pointwise_body.h"
#include "kernels/gemm_body.h"
#include "kernels/winograd_body.h"

#define ENTRY(op, ...) .op = LAD_K(op),
const lad_kernels lad_kernels_wasm = {
    .isa = LAD_ISA_WASM_SIMD, .name = NAME, .mr = MR, .nr = NR, LAD_KERNEL_LIST(ENTRY)};
#else
typedef int lad_isa_wasm_is_empty; /* ISO C wants something in every file */
#endif
