/* What model files hold, written down once for reading and writing; for model/ alone.
 *
 * A detector file: teacher.*, student.*, ae.* (the networks), mean_std.* and quantiles.* (statistics), perhaps
 * positions.* (more statistics of the maps) and global.* (the global head), and metadata.  A teacher file: teacher.*
 * and metadata.  Nothing else may be in them. */
#ifndef LAD_MODEL_MODEL_FILE_H
#define LAD_MODEL_MODEL_FILE_H

#include "model/detector.h"
#include "model/safetensors.h"

#define LAD_MODEL_VERSION "1"
#define LAD_MAP_ORDER "normalize-pad-resize" /* see score/maps.h */
#define LAD_PREFIX_TEACHER "teacher"
#define LAD_PREFIX_STUDENT "student"
#define LAD_PREFIX_AUTOENCODER "ae"
#define LAD_GLOBAL_MEAN "global.mean"
#define LAD_GLOBAL_DIRECTIONS_NAME "global.directions"

/* The statistics, in file order. */
enum { LAD_STAT_MEAN, LAD_STAT_STD, LAD_STAT_QA_ST, LAD_STAT_QB_ST, LAD_STAT_QA_AE, LAD_STAT_QB_AE, LAD_STAT_COUNT };
extern const char *const LAD_STAT_NAMES[LAD_STAT_COUNT];
/* [1, c, 1, 1] for mean and std, [] for quantiles.  Returns how many dimensions. */
size_t lad_stat_shape(size_t stat, size_t c, size_t shape[LAD_TENSOR_MAX_DIMS]);

/* Metadata that every model file has: version, architecture, channels, input size. */
LAD_MUST_CHECK lad_status lad_model_read_header(const lad_safetensors *st, const char *file, lad_pdn_size *size,
                                                lad_error *err);
LAD_MUST_CHECK lad_status lad_model_write_header(lad_st_writer *writer, lad_pdn_size size);

/* The tensor of that name, which must have that shape. */
LAD_MUST_CHECK lad_status lad_model_find(const lad_safetensors *st, const char *file, const char *name, size_t dims,
                                         const size_t *shape, const lad_st_tensor **out, lad_error *err);

/* All parameters of a network, named prefix.<parameter>. */
LAD_MUST_CHECK lad_status lad_model_read_network(const lad_safetensors *st, const char *file, const char *prefix,
                                                 lad_network *network, lad_error *err);
LAD_MUST_CHECK lad_status lad_model_write_network(lad_st_writer *writer, const char *prefix, const lad_network *network,
                                                  bool f16);

/* A number in the metadata; a missing one is an error unless `fallback` is given, a malformed one always is. */
LAD_MUST_CHECK lad_status lad_model_read_number(const lad_safetensors *st, const char *file, const char *key,
                                                const double *fallback, double *out, lad_error *err);
LAD_MUST_CHECK lad_status lad_model_write_number(lad_st_writer *writer, const char *key, double value);

#endif
