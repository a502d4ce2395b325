/* Training of a detector: progress of each loss, reproducibility, checkpoints, the model file. */
#include "base/alloc.h"
#include "data/procedural.h"
#include "train/pretrain.h"
#include "train/trainer.h"

#include "count_allocations.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

enum { PICTURES = 2, PICTURE_BYTES = LAD_INPUT_SIZE * LAD_INPUT_SIZE * 3 };

static uint8_t rgb[PICTURES * PICTURE_BYTES];
static const lad_train_images IMAGES = {rgb, PICTURES};
static const lad_pictures PENALTY = {77, NULL, 0};
static lad_train_file teacher;

typedef struct file {
    uint8_t *bytes;
    size_t size_bytes;
} file;

/* Two procedural pictures are the product; a random teacher. */
static int set_up(void **state)
{
    (void)state;
    float *scratch = lad_alloc(lad_procedural_scratch_floats(LAD_INPUT_SIZE), sizeof *scratch);
    if (!scratch) return -1;
    for (size_t i = 0; i < PICTURES; i++) lad_procedural_render(4, i, LAD_INPUT_SIZE, scratch, rgb + i * PICTURE_BYTES);
    lad_free(scratch);
    lad_pretrain_options options = lad_pretrain_options_default();
    options.recipe = LAD_PRETRAIN_RANDOM;
    lad_pretrainer *p = NULL;
    uint8_t *bytes = NULL;
    lad_error err = {0};
    if (lad_pretrainer_create(&options, &PENALTY, lad_kernels_best(), NULL, &p, &err) != LAD_OK) return -1;
    if (lad_pretrainer_finish(p, "test", &bytes, &teacher.size_bytes, &err) != LAD_OK) return -1;
    teacher.bytes = bytes;
    teacher.name = "teacher";
    lad_pretrainer_destroy(&p);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    lad_free((void *)(uintptr_t)teacher.bytes);
    return 0;
}

static lad_train_options small_options(lad_margin_form form)
{
    lad_train_options options = lad_train_options_default();
    options.margin = lad_margin_default(form, -1.0);
    options.steps = 3;
    options.penalty_px = 64;
    options.learning_rate = 1e-3;
    return options;
}

static lad_trainer *start(const lad_train_options *options, lad_pool *pool)
{
    lad_trainer *t = NULL;
    lad_error err = {0};
    const lad_train_file none = {NULL, 0, NULL};
    assert_int_equal(lad_trainer_create(options, IMAGES, &PENALTY, teacher, none, lad_kernels_best(), pool, &t, &err),
                     LAD_OK);
    return t;
}

static file checkpoint(lad_trainer *t)
{
    file f = {NULL, 0};
    lad_error err = {0};
    assert_int_equal(lad_trainer_checkpoint(t, "data", &f.bytes, &f.size_bytes, &err), LAD_OK);
    return f;
}

static void run_to_end(lad_trainer *t)
{
    lad_train_report report;
    while (!lad_trainer_finished(t)) lad_train_step(t, &report);
}

static void check_restart(lad_margin_form form)
{
    lad_train_options options = small_options(form);
    options.fused = true;
    options.ae_first = 1;
    lad_pool *pool = NULL;
    lad_error err = {0};
    lad_train_report report;
    assert_int_equal(lad_pool_create(2, &pool), LAD_OK);
    lad_trainer *whole = start(&options, NULL), *resumed = start(&options, pool);
    lad_train_step(whole, &report);
    lad_train_step(whole, &report);
    file middle = checkpoint(whole);
    run_to_end(whole);
    assert_int_equal(lad_trainer_restore(resumed, "data", middle.bytes, middle.size_bytes, &err), LAD_OK);
    assert_int_equal(lad_trainer_steps_done(resumed), 2);
    run_to_end(resumed);
    file a = checkpoint(whole), b = checkpoint(resumed);
    assert_int_equal(a.size_bytes, b.size_bytes);
    assert_memory_equal(a.bytes, b.bytes, a.size_bytes);
    assert_int_equal(lad_trainer_restore(resumed, "other data", a.bytes, a.size_bytes, &err), LAD_ERR_ARG);
    lad_free(middle.bytes);
    lad_free(a.bytes);
    lad_free(b.bytes);
    lad_trainer_destroy(&whole);
    lad_trainer_destroy(&resumed);
    lad_pool_destroy(&pool);
}

static void test_step_two_threads_and_a_restart_give_the_bytes_of_one_run(void **state)
{
    (void)state;
    check_restart(LAD_MARGIN_DFSC_SYNTHETIC);
    check_restart(LAD_MARGIN_NOVEL);
    check_restart(LAD_MARGIN_NOVEL_LOCAL);
}

