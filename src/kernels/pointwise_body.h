/* Pointwise, pooling and resampling kernels, compiled once per instruction set (see simd.h and table.h).
 * LAD_K(op) gives the kernel's name. */
#include "kernels/simd.h"
#include "kernels/table.h"

void LAD_K(relu_forward)(size_t count, const float *x, float *y)
{
#define BODY(i, n) v_store_n(y + (i), v_relu(v_load_n(x + (i), n)), n)
    V_FOR(count, BODY);
#undef BODY
}

void LAD_K(relu_backward)(size_t count, const float *y, const float *d_y, float *d_x)
{
#define BODY(i, n) v_store_n(d_x + (i), v_keep(v_load_n(d_y + (i), n), v_load_n(y + (i), n) > (vec){0}), n)
    V_FOR(count, BODY);
#undef BODY
}

void LAD_K(avgpool2_forward)(size_t w, size_t c, const float *x0, const float *x1, float *y)
{
    vec quarter = v_set1(0.25f);
    for (size_t o = 0; o < w / 2; o++) {
        const float *a = x0 + 2 * o * c, *b = x1 + 2 * o * c;
        float *out = y + o * c;
#define BODY(i, n)                                                                                                     \
    v_store_n(out + (i),                                                                                               \
              quarter * ((v_load_n(a + (i), n) + v_load_n(a + c + (i), n)) +                                           \
                         (v_load_n(b + (i), n) + v_load_n(b + c + (i), n))),                                           \
              n)
        V_FOR(c, BODY);
#undef BODY
    }
}

LAD_INLINE void avgpool2_backward_lanes(vec g, const float *x, float *d_x, size_t n)
{
    v_store_n(d_x, x ? v_keep(g, v_load_n(x, n) > (vec){0}) : g, n);
}

void LAD_K(avgpool2_backward)(size_t w, size_t c, const float *d_y, const float *x0, const float *x1, float *d_x0,
                              float *d_x1)
{
    vec quarter = v_set1(0.25f);
    for (size_t o = 0; o < w / 2; o++) {
        size_t left = 2 * o * c, right = left + c;
#define BODY(i, n)                                                                                                     \
    do {                                                                                                               \
        vec g = quarter * v_load_n(d_y + o * c + (i), n);                                                              \
        avgpool2_backward_lanes(g, x0 ? x0 + left + (i) : NULL, d_x0 + left + (i), n);                                 \
        avgpool2_backward_lanes(g, x0 ? x0 + right + (i) : NULL, d_x0 + right + (i), n);                               \
        avgpool2_backward_lanes(g, x1 ? x1 + left + (i) : NULL, d_x1 + left + (i), n);                                 \
        avgpool2_backward_lanes(g, x1 ? x1 + right + (i) : NULL, d_x1 + right + (i), n);                               \
    } while (0)
        V_FOR(c, BODY);
#undef BODY
    }
    if (w % 2 != 0) {
        memset(d_x0 + (w - 1) * c, 0, c * sizeof *d_x0);
        memset(d_x1 + (w - 1) * c, 0, c * sizeof *d_x1);
    }
}

/* The bits of one element of the window: `bit` where a is positive. */
LAD_INLINE vec_mask flag_where_positive(vec a, int32_t bit)
{
    return (vec_mask)(a > (vec){0}) & (bit - (vec_mask){0});
}

LAD_INLINE void avgpool2_flags_lanes(size_t c, const float *a, const float *b, size_t n, float *y, uint8_t *flags)
{
    vec a0 = v_load_n(a, n), a1 = v_load_n(a + c, n), b0 = v_load_n(b, n), b1 = v_load_n(b + c, n);
    v_store_n(y, v_set1(0.25f) * ((a0 + a1) + (b0 + b1)), n);
    vec_mask bits = (flag_where_positive(a0, 1) | flag_where_positive(a1, 2)) |
                    (flag_where_positive(b0, 4) | flag_where_positive(b1, 8));
    vec_bytes bytes = __builtin_convertvector(bits, vec_bytes);
    memcpy(flags, &bytes, n);
}

void LAD_K(avgpool2_forward_flags)(size_t w, size_t c, const float *x0, const float *x1, float *y, uint8_t *flags)
{
    for (size_t o = 0; o < w / 2; o++) {
        const float *a = x0 + 2 * o * c, *b = x1 + 2 * o * c;
        float *out = y + o * c;
        uint8_t *bits = flags + o * c;
#define BODY(i, n) avgpool2_flags_lanes(c, a + (i), b + (i), n, out + (i), bits + (i))
        V_FOR(c, BODY);
#undef BODY
    }
}

LAD_INLINE void avgpool2_unflag_lanes(size_t c, const float *d_y, const uint8_t *flags, int32_t left, size_t n,
                                      float *d_x)
{
    vec g = v_set1(0.25f) * v_load_n(d_y, n);
    vec_bytes bytes = {0};
    memcpy(&bytes, flags, n);
    vec_mask bits = __builtin_convertvector(bytes, vec_mask);
    v_store_n(d_x, v_keep(g, (bits & (left - (vec_mask){0})) != 0), n);
    v_store_n(d_x + c, v_keep(g, (bits & (2 * left - (vec_mask){0})) != 0), n);
}

