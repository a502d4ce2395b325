/* Convolution and its gradients: raw pointers and sizes, no tensors.
 *
 * Layouts everywhere in this project:
 *   activations  NHWC, float32, contiguous: x[((n*h + y)*w + x)*c + channel]
 *   weights      [oc, ic, kh, kw] (PyTorch's order, the order in model files and of gradients and optimiser)
 *   bias         [oc]
 * A convolution here is cross-correlation with zero padding (PyTorch's Conv2d).
 * Invariant: results do not depend on the number of threads: every output element, and every sum over
 * positions, is formed in one fixed order for one ISA and one shape.
 * Thread rule: a lad_kernels table is immutable and shared; scratch belongs to one call at a time. */
#ifndef LAD_KERNELS_KERNELS_H
#define LAD_KERNELS_KERNELS_H

#include "base/pool.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum lad_isa {
    LAD_ISA_REF = 0,
    LAD_ISA_WASM_TALL,
    LAD_ISA_WASM_SIMD,
    LAD_ISA_AVX2,
    LAD_ISA_AVX512,
    LAD_ISA_COUNT
} lad_isa;

typedef struct lad_kernels lad_kernels; /* table of micro-kernels of one ISA, see kernels_table.h */

/* The table for an ISA, or NULL where this build or this processor does not have it. */
const lad_kernels *lad_kernels_get(lad_isa isa);
/* The best table for this processor, never NULL. */
const lad_kernels *lad_kernels_best(void);
const char *lad_kernels_name(const lad_kernels *k); /* "ref", "wasm-simd", "avx2", "avx512" */

typedef struct lad_conv_shape {
    size_t n, h, w; /* input: [n, h, w, ic] */
    size_t ic, oc;
    size_t kh, kw;
    size_t stride, pad; /* the same in both directions */
    /* A hint, for work that can be skipped: only output channels [part_first, part_first + part_count) matter
     * (part_count 0: all).  Those of y outside may stay as they were; those of d_y outside must be zero. */
    size_t part_first, part_count;
    bool inference; /* a hint: only forward is wanted, so packed weights may save memory */
} lad_conv_shape;

/* floor((h + 2 pad - kh) / stride) + 1; the input must be at least one kernel large. */
size_t lad_conv_out_h(const lad_conv_shape *s);
size_t lad_conv_out_w(const lad_conv_shape *s);

typedef enum lad_conv_pass { LAD_CONV_FORWARD, LAD_CONV_BACKWARD_DATA, LAD_CONV_BACKWARD_WEIGHTS } lad_conv_pass;

/* Bytes of LAD_ALIGN-aligned scratch that a call of this pass needs with `threads` threads. */
size_t lad_conv_scratch_bytes(const lad_kernels *k, const lad_conv_shape *s, lad_conv_pass pass, size_t threads);

/* Packed weights: whatever order (and transform) the chosen algorithm wants, made once at load for inference
 * and once per step in training.  pass: FORWARD or BACKWARD_DATA.  n, h and w of the shape are ignored, so one
 * packing serves all image sizes.  w: [oc, ic, kh, kw]; packed: lad_conv_packed_floats() floats, aligned. */
size_t lad_conv_packed_floats(const lad_kernels *k, const lad_conv_shape *s, lad_conv_pass pass);
void lad_conv_pack(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, lad_conv_pass pass, const float *w,
                   float *packed);

/* y = conv(x, w) + bias, then max(y, 0) if relu.  x: [n, h, w, ic]; y: [n, out_h, out_w, oc]; bias NULL: 0. */
void lad_conv_forward(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x,
                      const float *packed, const float *bias, bool relu, float *y, void *scratch);

/* Forward without ReLU whose output is wanted only for its distance to targets and never reaches memory: with the
 * output channels in `parts` equal parts of c channels, map[i] = mean_c (y - part of conv(x, w) + bias)^2 at
 * position i for each part.  y: [n, out_h, out_w, c]; map: [n, out_h, out_w].  scratch: its own size. */
enum { LAD_CONV_MOST_PARTS = 4 };
typedef struct lad_conv_target {
    const float *y;
    float *map;
} lad_conv_target;
size_t lad_conv_mse_scratch_bytes(const lad_kernels *k, const lad_conv_shape *s, size_t threads);
void lad_conv_forward_mse(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x,
                          const float *packed, const float *bias, size_t parts, const lad_conv_target *targets,
                          void *scratch);

/* Forward with average pooling over 2x2 windows as lad_avgpool2_forward, without storing what is pooled.
 * y: [n, out_h / 2, out_w / 2, oc]; flags: NULL, or for the gradient, of y's shape and with relu only: which of a
 * window's elements were positive.  Only where lad_conv_pools says so; scratch: its own size. */
bool lad_conv_pools(const lad_kernels *k, const lad_conv_shape *s);
size_t lad_conv_pooled_scratch_bytes(const lad_conv_shape *s, size_t threads);
void lad_conv_forward_pooled(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x,
                             const float *packed, const float *bias, bool relu, float *y, uint8_t *flags,
                             void *scratch);

/* d_x = gradient of the loss with respect to x (overwritten); packed with LAD_CONV_BACKWARD_DATA. */
void lad_conv_backward_data(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *d_y,
                            const float *packed, float *d_x, void *scratch);

