/* Reference kernels: obvious scalar code, always linked, the fallback and the yardstick of the checks. */
#include "kernels/table.h"

#include <math.h>
#include <string.h>

void lad_k_relu_forward_f32_ref(size_t count, const float *x, float *y)
{
    for (size_t i = 0; i < count; i++) y[i] = x[i] > 0.0f ? x[i] : 0.0f;
}

void lad_k_relu_backward_f32_ref(size_t count, const float *y, const float *d_y, float *d_x)
{
    for (size_t i = 0; i < count; i++) d_x[i] = y[i] > 0.0f ? d_y[i] : 0.0f;
}

void lad_k_avgpool2_forward_f32_ref(size_t w, size_t c, const float *x0, const float *x1, float *y)
{
    for (size_t o = 0; o < w / 2; o++) {
        const float *a = x0 + 2 * o * c, *b = x1 + 2 * o * c;
        for (size_t i = 0; i < c; i++) y[o * c + i] = 0.25f * ((a[i] + a[c + i]) + (b[i] + b[c + i]));
    }
}

void lad_k_avgpool2_backward_f32_ref(size_t w, size_t c, const float *d_y, const float *x0, const float *x1,
                                     float *d_x0, float *d_x1)
{
    for (size_t x = 0; x < w; x++) {
        for (size_t i = 0; i < c; i++) {
            size_t at = x * c + i;
            float d = x < w / 2 * 2 ? 0.25f * d_y[x / 2 * c + i] : 0.0f;
            d_x0[at] = !x0 || x0[at] > 0.0f ? d : 0.0f;
            d_x1[at] = !x1 || x1[at] > 0.0f ? d : 0.0f;
        }
    }
}

void lad_k_avgpool2_forward_flags_f32_ref(size_t w, size_t c, const float *x0, const float *x1, float *y,
                                          uint8_t *flags)
{
    lad_k_avgpool2_forward_f32_ref(w, c, x0, x1, y);
    for (size_t o = 0; o < w / 2; o++) {
        const float *a = x0 + 2 * o * c, *b = x1 + 2 * o * c;
        for (size_t i = 0; i < c; i++)
            flags[o * c + i] =
                (uint8_t)((a[i] > 0.0f) + 2 * (a[c + i] > 0.0f) + 4 * (b[i] > 0.0f) + 8 * (b[c + i] > 0.0f));
    }
}

void lad_k_avgpool2_backward_flags_f32_ref(size_t w, size_t c, const float *d_y, const uint8_t *flags, size_t row,
                                           float *d_x)
{
    for (size_t x = 0; x < w; x++) {
        for (size_t i = 0; i < c; i++) {
            size_t window = x / 2 * c + i;
            bool passed = x < w / 2 * 2 && (flags[window] >> (2 * row + x % 2) & 1);
            d_x[x * c + i] = passed ? 0.25f * d_y[window] : 0.0f;
        }
    }
}

void lad_k_bilinear_forward_f32_ref(size_t w, size_t c, size_t ow, float lower, const float *x0, const float *x1,
                                    float *y)
{
    for (size_t o = 0; o < ow; o++) {
        size_t left, right;
        float f;
        lad_bilinear_tap(w, ow, o, &left, &right, &f);
        for (size_t i = 0; i < c; i++) {
            float top = (1.0f - f) * x0[left * c + i] + f * x0[right * c + i];
            float bottom = (1.0f - f) * x1[left * c + i] + f * x1[right * c + i];
            y[o * c + i] = (1.0f - lower) * top + lower * bottom;
        }
    }
}

void lad_k_bilinear_backward_f32_ref(size_t w, size_t c, size_t ow, float weight, const float *d_y, float *d_x)
{
    for (size_t o = 0; o < ow; o++) {
        size_t left, right;
        float f;
        lad_bilinear_tap(w, ow, o, &left, &right, &f);
        for (size_t i = 0; i < c; i++) {
            d_x[left * c + i] += weight * (1.0f - f) * d_y[o * c + i];
            d_x[right * c + i] += weight * f * d_y[o * c + i];
        }
    }
}

void lad_k_channel_mse_f32_ref(size_t positions, size_t c, const float *a, size_t a_stride, const float *b,
                               size_t b_stride, float *out)
{
    for (size_t p = 0; p < positions; p++) {
        double sum = 0.0;
        for (size_t i = 0; i < c; i++) {
            double d = (double)a[p * a_stride + i] - (double)b[p * b_stride + i];
            sum += d * d;
        }
        out[p] = (float)(sum / (double)c);
    }
}

void lad_k_adam_f32_ref(size_t count, const lad_adam_rates *rates, float *p, const float *grad, float *m, float *v)
{
    for (size_t i = 0; i < count; i++) {
        float g = grad[i] + rates->weight_decay * p[i];
        m[i] = LAD_ADAM_B1 * m[i] + (1.0f - LAD_ADAM_B1) * g;
        v[i] = LAD_ADAM_B2 * v[i] + (1.0f - LAD_ADAM_B2) * (g * g);
        p[i] -= rates->lr_over_correction1 * m[i] / (sqrtf(v[i] * rates->correction2) + LAD_ADAM_EPS);
    }
}

void lad_k_column_sum_f32_ref(size_t rows, size_t c, const float *x, size_t x_row, float *sum)
{
    for (size_t i = 0; i < c; i++) {
        double total = (double)sum[i];
        for (size_t row = 0; row < rows; row++) total += (double)x[row * x_row + i];
        sum[i] = (float)total;
    }
}
