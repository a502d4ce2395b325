/* The parts of the implicit matrix product: conv_implicit.c and conv_implicit_gradient.c. */
#ifndef LAD_KERNELS_CONV_IMPLICIT_H
#define LAD_KERNELS_CONV_IMPLICIT_H

#include "kernels/gather.h"

size_t lad_implicit_gradient_scratch_floats(const lad_conv_shape *s, size_t threads);
void lad_implicit_gradient(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x,
                           const float *d_y, float *d_w, float *d_bias, float *scratch);

/* lad_conv_forward_pooled for patches that are read in place; the scratch of one thread. */
bool lad_conv_implicit_pools(const lad_conv_shape *s);
size_t lad_conv_implicit_pooled_floats(const lad_conv_shape *s);
void lad_conv_implicit_forward_pooled(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x,
                                      const float *packed, const float *bias, bool relu, float *y, uint8_t *flags,
                                      float *scratch);
void lad_implicit_gradient_pooled(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x,
                                  const float *d_pooled, const uint8_t *flags, float *d_w, float *d_bias,
                                  float *scratch);

#endif
