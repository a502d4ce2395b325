#include "model/map_rule.h"

#include "base/alloc.h"
#include "model/model_file.h"

#include <string.h>

enum { CELLS = LAD_MAP_SIZE * LAD_MAP_SIZE };

static const char *const DISTANCES[] = {[LAD_MAP_DISTANCE_MEAN] = "mean", [LAD_MAP_DISTANCE_NOVELTY] = "novelty"};
static const char *const NORMS[] = {[LAD_MAP_NORM_QUANTILE] = "quantile", [LAD_MAP_NORM_POSITION] = "position"};
static const char *const COMBINES[] = {[LAD_MAP_COMBINE_MEAN] = "mean", [LAD_MAP_COMBINE_MAX] = "max"};
static const char *const TENSORS[LAD_POSITION_PARTS] = {
    [LAD_POSITION_MEAN_ST] = "positions.mean_st",
    [LAD_POSITION_STD_ST] = "positions.std_st",
    [LAD_POSITION_MEAN_AE] = "positions.mean_ae",
    [LAD_POSITION_STD_AE] = "positions.std_ae",
};
static const size_t SHAPE[2] = {LAD_MAP_SIZE, LAD_MAP_SIZE};

const char *lad_map_norm_name(lad_map_norm norm)
{
    return NORMS[norm];
}

const char *lad_map_combine_name(lad_map_combine combine)
{
    return COMBINES[combine];
}

bool lad_map_distance_from_name(const char *name, lad_map_distance *out)
{
    for (size_t i = 0; i < sizeof DISTANCES / sizeof *DISTANCES; i++) {
        if (strcmp(name, DISTANCES[i]) != 0) continue;
        *out = (lad_map_distance)i;
        return true;
    }
    return false;
}

bool lad_map_norm_from_name(const char *name, lad_map_norm *out)
{
    for (size_t i = 0; i < sizeof NORMS / sizeof *NORMS; i++) {
        if (strcmp(name, NORMS[i]) != 0) continue;
        *out = (lad_map_norm)i;
        return true;
    }
    return false;
}

bool lad_map_combine_from_name(const char *name, lad_map_combine *out)
{
    for (size_t i = 0; i < sizeof COMBINES / sizeof *COMBINES; i++) {
        if (strcmp(name, COMBINES[i]) != 0) continue;
        *out = (lad_map_combine)i;
        return true;
    }
    return false;
}

static lad_status read_positions(const lad_safetensors *st, const char *file, float *positions, lad_error *err)
{
    for (size_t part = 0; part < LAD_POSITION_PARTS; part++) {
        const lad_st_tensor *tensor = NULL;
        float *values = positions + part * CELLS;
        LAD_TRY(lad_model_find(st, file, TENSORS[part], 2, SHAPE, &tensor, err));
        lad_st_tensor_floats(tensor, values);
        if (part != LAD_POSITION_STD_ST && part != LAD_POSITION_STD_AE) continue;
        for (size_t i = 0; i < CELLS; i++)
            if (!(values[i] > 0.0f))
                return lad_fail(err, LAD_ERR_FORMAT, "%s: a standard deviation in \"%s\" is not above 0.", file,
                                TENSORS[part]);
    }
    return LAD_OK;
}

lad_status lad_map_rule_read(const lad_safetensors *st, const char *file, lad_map_rule *rule, lad_error *err)
{
    const char *norm_name = lad_safetensors_meta(st, "map_norm"), *combine = lad_safetensors_meta(st, "map_combine");
    lad_map_norm norm = LAD_MAP_NORM_QUANTILE;
    lad_map_rule r = {.combine = LAD_MAP_COMBINE_MEAN};
    const double none = 0.0;
    if (norm_name && !lad_map_norm_from_name(norm_name, &norm))
        return lad_fail(err, LAD_ERR_UNSUPPORTED, "%s: map_norm \"%.32s\" is none of quantile, position.", file,
                        norm_name);
    if (combine && !lad_map_combine_from_name(combine, &r.combine))
        return lad_fail(err, LAD_ERR_UNSUPPORTED, "%s: map_combine \"%.32s\" is none of mean, max.", file, combine);
    LAD_TRY(lad_model_read_number(st, file, "map_smoothing", &none, &r.smoothing, err));
    if (!(r.smoothing >= 0.0 && r.smoothing <= LAD_MAP_MAX_SMOOTHING))
        return lad_fail(err, LAD_ERR_UNSUPPORTED, "%s: map_smoothing is %g, not 0 to %d.", file, r.smoothing,
                        LAD_MAP_MAX_SMOOTHING);
    if (norm == LAD_MAP_NORM_POSITION) {
        r.positions = lad_alloc((size_t)LAD_POSITION_PARTS * CELLS, sizeof *r.positions);
        if (!r.positions) return lad_fail(err, LAD_ERR_NOMEM, "%s: memory for the map statistics ran out.", file);
        lad_status status = read_positions(st, file, r.positions, err);
        if (status != LAD_OK) {
            lad_map_rule_deinit(&r);
            return status;
        }
    }
    rule->combine = r.combine;
    rule->smoothing = r.smoothing;
    rule->positions = r.positions;
    return LAD_OK;
}

lad_status lad_map_rule_write_meta(lad_st_writer *writer, const lad_map_rule *rule)
{
    lad_map_norm norm = rule->positions ? LAD_MAP_NORM_POSITION : LAD_MAP_NORM_QUANTILE;
    LAD_TRY(lad_st_writer_meta(writer, "map_norm", lad_map_norm_name(norm)));
    LAD_TRY(lad_st_writer_meta(writer, "map_combine", lad_map_combine_name(rule->combine)));
    return lad_model_write_number(writer, "map_smoothing", rule->smoothing);
}

lad_status lad_map_rule_write_tensors(lad_st_writer *writer, const lad_map_rule *rule)
{
    for (size_t part = 0; rule->positions && part < LAD_POSITION_PARTS; part++)
        LAD_TRY(lad_st_writer_tensor(writer, TENSORS[part], false, 2, SHAPE, rule->positions + part * CELLS));
    return LAD_OK;
}

bool lad_map_rule_has_tensor(const lad_map_rule *rule, const char *name)
{
    for (size_t part = 0; rule->positions && part < LAD_POSITION_PARTS; part++)
        if (strcmp(name, TENSORS[part]) == 0) return true;
    return false;
}

void lad_map_rule_deinit(lad_map_rule *rule)
{
    lad_free(rule->positions);
    rule->positions = NULL;
}
