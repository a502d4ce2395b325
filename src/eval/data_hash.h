/* Which images were measured: a short hash over their names and bytes, in the order of the data set.
 * Thread rule: no shared state. */
#ifndef LAD_EVAL_DATA_HASH_H
#define LAD_EVAL_DATA_HASH_H

#include "base/sha256.h"

#include <stddef.h>

typedef struct lad_data_hash {
    lad_sha256 sha256;
} lad_data_hash;

void lad_data_hash_init(lad_data_hash *hash);
/* id: "logical_anomalies/003"; bytes: of the image file. */
void lad_data_hash_add(lad_data_hash *hash, const char *id, const void *bytes, size_t size_bytes);
/* hex: 16 lower-case digits and NUL. */
void lad_data_hash_final(lad_data_hash *hash, char hex[17]);

#endif
