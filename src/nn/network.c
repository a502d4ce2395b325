/* Running a network: pack, forward, backward, optimiser step. */
#include "nn/network.h"

#include "nn/dropout.h"
#include "nn/network_parts.h"

#include <assert.h>
#include <string.h>

void lad_network_pack(lad_network *network)
{
    for (size_t i = 0; i < network->layer_count; i++) {
        layer *l = &network->layers[i];
        if (l->spec.kind != LAD_LAYER_CONV) continue;
        assert(l->weight->value);
        lad_conv_shape shape = lad_layer_conv_shape(l, network->max_n, l->max_h, l->max_w);
        lad_conv_pack(network->kernels, network->pool, &shape, LAD_CONV_FORWARD, l->weight->value, l->packed);
        memcpy(l->packed_bias, l->bias->value, l->oc * sizeof *l->packed_bias);
        if (l->packed_back)
            lad_conv_pack(network->kernels, network->pool, &shape, LAD_CONV_BACKWARD_DATA, l->weight->value,
                          l->packed_back);
    }
}

static bool scratch_suffices(const lad_network *network, const lad_conv_shape *shape, lad_conv_pass pass)
{
    return lad_conv_scratch_bytes(network->kernels, shape, pass, lad_pool_threads(network->pool)) <=
           network->scratch_bytes;
}

static void layer_forward(lad_network *network, layer *l, float *y, lad_rng *dropout)
{
    const lad_kernels *k = network->kernels;
    lad_pool *pool = network->pool;
    switch (l->spec.kind) {
    case LAD_LAYER_CONV: {
        lad_conv_shape shape = lad_layer_conv_shape(l, l->n, l->h, l->w);
        assert(scratch_suffices(network, &shape, LAD_CONV_FORWARD));
        lad_conv_forward(k, pool, &shape, l->x, l->packed, l->packed_bias, l->spec.relu, y, network->scratch);
        l->y = y;
        break;
    }
    case LAD_LAYER_AVGPOOL2:
        lad_avgpool2_forward(k, pool, l->n, l->h, l->w, l->ic, l->x, y);
        l->y = y;
        break;
    case LAD_LAYER_BILINEAR:
        lad_bilinear_forward(k, pool, l->n, l->h, l->w, l->ic, l->oh, l->ow, l->x, y);
        l->y = y;
        break;
    case LAD_LAYER_UNFOLD: l->y = l->x; break;
    case LAD_LAYER_DROPOUT:
        l->dropped = dropout != NULL && l->spec.drop > 0.0f;
        l->y = l->x;
        if (!l->dropped) break;
        lad_dropout_forward(pool, l->n * l->h * l->w * l->ic, l->spec.drop, dropout, l->x, y, l->kept);
        l->y = y;
        break;
    }
}

/* A layer's input; what it gives is of its out shape. */
static void layer_take(layer *l, size_t n, size_t h, size_t w, const float *x)
{
    l->n = n;
    l->h = h;
    l->w = w;
    l->x = x;
    bool fits = lad_layer_out_shape(&l->spec, h, w, &l->oh, &l->ow);
    assert(fits);
    (void)fits;
}

/* A convolution and the pooling after it. */
static void layer_forward_pooled(lad_network *network, layer *l)
{
    layer *next = l + 1;
    lad_conv_shape shape = lad_layer_conv_shape(l, l->n, l->h, l->w);
    layer_take(next, l->n, l->oh, l->ow, NULL);
    assert(scratch_suffices(network, &shape, LAD_CONV_FORWARD));
    lad_conv_forward_pooled(network->kernels, network->pool, &shape, l->x, l->packed, l->packed_bias, l->spec.relu,
                            next->buffer, l->positive, network->scratch);
    next->y = next->buffer;
}

/* All layers but the last `spare`; out: where the last layer writes, NULL: into its buffer. */
static const float *forward(lad_network *network, size_t n, size_t h, size_t w, const float *x, lad_rng *dropout,
                            float *out, size_t spare)
{
    assert(n <= network->max_n && h <= network->max_h && w <= network->max_w);
    assert(network->work.base || network->mode != LAD_NETWORK_SHARED);
    for (size_t i = 0; i + spare < network->layer_count; i++) {
        layer *l = &network->layers[i];
        layer_take(l, n, h, w, x);
        if (l->pooled) {
            layer_forward_pooled(network, l);
            l = &network->layers[++i];
        } else {
            layer_forward(network, l, out && i + 1 == network->layer_count ? out : l->buffer, dropout);
        }
        x = l->y;
        h = l->oh;
        w = l->ow;
    }
    return x;
}

static layer *last_layer(lad_network *network)
{
    return &network->layers[network->layer_count - 1];
}

const float *lad_network_forward(lad_network *network, size_t n, size_t h, size_t w, const float *x, lad_rng *dropout)
{
    assert(!dropout || network->mode == LAD_NETWORK_TRAINING);
    assert(network->mode != LAD_NETWORK_SHARED);
    last_layer(network)->part_count = 0;
    return forward(network, n, h, w, x, dropout, NULL, 0);
}

const float *lad_network_forward_part(lad_network *network, size_t n, size_t h, size_t w, const float *x,
                                      lad_rng *dropout, size_t first, size_t count)
{
    layer *last = last_layer(network);
    assert(network->mode == LAD_NETWORK_TRAINING && last->spec.kind == LAD_LAYER_CONV && first + count <= last->oc);
    last->part_first = first;
    last->part_count = count;
    return forward(network, n, h, w, x, dropout, NULL, 0);
}

