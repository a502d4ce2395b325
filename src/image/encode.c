#include "base/alloc.h"
#include "base/clones.h"
#include "image/container.h"
#include "image/deflate.h"
#include "image/image.h"
#include "image/stb.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool size_valid(size_t w, size_t h)
{
    return w > 0 && h > 0 && w <= LAD_IMAGE_MAX_SIDE_PX && h <= LAD_IMAGE_MAX_SIDE_PX && w * h <= LAD_IMAGE_MAX_AREA_PX;
}

/* --- rows: what is left of them after a guess from the neighbours --- */

enum { FILTER_NONE, FILTER_SUB, FILTER_UP, FILTER_AVERAGE, FILTER_PAETH, FILTERS };

/* Of left, up and up left the one nearest to left + up - corner. */
static inline int paeth(int left, int up, int corner)
{
    int to_left = abs(up - corner), to_up = abs(left - corner), to_corner = abs(left + up - 2 * corner);
    int other = to_up <= to_corner ? up : corner;
    return to_left <= to_up && to_left <= to_corner ? left : other;
}

/* row, up: [count], with `channels` bytes of zeros before them, which stand for the pixel left of the picture. */
LAD_CLONES static void filter_row(int filter, const uint8_t *row, const uint8_t *up, size_t count, size_t channels,
                                  uint8_t *out)
{
    const uint8_t *left = row - channels, *corner = up - channels;
    switch (filter) {
    case FILTER_SUB:
        for (size_t i = 0; i < count; i++) out[i] = (uint8_t)(row[i] - left[i]);
        break;
    case FILTER_UP:
        for (size_t i = 0; i < count; i++) out[i] = (uint8_t)(row[i] - up[i]);
        break;
    case FILTER_AVERAGE:
        for (size_t i = 0; i < count; i++) out[i] = (uint8_t)(row[i] - (left[i] + up[i]) / 2);
        break;
    case FILTER_PAETH:
        for (size_t i = 0; i < count; i++) out[i] = (uint8_t)(row[i] - paeth(left[i], up[i], corner[i]));
        break;
    default: memcpy(out, row, count);
    }
}

/* Sum of the bytes as signed numbers, without sign: small where a row compresses well (PNG specification, 12.8). */
LAD_CLONES static unsigned row_cost(const uint8_t *row, size_t count)
{
    unsigned sum = 0;
    for (size_t i = 0; i < count; i++) sum += (unsigned)abs((int8_t)row[i]);
    return sum;
}

/* The picture as PNG compresses it: each row behind the number of its filter.  rows: room for h rows of 1 + count
 * bytes; spare: three rows of channels + count bytes, zeroed. */
static void filter_picture(const uint8_t *pixels, size_t h, size_t count, size_t channels, uint8_t *rows,
                           uint8_t *spare)
{
    uint8_t *up = spare + channels, *row = up + count + channels, *tried = row + count;
    for (size_t y = 0; y < h; y++) {
        uint8_t *out = rows + y * (1 + count);
        unsigned least = UINT32_MAX;
        memcpy(row, pixels + y * count, count);
        for (int filter = FILTER_NONE; filter < FILTERS; filter++) {
            filter_row(filter, row, up, count, channels, tried);
            unsigned cost = row_cost(tried, count);
            if (cost >= least) continue;
            least = cost;
            out[0] = (uint8_t)filter;
            memcpy(out + 1, tried, count);
        }
        memcpy(up, row, count);
    }
}

/* --- the file --- */

static void store_be32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++) at[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* Begins a chunk; its data are appended next. */
static lad_status chunk_begin(lad_bytes *out, const char *type, size_t *start)
{
    LAD_TRY(lad_bytes_reserve(out, 8));
    *start = out->used_bytes;
    memcpy(out->at + out->used_bytes + 4, type, 4);
    out->used_bytes += 8;
    return LAD_OK;
}

static lad_status chunk_end(lad_bytes *out, size_t start)
{
    LAD_TRY(lad_bytes_reserve(out, 4));
    uint8_t *chunk = out->at + start;
    size_t size_bytes = out->used_bytes - start - 8; /* at most 2^29: the picture's size is limited */
    store_be32(chunk, (uint32_t)size_bytes);
    store_be32(chunk + 8 + size_bytes, lad_png_crc(chunk + 4, size_bytes + 4));
    out->used_bytes += 4;
    return LAD_OK;
}

static lad_status write_file(const uint8_t *rows, size_t w, size_t h, size_t channels, lad_bytes *out)
{
    static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    uint8_t header[13] = {[8] = 8, [9] = channels == 3 ? 2 : 0}; /* bits, colour type; the rest has one choice */
    store_be32(header, (uint32_t)w);
    store_be32(header + 4, (uint32_t)h);
    size_t start;
    LAD_TRY(lad_bytes_reserve(out, sizeof signature));
    memcpy(out->at, signature, sizeof signature);
    out->used_bytes = sizeof signature;
    LAD_TRY(chunk_begin(out, "IHDR", &start));
    LAD_TRY(lad_bytes_reserve(out, sizeof header));
    memcpy(out->at + out->used_bytes, header, sizeof header);
    out->used_bytes += sizeof header;
    LAD_TRY(chunk_end(out, start));
    LAD_TRY(chunk_begin(out, "IDAT", &start));
    LAD_TRY(lad_deflate(rows, h * (1 + w * channels), out));
    LAD_TRY(chunk_end(out, start));
    LAD_TRY(chunk_begin(out, "IEND", &start));
    return chunk_end(out, start);
}

lad_status lad_png_encode(const uint8_t *pixels, size_t w, size_t h, size_t channels, uint8_t **bytes,
                          size_t *size_bytes)
{
    if (!size_valid(w, h) || (channels != 1 && channels != 3)) return LAD_ERR_ARG;
    size_t count = w * channels;
    lad_bytes out = {0};
    uint8_t *rows = lad_alloc(h, 1 + count), *spare = lad_alloc_zero(3, channels + count);
    lad_status status = rows && spare ? LAD_OK : LAD_ERR_NOMEM;
    if (status == LAD_OK) {
        filter_picture(pixels, h, count, channels, rows, spare);
        status = write_file(rows, w, h, channels, &out);
    }
    lad_free(rows);
    lad_free(spare);
    if (status != LAD_OK) {
        lad_free(out.at);
        return status;
    }
    *bytes = out.at;
    *size_bytes = out.used_bytes;
    return LAD_OK;
}

lad_status lad_jpeg_encode(const uint8_t *rgb, size_t w, size_t h, int quality, uint8_t **bytes, size_t *size_bytes)
{
    if (!size_valid(w, h) || quality < 1 || quality > 100) return LAD_ERR_ARG;
    return lad_stb_encode(rgb, w, h, quality, bytes, size_bytes);
}
