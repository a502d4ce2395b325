#include "eval/report.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/version.h"
#include "eval/kinds.h"

#include <math.h>

const char *lad_eval_label_name(uint8_t label)
{
    switch (label) {
    case LAD_EVAL_GOOD: return "good";
    case LAD_EVAL_LOGICAL: return "logical";
    case LAD_EVAL_STRUCTURAL: return "structural";
    }
    return "unknown";
}

static void add_string(lad_json *object, const char *key, const char *value)
{
    if (value)
        lad_json_add_string(object, key, value);
    else
        lad_json_add_null(object, key);
}

static void add_figures(lad_json *parent, const lad_eval_summary *s)
{
    const struct {
        const char *key;
        double value;
    } figures[4] = {{"auroc_logical", s->auroc_logical},
                    {"auroc_structural", s->auroc_structural},
                    {"auroc_mean", s->auroc_mean},
                    {"auroc_pooled", s->auroc_pooled}};
    for (size_t i = 0; i < 4; i++) {
        lad_json *figure = lad_json_add_object(parent, figures[i].key);
        lad_json_add_number(figure, "value", figures[i].value);
        lad_json_add_number(figure, "low", s->low[i]);
        lad_json_add_number(figure, "high", s->high[i]);
    }
}

static void add_identity(lad_json *root, const lad_report *r, const lad_eval_summary *s)
{
    lad_json_add_string(root, "format", "lad-report/1");
    lad_json_add_string(root, "lad_version", LAD_VERSION);
    lad_json *model = lad_json_add_object(root, "model");
    add_string(model, "name", r->model_name);
    add_string(model, "sha256", r->model_sha256);
    add_string(model, "architecture", r->architecture);
    add_string(model, "category", r->category);
    add_string(model, "margin_form", r->margin_form);
    lad_json_add_number(model, "margin", r->margin);
    lad_json *data = lad_json_add_object(root, "data");
    add_string(data, "name", r->data_name);
    add_string(data, "hash", r->data_hash);
    lad_json_add_number(data, "good", (double)s->good);
    lad_json_add_number(data, "logical", (double)s->logical);
    lad_json_add_number(data, "structural", (double)s->structural);
}

static lad_status add_threshold(lad_json *root, const lad_report *r, const lad_eval_summary *s)
{
    uint8_t *anomalous = lad_alloc(r->count, 1);
    if (!anomalous) return LAD_ERR_NOMEM;
    for (size_t i = 0; i < r->count; i++) anomalous[i] = r->labels[i] != LAD_EVAL_GOOD;
    double f1_threshold = NAN, f1 = NAN;
    lad_status status = LAD_OK;
    if (s->logical + s->structural > 0) status = lad_threshold_f1(r->scores, anomalous, r->count, &f1_threshold, &f1);
    lad_free(anomalous);
    if (status != LAD_OK) return status;
    lad_json *threshold = lad_json_add_object(root, "threshold");
    lad_json_add_number(threshold, "value", r->threshold);
    lad_json_add_number(threshold, "false_alarm_rate", r->false_alarm_rate);
    lad_json_add_number(threshold, "good_flagged", (double)s->good_flagged);
    lad_json_add_number(threshold, "logical_flagged", (double)s->logical_flagged);
    lad_json_add_number(threshold, "structural_flagged", (double)s->structural_flagged);
    lad_json_add_number(threshold, "best_f1", f1);
    lad_json_add_number(threshold, "best_f1_value", f1_threshold);
    return LAD_OK;
}

static void add_spro(lad_json *root, const lad_report *r)
{
    lad_json *list = lad_json_add_array(root, "au_spro");
    for (size_t i = 0; r->spro && i < LAD_SPRO_LIMITS; i++) {
        lad_json *figure = lad_json_add_object(list, NULL);
        lad_json_add_number(figure, "limit", lad_spro_limits[i]);
        lad_json_add_number(figure, "logical", r->spro[i][0]);
        lad_json_add_number(figure, "structural", r->spro[i][1]);
        lad_json_add_number(figure, "mean", (r->spro[i][0] + r->spro[i][1]) / 2);
    }
}

