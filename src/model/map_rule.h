/* How raw maps become the maps a person reads, as a model file records it; score/maps.h applies it.
 *
 * Quantiles (Batzner et al., section 3.4): map' = 0.1 (map - qa) / (qb - qa), so that both maps speak one unit.
 * Position normalisation, where a model has it, comes first: map[i] = (map[i] - mean[i]) / std[i], with each position's
 * mean and standard deviation over normal validation pictures.  Where poses are fixed, the same difference means
 * more at a place that always looks the same than at one that never does; the quantiles are those of the result.
 * Smoothing, where a model has it, comes before both: a Gaussian over neighbouring positions.  What is novel lights up
 * several of them, noise each for itself.
 * Thread rule: a rule is immutable after reading. */
#ifndef LAD_MODEL_MAP_RULE_H
#define LAD_MODEL_MAP_RULE_H

#include "model/safetensors.h"

/* 0.9 and 0.995 quantiles on validation pictures. */
typedef struct lad_map_quantiles {
    float qa_st, qb_st, qa_ae, qb_ae;
} lad_map_quantiles;

typedef enum lad_map_distance { LAD_MAP_DISTANCE_MEAN, LAD_MAP_DISTANCE_NOVELTY } lad_map_distance;
typedef enum lad_map_norm { LAD_MAP_NORM_QUANTILE, LAD_MAP_NORM_POSITION } lad_map_norm;
typedef enum lad_map_combine { LAD_MAP_COMBINE_MEAN, LAD_MAP_COMBINE_MAX } lad_map_combine;

const char *lad_map_norm_name(lad_map_norm norm);          /* "quantile", "position" */
const char *lad_map_combine_name(lad_map_combine combine); /* "mean", "max" */
LAD_MUST_CHECK bool lad_map_distance_from_name(const char *name, lad_map_distance *out);
LAD_MUST_CHECK bool lad_map_norm_from_name(const char *name, lad_map_norm *out);
LAD_MUST_CHECK bool lad_map_combine_from_name(const char *name, lad_map_combine *out);

enum { LAD_MAP_MAX_SMOOTHING = 4 };

/* The parts of lad_map_rule.positions. */
enum { LAD_POSITION_MEAN_ST, LAD_POSITION_STD_ST, LAD_POSITION_MEAN_AE, LAD_POSITION_STD_AE, LAD_POSITION_PARTS };

typedef struct lad_map_rule {
    lad_map_quantiles quantiles;
    lad_map_combine combine; /* of the two normalised maps */
    double smoothing;        /* standard deviation of the Gaussian, cells; 0: none, at most LAD_MAP_MAX_SMOOTHING */
    float *positions;        /* [LAD_POSITION_PARTS, map_size, map_size], stds > 0; NULL: quantiles alone */
} lad_map_rule;

/* Metadata map_norm, map_combine and map_smoothing (all optional: quantile, mean, 0) and, for position normalisation,
 * the tensors positions.mean_st, std_st, mean_ae, std_ae, [56, 56] each.  The quantiles are not read or written here.
 * On failure nothing is owned; else free with lad_map_rule_deinit. */
LAD_MUST_CHECK lad_status lad_map_rule_read(const lad_safetensors *st, const char *file, lad_map_rule *rule,
                                            lad_error *err);
LAD_MUST_CHECK lad_status lad_map_rule_write_meta(lad_st_writer *writer, const lad_map_rule *rule);
LAD_MUST_CHECK lad_status lad_map_rule_write_tensors(lad_st_writer *writer, const lad_map_rule *rule);
bool lad_map_rule_has_tensor(const lad_map_rule *rule, const char *name);
void lad_map_rule_deinit(lad_map_rule *rule);

#endif
