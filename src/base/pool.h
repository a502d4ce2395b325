/* A pool of threads that runs numbered items of work.
 *
 * Invariant: which thread runs an item is not defined, so an item's result must depend on its index alone;
 * then results do not depend on the number of threads.  With one thread (or a build without threads) items
 * run in order on the calling thread.  Thread rule: one lad_pool_run at a time per pool, from one thread. */
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

#endif
