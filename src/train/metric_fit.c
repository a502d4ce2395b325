#include "train/metric_fit.h"

#include "base/alloc.h"
#include "train/novelty_axes.h"

#include <string.h>

enum {
    CELLS = LAD_MAP_SIZE * LAD_MAP_SIZE,
    PICTURES = 250,
    STRIDE = 3 /* of the normal positions looked at: neighbours say nearly the same */
};
static const double RIDGE = 1e-3; /* of the mean variance, added to each */

/* Sums over positions of one kind of difference. */
typedef struct moments {
    size_t channels;
    double count, *sum, *products; /* [channels]; [channels, channels], the lower triangle */
    float *picture;                /* products within one picture */
} moments;

static void moments_deinit(moments *m)
{
    lad_free(m->sum);
    lad_free(m->products);
    lad_free(m->picture);
}

static lad_status moments_init(moments *m, size_t channels)
{
    *m = (moments){.channels = channels};
    m->sum = lad_alloc_zero(channels, sizeof *m->sum);
    m->products = lad_alloc_zero(channels * channels, sizeof *m->products);
    m->picture = lad_alloc(channels * channels, sizeof *m->picture);
    return m->sum && m->products && m->picture ? LAD_OK : LAD_ERR_NOMEM;
}

/* a - b at every `stride`th of the positions that `where` marks (NULL: all). */
static void moments_add(moments *m, const float *a, size_t stride_a, const float *b, size_t stride_b,
                        const float *where, size_t stride, float *difference)
{
    size_t c = m->channels;
    memset(m->picture, 0, c * c * sizeof *m->picture);
    for (size_t i = 0; i < CELLS; i += stride) {
        if (where && where[i] == 0.0f) continue;
        for (size_t k = 0; k < c; k++) {
            difference[k] = a[i * stride_a + k] - b[i * stride_b + k];
            m->sum[k] += (double)difference[k];
        }
        for (size_t k = 0; k < c; k++) {
            float v = difference[k], *row = m->picture + k * c;
            for (size_t j = 0; j <= k; j++) row[j] += v * difference[j];
        }
        m->count += 1.0;
    }
    for (size_t k = 0; k < c * c; k++) m->products[k] += (double)m->picture[k];
}

/* Mean of (d - mean) (d - mean)^T of what m saw, into out: [channels, channels]. */
static void spread_about(const moments *m, const double *mean, double *out)
{
    size_t c = m->channels;
    for (size_t k = 0; k < c; k++) {
        for (size_t j = 0; j <= k; j++) {
            double v = m->products[k * c + j] / m->count + mean[k] * mean[j];
            v -= (mean[k] * m->sum[j] + mean[j] * m->sum[k]) / m->count;
            out[k * c + j] = out[j * c + k] = v;
        }
    }
}

static lad_status fit_part(const moments *normal, const moments *novel, float *rows, float *biases)
{
    size_t c = normal->channels;
    double *s = lad_alloc(c * c, sizeof *s), *d = lad_alloc(c * c, sizeof *d), *mean = lad_alloc(c, sizeof *mean);
    double *axes = lad_alloc(LAD_METRIC_ROWS * c, sizeof *axes);
    lad_status status = s && d && mean && axes ? LAD_OK : LAD_ERR_NOMEM;
    if (status != LAD_OK) goto done;
    for (size_t k = 0; k < c; k++) mean[k] = normal->sum[k] / normal->count;
    spread_about(normal, mean, s);
    spread_about(novel, mean, d);
    double trace = 0.0;
    for (size_t k = 0; k < c; k++) trace += s[k * c + k];
    for (size_t k = 0; k < c * c; k++) d[k] -= s[k];
    for (size_t k = 0; k < c; k++) s[k * c + k] += RIDGE * trace / (double)c;
    status = lad_novelty_axes(c, s, d, 1.0, LAD_METRIC_ROWS, axes);
    if (status != LAD_OK) goto done;
    for (size_t r = 0; r < LAD_METRIC_ROWS; r++) {
        double bias = 0.0;
        for (size_t k = 0; k < c; k++) {
            rows[r * c + k] = (float)axes[r * c + k];
            bias -= axes[r * c + k] * mean[k];
        }
        biases[r] = (float)bias;
    }

done:
    lad_free(s);
    lad_free(d);
    lad_free(mean);
    lad_free(axes);
    return status;
}

/* The differences of the detector's last picture. */
static lad_status look(lad_detector *detector, const float *x, float *maps, const float *where, size_t stride,
                       moments m[LAD_METRIC_PARTS], float *difference)
{
    static const lad_detector_output from[LAD_METRIC_PARTS] = {LAD_OUTPUT_TEACHER, LAD_OUTPUT_AUTOENCODER};
    static const lad_detector_output to[LAD_METRIC_PARTS] = {LAD_OUTPUT_STUDENT_S1, LAD_OUTPUT_STUDENT_S2};
    lad_detector_raw_maps(detector, x, maps, maps + CELLS);
    for (size_t part = 0; part < LAD_METRIC_PARTS; part++) {
        size_t stride_a = 0, stride_b = 0;
        const float *a = lad_detector_features(detector, from[part], &stride_a);
        const float *b = lad_detector_features(detector, to[part], &stride_b);
        if (!a || !b) return LAD_ERR_NOMEM;
        moments_add(&m[part], a, stride_a, b, stride_b, where, stride, difference);
    }
    return LAD_OK;
}

lad_status lad_metric_fit(lad_detector *detector, lad_novelties *novelties, lad_metric *metric, lad_error *err)
{
    size_t channels = lad_detector_get_info(detector)->channels;
    size_t count = novelties->count < PICTURES ? novelties->count : PICTURES;
    lad_metric fitted = {.channels = 0};
    moments normal[LAD_METRIC_PARTS] = {{0}}, novel[LAD_METRIC_PARTS] = {{0}};
    float *maps = lad_alloc(2 * CELLS, sizeof *maps), *difference = lad_alloc(channels, sizeof *difference);
    lad_status status = maps && difference ? LAD_OK : LAD_ERR_NOMEM;
    for (size_t part = 0; part < LAD_METRIC_PARTS && status == LAD_OK; part++) {
        status = moments_init(&normal[part], channels);
        if (status == LAD_OK) status = moments_init(&novel[part], channels);
    }
    lad_novelties_rewind(novelties);
    for (size_t i = 0; i < count && status == LAD_OK; i++) {
        status = look(detector, lad_novelties_normal(novelties, i), maps, NULL, STRIDE, normal, difference);
        const float *x = lad_novelties_novel(novelties, i);
        if (status == LAD_OK) status = look(detector, x, maps, novelties->pasted, 1, novel, difference);
    }
    if (status == LAD_OK && !(novel[0].count > 0.0)) status = LAD_ERR_ARG;
    if (status == LAD_OK) status = lad_metric_init(&fitted, channels, err);
    for (size_t part = 0; part < LAD_METRIC_PARTS && status == LAD_OK; part++)
        status = fit_part(&normal[part], &novel[part], fitted.rows[part], fitted.biases[part]);
    if (status == LAD_OK) {
        *metric = fitted;
    } else {
        lad_metric_deinit(&fitted);
        lad_fail(err, status, "%s",
                 status == LAD_ERR_ARG ? "A metric needs pictures that differ: these are all alike."
                                       : "Memory for the metric of the maps ran out.");
    }
    for (size_t part = 0; part < LAD_METRIC_PARTS; part++) {
        moments_deinit(&normal[part]);
        moments_deinit(&novel[part]);
    }
    lad_free(maps);
    lad_free(difference);
    return status;
}
