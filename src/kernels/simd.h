/* A thin vector type for the bodies that are compiled once per instruction set.
 *
 * The including file defines LAD_SIMD_BYTES and the two operations that C operators do not give: VFMA(a, b, c)
 * = a b + c (fused where the processor has it) and VSQRT(a).  Everything else is GCC's vector extension, which
 * clang and emscripten know too. */
#ifndef LAD_KERNELS_SIMD_H
#define LAD_KERNELS_SIMD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define LAD_INLINE static inline __attribute__((always_inline))
/* Before a loop of few, constant rounds over an array of vectors: unrolled, the array lives in registers. */
#if defined(__clang__)
#define LAD_UNROLL _Pragma("clang loop unroll(full)")
#else
#define LAD_UNROLL _Pragma("GCC unroll 16")
#endif

enum { VL = LAD_SIMD_BYTES / 4 }; /* floats in a vector */

typedef float vec __attribute__((vector_size(LAD_SIMD_BYTES)));
typedef float vec_unaligned __attribute__((vector_size(LAD_SIMD_BYTES), aligned(4), may_alias));
typedef int32_t vec_mask __attribute__((vector_size(LAD_SIMD_BYTES)));
typedef uint8_t vec_bytes __attribute__((vector_size(LAD_SIMD_BYTES / 4))); /* one for each float */

LAD_INLINE vec v_load(const float *p)
{
    return *(const vec_unaligned *)p;
}

LAD_INLINE void v_store(float *p, vec a)
{
    *(vec_unaligned *)p = a;
}

/* Some of the lanes.  Calls, not inlined: the kernels' unrolled bodies would grow by a loop for every load. */
static __attribute__((noinline, unused)) vec v_load_some(const float *p, size_t n)
{
    float lanes[VL] = {0};
    for (size_t i = 0; i < n; i++) lanes[i] = p[i];
    return v_load(lanes);
}

static __attribute__((noinline, unused)) void v_store_some(float *p, vec a, size_t n)
{
    float lanes[VL];
    v_store(lanes, a);
    for (size_t i = 0; i < n; i++) p[i] = lanes[i];
}

/* The first n <= VL lanes, the others zero; n == VL is free where it is a constant. */
LAD_INLINE vec v_load_n(const float *p, size_t n)
{
    return n >= VL ? v_load(p) : v_load_some(p, n);
}

LAD_INLINE void v_store_n(float *p, vec a, size_t n)
{
    if (n >= VL)
        v_store(p, a);
    else
        v_store_some(p, a, n);
}

LAD_INLINE vec v_set1(float x)
{
    return x - (vec){0};
}

/* a where the mask is set, else 0. */
LAD_INLINE vec v_keep(vec a, vec_mask mask)
{
    return (vec)((vec_mask)a & mask);
}

LAD_INLINE vec v_relu(vec a)
{
    return v_keep(a, a > (vec){0});
}

/* Runs body(first, lanes) over [0, count), the last time with fewer lanes. */
#define V_FOR(count, body)                                                                                             \
    do {                                                                                                               \
        size_t v_at_ = 0, v_count_ = (count);                                                                          \
        for (; v_at_ + VL <= v_count_; v_at_ += VL) body(v_at_, VL);                                                   \
        if (v_at_ < v_count_) body(v_at_, v_count_ - v_at_);                                                           \
    } while (0)

#endif
