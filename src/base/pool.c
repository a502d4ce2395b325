#define _POSIX_C_SOURCE 200809L
#include "base/pool.h"

#include "base/alloc.h"

#include <assert.h>

/* Emscripten without -pthread has the headers but no threads. */
#if defined(__EMSCRIPTEN__) && !defined(__EMSCRIPTEN_PTHREADS__)
#define LAD_POOL_THREADED 0
#else
#define LAD_POOL_THREADED 1
#endif

enum { MAX_THREADS = 64 };

#if LAD_POOL_THREADED
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

/* A network is some hundred short runs in quick succession, and waking a thread that sleeps takes longer than some of
 * them; so threads look for work for some 50 us before they lie down.  Rounds of spin(). */
#if defined(__x86_64__)
enum { SPINS = 1500 };
#else
enum { SPINS = 20000 };
#endif

static inline void spin(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

typedef struct worker {
    lad_pool *pool;
    size_t index;
    pthread_t handle;
} worker;

typedef enum job_state { JOB_NONE, JOB_WAITS, JOB_RUNS } job_state;

struct lad_pool {
    size_t threads; /* the calling thread is number 0 */
    pthread_mutex_t mutex;
    pthread_cond_t start, done;
    /* written under the mutex; the atomic ones are also watched without it */
    bool stop, open;      /* open: the current run still has room for workers */
    size_t sleepers;      /* workers that wait for start */
    atomic_ulong orders;  /* one more for each run, job and stop */
    atomic_size_t inside; /* workers in the current run */
    _Atomic job_state job;
    lad_pool_fn *job_fn;
    void *job_context;
    /* written before a run starts, read by all during it */
    lad_pool_fn *fn;
    void *context;
    size_t items;
    atomic_size_t next;
    worker workers[];
};

static void work(lad_pool *pool, size_t thread)
{
    for (;;) {
        size_t item = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
        if (item >= pool->items) return;
        pool->fn(pool->context, item, thread);
    }
}

/* With the mutex held: tells the workers that something changed. */
static void give_order(lad_pool *pool)
{
    atomic_fetch_add(&pool->orders, 1);
    if (pool->sleepers > 0) pthread_cond_broadcast(&pool->start);
}

/* With the mutex held, which it gives up while it runs the job. */
static void run_job(lad_pool *pool, size_t thread)
{
    atomic_store(&pool->job, JOB_RUNS);
    pthread_mutex_unlock(&pool->mutex);
    pool->job_fn(pool->job_context, 0, thread);
    pthread_mutex_lock(&pool->mutex);
    atomic_store(&pool->job, JOB_NONE);
    pthread_cond_signal(&pool->done);
}

/* Returns with the mutex held and orders != seen. */
static void wait_for_order(lad_pool *pool, unsigned long seen)
{
    for (int i = 0; i < SPINS && atomic_load(&pool->orders) == seen; i++) spin();
    pthread_mutex_lock(&pool->mutex);
    pool->sleepers++;
    while (atomic_load(&pool->orders) == seen) pthread_cond_wait(&pool->start, &pool->mutex);
    pool->sleepers--;
}

static void *worker_main(void *argument)
{
    worker *self = argument;
    lad_pool *pool = self->pool;
    unsigned long seen = 0;
    for (;;) {
        wait_for_order(pool, seen);
        seen = atomic_load(&pool->orders);
        if (pool->stop) break;
        if (atomic_load(&pool->job) == JOB_WAITS) run_job(pool, self->index);
        if (pool->open) {
            atomic_fetch_add(&pool->inside, 1);
            pthread_mutex_unlock(&pool->mutex);
            work(pool, self->index);
            pthread_mutex_lock(&pool->mutex);
            if (atomic_fetch_sub(&pool->inside, 1) == 1) pthread_cond_signal(&pool->done);
        }
        pthread_mutex_unlock(&pool->mutex);
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

static size_t processors(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    if (count < 1) return 1;
    return count > MAX_THREADS ? MAX_THREADS : (size_t)count;
}

lad_status lad_pool_create(size_t threads, lad_pool **out)
{
    if (threads > MAX_THREADS) return LAD_ERR_ARG;
    if (threads == 0) threads = processors();
    lad_pool *pool = lad_alloc_zero(1, sizeof *pool + (threads - 1) * sizeof(worker));
    if (!pool) return LAD_ERR_NOMEM;
    pool->threads = 1;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->start, NULL);
    pthread_cond_init(&pool->done, NULL);
    for (size_t i = 0; i + 1 < threads; i++) {
        worker *w = &pool->workers[i];
        w->pool = pool;
        w->index = i + 1;
        if (pthread_create(&w->handle, NULL, worker_main, w) != 0) {
            lad_pool_destroy(&pool);
            return LAD_ERR_NOMEM;
        }
        pool->threads++;
    }
    *out = pool;
    return LAD_OK;
}

void lad_pool_destroy(lad_pool **pool_pointer)
{
    lad_pool *pool = *pool_pointer;
    if (!pool) return;
    lad_pool_finish(pool);
    pthread_mutex_lock(&pool->mutex);
    pool->stop = true;
    give_order(pool);
    pthread_mutex_unlock(&pool->mutex);
    for (size_t i = 0; i + 1 < pool->threads; i++) pthread_join(pool->workers[i].handle, NULL);
    pthread_cond_destroy(&pool->done);
    pthread_cond_destroy(&pool->start);
    pthread_mutex_destroy(&pool->mutex);
    lad_free(pool);
    *pool_pointer = NULL;
}

size_t lad_pool_threads(const lad_pool *pool)
{
    return pool ? pool->threads : 1;
}

void lad_pool_run(lad_pool *pool, size_t items, lad_pool_fn *fn, void *context)
{
    if (!pool || pool->threads == 1 || items <= 1) {
        for (size_t i = 0; i < items; i++) fn(context, i, 0);
        return;
    }
    pthread_mutex_lock(&pool->mutex);
    pool->fn = fn;
    pool->context = context;
    pool->items = items;
    atomic_store_explicit(&pool->next, 0, memory_order_relaxed);
    pool->open = true;
    give_order(pool);
    pthread_mutex_unlock(&pool->mutex);
    work(pool, 0);
    /* All items are taken: nobody may come in any more, and those inside finish their last one. */
    pthread_mutex_lock(&pool->mutex);
    pool->open = false;
    pthread_mutex_unlock(&pool->mutex);
    for (int i = 0; i < SPINS && atomic_load(&pool->inside) > 0; i++) spin();
    pthread_mutex_lock(&pool->mutex);
    while (atomic_load(&pool->inside) > 0) pthread_cond_wait(&pool->done, &pool->mutex);
    pthread_mutex_unlock(&pool->mutex);
}

void lad_pool_start(lad_pool *pool, lad_pool_fn *fn, void *context)
{
    if (!pool || pool->threads == 1) {
        fn(context, 0, 0);
        return;
    }
    pthread_mutex_lock(&pool->mutex);
    assert(pool->job == JOB_NONE);
    pool->job_fn = fn;
    pool->job_context = context;
    atomic_store(&pool->job, JOB_WAITS);
    give_order(pool);
    pthread_mutex_unlock(&pool->mutex);
}

void lad_pool_finish(lad_pool *pool)
{
    if (!pool || pool->threads == 1) return;
    pthread_mutex_lock(&pool->mutex);
    if (atomic_load(&pool->job) == JOB_WAITS) run_job(pool, 0);
    while (atomic_load(&pool->job) != JOB_NONE) pthread_cond_wait(&pool->done, &pool->mutex);
    pthread_mutex_unlock(&pool->mutex);
}

#else /* one thread */

struct lad_pool {
    size_t threads;
};

lad_status lad_pool_create(size_t threads, lad_pool **out)
{
    if (threads > MAX_THREADS) return LAD_ERR_ARG;
    lad_pool *pool = lad_alloc_zero(1, sizeof *pool);
    if (!pool) return LAD_ERR_NOMEM;
    pool->threads = 1;
    *out = pool;
    return LAD_OK;
}

void lad_pool_destroy(lad_pool **pool)
{
    lad_free(*pool);
    *pool = NULL;
}

size_t lad_pool_threads(const lad_pool *pool)
{
    return pool ? pool->threads : 1;
}

void lad_pool_run(lad_pool *pool, size_t items, lad_pool_fn *fn, void *context)
{
    (void)pool;
    for (size_t i = 0; i < items; i++) fn(context, i, 0);
}

void lad_pool_start(lad_pool *pool, lad_pool_fn *fn, void *context)
{
    (void)pool;
    fn(context, 0, 0);
}

void lad_pool_finish(lad_pool *pool)
{
    (void)pool;
}

#endif
