/* Writing detectors and teachers, and reading a teacher. */
#include "base/alloc.h"
#include "base/sha256.h"
#include "model/detector.h"
#include "model/model_file.h"

#include <string.h>

static lad_status write_extra(lad_st_writer *writer, const lad_meta *extra, size_t extra_count)
{
    for (size_t i = 0; i < extra_count; i++) LAD_TRY(lad_st_writer_meta(writer, extra[i].key, extra[i].value));
    return LAD_OK;
}

static lad_status write_thresholds(lad_st_writer *writer, double threshold, double map_threshold,
                                   double false_alarm_rate, size_t score_border)
{
    LAD_TRY(lad_model_write_number(writer, "threshold", threshold));
    LAD_TRY(lad_model_write_number(writer, "map_threshold", map_threshold));
    LAD_TRY(lad_model_write_number(writer, "false_alarm_rate", false_alarm_rate));
    return lad_model_write_number(writer, "score_border", (double)score_border);
}

static lad_status write_info(lad_st_writer *writer, const lad_detector_info *info)
{
    LAD_TRY(lad_st_writer_meta(writer, "map_order", LAD_MAP_ORDER));
    LAD_TRY(lad_st_writer_meta(writer, "category", info->category));
    LAD_TRY(lad_st_writer_meta(writer, "margin_form", info->margin_form));
    LAD_TRY(lad_model_write_number(writer, "margin", info->margin));
    return write_thresholds(writer, info->threshold, info->map_threshold, info->false_alarm_rate, info->score_border);
}

static lad_status write_stat(lad_st_writer *writer, size_t stat, size_t c, const float *values)
{
    size_t shape[LAD_TENSOR_MAX_DIMS];
    size_t dims = lad_stat_shape(stat, c, shape);
    return lad_st_writer_tensor(writer, LAD_STAT_NAMES[stat], false, dims, shape, values);
}

/* Tensors that calibration decides, in file order. */
static lad_status write_calibrated(lad_st_writer *writer, const lad_map_rule *rule, const lad_metric *metric,
                                   const lad_global_head *global)
{
    LAD_TRY(write_stat(writer, LAD_STAT_QA_ST, 0, &rule->quantiles.qa_st));
    LAD_TRY(write_stat(writer, LAD_STAT_QB_ST, 0, &rule->quantiles.qb_st));
    LAD_TRY(write_stat(writer, LAD_STAT_QA_AE, 0, &rule->quantiles.qa_ae));
    LAD_TRY(write_stat(writer, LAD_STAT_QB_AE, 0, &rule->quantiles.qb_ae));
    LAD_TRY(lad_map_rule_write_tensors(writer, rule));
    if (metric) LAD_TRY(lad_metric_write(writer, metric));
    return global ? lad_global_head_write(writer, global) : LAD_OK;
}

static lad_status write_detector(lad_st_writer *writer, const lad_detector_parts *parts, bool f16)
{
    LAD_TRY(lad_model_write_header(writer, parts->size));
    LAD_TRY(write_info(writer, &parts->info));
    LAD_TRY(lad_map_rule_write_meta(writer, &parts->map_rule));
    LAD_TRY(write_extra(writer, parts->extra, parts->extra_count));
    LAD_TRY(lad_model_write_network(writer, LAD_PREFIX_TEACHER, parts->teacher, f16));
    LAD_TRY(lad_model_write_network(writer, LAD_PREFIX_STUDENT, parts->student, f16));
    LAD_TRY(lad_model_write_network(writer, LAD_PREFIX_AUTOENCODER, parts->autoencoder, f16));
    LAD_TRY(write_stat(writer, LAD_STAT_MEAN, lad_pdn_channels(parts->size), parts->mean));
    LAD_TRY(write_stat(writer, LAD_STAT_STD, lad_pdn_channels(parts->size), parts->std));
    return write_calibrated(writer, &parts->map_rule, parts->metric, parts->global);
}

static bool is_one_of(const char *key, const char *const *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(key, keys[i]) == 0) return true;
    return false;
}

static bool is_replaced(const char *key, const lad_meta *extra, size_t extra_count)
{
    static const char *const CALIBRATED[] = {"threshold",    "map_threshold", "false_alarm_rate", "score_border",
                                             "map_norm",     "map_combine",   "map_smoothing",    "global_offset",
                                             "global_scale", "map_distance"};
    if (is_one_of(key, CALIBRATED, sizeof CALIBRATED / sizeof *CALIBRATED)) return true;
    for (size_t i = 0; i < extra_count; i++)
        if (strcmp(key, extra[i].key) == 0) return true;
    return false;
}

static lad_status copy_meta(lad_st_writer *writer, const lad_safetensors *st, const lad_meta *extra, size_t extra_count)
{
    const char *key = NULL, *value = NULL;
    for (size_t i = 0; lad_safetensors_meta_at(st, i, &key, &value); i++)
        if (!is_replaced(key, extra, extra_count)) LAD_TRY(lad_st_writer_meta(writer, key, value));
    return write_extra(writer, extra, extra_count);
}

