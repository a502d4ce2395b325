/* Simple methods that a detector has to beat; they see images as short vectors of pixels.
 *
 * train: [n, d], test: [m, d], scores: [m], larger = less like the training images. */
#ifndef LAD_EVAL_NAIVE_H
#define LAD_EVAL_NAIVE_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/* Mahalanobis distance of each vector's mean colour from those of the training images.  d: a multiple of 3. */
LAD_MUST_CHECK lad_status lad_naive_mean_colour(const uint8_t *train, size_t n, const uint8_t *test, size_t m, size_t d,
                                                double *scores);

/* Mean over the elements of ((x - mean)^2 / variance): a normal distribution of its own at each element. */
LAD_MUST_CHECK lad_status lad_naive_pixel_gauss(const uint8_t *train, size_t n, const uint8_t *test, size_t m, size_t d,
                                                double *scores);

/* Root of the mean squared difference from the nearest training image. */
LAD_MUST_CHECK lad_status lad_naive_nearest(const uint8_t *train, size_t n, const uint8_t *test, size_t m, size_t d,
                                            double *scores);

#endif
