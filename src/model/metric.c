#include "model/metric.h"

#include "base/alloc.h"
#include "model/model_file.h"

#include <string.h>

static const char *const ROWS[LAD_METRIC_PARTS] = {[LAD_METRIC_ST] = "metric.st", [LAD_METRIC_AE] = "metric.ae"};
static const char *const BIASES[LAD_METRIC_PARTS] = {
    [LAD_METRIC_ST] = "metric.st_bias", [LAD_METRIC_AE] = "metric.ae_bias"};

lad_status lad_metric_init(lad_metric *metric, size_t channels, lad_error *err)
{
    lad_metric m = {.channels = channels};
    bool complete = true;
    for (size_t part = 0; part < LAD_METRIC_PARTS; part++) {
        m.rows[part] = lad_alloc(LAD_METRIC_ROWS * channels, sizeof *m.rows[part]);
        m.biases[part] = lad_alloc(LAD_METRIC_ROWS, sizeof *m.biases[part]);
        complete = complete && m.rows[part] && m.biases[part];
    }
    if (!complete) {
        lad_metric_deinit(&m);
        return lad_fail(err, LAD_ERR_NOMEM, "Memory for the metric of the maps ran out.");
    }
    *metric = m;
    return LAD_OK;
}

void lad_metric_deinit(lad_metric *metric)
{
    for (size_t part = 0; part < LAD_METRIC_PARTS; part++) {
        lad_free(metric->rows[part]);
        lad_free(metric->biases[part]);
    }
    *metric = (lad_metric){.channels = 0};
}

bool lad_metric_has_tensor(const char *name)
{
    for (size_t part = 0; part < LAD_METRIC_PARTS; part++)
        if (strcmp(name, ROWS[part]) == 0 || strcmp(name, BIASES[part]) == 0) return true;
    return false;
}

static bool is_present(const lad_safetensors *st)
{
    for (size_t part = 0; part < LAD_METRIC_PARTS; part++)
        if (lad_safetensors_find(st, ROWS[part]) || lad_safetensors_find(st, BIASES[part])) return true;
    return false;
}

static lad_status read_part(const lad_safetensors *st, const char *file, size_t part, lad_metric *m, lad_error *err)
{
    const size_t shape[2] = {LAD_METRIC_ROWS, m->channels};
    const lad_st_tensor *tensor = NULL;
    LAD_TRY(lad_model_find(st, file, ROWS[part], 2, shape, &tensor, err));
    lad_st_tensor_floats(tensor, m->rows[part]);
    LAD_TRY(lad_model_find(st, file, BIASES[part], 1, shape, &tensor, err));
    lad_st_tensor_floats(tensor, m->biases[part]);
    return LAD_OK;
}

lad_status lad_metric_read(const lad_safetensors *st, const char *file, size_t channels, lad_metric *metric,
                           lad_error *err)
{
    if (!is_present(st)) return LAD_OK;
    lad_metric m = {.channels = 0};
    LAD_TRY(lad_metric_init(&m, channels, err));
    for (size_t part = 0; part < LAD_METRIC_PARTS; part++) {
        lad_status status = read_part(st, file, part, &m, err);
        if (status == LAD_OK) continue;
        lad_metric_deinit(&m);
        return status;
    }
    *metric = m;
    return LAD_OK;
}

lad_status lad_metric_write(lad_st_writer *writer, const lad_metric *metric)
{
    const size_t shape[2] = {LAD_METRIC_ROWS, metric->channels};
    LAD_TRY(lad_st_writer_meta(writer, "map_distance", "novelty"));
    for (size_t part = 0; part < LAD_METRIC_PARTS; part++) {
        LAD_TRY(lad_st_writer_tensor(writer, ROWS[part], false, 2, shape, metric->rows[part]));
        LAD_TRY(lad_st_writer_tensor(writer, BIASES[part], false, 1, shape, metric->biases[part]));
    }
    return LAD_OK;
}
