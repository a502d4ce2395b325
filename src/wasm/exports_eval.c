/* What the page's engine calls for measuring: metrics, AU-sPRO, hashes, report.json.  See exports.c. */
#include "api/lad.h"
#include "base/alloc.h"
#include "eval/data_hash.h"
#include "eval/kinds.h"
#include "image/image.h"
#include "score/localize.h"

#include <emscripten.h>
#include <string.h>

/* AU-sPRO of one model over one data set. */
typedef struct lad_wasm_spro {
    lad_defects defects;
    lad_spro *sums;
    lad_error err;
} lad_wasm_spro;

EMSCRIPTEN_KEEPALIVE int lad_wasm_auroc(const double *scores, const uint8_t *positive, size_t count, double *out);
EMSCRIPTEN_KEEPALIVE int lad_wasm_roc(const double *scores, const uint8_t *positive, size_t count, double *fpr,
                                      double *tpr, double *thresholds, size_t *points);
EMSCRIPTEN_KEEPALIVE int lad_wasm_summary(const double *scores, const uint8_t *labels, size_t count, double threshold,
                                          double seed, double out[18]);
EMSCRIPTEN_KEEPALIVE int lad_wasm_compare(const double *first, const double *second, const uint8_t *labels,
                                          size_t count, double seed, lad_eval_difference *out);
EMSCRIPTEN_KEEPALIVE int lad_wasm_kinds(const char *const *names, const double *scores, const uint8_t *labels,
                                        size_t count, size_t capacity, double *out, size_t *kind_count);
EMSCRIPTEN_KEEPALIVE int lad_wasm_report(const lad_detector *detector, const char *model_name, const char *data_name,
                                         const char *data_hash, size_t count, const char *const *ids,
                                         const double *scores, const uint8_t *labels, double seed,
                                         const double (*spro)[2], char **text);
EMSCRIPTEN_KEEPALIVE int lad_wasm_data_hash_create(lad_data_hash **out);
EMSCRIPTEN_KEEPALIVE void lad_wasm_data_hash_add(lad_data_hash *hash, const char *id, const void *bytes,
                                                 size_t size_bytes);
EMSCRIPTEN_KEEPALIVE void lad_wasm_data_hash_final(lad_data_hash *hash, char hex[17]);
EMSCRIPTEN_KEEPALIVE int lad_wasm_spro_create(const void *config, size_t size_bytes, const char *name,
                                              lad_wasm_spro **out);
EMSCRIPTEN_KEEPALIVE void lad_wasm_spro_destroy(lad_wasm_spro **spro);
EMSCRIPTEN_KEEPALIVE const char *lad_wasm_spro_error(const lad_wasm_spro *spro);
EMSCRIPTEN_KEEPALIVE int lad_wasm_spro_add(lad_wasm_spro *spro, const char *image_name, int label,
                                           const lad_result *result, const lad_mask_file *masks, size_t mask_count);
EMSCRIPTEN_KEEPALIVE const char *lad_wasm_spro_kind(const lad_wasm_spro *spro, const lad_mask_file *mask);
EMSCRIPTEN_KEEPALIVE int lad_wasm_spro_figures(const lad_wasm_spro *spro, double out[2 * LAD_SPRO_LIMITS]);

int lad_wasm_auroc(const double *scores, const uint8_t *positive, size_t count, double *out)
{
    return (int)lad_auroc(scores, positive, count, out);
}

int lad_wasm_roc(const double *scores, const uint8_t *positive, size_t count, double *fpr, double *tpr,
                 double *thresholds, size_t *points)
{
    return (int)lad_roc(scores, positive, count, fpr, tpr, thresholds, points);
}

/* out: AUROC logical, structural, mean, pooled; low[4]; high[4]; counts good, logical, structural; flagged
 * good, logical, structural. */
int lad_wasm_summary(const double *scores, const uint8_t *labels, size_t count, double threshold, double seed,
                     double out[18])
{
    lad_eval_summary s;
    lad_status status = lad_eval_summarize(scores, labels, count, threshold, (uint64_t)seed, &s);
    if (status != LAD_OK) return (int)status;
    const double numbers[18] = {s.auroc_logical,
                                s.auroc_structural,
                                s.auroc_mean,
                                s.auroc_pooled,
                                s.low[0],
                                s.low[1],
                                s.low[2],
                                s.low[3],
                                s.high[0],
                                s.high[1],
                                s.high[2],
                                s.high[3],
                                (double)s.good,
                                (double)s.logical,
                                (double)s.structural,
                                (double)s.good_flagged,
                                (double)s.logical_flagged,
                                (double)s.structural_flagged};
    memcpy(out, numbers, sizeof numbers);
    return LAD_OK;
}

/* out: four differences, low[4], high[4]. */
int lad_wasm_compare(const double *first, const double *second, const uint8_t *labels, size_t count, double seed,
                     lad_eval_difference *out)
{
    return (int)lad_eval_compare(first, second, labels, count, (uint64_t)seed, out);
}

