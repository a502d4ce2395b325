/* Procedural pictures: reproducible, varied, with the spectrum of photographs; and the stream around them. */
#include "base/alloc.h"
#include "base/sha256.h"
#include "data/pictures.h"
#include "data/procedural.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

enum { SIZE = 64, BYTES = SIZE * SIZE * 3, MANY = 40 };

static uint8_t pictures[MANY][BYTES];

static int render_many(void **state)
{
    (void)state;
    float *scratch = lad_alloc(lad_procedural_scratch_floats(SIZE), sizeof *scratch);
    if (!scratch) return -1;
    for (size_t i = 0; i < MANY; i++) lad_procedural_render(7, i, SIZE, scratch, pictures[i]);
    lad_free(scratch);
    return 0;
}

static void test_procedural_known_seed_gives_known_bytes(void **state)
{
    (void)state;
    char hex[65];
    lad_sha256_hex(pictures, sizeof pictures, hex);
    /* Pins LAD_PROCEDURAL_VERSION: another hash means other pictures for the same seed, so raise the version. */
    assert_string_equal(LAD_PROCEDURAL_VERSION, "procedural-1");
    assert_string_equal(hex, "ee8ac2bbeef5696fdaeb8165ded842a7e04ff5c225bd32462c2babab006755c5");
}

static void test_procedural_dirty_scratch_does_not_show(void **state)
{
    (void)state;
    size_t floats = lad_procedural_scratch_floats(SIZE);
    float *scratch = lad_alloc(floats, sizeof *scratch);
    uint8_t again[BYTES];
    assert_non_null(scratch);
    for (size_t i = 0; i < 8; i++) {
        for (size_t k = 0; k < floats; k++) scratch[k] = NAN;
        lad_procedural_render(7, i, SIZE, scratch, again);
        assert_memory_equal(again, pictures[i], BYTES);
    }
    lad_free(scratch);
}

/* Mean square difference of pixels that lie `step` apart, of pixels in [0, 1]. */
static double variation(size_t step)
{
    double sum = 0.0;
    size_t count = 0;
    for (size_t i = 0; i < MANY; i++) {
        for (size_t y = 0; y < SIZE; y++) {
            for (size_t x = 0; x + step < SIZE; x++, count++) {
                double d = (pictures[i][(y * SIZE + x) * 3] - pictures[i][(y * SIZE + x + step) * 3]) / 255.0;
                sum += d * d;
            }
        }
    }
    return sum / (double)count;
}

static void test_procedural_differences_grow_with_distance_as_in_photographs(void **state)
{
    (void)state;
    double near = variation(1), middle = variation(4), far = variation(16);
    /* A 1/f amplitude spectrum: near pixels agree, and the difference rises slowly, over all scales. */
    assert_true(near > 1e-3 && near < 0.03);
    assert_true(middle > 1.3 * near && far > 1.2 * middle);
    assert_true(far < 12.0 * near);
}

static void test_procedural_pictures_are_colourful_and_not_empty(void **state)
{
    (void)state;
    size_t flat = 0, coloured = 0;
    for (size_t i = 0; i < MANY; i++) {
        double sum = 0.0, square = 0.0, chroma = 0.0;
        for (size_t k = 0; k < SIZE * SIZE; k++) {
            double r = pictures[i][3 * k], g = pictures[i][3 * k + 1], b = pictures[i][3 * k + 2];
            sum += g;
            square += g * g;
            chroma += fabs(r - g) + fabs(0.5 * (r + g) - b);
        }
        double n = SIZE * SIZE, mean = sum / n;
        if (square / n - mean * mean < 4.0) flat++;
        if (chroma / n > 15.0) coloured++;
    }
    assert_true(flat < MANY / 6);
    assert_true(coloured > MANY / 2);
}

static void test_pictures_with_photographs_takes_every_other_from_them(void **state)
{
    (void)state;
    size_t photo_bytes = (size_t)LAD_PHOTO_SIZE * LAD_PHOTO_SIZE * 3;
    uint8_t *photos = lad_alloc(2, photo_bytes), rgb[BYTES];
    float *scratch = lad_alloc(lad_procedural_scratch_floats(SIZE), sizeof *scratch);
    assert_true(photos && scratch);
    memset(photos, 11, photo_bytes);
    memset(photos + photo_bytes, 22, photo_bytes);
    lad_pictures stream = {7, photos, 2};
    size_t seen[2] = {0, 0};
    for (uint64_t i = 0; i < 20; i++) {
        lad_pictures_draw(&stream, i, SIZE, scratch, rgb);
        if (i % 2 == 1) {
            assert_memory_equal(rgb, pictures[i], BYTES);
            continue;
        }
        assert_true(rgb[0] == 11 || rgb[0] == 22);
        for (size_t k = 0; k < BYTES; k++) assert_int_equal(rgb[k], rgb[0]);
        seen[rgb[0] == 22]++;
    }
    assert_true(seen[0] > 0 && seen[1] > 0);
    lad_free(photos);
    lad_free(scratch);
}

static void test_pictures_describe_names_version_and_photographs(void **state)
{
    (void)state;
    char text[64];
    lad_pictures_describe(&(lad_pictures){1, NULL, 0}, text, sizeof text);
    assert_string_equal(text, LAD_PROCEDURAL_VERSION);
    uint8_t photo = 0;
    lad_pictures_describe(&(lad_pictures){1, &photo, 40}, text, sizeof text);
    assert_string_equal(text, LAD_PROCEDURAL_VERSION " + 40 photographs");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_procedural_known_seed_gives_known_bytes),
        cmocka_unit_test(test_procedural_dirty_scratch_does_not_show),
        cmocka_unit_test(test_procedural_differences_grow_with_distance_as_in_photographs),
        cmocka_unit_test(test_procedural_pictures_are_colourful_and_not_empty),
        cmocka_unit_test(test_pictures_with_photographs_takes_every_other_from_them),
        cmocka_unit_test(test_pictures_describe_names_version_and_photographs),
    };
    return cmocka_run_group_tests(tests, render_many, NULL);
}
