#include "base/detmath.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { SAMPLES = 200000 };

/* Compares f with the double function g on SAMPLES points of [low, high].  The bound that the header promises is
 * absolute for sine and cosine, else relative. */
static void check(const char *name, float (*f)(float), double (*g)(double), float low, float high, int absolute)
{
    double worst = 0;
    float where = low;
    for (int i = 0; i <= SAMPLES; i++) {
        float x = (float)((double)low + ((double)high - (double)low) * i / SAMPLES);
        double expected = g((double)x), error = fabs((double)f(x) - expected);
        if (!absolute && expected != 0.0) error /= fabs(expected);
        if (!(error <= worst)) {
            worst = error;
            where = x;
        }
    }
    if (!(worst < 1e-6)) fail_msg("%s(%.9g) is off by %g", name, (double)where, worst);
}

static void test_expf_is_within_its_bound(void **state)
{
    (void)state;
    check("exp", lad_expf, exp, -86.999f, 88.7f, 0);
    check("exp", lad_expf, exp, -0.01f, 0.01f, 0);
    assert_true(lad_expf(0.0f) == 1.0f);
    assert_true(lad_expf(-87.5f) == 0.0f && lad_expf(-INFINITY) == 0.0f);
    assert_true(lad_expf(89.0f) == INFINITY && lad_expf(INFINITY) == INFINITY);
    assert_true(isnan(lad_expf(NAN)));
}

static void test_logf_is_within_its_bound(void **state)
{
    (void)state;
    check("log", lad_logf, log, 0.001f, 0.999f, 0);
    check("log", lad_logf, log, 0.999f, 1.001f, 0);
    check("log", lad_logf, log, 1.001f, 100.0f, 0);
    check("log", lad_logf, log, FLT_MIN, FLT_MAX, 0);
    check("log", lad_logf, log, 1e-45f, FLT_MIN, 0); /* subnormal */
    assert_true(lad_logf(1.0f) == 0.0f);
    assert_true(lad_logf(0.0f) == -INFINITY && lad_logf(INFINITY) == INFINITY);
    assert_true(isnan(lad_logf(-1.0f)) && isnan(lad_logf(NAN)));
}

static void test_powf_is_within_its_bound(void **state)
{
    (void)state;
    static const float exponents[] = {0.41666666f, 2.2f, -0.5f, 1.0f / 3, 5.0f, -3.0f, 12.0f};
    for (size_t k = 0; k < sizeof exponents / sizeof *exponents; k++) {
        for (int i = 1; i <= 20000; i++) {
            float x = (float)i * 0.001f;
            double expected = pow((double)x, (double)exponents[k]);
            if (!(expected > 1e-37 && expected < 3e38)) continue;
            double error = fabs((double)lad_powf(x, exponents[k]) - expected) / expected;
            if (!(error < 1e-6)) fail_msg("pow(%g, %g) is off by %g", (double)x, (double)exponents[k], error);
        }
    }
    assert_true(lad_powf(0.0f, 2.0f) == 0.0f && lad_powf(0.0f, 0.0f) == 1.0f && lad_powf(0.0f, -1.0f) == INFINITY);
    assert_true(lad_powf(1e30f, 2.0f) == INFINITY && lad_powf(1e30f, -2.0f) == 0.0f);
    assert_true(lad_powf(INFINITY, 0.5f) == INFINITY && lad_powf(INFINITY, -0.5f) == 0.0f);
    assert_true(fabs((double)lad_powf(1e-40f, 0.1f) / 1e-4 - 1) < 1e-5); /* a subnormal has fewer digits itself */
    assert_true(isnan(lad_powf(-1.0f, 0.5f)) && isnan(lad_powf(NAN, 1.0f)) && isnan(lad_powf(2.0f, NAN)));
}

static void test_sinf_and_cosf_are_within_their_bound(void **state)
{
    (void)state;
    check("sin", lad_sinf, sin, -7.0f, 7.0f, 1);
    check("sin", lad_sinf, sin, -1e4f, 1e4f, 1);
    check("cos", lad_cosf, cos, -7.0f, 7.0f, 1);
    check("cos", lad_cosf, cos, -1e4f, 1e4f, 1);
    assert_true(lad_sinf(0.0f) == 0.0f && lad_cosf(0.0f) == 1.0f);
    for (float x = 1e4f; x < 1e15f; x *= 1.7f) assert_true(fabsf(lad_sinf(x)) <= 1.0f && fabsf(lad_cosf(x)) <= 1.0f);
    assert_true(isnan(lad_sinf(NAN)) && isnan(lad_sinf(INFINITY)) && isnan(lad_cosf(-INFINITY)));
}

static void test_cosf_many_is_cosf(void **state)
{
    (void)state;
    enum { COUNT = 1001 };
    float x[COUNT], many[COUNT];
    for (float wide = 1e-3f; wide < 1e9f; wide *= 11.0f) {
        for (int i = 0; i < COUNT; i++) x[i] = wide * ((float)i / 500.0f - 1.0f);
        lad_cosf_many(x, COUNT, many);
        for (int i = 0; i < COUNT; i++) assert_true(many[i] == lad_cosf(x[i]));
    }
}

static void test_atan2f_is_within_its_bound(void **state)
{
    (void)state;
    static const float lengths[] = {1e-30f, 0.1f, 1.0f, 1e30f};
    for (size_t k = 0; k < 4; k++) {
        for (int i = 0; i < 20000; i++) {
            double angle = (i - 10000) * 3.1415926 / 10000;
            float x = lengths[k] * (float)cos(angle), y = lengths[k] * (float)sin(angle);
            double expected = atan2((double)y, (double)x), value = (double)lad_atan2f(y, x);
            double error = expected == 0.0 ? fabs(value) : fabs(value - expected) / fabs(expected);
            if (!(error < 1e-6)) fail_msg("atan2(%g, %g) is off by %g", (double)y, (double)x, error);
        }
    }
    assert_true(lad_atan2f(0.0f, 0.0f) == 0.0f && lad_atan2f(0.0f, 1.0f) == 0.0f);
    assert_true(lad_atan2f(0.0f, -1.0f) == 3.14159265f && lad_atan2f(-1.0f, 0.0f) == -1.57079633f);
}

static void test_tanhf_is_within_its_bound(void **state)
{
    (void)state;
    check("tanh", lad_tanhf, tanh, -12.0f, 12.0f, 0);
    check("tanh", lad_tanhf, tanh, -0.02f, 0.02f, 0);
    assert_true(lad_tanhf(INFINITY) == 1.0f && lad_tanhf(-INFINITY) == -1.0f && isnan(lad_tanhf(NAN)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_expf_is_within_its_bound),  cmocka_unit_test(test_logf_is_within_its_bound),
        cmocka_unit_test(test_powf_is_within_its_bound),  cmocka_unit_test(test_sinf_and_cosf_are_within_their_bound),
        cmocka_unit_test(test_cosf_many_is_cosf),         cmocka_unit_test(test_atan2f_is_within_its_bound),
        cmocka_unit_test(test_tanhf_is_within_its_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
