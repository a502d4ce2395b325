#include "cli/bench_follow.h"

#include "api/lad.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "train/trainer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_LIMIT_BYTES = 512 << 20, PICTURE_BYTES = LAD_TRAIN_PIXELS * 3, LINE_BYTES = 512, PENALTY_PX = 256 };

typedef struct follower {
    uint8_t *rgb, *file;
    size_t rgb_bytes, file_bytes;
    /* a detector ... */
    lad_context *context;
    lad_detector *detector;
    lad_result *result;
    /* ... or a trainer */
    lad_pool *pool;
    lad_trainer *trainer;
} follower;

static void say(lad_json **root)
{
    char *text = NULL;
    if (lad_json_print(*root, false, &text) == LAD_OK) fputs(text, stdout);
    fflush(stdout);
    lad_free(text);
    lad_json_destroy(root);
}

static lad_status open_detector(follower *f, const lad_follow_wish *wish, lad_error *err)
{
    LAD_TRY(lad_file_read(wish->model, FILE_LIMIT_BYTES, &f->file, &f->file_bytes, err));
    lad_status status = lad_context_create(wish->threads, lad_kernels_name(wish->kernels), &f->context);
    if (status != LAD_OK) return lad_fail(err, status, "The kernels could not be started.");
    status = lad_open_detector(f->context, f->file, f->file_bytes, wish->model, &f->detector);
    if (status == LAD_OK) status = lad_result_create(f->context, f->detector, &f->result);
    return status == LAD_OK ? LAD_OK : lad_fail(err, status, "%s", lad_context_error(f->context));
}

static lad_status open_trainer(follower *f, const lad_follow_wish *wish, lad_error *err)
{
    static const lad_pictures penalty = {.seed = 5};
    LAD_TRY(lad_file_read(wish->teacher, FILE_LIMIT_BYTES, &f->file, &f->file_bytes, err));
    lad_status status = lad_pool_create(wish->threads, &f->pool);
    if (status != LAD_OK) return lad_fail(err, status, "The threads could not be started.");
    lad_train_options options = lad_train_options_default();
    options.steps = 1000000;
    options.penalty_px = PENALTY_PX;
    return lad_trainer_create(&options, (lad_train_images){f->rgb, f->rgb_bytes / PICTURE_BYTES}, &penalty,
                              (lad_train_file){f->file, f->file_bytes, wish->teacher}, (lad_train_file){0},
                              wish->kernels, f->pool, &f->trainer, err);
}

/* *ms: how long the networks or the step took. */
static lad_status run_once(follower *f, double *ms, lad_error *err)
{
    if (f->trainer) {
        lad_train_report report;
        double start = lad_clock_ms();
        lad_train_step(f->trainer, &report);
        *ms = lad_clock_ms() - start;
        return LAD_OK;
    }
    lad_status status = lad_infer_pixels(f->context, f->detector, f->rgb, LAD_INPUT_SIZE, LAD_INPUT_SIZE, 3, f->result);
    if (status != LAD_OK) return lad_fail(err, status, "%s", lad_context_error(f->context));
    *ms = f->result->networks_ms;
    return LAD_OK;
}

static lad_status run(follower *f, long times, lad_error *err)
{
    lad_json *root = lad_json_new_object(), *list = lad_json_add_array(root, "ms");
    lad_status status = LAD_OK;
    for (long i = 0; i < times && status == LAD_OK; i++) {
        double ms = 0.0;
        status = run_once(f, &ms, err);
        lad_json_add_number(list, NULL, ms);
    }
    if (status == LAD_OK)
        say(&root);
    else
        lad_json_destroy(&root);
    return status;
}

static void add_map(lad_json *root, const char *name, const float *map)
{
    lad_json *list = lad_json_add_array(root, name);
    for (size_t i = 0; i < LAD_TRAIN_POSITIONS; i++) lad_json_add_number(list, NULL, (double)map[i]);
}

