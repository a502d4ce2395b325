/* Checkpoints and model files of trainers. */
#include "base/alloc.h"
#include "train/calibrate.h"
#include "train/checkpoint.h"
#include "train/trainer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SETTINGS_BYTES = 640, EXTRA_MAX = 48, VALUE_BYTES = 96 };

/* All that shapes the result, in words: a checkpoint goes on only under the same. */
static void describe_settings(const lad_trainer *t, const char *data, char text[SETTINGS_BYTES])
{
    const lad_train_options *o = &t->options;
    char pictures[64];
    lad_pictures_describe(&t->penalty, pictures, sizeof pictures);
    snprintf(
        text, SETTINGS_BYTES,
        "form %s margin %.9g quantile %.9g decay %.9g hinge %d seed %llu steps %zu ae-first %zu freeze %d fused %d "
        "rate %.9g warmup %zu "
        "decay %.9g dropout %d hard %.9g penalty %zu of %s %llu teacher %.16s ae-teacher %.16s data %s pictures %zu "
        "kernels %s",
        lad_margin_form_name(t->margin.form), t->margin.margin, t->margin.quantile, t->margin.decay,
        (int)t->margin.hinge, (unsigned long long)o->seed, o->steps, o->ae_first, (int)o->ae_freeze, (int)o->fused,
        o->learning_rate, o->warmup, o->weight_decay, (int)o->dropout, o->hard_quantile, o->penalty_px, pictures,
        (unsigned long long)t->penalty.seed, t->teacher.sha256, t->ae_teacher.network ? t->ae_teacher.sha256 : "none",
        data, t->images.count, lad_kernels_name(t->kernels));
}

/* The numbers of a run besides weights, by name. */
typedef struct named_number {
    const char *name;
    double *value;
} named_number;

enum { NUMBERS = 10 };

static void list_numbers(lad_trainer *t, double *step, named_number numbers[NUMBERS])
{
    const named_number list[NUMBERS] = {{"step", step},
                                        {"tau", &t->margin.tau},
                                        {"mean_q", &t->margin.mean_q},
                                        {"loss_hard", &t->mean.hard},
                                        {"loss_penalty", &t->mean.penalty},
                                        {"loss_ae", &t->mean.ae},
                                        {"loss_stae", &t->mean.stae},
                                        {"loss_hinge", &t->mean.hinge},
                                        {"loss_faithful", &t->mean.faithful},
                                        {"loss_total", &t->mean.total}};
    memcpy(numbers, list, sizeof list);
}

lad_status lad_trainer_checkpoint(lad_trainer *t, const char *data, uint8_t **bytes, size_t *size_bytes, lad_error *err)
{
    char settings[SETTINGS_BYTES];
    named_number numbers[NUMBERS];
    double step = (double)t->steps_done;
    describe_settings(t, data, settings);
    list_numbers(t, &step, numbers);
    lad_st_writer *writer = NULL;
    lad_status status = lad_st_writer_create(&writer);
    if (status == LAD_OK) status = lad_st_writer_meta(writer, "settings", settings);
    for (size_t i = 0; i < NUMBERS && status == LAD_OK; i++)
        status = lad_checkpoint_add_number(writer, numbers[i].name, *numbers[i].value);
    if (status == LAD_OK) status = lad_checkpoint_add_network(writer, "student", t->student);
    if (status == LAD_OK) status = lad_checkpoint_add_network(writer, "ae", t->autoencoder);
    if (status == LAD_OK)
        status = lad_st_writer_finish(writer, bytes, size_bytes, err);
    else
        lad_fail(err, status, "Memory ran out while writing a checkpoint.");
    lad_st_writer_destroy(&writer);
    return status;
}

lad_status lad_trainer_restore(lad_trainer *t, const char *data, const void *bytes, size_t size_bytes, lad_error *err)
{
    char settings[SETTINGS_BYTES];
    named_number numbers[NUMBERS];
    double step = 0.0;
    describe_settings(t, data, settings);
    list_numbers(t, &step, numbers);
    lad_safetensors *st = NULL;
    lad_status status = lad_safetensors_read(bytes, size_bytes, "The checkpoint", &st, err);
    if (status == LAD_OK) status = lad_checkpoint_check_settings(st, settings, err);
    for (size_t i = 0; i < NUMBERS && status == LAD_OK; i++)
        status = lad_checkpoint_get_number(st, numbers[i].name, numbers[i].value, err);
    if (status == LAD_OK && !(step >= 0.0 && step <= (double)t->options.steps))
        status = lad_fail(err, LAD_ERR_FORMAT, "The checkpoint's step lies outside the run.");
    if (status == LAD_OK) status = lad_checkpoint_get_network(st, "student", t->student, err);
    if (status == LAD_OK) status = lad_checkpoint_get_network(st, "ae", t->autoencoder, err);
    if (status == LAD_OK) t->steps_done = (size_t)step;
    lad_safetensors_destroy(&st);
    return status;
}

/* Metadata under construction: keys are literals, values are printed into storage. */
typedef struct record {
    lad_meta meta[EXTRA_MAX];
    char values[EXTRA_MAX][VALUE_BYTES];
    size_t count;
} record;

