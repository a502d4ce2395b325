/* Ground truth: one plane per defect, 0 or the kind's pixel value. */
#ifndef LAD_SCENE_MASK_H
#define LAD_SCENE_MASK_H

#include "base/status.h"
#include "scene/film.h"

#include <stdint.h>

typedef struct lad_masks {
    size_t width, height, count;
    uint8_t **planes; /* [count] of [height, width] */
} lad_masks;

/* Adds an empty plane; *plane belongs to the masks. */
LAD_MUST_CHECK lad_status lad_masks_add(lad_masks *masks, uint8_t **plane);
void lad_masks_deinit(lad_masks *masks);

/* Sets the pixels whose centres have a negative distance(context, x, y), coordinates in pixels. */
typedef float lad_mask_distance_fn(const void *context, float px, float py);
void lad_mask_fill(const lad_masks *masks, uint8_t *plane, uint8_t value, lad_mask_distance_fn *distance,
                   const void *context);

/* Sets what two renderings of the same scene, with and without the anomaly, show differently: a change of at least
 * `levels` of 255 in a channel of the encoded picture, small holes closed.  Both films are linear and alike in
 * size. */
LAD_MUST_CHECK lad_status lad_mask_from_films(const lad_masks *masks, uint8_t *plane, uint8_t value,
                                              const lad_film *with, const lad_film *without, float levels);

#endif
