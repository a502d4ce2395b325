#include "eval/defects.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char good_config[] = "[{\"defect_name\": \"a\", \"pixel_value\": 255, \"saturation_threshold\": 6300, "
                                  "\"relative_saturation\": false},"
                                  "{\"defect_name\": \"b\", \"pixel_value\": 7, \"saturation_threshold\": 0.5, "
                                  "\"relative_saturation\": true}]";

static lad_defects read_good(void)
{
    lad_defects defects;
    lad_error err;
    if (lad_defects_parse(good_config, sizeof good_config - 1, "config", &defects, &err) != LAD_OK)
        fail_msg("%s", err.text);
    return defects;
}

static void test_defects_saturation_follows_the_kind_of_the_mask(void **state)
{
    (void)state;
    lad_defects defects = read_good();
    uint8_t mask[100] = {0};
    double saturation;
    lad_error err;
    memset(mask, 7, 31);
    assert_int_equal(lad_defects_saturation(&defects, mask, 100, "m", &saturation, &err), LAD_OK);
    assert_true(saturation == 15);
    memset(mask, 255, 31);
    assert_int_equal(lad_defects_saturation(&defects, mask, 100, "m", &saturation, &err), LAD_OK);
    assert_true(saturation == 31); /* 6300 is more than there is */
}

static void test_defects_unusable_mask_is_refused(void **state)
{
    (void)state;
    lad_defects defects = read_good();
    uint8_t mask[4] = {0};
    double saturation = -1;
    lad_error err;
    assert_int_equal(lad_defects_saturation(&defects, mask, 4, "m.png", &saturation, &err), LAD_ERR_FORMAT);
    assert_string_equal(err.text, "m.png marks no pixel.");
    mask[0] = 8;
    assert_int_equal(lad_defects_saturation(&defects, mask, 4, "m.png", &saturation, &err), LAD_ERR_FORMAT);
    assert_non_null(strstr(err.text, "m.png holds the value 8"));
    mask[1] = 7;
    assert_int_equal(lad_defects_saturation(&defects, mask, 4, "m.png", &saturation, &err), LAD_ERR_FORMAT);
    assert_non_null(strstr(err.text, "8 and 7"));
    assert_true(saturation == -1);
}

static void test_defects_broken_config_is_refused(void **state)
{
    (void)state;
    const struct {
        const char *text, *words;
    } cases[] = {
        {"", "defects_config.json"},
        {"{\"a\": 1}", "is not a list of defects"},
        {"[{\"pixel_value\": 0, \"saturation_threshold\": 1, \"relative_saturation\": true}]", "not 1 to 255"},
        {"[{\"pixel_value\": 256, \"saturation_threshold\": 1, \"relative_saturation\": true}]", "not 1 to 255"},
        {"[{\"pixel_value\": 9, \"saturation_threshold\": 1.5, \"relative_saturation\": true}]",
         "no usable saturation"},
        {"[{\"pixel_value\": 9, \"saturation_threshold\": 0, \"relative_saturation\": false}]", "no usable saturation"},
        {"[{\"pixel_value\": 9, \"relative_saturation\": false}]", "no usable saturation"},
        {"[{\"pixel_value\": 9, \"saturation_threshold\": 1, \"relative_saturation\": true},"
         " {\"pixel_value\": 9, \"saturation_threshold\": 1, \"relative_saturation\": true}]",
         "two defects of pixel value 9"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lad_defects defects;
        lad_error err = {{0}};
        assert_int_equal(lad_defects_parse(cases[i].text, strlen(cases[i].text), "defects_config.json", &defects, &err),
                         LAD_ERR_FORMAT);
        if (!strstr(err.text, cases[i].words)) fail_msg("'%s' does not say '%s'", err.text, cases[i].words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defects_saturation_follows_the_kind_of_the_mask),
        cmocka_unit_test(test_defects_unusable_mask_is_refused),
        cmocka_unit_test(test_defects_broken_config_is_refused),
    };
    return cmocka_run_group_tests_name("eval_defects", tests, NULL, NULL);
}
