/* Directions of novelty: the form they span is the likelihood ratio's. */
#include "base/rng.h"
#include "train/novelty_axes.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

enum { N = 50, FEW = 5 };
static const double STRENGTH = 0.3;

/* m = sum of `terms` outer products of random vectors, plus ridge on the diagonal. */
static void random_spread(lad_rng *rng, size_t terms, double ridge, double *m)
{
    for (size_t i = 0; i < N * N; i++) m[i] = i % (N + 1) == 0 ? ridge : 0.0;
    for (size_t t = 0; t < terms; t++) {
        double x[N];
        for (size_t i = 0; i < N; i++) x[i] = (double)lad_rng_normal(rng);
        for (size_t i = 0; i < N * N; i++) m[i] += x[i / N] * x[i % N];
    }
}

/* Gauss and Jordan, without pivoting: for matrices that are positive definite. */
static void invert(const double *m, double *inverse)
{
    static double a[N * N];
    memcpy(a, m, sizeof a);
    for (size_t i = 0; i < N * N; i++) inverse[i] = i % (N + 1) == 0 ? 1.0 : 0.0;
    for (size_t p = 0; p < N; p++) {
        double pivot = a[p * N + p];
        for (size_t k = 0; k < N; k++) a[p * N + k] /= pivot, inverse[p * N + k] /= pivot;
        for (size_t i = 0; i < N; i++) {
            double factor = a[i * N + p];
            if (i == p || factor == 0.0) continue;
            for (size_t k = 0; k < N; k++)
                a[i * N + k] -= factor * a[p * N + k], inverse[i * N + k] -= factor * inverse[p * N + k];
        }
    }
}

/* W^T W = S^-1 - (S + a D)^-1, which is twice the log likelihood ratio's square form. */
static void check_form(size_t terms, size_t count)
{
    static double s[N * N], d[N * N], both[N * N], inverse[N * N], inverse_both[N * N], rows[N * N];
    lad_rng rng = lad_rng_seed(5, terms);
    random_spread(&rng, 2 * N, 1.0, s);
    random_spread(&rng, terms, 0.0, d);
    for (size_t i = 0; i < N * N; i++) both[i] = s[i] + STRENGTH * d[i];
    invert(s, inverse);
    invert(both, inverse_both);
    assert_int_equal(lad_novelty_axes(N, s, d, STRENGTH, count, rows), LAD_OK);
    double scale = 0.0;
    for (size_t i = 0; i < N; i++) scale = fmax(scale, inverse[i * N + i]);
    for (size_t i = 0; i < N; i++) {
        for (size_t k = 0; k < N; k++) {
            double form = 0.0;
            for (size_t r = 0; r < count; r++) form += rows[r * N + i] * rows[r * N + k];
            assert_true(fabs(form - (inverse[i * N + k] - inverse_both[i * N + k])) < 1e-9 * scale);
        }
    }
}

static void test_axes_all_directions_give_the_likelihood_ratio(void **state)
{
    (void)state;
    check_form(2 * N, N);
}

static void test_axes_few_novel_directions_need_few_rows(void **state)
{
    (void)state;
    check_form(FEW, FEW); /* D has rank 5, of 50 */
}

static void test_axes_come_in_order_and_directions_of_less_variance_count_nothing(void **state)
{
    (void)state;
    static double s[N * N], d[N * N], rows[3 * N];
    memset(s, 0, sizeof s);
    memset(d, 0, sizeof d);
    for (size_t i = 0; i < N; i++) s[i * N + i] = 4.0;
    d[7 * N + 7] = 40.0;   /* l = 10 */
    d[3 * N + 3] = 4.0;    /* l = 1 */
    d[20 * N + 20] = -3.9; /* less than normal */
    assert_int_equal(lad_novelty_axes(N, s, d, 1.0, 3, rows), LAD_OK);
    for (size_t i = 0; i < N; i++) {
        assert_true(fabs(fabs(rows[i]) - (i == 7 ? sqrt(10.0 / 11.0) / 2.0 : 0.0)) < 1e-9);
        assert_true(fabs(fabs(rows[N + i]) - (i == 3 ? sqrt(1.0 / 2.0) / 2.0 : 0.0)) < 1e-9);
        assert_true(fabs(rows[2 * N + i]) < 1e-9);
    }
}

static void test_axes_refuse_what_is_no_covariance(void **state)
{
    (void)state;
    static double s[N * N], d[N * N], rows[N];
    memset(s, 0, sizeof s);
    memset(d, 0, sizeof d);
    assert_int_equal(lad_novelty_axes(N, s, d, 1.0, 1, rows), LAD_ERR_ARG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_axes_all_directions_give_the_likelihood_ratio),
        cmocka_unit_test(test_axes_few_novel_directions_need_few_rows),
        cmocka_unit_test(test_axes_come_in_order_and_directions_of_less_variance_count_nothing),
        cmocka_unit_test(test_axes_refuse_what_is_no_covariance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
