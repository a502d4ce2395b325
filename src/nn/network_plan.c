/* Shapes, parameters and memory: everything about a network that is settled once, in create. */
#include "nn/network_parts.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

bool lad_layer_out_shape(const lad_layer_spec *spec, size_t h, size_t w, size_t *oh, size_t *ow)
{
    switch (spec->kind) {
    case LAD_LAYER_CONV:
        if (h + 2 * spec->pad < spec->kernel || w + 2 * spec->pad < spec->kernel) return false;
        *oh = (h + 2 * spec->pad - spec->kernel) / spec->stride + 1;
        *ow = (w + 2 * spec->pad - spec->kernel) / spec->stride + 1;
        return true;
    case LAD_LAYER_AVGPOOL2:
        if (h < 2 || w < 2) return false;
        *oh = h / 2;
        *ow = w / 2;
        return true;
    case LAD_LAYER_BILINEAR: *oh = *ow = spec->out; return h > 0 && w > 0;
    case LAD_LAYER_UNFOLD: *oh = *ow = spec->out; return h == 1 && w == 1;
    case LAD_LAYER_DROPOUT:
        *oh = h;
        *ow = w;
        return true;
    }
    return false;
}

bool lad_layer_in_place(const layer *l)
{
    return l->spec.kind == LAD_LAYER_DROPOUT || l->spec.kind == LAD_LAYER_UNFOLD;
}

lad_conv_shape lad_layer_conv_shape(const layer *l, size_t n, size_t h, size_t w)
{
    return (lad_conv_shape){.n = n,
                            .h = h,
                            .w = w,
                            .ic = l->ic,
                            .oc = l->oc,
                            .kh = l->spec.kernel,
                            .kw = l->spec.kernel,
                            .stride = l->spec.stride,
                            .pad = l->spec.pad,
                            .part_first = l->part_first,
                            .part_count = l->part_count,
                            .inference = l->inference};
}

bool lad_network_out_shape(const lad_network *network, size_t n, size_t h, size_t w, size_t *oh, size_t *ow, size_t *oc)
{
    if (n == 0) return false;
    for (size_t i = 0; i < network->layer_count; i++)
        if (!lad_layer_out_shape(&network->layers[i].spec, h, w, &h, &w)) return false;
    *oh = h;
    *ow = w;
    *oc = network->layer_count ? network->layers[network->layer_count - 1].oc : network->c;
    return true;
}

/* n * h * w * c floats in bytes, counted into *total_bytes; false when this or the total outgrows memory. */
static bool count_activation(size_t n, size_t h, size_t w, size_t c, size_t *total_bytes)
{
    size_t bytes;
    return lad_size_mul(n, h, &bytes) && lad_size_mul(bytes, w, &bytes) && lad_size_mul(bytes, c, &bytes) &&
           lad_size_mul(bytes, sizeof(float), &bytes) && lad_size_add(*total_bytes, bytes, total_bytes) &&
           *total_bytes <= SIZE_MAX / 4;
}

/* Walks the layers once: channels, largest shapes, number of parameters. */
static lad_status plan_shapes(lad_network *network, lad_error *err)
{
    size_t h = network->max_h, w = network->max_w, c = network->c, total_bytes = 0;
    for (size_t i = 0; i < network->layer_count; i++) {
        layer *l = &network->layers[i];
        l->ic = c;
        l->max_h = h;
        l->max_w = w;
        if (!lad_layer_out_shape(&l->spec, h, w, &h, &w))
            return lad_fail(err, LAD_ERR_ARG, "An input of %zu x %zu pixels does not suit layer %zu of the network.",
                            network->max_w, network->max_h, i + 1);
        if (l->spec.kind == LAD_LAYER_CONV) c = l->spec.oc;
        if (l->spec.kind == LAD_LAYER_UNFOLD) {
            assert(l->spec.out > 0 && c % (l->spec.out * l->spec.out) == 0);
            c /= l->spec.out * l->spec.out;
        }
        l->oc = c;
        if (!count_activation(network->max_n, h, w, c, &total_bytes))
            return lad_fail(err, LAD_ERR_NOMEM, "A network for %zu images of %zu x %zu pixels does not fit memory.",
                            network->max_n, network->max_w, network->max_h);
    }
    return LAD_OK;
}

