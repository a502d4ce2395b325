#include "model/model_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const LAD_STAT_NAMES[LAD_STAT_COUNT] = {
    [LAD_STAT_MEAN] = "mean_std.mean",    [LAD_STAT_STD] = "mean_std.std",      [LAD_STAT_QA_ST] = "quantiles.qa_st",
    [LAD_STAT_QB_ST] = "quantiles.qb_st", [LAD_STAT_QA_AE] = "quantiles.qa_ae", [LAD_STAT_QB_AE] = "quantiles.qb_ae",
};

size_t lad_stat_shape(size_t stat, size_t c, size_t shape[LAD_TENSOR_MAX_DIMS])
{
    if (stat != LAD_STAT_MEAN && stat != LAD_STAT_STD) return 0;
    shape[0] = shape[2] = shape[3] = 1;
    shape[1] = c;
    return 4;
}

lad_status lad_model_find(const lad_safetensors *st, const char *file, const char *name, size_t dims,
                          const size_t *shape, const lad_st_tensor **out, lad_error *err)
{
    const lad_st_tensor *tensor = lad_safetensors_find(st, name);
    if (!tensor) return lad_fail(err, LAD_ERR_FORMAT, "%s: tensor \"%s\" is missing.", file, name);
    bool same = tensor->dims == dims;
    for (size_t d = 0; same && d < dims; d++) same = tensor->shape[d] == shape[d];
    if (!same) return lad_fail(err, LAD_ERR_FORMAT, "%s: tensor \"%s\" has the wrong shape.", file, name);
    *out = tensor;
    return LAD_OK;
}

lad_status lad_model_read_network(const lad_safetensors *st, const char *file, const char *prefix, lad_network *network,
                                  lad_error *err)
{
    for (size_t i = 0; i < lad_network_param_count(network); i++) {
        const lad_param *param = lad_network_param(network, i);
        char name[96];
        snprintf(name, sizeof name, "%s.%s", prefix, param->name);
        const lad_st_tensor *tensor = NULL;
        LAD_TRY(lad_model_find(st, file, name, param->dims, param->shape, &tensor, err));
        lad_st_tensor_floats(tensor, param->value);
    }
    return LAD_OK;
}

lad_status lad_model_write_network(lad_st_writer *writer, const char *prefix, const lad_network *network, bool f16)
{
    for (size_t i = 0; i < lad_network_param_count(network); i++) {
        const lad_param *param = lad_network_param(network, i);
        char name[96];
        snprintf(name, sizeof name, "%s.%s", prefix, param->name);
        LAD_TRY(lad_st_writer_tensor(writer, name, f16, param->dims, param->shape, param->value));
    }
    return LAD_OK;
}

lad_status lad_model_read_number(const lad_safetensors *st, const char *file, const char *key, const double *fallback,
                                 double *out, lad_error *err)
{
    const char *text = lad_safetensors_meta(st, key);
    if (!text && fallback) {
        *out = *fallback;
        return LAD_OK;
    }
    if (!text) return lad_fail(err, LAD_ERR_FORMAT, "%s: the metadata lack \"%s\".", file, key);
    /* strtod alone would also take "nan", "inf", hexadecimal numbers and leading space. */
    char *end = NULL;
    bool plain = text[0] != '\0' && text[strspn(text, "+-.0123456789eE")] == '\0';
    double value = plain ? strtod(text, &end) : 0.0;
    if (!plain || *end != '\0' || !isfinite(value))
        return lad_fail(err, LAD_ERR_FORMAT, "%s: the metadata's \"%s\" is not a number.", file, key);
    *out = value;
    return LAD_OK;
}

lad_status lad_model_write_number(lad_st_writer *writer, const char *key, double value)
{
    char text[32];
    snprintf(text, sizeof text, "%.17g", value);
    return lad_st_writer_meta(writer, key, text);
}

lad_status lad_model_read_header(const lad_safetensors *st, const char *file, lad_pdn_size *size, lad_error *err)
{
    const char *version = lad_safetensors_meta(st, "format_version");
    if (!version) return lad_fail(err, LAD_ERR_FORMAT, "%s is not a model of this project: no format version.", file);
    if (strcmp(version, LAD_MODEL_VERSION) != 0)
        return lad_fail(err, LAD_ERR_UNSUPPORTED, "%s: format version \"%.16s\" is not known here.", file, version);
    const char *architecture = lad_safetensors_meta(st, "architecture");
    if (!architecture || !lad_pdn_from_name(architecture, size))
        return lad_fail(err, LAD_ERR_UNSUPPORTED, "%s: architecture \"%.16s\" is none of pdn-xs, pdn-s, pdn-m.", file,
                        architecture ? architecture : "");
    double channels = 0.0, input_size = 0.0;
    LAD_TRY(lad_model_read_number(st, file, "channels", NULL, &channels, err));
    if (channels != (double)lad_pdn_channels(*size))
        return lad_fail(err, LAD_ERR_FORMAT, "%s: %s has %zu channels, but the metadata say %g.", file, architecture,
                        lad_pdn_channels(*size), channels);
    LAD_TRY(lad_model_read_number(st, file, "input_size", NULL, &input_size, err));
    if (input_size != (double)LAD_INPUT_SIZE)
        return lad_fail(err, LAD_ERR_UNSUPPORTED, "%s: models for images of %g pixels are not supported, only %d.",
                        file, input_size, LAD_INPUT_SIZE);
    return LAD_OK;
}

lad_status lad_model_write_header(lad_st_writer *writer, lad_pdn_size size)
{
    LAD_TRY(lad_st_writer_meta(writer, "format_version", LAD_MODEL_VERSION));
    LAD_TRY(lad_st_writer_meta(writer, "architecture", lad_pdn_name(size)));
    LAD_TRY(lad_model_write_number(writer, "channels", (double)lad_pdn_channels(size)));
    return lad_model_write_number(writer, "input_size", (double)LAD_INPUT_SIZE);
}
