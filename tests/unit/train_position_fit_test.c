/* Position statistics, against formulas written out a second time, picture by picture. */
#include "train/position_fit.h"

#include "base/rng.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { N = 6, CELLS = 5 };

static void statistics(const float maps[N][CELLS], size_t cell, size_t without, double *mean, double *std)
{
    double sum = 0.0, squares = 0.0, n = 0.0;
    for (size_t i = 0; i < N; i++) {
        if (i == without) continue;
        sum += (double)maps[i][cell];
        n += 1.0;
    }
    *mean = sum / n;
    for (size_t i = 0; i < N; i++)
        if (i != without) squares += ((double)maps[i][cell] - *mean) * ((double)maps[i][cell] - *mean);
    *std = sqrt(squares / (n - 1.0));
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void test_fit_matches_formulas_and_leaves_each_picture_out(void **state)
{
    (void)state;
    float maps[N][CELLS], given[N][CELLS], mean[CELLS], std[CELLS];
    lad_rng rng = lad_rng_seed(3, 1);
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < CELLS; k++) {
            float noise = lad_rng_normal(&rng);
            maps[i][k] = 2.0f + (float)k + (k == 0 ? 0.02f : 0.3f * (float)(k + 1)) * noise; /* one place is quiet */
        }
    memcpy(given, maps, sizeof maps);
    lad_position_fit(NULL, N, CELLS, &maps[0][0], mean, std);

    double means[CELLS], stds[CELLS], sorted[CELLS];
    for (size_t k = 0; k < CELLS; k++) statistics(given, k, N, &means[k], &stds[k]);
    memcpy(sorted, stds, sizeof stds);
    qsort(sorted, CELLS, sizeof *sorted, by_value);
    double least = 0.25 * sorted[CELLS / 2];
    assert_true(stds[0] < least && least < stds[1]);
    for (size_t k = 0; k < CELLS; k++) {
        assert_true(fabs((double)mean[k] - means[k]) <= (double)FLT_EPSILON * fabs(means[k]));
        assert_true(fabs((double)std[k] - fmax(stds[k], least)) <= 2 * (double)FLT_EPSILON * stds[k] + 1e-7 * least);
        for (size_t i = 0; i < N; i++) {
            double m, s;
            statistics(given, k, i, &m, &s);
            double z = ((double)given[i][k] - m) / fmax(s, least);
            assert_true(fabs((double)maps[i][k] - z) <= 4 * (double)FLT_EPSILON * (fabs(z) + 1.0));
        }
    }
}

static void test_fit_of_constant_maps_is_finite(void **state)
{
    (void)state;
    float maps[N][CELLS], mean[CELLS], std[CELLS];
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < CELLS; k++) maps[i][k] = 0.25f;
    lad_position_fit(NULL, N, CELLS, &maps[0][0], mean, std);
    for (size_t k = 0; k < CELLS; k++) {
        assert_true(mean[k] == 0.25f && std[k] > 0.0f);
        for (size_t i = 0; i < N; i++) assert_true(maps[i][k] == 0.0f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fit_matches_formulas_and_leaves_each_picture_out),
        cmocka_unit_test(test_fit_of_constant_maps_is_finite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