/* All tensors but those that calibration decides; 16-bit values come back to the same 16 bits. */
static lad_status copy_tensors(lad_st_writer *writer, const lad_safetensors *st)
{
    for (size_t i = 0; i < lad_safetensors_count(st); i++) {
        const lad_st_tensor *tensor = lad_safetensors_at(st, i);
        if (is_one_of(tensor->name, LAD_STAT_NAMES + LAD_STAT_QA_ST, LAD_STAT_COUNT - LAD_STAT_QA_ST)) continue;
        if (lad_metric_has_tensor(tensor->name)) continue;
        if (strncmp(tensor->name, "positions.", 10) == 0 || strncmp(tensor->name, "global.", 7) == 0) continue;
        float *values = lad_alloc(tensor->count, sizeof *values);
        if (!values) return LAD_ERR_NOMEM;
        lad_st_tensor_floats(tensor, values);
        lad_status status =
            lad_st_writer_tensor(writer, tensor->name, tensor->f16, tensor->dims, tensor->shape, values);
        lad_free(values);
        if (status != LAD_OK) return status;
    }
    return LAD_OK;
}

static lad_status write_teacher(lad_st_writer *writer, lad_pdn_size size, const lad_network *teacher,
                                const lad_meta *extra, size_t extra_count, bool f16)
{
    LAD_TRY(lad_model_write_header(writer, size));
    LAD_TRY(write_extra(writer, extra, extra_count));
    return lad_model_write_network(writer, LAD_PREFIX_TEACHER, teacher, f16);
}

/* The bytes of what was written, or the sentence of the first failure (`written`); destroys the writer. */
static lad_status finish(lad_st_writer *writer, lad_status written, uint8_t **bytes, size_t *size_bytes, lad_error *err)
{
    if (!writer) return lad_fail(err, written, "The model cannot be written: out of memory.");
    lad_status finished = lad_st_writer_finish(writer, bytes, size_bytes, err);
    lad_st_writer_destroy(&writer);
    return written != LAD_OK ? written : finished;
}

lad_status lad_detector_save(const lad_detector_parts *parts, bool f16, uint8_t **bytes, size_t *size_bytes,
                             lad_error *err)
{
    lad_st_writer *writer = NULL;
    lad_status status = lad_st_writer_create(&writer);
    if (status == LAD_OK) status = write_detector(writer, parts, f16);
    return finish(writer, status, bytes, size_bytes, err);
}

static lad_status write_recalibrated(lad_st_writer *writer, const lad_safetensors *st,
                                     const lad_detector_calibration *c, const lad_meta *extra, size_t extra_count)
{
    LAD_TRY(copy_meta(writer, st, extra, extra_count));
    LAD_TRY(write_thresholds(writer, c->threshold, c->map_threshold, c->false_alarm_rate, c->score_border));
    LAD_TRY(lad_map_rule_write_meta(writer, &c->map_rule));
    LAD_TRY(copy_tensors(writer, st));
    return write_calibrated(writer, &c->map_rule, c->metric, c->global);
}

lad_status lad_detector_recalibrate(const void *bytes, size_t size_bytes, const char *name,
                                    const lad_detector_calibration *calibration, const lad_meta *extra,
                                    size_t extra_count, uint8_t **out, size_t *out_bytes, lad_error *err)
{
    lad_safetensors *st = NULL;
    LAD_TRY(lad_safetensors_read(bytes, size_bytes, name, &st, err));
    lad_st_writer *writer = NULL;
    lad_status status = lad_st_writer_create(&writer);
    if (status == LAD_OK) status = write_recalibrated(writer, st, calibration, extra, extra_count);
    lad_safetensors_destroy(&st);
    return finish(writer, status, out, out_bytes, err);
}

lad_status lad_teacher_save(lad_pdn_size size, const lad_network *teacher, const lad_meta *extra, size_t extra_count,
                            bool f16, uint8_t **bytes, size_t *size_bytes, lad_error *err)
{
    lad_st_writer *writer = NULL;
    lad_status status = lad_st_writer_create(&writer);
    if (status == LAD_OK) status = write_teacher(writer, size, teacher, extra, extra_count, f16);
    return finish(writer, status, bytes, size_bytes, err);
}

lad_status lad_teacher_create(const void *bytes, size_t size_bytes, const char *name, const lad_kernels *kernels,
                              lad_pool *pool, size_t n, lad_network_mode mode, lad_pdn_size *size, lad_network **out,
                              char sha256[65], lad_error *err)
{
    lad_safetensors *st = NULL;
    lad_network *teacher = NULL;
    lad_layer_spec specs[LAD_ARCHITECTURE_MAX_LAYERS];
    lad_pdn_size found = LAD_PDN_XS;
    lad_status status = lad_safetensors_read(bytes, size_bytes, name, &st, err);
    if (status != LAD_OK) goto fail;
    status = lad_model_read_header(st, name, &found, err);
    if (status != LAD_OK) goto fail;
    status = lad_network_create(kernels, pool, specs, lad_architecture_teacher(found, specs), n, LAD_INPUT_SIZE,
                                LAD_INPUT_SIZE, 3, mode, &teacher, err);
    if (status != LAD_OK) goto fail;
    status = lad_model_read_network(st, name, LAD_PREFIX_TEACHER, teacher, err);
    if (status != LAD_OK) goto fail;
    if (lad_safetensors_count(st) != lad_network_param_count(teacher)) {
        status = lad_fail(err, LAD_ERR_FORMAT, "%s holds more tensors than a teacher has.", name);
        goto fail;
    }
    lad_network_pack(teacher);
    lad_sha256_hex(bytes, size_bytes, sha256);
    *size = found;
    *out = teacher;
    teacher = NULL;

fail:
    lad_network_destroy(&teacher);
    lad_safetensors_destroy(&st);
    return status;
}
