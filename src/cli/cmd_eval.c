/* lad eval: AUROC of a model over the test images of a category, the confusion at its threshold, report.json. */
#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "cli/cli.h"
#include "cli/kinds.h"
#include "cli/model.h"
#include "cli/naive.h"
#include "cli/spro.h"
#include "data/dataset.h"
#include "eval/report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char command_name[] = "lad eval";

typedef struct options {
    lad_cli_model model;
    const char *data, *report;
    uint64_t seed;
    bool kinds, naive, spro, quiet;
} options;

enum { KEY_SEED = 0x100, KEY_KINDS, KEY_NAIVE, KEY_SPRO };

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    options *o = state->input;
    switch (key) {
    case 'd': o->data = argument; return 0;
    case 'r': o->report = argument; return 0;
    case 'q': o->quiet = true; return 0;
    case KEY_SEED: o->seed = lad_cli_u64(state, "--seed", argument); return 0;
    case KEY_KINDS: o->kinds = true; return 0;
    case KEY_NAIVE: o->naive = true; return 0;
    case KEY_SPRO: o->spro = true; return 0;
    case ARGP_KEY_ARG: argp_error(state, "'%s' is not expected here.", argument); return 0;
    case ARGP_KEY_END:
        if (!o->model.path) argp_error(state, "--model is missing.");
        if (!o->data) argp_error(state, "--data is missing.");
        return 0;
    }
    return lad_cli_model_option(key, argument, state, &o->model);
}

/* Everything measured, in the order of the data set. */
typedef struct scores {
    double *values; /* [count] */
    uint8_t *labels;
    const char **ids;
} scores;

static void scores_deinit(scores *s)
{
    lad_free(s->values);
    lad_free(s->labels);
    lad_free(s->ids);
}

/* spro: NULL when it is not wanted. */
static lad_status score_all(options *o, const lad_dataset *set, scores *s, lad_cli_spro *spro, lad_error *err)
{
    s->values = lad_alloc(set->count, sizeof *s->values);
    s->labels = lad_alloc(set->count, sizeof *s->labels);
    s->ids = lad_alloc(set->count, sizeof *s->ids);
    if (!s->values || !s->labels || !s->ids) return lad_fail(err, LAD_ERR_NOMEM, "Memory for the scores ran out.");
    lad_progress progress;
    lad_progress_start(&progress, "evaluating", set->count, o->quiet);
    for (size_t i = 0; i < set->count; i++) {
        const lad_entry *entry = &set->entries[i];
        if (entry->label == LAD_LABEL_NONE)
            return lad_fail(err, LAD_ERR_FORMAT,
                            "%s has no folders test/good and so on, so its images have no labels; "
                            "`lad infer` scores unlabelled images.",
                            set->root);
        LAD_TRY(lad_cli_model_run(&o->model, entry->path, err));
        if (spro) LAD_TRY(lad_cli_spro_add(spro, entry, o->model.result, err));
        s->values[i] = (double)o->model.result->score;
        s->labels[i] = (uint8_t)entry->label;
        s->ids[i] = entry->id;
        lad_progress_update(&progress, i + 1);
    }
    lad_progress_finish(&progress);
    return LAD_OK;
}

static void print_figure(const char *name, double value, double low, double high)
{
    if (isnan(value))
        printf("  %-12s      -\n", name);
    else
        printf("  %-12s %6.2f %%   (%.2f to %.2f)\n", name, 100 * value, 100 * low, 100 * high);
}

static void print_summary(const options *o, const lad_eval_summary *s, double seconds)
{
    const lad_detector_info *info = lad_detector_get_info(o->model.detector);
    char model[128], data[128];
    lad_cli_base_name(o->model.path, model, sizeof model);
    lad_cli_base_name(o->data, data, sizeof data);
    size_t count = s->good + s->logical + s->structural;
    printf("%s on %s: %zu good, %zu logical, %zu structural images, %.1f ms each\n", model, data, s->good, s->logical,
           s->structural, 1000 * seconds / (double)count);
    printf("AUROC (95 %% interval)\n");
    print_figure("logical", s->auroc_logical, s->low[0], s->high[0]);
    print_figure("structural", s->auroc_structural, s->low[1], s->high[1]);
    print_figure("mean", s->auroc_mean, s->low[2], s->high[2]);
    print_figure("pooled", s->auroc_pooled, s->low[3], s->high[3]);
    printf("Flagged above the threshold %.4f (false-alarm rate wanted: %g %%)\n", info->threshold,
           100 * info->false_alarm_rate);
    printf("  good %zu of %zu, logical %zu of %zu, structural %zu of %zu\n", s->good_flagged, s->good,
           s->logical_flagged, s->logical, s->structural_flagged, s->structural);
}