static void add_param(lad_network *network, lad_param **out, const char *name, const char *suffix, size_t dims,
                      const size_t shape[4])
{
    lad_param *param = &network->params[network->param_count++];
    snprintf(param->name, sizeof param->name, "%s.%s", name, suffix);
    param->dims = dims;
    param->count = 1;
    for (size_t d = 0; d < dims; d++) {
        param->shape[d] = shape[d];
        param->count *= shape[d];
    }
    network->param_total += param->count;
    *out = param;
}

static lad_status plan_params(lad_network *network)
{
    network->params = lad_alloc_zero(2 * network->layer_count, sizeof *network->params);
    if (!network->params) return LAD_ERR_NOMEM;
    for (size_t i = 0; i < network->layer_count; i++) {
        layer *l = &network->layers[i];
        if (l->spec.kind != LAD_LAYER_CONV) continue;
        assert(l->spec.name && l->spec.oc > 0 && l->spec.kernel > 0 && l->spec.stride > 0);
        add_param(network, &l->weight, l->spec.name, "weight", 4,
                  (size_t[4]){l->oc, l->ic, l->spec.kernel, l->spec.kernel});
        add_param(network, &l->bias, l->spec.name, "bias", 1, (size_t[4]){l->oc});
    }
    return LAD_OK;
}

/* Gradients, moments and packed weights.  Runs twice: dry, to count, then on the real arena. */
static void place_store(lad_network *network, lad_arena *arena)
{
    bool training = network->mode == LAD_NETWORK_TRAINING;
    if (training) {
        network->grads = lad_arena_take(arena, network->param_total, sizeof(float));
        network->moment1 = lad_arena_take(arena, network->param_total, sizeof(float));
        network->moment2 = lad_arena_take(arena, network->param_total, sizeof(float));
    }
    for (size_t i = 0; i < network->layer_count; i++) {
        layer *l = &network->layers[i];
        if (l->spec.kind != LAD_LAYER_CONV) continue;
        lad_conv_shape shape = lad_layer_conv_shape(l, network->max_n, l->max_h, l->max_w);
        l->packed =
            lad_arena_take(arena, lad_conv_packed_floats(network->kernels, &shape, LAD_CONV_FORWARD), sizeof(float));
        l->packed_bias = lad_arena_take(arena, l->oc, sizeof(float));
        if (training)
            l->packed_back = lad_arena_take(
                arena, lad_conv_packed_floats(network->kernels, &shape, LAD_CONV_BACKWARD_DATA), sizeof(float));
    }
}

static size_t scratch_bytes(const lad_network *network)
{
    size_t threads = lad_pool_threads(network->pool), most = 0;
    lad_conv_pass last = network->mode == LAD_NETWORK_TRAINING ? LAD_CONV_BACKWARD_WEIGHTS : LAD_CONV_FORWARD;
    for (size_t i = 0; i < network->layer_count; i++) {
        const layer *l = &network->layers[i];
        if (l->spec.kind != LAD_LAYER_CONV) continue;
        lad_conv_shape shape = lad_layer_conv_shape(l, network->max_n, l->max_h, l->max_w);
        for (lad_conv_pass pass = LAD_CONV_FORWARD; pass <= last; pass++) {
            size_t bytes = lad_conv_scratch_bytes(network->kernels, &shape, pass, threads);
            if (bytes > most) most = bytes;
        }
        size_t bytes = l->pooled ? lad_conv_pooled_scratch_bytes(&shape, threads) : 0;
        if (bytes > most) most = bytes;
        if (network->mode == LAD_NETWORK_INFERENCE || i + 1 < network->layer_count) continue;
        bytes = network->mode == LAD_NETWORK_SHARED ? lad_conv_mse_scratch_bytes(network->kernels, &shape, threads)
                                                    : lad_conv_sparse_scratch_bytes(&shape, threads);
        if (bytes > most) most = bytes;
    }
    return most;
}

static size_t input_count(const lad_network *network, const layer *l)
{
    return network->max_n * l->max_h * l->max_w * l->ic;
}

static size_t output_count(const lad_network *network, const layer *l)
{
    size_t oh = 0, ow = 0;
    bool fits = lad_layer_out_shape(&l->spec, l->max_h, l->max_w, &oh, &ow);
    assert(fits);
    (void)fits;
    return network->max_n * oh * ow * l->oc;
}

/* Training: every layer has its own output; gradients of activations take turns in two buffers, from the last
 * layer to the second (the first's is the caller's), in the order in which backward uses them. */
