#include "train/checkpoint.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 96 };

lad_status lad_checkpoint_add_network(lad_st_writer *writer, const char *name, lad_network *network)
{
    lad_param_block block = lad_network_block(network);
    const float *parts[3] = {block.values, block.moment1, block.moment2};
    static const char *const suffixes[3] = {"values", "moment1", "moment2"};
    for (int i = 0; i < 3; i++) {
        char full[NAME_BYTES];
        snprintf(full, sizeof full, "%s.%s", name, suffixes[i]);
        LAD_TRY(lad_st_writer_tensor(writer, full, false, 1, &block.total, parts[i]));
    }
    return LAD_OK;
}

lad_status lad_checkpoint_get_network(const lad_safetensors *st, const char *name, lad_network *network, lad_error *err)
{
    lad_param_block block = lad_network_block(network);
    float *parts[3] = {block.values, block.moment1, block.moment2};
    static const char *const suffixes[3] = {"values", "moment1", "moment2"};
    for (int i = 0; i < 3; i++) {
        char full[NAME_BYTES];
        snprintf(full, sizeof full, "%s.%s", name, suffixes[i]);
        const lad_st_tensor *tensor = lad_safetensors_find(st, full);
        if (!tensor || tensor->f16 || tensor->count != block.total)
            return lad_fail(err, LAD_ERR_FORMAT, "The checkpoint has no tensor %s of %zu numbers.", full, block.total);
        lad_st_tensor_floats(tensor, parts[i]);
    }
    lad_network_pack(network);
    return LAD_OK;
}

lad_status lad_checkpoint_add_number(lad_st_writer *writer, const char *key, double value)
{
    char text[32];
    snprintf(text, sizeof text, "%.17g", value);
    return lad_st_writer_meta(writer, key, text);
}

lad_status lad_checkpoint_get_number(const lad_safetensors *st, const char *key, double *value, lad_error *err)
{
    const char *text = lad_safetensors_meta(st, key);
    char *end = NULL;
    double number = text ? strtod(text, &end) : 0.0;
    if (!text || end == text || *end || !isfinite(number))
        return lad_fail(err, LAD_ERR_FORMAT, "The checkpoint does not say its %s.", key);
    *value = number;
    return LAD_OK;
}

lad_status lad_checkpoint_check_settings(const lad_safetensors *st, const char *settings, lad_error *err)
{
    const char *text = lad_safetensors_meta(st, "settings");
    if (!text) return lad_fail(err, LAD_ERR_FORMAT, "This file is not a checkpoint of a training run.");
    if (strcmp(text, settings) != 0)
        return lad_fail(err, LAD_ERR_ARG, "The checkpoint was made with other settings (%.140s, not %.140s).", text,
                        settings);
    return LAD_OK;
}
