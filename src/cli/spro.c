#include "cli/spro.h"

#include "base/alloc.h"
#include "score/maps.h"

#include <math.h>
#include <stdio.h>

const double lad_spro_limits[LAD_SPRO_LIMITS] = {0.01, 0.05, 0.1, 0.3, 1.0};

lad_status lad_cli_spro_open(const char *root, lad_cli_spro *spro, lad_error *err)
{
    LAD_TRY(lad_defects_read(root, &spro->defects, err));
    lad_status status = lad_spro_create(&spro->spro);
    return status == LAD_OK ? LAD_OK : lad_fail(err, status, "Memory for AU-sPRO ran out.");
}

void lad_cli_spro_close(lad_cli_spro *spro)
{
    lad_spro_destroy(&spro->spro);
}

/* Masks of image i and their saturation areas.  masks, saturation: [mask_count], masks zeroed. */
static lad_status load_masks(const lad_cli_spro *spro, const lad_dataset *set, size_t i, const lad_result *r,
                             uint8_t **masks, double *saturation, lad_error *err)
{
    const lad_entry *entry = &set->entries[i];
    for (size_t m = 0; m < entry->mask_count; m++) {
        LAD_TRY(lad_dataset_load_mask(set, i, m, r->width, r->height, &masks[m], err));
        LAD_TRY(lad_defects_saturation(&spro->defects, masks[m], r->width * r->height, entry->masks[m], &saturation[m],
                                       err));
    }
    return LAD_OK;
}

lad_status lad_cli_spro_add(lad_cli_spro *spro, const lad_dataset *set, size_t i, const lad_result *result,
                            lad_error *err)
{
    const lad_entry *entry = &set->entries[i];
    if (entry->label > LAD_LABEL_GOOD && entry->mask_count == 0)
        return lad_fail(err, LAD_ERR_FORMAT, "%s has no ground truth.", entry->path);
    size_t pixels = result->width * result->height;
    float *map = lad_alloc(pixels, sizeof *map);
    uint8_t **masks = lad_alloc_zero(entry->mask_count, sizeof *masks);
    double *saturation = lad_alloc(entry->mask_count, sizeof *saturation);
    lad_status status = map && masks && saturation ? LAD_OK : LAD_ERR_NOMEM;
    if (status == LAD_OK)
        status = lad_maps_upsample(result->map_combined, result->map_size, map, result->width, result->height);
    if (status != LAD_OK) lad_fail(err, status, "Memory for the map of %s ran out.", entry->path);
    if (status == LAD_OK) status = load_masks(spro, set, i, result, masks, saturation, err);
    if (status == LAD_OK) {
        status = lad_spro_add(spro->spro, (uint8_t)entry->label, map, pixels, (const uint8_t *const *)masks, saturation,
                              entry->mask_count);
        if (status != LAD_OK) lad_fail(err, status, "The map of %s cannot be used.", entry->path);
    }
    for (size_t m = 0; masks && m < entry->mask_count; m++) lad_free(masks[m]);
    lad_free(masks);
    lad_free(saturation);
    lad_free(map);
    return status;
}

lad_status lad_cli_spro_figures(const lad_cli_spro *spro, double figures[LAD_SPRO_LIMITS][2], lad_error *err)
{
    for (size_t l = 0; l < LAD_SPRO_LIMITS; l++) {
        for (size_t c = 0; c < 2; c++) {
            uint8_t label = c == 0 ? LAD_EVAL_LOGICAL : LAD_EVAL_STRUCTURAL;
            lad_status status = lad_spro_area(spro->spro, label, lad_spro_limits[l], &figures[l][c]);
            if (status != LAD_OK) return lad_fail(err, status, "Memory for AU-sPRO ran out.");
        }
    }
    return LAD_OK;
}

static void print_cell(double value)
{
    if (isnan(value))
        printf("        -");
    else
        printf("   %6.2f", 100 * value);
}

void lad_cli_spro_print(double figures[LAD_SPRO_LIMITS][2])
{
    printf("AU-sPRO in %%   logical  struct.     mean\n");
    for (size_t l = 0; l < LAD_SPRO_LIMITS; l++) {
        printf("  up to %-5g", lad_spro_limits[l]);
        print_cell(figures[l][0]);
        print_cell(figures[l][1]);
        print_cell((figures[l][0] + figures[l][1]) / 2);
        printf("\n");
    }
}
