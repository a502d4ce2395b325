#include "kernels/conv_ref.h"

#include "kernels/algorithm.h"

#include <string.h>

typedef struct conv_job {
    const lad_conv_shape *s;
    const float *in, *w, *bias, *d_y;
    bool relu;
    float *out, *d_bias;
} conv_job;

/* Kernel taps [*from, *to) for which o * stride + tap - pad lies in [0, size). */
static void tap_range(size_t o, size_t stride, size_t pad, size_t taps, size_t size, size_t *from, size_t *to)
{
    size_t start = o * stride;
    *from = start < pad ? pad - start : 0;
    *to = start + taps > size + pad ? size + pad - start : taps;
    if (*from > taps) *from = taps;
    if (*to < *from || start > size + pad) *to = *from;
}

/* One output row. */
static void forward_row(void *context, size_t item, size_t thread)
{
    (void)thread;
    const conv_job *job = context;
    const lad_conv_shape *s = job->s;
    size_t oh = lad_conv_out_h(s), ow = lad_conv_out_w(s), image = item / oh, oy = item % oh;
    const float *x = job->in + image * s->h * s->w * s->ic;
    float *y = job->out + item * ow * s->oc;
    size_t ky0, ky1, kx0, kx1;
    tap_range(oy, s->stride, s->pad, s->kh, s->h, &ky0, &ky1);
    for (size_t ox = 0; ox < ow; ox++) {
        tap_range(ox, s->stride, s->pad, s->kw, s->w, &kx0, &kx1);
        for (size_t oc = 0; oc < s->oc; oc++) {
            double sum = job->bias ? (double)job->bias[oc] : 0.0;
            const float *w = job->w + oc * s->ic * s->kh * s->kw;
            for (size_t ky = ky0; ky < ky1; ky++) {
                for (size_t kx = kx0; kx < kx1; kx++) {
                    size_t iy = oy * s->stride + ky - s->pad, ix = ox * s->stride + kx - s->pad;
                    const float *pixel = x + (iy * s->w + ix) * s->ic;
                    for (size_t ic = 0; ic < s->ic; ic++)
                        sum += (double)pixel[ic] * (double)w[(ic * s->kh + ky) * s->kw + kx];
                }
            }
            float value = (float)sum;
            y[ox * s->oc + oc] = job->relu && !(value > 0.0f) ? 0.0f : value;
        }
    }
}

void lad_conv_forward_ref(lad_pool *pool, const lad_conv_shape *s, const float *x, const float *w, const float *bias,
                          bool relu, float *y)
{
    conv_job job = {.s = s, .in = x, .w = w, .bias = bias, .relu = relu, .out = y};
    lad_pool_run(pool, s->n * lad_conv_out_h(s), forward_row, &job);
}

/* Output position that tap k sees input position i from, or false. */
static bool output_of(size_t i, size_t k, const lad_conv_shape *s, size_t out_size, size_t *o)
{
    if (i + s->pad < k || (i + s->pad - k) % s->stride != 0) return false;
    *o = (i + s->pad - k) / s->stride;
    return *o < out_size;
}

/* One input row: every output position that saw a pixel sends its gradient back. */
static void backward_data_row(void *context, size_t item, size_t thread)
{
    (void)thread;
    const conv_job *job = context;
    const lad_conv_shape *s = job->s;
    size_t oh = lad_conv_out_h(s), ow = lad_conv_out_w(s), image = item / s->h, iy = item % s->h;
    const float *d_y = job->d_y + image * oh * ow * s->oc;
    float *d_x = job->out + item * s->w * s->ic;
    for (size_t ix = 0; ix < s->w; ix++) {
        for (size_t ic = 0; ic < s->ic; ic++) {
            double sum = 0.0;
            for (size_t ky = 0; ky < s->kh; ky++) {
                size_t oy, ox;
                if (!output_of(iy, ky, s, oh, &oy)) continue;
                for (size_t kx = 0; kx < s->kw; kx++) {
                    if (!output_of(ix, kx, s, ow, &ox)) continue;
                    const float *g = d_y + (oy * ow + ox) * s->oc;
                    for (size_t oc = 0; oc < s->oc; oc++)
                        sum += (double)g[oc] * (double)job->w[((oc * s->ic + ic) * s->kh + ky) * s->kw + kx];
                }
            }
            d_x[ix * s->ic + ic] = (float)sum;
        }
    }
}

void lad_conv_backward_data_ref(lad_pool *pool, const lad_conv_shape *s, const float *d_y, const float *w, float *d_x)
{
    conv_job job = {.s = s, .d_y = d_y, .w = w, .out = d_x};
    lad_pool_run(pool, s->n * s->h, backward_data_row, &job);
}

