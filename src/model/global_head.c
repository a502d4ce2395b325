#include "model/global_head.h"

#include "base/alloc.h"
#include "model/model_file.h"

#include <math.h>

enum {
    GROUP = 4, /* channels of an item: as many as a processor keeps the sums of in registers */
    LAGS = LAD_GLOBAL_SCALE_MOMENTS - 1
};

typedef struct pool_job {
    size_t positions, c;
    const float *y;
    double *pooled;
} pool_job;

/* All positions of a group of channels. */
static void pool_item(void *context, size_t item, size_t thread)
{
    (void)thread;
    const pool_job *job = context;
    size_t first = item * GROUP, count = job->c - first < GROUP ? job->c - first : GROUP, at[GROUP + LAGS - 1];
    for (size_t k = 0; k < GROUP + LAGS - 1; k++) at[k] = (first + k) % job->c;
    double sums[LAD_GLOBAL_SCALE_MOMENTS][GROUP] = {{0}}, v[GROUP + LAGS - 1];
    for (size_t p = 0; p < job->positions; p++) {
        for (size_t k = 0; k < GROUP + LAGS - 1; k++) v[k] = (double)job->y[p * job->c + at[k]];
        for (size_t k = 0; k < GROUP; k++) sums[0][k] += v[k];
        for (size_t lag = 0; lag < LAGS; lag++)
            for (size_t k = 0; k < GROUP; k++) sums[1 + lag][k] += v[k] * v[k + lag];
    }
    for (size_t k = 0; k < count; k++) {
        for (size_t m = 0; m < LAD_GLOBAL_SCALE_MOMENTS; m++)
            job->pooled[LAD_GLOBAL_SCALE_MOMENTS * (first + k) + m] = sums[m][k] / (double)job->positions;
    }
}

void lad_global_pool(lad_pool *pool, size_t positions, size_t c, const float *y, double *pooled)
{
    lad_pool_run(pool, (c + GROUP - 1) / GROUP, pool_item, &(pool_job){positions, c, y, pooled});
}

double lad_global_distance(const lad_global_head *head, const double *pooled)
{
    double sum = 0.0;
    for (size_t r = 0; r < LAD_GLOBAL_DIRECTIONS; r++) {
        const float *row = head->directions + r * head->count;
        double along = 0.0;
        for (size_t i = 0; i < head->count; i++) along += (double)row[i] * (pooled[i] - (double)head->mean[i]);
        sum += along * along;
    }
    return sqrt(sum);
}

lad_status lad_global_head_read(const lad_safetensors *st, const char *file, size_t c, lad_global_head *head,
                                lad_error *err)
{
    if (!lad_safetensors_find(st, LAD_GLOBAL_MEAN) && !lad_safetensors_find(st, LAD_GLOBAL_DIRECTIONS_NAME))
        return LAD_OK;
    const lad_st_tensor *mean = NULL, *directions = NULL;
    lad_global_head h = {.count = LAD_GLOBAL_MOMENTS * c};
    const size_t shape[2] = {LAD_GLOBAL_DIRECTIONS, h.count};
    LAD_TRY(lad_model_find(st, file, LAD_GLOBAL_MEAN, 1, shape + 1, &mean, err));
    LAD_TRY(lad_model_find(st, file, LAD_GLOBAL_DIRECTIONS_NAME, 2, shape, &directions, err));
    LAD_TRY(lad_model_read_number(st, file, "global_offset", NULL, &h.offset, err));
    LAD_TRY(lad_model_read_number(st, file, "global_scale", NULL, &h.scale, err));
    if (h.scale < 0.0) return lad_fail(err, LAD_ERR_FORMAT, "%s: the scale of the global head is below 0.", file);
    h.mean = lad_alloc(mean->count, sizeof *h.mean);
    h.directions = lad_alloc(directions->count, sizeof *h.directions);
    if (!h.mean || !h.directions) {
        lad_global_head_deinit(&h);
        return lad_fail(err, LAD_ERR_NOMEM, "%s: memory for the global head ran out.", file);
    }
    lad_st_tensor_floats(mean, h.mean);
    lad_st_tensor_floats(directions, h.directions);
    *head = h;
    return LAD_OK;
}

lad_status lad_global_head_write(lad_st_writer *writer, const lad_global_head *head)
{
    const size_t shape[2] = {LAD_GLOBAL_DIRECTIONS, head->count};
    LAD_TRY(lad_st_writer_tensor(writer, LAD_GLOBAL_MEAN, false, 1, shape + 1, head->mean));
    LAD_TRY(lad_st_writer_tensor(writer, LAD_GLOBAL_DIRECTIONS_NAME, false, 2, shape, head->directions));
    LAD_TRY(lad_model_write_number(writer, "global_offset", head->offset));
    return lad_model_write_number(writer, "global_scale", head->scale);
}

void lad_global_head_deinit(lad_global_head *head)
{
    lad_free(head->mean);
    lad_free(head->directions);
    *head = (lad_global_head){0};
}
