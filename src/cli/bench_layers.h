/* Times of the convolutions of the three networks, layer by layer. */
#ifndef LAD_CLI_BENCH_LAYERS_H
#define LAD_CLI_BENCH_LAYERS_H

#include "base/json.h"
#include "kernels/kernels.h"
#include "model/architecture.h"

/* Calls work(context) at least `least` times and until min_ms have passed; median and best time of one call. */
typedef struct lad_timing {
    double median_ms, best_ms;
    size_t runs;
} lad_timing;
lad_timing lad_bench_time(void (*work)(void *context), void *context, size_t least, double min_ms);

/* One line a layer on standard output, one object a layer in `list`: for each pass the best time, the GFLOP/s that
 * direct convolution would need to be as fast, the GFLOP/s of the matrix products done, and their share of the peak
 * (per thread, times threads). */
LAD_MUST_CHECK lad_status lad_bench_layers(const lad_kernels *k, lad_pool *pool, const char *network,
                                           const lad_layer_spec *specs, size_t layers, double peak_gflops,
                                           lad_json *list);

#endif
