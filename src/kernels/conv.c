/* Chooses the algorithm of a convolution. */
#include "kernels/conv_ref.h"
#include "kernels/table.h"

#include <string.h>

size_t lad_conv_out_h(const lad_conv_shape *s)
{
    return (s->h + 2 * s->pad - s->kh) / s->stride + 1;
}

size_t lad_conv_out_w(const lad_conv_shape *s)
{
    return (s->w + 2 * s->pad - s->kw) / s->stride + 1;
}

size_t lad_conv_scratch_bytes(const lad_kernels *k, const lad_conv_shape *s, lad_conv_pass pass, size_t threads)
{
    (void)k, (void)s, (void)pass, (void)threads;
    return 0;
}

size_t lad_conv_packed_floats(const lad_kernels *k, const lad_conv_shape *s, lad_conv_pass pass)
{
    (void)k, (void)pass;
    return s->oc * s->ic * s->kh * s->kw;
}

void lad_conv_pack(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, lad_conv_pass pass, const float *w,
                   float *packed)
{
    (void)pool;
    memcpy(packed, w, lad_conv_packed_floats(k, s, pass) * sizeof *packed);
}

void lad_conv_forward(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x,
                      const float *packed, const float *bias, bool relu, float *y, void *scratch)
{
    (void)k, (void)scratch;
    lad_conv_forward_ref(pool, s, x, packed, bias, relu, y);
}

void lad_conv_backward_data(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *d_y,
                            const float *packed, float *d_x, void *scratch)
{
    (void)k, (void)scratch;
    lad_conv_backward_data_ref(pool, s, d_y, packed, d_x);
}

void lad_conv_backward_weights(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x,
                               const float *d_y, float *d_w, float *d_bias, void *scratch)
{
    (void)k, (void)scratch;
    lad_conv_backward_weights_ref(pool, s, x, d_y, d_w, d_bias);
}
