/* Data sets on disk, in the folder layout of MVTec LOCO AD (native builds only).
 *
 *   C/train/good  C/validation/good  C/test/{good,logical_anomalies,structural_anomalies}
 *   C/ground_truth/<type>/<id>/000.png ...  C/defects_config.json
 * Also accepted: plain MVTec AD (test/good plus any other folders, read as one structural class; ground_truth
 * may be absent, or hold <type>/<id>_mask.png) and a bare folder of images (all unlabelled, for any split).
 * Counts are read, never assumed.  Files whose names begin with a dot are passed over.
 * Invariant: entries are sorted by folder and then by file name (strcmp), so that the same folder gives the same
 * order everywhere. */
#ifndef LAD_DATA_DATASET_H
#define LAD_DATA_DATASET_H

#include "base/status.h"
#include "image/image.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum lad_label { LAD_LABEL_NONE = -1, LAD_LABEL_GOOD, LAD_LABEL_LOGICAL, LAD_LABEL_STRUCTURAL } lad_label;
typedef enum lad_split { LAD_DATA_TRAIN, LAD_DATA_VALIDATION, LAD_DATA_TEST } lad_split;

typedef struct lad_entry {
    char *path; /* of the image file, as given by the folder */
    char *id;   /* "logical_anomalies/003": split-relative, without extension ("003" in a bare folder) */
    lad_label label;
    char **masks; /* [mask_count] paths of ground-truth PNGs, possibly none */
    size_t mask_count;
} lad_entry;

typedef struct lad_dataset {
    char *root;
    lad_entry *entries; /* [count] */
    size_t count;
} lad_dataset;

/* Lists one split.  A missing folder, or one without images, is an error that names it. */
LAD_MUST_CHECK lad_status lad_dataset_open(const char *root, lad_split split, lad_dataset *out, lad_error *err);
void lad_dataset_deinit(lad_dataset *dataset);

/* Reads, decodes and resizes entry i to [size, size, 3] (the caller's buffer); *width and *height get the
 * original size (NULL allowed). */
LAD_MUST_CHECK lad_status lad_dataset_load(const lad_dataset *dataset, size_t i, size_t size, uint8_t *rgb,
                                           size_t *width, size_t *height, lad_error *err);

/* A short hash (hex, 16 digits and NUL) over names and bytes of a split's images: which data made this model. */
LAD_MUST_CHECK lad_status lad_dataset_hash(const lad_dataset *dataset, char hex[17], lad_error *err);

#endif
