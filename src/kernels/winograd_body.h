/* Winograd's transforms (see winograd.h for the matrices), compiled once per instruction set.
 *
 * Each is L X L^T of a small matrix X whose elements are vectors over channels: first down the columns, then
 * along the rows.  Sources and destinations are arrays of pointers, one per pixel of the tile: the caller points
 * pixels outside the image at zeros, or at a place to throw away. */
#include "kernels/simd.h"
#include "kernels/table.h"

/* One dimension, from x (stride sx) to y (stride sy).  Rows of opposite points share their even and odd parts. */
LAD_INLINE void line_input(const vec *x, size_t sx, vec *y, size_t sy) /* B^T, 8 -> 8 */
{
    vec x0 = x[0], x1 = x[sx], x2 = x[2 * sx], x3 = x[3 * sx], x4 = x[4 * sx], x5 = x[5 * sx], x6 = x[6 * sx],
        x7 = x[7 * sx];
    vec middle = v_set1(5.25f), one = v_set1(-4.25f), half = v_set1(-2.5f), two = v_set1(2.0f);
    vec even1 = VFMA(one, x4, x2 + x6), odd1 = VFMA(one, x3, x1 + x5);
    vec even2 = VFMA(v_set1(-1.25f), x4, VFMA(v_set1(0.25f), x2, x6));
    vec odd2 = VFMA(half, x3, VFMA(two, x5, v_set1(0.5f) * x1));
    vec even3 = VFMA(v_set1(-5.0f), x4, VFMA(v_set1(4.0f), x2, x6));
    vec odd3 = VFMA(half, x3, VFMA(two, x1, v_set1(0.5f) * x5));
    y[0] = VFMA(middle, x4 - x2, x0 - x6);
    y[sy] = even1 + odd1;
    y[2 * sy] = even1 - odd1;
    y[3 * sy] = even2 + odd2;
    y[4 * sy] = even2 - odd2;
    y[5 * sy] = even3 + odd3;
    y[6 * sy] = even3 - odd3;
    y[7 * sy] = VFMA(middle, x3 - x5, x7 - x1);
}

/* y[i] = sum over points a of a^i x[a] for i < size, the last one plus x at infinity; scale1..3 multiply the
 * contributions of the points +-1, +-2, +-1/2. */
LAD_INLINE void line_from_points(size_t size, float scale1, float scale2, float scale3, const vec *x, size_t sx, vec *y,
                                 size_t sy)
{
    vec x0 = x[0], x1 = x[sx], x2 = x[2 * sx], x3 = x[3 * sx], x4 = x[4 * sx], x5 = x[5 * sx], x6 = x[6 * sx],
        x7 = x[7 * sx];
    vec sum1 = v_set1(scale1) * (x1 + x2), sum2 = v_set1(scale2) * (x3 + x4), sum3 = v_set1(scale3) * (x5 + x6);
    vec odd1 = v_set1(scale1) * (x1 - x2), odd2 = v_set1(scale2) * (x3 - x4), odd3 = v_set1(scale3) * (x5 - x6);
    vec out[6];
    out[0] = (x0 + sum1) + (sum2 + sum3);
    out[1] = VFMA(v_set1(0.5f), odd3, VFMA(v_set1(2.0f), odd2, odd1));
    out[2] = VFMA(v_set1(0.25f), sum3, VFMA(v_set1(4.0f), sum2, sum1));
    out[3] = VFMA(v_set1(0.125f), odd3, VFMA(v_set1(8.0f), odd2, odd1));
    out[4] = VFMA(v_set1(0.0625f), sum3, VFMA(v_set1(16.0f), sum2, sum1));
    out[5] = VFMA(v_set1(0.03125f), odd3, VFMA(v_set1(32.0f), odd2, odd1));
    out[size - 1] += x7;
    LAD_UNROLL
    for (size_t i = 0; i < size; i++) y[i * sy] = out[i];
}

