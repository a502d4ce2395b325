#include "eval/report.h"

#include "base/alloc.h"
#include "base/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char *const ids[5] = {"good/000", "good/001", "logical_anomalies/000", "logical_anomalies/001",
                                   "structural_anomalies/000"};
static const double scores[5] = {0.1, 0.30000000000000004, 0.2, 0.9, 1.5};
static const uint8_t labels[5] = {LAD_EVAL_GOOD, LAD_EVAL_GOOD, LAD_EVAL_LOGICAL, LAD_EVAL_LOGICAL,
                                  LAD_EVAL_STRUCTURAL};

static lad_report example(void)
{
    return (lad_report){.model_name = "m.safetensors",
                        .model_sha256 = "00ff",
                        .data_name = "pushpins",
                        .threshold = 0.25,
                        .false_alarm_rate = 0.05,
                        .seed = 3,
                        .count = 5,
                        .ids = ids,
                        .scores = scores,
                        .labels = labels};
}

static lad_json *print_and_parse(const lad_report *report, lad_eval_summary *summary)
{
    char *text;
    lad_error err;
    lad_json *json = NULL;
    assert_int_equal(lad_report_print(report, summary, &text), LAD_OK);
    if (lad_json_parse(text, strlen(text), 8, "report", &json, &err) != LAD_OK) fail_msg("%s", err.text);
    lad_free(text);
    return json;
}

static double number(const lad_json *object, const char *key)
{
    double value = NAN;
    if (!lad_json_number(lad_json_get(object, key), &value)) fail_msg("no number '%s'", key);
    return value;
}

static void test_report_reads_back_with_all_figures(void **state)
{
    (void)state;
    lad_report report = example();
    lad_eval_summary summary;
    lad_json *json = print_and_parse(&report, &summary);
    assert_string_equal(lad_json_string(lad_json_get(json, "format")), "lad-report/1");
    const lad_json *metrics = lad_json_get(json, "metrics"), *threshold = lad_json_get(json, "threshold");
    assert_true(number(lad_json_get(metrics, "auroc_logical"), "value") == 0.75);
    assert_true(number(lad_json_get(metrics, "auroc_structural"), "value") == 1);
    assert_true(number(lad_json_get(metrics, "auroc_mean"), "value") == 0.875);
    assert_true(number(lad_json_get(metrics, "auroc_pooled"), "low") == summary.low[3]);
    assert_true(number(threshold, "good_flagged") == 1);
    assert_true(number(threshold, "logical_flagged") == 1);
    assert_true(number(lad_json_get(json, "data"), "structural") == 1);
    const lad_json *images = lad_json_get(json, "images");
    assert_int_equal(lad_json_length(images), 5);
    for (size_t i = 0; i < 5; i++) {
        const lad_json *image = lad_json_item(images, i);
        bool flagged;
        assert_string_equal(lad_json_string(lad_json_get(image, "id")), ids[i]);
        assert_string_equal(lad_json_string(lad_json_get(image, "label")), lad_eval_label_name(labels[i]));
        assert_true(number(image, "score") == scores[i]); /* to the last bit */
        assert_true(lad_json_bool(lad_json_get(image, "flagged"), &flagged));
        assert_int_equal(flagged, scores[i] > 0.25);
    }
    lad_json_destroy(&json);
}

static void test_report_baselines_have_their_own_figures(void **state)
{
    (void)state;
    const double reversed[5] = {5, 4, 3, 2, 1};
    const double *const baselines[1] = {reversed};
    const char *const names[1] = {"reversed"};
    lad_report report = example();
    report.baseline_count = 1;
    report.baseline_names = names;
    report.baseline_scores = baselines;
    lad_json *json = print_and_parse(&report, NULL);
    const lad_json *baseline = lad_json_item(lad_json_get(json, "baselines"), 0);
    assert_string_equal(lad_json_string(lad_json_get(baseline, "name")), "reversed");
    assert_true(number(lad_json_get(baseline, "auroc_logical"), "value") == 0);
    lad_json_destroy(&json);
}

static void test_report_absent_class_is_null(void **state)
{
    (void)state;
    lad_report report = example();
    report.count = 2; /* good images only */
    lad_json *json = print_and_parse(&report, NULL);
    double value;
    const lad_json *figure = lad_json_get(lad_json_get(json, "metrics"), "auroc_mean");
    assert_non_null(lad_json_get(figure, "value"));
    assert_false(lad_json_number(lad_json_get(figure, "value"), &value));
    lad_json_destroy(&json);
}

static void test_report_of_same_scores_has_same_bytes(void **state)
{
    (void)state;
    lad_report report = example();
    char *a, *b;
    assert_int_equal(lad_report_print(&report, NULL, &a), LAD_OK);
    assert_int_equal(lad_report_print(&report, NULL, &b), LAD_OK);
    assert_string_equal(a, b);
    lad_free(a);
    lad_free(b);
}

static void test_report_bad_scores_are_refused(void **state)
{
    (void)state;
    double bad[5] = {0, 1, NAN, 2, 3};
    lad_report report = example();
    char *text;
    report.scores = bad;
    assert_int_equal(lad_report_print(&report, NULL, &text), LAD_ERR_ARG);
    report.count = 0;
    assert_int_equal(lad_report_print(&report, NULL, &text), LAD_ERR_ARG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_report_reads_back_with_all_figures),
        cmocka_unit_test(test_report_baselines_have_their_own_figures),
        cmocka_unit_test(test_report_absent_class_is_null),
        cmocka_unit_test(test_report_of_same_scores_has_same_bytes),
        cmocka_unit_test(test_report_bad_scores_are_refused),
    };
    return cmocka_run_group_tests_name("eval_report", tests, NULL, NULL);
}
