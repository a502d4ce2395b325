/* The table of inner kernels of one instruction set, and the list it is generated from.
 *
 * Everything that differs between instruction sets is a function of LAD_KERNEL_LIST: single-threaded, without
 * allocation, working on one row, panel or block.  Drivers (conv.c, gemm.c, ...) cut the work into items for the
 * pool and call the kernels through the table.  The list generates the declarations lad_k_<op>_f32_<isa>, the
 * table's fields, the tables, the loop of tests/kernels and the benchmarks of `lad bench`: a new kernel starts with a
 * line here. */
#ifndef LAD_KERNELS_TABLE_H
#define LAD_KERNELS_TABLE_H

#include "kernels/kernels.h"

typedef struct lad_adam_rates {
    float lr_over_correction1; /* lr / (1 - b1^t) */
    float correction2;         /* 1 / (1 - b2^t) */
    float weight_decay;
} lad_adam_rates;

/* c = a b (+ c) (+ bias), then max(., 0): m rows by `columns` <= nr columns.  The inner index runs over `segments`
 * stretches of k: a(i, s, p) = a[i a_row + s a_segment + p a_col] (a_row or a_col is 1, or it is slow),
 * b(s, p, j) = b[(s k + p) b_row + j], c(i, j) = c[i c_row + j]; bias: [columns] or NULL. */
typedef struct lad_panel {
    size_t m, columns, k;
    size_t segments; /* 0 counts as 1 */
    const float *a;
    size_t a_row, a_col, a_segment;
    const float *b;
    size_t b_row;
    float *c;
    size_t c_row;
    const float *bias;
    bool accumulate, relu;
} lad_panel;

#define LAD_ADAM_B1 0.9f
#define LAD_ADAM_B2 0.999f
#define LAD_ADAM_EPS 1e-8f

/* What benchmarks call kernels with: about a row of pixels of the networks, or a tile of Winograd's. */
typedef struct lad_kernel_operands {
    size_t w, c;              /* pixels of a row, channels of a pixel */
    const float *x[3];        /* each [64, c], 64 >= w */
    float *y[3];              /* each [64, c]; y[2] is Adam's alone, since it must not be negative */
    uint8_t *flags;           /* [64, c] */
    const float *const *from; /* 64 pixels */
    float *const *to;         /* 64 pixels */
    const lad_panel *panel;
    const lad_adam_rates *rates;
} lad_kernel_operands;