void LAD_K(avgpool2_backward_flags)(size_t w, size_t c, const float *d_y, const uint8_t *flags, size_t row, float *d_x)
{
    int32_t left = row == 0 ? 1 : 4;
    for (size_t o = 0; o < w / 2; o++) {
        const float *g = d_y + o * c;
        const uint8_t *bits = flags + o * c;
        float *out = d_x + 2 * o * c;
#define BODY(i, n) avgpool2_unflag_lanes(c, g + (i), bits + (i), left, n, out + (i))
        V_FOR(c, BODY);
#undef BODY
    }
    if (w % 2 != 0) memset(d_x + (w - 1) * c, 0, c * sizeof *d_x);
}

void LAD_K(bilinear_forward)(size_t w, size_t c, size_t ow, float lower, const float *x0, const float *x1, float *y)
{
    vec down = v_set1(lower), up = v_set1(1.0f - lower);
    for (size_t o = 0; o < ow; o++) {
        size_t left, right;
        float fraction;
        lad_bilinear_tap(w, ow, o, &left, &right, &fraction);
        vec r = v_set1(fraction), l = v_set1(1.0f - fraction);
        const float *tl = x0 + left * c, *tr = x0 + right * c, *bl = x1 + left * c, *br = x1 + right * c;
        float *out = y + o * c;
#define BODY(i, n)                                                                                                     \
    do {                                                                                                               \
        vec top = VFMA(r, v_load_n(tr + (i), n), l * v_load_n(tl + (i), n));                                           \
        vec bottom = VFMA(r, v_load_n(br + (i), n), l * v_load_n(bl + (i), n));                                        \
        v_store_n(out + (i), VFMA(down, bottom, up * top), n);                                                         \
    } while (0)
        V_FOR(c, BODY);
#undef BODY
    }
}

void LAD_K(bilinear_backward)(size_t w, size_t c, size_t ow, float weight, const float *d_y, float *d_x)
{
    for (size_t o = 0; o < ow; o++) {
        size_t left, right;
        float fraction;
        lad_bilinear_tap(w, ow, o, &left, &right, &fraction);
        vec l = v_set1(weight * (1.0f - fraction)), r = v_set1(weight * fraction);
        const float *in = d_y + o * c;
        float *a = d_x + left * c, *b = d_x + right * c;
#define BODY(i, n)                                                                                                     \
    do {                                                                                                               \
        vec g = v_load_n(in + (i), n);                                                                                 \
        v_store_n(a + (i), VFMA(l, g, v_load_n(a + (i), n)), n);                                                       \
        v_store_n(b + (i), VFMA(r, g, v_load_n(b + (i), n)), n);                                                       \
    } while (0)
        V_FOR(c, BODY);
#undef BODY
    }
}

void LAD_K(channel_mse)(size_t positions, size_t c, const float *a, size_t a_stride, const float *b, size_t b_stride,
                        float *out)
{
    for (size_t p = 0; p < positions; p++, a += a_stride, b += b_stride) {
        vec even = {0}, odd = {0};
        size_t i = 0;
        for (; i + 2 * VL <= c; i += 2 * VL) {
            vec d0 = v_load(a + i) - v_load(b + i), d1 = v_load(a + i + VL) - v_load(b + i + VL);
            even = VFMA(d0, d0, even);
            odd = VFMA(d1, d1, odd);
        }
        for (; i < c; i += VL) {
            size_t n = c - i < VL ? c - i : VL;
            vec d = v_load_n(a + i, n) - v_load_n(b + i, n);
            even = VFMA(d, d, even);
        }
        even += odd;
        float sum = 0.0f;
        for (size_t lane = 0; lane < VL; lane++) sum += even[lane];
        out[p] = sum / (float)c;
    }
}

void LAD_K(column_sum)(size_t rows, size_t c, const float *x, size_t x_row, float *sum)
{
#define BODY(i, n)                                                                                                     \
    do {                                                                                                               \
        vec total = {0};                                                                                               \
        for (size_t row = 0; row < rows; row++) total += v_load_n(x + row * x_row + (i), n);                           \
        v_store_n(sum + (i), v_load_n(sum + (i), n) + total, n);                                                       \
    } while (0)
    V_FOR(c, BODY);
#undef BODY
}

void LAD_K(adam)(size_t count, const lad_adam_rates *rates, float *p, const float *grad, float *m, float *v)
{
    vec decay = v_set1(rates->weight_decay), rate = v_set1(rates->lr_over_correction1);
    vec correction2 = v_set1(rates->correction2), eps = v_set1(LAD_ADAM_EPS);
    vec b1 = v_set1(LAD_ADAM_B1), c1 = v_set1(1.0f - LAD_ADAM_B1);
    vec b2 = v_set1(LAD_ADAM_B2), c2 = v_set1(1.0f - LAD_ADAM_B2);
#define BODY(i, n)                                                                                                     \
    do {                                                                                                               \
        vec value = v_load_n(p + (i), n), g = VFMA(decay, value, v_load_n(grad + (i), n));                             \
        vec mean = VFMA(b1, v_load_n(m + (i), n), c1 * g);                                                             \
        vec square = VFMA(b2, v_load_n(v + (i), n), c2 * (g * g));                                                     \
        v_store_n(m + (i), mean, n);                                                                                   \
        v_store_n(v + (i), square, n);                                                                                 \
        v_store_n(p + (i), value - rate * mean / (VSQRT(square * correction2) + eps), n);                              \
    } while (0)
    V_FOR(count, BODY);
#undef BODY
}
