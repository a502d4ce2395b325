#include "base/alloc.h"
#include "base/rng.h"
#include "image/container.h"
#include "image/deflate.h"
#include "image/image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void append(lad_bytes *file, const void *bytes, size_t size_bytes)
{
    assert_int_equal(lad_bytes_reserve(file, size_bytes), LAD_OK);
    memcpy(file->at + file->used_bytes, bytes, size_bytes);
    file->used_bytes += size_bytes;
}

static void append_number(lad_bytes *file, uint32_t value)
{
    const uint8_t bytes[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value};
    append(file, bytes, 4);
}

static void append_chunk(lad_bytes *file, const char *type, const uint8_t *bytes, size_t size_bytes)
{
    append_number(file, (uint32_t)size_bytes);
    size_t start = file->used_bytes;
    append(file, type, 4);
    if (size_bytes) append(file, bytes, size_bytes);
    append_number(file, lad_png_crc(file->at + start, size_bytes + 4));
}

/* Compresses rows of a grey picture of 256 columns and reads them back through the PNG decoder. */
static void check_round_trip(const uint8_t *grey, size_t height, size_t most_bytes)
{
    enum { WIDTH = 256 };
    uint8_t *rows = calloc(height, 1 + WIDTH); /* each behind a zero: no filter */
    for (size_t y = 0; y < height; y++) memcpy(rows + y * (1 + WIDTH) + 1, grey + y * WIDTH, WIDTH);
    lad_bytes stream = {0}, file = {0};
    assert_int_equal(lad_deflate(rows, height * (1 + WIDTH), &stream), LAD_OK);
    assert_true(stream.used_bytes <= most_bytes);
    const uint8_t header[13] = {0, 0, 1, 0, 0, 0, (uint8_t)(height >> 8), (uint8_t)height, 8, 0, 0, 0, 0};
    append(&file, "\x89PNG\r\n\x1a\n", 8);
    append_chunk(&file, "IHDR", header, sizeof header);
    append_chunk(&file, "IDAT", stream.at, stream.used_bytes);
    append_chunk(&file, "IEND", NULL, 0);
    lad_error err;
    lad_image image;
    if (lad_image_decode(file.at, file.used_bytes, "x.png", &image, &err) != LAD_OK) fail_msg("%s", err.text);
    assert_int_equal(image.width, WIDTH);
    assert_int_equal(image.height, height);
    for (size_t i = 0; i < height * WIDTH; i++) {
        if (image.rgb[3 * i] != grey[i]) fail_msg("byte %zu: %d, not %d", i, image.rgb[3 * i], grey[i]);
    }
    lad_image_deinit(&image);
    lad_free(stream.at);
    lad_free(file.at);
    free(rows);
}

enum { HEIGHT = 1200, BYTES = 256 * HEIGHT };

static void test_deflate_noise_grows_by_a_hundredth_at_most(void **state)
{
    (void)state;
    uint8_t *grey = malloc(BYTES);
    lad_rng rng = lad_rng_seed(1, 0);
    for (size_t i = 0; i < BYTES; i++) grey[i] = (uint8_t)lad_rng_below(&rng, 256);
    check_round_trip(grey, HEIGHT, BYTES + BYTES / 100);
    check_round_trip(grey, 1, 512);
    free(grey);
}

static void test_deflate_flat_takes_a_five_hundredth(void **state)
{
    (void)state;
    uint8_t *grey = malloc(BYTES);
    memset(grey, 0, BYTES);
    check_round_trip(grey, HEIGHT, BYTES / 500);
    free(grey);
}

static void test_deflate_runs_of_every_length_come_back(void **state)
{
    (void)state;
    uint8_t *grey = malloc(BYTES);
    size_t i = 0;
    for (size_t length = 1; i < BYTES; length = length % 600 + 1) {
        for (size_t k = 0; k < length && i < BYTES; k++) grey[i++] = (uint8_t)(length * 7);
    }
    check_round_trip(grey, HEIGHT, BYTES / 20);
    free(grey);
}

/* Counts that grow as Fibonacci's numbers give Huffman codes one bit longer for each symbol: longer than allowed. */
static void test_deflate_rare_symbols_get_codes_of_allowed_length(void **state)
{
    (void)state;
    uint8_t *grey = malloc(BYTES);
    uint32_t count = 1, before = 1;
    size_t used = 0;
    for (unsigned symbol = 0; used < 60000; symbol++) {
        for (uint32_t k = 0; k < count && used < BYTES; k++) grey[used++] = (uint8_t)(1 + symbol);
        uint32_t sum = count + before;
        before = count;
        count = sum;
    }
    memset(grey + used, 0, BYTES - used);
    lad_rng rng = lad_rng_seed(2, 0); /* shuffled, so that there are few runs */
    for (size_t i = 60000 - 1; i > 0; i--) {
        size_t j = lad_rng_below(&rng, (uint32_t)i + 1);
        uint8_t swap = grey[i];
        grey[i] = grey[j];
        grey[j] = swap;
    }
    check_round_trip(grey, HEIGHT, BYTES / 10);
    free(grey);
}

/* zlib's sum (RFC 1950) of a text whose value is known. */
static void test_deflate_ends_with_adler32(void **state)
{
    (void)state;
    lad_bytes stream = {0};
    assert_int_equal(lad_deflate((const uint8_t *)"Wikipedia", 9, &stream), LAD_OK);
    assert_true(stream.used_bytes > 6);
    assert_memory_equal(stream.at + stream.used_bytes - 4, "\x11\xe6\x03\x98", 4);
    assert_int_equal(((unsigned)stream.at[0] << 8 | stream.at[1]) % 31, 0);
    lad_free(stream.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_deflate_noise_grows_by_a_hundredth_at_most),
        cmocka_unit_test(test_deflate_flat_takes_a_five_hundredth),
        cmocka_unit_test(test_deflate_runs_of_every_length_come_back),
        cmocka_unit_test(test_deflate_rare_symbols_get_codes_of_allowed_length),
        cmocka_unit_test(test_deflate_ends_with_adler32),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
