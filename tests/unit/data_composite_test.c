/* Composites: what is pasted, what the positions see of it. */
#include "base/alloc.h"
#include "data/composite.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { SIZE = 256, SIDE = 56, PIXELS = SIZE * SIZE, BYTES = PIXELS * 3, COUNT = 3 };

static uint8_t images[COUNT * BYTES], out[BYTES];
static float pasted[SIDE * SIDE], untouched[SIDE * SIDE];
static uint32_t area[2 * (SIZE + 1) * (SIZE + 1)];

/* Picture k: a ramp in one direction plus noise of its own. */
static lad_composite_source make_source(void)
{
    lad_rng rng = lad_rng_seed(3, 0);
    for (size_t k = 0; k < COUNT; k++) {
        for (size_t i = 0; i < PIXELS; i++) {
            for (size_t c = 0; c < 3; c++)
                images[k * BYTES + 3 * i + c] =
                    (uint8_t)(30 + (k == 0 ? i % SIZE : i / SIZE) / 2 + lad_rng_below(&rng, 60));
        }
    }
    lad_composite_source source;
    assert_int_equal(lad_composite_source_init(&source, images, COUNT, SIZE), LAD_OK);
    return source;
}

static void test_source_median_lies_between_the_pictures(void **state)
{
    (void)state;
    lad_composite_source source = make_source();
    for (size_t i = 0; i < BYTES; i++) {
        uint8_t a = images[i], b = images[BYTES + i], c = images[2 * BYTES + i];
        uint8_t low = a < b ? a : b, high = a < b ? b : a;
        assert_int_equal(source.median[i], c < low ? low : c > high ? high : c);
    }
    lad_composite_source_deinit(&source);
}

static void test_composite_changes_something_but_not_much(void **state)
{
    (void)state;
    lad_composite_source source = make_source();
    size_t total = 0, composites = 60;
    for (uint64_t n = 0; n < composites; n++) {
        lad_rng rng = lad_rng_seed(9, n);
        lad_composite_make(&source, &rng, images, out);
        size_t changed = 0;
        for (size_t i = 0; i < PIXELS; i++) changed += memcmp(out + 3 * i, images + 3 * i, 3) != 0;
        /* 1 to 3 blobs of at most 64 px (and their lobes), or strokes; one at the border may lie outside. */
        assert_true(changed < 3 * 9000);
        total += changed;
    }
    assert_true(total > composites * 300);
    lad_composite_source_deinit(&source);
}

/* The changes of one-novelty composites differ in size from a scratch of a few pixels to a blob of thousands. */
static void test_composite_novelties_are_small_and_large(void **state)
{
    (void)state;
    lad_composite_source source = make_source();
    size_t small = 0, large = 0;
    for (uint64_t n = 0; n < 100; n++) {
        lad_rng rng = lad_rng_seed(10, n);
        lad_composite_make(&source, &rng, images, out);
        size_t changed = 0;
        for (size_t i = 0; i < PIXELS; i++) changed += memcmp(out + 3 * i, images + 3 * i, 3) != 0;
        small += changed > 10 && changed < 300;
        large += changed > 3000;
    }
    assert_true(small >= 3 && large >= 10);
    lad_composite_source_deinit(&source);
}

static void test_composite_same_generator_gives_same_bytes(void **state)
{
    (void)state;
    static uint8_t again[BYTES];
    lad_composite_source source = make_source();
    lad_rng a = lad_rng_seed(1, 2), b = a;
    lad_composite_make(&source, &a, images, out);
    lad_composite_make(&source, &b, images, again);
    assert_memory_equal(out, again, BYTES);
    lad_composite_source_deinit(&source);
}

/* Makes the square [top, top + extent) x [left, ...) `change` brighter. */
static void mark(size_t top, size_t left, size_t extent, int change)
{
    memset(images, 100, BYTES);
    memcpy(out, images, BYTES);
    for (size_t y = top; y < top + extent; y++) {
        for (size_t x = left; x < left + extent; x++) {
            for (size_t c = 0; c < 3; c++) out[(y * SIZE + x) * 3 + c] = (uint8_t)(100 + change);
        }
    }
    lad_composite_positions(images, out, SIZE, SIDE, area, pasted, untouched);
}

/* Of the 9 x 9 pixels around a centre, so many must be changed that the mean change is 10. */
static void test_positions_square_is_pasted_where_the_mean_change_around_the_centre_is_ten(void **state)
{
    (void)state;
    mark(100, 60, 40, 50);
    size_t count = 0;
    for (size_t i = 0; i < SIDE; i++) {
        for (size_t j = 0; j < SIDE; j++) {
            size_t cy = 4 * i + 16, cx = 4 * j + 16, inside = 0;
            for (size_t y = cy - 4; y <= cy + 4; y++)
                for (size_t x = cx - 4; x <= cx + 4; x++) inside += y >= 100 && y < 140 && x >= 60 && x < 100;
            assert_int_equal(pasted[i * SIDE + j] != 0.0f, 50 * inside >= 10 * 81);
            count += pasted[i * SIDE + j] != 0.0f;
        }
    }
    assert_true(count >= 100 && count <= 144);
}

static void test_positions_untouched_is_exactly_the_field_of_33_pixels(void **state)
{
    (void)state;
    mark(100, 60, 1, 50); /* one pixel: seen by the positions with 4i <= 100 <= 4i + 32 */
    for (size_t i = 0; i < SIDE; i++) {
        for (size_t j = 0; j < SIDE; j++) {
            bool sees = 4 * i <= 100 && 100 <= 4 * i + 32 && 4 * j <= 60 && 60 <= 4 * j + 32;
            assert_int_equal(untouched[i * SIDE + j] == 0.0f, sees);
        }
    }
}

static void test_positions_invisible_paste_is_neither_pasted_nor_touching(void **state)
{
    (void)state;
    mark(100, 60, 40, 1); /* black on black, say: nothing novel to see */
    for (size_t i = 0; i < SIDE * SIDE; i++) {
        assert_true(pasted[i] == 0.0f);
        assert_true(untouched[i] == 1.0f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_source_median_lies_between_the_pictures),
        cmocka_unit_test(test_composite_changes_something_but_not_much),
        cmocka_unit_test(test_composite_novelties_are_small_and_large),
        cmocka_unit_test(test_composite_same_generator_gives_same_bytes),
        cmocka_unit_test(test_positions_square_is_pasted_where_the_mean_change_around_the_centre_is_ten),
        cmocka_unit_test(test_positions_untouched_is_exactly_the_field_of_33_pixels),
        cmocka_unit_test(test_positions_invisible_paste_is_neither_pasted_nor_touching),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
