/* The last convolution of a detector's network, apart from the layers before it.
 *
 * Its output y = W * x + b is linear in W, and so is a metric of the differences in y: instead of the C channels of y
 * its rows M y = (M W) * x + M b are computed, with kernels multiplied once, when the model is read.  That is a third
 * of the products.  All channels are still to be had, for the global head and for whoever wants to look at them.
 * Thread rule: as a detector's, which owns it. */
#ifndef LAD_MODEL_TAIL_H
#define LAD_MODEL_TAIL_H

#include "model/metric.h"
#include "nn/network.h"

typedef struct lad_tail {
    const lad_kernels *kernels;
    lad_pool *pool;
    lad_layer_spec spec;
    size_t side, ic;     /* of the input */
    float *values;       /* weights [oc, ic, k, k], then biases [oc], of `whole` where it is there; NULL once packed */
    lad_network *whole;  /* all channels, or NULL */
    lad_network *folded; /* the rows of a metric, or NULL */
} lad_tail;

/* The convolution `spec` of [side, side, ic]; whole: all its channels will be wanted.  Free with lad_tail_deinit, also
 * after an error. */
LAD_MUST_CHECK lad_status lad_tail_init(lad_tail *tail, const lad_kernels *kernels, lad_pool *pool,
                                        const lad_layer_spec *spec, size_t side, size_t ic, bool whole, lad_error *err);
void lad_tail_deinit(lad_tail *tail);

/* Values from the tensors prefix.<layer>.weight and .bias. */
LAD_MUST_CHECK lad_status lad_tail_read(lad_tail *tail, const lad_safetensors *st, const char *file, const char *prefix,
                                        lad_error *err);
/* From now on values give (y - mean) / std: rows w[o] / std[o] and (b[o] - mean[o]) / std[o].  mean, std: [oc]. */
void lad_tail_standardise(lad_tail *tail, const float *mean, const float *std);
/* Makes `folded` of the values: outputs in `parts` equal shares, of which each is multiplied by its rows
 * [64, oc / parts]; biases [64], added to the result, may be NULL. */
LAD_MUST_CHECK lad_status lad_tail_fold(lad_tail *tail, size_t parts, float *const *rows, const float *biases,
                                        lad_error *err);
/* Values have their last form: packs them if all channels are wanted. */
void lad_tail_finish(lad_tail *tail);
/* All channels are wanted after all: makes the missing `whole` of the values. */
LAD_MUST_CHECK lad_status lad_tail_complete(lad_tail *tail, lad_error *err);

/* Whether a tensor of that name was read. */
bool lad_tail_has_tensor(const lad_tail *tail, const char *prefix, const char *name);
size_t lad_tail_memory_bytes(const lad_tail *tail);

#endif
