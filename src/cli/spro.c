#include "cli/spro.h"

#include "base/alloc.h"
#include "base/file.h"
#include "image/image.h"
#include "score/localize.h"

#include <math.h>
#include <stdio.h>

lad_status lad_cli_spro_open(const char *root, lad_cli_spro *spro, lad_error *err)
{
    char *path = lad_path_join(root, "defects_config.json");
    if (!path) return lad_fail(err, LAD_ERR_NOMEM, "Memory ran out.");
    uint8_t *bytes = NULL;
    size_t size_bytes;
    lad_status status = lad_file_read(path, LAD_DEFECTS_MAX_BYTES, &bytes, &size_bytes, err);
    if (status == LAD_OK) status = lad_defects_parse(bytes, size_bytes, path, &spro->defects, err);
    if (status == LAD_OK) {
        status = lad_spro_create(&spro->spro);
        if (status != LAD_OK) lad_fail(err, status, "Memory for AU-sPRO ran out.");
    }
    lad_free(bytes);
    lad_free(path);
    return status;
}

void lad_cli_spro_close(lad_cli_spro *spro)
{
    lad_spro_destroy(&spro->spro);
}

lad_status lad_cli_spro_add(lad_cli_spro *spro, const lad_entry *entry, const lad_result *result, lad_error *err)
{
    lad_mask_file *masks = lad_alloc(entry->mask_count, sizeof *masks);
    if (!masks) return lad_fail(err, LAD_ERR_NOMEM, "Memory for the ground truth of %s ran out.", entry->path);
    lad_status status = LAD_OK;
    size_t count = 0;
    for (; count < entry->mask_count && status == LAD_OK; count++) {
        uint8_t *bytes = NULL;
        size_t size_bytes = 0;
        status = lad_file_read(entry->masks[count], LAD_IMAGE_MAX_FILE_BYTES, &bytes, &size_bytes, err);
        masks[count] = (lad_mask_file){bytes, size_bytes, entry->masks[count]};
    }
    if (status == LAD_OK)
        status = lad_localize_add(spro->spro, &spro->defects, entry->path, (uint8_t)entry->label, result->map_combined,
                                  result->map_size, result->width, result->height, masks, count, err);
    while (count > 0) lad_free((void *)masks[--count].bytes);
    lad_free(masks);
    return status;
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
