/* lad train: makes a detector from the normal pictures of a category and a teacher. */
#include "base/alloc.h"
#include "base/file.h"
#include "cli/cli.h"
#include "cli/normals.h"
#include "cli/run.h"
#include "cli/wish.h"
#include "data/photos.h"
#include "train/step.h"

#include <string.h>

enum { TEACHER_LIMIT_BYTES = 256 << 20 };

typedef struct arguments {
    lad_train_options options;
    lad_run run;
    lad_cli_wish asked;
    char *data, *teacher, *ae_teacher, *images, *category;
    size_t images_limit;
    lad_margin_form form;
    double margin, margin_quantile; /* negative: the form's default */
    bool no_hinge;
} arguments;

enum {
    KEY_AE_TEACHER = 0x2000,
    KEY_CATEGORY,
    KEY_MARGIN_FORM,
    KEY_MARGIN,
    KEY_MARGIN_QUANTILE,
    KEY_NO_HINGE,
    KEY_AE_FIRST,
    KEY_AE_FREEZE,
    KEY_FUSED,
    KEY_RATE,
    KEY_WARMUP,
    KEY_HARD_QUANTILE,
    KEY_WEIGHT_DECAY,
    KEY_IMAGES,
    KEY_IMAGES_LIMIT,
    KEY_PENALTY_PX,
    KEY_CACHE_MB,
    KEY_F32
};

static const struct argp_option options[] = {
    {NULL, 0, NULL, 0, "What to train on:", 1},
    {"data", 'd', "DIR/C", 0, "Folder of a category in MVTec LOCO AD's layout (required)", 1},
    {"teacher", 'T', "FILE", 0, "Teacher made by lad pretrain (required)", 1},
    {"ae-teacher", KEY_AE_TEACHER, "FILE", 0, "Another teacher as target of the autoencoder; not part of the model", 1},
    {"category", KEY_CATEGORY, "NAME", 0, "Name of the category (the last part of DIR/C)", 1},
    {"images", KEY_IMAGES, "DIR", 0, "Photographs of other things: half of the penalty pictures", 1},
    {"images-limit", KEY_IMAGES_LIMIT, "N", 0, "Keep at most N photographs in memory (4000)", 1},
    {NULL, 0, NULL, 0, "The margin:", 2},
    {"margin-form", KEY_MARGIN_FORM, "none|floor|dfsc|dfsc-stae|dfsc-synthetic|novel|novel-local", 0,
     "Form of the margin (none: plain EfficientAD)", 2},
    {"margin", KEY_MARGIN, "M", 0,
     "Margin: a distance (0.2; dfsc-synthetic and novel-local 1), for novel a multiple of the clean one (3)", 2},
    {"margin-quantile", KEY_MARGIN_QUANTILE, "Q", 0, "Positions above this quantile are distinctive (0.9)", 2},
    {"no-hinge", KEY_NO_HINGE, NULL, 0, "Forms with composites: the targets without the margin itself, for comparison",
     2},
    {NULL, 0, NULL, 0, "How:", 3},
    {"seed", 'S', "N", 0, "Seed of everything random (1)", 3},
    {"steps", 'n', "N", 0, "Steps in all (3000)", 3},
    {"ae-first", KEY_AE_FIRST, "N", 0, "Train the autoencoder alone for the first N, cheap, steps (0)", 3},
    {"ae-freeze", KEY_AE_FREEZE, NULL, 0, "Train it in these steps only", 3},
    {"fused", KEY_FUSED, NULL, 0, "One student pass a step less than in the paper: both losses on one picture", 3},
    {"rate", KEY_RATE, "R", 0, "Learning rate, a tenth of it for the last 5 % (1e-4)", 3},
    {"warmup", KEY_WARMUP, "N", 0, "The rate rises over the first N steps of each network (0)", 3},
    {"hard-quantile", KEY_HARD_QUANTILE, "Q", 0,
     "L_hard: mean of the squared differences above this quantile; 0: of all (0.999)", 3},
    {"weight-decay", KEY_WEIGHT_DECAY, "W", 0, "Weight decay (1e-5)", 3},
    {"penalty-px", KEY_PENALTY_PX, "N", 0, "Side of the penalty pictures, 64 to 256; 0: no penalty (128)", 3},
    {"cache-mb", KEY_CACHE_MB, "N", 0, "Memory for the teacher's features of training pictures (1024)", 3},
    {"f32", KEY_F32, NULL, 0, "32-bit weights in the model file rather than 16-bit", 3},
    {NULL, 0, NULL, 0, NULL, 0}};

