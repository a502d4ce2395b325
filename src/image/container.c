#include "image/container.h"

#include "image/image.h"

#include <stdbool.h>
#include <string.h>

/* The part of the file that was not looked at yet. */
typedef struct reader {
    const uint8_t *at, *end;
    const char *name;
    lad_error *err;
} reader;

static size_t left(const reader *r)
{
    return (size_t)(r->end - r->at);
}

static uint32_t be16(const uint8_t *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t be32(const uint8_t *p)
{
    return be16(p) << 16 | be16(p + 2);
}

static lad_status truncated(const reader *r)
{
    return lad_fail(r->err, LAD_ERR_FORMAT, "%s is truncated: the end of the image is missing.", r->name);
}

static lad_status damaged(const reader *r, const char *where)
{
    return lad_fail(r->err, LAD_ERR_FORMAT, "%s is damaged: %s.", r->name, where);
}

static lad_status check_size(const reader *r, uint32_t width, uint32_t height)
{
    if (width == 0 || height == 0) return damaged(r, "its header gives a width or height of zero");
    if (width > LAD_IMAGE_MAX_SIDE_PX || height > LAD_IMAGE_MAX_SIDE_PX ||
        (uint64_t)width * height > LAD_IMAGE_MAX_AREA_PX)
        return lad_fail(r->err, LAD_ERR_UNSUPPORTED,
                        "%s is too large: %lu x %lu pixels, at most %d on a side and %d Mpx "
                        "in all are read.",
                        r->name, (unsigned long)width, (unsigned long)height, LAD_IMAGE_MAX_SIDE_PX,
                        LAD_IMAGE_MAX_AREA_PX >> 20);
    return LAD_OK;
}

static lad_status check_bits(const reader *r, unsigned bits)
{
    if (bits > 8)
        return lad_fail(r->err, LAD_ERR_UNSUPPORTED, "%s has %u bits per channel; only 8-bit images are read.", r->name,
                        bits);
    return LAD_OK;
}

/* --- PNG (ISO/IEC 15948) --- */

uint32_t lad_png_crc(const uint8_t *bytes, size_t size_bytes)
{
    /* table[k][b]: what a byte b does to the checksum, k bytes later.  Four bytes a step then need no waiting for each
     * other; 4 KB are made in less time than a hundredth of a picture takes. */
    uint32_t table[4][256], crc = 0xffffffff;
    for (uint32_t b = 0; b < 256; b++) {
        table[0][b] = b;
        for (int bit = 0; bit < 8; bit++) table[0][b] = table[0][b] >> 1 ^ (table[0][b] & 1 ? 0xedb88320u : 0u);
    }
    for (uint32_t b = 0; b < 256; b++) {
        for (int k = 1; k < 4; k++) table[k][b] = table[k - 1][b] >> 8 ^ table[0][table[k - 1][b] & 255];
    }
    size_t i = 0;
    for (; i + 4 <= size_bytes; i += 4) {
        const uint8_t *b = bytes + i;
        crc = table[3][(crc & 255) ^ b[0]] ^ table[2][(crc >> 8 & 255) ^ b[1]] ^ table[1][(crc >> 16 & 255) ^ b[2]] ^
              table[0][crc >> 24 ^ b[3]];
    }
    for (; i < size_bytes; i++) crc = crc >> 8 ^ table[0][(crc & 255) ^ bytes[i]];
    return ~crc;
}

static lad_status check_png_header(const reader *r, const uint8_t *ihdr, lad_container *out)
{
    uint32_t width = be32(ihdr), height = be32(ihdr + 4);
    LAD_TRY(check_size(r, width, height));
    LAD_TRY(check_bits(r, ihdr[8]));
    out->width = width;
    out->height = height;
    return LAD_OK;
}

static lad_status check_png(reader *r, lad_container *out)
{
    r->at += 8; /* the signature */
    bool first = true, has_data = false;
    for (;;) {
        if (left(r) < 8) return truncated(r);
        uint32_t length = be32(r->at);
        const uint8_t *type = r->at + 4, *data = r->at + 8;
        if (length > INT32_MAX) return damaged(r, "a chunk has an impossible length");
        if (first) {
            if (memcmp(type, "CgBI", 4) == 0)
                return lad_fail(r->err, LAD_ERR_UNSUPPORTED, "%s is a PNG of Apple's private kind, which is not read.",
                                r->name);
            if (memcmp(type, "IHDR", 4) != 0 || length != 13) return damaged(r, "it does not begin with a PNG header");
            /* Before the rest is looked at, so that a huge image is named as such even in a short file. */
            if (left(r) < 8 + 13) return truncated(r);
            LAD_TRY(check_png_header(r, data, out));
            first = false;
        }
        if (left(r) - 8 < (size_t)length + 4) return truncated(r);
        if (lad_png_crc(type, (size_t)length + 4) != be32(data + length))
            return damaged(r, "a chunk has a wrong checksum");
        r->at = data + length + 4;
        if (memcmp(type, "IDAT", 4) == 0) has_data = true;
        if (memcmp(type, "IEND", 4) == 0) break;
    }
    return has_data ? LAD_OK : damaged(r, "it holds no pixels");
}

/* --- JPEG (ITU-T T.81) --- */

enum {
    SOF0 = 0xc0,
    SOF1 = 0xc1,
    SOF2 = 0xc2,
    DHT = 0xc4,
    RST0 = 0xd0,
    RST7 = 0xd7,
    SOI = 0xd8,
    EOI = 0xd9,
    SOS = 0xda,
    TEM = 0x01,
    /* Each scan visits every block of a progressive image: a bound on the time a small file can cost. */
    MAX_SCANS = 100
};

static bool is_frame_header(int marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != DHT && marker != 0xc8 && marker != 0xcc;
}

static lad_status check_frame_header(const reader *r, int marker, const uint8_t *data, size_t length,
                                     lad_container *out)
{
    if (length < 6) return damaged(r, "its frame header is too short");
    if (marker != SOF0 && marker != SOF1 && marker != SOF2)
        return lad_fail(r->err, LAD_ERR_UNSUPPORTED, "%s is a lossless or arithmetic-coded JPEG, which is not read.",
                        r->name);
    uint32_t height = be16(data + 1), width = be16(data + 3);
    LAD_TRY(check_size(r, width, height));
    LAD_TRY(check_bits(r, data[0]));
    out->width = width;
    out->height = height;
    return LAD_OK;
}

/* The sum of a Huffman table's code counts indexes arrays of 256 in the decoder. */
static lad_status check_huffman_tables(const reader *r, const uint8_t *data, size_t length)
{
    while (length > 0) {
        if (length < 17) return damaged(r, "a Huffman table is too short");
        size_t codes = 0;
        for (size_t i = 1; i <= 16; i++) codes += data[i];
        if (codes > 256 || codes > length - 17) return damaged(r, "a Huffman table has too many codes");
        data += 17 + codes;
        length -= 17 + codes;
    }
    return LAD_OK;
}

/* Behind a scan header: coded data until a marker that is neither a stuffed 0xff nor a restart. */
static bool skip_coded_data(reader *r)
{
    while (left(r) >= 2) {
        const uint8_t *ff = memchr(r->at, 0xff, left(r) - 1);
        if (!ff) return false;
        if (ff[1] == 0xff) {
            r->at = ff + 1; /* a fill byte */
        } else if (ff[1] == 0 || (ff[1] >= RST0 && ff[1] <= RST7)) {
            r->at = ff + 2;
        } else {
            r->at = ff;
            return true;
        }
    }
    return false;
}

static lad_status check_jpeg(reader *r, lad_container *out)
{
    r->at += 2; /* SOI */
    size_t frames = 0, scans = 0;
    for (;;) {
        if (left(r) < 2) return truncated(r);
        if (r->at[0] != 0xff) return damaged(r, "a segment does not begin with a marker");
        int marker = r->at[1];
        if (marker == 0xff) {
            r->at++;
            continue;
        }
        r->at += 2;
        if (marker == EOI) break;
        if (marker == SOI || marker == TEM || (marker >= RST0 && marker <= RST7) || marker == 0)
            return damaged(r, "a marker is out of place");
        if (left(r) < 2) return truncated(r);
        size_t length = be16(r->at);
        if (length < 2) return damaged(r, "a segment has an impossible length");
        if (left(r) < length) return truncated(r);
        const uint8_t *data = r->at + 2;
        r->at += length;
        length -= 2;
        if (is_frame_header(marker)) {
            if (frames++ > 0) return damaged(r, "it has two frame headers");
            LAD_TRY(check_frame_header(r, marker, data, length, out));
        } else if (marker == DHT) {
            LAD_TRY(check_huffman_tables(r, data, length));
        } else if (marker == SOS) {
            if (frames == 0) return damaged(r, "its pixels come before its header");
            if (++scans > MAX_SCANS) return damaged(r, "it has too many scans");
            if (!skip_coded_data(r)) return truncated(r);
        }
    }
    return scans > 0 ? LAD_OK : damaged(r, "it holds no pixels");
}

lad_status lad_container_check(const uint8_t *bytes, size_t size_bytes, const char *name, lad_container *out,
                               lad_error *err)
{
    static const uint8_t png_signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    reader r = {bytes, bytes + size_bytes, name, err};
    if (size_bytes == 0) return lad_fail(err, LAD_ERR_FORMAT, "%s is empty.", name);
    bool png = memcmp(bytes, png_signature, size_bytes < 8 ? size_bytes : 8) == 0;
    bool jpeg = size_bytes >= 2 && bytes[0] == 0xff && bytes[1] == SOI;
    if (png && size_bytes < 8) return truncated(&r);
    if (png) return check_png(&r, out);
    if (jpeg) return check_jpeg(&r, out);
    return lad_fail(err, LAD_ERR_FORMAT, "%s is not a PNG or JPEG image.", name);
}
