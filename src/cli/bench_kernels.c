#include "cli/bench_kernels.h"

#include "base/alloc.h"
#include "base/rng.h"
#include "cli/bench_layers.h"
#include "kernels/table.h"

#include <stdio.h>

enum { PIXELS = 64, W = 56, C = 128, FLOATS = PIXELS * C, CALLS = 16, ARRAYS = 3 };

typedef struct kernel_bench {
    const lad_kernels *k;
    lad_kernel_operands operands;
} kernel_bench;

/* CALLS calls each, so that reading the clock does not count. */
#define RUN(op, parameters, arguments)                                                                                 \
    static void run_##op(void *context)                                                                                \
    {                                                                                                                  \
        const kernel_bench *b = context;                                                                               \
        const lad_kernel_operands *o = &b->operands;                                                                   \
        for (size_t call = 0; call < CALLS; call++) b->k->op arguments;                                                \
    }
LAD_KERNEL_LIST(RUN)

#define ENTRY(op, ...) {#op, run_##op},
static const struct {
    const char *name;
    void (*run)(void *context);
} benches[] = {LAD_KERNEL_LIST(ENTRY)};

static double microseconds(size_t bench, const lad_kernels *k, kernel_bench b)
{
    b.k = k;
    return 1e3 * lad_bench_time(benches[bench].run, &b, 5, 10.0).best_ms / CALLS;
}

static void measure(const kernel_bench *b, lad_json *list)
{
    printf("%-24s %10s %12s %10s\n", "kernel", "us a call", "reference", "faster by");
    for (size_t i = 0; i < sizeof benches / sizeof *benches; i++) {
        double us = microseconds(i, b->k, *b), reference = microseconds(i, lad_kernels_get(LAD_ISA_REF), *b);
        printf("%-24s %10.2f %12.2f %10.1f\n", benches[i].name, us, reference, reference / us);
        fflush(stdout);
        lad_json *entry = lad_json_add_object(list, NULL);
        lad_json_add_string(entry, "kernel", benches[i].name);
        lad_json_add_number(entry, "us", us);
        lad_json_add_number(entry, "reference_us", reference);
        lad_json_add_number(entry, "ratio", reference / us);
    }
}

lad_status lad_bench_kernels(const lad_kernels *k, lad_json *list)
{
    float *x = lad_alloc(ARRAYS * FLOATS, sizeof *x), *y = lad_alloc_zero(ARRAYS * FLOATS, sizeof *y);
    uint8_t *flags = lad_alloc_zero(FLOATS, 1);
    lad_status status = LAD_ERR_NOMEM;
    if (!x || !y || !flags) goto done;
    lad_rng rng = lad_rng_seed(1, 1);
    for (size_t i = 0; i < ARRAYS * FLOATS; i++) x[i] = lad_rng_range(&rng, -1.0f, 1.0f);
    const float *from[PIXELS];
    float *to[PIXELS];
    for (size_t p = 0; p < PIXELS; p++) from[p] = x + p * C, to[p] = y + p * C;
    const lad_panel panel = {.m = PIXELS,
                             .columns = k->nr,
                             .k = C,
                             .a = x,
                             .a_row = C,
                             .a_col = 1,
                             .b = x + FLOATS,
                             .b_row = k->nr,
                             .c = y,
                             .c_row = k->nr,
                             .relu = true};
    const lad_adam_rates rates = {.lr_over_correction1 = 1e-4f, .correction2 = 1.5f, .weight_decay = 1e-5f};
    const kernel_bench b = {.k = k,
                            .operands = {.w = W,
                                         .c = C,
                                         .x = {x, x + FLOATS, x + 2 * FLOATS},
                                         .y = {y, y + FLOATS, y + 2 * FLOATS},
                                         .flags = flags,
                                         .from = from,
                                         .to = to,
                                         .panel = &panel,
                                         .rates = &rates}};
    measure(&b, list);
    status = LAD_OK;
done:
    lad_free(x);
    lad_free(y);
    lad_free(flags);
    return status;
}
