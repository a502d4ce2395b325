/* `lad eval --kinds`: which kind of anomaly each test image shows, told from its first ground-truth mask and
 * defects_config.json, and the table of AUROC by kind. */
#ifndef LAD_CLI_KINDS_H
#define LAD_CLI_KINDS_H

#include "cli/naive.h"
#include "data/dataset.h"
#include "eval/defects.h"

typedef struct lad_cli_kinds {
    lad_defects defects;
    const char **names; /* [set->count], NULL for good images */
} lad_cli_kinds;

/* Reads the ground truth of all images of `set` in the category folder `root`.  Deinit in any case. */
LAD_MUST_CHECK lad_status lad_cli_kinds_read(const char *root, const lad_dataset *set, lad_cli_kinds *kinds,
                                             lad_error *err);
void lad_cli_kinds_deinit(lad_cli_kinds *kinds);

/* A line for each kind on standard output: the model's AUROC and, where naive is not NULL, those of the naive methods.
 */
LAD_MUST_CHECK lad_status lad_cli_kinds_print(const lad_cli_kinds *kinds, const double *scores, const uint8_t *labels,
                                              size_t count, const lad_naive *naive, lad_error *err);

#endif