/* The adjoint: y[a] = scale(a) sum over i < size of a^i x[i], at infinity the last x. */
LAD_INLINE void line_to_points(size_t size, float scale1, float scale2, float scale3, const vec *x, size_t sx, vec *y,
                               size_t sy)
{
    vec x0 = x[0], x1 = x[sx], x2 = x[2 * sx], x3 = size > 3 ? x[3 * sx] : (vec){0};
    vec x4 = size > 4 ? x[4 * sx] : (vec){0}, x5 = size > 5 ? x[5 * sx] : (vec){0};
    vec even1 = x0 + x2, even2 = VFMA(v_set1(4.0f), x2, x0), even3 = VFMA(v_set1(0.25f), x2, x0);
    vec odd1 = x1, odd2 = v_set1(2.0f) * x1, odd3 = v_set1(0.5f) * x1;
    if (size > 3) {
        odd1 += x3;
        odd2 = VFMA(v_set1(8.0f), x3, odd2);
        odd3 = VFMA(v_set1(0.125f), x3, odd3);
    }
    if (size > 4) {
        even1 += x4;
        even2 = VFMA(v_set1(16.0f), x4, even2);
        even3 = VFMA(v_set1(0.0625f), x4, even3);
    }
    if (size > 5) {
        odd1 += x5;
        odd2 = VFMA(v_set1(32.0f), x5, odd2);
        odd3 = VFMA(v_set1(0.03125f), x5, odd3);
    }
    vec s1 = v_set1(scale1), s2 = v_set1(scale2), s3 = v_set1(scale3);
    y[0] = x0;
    y[sy] = s1 * (even1 + odd1);
    y[2 * sy] = s1 * (even1 - odd1);
    y[3 * sy] = s2 * (even2 + odd2);
    y[4 * sy] = s2 * (even2 - odd2);
    y[5 * sy] = s3 * (even3 + odd3);
    y[6 * sy] = s3 * (even3 - odd3);
    y[7 * sy] = x[(size - 1) * sx];
}

/* f(+-1), f(+-2), f(+-1/2) of G. */
#define FILTER_SCALES -2.0f / 9.0f, 1.0f / 90.0f, 32.0f / 45.0f
#define NO_SCALES 1.0f, 1.0f, 1.0f

LAD_INLINE void input_lanes(const float *const *d, size_t at, size_t n, float *v, size_t v_plane)
{
    vec half[64];
    LAD_UNROLL
    for (size_t column = 0; column < 8; column++) {
        vec x[8];
        LAD_UNROLL
        for (size_t row = 0; row < 8; row++) x[row] = v_load_n(d[8 * row + column] + at, n);
        line_input(x, 1, half + column, 8);
    }
    LAD_UNROLL
    for (size_t row = 0; row < 8; row++) {
        vec z[8];
        line_input(half + 8 * row, 1, z, 1);
        LAD_UNROLL
        for (size_t i = 0; i < 8; i++) v_store_n(v + (8 * row + i) * v_plane + at, z[i], n);
    }
}

void LAD_K(winograd_input)(size_t c, const float *const *d, float *v, size_t v_plane)
{
#define BODY(i, n) input_lanes(d, i, n, v, v_plane)
    V_FOR(c, BODY);
#undef BODY
}

LAD_INLINE void output_lanes(size_t tile, const float *m, size_t m_plane, const float *bias, bool relu, size_t at,
                             size_t n, float *const *y)
{
    vec half[6 * 8];
    LAD_UNROLL
    for (size_t column = 0; column < 8; column++) {
        vec x[8];
        LAD_UNROLL
        for (size_t row = 0; row < 8; row++) x[row] = v_load_n(m + (8 * row + column) * m_plane + at, n);
        line_from_points(tile, NO_SCALES, x, 1, half + column, 8);
    }
    vec start = bias ? v_load_n(bias + at, n) : (vec){0};
    LAD_UNROLL
    for (size_t row = 0; row < tile; row++) {
        vec z[6];
        line_from_points(tile, NO_SCALES, half + 8 * row, 1, z, 1);
        LAD_UNROLL
        for (size_t i = 0; i < tile; i++) {
            vec value = z[i] + start;
            v_store_n(y[tile * row + i] + at, relu ? v_relu(value) : value, n);
        }
    }
}

void LAD_K(winograd_output)(size_t tile, size_t c, const float *m, size_t m_plane, const float *bias, bool relu,
                            float *const *y)
{
#define BODY5(i, n) output_lanes(5, m, m_plane, bias, relu, i, n, y)
#define BODY6(i, n) output_lanes(6, m, m_plane, bias, relu, i, n, y)
    if (tile == 5)
        V_FOR(c, BODY5);
    else
        V_FOR(c, BODY6);
#undef BODY5
#undef BODY6
}

