/* The metric of the difference maps: what a detector measures with it, in a model file, and its fit. */
#include "model_fixture.h"
#include "train/metric_fit.h"

#include <math.h>

enum { PIXELS = LAD_INPUT_SIZE * LAD_INPUT_SIZE, CELLS = LAD_MAP_SIZE * LAD_MAP_SIZE, PICTURES = 3, C = 192 };

static fixture fix;
static lad_metric metric;
static uint8_t images[PICTURES * PIXELS * 3];
static float map_st[CELLS], map_stae[CELLS];

static int set_up(void **state)
{
    (void)state;
    fixture_init(&fix, NULL, LAD_NETWORK_SHARED);
    lad_rng rng = lad_rng_seed(8, 8);
    assert_int_equal(lad_metric_init(&metric, C, NULL), LAD_OK);
    for (size_t part = 0; part < LAD_METRIC_PARTS; part++) {
        for (size_t i = 0; i < LAD_METRIC_ROWS * C; i++) metric.rows[part][i] = lad_rng_range(&rng, -0.5f, 0.5f);
        for (size_t i = 0; i < LAD_METRIC_ROWS; i++) metric.biases[part][i] = lad_rng_range(&rng, -1.0f, 1.0f);
    }
    for (size_t i = 0; i < PICTURES; i++) { /* soft shapes under noise, different in each picture */
        float phase = lad_rng_range(&rng, 0.0f, 6.0f);
        for (size_t p = 0; p < PIXELS * 3; p++) {
            float at = (float)(p / 3 % LAD_INPUT_SIZE) * 0.11f + (float)(p / 3 / LAD_INPUT_SIZE) * 0.07f;
            images[i * PIXELS * 3 + p] = (uint8_t)(128.0f + 60.0f * sinf(at + phase + 2.0f * (float)(p % 3)) +
                                                   lad_rng_range(&rng, -50.0f, 50.0f));
        }
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_deinit(&fix);
    lad_metric_deinit(&metric);
    return 0;
}

static lad_status load(lad_detector **detector, lad_error *err)
{
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    assert_int_equal(lad_detector_save(&fix.parts, false, &bytes, &size_bytes, err), LAD_OK);
    lad_status status = lad_detector_create(bytes, size_bytes, "m", lad_kernels_best(), NULL, detector, err);
    lad_free(bytes);
    return status;
}

/* One row's measure at one position of the last picture. */
static double along(lad_detector *detector, const lad_metric *m, size_t part, size_t row, size_t cell)
{
    size_t stride_a = 0, stride_b = 0;
    bool st = part == LAD_METRIC_ST;
    const float *a = lad_detector_features(detector, st ? LAD_OUTPUT_TEACHER : LAD_OUTPUT_AUTOENCODER, &stride_a);
    const float *b = lad_detector_features(detector, st ? LAD_OUTPUT_STUDENT_S1 : LAD_OUTPUT_STUDENT_S2, &stride_b);
    double sum = (double)m->biases[part][row];
    for (size_t k = 0; k < C; k++)
        sum += (double)m->rows[part][row * C + k] * ((double)a[cell * stride_a + k] - (double)b[cell * stride_b + k]);
    return sum;
}

static void check_map(lad_detector *detector, size_t part, const float *map)
{
    for (size_t cell = 0; cell < CELLS; cell += 211) {
        double mean = 0.0;
        for (size_t row = 0; row < LAD_METRIC_ROWS; row++)
            mean += pow(along(detector, &metric, part, row, cell), 2.0) / LAD_METRIC_ROWS;
        assert_true(fabs((double)map[cell] - mean) < 1e-4 * mean);
    }
}

static void test_maps_are_measured_by_the_metric_of_the_file(void **state)
{
    (void)state;
    lad_error err;
    lad_detector *detector = NULL, *plain = NULL;
    lad_novelties novelties;
    assert_int_equal(lad_novelties_init(&novelties, images, PICTURES, &err), LAD_OK);
    const float *x = lad_novelties_normal(&novelties, 0);
    assert_int_equal(load(&plain, &err), LAD_OK);
    assert_false(lad_detector_has_metric(plain));
    fix.parts.metric = &metric;
    assert_int_equal(load(&detector, &err), LAD_OK);
    fix.parts.metric = NULL;
    assert_true(lad_detector_has_metric(detector));
    assert_string_equal(lad_detector_meta(detector, "map_distance"), "novelty");
    lad_detector_raw_maps(detector, x, map_st, map_stae);
    check_map(detector, LAD_METRIC_ST, map_st);
    check_map(detector, LAD_METRIC_AE, map_stae);
    lad_novelties_deinit(&novelties);
    lad_detector_destroy(&detector);
    lad_detector_destroy(&plain);
}

static void assert_same_features(lad_detector *a, lad_detector *b, lad_detector_output which)
{
    size_t stride_a = 0, stride_b = 0;
    const float *first = lad_detector_features(a, which, &stride_a),
                *second = lad_detector_features(b, which, &stride_b);
    assert_int_equal(stride_a, stride_b);
    for (size_t i = 0; i < CELLS; i++)
        assert_memory_equal(first + i * stride_a, second + i * stride_b, C * sizeof *first);
}

/* The metric changes the maps alone: what the head says and all features are the same bits in any order. */
static void test_head_and_features_do_not_see_the_metric(void **state)
{
    (void)state;
    enum { COUNT = LAD_GLOBAL_MOMENTS * C };
    static float mean[COUNT], directions[LAD_GLOBAL_DIRECTIONS * COUNT];
    lad_rng rng = lad_rng_seed(9, 9);
    for (size_t i = 0; i < LAD_GLOBAL_DIRECTIONS * COUNT; i++) directions[i] = lad_rng_range(&rng, -1.0f, 1.0f);
    const lad_global_head head = {COUNT, mean, directions, 2.0, 0.25};
    lad_error err;
    lad_detector *plain = NULL, *folded = NULL;
    lad_novelties novelties;
    assert_int_equal(lad_novelties_init(&novelties, images, PICTURES, &err), LAD_OK);
    fix.parts.global = &head;
    assert_int_equal(load(&plain, &err), LAD_OK);
    fix.parts.metric = &metric;
    assert_int_equal(load(&folded, &err), LAD_OK);
    fix.parts.metric = NULL;
    fix.parts.global = NULL;
    double scores[PICTURES];
    for (size_t i = 0; i < PICTURES; i++) {
        const float *x = lad_novelties_normal(&novelties, i);
        lad_detector_raw_maps(plain, x, map_st, map_stae);
        lad_detector_raw_maps(folded, x, map_st, map_stae);
        if (i == 1) assert_same_features(plain, folded, LAD_OUTPUT_STUDENT_S2);
        scores[i] = lad_detector_global_score(folded);
        assert_true(scores[i] == lad_detector_global_score(plain));
        for (size_t which = LAD_OUTPUT_TEACHER; which <= LAD_OUTPUT_STUDENT_S2; which++)
            assert_same_features(plain, folded, (lad_detector_output)which);
    }
    assert_true(scores[0] != scores[1] && scores[1] != scores[2]);
    lad_novelties_deinit(&novelties);
    lad_detector_destroy(&plain);
    lad_detector_destroy(&folded);
}

static void test_metric_of_the_wrong_size_is_refused(void **state)
{
    (void)state;
    lad_error err;
    lad_detector *detector = NULL;
    lad_metric narrow = metric;
    narrow.channels = C - 8;
    fix.parts.metric = &narrow;
    assert_int_equal(load(&detector, &err), LAD_ERR_FORMAT);
    assert_string_equal(err.text, "m: tensor \"metric.st\" has the wrong shape.");
    assert_null(detector);
    fix.parts.metric = NULL;
}

/* A direction of eigenvalue l has, weighed, at most the variance l / (1 + l) where nothing is novel, and more where
 * something is.  Both are measured here on the pictures of the fit. */
static void test_fit_finds_directions_in_which_novelties_stand_out(void **state)
{
    (void)state;
    lad_error err;
    lad_detector *detector = NULL;
    lad_novelties novelties;
    lad_metric fitted = {.channels = 0};
    static double normal[LAD_METRIC_ROWS], novel[LAD_METRIC_ROWS];
    double normal_count = 0.0, novel_count = 0.0;
    assert_int_equal(load(&detector, &err), LAD_OK);
    assert_int_equal(lad_novelties_init(&novelties, images, PICTURES, &err), LAD_OK);
    assert_int_equal(lad_metric_fit(detector, &novelties, &fitted, &err), LAD_OK);
    lad_novelties_rewind(&novelties);
    for (size_t i = 0; i < PICTURES; i++) {
        lad_detector_raw_maps(detector, lad_novelties_normal(&novelties, i), map_st, map_stae);
        for (size_t cell = 0; cell < CELLS; cell += 3, normal_count += 1.0)
            for (size_t row = 0; row < 4; row++)
                normal[row] += pow(along(detector, &fitted, LAD_METRIC_ST, row, cell), 2.0);
        lad_detector_raw_maps(detector, lad_novelties_novel(&novelties, i), map_st, map_stae);
        for (size_t cell = 0; cell < CELLS; cell++) {
            if (novelties.pasted[cell] == 0.0f) continue;
            for (size_t row = 0; row < 4; row++)
                novel[row] += pow(along(detector, &fitted, LAD_METRIC_ST, row, cell), 2.0);
            novel_count += 1.0;
        }
    }
    assert_true(novel_count > 0.0);
    for (size_t row = 0; row < 4; row++) {
        double c = normal[row] / normal_count, l = novel[row] / novel_count;
        assert_true(c > 0.0 && c <= 1.0);
        assert_true(l > 2.0 * c);
    }
    lad_metric_deinit(&fitted);
    lad_novelties_deinit(&novelties);
    lad_detector_destroy(&detector);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_maps_are_measured_by_the_metric_of_the_file),
        cmocka_unit_test(test_head_and_features_do_not_see_the_metric),
        cmocka_unit_test(test_metric_of_the_wrong_size_is_refused),
        cmocka_unit_test(test_fit_finds_directions_in_which_novelties_stand_out),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
