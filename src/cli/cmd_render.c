/* lad render: a data set of LOCO-style scenes, rendered, in the folder layout of MVTec LOCO AD. */
#define _POSIX_C_SOURCE 200809L
#include "base/alloc.h"
#include "base/file.h"
#include "base/pool.h"
#include "cli/cli.h"
#include "cli/sheet.h"
#include "data/loco_writer.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static const char command_name[] = "lad render";

enum { MAX_SIDE_PX = 4096, MIN_WIDTH_PX = 32 };

typedef struct options {
    lad_loco_options loco;
    const char *category, *out, *only;
    size_t threads;
    int sheet; /* lad_sheet, or -1 */
    bool list, quiet;
} options;

enum { KEY_TRAIN = 0x100, KEY_VALIDATION, KEY_TEST, KEY_SIZE, KEY_FORMAT, KEY_LIST, KEY_ONLY, KEY_SHEET };

static int parse_sheet(struct argp_state *state, const char *argument)
{
    static const char *const names[] = {"good", "logical", "structural", "kinds"};
    for (int i = 0; i < 4; i++) {
        if (strcmp(argument, names[i]) == 0) return i;
    }
    argp_error(state, "--sheet takes good, logical, structural or kinds, not '%s'.", argument);
    return -1;
}

/* Looks up what the names of category and kind stand for. */
static void find_names(options *o, struct argp_state *state)
{
    if (o->category) {
        o->loco.category = lad_scene_category_find(o->category);
        if (!o->loco.category) argp_error(state, "there is no category '%s'; --list shows what there is.", o->category);
    }
    if (o->list) return;
    if (!o->category) argp_error(state, "--category is missing; --list shows what there is.");
    if (!o->out) argp_error(state, "--out is missing.");
    for (size_t k = 0; o->only && k < o->loco.category->kind_count; k++) {
        if (strcmp(o->loco.category->kinds[k].name, o->only) == 0) o->loco.only = (int)k;
    }
    if (o->only && o->loco.only < 0)
        argp_error(state, "%s has no kind '%s'; --list shows what there is.", o->category, o->only);
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    options *o = state->input;
    switch (key) {
    case 'c': o->category = argument; return 0;
    case 'o': o->out = argument; return 0;
    case 's': o->loco.seed = lad_cli_u64(state, "--seed", argument); return 0;
    case 't': o->threads = lad_cli_size(state, "--threads", argument, 1, 64); return 0;
    case 'q': o->quiet = true; return 0;
    case KEY_TRAIN: o->loco.train = lad_cli_size(state, "--train", argument, 0, LAD_LOCO_MAX_IMAGES); return 0;
    case KEY_VALIDATION:
        o->loco.validation = lad_cli_size(state, "--validation", argument, 0, LAD_LOCO_MAX_IMAGES);
        return 0;
    case KEY_TEST: o->loco.test = lad_cli_size(state, "--test", argument, 0, LAD_LOCO_MAX_IMAGES); return 0;
    case KEY_SIZE: o->loco.width = lad_cli_size(state, "--size", argument, MIN_WIDTH_PX, MAX_SIDE_PX); return 0;
    case KEY_FORMAT:
        if (strcmp(argument, "png") != 0 && strcmp(argument, "jpg") != 0)
            argp_error(state, "--format takes png or jpg, not '%s'.", argument);
        o->loco.jpeg = argument[0] == 'j';
        return 0;
    case KEY_LIST: o->list = true; return 0;
    case KEY_SHEET: o->sheet = parse_sheet(state, argument); return 0;
    case KEY_ONLY: o->only = argument; return 0;
    case ARGP_KEY_ARG: argp_error(state, "'%s' is not expected here.", argument); return 0;
    case ARGP_KEY_END: find_names(o, state); return 0;
    }
    return ARGP_ERR_UNKNOWN;
}

static void list_category(const lad_scene_category *category)
{
    printf("%s (%zu x %zu)\n  %s\n", category->name, category->width, category->height, category->rule);
    for (size_t k = 0; k < category->kind_count; k++) {
        const lad_scene_kind *kind = &category->kinds[k];
        printf("  %-28s %s  %s\n  %42sBroken: %s\n", kind->name,
               kind->class_ == LAD_SCENE_LOGICAL ? "logical   " : "structural", kind->description, "", kind->rule);
    }
}

static void list_categories(const lad_scene_category *only)
{
    const lad_scene_category *category;
    for (size_t i = 0; (category = lad_scene_category_at(i)) != NULL; i++) {
        if (only && category != only) continue;
        if (i && !only) printf("\n");
        list_category(category);
    }
}

/* One image is one item of work; the first failure stops the rest. */
typedef struct job {
    lad_loco_writer *writer;
    pthread_mutex_t mutex;
    /* guarded by mutex */
    lad_progress progress;
    size_t done;
    lad_status status;
    lad_error err;
} job;

