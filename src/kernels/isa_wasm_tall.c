/* The kernels for WebAssembly again, with a matrix product of 5 rows by 8 columns: 10 sums hide the 5 cycles of a fused
 * multiply-add in two pipes, 8 do not.  For compilers that leave instructions in their order: those that load all
 * operands first spill sums in the innermost loop and are several times as slow.  The results are the same bits. */
#if defined(__wasm_simd128__)
#include "kernels/simd_wasm.h"

#define LAD_SIMD_ROWS 5
#define LAD_K(op) lad_k_##op##_f32_wasm_tall

#include "kernels/gemm_body.h"

#define ENTRY(op, ...) .op = lad_k_##op##_f32_wasm,
#pragma clang diagnostic ignored "-Winitializer-overrides" /* all as in isa_wasm.c but the product */
const lad_kernels lad_kernels_wasm_tall = {.isa = LAD_ISA_WASM_TALL,
                                           .name = LAD_WASM_NAME "-tall",
                                           .mr = MR,
                                           .nr = NR,
                                           LAD_KERNEL_LIST(ENTRY).gemm_panel = LAD_K(gemm_panel)};
#else
typedef int lad_isa_wasm_tall_is_empty; /* ISO C wants something in every file */
#endif