LAD_PRINTF(3, 4) static void note(record *r, const char *key, const char *format, ...)
{
    if (r->count == EXTRA_MAX) return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(r->values[r->count], VALUE_BYTES, format, arguments);
    va_end(arguments);
    r->meta[r->count] = (lad_meta){key, r->values[r->count]};
    r->count++;
}

static void note_run(record *r, const lad_trainer *t, size_t validation_count)
{
    const lad_train_options *o = &t->options;
    bool composites = lad_margin_uses_composites(t->margin.form);
    char pictures[64];
    lad_pictures_describe(&t->penalty, pictures, sizeof pictures);
    note(r, "seed", "%llu", (unsigned long long)o->seed);
    note(r, "steps", "%zu", t->steps_done);
    note(r, "ae_first_steps", "%zu", o->ae_first);
    note(r, "ae_freeze", "%s", o->ae_freeze ? "true" : "false");
    note(r, "step_kind", "%s", o->fused ? "fused" : "paper");
    note(r, "learning_rate", "%.9g", o->learning_rate);
    note(r, "warmup_steps", "%zu", o->warmup);
    note(r, "weight_decay", "%.9g", o->weight_decay);
    note(r, "hard_quantile", "%.9g", o->hard_quantile);
    note(r, "penalty_pictures", "%s", o->penalty_px ? pictures : "none");
    note(r, "penalty_px", "%zu", o->penalty_px);
    note(r, "margin_quantile", "%.9g", t->margin.quantile);
    if (composites) note(r, "margin_hinge", "%s", t->margin.hinge ? "yes" : "no");
    note(r, "global_weight", "%.9g", o->calibration.global_weight);
    note(r, "teacher_sha256", "%s", t->teacher.sha256);
    if (t->ae_teacher.network) note(r, "ae_teacher_sha256", "%s", t->ae_teacher.sha256);
    note(r, "train_pictures", "%zu", t->images.count);
    note(r, "validation_pictures", "%zu", validation_count);
    note(r, "loss", "hard %.4g, penalty %.4g, ae %.4g, stae %.4g", t->mean.hard, t->mean.penalty, t->mean.ae,
         t->mean.stae);
    note(r, "kernels", "%s", lad_kernels_name(t->kernels));
}

static lad_status save(const lad_trainer *t, const char *category, const lad_calibration *calibration,
                       const record *notes, uint8_t **bytes, size_t *size_bytes, lad_error *err)
{
    lad_detector_parts parts = {.size = t->teacher.size,
                                .teacher = t->teacher.network,
                                .student = t->student,
                                .autoencoder = t->autoencoder,
                                .mean = t->teacher.mean,
                                .std = t->teacher.std,
                                .map_rule = calibration->map_rule,
                                .extra = notes->meta,
                                .extra_count = notes->count};
    lad_detector_info *info = &parts.info;
    snprintf(info->category, sizeof info->category, "%s", category);
    snprintf(info->margin_form, sizeof info->margin_form, "%s", lad_margin_form_name(t->margin.form));
    info->margin = t->margin.form == LAD_MARGIN_NONE ? 0.0 : t->margin.margin;
    if (calibration->metric.channels) parts.metric = &calibration->metric;
    if (calibration->global.count) parts.global = &calibration->global;
    info->threshold = calibration->threshold;
    info->map_threshold = calibration->map_threshold;
    info->false_alarm_rate = calibration->bound;
    info->score_border = t->options.calibration.score_border;
    return lad_detector_save(&parts, t->options.f16, bytes, size_bytes, err);
}

/* Runs the validation pictures through the model as it will ship, with its rounded weights. */
static lad_status calibrate(const lad_trainer *t, lad_train_images validation, lad_calibration *out, lad_error *err)
{
    const lad_calibration neutral = {.map_rule.quantiles = {0.0f, 1.0f, 0.0f, 1.0f},
                                     .map_threshold = 0.1,
                                     .bound = t->options.calibration.false_alarm_rate};
    const record nothing = {.count = 0};
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    LAD_TRY(save(t, "", &neutral, &nothing, &bytes, &size_bytes, err));
    lad_status status = lad_calibrate(bytes, size_bytes, "The trained model", t->kernels, t->pool, t->images,
                                      validation, t->options.calibration, out, err);
    lad_free(bytes);
    return status;
}

lad_status lad_trainer_finish(lad_trainer *t, lad_train_images validation, const char *category, const lad_meta *extra,
                              size_t extra_count, uint8_t **bytes, size_t *size_bytes, lad_error *err)
{
    lad_calibration calibration = {.bound = 0.0};
    LAD_TRY(calibrate(t, validation, &calibration, err));
    record *notes = lad_alloc_zero(1, sizeof *notes);
    if (!notes) {
        lad_calibration_deinit(&calibration);
        return lad_fail(err, LAD_ERR_NOMEM, "Memory ran out.");
    }
    note_run(notes, t, validation.count);
    for (size_t i = 0; i < extra_count && notes->count < EXTRA_MAX; i++) notes->meta[notes->count++] = extra[i];
    lad_status status = save(t, category, &calibration, notes, bytes, size_bytes, err);
    lad_calibration_deinit(&calibration);
    lad_free(notes);
    return status;
}
