#include "image/image.h"

#include "image_pattern.h"
#include "image_samples.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_resize_any_ratio_equals_pillow(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof resize_samples / sizeof *resize_samples; i++) {
        const struct resize_sample *s = &resize_samples[i];
        uint8_t *src = malloc((size_t)s->w * s->h * s->channels);
        size_t count = (size_t)s->out_w * s->out_h * s->channels;
        uint8_t *dst = malloc(count);
        assert_non_null(src);
        assert_non_null(dst);
        pattern_draw(s->w, s->h, s->channels, src);
        assert_int_equal(lad_image_resize(src, s->w, s->h, s->channels, dst, s->out_w, s->out_h), LAD_OK);
        for (size_t k = 0; k < count; k++) {
            if (dst[k] != s->expected[k])
                fail_msg("case %zu (%ux%ux%u to %ux%u), value %zu: %d, Pillow has %d", i, s->w, s->h, s->channels,
                         s->out_w, s->out_h, k, dst[k], s->expected[k]);
        }
        free(src);
        free(dst);
    }
}

static void test_resize_to_same_size_changes_nothing(void **state)
{
    (void)state;
    uint8_t src[9 * 7 * 3], dst[9 * 7 * 3];
    pattern_draw(9, 7, 3, src);
    assert_int_equal(lad_image_resize(src, 9, 7, 3, dst, 9, 7), LAD_OK);
    assert_memory_equal(src, dst, sizeof src);
}

static void test_resize_constant_image_stays_constant(void **state)
{
    (void)state;
    static uint8_t src[333 * 77], dst[64 * 64];
    for (size_t i = 0; i < sizeof src; i++) src[i] = 255;
    assert_int_equal(lad_image_resize(src, 333, 77, 1, dst, 64, 64), LAD_OK);
    for (size_t i = 0; i < sizeof dst; i++) assert_int_equal(dst[i], 255);
}

static void test_resize_of_nothing_is_refused(void **state)
{
    (void)state;
    uint8_t pixel[3] = {0};
    assert_int_equal(lad_image_resize(pixel, 0, 1, 3, pixel, 1, 1), LAD_ERR_ARG);
    assert_int_equal(lad_image_resize(pixel, 1, 1, 3, pixel, 1, 0), LAD_ERR_ARG);
    assert_int_equal(lad_image_resize(pixel, 1, SIZE_MAX, 3, pixel, 2, 1), LAD_ERR_NOMEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resize_any_ratio_equals_pillow),
        cmocka_unit_test(test_resize_to_same_size_changes_nothing),
        cmocka_unit_test(test_resize_constant_image_stays_constant),
        cmocka_unit_test(test_resize_of_nothing_is_refused),
    };
    return cmocka_run_group_tests_name("image_resize", tests, NULL, NULL);
}
