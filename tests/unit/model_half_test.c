#include "model/half.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* The value of a finite half from its definition, in double. */
static double definition(uint16_t half)
{
    int exponent = half >> 10 & 31, mantissa = half & 0x3ff;
    double magnitude = exponent == 0 ? ldexp(mantissa, -24) : ldexp(1024 + mantissa, exponent - 25);
    return half & 0x8000 ? -magnitude : magnitude;
}

static void test_half_to_float_every_finite_value_is_exact(void **state)
{
    (void)state;
    for (uint32_t half = 0; half < 0x10000; half++) {
        if ((half & 0x7c00) == 0x7c00) continue;
        float value = lad_half_to_float((uint16_t)half);
        if ((double)value != definition((uint16_t)half) || !signbit(value) != !(half & 0x8000)) {
            fail_msg("0x%04x gives %g", half, (double)value);
        }
        assert_int_equal(lad_half_from_float(value), half);
    }
}

static void test_half_from_float_rounds_to_nearest_even(void **state)
{
    (void)state;
    for (uint32_t half = 0; half < 0x7bff; half++) {
        double low = definition((uint16_t)half), high = definition((uint16_t)(half + 1));
        float middle = (float)((low + high) / 2); /* exact: a float has 13 bits more */
        uint32_t even = half & 1 ? half + 1 : half;
        assert_int_equal(lad_half_from_float(middle), even);
        assert_int_equal(lad_half_from_float(nextafterf(middle, 0.0f)), half);
        assert_int_equal(lad_half_from_float(nextafterf(middle, 1e9f)), half + 1);
        assert_int_equal(lad_half_from_float(-middle), even | 0x8000);
    }
}

static void test_half_from_float_special_values(void **state)
{
    (void)state;
    assert_int_equal(lad_half_from_float(65504.0f), 0x7bff);
    assert_int_equal(lad_half_from_float(65519.996f), 0x7bff);
    assert_int_equal(lad_half_from_float(65520.0f), 0x7c00);
    assert_int_equal(lad_half_from_float(-1e30f), 0xfc00);
    assert_int_equal(lad_half_from_float(INFINITY), 0x7c00);
    assert_int_equal(lad_half_from_float(-0.0f), 0x8000);
    assert_int_equal(lad_half_from_float(1e-45f), 0);
    assert_int_equal(lad_half_from_float(0x1p-25f), 0);
    assert_int_equal(lad_half_from_float(0x1.8p-25f), 1);
    assert_true(isnan(lad_half_to_float(lad_half_from_float(NAN))));
    assert_true(isinf(lad_half_to_float(0xfc00)) && lad_half_to_float(0xfc00) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_half_to_float_every_finite_value_is_exact),
        cmocka_unit_test(test_half_from_float_rounds_to_nearest_even),
        cmocka_unit_test(test_half_from_float_special_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
