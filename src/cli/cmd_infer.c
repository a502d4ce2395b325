/* lad infer: score and verdict of single images, heat maps, maps as numbers. */
#include "base/alloc.h"
#include "base/file.h"
#include "base/json.h"
#include "base/version.h"
#include "cli/cli.h"
#include "cli/heat.h"
#include "cli/model.h"
#include "data/dataset.h"

#include <stdio.h>
#include <string.h>

static const char command_name[] = "lad infer";

typedef struct options {
    lad_cli_model model;
    const char *out, *json;
    bool maps;
    size_t image_count;
    char **images; /* [image_count], in argv */
} options;

enum { KEY_JSON = 0x100, KEY_MAPS };

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    options *o = state->input;
    switch (key) {
    case 'o': o->out = argument; return 0;
    case KEY_JSON: o->json = argument; return 0;
    case KEY_MAPS: o->maps = true; return 0;
    case ARGP_KEY_ARGS:
        o->images = state->argv + state->next;
        o->image_count = (size_t)(state->argc - state->next);
        return 0;
    case ARGP_KEY_END:
        if (!o->model.path) argp_error(state, "--model is missing.");
        if (o->image_count == 0) argp_error(state, "which image?");
        if (o->maps && !o->json) argp_error(state, "--maps needs --json.");
        return 0;
    }
    return lad_cli_model_option(key, argument, state, &o->model);
}

static void add_map(lad_json *parent, const char *key, const float *map, size_t size)
{
    lad_json *values = lad_json_add_array(parent, key);
    for (size_t i = 0; i < size * size; i++) lad_json_add_number(values, NULL, (double)map[i]);
}

static void add_image(lad_json *list, const options *o, const char *path, const lad_result *r, bool flagged)
{
    lad_json *image = lad_json_add_object(list, NULL);
    lad_json_add_string(image, "path", path);
    lad_json_add_number(image, "width", (double)r->width);
    lad_json_add_number(image, "height", (double)r->height);
    lad_json_add_number(image, "score", (double)r->score);
    lad_json_add_number(image, "map_score", (double)r->map_score);
    lad_json_add_number(image, "global_score", (double)r->global_score);
    lad_json_add_bool(image, "flagged", flagged);
    if (!o->maps) return;
    lad_json_add_number(image, "map_size", (double)r->map_size);
    add_map(image, "raw_st", r->raw_st, r->map_size);
    add_map(image, "raw_stae", r->raw_stae, r->map_size);
    add_map(image, "map_st", r->map_st, r->map_size);
    add_map(image, "map_stae", r->map_stae, r->map_size);
    add_map(image, "map_combined", r->map_combined, r->map_size);
}

/* OUT/NAME, where NAME is the image's name without ending, with its folders ("good_000") if another image has
 * the same name. */
static void heat_stem(const options *o, const char *path, bool unique, char *stem, size_t size_bytes)
{
    char name[1024];
    if (unique)
        lad_cli_base_name(path, name, sizeof name);
    else
        snprintf(name, sizeof name, "%s", path);
    for (char *c = name; *c; c++) {
        if (*c == '/') *c = '_';
    }
    char *dot = strrchr(name, '.');
    if (dot && dot != name) *dot = '\0';
    snprintf(stem, size_bytes, "%s/%s", o->out, name);
}

static bool name_is_unique(const lad_dataset *set, size_t index)
{
    char name[1024], other[1024];
    lad_cli_base_name(set->entries[index].path, name, sizeof name);
    for (size_t i = 0; i < set->count; i++) {
        lad_cli_base_name(set->entries[i].path, other, sizeof other);
        if (i != index && strcmp(name, other) == 0) return false;
    }
    return true;
}

/* Appends an image, or the images of a folder. */
static lad_status collect(lad_dataset *all, char *path, lad_error *err)
{
    lad_dataset more = {0};
    bool folder = lad_folder_exists(path);
    if (folder) LAD_TRY(lad_dataset_open(path, LAD_DATA_TEST, &more, err));
    size_t added = folder ? more.count : 1;
    lad_entry *grown = lad_alloc(all->count + added, sizeof *grown);
    char *copy = folder ? NULL : lad_path_join("", path);
    if (!grown || (!folder && !copy)) {
        lad_free(grown);
        lad_free(copy);
        lad_dataset_deinit(&more);
        return lad_fail(err, LAD_ERR_NOMEM, "Memory for the list of images ran out.");
    }
    if (all->count) memcpy(grown, all->entries, all->count * sizeof *grown);
    if (folder)
        memcpy(grown + all->count, more.entries, added * sizeof *grown);
    else
        grown[all->count] = (lad_entry){.path = copy, .label = LAD_LABEL_NONE};
    lad_free(all->entries);
    all->entries = grown;
    all->count += added;
    more.count = 0; /* its entries moved */
    lad_dataset_deinit(&more);
    return LAD_OK;
}

