/* Winograd's minimal filtering (Winograd 1980; Lavin & Gray 2016) for stride 1.
 *
 * A tile of 6x6 input pixels gives t x t output pixels of a correlation with an r x r kernel, t + r = 7:
 *     Y = A^T [ (G g G^T) . (B^T d B) ] A          (. is elementwise, summed over input channels)
 * F(4x4, 3x3) for 3x3 kernels and F(3x3, 4x4) for 4x4 kernels: 36 multiplications where direct correlation
 * needs 144.  Both interpolate at the points 0, 1, -1, 2, -2 and infinity, so they share B:
 *
 *         [ 4  0 -5  0  1  0 ]        G, row of point a: f(a) [1 a a^2 (a^3)],  A^T, column of point a:
 *         [ 0 -4 -4  1  1  0 ]        f(0) = 1/4, f(+-1) = -1/6,                [1 a a^2 (a^3)]^T;
 *   B^T = [ 0  4 -4 -1  1  0 ]        f(+-2) = 1/24;                            infinity: [0 .. 0 1]^T
 *         [ 0 -2 -1  2  1  0 ]        infinity: [0 .. 0 1]
 *         [ 0  2 -1 -2  1  0 ]
 *         [ 0  4  0 -5  0  1 ]
 *
 * With one 6x6 position ("plane") fixed, the elementwise products over all tiles and channels are a matrix
 * product [tiles, ic] x [ic, oc]: 36 of them are the whole convolution.
 * Gradients: with respect to x, the same with flipped, transposed kernels; with respect to g, the adjoint
 *     dg = G^T [ (B^T d B) . (A dY A^T) ] G        summed over tiles. */
#ifndef LAD_KERNELS_WINOGRAD_H
#define LAD_KERNELS_WINOGRAD_H

#include "kernels/algorithm.h"

enum { LAD_WINOGRAD_TILE = 6, LAD_WINOGRAD_PLANES = 36 };

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
