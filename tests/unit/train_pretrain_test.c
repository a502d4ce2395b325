/* Pretraining: progress, reproducibility, checkpoints, the teacher file. */
#include "base/alloc.h"
#include "model/detector.h"
#include "train/pretrain.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static lad_pretrain_options small_options(void)
{
    lad_pretrain_options options = lad_pretrain_options_default();
    options.steps = 6;
    options.batch = 2;
    options.crop_px = 64;
    options.fit_pictures = 8;
    options.seed = 5;
    return options;
}

static lad_pretrainer *start(const lad_pretrain_options *options, lad_pool *pool)
{
    lad_pretrainer *p = NULL;
    lad_error err = {0};
    lad_pictures pictures = {options->seed, NULL, 0};
    assert_int_equal(lad_pretrainer_create(options, &pictures, lad_kernels_best(), pool, &p, &err), LAD_OK);
    return p;
}

typedef struct file {
    uint8_t *bytes;
    size_t size_bytes;
} file;

static file finish(lad_pretrainer *p)
{
    file f = {NULL, 0};
    lad_error err = {0};
    while (!lad_pretrainer_finished(p)) lad_pretrain_step(p);
    assert_int_equal(lad_pretrainer_finish(p, "test", &f.bytes, &f.size_bytes, &err), LAD_OK);
    return f;
}

static void assert_same_file(file a, file b)
{
    assert_int_equal(a.size_bytes, b.size_bytes);
    assert_memory_equal(a.bytes, b.bytes, a.size_bytes);
}

/* Sum of the losses of the last 10 of 60 steps. */
static double late_losses(double learning_rate)
{
    lad_pretrain_options options = small_options();
    options.steps = 60;
    options.warmup = 20;
    options.fit_pictures = 32;
    options.learning_rate = learning_rate;
    lad_pretrainer *p = start(&options, NULL);
    double sum = 0.0;
    for (int i = 0; i < 60; i++) {
        double loss = lad_pretrain_step(p);
        assert_true(isfinite(loss));
        if (i >= 50) sum += loss;
    }
    assert_true(lad_pretrainer_finished(p));
    lad_pretrainer_destroy(&p);
    return sum;
}

static void test_pretrain_trained_network_beats_an_untrained_one_on_the_same_pictures(void **state)
{
    (void)state;
    assert_true(late_losses(2e-3) < 0.97 * late_losses(1e-9));
}

static void test_pretrain_two_threads_give_the_bytes_of_one(void **state)
{
    (void)state;
    lad_pretrain_options options = small_options();
    lad_pool *pool = NULL;
    assert_int_equal(lad_pool_create(2, &pool), LAD_OK);
    lad_pretrainer *one = start(&options, NULL), *two = start(&options, pool);
    file a = finish(one), b = finish(two);
    assert_same_file(a, b);
    lad_free(a.bytes);
    lad_free(b.bytes);
    lad_pretrainer_destroy(&one);
    lad_pretrainer_destroy(&two);
    lad_pool_destroy(&pool);
}

static void test_pretrain_restored_run_ends_with_the_same_bytes(void **state)
{
    (void)state;
    lad_pretrain_options options = small_options();
    lad_error err = {0};
    lad_pretrainer *whole = start(&options, NULL), *resumed = start(&options, NULL);
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    for (int i = 0; i < 3; i++) lad_pretrain_step(whole);
    assert_int_equal(lad_pretrainer_checkpoint(whole, &bytes, &size_bytes, &err), LAD_OK);
    assert_int_equal(lad_pretrainer_restore(resumed, bytes, size_bytes, &err), LAD_OK);
    assert_int_equal(lad_pretrainer_steps_done(resumed), 3);
    file a = finish(whole), b = finish(resumed);
    assert_same_file(a, b);
    lad_free(a.bytes);
    lad_free(b.bytes);
    lad_free(bytes);
    lad_pretrainer_destroy(&whole);
    lad_pretrainer_destroy(&resumed);
}

static void test_pretrain_checkpoint_of_other_options_is_refused(void **state)
{
    (void)state;
    lad_pretrain_options options = small_options();
    lad_error err = {0};
    lad_pretrainer *p = start(&options, NULL);
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    assert_int_equal(lad_pretrainer_checkpoint(p, &bytes, &size_bytes, &err), LAD_OK);
    options.seed++;
    lad_pretrainer *other = start(&options, NULL);
    assert_int_equal(lad_pretrainer_restore(other, bytes, size_bytes, &err), LAD_ERR_ARG);
    assert_non_null(strstr(err.text, "other settings"));
    assert_int_equal(lad_pretrainer_restore(other, bytes, size_bytes - 1, &err), LAD_ERR_FORMAT);
    lad_free(bytes);
    lad_pretrainer_destroy(&p);
    lad_pretrainer_destroy(&other);
}

static void test_pretrain_file_is_a_teacher(void **state)
{
    (void)state;
    lad_pretrain_options options = small_options();
    options.recipe = LAD_PRETRAIN_RANDOM;
    lad_pretrainer *p = start(&options, NULL);
    assert_true(lad_pretrainer_finished(p)); /* random weights need no training */
    file f = finish(p);
    lad_pdn_size size = LAD_PDN_M;
    lad_network *teacher = NULL;
    char sha256[65];
    lad_error err = {0};
    assert_int_equal(lad_teacher_create(f.bytes, f.size_bytes, "teacher", lad_kernels_best(), NULL, 1,
                                        LAD_NETWORK_INFERENCE, &size, &teacher, sha256, &err),
                     LAD_OK);
    assert_int_equal(size, LAD_PDN_XS);
    /* He's deviation sqrt(2 / (3 * 4 * 4)) of the first layer's weights. */
    const lad_param *w = lad_network_param(teacher, 0);
    double square = 0.0;
    for (size_t i = 0; i < w->count; i++) square += (double)w->value[i] * w->value[i];
    assert_true(fabs(sqrt(square / (double)w->count) - sqrt(2.0 / 48.0)) < 0.01);
    lad_network_destroy(&teacher);
    lad_free(f.bytes);
    lad_pretrainer_destroy(&p);
}

static void test_pretrain_bad_options_give_a_sentence(void **state)
{
    (void)state;
    lad_pretrain_options options = small_options();
    lad_pictures pictures = {1, NULL, 0};
    lad_pretrainer *p = NULL;
    lad_error err = {0};
    options.crop_px = 32;
    assert_int_equal(lad_pretrainer_create(&options, &pictures, lad_kernels_best(), NULL, &p, &err), LAD_ERR_ARG);
    assert_true(strlen(err.text) > 20);
    assert_null(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pretrain_trained_network_beats_an_untrained_one_on_the_same_pictures),
        cmocka_unit_test(test_pretrain_two_threads_give_the_bytes_of_one),
        cmocka_unit_test(test_pretrain_restored_run_ends_with_the_same_bytes),
        cmocka_unit_test(test_pretrain_checkpoint_of_other_options_is_refused),
        cmocka_unit_test(test_pretrain_file_is_a_teacher),
        cmocka_unit_test(test_pretrain_bad_options_give_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
