#include "eval/kinds.h"

#include "base/alloc.h"
#include "eval/metrics.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { COUNT = 8 };
static const uint8_t labels[COUNT] = {LAD_EVAL_GOOD,    LAD_EVAL_STRUCTURAL, LAD_EVAL_LOGICAL, LAD_EVAL_GOOD,
                                      LAD_EVAL_LOGICAL, LAD_EVAL_LOGICAL,    LAD_EVAL_GOOD,    LAD_EVAL_LOGICAL};
static const char *const names[COUNT] = {NULL, "stain", "swapped", NULL, "missing", "swapped", "ignored", NULL};
static const double scores[COUNT] = {1, 0, 5, 2, 2, 0, 3, 9};

static void test_kinds_list_is_by_label_and_name(void **state)
{
    (void)state;
    lad_kind *kinds;
    size_t count;
    assert_int_equal(lad_kinds_list(names, labels, COUNT, &kinds, &count), LAD_OK);
    assert_int_equal(count, 3);
    assert_string_equal(kinds[0].name, "missing");
    assert_string_equal(kinds[1].name, "swapped");
    assert_string_equal(kinds[2].name, "stain");
    assert_int_equal(kinds[1].images, 2);
    assert_int_equal(kinds[2].label, LAD_EVAL_STRUCTURAL);
    lad_free(kinds);
}

static double auroc_of(const char *name, uint8_t label, const double *values)
{
    const lad_kind kind = {name, label, 0};
    double value = -1;
    assert_int_equal(lad_kind_auroc(&kind, values, names, labels, COUNT, &value), LAD_OK);
    return value;
}

static void test_kind_auroc_is_of_that_kind_against_good_images(void **state)
{
    (void)state;
    assert_true(auroc_of("missing", LAD_EVAL_LOGICAL, scores) == 0.5);       /* 2 against 1, 2, 3 */
    assert_true(auroc_of("swapped", LAD_EVAL_LOGICAL, scores) == 3.0 / 6.0); /* 5 and 0 against 1, 2, 3 */
    assert_true(auroc_of("stain", LAD_EVAL_STRUCTURAL, scores) == 0);
    assert_true(isnan(auroc_of("stain", LAD_EVAL_LOGICAL, scores))); /* no such kind of that class */
}

static void test_kind_auroc_not_a_number_is_refused(void **state)
{
    (void)state;
    double bad[COUNT] = {0}, value;
    bad[3] = NAN;
    const lad_kind kind = {"stain", LAD_EVAL_STRUCTURAL, 1};
    assert_int_equal(lad_kind_auroc(&kind, bad, names, labels, COUNT, &value), LAD_ERR_ARG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds_list_is_by_label_and_name),
        cmocka_unit_test(test_kind_auroc_is_of_that_kind_against_good_images),
        cmocka_unit_test(test_kind_auroc_not_a_number_is_refused),
    };
    return cmocka_run_group_tests_name("eval_kinds", tests, NULL, NULL);
}
