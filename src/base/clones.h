/* LAD_CLONES before a function whose loops gain from wider vectors: where compiler and loader can, there are others for
 * processors with AVX2 and with AVX-512, which multiplies 64-bit numbers; the choice is made when the program starts.
 * Products and sums are never fused, so the bits are the same. */
#ifndef LAD_BASE_CLONES_H
#define LAD_BASE_CLONES_H

#include <stdint.h> /* says whether this is glibc, whose loader makes the choice */

/* Not with sanitizers: the choice comes before they are ready. */
#if defined(__GLIBC__) && defined(__x86_64__) && !defined(__clang__) && __GNUC__ >= 12 &&                              \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define LAD_CLONES __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define LAD_CLONES
#endif

/* Before a function that clones call: out of line it would be code for any processor, and slow. */
#define LAD_INLINED static inline __attribute__((always_inline))

#endif
