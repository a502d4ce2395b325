#include "image/image.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* sRGB bytes -> Oklab (Ottosson 2020), independent of the code that made the palette. */
static void oklab(const uint8_t rgb[3], double lab[3])
{
    double v[3];
    for (int c = 0; c < 3; c++) {
        double s = rgb[c] / 255.0;
        v[c] = s <= 0.04045 ? s / 12.92 : pow((s + 0.055) / 1.055, 2.4);
    }
    double l = cbrt(0.4122214708 * v[0] + 0.5363325363 * v[1] + 0.0514459929 * v[2]);
    double m = cbrt(0.2119034982 * v[0] + 0.6806995451 * v[1] + 0.1073969566 * v[2]);
    double s = cbrt(0.0883024619 * v[0] + 0.2817188376 * v[1] + 0.6299787005 * v[2]);
    lab[0] = 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s;
    lab[1] = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s;
    lab[2] = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s;
}

static void lab_at(double value, double lab[3])
{
    uint8_t rgb[3];
    lad_colormap((float)value, rgb);
    oklab(rgb, lab);
}

static void test_colormap_rising_value_rises_in_lightness(void **state)
{
    (void)state;
    double before = -1;
    for (int i = 0; i < 256; i++) {
        double lab[3];
        lab_at(i / 255.0, lab);
        if (lab[0] <= before) fail_msg("lightness %g at %d, %g before it", lab[0], i, before);
        before = lab[0];
    }
    assert_true(before > 0.9);
}

static void test_colormap_equal_steps_look_equal(void **state)
{
    (void)state;
    double least = INFINITY, most = 0;
    for (int i = 0; i < 16; i++) {
        double a[3], b[3];
        lab_at(i / 16.0, a);
        lab_at((i + 1) / 16.0, b);
        double step = sqrt(pow(a[0] - b[0], 2) + pow(a[1] - b[1], 2) + pow(a[2] - b[2], 2));
        if (step < least) least = step;
        if (step > most) most = step;
    }
    assert_true(least > 0.05);
    assert_true(most / least < 1.1); /* a byte is about 3 % of a step */
}

static void test_colormap_outside_range_is_clamped(void **state)
{
    (void)state;
    uint8_t low[3], high[3], rgb[3];
    lad_colormap(0, low);
    lad_colormap(1, high);
    lad_colormap(-3, rgb);
    assert_memory_equal(rgb, low, 3);
    lad_colormap(NAN, rgb);
    assert_memory_equal(rgb, low, 3);
    lad_colormap(INFINITY, rgb);
    assert_memory_equal(rgb, high, 3);
}

static void test_normalize_known_pixel_gives_imagenet_values(void **state)
{
    (void)state;
    const uint8_t rgb[6] = {0, 255, 128, 255, 0, 1};
    const double mean[3] = {0.485, 0.456, 0.406}, std[3] = {0.229, 0.224, 0.225};
    float x[6];
    lad_image_normalize(rgb, 2, x);
    for (int i = 0; i < 6; i++) assert_true(fabs(x[i] - (rgb[i] / 255.0 - mean[i % 3]) / std[i % 3]) < 1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_colormap_rising_value_rises_in_lightness),
        cmocka_unit_test(test_colormap_equal_steps_look_equal),
        cmocka_unit_test(test_colormap_outside_range_is_clamped),
        cmocka_unit_test(test_normalize_known_pixel_gives_imagenet_values),
    };
    return cmocka_run_group_tests_name("image_colormap", tests, NULL, NULL);
}