static void test_step_each_form_reports_its_terms(void **state)
{
    (void)state;
    const lad_margin_form forms[] = {LAD_MARGIN_DFSC, LAD_MARGIN_DFSC_SYNTHETIC, LAD_MARGIN_NOVEL,
                                     LAD_MARGIN_NOVEL_LOCAL};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        lad_train_options options = small_options(forms[i]);
        lad_trainer *t = start(&options, NULL);
        lad_train_report r;
        lad_train_step(t, &r);
        assert_true(r.hard > 0.0 && r.penalty > 0.0 && r.ae > 0.0 && r.stae > 0.0);
        assert_int_equal(r.faithful > 0.0, forms[i] >= LAD_MARGIN_NOVEL);
        assert_true(fabs(r.total - (r.hard + r.penalty + r.ae + r.stae + r.hinge + r.faithful)) < 1e-9 * r.total);
        lad_trainer_destroy(&t);
    }
}

static void test_step_losses_fall_and_nothing_is_allocated(void **state)
{
    (void)state;
    lad_train_options options = small_options(LAD_MARGIN_NONE);
    options.steps = 20;
    options.fused = true;
    lad_trainer *t = start(&options, NULL);
    lad_train_report r;
    double first_hard = 0.0, last_hard = 0.0;
    size_t before = allocations;
    for (int i = 0; i < 10; i++) { /* pairs of steps, one with each picture */
        lad_train_step(t, &r);
        if (i < 2) first_hard += r.hard;
        if (i >= 8) last_hard += r.hard;
    }
    assert_int_equal(allocations, before);
    assert_true(last_hard < first_hard);
    assert_true(r.learning_rate == 1e-3);
    lad_trainer_destroy(&t);
}

static void test_step_rate_falls_to_a_tenth_at_the_end(void **state)
{
    (void)state;
    lad_train_options options = small_options(LAD_MARGIN_NONE);
    options.steps = 20;
    options.ae_first = 19; /* cheap steps */
    lad_trainer *t = start(&options, NULL);
    lad_train_report r;
    for (int i = 0; i < 19; i++) {
        lad_train_step(t, &r);
        assert_true(r.learning_rate == 1e-3);
        assert_true(r.hard == 0.0 && r.stae == 0.0 && r.ae > 0.0); /* the autoencoder alone */
    }
    lad_train_step(t, &r);
    assert_true(fabs(r.learning_rate - 1e-4) < 1e-12);
    assert_true(r.hard > 0.0);
    lad_trainer_destroy(&t);
}

static float *copy_values(lad_network *network)
{
    lad_param_block block = lad_network_block(network);
    float *copy = malloc(block.total * sizeof *copy);
    assert_non_null(copy);
    memcpy(copy, block.values, block.total * sizeof *copy);
    return copy;
}

static bool has_values(lad_network *network, const float *values)
{
    lad_param_block block = lad_network_block(network);
    return memcmp(block.values, values, block.total * sizeof *values) == 0;
}

static void check_freeze(lad_margin_form form, bool freeze)
{
    lad_train_options options = small_options(form);
    options.ae_first = 1;
    options.ae_freeze = freeze;
    lad_trainer *t = start(&options, NULL);
    lad_train_report r;
    lad_train_step(t, &r);
    float *autoencoder = copy_values(t->autoencoder), *student = copy_values(t->student);
    lad_train_step(t, &r);
    assert_true(r.ae > 0.0 && r.stae > 0.0); /* both are measured all the same */
    assert_int_equal(has_values(t->autoencoder, autoencoder), freeze);
    assert_false(has_values(t->student, student));
    free(autoencoder);
    free(student);
    lad_trainer_destroy(&t);
}

static void test_step_frozen_autoencoder_keeps_its_weights(void **state)
{
    (void)state;
    check_freeze(LAD_MARGIN_NONE, true);
    check_freeze(LAD_MARGIN_NONE, false);
    check_freeze(LAD_MARGIN_NOVEL, true);
    check_freeze(LAD_MARGIN_NOVEL_LOCAL, true);
}

static void test_step_cache_changes_speed_only(void **state)
{
    (void)state;
    lad_train_options options = small_options(LAD_MARGIN_NONE);
    options.steps = 1;
    lad_trainer *cached = start(&options, NULL);
    options.cache_bytes = 0;
    lad_trainer *bare = start(&options, NULL);
    run_to_end(cached);
    run_to_end(bare);
    file a = checkpoint(cached), b = checkpoint(bare);
    assert_int_equal(a.size_bytes, b.size_bytes);
    assert_memory_equal(a.bytes, b.bytes, a.size_bytes);
    lad_free(a.bytes);
    lad_free(b.bytes);
    lad_trainer_destroy(&cached);
    lad_trainer_destroy(&bare);
}

