/* The public interface from encoded bytes to score: the same result by every way in, and a sentence when it fails. */
#include "count_allocations.h"
#include "model_fixture.h"

#include "api/lad.h"
#include "image/image.h"
#include "score/maps.h"

#include <math.h>

enum { WIDTH = 300, HEIGHT = 200, POSITIONS = LAD_MAP_SIZE * LAD_MAP_SIZE };

static uint8_t *model;
static size_t model_bytes;
static uint8_t picture[HEIGHT * WIDTH * 3];

static int set_up(void **state)
{
    (void)state;
    fixture fix;
    fixture_init(&fix, NULL, LAD_NETWORK_SHARED);
    assert_int_equal(lad_detector_save(&fix.parts, true, &model, &model_bytes, NULL), LAD_OK);
    fixture_deinit(&fix);
    lad_rng rng = lad_rng_seed(4, 4);
    for (size_t i = 0; i < sizeof picture; i++) picture[i] = (uint8_t)(i / 900 + lad_rng_below(&rng, 40));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    lad_free(model);
    return 0;
}

typedef struct session {
    lad_context *context;
    lad_detector *detector;
    lad_result *result;
} session;

static session start(size_t threads)
{
    session s = {0};
    assert_int_equal(lad_context_create(threads, NULL, &s.context), LAD_OK);
    assert_int_equal(lad_open_detector(s.context, model, model_bytes, "m.safetensors", &s.detector), LAD_OK);
    assert_int_equal(lad_result_create(s.context, s.detector, &s.result), LAD_OK);
    return s;
}

static void stop(session *s)
{
    lad_result_destroy(&s->result);
    lad_detector_destroy(&s->detector);
    lad_context_destroy(&s->context);
}

static void assert_same_result(const lad_result *a, const lad_result *b)
{
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->height, b->height);
    assert_memory_equal(a->raw_st, b->raw_st, POSITIONS * sizeof(float));
    assert_memory_equal(a->raw_stae, b->raw_stae, POSITIONS * sizeof(float));
    assert_memory_equal(a->map_combined, b->map_combined, POSITIONS * sizeof(float));
    assert_memory_equal(&a->score, &b->score, sizeof a->score);
}

static void test_infer_png_rgb_rgba_and_threads_give_the_same_bits(void **state)
{
    (void)state;
    session s = start(1), threaded = start(2);
    lad_result *first = s.result, *second = NULL;
    assert_int_equal(lad_result_create(s.context, s.detector, &second), LAD_OK);
    assert_int_equal(lad_infer_pixels(s.context, s.detector, picture, WIDTH, HEIGHT, 3, first), LAD_OK);

    uint8_t *png = NULL;
    size_t png_bytes = 0;
    assert_int_equal(lad_png_encode(picture, WIDTH, HEIGHT, 3, &png, &png_bytes), LAD_OK);
    assert_int_equal(lad_infer_encoded(s.context, s.detector, png, png_bytes, "p.png", second), LAD_OK);
    assert_same_result(first, second);
    lad_free(png);

    uint8_t *rgba = malloc(HEIGHT * WIDTH * 4);
    for (size_t i = 0; i < HEIGHT * WIDTH; i++) {
        memcpy(rgba + 4 * i, picture + 3 * i, 3);
        rgba[4 * i + 3] = (uint8_t)i;
    }
    memset(second->raw_st, 0, POSITIONS * sizeof(float));
    assert_int_equal(lad_infer_pixels(s.context, s.detector, rgba, WIDTH, HEIGHT, 4, second), LAD_OK);
    assert_same_result(first, second);
    free(rgba);

    assert_int_equal(lad_infer_pixels(threaded.context, threaded.detector, picture, WIDTH, HEIGHT, 3, threaded.result),
                     LAD_OK);
    assert_int_equal(lad_context_threads(threaded.context), 2);
    assert_same_result(first, threaded.result);
    lad_result_destroy(&second);
    stop(&s);
    stop(&threaded);
}