/* X(operation, parameters, the arguments of its benchmark, from lad_kernel_operands *o) */
#define LAD_KERNEL_LIST(X)                                                                                             \
    /* y = max(x, 0) */                                                                                                \
    X(relu_forward, (size_t count, const float *x, float *y), (o->w * o->c, o->x[0], o->y[0]))                         \
    /* d_x = y > 0 ? d_y : 0 */                                                                                        \
    X(relu_backward, (size_t count, const float *y, const float *d_y, float *d_x),                                     \
      (o->w * o->c, o->x[0], o->x[1], o->y[0]))                                                                        \
    /* two input rows [w, c] -> one output row [w/2, c] */                                                             \
    X(avgpool2_forward, (size_t w, size_t c, const float *x0, const float *x1, float *y),                              \
      (o->w, o->c, o->x[0], o->x[1], o->y[0]))                                                                         \
    /* one output row's gradient [w/2, c] -> both input rows' [w, c], zero in an odd last column and where the input   \
     * rows x0, x1 (NULL: no ReLU before) are not positive */                                                          \
    X(avgpool2_backward,                                                                                               \
      (size_t w, size_t c, const float *d_y, const float *x0, const float *x1, float *d_x0, float *d_x1),              \
      (o->w, o->c, o->x[0], o->x[1], o->x[2], o->y[0], o->y[1]))                                                       \
    /* forward of two rows that came out of a ReLU, which backward need not see again: bit 2 row + column of flags     \
     * [w/2, c] tells whether that element of the window was positive */                                               \
    X(avgpool2_forward_flags, (size_t w, size_t c, const float *x0, const float *x1, float *y, uint8_t *flags),        \
      (o->w, o->c, o->x[0], o->x[1], o->y[0], o->flags))                                                               \
    /* the gradient of row 0 or 1 of the two before the ReLU: [w, c] */                                                \
    X(avgpool2_backward_flags, (size_t w, size_t c, const float *d_y, const uint8_t *flags, size_t row, float *d_x),   \
      (o->w, o->c, o->x[0], o->flags, 0, o->y[0]))                                                                     \
    /* rows x0, x1 [w, c], y = (1 - lower) x0 + lower x1, resampled to [ow, c] */                                      \
    X(bilinear_forward, (size_t w, size_t c, size_t ow, float lower, const float *x0, const float *x1, float *y),      \
      (o->w / 2, o->c, o->w, 0.25f, o->x[0], o->x[1], o->y[0]))                                                        \
    /* d_x [w, c] += weight times the transposed resampling of d_y [ow, c] */                                          \
    X(bilinear_backward, (size_t w, size_t c, size_t ow, float weight, const float *d_y, float *d_x),                  \
      (o->w / 2, o->c, o->w, 0.25f, o->x[0], o->y[0]))                                                                 \
    /* out[i] = mean over c of (a[i a_stride + .] - b[i b_stride + .])^2 */                                            \
    X(channel_mse,                                                                                                     \
      (size_t positions, size_t c, const float *a, size_t a_stride, const float *b, size_t b_stride, float *out),      \
      (o->w, o->c, o->x[0], o->c, o->x[1], o->c, o->y[0]))                                                             \
    /* sum[c] += column sums of x: [rows, c] with row stride x_row */                                                  \
    X(column_sum, (size_t rows, size_t c, const float *x, size_t x_row, float *sum),                                   \
      (o->w, o->c, o->x[0], o->c, o->y[0]))                                                                            \
    /* see lad_adam_step */                                                                                            \
    X(adam, (size_t count, const lad_adam_rates *rates, float *p, const float *grad, float *m, float *v),              \
      (o->w * o->c, o->rates, o->y[0], o->x[0], o->y[1], o->y[2]))                                                     \
    X(gemm_panel, (const lad_panel *panel), (o->panel))                                                                \
    /* Winograd, see winograd.h; c channels; tile: 5 or 6, taps: 4 or 3; plane p of the transform lies at p times the  \
     * plane stride.  d: 64 pointers to pixels, y and d_y: tile^2 pointers to pixels. */                               \
    X(winograd_input, (size_t c, const float *const *d, float *v, size_t v_plane), (o->c, o->from, o->y[0], o->c))     \
    X(winograd_output,                                                                                                 \
      (size_t tile, size_t c, const float *m, size_t m_plane, const float *bias, bool relu, float *const *y),          \
      (5, o->c, o->x[0], o->c, o->x[1], true, o->to))                                                                  \
    X(winograd_output_adjoint, (size_t tile, size_t c, const float *const *d_y, float *m, size_t m_plane),             \
      (5, o->c, o->from, o->y[0], o->c))                                                                               \
    X(winograd_filter, (size_t taps, size_t c, const float *g, size_t g_tap, float *u, size_t u_plane),                \
      (4, o->c, o->x[0], o->c, o->y[0], o->c))                                                                         \
    X(winograd_filter_adjoint, (size_t taps, size_t c, const float *u, size_t u_plane, float *g, size_t g_tap),        \
      (4, o->c, o->x[0], o->c, o->y[0], o->c))

struct lad_kernels {
    lad_isa isa;
    const char *name;
    size_t mr, nr; /* rows and columns of the matrix product's micro-kernel */
#define LAD_KERNEL_FIELD(op, parameters, arguments) void(*op) parameters;
    LAD_KERNEL_LIST(LAD_KERNEL_FIELD)
#undef LAD_KERNEL_FIELD
};

/* Only those whose instruction set the build targets exist; table.c knows which. */
extern const lad_kernels lad_kernels_ref, lad_kernels_avx2, lad_kernels_avx512, lad_kernels_wasm, lad_kernels_wasm_tall;

#define LAD_KERNEL_DECLARE(op, parameters, arguments)                                                                  \
    void lad_k_##op##_f32_ref parameters;                                                                              \
    void lad_k_##op##_f32_avx2 parameters;                                                                             \
    void lad_k_##op##_f32_avx512 parameters;                                                                           \
    void lad_k_##op##_f32_wasm parameters;                                                                             \
    void lad_k_##op##_f32_wasm_tall parameters;
LAD_KERNEL_LIST(LAD_KERNEL_DECLARE)
#undef LAD_KERNEL_DECLARE

/* Source position of output column o in a row of w, for a resize to ow (align_corners = false):
 * the sample is (1 - *fraction) x[*left] + *fraction x[*right]. */
static inline void lad_bilinear_tap(size_t w, size_t ow, size_t o, size_t *left, size_t *right, float *fraction)
{
    float scale = (float)w / (float)ow;
    float position = ((float)o + 0.5f) * scale - 0.5f;
    if (position < 0.0f) position = 0.0f;
    size_t l = (size_t)position;
    if (l > w - 1) l = w - 1;
    *left = l;
    *right = l + 1 < w ? l + 1 : l;
    *fraction = position - (float)l;
}

#endif
