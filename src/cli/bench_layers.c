#include "cli/bench_layers.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/rng.h"
#include "model/detector.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_RUNS = 200 };

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

lad_timing lad_bench_time(void (*work)(void *context), void *context, size_t least, double min_ms)
{
    double times[MAX_RUNS], total = 0.0;
    size_t runs = 0;
    work(context); /* once for the caches and the page tables */
    while (runs < MAX_RUNS && (runs < least || total < min_ms)) {
        double start = lad_clock_ms();
        work(context);
        times[runs] = lad_clock_ms() - start;
        total += times[runs++];
    }
    qsort(times, runs, sizeof *times, compare_doubles);
    return (lad_timing){.median_ms = times[runs / 2], .best_ms = times[0], .runs = runs};
}

typedef struct layer_bench {
    const lad_kernels *k;
    lad_pool *pool;
    lad_conv_shape shape;
    lad_conv_pass pass;
    bool relu;
    float *x, *y, *w, *bias, *packed[2], *d_w, *d_bias; /* y also serves as d_y, x as d_x */
    void *scratch;
} layer_bench;

static void run_pass(void *context)
{
    layer_bench *b = context;
    switch (b->pass) {
    case LAD_CONV_FORWARD:
        lad_conv_forward(b->k, b->pool, &b->shape, b->x, b->packed[0], b->bias, b->relu, b->y, b->scratch);
        break;
    case LAD_CONV_BACKWARD_DATA:
        lad_conv_backward_data(b->k, b->pool, &b->shape, b->y, b->packed[1], b->x, b->scratch);
        break;
    case LAD_CONV_BACKWARD_WEIGHTS:
        lad_conv_backward_weights(b->k, b->pool, &b->shape, b->x, b->y, b->d_w, b->d_bias, b->scratch);
        break;
    }
}

static float *random_floats(size_t count, float size)
{
    float *values = lad_alloc(count, sizeof *values);
    lad_rng rng = lad_rng_seed(1, count);
    for (size_t i = 0; values && i < count; i++) values[i] = lad_rng_range(&rng, -size, size);
    return values;
}

static void layer_free(layer_bench *b)
{
    float *all[] = {b->x, b->y, b->w, b->bias, b->packed[0], b->packed[1], b->d_w, b->d_bias};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) lad_free(all[i]);
    lad_free(b->scratch);
}

static bool layer_alloc(layer_bench *b)
{
    const lad_conv_shape *s = &b->shape;
    size_t weights = s->oc * s->ic * s->kh * s->kw, scratch_bytes = 0;
    for (lad_conv_pass pass = LAD_CONV_FORWARD; pass <= LAD_CONV_BACKWARD_WEIGHTS; pass++) {
        size_t bytes = lad_conv_scratch_bytes(b->k, s, pass, lad_pool_threads(b->pool));
        if (bytes > scratch_bytes) scratch_bytes = bytes;
    }
    b->x = random_floats(s->n * s->h * s->w * s->ic, 1.0f);
    b->y = random_floats(s->n * lad_conv_out_h(s) * lad_conv_out_w(s) * s->oc, 1.0f);
    b->w = random_floats(weights, 0.05f);
    b->bias = random_floats(s->oc, 0.05f);
    b->packed[0] = lad_alloc(lad_conv_packed_floats(b->k, s, LAD_CONV_FORWARD), sizeof(float));
    b->packed[1] = lad_alloc(lad_conv_packed_floats(b->k, s, LAD_CONV_BACKWARD_DATA), sizeof(float));
    b->d_w = lad_alloc_zero(weights, sizeof(float));
    b->d_bias = lad_alloc_zero(s->oc, sizeof(float));
    b->scratch = lad_alloc(scratch_bytes, 1);
    return b->x && b->y && b->w && b->bias && b->packed[0] && b->packed[1] && b->d_w && b->d_bias && b->scratch;
}