static void test_finish_records_the_map_rule(void **state)
{
    (void)state;
    lad_train_options options = small_options(LAD_MARGIN_NONE);
    options.steps = 1;
    options.calibration.map_norm = LAD_MAP_NORM_POSITION;
    options.calibration.combine = LAD_MAP_COMBINE_MAX;
    options.calibration.map_smoothing = 1.0;
    lad_trainer *t = start(&options, NULL);
    run_to_end(t);
    file f = {NULL, 0};
    lad_error err = {0};
    assert_int_equal(lad_trainer_finish(t, IMAGES, "things", NULL, 0, &f.bytes, &f.size_bytes, &err), LAD_ERR_ARG);
    assert_string_equal(err.text, "Position normalisation needs at least 3 validation pictures, not 2.");
    uint8_t *three = malloc(3 * PICTURE_BYTES);
    assert_non_null(three);
    for (size_t i = 0; i < 3 * PICTURE_BYTES; i++) three[i] = rgb[i % (PICTURES * PICTURE_BYTES)] ^ (uint8_t)(i >> 17);
    assert_int_equal(
        lad_trainer_finish(t, (lad_train_images){three, 3}, "things", NULL, 0, &f.bytes, &f.size_bytes, &err), LAD_OK);
    lad_detector *d = NULL;
    assert_int_equal(lad_detector_create(f.bytes, f.size_bytes, "model", lad_kernels_best(), NULL, &d, &err), LAD_OK);
    assert_non_null(lad_detector_map_rule(d)->positions);
    assert_int_equal(lad_detector_map_rule(d)->combine, LAD_MAP_COMBINE_MAX);
    assert_true(lad_detector_map_rule(d)->smoothing == 1.0);
    lad_detector_destroy(&d);
    lad_free(f.bytes);
    free(three);
    lad_trainer_destroy(&t);
}

static void test_finish_gives_a_calibrated_detector(void **state)
{
    (void)state;
    lad_train_options options = small_options(LAD_MARGIN_FLOOR);
    options.steps = 1;
    options.calibration.score_border = 2;
    lad_trainer *t = start(&options, NULL);
    run_to_end(t);
    file f = {NULL, 0};
    lad_error err = {0};
    const lad_meta extra = {"command", "lad train"};
    assert_int_equal(lad_trainer_finish(t, IMAGES, "things", &extra, 1, &f.bytes, &f.size_bytes, &err), LAD_OK);
    lad_detector *d = NULL;
    assert_int_equal(lad_detector_create(f.bytes, f.size_bytes, "model", lad_kernels_best(), NULL, &d, &err), LAD_OK);
    const lad_detector_info *info = lad_detector_get_info(d);
    assert_string_equal(info->category, "things");
    assert_string_equal(info->margin_form, "floor");
    assert_int_equal(info->score_border, 2);
    assert_true(info->map_threshold == info->threshold);           /* no global head: the map score is the score */
    assert_true(fabs(info->false_alarm_rate - 1.0 / 3.0) < 1e-12); /* 2 pictures bound the rate by 1 / 3 only */
    const lad_map_quantiles *q = &lad_detector_map_rule(d)->quantiles;
    assert_true(q->qb_st > q->qa_st && q->qb_ae > q->qa_ae && q->qa_st > 0.0f && q->qa_ae > 0.0f);
    assert_string_equal(lad_detector_meta(d, "command"), "lad train");
    assert_string_equal(lad_detector_meta(d, "penalty_pictures"), LAD_PROCEDURAL_VERSION);
    assert_int_equal(strlen(lad_detector_meta(d, "teacher_sha256")), 64);
    lad_detector_destroy(&d);
    lad_free(f.bytes);
    lad_trainer_destroy(&t);
}

static void test_create_bad_input_gives_a_sentence(void **state)
{
    (void)state;
    lad_train_options options = small_options(LAD_MARGIN_NONE);
    lad_trainer *t = NULL;
    lad_error err = {0};
    const lad_train_file none = {NULL, 0, NULL};
    lad_train_images one = {rgb, 1};
    assert_int_equal(lad_trainer_create(&options, one, &PENALTY, teacher, none, lad_kernels_best(), NULL, &t, &err),
                     LAD_ERR_ARG);
    lad_train_file broken = {teacher.bytes, teacher.size_bytes - 1, "broken"};
    assert_int_equal(lad_trainer_create(&options, IMAGES, &PENALTY, broken, none, lad_kernels_best(), NULL, &t, &err),
                     LAD_ERR_FORMAT);
    assert_int_equal(strncmp(err.text, "broken", 6), 0);
    assert_null(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_step_two_threads_and_a_restart_give_the_bytes_of_one_run),
        cmocka_unit_test(test_step_each_form_reports_its_terms),
        cmocka_unit_test(test_step_losses_fall_and_nothing_is_allocated),
        cmocka_unit_test(test_step_rate_falls_to_a_tenth_at_the_end),
        cmocka_unit_test(test_step_frozen_autoencoder_keeps_its_weights),
        cmocka_unit_test(test_step_cache_changes_speed_only),
        cmocka_unit_test(test_finish_records_the_map_rule),
        cmocka_unit_test(test_finish_gives_a_calibrated_detector),
        cmocka_unit_test(test_create_bad_input_gives_a_sentence),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
