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

static lad_status write_info(lad_st_writer *writer, const lad_detector_info *info)
{
    LAD_TRY(lad_st_writer_meta(writer, "map_order", LAD_MAP_ORDER));
    LAD_TRY(lad_st_writer_meta(writer, "category", info->category));
    LAD_TRY(lad_st_writer_meta(writer, "margin_form", info->margin_form));
    LAD_TRY(lad_model_write_number(writer, "margin", info->margin));
    LAD_TRY(lad_model_write_number(writer, "threshold", info->threshold));
    LAD_TRY(lad_model_write_number(writer, "map_threshold", info->map_threshold));
    LAD_TRY(lad_model_write_number(writer, "false_alarm_rate", info->false_alarm_rate));
    return lad_model_write_number(writer, "score_border", (double)info->score_border);
}

static lad_status write_stats(lad_st_writer *writer, const lad_detector_parts *parts)
{
    const float *const values[LAD_STAT_COUNT] = {
        [LAD_STAT_MEAN] = parts->mean,
        [LAD_STAT_STD] = parts->std,
        [LAD_STAT_QA_ST] = &parts->map_rule.quantiles.qa_st,
        [LAD_STAT_QB_ST] = &parts->map_rule.quantiles.qb_st,
        [LAD_STAT_QA_AE] = &parts->map_rule.quantiles.qa_ae,
        [LAD_STAT_QB_AE] = &parts->map_rule.quantiles.qb_ae,
    };
    for (size_t stat = 0; stat < LAD_STAT_COUNT; stat++) {
        size_t shape[LAD_TENSOR_MAX_DIMS];
        size_t dims = lad_stat_shape(stat, lad_pdn_channels(parts->size), shape);
        LAD_TRY(lad_st_writer_tensor(writer, LAD_STAT_NAMES[stat], false, dims, shape, values[stat]));
    }
    return LAD_OK;
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
    LAD_TRY(write_stats(writer, parts));
    LAD_TRY(lad_map_rule_write_tensors(writer, &parts->map_rule));
    return parts->global ? lad_global_head_write(writer, parts->global) : LAD_OK;
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