/* names: of each image's kind, NULL where it has none.  out: for each kind, as lad_kinds_list orders them, the first
 * image of that kind, how many there are, their AUROC; at most `capacity` kinds. */
int lad_wasm_kinds(const char *const *names, const double *scores, const uint8_t *labels, size_t count, size_t capacity,
                   double *out, size_t *kind_count)
{
    lad_kind *kinds = NULL;
    lad_status status = lad_kinds_list(names, labels, count, &kinds, kind_count);
    if (status == LAD_OK && *kind_count > capacity) status = LAD_ERR_ARG;
    for (size_t k = 0; status == LAD_OK && k < *kind_count; k++) {
        size_t first = 0;
        while (labels[first] != kinds[k].label || names[first] != kinds[k].name) first++; /* the name is a caller's */
        out[3 * k] = (double)first;
        out[3 * k + 1] = (double)kinds[k].images;
        status = lad_kind_auroc(&kinds[k], scores, names, labels, count, &out[3 * k + 2]);
    }
    lad_free(kinds);
    return (int)status;
}

/* The text of report.json for scores of this detector; spro: [LAD_SPRO_LIMITS] or NULL; *text is the caller's
 * (lad_wasm_free). */
int lad_wasm_report(const lad_detector *detector, const char *model_name, const char *data_name, const char *data_hash,
                    size_t count, const char *const *ids, const double *scores, const uint8_t *labels, double seed,
                    const double (*spro)[2], char **text)
{
    lad_report report;
    lad_report_begin(&report, detector);
    report.model_name = model_name;
    report.data_name = data_name;
    report.data_hash = data_hash;
    report.seed = (uint64_t)seed;
    report.count = count;
    report.ids = ids;
    report.scores = scores;
    report.labels = labels;
    report.spro = spro;
    return (int)lad_report_print(&report, NULL, text);
}

/* *out is the caller's (lad_wasm_free). */
int lad_wasm_data_hash_create(lad_data_hash **out)
{
    lad_data_hash *hash = lad_alloc(1, sizeof *hash);
    if (!hash) return (int)LAD_ERR_NOMEM;
    lad_data_hash_init(hash);
    *out = hash;
    return LAD_OK;
}

void lad_wasm_data_hash_add(lad_data_hash *hash, const char *id, const void *bytes, size_t size_bytes)
{
    lad_data_hash_add(hash, id, bytes, size_bytes);
}

void lad_wasm_data_hash_final(lad_data_hash *hash, char hex[17])
{
    lad_data_hash_final(hash, hex);
}

/* config: defects_config.json.  When it is refused *out is made all the same, for lad_wasm_spro_error(). */
int lad_wasm_spro_create(const void *config, size_t size_bytes, const char *name, lad_wasm_spro **out)
{
    lad_wasm_spro *spro = lad_alloc_zero(1, sizeof *spro);
    if (!spro) return (int)LAD_ERR_NOMEM;
    *out = spro;
    lad_status status = lad_defects_parse(config, size_bytes, name, &spro->defects, &spro->err);
    return (int)(status == LAD_OK ? lad_spro_create(&spro->sums) : status);
}

void lad_wasm_spro_destroy(lad_wasm_spro **spro)
{
    if (*spro) lad_spro_destroy(&(*spro)->sums);
    lad_free(*spro);
    *spro = NULL;
}

const char *lad_wasm_spro_error(const lad_wasm_spro *spro)
{
    return spro->err.text;
}

int lad_wasm_spro_add(lad_wasm_spro *spro, const char *image_name, int label, const lad_result *result,
                      const lad_mask_file *masks, size_t mask_count)
{
    return (int)lad_localize_add(spro->sums, &spro->defects, image_name, (uint8_t)label, result->map_combined,
                                 result->map_size, result->width, result->height, masks, mask_count, &spro->err);
}

/* The kind of anomaly that a ground-truth file marks, NULL when defects_config.json does not list it; the spro's. */
const char *lad_wasm_spro_kind(const lad_wasm_spro *spro, const lad_mask_file *mask)
{
    uint8_t *values, value = 0;
    size_t width, height;
    lad_error err;
    if (lad_mask_decode(mask->bytes, mask->size_bytes, mask->name, &values, &width, &height, &err) != LAD_OK)
        return NULL;
    for (size_t i = 0; i < width * height && value == 0; i++) value = values[i];
    lad_free(values);
    return value > 0 && spro->defects.kinds[value].known ? spro->defects.kinds[value].name : NULL;
}

/* out: {logical, structural} up to each of MVTec's five limits. */
int lad_wasm_spro_figures(const lad_wasm_spro *spro, double out[2 * LAD_SPRO_LIMITS])
{
    return (int)lad_spro_figures(spro->sums, (double(*)[2])out);
}
