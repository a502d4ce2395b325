/* The reader; the writer is in safetensors_writer.c.  Rules: see the header. */
#include "model/safetensors.h"

#include "base/alloc.h"
#include "base/json.h"
#include "model/half.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_HEADER_BYTES = 1 << 20, MAX_TENSORS = 1024, MAX_NAME_BYTES = 256, HEADER_DEPTH = 3 };

struct lad_safetensors {
    lad_json *header;         /* owns all names and metadata strings */
    const lad_json *metadata; /* NULL: none */
    lad_st_tensor *tensors;   /* [count], in the order of their data */
    size_t count;
};

/* What all steps of one reading share. */
typedef struct reader {
    const char *file;    /* begins every sentence */
    const uint8_t *data; /* behind the header */
    size_t data_bytes;
    lad_error *err;
} reader;

static uint32_t read_u16(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t read_u32(const uint8_t *p)
{
    return read_u16(p) | read_u16(p + 2) << 16;
}

/* A whole number that fits size_t, which has 32 bits in WASM. */
static bool read_size(const lad_json *json, size_t *out)
{
    uint64_t value;
    if (!lad_json_size(json, &value) || value > SIZE_MAX) return false;
    *out = (size_t)value;
    return true;
}

/* Fills shape and count of tensor. */
static lad_status read_shape(const reader *r, const lad_json *shape, lad_st_tensor *tensor)
{
    size_t dims = lad_json_length(shape);
    if (!lad_json_is_array(shape) || dims > LAD_TENSOR_MAX_DIMS) {
        return lad_fail(r->err, LAD_ERR_FORMAT, "%s: the shape of tensor \"%.64s\" is not a list of up to %d numbers.",
                        r->file, tensor->name, LAD_TENSOR_MAX_DIMS);
    }
    tensor->dims = dims;
    tensor->count = 1;
    const lad_json *item = lad_json_item(shape, 0);
    for (size_t i = 0; i < dims; i++, item = lad_json_next(item)) {
        if (!read_size(item, &tensor->shape[i]) || tensor->shape[i] == 0) {
            return lad_fail(r->err, LAD_ERR_FORMAT,
                            "%s: the shape of tensor \"%.64s\" has an element that is not a positive whole number.",
                            r->file, tensor->name);
        }
        if (!lad_size_mul(tensor->count, tensor->shape[i], &tensor->count)) {
            return lad_fail(r->err, LAD_ERR_FORMAT, "%s: the shape of tensor \"%.64s\" is too large.", r->file,
                            tensor->name);
        }
    }
    return LAD_OK;
}

/* Points tensor at its data, after checking that the offsets lie inside the file and span count elements. */
static lad_status read_offsets(const reader *r, const lad_json *offsets, lad_st_tensor *tensor)
{
    size_t begin, end, size_bytes;
    const lad_json *first = lad_json_item(offsets, 0);
    if (!lad_json_is_array(offsets) || lad_json_length(offsets) != 2 || !read_size(first, &begin) ||
        !read_size(lad_json_next(first), &end) || begin > end) {
        return lad_fail(r->err, LAD_ERR_FORMAT,
                        "%s: the data_offsets of tensor \"%.64s\" are not two ascending whole numbers.", r->file,
                        tensor->name);
    }
    if (end > r->data_bytes) {
        return lad_fail(r->err, LAD_ERR_FORMAT, "%s: the data of tensor \"%.64s\" ends behind the end of the file.",
                        r->file, tensor->name);
    }
    if (!lad_size_mul(tensor->count, tensor->f16 ? 2 : 4, &size_bytes) || size_bytes != end - begin) {
        return lad_fail(r->err, LAD_ERR_FORMAT, "%s: the data of tensor \"%.64s\" does not have the size of its shape.",
                        r->file, tensor->name);
    }
    tensor->data = r->data + begin;
    return LAD_OK;
}

/* An exponent of all ones is infinity or NaN. */
static bool is_finite(const lad_st_tensor *tensor)
{
    for (size_t i = 0; i < tensor->count; i++) {
        if (tensor->f16 ? (read_u16(tensor->data + 2 * i) & 0x7c00u) == 0x7c00u
                        : (read_u32(tensor->data + 4 * i) & 0x7f800000u) == 0x7f800000u) {
            return false;
        }
    }
    return true;
}

/* One member of the header that is not __metadata__. */
static lad_status read_tensor(const reader *r, const lad_json *member, lad_st_tensor *tensor)
{
    const char *name = lad_json_key(member);
    *tensor = (lad_st_tensor){.name = name};
    if (name[0] == '\0' || strlen(name) > MAX_NAME_BYTES) {
        return lad_fail(r->err, LAD_ERR_FORMAT, "%s: a tensor's name is empty or longer than %d bytes.", r->file,
                        MAX_NAME_BYTES);
    }
    const lad_json *dtype = lad_json_get(member, "dtype"), *shape = lad_json_get(member, "shape"),
                   *offsets = lad_json_get(member, "data_offsets");
    if (!dtype || !shape || !offsets || lad_json_length(member) != 3) {
        return lad_fail(r->err, LAD_ERR_FORMAT,
                        "%s: tensor \"%.64s\" is not described by exactly dtype, shape and data_offsets.", r->file,
                        name);
    }
    const char *type = lad_json_string(dtype);
    if (!type) {
        return lad_fail(r->err, LAD_ERR_FORMAT, "%s: the dtype of tensor \"%.64s\" is not a string.", r->file, name);
    }
    tensor->f16 = strcmp(type, "F16") == 0;
    if (!tensor->f16 && strcmp(type, "F32") != 0) {
        return lad_fail(r->err, LAD_ERR_UNSUPPORTED,
                        "%s: tensor \"%.64s\" has the dtype \"%.16s\"; only F32 and F16 are read.", r->file, name,
                        type);
    }
    LAD_TRY(read_shape(r, shape, tensor));
    LAD_TRY(read_offsets(r, offsets, tensor));
    if (!is_finite(tensor)) {
        return lad_fail(r->err, LAD_ERR_FORMAT, "%s: tensor \"%.64s\" holds a value that is NaN or infinite.", r->file,
                        name);
    }
    return LAD_OK;
}

static lad_status check_metadata(const reader *r, const lad_json *metadata)
{
    if (metadata && !lad_json_is_object(metadata)) {
        return lad_fail(r->err, LAD_ERR_FORMAT, "%s: __metadata__ is not an object.", r->file);
    }
    for (const lad_json *item = lad_json_item(metadata, 0); item; item = lad_json_next(item)) {
        if (!lad_json_string(item)) {
            return lad_fail(r->err, LAD_ERR_FORMAT, "%s: the metadata \"%.64s\" is not a string.", r->file,
                            lad_json_key(item));
        }
    }
    return LAD_OK;
}

static int compare_data(const void *a, const void *b)
{
    const lad_st_tensor *first = a, *second = b;
    return first->data < second->data ? -1 : first->data > second->data;
}

/* Holes and trailing bytes could smuggle other content; overlap would make two tensors one. */
static lad_status check_coverage(const reader *r, const lad_safetensors *st)
{
    const uint8_t *expected = r->data;
    for (size_t i = 0; i < st->count; i++) {
        const lad_st_tensor *tensor = &st->tensors[i];
        if (tensor->data != expected) {
            return lad_fail(r->err, LAD_ERR_FORMAT, "%s: the data of tensor \"%.64s\" %s.", r->file, tensor->name,
                            tensor->data < expected ? "overlaps another tensor's" : "begins behind a hole");
        }
        expected += tensor->count * (tensor->f16 ? 2 : 4);
    }
    size_t rest = r->data_bytes - (size_t)(expected - r->data);
    if (rest > 0) {
        return lad_fail(r->err, LAD_ERR_FORMAT, "%s: %zu bytes at the end of the file belong to no tensor.", r->file,
                        rest);
    }
    return LAD_OK;
}

static lad_status read_tensors(const reader *r, lad_safetensors *st)
{
    if (!lad_json_is_object(st->header)) {
        return lad_fail(r->err, LAD_ERR_FORMAT, "%s: the header is not a JSON object.", r->file);
    }
    st->metadata = lad_json_get(st->header, "__metadata__");
    LAD_TRY(check_metadata(r, st->metadata));
    size_t count = lad_json_length(st->header) - (st->metadata != NULL);
    if (count > MAX_TENSORS) {
        return lad_fail(r->err, LAD_ERR_UNSUPPORTED, "%s: has %zu tensors, more than the limit of %d.", r->file, count,
                        MAX_TENSORS);
    }
    st->tensors = lad_alloc(count, sizeof *st->tensors);
    if (!st->tensors) return lad_fail(r->err, LAD_ERR_NOMEM, "%s: out of memory.", r->file);
    for (const lad_json *member = lad_json_item(st->header, 0); member; member = lad_json_next(member)) {
        if (member == st->metadata) continue;
        LAD_TRY(read_tensor(r, member, &st->tensors[st->count]));
        st->count++;
    }
    if (st->count > 1) qsort(st->tensors, st->count, sizeof *st->tensors, compare_data);
    return check_coverage(r, st);
}

/* Finds the header text, *json of *json_bytes, and fills r->data. */
static lad_status locate(reader *r, const uint8_t *bytes, size_t size_bytes, const uint8_t **json, size_t *json_bytes)
{
    if (size_bytes < 8) {
        return lad_fail(r->err, LAD_ERR_FORMAT, "%s: the file is too short for a safetensors file.", r->file);
    }
    uint64_t length = read_u32(bytes) | (uint64_t)read_u32(bytes + 4) << 32;
    if (length > MAX_HEADER_BYTES) {
        return lad_fail(r->err, LAD_ERR_FORMAT, "%s: the header is longer than %d bytes: not a safetensors model.",
                        r->file, MAX_HEADER_BYTES);
    }
    if (length > size_bytes - 8) {
        return lad_fail(r->err, LAD_ERR_FORMAT, "%s: the file ends inside its header.", r->file);
    }
    if (length == 0 || bytes[8] != '{') {
        return lad_fail(r->err, LAD_ERR_FORMAT, "%s: the header does not begin with {.", r->file);
    }
    *json = bytes + 8;
    *json_bytes = (size_t)length;
    r->data = bytes + 8 + length;
    r->data_bytes = size_bytes - 8 - (size_t)length;
    return LAD_OK;
}

lad_status lad_safetensors_read(const void *bytes, size_t size_bytes, const char *name, lad_safetensors **out,
                                lad_error *err)
{
    reader r = {.file = name, .err = err};
    const uint8_t *json = NULL;
    size_t json_bytes = 0;
    LAD_TRY(locate(&r, bytes, size_bytes, &json, &json_bytes));
    lad_safetensors *st = lad_alloc_zero(1, sizeof *st);
    if (!st) return lad_fail(err, LAD_ERR_NOMEM, "%s: out of memory.", name);
    lad_status status = lad_json_parse(json, json_bytes, HEADER_DEPTH, name, &st->header, err);
    if (status == LAD_OK) status = read_tensors(&r, st);
    if (status != LAD_OK) {
        lad_safetensors_destroy(&st);
        return status;
    }
    *out = st;
    return LAD_OK;
}

void lad_safetensors_destroy(lad_safetensors **st_pointer)
{
    lad_safetensors *st = *st_pointer;
    if (!st) return;
    lad_free(st->tensors);
    lad_json_destroy(&st->header);
    lad_free(st);
    *st_pointer = NULL;
}

size_t lad_safetensors_count(const lad_safetensors *st)
{
    return st->count;
}

const lad_st_tensor *lad_safetensors_at(const lad_safetensors *st, size_t index)
{
    return &st->tensors[index];
}

const lad_st_tensor *lad_safetensors_find(const lad_safetensors *st, const char *name)
{
    for (size_t i = 0; i < st->count; i++) {
        if (strcmp(st->tensors[i].name, name) == 0) return &st->tensors[i];
    }
    return NULL;
}

const char *lad_safetensors_meta(const lad_safetensors *st, const char *key)
{
    return lad_json_string(lad_json_get(st->metadata, key));
}

bool lad_safetensors_meta_at(const lad_safetensors *st, size_t index, const char **key, const char **value)
{
    const lad_json *item = lad_json_item(st->metadata, index);
    if (!item) return false;
    *key = lad_json_key(item);
    *value = lad_json_string(item);
    return true;
}

void lad_st_tensor_floats(const lad_st_tensor *tensor, float *out)
{
    for (size_t i = 0; i < tensor->count; i++) {
        if (tensor->f16) {
            out[i] = lad_half_to_float((uint16_t)read_u16(tensor->data + 2 * i));
        } else {
            uint32_t bits = read_u32(tensor->data + 4 * i);
            memcpy(&out[i], &bits, sizeof bits);
        }
    }
}
