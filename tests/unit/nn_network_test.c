/* The network as a whole: against the naive double one, with threads, across modes, without allocations. */
#include "count_allocations.h"
#include "naive_network.h"

#include "base/alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static const lad_layer_spec SPECS[] = {
    {.kind = LAD_LAYER_CONV, .name = "conv1", .oc = 12, .kernel = 4, .stride = 1, .relu = true},
    {.kind = LAD_LAYER_AVGPOOL2},
    {.kind = LAD_LAYER_CONV, .name = "conv2", .oc = 9, .kernel = 4, .stride = 2, .pad = 1, .relu = true},
    {.kind = LAD_LAYER_BILINEAR, .out = 7},
    {.kind = LAD_LAYER_DROPOUT, .drop = 0.2f},
    {.kind = LAD_LAYER_CONV, .name = "conv3", .oc = 16, .kernel = 3, .stride = 1, .pad = 1, .relu = false},
};
enum { LAYERS = sizeof SPECS / sizeof *SPECS, N = 2, H = 21, W = 18, C = 3, IN = N * H * W * C, OUT = N * 7 * 7 * 16 };

static lad_network *make(const lad_kernels *kernels, lad_pool *pool, lad_network_mode mode)
{
    lad_network *network = NULL;
    lad_error err;
    assert_int_equal(lad_network_create(kernels, pool, SPECS, LAYERS, N, H, W, C, mode, &network, &err), LAD_OK);
    lad_rng rng = lad_rng_seed(3, 4);
    lad_network_init(network, &rng);
    lad_network_pack(network);
    return network;
}

static void fill(float *x, size_t count, uint64_t stream)
{
    lad_rng rng = lad_rng_seed(5, stream);
    for (size_t i = 0; i < count; i++) x[i] = lad_rng_range(&rng, -1.0f, 1.0f);
}

static double *widen(const float *values, size_t count, bool magnitude)
{
    double *out = malloc(count * sizeof *out);
    for (size_t i = 0; i < count; i++) out[i] = magnitude ? fabs((double)values[i]) : (double)values[i];
    return out;
}

static void test_forward_matches_naive_double_network(void **state)
{
    (void)state;
    float x[IN];
    fill(x, IN, 0);
    for (lad_isa isa = LAD_ISA_REF; isa < LAD_ISA_COUNT; isa++) {
        if (!lad_kernels_get(isa)) continue;
        lad_network *network = make(lad_kernels_get(isa), NULL, LAD_NETWORK_TRAINING);
        lad_param_block block = lad_network_block(network);
        lad_rng dropout = lad_rng_seed(8, 8), same = dropout;
        const float *y = lad_network_forward(network, N, H, W, x, &dropout);
        double *result[2];
        for (int magnitude = 0; magnitude < 2; magnitude++) {
            naive_shape shape = {N, H, W, C};
            double *wide_x = widen(x, IN, magnitude), *wide_p = widen(block.values, block.total, magnitude);
            result[magnitude] = naive_forward(SPECS, LAYERS, &shape, wide_x, wide_p, &same, magnitude);
            assert_int_equal(naive_count(shape), OUT);
            free(wide_x);
            free(wide_p);
        }
        double terms = naive_terms(SPECS, LAYERS, (naive_shape){N, H, W, C});
        for (size_t i = 0; i < OUT; i++) {
            double tolerance = terms * (double)FLT_EPSILON * result[1][i];
            if (!(fabs((double)y[i] - result[0][i]) <= tolerance))
                fail_msg("%s: y[%zu] is %.9g, not %.9g +- %.3g", lad_kernels_name(lad_kernels_get(isa)), i,
                         (double)y[i], result[0][i], tolerance);
        }
        free(result[0]);
        free(result[1]);
        lad_network_destroy(&network);
    }
}

/* One training step from fixed numbers: y, gradients and parameters after Adam. */
typedef struct step {
    float y[OUT];
    float *grads, *values;
    size_t total;
} step;

