/* report.json: what was measured, on what, with what.  The command line and the page write it with this code.
 *
 * Nothing that differs between runs (times, dates, paths) is in it: the same scores give the same bytes.
 * src/doc/FORMATS.md describes the members.  Thread rule: no shared state. */
#ifndef LAD_EVAL_REPORT_H
#define LAD_EVAL_REPORT_H

#include "eval/metrics.h"
#include "eval/spro.h"

/* Strings may be NULL (written as null). */
typedef struct lad_report {
    const char *model_name, *model_sha256, *architecture, *margin_form;
    double margin;
    const char *category; /* the model was trained for */
    const char *data_name, *data_hash;
    double threshold, false_alarm_rate;
    uint64_t seed; /* of the bootstrap */
    size_t count;
    const char *const *ids;   /* [count] "logical_anomalies/003" */
    const double *scores;     /* [count] */
    const uint8_t *labels;    /* [count] LAD_EVAL_* */
    const char *const *kinds; /* [count] kind of anomaly, NULL where good or not known; NULL: not asked for */
    const double (*spro)[2];  /* [LAD_SPRO_LIMITS] as lad_spro_figures gives them; NULL: not measured */
    /* Scores of simple methods on the same images, for comparison. */
    size_t baseline_count;
    const char *const *baseline_names;    /* [baseline_count] */
    const double *const *baseline_scores; /* [baseline_count] of [count] */
} lad_report;

/* Computes all metrics and writes the text; *text is the caller's (lad_free).  summary (NULL allowed) gets the
 * figures that the text holds.  Errors: LAD_ERR_ARG (NaN score, unknown label, no image), LAD_ERR_NOMEM. */
LAD_MUST_CHECK lad_status lad_report_print(const lad_report *report, lad_eval_summary *summary, char **text);

/* "good", "logical", "structural". */
const char *lad_eval_label_name(uint8_t label);

#endif
