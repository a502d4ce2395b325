#include "base/alloc.h"
#include "base/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static lad_status parse(const char *text, lad_json **out, lad_error *err)
{
    return lad_json_parse(text, strlen(text), 4, "test.json", out, err);
}

static void test_json_valid_text_is_accepted(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "0",
        " -0.5e+10\r\n\t",
        "\"\"",
        "true",
        "null",
        "[]",
        "{}",
        "[1,2 , 3]",
        "{\"a\":{\"b\":[{}]}}",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\"",
        "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"",
        "{\"a\":1,\"A\":2}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        lad_json *json = NULL;
        lad_error err = {0};
        if (parse(texts[i], &json, &err) != LAD_OK) fail_msg("%s: %s", texts[i], err.text);
        lad_json_destroy(&json);
        assert_null(json);
    }
}

/* Each text, and what the sentence must contain. */
static const struct {
    const char *text, *sentence;
} broken[] = {
    {"", "a value is expected at byte 0"},
    {"   ", "a value is expected at byte 3"},
    {"\xef\xbb\xbf{}", "a value is expected"}, /* a byte order mark */
    {"{} x", "bytes behind the value"},
    {"[1]]", "bytes behind the value"},
    {"[[[[[]]]]]", "nested too deeply"},
    {"{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}", "nested too deeply"},
    {"[1,]", "a value is expected"},
    {"[1 2]", "a comma or ] is expected"},
    {"[1", "a comma or ] is expected"},
    {"{\"a\"}", "a colon is expected"},
    {"{\"a\":1,}", "a string is expected"},
    {"{a:1}", "a string is expected"},
    {"{\"a\":1 \"b\":2}", "a comma or } is expected"},
    {"tru", "a value is expected"},
    {"TRUE", "a value is expected"},
    {"NaN", "a value is expected"},
    {"+1", "a value is expected"},
    {".5", "a value is expected"},
    {"-", "a digit is missing"},
    {"1.", "a digit is missing"},
    {"1e", "a digit is missing"},
    {"01", "superfluous zero"},
    {"-00", "superfluous zero"},
    {"1000000000000000000000000000000000000000000000000000000000000", "more than 60 characters"},
    {"\"abc", "a string does not end"},
    {"\"abc\\", "a string does not end"},
    {"\"a\nb\"", "a control character"},
    {"\"\\x41\"", "an unknown escape"},
    {"\"\\u12g4\"", "four hexadecimal digits"},
    {"\"\\u0000\"", "the character NUL"},
    {"\"\\ud83d\"", "half a surrogate pair"},
    {"\"\\ud83d\\u0041\"", "half a surrogate pair"},
    {"\"\\ude00\"", "half a surrogate pair"},
    {"\"\xff\"", "not UTF-8"},
    {"\"\xc0\xaf\"", "not UTF-8"},         /* overlong */
    {"\"\xe0\x80\x80\"", "not UTF-8"},     /* overlong */
    {"\"\xed\xa0\x80\"", "not UTF-8"},     /* a surrogate */
    {"\"\xf4\x90\x80\x80\"", "not UTF-8"}, /* above U+10FFFF */
    {"\"\xe2\x82\"", "not UTF-8"},
    {"{\"a\":1,\"a\":2}", "the key \"a\" twice"},
    {"{\"ab\":1,\"c\":2,\"a\\u0062\":3}", "the key \"ab\" twice"},
    {"[{\"x\":[{\"y\":1,\"y\":1}]}]", "the key \"y\" twice"},
};

static void test_json_broken_text_gives_its_sentence(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        lad_json *json = NULL;
        lad_error err = {0};
        assert_int_equal(parse(broken[i].text, &json, &err), LAD_ERR_FORMAT);
        assert_null(json);
        if (!strstr(err.text, broken[i].sentence)) fail_msg("%s: %s", broken[i].text, err.text);
        assert_ptr_equal(strstr(err.text, "test.json "), err.text);
    }
}

static void test_json_every_truncation_is_rejected(void **state)
{
    (void)state;
    static const char text[] = "{\"a\": [1.5e3, \"\\u00e9\\ud83d\\ude00 \xe2\x82\xac\", true], \"b\": null}";
    for (size_t size = 0; size + 1 < sizeof text; size++) {
        /* A copy of exactly that size, so that a sanitizer sees any byte read beyond. */
        char *copy = malloc(size + (size == 0));
        assert_non_null(copy);
        memcpy(copy, text, size);
        lad_json *json = NULL;
        assert_int_equal(lad_json_parse(copy, size, 8, "test.json", &json, NULL), LAD_ERR_FORMAT);
        free(copy);
    }
}

