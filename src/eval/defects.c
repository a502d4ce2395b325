#include "eval/defects.h"

#include "base/json.h"
#include "eval/spro.h"

#include <stdio.h>
#include <string.h>

static lad_status read_kind(const lad_json *entry, const char *name, lad_defects *defects, lad_error *err)
{
    uint64_t value;
    bool relative;
    double threshold;
    if (!lad_json_size(lad_json_get(entry, "pixel_value"), &value) || value < 1 || value > 255)
        return lad_fail(err, LAD_ERR_FORMAT, "%s has a defect whose pixel_value is not 1 to 255.", name);
    if (!lad_json_bool(lad_json_get(entry, "relative_saturation"), &relative) ||
        !lad_json_number(lad_json_get(entry, "saturation_threshold"), &threshold) || !(threshold > 0) ||
        (relative && threshold > 1))
        return lad_fail(err, LAD_ERR_FORMAT, "%s has no usable saturation for pixel value %d.", name, (int)value);
    if (defects->kinds[value].known)
        return lad_fail(err, LAD_ERR_FORMAT, "%s has two defects of pixel value %d.", name, (int)value);
    const char *title = lad_json_string(lad_json_get(entry, "defect_name"));
    char *kept = defects->kinds[value].name;
    if (title && *title)
        snprintf(kept, sizeof defects->kinds[value].name, "%s", title);
    else
        snprintf(kept, sizeof defects->kinds[value].name, "value %d", (int)value);
    defects->kinds[value].known = true;
    defects->kinds[value].relative = relative;
    defects->kinds[value].threshold = threshold;
    return LAD_OK;
}

lad_status lad_defects_parse(const void *bytes, size_t size_bytes, const char *name, lad_defects *out, lad_error *err)
{
    lad_json *json;
    LAD_TRY(lad_json_parse(bytes, size_bytes, 8, name, &json, err));
    lad_defects defects;
    memset(&defects, 0, sizeof defects);
    lad_status status = LAD_OK;
    if (!lad_json_is_array(json)) status = lad_fail(err, LAD_ERR_FORMAT, "%s is not a list of defects.", name);
    for (size_t i = 0; i < lad_json_length(json) && status == LAD_OK; i++)
        status = read_kind(lad_json_item(json, i), name, &defects, err);
    lad_json_destroy(&json);
    if (status == LAD_OK) *out = defects;
    return status;
}

lad_status lad_defects_saturation(const lad_defects *defects, const uint8_t *mask, size_t pixels, const char *name,
                                  double *out, lad_error *err)
{
    size_t area = 0;
    uint8_t value = 0;
    for (size_t i = 0; i < pixels; i++) {
        if (mask[i] == 0) continue;
        if (value != 0 && mask[i] != value)
            return lad_fail(err, LAD_ERR_FORMAT, "%s holds the values %d and %d; a mask has one beside 0.", name, value,
                            mask[i]);
        value = mask[i];
        area++;
    }
    if (area == 0) return lad_fail(err, LAD_ERR_FORMAT, "%s marks no pixel.", name);
    if (!defects->kinds[value].known)
        return lad_fail(err, LAD_ERR_FORMAT, "%s holds the value %d, which defects_config.json does not list.", name,
                        value);
    *out = lad_spro_saturation(defects->kinds[value].threshold, defects->kinds[value].relative, area);
    return LAD_OK;
}
