#include "base/alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_size_overflow_is_found_and_leaves_out_alone(void **state)
{
    (void)state;
    size_t out = 7;
    assert_false(lad_size_mul(SIZE_MAX, 2, &out));
    assert_false(lad_size_mul(SIZE_MAX / 2 + 1, 2, &out));
    assert_false(lad_size_add(SIZE_MAX, 1, &out));
    assert_int_equal(out, 7);
    assert_true(lad_size_mul(SIZE_MAX / 2, 2, &out) && out == SIZE_MAX - 1);
    assert_true(lad_size_mul(SIZE_MAX, 1, &out) && out == SIZE_MAX);
    assert_true(lad_size_mul(5, 0, &out) && out == 0);
    assert_true(lad_size_add(SIZE_MAX - 1, 1, &out) && out == SIZE_MAX);
}

static void test_alloc_is_aligned_and_writable(void **state)
{
    (void)state;
    for (size_t size = 0; size < 300; size += 7) {
        unsigned char *memory = lad_alloc(size, 1);
        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % LAD_ALIGN, 0);
        memset(memory, 0xaa, size);
        lad_free(memory);
        memory = lad_alloc_zero(size, 1);
        assert_non_null(memory);
        for (size_t i = 0; i < size; i++) assert_int_equal(memory[i], 0);
        lad_free(memory);
    }
    lad_free(NULL);
}

static void test_alloc_of_more_than_fits_gives_null(void **state)
{
    (void)state;
    assert_null(lad_alloc(SIZE_MAX, 1));
    assert_null(lad_alloc(SIZE_MAX - LAD_ALIGN + 1, 1));
    assert_null(lad_alloc(SIZE_MAX / 2 + 1, 2));
    assert_null(lad_alloc_zero(SIZE_MAX / 4 + 1, 4)); /* the product is 0 modulo 2^64 */
}

static void test_arena_dry_run_gives_the_size_that_suffices(void **state)
{
    (void)state;
    lad_arena arena = {0};
    for (int pass = 0; pass < 2; pass++) {
        void *first = lad_arena_take(&arena, 3, sizeof(float));
        size_t mark = lad_arena_mark(&arena);
        void *second = lad_arena_take(&arena, 1000, 1);
        lad_arena_rewind(&arena, mark);
        void *third = lad_arena_take(&arena, 10, 1);
        assert_int_equal(arena.peak_bytes, LAD_ALIGN + 1024);
        if (pass == 0) {
            assert_true(!first && !second && !third);
            size_t peak = arena.peak_bytes;
            assert_int_equal(lad_arena_init(&arena, peak), LAD_OK);
        } else {
            assert_ptr_equal(second, third);
            assert_ptr_equal((unsigned char *)first + LAD_ALIGN, second);
            memset(second, 0, 1000);
        }
    }
    lad_arena_deinit(&arena);
    assert_null(arena.base);
}

static void test_arena_plan_beyond_size_t_cannot_be_made(void **state)
{
    (void)state;
    lad_arena plan = {0}, arena;
    lad_arena_take(&plan, SIZE_MAX / 2, 1);
    lad_arena_take(&plan, SIZE_MAX / 2, 1);
    lad_arena_take(&plan, 100, 1);
    assert_int_equal(lad_arena_init(&arena, plan.peak_bytes), LAD_ERR_NOMEM);
    plan = (lad_arena){0};
    lad_arena_take(&plan, SIZE_MAX, 8);
    assert_int_equal(lad_arena_init(&arena, plan.peak_bytes), LAD_ERR_NOMEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_size_overflow_is_found_and_leaves_out_alone),
        cmocka_unit_test(test_alloc_is_aligned_and_writable),
        cmocka_unit_test(test_alloc_of_more_than_fits_gives_null),
        cmocka_unit_test(test_arena_dry_run_gives_the_size_that_suffices),
        cmocka_unit_test(test_arena_plan_beyond_size_t_cannot_be_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
