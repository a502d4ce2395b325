/* Gradients of every layer, and of a small network of all of them, against central finite differences.
 *
 * The differences are taken on the naive double network, whose output is linear in each single input and parameter
 * but for the kinks of ReLU, so that they are exact to double precision; coordinates whose second difference is
 * not 0 sit at a kink and are left out explicitly.  What remains is the float error of backward, which
 * naive_network.h bounds. */
#include "../unit/naive_network.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

enum { SAMPLES = 32 }; /* coordinates checked of each tensor */

typedef struct problem {
    const char *what;
    const lad_layer_spec *specs;
    size_t layers;
    naive_shape in, out;
    size_t params, outputs;
    double *x, *p, *r;             /* inputs, parameters, weights of the outputs: L = sum r y */
    double *abs_x, *abs_p, *abs_r; /* their absolute values, for the bound */
    lad_rng dropout;
    bool drops;
} problem;

static double *magnitudes(const double *values, size_t count)
{
    double *out = malloc(count * sizeof *out);
    for (size_t i = 0; i < count; i++) out[i] = fabs(values[i]);
    return out;
}

static double loss(const problem *pb, bool magnitude)
{
    naive_shape shape = pb->in;
    double *y = naive_forward(pb->specs, pb->layers, &shape, magnitude ? pb->abs_x : pb->x,
                              magnitude ? pb->abs_p : pb->p, pb->drops ? &pb->dropout : NULL, magnitude);
    const double *r = magnitude ? pb->abs_r : pb->r;
    double sum = 0.0;
    for (size_t i = 0; i < pb->outputs; i++) sum += r[i] * y[i];
    free(y);
    return sum;
}

/* The derivative of the loss by *at; false at a kink. */
static bool derivative(const problem *pb, bool magnitude, double *at, double *out)
{
    const double step = 1e-5, kept = *at;
    double middle = loss(pb, magnitude);
    *at = kept + step;
    double after = loss(pb, magnitude);
    *at = kept - step;
    double before = loss(pb, magnitude);
    *at = kept;
    *out = (after - before) / (2.0 * step);
    double noise = 1e-12 * (fabs(middle) + fabs(after) + fabs(before) + 1.0);
    return fabs(after - 2.0 * middle + before) <= noise;
}

static void check_tensor(const problem *pb, const char *tensor, double *values, double *abs_values, const float *grads,
                         size_t count, lad_rng *rng)
{
    double terms = naive_terms(pb->specs, pb->layers, pb->in);
    size_t checked = 0, tried = count < SAMPLES ? count : SAMPLES;
    for (size_t s = 0; s < tried; s++) {
        size_t i = count <= SAMPLES ? s : lad_rng_below(rng, (uint32_t)count);
        double expected = 0.0, bound = 0.0;
        if (!derivative(pb, false, &values[i], &expected)) continue;
        derivative(pb, true, &abs_values[i], &bound);
        double tolerance = terms * (double)FLT_EPSILON * bound + 1e-8;
        if (fabs((double)grads[i] - expected) > tolerance)
            fail_msg("%s: d_%s[%zu] is %.9g, finite differences give %.9g +- %.3g (input %zux%zux%zux%zu)", pb->what,
                     tensor, i, (double)grads[i], expected, tolerance, pb->in.n, pb->in.h, pb->in.w, pb->in.c);
        checked++;
    }
    if (2 * checked < tried)
        fail_msg("%s: %zu of %zu coordinates of %s are at kinks", pb->what, tried - checked, tried, tensor);
}

