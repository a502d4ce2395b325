/* Writes rendered scenes as a data set in the folder layout of MVTec LOCO AD (see data/dataset.h).
 *
 * Beside the images: ground_truth masks, defects_config.json in MVTec's format, and scenes.json: for each image
 * its kind of anomaly, the rule broken, what was done, and the parameters of the scene.
 * A run that was stopped is taken up again: an image that was written completely is not rendered twice.  While
 * work is going on, ROOT/.scenes holds one note for each complete image; finishing merges them into scenes.json.
 * Invariant: the bytes depend on the options alone, not on threads or interruptions.
 * Thread rule: lad_loco_writer_item may run for different items at the same time. */
#ifndef LAD_DATA_LOCO_WRITER_H
#define LAD_DATA_LOCO_WRITER_H

#include "base/pool.h"
#include "base/status.h"
#include "scene/scene.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LAD_LOCO_MAX_IMAGES = 1000000, LAD_LOCO_JPEG_QUALITY = 92 };

typedef struct lad_loco_options {
    const lad_scene_category *category;
    uint64_t seed;
    size_t train, validation;
    size_t test;  /* of each class: good, logical, structural */
    size_t width; /* pixels; 0: the category's full size */
    bool jpeg;    /* images as JPEG, masks stay PNG */
    int only;     /* index of a kind: nothing but `test` images of it; -1: everything */
} lad_loco_options;

typedef struct lad_loco_writer lad_loco_writer;

/* root: the category's folder, made if it is missing.  One that holds a data set of other options, or of another
 * origin, is refused (LAD_ERR_ARG) and left as it is. */
LAD_MUST_CHECK lad_status lad_loco_writer_create(const char *root, const lad_loco_options *options,
                                                 lad_loco_writer **out, lad_error *err);
void lad_loco_writer_destroy(lad_loco_writer **writer);

/* How many images there are to write. */
size_t lad_loco_writer_count(const lad_loco_writer *writer);

/* Renders and writes image `item` with its masks, unless they are there.  pool: for the renderer, NULL allowed. */
LAD_MUST_CHECK lad_status lad_loco_writer_item(const lad_loco_writer *writer, size_t item, lad_pool *pool,
                                               lad_error *err);

/* After all items: writes defects_config.json and scenes.json, removes the notes. */
LAD_MUST_CHECK lad_status lad_loco_writer_finish(const lad_loco_writer *writer, lad_error *err);

#endif
