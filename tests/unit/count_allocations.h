/* Counts the allocations of the core in a test program: lad_alloc ends in aligned_alloc, and a definition in the
 * program itself takes precedence over the C library's.  For one file of a program. */
#ifndef LAD_TESTS_COUNT_ALLOCATIONS_H
#define LAD_TESTS_COUNT_ALLOCATIONS_H

#include <stddef.h>
#include <stdlib.h>

static size_t allocations;

int posix_memalign(void **memory, size_t alignment, size_t size_bytes);

void *aligned_alloc(size_t alignment, size_t size_bytes)
{
    void *memory = NULL;
    allocations++;
    return posix_memalign(&memory, alignment, size_bytes) == 0 ? memory : NULL;
}

#endif
