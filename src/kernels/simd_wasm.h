/* What simd.h wants to know of WebAssembly's 128-bit SIMD: 4 floats a vector.  Multiply and add are separate.
 * Compiled a second time with relaxed SIMD, whose multiply-add is fused where the machine can: the builtin is a
 * draft's of LLVM 14, with the operands in the order of the final f32x4.relaxed_madd, whose number
 * build-scripts/relax-wasm.mjs puts in its place. */
#ifndef LAD_KERNELS_SIMD_WASM_H
#define LAD_KERNELS_SIMD_WASM_H

#define LAD_SIMD_BYTES 16
#if defined(__wasm_simd128__)
#include <wasm_simd128.h>
#endif
#if defined(__wasm_relaxed_simd__)
#define VFMA(a, b, c) __builtin_wasm_fma_f32x4(a, b, c)
#define LAD_WASM_NAME "wasm-relaxed-simd"
#else
#define VFMA(a, b, c) ((a) * (b) + (c))
#define LAD_WASM_NAME "wasm-simd"
#endif
#define VSQRT(a) ((vec)wasm_f32x4_sqrt((v128_t)(a)))

#endif
