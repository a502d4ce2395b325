/* A frozen network whose outputs are the targets of training, normalised per channel, and cached.
 *
 * Thread rule: one call at a time. */
#ifndef LAD_TRAIN_FEATURES_H
#define LAD_TRAIN_FEATURES_H

#include "model/detector.h"

typedef struct lad_target_network {
    lad_network *network;
    lad_pool *pool;
    lad_pdn_size size;
    char sha256[65]; /* of its file */
    size_t positions, channels;
    float *mean, *std; /* [channels] over the training pictures; std > 0 */
    float *cache;      /* [cached, positions, channels], normalised */
    size_t cached;     /* the first so many training pictures */
} lad_target_network;

/* Reads the network and runs it over all pictures ([count, 256, 256, 3]).  x: [256, 256, 3] scratch. */
LAD_MUST_CHECK lad_status lad_target_network_init(lad_target_network *target, const void *bytes, size_t size_bytes,
                                                  const char *name, const uint8_t *images, size_t count,
                                                  size_t cache_bytes, const lad_kernels *kernels, lad_pool *pool,
                                                  float *x, lad_error *err);
void lad_target_network_deinit(lad_target_network *target);

/* Normalised features of a picture x: [256, 256, 3] -> out: [positions, channels]. */
void lad_target_network_run(lad_target_network *target, const float *x, float *out);

/* Those of training picture `index` with pixels x: the cache's, or out after running the network. */
const float *lad_target_network_get(lad_target_network *target, size_t index, const float *x, float *out);

#endif
