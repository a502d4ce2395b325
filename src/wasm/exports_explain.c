/* What the page's engine calls to explain: features as colours, thresholds from rates, sPRO of one picture.
 * See exports.c. */
#include "api/lad.h"
#include "eval/spro.h"
#include "score/pca.h"

#include <emscripten.h>

EMSCRIPTEN_KEEPALIVE int lad_wasm_features(lad_detector *detector, int pair, uint8_t *target_rgb, uint8_t *student_rgb,
                                           double *share);
EMSCRIPTEN_KEEPALIVE int lad_wasm_conformal(const double *good_scores, size_t count, double rate, double out[2]);
EMSCRIPTEN_KEEPALIVE int lad_wasm_spro_picture(const float *map, const uint8_t *channel, size_t pixels,
                                               double saturation, double limit, size_t capacity, double *rates,
                                               double *means, size_t *points, double *area);

/* Of the last picture.  pair 0: teacher and S1, else autoencoder and S2.  [map_size * map_size, 3] each. */
int lad_wasm_features(lad_detector *detector, int pair, uint8_t *target_rgb, uint8_t *student_rgb, double *share)
{
    const lad_detector_info *info = lad_detector_get_info(detector);
    size_t target_stride, student_stride;
    const float *target =
        lad_detector_features(detector, pair == 0 ? LAD_OUTPUT_TEACHER : LAD_OUTPUT_AUTOENCODER, &target_stride);
    const float *student =
        lad_detector_features(detector, pair == 0 ? LAD_OUTPUT_STUDENT_S1 : LAD_OUTPUT_STUDENT_S2, &student_stride);
    if (!target || !student) return LAD_ERR_ARG;
    return (int)lad_pca_colors(info->map_size * info->map_size, info->channels, target, target_stride, student,
                               student_stride, target_rgb, student_rgb, share);
}

/* out: threshold, bound on the false-alarm rate. */
int lad_wasm_conformal(const double *good_scores, size_t count, double rate, double out[2])
{
    return (int)lad_threshold_conformal(good_scores, count, rate, &out[0], &out[1]);
}

/* The curve of one picture with one channel, and AU-sPRO up to the limit. */
int lad_wasm_spro_picture(const float *map, const uint8_t *channel, size_t pixels, double saturation, double limit,
                          size_t capacity, double *rates, double *means, size_t *points, double *area)
{
    lad_spro *spro = NULL;
    lad_status status = lad_spro_create(&spro);
    if (status == LAD_OK) status = lad_spro_add(spro, LAD_EVAL_LOGICAL, map, pixels, &channel, &saturation, 1);
    if (status == LAD_OK) status = lad_spro_area(spro, LAD_EVAL_LOGICAL, limit, area);
    if (status == LAD_OK) status = lad_spro_curve(spro, LAD_EVAL_LOGICAL, capacity, rates, means, points);
    lad_spro_destroy(&spro);
    return (int)status;
}
