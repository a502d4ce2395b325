/* Winograd's minimal filtering (Winograd 1980; Lavin & Gray 2016) for stride 1.
 *
 * A tile of 8x8 input pixels gives t x t output pixels of a correlation with an r x r kernel, t + r = 9:
 *     Y = A^T [ (G g G^T) . (B^T d B) ] A          (. is elementwise, summed over input channels)
 * F(6x6, 3x3) for 3x3 kernels and F(5x5, 4x4) for 4x4 kernels: 64 multiplications where direct correlation
 * needs 324 and 400.  Both interpolate at the points 0, 1, -1, 2, -2, 1/2, -1/2 and infinity, so they share B:
 *
 *         [ 1    0  -21/4    0    21/4    0   -1  0 ]       G, row of point a: f(a) [1 a a^2 (a^3)],
 *         [ 0    1    1   -17/4  -17/4    1    1  0 ]       f(0) = 1, f(+-1) = -2/9, f(+-2) = 1/90,
 *         [ 0   -1    1    17/4  -17/4   -1    1  0 ]       f(+-1/2) = 32/45, infinity: [0 .. 0 1]
 *   B^T = [ 0   1/2  1/4  -5/2   -5/4     2    1  0 ]
 *         [ 0  -1/2  1/4   5/2   -5/4    -2    1  0 ]       A^T, column of point a: [1 a a^2 .. a^(t-1)]^T,
 *         [ 0    2    4   -5/2    -5     1/2   1  0 ]       infinity: [0 .. 0 1]^T
 *         [ 0   -2    4    5/2    -5    -1/2   1  0 ]
 *         [ 0   -1    0   21/4     0   -21/4   0  1 ]
 *
 * Measured on random data with 128 channels, the error is 2.0e-6 (4x4) and 2.4e-6 (3x3) of the result's size,
 * against 1.5e-6 and 1.2e-6 for 6x6 tiles, which need 1.3 to 1.5 times the multiplications.
 *
 * With one 8x8 position ("plane") fixed, the elementwise products over all tiles and channels are a matrix
 * product [tiles, ic] x [ic, oc]: 64 of them are the whole convolution.
 * Gradients: with respect to x, the same with flipped, transposed kernels; with respect to g, the adjoint
 *     dg = G^T [ (B^T d B) . (A dY A^T) ] G        summed over tiles. */
#ifndef LAD_KERNELS_WINOGRAD_H
#define LAD_KERNELS_WINOGRAD_H

#include "kernels/algorithm.h"

enum { LAD_WINOGRAD_TILE = 8, LAD_WINOGRAD_PLANES = 64 };

/* Output pixels a side of a tile, for kernels of kh = 3 or 4. */
static inline size_t lad_winograd_out(size_t taps)
{
    return LAD_WINOGRAD_TILE + 1 - taps;
}

/* Pointers to the pixels of a square of `side` that starts at (y, x); those outside the image [h, w, c] point at
 * `outside`. */
static inline void lad_winograd_square(const float *image, size_t h, size_t w, size_t c, ptrdiff_t y, ptrdiff_t x,
                                       size_t side, const float *outside, const float **pixels)
{
    for (ptrdiff_t r = y; r < y + (ptrdiff_t)side; r++) {
        for (ptrdiff_t q = x; q < x + (ptrdiff_t)side; q++) {
            bool inside = r >= 0 && r < (ptrdiff_t)h && q >= 0 && q < (ptrdiff_t)w;
            *pixels++ = inside ? image + ((size_t)r * w + (size_t)q) * c : outside;
        }
    }
}

/* conv_winograd_gradient.c: the gradient with respect to the weights. */
size_t lad_winograd_gradient_scratch_floats(const lad_kernels *k, const lad_conv_shape *s);
void lad_winograd_gradient(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x,
                           const float *d_y, float *d_w, float *d_bias, float *scratch);

#endif