static lad_status infer_one(options *o, const lad_dataset *set, size_t index, lad_json *list, lad_error *err)
{
    const char *path = set->entries[index].path;
    double threshold = lad_detector_get_info(o->model.detector)->threshold;
    LAD_TRY(lad_cli_model_run(&o->model, path, err));
    const lad_result *r = o->model.result;
    bool flagged = (double)r->score > threshold;
    printf("%s: score %.4f, threshold %.4f: %s\n", path, (double)r->score, threshold, flagged ? "anomalous" : "normal");
    if (list) add_image(list, o, path, r, flagged);
    if (!o->out) return LAD_OK;
    char stem[2048];
    heat_stem(o, path, name_is_unique(set, index), stem, sizeof stem);
    return lad_heat_write(stem, path, r, lad_detector_get_info(o->model.detector)->map_threshold, err);
}

static lad_status write_json(const options *o, const lad_json *root, lad_error *err)
{
    char *text;
    if (lad_json_print(root, !o->maps, &text) != LAD_OK)
        return lad_fail(err, LAD_ERR_NOMEM, "Memory for %s ran out.", o->json);
    lad_status status = lad_file_write(o->json, text, strlen(text), err);
    lad_free(text);
    return status;
}

/* A broken image is named and passed over: the others still get their scores, and the exit code tells. */
static int run(options *o, const lad_dataset *set, lad_json *root)
{
    const lad_detector_info *info = lad_detector_get_info(o->model.detector);
    lad_error err = {{0}};
    lad_json *list = NULL;
    int code = LAD_EXIT_OK;
    if (root) {
        lad_json_add_string(root, "format", "lad-infer/1");
        lad_json_add_string(root, "lad_version", LAD_VERSION);
        lad_json_add_string(root, "model_sha256", info->sha256);
        lad_json_add_number(root, "threshold", info->threshold);
        list = lad_json_add_array(root, "images");
    }
    for (size_t i = 0; i < set->count; i++) {
        lad_status status = infer_one(o, set, i, list, &err);
        if (status != LAD_OK) code = lad_cli_fail(command_name, status, &err);
    }
    if (root) {
        lad_status status = write_json(o, root, &err);
        if (status != LAD_OK) code = lad_cli_fail(command_name, status, &err);
    }
    return code;
}

int lad_cmd_infer(int argc, char **argv)
{
    static const struct argp_option option_list[] = {
        LAD_CLI_MODEL_OPTIONS,
        {"out", 'o', "DIR", 0, "write heat maps (PNG): overlay, combined, structural, logical", 0},
        {"json", KEY_JSON, "FILE", 0, "write scores as JSON", 0},
        {"maps", KEY_MAPS, NULL, 0, "and the maps, raw and normalised, into the JSON", 0},
        {NULL, 0, NULL, 0, NULL, 0}};
    static const struct argp parser = {
        option_list, parse_option, "IMAGE...", "Scores images (PNG or JPEG, or folders of them) with a detector.",
        NULL,        NULL,         NULL};
    options o = {0};
    lad_error err = {{0}};
    lad_dataset set = {0};
    lad_json *root = NULL;
    if (argp_parse(&parser, argc, argv, 0, NULL, &o) != 0) return LAD_EXIT_USAGE;
    lad_status status = lad_cli_model_open(&o.model, &err);
    for (size_t i = 0; i < o.image_count && status == LAD_OK; i++) status = collect(&set, o.images[i], &err);
    if (status == LAD_OK && o.out) status = lad_folder_create(o.out, &err);
    if (status == LAD_OK && o.json && !(root = lad_json_new_object())) status = LAD_ERR_NOMEM;
    int code = status == LAD_OK ? run(&o, &set, root) : lad_cli_fail(command_name, status, &err);
    lad_json_destroy(&root);
    lad_cli_model_close(&o.model);
    lad_dataset_deinit(&set);
    return code;
}
