#include "base/sha256.h"

#include <string.h>

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2). */
static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate_right(uint32_t x, int n)
{
    return (x >> n) | (x << (32 - n));
}

/* The compression function (FIPS 180-4, 6.2.2); names as in the standard. */
static void compress(uint32_t state[8], const uint8_t block[64])
{
    uint32_t w[64];
    for (int t = 0; t < 16; t++) {
        const uint8_t *p = block + 4 * t;
        w[t] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    }
    for (int t = 16; t < 64; t++) {
        uint32_t sigma0 = rotate_right(w[t - 15], 7) ^ rotate_right(w[t - 15], 18) ^ (w[t - 15] >> 3);
        uint32_t sigma1 = rotate_right(w[t - 2], 17) ^ rotate_right(w[t - 2], 19) ^ (w[t - 2] >> 10);
        w[t] = sigma1 + w[t - 7] + sigma0 + w[t - 16];
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    for (int t = 0; t < 64; t++) {
        uint32_t sum1 = rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25);
        uint32_t t1 = h + sum1 + ((e & f) ^ (~e & g)) + round_constants[t] + w[t];
        uint32_t sum0 = rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22);
        uint32_t t2 = sum0 + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
    state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

void lad_sha256_init(lad_sha256 *hash)
{
    /* Fractional parts of the square roots of the first eight primes (5.3.3). */
    *hash = (lad_sha256){
        .state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

void lad_sha256_update(lad_sha256 *hash, const void *bytes, size_t size_bytes)
{
    const uint8_t *p = bytes;
    size_t filled = (size_t)(hash->length_bytes % 64);
    hash->length_bytes += size_bytes;
    if (filled > 0) {
        size_t room = 64 - filled, take = size_bytes < room ? size_bytes : room;
        if (take > 0) memcpy(hash->block + filled, p, take);
        if (take < room) return;
        compress(hash->state, hash->block);
        p += take;
        size_bytes -= take;
    }
    for (; size_bytes >= 64; p += 64, size_bytes -= 64) compress(hash->state, p);
    if (size_bytes > 0) memcpy(hash->block, p, size_bytes);
}

void lad_sha256_final(lad_sha256 *hash, char hex[65])
{
    uint64_t length_bits = hash->length_bytes * 8;
    uint8_t end[72] = {0x80}; /* one bit, zeros up to 56 mod 64, and the length in bits, big-endian (5.1.1) */
    size_t filled = (size_t)(hash->length_bytes % 64);
    size_t zeros_end = filled < 56 ? 56 - filled : 120 - filled;
    for (int i = 0; i < 8; i++) end[zeros_end + (size_t)i] = (uint8_t)(length_bits >> (56 - 8 * i));
    lad_sha256_update(hash, end, zeros_end + 8);
    for (int i = 0; i < 64; i++) hex[i] = "0123456789abcdef"[hash->state[i / 8] >> (28 - i % 8 * 4) & 15];
    hex[64] = '\0';
}

void lad_sha256_hex(const void *bytes, size_t size_bytes, char hex[65])
{
    lad_sha256 hash;
    lad_sha256_init(&hash);
    lad_sha256_update(&hash, bytes, size_bytes);
    lad_sha256_final(&hash, hex);
}
