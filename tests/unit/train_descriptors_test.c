/* Dense descriptors: geometry, locality, and what each part responds to. */
#include "base/alloc.h"
#include "base/rng.h"
#include "train/descriptors.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

enum { SIZE = 96, SIDE = 16, N = LAD_DESCRIPTOR_COUNT, COLOURS = 27, ENERGIES = 10, LUMA = 27 + 10 };

static uint8_t rgb[SIZE * SIZE * 3];
static float out[SIDE * SIDE * N], other[SIDE * SIDE * N];

static void compute(float *to)
{
    size_t floats = lad_descriptors_scratch_floats(SIZE);
    float *scratch = lad_alloc(floats, sizeof *scratch);
    assert_non_null(scratch);
    for (size_t i = 0; i < floats; i++) scratch[i] = NAN; /* scratch may hold anything */
    lad_descriptors_compute(rgb, SIZE, scratch, to);
    lad_free(scratch);
}

static void fill_noise(void)
{
    lad_rng rng = lad_rng_seed(1, 1);
    for (size_t i = 0; i < sizeof rgb; i++) rgb[i] = (uint8_t)lad_rng_below(&rng, 256);
}

static void test_descriptors_side_matches_the_network(void **state)
{
    (void)state;
    assert_int_equal(lad_descriptors_side(256), 56);
    assert_int_equal(lad_descriptors_side(128), 24);
    assert_int_equal(lad_descriptors_side(SIZE), SIDE);
    assert_int_equal(lad_descriptors_side(33), 1);
}

static void test_descriptors_are_finite_everywhere(void **state)
{
    (void)state;
    fill_noise();
    compute(out);
    for (size_t i = 0; i < SIDE * SIDE * N; i++) assert_true(isfinite(out[i]));
    memset(rgb, 0, sizeof rgb); /* no gradient anywhere */
    compute(out);
    for (size_t i = 0; i < SIDE * SIDE * N; i++) assert_true(isfinite(out[i]));
}

static void test_descriptors_plain_colour_gives_that_colour_and_no_orientation(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE * SIZE; i++) {
        rgb[3 * i] = 255;
        rgb[3 * i + 1] = 51;
        rgb[3 * i + 2] = 0;
    }
    compute(out);
    for (size_t i = 0; i < SIDE * SIDE; i++) {
        const float *d = out + i * N;
        for (size_t k = 0; k < 9; k++) {
            assert_true(fabsf(d[k] - 0.4f) < 1e-4f);      /* luma (1 + 0.2 + 0) / 3 */
            assert_true(fabsf(d[9 + k] - 0.8f) < 1e-4f);  /* red - green */
            assert_true(fabsf(d[18 + k] - 0.6f) < 1e-4f); /* yellow - blue */
        }
        for (size_t k = LUMA; k < N; k++) assert_true(fabsf(d[k]) < 1e-3f);
    }
}

static void test_descriptors_depend_on_pixels_near_their_centre_only(void **state)
{
    (void)state;
    fill_noise();
    compute(out);
    size_t y = 48, x = 48;
    for (size_t c = 0; c < 3; c++) rgb[(y * SIZE + x) * 3 + c] ^= 128;
    compute(other);
    for (size_t i = 0; i < SIDE; i++) {
        for (size_t j = 0; j < SIDE; j++) {
            double dy = 4.0 * (double)i + 16.0 - (double)y, dx = 4.0 * (double)j + 16.0 - (double)x;
            double reach = fmax(fabs(dy), fabs(dx)), change = 0.0;
            for (size_t k = 0; k < N; k++)
                change += fabs((double)out[(i * SIDE + j) * N + k] - other[(i * SIDE + j) * N + k]);
            if (reach <= 8.0) assert_true(change > 1e-3);
            if (reach > 28.0) assert_true(change == 0.0); /* the widest taps reach a little beyond the 16 px */
        }
    }
}

static void test_descriptors_edge_direction_lands_in_its_bin(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE * SIZE; i++)
        memset(rgb + 3 * i, (uint8_t)(2 * (i % SIZE)), 3); /* brighter to the right */
    compute(out);
    /* Middle cell of the finer luma histogram: bins in steps of 45 degrees from "to the right". */
    const float *bins = out + (8 * SIDE + 8) * N + LUMA + 4 * 8;
    for (size_t b = 1; b < 8; b++) assert_true(bins[0] > 1.5f * bins[b]);
    assert_true(bins[4] < 1e-3f);
    assert_true(fabsf(bins[1] - bins[7]) < 1e-4f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_descriptors_side_matches_the_network),
        cmocka_unit_test(test_descriptors_are_finite_everywhere),
        cmocka_unit_test(test_descriptors_plain_colour_gives_that_colour_and_no_orientation),
        cmocka_unit_test(test_descriptors_depend_on_pixels_near_their_centre_only),
        cmocka_unit_test(test_descriptors_edge_direction_lands_in_its_bin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
