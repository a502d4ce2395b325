/* `lad render --sheet`: small pictures of one category side by side in one JPEG, to look at. */
#ifndef LAD_CLI_SHEET_H
#define LAD_CLI_SHEET_H

#include "base/pool.h"
#include "scene/scene.h"

/* What a sheet shows: 25 pictures of a class (its kinds take turns), 25 of one kind, or each kind once. */
typedef enum lad_sheet { LAD_SHEET_GOOD, LAD_SHEET_LOGICAL, LAD_SHEET_STRUCTURAL, LAD_SHEET_KINDS } lad_sheet;

typedef struct lad_sheet_options {
    const lad_scene_category *category;
    lad_sheet shows;
    int only;     /* a kind, or -1 */
    size_t width; /* of one picture, pixels; 0: such that a sheet fits into a page */
    uint64_t seed;
} lad_sheet_options;

/* Renders at full size, shrinks, outlines the ground truth, and writes `path`.  The test split: the same scenes as in a
 * data set of this seed. */
LAD_MUST_CHECK lad_status lad_sheet_write(const lad_sheet_options *options, const char *path, lad_pool *pool,
                                          lad_error *err);

#endif
