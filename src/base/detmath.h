/* Elementary functions that give the same bits everywhere.
 *
 * A libm may use other polynomials, or fused multiply-adds, on another machine; rendered scenes and training
 * must not depend on that.  These use only IEEE + - * / and sqrt (which are exact to rounding everywhere)
 * and integer operations on the representation; the project is built with -ffp-contract=off.
 * Relative error stays below 1e-6 in the ranges given (tests/unit/base_detmath_test.c holds them to it). */
#ifndef LAD_BASE_DETMATH_H
#define LAD_BASE_DETMATH_H

float lad_expf(float x);          /* 0 below -87, +inf above 88.7 */
float lad_logf(float x);          /* x > 0; -inf for 0, NaN below */
float lad_powf(float x, float y); /* x >= 0; 1 for y == 0; limits of the result as for lad_expf */
float lad_sinf(float x);          /* |x| <= 1e4; absolute error below 1e-6; NaN from 1e15 */
float lad_cosf(float x);          /* as lad_sinf */
/* out[i] = lad_cosf(x[i]) for |x| <= 1e9, many times as fast where processors have vectors. */
void lad_cosf_many(const float *x, int count, float *out);
float lad_atan2f(float y, float x); /* finite arguments; in [-pi, pi]; 0 for (0, 0) */
float lad_tanhf(float x);           /* NaN gives NaN */

#endif
