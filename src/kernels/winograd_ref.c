/* Reference of the matrix product's panel and of Winograd's transforms: plain products with the matrices of
 * winograd.h, sums in double. */
#include "kernels/winograd.h"

enum { N = LAD_WINOGRAD_TILE, PLANES = LAD_WINOGRAD_PLANES, INFINITE = N - 1 };

static const double points[N - 1] = {0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5};
static const double filter_scale[N - 1] = {1.0,        -2.0 / 9.0,  -2.0 / 9.0, 1.0 / 90.0,
                                           1.0 / 90.0, 32.0 / 45.0, 32.0 / 45.0};

static const double input_matrix[N][N] = {{1, 0, -5.25, 0, 5.25, 0, -1, 0},      {0, 1, 1, -4.25, -4.25, 1, 1, 0},
                                          {0, -1, 1, 4.25, -4.25, -1, 1, 0},     {0, 0.5, 0.25, -2.5, -1.25, 2, 1, 0},
                                          {0, -0.5, 0.25, 2.5, -1.25, -2, 1, 0}, {0, 2, 4, -2.5, -5, 0.5, 1, 0},
                                          {0, -2, 4, 2.5, -5, -0.5, 1, 0},       {0, -1, 0, 5.25, 0, -5.25, 0, 1}};

static double power(double x, size_t n)
{
    double result = 1.0;
    while (n-- > 0) result *= x;
    return result;
}

/* Element of A: row of a point, column of one of `size` powers. */
static double output_element(size_t size, size_t point, size_t i)
{
    if (point == INFINITE) return i == size - 1 ? 1.0 : 0.0;
    return power(points[point], i);
}

static double filter_element(size_t taps, size_t point, size_t i)
{
    return point == INFINITE ? output_element(taps, INFINITE, i) : filter_scale[point] * power(points[point], i);
}

/* y (rows x rows) = l x l^T, l: rows x columns, x: columns x columns. */
static void both_sides(size_t rows, size_t columns, const double *l, const double *x, double *y)
{
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < rows; j++) {
            double sum = 0.0;
            for (size_t p = 0; p < columns; p++) {
                for (size_t q = 0; q < columns; q++)
                    sum += l[i * columns + p] * x[p * columns + q] * l[j * columns + q];
            }
            y[i * rows + j] = sum;
        }
    }
}

void lad_k_winograd_input_f32_ref(size_t c, const float *const *d, float *v, size_t v_plane)
{
    double x[PLANES], y[PLANES];
    for (size_t i = 0; i < c; i++) {
        for (size_t p = 0; p < PLANES; p++) x[p] = (double)d[p][i];
        both_sides(N, N, &input_matrix[0][0], x, y);
        for (size_t p = 0; p < PLANES; p++) v[p * v_plane + i] = (float)y[p];
    }
}

void lad_k_winograd_output_f32_ref(size_t tile, size_t c, const float *m, size_t m_plane, const float *bias, bool relu,
                                   float *const *y)
{
    double l[6 * N], x[PLANES], out[36];
    for (size_t i = 0; i < tile; i++) {
        for (size_t p = 0; p < N; p++) l[i * N + p] = output_element(tile, p, i);
    }
    for (size_t i = 0; i < c; i++) {
        for (size_t p = 0; p < PLANES; p++) x[p] = (double)m[p * m_plane + i];
        both_sides(tile, N, l, x, out);
        for (size_t p = 0; p < tile * tile; p++) {
            double value = out[p] + (bias ? (double)bias[i] : 0.0);
            y[p][i] = relu && !(value > 0.0) ? 0.0f : (float)value;
        }
    }
}

void lad_k_winograd_output_adjoint_f32_ref(size_t tile, size_t c, const float *const *d_y, float *m, size_t m_plane)
{
    double l[N * 6], x[36], out[PLANES];
    for (size_t p = 0; p < N; p++) {
        for (size_t i = 0; i < tile; i++) l[p * tile + i] = output_element(tile, p, i);
    }
    for (size_t i = 0; i < c; i++) {
        for (size_t p = 0; p < tile * tile; p++) x[p] = (double)d_y[p][i];
        both_sides(N, tile, l, x, out);
        for (size_t p = 0; p < PLANES; p++) m[p * m_plane + i] = (float)out[p];
    }
}

void lad_k_winograd_filter_f32_ref(size_t taps, size_t c, const float *g, size_t g_tap, float *u, size_t u_plane)
{
    double l[N * 6], x[36], out[PLANES];
    for (size_t p = 0; p < N; p++) {
        for (size_t i = 0; i < taps; i++) l[p * taps + i] = filter_element(taps, p, i);
    }
    for (size_t i = 0; i < c; i++) {
        for (size_t p = 0; p < taps * taps; p++) x[p] = (double)g[p * g_tap + i];
        both_sides(N, taps, l, x, out);
        for (size_t p = 0; p < PLANES; p++) u[p * u_plane + i] = (float)out[p];
    }
}

void lad_k_winograd_filter_adjoint_f32_ref(size_t taps, size_t c, const float *u, size_t u_plane, float *g,
                                           size_t g_tap)
{
    double l[6 * N], x[PLANES], out[36];
    for (size_t i = 0; i < taps; i++) {
        for (size_t p = 0; p < N; p++) l[i * N + p] = filter_element(taps, p, i);
    }
    for (size_t i = 0; i < c; i++) {
        for (size_t p = 0; p < PLANES; p++) x[p] = (double)u[p * u_plane + i];
        both_sides(taps, N, l, x, out);
        for (size_t p = 0; p < taps * taps; p++) g[p * g_tap + i] = (float)out[p];
    }
}

void lad_k_gemm_panel_f32_ref(const lad_panel *g)
{
    for (size_t i = 0; i < g->m; i++) {
        for (size_t j = 0; j < g->columns; j++) {
            double sum = g->bias ? (double)g->bias[j] : 0.0;
            if (g->accumulate) sum += (double)g->c[i * g->c_row + j];
            for (size_t p = 0; p < g->k * (g->segments ? g->segments : 1); p++) {
                const float *a = g->a + i * g->a_row + p / g->k * g->a_segment;
                sum += (double)a[p % g->k * g->a_col] * (double)g->b[p * g->b_row + j];
            }
            g->c[i * g->c_row + j] = g->relu && !(sum > 0.0) ? 0.0f : (float)sum;
        }
    }
}
