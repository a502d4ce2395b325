/* safetensors files, reader and writer, in native and WASM builds alike.
 *
 * Layout: u64 little-endian header length N, N bytes of JSON, then the data; see src/doc/METHOD.md for what a
 * model file holds.  The reader enforces: file >= 8 bytes; N <= 1 MiB and inside the file; UTF-8; one object,
 * first byte '{', white space allowed behind; every value {dtype, shape, data_offsets} and nothing else;
 * __metadata__ string -> string; no duplicate keys after unescaping; plain whole numbers < 2^48; checked
 * products; tensors cover the data exactly, in order, without holes or overlap; no trailing bytes; at most 1024
 * tensors, 8 dimensions, 256-byte names; F32 and F16 only; no zero-size tensors; no NaN or infinity.
 * It never opens another file.  Thread rule: a document is immutable after reading. */
#ifndef LAD_MODEL_SAFETENSORS_H
#define LAD_MODEL_SAFETENSORS_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LAD_TENSOR_MAX_DIMS = 8 };

typedef struct lad_st_tensor {
    const char *name;
    bool f16; /* stored as F16 */
    size_t dims;
    size_t shape[LAD_TENSOR_MAX_DIMS];
    size_t count;        /* product of shape */
    const uint8_t *data; /* into the file's bytes, unaligned, little-endian */
} lad_st_tensor;

typedef struct lad_safetensors lad_safetensors;

/* Tensor data points into bytes; names and metadata strings are the document's own and need bytes no more.
 * `name` begins every error sentence. */
LAD_MUST_CHECK lad_status lad_safetensors_read(const void *bytes, size_t size_bytes, const char *name,
                                               lad_safetensors **out, lad_error *err);
void lad_safetensors_destroy(lad_safetensors **st);
size_t lad_safetensors_count(const lad_safetensors *st);
const lad_st_tensor *lad_safetensors_at(const lad_safetensors *st, size_t index);
const lad_st_tensor *lad_safetensors_find(const lad_safetensors *st, const char *name); /* NULL: none */
const char *lad_safetensors_meta(const lad_safetensors *st, const char *key);           /* NULL: none */
/* The index-th metadata entry in the file's order; false behind the last. */
bool lad_safetensors_meta_at(const lad_safetensors *st, size_t index, const char **key, const char **value);

/* Converts the tensor's values to float32.  out: [tensor->count]. */
void lad_st_tensor_floats(const lad_st_tensor *tensor, float *out);

/* Writer: declare metadata and tensors in order, then produce the bytes.  Values are copied at once. */
typedef struct lad_st_writer lad_st_writer;
LAD_MUST_CHECK lad_status lad_st_writer_create(lad_st_writer **out);
void lad_st_writer_destroy(lad_st_writer **writer);
LAD_MUST_CHECK lad_status lad_st_writer_meta(lad_st_writer *writer, const char *key, const char *value);
LAD_MUST_CHECK lad_status lad_st_writer_tensor(lad_st_writer *writer, const char *name, bool f16, size_t dims,
                                               const size_t *shape, const float *values);
/* *bytes is the caller's (lad_free).  F16 rounds to nearest even; a value beyond F16's range is an error. */
LAD_MUST_CHECK lad_status lad_st_writer_finish(lad_st_writer *writer, uint8_t **bytes, size_t *size_bytes,
                                               lad_error *err);

#endif