static void run_step(lad_network *network, step *out)
{
    float x[IN], d_y[OUT];
    fill(x, IN, 1);
    fill(d_y, OUT, 2);
    lad_rng dropout = lad_rng_seed(6, 6);
    memcpy(out->y, lad_network_forward(network, N, H, W, x, &dropout), sizeof out->y);
    lad_network_zero_grads(network);
    lad_network_backward(network, d_y, NULL);
    lad_network_adam(network, 1e-3f, 1e-5f, 1);
    lad_param_block block = lad_network_block(network);
    out->grads = block.grads;
    out->values = block.values;
    out->total = block.total;
}

static void test_step_same_bits_for_any_number_of_threads(void **state)
{
    (void)state;
    lad_network *single = make(lad_kernels_best(), NULL, LAD_NETWORK_TRAINING);
    step expected, got;
    run_step(single, &expected);
    for (size_t threads = 2; threads <= 3; threads++) {
        lad_pool *pool = NULL;
        assert_int_equal(lad_pool_create(threads, &pool), LAD_OK);
        lad_network *network = make(lad_kernels_best(), pool, LAD_NETWORK_TRAINING);
        run_step(network, &got);
        assert_memory_equal(got.y, expected.y, sizeof got.y);
        assert_memory_equal(got.grads, expected.grads, expected.total * sizeof *got.grads);
        assert_memory_equal(got.values, expected.values, expected.total * sizeof *got.values);
        lad_network_destroy(&network);
        lad_pool_destroy(&pool);
    }
    lad_network_destroy(&single);
}

static void test_step_allocates_nothing(void **state)
{
    (void)state;
    lad_pool *pool = NULL;
    assert_int_equal(lad_pool_create(2, &pool), LAD_OK);
    size_t before = allocations;
    lad_network *network = make(lad_kernels_best(), pool, LAD_NETWORK_TRAINING);
    assert_true(allocations > before); /* the counter counts */
    before = allocations;
    step unused;
    run_step(network, &unused);
    run_step(network, &unused);
    assert_int_equal(allocations, before);
    lad_network_destroy(&network);
    lad_pool_destroy(&pool);
}

static void test_backward_adds_to_gradients_until_zeroed(void **state)
{
    (void)state;
    lad_network *network = make(lad_kernels_best(), NULL, LAD_NETWORK_TRAINING);
    float x[IN], d_y[OUT];
    fill(x, IN, 1);
    lad_param_block block = lad_network_block(network);
    float *once = malloc(block.total * sizeof *once);
    lad_network_zero_grads(network);
    for (int pass = 0; pass < 2; pass++) {
        lad_network_forward(network, N, H, W, x, NULL);
        fill(d_y, OUT, 2);
        lad_network_backward(network, d_y, NULL);
        if (pass == 0) memcpy(once, block.grads, block.total * sizeof *once);
    }
    /* Adding s to a value near s rounds differently than adding to 0: a few eps, on sums of up to 700 terms. */
    double largest = 0.0;
    for (size_t i = 0; i < block.total; i++) largest = fmax(largest, fabs((double)once[i]));
    for (size_t i = 0; i < block.total; i++)
        assert_true(fabs((double)block.grads[i] - 2.0 * (double)once[i]) <= 700.0 * (double)FLT_EPSILON * largest);
    assert_true(largest > 0.1);
    free(once);
    lad_network_destroy(&network);
}

static void test_all_modes_give_the_same_output(void **state)
{
    (void)state;
    float x[IN], y[OUT];
    fill(x, IN, 3);
    lad_network *training = make(lad_kernels_best(), NULL, LAD_NETWORK_TRAINING);
    lad_network *inference = make(lad_kernels_best(), NULL, LAD_NETWORK_INFERENCE);
    lad_network *shared = make(lad_kernels_best(), NULL, LAD_NETWORK_SHARED);
    size_t bytes = lad_network_workspace_bytes(shared);
    void *workspace = lad_alloc(bytes, 1);
    lad_network_set_workspace(shared, workspace, bytes);
    lad_network_release_values(shared);
    const float *expected = lad_network_forward(training, N, H, W, x, NULL);
    assert_memory_equal(lad_network_forward(inference, N, H, W, x, NULL), expected, sizeof y);
    lad_network_forward_to(shared, N, H, W, x, y);
    assert_memory_equal(y, expected, sizeof y);
    assert_true(lad_network_memory_bytes(shared) < lad_network_memory_bytes(inference));
    assert_true(lad_network_memory_bytes(inference) < lad_network_memory_bytes(training));
    lad_network_destroy(&training);
    lad_network_destroy(&inference);
    lad_network_destroy(&shared);
    lad_free(workspace);
}

