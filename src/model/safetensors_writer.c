#include "base/alloc.h"
#include "base/json.h"
#include "model/half.h"
#include "model/safetensors.h"

#include <math.h>
#include <string.h>

struct lad_st_writer {
    lad_json *header, *metadata; /* metadata belongs to header */
    uint8_t *data;               /* [data_bytes] of capacity_bytes */
    size_t data_bytes, capacity_bytes;
    lad_status status; /* the first failure, which finish reports again */
    lad_error error;
};

lad_status lad_st_writer_create(lad_st_writer **out)
{
    lad_st_writer *writer = lad_alloc_zero(1, sizeof *writer);
    if (!writer) return LAD_ERR_NOMEM;
    writer->header = lad_json_new_object();
    writer->metadata = lad_json_add_object(writer->header, "__metadata__");
    *out = writer;
    return LAD_OK;
}

void lad_st_writer_destroy(lad_st_writer **writer_pointer)
{
    lad_st_writer *writer = *writer_pointer;
    if (!writer) return;
    lad_json_destroy(&writer->header);
    lad_free(writer->data);
    lad_free(writer);
    *writer_pointer = NULL;
}

/* The first failure sticks, so that a caller may check finish alone. */
static lad_status fail(lad_st_writer *writer, lad_status status, const char *problem, const char *name)
{
    if (writer->status == LAD_OK) {
        writer->status = lad_fail(&writer->error, status, "The model cannot be written: %s \"%.64s\".", problem, name);
    }
    return status;
}

lad_status lad_st_writer_meta(lad_st_writer *writer, const char *key, const char *value)
{
    if (lad_json_get(writer->metadata, key)) return fail(writer, LAD_ERR_ARG, "two metadata entries are named", key);
    lad_json_add_string(writer->metadata, key, value);
    return LAD_OK;
}

/* Makes room for size_bytes more; false when they do not fit. */
static bool reserve(lad_st_writer *writer, size_t size_bytes)
{
    size_t wanted;
    if (!lad_size_add(writer->data_bytes, size_bytes, &wanted)) return false;
    if (wanted <= writer->capacity_bytes) return true;
    if (wanted <= SIZE_MAX / 2) wanted *= 2; /* doubling keeps the copying linear in the final size */
    uint8_t *grown = lad_alloc(wanted, 1);
    if (!grown) return false;
    if (writer->data_bytes > 0) memcpy(grown, writer->data, writer->data_bytes);
    lad_free(writer->data);
    writer->data = grown;
    writer->capacity_bytes = wanted;
    return true;
}

/* Encodes one value, little-endian; false when the format cannot hold it. */
static bool encode(float value, bool f16, uint8_t *out)
{
    uint32_t bits;
    if (!isfinite(value)) return false;
    if (f16) {
        bits = lad_half_from_float(value);
        if ((bits & 0x7c00u) == 0x7c00u) return false;
    } else {
        memcpy(&bits, &value, sizeof bits);
    }
    for (int i = 0; i < (f16 ? 2 : 4); i++) out[i] = (uint8_t)(bits >> (8 * i));
    return true;
}

static void describe(lad_st_writer *writer, const char *name, bool f16, size_t dims, const size_t *shape, size_t begin)
{
    lad_json *tensor = lad_json_add_object(writer->header, name);
    lad_json_add_string(tensor, "dtype", f16 ? "F16" : "F32");
    lad_json *list = lad_json_add_array(tensor, "shape");
    for (size_t i = 0; i < dims; i++) lad_json_add_number(list, NULL, (double)shape[i]);
    list = lad_json_add_array(tensor, "data_offsets");
    lad_json_add_number(list, NULL, (double)begin);
    lad_json_add_number(list, NULL, (double)writer->data_bytes);
}

lad_status lad_st_writer_tensor(lad_st_writer *writer, const char *name, bool f16, size_t dims, const size_t *shape,
                                const float *values)
{
    size_t count = 1, size_bytes, begin = writer->data_bytes, width = f16 ? 2 : 4;
    if (lad_json_get(writer->header, name)) return fail(writer, LAD_ERR_ARG, "two tensors are named", name);
    if (dims > LAD_TENSOR_MAX_DIMS) return fail(writer, LAD_ERR_ARG, "too many dimensions in", name);
    for (size_t i = 0; i < dims; i++) {
        if (shape[i] == 0 || !lad_size_mul(count, shape[i], &count)) {
            return fail(writer, LAD_ERR_ARG, "a zero or too large shape in", name);
        }
    }
    if (!lad_size_mul(count, width, &size_bytes) || !reserve(writer, size_bytes)) {
        return fail(writer, LAD_ERR_NOMEM, "out of memory for", name);
    }
    for (size_t i = 0; i < count; i++) {
        if (!encode(values[i], f16, writer->data + begin + i * width)) {
            return fail(writer, LAD_ERR_ARG, f16 ? "a value beyond F16's range in" : "a value that is not finite in",
                        name);
        }
    }
    writer->data_bytes += size_bytes;
    describe(writer, name, f16, dims, shape, begin);
    return LAD_OK;
}

lad_status lad_st_writer_finish(lad_st_writer *writer, uint8_t **bytes, size_t *size_bytes, lad_error *err)
{
    if (writer->status != LAD_OK) return lad_fail(err, writer->status, "%s", writer->error.text);
    char *json = NULL;
    uint8_t *file = NULL;
    size_t total;
    if (lad_json_print(writer->header, false, &json) != LAD_OK) goto fail;
    /* Spaces, one instead of the final newline, pad the header, so that the data starts on a multiple of eight. */
    size_t length = strlen(json), padded = (length + 7) / 8 * 8;
    if (!lad_size_add(writer->data_bytes, 8 + padded, &total)) goto fail;
    file = lad_alloc(total, 1);
    if (!file) goto fail;
    for (int i = 0; i < 8; i++) file[i] = (uint8_t)((uint64_t)padded >> (8 * i));
    memset(file + 8, ' ', padded);
    memcpy(file + 8, json, length - 1);
    if (writer->data_bytes > 0) memcpy(file + 8 + padded, writer->data, writer->data_bytes);
    lad_free(json);
    *bytes = file;
    *size_bytes = total;
    return LAD_OK;
fail:
    lad_free(json);
    return lad_fail(err, LAD_ERR_NOMEM, "The model cannot be written: out of memory.");
}
