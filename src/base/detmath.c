#include "base/detmath.h"

#include "base/clones.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

static float float_from_bits(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint32_t bits_from_float(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* The work happens in double, where truncated series reach float accuracy with room to spare. */

static double exp_kernel(double x)
{
    /* x = k ln 2 + r with |r| <= ln 2 / 2; e^r by its Taylor series to r^9 (remainder below 7e-12). */
    double k = floor(x * 1.4426950408889634 + 0.5);
    double r = x - k * 0.69314718055994531;
    double sum = 1.0;
    for (int n = 9; n >= 1; n--) sum = 1.0 + sum * r / n;
    uint64_t bits = (uint64_t)((int64_t)k + 1023) << 52;
    double scale;
    memcpy(&scale, &bits, sizeof scale);
    return sum * scale;
}

static double log_kernel(float x)
{
    /* x = 2^k m with m in [sqrt(1/2), sqrt(2)); log m = 2 artanh((m - 1) / (m + 1)), |argument| <= 0.1716. */
    int k = -127;
    if (x < 1.17549435e-38f) { /* subnormal: 2^24 x is normal, and exact */
        x *= 0x1p24f;
        k -= 24;
    }
    uint32_t bits = bits_from_float(x);
    k += (int)(bits >> 23);
    double m = float_from_bits((bits & 0x7fffffu) | 0x3f800000u);
    if (m > 1.4142135623730951) {
        m *= 0.5;
        k++;
    }
    double t = (m - 1.0) / (m + 1.0), t2 = t * t;
    double series = 1.0 / 13;
    for (int n = 11; n >= 1; n -= 2) series = series * t2 + 1.0 / n;
    return 2.0 * t * series + k * 0.69314718055994531;
}

float lad_expf(float x)
{
    if (!(x > -87.0f)) return x != x ? x : 0.0f;
    if (x > 88.7f) return INFINITY;
    return (float)exp_kernel(x);
}

float lad_logf(float x)
{
    if (x == 0.0f) return -INFINITY;
    if (!(x > 0.0f)) return NAN;
    if (x == INFINITY) return x;
    return (float)log_kernel(x);
}

float lad_powf(float x, float y)
{
    if (y == 0.0f) return 1.0f;
    if (x == 0.0f) return y > 0.0f ? 0.0f : INFINITY;
    if (!(x > 0.0f)) return NAN;
    if (x == INFINITY) return y > 0.0f ? x : 0.0f;
    double e = y * log_kernel(x);
    if (!(e >= -87.0)) return e != e ? NAN : 0.0f;
    if (e > 88.7) return INFINITY;
    return (float)exp_kernel(e);
}

/* Reduced to r in [-pi/2, pi/2], k half turns away; Taylor to r^15 (remainder below 7e-12). */
static inline double sin_reduced(double x, double *k)
{
    *k = floor(x * 0.31830988618379067 + 0.5);
    double r = x - *k * 3.1415926535897931;
    double r2 = r * r, sum = 1.0;
    for (int n = 15; n >= 3; n -= 2) sum = 1.0 - sum * r2 / (n * (n - 1));
    return r * sum;
}

static double sin_kernel(double x)
{
    if (!(fabs(x) < 1e15)) return NAN; /* also what keeps k within an integer */
    double k, value = sin_reduced(x, &k);
    return ((int64_t)k & 1) ? -value : value;
}

float lad_sinf(float x)
{
    return (float)sin_kernel(x);
}

float lad_cosf(float x)
{
    return (float)sin_kernel((double)x + 1.5707963267948966);
}

LAD_CLONES void lad_cosf_many(const float *restrict x, int count, float *restrict out)
{
    for (int i = 0; i < count; i++) {
        double k, value = sin_reduced((double)x[i] + 1.5707963267948966, &k);
        out[i] = (float)(value * (1 - 2 * ((int32_t)k & 1)));
    }
}

float lad_atan2f(float y, float x)
{
    if (x == 0.0f && y == 0.0f) return 0.0f;
    double ax = fabs((double)x), ay = fabs((double)y);
    int swap = ay > ax;
    double t = swap ? ax / ay : ay / ax; /* in [0, 1] */
    /* Halve the angle once: atan t = 2 atan(t / (1 + sqrt(1 + t^2))), argument <= 0.4143. */
    double u = t / (1.0 + sqrt(1.0 + t * t)), u2 = u * u;
    double series = 1.0 / 23;
    for (int n = 21; n >= 1; n -= 2) series = 1.0 / n - u2 * series;
    double angle = 2.0 * u * series;
    if (swap) angle = 1.5707963267948966 - angle;
    if (x < 0.0f) angle = 3.1415926535897931 - angle;
    return (float)(y < 0.0f ? -angle : angle);
}

float lad_tanhf(float x)
{
    if (x > 10.0f) return 1.0f;
    if (x < -10.0f) return -1.0f;
    if (fabsf(x) < 0.01f) return x - x * x * x / 3.0f; /* next term below 2e-11 relative to x */
    double e = exp_kernel(2.0 * x);
    return (float)((e - 1.0) / (e + 1.0));
}
