/* Winograd's transforms (see winograd.h for the matrices), compiled once per instruction set.
 *
 * Each is L X L^T of a small matrix X whose elements are vectors over channels: first down the columns, then
 * along the rows.  Sources and destinations are arrays of pointers, one per pixel of the tile: the caller points
 * pixels outside the image at zeros, or at a place to throw away. */
#include "kernels/simd.h"
#include "kernels/table.h"

/* One dimension, from x (stride sx) to y (stride sy).  The products with +-1 are shared between the rows of the
 * points 1 and -1, and 2 and -2. */
LAD_INLINE void line_input(const vec *x, size_t sx, vec *y, size_t sy) /* B^T, 6 -> 6 */
{
    vec x0 = x[0], x1 = x[sx], x2 = x[2 * sx], x3 = x[3 * sx], x4 = x[4 * sx], x5 = x[5 * sx];
    vec four = v_set1(4.0f), five = v_set1(-5.0f), two = v_set1(2.0f);
    vec even1 = VFMA(-four, x2, x4), odd1 = VFMA(-four, x1, x3);
    vec even2 = x4 - x2, odd2 = two * (x3 - x1);
    y[0] = VFMA(four, x0, VFMA(five, x2, x4));
    y[sy] = even1 + odd1;
    y[2 * sy] = even1 - odd1;
    y[3 * sy] = even2 + odd2;
    y[4 * sy] = even2 - odd2;
    y[5 * sy] = VFMA(four, x1, VFMA(five, x3, x5));
}

LAD_INLINE void line_output(size_t tile, const vec *x, size_t sx, vec *y, size_t sy) /* A^T, 6 -> tile (3 or 4) */
{
    vec x0 = x[0], x1 = x[sx], x2 = x[2 * sx], x3 = x[3 * sx], x4 = x[4 * sx], x5 = x[5 * sx];
    vec sum1 = x1 + x2, sum2 = x3 + x4, difference1 = x1 - x2, difference2 = x3 - x4;
    y[0] = x0 + sum1 + sum2;
    y[sy] = VFMA(v_set1(2.0f), difference2, difference1);
    vec square = VFMA(v_set1(4.0f), sum2, sum1);
    if (tile == 3) {
        y[2 * sy] = square + x5;
    } else {
        y[2 * sy] = square;
        y[3 * sy] = VFMA(v_set1(8.0f), difference2, difference1) + x5;
    }
}

LAD_INLINE void line_output_adjoint(size_t tile, const vec *x, size_t sx, vec *y, size_t sy) /* A, tile -> 6 */
{
    vec x0 = x[0], x1 = x[sx], x2 = x[2 * sx], x3 = tile == 4 ? x[3 * sx] : (vec){0};
    vec even1 = x0 + x2, odd1 = x1 + x3;
    vec even2 = VFMA(v_set1(4.0f), x2, x0), odd2 = VFMA(v_set1(8.0f), x3, v_set1(2.0f) * x1);
    y[0] = x0;
    y[sy] = even1 + odd1;
    y[2 * sy] = even1 - odd1;
    y[3 * sy] = even2 + odd2;
    y[4 * sy] = even2 - odd2;
    y[5 * sy] = tile == 4 ? x3 : x2;
}

LAD_INLINE void line_filter(size_t taps, const vec *x, size_t sx, vec *y, size_t sy) /* G, taps (3 or 4) -> 6 */
{
    vec x0 = x[0], x1 = x[sx], x2 = x[2 * sx], x3 = taps == 4 ? x[3 * sx] : (vec){0};
    vec sixth = v_set1(-1.0f / 6.0f), part = v_set1(1.0f / 24.0f);
    vec even1 = sixth * (x0 + x2), odd1 = sixth * (x1 + x3);
    vec even2 = part * VFMA(v_set1(4.0f), x2, x0), odd2 = part * VFMA(v_set1(8.0f), x3, v_set1(2.0f) * x1);
    y[0] = v_set1(0.25f) * x0;
    y[sy] = even1 + odd1;
    y[2 * sy] = even1 - odd1;
    y[3 * sy] = even2 + odd2;
    y[4 * sy] = even2 - odd2;
    y[5 * sy] = taps == 4 ? x3 : x2;
}

LAD_INLINE void line_filter_adjoint(size_t taps, const vec *x, size_t sx, vec *y, size_t sy) /* G^T, 6 -> taps */
{
    vec x0 = x[0], x1 = x[sx], x2 = x[2 * sx], x3 = x[3 * sx], x4 = x[4 * sx], x5 = x[5 * sx];
    vec sixth = v_set1(-1.0f / 6.0f), part = v_set1(1.0f / 24.0f);
    vec sum1 = sixth * (x1 + x2), difference1 = sixth * (x1 - x2);
    vec sum2 = part * (x3 + x4), difference2 = part * (x3 - x4);
    y[0] = VFMA(v_set1(0.25f), x0, sum1) + sum2;
    y[sy] = VFMA(v_set1(2.0f), difference2, difference1);
    vec square = VFMA(v_set1(4.0f), sum2, sum1);
    if (taps == 3) {
        y[2 * sy] = square + x5;
    } else {
        y[2 * sy] = square;
        y[3 * sy] = VFMA(v_set1(8.0f), difference2, difference1) + x5;
    }
}

