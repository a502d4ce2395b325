/* lad calibrate: another calibration of a trained detector; its networks stay as they are. */
#include "base/alloc.h"
#include "base/file.h"
#include "cli/cli.h"
#include "cli/model.h"
#include "cli/normals.h"
#include "cli/run.h"
#include "train/calibrate.h"

#include <stdio.h>

static const char command_name[] = "lad calibrate";

typedef struct options {
    lad_cli_model model;
    const char *data, *out;
    lad_calibration_wish wish;
    bool border_given, norm_given, combine_given;
    char command_line[1024];
} options;

enum { KEY_GLOBAL_WEIGHT = 0x100, KEY_BORDER, KEY_MAP_NORM, KEY_COMBINE, KEY_FALSE_ALARM };

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    options *o = state->input;
    switch (key) {
    case 'd': o->data = argument; return 0;
    case 'o': o->out = argument; return 0;
    case KEY_GLOBAL_WEIGHT:
        o->wish.global_weight = lad_cli_real(state, "global-weight", argument, 0.0, 1000.0);
        return 0;
    case KEY_BORDER:
        o->wish.score_border = lad_cli_size(state, "border", argument, 0, 20);
        o->border_given = true;
        return 0;
    case KEY_MAP_NORM:
        if (!lad_map_norm_from_name(argument, &o->wish.map_norm))
            argp_error(state, "--map-norm is quantile or position, not '%s'", argument);
        o->norm_given = true;
        return 0;
    case KEY_COMBINE:
        if (!lad_map_combine_from_name(argument, &o->wish.combine))
            argp_error(state, "--combine is mean or max, not '%s'", argument);
        o->combine_given = true;
        return 0;
    case KEY_FALSE_ALARM:
        o->wish.false_alarm_rate = lad_cli_real(state, "false-alarm-rate", argument, 1e-6, 0.999);
        return 0;
    case ARGP_KEY_END:
        if (!o->model.path || !o->data || !o->out) argp_error(state, "--model, --data and --out are needed");
        return 0;
    }
    return lad_cli_model_option(key, argument, state, &o->model);
}

/* What was not asked for stays as the model has it. */
static void keep_the_rest(options *o)
{
    const lad_map_rule *rule = lad_detector_map_rule(o->model.detector);
    if (!o->border_given) o->wish.score_border = lad_detector_get_info(o->model.detector)->score_border;
    if (!o->norm_given) o->wish.map_norm = rule->positions ? LAD_MAP_NORM_POSITION : LAD_MAP_NORM_QUANTILE;
    if (!o->combine_given) o->wish.combine = rule->combine;
}

static lad_status write_model(const options *o, const lad_cli_normals *normals, const lad_calibration *c,
                              lad_error *err)
{
    char weight[32];
    snprintf(weight, sizeof weight, "%.9g", o->wish.global_weight);
    const lad_meta extra[] = {{"global_weight", weight},
                              {"head_data_hash", normals->train_hash},
                              {"validation_data_hash", normals->validation_hash},
                              {"calibration_command", o->command_line}};
    const lad_detector_calibration calibration = {.map_rule = c->map_rule,
                                                  .global = c->global.count ? &c->global : NULL,
                                                  .threshold = c->threshold,
                                                  .map_threshold = c->map_threshold,
                                                  .false_alarm_rate = c->bound,
                                                  .score_border = o->wish.score_border};
    uint8_t *bytes = NULL, *result = NULL;
    size_t size_bytes = 0, result_bytes = 0;
    LAD_TRY(lad_file_read(o->model.path, LAD_CLI_MAX_MODEL_BYTES, &bytes, &size_bytes, err));
    lad_status status = lad_detector_recalibrate(bytes, size_bytes, o->model.path, &calibration, extra,
                                                 sizeof extra / sizeof *extra, &result, &result_bytes, err);
    lad_free(bytes);
    if (status == LAD_OK) status = lad_file_write(o->out, result, result_bytes, err);
    lad_free(result);
    return status;
}

static lad_status run(options *o, lad_error *err)
{
    lad_cli_normals normals = {.train = {0}};
    lad_calibration c = {0};
    lad_status status = lad_cli_model_open(&o->model, err);
    if (status == LAD_OK) status = lad_cli_normals_load(o->data, &normals, err);
    if (status == LAD_OK) {
        keep_the_rest(o);
        fprintf(stderr, "calibrating on %zu pictures", normals.validation.count);
        if (o->wish.global_weight > 0.0) fprintf(stderr, ", the global head on %zu", normals.train.count);
        fprintf(stderr, "\n");
        status = lad_calibrate(o->model.detector, normals.train, normals.validation, o->wish,
                               lad_context_pool(o->model.context), &c, err);
    }
    if (status == LAD_OK) status = write_model(o, &normals, &c, err);
    if (status == LAD_OK) printf("%s: threshold %.4f, of the maps alone %.4f\n", o->out, c.threshold, c.map_threshold);
    lad_calibration_deinit(&c);
    lad_cli_normals_deinit(&normals);
    lad_cli_model_close(&o->model);
    return status;
}

int lad_cmd_calibrate(int argc, char **argv)
{
    static const struct argp_option option_list[] = {
        LAD_CLI_MODEL_OPTIONS,
        {"data", 'd', "DIR/C", 0, "the category it was trained on: validation pictures, training pictures for a head",
         0},
        {"out", 'o', "FILE", 0, "the model to write; may be the same file", 0},
        {"global-weight", KEY_GLOBAL_WEIGHT, "W", 0, "as of lad train (default 0: no global head)", 0},
        {"border", KEY_BORDER, "N", 0, "as of lad train (default: the model's)", 0},
        {"map-norm", KEY_MAP_NORM, "quantile|position", 0, "as of lad train (default: the model's)", 0},
        {"combine", KEY_COMBINE, "mean|max", 0, "as of lad train (default: the model's)", 0},
        {"false-alarm-rate", KEY_FALSE_ALARM, "R", 0, "wanted, for the thresholds (default 0.05)", 0},
        {NULL, 0, NULL, 0, NULL, 0}};
    static const struct argp parser = {
        option_list, parse_option, NULL, "Calibrates a trained detector anew: quantiles, head, thresholds.",
        NULL,        NULL,         NULL};
    options o = {.wish.false_alarm_rate = lad_train_options_default().false_alarm_rate};
    lad_error err = {{0}};
    lad_run_command_line("calibrate", argv, o.command_line, sizeof o.command_line);
    if (argp_parse(&parser, argc, argv, 0, NULL, &o) != 0) return LAD_EXIT_USAGE;
    lad_status status = run(&o, &err);
    return status == LAD_OK ? LAD_EXIT_OK : lad_cli_fail(command_name, status, &err);
}
