#include "cli/normals.h"

#include "base/alloc.h"
#include "base/file.h"
#include "data/dataset.h"

enum { PICTURE_BYTES = LAD_INPUT_SIZE * LAD_INPUT_SIZE * 3, HOLD_OUT = 7 };

/* All entries i of the split, or those with i % HOLD_OUT == 0, or the others. */
typedef enum share { SHARE_ALL, SHARE_HELD_OUT, SHARE_REST } share;

static lad_status load_split(const char *root, lad_split split, share which, lad_train_images *out, char hash[17],
                             lad_error *err)
{
    lad_dataset dataset = {0};
    LAD_TRY(lad_dataset_open(root, split, &dataset, err));
    uint8_t *rgb = lad_alloc(dataset.count, PICTURE_BYTES);
    size_t count = 0;
    lad_status status = rgb ? LAD_OK : lad_fail(err, LAD_ERR_NOMEM, "Memory ran out for %zu pictures.", dataset.count);
    for (size_t i = 0; i < dataset.count && status == LAD_OK; i++) {
        if (which != SHARE_ALL && (i % HOLD_OUT == 0) != (which == SHARE_HELD_OUT)) continue;
        status = lad_dataset_load(&dataset, i, LAD_INPUT_SIZE, rgb + count * PICTURE_BYTES, NULL, NULL, err);
        count++;
    }
    if (status == LAD_OK) status = lad_dataset_hash(&dataset, hash, err);
    lad_dataset_deinit(&dataset);
    if (status == LAD_OK)
        *out = (lad_train_images){rgb, count};
    else
        lad_free(rgb);
    return status;
}

lad_status lad_cli_normals_load(const char *root, lad_cli_normals *normals, lad_error *err)
{
    char *folder = lad_path_join(root, "validation");
    if (!folder) return lad_fail(err, LAD_ERR_NOMEM, "Memory ran out.");
    bool own = lad_folder_exists(folder);
    lad_free(folder);
    LAD_TRY(load_split(root, LAD_DATA_TRAIN, own ? SHARE_ALL : SHARE_REST, &normals->train, normals->train_hash, err));
    return load_split(root, own ? LAD_DATA_VALIDATION : LAD_DATA_TRAIN, own ? SHARE_ALL : SHARE_HELD_OUT,
                      &normals->validation, normals->validation_hash, err);
}

void lad_cli_normals_deinit(lad_cli_normals *normals)
{
    lad_free((void *)normals->train.rgb);
    lad_free((void *)normals->validation.rgb);
    *normals = (lad_cli_normals){.train = {0}};
}
