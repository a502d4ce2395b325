#include "base/clock.h"
#include "kernels/table.h"

enum { K = 128, MAX_ROWS = 16, MAX_COLUMNS = 64, CALLS = 400, RUNS = 20 };

double lad_kernels_peak_gflops(const lad_kernels *k)
{
    /* 16 KiB of b at most, 8 KiB of a: all in L1.  Static, because it is too much for a small stack; zeros, because
     * values do not matter. */
    static const float a[MAX_ROWS * K], b[K * MAX_COLUMNS];
    float c[MAX_ROWS * MAX_COLUMNS];
    lad_panel panel = {.m = k->mr,
                       .columns = k->nr,
                       .k = K,
                       .a = a,
                       .a_row = K,
                       .a_col = 1,
                       .b = b,
                       .b_row = k->nr,
                       .c = c,
                       .c_row = k->nr};
    double best_ms = 1e30;
    for (size_t run = 0; run < RUNS; run++) {
        double start = lad_clock_ms();
        for (size_t call = 0; call < CALLS; call++) k->gemm_panel(&panel);
        double ms = lad_clock_ms() - start;
        if (ms > 0.0 && ms < best_ms) best_ms = ms;
    }
    return 2e-6 * (double)(CALLS * K * k->mr * k->nr) / best_ms;
}
