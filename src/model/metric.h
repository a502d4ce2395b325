/* The metric of the difference maps, where a model has one: which differences between the networks matter.
 *
 * EfficientAD's maps are means over channels of squared differences, d = T - S1 and d = A - S2.  Some directions of d
 * are large in every normal picture, and hide those in which something novel differs.  A metric looks only there:
 *     map[i] = mean over rows of (row . d[i] + bias)^2,
 * which is, but for scale and constant, the log likelihood ratio of "something novel is here" and "nothing is"
 * (train/metric_fit.h).  Thread rule: plain data. */
#ifndef LAD_MODEL_METRIC_H
#define LAD_MODEL_METRIC_H

#include "model/safetensors.h"

enum { LAD_METRIC_ROWS = 64, LAD_METRIC_ST = 0, LAD_METRIC_AE = 1, LAD_METRIC_PARTS = 2 };

typedef struct lad_metric {
    size_t channels;                 /* C; 0: none */
    float *rows[LAD_METRIC_PARTS];   /* [LAD_METRIC_ROWS, channels] */
    float *biases[LAD_METRIC_PARTS]; /* [LAD_METRIC_ROWS] */
} lad_metric;

LAD_MUST_CHECK lad_status lad_metric_init(lad_metric *metric, size_t channels, lad_error *err);
void lad_metric_deinit(lad_metric *metric);

/* Tensors metric.st, metric.ae [64, C] and metric.st_bias, metric.ae_bias [64], if the file has any of them: *metric is
 * left empty else.  Writing adds the metadata map_distance = novelty.  Free with lad_metric_deinit. */
LAD_MUST_CHECK lad_status lad_metric_read(const lad_safetensors *st, const char *file, size_t channels,
                                          lad_metric *metric, lad_error *err);
LAD_MUST_CHECK lad_status lad_metric_write(lad_st_writer *writer, const lad_metric *metric);
bool lad_metric_has_tensor(const char *name);

#endif
