/* Heat maps as PNG files. */
#ifndef LAD_CLI_HEAT_H
#define LAD_CLI_HEAT_H

#include "api/lad.h"

/* Writes STEM_combined.png, STEM_structural.png, STEM_logical.png (the normalised maps in colours) and
 * STEM_overlay.png (the combined map over the image), all of the image's size.  Colours run from 0 to twice the
 * map_threshold (lad_detector_info), so that the middle of the palette is where a map becomes anomalous.
 * image_path is read again for the overlay. */
LAD_MUST_CHECK lad_status lad_heat_write(const char *stem, const char *image_path, const lad_result *result,
                                         double map_threshold, lad_error *err);

#endif
