/* What a network is made of; for the network_*.c files alone. */
#ifndef LAD_NN_NETWORK_PARTS_H
#define LAD_NN_NETWORK_PARTS_H

#include "base/alloc.h"
#include "nn/network.h"

#include <stdint.h>

typedef struct layer {
    lad_layer_spec spec;
    size_t ic, oc;               /* channels in and out */
    size_t max_h, max_w;         /* largest input */
    lad_param *weight, *bias;    /* conv, else NULL */
    float *packed, *packed_back; /* conv: weights as the kernels want them; packed_back: training */
    float *packed_bias;          /* conv: [oc], so that forward needs no parameter values */
    float *buffer;               /* where y goes; NULL: in place (unfold; dropout while not training), nowhere (pooled),
                                  * or to the caller (the last layer in shared mode) */
    bool inference;              /* the network's mode is not training */
    bool pooled;                 /* the next layer pools, and both are computed as one */
    uint8_t *positive;           /* pooled, training: flags of lad_conv_forward_pooled */
    uint8_t *kept;               /* dropout: 1 where the value passed, [n, h, w, c] */

    /* Of the last forward, for backward. */
    size_t n, h, w, oh, ow;
    size_t part_first, part_count; /* see lad_conv_shape */
    const float *x, *y;
    bool dropped;
} layer;

struct lad_network {
    const lad_kernels *kernels;
    lad_pool *pool;
    lad_network_mode mode;
    layer *layers; /* [layer_count] */
    size_t layer_count;
    lad_param *params; /* [param_count] */
    size_t param_count, param_total;
    size_t max_n, max_h, max_w, c;

    float *values;   /* [param_total], separate: it may be released */
    lad_arena store; /* gradients, moments, packed weights */
    lad_arena work;  /* activations and scratch; base borrowed when shared */
    float *grads, *moment1, *moment2;
    float *d_buffers[2]; /* gradients of activations take turns in these */
    void *scratch;       /* of the kernels */
    size_t scratch_bytes;
};

/* Output height and width of one layer; false when the input is too small. */
bool lad_layer_out_shape(const lad_layer_spec *spec, size_t h, size_t w, size_t *oh, size_t *ow);
/* Whether the gradient of a layer's input is made where that of its output lies. */
bool lad_layer_in_place(const layer *l);
lad_conv_shape lad_layer_conv_shape(const layer *l, size_t n, size_t h, size_t w);

#endif
