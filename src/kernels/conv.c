/* Chooses the algorithm of a convolution. */
#include "kernels/algorithm.h"
#include "kernels/conv_implicit.h"

size_t lad_conv_out_h(const lad_conv_shape *s)
{
    return (s->h + 2 * s->pad - s->kh) / s->stride + 1;
}

size_t lad_conv_out_w(const lad_conv_shape *s)
{
    return (s->w + 2 * s->pad - s->kw) / s->stride + 1;
}

/* Winograd pays once the matrix products (ic oc a plane) outweigh the transforms (ic + oc a plane). */
enum { WINOGRAD_CHANNELS = 16 };

/* Kernels (ic oc) of which the transformed ones had better not be kept: 16 MiB. */
enum { COMPACT_KERNELS = 64 * 1024 };

const lad_conv_algorithm *lad_conv_choose(const lad_kernels *k, const lad_conv_shape *s)
{
    if (k->isa == LAD_ISA_REF) return &lad_conv_reference;
    bool fits = s->kh == s->kw && (s->kh == 3 || s->kh == 4) && s->stride == 1 && s->pad < s->kh;
    if (!fits || s->ic < WINOGRAD_CHANNELS || s->oc < WINOGRAD_CHANNELS) return &lad_conv_implicit;
    return s->inference && s->ic * s->oc >= COMPACT_KERNELS ? &lad_conv_winograd_compact : &lad_conv_winograd;
}

size_t lad_conv_scratch_bytes(const lad_kernels *k, const lad_conv_shape *s, lad_conv_pass pass, size_t threads)
{
    return lad_conv_choose(k, s)->scratch_floats(k, s, pass, threads) * sizeof(float);
}

size_t lad_conv_packed_floats(const lad_kernels *k, const lad_conv_shape *s, lad_conv_pass pass)
{
    return lad_conv_choose(k, s)->packed_floats(s, pass);
}

void lad_conv_pack(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, lad_conv_pass pass, const float *w,
                   float *packed)
{
    lad_conv_choose(k, s)->pack(k, pool, s, pass, w, packed);
}

void lad_conv_forward(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x,
                      const float *packed, const float *bias, bool relu, float *y, void *scratch)
{
    lad_conv_choose(k, s)->forward(k, pool, s, x, packed, bias, relu, y, scratch);
}

static size_t output_floats(const lad_conv_shape *s)
{
    return lad_line_floats(s->n * lad_conv_out_h(s) * lad_conv_out_w(s) * s->oc);
}

size_t lad_conv_mse_scratch_bytes(const lad_kernels *k, const lad_conv_shape *s, size_t threads)
{
    size_t bytes = lad_conv_scratch_bytes(k, s, LAD_CONV_FORWARD, threads);
    return lad_conv_choose(k, s)->forward_mse ? bytes : bytes + output_floats(s) * sizeof(float);
}

void lad_conv_forward_mse(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x,
                          const float *packed, const float *bias, size_t parts, const lad_conv_target *targets,
                          void *scratch)
{
    const lad_conv_algorithm *algorithm = lad_conv_choose(k, s);
    if (algorithm->forward_mse) {
        algorithm->forward_mse(k, pool, s, x, packed, bias, parts, targets, scratch);
        return;
    }
    float *y = scratch;
    algorithm->forward(k, pool, s, x, packed, bias, false, y, y + output_floats(s));
    size_t c = s->oc / parts;
    for (size_t i = 0; i < parts; i++)
        lad_channel_mse(k, pool, s->n * lad_conv_out_h(s) * lad_conv_out_w(s), c, targets[i].y, c, y + i * c, s->oc,
                        targets[i].map);
}

bool lad_conv_pools(const lad_kernels *k, const lad_conv_shape *s)
{
    return lad_conv_choose(k, s) == &lad_conv_implicit && lad_conv_implicit_pools(s);
}

size_t lad_conv_pooled_scratch_bytes(const lad_conv_shape *s, size_t threads)
{
    return threads * lad_conv_implicit_pooled_floats(s) * sizeof(float);
}

void lad_conv_forward_pooled(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x,
                             const float *packed, const float *bias, bool relu, float *y, uint8_t *flags, void *scratch)
{
    lad_conv_implicit_forward_pooled(k, pool, s, x, packed, bias, relu, y, flags, scratch);
}

void lad_conv_backward_data(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *d_y,
                            const float *packed, float *d_x, void *scratch)
{
    lad_conv_choose(k, s)->backward_data(k, pool, s, d_y, packed, d_x, scratch);
}

void lad_conv_backward_weights(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x,
                               const float *d_y, float *d_w, float *d_bias, void *scratch)
{
    lad_conv_choose(k, s)->backward_weights(k, pool, s, x, d_y, d_w, d_bias, scratch);
}

void lad_conv_backward_weights_pooled(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x,
                                      const float *d_pooled, const uint8_t *flags, float *d_w, float *d_bias,
                                      void *scratch)
{
    lad_implicit_gradient_pooled(k, pool, s, x, d_pooled, flags, d_w, d_bias, scratch);
}

double lad_conv_direct_macs(const lad_conv_shape *s, lad_conv_pass pass)
{
    (void)pass;
    return (double)(s->n * lad_conv_out_h(s) * lad_conv_out_w(s)) * (double)(s->ic * s->kh * s->kw) * (double)s->oc;
}

const char *lad_conv_algorithm_name(const lad_kernels *k, const lad_conv_shape *s)
{
    return lad_conv_choose(k, s)->name;
}

double lad_conv_product_macs(const lad_kernels *k, const lad_conv_shape *s, lad_conv_pass pass)
{
    return lad_conv_choose(k, s)->product_macs(s, pass);
}
