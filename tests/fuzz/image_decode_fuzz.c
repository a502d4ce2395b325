/* libFuzzer target: decoding any bytes reads and writes nothing outside, and the same bytes give the same pixels.
 * Checksums of PNG chunks are made right first; otherwise nearly every changed file would stop there.
 * `make fuzz T=image_decode TIME=60` runs it, from the files of tests/unit/image_samples.h. */
#include "image/image.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint32_t crc32(const uint8_t *bytes, size_t size)
{
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int k = 0; k < 8; k++) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc;
}

static void repair_checksums(uint8_t *bytes, size_t size)
{
    for (size_t at = 8; size >= 12 && at <= size - 12;) {
        size_t length = be32(bytes + at);
        if (length > size - 12 - at) return;
        uint32_t crc = crc32(bytes + at + 4, length + 4);
        for (int k = 0; k < 4; k++) bytes[at + 8 + length + (size_t)k] = (uint8_t)(crc >> (24 - 8 * k));
        at += 12 + length;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *bytes = malloc(size ? size : 1);
    if (!bytes) return 0;
    if (size) memcpy(bytes, data, size);
    if (size && bytes[0] == 0x89) repair_checksums(bytes, size);
    lad_image first = {0}, second = {0};
    lad_error err;
    if (lad_image_decode(bytes, size, "input", &first, &err) == LAD_OK) {
        if (lad_image_decode(bytes, size, "input", &second, &err) != LAD_OK) abort();
        if (first.width != second.width || first.height != second.height) abort();
        if (memcmp(first.rgb, second.rgb, first.width * first.height * 3) != 0) abort();
    }
    lad_image_deinit(&first);
    lad_image_deinit(&second);
    free(bytes);
    return 0;
}