LAD_INLINE void input_lanes(const float *const *d, size_t at, size_t n, float *v, size_t v_plane)
{
    vec x[36], y[36];
    LAD_UNROLL
    for (size_t column = 0; column < 6; column++) {
        LAD_UNROLL
        for (size_t row = 0; row < 6; row++) x[6 * row + column] = v_load_n(d[6 * row + column] + at, n);
        line_input(x + column, 6, y + column, 6);
    }
    LAD_UNROLL
    for (size_t row = 0; row < 6; row++) {
        vec z[6];
        line_input(y + 6 * row, 1, z, 1);
        LAD_UNROLL
        for (size_t i = 0; i < 6; i++) v_store_n(v + (6 * row + i) * v_plane + at, z[i], n);
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
    vec half[4 * 6];
    LAD_UNROLL
    for (size_t column = 0; column < 6; column++) {
        vec x[6];
        LAD_UNROLL
        for (size_t row = 0; row < 6; row++) x[row] = v_load_n(m + (6 * row + column) * m_plane + at, n);
        line_output(tile, x, 1, half + column, 6);
    }
    vec start = bias ? v_load_n(bias + at, n) : (vec){0};
    LAD_UNROLL
    for (size_t row = 0; row < tile; row++) {
        vec z[4];
        line_output(tile, half + 6 * row, 1, z, 1);
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
#define BODY3(i, n) output_lanes(3, m, m_plane, bias, relu, i, n, y)
#define BODY4(i, n) output_lanes(4, m, m_plane, bias, relu, i, n, y)
    if (tile == 3)
        V_FOR(c, BODY3);
    else
        V_FOR(c, BODY4);
#undef BODY3
#undef BODY4
}

LAD_INLINE void output_adjoint_lanes(size_t tile, const float *const *d_y, size_t at, size_t n, float *m,
                                     size_t m_plane)
{
    vec half[6 * 4];
    LAD_UNROLL
    for (size_t column = 0; column < tile; column++) {
        vec x[4];
        LAD_UNROLL
        for (size_t row = 0; row < tile; row++) x[row] = v_load_n(d_y[tile * row + column] + at, n);
        line_output_adjoint(tile, x, 1, half + column, 4);
    }
    LAD_UNROLL
    for (size_t row = 0; row < 6; row++) {
        vec z[6];
        line_output_adjoint(tile, half + 4 * row, 1, z, 1);
        LAD_UNROLL
        for (size_t i = 0; i < 6; i++) v_store_n(m + (6 * row + i) * m_plane + at, z[i], n);
    }
}

void LAD_K(winograd_output_adjoint)(size_t tile, size_t c, const float *const *d_y, float *m, size_t m_plane)
{
#define BODY3(i, n) output_adjoint_lanes(3, d_y, i, n, m, m_plane)
#define BODY4(i, n) output_adjoint_lanes(4, d_y, i, n, m, m_plane)
    if (tile == 3)
        V_FOR(c, BODY3);
    else
        V_FOR(c, BODY4);
#undef BODY3
#undef BODY4
}

LAD_INLINE void filter_lanes(size_t taps, const float *g, size_t g_tap, size_t at, size_t n, float *u, size_t u_plane)
{
    vec half[6 * 4];
    LAD_UNROLL
    for (size_t column = 0; column < taps; column++) {
        vec x[4];
        LAD_UNROLL
        for (size_t row = 0; row < taps; row++) x[row] = v_load_n(g + (taps * row + column) * g_tap + at, n);
        line_filter(taps, x, 1, half + column, 4);
    }
    LAD_UNROLL
    for (size_t row = 0; row < 6; row++) {
        vec z[6];
        line_filter(taps, half + 4 * row, 1, z, 1);
        LAD_UNROLL
        for (size_t i = 0; i < 6; i++) v_store_n(u + (6 * row + i) * u_plane + at, z[i], n);
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
    vec half[4 * 6];
    LAD_UNROLL
    for (size_t column = 0; column < 6; column++) {
        vec x[6];
        LAD_UNROLL
        for (size_t row = 0; row < 6; row++) x[row] = v_load_n(u + (6 * row + column) * u_plane + at, n);
        line_filter_adjoint(taps, x, 1, half + column, 6);
    }
    LAD_UNROLL
    for (size_t row = 0; row < taps; row++) {
        vec z[4];
        line_filter_adjoint(taps, half + 6 * row, 1, z, 1);
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
