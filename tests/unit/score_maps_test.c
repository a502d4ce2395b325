/* Maps and scores, pinned by values worked out by hand. */
#include "score/maps.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void test_normalize_quantiles_become_0_and_a_tenth(void **state)
{
    (void)state;
    const lad_map_rule rule = {.quantiles = {.qa_st = 2.0f, .qb_st = 4.0f, .qa_ae = 1.0f, .qb_ae = 1.5f}};
    float st[4] = {2.0f, 4.0f, 0.0f, 10.0f}, stae[4] = {1.0f, 1.5f, 2.0f, 0.0f}, combined[4];
    lad_maps_normalize(&rule, 4, st, stae, combined);
    /* 0.1 (m - qa) / (qb - qa) */
    const float expected_st[4] = {0.0f, 0.1f, -0.1f, 0.4f}, expected_stae[4] = {0.0f, 0.1f, 0.2f, -0.2f};
    const float expected_combined[4] = {0.0f, 0.1f, 0.05f, 0.1f};
    for (size_t i = 0; i < 4; i++) {
        assert_float_equal(st[i], expected_st[i], 1e-7);
        assert_float_equal(stae[i], expected_stae[i], 1e-7);
        assert_float_equal(combined[i], expected_combined[i], 1e-7);
    }
}

static void test_normalize_combines_by_maximum(void **state)
{
    (void)state;
    const lad_map_rule rule = {.quantiles = {.qa_st = 2.0f, .qb_st = 4.0f, .qa_ae = 1.0f, .qb_ae = 1.5f},
                               .combine = LAD_MAP_COMBINE_MAX};
    float st[4] = {2.0f, 4.0f, 0.0f, 10.0f}, stae[4] = {1.0f, 1.5f, 2.0f, 0.0f}, combined[4];
    lad_maps_normalize(&rule, 4, st, stae, combined);
    const float expected[4] = {0.0f, 0.1f, 0.2f, 0.4f};
    for (size_t i = 0; i < 4; i++) assert_float_equal(combined[i], expected[i], 1e-7);
}

static void test_normalize_standardises_positions_first(void **state)
{
    (void)state;
    float positions[LAD_POSITION_PARTS * 2] = {10.0f, 20.0f, 2.0f, 4.0f, 1.0f, 2.0f, 0.5f, 0.25f};
    const lad_map_rule rule = {.quantiles = {.qa_st = 1.0f, .qb_st = 2.0f, .qa_ae = 0.0f, .qb_ae = 2.0f},
                               .positions = positions};
    float st[2] = {14.0f, 20.0f}, stae[2] = {2.0f, 1.5f}, combined[2];
    lad_maps_normalize(&rule, 2, st, stae, combined);
    /* z: (14 - 10) / 2 = 2, (20 - 20) / 4 = 0;  (2 - 1) / 0.5 = 2, (1.5 - 2) / 0.25 = -2 */
    const float expected_st[2] = {0.1f, -0.1f}, expected_stae[2] = {0.1f, -0.1f};
    for (size_t i = 0; i < 2; i++) {
        assert_float_equal(st[i], expected_st[i], 1e-7);
        assert_float_equal(stae[i], expected_stae[i], 1e-7);
        assert_float_equal(combined[i], expected_st[i], 1e-7);
    }
}

/* The Gaussian written out a second time, in double, over both axes at once. */
static double smoothed(double deviation, const float *map, size_t y, size_t x)
{
    int reach = (int)ceil(3.0 * deviation);
    double sum = 0.0, weights = 0.0;
    for (int j = -reach; j <= reach; j++)
        for (int i = -reach; i <= reach; i++) {
            double weight = exp(-(double)(j * j + i * i) / (2.0 * deviation * deviation));
            int row = (int)y + j, column = (int)x + i, last = LAD_MAP_SIZE - 1;
            row = row < 0 ? 0 : row > last ? last : row;
            column = column < 0 ? 0 : column > last ? last : column;
            sum += weight * (double)map[row * LAD_MAP_SIZE + column];
            weights += weight;
        }
    return sum / weights;
}

