/* Direct convolution and matrix product, sums in double: the reference that every fast algorithm is checked
 * against, and what the "ref" table runs.  Arguments as in kernels.h; packed weights are a plain copy. */
#ifndef LAD_KERNELS_CONV_REF_H
#define LAD_KERNELS_CONV_REF_H

#include "kernels/kernels.h"

void lad_conv_forward_ref(lad_pool *pool, const lad_conv_shape *s, const float *x, const float *w, const float *bias,
                          bool relu, float *y);
void lad_conv_backward_data_ref(lad_pool *pool, const lad_conv_shape *s, const float *d_y, const float *w, float *d_x);
void lad_conv_backward_weights_ref(lad_pool *pool, const lad_conv_shape *s, const float *x, const float *d_y,
                                   float *d_w, float *d_bias);
void lad_gemm_ref(lad_pool *pool, size_t m, size_t n, size_t p, const float *a, size_t a_row, size_t a_col,
                  const float *b, size_t b_row, size_t b_col, bool accumulate, float *c, size_t c_row);

#endif
