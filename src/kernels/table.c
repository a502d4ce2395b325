#include "kernels/table.h"

#define ENTRY(op, ...) .op = lad_k_##op##_f32_ref,
const lad_kernels lad_kernels_ref = {.isa = LAD_ISA_REF, .name = "ref", .mr = 1, .nr = 8, LAD_KERNEL_LIST(ENTRY)};

#if defined(__x86_64__)
static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static bool has_avx512(void)
{
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
}
#endif

const lad_kernels *lad_kernels_get(lad_isa isa)
{
    switch (isa) {
    case LAD_ISA_REF: return &lad_kernels_ref;
#if defined(__x86_64__)
    case LAD_ISA_AVX2: return has_avx2() ? &lad_kernels_avx2 : NULL;
    case LAD_ISA_AVX512: return has_avx512() ? &lad_kernels_avx512 : NULL;
#endif
#if defined(__wasm_simd128__)
    case LAD_ISA_WASM_SIMD: return &lad_kernels_wasm;
    case LAD_ISA_WASM_TALL: return &lad_kernels_wasm_tall;
#endif
    default: return NULL;
    }
}

const lad_kernels *lad_kernels_best(void)
{
    for (int isa = LAD_ISA_COUNT - 1; isa > LAD_ISA_REF; isa--) {
        const lad_kernels *k = lad_kernels_get((lad_isa)isa);
        if (k) return k;
    }
    return &lad_kernels_ref;
}

const char *lad_kernels_name(const lad_kernels *k)
{
    return k->name;
}
