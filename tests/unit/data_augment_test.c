/* Colour jitter. */
#include "data/augment.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

enum { PIXELS = 64 };

static uint8_t rgb[PIXELS * 3], out[PIXELS * 3];

static void fill(uint8_t low, uint8_t span)
{
    lad_rng rng = lad_rng_seed(1, 1);
    for (size_t i = 0; i < sizeof rgb; i++) rgb[i] = (uint8_t)(low + lad_rng_below(&rng, span));
}

static void test_jitter_stays_within_a_fifth(void **state)
{
    (void)state;
    fill(60, 80);
    size_t changed = 0;
    for (uint64_t n = 0; n < 60; n++) {
        lad_rng rng = lad_rng_seed(2, n);
        lad_augment_jitter(&rng, rgb, PIXELS, out);
        for (size_t i = 0; i < sizeof rgb; i++) {
            /* Every kind moves a value by at most a fifth of its distance to a pivot in [0, 140]. */
            assert_true(fabs((double)out[i] - rgb[i]) <= 0.2 * 140.0 + 1.0);
            changed += out[i] != rgb[i];
        }
    }
    assert_true(changed > 60 * 3 * PIXELS / 2);
}

static void test_jitter_grey_picture_stays_grey(void **state)
{
    (void)state;
    fill(0, 255);
    for (size_t i = 0; i < PIXELS; i++) rgb[3 * i + 1] = rgb[3 * i + 2] = rgb[3 * i];
    for (uint64_t n = 0; n < 30; n++) {
        lad_rng rng = lad_rng_seed(3, n);
        lad_augment_jitter(&rng, rgb, PIXELS, out);
        for (size_t i = 0; i < PIXELS; i++) assert_true(out[3 * i] == out[3 * i + 1] && out[3 * i] == out[3 * i + 2]);
    }
}

static void test_jitter_in_place_equals_out_of_place(void **state)
{
    (void)state;
    for (uint64_t n = 0; n < 10; n++) {
        fill(0, 255);
        lad_rng a = lad_rng_seed(4, n), b = a;
        lad_augment_jitter(&a, rgb, PIXELS, out);
        lad_augment_jitter(&b, rgb, PIXELS, rgb);
        assert_memory_equal(rgb, out, sizeof rgb);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jitter_stays_within_a_fifth),
        cmocka_unit_test(test_jitter_grey_picture_stays_grey),
        cmocka_unit_test(test_jitter_in_place_equals_out_of_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
