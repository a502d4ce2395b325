#include "train/calibrate.h"

#include "base/alloc.h"
#include "eval/metrics.h"
#include "image/image.h"
#include "nn/quantile.h"
#include "score/maps.h"

enum { PIXELS = LAD_INPUT_SIZE * LAD_INPUT_SIZE, CELLS = LAD_MAP_SIZE * LAD_MAP_SIZE };

static void run_maps(lad_detector *detector, lad_train_images images, float *x, float *map_st, float *map_stae)
{
    for (size_t i = 0; i < images.count; i++) {
        lad_image_normalize(images.rgb + i * PIXELS * 3, PIXELS, x);
        lad_detector_raw_maps(detector, x, map_st + i * CELLS, map_stae + i * CELLS);
    }
}

/* Equal quantiles (a map that is constant nearly everywhere) must not divide by zero. */
static void separate(float *low, float *high)
{
    if (!(*high > *low)) *high = *low + 1e-6f + *low * 1e-3f;
}

lad_status lad_calibrate(lad_detector *detector, lad_train_images images, size_t score_border, double false_alarm_rate,
                         lad_pool *pool, lad_calibration *out, lad_error *err)
{
    if (images.count == 0) return lad_fail(err, LAD_ERR_ARG, "Calibration needs validation pictures.");
    lad_calibration c = {0};
    size_t cells = images.count * CELLS;
    lad_status status = LAD_OK;
    float *x = lad_alloc((size_t)PIXELS * 3, sizeof *x), *map_st = lad_alloc(cells, sizeof *map_st);
    float *map_stae = lad_alloc(cells, sizeof *map_stae), *combined = lad_alloc(CELLS, sizeof *combined);
    double *scores = lad_alloc(images.count, sizeof *scores);
    if (!x || !map_st || !map_stae || !combined || !scores) {
        status = lad_fail(err, LAD_ERR_NOMEM, "Memory ran out for the maps of %zu pictures.", images.count);
        goto fail;
    }
    run_maps(detector, images, x, map_st, map_stae);
    c.quantiles.qa_st = (float)lad_quantile(pool, cells, map_st, 0.9);
    c.quantiles.qb_st = (float)lad_quantile(pool, cells, map_st, 0.995);
    c.quantiles.qa_ae = (float)lad_quantile(pool, cells, map_stae, 0.9);
    c.quantiles.qb_ae = (float)lad_quantile(pool, cells, map_stae, 0.995);
    separate(&c.quantiles.qa_st, &c.quantiles.qb_st);
    separate(&c.quantiles.qa_ae, &c.quantiles.qb_ae);
    for (size_t i = 0; i < images.count; i++) {
        lad_maps_normalize(&c.quantiles, CELLS, map_st + i * CELLS, map_stae + i * CELLS, combined);
        scores[i] = (double)lad_maps_score(combined, LAD_MAP_SIZE, score_border);
    }
    status = lad_threshold_conformal(scores, images.count, false_alarm_rate, &c.threshold, &c.bound);
    if (status == LAD_OK)
        *out = c;
    else
        lad_fail(err, status, "The threshold could not be chosen: %s.", lad_status_name(status));
fail:
    lad_free(x);
    lad_free(map_st);
    lad_free(map_stae);
    lad_free(combined);
    lad_free(scores);
    return status;
}
