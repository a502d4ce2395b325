/* Features as colours: the three directions in which a picture's features differ most become red, green and blue.
 *
 * Principal components (Pearson 1901) of the rows of x, by power iteration with deflation from a fixed start: the same
 * colours every time.  Thread rule: pure. */
#ifndef LAD_SCORE_PCA_H
#define LAD_SCORE_PCA_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

enum { LAD_PCA_COLORS = 3 };

/* The basis is that of x: [rows] of c numbers, x_stride floats apart; y, likewise, is seen in the same one, so that
 * equal features have equal colours.  x_rgb, y_rgb: [rows, 3]; 128 is the mean of x, and 127 steps are 2.5 standard
 * deviations of the component.  *share: part of the variance of x in the three components.
 * Errors: LAD_ERR_ARG (nothing given, or a feature is not finite), LAD_ERR_NOMEM. */
LAD_MUST_CHECK lad_status lad_pca_colors(size_t rows, size_t c, const float *x, size_t x_stride, const float *y,
                                         size_t y_stride, uint8_t *x_rgb, uint8_t *y_rgb, double *share);

#endif
