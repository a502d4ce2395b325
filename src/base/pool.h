/* A pool of threads that runs numbered items of work.
 *
 * Invariant: which thread runs an item is not defined, so an item's result must depend on its index alone;
 * then results do not depend on the number of threads.  With one thread (or a build without threads) items
 * run in order on the calling thread.  Thread rule: calls come from one thread, one at a time. */
#ifndef LAD_BASE_POOL_H
#define LAD_BASE_POOL_H

#include "base/status.h"

#include <stddef.h>

typedef struct lad_pool lad_pool;

/* One item of work.  thread is in [0, lad_pool_threads(pool)): for picking a private scratch area. */
typedef void lad_pool_fn(void *context, size_t item, size_t thread);

/* threads: 1..64, the calling thread counted; 0 means one per processor.  *out is freed with lad_pool_destroy,
 * which accepts a pointer to NULL and sets the pointer to NULL. */
LAD_MUST_CHECK lad_status lad_pool_create(size_t threads, lad_pool **out);
void lad_pool_destroy(lad_pool **pool);

/* Number of threads; 1 for NULL. */
size_t lad_pool_threads(const lad_pool *pool);

/* Calls fn(context, i, thread) once for each i in [0, items) and returns when all are done.  NULL pool: in
 * order on the calling thread.  Allocates nothing. */
void lad_pool_run(lad_pool *pool, size_t items, lad_pool_fn *fn, void *context);

/* Starts fn(context, 0, thread) beside what follows: one of the threads runs it, the others share the runs meanwhile.
 * With one thread it runs at once.  lad_pool_finish returns when it is done, at once where nothing was started; it
 * must come before the next start and before what fn uses goes away. */
void lad_pool_start(lad_pool *pool, lad_pool_fn *fn, void *context);
void lad_pool_finish(lad_pool *pool);

#endif
