#include "train/calibrate.h"

#include "base/alloc.h"
#include "eval/metrics.h"
#include "image/image.h"
#include "nn/quantile.h"
#include "score/maps.h"
#include "train/global_fit.h"
#include "train/metric_fit.h"
#include "train/novelties.h"
#include "train/position_fit.h"

#include <math.h>
#include <string.h>

enum {
    PIXELS = LAD_INPUT_SIZE * LAD_INPUT_SIZE,
    CELLS = LAD_MAP_SIZE * LAD_MAP_SIZE,
    COMPOSITES = 2 /* of each picture, for the head */
};

/* Equal quantiles (a map that is constant nearly everywhere) must not divide by zero. */
static void separate(float *low, float *high)
{
    if (!(*high > *low)) *high = *low + 1e-6f + fabsf(*low) * 1e-3f;
}

static lad_status fit_head(lad_detector *detector, lad_novelties *pictures, lad_global_head *head, lad_error *err)
{
    size_t count = LAD_GLOBAL_MOMENTS * lad_detector_get_info(detector)->channels, n = pictures->count;
    double *rows = lad_alloc((1 + COMPOSITES) * n * count, sizeof *rows);
    if (!rows) return lad_fail(err, LAD_ERR_NOMEM, "Memory ran out for the features of %zu pictures.", n);
    lad_novelties_rewind(pictures);
    lad_status status = LAD_OK;
    for (size_t i = 0; i < n && status == LAD_OK; i++) {
        status = lad_detector_pool(detector, lad_novelties_normal(pictures, i), rows + i * count);
        for (size_t k = 1; k <= COMPOSITES && status == LAD_OK; k++)
            status = lad_detector_pool(detector, lad_novelties_novel(pictures, i), rows + (k * n + i) * count);
    }
    if (status == LAD_OK)
        status = lad_global_fit(rows, rows + n * count, n, COMPOSITES, count, head, err);
    else
        lad_fail(err, status, "Memory for the teacher's features ran out.");
    lad_free(rows);
    return status;
}

/* Adds the head's part to the map scores. */
static void add_head(lad_global_head *head, double weight, const double *distances, double *scores, size_t n)
{
    lad_global_scale(head, weight, distances, scores, n);
    for (size_t i = 0; i < n; i++) scores[i] += head->scale * (distances[i] - head->offset);
}

static void take_quantiles(lad_pool *pool, size_t cells, const float *map_st, const float *map_stae,
                           lad_map_quantiles *q)
{
    q->qa_st = (float)lad_quantile(pool, cells, map_st, 0.9);
    q->qb_st = (float)lad_quantile(pool, cells, map_st, 0.995);
    q->qa_ae = (float)lad_quantile(pool, cells, map_stae, 0.9);
    q->qb_ae = (float)lad_quantile(pool, cells, map_stae, 0.995);
    separate(&q->qa_st, &q->qb_st);
    separate(&q->qa_ae, &q->qb_ae);
}

/* Leaves the maps standardised: what is taken from them after this is of standardised maps. */
static lad_status fit_positions(lad_pool *pool, size_t n, float *map_st, float *map_stae, float **positions,
                                lad_error *err)
{
    if (n < 3)
        return lad_fail(err, LAD_ERR_ARG, "Position normalisation needs at least 3 validation pictures, not %zu.", n);
    float *p = lad_alloc((size_t)LAD_POSITION_PARTS * CELLS, sizeof *p);
    if (!p) return lad_fail(err, LAD_ERR_NOMEM, "Memory ran out for the statistics of %zu pictures.", n);
    lad_position_fit(pool, n, CELLS, map_st, p + LAD_POSITION_MEAN_ST * CELLS, p + LAD_POSITION_STD_ST * CELLS);
    lad_position_fit(pool, n, CELLS, map_stae, p + LAD_POSITION_MEAN_AE * CELLS, p + LAD_POSITION_STD_AE * CELLS);
    *positions = p;
    return LAD_OK;
}

void lad_calibration_deinit(lad_calibration *calibration)
{
    lad_map_rule_deinit(&calibration->map_rule);
    lad_metric_deinit(&calibration->metric);
    lad_global_head_deinit(&calibration->global);
}

/* The metric and the head, as far as they are wanted. */
static lad_status fit(lad_detector *detector, lad_train_images training, lad_calibration_wish wish, lad_calibration *c,
                      lad_error *err)
{
    bool metric = wish.distance == LAD_MAP_DISTANCE_NOVELTY, head = wish.global_weight > 0.0;
    if (!metric && !head) return LAD_OK;
    lad_novelties novelties;
    LAD_TRY(lad_novelties_init(&novelties, training.rgb, training.count, err));
    lad_status status = LAD_OK;
    if (head) status = fit_head(detector, &novelties, &c->global, err);
    if (metric && status == LAD_OK) status = lad_metric_fit(detector, &novelties, &c->metric, err);
    lad_novelties_deinit(&novelties);
    return status;
}

