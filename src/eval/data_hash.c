#include "eval/data_hash.h"

#include <stdint.h>
#include <string.h>

void lad_data_hash_init(lad_data_hash *hash)
{
    lad_sha256_init(&hash->sha256);
}

void lad_data_hash_add(lad_data_hash *hash, const char *id, const void *bytes, size_t size_bytes)
{
    uint8_t length[8]; /* little-endian: with it, no two lists of files give the same stream of bytes */
    for (size_t k = 0; k < 8; k++) length[k] = (uint8_t)((uint64_t)size_bytes >> (8 * k));
    lad_sha256_update(&hash->sha256, id, strlen(id) + 1);
    lad_sha256_update(&hash->sha256, length, sizeof length);
    lad_sha256_update(&hash->sha256, bytes, size_bytes);
}

void lad_data_hash_final(lad_data_hash *hash, char hex[17])
{
    char all[65];
    lad_sha256_final(&hash->sha256, all);
    memcpy(hex, all, 16);
    hex[16] = '\0';
}