static void check(const lad_kernels *kernels, lad_pool *pool, const char *what, const lad_layer_spec *specs,
                  size_t layers, naive_shape in, bool drops)
{
    lad_network *network = NULL;
    lad_error err;
    assert_int_equal(
        lad_network_create(kernels, pool, specs, layers, in.n, in.h, in.w, in.c, LAD_NETWORK_TRAINING, &network, &err),
        LAD_OK);
    lad_rng rng = lad_rng_seed(7, layers);
    lad_network_init(network, &rng);
    lad_network_pack(network);
    lad_param_block block = lad_network_block(network);
    problem pb = {.what = what,
                  .specs = specs,
                  .layers = layers,
                  .in = in,
                  .out = {.n = in.n},
                  .params = block.total,
                  .drops = drops,
                  .dropout = lad_rng_seed(11, 3)};
    assert_true(lad_network_out_shape(network, in.n, in.h, in.w, &pb.out.h, &pb.out.w, &pb.out.c));
    size_t inputs = naive_count(in);
    pb.outputs = naive_count(pb.out);

    float *x = malloc(inputs * sizeof *x), *d_x = malloc(inputs * sizeof *d_x), *d_y = malloc(pb.outputs * sizeof *d_y);
    pb.x = malloc(inputs * sizeof *pb.x);
    pb.p = malloc((block.total + 1) * sizeof *pb.p);
    pb.r = malloc(pb.outputs * sizeof *pb.r);
    for (size_t i = 0; i < inputs; i++) pb.x[i] = (double)(x[i] = lad_rng_range(&rng, -1.0f, 1.0f));
    for (size_t i = 0; i < block.total; i++) pb.p[i] = (double)block.values[i];
    for (size_t i = 0; i < pb.outputs; i++) pb.r[i] = (double)(d_y[i] = lad_rng_range(&rng, -1.0f, 1.0f));
    pb.abs_x = magnitudes(pb.x, inputs);
    pb.abs_p = magnitudes(pb.p, block.total);
    pb.abs_r = magnitudes(pb.r, pb.outputs);

    lad_rng dropout = pb.dropout;
    lad_network_forward(network, in.n, in.h, in.w, x, drops ? &dropout : NULL);
    lad_network_zero_grads(network);
    /* A first layer that is pooled at once does not give its input's gradient. */
    bool pooled = layers > 1 && specs[1].kind == LAD_LAYER_AVGPOOL2;
    lad_network_backward(network, d_y, pooled ? NULL : d_x);
    if (!pooled) check_tensor(&pb, "x", pb.x, pb.abs_x, d_x, inputs, &rng);
    size_t offset = 0;
    for (size_t i = 0; i < lad_network_param_count(network); i++) {
        const lad_param *param = lad_network_param(network, i);
        check_tensor(&pb, param->name, pb.p + offset, pb.abs_p + offset, param->grad, param->count, &rng);
        offset += param->count;
    }

    void *all[] = {x, d_x, d_y, pb.x, pb.p, pb.r, pb.abs_x, pb.abs_p, pb.abs_r};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
    lad_network_destroy(&network);
}

/* On every instruction set of this machine, and with threads. */
static void check_everywhere(const char *what, const lad_layer_spec *specs, size_t layers, naive_shape in, bool drops)
{
    lad_pool *pool = NULL;
    assert_int_equal(lad_pool_create(2, &pool), LAD_OK);
    for (lad_isa isa = LAD_ISA_REF; isa < LAD_ISA_COUNT; isa++)
        if (lad_kernels_get(isa)) check(lad_kernels_get(isa), pool, what, specs, layers, in, drops);
    lad_pool_destroy(&pool);
}

static lad_layer_spec conv(const char *name, size_t oc, size_t kernel, size_t stride, size_t pad, bool relu)
{
    return (lad_layer_spec){
        .kind = LAD_LAYER_CONV, .name = name, .oc = oc, .kernel = kernel, .stride = stride, .pad = pad, .relu = relu};
}

static void test_conv_kernels_strides_pads_agree(void **state)
{
    (void)state;
    const size_t cases[][6] = {
        /* kernel, stride, pad, height, width, input channels */
        {4, 1, 0, 9, 10, 3}, {4, 1, 0, 13, 11, 8}, {3, 1, 0, 7, 6, 5}, {3, 1, 1, 6, 7, 16}, {4, 1, 2, 5, 8, 4},
        {4, 2, 1, 8, 9, 3},  {4, 2, 1, 7, 7, 8},   {8, 1, 0, 8, 8, 6}, {1, 1, 0, 4, 5, 9},  {4, 1, 2, 3, 3, 7},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const size_t *k = cases[i];
        lad_layer_spec spec = conv("conv", 5 + 3 * (i % 4), k[0], k[1], k[2], false);
        check_everywhere("conv", &spec, 1, (naive_shape){1 + i % 2, k[3], k[4], k[5]}, false);
    }
}

static void test_conv_with_relu_agrees(void **state)
{
    (void)state;
    lad_layer_spec spec = conv("conv", 8, 3, 1, 1, true);
    check_everywhere("conv relu", &spec, 1, (naive_shape){2, 6, 5, 4}, false);
}