/* The detector of `bytes` with metric and head, whose global score is the bare distance. */
static lad_status fitted_detector(const void *bytes, size_t size_bytes, const char *name, const lad_kernels *kernels,
                                  lad_pool *pool, const lad_calibration *c, lad_detector **out, lad_error *err)
{
    lad_global_head head = c->global;
    head.offset = 0.0, head.scale = 1.0;
    const lad_detector_calibration fitted = {.map_rule.quantiles = {0.0f, 1.0f, 0.0f, 1.0f},
                                             .metric = c->metric.channels ? &c->metric : NULL,
                                             .global = head.count ? &head : NULL};
    uint8_t *file = NULL;
    size_t file_bytes = 0;
    LAD_TRY(lad_detector_recalibrate(bytes, size_bytes, name, &fitted, NULL, 0, &file, &file_bytes, err));
    lad_status status = lad_detector_create(file, file_bytes, name, kernels, pool, out, err);
    lad_free(file);
    return status;
}

lad_status lad_calibrate(const void *bytes, size_t size_bytes, const char *name, const lad_kernels *kernels,
                         lad_pool *pool, lad_train_images training, lad_train_images validation,
                         lad_calibration_wish wish, lad_calibration *out, lad_error *err)
{
    size_t n = validation.count, cells = n * CELLS;
    if (n == 0) return lad_fail(err, LAD_ERR_ARG, "Calibration needs validation pictures.");
    lad_calibration c = {0};
    lad_detector *detector = NULL;
    lad_status status = LAD_OK;
    float *x = lad_alloc((size_t)PIXELS * 3, sizeof *x), *map_st = lad_alloc(cells, sizeof *map_st);
    float *map_stae = lad_alloc(cells, sizeof *map_stae), *combined = lad_alloc(2 * CELLS, sizeof *combined);
    double *scores = lad_alloc(n, sizeof *scores), *distances = lad_alloc(n, sizeof *distances);
    if (!x || !map_st || !map_stae || !combined || !scores || !distances) {
        status = lad_fail(err, LAD_ERR_NOMEM, "Memory ran out for the maps of %zu pictures.", n);
        goto fail;
    }
    status = lad_detector_create(bytes, size_bytes, name, kernels, pool, &detector, err);
    if (status == LAD_OK) status = fit(detector, training, wish, &c, err);
    lad_detector_destroy(&detector);
    if (status == LAD_OK) status = fitted_detector(bytes, size_bytes, name, kernels, pool, &c, &detector, err);
    if (status != LAD_OK) goto fail;
    for (size_t i = 0; i < n; i++) {
        lad_image_normalize(validation.rgb + i * PIXELS * 3, PIXELS, x);
        lad_detector_raw_maps(detector, x, map_st + i * CELLS, map_stae + i * CELLS);
        lad_maps_smooth(wish.map_smoothing, map_st + i * CELLS);
        lad_maps_smooth(wish.map_smoothing, map_stae + i * CELLS);
        distances[i] = lad_detector_global_score(detector);
    }
    if (wish.map_norm == LAD_MAP_NORM_POSITION)
        status = fit_positions(pool, n, map_st, map_stae, &c.map_rule.positions, err);
    if (status != LAD_OK) goto fail;
    c.map_rule.combine = wish.combine;
    c.map_rule.smoothing = wish.map_smoothing;
    take_quantiles(pool, cells, map_st, map_stae, &c.map_rule.quantiles);
    const lad_map_rule standardised = {.quantiles = c.map_rule.quantiles, .combine = wish.combine};
    for (size_t i = 0; i < n; i++) {
        lad_maps_normalize(&standardised, CELLS, map_st + i * CELLS, map_stae + i * CELLS, combined);
        scores[i] = (double)lad_maps_score(combined, LAD_MAP_SIZE, wish.score_border);
    }
    status = lad_threshold_conformal(scores, n, wish.false_alarm_rate, &c.map_threshold, &c.bound);
    if (c.global.count) add_head(&c.global, wish.global_weight, distances, scores, n);
    if (status == LAD_OK) status = lad_threshold_conformal(scores, n, wish.false_alarm_rate, &c.threshold, &c.bound);
    if (status == LAD_OK) {
        *out = c;
        c = (lad_calibration){0};
    } else {
        lad_fail(err, status, "The threshold could not be chosen: %s.", lad_status_name(status));
    }

fail:
    lad_calibration_deinit(&c);
    lad_detector_destroy(&detector);
    lad_free(x);
    lad_free(map_st);
    lad_free(map_stae);
    lad_free(combined);
    lad_free(scores);
    lad_free(distances);
    return status;
}
