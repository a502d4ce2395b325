/* The table of inner kernels of one instruction set, and the list it is generated from.
 *
 * Everything that differs between instruction sets is a function of LAD_KERNEL_LIST: single-threaded, without
 * allocation, working on one row, panel or block.  Drivers (conv.c, gemm.c, ...) cut the work into items for the
 * pool and call the kernels through the table.  The list generates the declarations lad_k_<op>_f32_<isa>, the
 * table's fields, the tables, and the loop of tests/kernels: a new kernel starts with a line here. */
#ifndef LAD_KERNELS_TABLE_H
#define LAD_KERNELS_TABLE_H

#include "kernels/kernels.h"

typedef struct lad_adam_rates {
    float lr_over_correction1; /* lr / (1 - b1^t) */
    float correction2;         /* 1 / (1 - b2^t) */
    float weight_decay;
} lad_adam_rates;

#define LAD_ADAM_B1 0.9f
#define LAD_ADAM_B2 0.999f
#define LAD_ADAM_EPS 1e-8f

/* X(operation, arguments) */
#define LAD_KERNEL_LIST(X)                                                                                             \
    /* y = max(x, 0) */                                                                                                \
    X(relu_forward, (size_t count, const float *x, float *y))                                                          \
    /* d_x = y > 0 ? d_y : 0 */                                                                                        \
    X(relu_backward, (size_t count, const float *y, const float *d_y, float *d_x))                                     \
    /* two input rows [w, c] -> one output row [w/2, c] */                                                             \
    X(avgpool2_forward, (size_t w, size_t c, const float *x0, const float *x1, float *y))                              \
    /* one output row's gradient [w/2, c] -> both input rows' [w, c], an odd last column is zeroed */                  \
    X(avgpool2_backward, (size_t w, size_t c, const float *d_y, float *d_x0, float *d_x1))                             \
    /* rows x0, x1 [w, c], y = (1 - lower) x0 + lower x1, resampled to [ow, c] */                                      \
    X(bilinear_forward, (size_t w, size_t c, size_t ow, float lower, const float *x0, const float *x1, float *y))      \
    /* d_x [w, c] += weight times the transposed resampling of d_y [ow, c] */                                          \
    X(bilinear_backward, (size_t w, size_t c, size_t ow, float weight, const float *d_y, float *d_x))                  \
    /* out[i] = mean over c of (a[i a_stride + .] - b[i b_stride + .])^2 */                                            \
    X(channel_mse, (size_t positions, size_t c, const float *a, size_t a_stride, const float *b, size_t b_stride,      \
                    float *out))                                                                                       \
    /* see lad_adam_step */                                                                                            \
    X(adam, (size_t count, const lad_adam_rates *rates, float *p, const float *grad, float *m, float *v))

struct lad_kernels {
    lad_isa isa;
    const char *name;
#define LAD_KERNEL_FIELD(op, args) void(*op) args;
    LAD_KERNEL_LIST(LAD_KERNEL_FIELD)
#undef LAD_KERNEL_FIELD
};

#define LAD_KERNEL_DECLARE_REF(op, args) void lad_k_##op##_f32_ref args;
LAD_KERNEL_LIST(LAD_KERNEL_DECLARE_REF)

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