static void test_avgpool_odd_sizes_agree(void **state)
{
    (void)state;
    const lad_layer_spec spec = {.kind = LAD_LAYER_AVGPOOL2};
    check_everywhere("avgpool", &spec, 1, (naive_shape){2, 6, 4, 3}, false);
    check_everywhere("avgpool", &spec, 1, (naive_shape){2, 7, 5, 9}, false);
    check_everywhere("avgpool", &spec, 1, (naive_shape){1, 2, 3, 16}, false);
}

static void test_bilinear_up_and_down_agree(void **state)
{
    (void)state;
    const size_t sizes[][3] = {{1, 1, 3}, {4, 4, 8}, {9, 9, 15}, {8, 8, 5}, {7, 5, 7}, {3, 6, 2}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        lad_layer_spec spec = {.kind = LAD_LAYER_BILINEAR, .out = sizes[i][2]};
        check_everywhere("bilinear", &spec, 1, (naive_shape){2, sizes[i][0], sizes[i][1], 5}, false);
    }
}

static void test_dropout_agrees(void **state)
{
    (void)state;
    lad_layer_spec specs[] = {conv("conv", 6, 3, 1, 1, true), {.kind = LAD_LAYER_DROPOUT, .drop = 0.2f}};
    check_everywhere("conv dropout", specs, 2, (naive_shape){2, 5, 6, 4}, true);
    check_everywhere("dropout first", &specs[1], 1, (naive_shape){1, 5, 6, 4}, true);
}

static void test_network_of_all_layers_agrees(void **state)
{
    (void)state;
    const lad_layer_spec specs[] = {
        conv("a", 6, 4, 2, 1, true),
        {.kind = LAD_LAYER_DROPOUT, .drop = 0.2f},
        {.kind = LAD_LAYER_AVGPOOL2},
        conv("b", 5, 3, 1, 1, true),
        {.kind = LAD_LAYER_BILINEAR, .out = 7},
        conv("c", 7, 4, 1, 2, true),
        {.kind = LAD_LAYER_DROPOUT, .drop = 0.2f},
        conv("d", 4, 3, 1, 0, false),
    };
    check_everywhere("network", specs, sizeof specs / sizeof *specs, (naive_shape){2, 13, 12, 3}, true);
    check_everywhere("network without dropout", specs, sizeof specs / sizeof *specs, (naive_shape){1, 13, 12, 3},
                     false);
}

static void test_dense_decoder_agrees(void **state)
{
    (void)state;
    const lad_layer_spec specs[] = {
        conv("a", 6, 5, 1, 0, false),         conv("dense", 4 * 4 * 3, 1, 1, 0, true),
        {.kind = LAD_LAYER_UNFOLD, .out = 4}, {.kind = LAD_LAYER_BILINEAR, .out = 7},
        conv("b", 5, 3, 1, 1, false),
    };
    check_everywhere("dense decoder", specs, sizeof specs / sizeof *specs, (naive_shape){2, 5, 5, 3}, false);
    check_everywhere("unfold last", specs, 3, (naive_shape){2, 5, 5, 3}, false);
    check_everywhere("unfold first", &specs[2], 2, (naive_shape){2, 1, 1, 48}, false);
}

static void test_first_layers_of_a_description_network_agree(void **state)
{
    (void)state;
    const lad_layer_spec specs[] = {conv("a", 20, 4, 1, 0, true),
                                    {.kind = LAD_LAYER_AVGPOOL2},
                                    conv("b", 6, 3, 1, 0, true),
                                    {.kind = LAD_LAYER_AVGPOOL2},
                                    conv("c", 5, 1, 1, 0, false)};
    check_everywhere("pooled", specs, sizeof specs / sizeof *specs, (naive_shape){2, 16, 13, 3}, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conv_kernels_strides_pads_agree),
        cmocka_unit_test(test_conv_with_relu_agrees),
        cmocka_unit_test(test_avgpool_odd_sizes_agree),
        cmocka_unit_test(test_bilinear_up_and_down_agree),
        cmocka_unit_test(test_dropout_agrees),
        cmocka_unit_test(test_network_of_all_layers_agrees),
        cmocka_unit_test(test_dense_decoder_agrees),
        cmocka_unit_test(test_first_layers_of_a_description_network_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
