/* What the kernel checks share: the instruction sets at hand, guarded arrays, tolerances. */
#ifndef LAD_TESTS_KERNELS_CHECK_H
#define LAD_TESTS_KERNELS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/pool.h"
#include "base/rng.h"
#include "kernels/kernels.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An array of floats between two stretches of a guard value. */
typedef struct guarded {
    float *data; /* [count], one float off alignment: kernels must not need more than their contract says */
    float *memory;
    size_t count;
} guarded;

enum { GUARD = 67 };
static const float guard_value = -12345.678f;

static inline guarded guarded_new(size_t count)
{
    guarded a = {.count = count, .memory = lad_alloc(count + 2 * GUARD + 16, sizeof(float))};
    assert_non_null(a.memory);
    a.data = a.memory + GUARD;
    for (size_t i = 0; i < count + 2 * GUARD; i++) a.memory[i] = guard_value;
    return a;
}

/* Uniform in [-1, 1). */
static inline guarded guarded_random(size_t count, uint64_t seed)
{
    guarded a = guarded_new(count);
    lad_rng rng = lad_rng_seed(seed, 1);
    for (size_t i = 0; i < count; i++) a.data[i] = lad_rng_range(&rng, -1.0f, 1.0f);
    return a;
}

static inline guarded guarded_copy(const guarded *from)
{
    guarded a = guarded_new(from->count);
    memcpy(a.data, from->data, from->count * sizeof(float));
    return a;
}

static inline guarded guarded_abs(const guarded *from)
{
    guarded a = guarded_new(from->count);
    for (size_t i = 0; i < from->count; i++) a.data[i] = fabsf(from->data[i]);
    return a;
}

/* Fails if a guard was written. */
static inline void guarded_check(const guarded *array, const char *what)
{
    for (size_t i = 0; i < GUARD; i++) {
        if (memcmp(&array->memory[i], &guard_value, sizeof guard_value) != 0)
            fail_msg("%s: wrote %zu floats before the array.", what, GUARD - i);
        if (memcmp(&array->data[array->count + i], &guard_value, sizeof guard_value) != 0)
            fail_msg("%s: wrote float %zu after the array.", what, i);
    }
}

static inline void guarded_free(guarded *array)
{
    lad_free(array->memory);
    *array = (guarded){0};
}

/* Fails, naming the worst element, if |got - want| > epsilons * FLT_EPSILON * scale somewhere (scale: per element,
 * the sum of the absolute values of the terms; NULL: 1 everywhere).  Returns the worst ratio. */
static inline double check_close(const char *what, const float *got, const float *want, const float *scale,
                                 size_t count, double epsilons)
{
    double worst = 0.0;
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        double unit = (double)FLT_EPSILON * (scale ? fabs((double)scale[i]) : 1.0) + 1e-30;
        double ratio = fabs((double)got[i] - (double)want[i]) / unit;
        if (!(ratio <= worst)) worst = ratio, at = i; /* NaN counts as worst */
    }
    if (!(worst <= epsilons))
        fail_msg("%s: element %zu is %.9g, not %.9g: off by %.3g of the allowed %.3g epsilons.", what, at,
                 (double)got[at], (double)want[at], worst, epsilons);
    return worst;
}

/* Every table but the reference that this processor has. */
static inline const lad_kernels *const *isas(size_t *count)
{
    static const lad_kernels *found[LAD_ISA_COUNT];
    *count = 0;
    for (int isa = LAD_ISA_REF + 1; isa < LAD_ISA_COUNT; isa++) {
        const lad_kernels *k = lad_kernels_get((lad_isa)isa);
        if (k) found[(*count)++] = k;
    }
    return found;
}

#endif
