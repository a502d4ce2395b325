#include "base/alloc.h"
#include "model/safetensors.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A file made of a length, a header and data_bytes zeros, in a block of exactly its size, so that a sanitizer
 * sees any byte read beyond it.  length_bytes: what the first eight bytes claim. */
static uint8_t *make_file(uint64_t length_bytes, const char *header, size_t data_bytes, size_t *size_bytes)
{
    size_t header_bytes = strlen(header);
    *size_bytes = 8 + header_bytes + data_bytes;
    uint8_t *file = calloc(*size_bytes, 1);
    assert_non_null(file);
    for (int i = 0; i < 8; i++) file[i] = (uint8_t)(length_bytes >> (8 * i));
    memcpy(file + 8, header, header_bytes);
    return file;
}

/* Checks that reading fails and leaves *out alone, with a sentence that begins with the name and contains part. */
static void expect_failure(const uint8_t *file, size_t size_bytes, const char *what, const char *part)
{
    lad_safetensors *st = NULL;
    lad_error err = {0};
    lad_status status = lad_safetensors_read(file, size_bytes, "m.safetensors", &st, &err);
    if (status != LAD_ERR_FORMAT && status != LAD_ERR_UNSUPPORTED) fail_msg("%s: status %d", what, (int)status);
    assert_null(st);
    assert_ptr_equal(strstr(err.text, "m.safetensors"), err.text);
    if (!strstr(err.text, part)) fail_msg("%s: unexpected sentence: %s", what, err.text);
}

#define TENSOR(name, dtype, shape, offsets)                                                                            \
    "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

/* Headers with an honest length, the bytes of data behind them, and what the sentence must contain. */
static const struct {
    const char *header;
    size_t data_bytes;
    const char *sentence;
} broken[] = {
    {"", 0, "does not begin with {"},
    {" {}", 0, "does not begin with {"},
    {"[]", 0, "does not begin with {"},
    {"{", 0, "is not valid JSON"},
    {"{}x", 0, "bytes behind the value"},
    {"{}", 4, "4 bytes at the end of the file belong to no tensor"},
    {"{\"\xff\":1}", 0, "not UTF-8"},
    {"{\"__metadata__\":[]}", 0, "__metadata__ is not an object"},
    {"{\"__metadata__\":{\"seed\":1}}", 0, "the metadata \"seed\" is not a string"},
    {"{\"__metadata__\":{\"a\":{\"b\":{}}}}", 0, "nested too deeply"},
    {"{\"__metadata__\":{},\"__metadata__\":{}}", 0, "the key \"__metadata__\" twice"},
    {"{\"a\":1}", 0, "not described by exactly dtype, shape and data_offsets"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "not described by exactly"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":0}}", 4, "not described by exactly"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"dtype\":\"F16\"}}", 4,
     "the key \"dtype\" twice"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"\\u0064type\":\"F16\"}}", 4, "\"dtype\" twice"},
    {"{" TENSOR("a", "F32", "[1]", "[0,4]") "," TENSOR("\\u0061", "F32", "[1]", "[0,4]") "}", 4, "the key \"a\" twice"},
    {"{" TENSOR("", "F32", "[1]", "[0,4]") "}", 4, "name is empty"},
    {"{\"a\":{\"dtype\":5,\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "dtype of tensor \"a\" is not a string"},
    {"{" TENSOR("a", "F64", "[1]", "[0,8]") "}", 8, "has the dtype \"F64\""},
    {"{" TENSOR("a", "f32", "[1]", "[0,4]") "}", 4, "has the dtype \"f32\""},
    {"{" TENSOR("a", "F32", "1", "[0,4]") "}", 4, "not a list of up to 8 numbers"},
    {"{" TENSOR("a", "F32", "[1,1,1,1,1,1,1,1,1]", "[0,4]") "}", 4, "not a list of up to 8 numbers"},
    {"{" TENSOR("a", "F32", "[0]", "[0,0]") "}", 0, "not a positive whole number"},
    {"{" TENSOR("a", "F32", "[-1]", "[0,4]") "}", 4, "not a positive whole number"},
    {"{" TENSOR("a", "F32", "[1.0]", "[0,4]") "}", 4, "not a positive whole number"},
    {"{" TENSOR("a", "F32", "[1e0]", "[0,4]") "}", 4, "not a positive whole number"},
    {"{" TENSOR("a", "F32", "[\"1\"]", "[0,4]") "}", 4, "not a positive whole number"},
    {"{" TENSOR("a", "F32", "[281474976710656]", "[0,4]") "}", 4, "not a positive whole number"},
    {"{" TENSOR("a", "F32", "[01]", "[0,4]") "}", 4, "superfluous zero"},
    /* 4194305 * 4194305 * 211106198978564 = 4 modulo 2^64: a reader that multiplies unchecked accepts it. */
    {"{" TENSOR("a", "F32", "[4194305,4194305,211106198978564]", "[0,16]") "}", 16, "too large"},
    {"{" TENSOR("a", "F32", "[70368744177664,65536]", "[0,4]") "}", 4, "does not have the size of its shape"},
    {"{" TENSOR("a", "F32", "[1]", "4") "}", 4, "not two ascending whole numbers"},
    {"{" TENSOR("a", "F32", "[1]", "[0]") "}", 4, "not two ascending whole numbers"},
    {"{" TENSOR("a", "F32", "[1]", "[0,4,8]") "}", 4, "not two ascending whole numbers"},
    {"{" TENSOR("a", "F32", "[1]", "[4,0]") "}", 4, "not two ascending whole numbers"},
    {"{" TENSOR("a", "F32", "[1]", "[0,null]") "}", 4, "not two ascending whole numbers"},
    {"{" TENSOR("a", "F32", "[1]", "[0,4]") "}", 3, "ends behind the end of the file"},
    {"{" TENSOR("a", "F32", "[1]", "[0,4]") "}", 5, "1 bytes at the end of the file belong to no tensor"},
    {"{" TENSOR("a", "F32", "[2]", "[0,4]") "}", 4, "does not have the size of its shape"},
    {"{" TENSOR("a", "F16", "[2]", "[0,8]") "}", 8, "does not have the size of its shape"},
    {"{" TENSOR("a", "F32", "[1]", "[4,8]") "}", 8, "begins behind a hole"},
    {"{" TENSOR("a", "F32", "[1]", "[0,4]") "," TENSOR("b", "F32", "[1]", "[8,12]") "}", 12, "begins behind a hole"},
    {"{" TENSOR("a", "F32", "[1]", "[0,4]") "," TENSOR("b", "F32", "[1]", "[0,4]") "}", 4, "overlaps another tensor"},
    {"{" TENSOR("a", "F32", "[2]", "[0,8]") "," TENSOR("b", "F32", "[2]", "[4,12]") "}", 12, "overlaps another"},
};

