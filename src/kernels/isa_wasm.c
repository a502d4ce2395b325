/* The kernels for WebAssembly.  4 rows by 8 columns suit every compiler of browsers; with more, the temporaries of
 * separate multiply and add no longer fit the 16 registers of the machine underneath. */
#if defined(__wasm_simd128__)
#include "kernels/simd_wasm.h"

#define LAD_SIMD_ROWS 4
#define LAD_K(op) lad_k_##op##_f32_wasm

#include "kernels/pointwise_body.h"
#include "kernels/gemm_body.h"
#include "kernels/winograd_body.h"

#define ENTRY(op, ...) .op = LAD_K(op),
const lad_kernels lad_kernels_wasm = {
    .isa = LAD_ISA_WASM_SIMD, .name = LAD_WASM_NAME, .mr = MR, .nr = NR, LAD_KERNEL_LIST(ENTRY)};
#else
typedef int lad_isa_wasm_is_empty; /* ISO C wants something in every file */
#endif