static void place_training(lad_network *network, lad_arena *arena)
{
    for (size_t i = 0; i < network->layer_count; i++) {
        layer *l = &network->layers[i];
        if (l->pooled)
            l->positive = lad_arena_take(arena, output_count(network, l + 1), 1);
        else if (l->spec.kind != LAD_LAYER_UNFOLD)
            l->buffer = lad_arena_take(arena, output_count(network, l), sizeof(float));
        if (l->spec.kind == LAD_LAYER_DROPOUT) l->kept = lad_arena_take(arena, output_count(network, l), 1);
    }
    size_t counts[2] = {0, 0}, turn = 0;
    for (size_t i = network->layer_count; i-- > 1;) {
        const layer *l = &network->layers[i];
        if (lad_layer_in_place(l) || l[-1].pooled) continue;
        if (input_count(network, l) > counts[turn]) counts[turn] = input_count(network, l);
        turn ^= 1;
    }
    for (size_t b = 0; b < 2; b++) network->d_buffers[b] = lad_arena_take(arena, counts[b], sizeof(float));
}

/* Whether a layer's output needs a place: not that of dropout or unfold, which change no number, nor what is pooled at
 * once, nor what goes to the caller. */
static bool wants_buffer(const lad_network *network, const layer *l)
{
    bool last = l + 1 == network->layers + network->layer_count;
    return !lad_layer_in_place(l) && !l->pooled && !(last && network->mode == LAD_NETWORK_SHARED);
}

/* Inference: outputs take turns in two buffers. */
static void place_inference(lad_network *network, lad_arena *arena)
{
    size_t counts[2] = {0, 0}, turn = 0;
    for (size_t i = 0; i < network->layer_count; i++) {
        const layer *l = &network->layers[i];
        if (!wants_buffer(network, l)) continue;
        if (output_count(network, l) > counts[turn]) counts[turn] = output_count(network, l);
        turn ^= 1;
    }
    float *buffers[2];
    for (size_t b = 0; b < 2; b++) buffers[b] = lad_arena_take(arena, counts[b], sizeof(float));
    turn = 0;
    for (size_t i = 0; i < network->layer_count; i++) {
        layer *l = &network->layers[i];
        if (!wants_buffer(network, l)) continue;
        l->buffer = buffers[turn];
        turn ^= 1;
    }
}

static void place_work(lad_network *network, lad_arena *arena)
{
    if (network->mode == LAD_NETWORK_TRAINING)
        place_training(network, arena);
    else
        place_inference(network, arena);
    network->scratch_bytes = scratch_bytes(network);
    network->scratch = lad_arena_take(arena, network->scratch_bytes, 1);
}

/* Pooling at once what comes out of a convolution; in training only of the first, whose input needs no gradient,
 * since that would be computed from all of the output's. */
static void plan_pooling(lad_network *network)
{
    bool training = network->mode == LAD_NETWORK_TRAINING;
    for (size_t i = 0; i + 1 < network->layer_count; i++) {
        layer *l = &network->layers[i];
        if (l->spec.kind != LAD_LAYER_CONV || l[1].spec.kind != LAD_LAYER_AVGPOOL2) continue;
        if (i + 2 == network->layer_count) continue; /* the output must go where the caller says */
        if (training && (i > 0 || !l->spec.relu)) continue;
        lad_conv_shape shape = lad_layer_conv_shape(l, network->max_n, l->max_h, l->max_w);
        l->pooled = lad_conv_pools(network->kernels, &shape);
    }
}

static lad_status allocate(lad_network *network)
{
    network->values = lad_alloc_zero(network->param_total, sizeof(float));
    if (!network->values) return LAD_ERR_NOMEM;

    lad_arena dry = {0};
    place_store(network, &dry);
    LAD_TRY(lad_arena_init(&network->store, dry.peak_bytes));
    memset(network->store.base, 0, dry.peak_bytes);
    place_store(network, &network->store);

    size_t offset = 0;
    for (size_t i = 0; i < network->param_count; i++) {
        network->params[i].value = network->values + offset;
        if (network->grads) network->params[i].grad = network->grads + offset;
        offset += network->params[i].count;
    }

    dry = (lad_arena){0};
    place_work(network, &dry);
    network->work.size_bytes = dry.peak_bytes;
    if (network->mode == LAD_NETWORK_SHARED) return LAD_OK;
    LAD_TRY(lad_arena_init(&network->work, dry.peak_bytes));
    place_work(network, &network->work);
    return LAD_OK;
}

