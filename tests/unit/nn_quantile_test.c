/* Quantiles by selection against quantiles by sorting. */
#include "base/rng.h"
#include "nn/quantile.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static double sorted_quantile(const float *values, size_t count, double q)
{
    float *sorted = malloc(count * sizeof *sorted);
    memcpy(sorted, values, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_value);
    double at = q * (double)(count - 1);
    size_t low = (size_t)floor(at);
    size_t high = low + 1 < count ? low + 1 : low;
    double result = (double)sorted[low] + (at - (double)low) * ((double)sorted[high] - (double)sorted[low]);
    free(sorted);
    return result;
}

static void check(const float *values, size_t count)
{
    const double qs[] = {0.0, 0.1, 0.5, 0.9, 0.995, 0.999, 1.0};
    lad_pool *pool = NULL;
    assert_int_equal(lad_pool_create(3, &pool), LAD_OK);
    for (size_t i = 0; i < sizeof qs / sizeof *qs; i++) {
        double expected = sorted_quantile(values, count, qs[i]);
        double got = lad_quantile(NULL, count, values, qs[i]), threaded = lad_quantile(pool, count, values, qs[i]);
        if (got != expected || threaded != expected)
            fail_msg("%zu values, q %g: %.17g and %.17g, sorting gives %.17g", count, qs[i], got, threaded, expected);
    }
    lad_pool_destroy(&pool);
}

static void test_quantile_random_values_equal_sorting(void **state)
{
    (void)state;
    const size_t counts[] = {1, 2, 3, 100, 4096, 4097, 150001};
    float *values = malloc(150001 * sizeof *values);
    lad_rng rng = lad_rng_seed(1, 2);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        for (size_t j = 0; j < counts[i]; j++) {
            float z = lad_rng_normal(&rng);
            values[j] = z * z;
        }
        check(values, counts[i]);
    }
    free(values);
}

static void test_quantile_negative_values_equal_sorting(void **state)
{
    (void)state;
    float *values = malloc(20000 * sizeof *values);
    lad_rng rng = lad_rng_seed(1, 3);
    for (size_t j = 0; j < 20000; j++) values[j] = lad_rng_normal(&rng) - 0.8f;
    check(values, 20000);
    check(values, 3);
    for (size_t j = 0; j < 100; j++) values[j] = j % 3 ? -0.0f : j % 2 ? 0.0f : -1.0f;
    check(values, 100);
    free(values);
}

static void test_quantile_ties_zeros_and_extremes_equal_sorting(void **state)
{
    (void)state;
    float values[500];
    for (size_t i = 0; i < 500; i++) values[i] = 0.0f;
    check(values, 500);
    for (size_t i = 0; i < 500; i++) values[i] = i % 7 ? 0.25f : 0.5f;
    check(values, 500);
    values[0] = 3.4e38f;
    values[1] = 1e-45f;
    values[2] = 1e-38f;
    check(values, 500);
    check(values, 3);
}

static void test_quantile_no_values_gives_zero(void **state)
{
    (void)state;
    float unused = 1.0f;
    assert_true(lad_quantile(NULL, 0, &unused, 0.5) == 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantile_random_values_equal_sorting),
        cmocka_unit_test(test_quantile_negative_values_equal_sorting),
        cmocka_unit_test(test_quantile_ties_zeros_and_extremes_equal_sorting),
        cmocka_unit_test(test_quantile_no_values_gives_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