/* d_w += gradient with respect to w, d_bias += column sums of d_y (NULL: skipped). */
void lad_conv_backward_weights(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x,
                               const float *d_y, float *d_w, float *d_bias, void *scratch);
/* The same for a convolution with ReLU and pooling, from the gradient of what was pooled and the flags of
 * lad_conv_forward_pooled, with the scratch of lad_conv_backward_weights. */
void lad_conv_backward_weights_pooled(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x,
                                      const float *d_pooled, const uint8_t *flags, float *d_w, float *d_bias,
                                      void *scratch);

/* Both gradients at once where nearly all of d_y is zero, in the time that the rest takes.  false, with nothing done:
 * more than one element in 64 is not.  w: [oc, ic, kh, kw]; d_x: NULL, or overwritten.  n out_h out_w < 2^32;
 * scratch: its own size. */
size_t lad_conv_sparse_scratch_bytes(const lad_conv_shape *s, size_t threads);
LAD_MUST_CHECK bool lad_conv_backward_sparse(lad_pool *pool, const lad_conv_shape *s, const float *x, const float *w,
                                             const float *d_y, float *d_w, float *d_bias, float *d_x, void *scratch);

/* For benchmarks: how a convolution is computed ("direct", "implicit", "winograd"), and the multiply-adds that its
 * matrix products take in this pass (Winograd: several times fewer than the definition's). */
const char *lad_conv_algorithm_name(const lad_kernels *k, const lad_conv_shape *s);
double lad_conv_product_macs(const lad_kernels *k, const lad_conv_shape *s, lad_conv_pass pass);

/* The speed limit of lad_conv_*: GFLOP/s of the matrix product's micro-kernel on data in L1, one thread, best of
 * several short runs (some 10 ms in all). */
double lad_kernels_peak_gflops(const lad_kernels *k);

/* c = a b (+ c if accumulate).  Element strides make transposes free: a[i*a_row + p*a_col] is A(i, p),
 * b[p*b_row + j*b_col] is B(p, j); c: row-major [m, n] with row stride c_row.  scratch:
 * lad_gemm_scratch_bytes(). */
size_t lad_gemm_scratch_bytes(const lad_kernels *k, size_t m, size_t n, size_t p, size_t threads);
void lad_gemm(const lad_kernels *k, lad_pool *pool, size_t m, size_t n, size_t p, const float *a, size_t a_row,
              size_t a_col, const float *b, size_t b_row, size_t b_col, bool accumulate, float *c, size_t c_row,
              void *scratch);

/* --- everything below works on NHWC activations, vectorised over channels, parallel over rows --- */

/* Average over non-overlapping 2x2 windows; an odd last row or column is dropped, as PyTorch's AvgPool2d does.
 * x: [n, h, w, c] -> y: [n, h/2, w/2, c]. */
void lad_avgpool2_forward(const lad_kernels *k, lad_pool *pool, size_t n, size_t h, size_t w, size_t c, const float *x,
                          float *y);
/* relu: NULL, or x itself when x came out of a ReLU: d_x is then zero where x is not positive, that is, the
 * gradient before the ReLU. */
void lad_avgpool2_backward(const lad_kernels *k, lad_pool *pool, size_t n, size_t h, size_t w, size_t c,
                           const float *d_y, const float *relu, float *d_x);

/* Bilinear resize with align_corners = false (PyTorch's interpolate).  x: [n, h, w, c] -> y: [n, oh, ow, c]. */
void lad_bilinear_forward(const lad_kernels *k, lad_pool *pool, size_t n, size_t h, size_t w, size_t c, size_t oh,
                          size_t ow, const float *x, float *y);
void lad_bilinear_backward(const lad_kernels *k, lad_pool *pool, size_t n, size_t h, size_t w, size_t c, size_t oh,
                           size_t ow, const float *d_y, float *d_x);

/* y = max(x, 0); d_x = d_y where y > 0, else 0.  In place allowed (x == y, d_x == d_y).  count floats. */
void lad_relu_forward(const lad_kernels *k, lad_pool *pool, size_t count, const float *x, float *y);
void lad_relu_backward(const lad_kernels *k, lad_pool *pool, size_t count, const float *y, const float *d_y,
                       float *d_x);

/* out[i] = mean over channels of (a - b)^2 at position i.  a: first c of a_stride channels per position, from
 * offset 0; b: likewise.  Serves (T - S1) and (A - S2): pass s + c for the second half. */
void lad_channel_mse(const lad_kernels *k, lad_pool *pool, size_t positions, size_t c, const float *a, size_t a_stride,
                     const float *b, size_t b_stride, float *out);

/* One Adam step (Kingma & Ba 2015, Algorithm 1; weight decay added to the gradient as PyTorch's Adam does):
 * g = grad + weight_decay p; m = b1 m + (1-b1) g; v = b2 v + (1-b2) g^2;
 * p -= lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps).  t counts from 1.  b1 .9, b2 .999, eps 1e-8. */
void lad_adam_step(const lad_kernels *k, lad_pool *pool, size_t count, float *p, const float *grad, float *m, float *v,
                   float lr, float weight_decay, size_t t);

#endif