static void test_infer_result_follows_from_the_raw_maps(void **state)
{
    (void)state;
    session s = start(2);
    lad_result *r = s.result;
    assert_int_equal(lad_infer_pixels(s.context, s.detector, picture, WIDTH, HEIGHT, 3, r), LAD_OK);
    assert_int_equal(r->width, WIDTH);
    assert_int_equal(r->height, HEIGHT);
    assert_int_equal(r->map_size, LAD_MAP_SIZE);
    float most = -INFINITY;
    for (size_t i = 0; i < POSITIONS; i++) {
        /* quantiles of the fixture: 1, 2.5 and 0.5, 0.75 */
        assert_float_equal(r->map_st[i], 0.1f * (r->raw_st[i] - 1.0f) / 1.5f, 1e-5f * (1.0f + r->raw_st[i]));
        assert_float_equal(r->map_stae[i], 0.1f * (r->raw_stae[i] - 0.5f) / 0.25f, 1e-5f * (1.0f + r->raw_stae[i]));
        assert_float_equal(r->map_combined[i], 0.5f * (r->map_st[i] + r->map_stae[i]), 0.0f);
        size_t y = i / LAD_MAP_SIZE, x = i % LAD_MAP_SIZE;
        bool inside = y >= 4 && x >= 4 && y < LAD_MAP_SIZE - 4 && x < LAD_MAP_SIZE - 4;
        if (inside) most = fmaxf(most, r->map_combined[i]);
    }
    assert_true(r->score == most && isfinite(most));
    assert_true(r->map_combined[r->peak] == r->map_score && r->score == r->map_score + r->global_score);
    assert_true(r->networks_ms > 0.0 && r->decode_ms >= 0.0 && r->resize_ms >= 0.0 && r->maps_ms >= 0.0);
    float map_score = r->map_score;
    r->map_combined[0] = -1.0f;
    assert_int_equal(lad_infer_maps(s.context, s.detector, picture, WIDTH, HEIGHT, 3, r), LAD_OK);
    assert_true(r->map_combined[0] != -1.0f && r->map_score == map_score);
    assert_true(isnan(r->score) && isnan(r->global_score));
    stop(&s);
}

/* Decoding and resizing an image of any size cannot do without memory; the networks and maps can. */
static void test_infer_many_images_need_no_more_memory_each(void **state)
{
    (void)state;
    session s = start(1);
    assert_int_equal(lad_infer_pixels(s.context, s.detector, picture, WIDTH, HEIGHT, 3, s.result), LAD_OK);
    size_t before = allocations;
    assert_int_equal(lad_infer_pixels(s.context, s.detector, picture, WIDTH, HEIGHT, 3, s.result), LAD_OK);
    size_t with_resize = allocations - before;
    uint8_t *small = malloc(LAD_INPUT_SIZE * LAD_INPUT_SIZE * 3);
    before = allocations;
    assert_int_equal(lad_image_resize(picture, WIDTH, HEIGHT, 3, small, LAD_INPUT_SIZE, LAD_INPUT_SIZE), LAD_OK);
    assert_int_equal(with_resize, allocations - before);
    free(small);
    stop(&s);
}

static void test_failures_leave_a_sentence_and_success_clears_it(void **state)
{
    (void)state;
    session s = start(1);
    assert_string_equal(lad_context_error(s.context), "");
    assert_int_equal(lad_infer_encoded(s.context, s.detector, "no image", 8, "cat.png", s.result), LAD_ERR_FORMAT);
    assert_memory_equal(lad_context_error(s.context), "cat.png", 7);
    assert_int_equal(lad_infer_pixels(s.context, s.detector, picture, WIDTH, HEIGHT, 2, s.result), LAD_ERR_ARG);
    assert_non_null(strstr(lad_context_error(s.context), "channels"));
    assert_int_equal(lad_infer_pixels(s.context, s.detector, picture, 0, HEIGHT, 3, s.result), LAD_ERR_UNSUPPORTED);
    assert_int_equal(lad_infer_pixels(s.context, s.detector, picture, SIZE_MAX / 2, 3, 3, s.result),
                     LAD_ERR_UNSUPPORTED);
    assert_non_null(strstr(lad_context_error(s.context), "not supported"));
    lad_detector *none = NULL;
    assert_int_equal(lad_open_detector(s.context, model, 20, "half.safetensors", &none), LAD_ERR_FORMAT);
    assert_memory_equal(lad_context_error(s.context), "half.safetensors", 16);
    assert_null(none);
    assert_int_equal(lad_infer_pixels(s.context, s.detector, picture, WIDTH, HEIGHT, 3, s.result), LAD_OK);
    assert_string_equal(lad_context_error(s.context), "");
    stop(&s);
}

static void test_context_unknown_isa_and_absurd_threads_are_refused(void **state)
{
    (void)state;
    lad_context *context = NULL;
    assert_int_equal(lad_context_create(1, "mmx", &context), LAD_ERR_UNSUPPORTED);
    assert_int_equal(lad_context_create(100000, NULL, &context), LAD_ERR_ARG);
    assert_null(context);
    lad_context_destroy(&context);
    assert_int_equal(lad_context_create(1, "ref", &context), LAD_OK);
    assert_string_equal(lad_context_isa(context), "ref");
    lad_context_destroy(&context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_infer_png_rgb_rgba_and_threads_give_the_same_bits),
        cmocka_unit_test(test_infer_result_follows_from_the_raw_maps),
        cmocka_unit_test(test_infer_many_images_need_no_more_memory_each),
        cmocka_unit_test(test_failures_leave_a_sentence_and_success_clears_it),
        cmocka_unit_test(test_context_unknown_isa_and_absurd_threads_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
