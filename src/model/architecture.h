/* The three networks of EfficientAD (Batzner et al. 2023, Tables 6-8) as layer lists.
 *
 * PDN-S: conv4 3-128 relu, pool, conv4 128-256 relu, pool, conv3 256-256 relu, conv4 256-out; no padding,
 * 256x256 -> 56x56, receptive field 33.  PDN-XS halves every width.  PDN-M: conv4 3-256 relu, pool, conv4 256-512 relu,
 * pool, conv1 512-512 relu, conv3 512-512 relu, conv4 512-out relu, conv1 out-out. out = C for the teacher, 2C for the
 * student (first half imitates the teacher, second half the autoencoder); C = 192 for XS, 384 for S and M. */
#ifndef LAD_MODEL_ARCHITECTURE_H
#define LAD_MODEL_ARCHITECTURE_H

#include "nn/network.h"

typedef enum lad_pdn_size { LAD_PDN_XS, LAD_PDN_S, LAD_PDN_M } lad_pdn_size;

enum { LAD_ARCHITECTURE_MAX_LAYERS = 40 };

const char *lad_pdn_name(lad_pdn_size size); /* "pdn-xs", ... */
LAD_MUST_CHECK bool lad_pdn_from_name(const char *name, lad_pdn_size *out);
size_t lad_pdn_channels(lad_pdn_size size); /* C */

/* Fill specs ([LAD_ARCHITECTURE_MAX_LAYERS]) and return how many layers there are. */
size_t lad_architecture_teacher(lad_pdn_size size, lad_layer_spec *specs);
size_t lad_architecture_student(lad_pdn_size size, lad_layer_spec *specs);
/* Autoencoder for 256x256 input: latent 64, decoder with dropout 0.2, output [56, 56, C]. */
size_t lad_architecture_autoencoder(lad_pdn_size size, lad_layer_spec *specs);

#endif