static void test_safetensors_broken_header_gives_its_sentence(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        size_t size_bytes;
        uint8_t *file = make_file(strlen(broken[i].header), broken[i].header, broken[i].data_bytes, &size_bytes);
        expect_failure(file, size_bytes, broken[i].header, broken[i].sentence);
        free(file);
    }
}

static void test_safetensors_broken_length_gives_its_sentence(void **state)
{
    (void)state;
    static const struct {
        uint64_t length_bytes;
        const char *sentence;
    } cases[] = {
        {0, "does not begin with {"},
        {3, "ends inside its header"},
        {(1 << 20) + 1, "longer than 1048576 bytes"},
        {(UINT64_C(1) << 32) + 2, "longer than 1048576 bytes"}, /* 2 when cut to 32 bits */
        {UINT64_MAX, "longer than 1048576 bytes"},
        {UINT64_MAX - 7, "longer than 1048576 bytes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t size_bytes;
        uint8_t *file = make_file(cases[i].length_bytes, "{}", 0, &size_bytes);
        expect_failure(file, size_bytes, "length", cases[i].sentence);
        free(file);
    }
    for (size_t size_bytes = 0; size_bytes < 8; size_bytes++) {
        uint8_t *file = calloc(size_bytes + (size_bytes == 0), 1);
        expect_failure(file, size_bytes, "short file", "too short");
        free(file);
    }
}

static void test_safetensors_long_name_and_many_tensors_are_rejected(void **state)
{
    (void)state;
    size_t size_bytes;
    char name[300], header[512];
    memset(name, 'n', 257);
    name[257] = '\0';
    snprintf(header, sizeof header, "{\"%s\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", name);
    uint8_t *file = make_file(strlen(header), header, 4, &size_bytes);
    expect_failure(file, size_bytes, "long name", "longer than 256 bytes");
    free(file);

    char *many = malloc(1025 * 12 + 3);
    assert_non_null(many);
    size_t length = 0;
    for (int i = 0; i < 1025; i++) length += (size_t)sprintf(many + length, "%c\"%d\":{}", i == 0 ? '{' : ',', i);
    strcpy(many + length, "}");
    file = make_file(strlen(many), many, 0, &size_bytes);
    expect_failure(file, size_bytes, "many tensors", "has 1025 tensors");
    free(many);
    free(file);
}

static void test_safetensors_values_not_finite_are_rejected(void **state)
{
    (void)state;
    static const char header[] = "{" TENSOR("a", "F32", "[2]", "[0,8]") "," TENSOR("b", "F16", "[2]", "[8,12]") "}";
    static const struct {
        size_t at, width;
        uint32_t bits;
        const char *sentence;
    } cases[] = {
        {4, 4, 0x7f800000, "tensor \"a\" holds a value that is NaN or infinite"},
        {0, 4, 0xffc00001, "tensor \"a\" holds a value that is NaN or infinite"},
        {8, 2, 0x7c00, "tensor \"b\" holds a value that is NaN or infinite"},
        {10, 2, 0xfe00, "tensor \"b\" holds a value that is NaN or infinite"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t size_bytes;
        uint8_t *file = make_file(strlen(header), header, 12, &size_bytes);
        uint8_t *data = file + 8 + strlen(header) + cases[i].at;
        for (size_t k = 0; k < cases[i].width; k++) data[k] = (uint8_t)(cases[i].bits >> (8 * k));
        expect_failure(file, size_bytes, "not finite", cases[i].sentence);
        free(file);
    }
}

static void test_safetensors_foreign_order_and_padding_are_read(void **state)
{
    (void)state;
    static const char header[] = "{" TENSOR("b", "F16", "[]", "[4,6]") " , \"__metadata__\" : {\"k\":\"v\"},\n" TENSOR(
        "a", "F32", "[1]", "[0,4]") "}   ";
    size_t size_bytes;
    uint8_t *file = make_file(strlen(header), header, 6, &size_bytes);
    lad_safetensors *st = NULL;
    assert_int_equal(lad_safetensors_read(file, size_bytes, "m", &st, NULL), LAD_OK);
    assert_int_equal(lad_safetensors_count(st), 2);
    assert_string_equal(lad_safetensors_at(st, 0)->name, "a");
    assert_int_equal(lad_safetensors_at(st, 1)->dims, 0);
    assert_int_equal(lad_safetensors_at(st, 1)->count, 1);
    assert_string_equal(lad_safetensors_meta(st, "k"), "v");
    assert_null(lad_safetensors_meta(st, "absent"));
    assert_null(lad_safetensors_find(st, "__metadata__"));
    lad_safetensors_destroy(&st);
    assert_null(st);
    free(file);
}

static const float weights[6] = {1.0f, -2.5f, 1e-30f, 3.4e38f, -0.0f, 0.1f};
static const float halves[3] = {0.1f, 65504.0f, 1e-6f};

/* A small model: two tensors and two metadata strings. */
static uint8_t *write_small(size_t *size_bytes)
{
    lad_st_writer *writer = NULL;
    uint8_t *bytes = NULL;
    assert_int_equal(lad_st_writer_create(&writer), LAD_OK);
    assert_int_equal(lad_st_writer_meta(writer, "architecture", "pdn-xs"), LAD_OK);
    assert_int_equal(lad_st_writer_meta(writer, "note", "\"quoted\" \xc3\xa9"), LAD_OK);
    assert_int_equal(lad_st_writer_tensor(writer, "conv1.weight", false, 2, (size_t[]){2, 3}, weights), LAD_OK);
    assert_int_equal(lad_st_writer_tensor(writer, "conv1.bias", true, 1, (size_t[]){3}, halves), LAD_OK);
    assert_int_equal(lad_st_writer_finish(writer, &bytes, size_bytes, NULL), LAD_OK);
    lad_st_writer_destroy(&writer);
    assert_null(writer);
    return bytes;
}

static void test_safetensors_written_file_reads_back(void **state)
{
    (void)state;
    size_t size_bytes;
    uint8_t *bytes = write_small(&size_bytes);
    lad_safetensors *st = NULL;
    assert_int_equal(lad_safetensors_read(bytes, size_bytes, "m", &st, NULL), LAD_OK);
    assert_string_equal(lad_safetensors_meta(st, "architecture"), "pdn-xs");
    assert_string_equal(lad_safetensors_meta(st, "note"), "\"quoted\" \xc3\xa9");
    const lad_st_tensor *tensor = lad_safetensors_find(st, "conv1.weight");
    assert_true(tensor && !tensor->f16 && tensor->dims == 2 && tensor->shape[0] == 2 && tensor->shape[1] == 3);
    assert_int_equal((tensor->data - bytes) % 8, 0);
    float values[6];
    lad_st_tensor_floats(tensor, values);
    assert_memory_equal(values, weights, sizeof weights);
    tensor = lad_safetensors_find(st, "conv1.bias");
    assert_true(tensor && tensor->f16 && tensor->count == 3);
    lad_st_tensor_floats(tensor, values);
    for (size_t i = 0; i < 3; i++) {
        /* Half a unit in the last place: 2^-11 relative, 2^-25 among the subnormals. */
        assert_true(fabsf(values[i] - halves[i]) <= fmaxf(fabsf(halves[i]) * 0x1p-11f, 0x1p-25f));
    }
    lad_safetensors_destroy(&st);
    size_t again_bytes;
    uint8_t *again = write_small(&again_bytes);
    assert_int_equal(again_bytes, size_bytes);
    assert_memory_equal(again, bytes, size_bytes);
    lad_free(again);
    lad_free(bytes);
}

static void test_safetensors_every_truncation_is_rejected(void **state)
{
    (void)state;
    size_t size_bytes;
    uint8_t *bytes = write_small(&size_bytes);
    for (size_t size = 0; size < size_bytes; size++) {
        uint8_t *copy = malloc(size + (size == 0));
        assert_non_null(copy);
        memcpy(copy, bytes, size);
        expect_failure(copy, size, "truncated", "m.safetensors");
        free(copy);
    }
    lad_free(bytes);
}

/* A flipped bit may give another valid file (in a name, a value): what must hold is that a file which is
 * accepted is consistent and that a rejected one has a sentence. */
static void test_safetensors_every_bit_flip_is_rejected_or_consistent(void **state)
{
    (void)state;
    size_t size_bytes, accepted = 0;
    uint8_t *bytes = write_small(&size_bytes);
    for (size_t bit = 0; bit < size_bytes * 8; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        lad_safetensors *st = NULL;
        lad_error err = {0};
        if (lad_safetensors_read(bytes, size_bytes, "m", &st, &err) == LAD_OK) {
            size_t covered = 0;
            accepted++;
            for (size_t i = 0; i < lad_safetensors_count(st); i++) {
                const lad_st_tensor *tensor = lad_safetensors_at(st, i);
                float values[16];
                assert_true(tensor->count <= 16);
                lad_st_tensor_floats(tensor, values);
                for (size_t k = 0; k < tensor->count; k++) assert_true(isfinite(values[k]));
                covered += tensor->count * (tensor->f16 ? 2 : 4);
            }
            assert_int_equal(covered, 6 * 4 + 3 * 2);
            lad_safetensors_destroy(&st);
        } else {
            assert_true(err.text[0] != '\0');
        }
        bytes[bit / 8] ^= (uint8_t)(1u << (bit % 8));
    }
    assert_true(accepted > 0 && accepted < size_bytes * 8); /* both branches were taken */
    lad_free(bytes);
}

static void expect_refused(bool f16, float value, const char *part)
{
    lad_st_writer *writer = NULL;
    uint8_t *bytes = NULL;
    size_t size_bytes;
    lad_error err = {0};
    assert_int_equal(lad_st_writer_create(&writer), LAD_OK);
    assert_int_equal(lad_st_writer_tensor(writer, "w", f16, 1, (size_t[]){1}, &value), LAD_ERR_ARG);
    assert_int_equal(lad_st_writer_finish(writer, &bytes, &size_bytes, &err), LAD_ERR_ARG);
    assert_null(bytes);
    assert_non_null(strstr(err.text, part));
    lad_st_writer_destroy(&writer);
}

static void test_safetensors_writer_refuses_what_the_reader_would(void **state)
{
    (void)state;
    expect_refused(true, 65520.0f, "beyond F16's range in \"w\"");
    expect_refused(false, NAN, "not finite in \"w\"");
    expect_refused(false, -INFINITY, "not finite in \"w\"");
    lad_st_writer *writer = NULL;
    float value = 1;
    assert_int_equal(lad_st_writer_create(&writer), LAD_OK);
    assert_int_equal(lad_st_writer_meta(writer, "a", "1"), LAD_OK);
    assert_int_equal(lad_st_writer_meta(writer, "a", "2"), LAD_ERR_ARG);
    assert_int_equal(lad_st_writer_tensor(writer, "w", false, 0, NULL, &value), LAD_OK);
    assert_int_equal(lad_st_writer_tensor(writer, "w", false, 0, NULL, &value), LAD_ERR_ARG);
    assert_int_equal(lad_st_writer_tensor(writer, "__metadata__", false, 0, NULL, &value), LAD_ERR_ARG);
    assert_int_equal(lad_st_writer_tensor(writer, "z", false, 1, (size_t[]){0}, &value), LAD_ERR_ARG);
    assert_int_equal(lad_st_writer_tensor(writer, "d", false, 9, (size_t[9]){1}, &value), LAD_ERR_ARG);
    lad_st_writer_destroy(&writer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_safetensors_broken_header_gives_its_sentence),
        cmocka_unit_test(test_safetensors_broken_length_gives_its_sentence),
        cmocka_unit_test(test_safetensors_long_name_and_many_tensors_are_rejected),
        cmocka_unit_test(test_safetensors_values_not_finite_are_rejected),
        cmocka_unit_test(test_safetensors_foreign_order_and_padding_are_read),
        cmocka_unit_test(test_safetensors_written_file_reads_back),
        cmocka_unit_test(test_safetensors_every_truncation_is_rejected),
        cmocka_unit_test(test_safetensors_every_bit_flip_is_rejected_or_consistent),
        cmocka_unit_test(test_safetensors_writer_refuses_what_the_reader_would),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
