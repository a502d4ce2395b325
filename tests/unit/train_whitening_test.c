/* Eigenvalues and whitening. */
#include "base/alloc.h"
#include "base/rng.h"
#include "train/whitening.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void test_eigen_known_matrix_gives_known_values(void **state)
{
    (void)state;
    double a[4] = {2.0, 1.0, 1.0, 2.0}, values[2], vectors[4];
    assert_int_equal(lad_eigen_symmetric(2, a, values, vectors), LAD_OK);
    assert_true(fabs(values[0] - 3.0) < 1e-12 && fabs(values[1] - 1.0) < 1e-12);
    assert_true(fabs(vectors[0] - vectors[1]) < 1e-12);
}

static void test_eigen_random_matrix_is_rebuilt(void **state)
{
    (void)state;
    enum { N = 40 };
    static double a[N * N], copy[N * N], values[N], v[N * N];
    lad_rng rng = lad_rng_seed(1, 1);
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k <= i; k++) a[i * N + k] = a[k * N + i] = (double)lad_rng_normal(&rng);
    memcpy(copy, a, sizeof a);
    assert_int_equal(lad_eigen_symmetric(N, a, values, v), LAD_OK);
    for (size_t i = 0; i + 1 < N; i++) assert_true(values[i] >= values[i + 1]);
    for (size_t i = 0; i < N; i++) {
        for (size_t k = 0; k < N; k++) {
            double rebuilt = 0.0, dot = 0.0;
            for (size_t m = 0; m < N; m++) {
                rebuilt += values[m] * v[m * N + i] * v[m * N + k];
                dot += v[i * N + m] * v[k * N + m];
            }
            assert_true(fabs(rebuilt - copy[i * N + k]) < 1e-9);
            assert_true(fabs(dot - (i == k ? 1.0 : 0.0)) < 1e-9);
        }
    }
}

/* Samples x = L z of correlated normal numbers, their whitening, and the covariance of what comes out. */
static void covariance_after(size_t inputs, size_t outputs, double *covariance)
{
    enum { SAMPLES = 4000 };
    float *x = lad_alloc(SAMPLES * inputs, sizeof *x), *y = lad_alloc(SAMPLES * outputs, sizeof *y);
    float *mean = lad_alloc(inputs, sizeof *mean), *w = lad_alloc(outputs * inputs, sizeof *w);
    assert_true(x && y && mean && w);
    lad_rng rng = lad_rng_seed(2, inputs);
    for (size_t s = 0; s < SAMPLES; s++) {
        float common = lad_rng_normal(&rng);
        for (size_t i = 0; i < inputs; i++)
            x[s * inputs + i] = 5.0f + (float)(i + 1) * (0.8f * common + 0.6f * lad_rng_normal(&rng));
    }
    assert_int_equal(lad_whitening_fit(SAMPLES, inputs, x, outputs, 3, mean, w), LAD_OK);
    memset(covariance, 0, outputs * outputs * sizeof *covariance);
    for (size_t s = 0; s < SAMPLES; s++) {
        for (size_t o = 0; o < outputs; o++) {
            double sum = 0.0;
            for (size_t i = 0; i < inputs; i++) sum += (double)w[o * inputs + i] * (x[s * inputs + i] - mean[i]);
            y[s * outputs + o] = (float)sum;
        }
        for (size_t o = 0; o < outputs; o++)
            for (size_t k = 0; k < outputs; k++)
                covariance[o * outputs + k] += (double)y[s * outputs + o] * y[s * outputs + k] / SAMPLES;
    }
    lad_free(x);
    lad_free(y);
    lad_free(mean);
    lad_free(w);
}

static void test_whitening_square_gives_nearly_white_outputs(void **state)
{
    (void)state;
    enum { N = 6 };
    double c[N * N];
    covariance_after(N, N, c);
    for (size_t i = 0; i < N; i++) {
        for (size_t k = 0; k < N; k++) {
            /* lambda / (lambda + 0.05) lies between 0.87 (lambda = 0.36) and 1. */
            if (i == k)
                assert_true(c[i * N + k] > 0.85 && c[i * N + k] < 1.01);
            else
                assert_true(fabs(c[i * N + k]) < 0.08);
        }
    }
}

static void test_whitening_more_outputs_than_inputs_keeps_the_scale(void **state)
{
    (void)state;
    enum { IN = 6, OUT = 12 };
    double c[OUT * OUT], trace = 0.0;
    covariance_after(IN, OUT, c);
    for (size_t i = 0; i < OUT; i++) trace += c[i * OUT + i];
    assert_true(trace / OUT > 0.85 && trace / OUT < 1.05);
}

static void test_whitening_constant_feature_stays_finite(void **state)
{
    (void)state;
    float x[10 * 2], mean[2], w[4];
    for (size_t i = 0; i < 10; i++) {
        x[2 * i] = 3.0f;
        x[2 * i + 1] = (float)i;
    }
    assert_int_equal(lad_whitening_fit(10, 2, x, 2, 1, mean, w), LAD_OK);
    for (size_t i = 0; i < 4; i++) assert_true(isfinite(w[i]));
    assert_true(mean[0] == 3.0f && mean[1] == 4.5f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_eigen_known_matrix_gives_known_values),
        cmocka_unit_test(test_eigen_random_matrix_is_rebuilt),
        cmocka_unit_test(test_whitening_square_gives_nearly_white_outputs),
        cmocka_unit_test(test_whitening_more_outputs_than_inputs_keeps_the_scale),
        cmocka_unit_test(test_whitening_constant_feature_stays_finite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
