#include "kernels/table.h"

#define ENTRY_REF(op, args) .op = lad_k_##op##_f32_ref,
static const lad_kernels table_ref = {.isa = LAD_ISA_REF, .name = "ref", LAD_KERNEL_LIST(ENTRY_REF)};

const lad_kernels *lad_kernels_get(lad_isa isa)
{
    switch (isa) {
    case LAD_ISA_REF: return &table_ref;
    case LAD_ISA_WASM_SIMD:
    case LAD_ISA_AVX2:
    case LAD_ISA_AVX512:
    case LAD_ISA_COUNT: break;
    }
    return NULL;
}

const lad_kernels *lad_kernels_best(void)
{
    for (int isa = LAD_ISA_COUNT - 1; isa > LAD_ISA_REF; isa--) {
        const lad_kernels *k = lad_kernels_get((lad_isa)isa);
        if (k) return k;
    }
    return &table_ref;
}

const char *lad_kernels_name(const lad_kernels *k)
{
    return k->name;
}
