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

static size_t value_count(const lad_tail *tail)
{
    return tail->spec.oc * (row_count(tail) + 1);
}

/* The convolution with `oc` outputs as a network of one layer; *values: its parameters. */
static lad_status create_network(const lad_tail *tail, size_t oc, lad_network **out, float **values, lad_error *err)
{
    lad_layer_spec spec = tail->spec;
    spec.oc = oc;
    LAD_TRY(lad_network_create(tail->kernels, tail->pool, &spec, 1, 1, tail->side, tail->side, tail->ic,
                               LAD_NETWORK_SHARED, out, err));
    *values = lad_network_block(*out).values;
    return LAD_OK;
}

static void pack(lad_network *network)
{
    lad_network_pack(network);
    lad_network_release_values(network);
}

lad_status lad_tail_init(lad_tail *tail, const lad_kernels *kernels, lad_pool *pool, const lad_layer_spec *spec,
                         size_t side, size_t ic, bool whole, lad_error *err)
{
    *tail = (lad_tail){.kernels = kernels, .pool = pool, .spec = *spec, .side = side, .ic = ic};
    if (whole) return create_network(tail, spec->oc, &tail->whole, &tail->values, err);
    tail->values = lad_alloc(value_count(tail), sizeof *tail->values);
    return tail->values ? LAD_OK : lad_fail(err, LAD_ERR_NOMEM, "Memory for the networks ran out.");
}

void lad_tail_deinit(lad_tail *tail)
{
    if (!tail->whole) lad_free(tail->values);
    tail->values = NULL;
    lad_network_destroy(&tail->whole);
    lad_network_destroy(&tail->folded);
}

lad_status lad_tail_read(lad_tail *tail, const lad_safetensors *st, const char *file, const char *prefix,
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

void lad_tail_standardise(lad_tail *tail, const float *mean, const float *std)
{
    size_t row = row_count(tail);
    float *bias = tail->values + tail->spec.oc * row;
    for (size_t o = 0; o < tail->spec.oc; o++) {
        for (size_t i = 0; i < row; i++) tail->values[o * row + i] /= std[o];
        bias[o] = (bias[o] - mean[o]) / std[o];
    }
}

void lad_tail_finish(lad_tail *tail)
{
    if (!tail->whole) return;
    pack(tail->whole);
    tail->values = NULL;
}

lad_status lad_tail_complete(lad_tail *tail, lad_error *err)
{
    float *values = NULL, *own = tail->values;
    LAD_TRY(create_network(tail, tail->spec.oc, &tail->whole, &values, err));
    memcpy(values, own, value_count(tail) * sizeof *values);
    lad_free(own);
    lad_tail_finish(tail);
    return LAD_OK;
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
    float *values = NULL;
    LAD_TRY(create_network(tail, oc, &tail->folded, &values, err));
    void *scratch = lad_alloc(scratch_bytes + 1, 1);
    if (!scratch) return lad_fail(err, LAD_ERR_NOMEM, "Memory for the metric of the maps ran out.");
    const float *bias = tail->values + tail->spec.oc * row;
    for (size_t p = 0; p < parts; p++) {
        float *folded = values + p * LAD_METRIC_ROWS * row, *folded_bias = values + oc * row + p * LAD_METRIC_ROWS;
        multiply(tail, c, row, rows[p], tail->values + p * c * row, folded, scratch);
        multiply(tail, c, 1, rows[p], bias + p * c, folded_bias, scratch);
        for (size_t r = 0; biases && r < LAD_METRIC_ROWS; r++) folded_bias[r] += biases[r];
    }
    lad_free(scratch);
    pack(tail->folded);
    return LAD_OK;
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
    if (tail->values) bytes += value_count(tail) * sizeof(float); /* whole is not there */
    if (tail->whole) bytes += lad_network_memory_bytes(tail->whole);
    if (tail->folded) bytes += lad_network_memory_bytes(tail->folded);
    return bytes;
}
