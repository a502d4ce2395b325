/* lad calibrate: another calibration of a trained detector; its networks stay as they are. */
#include "base/alloc.h"
#include "base/file.h"
#include "cli/cli.h"
#include "cli/model.h"
#include "cli/normals.h"
#include "cli/run.h"
#include "cli/wish.h"

#include <stdio.h>

static const char command_name[] = "lad calibrate";

typedef struct options {
    lad_cli_model model;
    const char *data, *out;
    lad_cli_wish asked;
    char command_line[1024];
} options;

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    options *o = state->input;
    switch (key) {
    case ARGP_KEY_INIT: state->child_inputs[0] = &o->asked; return 0;
    case 'd': o->data = argument; return 0;
    case 'o': o->out = argument; return 0;
    case ARGP_KEY_END:
        if (!o->model.path || !o->data || !o->out) argp_error(state, "--model, --data and --out are needed");
        return 0;
    }
    return lad_cli_model_option(key, argument, state, &o->model);
}

/* What was not asked for stays as the model has it. */
static lad_calibration_wish complete_wish(const options *o)
{
    lad_calibration_wish wish = o->asked.wish;
    const lad_map_rule *rule = lad_detector_map_rule(o->model.detector);
    if (!o->asked.border_given) wish.score_border = lad_detector_get_info(o->model.detector)->score_border;
    if (!o->asked.distance_given)
        wish.distance = lad_detector_has_metric(o->model.detector) ? LAD_MAP_DISTANCE_NOVELTY : LAD_MAP_DISTANCE_MEAN;
    if (!o->asked.norm_given) wish.map_norm = rule->positions ? LAD_MAP_NORM_POSITION : LAD_MAP_NORM_QUANTILE;
    if (!o->asked.combine_given) wish.combine = rule->combine;
    if (!o->asked.smoothing_given) wish.map_smoothing = rule->smoothing;
    return wish;
}

static lad_status write_model(const options *o, const uint8_t *bytes, size_t size_bytes, lad_calibration_wish wish,
                              const lad_cli_normals *normals, const lad_calibration *c, lad_error *err)
{
    char weight[32];
    snprintf(weight, sizeof weight, "%.9g", wish.global_weight);
    const lad_meta extra[] = {{"global_weight", weight},
                              {"head_data_hash", normals->train_hash},
                              {"validation_data_hash", normals->validation_hash},
                              {"calibration_command", o->command_line}};
    const lad_detector_calibration calibration = {.map_rule = c->map_rule,
                                                  .metric = c->metric.channels ? &c->metric : NULL,
                                                  .global = c->global.count ? &c->global : NULL,
                                                  .threshold = c->threshold,
                                                  .map_threshold = c->map_threshold,
                                                  .false_alarm_rate = c->bound,
                                                  .score_border = wish.score_border};
    uint8_t *result = NULL;
    size_t result_bytes = 0;
    lad_status status = lad_detector_recalibrate(bytes, size_bytes, o->model.path, &calibration, extra,
                                                 sizeof extra / sizeof *extra, &result, &result_bytes, err);
    if (status == LAD_OK) status = lad_file_write(o->out, result, result_bytes, err);
    lad_free(result);
    return status;
}

static lad_status run(options *o, lad_error *err)
{
    lad_cli_normals normals = {.train = {0}};
    lad_calibration c = {0};
    lad_calibration_wish wish = o->asked.wish;
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    lad_status status = lad_cli_model_open(&o->model, err);
    if (status == LAD_OK) status = lad_file_read(o->model.path, LAD_CLI_MAX_MODEL_BYTES, &bytes, &size_bytes, err);
    if (status == LAD_OK) status = lad_cli_normals_load(o->data, &normals, err);
    if (status == LAD_OK) {
        wish = complete_wish(o);
        fprintf(stderr, "calibrating on %zu pictures", normals.validation.count);
        if (wish.distance == LAD_MAP_DISTANCE_NOVELTY) fprintf(stderr, ", the metric of the maps on training pictures");
        if (wish.global_weight > 0.0) fprintf(stderr, ", the global head on %zu", normals.train.count);
        fprintf(stderr, "\n");
        status = lad_calibrate(bytes, size_bytes, o->model.path, lad_context_kernels(o->model.context),
                               lad_context_pool(o->model.context), normals.train, normals.validation, wish, &c, err);
    }
    if (status == LAD_OK) status = write_model(o, bytes, size_bytes, wish, &normals, &c, err);
    if (status == LAD_OK) printf("%s: threshold %.4f, of the maps alone %.4f\n", o->out, c.threshold, c.map_threshold);
    lad_free(bytes);
    lad_calibration_deinit(&c);
    lad_cli_normals_deinit(&normals);
    lad_cli_model_close(&o->model);
    return status;
}

int lad_cmd_calibrate(int argc, char **argv)
{
    static const struct argp_option option_list[] = {
        LAD_CLI_MODEL_OPTIONS,
        {"data", 'd', "DIR/C", 0,
         "the category it was trained on: validation pictures, training pictures for metric and head", 0},
        {"out", 'o', "FILE", 0, "the model to write; may be the same file", 0},
        {NULL, 0, NULL, 0, NULL, 0}};
    static const struct argp_child children[] = {
        {&lad_cli_wish_argp, 0,
         "As of lad train; border, map distance, norm, smoothing and combination default to the model's:", 1},
        {NULL, 0, NULL, 0}};
    static const struct argp parser = {
        option_list, parse_option, NULL, "Calibrates a trained detector anew: metric, quantiles, head, thresholds.",
        children,    NULL,         NULL};
    options o = {.asked.wish = lad_train_options_default().calibration};
    lad_error err = {{0}};
    lad_run_command_line("calibrate", argv, o.command_line, sizeof o.command_line);
    if (argp_parse(&parser, argc, argv, 0, NULL, &o) != 0) return LAD_EXIT_USAGE;
    lad_status status = run(&o, &err);
    return status == LAD_OK ? LAD_EXIT_OK : lad_cli_fail(command_name, status, &err);
}