static void test_smooth_is_a_gaussian(void **state)
{
    (void)state;
    enum { SIZE = LAD_MAP_SIZE };
    static float map[SIZE * SIZE], out[SIZE * SIZE];
    for (size_t i = 0; i < SIZE * SIZE; i++) map[i] = (float)((i * 37 + i / SIZE * 11) % 64);
    const double deviations[] = {0.5, 1.0, LAD_MAP_MAX_SMOOTHING};
    for (size_t k = 0; k < sizeof deviations / sizeof *deviations; k++) {
        memcpy(out, map, sizeof out);
        lad_maps_smooth(deviations[k], out);
        for (size_t i = 0; i < SIZE * SIZE;
             i += i < SIZE || i >= SIZE * (SIZE - 1) ? 1 : 5) /* 64 units, 50 roundings */
            assert_float_equal(out[i], (float)smoothed(deviations[k], map, i / SIZE, i % SIZE), 64 * 50 * 6e-8f);
    }
    memcpy(out, map, sizeof out);
    lad_maps_smooth(0.0, out);
    assert_memory_equal(out, map, sizeof out);
}

static void test_normalize_smooths_first(void **state)
{
    (void)state;
    enum { SIZE = LAD_MAP_SIZE, CELLS = SIZE * SIZE, AT = 20 * SIZE + 30 };
    static float positions[LAD_POSITION_PARTS * CELLS], st[CELLS], stae[CELLS], combined[CELLS];
    for (size_t i = 0; i < CELLS; i++) {
        positions[LAD_POSITION_MEAN_ST * CELLS + i] = 1.0f;
        positions[LAD_POSITION_STD_ST * CELLS + i] = positions[LAD_POSITION_STD_AE * CELLS + i] = i == AT ? 2.0f : 0.5f;
    }
    const lad_map_rule rule = {.quantiles = {.qa_st = 0.0f, .qb_st = 0.1f, .qa_ae = 0.0f, .qb_ae = 0.1f},
                               .positions = positions,
                               .smoothing = 1.0};
    st[AT] = 5.0f;
    stae[AT] = 10.0f;
    double centre = smoothed(1.0, stae, 20, 30) / 10.0, beside = smoothed(1.0, stae, 20, 31) / 10.0;
    lad_maps_normalize(&rule, CELLS, st, stae, combined);
    assert_float_equal(st[AT], (float)((5.0 * centre - 1.0) / 2.0), 1e-6);
    assert_float_equal(stae[AT], (float)(10.0 * centre / 2.0), 1e-6);
    assert_float_equal(st[AT + 1], (float)((5.0 * beside - 1.0) / 0.5), 1e-5);
    assert_float_equal(stae[AT + 1], (float)(10.0 * beside / 0.5), 1e-5);
}

static void test_score_is_the_maximum_inside_the_border(void **state)
{
    (void)state;
    float map[25];
    for (size_t i = 0; i < 25; i++) map[i] = -1.0f - (float)i;
    map[0] = 9.0f;         /* corner */
    map[1 * 5 + 3] = 5.0f; /* one cell in */
    map[2 * 5 + 2] = 3.0f; /* centre */
    assert_float_equal(lad_maps_score(map, 5, 0), 9.0, 0.0);
    assert_float_equal(lad_maps_score(map, 5, 1), 5.0, 0.0);
    assert_float_equal(lad_maps_score(map, 5, 2), 3.0, 0.0);
    map[2 * 5 + 2] = -7.0f; /* all negative: still the maximum, not 0 */
    assert_float_equal(lad_maps_score(map, 5, 2), -7.0, 0.0);
    assert_int_equal(lad_maps_peak(map, 5, 0), 0);
    assert_int_equal(lad_maps_peak(map, 5, 1), 1 * 5 + 3);
    map[1 * 5 + 1] = 5.0f; /* of equals the first */
    assert_int_equal(lad_maps_peak(map, 5, 1), 1 * 5 + 1);
}

