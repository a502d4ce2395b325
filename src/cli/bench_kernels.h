/* Times of the inner kernels, each of LAD_KERNEL_LIST. */
#ifndef LAD_CLI_BENCH_KERNELS_H
#define LAD_CLI_BENCH_KERNELS_H

#include "base/json.h"
#include "kernels/kernels.h"

/* One thread.  One line a kernel on standard output, one object a kernel in `list`: microseconds of a call, of the
 * reference's, and how many times faster that is. */
LAD_MUST_CHECK lad_status lad_bench_kernels(const lad_kernels *k, lad_json *list);

#endif
