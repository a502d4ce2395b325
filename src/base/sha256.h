/* SHA-256 (FIPS 180-4), for naming models and data by their content. */
#ifndef LAD_BASE_SHA256_H
#define LAD_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

typedef struct lad_sha256 {
    uint32_t state[8];
    uint64_t length_bytes;
    uint8_t block[64];
} lad_sha256;

void lad_sha256_init(lad_sha256 *hash);
void lad_sha256_update(lad_sha256 *hash, const void *bytes, size_t size_bytes);
/* hex: 64 lower-case digits and NUL. */
void lad_sha256_final(lad_sha256 *hash, char hex[65]);

/* All three in one call. */
void lad_sha256_hex(const void *bytes, size_t size_bytes, char hex[65]);

#endif