LAD_INLINE void output_adjoint_lanes(size_t tile, const float *const *d_y, size_t at, size_t n, float *m,
                                     size_t m_plane)
{
    vec half[8 * 6];
    LAD_UNROLL
    for (size_t column = 0; column < tile; column++) {
        vec x[6];
        LAD_UNROLL
        for (size_t row = 0; row < tile; row++) x[row] = v_load_n(d_y[tile * row + column] + at, n);
        line_to_points(tile, NO_SCALES, x, 1, half + column, 6);
    }
    LAD_UNROLL
    for (size_t row = 0; row < 8; row++) {
        vec z[8];
        line_to_points(tile, NO_SCALES, half + 6 * row, 1, z, 1);
        LAD_UNROLL
        for (size_t i = 0; i < 8; i++) v_store_n(m + (8 * row + i) * m_plane + at, z[i], n);
    }
}

void LAD_K(winograd_output_adjoint)(size_t tile, size_t c, const float *const *d_y, float *m, size_t m_plane)
{
#define BODY5(i, n) output_adjoint_lanes(5, d_y, i, n, m, m_plane)
#define BODY6(i, n) output_adjoint_lanes(6, d_y, i, n, m, m_plane)
    if (tile == 5)
        V_FOR(c, BODY5);
    else
        V_FOR(c, BODY6);
#undef BODY5
#undef BODY6
}

LAD_INLINE void filter_lanes(size_t taps, const float *g, size_t g_tap, size_t at, size_t n, float *u, size_t u_plane)
{
    vec half[8 * 4];
    LAD_UNROLL
    for (size_t column = 0; column < taps; column++) {
        vec x[4];
        LAD_UNROLL
        for (size_t row = 0; row < taps; row++) x[row] = v_load_n(g + (taps * row + column) * g_tap + at, n);
        line_to_points(taps, FILTER_SCALES, x, 1, half + column, 4);
    }
    LAD_UNROLL
    for (size_t row = 0; row < 8; row++) {
        vec z[8];
        line_to_points(taps, FILTER_SCALES, half + 4 * row, 1, z, 1);
        LAD_UNROLL
        for (size_t i = 0; i < 8; i++) v_store_n(u + (8 * row + i) * u_plane + at, z[i], n);
    }
}

void LAD_K(winograd_filter)(size_t taps, size_t c, const float *g, size_t g_tap, float *u, size_t u_plane)
{
#define BODY3(i, n) filter_lanes(3, g, g_tap, i, n, u, u_plane)
#define BODY4(i, n) filter_lanes(4, g, g_tap, i, n, u, u_plane)
    if (taps == 3)
        V_FOR(c, BODY3);
    else
        V_FOR(c, BODY4);
#undef BODY3
#undef BODY4
}

LAD_INLINE void filter_adjoint_lanes(size_t taps, const float *u, size_t u_plane, size_t at, size_t n, float *g,
                                     size_t g_tap)
{
    vec half[4 * 8];
    LAD_UNROLL
    for (size_t column = 0; column < 8; column++) {
        vec x[8];
        LAD_UNROLL
        for (size_t row = 0; row < 8; row++) x[row] = v_load_n(u + (8 * row + column) * u_plane + at, n);
        line_from_points(taps, FILTER_SCALES, x, 1, half + column, 8);
    }
    LAD_UNROLL
    for (size_t row = 0; row < taps; row++) {
        vec z[4];
        line_from_points(taps, FILTER_SCALES, half + 8 * row, 1, z, 1);
        LAD_UNROLL
        for (size_t i = 0; i < taps; i++) v_store_n(g + (taps * row + i) * g_tap + at, z[i], n);
    }
}

void LAD_K(winograd_filter_adjoint)(size_t taps, size_t c, const float *u, size_t u_plane, float *g, size_t g_tap)
{
#define BODY3(i, n) filter_adjoint_lanes(3, u, u_plane, i, n, g, g_tap)
#define BODY4(i, n) filter_adjoint_lanes(4, u, u_plane, i, n, g, g_tap)
    if (taps == 3)
        V_FOR(c, BODY3);
    else
        V_FOR(c, BODY4);
#undef BODY3
#undef BODY4
}
