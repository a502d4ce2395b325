/* The normal pictures of a category in memory, for commands that learn from them. */
#ifndef LAD_CLI_NORMALS_H
#define LAD_CLI_NORMALS_H

#include "train/step.h"

typedef struct lad_cli_normals {
    lad_train_images train, validation; /* of LAD_INPUT_SIZE, the struct's own */
    char train_hash[17], validation_hash[17];
} lad_cli_normals;

/* root: a category's folder in the layout of MVTec LOCO AD.  MVTec AD has no validation pictures: then every seventh
 * training picture is held out.  Call deinit in any case. */
LAD_MUST_CHECK lad_status lad_cli_normals_load(const char *root, lad_cli_normals *normals, lad_error *err);
void lad_cli_normals_deinit(lad_cli_normals *normals);

#endif