void lad_network_forward_mse(lad_network *network, size_t n, size_t h, size_t w, const float *x, size_t parts,
                             const lad_conv_target *targets)
{
    layer *last = last_layer(network);
    assert(network->mode == LAD_NETWORK_SHARED && last->spec.kind == LAD_LAYER_CONV && !last->spec.relu);
    x = forward(network, n, h, w, x, NULL, NULL, 1);
    if (network->layer_count > 1) h = last[-1].oh, w = last[-1].ow;
    layer_take(last, n, h, w, x);
    lad_conv_shape shape = lad_layer_conv_shape(last, n, h, w);
    lad_conv_forward_mse(network->kernels, network->pool, &shape, x, last->packed, last->packed_bias, parts, targets,
                         network->scratch);
}

void lad_network_forward_to(lad_network *network, size_t n, size_t h, size_t w, const float *x, float *y)
{
    assert(network->mode != LAD_NETWORK_TRAINING);
    const float *result = forward(network, n, h, w, x, NULL, y, 0);
    const layer *last = last_layer(network);
    if (result != y) memcpy(y, result, last->n * last->oh * last->ow * last->oc * sizeof *y);
}

/* Whether a layer is a convolution whose ReLU is followed by pooling: then the pooling's backward pass applies the
 * ReLU's mask too, which saves a walk over the largest activations. */
static bool pooled_next(const lad_network *network, const layer *l)
{
    return l->spec.kind == LAD_LAYER_CONV && l->spec.relu && l + 1 < network->layers + network->layer_count &&
           l[1].spec.kind == LAD_LAYER_AVGPOOL2;
}

/* d: gradient of l->y, used as scratch; d_x: gradient of l->x, or NULL when nobody wants it. */
static void layer_backward(lad_network *network, layer *l, float *d, float *d_x)
{
    const lad_kernels *k = network->kernels;
    lad_pool *pool = network->pool;
    switch (l->spec.kind) {
    case LAD_LAYER_CONV: {
        lad_conv_shape shape = lad_layer_conv_shape(l, l->n, l->h, l->w);
        assert(scratch_suffices(network, &shape, LAD_CONV_BACKWARD_WEIGHTS));
        assert(scratch_suffices(network, &shape, LAD_CONV_BACKWARD_DATA));
        if (l->spec.relu && !pooled_next(network, l))
            lad_relu_backward(k, pool, l->n * l->oh * l->ow * l->oc, l->y, d, d);
        /* As the gradient of the hard loss is; the layers before see more of it. */
        if (l + 1 == network->layers + network->layer_count &&
            lad_conv_backward_sparse(pool, &shape, l->x, l->weight->value, d, l->weight->grad, l->bias->grad, d_x,
                                     network->scratch))
            break;
        lad_conv_backward_weights(k, pool, &shape, l->x, d, l->weight->grad, l->bias->grad, network->scratch);
        if (d_x) lad_conv_backward_data(k, pool, &shape, d, l->packed_back, d_x, network->scratch);
        break;
    }
    case LAD_LAYER_AVGPOOL2:
        if (!d_x) break;
        lad_avgpool2_backward(k, pool, l->n, l->h, l->w, l->ic, d,
                              l > network->layers && pooled_next(network, l - 1) ? l->x : NULL, d_x);
        break;
    case LAD_LAYER_BILINEAR:
        if (d_x) lad_bilinear_backward(k, pool, l->n, l->h, l->w, l->ic, l->oh, l->ow, d, d_x);
        break;
    case LAD_LAYER_UNFOLD: break; /* in place, as the next: d_x == d */
    case LAD_LAYER_DROPOUT:
        if (l->dropped) lad_dropout_backward(pool, l->n * l->h * l->w * l->ic, l->spec.drop, l->kept, d);
        break;
    }
}

/* The first layer, which pools; d: gradient of what was pooled. */
static void layer_backward_pooled(lad_network *network, layer *l, const float *d)
{
    lad_conv_shape shape = lad_layer_conv_shape(l, l->n, l->h, l->w);
    lad_conv_backward_weights_pooled(network->kernels, network->pool, &shape, l->x, d, l->positive, l->weight->grad,
                                     l->bias->grad, network->scratch);
}

void lad_network_backward(lad_network *network, float *d_y, float *d_x)
{
    assert(network->mode == LAD_NETWORK_TRAINING);
    assert(!d_x || !network->layers[0].pooled);
    float *d = d_y;
    size_t turn = 0;
    for (size_t i = network->layer_count; i-- > 0;) {
        layer *l = &network->layers[i];
        if (i == 1 && network->layers[0].pooled) {
            layer_backward_pooled(network, &network->layers[0], d);
            break;
        }
        if (lad_layer_in_place(l)) {
            layer_backward(network, l, d, d);
            continue;
        }
        float *next = i == 0 ? d_x : network->d_buffers[turn];
        layer_backward(network, l, d, next);
        d = next;
        turn ^= 1;
    }
    if (d_x && d != d_x) { /* the first layers worked in place: their gradient is still where it was */
        const layer *first = &network->layers[0];
        memcpy(d_x, d, first->n * first->h * first->w * first->ic * sizeof *d_x);
    }
}

void lad_network_zero_grads(lad_network *network)
{
    assert(network->grads);
    memset(network->grads, 0, network->param_total * sizeof *network->grads);
}

void lad_network_adam(lad_network *network, float lr, float weight_decay, size_t t)
{
    assert(network->mode == LAD_NETWORK_TRAINING && t > 0);
    lad_adam_step(network->kernels, network->pool, network->param_total, network->values, network->grads,
                  network->moment1, network->moment2, lr, weight_decay, t);
    lad_network_pack(network);
}
