#include "base/alloc.h"
#include "image/image.h"

#include "image_pattern.h"
#include "image_samples.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DECODE(sample, image) lad_image_decode(sample, sizeof sample, #sample, image, &err)

static void test_png_colour_types_give_rgb(void **state)
{
    (void)state;
    const struct {
        const uint8_t *bytes;
        size_t size_bytes, step; /* step: 0 when all channels are the grey one */
        bool bilevel;
    } cases[] = {
        {png_grey_7x5, sizeof png_grey_7x5, 0, false},       {png_grey_alpha_7x5, sizeof png_grey_alpha_7x5, 0, false},
        {png_rgb_7x5, sizeof png_rgb_7x5, 1, false},         {png_rgba_7x5, sizeof png_rgba_7x5, 1, false},
        {png_palette_7x5, sizeof png_palette_7x5, 0, false}, {png_bilevel_7x5, sizeof png_bilevel_7x5, 0, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lad_error err;
        lad_image image;
        if (lad_image_decode(cases[i].bytes, cases[i].size_bytes, "x.png", &image, &err) != LAD_OK)
            fail_msg("case %zu: %s", i, err.text);
        assert_int_equal(image.width, 7);
        assert_int_equal(image.height, 5);
        for (size_t k = 0; k < 7 * 5 * 3; k++) {
            int expected = pattern_value(k / 3 % 7, k / 21, k % 3 * cases[i].step);
            if (cases[i].bilevel) expected = expected > 127 ? 255 : 0;
            if (image.rgb[k] != expected) fail_msg("case %zu, value %zu: %d, not %d", i, k, image.rgb[k], expected);
        }
        lad_image_deinit(&image);
    }
}

/* Chroma subsampling and rounding move a smooth picture by a few levels; a wrong plane moves it by dozens. */
static void check_smooth(const uint8_t *bytes, size_t size_bytes, const char *name, int tolerance)
{
    lad_error err;
    lad_image image;
    if (lad_image_decode(bytes, size_bytes, name, &image, &err) != LAD_OK) fail_msg("%s", err.text);
    assert_int_equal(image.width, 20);
    assert_int_equal(image.height, 13);
    for (size_t k = 0; k < 20 * 13 * 3; k++) {
        int expected = smooth_value(k / 3 % 20, k / 60, k % 3);
        if (abs(image.rgb[k] - expected) > tolerance)
            fail_msg("%s, value %zu: %d, not %d", name, k, image.rgb[k], expected);
    }
    lad_image_deinit(&image);
}

static void test_jpeg_kinds_give_the_picture(void **state)
{
    (void)state;
    check_smooth(jpeg_444_20x13, sizeof jpeg_444_20x13, "4:4:4", 6);
    check_smooth(jpeg_420_20x13, sizeof jpeg_420_20x13, "4:2:0", 16);
    check_smooth(jpeg_progressive_20x13, sizeof jpeg_progressive_20x13, "progressive", 16);
    check_smooth(jpeg_restart_20x13, sizeof jpeg_restart_20x13, "restart markers", 16);
    lad_error err;
    lad_image image;
    assert_int_equal(DECODE(jpeg_grey_20x13, &image), LAD_OK);
    for (size_t i = 0; i < 20 * 13; i++) {
        assert_int_equal(image.rgb[3 * i], image.rgb[3 * i + 1]);
        assert_int_equal(image.rgb[3 * i], image.rgb[3 * i + 2]);
    }
    lad_image_deinit(&image);
}

/* Fails with this status and a sentence that begins with the file's name and holds `words`. */
static void check_refused(const void *bytes, size_t size_bytes, lad_status status, const char *words)
{
    /* An exact copy, so that a read behind its end shows under the address sanitizer. */
    uint8_t *copy = malloc(size_bytes ? size_bytes : 1);
    assert_non_null(copy);
    if (size_bytes) memcpy(copy, bytes, size_bytes);
    lad_error err = {{0}};
    lad_image image = {0};
    lad_status got = lad_image_decode(copy, size_bytes, "folder/picture.x", &image, &err);
    free(copy);
    if (got != status)
        fail_msg("%zu bytes: %s, not %s: %s", size_bytes, lad_status_name(got), lad_status_name(status), err.text);
    assert_null(image.rgb);
    assert_ptr_equal(strstr(err.text, "folder/picture.x "), err.text);
    if (!strstr(err.text, words)) fail_msg("'%s' does not say '%s'", err.text, words);
    assert_int_equal(err.text[strlen(err.text) - 1], '.');
}

static void test_decode_cut_at_every_byte_is_refused(void **state)
{
    (void)state;
#define CUT(sample)                                                                                                    \
    for (size_t n = 9; n < sizeof sample; n++) check_refused(sample, n, LAD_ERR_FORMAT, "truncated")
    CUT(png_rgb_7x5);
    CUT(png_palette_7x5);
    CUT(jpeg_420_20x13);
    CUT(jpeg_progressive_20x13);
    CUT(jpeg_restart_20x13);
#undef CUT
    for (size_t n = 1; n < 9; n++) check_refused(png_rgb_7x5, n, LAD_ERR_FORMAT, "truncated");
    for (size_t n = 2; n < 9; n++) check_refused(jpeg_420_20x13, n, LAD_ERR_FORMAT, "truncated");
}

static void test_decode_not_an_image_is_refused(void **state)
{
    (void)state;
    check_refused("", 0, LAD_ERR_FORMAT, "empty");
    check_refused("hello, world", 12, LAD_ERR_FORMAT, "not a PNG or JPEG");
    check_refused("GIF89a\1\0\1\0", 10, LAD_ERR_FORMAT, "not a PNG or JPEG");
}

static void test_decode_16_bits_is_refused(void **state)
{
    (void)state;
    check_refused(png_16bit_3x2, sizeof png_16bit_3x2, LAD_ERR_UNSUPPORTED, "16 bits");
    uint8_t jpeg[sizeof jpeg_444_20x13];
    memcpy(jpeg, jpeg_444_20x13, sizeof jpeg);
    for (size_t i = 0; i + 4 < sizeof jpeg; i++) {
        if (jpeg[i] == 0xff && jpeg[i + 1] == 0xc0) jpeg[i + 4] = 12;
    }
    check_refused(jpeg, sizeof jpeg, LAD_ERR_UNSUPPORTED, "12 bits");
}

/* Only a header: the size is refused before anything is allocated or the missing rest is noticed. */
static void test_decode_huge_header_is_refused(void **state)
{
    (void)state;
    uint8_t png[33] = {0x89, 'P', 'N', 'G',  '\r', '\n', 0x1a, '\n', 0,    0, 0, 13, 'I', 'H', 'D',
                       'R',  0,   1,   0x86, 0xa0, 0,    1,    0x86, 0xa0, 8, 2, 0,  0,   0};
    check_refused(png, sizeof png, LAD_ERR_UNSUPPORTED, "100000 x 100000");
    const uint8_t sizes[8] = {0, 0, 0x40, 0, 0, 0, 0x40, 0}; /* 16384 x 16384: sides fit, the area does not */
    memcpy(png + 16, sizes, 8);
    check_refused(png, sizeof png, LAD_ERR_UNSUPPORTED, "16384 x 16384");
    const uint8_t zero[8] = {0, 0, 0, 0, 0, 0, 0, 1};
    memcpy(png + 16, zero, 8);
    check_refused(png, sizeof png, LAD_ERR_FORMAT, "zero");
}

static void test_decode_flipped_bit_never_gives_other_pixels_silently(void **state)
{
    (void)state;
    uint8_t png[sizeof png_rgb_7x5];
    for (size_t i = 8; i < sizeof png; i++) {
        memcpy(png, png_rgb_7x5, sizeof png);
        png[i] ^= 0x10;
        lad_image image = {0};
        lad_error err;
        assert_int_not_equal(lad_image_decode(png, sizeof png, "x.png", &image, &err), LAD_OK);
    }
}

/* JPEG has no checksums: any answer is fine, reading outside the file is not (run under the sanitizers). */
static void test_decode_flipped_bits_in_jpeg_stay_inside(void **state)
{
    (void)state;
    const struct {
        const uint8_t *bytes;
        size_t size_bytes;
    } files[] = {{jpeg_420_20x13, sizeof jpeg_420_20x13}, {jpeg_progressive_20x13, sizeof jpeg_progressive_20x13}};
    size_t accepted = 0, refused = 0;
    for (size_t f = 0; f < 2; f++) {
        uint8_t *copy = malloc(files[f].size_bytes);
        assert_non_null(copy);
        for (size_t i = 0; i < files[f].size_bytes; i++) {
            for (int bit = 0; bit < 8; bit += 3) {
                memcpy(copy, files[f].bytes, files[f].size_bytes);
                copy[i] ^= (uint8_t)(1 << bit);
                lad_image image = {0};
                lad_error err;
                if (lad_image_decode(copy, files[f].size_bytes, "x.jpg", &image, &err) == LAD_OK)
                    accepted++;
                else
                    refused++;
                lad_image_deinit(&image);
            }
        }
        free(copy);
    }
    assert_true(accepted > 0);
    assert_true(refused > 0);
}

static void test_mask_rgb_or_grey_gives_first_channel(void **state)
{
    (void)state;
    lad_error err;
    uint8_t *mask;
    size_t w, h;
    assert_int_equal(lad_mask_decode(png_rgb_7x5, sizeof png_rgb_7x5, "m.png", &mask, &w, &h, &err), LAD_OK);
    assert_int_equal(w, 7);
    assert_int_equal(h, 5);
    for (size_t i = 0; i < 35; i++) assert_int_equal(mask[i], pattern_value(i % 7, i / 7, 0));
    lad_free(mask);
}

static void test_encode_png_decodes_to_the_same_pixels(void **state)
{
    (void)state;
    for (size_t channels = 1; channels <= 3; channels += 2) {
        uint8_t pixels[31 * 17 * 3], *png;
        size_t size_bytes;
        pattern_draw(31, 17, channels, pixels);
        assert_int_equal(lad_png_encode(pixels, 31, 17, channels, &png, &size_bytes), LAD_OK);
        lad_error err;
        lad_image image;
        if (lad_image_decode(png, size_bytes, "x.png", &image, &err) != LAD_OK) fail_msg("%s", err.text);
        assert_int_equal(image.width, 31);
        assert_int_equal(image.height, 17);
        for (size_t i = 0; i < 31 * 17; i++)
            for (size_t c = 0; c < 3; c++)
                assert_int_equal(image.rgb[3 * i + c], pixels[i * channels + (channels == 3 ? c : 0)]);
        lad_image_deinit(&image);
        lad_free(png);
    }
}

static void test_encode_jpeg_decodes_to_nearly_the_same_pixels(void **state)
{
    (void)state;
    uint8_t pixels[20 * 13 * 3], *jpeg;
    size_t size_bytes;
    for (size_t k = 0; k < sizeof pixels; k++) pixels[k] = smooth_value(k / 3 % 20, k / 60, k % 3);
    assert_int_equal(lad_jpeg_encode(pixels, 20, 13, 95, &jpeg, &size_bytes), LAD_OK);
    check_smooth(jpeg, size_bytes, "our JPEG", 8);
    lad_free(jpeg);
}

static void test_encode_impossible_arguments_are_refused(void **state)
{
    (void)state;
    uint8_t pixel[4] = {0}, *bytes;
    size_t size_bytes;
    assert_int_equal(lad_png_encode(pixel, 0, 1, 3, &bytes, &size_bytes), LAD_ERR_ARG);
    assert_int_equal(lad_png_encode(pixel, 1, 1, 4, &bytes, &size_bytes), LAD_ERR_ARG);
    assert_int_equal(lad_png_encode(pixel, 16384, 16384, 1, &bytes, &size_bytes), LAD_ERR_ARG);
    assert_int_equal(lad_jpeg_encode(pixel, 1, 1, 0, &bytes, &size_bytes), LAD_ERR_ARG);
    assert_int_equal(lad_jpeg_encode(pixel, 1, 1, 101, &bytes, &size_bytes), LAD_ERR_ARG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_png_colour_types_give_rgb),
        cmocka_unit_test(test_jpeg_kinds_give_the_picture),
        cmocka_unit_test(test_decode_cut_at_every_byte_is_refused),
        cmocka_unit_test(test_decode_not_an_image_is_refused),
        cmocka_unit_test(test_decode_16_bits_is_refused),
        cmocka_unit_test(test_decode_huge_header_is_refused),
        cmocka_unit_test(test_decode_flipped_bit_never_gives_other_pixels_silently),
        cmocka_unit_test(test_decode_flipped_bits_in_jpeg_stay_inside),
        cmocka_unit_test(test_mask_rgb_or_grey_gives_first_channel),
        cmocka_unit_test(test_encode_png_decodes_to_the_same_pixels),
        cmocka_unit_test(test_encode_jpeg_decodes_to_nearly_the_same_pixels),
        cmocka_unit_test(test_encode_impossible_arguments_are_refused),
    };
    return cmocka_run_group_tests_name("image_decode", tests, NULL, NULL);
}
