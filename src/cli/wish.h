/* Options that say what a detector is calibrated for; the same for every command that calibrates one. */
#ifndef LAD_CLI_WISH_H
#define LAD_CLI_WISH_H

#include "train/calibrate.h"

#include <argp.h>

typedef struct lad_cli_wish {
    lad_calibration_wish wish; /* holds the defaults before parsing */
    bool border_given, distance_given, norm_given, combine_given, smoothing_given; /* on the command line */
} lad_cli_wish;

/* --global-weight, --border, --map-distance, --map-norm, --map-smoothing, --combine, --false-alarm-rate: an argp child
 * whose input is a lad_cli_wish. */
extern const struct argp lad_cli_wish_argp;

#endif
