/* What checkpoints of pretraining and training share: a safetensors file with the parameters and Adam moments
 * of the networks, and metadata that says where the run stood.
 *
 * All randomness of a run is derived from (seed, purpose, step), so that no generator has a state to keep:
 * a restored run goes on as if it had never stopped.  Thread rule: no shared state. */
#ifndef LAD_TRAIN_CHECKPOINT_H
#define LAD_TRAIN_CHECKPOINT_H

#include "model/safetensors.h"
#include "nn/network.h"

/* Adds NAME.values, NAME.moment1 and NAME.moment2. */
LAD_MUST_CHECK lad_status lad_checkpoint_add_network(lad_st_writer *writer, const char *name, lad_network *network);
LAD_MUST_CHECK lad_status lad_checkpoint_get_network(const lad_safetensors *st, const char *name, lad_network *network,
                                                     lad_error *err);

/* Numbers as metadata; doubles read back exactly. */
LAD_MUST_CHECK lad_status lad_checkpoint_add_number(lad_st_writer *writer, const char *key, double value);
LAD_MUST_CHECK lad_status lad_checkpoint_get_number(const lad_safetensors *st, const char *key, double *value,
                                                    lad_error *err);

/* A checkpoint goes on only with the settings it was made with: `settings` spells out all that shape the result.
 * LAD_ERR_ARG with both texts when they differ. */
LAD_MUST_CHECK lad_status lad_checkpoint_check_settings(const lad_safetensors *st, const char *settings,
                                                        lad_error *err);

#endif
