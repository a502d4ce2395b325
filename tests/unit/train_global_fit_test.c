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

static double packed(const float *lower, size_t i, size_t j)
{
    return (double)(i < j ? lower[j * (j + 1) / 2 + i] : lower[i * (i + 1) / 2 + j]);
}

static void fill(double *rows)
{
    lad_rng rng = lad_rng_seed(7, 0);
    for (size_t i = 0; i < N; i++) {
        double common = (double)lad_rng_normal(&rng);
        for (size_t j = 0; j < COUNT; j++)
            rows[i * COUNT + j] = 3.0 * (double)j + (1.0 + (double)j) * (common + 0.5 * (double)lad_rng_normal(&rng));
    }
}

static void test_pool_gives_means_squares_and_products_along_the_ring(void **state)
{
    (void)state;
    const float y[2 * 3] = {1.0f, -2.0f, 4.0f, 3.0f, 0.0f, 5.0f};
    const double expected[3 * LAD_GLOBAL_MOMENTS] = {2.0,  5.0,  -1.0, 9.5,   /* channel 0 with 1 and 2 */
                                                     -1.0, 2.0,  -4.0, -1.0,  /* 1 with 2 and 0 */
                                                     4.5,  20.5, 9.5,  -4.0}; /* 2 with 0 and 1 */
    double pooled[3 * LAD_GLOBAL_MOMENTS];
    lad_global_pool(NULL, 2, 3, y, pooled);
    for (size_t i = 0; i < 3 * LAD_GLOBAL_MOMENTS; i++) assert_true(fabs(pooled[i] - expected[i]) < 1e-12);
}

/* With S* = r m I + (1 - r) S over standardised features, S* times the precision must be the identity.  The test
 * forms Ledoit and Wolf's sums the long way, by their definition. */
static void test_fit_inverts_the_shrunk_covariance(void **state)
{
    (void)state;
    static double rows[N * COUNT], z[N * COUNT], s[COUNT][COUNT];
    fill(rows);
    lad_global_head head = {0};
    assert_int_equal(lad_global_fit(rows, N, COUNT, &head, NULL), LAD_OK);
    double mean[COUNT] = {0}, std[COUNT] = {0};
    for (size_t j = 0; j < COUNT; j++) {
        for (size_t i = 0; i < N; i++) mean[j] += rows[i * COUNT + j] / N;
        for (size_t i = 0; i < N; i++) std[j] += pow(rows[i * COUNT + j] - mean[j], 2.0) / N;
        std[j] = sqrt(std[j]);
        for (size_t i = 0; i < N; i++) z[i * COUNT + j] = (rows[i * COUNT + j] - mean[j]) / std[j];
        assert_true(fabs((double)head.mean[j] - mean[j]) < 1e-5 * (1.0 + fabs(mean[j])));
    }
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
        for (size_t k = 0; k < COUNT; k++) {
            double product = 0.0;
            for (size_t l = 0; l < COUNT; l++) {
                double shrunk = (1.0 - r) * s[j][l] + (j == l ? r * m : 0.0);
                product += shrunk * packed(head.precision, l, k) * std[l] * std[k];
            }
            assert_true(fabs(product - (j == k ? 1.0 : 0.0)) < 1e-4);
        }
    lad_global_head_deinit(&head);
}

static void test_distance_grows_away_from_the_mean_and_vanishes_there(void **state)
{
    (void)state;
    static double rows[N * COUNT];
    fill(rows);
    lad_global_head head = {0};
    assert_int_equal(lad_global_fit(rows, N, COUNT, &head, NULL), LAD_OK);
    double at[COUNT];
    for (size_t j = 0; j < COUNT; j++) at[j] = (double)head.mean[j];
    assert_true(lad_global_distance(&head, at) < 1e-9);
    double before = 0.0;
    for (int step = 1; step <= 3; step++) {
        at[2] = (double)head.mean[2] + 2.0 * step;
        double now = lad_global_distance(&head, at);
        assert_true(fabs(now - step * (step == 1 ? now : before / (step - 1))) < 1e-9 * now); /* linear along a ray */
        before = now;
    }
    lad_global_head_deinit(&head);
}

static void test_fit_copes_with_constant_features_and_few_pictures(void **state)
{
    (void)state;
    double rows[3 * 4] = {1, 5, 0, 2, 2, 5, 1, 2, 4, 5, 0, 3};
    lad_global_head head = {0};
    assert_int_equal(lad_global_fit(rows, 3, 4, &head, NULL), LAD_OK); /* more features than pictures, one constant */
    double far[4] = {9, 5, 0, 2};
    double distance = lad_global_distance(&head, far);
    assert_true(isfinite(distance) && distance > 0.0);
    lad_global_head_deinit(&head);
    lad_error err;
    assert_int_equal(lad_global_fit(rows, 1, 4, &head, &err), LAD_ERR_ARG);
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
        cmocka_unit_test(test_fit_inverts_the_shrunk_covariance),
        cmocka_unit_test(test_distance_grows_away_from_the_mean_and_vanishes_there),
        cmocka_unit_test(test_fit_copes_with_constant_features_and_few_pictures),
        cmocka_unit_test(test_scale_maps_distances_to_the_unit_of_the_map_score),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