static lad_status add_baselines(lad_json *root, const lad_report *r)
{
    lad_json *list = lad_json_add_array(root, "baselines");
    for (size_t b = 0; b < r->baseline_count; b++) {
        lad_eval_summary summary;
        LAD_TRY(lad_eval_summarize(r->baseline_scores[b], r->labels, r->count, INFINITY, r->seed, &summary));
        lad_json *baseline = lad_json_add_object(list, NULL);
        add_string(baseline, "name", r->baseline_names[b]);
        add_figures(baseline, &summary);
    }
    return LAD_OK;
}

static lad_status add_kind(lad_json *list, const lad_report *r, const lad_kind *kind)
{
    double value;
    LAD_TRY(lad_kind_auroc(kind, r->scores, r->kinds, r->labels, r->count, &value));
    lad_json *entry = lad_json_add_object(list, NULL);
    add_string(entry, "name", kind->name);
    lad_json_add_string(entry, "label", lad_eval_label_name(kind->label));
    lad_json_add_number(entry, "images", (double)kind->images);
    lad_json_add_number(entry, "auroc", value);
    lad_json *baselines = lad_json_add_array(entry, "baselines");
    for (size_t b = 0; b < r->baseline_count; b++) {
        LAD_TRY(lad_kind_auroc(kind, r->baseline_scores[b], r->kinds, r->labels, r->count, &value));
        lad_json_add_number(baselines, NULL, value);
    }
    return LAD_OK;
}

static lad_status add_kinds(lad_json *root, const lad_report *r)
{
    lad_json *list = lad_json_add_array(root, "kinds");
    lad_kind *kinds = NULL;
    size_t count = 0;
    if (!r->kinds) return LAD_OK;
    LAD_TRY(lad_kinds_list(r->kinds, r->labels, r->count, &kinds, &count));
    lad_status status = LAD_OK;
    for (size_t k = 0; k < count && status == LAD_OK; k++) status = add_kind(list, r, &kinds[k]);
    lad_free(kinds);
    return status;
}

static void add_images(lad_json *root, const lad_report *r)
{
    lad_json *images = lad_json_add_array(root, "images");
    for (size_t i = 0; i < r->count; i++) {
        lad_json *image = lad_json_add_object(images, NULL);
        add_string(image, "id", r->ids[i]);
        lad_json_add_string(image, "label", lad_eval_label_name(r->labels[i]));
        if (r->kinds) add_string(image, "kind", r->kinds[i]);
        lad_json_add_number(image, "score", r->scores[i]);
        lad_json_add_bool(image, "flagged", r->scores[i] > r->threshold);
    }
}

lad_status lad_report_print(const lad_report *report, lad_eval_summary *summary, char **text)
{
    if (report->count == 0) return LAD_ERR_ARG;
    lad_eval_summary figures;
    LAD_TRY(
        lad_eval_summarize(report->scores, report->labels, report->count, report->threshold, report->seed, &figures));
    lad_json *root = lad_json_new_object();
    if (!root) return LAD_ERR_NOMEM;
    add_identity(root, report, &figures);
    lad_json *metrics = lad_json_add_object(root, "metrics");
    add_figures(metrics, &figures);
    lad_json_add_number(metrics, "bootstrap_seed", (double)report->seed);
    add_spro(root, report);
    lad_status status = add_threshold(root, report, &figures);
    if (status == LAD_OK) status = add_baselines(root, report);
    if (status == LAD_OK) status = add_kinds(root, report);
    if (status == LAD_OK) add_images(root, report);
    if (status == LAD_OK) status = lad_json_print(root, true, text);
    lad_json_destroy(&root);
    if (status == LAD_OK && summary) *summary = figures;
    return status;
}
