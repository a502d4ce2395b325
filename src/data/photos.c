#include "data/photos.h"

#include "base/alloc.h"
#include "data/dataset.h"
#include "data/pictures.h"

lad_status lad_photos_load(const char *folder, size_t limit, lad_photos *out, lad_error *err)
{
    enum { PHOTO_BYTES = LAD_PHOTO_SIZE * LAD_PHOTO_SIZE * 3 };
    lad_dataset dataset = {0};
    lad_photos photos = {0};
    LAD_TRY(lad_dataset_open(folder, LAD_DATA_TRAIN, &dataset, err));
    lad_status status = LAD_OK;
    photos.count = dataset.count < limit ? dataset.count : limit;
    photos.rgb = lad_alloc(photos.count, PHOTO_BYTES);
    if (!photos.rgb) status = lad_fail(err, LAD_ERR_NOMEM, "Memory ran out for %zu photographs.", photos.count);
    for (size_t i = 0; i < photos.count && status == LAD_OK; i++) {
        /* count <= dataset.count, so this picks distinct entries, and all of them when there is room. */
        size_t entry = (size_t)((uint64_t)i * dataset.count / photos.count);
        status = lad_dataset_load(&dataset, entry, LAD_PHOTO_SIZE, photos.rgb + i * PHOTO_BYTES, NULL, NULL, err);
    }
    if (status == LAD_OK) status = lad_dataset_hash(&dataset, photos.hash, err);
    lad_dataset_deinit(&dataset);
    if (status == LAD_OK)
        *out = photos;
    else
        lad_photos_deinit(&photos);
    return status;
}

void lad_photos_deinit(lad_photos *photos)
{
    lad_free(photos->rgb);
    *photos = (lad_photos){0};
}
