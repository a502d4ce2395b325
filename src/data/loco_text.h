/* The texts beside the images of a rendered data set (private to data/loco_writer.c).
 *
 * Each *text is the caller's (lad_free); `root` names the data set in sentences.  Errors: LAD_ERR_NOMEM. */
#ifndef LAD_DATA_LOCO_TEXT_H
#define LAD_DATA_LOCO_TEXT_H

#include "data/loco_plan.h"

/* The beginning of scenes.json: an object without its closing brace, which names all options. */
LAD_MUST_CHECK lad_status lad_loco_header(const char *root, const lad_loco_options *options, char **text,
                                          lad_error *err);

/* One image of scenes.json, in one line. */
LAD_MUST_CHECK lad_status lad_loco_note(const char *root, const lad_loco_options *options, const lad_loco_item *item,
                                        const lad_scene_image *scene, char **text, lad_error *err);

/* defects_config.json: MVTec's list of kinds. */
LAD_MUST_CHECK lad_status lad_loco_config(const char *root, const lad_loco_options *options, char **text,
                                          lad_error *err);

#endif
