#include "base/pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>

#include <cmocka.h>

enum { MAX_ITEMS = 1000 };

typedef struct work {
    atomic_int calls[MAX_ITEMS];
    uint64_t result[MAX_ITEMS];
    size_t threads;
    atomic_int bad_thread;
} work;

static work shared;

static void item(void *context, size_t index, size_t thread)
{
    work *w = context;
    atomic_fetch_add(&w->calls[index], 1);
    if (thread >= w->threads) atomic_store(&w->bad_thread, 1);
    uint64_t value = index;
    for (int i = 0; i < 100; i++) value = value * 6364136223846793005u + 1442695040888963407u;
    w->result[index] = value;
}

static void reset(size_t threads)
{
    for (size_t i = 0; i < MAX_ITEMS; i++) {
        atomic_store(&shared.calls[i], 0);
        shared.result[i] = 0;
    }
    shared.threads = threads;
    atomic_store(&shared.bad_thread, 0);
}

static void test_pool_runs_each_item_once_for_any_thread_count(void **state)
{
    (void)state;
    static const size_t thread_counts[] = {1, 2, 3, 8, 64};
    static uint64_t expected[MAX_ITEMS];
    reset(1);
    lad_pool_run(NULL, MAX_ITEMS, item, &shared);
    for (size_t i = 0; i < MAX_ITEMS; i++) expected[i] = shared.result[i];
    for (size_t k = 0; k < sizeof thread_counts / sizeof *thread_counts; k++) {
        lad_pool *pool = NULL;
        assert_int_equal(lad_pool_create(thread_counts[k], &pool), LAD_OK);
        assert_int_equal(lad_pool_threads(pool), thread_counts[k]);
        reset(thread_counts[k]);
        lad_pool_run(pool, MAX_ITEMS, item, &shared);
        for (size_t i = 0; i < MAX_ITEMS; i++) assert_int_equal(atomic_load(&shared.calls[i]), 1);
        assert_memory_equal(shared.result, expected, sizeof expected);
        assert_int_equal(atomic_load(&shared.bad_thread), 0);
        lad_pool_destroy(&pool);
        assert_null(pool);
    }
}

/* Short runs in quick succession: a worker that is late for one must neither miss nor repeat items of the next. */
static void test_pool_many_short_runs_lose_nothing(void **state)
{
    (void)state;
    lad_pool *pool = NULL;
    assert_int_equal(lad_pool_create(4, &pool), LAD_OK);
    reset(4);
    enum { RUNS = 2000 };
    for (int run = 0; run < RUNS; run++) lad_pool_run(pool, (size_t)(run % 7), item, &shared);
    for (int i = 0; i < 7; i++) {
        int expected = 0;
        for (int run = 0; run < RUNS; run++) expected += i < run % 7;
        assert_int_equal(atomic_load(&shared.calls[i]), expected);
    }
    lad_pool_destroy(&pool);
}

/* A job must neither keep runs from ending, nor be lost, nor run twice, wherever its end is waited for. */
static void test_pool_job_runs_once_beside_runs(void **state)
{
    (void)state;
    static const size_t thread_counts[] = {1, 2, 5};
    for (size_t k = 0; k < sizeof thread_counts / sizeof *thread_counts; k++) {
        lad_pool *pool = NULL;
        assert_int_equal(lad_pool_create(thread_counts[k], &pool), LAD_OK);
        lad_pool_finish(pool); /* nothing to wait for */
        for (int round = 0; round < 300; round++) {
            static work job;
            atomic_store(&job.calls[0], 0);
            job.threads = thread_counts[k];
            reset(thread_counts[k]);
            lad_pool_start(pool, item, &job);
            for (int run = 0; run < round % 4; run++) lad_pool_run(pool, 5, item, &shared);
            for (int i = 0; i < 5; i++) assert_int_equal(atomic_load(&shared.calls[i]), round % 4);
            lad_pool_finish(pool);
            assert_int_equal(atomic_load(&job.calls[0]), 1);
            assert_int_equal(atomic_load(&job.bad_thread), 0);
        }
        static work left;
        left.threads = thread_counts[k];
        lad_pool_start(pool, item, &left);
        lad_pool_destroy(&pool); /* waits */
        assert_int_equal(atomic_load(&left.calls[0]), (int)k + 1);
    }
}

static void test_pool_bounds_of_thread_count(void **state)
{
    (void)state;
    lad_pool *pool = NULL;
    assert_int_equal(lad_pool_create(65, &pool), LAD_ERR_ARG);
    assert_null(pool);
    assert_int_equal(lad_pool_create(0, &pool), LAD_OK);
    assert_in_range(lad_pool_threads(pool), 1, 64);
    lad_pool_destroy(&pool);
    lad_pool_destroy(&pool); /* NULL is fine */
    assert_int_equal(lad_pool_threads(NULL), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pool_runs_each_item_once_for_any_thread_count),
        cmocka_unit_test(test_pool_many_short_runs_lose_nothing),
        cmocka_unit_test(test_pool_job_runs_once_beside_runs),
        cmocka_unit_test(test_pool_bounds_of_thread_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