static lad_status make_report(const options *o, const lad_dataset *set, const scores *s, const lad_naive *naive,
                              const lad_cli_kinds *kinds, double (*spro_figures)[2], double seconds, lad_error *err)
{
    char model_name[128], data_name[128], data_hash[17];
    lad_cli_base_name(o->model.path, model_name, sizeof model_name);
    lad_cli_base_name(o->data, data_name, sizeof data_name);
    LAD_TRY(lad_dataset_hash(set, data_hash, err));
    lad_report report;
    lad_report_begin(&report, o->model.detector);
    report.model_name = model_name;
    report.data_name = data_name;
    report.data_hash = data_hash;
    report.seed = o->seed;
    report.count = set->count;
    report.ids = s->ids;
    report.scores = s->values;
    report.labels = s->labels;
    report.kinds = kinds->names;
    report.spro = (const double(*)[2])spro_figures;
    report.baseline_count = o->naive ? LAD_NAIVE_COUNT : 0;
    report.baseline_names = lad_naive_names;
    report.baseline_scores = (const double *const *)naive->scores;
    lad_eval_summary summary;
    char *text;
    lad_status status = lad_report_print(&report, &summary, &text);
    if (status != LAD_OK)
        return lad_fail(err, status, "%s gave scores that cannot be evaluated: %s.", o->model.path,
                        lad_status_name(status));
    print_summary(o, &summary, seconds);
    if (o->report) status = lad_file_write(o->report, text, strlen(text), err);
    lad_free(text);
    if (status == LAD_OK && o->naive) status = lad_naive_print(naive, s->labels, set->count, o->seed, err);
    return status;
}

static lad_status run(options *o, lad_error *err)
{
    lad_dataset set = {0};
    scores s = {0};
    lad_naive naive = {0};
    lad_cli_spro spro = {0};
    lad_cli_kinds kinds = {0};
    double spro_figures[LAD_SPRO_LIMITS][2];
    lad_status status = lad_dataset_open(o->data, LAD_DATA_TEST, &set, err);
    if (status == LAD_OK && o->spro) status = lad_cli_spro_open(o->data, &spro, err);
    if (status == LAD_OK && o->kinds) status = lad_cli_kinds_read(o->data, &set, &kinds, err);
    if (status == LAD_OK) status = lad_cli_model_open(&o->model, err);
    double start = lad_clock_ms();
    if (status == LAD_OK) status = score_all(o, &set, &s, o->spro ? &spro : NULL, err);
    double seconds = (lad_clock_ms() - start) / 1000;
    if (status == LAD_OK && o->naive) status = lad_naive_run(o->data, &set, &naive, err);
    if (status == LAD_OK && o->spro) {
        status = lad_spro_figures(spro.spro, spro_figures);
        if (status != LAD_OK) lad_fail(err, status, "Memory for AU-sPRO ran out.");
    }
    if (status == LAD_OK)
        status = make_report(o, &set, &s, &naive, &kinds, o->spro ? spro_figures : NULL, seconds, err);
    if (status == LAD_OK && o->spro) lad_cli_spro_print(spro_figures);
    if (status == LAD_OK && o->kinds)
        status = lad_cli_kinds_print(&kinds, s.values, s.labels, set.count, o->naive ? &naive : NULL, err);
    lad_cli_kinds_deinit(&kinds);
    lad_cli_spro_close(&spro);
    lad_naive_deinit(&naive);
    scores_deinit(&s);
    lad_cli_model_close(&o->model);
    lad_dataset_deinit(&set);
    return status;
}

int lad_cmd_eval(int argc, char **argv)
{
    static const struct argp_option option_list[] = {
        LAD_CLI_MODEL_OPTIONS,
        {"data", 'd', "DIR", 0, "a category in the layout of MVTec LOCO AD (DIR/test/good and so on)", 0},
        {"report", 'r', "FILE", 0, "write all scores and figures as JSON", 0},
        {"spro", KEY_SPRO, NULL, 0, "AU-sPRO: how well the maps find the places, against DIR/ground_truth", 0},
        {"kinds", KEY_KINDS, NULL, 0, "AUROC by kind of anomaly, as told by DIR/ground_truth", 0},
        {"naive", KEY_NAIVE, NULL, 0, "three naive methods beside it, fitted to DIR/train/good", 0},
        {"seed", KEY_SEED, "N", 0, "of the bootstrap intervals (default 1)", 0},
        {"quiet", 'q', NULL, 0, "no progress", 0},
        {NULL, 0, NULL, 0, NULL, 0}};
    static const struct argp parser = {
        option_list, parse_option, NULL, "Measures a detector on the test images of one category.", NULL, NULL, NULL};
    options o = {.seed = 1};
    lad_error err = {{0}};
    if (argp_parse(&parser, argc, argv, 0, NULL, &o) != 0) return LAD_EXIT_USAGE;
    lad_status status = run(&o, &err);
    return status == LAD_OK ? LAD_EXIT_OK : lad_cli_fail(command_name, status, &err);
}
