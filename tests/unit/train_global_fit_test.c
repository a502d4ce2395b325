/* The global head: pooling, the fit, the distance, its scale. */
#include "base/alloc.h"
#include "base/rng.h"
#include "train/global_fit.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

enum { N = 40, COUNT = 6 };

/* Correlated rows, and the same with something added to two of the features. */
static void fill(double *rows, double *novel)
{
    lad_rng rng = lad_rng_seed(7, 0);
    for (size_t i = 0; i < N; i++) {
        double common = (double)lad_rng_normal(&rng);
        for (size_t j = 0; j < COUNT; j++)
            rows[i * COUNT + j] = 3.0 * (double)j + (1.0 + (double)j) * (common + 0.5 * (double)lad_rng_normal(&rng));
        memcpy(novel + i * COUNT, rows + i * COUNT, COUNT * sizeof *rows);
        novel[i * COUNT + 1] += 4.0 * (double)lad_rng_normal(&rng);
        novel[i * COUNT + 4] += 2.0;
    }
}

static void test_pool_gives_means_squares_and_products_along_the_ring(void **state)
{
    (void)state;
    const float y[2 * 5] = {1.0f, -2.0f, 4.0f, 0.0f, 1.0f, 3.0f, 0.0f, 5.0f, 2.0f, -1.0f};
    const double expected[5 * LAD_GLOBAL_SCALE_MOMENTS] = {
        2.0,  5.0,  -1.0, 9.5,  3.0,  -1.0, /* channel 0: its mean, with itself and 1 to 4 */
        -1.0, 2.0,  -4.0, 0.0,  -1.0, -1.0, /* 1 with 1, 2, 3, 4, 0 */
        4.5,  20.5, 5.0,  -0.5, 9.5,  -4.0, /* 2 with 2, 3, 4, 0, 1 */
        1.0,  2.0,  -1.0, 3.0,  0.0,  5.0,  /* 3 with 3, 4, 0, 1, 2 */
        0.0,  1.0,  -1.0, -1.0, -0.5, -1.0, /* 4 with 4, 0, 1, 2, 3 */
    };
    double pooled[5 * LAD_GLOBAL_SCALE_MOMENTS];
    lad_global_pool(NULL, 2, 5, y, pooled);
    for (size_t i = 0; i < 5 * LAD_GLOBAL_SCALE_MOMENTS; i++) assert_true(fabs(pooled[i] - expected[i]) < 1e-12);
}

/* Ledoit and Wolf's S* = r m I + (1 - r) S of standardised features, the sums formed by their definition. */
static void shrunk_covariance(const double *z, double s[COUNT][COUNT])
{
    double m = 0.0, d2 = 0.0, b2 = 0.0;
    for (size_t j = 0; j < COUNT; j++)
        for (size_t k = 0; k < COUNT; k++) {
            s[j][k] = 0.0;
            for (size_t i = 0; i < N; i++) s[j][k] += z[i * COUNT + j] * z[i * COUNT + k] / N;
        }
    for (size_t j = 0; j < COUNT; j++) m += s[j][j] / COUNT;
    for (size_t j = 0; j < COUNT; j++)
        for (size_t k = 0; k < COUNT; k++) {
            d2 += pow(s[j][k] - (j == k ? m : 0.0), 2.0) / COUNT;
            for (size_t i = 0; i < N; i++)
                b2 += pow(z[i * COUNT + j] * z[i * COUNT + k] - s[j][k], 2.0) / COUNT / N / N;
        }
    double r = fmin(b2, d2) / d2;
    assert_true(r > 0.0 && r < 1.0);
    for (size_t j = 0; j < COUNT; j++)
        for (size_t k = 0; k < COUNT; k++) s[j][k] = (1.0 - r) * s[j][k] + (j == k ? r * m : 0.0);
}