static void test_upsample_one_cell_gives_a_tent_in_the_padding(void **state)
{
    (void)state;
    /* A map of one cell, padded to 9 cells, to 18 pixels: pixel i samples (i + 0.5) / 2 - 0.5, so that the cell
     * at 4 is seen from 3.25, 3.75, 4.25, 4.75 (pixels 7 to 10) with weights 0.25, 0.75, 0.75, 0.25. */
    const float map[1] = {16.0f}, weights[4] = {0.25f, 0.75f, 0.75f, 0.25f};
    float out[18 * 18];
    assert_int_equal(lad_maps_upsample(map, 1, out, 18, 18), LAD_OK);
    for (size_t y = 0; y < 18; y++)
        for (size_t x = 0; x < 18; x++) {
            float wy = y >= 7 && y <= 10 ? weights[y - 7] : 0.0f, wx = x >= 7 && x <= 10 ? weights[x - 7] : 0.0f;
            assert_float_equal(out[y * 18 + x], 16.0f * wy * wx, 1e-5);
        }
}

static void test_upsample_to_the_padded_size_is_the_padded_map(void **state)
{
    (void)state;
    float map[6 * 6], out[14 * 14];
    for (size_t i = 0; i < 36; i++) map[i] = (float)i + 1.0f;
    assert_int_equal(lad_maps_upsample(map, 6, out, 14, 14), LAD_OK);
    for (size_t y = 0; y < 14; y++)
        for (size_t x = 0; x < 14; x++) {
            bool inside = y >= 4 && y < 10 && x >= 4 && x < 10;
            assert_float_equal(out[y * 14 + x], (inside ? map[(y - 4) * 6 + x - 4] : 0.0f), 0.0);
        }
}

static void test_upsample_width_and_height_are_not_swapped(void **state)
{
    (void)state;
    /* To 28 x 14: the right half of the map is 1, so columns decide and rows of the interior are alike. */
    float map[6 * 6], *out = malloc(28 * 14 * sizeof *out);
    for (size_t i = 0; i < 36; i++) map[i] = i % 6 >= 3 ? 1.0f : 0.0f;
    assert_int_equal(lad_maps_upsample(map, 6, out, 28, 14), LAD_OK);
    assert_float_equal(out[7 * 28 + 10], 0.0, 0.0);
    assert_float_equal(out[7 * 28 + 16], 1.0, 0.0);
    assert_float_equal(out[7 * 28 + 14], 0.75, 1e-6); /* samples 6.75: cells 6 (0) and 7 (1) */
    assert_float_equal(out[1 * 28 + 16], 0.0, 0.0);   /* row 1 lies in the padding */
    free(out);
}

static void test_upsample_empty_sizes_are_refused(void **state)
{
    (void)state;
    const float map[1] = {1.0f};
    float out[1];
    assert_int_equal(lad_maps_upsample(map, 1, out, 0, 1), LAD_ERR_ARG);
    assert_int_equal(lad_maps_upsample(map, 0, out, 1, 1), LAD_ERR_ARG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_normalize_quantiles_become_0_and_a_tenth),
        cmocka_unit_test(test_normalize_combines_by_maximum),
        cmocka_unit_test(test_normalize_standardises_positions_first),
        cmocka_unit_test(test_smooth_is_a_gaussian),
        cmocka_unit_test(test_normalize_smooths_first),
        cmocka_unit_test(test_score_is_the_maximum_inside_the_border),
        cmocka_unit_test(test_upsample_one_cell_gives_a_tent_in_the_padding),
        cmocka_unit_test(test_upsample_to_the_padded_size_is_the_padded_map),
        cmocka_unit_test(test_upsample_width_and_height_are_not_swapped),
        cmocka_unit_test(test_upsample_empty_sizes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
