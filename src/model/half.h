/* IEEE 754 binary16 ("F16") to and from float, in integer arithmetic, so that every build gives the same bits.
 * Thread rule: no shared state. */
#ifndef LAD_MODEL_HALF_H
#define LAD_MODEL_HALF_H

#include <stdint.h>

#define LAD_HALF_MAX 65504.0f /* values below 65520 round to it, those above become infinity */

/* Rounds to nearest, ties to even; overflow gives infinity, NaN stays NaN. */
uint16_t lad_half_from_float(float value);

/* Exact. */
float lad_half_to_float(uint16_t half);

#endif
