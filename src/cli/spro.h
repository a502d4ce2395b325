/* `lad eval --spro`: AU-sPRO of maps in image pixels against the ground truth of a data set. */
#ifndef LAD_CLI_SPRO_H
#define LAD_CLI_SPRO_H

#include "api/lad.h"
#include "data/dataset.h"
#include "eval/defects.h"
#include "eval/spro.h"

typedef struct lad_cli_spro {
    lad_defects defects;
    lad_spro *spro;
} lad_cli_spro;

/* Reads root/defects_config.json.  Close it in any case. */
LAD_MUST_CHECK lad_status lad_cli_spro_open(const char *root, lad_cli_spro *spro, lad_error *err);
void lad_cli_spro_close(lad_cli_spro *spro);

/* Takes the map of an entry, just inferred, against its masks. */
LAD_MUST_CHECK lad_status lad_cli_spro_add(lad_cli_spro *spro, const lad_entry *entry, const lad_result *result,
                                           lad_error *err);

/* lad_spro_figures, in a table. */
void lad_cli_spro_print(double figures[LAD_SPRO_LIMITS][2]);

#endif
