/* The global head in a model file: what is written is what scores, half a head is refused. */
#include "model_fixture.h"

#include <math.h>

enum { COUNT = LAD_GLOBAL_MOMENTS * 192 };

static fixture fix;
static float x[LAD_INPUT_SIZE * LAD_INPUT_SIZE * 3];
static double pooled[COUNT];
static float mean[COUNT], directions[LAD_GLOBAL_DIRECTIONS * COUNT];
static lad_global_head head = {COUNT, mean, directions, 2.0, 0.25};

static int set_up(void **state)
{
    (void)state;
    fixture_init(&fix, NULL, LAD_NETWORK_SHARED);
    lad_rng rng = lad_rng_seed(3, 3);
    for (size_t i = 0; i < COUNT; i++) mean[i] = lad_rng_range(&rng, -1.0f, 1.0f);
    for (size_t i = 0; i < LAD_GLOBAL_DIRECTIONS * COUNT; i++) directions[i] = lad_rng_range(&rng, -1.0f, 1.0f);
    fix.parts.global = &head;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_deinit(&fix);
    return 0;
}

static lad_status load(lad_detector **detector, lad_error *err)
{
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    assert_int_equal(lad_detector_save(&fix.parts, true, &bytes, &size_bytes, err), LAD_OK);
    lad_status status = lad_detector_create(bytes, size_bytes, "m", lad_kernels_best(), NULL, detector, err);
    lad_free(bytes);
    return status;
}

static void test_global_score_is_the_scaled_distance_of_pooled_features(void **state)
{
    (void)state;
    static float maps[2 * LAD_MAP_SIZE * LAD_MAP_SIZE];
    lad_rng rng = lad_rng_seed(4, 4);
    for (size_t i = 0; i < sizeof x / sizeof *x; i++) x[i] = lad_rng_range(&rng, -2.0f, 2.0f);
    lad_error err;
    lad_detector *detector = NULL;
    assert_int_equal(load(&detector, &err), LAD_OK);
    lad_detector_raw_maps(detector, x, maps, maps + LAD_MAP_SIZE * LAD_MAP_SIZE);
    double score = lad_detector_global_score(detector), sum = 0.0;
    assert_int_equal(lad_detector_pool(detector, x, pooled), LAD_OK);
    for (size_t r = 0; r < LAD_GLOBAL_DIRECTIONS; r++) {
        double along = 0.0;
        for (size_t i = 0; i < COUNT; i++) along += (double)directions[r * COUNT + i] * (pooled[i] - (double)mean[i]);
        sum += along * along;
    }
    double expected = 0.25 * (sqrt(sum) - 2.0);
    assert_true(fabs(score - expected) < 1e-9 * fabs(expected));
    lad_detector_destroy(&detector);
}

/* Details of single pixels show at the full resolution alone: the other one sees means of 2x2. */
static void test_pool_looks_at_two_resolutions(void **state)
{
    (void)state;
    static double fine[COUNT];
    const size_t half = COUNT / 2, row = (size_t)LAD_INPUT_SIZE * 3;
    lad_rng rng = lad_rng_seed(4, 5);
    for (size_t i = 0; i < sizeof x / sizeof *x; i++) x[i] = (float)lad_rng_below(&rng, 9);
    lad_error err;
    lad_detector *detector = NULL;
    assert_int_equal(load(&detector, &err), LAD_OK);
    assert_int_equal(lad_detector_pool(detector, x, pooled), LAD_OK);
    for (size_t i = 0; i < LAD_INPUT_SIZE; i += 2) {
        for (size_t j = 0; j < row;
             j += 6) { /* a checkerboard within each 2x2: whole numbers, so that sums are exact */
            x[i * row + j] += 2.0f;
            x[i * row + j + 3] -= 2.0f;
            x[(i + 1) * row + j] -= 2.0f;
            x[(i + 1) * row + j + 3] += 2.0f;
        }
    }
    assert_int_equal(lad_detector_pool(detector, x, fine), LAD_OK);
    assert_memory_equal(fine + half, pooled + half, half * sizeof *fine);
    assert_true(memcmp(fine, pooled, half * sizeof *fine) != 0);
    assert_true(memcmp(fine, fine + half, half * sizeof *fine) != 0);
    lad_detector_destroy(&detector);
}

static void test_detector_without_a_head_adds_nothing(void **state)
{
    (void)state;
    fix.parts.global = NULL;
    lad_error err;
    lad_detector *detector = NULL;
    assert_int_equal(load(&detector, &err), LAD_OK);
    assert_true(lad_detector_global_score(detector) == 0.0);
    lad_detector_destroy(&detector);
    fix.parts.global = &head;
}

static void test_head_of_the_wrong_size_is_refused(void **state)
{
    (void)state;
    lad_error err;
    lad_detector *detector = NULL;
    head.count = COUNT - 2;
    assert_int_equal(load(&detector, &err), LAD_ERR_FORMAT);
    assert_string_equal(err.text, "m: tensor \"global.mean\" has the wrong shape.");
    assert_null(detector);
    head.count = COUNT;
    head.scale = -1.0;
    assert_int_equal(load(&detector, &err), LAD_ERR_FORMAT);
    assert_string_equal(err.text, "m: the scale of the global head is below 0.");
    head.scale = 0.25;
}

/* The definition, one position after the other: the sums of any number of threads are these to the last bit. */
static void test_pool_sums_positions_in_order_for_any_number_of_threads(void **state)
{
    (void)state;
    enum { POSITIONS = 37, C = 41 };
    float y[POSITIONS * C];
    double expected[LAD_GLOBAL_SCALE_MOMENTS * C] = {0}, sums[LAD_GLOBAL_SCALE_MOMENTS * C];
    lad_rng rng = lad_rng_seed(6, 6);
    for (size_t i = 0; i < POSITIONS * C; i++) y[i] = lad_rng_range(&rng, -2.0f, 2.0f);
    for (size_t p = 0; p < POSITIONS; p++) {
        for (size_t k = 0; k < C; k++) {
            double v = (double)y[p * C + k];
            expected[LAD_GLOBAL_SCALE_MOMENTS * k] += v;
            for (size_t lag = 0; lag + 1 < LAD_GLOBAL_SCALE_MOMENTS; lag++)
                expected[LAD_GLOBAL_SCALE_MOMENTS * k + 1 + lag] += v * (double)y[p * C + (k + lag) % C];
        }
    }
    for (size_t i = 0; i < LAD_GLOBAL_SCALE_MOMENTS * C; i++) expected[i] /= POSITIONS;
    for (size_t threads = 1; threads <= 3; threads++) {
        lad_pool *pool = NULL;
        assert_int_equal(lad_pool_create(threads, &pool), LAD_OK);
        lad_global_pool(pool, POSITIONS, C, y, sums);
        assert_memory_equal(sums, expected, sizeof expected);
        lad_pool_destroy(&pool);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pool_sums_positions_in_order_for_any_number_of_threads),
        cmocka_unit_test(test_pool_looks_at_two_resolutions),
        cmocka_unit_test(test_global_score_is_the_scaled_distance_of_pooled_features),
        cmocka_unit_test(test_detector_without_a_head_adds_nothing),
        cmocka_unit_test(test_head_of_the_wrong_size_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
