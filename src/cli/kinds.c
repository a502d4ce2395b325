#include "cli/kinds.h"

#include "base/alloc.h"
#include "base/file.h"
#include "eval/kinds.h"
#include "eval/report.h"
#include "image/image.h"

#include <math.h>
#include <stdio.h>

static lad_status read_defects(const char *root, lad_defects *defects, lad_error *err)
{
    uint8_t *bytes = NULL;
    size_t size_bytes;
    char *path = lad_path_join(root, "defects_config.json");
    if (!path) return lad_fail(err, LAD_ERR_NOMEM, "Memory ran out.");
    lad_status status = lad_file_read(path, LAD_DEFECTS_MAX_BYTES, &bytes, &size_bytes, err);
    if (status == LAD_OK) status = lad_defects_parse(bytes, size_bytes, path, defects, err);
    lad_free(bytes);
    lad_free(path);
    return status;
}

/* The value that a mask holds beside 0. */
static lad_status mask_value(const char *path, uint8_t *value, lad_error *err)
{
    uint8_t *bytes, *mask;
    size_t size_bytes, width, height;
    LAD_TRY(lad_file_read(path, LAD_IMAGE_MAX_FILE_BYTES, &bytes, &size_bytes, err));
    lad_status status = lad_mask_decode(bytes, size_bytes, path, &mask, &width, &height, err);
    lad_free(bytes);
    if (status != LAD_OK) return status;
    *value = 0;
    for (size_t i = 0; i < width * height && *value == 0; i++) *value = mask[i];
    lad_free(mask);
    if (*value == 0) return lad_fail(err, LAD_ERR_FORMAT, "%s marks no pixel.", path);
    return LAD_OK;
}

lad_status lad_cli_kinds_read(const char *root, const lad_dataset *set, lad_cli_kinds *kinds, lad_error *err)
{
    LAD_TRY(read_defects(root, &kinds->defects, err));
    kinds->names = lad_alloc_zero(set->count, sizeof *kinds->names);
    if (!kinds->names) return lad_fail(err, LAD_ERR_NOMEM, "Memory for the kinds of anomalies ran out.");
    for (size_t i = 0; i < set->count; i++) {
        const lad_entry *entry = &set->entries[i];
        uint8_t value = 0;
        if (entry->label != LAD_LABEL_LOGICAL && entry->label != LAD_LABEL_STRUCTURAL) continue;
        if (entry->mask_count == 0) return lad_fail(err, LAD_ERR_FORMAT, "%s has no ground truth.", entry->path);
        LAD_TRY(mask_value(entry->masks[0], &value, err));
        if (!kinds->defects.kinds[value].known) {
            return lad_fail(err, LAD_ERR_FORMAT, "%s holds the value %d, which defects_config.json does not list.",
                            entry->masks[0], value);
        }
        kinds->names[i] = kinds->defects.kinds[value].name;
    }
    return LAD_OK;
}

void lad_cli_kinds_deinit(lad_cli_kinds *kinds)
{
    lad_free(kinds->names);
    kinds->names = NULL;
}

lad_status lad_cli_kinds_print(const lad_cli_kinds *kinds, const double *scores, const uint8_t *labels, size_t count,
                               const lad_naive *naive, lad_error *err)
{
    lad_kind *list = NULL;
    size_t kind_count = 0;
    lad_status status = lad_kinds_list(kinds->names, labels, count, &list, &kind_count);
    if (status == LAD_OK) {
        printf("AUROC in %% by kind                       images   model");
        for (size_t b = 0; naive && b < LAD_NAIVE_COUNT; b++) printf("  %s", lad_naive_names[b]);
        printf("\n");
    }
    for (size_t k = 0; k < kind_count && status == LAD_OK; k++) {
        for (size_t b = 0; b <= (naive ? LAD_NAIVE_COUNT : 0) && status == LAD_OK; b++) {
            double value = NAN;
            const double *column = b == 0 ? scores : naive->scores[b - 1];
            status = lad_kind_auroc(&list[k], column, kinds->names, labels, count, &value);
            if (b == 0) printf("  %-10s %-28s %4zu", lad_eval_label_name(list[k].label), list[k].name, list[k].images);
            printf("  %*.2f", b == 0 ? 6 : (int)snprintf(NULL, 0, "%s", lad_naive_names[b - 1]), 100 * value);
        }
        printf("\n");
    }
    lad_free(list);
    if (status != LAD_OK) return lad_fail(err, status, "The kinds of anomalies could not be evaluated.");
    return LAD_OK;
}