lad_status lad_network_create(const lad_kernels *kernels, lad_pool *pool, const lad_layer_spec *specs, size_t layers,
                              size_t n, size_t h, size_t w, size_t c, lad_network_mode mode, lad_network **out,
                              lad_error *err)
{
    if (n == 0 || h == 0 || w == 0 || c == 0 || layers == 0)
        return lad_fail(err, LAD_ERR_ARG, "A network needs at least one layer, image, pixel and channel.");
    lad_status status = LAD_ERR_NOMEM;
    lad_network *network = lad_alloc_zero(1, sizeof *network);
    if (!network) goto fail;
    *network = (lad_network){.kernels = kernels,
                             .pool = pool,
                             .mode = mode,
                             .layer_count = layers,
                             .max_n = n,
                             .max_h = h,
                             .max_w = w,
                             .c = c};
    network->layers = lad_alloc_zero(layers, sizeof *network->layers);
    if (!network->layers) goto fail;
    for (size_t i = 0; i < layers; i++)
        network->layers[i] = (layer){.spec = specs[i], .inference = mode != LAD_NETWORK_TRAINING};
    status = plan_shapes(network, err);
    if (status != LAD_OK) {
        lad_network_destroy(&network);
        return status;
    }
    status = plan_params(network);
    if (status != LAD_OK) goto fail;
    plan_pooling(network);
    status = allocate(network);
    if (status != LAD_OK) goto fail;
    *out = network;
    return LAD_OK;

fail:
    lad_network_destroy(&network);
    return lad_fail(err, status, "Memory for a network of %zu layers ran out.", layers);
}

void lad_network_destroy(lad_network **network_pointer)
{
    lad_network *network = *network_pointer;
    if (!network) return;
    if (network->mode != LAD_NETWORK_SHARED) lad_arena_deinit(&network->work);
    lad_arena_deinit(&network->store);
    lad_free(network->values);
    lad_free(network->params);
    lad_free(network->layers);
    lad_free(network);
    *network_pointer = NULL;
}

size_t lad_network_workspace_bytes(const lad_network *network)
{
    return network->work.size_bytes;
}

void lad_network_set_workspace(lad_network *network, void *workspace, size_t size_bytes)
{
    assert(network->mode == LAD_NETWORK_SHARED && size_bytes >= network->work.size_bytes);
    network->work = (lad_arena){.base = workspace, .size_bytes = size_bytes};
    place_work(network, &network->work);
    network->work.size_bytes = network->work.peak_bytes;
}

size_t lad_network_memory_bytes(const lad_network *network)
{
    size_t values = network->values ? network->param_total * sizeof(float) : 0;
    size_t work = network->mode == LAD_NETWORK_SHARED ? 0 : network->work.size_bytes;
    return sizeof *network + network->layer_count * sizeof(layer) + 2 * network->layer_count * sizeof(lad_param) +
           values + network->store.size_bytes + work;
}

size_t lad_network_param_count(const lad_network *network)
{
    return network->param_count;
}

const lad_param *lad_network_param(const lad_network *network, size_t i)
{
    assert(i < network->param_count);
    return &network->params[i];
}

lad_param_block lad_network_block(lad_network *network)
{
    return (lad_param_block){.total = network->param_total,
                             .values = network->values,
                             .grads = network->grads,
                             .moment1 = network->moment1,
                             .moment2 = network->moment2};
}

void lad_network_init(lad_network *network, lad_rng *rng)
{
    for (size_t i = 0; i < network->layer_count; i++) {
        layer *l = &network->layers[i];
        if (!l->weight) continue;
        float bound = 1.0f / sqrtf((float)(l->ic * l->spec.kernel * l->spec.kernel));
        for (size_t j = 0; j < l->weight->count; j++) l->weight->value[j] = lad_rng_range(rng, -bound, bound);
        for (size_t j = 0; j < l->bias->count; j++) l->bias->value[j] = lad_rng_range(rng, -bound, bound);
    }
}

void lad_network_release_values(lad_network *network)
{
    assert(network->mode != LAD_NETWORK_TRAINING);
    lad_free(network->values);
    network->values = NULL;
    for (size_t i = 0; i < network->param_count; i++) network->params[i].value = NULL;
}
