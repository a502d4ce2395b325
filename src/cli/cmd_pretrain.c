/* lad pretrain: makes a teacher. */
#include "base/alloc.h"
#include "cli/cli.h"
#include "cli/run.h"
#include "data/photos.h"
#include "train/pretrain.h"

#include <string.h>

typedef struct arguments {
    lad_pretrain_options options;
    lad_run run;
    char *images;
    size_t images_limit;
} arguments;

enum { KEY_RECIPE = 0x2000, KEY_IMAGES, KEY_IMAGES_LIMIT, KEY_BATCH, KEY_RATE, KEY_WARMUP };

static const struct argp_option options[] = {
    {"size", 's', "xs|s|m", 0, "Size of the network (xs)", 0},
    {"seed", 'S', "N", 0, "Seed of everything random (1)", 0},
    {"steps", 'n', "N", 0, "Steps of training (1150)", 0},
    {"recipe", KEY_RECIPE, "descriptors|random", 0,
     "Distil hand-made descriptors (default), or leave random weights, the reference to beat", 0},
    {"images", KEY_IMAGES, "DIR", 0, "Photographs: half of the pictures; the others are procedural", 0},
    {"images-limit", KEY_IMAGES_LIMIT, "N", 0, "Keep at most N photographs in memory (4000)", 0},
    {"batch", KEY_BATCH, "N", 0, "Pictures of 128 x 128 a step (8)", 0},
    {"rate", KEY_RATE, "R", 0, "Learning rate, falling to 0 on a cosine (2e-3)", 0},
    {"warmup", KEY_WARMUP, "N", 0, "The rate rises over the first N steps (100)", 0},
    {NULL, 0, NULL, 0, NULL, 0}};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    arguments *a = state->input;
    lad_pretrain_options *o = &a->options;
    char name[16];
    switch (key) {
    case ARGP_KEY_INIT: state->child_inputs[0] = &a->run; break;
    case 's':
        snprintf(name, sizeof name, "pdn-%s", argument);
        if (!lad_pdn_from_name(name, &o->size)) argp_error(state, "--size is xs, s or m, not '%s'", argument);
        break;
    case 'S': o->seed = lad_cli_u64(state, "seed", argument); break;
    case 'n': o->steps = lad_cli_size(state, "steps", argument, 1, 10000000); break;
    case KEY_RECIPE:
        if (strcmp(argument, "descriptors") == 0)
            o->recipe = LAD_PRETRAIN_DESCRIPTORS;
        else if (strcmp(argument, "random") == 0)
            o->recipe = LAD_PRETRAIN_RANDOM;
        else
            argp_error(state, "--recipe is descriptors or random, not '%s'", argument);
        break;
    case KEY_IMAGES: a->images = argument; break;
    case KEY_IMAGES_LIMIT: a->images_limit = lad_cli_size(state, "images-limit", argument, 1, 100000); break;
    case KEY_BATCH: o->batch = lad_cli_size(state, "batch", argument, 1, 64); break;
    case KEY_RATE: o->learning_rate = lad_cli_real(state, "rate", argument, 1e-9, 1.0); break;
    case KEY_WARMUP: o->warmup = lad_cli_size(state, "warmup", argument, 0, 1000000); break;
    case ARGP_KEY_ARG: argp_error(state, "'%s' is not an option", argument); break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static lad_status resume(arguments *a, lad_pretrainer *pretrainer, lad_error *err)
{
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    LAD_TRY(lad_run_read_checkpoint(&a->run, &bytes, &size_bytes, err));
    if (!bytes) return LAD_OK;
    lad_status status = lad_pretrainer_restore(pretrainer, bytes, size_bytes, err);
    lad_free(bytes);
    return status;
}

static lad_status checkpoint(arguments *a, lad_pretrainer *pretrainer, lad_error *err)
{
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    LAD_TRY(lad_pretrainer_checkpoint(pretrainer, &bytes, &size_bytes, err));
    return lad_run_write_checkpoint(&a->run, bytes, size_bytes, err);
}

/* Steps until the end, or until a signal: then LAD_ERR_CANCELLED with the checkpoint written. */
static lad_status work(arguments *a, lad_pretrainer *pretrainer, lad_error *err)
{
    LAD_TRY(resume(a, pretrainer, err));
    LAD_TRY(lad_run_start(&a->run, lad_pretrainer_steps_done(pretrainer), a->options.steps, err));
    while (!lad_pretrainer_finished(pretrainer)) {
        double loss = lad_pretrain_step(pretrainer);
        lad_run_progress(&a->run, lad_pretrainer_steps_done(pretrainer), &(lad_run_value){"loss", loss}, 1);
        if (lad_run_interrupted()) {
            LAD_TRY(checkpoint(a, pretrainer, err));
            return LAD_ERR_CANCELLED;
        }
        if (lad_run_checkpoint_due(&a->run)) LAD_TRY(checkpoint(a, pretrainer, err));
    }
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    LAD_TRY(lad_pretrainer_finish(pretrainer, a->run.command_line, &bytes, &size_bytes, err));
    return lad_run_write_result(&a->run, bytes, size_bytes, err);
}

int lad_cmd_pretrain(int argc, char **argv)
{
    static const struct argp_child children[] = {{&lad_run_argp, 0, NULL, 0}, {NULL, 0, NULL, 0}};
    static const struct argp parser = {
        options,  parse, NULL, "Trains a teacher network without labels, and writes it to a file of its own.",
        children, NULL,  NULL};
    arguments a = {.options = lad_pretrain_options_default(), .images_limit = 4000};
    lad_run_defaults(&a.run, "pretrain");
    lad_run_command_line("pretrain", argv, a.run.command_line, sizeof a.run.command_line);
    if (argp_parse(&parser, argc, argv, 0, NULL, &a) != 0) return LAD_EXIT_USAGE;

    lad_error err = {0};
    lad_photos photos = {0};
    lad_pool *pool = NULL;
    lad_pretrainer *pretrainer = NULL;
    lad_status status = lad_pool_create(a.run.threads, &pool);
    if (status == LAD_OK && a.images) status = lad_photos_load(a.images, a.images_limit, &photos, &err);
    lad_pictures pictures = {a.options.seed, photos.rgb, photos.count};
    if (status == LAD_OK)
        status = lad_pretrainer_create(&a.options, &pictures, lad_kernels_best(), pool, &pretrainer, &err);
    if (status == LAD_OK) status = work(&a, pretrainer, &err);
    int code = LAD_EXIT_OK;
    if (status == LAD_ERR_CANCELLED)
        code = lad_run_say_interrupted(&a.run, lad_pretrainer_steps_done(pretrainer));
    else if (status != LAD_OK)
        code = lad_cli_fail("pretrain", status, &err);
    lad_run_finish(&a.run);
    lad_pretrainer_destroy(&pretrainer);
    lad_photos_deinit(&photos);
    lad_pool_destroy(&pool);
    return code;
}
