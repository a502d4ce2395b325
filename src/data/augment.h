/* Changes of colour that leave a picture normal. */
#ifndef LAD_DATA_AUGMENT_H
#define LAD_DATA_AUGMENT_H

#include "base/rng.h"

#include <stddef.h>
#include <stdint.h>

/* One of brightness, contrast and saturation, by a factor in [0.8, 1.2] (Batzner et al. 2023, Algorithm 1).
 * rgb: [pixels, 3] -> out: [pixels, 3]; they may be the same. */
void lad_augment_jitter(lad_rng *rng, const uint8_t *rgb, size_t pixels, uint8_t *out);

#endif
