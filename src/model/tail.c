#include "model/tail.h"

#include "base/alloc.h"
#include "model/model_file.h"

#include <stdio.h>
#include <string.h>

/* Weights of one output channel. */
static size_t row_count(const lad_tail *tail)
{
    return tail->ic * tail->spec.kernel * tail->spec.kernel;
}

static void tensor_name(const lad_tail *tail, const char *prefix, const char *suffix, char name[96])
{
    snprintf(name, 96, "%s.%s.%s", prefix, tail->spec.name, suffix);
}

static lad_status read_values(lad_tail *tail, const lad_safetensors *st, const char *file, const char *prefix,
                              lad_error *err)
{
    size_t k = tail->spec.kernel, shape[4] = {tail->spec.oc, tail->ic, k, k};
    const lad_st_tensor *weight = NULL, *bias = NULL;
    char name[96];
    tensor_name(tail, prefix, "weight", name);
    LAD_TRY(lad_model_find(st, file, name, 4, shape, &weight, err));
    tensor_name(tail, prefix, "bias", name);
    LAD_TRY(lad_model_find(st, file, name, 1, shape, &bias, err));
    lad_st_tensor_floats(weight, tail->values);
    lad_st_tensor_floats(bias, tail->values + weight->count);
    return LAD_OK;
}

lad_status lad_tail_init(lad_tail *tail, const lad_kernels *kernels, lad_pool *pool, const lad_layer_spec *spec,
                         size_t side, size_t ic, const lad_safetensors *st, const char *file, const char *prefix,
                         lad_error *err)
{
    *tail = (lad_tail){.kernels = kernels, .pool = pool, .spec = *spec, .side = side, .ic = ic};
    tail->values = lad_alloc(spec->oc * (row_count(tail) + 1), sizeof *tail->values);
    if (!tail->values) return lad_fail(err, LAD_ERR_NOMEM, "%s: memory for the networks ran out.", file);
    return read_values(tail, st, file, prefix, err);
}

void lad_tail_drop_values(lad_tail *tail)
{
    lad_free(tail->values);
    tail->values = NULL;
}

void lad_tail_deinit(lad_tail *tail)
{
    lad_network_destroy(&tail->whole);
    lad_network_destroy(&tail->folded);
    lad_tail_drop_values(tail);
}

/* The convolution with `oc` outputs of these values, as a network of one layer. */
static lad_status create_network(const lad_tail *tail, size_t oc, const float *values, lad_network **out,
                                 lad_error *err)
{
    lad_network *network = NULL;
    lad_layer_spec spec = tail->spec;
    spec.oc = oc;
    LAD_TRY(lad_network_create(tail->kernels, tail->pool, &spec, 1, 1, tail->side, tail->side, tail->ic,
                               LAD_NETWORK_SHARED, &network, err));
    const lad_param *weight = lad_network_param(network, 0), *bias = lad_network_param(network, 1);
    memcpy(weight->value, values, weight->count * sizeof *values);
    memcpy(bias->value, values + weight->count, bias->count * sizeof *values);
    lad_network_pack(network);
    lad_network_release_values(network);
    *out = network;
    return LAD_OK;
}

lad_status lad_tail_complete(lad_tail *tail, lad_error *err)
{
    return create_network(tail, tail->spec.oc, tail->values, &tail->whole, err);
}

/* m[64, columns] of one share of the outputs: rows [64, c] times w [c, columns]. */
static void multiply(const lad_tail *tail, size_t c, size_t columns, const float *rows, const float *w, float *m,
                     void *scratch)
{
    lad_gemm(tail->kernels, tail->pool, LAD_METRIC_ROWS, columns, c, rows, c, 1, w, columns, 1, false, m, columns,
             scratch);
}

lad_status lad_tail_fold(lad_tail *tail, size_t parts, float *const *rows, const float *biases, lad_error *err)
{
    size_t row = row_count(tail), c = tail->spec.oc / parts, oc = parts * LAD_METRIC_ROWS;
    size_t scratch_bytes = lad_gemm_scratch_bytes(tail->kernels, LAD_METRIC_ROWS, row, c, lad_pool_threads(tail->pool));
    float *values = lad_alloc(oc * (row + 1), sizeof *values);
    void *scratch = lad_alloc(scratch_bytes + 1, 1);
    lad_status status = values && scratch ? LAD_OK : LAD_ERR_NOMEM;
    if (status == LAD_OK) {
        const float *bias = tail->values + tail->spec.oc * row;
        float *folded_bias = values + oc * row;
        for (size_t p = 0; p < parts; p++) {
            size_t first = p * LAD_METRIC_ROWS;
            multiply(tail, c, row, rows[p], tail->values + p * c * row, values + first * row, scratch);
            multiply(tail, c, 1, rows[p], bias + p * c, folded_bias + first, scratch);
            for (size_t r = 0; biases && r < LAD_METRIC_ROWS; r++) folded_bias[first + r] += biases[r];
        }
        status = create_network(tail, oc, values, &tail->folded, err);
    } else {
        lad_fail(err, status, "Memory for the metric of the maps ran out.");
    }
    lad_free(values);
    lad_free(scratch);
    return status;
}

bool lad_tail_has_tensor(const lad_tail *tail, const char *prefix, const char *name)
{
    char expected[96];
    tensor_name(tail, prefix, "weight", expected);
    if (strcmp(name, expected) == 0) return true;
    tensor_name(tail, prefix, "bias", expected);
    return strcmp(name, expected) == 0;
}

size_t lad_tail_memory_bytes(const lad_tail *tail)
{
    size_t bytes = 0;
    if (tail->values) bytes += tail->spec.oc * (row_count(tail) + 1) * sizeof(float);
    if (tail->whole) bytes += lad_network_memory_bytes(tail->whole);
    if (tail->folded) bytes += lad_network_memory_bytes(tail->folded);
    return bytes;
}