static void render_item(void *context, size_t item, size_t thread)
{
    job *j = context;
    (void)thread;
    pthread_mutex_lock(&j->mutex);
    bool stopped = j->status != LAD_OK;
    pthread_mutex_unlock(&j->mutex);
    if (stopped) return;
    lad_error err = {{0}};
    lad_status status = lad_loco_writer_item(j->writer, item, NULL, &err);
    pthread_mutex_lock(&j->mutex);
    if (status == LAD_OK) {
        lad_progress_update(&j->progress, ++j->done);
    } else if (j->status == LAD_OK) {
        j->status = status;
        j->err = err;
    }
    pthread_mutex_unlock(&j->mutex);
}

/* Each picture needs the same few megabytes again: rather keep them than have the system clear new pages each time. */
static void keep_memory(void)
{
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
#endif
}

static lad_status render_all(const options *o, lad_loco_writer *writer, lad_error *err)
{
    lad_pool *pool = NULL;
    keep_memory();
    lad_status status = lad_pool_create(o->threads, &pool);
    if (status != LAD_OK) return lad_fail(err, status, "Threads could not be started.");
    char what[80];
    size_t count = lad_loco_writer_count(writer);
    job j = {.writer = writer, .mutex = PTHREAD_MUTEX_INITIALIZER};
    snprintf(what, sizeof what, "rendering %s", o->category);
    lad_progress_start(&j.progress, what, count, o->quiet);
    lad_pool_run(pool, count, render_item, &j);
    lad_pool_destroy(&pool);
    pthread_mutex_destroy(&j.mutex);
    if (j.status != LAD_OK) {
        if (err) *err = j.err;
        return j.status;
    }
    lad_progress_finish(&j.progress);
    return LAD_OK;
}

static lad_status write_sheet(const options *o, lad_error *err)
{
    lad_sheet_options sheet = {.category = o->loco.category,
                               .shows = (lad_sheet)o->sheet,
                               .only = o->loco.only,
                               .width = o->loco.width,
                               .seed = o->loco.seed};
    lad_pool *pool = NULL;
    lad_status status = lad_pool_create(o->threads, &pool);
    if (status != LAD_OK) return lad_fail(err, status, "Threads could not be started.");
    status = lad_sheet_write(&sheet, o->out, pool, err);
    lad_pool_destroy(&pool);
    return status;
}

static lad_status run(const options *o, lad_error *err)
{
    if (o->sheet >= 0) return write_sheet(o, err);
    lad_loco_writer *writer = NULL;
    char *root = lad_path_join(o->out, o->category);
    if (!root) return lad_fail(err, LAD_ERR_NOMEM, "Memory ran out.");
    lad_status status = lad_loco_writer_create(root, &o->loco, &writer, err);
    if (status == LAD_OK) status = render_all(o, writer, err);
    if (status == LAD_OK) status = lad_loco_writer_finish(writer, err);
    if (status == LAD_OK) printf("%s: %zu images\n", root, lad_loco_writer_count(writer));
    lad_loco_writer_destroy(&writer);
    lad_free(root);
    return status;
}

int lad_cmd_render(int argc, char **argv)
{
    static const struct argp_option option_list[] = {
        {"category", 'c', "NAME", 0, "what to render (see --list)", 0},
        {"out", 'o', "DIR", 0, "write to DIR/NAME; a run that was stopped is taken up again", 0},
        {"seed", 's', "N", 0, "other scenes for each seed (default 1)", 0},
        {"train", KEY_TRAIN, "N", 0, "good images to train on (default 300)", 0},
        {"validation", KEY_VALIDATION, "N", 0, "good images to calibrate on (default 50)", 0},
        {"test", KEY_TEST, "N", 0, "test images: good, logical, structural, N each (default 60)", 0},
        {"size", KEY_SIZE, "W", 0, "width in pixels (default: the category's full size)", 0},
        {"format", KEY_FORMAT, "png|jpg", 0, "of the images (default png); masks are PNG", 0},
        {"only", KEY_ONLY, "KIND", 0, "nothing but test images of one kind of anomaly", 0},
        {"sheet", KEY_SHEET, "WHAT", 0,
         "instead of a data set write one JPEG, --out, of small pictures: 25 good, logical or structural ones, or each "
         "of "
         "the kinds once; ground truth is outlined, --size is the width of one",
         0},
        {"list", KEY_LIST, NULL, 0, "list categories (or the one of --category), kinds of anomalies, and broken rules",
         0},
        {"threads", 't', "N", 0, "threads (default: one per processor); the result does not depend on it", 0},
        {"quiet", 'q', NULL, 0, "no progress", 0},
        {NULL, 0, NULL, 0, NULL, 0}};
    static const struct argp parser = {
        option_list, parse_option,
        NULL,        "Renders LOCO-style scenes with ground truth in the folder layout of MVTec LOCO AD.",
        NULL,        NULL,
        NULL};
    options o = {.sheet = -1, .loco = {.seed = 1, .train = 300, .validation = 50, .test = 60, .only = -1}};
    lad_error err = {{0}};
    if (argp_parse(&parser, argc, argv, 0, NULL, &o) != 0) return LAD_EXIT_USAGE;
    if (o.list) {
        list_categories(o.loco.category);
        return LAD_EXIT_OK;
    }
    lad_status status = run(&o, &err);
    return status == LAD_OK ? LAD_EXIT_OK : lad_cli_fail(command_name, status, &err);
}