/* The square form Q = S*^-1 - (S* + a D)^-1 of the likelihood ratio, without an inverse: S* Q (S* + a D) = a D. */
static void test_fit_gives_the_likelihood_ratio_of_shrunk_covariance_and_novelties(void **state)
{
    (void)state;
    static double rows[N * COUNT], novel[N * COUNT], z[N * COUNT], s[COUNT][COUNT], d[COUNT][COUNT], q[COUNT][COUNT];
    fill(rows, novel);
    lad_global_head head = {0};
    assert_int_equal(lad_global_fit(rows, novel, N, 1, COUNT, &head, NULL), LAD_OK);
    double mean[COUNT] = {0}, std[COUNT] = {0};
    for (size_t j = 0; j < COUNT; j++) {
        for (size_t i = 0; i < N; i++) mean[j] += rows[i * COUNT + j] / N;
        for (size_t i = 0; i < N; i++) std[j] += pow(rows[i * COUNT + j] - mean[j], 2.0) / N;
        std[j] = sqrt(std[j]);
        for (size_t i = 0; i < N; i++) z[i * COUNT + j] = (rows[i * COUNT + j] - mean[j]) / std[j];
        assert_true(fabs((double)head.mean[j] - mean[j]) < 1e-5 * (1.0 + fabs(mean[j])));
    }
    shrunk_covariance(z, s);
    for (size_t j = 0; j < COUNT; j++)
        for (size_t k = 0; k < COUNT; k++) {
            d[j][k] = q[j][k] = 0.0;
            for (size_t i = 0; i < N; i++)
                d[j][k] += LAD_GLOBAL_STRENGTH * (novel[i * COUNT + j] - rows[i * COUNT + j]) / std[j] *
                           (novel[i * COUNT + k] - rows[i * COUNT + k]) / std[k] / N;
            for (size_t r = 0; r < LAD_GLOBAL_DIRECTIONS; r++)
                q[j][k] +=
                    (double)head.directions[r * COUNT + j] * std[j] * (double)head.directions[r * COUNT + k] * std[k];
        }
    for (size_t j = 0; j < COUNT; j++)
        for (size_t k = 0; k < COUNT; k++) {
            double product = 0.0;
            for (size_t l = 0; l < COUNT; l++)
                for (size_t m = 0; m < COUNT; m++) product += s[j][l] * q[l][m] * (s[m][k] + d[m][k]);
            assert_true(fabs(product - d[j][k]) < 1e-4);
        }
    lad_global_head_deinit(&head);
}

static void test_distance_sees_novelties_and_nothing_at_the_mean(void **state)
{
    (void)state;
    static double rows[N * COUNT], novel[N * COUNT];
    fill(rows, novel);
    lad_global_head head = {0};
    assert_int_equal(lad_global_fit(rows, novel, N, 1, COUNT, &head, NULL), LAD_OK);
    double at[COUNT], change[COUNT];
    for (size_t j = 0; j < COUNT; j++) at[j] = (double)head.mean[j];
    assert_true(lad_global_distance(&head, at) < 1e-9);
    for (size_t j = 0; j < COUNT; j++) {
        at[j] += 5.0;
        change[j] = lad_global_distance(&head, at);
        at[j] += 5.0;
        assert_true(fabs(lad_global_distance(&head, at) - 2.0 * change[j]) < 1e-9 * change[j]); /* linear along a ray */
        at[j] = (double)head.mean[j];
    }
    assert_true(change[1] > 1.0 && change[1] > change[3]); /* novelties move feature 1, never feature 3 */
    lad_global_head_deinit(&head);
}

static void test_fit_copes_with_constant_features_and_few_pictures(void **state)
{
    (void)state;
    double rows[3 * 4] = {1, 5, 0, 2, 2, 5, 1, 2, 4, 5, 0, 3}, novel[3 * 4] = {2, 5, 0, 2, 2, 5, 3, 2, 4, 6, 0, 1};
    lad_global_head head = {0};
    assert_int_equal(lad_global_fit(rows, novel, 3, 1, 4, &head, NULL), LAD_OK); /* more features than pictures */
    double far[4] = {9, 5, 0, 2};
    double distance = lad_global_distance(&head, far);
    assert_true(isfinite(distance) && distance > 0.0);
    lad_global_head_deinit(&head);
    lad_error err;
    assert_int_equal(lad_global_fit(rows, novel, 1, 1, 4, &head, &err), LAD_ERR_ARG);
}

static void test_scale_maps_distances_to_the_unit_of_the_map_score(void **state)
{
    (void)state;
    lad_global_head head = {.count = COUNT, .scale = 1.0};
    const double distances[4] = {10, 12, 14, 16}, scores[4] = {0.2, 0.1, 0.4, 0.3};
    lad_global_scale(&head, 1.0, distances, scores, 4);
    assert_true(fabs(head.offset - 13.0) < 1e-12);
    assert_true(fabs(head.scale - sqrt(0.0125) / sqrt(5.0)) < 1e-12);
    lad_global_scale(&head, 3.0, distances, scores, 4);
    assert_true(fabs(head.scale - 3.0 * sqrt(0.0125) / sqrt(5.0)) < 1e-12);
    const double alike[4] = {3, 3, 3, 3};
    lad_global_scale(&head, 1.0, alike, scores, 4);
    assert_true(head.scale == 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pool_gives_means_squares_and_products_along_the_ring),
        cmocka_unit_test(test_fit_gives_the_likelihood_ratio_of_shrunk_covariance_and_novelties),
        cmocka_unit_test(test_distance_sees_novelties_and_nothing_at_the_mean),
        cmocka_unit_test(test_fit_copes_with_constant_features_and_few_pictures),
        cmocka_unit_test(test_scale_maps_distances_to_the_unit_of_the_map_score),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
