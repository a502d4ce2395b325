#include "base/alloc.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

bool lad_size_mul(size_t a, size_t b, size_t *out)
{
    if (b != 0 && a > SIZE_MAX / b) return false;
    *out = a * b;
    return true;
}

bool lad_size_add(size_t a, size_t b, size_t *out)
{
    if (a > SIZE_MAX - b) return false;
    *out = a + b;
    return true;
}

void *lad_alloc(size_t count, size_t size_bytes)
{
    size_t bytes;
    if (!lad_size_mul(count, size_bytes, &bytes) || !lad_size_add(bytes, LAD_ALIGN, &bytes)) return NULL;
    return aligned_alloc(LAD_ALIGN, bytes / LAD_ALIGN * LAD_ALIGN);
}

void *lad_alloc_zero(size_t count, size_t size_bytes)
{
    void *memory = lad_alloc(count, size_bytes);
    if (memory) memset(memory, 0, count * size_bytes);
    return memory;
}

void lad_free(void *memory)
{
    free(memory);
}

lad_status lad_arena_init(lad_arena *arena, size_t size_bytes)
{
    unsigned char *base = lad_alloc(size_bytes, 1);
    if (!base) return LAD_ERR_NOMEM;
    *arena = (lad_arena){.base = base, .size_bytes = size_bytes};
    return LAD_OK;
}

void lad_arena_deinit(lad_arena *arena)
{
    lad_free(arena->base);
    *arena = (lad_arena){0};
}

void *lad_arena_take(lad_arena *arena, size_t count, size_t size_bytes)
{
    size_t bytes;
    if (!lad_size_mul(count, size_bytes, &bytes) || bytes > SIZE_MAX - LAD_ALIGN) bytes = SIZE_MAX - LAD_ALIGN;
    bytes = (bytes + LAD_ALIGN - 1) / LAD_ALIGN * LAD_ALIGN;
    size_t start = arena->used_bytes;
    assert(!arena->base || bytes <= arena->size_bytes - start);
    /* A dry run that overflows stays at a size which no allocation can satisfy. */
    if (!lad_size_add(start, bytes, &arena->used_bytes)) arena->used_bytes = SIZE_MAX;
    if (arena->used_bytes > arena->peak_bytes) arena->peak_bytes = arena->used_bytes;
    return arena->base ? arena->base + start : NULL;
}

size_t lad_arena_mark(const lad_arena *arena)
{
    return arena->used_bytes;
}

void lad_arena_rewind(lad_arena *arena, size_t mark)
{
    assert(mark <= arena->used_bytes);
    arena->used_bytes = mark;
}
