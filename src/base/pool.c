#define _POSIX_C_SOURCE 200809L
#include "base/pool.h"

#include "base/alloc.h"

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

typedef struct worker {
    lad_pool *pool;
    size_t index;
    pthread_t handle;
} worker;

struct lad_pool {
    size_t threads; /* the calling thread is number 0 */
    pthread_mutex_t mutex;
    pthread_cond_t start, done;
    /* guarded by mutex */
    unsigned long generation; /* one more for each run */
    size_t running;           /* workers still inside the current run */
    bool stop;
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

static void *worker_main(void *argument)
{
    worker *self = argument;
    lad_pool *pool = self->pool;
    unsigned long seen = 0;
    pthread_mutex_lock(&pool->mutex);
    for (;;) {
        while (!pool->stop && pool->generation == seen) pthread_cond_wait(&pool->start, &pool->mutex);
        if (pool->stop) break;
        seen = pool->generation;
        pthread_mutex_unlock(&pool->mutex);
        work(pool, self->index);
        pthread_mutex_lock(&pool->mutex);
        if (--pool->running == 0) pthread_cond_signal(&pool->done);
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
    pthread_mutex_lock(&pool->mutex);
    pool->stop = true;
    pthread_cond_broadcast(&pool->start);
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
    pool->running = pool->threads - 1;
    pool->generation++;
    pthread_cond_broadcast(&pool->start);
    pthread_mutex_unlock(&pool->mutex);
    work(pool, 0);
    pthread_mutex_lock(&pool->mutex);
    while (pool->running > 0) pthread_cond_wait(&pool->done, &pool->mutex);
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

#endif