static void test_json_lookups_find_members_by_type(void **state)
{
    (void)state;
    lad_json *json = NULL;
    assert_int_equal(parse("{\"n\":-2.5,\"s\":\"\\u00e9\",\"t\":true,\"a\":[7,8,[9]],\"big\":1e999}", &json, NULL),
                     LAD_OK);
    double number = 0;
    bool flag = false;
    assert_true(lad_json_number(lad_json_get(json, "n"), &number) && number == -2.5);
    assert_false(lad_json_number(lad_json_get(json, "s"), &number));
    assert_false(lad_json_number(lad_json_get(json, "big"), &number));
    assert_false(lad_json_number(lad_json_get(json, "absent"), &number));
    assert_string_equal(lad_json_string(lad_json_get(json, "s")), "\xc3\xa9");
    assert_null(lad_json_string(lad_json_get(json, "n")));
    assert_true(lad_json_bool(lad_json_get(json, "t"), &flag) && flag);
    const lad_json *array = lad_json_get(json, "a");
    assert_true(lad_json_is_array(array) && !lad_json_is_object(array));
    assert_int_equal(lad_json_length(array), 3);
    assert_true(lad_json_number(lad_json_item(array, 1), &number) && number == 8);
    assert_ptr_equal(lad_json_next(lad_json_item(array, 1)), lad_json_item(array, 2));
    assert_null(lad_json_item(array, 3));
    assert_string_equal(lad_json_key(lad_json_item(json, 1)), "s");
    assert_null(lad_json_get(NULL, "n"));
    assert_null(lad_json_get(array, "n"));
    assert_int_equal(lad_json_length(NULL), 0);
    lad_json_destroy(&json);
}

static void test_json_size_takes_plain_whole_numbers_only(void **state)
{
    (void)state;
    lad_json *json = NULL;
    /* The strings hold digits to trip a scanner that does not skip them. */
    assert_int_equal(
        parse("{\"5\":[0,1,281474976710655],\"x\\\"7\":[-0,1.0,1e3,281474976710656,-1,\"3\",4.2E1]}", &json, NULL),
        LAD_OK);
    static const uint64_t expected[] = {0, 1, 281474976710655};
    const lad_json *item = lad_json_item(lad_json_get(json, "5"), 0);
    for (size_t i = 0; i < 3; i++, item = lad_json_next(item)) {
        uint64_t value = 1234;
        assert_true(lad_json_size(item, &value));
        assert_true(value == expected[i]);
    }
    for (item = lad_json_item(lad_json_get(json, "x\"7"), 0); item; item = lad_json_next(item)) {
        uint64_t value = 1234;
        assert_false(lad_json_size(item, &value));
        assert_true(value == 1234);
    }
    lad_json_destroy(&json);
}

static void test_json_built_document_prints_in_order(void **state)
{
    (void)state;
    lad_json *root = lad_json_new_object();
    lad_json_add_string(root, "name", "a \"b\" \xc3\xa9 \xff");
    lad_json *list = lad_json_add_array(root, "list");
    lad_json_add_number(list, NULL, 3);
    lad_json_add_number(list, NULL, 0.1);
    lad_json_add_number(list, NULL, NAN);
    lad_json_add_bool(lad_json_add_object(list, NULL), "yes", true);
    lad_json_add_null(root, "none");
    char *text = NULL;
    assert_int_equal(lad_json_print(root, false, &text), LAD_OK);
    assert_string_equal(text,
                        "{\"name\":\"a \\\"b\\\" \xc3\xa9 ?\",\"list\":[3,0.1,null,{\"yes\":true}],\"none\":null}\n");
    lad_free(text);
    lad_json_destroy(&root);
}

static void test_json_numbers_read_back_exactly(void **state)
{
    (void)state;
    static const double values[] = {0.1,
                                    1.0 / 3,
                                    1e22,
                                    123456789.123456789,
                                    5e-324,
                                    1.7976931348623157e308,
                                    -2.5e-7,
                                    0.30000000000000004,
                                    9007199254740993.0,
                                    1.0000000000000002};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        lad_json *root = lad_json_new_array(), *back = NULL;
        lad_json_add_number(root, NULL, values[i]);
        char *text = NULL;
        assert_int_equal(lad_json_print(root, true, &text), LAD_OK);
        assert_int_equal(parse(text, &back, NULL), LAD_OK);
        double value = 0;
        assert_true(lad_json_number(lad_json_item(back, 0), &value));
        if (value != values[i]) fail_msg("%s is not %.17g", text, values[i]);
        lad_free(text);
        lad_json_destroy(&back);
        lad_json_destroy(&root);
    }
}

static void test_json_print_of_nothing_is_out_of_memory(void **state)
{
    (void)state;
    char *text = NULL;
    lad_json_add_string(NULL, "key", "value"); /* as after a failed lad_json_new_object */
    assert_null(lad_json_add_object(NULL, "key"));
    assert_int_equal(lad_json_print(NULL, true, &text), LAD_ERR_NOMEM);
    assert_null(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_valid_text_is_accepted),
        cmocka_unit_test(test_json_broken_text_gives_its_sentence),
        cmocka_unit_test(test_json_every_truncation_is_rejected),
        cmocka_unit_test(test_json_lookups_find_members_by_type),
        cmocka_unit_test(test_json_size_takes_plain_whole_numbers_only),
        cmocka_unit_test(test_json_built_document_prints_in_order),
        cmocka_unit_test(test_json_numbers_read_back_exactly),
        cmocka_unit_test(test_json_print_of_nothing_is_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
