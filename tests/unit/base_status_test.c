#include "base/status.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static lad_status twice(lad_status first, int *reached)
{
    LAD_TRY(first);
    *reached = 1;
    return LAD_ERR_ARG;
}

static void test_try_leaves_on_failure_only(void **state)
{
    (void)state;
    int reached = 0;
    assert_int_equal(twice(LAD_ERR_IO, &reached), LAD_ERR_IO);
    assert_int_equal(reached, 0);
    assert_int_equal(twice(LAD_OK, &reached), LAD_ERR_ARG);
    assert_int_equal(reached, 1);
}

static void test_fail_writes_a_sentence_and_cuts_a_long_one(void **state)
{
    (void)state;
    lad_error err;
    assert_int_equal(lad_fail(&err, LAD_ERR_FORMAT, "%s has %d bytes.", "a.png", 3), LAD_ERR_FORMAT);
    assert_string_equal(err.text, "a.png has 3 bytes.");
    assert_int_equal(lad_fail(NULL, LAD_ERR_NOMEM, "unused"), LAD_ERR_NOMEM);
    assert_int_equal(lad_fail(&err, LAD_ERR_IO, "%1000d", 1), LAD_ERR_IO);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
}

static void test_every_status_has_its_own_name(void **state)
{
    (void)state;
    for (int i = LAD_OK; i <= LAD_ERR_CANCELLED; i++) {
        assert_string_not_equal(lad_status_name((lad_status)i), "unknown");
        for (int k = LAD_OK; k < i; k++) {
            assert_string_not_equal(lad_status_name((lad_status)i), lad_status_name((lad_status)k));
        }
    }
    assert_string_equal(lad_status_name((lad_status)99), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_try_leaves_on_failure_only),
        cmocka_unit_test(test_fail_writes_a_sentence_and_cuts_a_long_one),
        cmocka_unit_test(test_every_status_has_its_own_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