static error_t parse_margin(int key, char *argument, struct argp_state *state)
{
    arguments *a = state->input;
    switch (key) {
    case KEY_MARGIN_FORM:
        if (!lad_margin_form_from_name(argument, &a->form))
            argp_error(state,
                       "--margin-form is none, floor, dfsc, dfsc-stae, dfsc-synthetic, novel or novel-local, not '%s'",
                       argument);
        break;
    case KEY_MARGIN: a->margin = lad_cli_real(state, "margin", argument, 0.0, 1e6); break;
    case KEY_MARGIN_QUANTILE: a->margin_quantile = lad_cli_real(state, "margin-quantile", argument, 0.0, 1.0); break;
    case KEY_NO_HINGE: a->no_hinge = true; break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static error_t parse_training(int key, char *argument, struct argp_state *state)
{
    lad_train_options *o = &((arguments *)state->input)->options;
    switch (key) {
    case 'S': o->seed = lad_cli_u64(state, "seed", argument); break;
    case 'n': o->steps = lad_cli_size(state, "steps", argument, 1, 10000000); break;
    case KEY_AE_FREEZE: o->ae_freeze = true; break;
    case KEY_AE_FIRST: o->ae_first = lad_cli_size(state, "ae-first", argument, 0, 10000000); break;
    case KEY_FUSED: o->fused = true; break;
    case KEY_HARD_QUANTILE: o->hard_quantile = lad_cli_real(state, "hard-quantile", argument, 0.0, 0.99999); break;
    case KEY_RATE: o->learning_rate = lad_cli_real(state, "rate", argument, 1e-9, 1.0); break;
    case KEY_WARMUP: o->warmup = lad_cli_size(state, "warmup", argument, 0, 1000000); break;
    case KEY_WEIGHT_DECAY: o->weight_decay = lad_cli_real(state, "weight-decay", argument, 0.0, 1.0); break;
    case KEY_PENALTY_PX: o->penalty_px = lad_cli_size(state, "penalty-px", argument, 0, LAD_PHOTO_SIZE); break;
    case KEY_CACHE_MB: o->cache_bytes = lad_cli_size(state, "cache-mb", argument, 0, 1 << 20) << 20; break;
    case KEY_F32: o->f16 = false; break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    arguments *a = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &a->run;
        state->child_inputs[1] = &a->asked;
        break;
    case 'd': a->data = argument; break;
    case 'T': a->teacher = argument; break;
    case KEY_AE_TEACHER: a->ae_teacher = argument; break;
    case KEY_CATEGORY: a->category = argument; break;
    case KEY_IMAGES: a->images = argument; break;
    case KEY_IMAGES_LIMIT: a->images_limit = lad_cli_size(state, "images-limit", argument, 1, 100000); break;
    case ARGP_KEY_ARG: argp_error(state, "'%s' is not an option", argument); break;
    case ARGP_KEY_END:
        if (!a->data || !a->teacher) argp_error(state, "--data and --teacher are needed");
        break;
    default: return parse_margin(key, argument, state) == 0 ? 0 : parse_training(key, argument, state);
    }
    return 0;
}

/* All that a run reads from files. */
typedef struct inputs {
    lad_cli_normals normals;
    lad_photos photos;
    uint8_t *teacher, *ae_teacher;
    size_t teacher_bytes, ae_teacher_bytes;
} inputs;

static lad_status read_inputs(const arguments *a, inputs *in, lad_error *err)
{
    LAD_TRY(lad_file_read(a->teacher, TEACHER_LIMIT_BYTES, &in->teacher, &in->teacher_bytes, err));
    if (a->ae_teacher)
        LAD_TRY(lad_file_read(a->ae_teacher, TEACHER_LIMIT_BYTES, &in->ae_teacher, &in->ae_teacher_bytes, err));
    LAD_TRY(lad_cli_normals_load(a->data, &in->normals, err));
    if (a->images) LAD_TRY(lad_photos_load(a->images, a->images_limit, &in->photos, err));
    return LAD_OK;
}

static void inputs_deinit(inputs *in)
{
    lad_cli_normals_deinit(&in->normals);
    lad_photos_deinit(&in->photos);
    lad_free(in->teacher);
    lad_free(in->ae_teacher);
}

static lad_status checkpoint(arguments *a, const inputs *in, lad_trainer *trainer, lad_error *err)
{
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    LAD_TRY(lad_trainer_checkpoint(trainer, in->normals.train_hash, &bytes, &size_bytes, err));
    return lad_run_write_checkpoint(&a->run, bytes, size_bytes, err);
}

static lad_status resume(arguments *a, const inputs *in, lad_trainer *trainer, lad_error *err)
{
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    LAD_TRY(lad_run_read_checkpoint(&a->run, &bytes, &size_bytes, err));
    if (!bytes) return LAD_OK;
    lad_status status = lad_trainer_restore(trainer, in->normals.train_hash, bytes, size_bytes, err);
    lad_free(bytes);
    return status;
}

/* The last part of the data's path. */
static void category_of(const arguments *a, char *text, size_t size_bytes)
{
    const char *end = a->data + strlen(a->data);
    while (end > a->data && end[-1] == '/') end--;
    const char *start = end;
    while (start > a->data && start[-1] != '/') start--;
    snprintf(text, size_bytes, "%.*s", (int)(end - start), start);
    if (a->category) snprintf(text, size_bytes, "%s", a->category);
}

static lad_status write_model(arguments *a, const inputs *in, lad_trainer *trainer, lad_error *err)
{
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    char category[64];
    category_of(a, category, sizeof category);
    const lad_meta extra[] = {{"train_data_hash", in->normals.train_hash},
                              {"validation_data_hash", in->normals.validation_hash},
                              {"penalty_photographs_hash", in->photos.count ? in->photos.hash : "none"},
                              {"command", a->run.command_line}};
    LAD_TRY(lad_trainer_finish(trainer, in->normals.validation, category, extra, sizeof extra / sizeof *extra, &bytes,
                               &size_bytes, err));
    return lad_run_write_result(&a->run, bytes, size_bytes, err);
}

static void report(arguments *a, const lad_trainer *trainer, const lad_train_report *r)
{
    lad_run_value values[8] = {{"hard", r->hard}, {"penalty", r->penalty}, {"ae", r->ae}, {"stae", r->stae}};
    size_t count = 4;
    if (lad_margin_uses_composites(a->form)) values[count++] = (lad_run_value){"hinge", r->hinge};
    if (a->form >= LAD_MARGIN_NOVEL) values[count++] = (lad_run_value){"faithful", r->faithful};
    lad_run_progress(&a->run, lad_trainer_steps_done(trainer), values, count);
}

/* Steps until the end, or until a signal: then LAD_ERR_CANCELLED with the checkpoint written. */
static lad_status work(arguments *a, const inputs *in, lad_trainer *trainer, lad_error *err)
{
    LAD_TRY(resume(a, in, trainer, err));
    LAD_TRY(lad_run_start(&a->run, lad_trainer_steps_done(trainer), a->options.steps, err));
    while (!lad_trainer_finished(trainer)) {
        lad_train_report losses;
        lad_train_step(trainer, &losses);
        report(a, trainer, &losses);
        if (lad_run_interrupted()) {
            LAD_TRY(checkpoint(a, in, trainer, err));
            return LAD_ERR_CANCELLED;
        }
        if (lad_run_checkpoint_due(&a->run)) LAD_TRY(checkpoint(a, in, trainer, err));
    }
    return write_model(a, in, trainer, err);
}

static int run(arguments *a)
{
    lad_error err = {0};
    inputs in = {.teacher = NULL};
    lad_pool *pool = NULL;
    lad_trainer *trainer = NULL;
    lad_status status = lad_pool_create(a->run.threads, &pool);
    if (status == LAD_OK) status = read_inputs(a, &in, &err);
    /* Penalty pictures come from a seed of their own, so that they are not those the teacher was made with. */
    lad_pictures penalty = {lad_hash64(a->options.seed, UINT64_C(0x70656e616c7479)), in.photos.rgb, in.photos.count};
    if (status == LAD_OK)
        status = lad_trainer_create(&a->options, in.normals.train, &penalty,
                                    (lad_train_file){in.teacher, in.teacher_bytes, a->teacher},
                                    (lad_train_file){in.ae_teacher, in.ae_teacher_bytes, a->ae_teacher},
                                    lad_kernels_best(), pool, &trainer, &err);
    if (status == LAD_OK) status = work(a, &in, trainer, &err);
    int code = LAD_EXIT_OK;
    if (status == LAD_ERR_CANCELLED)
        code = lad_run_say_interrupted(&a->run, lad_trainer_steps_done(trainer));
    else if (status != LAD_OK)
        code = lad_cli_fail("train", status, &err);
    lad_run_finish(&a->run);
    lad_trainer_destroy(&trainer);
    inputs_deinit(&in);
    lad_pool_destroy(&pool);
    return code;
}

int lad_cmd_train(int argc, char **argv)
{
    static const struct argp_child children[] = {
        {&lad_run_argp, 0, NULL, 0}, {&lad_cli_wish_argp, 0, "Calibration:", 3}, {NULL, 0, NULL, 0}};
    static const struct argp parser = {options,  parse, NULL, "Trains a detector on the normal pictures of a category.",
                                       children, NULL,  NULL};
    arguments a = {.options = lad_train_options_default(),
                   .asked.wish = lad_train_options_default().calibration,
                   .images_limit = 4000,
                   .form = LAD_MARGIN_NONE,
                   .margin = -1.0,
                   .margin_quantile = -1.0};
    lad_run_defaults(&a.run, "train");
    lad_run_command_line("train", argv, a.run.command_line, sizeof a.run.command_line);
    if (argp_parse(&parser, argc, argv, 0, NULL, &a) != 0) return LAD_EXIT_USAGE;
    a.options.calibration = a.asked.wish;
    a.options.margin = lad_margin_default(a.form, a.margin);
    if (a.margin_quantile >= 0.0) a.options.margin.quantile = a.margin_quantile;
    if (a.no_hinge) a.options.margin.hinge = false;
    return run(&a);
}
