#include "score/pca.h"

#include "base/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROWS = 3136, CHANNELS = 9, STRIDE = 11 };

static float x[ROWS * STRIDE], y[ROWS * STRIDE];
static uint8_t x_rgb[ROWS * 3], y_rgb[ROWS * 3];

/* Three independent causes of falling strength, each in channels of its own, and a little noise. */
static void fill(float *rows, uint64_t seed, float causes[ROWS][3])
{
    lad_rng rng = lad_rng_seed(seed, 0);
    for (size_t r = 0; r < ROWS; r++) {
        for (size_t k = 0; k < 3; k++) causes[r][k] = lad_rng_range(&rng, -1.0f, 1.0f) * (float)(4 - k);
        for (size_t c = 0; c < STRIDE; c++) {
            float noise = lad_rng_range(&rng, -0.05f, 0.05f);
            rows[r * STRIDE + c] = c < CHANNELS ? 5.0f + noise + causes[r][c / 3] : NAN; /* gaps are not read */
        }
    }
}

static void test_pca_colors_follow_the_three_strongest_causes(void **state)
{
    (void)state;
    static float causes[ROWS][3], others[ROWS][3];
    double share = 0;
    fill(x, 1, causes);
    fill(y, 2, others);
    assert_int_equal(lad_pca_colors(ROWS, CHANNELS, x, STRIDE, y, STRIDE, x_rgb, y_rgb, &share), LAD_OK);
    assert_true(share > 0.99 && share <= 1.0);
    for (size_t k = 0; k < 3; k++) {
        double xy = 0, xx = 0, yy = 0, other_xy = 0, other_xx = 0, other_yy = 0;
        for (size_t r = 0; r < ROWS; r++) {
            double level = x_rgb[3 * r + k] - 128.0, other = y_rgb[3 * r + k] - 128.0;
            xy += level * (double)causes[r][k];
            xx += level * level;
            yy += (double)causes[r][k] * (double)causes[r][k];
            other_xy += other * (double)others[r][k];
            other_xx += other * other;
            other_yy += (double)others[r][k] * (double)others[r][k];
        }
        assert_true(xy / sqrt(xx * yy) > 0.97);
        assert_true(other_xy / sqrt(other_xx * other_yy) > 0.97); /* the same colours for the same causes */
        assert_true(fabs(sqrt(xx / ROWS) - 127.0 / 2.5) < 2.0);
    }
}

static void test_pca_equal_features_have_equal_colors(void **state)
{
    (void)state;
    static float causes[ROWS][3];
    double share;
    fill(x, 3, causes);
    assert_int_equal(lad_pca_colors(ROWS, CHANNELS, x, STRIDE, x, STRIDE, x_rgb, y_rgb, &share), LAD_OK);
    assert_memory_equal(x_rgb, y_rgb, sizeof x_rgb);
}

static void test_pca_without_variance_is_grey_and_bad_input_is_refused(void **state)
{
    (void)state;
    double share = 7;
    for (size_t i = 0; i < ROWS * STRIDE; i++) x[i] = 2.0f;
    assert_int_equal(lad_pca_colors(ROWS, CHANNELS, x, STRIDE, x, STRIDE, x_rgb, y_rgb, &share), LAD_OK);
    for (size_t i = 0; i < sizeof x_rgb; i++) assert_int_equal(x_rgb[i], 128);
    assert_true(share == 0);
    assert_int_equal(lad_pca_colors(0, CHANNELS, x, STRIDE, x, STRIDE, x_rgb, y_rgb, &share), LAD_ERR_ARG);
    x[STRIDE] = INFINITY;
    assert_int_equal(lad_pca_colors(ROWS, CHANNELS, x, STRIDE, x, STRIDE, x_rgb, y_rgb, &share), LAD_ERR_ARG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pca_colors_follow_the_three_strongest_causes),
        cmocka_unit_test(test_pca_equal_features_have_equal_colors),
        cmocka_unit_test(test_pca_without_variance_is_grey_and_bad_input_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
