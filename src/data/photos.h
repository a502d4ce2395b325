/* A folder of photographs, read into memory for data/pictures.h (native builds only). */
#ifndef LAD_DATA_PHOTOS_H
#define LAD_DATA_PHOTOS_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct lad_photos {
    uint8_t *rgb; /* [count, LAD_PHOTO_SIZE, LAD_PHOTO_SIZE, 3] */
    size_t count;
    char hash[17]; /* of the folder's names and bytes */
} lad_photos;

/* Reads up to `limit` photographs, evenly spread over the sorted names. */
LAD_MUST_CHECK lad_status lad_photos_load(const char *folder, size_t limit, lad_photos *out, lad_error *err);
void lad_photos_deinit(lad_photos *photos);

#endif
