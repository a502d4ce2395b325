/* The camera behind the film: noise, blur, tone curve, JPEG loss; and ground truth from two films. */
#include "base/alloc.h"
#include "scene/jpeg.h"
#include "scene/mask.h"
#include "scene/post.h"

#include <math.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WIDTH = 37, HEIGHT = 29 }; /* neither is a multiple of a block */

static lad_film grey_film(float level)
{
    lad_film film;
    assert_int_equal(lad_film_init(&film, WIDTH, HEIGHT), LAD_OK);
    for (size_t i = 0; i < 3 * WIDTH * HEIGHT; i++) film.rgb[i] = level;
    return film;
}

static lad_post plain_post(void)
{
    return (lad_post){.exposure = 1, .gain = {1, 1, 1}, .jpeg_quality = 100, .noise_seed = 5};
}

static void develop(const lad_post *post, float level, uint8_t rgb[3 * WIDTH * HEIGHT])
{
    lad_film film = grey_film(level);
    assert_int_equal(lad_post_run(post, &film, NULL, rgb), LAD_OK);
    lad_film_deinit(&film);
}

static void test_post_plain_is_the_srgb_curve(void **state)
{
    (void)state;
    uint8_t rgb[3 * WIDTH * HEIGHT];
    lad_post post = plain_post();
    for (float level = 0; level < 0.7f; level += 0.06f) {
        develop(&post, level, rgb);
        double wanted = level <= 0.0031308f ? 12.92 * level : 1.055 * pow(level, 1 / 2.4) - 0.055;
        for (size_t i = 0; i < sizeof rgb; i++) assert_true(fabs(rgb[i] - 255 * wanted) <= 0.75);
    }
    develop(&post, 50, rgb); /* far too bright: below white, no wrap-around */
    assert_in_range(rgb[0], 240, 255);
}

static void test_post_noise_has_the_wanted_deviation(void **state)
{
    (void)state;
    uint8_t clean[3 * WIDTH * HEIGHT], noisy[3 * WIDTH * HEIGHT];
    lad_post post = plain_post();
    develop(&post, 0.25f, clean);
    post.shot_noise = 0.02f; /* 0.01 at a level of 1/4 */
    develop(&post, 0.25f, noisy);
    double sum = 0, squares = 0;
    for (size_t i = 0; i < sizeof noisy; i++) {
        double d = (double)noisy[i] - clean[i];
        sum += d;
        squares += d * d;
    }
    /* Slope of the curve at 1/4: 255 * 1.055 / 2.4 * 0.25^(1/2.4 - 1) = 251 levels. */
    assert_true(fabs(sqrt(squares / sizeof noisy) - 2.51) < 0.25);
    assert_true(fabs(sum / sizeof noisy) < 0.2);
}

static void test_post_blur_keeps_the_sum(void **state)
{
    (void)state;
    uint8_t rgb[3 * WIDTH * HEIGHT];
    lad_post post = plain_post();
    post.blur_px = 0.6f;
    lad_film film = grey_film(0);
    film.rgb[3 * (14 * WIDTH + 18)] = 0.6f; /* one red point */
    assert_int_equal(lad_post_run(&post, &film, NULL, rgb), LAD_OK);
    lad_film_deinit(&film);
    double sum = 0;
    for (size_t i = 0; i < WIDTH * HEIGHT; i++) {
        double encoded = rgb[3 * i] / 255.0;
        sum += encoded <= 0.04045 ? encoded / 12.92 : pow((encoded + 0.055) / 1.055, 2.4);
        assert_int_equal(rgb[3 * i + 1], 0);
    }
    assert_true(fabs(sum - 0.6) < 0.02);
    assert_true(rgb[3 * (14 * WIDTH + 18)] > rgb[3 * (14 * WIDTH + 19)]);
    assert_true(rgb[3 * (14 * WIDTH + 19)] > 0);
}

static void fill_pattern(lad_film *film)
{
    for (size_t i = 0; i < 3 * WIDTH * HEIGHT; i++) {
        size_t x = i / 3 % WIDTH, y = i / 3 / WIDTH;
        film->rgb[i] = 128 + 60 * sinf(0.31f * (float)x + (float)(i % 3)) * cosf(0.23f * (float)y);
    }
}

