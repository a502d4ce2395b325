#include "base/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

/* The first outputs that the authors of PCG publish for their demo: initial state 42, stream 54. */
static void test_rng_u32_is_pcg32(void **state)
{
    (void)state;
    static const uint32_t published[] = {0xa15c02b7, 0x7b47f409, 0xba1d3330, 0x83d2f293, 0xbfa4784b, 0xcbed606e};
    lad_rng rng = {.state = 0, .increment = 54 << 1 | 1};
    lad_rng_u32(&rng);
    rng.state += 42;
    lad_rng_u32(&rng);
    for (size_t i = 0; i < 6; i++) assert_int_equal(lad_rng_u32(&rng), published[i]);
}

/* These pin our own seeding: a change would change every rendered scene and every trained model. */
static void test_rng_seeding_is_pinned(void **state)
{
    (void)state;
    lad_rng rng = lad_rng_seed(1, 2);
    static const uint32_t expected[] = {0x98e14059, 0x2673a039, 0xbd3e124f};
    for (size_t i = 0; i < 3; i++) assert_int_equal(lad_rng_u32(&rng), expected[i]);
    assert_true(lad_hash64(1, 2) == UINT64_C(0x5a0f21babc5bb814));
}

static void test_rng_streams_and_seeds_differ(void **state)
{
    (void)state;
    enum { COUNT = 64 };
    uint32_t first[COUNT * 2];
    for (uint64_t i = 0; i < COUNT; i++) {
        lad_rng a = lad_rng_seed(5, i), b = lad_rng_seed(i + 1000, 5);
        first[2 * i] = lad_rng_u32(&a);
        first[2 * i + 1] = lad_rng_u32(&b);
    }
    for (size_t i = 0; i < COUNT * 2; i++) {
        for (size_t k = 0; k < i; k++) assert_int_not_equal(first[i], first[k]);
    }
}

static void test_rng_below_is_uniform(void **state)
{
    (void)state;
    enum { BOUND = 7, DRAWS = 70000 };
    lad_rng rng = lad_rng_seed(3, 0);
    int counts[BOUND] = {0};
    for (int i = 0; i < DRAWS; i++) counts[lad_rng_below(&rng, BOUND)]++;
    /* Five standard deviations of a binomial count: sqrt(70000 / 7 * 6 / 7) = 92.6. */
    for (int i = 0; i < BOUND; i++) assert_true(abs(counts[i] - DRAWS / BOUND) < 463);
    assert_int_equal(lad_rng_below(&rng, 1), 0);
}

static void test_rng_float_and_range_stay_inside(void **state)
{
    (void)state;
    lad_rng rng = lad_rng_seed(4, 0);
    float next = nextafterf(1.0f, 2.0f);
    double sum = 0;
    for (int i = 0; i < 100000; i++) {
        float value = lad_rng_float(&rng);
        assert_true(value >= 0.0f && value < 1.0f);
        sum += (double)value;
        value = lad_rng_range(&rng, -2.0f, 3.0f);
        assert_true(value >= -2.0f && value < 3.0f);
        assert_true(lad_rng_range(&rng, 1.0f, next) == 1.0f); /* half of them would round up to next */
        assert_true(lad_rng_range(&rng, 5.0f, 5.0f) == 5.0f);
    }
    assert_true(fabs(sum / 100000 - 0.5) < 5 * 0.2887 / sqrt(100000)); /* five standard errors */
}

static void test_rng_normal_has_its_moments(void **state)
{
    (void)state;
    enum { DRAWS = 200000 };
    lad_rng rng = lad_rng_seed(6, 0);
    double sum = 0, squares = 0, fourths = 0;
    for (int i = 0; i < DRAWS; i++) {
        double value = (double)lad_rng_normal(&rng);
        assert_true(isfinite(value));
        sum += value;
        squares += value * value;
        fourths += value * value * value * value;
    }
    /* Five standard errors: variances of x, x^2, x^4 are 1, 2, 96. */
    double error = 5 / sqrt(DRAWS);
    assert_true(fabs(sum / DRAWS) < error);
    assert_true(fabs(squares / DRAWS - 1) < error * sqrt(2));
    assert_true(fabs(fourths / DRAWS - 3) < error * sqrt(96));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rng_u32_is_pcg32),
        cmocka_unit_test(test_rng_seeding_is_pinned),
        cmocka_unit_test(test_rng_streams_and_seeds_differ),
        cmocka_unit_test(test_rng_below_is_uniform),
        cmocka_unit_test(test_rng_float_and_range_stay_inside),
        cmocka_unit_test(test_rng_normal_has_its_moments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
