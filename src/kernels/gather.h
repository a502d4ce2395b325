/* Rows of the matrix of patches, for convolutions computed as a matrix product.
 *
 * Invariant: k, the column of a patch, runs over (tap row, tap column, input channel), which is the order of the
 * floats in an image row for each tap row. */
#ifndef LAD_KERNELS_GATHER_H
#define LAD_KERNELS_GATHER_H

#include "kernels/algorithm.h"

enum { LAD_GATHER_IN_PLACE_K = 256 }; /* longest patch read in place */

/* Where the rows of patches come from and where results go.  Position (r, c) of the class reads tap (ty, tx) at
 * in[r step + from_y + ty, c step + from_x + tx] and writes out[out_y + r out_step, out_x + c out_step]. */
typedef struct lad_gather {
    size_t n, in_h, in_w, in_c;
    size_t taps_h, taps_w, step;
    ptrdiff_t from_y, from_x;
    size_t rows, cols;
    size_t out_h, out_w, out_y, out_x, out_step;
} lad_gather;

static inline size_t lad_gather_k(const lad_gather *g)
{
    return g->taps_h * g->taps_w * g->in_c;
}

/* The patches of x that y = conv(x) reads. */
lad_gather lad_gather_forward(const lad_conv_shape *s);

/* The patches of d_y that the input pixels of one residue class modulo the stride read, class in
 * [0, stride^2) = (y residue) * stride + (x residue); and how many kernel taps a residue meets in one dimension. */
lad_gather lad_gather_backward(const lad_conv_shape *s, size_t class);
size_t lad_gather_residue_taps(size_t taps, size_t stride, size_t residue);

/* Columns [k0, k1) of the patches of positions [first, first + count): out[i * (k1 - k0) + k - k0]. */
void lad_gather_block(const lad_gather *g, const float *in, size_t first, size_t count, size_t k0, size_t k1,
                      float *out);

/* Few input channels and no padding: patches need no gathering, a patch is kh stretches of the image, and
 * neighbouring patches of a row lie stride * ic floats apart. */
bool lad_gather_reads_in_place(const lad_conv_shape *s);

#endif
