#include "model/global_head.h"

#include "base/alloc.h"
#include "model/model_file.h"

#include <math.h>

enum { GROUP = 4 }; /* channels of an item: as many as a processor keeps the sums of in registers */

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
    size_t first = item * GROUP, count = job->c - first < GROUP ? job->c - first : GROUP, at[GROUP + 2];
    for (size_t k = 0; k < GROUP + 2; k++) at[k] = (first + k) % job->c;
    double sums[LAD_GLOBAL_MOMENTS][GROUP] = {{0}}, v[GROUP + 2];
    for (size_t p = 0; p < job->positions; p++) {
        for (size_t k = 0; k < GROUP + 2; k++) v[k] = (double)job->y[p * job->c + at[k]];
        for (size_t k = 0; k < GROUP; k++) {
            sums[0][k] += v[k];
            sums[1][k] += v[k] * v[k];
            sums[2][k] += v[k] * v[k + 1];
            sums[3][k] += v[k] * v[k + 2];
        }
    }
    for (size_t k = 0; k < count; k++) {
        for (size_t m = 0; m < LAD_GLOBAL_MOMENTS; m++)
            job->pooled[LAD_GLOBAL_MOMENTS * (first + k) + m] = sums[m][k] / (double)job->positions;
    }
}

void lad_global_pool(lad_pool *pool, size_t positions, size_t c, const float *y, double *pooled)
{
    lad_pool_run(pool, (c + GROUP - 1) / GROUP, pool_item, &(pool_job){positions, c, y, pooled});
}

double lad_global_distance(const lad_global_head *head, const double *pooled)
{
    double sum = 0.0;
    const float *row = head->precision;
    for (size_t i = 0; i < head->count; row += ++i) { /* row i holds columns 0..i: those off the diagonal count twice */
        double along = 0.0, d = pooled[i] - (double)head->mean[i];
        for (size_t j = 0; j < i; j++) along += (double)row[j] * (pooled[j] - (double)head->mean[j]);
        sum += d * (2.0 * along + (double)row[i] * d);
    }
    return sqrt(fmax(sum, 0.0)); /* rounding may leave a tiny negative sum */
}

size_t lad_global_precision_count(size_t count)
{
    return count * (count + 1) / 2;
}

lad_status lad_global_head_read(const lad_safetensors *st, const char *file, size_t c, lad_global_head *head,
                                lad_error *err)
{
    if (!lad_safetensors_find(st, LAD_GLOBAL_MEAN) && !lad_safetensors_find(st, LAD_GLOBAL_PRECISION)) return LAD_OK;
    const lad_st_tensor *mean = NULL, *precision = NULL;
    lad_global_head h = {.count = LAD_GLOBAL_MOMENTS * c};
    const size_t shape = h.count, packed = lad_global_precision_count(h.count);
    LAD_TRY(lad_model_find(st, file, LAD_GLOBAL_MEAN, 1, &shape, &mean, err));
    LAD_TRY(lad_model_find(st, file, LAD_GLOBAL_PRECISION, 1, &packed, &precision, err));
    LAD_TRY(lad_model_read_number(st, file, "global_offset", NULL, &h.offset, err));
    LAD_TRY(lad_model_read_number(st, file, "global_scale", NULL, &h.scale, err));
    if (h.scale < 0.0) return lad_fail(err, LAD_ERR_FORMAT, "%s: the scale of the global head is below 0.", file);
    h.mean = lad_alloc(mean->count, sizeof *h.mean);
    h.precision = lad_alloc(precision->count, sizeof *h.precision);
    if (!h.mean || !h.precision) {
        lad_global_head_deinit(&h);
        return lad_fail(err, LAD_ERR_NOMEM, "%s: memory for the global head ran out.", file);
    }
    lad_st_tensor_floats(mean, h.mean);
    lad_st_tensor_floats(precision, h.precision);
    *head = h;
    return LAD_OK;
}

lad_status lad_global_head_write(lad_st_writer *writer, const lad_global_head *head)
{
    const size_t packed = lad_global_precision_count(head->count);
    LAD_TRY(lad_st_writer_tensor(writer, LAD_GLOBAL_MEAN, false, 1, &head->count, head->mean));
    LAD_TRY(lad_st_writer_tensor(writer, LAD_GLOBAL_PRECISION, false, 1, &packed, head->precision));
    LAD_TRY(lad_model_write_number(writer, "global_offset", head->offset));
    return lad_model_write_number(writer, "global_scale", head->scale);
}

void lad_global_head_deinit(lad_global_head *head)
{
    lad_free(head->mean);
    lad_free(head->precision);
    *head = (lad_global_head){0};
}
