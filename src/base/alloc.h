/* Checked size arithmetic, aligned memory and arenas.
 *
 * Invariant: no product or sum of sizes that came from outside is formed without these helpers; size_t has
 * 32 bits in WASM.  Thread rule: an arena belongs to one thread. */
#ifndef LAD_BASE_ALLOC_H
#define LAD_BASE_ALLOC_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

#define LAD_ALIGN 64 /* bytes: one cache line, one AVX-512 vector */

/* *out = a * b (a + b) and true, or false and *out untouched when the result does not fit. */
LAD_MUST_CHECK bool lad_size_mul(size_t a, size_t b, size_t *out);
LAD_MUST_CHECK bool lad_size_add(size_t a, size_t b, size_t *out);

/* LAD_ALIGN-aligned memory for count elements of size_bytes each, uninitialised (or zeroed); NULL when it
 * does not fit.  count * size_bytes == 0 gives a valid pointer.  Free with lad_free; NULL is allowed there. */
LAD_MUST_CHECK void *lad_alloc(size_t count, size_t size_bytes);
LAD_MUST_CHECK void *lad_alloc_zero(size_t count, size_t size_bytes);
void lad_free(void *memory);

/* One block of memory that is handed out front to back and given back all at once. */
typedef struct lad_arena {
    unsigned char *base; /* NULL: a dry run that only counts */
    size_t size_bytes, used_bytes, peak_bytes;
} lad_arena;

LAD_MUST_CHECK lad_status lad_arena_init(lad_arena *arena, size_t size_bytes);
void lad_arena_deinit(lad_arena *arena);

/* LAD_ALIGN-aligned, uninitialised.  Asserts that it fits: sizes come from a plan, not from outside.
 * A dry run (arena->base == NULL) returns NULL and only moves used_bytes and peak_bytes; a plan beyond size_t
 * ends near SIZE_MAX, which lad_arena_init refuses. */
void *lad_arena_take(lad_arena *arena, size_t count, size_t size_bytes);

/* Marks and returns to a position: everything taken since `mark` is given back. */
size_t lad_arena_mark(const lad_arena *arena);
void lad_arena_rewind(lad_arena *arena, size_t mark);

#endif
