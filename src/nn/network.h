/* A feed-forward network: a list of layers, their parameters and gradients, and planned memory.
 *
 * Layers are forward/backward pairs.  Activations are NHWC.  All parameters of a network lie in one block (so do
 * gradients and the optimiser's moments), in the order of the layers, weight before bias: one Adam call, one
 * copy, one checkpoint write serves all of them.
 * Invariant: memory is planned once in create; forward, backward and step allocate nothing.
 * Thread rule: one call at a time per network. */
#ifndef LAD_NN_NETWORK_H
#define LAD_NN_NETWORK_H

#include "base/rng.h"
#include "base/status.h"
#include "kernels/kernels.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum lad_layer_kind {
    LAD_LAYER_CONV,
    LAD_LAYER_AVGPOOL2,
    LAD_LAYER_BILINEAR,
    LAD_LAYER_UNFOLD, /* [n, 1, 1, out out c] becomes [n, out, out, c]: only the shape changes */
    LAD_LAYER_DROPOUT
} lad_layer_kind;

typedef struct lad_layer_spec {
    lad_layer_kind kind;
    const char *name;               /* conv: tensor name prefix within the network, e.g. "encoder.enconv1" */
    size_t oc, kernel, stride, pad; /* conv */
    bool relu;                      /* conv: fused ReLU */
    size_t out;                     /* bilinear, unfold: output height and width */
    float drop;                     /* dropout: probability of zero; scaled by 1 / (1 - drop); identity in inference */
} lad_layer_spec;

typedef enum lad_network_mode {
    LAD_NETWORK_INFERENCE, /* no gradients, activations reuse two buffers */
    LAD_NETWORK_SHARED,    /* the same, but activations live in memory that several networks take turns in, and outputs
                            * go to the caller: lad_network_forward_to or _mse */
    LAD_NETWORK_TRAINING   /* every activation is kept for backward; gradients and Adam moments exist */
} lad_network_mode;

typedef struct lad_network lad_network;

/* Plans and allocates for inputs up to [n, h, w, c].  kernels and pool (NULL allowed) must outlive the network;
 * specs are copied.  Parameters start as zeros. */
LAD_MUST_CHECK lad_status lad_network_create(const lad_kernels *kernels, lad_pool *pool, const lad_layer_spec *specs,
                                             size_t layers, size_t n, size_t h, size_t w, size_t c,
                                             lad_network_mode mode, lad_network **out, lad_error *err);
void lad_network_destroy(lad_network **network);

/* Parameter tensors, e.g. name "conv1.weight", shape [oc, ic, kh, kw]; "conv1.bias", shape [oc]. */
typedef struct lad_param {
    char name[64];
    size_t dims, shape[4], count;
    float *value; /* into the parameter block */
    float *grad;  /* into the gradient block; NULL unless in training mode */
} lad_param;
size_t lad_network_param_count(const lad_network *network);
const lad_param *lad_network_param(const lad_network *network, size_t i);

/* The whole blocks, [total] floats each; NULL for all but values unless in training mode. */
typedef struct lad_param_block {
    size_t total;
    float *values, *grads, *moment1, *moment2;
} lad_param_block;
lad_param_block lad_network_block(lad_network *network);

/* PyTorch's default initialisation of Conv2d: uniform in +-1/sqrt(ic kh kw) for weights and biases. */
void lad_network_init(lad_network *network, lad_rng *rng);

/* Must follow every change of parameter values and come before forward: packs weights for the kernels. */
void lad_network_pack(lad_network *network);

/* Not in training mode, after pack: frees the parameter values, which forward does not read.  Afterwards the
 * values of parameters and block are NULL. */
void lad_network_release_values(lad_network *network);

/* LAD_NETWORK_SHARED only: how much working memory a forward needs, and the LAD_ALIGN-aligned memory to use, the
 * caller's, alive as long as the network; networks that share it must not run at the same time. */
size_t lad_network_workspace_bytes(const lad_network *network);
void lad_network_set_workspace(lad_network *network, void *workspace, size_t size_bytes);

/* Shape of the output for an input of [n, h, w]; false when the input is too small. */
LAD_MUST_CHECK bool lad_network_out_shape(const lad_network *network, size_t n, size_t h, size_t w, size_t *oh,
                                          size_t *ow, size_t *oc);

/* y = f(x).  x: [n, h, w, c], within what was planned, kept alive by the caller until backward.  Returns
 * [n, oh, ow, oc] owned by the network, valid until the next forward.  dropout: the generator for dropout masks, NULL:
 * no dropout. */
const float *lad_network_forward(lad_network *network, size_t n, size_t h, size_t w, const float *x, lad_rng *dropout);

/* The same without dropout, into the caller's y: [n, oh, ow, oc].  Not in training mode. */
void lad_network_forward_to(lad_network *network, size_t n, size_t h, size_t w, const float *x, float *y);

/* Shared mode, the last layer a convolution without ReLU: only the distances of its output to targets, which never
 * reaches memory; see lad_conv_forward_mse. */
void lad_network_forward_mse(lad_network *network, size_t n, size_t h, size_t w, const float *x, size_t parts,
                             const lad_conv_target *targets);

/* Training mode: forward and then backward with only output channels [first, first + count) of the last convolution.
 * Outputs outside are not defined, and d_y of the following backward must be zero there. */
const float *lad_network_forward_part(lad_network *network, size_t n, size_t h, size_t w, const float *x,
                                      lad_rng *dropout, size_t first, size_t count);

/* Training mode.  Gradients for the last forward: parameter gradients are ADDED to the gradient block (zero it with
 * lad_network_zero_grads); d_x ([n, h, w, c]) is overwritten, or skipped if NULL, as it must be where the network
 * begins with a convolution, ReLU and pooling that are computed as one.  d_y is used as scratch. */
void lad_network_backward(lad_network *network, float *d_y, float *d_x);
void lad_network_zero_grads(lad_network *network);

/* One Adam step on all parameters, then repacks. t counts from 1. */
void lad_network_adam(lad_network *network, float lr, float weight_decay, size_t t);

/* All memory that the network owns. */
size_t lad_network_memory_bytes(const lad_network *network);

#endif