/* Forward, gradient of the data (nobody wants the picture's), gradient of the weights. */
static void measure_passes(layer_bench *b, double peak_gflops, lad_json *entry)
{
    static const char *const names[] = {"forward", "backward_data", "backward_weights"};
    const lad_conv_shape *s = &b->shape;
    double direct = (double)(s->n * lad_conv_out_h(s) * lad_conv_out_w(s)) * (double)(s->oc * s->ic * s->kh * s->kw);
    for (b->pass = LAD_CONV_FORWARD; b->pass <= LAD_CONV_BACKWARD_WEIGHTS; b->pass++) {
        if (b->pass == LAD_CONV_BACKWARD_DATA && s->ic == 3) {
            printf(" |                           ");
            continue;
        }
        lad_timing t = lad_bench_time(run_pass, b, 5, 60.0);
        double effective = 2e-6 * direct / t.best_ms;
        double real = 2e-6 * lad_conv_product_macs(b->k, s, b->pass) / t.best_ms;
        double share = real / (peak_gflops * (double)lad_pool_threads(b->pool));
        printf(" | %7.2f %6.0f %6.1f %3.0f%%", t.best_ms, effective, real, 100.0 * share);
        lad_json *pass = lad_json_add_object(entry, names[b->pass]);
        lad_json_add_number(pass, "median_ms", t.median_ms);
        lad_json_add_number(pass, "best_ms", t.best_ms);
        lad_json_add_number(pass, "effective_gflops", effective);
        lad_json_add_number(pass, "product_gflops", real);
        lad_json_add_number(pass, "share_of_peak", share);
    }
}

static lad_status measure_layer(layer_bench *b, const char *network, const char *name, double peak_gflops,
                                lad_json *list)
{
    if (!layer_alloc(b)) {
        layer_free(b);
        return LAD_ERR_NOMEM;
    }
    lad_conv_pack(b->k, b->pool, &b->shape, LAD_CONV_FORWARD, b->w, b->packed[0]);
    lad_conv_pack(b->k, b->pool, &b->shape, LAD_CONV_BACKWARD_DATA, b->w, b->packed[1]);
    const lad_conv_shape *s = &b->shape;
    printf("%-17s %zux%zu/%zu %3zu>%-3zu @%-3zu %-8s", name, s->kh, s->kw, s->stride, s->ic, s->oc, s->h,
           lad_conv_algorithm_name(b->k, s));
    lad_json *entry = lad_json_add_object(list, NULL);
    lad_json_add_string(entry, "network", network);
    lad_json_add_string(entry, "layer", name);
    lad_json_add_string(entry, "algorithm", lad_conv_algorithm_name(b->k, s));
    measure_passes(b, peak_gflops, entry);
    printf("\n");
    fflush(stdout);
    layer_free(b);
    return LAD_OK;
}

lad_status lad_bench_layers(const lad_kernels *k, lad_pool *pool, const char *network, const lad_layer_spec *specs,
                            size_t layers, double peak_gflops, lad_json *list)
{
    lad_conv_shape s = {.n = 1, .h = LAD_INPUT_SIZE, .w = LAD_INPUT_SIZE, .ic = 3};
    printf("%s: best ms, effective GFLOP/s, GFLOP/s of the products, share of the peak\n", network);
    printf("%-38s %-8s | %-26s | %-26s | weights' gradient\n", "layer", "", "forward", "data's gradient");
    for (size_t i = 0; i < layers; i++) {
        const lad_layer_spec *spec = &specs[i];
        switch (spec->kind) {
        case LAD_LAYER_CONV:
            s.oc = spec->oc, s.kh = s.kw = spec->kernel, s.stride = spec->stride, s.pad = spec->pad;
            LAD_TRY(measure_layer(&(layer_bench){.k = k, .pool = pool, .shape = s, .relu = spec->relu}, network,
                                  spec->name, peak_gflops, list));
            s.h = s.w = lad_conv_out_h(&s), s.ic = s.oc;
            break;
        case LAD_LAYER_AVGPOOL2: s.h /= 2, s.w /= 2; break;
        case LAD_LAYER_BILINEAR: s.h = s.w = spec->out; break;
        case LAD_LAYER_UNFOLD: s.h = s.w = spec->out, s.ic /= spec->out * spec->out; break;
        case LAD_LAYER_DROPOUT: break;
        }
    }
    return LAD_OK;
}
