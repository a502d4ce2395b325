#include "model/global_head.h"

#include "base/alloc.h"
#include "model/model_file.h"

#include <math.h>

void lad_global_pool(size_t positions, size_t c, const float *y, double *pooled)
{
    for (size_t k = 0; k < 2 * c; k++) pooled[k] = 0.0;
    for (size_t p = 0; p < positions; p++) {
        for (size_t k = 0; k < c; k++) {
            double v = (double)y[p * c + k];
            pooled[2 * k] += v;
            pooled[2 * k + 1] += v * v;
        }
    }
    for (size_t k = 0; k < 2 * c; k++) pooled[k] /= (double)positions;
}

double lad_global_distance(const lad_global_head *head, const double *pooled)
{
    double sum = 0.0;
    for (size_t i = 0; i < head->count; i++) {
        const float *row = head->precision + i * head->count;
        double along = 0.0;
        for (size_t j = 0; j < head->count; j++) along += (double)row[j] * (pooled[j] - (double)head->mean[j]);
        sum += along * (pooled[i] - (double)head->mean[i]);
    }
    return sqrt(fmax(sum, 0.0)); /* rounding may leave a tiny negative sum */
}

lad_status lad_global_head_read(const lad_safetensors *st, const char *file, size_t c, lad_global_head *head,
                                lad_error *err)
{
    if (!lad_safetensors_find(st, LAD_GLOBAL_MEAN) && !lad_safetensors_find(st, LAD_GLOBAL_PRECISION)) return LAD_OK;
    const size_t shape[2] = {2 * c, 2 * c};
    const lad_st_tensor *mean = NULL, *precision = NULL;
    lad_global_head h = {.count = 2 * c};
    LAD_TRY(lad_model_find(st, file, LAD_GLOBAL_MEAN, 1, shape, &mean, err));
    LAD_TRY(lad_model_find(st, file, LAD_GLOBAL_PRECISION, 2, shape, &precision, err));
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
    const size_t shape[2] = {head->count, head->count};
    LAD_TRY(lad_st_writer_tensor(writer, LAD_GLOBAL_MEAN, false, 1, shape, head->mean));
    LAD_TRY(lad_st_writer_tensor(writer, LAD_GLOBAL_PRECISION, false, 2, shape, head->precision));
    LAD_TRY(lad_model_write_number(writer, "global_offset", head->offset));
    return lad_model_write_number(writer, "global_scale", head->scale);
}

void lad_global_head_deinit(lad_global_head *head)
{
    lad_free(head->mean);
    lad_free(head->precision);
    *head = (lad_global_head){0};
}