static void test_jpeg_loss_grows_with_less_quality(void **state)
{
    (void)state;
    double last = 0;
    static const float qualities[] = {100, 95, 80, 50, 20};
    for (size_t q = 0; q < 5; q++) {
        lad_film film = grey_film(0), wanted = grey_film(0);
        fill_pattern(&film);
        fill_pattern(&wanted);
        lad_jpeg_loss(&film, qualities[q], NULL);
        double error = 0;
        for (size_t i = 0; i < 3 * WIDTH * HEIGHT; i++) error += fabs(film.rgb[i] - wanted.rgb[i]);
        error /= 3 * WIDTH * HEIGHT;
        if (q == 0) assert_true(error < 0.6); /* steps of 1: rounding only */
        assert_true(error > last && error < 12);
        last = error;
        lad_film_deinit(&film);
        lad_film_deinit(&wanted);
    }
}

static void test_jpeg_flat_picture_keeps_its_colour(void **state)
{
    (void)state;
    lad_film film = grey_film(0);
    for (size_t i = 0; i < WIDTH * HEIGHT; i++) lad_film_set(&film, i % WIDTH, i / WIDTH, lad_v3(200, 120, 40));
    lad_jpeg_loss(&film, 90, NULL);
    for (size_t i = 0; i < WIDTH * HEIGHT; i++) {
        lad_vec3 c = lad_film_get(&film, i % WIDTH, i / WIDTH);
        assert_true(fabsf(c.x - 200) < 1.5f && fabsf(c.y - 120) < 1.5f && fabsf(c.z - 40) < 1.5f);
    }
    lad_film_deinit(&film);
}

static float disc(const void *context, float px, float py)
{
    const float *centre = context;
    return hypotf(px - centre[0], py - centre[1]) - centre[2];
}

static void test_mask_fill_has_the_area_of_the_shape(void **state)
{
    (void)state;
    lad_masks masks = {.width = WIDTH, .height = HEIGHT};
    uint8_t *plane;
    const float circle[3] = {18, 14, 9};
    assert_int_equal(lad_masks_add(&masks, &plane), LAD_OK);
    lad_mask_fill(&masks, plane, 77, disc, circle);
    double area = 0;
    for (size_t i = 0; i < WIDTH * HEIGHT; i++) area += plane[i] != 0;
    assert_true(fabs(area - 3.14159 * 81) < 12);
    assert_int_equal(plane[14 * WIDTH + 18], 77);
    assert_int_equal(masks.count, 1);
    lad_masks_deinit(&masks);
}

static void test_mask_from_films_finds_the_change_and_closes_holes(void **state)
{
    (void)state;
    lad_masks masks = {.width = WIDTH, .height = HEIGHT};
    uint8_t *plane;
    assert_int_equal(lad_masks_add(&masks, &plane), LAD_OK);
    lad_film with = grey_film(0.2f), without = grey_film(0.2f);
    for (size_t y = 8; y < 16; y++) {
        for (size_t x = 10; x < 20; x++) {
            if (x != 14) lad_film_set(&with, x, y, lad_v3(0.2f, 0.4f, 0.2f)); /* a hole one pixel wide */
        }
    }
    lad_film_set(&with, 30, 20, lad_v3(0.201f, 0.2f, 0.2f)); /* too little to count */
    assert_int_equal(lad_mask_from_films(&masks, plane, 9, &with, &without, 10), LAD_OK);
    for (size_t i = 0; i < WIDTH * HEIGHT; i++) {
        size_t x = i % WIDTH, y = i / WIDTH;
        bool core = x >= 10 && x < 20 && y >= 8 && y < 16, near = x >= 9 && x < 21 && y >= 7 && y < 17;
        if (core) assert_int_equal(plane[i], 9);
        if (!near) assert_int_equal(plane[i], 0);
    }
    lad_film_deinit(&with);
    lad_film_deinit(&without);
    lad_masks_deinit(&masks);
}

static void test_film_too_large_is_refused(void **state)
{
    (void)state;
    lad_film film = {0};
    assert_int_equal(lad_film_init(&film, (size_t)-1 / 2, 9), LAD_ERR_NOMEM);
    assert_null(film.rgb);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_post_plain_is_the_srgb_curve),
        cmocka_unit_test(test_post_noise_has_the_wanted_deviation),
        cmocka_unit_test(test_post_blur_keeps_the_sum),
        cmocka_unit_test(test_jpeg_loss_grows_with_less_quality),
        cmocka_unit_test(test_jpeg_flat_picture_keeps_its_colour),
        cmocka_unit_test(test_mask_fill_has_the_area_of_the_shape),
        cmocka_unit_test(test_mask_from_films_finds_the_change_and_closes_holes),
        cmocka_unit_test(test_film_too_large_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
