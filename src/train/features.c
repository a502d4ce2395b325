#include "train/features.h"

#include "base/alloc.h"
#include "image/image.h"

#include <math.h>
#include <string.h>

enum { PIXELS = LAD_INPUT_SIZE * LAD_INPUT_SIZE };

typedef struct normalize_job {
    const float *in;
    float *out;
    const float *mean, *std;
    size_t positions, channels;
} normalize_job;

enum { ROWS_PER_ITEM = 64 };

static void normalize_rows(void *context, size_t item, size_t thread)
{
    const normalize_job *job = context;
    (void)thread;
    size_t end = (item + 1) * ROWS_PER_ITEM < job->positions ? (item + 1) * ROWS_PER_ITEM : job->positions;
    for (size_t i = item * ROWS_PER_ITEM; i < end; i++) {
        const float *in = job->in + i * job->channels;
        float *out = job->out + i * job->channels;
        for (size_t c = 0; c < job->channels; c++) out[c] = (in[c] - job->mean[c]) / job->std[c];
    }
}

static void normalize(lad_target_network *t, const float *in, float *out)
{
    normalize_job job = {in, out, t->mean, t->std, t->positions, t->channels};
    lad_pool_run(t->pool, (t->positions + ROWS_PER_ITEM - 1) / ROWS_PER_ITEM, normalize_rows, &job);
}

/* Sums over the pictures in double: features are of the order of 1, so E[x^2] - E[x]^2 keeps 12 digits. */
static void measure(lad_target_network *t, const uint8_t *images, size_t count, float *x, double *sums)
{
    size_t c = t->channels, features = t->positions * c;
    memset(sums, 0, 2 * c * sizeof *sums);
    for (size_t i = 0; i < count; i++) {
        lad_image_normalize(images + i * PIXELS * 3, PIXELS, x);
        const float *y = lad_network_forward(t->network, 1, LAD_INPUT_SIZE, LAD_INPUT_SIZE, x, NULL);
        if (i < t->cached) memcpy(t->cache + i * features, y, features * sizeof(float));
        for (size_t p = 0; p < t->positions; p++) {
            for (size_t k = 0; k < c; k++) {
                double v = y[p * c + k];
                sums[k] += v;
                sums[c + k] += v * v;
            }
        }
    }
    double n = (double)count * (double)t->positions;
    for (size_t k = 0; k < c; k++) {
        double mean = sums[k] / n, variance = sums[c + k] / n - mean * mean;
        t->mean[k] = (float)mean;
        t->std[k] = variance > 1e-12 ? (float)sqrt(variance) : 1.0f; /* a dead channel stays at zero */
    }
    for (size_t i = 0; i < t->cached; i++) normalize(t, t->cache + i * features, t->cache + i * features);
}

lad_status lad_target_network_init(lad_target_network *target, const void *bytes, size_t size_bytes, const char *name,
                                   const uint8_t *images, size_t count, size_t cache_bytes, const lad_kernels *kernels,
                                   lad_pool *pool, float *x, lad_error *err)
{
    lad_target_network t = {.pool = pool};
    double *sums = NULL;
    lad_status status = lad_teacher_create(bytes, size_bytes, name, kernels, pool, 1, LAD_NETWORK_INFERENCE, &t.size,
                                           &t.network, t.sha256, err);
    if (status != LAD_OK) return status;
    t.positions = LAD_MAP_SIZE * LAD_MAP_SIZE;
    t.channels = lad_pdn_channels(t.size);
    size_t picture_bytes = t.positions * t.channels * sizeof(float);
    t.cached = cache_bytes / picture_bytes < count ? cache_bytes / picture_bytes : count;
    t.mean = lad_alloc(t.channels, sizeof(float));
    t.std = lad_alloc(t.channels, sizeof(float));
    t.cache = lad_alloc(t.cached, picture_bytes);
    sums = lad_alloc(2 * t.channels, sizeof *sums);
    if (t.mean && t.std && t.cache && sums)
        measure(&t, images, count, x, sums);
    else
        status = lad_fail(err, LAD_ERR_NOMEM, "Memory ran out for the features of %zu pictures.", t.cached);
    lad_free(sums);
    if (status == LAD_OK)
        *target = t;
    else
        lad_target_network_deinit(&t);
    return status;
}

void lad_target_network_deinit(lad_target_network *target)
{
    lad_network_destroy(&target->network);
    lad_free(target->mean);
    lad_free(target->std);
    lad_free(target->cache);
    *target = (lad_target_network){0};
}

void lad_target_network_run(lad_target_network *target, const float *x, float *out)
{
    normalize(target, lad_network_forward(target->network, 1, LAD_INPUT_SIZE, LAD_INPUT_SIZE, x, NULL), out);
}

const float *lad_target_network_get(lad_target_network *target, size_t index, const float *x, float *out)
{
    if (index < target->cached) return target->cache + index * target->positions * target->channels;
    lad_target_network_run(target, x, out);
    return out;
}