static void test_distances_to_targets_equal_those_of_the_output(void **state)
{
    (void)state;
    enum { PARTS = 2, POSITIONS = N * 7 * 7, CHANNELS = 16 / PARTS };
    float x[IN], y[OUT], target[OUT], maps[PARTS * POSITIONS];
    fill(x, IN, 3);
    fill(target, OUT, 4);
    lad_network *network = make(lad_kernels_best(), NULL, LAD_NETWORK_SHARED);
    size_t bytes = lad_network_workspace_bytes(network);
    void *workspace = lad_alloc(bytes, 1);
    lad_network_set_workspace(network, workspace, bytes);
    lad_network_forward_to(network, N, H, W, x, y);
    const lad_conv_target targets[PARTS] = {{target, maps}, {target + OUT / PARTS, maps + POSITIONS}};
    lad_network_forward_mse(network, N, H, W, x, PARTS, targets);
    for (size_t i = 0; i < PARTS * POSITIONS; i++) {
        double sum = 0.0;
        for (size_t c = 0; c < CHANNELS; c++) {
            double d = (double)target[i * CHANNELS + c] - (double)y[i % POSITIONS * 16 + i / POSITIONS * CHANNELS + c];
            sum += d * d / CHANNELS;
        }
        assert_true(fabs((double)maps[i] - sum) <= 16.0 * (double)FLT_EPSILON * sum);
    }
    lad_network_destroy(&network);
    lad_free(workspace);
}

/* Half of the last layer's channels: the gradients are those of all with a zero gradient for the other half. */
static void test_half_of_the_outputs_gives_the_gradients_of_that_half(void **state)
{
    (void)state;
    float x[IN], d[2][OUT];
    fill(x, IN, 3);
    lad_network *network[2];
    for (size_t i = 0; i < 2; i++) {
        network[i] = make(lad_kernels_best(), NULL, LAD_NETWORK_TRAINING);
        const float *y = i ? lad_network_forward_part(network[i], N, H, W, x, NULL, 8, 8)
                           : lad_network_forward(network[i], N, H, W, x, NULL);
        for (size_t e = 0; e < OUT; e++) d[i][e] = e % 16 < 8 ? 0.0f : y[e];
        lad_network_zero_grads(network[i]);
    }
    assert_memory_equal(d[1], d[0], sizeof d[0]);
    for (size_t i = 0; i < 2; i++) lad_network_backward(network[i], d[i], NULL);
    lad_param_block all = lad_network_block(network[0]), half = lad_network_block(network[1]);
    double largest = 0.0;
    for (size_t i = 0; i < all.total; i++) largest = fmax(largest, fabs((double)all.grads[i]));
    assert_true(largest > 0.1);
    for (size_t i = 0; i < all.total; i++) /* zeros may be added in another order: some rounding */
        assert_true(fabs((double)all.grads[i] - (double)half.grads[i]) <= 100.0 * (double)FLT_EPSILON * largest);
    for (size_t i = 0; i < 2; i++) lad_network_destroy(&network[i]);
}

static void test_smaller_inputs_than_planned_equal_their_own_plan(void **state)
{
    (void)state;
    enum { SMALL_H = 15, SMALL_W = 17 };
    float x[SMALL_H * SMALL_W * C];
    fill(x, sizeof x / sizeof *x, 4);
    lad_network *large = make(lad_kernels_best(), NULL, LAD_NETWORK_TRAINING), *exact = NULL;
    assert_int_equal(lad_network_create(lad_kernels_best(), NULL, SPECS, LAYERS, 1, SMALL_H, SMALL_W, C,
                                        LAD_NETWORK_INFERENCE, &exact, NULL),
                     LAD_OK);
    lad_rng rng = lad_rng_seed(3, 4);
    lad_network_init(exact, &rng);
    lad_network_pack(exact);
    assert_memory_equal(lad_network_forward(large, 1, SMALL_H, SMALL_W, x, NULL),
                        lad_network_forward(exact, 1, SMALL_H, SMALL_W, x, NULL), OUT / N * sizeof(float));
    lad_network_destroy(&large);
    lad_network_destroy(&exact);
}

