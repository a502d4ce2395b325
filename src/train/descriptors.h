/* Dense descriptors: 221 hand-made local features at each position of a teacher's output, the target of
 * pretraining where no network trained on photographs is at hand.
 *
 * At each position, all within about its 33-px receptive field:
 *    27  opponent colours (luma, red-green, yellow-blue), smoothed with sigma 2.5, at a 3x3 layout of +-9 px
 *    10  log local energy of difference-of-Gaussian bands: luma 4 bands, each chroma 3
 *   144  luma gradient orientation: 8 bins, sigma 0.8 and 2, in cells of a 3x3 grid of +-8 px (as HOG, Dalal
 *        and Triggs 2005, and SIFT, Lowe 2004), divided by the norm of the 72 numbers of one sigma
 *    40  chroma gradient orientation: 2 planes, 4 bins, sigma 1.2, a cross of 5 cells, divided likewise
 * Positions: output (i, j) of a PDN looks at pixels 4i .. 4i + 32, so its descriptor is centred at 4i + 16.
 * Invariant: plain float arithmetic in one order and base/detmath.h: the same bytes for any number of threads.
 * Thread rule: none; each call uses its own scratch. */
#ifndef LAD_TRAIN_DESCRIPTORS_H
#define LAD_TRAIN_DESCRIPTORS_H

#include <stddef.h>
#include <stdint.h>

enum { LAD_DESCRIPTOR_COUNT = 221 };

/* Positions per side for pictures of size x size pixels, size >= 33: what a PDN gives (56 for 256, 24 for 128). */
size_t lad_descriptors_side(size_t size);

/* Floats of scratch for one picture. */
size_t lad_descriptors_scratch_floats(size_t size);

/* rgb: [size, size, 3] -> out: [side, side, LAD_DESCRIPTOR_COUNT]. */
void lad_descriptors_compute(const uint8_t *rgb, size_t size, float *scratch, float *out);

#endif
