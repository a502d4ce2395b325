#include "model/half.h"

#include <string.h>

/* value / 2^shift, to nearest, ties to even.  shift: 1..31. */
static uint32_t shift_rounded(uint32_t value, uint32_t shift)
{
    uint32_t quotient = value >> shift, rest = value & ((1u << shift) - 1), half = 1u << (shift - 1);
    return quotient + (rest > half || (rest == half && (quotient & 1)));
}

uint16_t lad_half_from_float(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint32_t sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7fffffffu, half;
    if (magnitude > 0x7f800000u) {
        half = 0x7e00u; /* NaN */
    } else if (magnitude >= 0x477ff000u) {
        half = 0x7c00u; /* 65520 and above, the midpoint of the largest half and its would-be successor */
    } else if (magnitude >= 0x38800000u) {
        /* Normal: the exponent's bias falls from 127 to 15, the mantissa from 23 to 10 bits; a carry out of the
         * mantissa raises the exponent, which is what rounding up needs. */
        half = shift_rounded(magnitude - (112u << 23), 13);
    } else {
        /* Subnormal: a multiple of 2^-24.  Below 2^-25 all is rounded away. */
        uint32_t exponent = magnitude >> 23, mantissa = (magnitude & 0x7fffffu) | 0x800000u;
        half = exponent < 102 ? 0 : shift_rounded(mantissa, 126 - exponent);
    }
    return (uint16_t)(sign | half);
}

float lad_half_to_float(uint16_t half)
{
    uint32_t sign = (uint32_t)(half & 0x8000) << 16, exponent = half >> 10 & 31, mantissa = half & 0x3ff, bits;
    if (exponent == 0) {
        float tiny = (float)mantissa * 0x1p-24f;
        memcpy(&bits, &tiny, sizeof bits);
        bits |= sign;
    } else {
        bits = sign | (exponent == 31 ? 255u : exponent + 112) << 23 | mantissa << 13;
    }
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}