static void test_dropout_keeps_the_expected_share_and_scale(void **state)
{
    (void)state;
    enum { COUNT = 40000 };
    float *x = malloc(COUNT * sizeof *x), *y = malloc(COUNT * sizeof *y);
    uint8_t *kept = malloc(COUNT);
    for (size_t i = 0; i < COUNT; i++) x[i] = 1.0f;
    lad_rng rng = lad_rng_seed(1, 1);
    lad_dropout_forward(NULL, COUNT, 0.2f, &rng, x, y, kept);
    size_t count = 0;
    for (size_t i = 0; i < COUNT; i++) {
        assert_true(kept[i] ? y[i] == 1.0f / (1.0f - 0.2f) : y[i] == 0.0f);
        count += kept[i];
    }
    /* 0.8 of 40000, standard deviation sqrt(40000 * 0.16) = 80. */
    assert_in_range(count, 32000 - 5 * 80, 32000 + 5 * 80);
    free(x);
    free(y);
    free(kept);
}

static void test_init_is_uniform_within_pytorchs_bound(void **state)
{
    (void)state;
    lad_network *network = make(lad_kernels_best(), NULL, LAD_NETWORK_INFERENCE);
    const lad_param *weight = lad_network_param(network, 2); /* conv2: 12 channels, 4 x 4 */
    float bound = 1.0f / sqrtf(12.0f * 16.0f), most = 0.0f;
    double sum = 0.0;
    for (size_t i = 0; i < weight->count; i++) {
        assert_true(fabsf(weight->value[i]) <= bound);
        most = fmaxf(most, fabsf(weight->value[i]));
        sum += (double)weight->value[i];
    }
    assert_true(most > 0.98f * bound);
    /* mean 0 with standard deviation bound / sqrt(3 count) */
    assert_true(fabs(sum / (double)weight->count) < 5.0 * (double)bound / sqrt(3.0 * (double)weight->count));
    lad_network_destroy(&network);
}

static void test_create_refuses_inputs_that_are_too_small_or_too_large(void **state)
{
    (void)state;
    lad_network *network = NULL;
    lad_error err = {{0}};
    assert_int_equal(
        lad_network_create(lad_kernels_best(), NULL, SPECS, LAYERS, 1, 5, 30, 3, LAD_NETWORK_INFERENCE, &network, &err),
        LAD_ERR_ARG);
    assert_non_null(strstr(err.text, "does not suit layer"));
    assert_int_equal(lad_network_create(lad_kernels_best(), NULL, SPECS, LAYERS, 0, 30, 30, 3, LAD_NETWORK_INFERENCE,
                                        &network, &err),
                     LAD_ERR_ARG);
    assert_int_equal(lad_network_create(lad_kernels_best(), NULL, SPECS, LAYERS, SIZE_MAX / 8, 30, 30, 3,
                                        LAD_NETWORK_INFERENCE, &network, &err),
                     LAD_ERR_NOMEM);
    assert_null(network);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forward_matches_naive_double_network),
        cmocka_unit_test(test_step_same_bits_for_any_number_of_threads),
        cmocka_unit_test(test_step_allocates_nothing),
        cmocka_unit_test(test_backward_adds_to_gradients_until_zeroed),
        cmocka_unit_test(test_all_modes_give_the_same_output),
        cmocka_unit_test(test_distances_to_targets_equal_those_of_the_output),
        cmocka_unit_test(test_half_of_the_outputs_gives_the_gradients_of_that_half),
        cmocka_unit_test(test_smaller_inputs_than_planned_equal_their_own_plan),
        cmocka_unit_test(test_dropout_keeps_the_expected_share_and_scale),
        cmocka_unit_test(test_init_is_uniform_within_pytorchs_bound),
        cmocka_unit_test(test_create_refuses_inputs_that_are_too_small_or_too_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