static void say_maps(follower *f)
{
    lad_json *root = lad_json_new_object();
    add_map(root, "st", f->result->raw_st);
    add_map(root, "stae", f->result->raw_stae);
    lad_json_add_number(root, "memory_mb", (double)lad_detector_memory_bytes(f->detector) / 1e6);
    say(&root);
}

static lad_status write_file(const char *folder, const char *name, const void *bytes, size_t size_bytes, lad_error *err)
{
    char *path = lad_path_join(folder, name);
    if (!path) return lad_fail(err, LAD_ERR_NOMEM, "Memory ran out.");
    lad_status status = lad_file_write(path, bytes, size_bytes, err);
    lad_free(path);
    return status;
}

static lad_status dump(follower *f, const char *folder, lad_error *err)
{
    lad_trainer *t = f->trainer;
    uint8_t *start = NULL;
    size_t start_bytes = 0, picture = (size_t)PICTURE_BYTES * sizeof(float);
    LAD_TRY(lad_trainer_checkpoint(t, "bench", &start, &start_bytes, err));
    lad_status status = write_file(folder, "start.safetensors", start, start_bytes, err);
    lad_free(start);
    if (status != LAD_OK) return status;
    lad_train_report report;
    t->options.dropout = false;
    lad_train_step(t, &report);
    t->options.dropout = true;
    LAD_TRY(write_file(folder, "clean.f32", t->x_clean, picture, err));
    LAD_TRY(write_file(folder, "jitter.f32", t->x_jitter, picture, err));
    LAD_TRY(write_file(folder, "penalty.f32", t->x_penalty, picture, err));
    LAD_TRY(write_file(folder, "mean.f32", t->teacher.mean, t->channels * sizeof(float), err));
    LAD_TRY(write_file(folder, "std.f32", t->teacher.std, t->channels * sizeof(float), err));
    lad_json *root = lad_json_new_object();
    lad_json_add_number(root, "hard", report.hard);
    lad_json_add_number(root, "penalty", report.penalty);
    lad_json_add_number(root, "ae", report.ae);
    lad_json_add_number(root, "stae", report.stae);
    say(&root);
    return LAD_OK;
}

static lad_status obey(follower *f, char *line, lad_error *err)
{
    line[strcspn(line, "\n")] = 0;
    if (strncmp(line, "run ", 4) == 0) return run(f, strtol(line + 4, NULL, 10), err);
    if (strcmp(line, "maps") == 0 && f->detector) {
        say_maps(f);
        return LAD_OK;
    }
    if (strncmp(line, "dump ", 5) == 0 && f->trainer) return dump(f, line + 5, err);
    return lad_fail(err, LAD_ERR_ARG, "\"%.64s\" is not an order that can be followed.", line);
}

lad_status lad_bench_follow(const lad_follow_wish *wish, lad_error *err)
{
    follower f = {0};
    char line[LINE_BYTES];
    lad_status status = lad_file_read(wish->rgb, FILE_LIMIT_BYTES, &f.rgb, &f.rgb_bytes, err);
    if (status != LAD_OK) goto fail;
    if (f.rgb_bytes == 0 || f.rgb_bytes % PICTURE_BYTES != 0) {
        status = lad_fail(err, LAD_ERR_FORMAT, "%s: not a whole number of pictures of 256 x 256 x 3 bytes.", wish->rgb);
        goto fail;
    }
    status = wish->model ? open_detector(&f, wish, err) : open_trainer(&f, wish, err);
    if (status != LAD_OK) goto fail;
    puts("{\"ready\": true}");
    fflush(stdout);
    while (status == LAD_OK && fgets(line, sizeof line, stdin)) status = obey(&f, line, err);
fail:
    lad_trainer_destroy(&f.trainer);
    lad_pool_destroy(&f.pool);
    lad_result_destroy(&f.result);
    lad_detector_destroy(&f.detector);
    lad_context_destroy(&f.context);
    lad_free(f.rgb);
    lad_free(f.file);
    return status;
}