/* All weights of one output channel. */
static void backward_weights_channel(void *context, size_t oc, size_t thread)
{
    (void)thread;
    const conv_job *job = context;
    const lad_conv_shape *s = job->s;
    size_t oh = lad_conv_out_h(s), ow = lad_conv_out_w(s), positions = s->n * oh * ow;
    for (size_t tap = 0; tap < s->kh * s->kw; tap++) {
        size_t ky = tap / s->kw, kx = tap % s->kw;
        for (size_t ic = 0; ic < s->ic; ic++) {
            double sum = 0.0;
            for (size_t p = 0; p < positions; p++) {
                size_t ox = p % ow, oy = p / ow % oh, image = p / (ow * oh);
                size_t iy = oy * s->stride + ky, ix = ox * s->stride + kx; /* in the padded image */
                if (iy < s->pad || iy - s->pad >= s->h || ix < s->pad || ix - s->pad >= s->w) continue;
                size_t pixel = (image * s->h + iy - s->pad) * s->w + ix - s->pad;
                sum += (double)job->d_y[p * s->oc + oc] * (double)job->in[pixel * s->ic + ic];
            }
            job->out[(oc * s->ic + ic) * s->kh * s->kw + tap] += (float)sum;
        }
    }
    if (!job->d_bias) return;
    double sum = 0.0;
    for (size_t p = 0; p < positions; p++) sum += (double)job->d_y[p * s->oc + oc];
    job->d_bias[oc] += (float)sum;
}

void lad_conv_backward_weights_ref(lad_pool *pool, const lad_conv_shape *s, const float *x, const float *d_y,
                                   float *d_w, float *d_bias)
{
    conv_job job = {.s = s, .in = x, .d_y = d_y, .out = d_w, .d_bias = d_bias};
    lad_pool_run(pool, s->oc, backward_weights_channel, &job);
}

typedef struct gemm_job {
    size_t n, p;
    const float *a, *b;
    size_t a_row, a_col, b_row, b_col;
    bool accumulate;
    float *c;
    size_t c_row;
} gemm_job;

static void gemm_row(void *context, size_t i, size_t thread)
{
    (void)thread;
    const gemm_job *job = context;
    for (size_t j = 0; j < job->n; j++) {
        float *c = job->c + i * job->c_row + j;
        double sum = job->accumulate ? (double)*c : 0.0;
        for (size_t p = 0; p < job->p; p++)
            sum += (double)job->a[i * job->a_row + p * job->a_col] * (double)job->b[p * job->b_row + j * job->b_col];
        *c = (float)sum;
    }
}

void lad_gemm_ref(lad_pool *pool, size_t m, size_t n, size_t p, const float *a, size_t a_row, size_t a_col,
                  const float *b, size_t b_row, size_t b_col, bool accumulate, float *c, size_t c_row)
{
    gemm_job job = {n, p, a, b, a_row, a_col, b_row, b_col, accumulate, c, c_row};
    lad_pool_run(pool, m, gemm_row, &job);
}

static size_t no_scratch(const lad_kernels *k, const lad_conv_shape *s, lad_conv_pass pass, size_t threads)
{
    (void)k, (void)s, (void)pass, (void)threads;
    return 0;
}

static size_t packed_floats(const lad_conv_shape *s, lad_conv_pass pass)
{
    (void)pass;
    return s->oc * s->ic * s->kh * s->kw;
}

static void pack(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, lad_conv_pass pass, const float *w,
                 float *packed)
{
    (void)k, (void)pool;
    memcpy(packed, w, packed_floats(s, pass) * sizeof *packed);
}

static void forward(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x, const float *packed,
                    const float *bias, bool relu, float *y, float *scratch)
{
    (void)k, (void)scratch;
    lad_conv_forward_ref(pool, s, x, packed, bias, relu, y);
}

static void backward_data(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *d_y,
                          const float *packed, float *d_x, float *scratch)
{
    (void)k, (void)scratch;
    lad_conv_backward_data_ref(pool, s, d_y, packed, d_x);
}

static void backward_weights(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x,
                             const float *d_y, float *d_w, float *d_bias, float *scratch)
{
    (void)k, (void)scratch;
    lad_conv_backward_weights_ref(pool, s, x, d_y, d_w, d_bias);
}

const lad_conv_algorithm lad_conv_reference = {"direct",      no_scratch,       packed_floats,        pack, forward,
                                               backward_data, backward_weights, lad_conv_direct_macs, NULL};
