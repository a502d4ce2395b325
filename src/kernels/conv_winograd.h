/* The parts of Winograd convolution's forward pass: conv_winograd.c and conv_winograd_compact.c. */
#ifndef LAD_KERNELS_CONV_WINOGRAD_H
#define LAD_KERNELS_CONV_WINOGRAD_H

#include "kernels/winograd.h"

enum {
    LAD_WINOGRAD_GAP = 16,   /* floats between planes, so that 64 streams do not meet in one cache set */
    LAD_WINOGRAD_PANEL = 64, /* >= nr of every table */
    LAD_WINOGRAD_OUT = 6     /* >= output pixels a side of a tile */
};

/* A forward convolution of stride 1. */
typedef struct lad_winograd {
    const lad_kernels *k;
    size_t n, h, w, ic, oc, taps, pad, oh, ow;
    size_t ic_from, ic_to, oc_from, oc_to; /* the channels that matter */
    size_t tile;                           /* output pixels a side */
    size_t tiles_y, tiles_x, tiles;
    size_t block, channels, columns; /* tiles of an item; input channels and output columns at a time */
    size_t v_plane, m_plane, u_plane;
    size_t u_column; /* first column of u */
    const float *x, *u, *bias;
    const float *compact; /* kernels before their transform: conv_winograd_compact.c */
    bool relu;
    float *y, *scratch;
    const lad_conv_target *targets; /* rather than y, one for each `part` output channels; NULL: none */
    size_t part;
    size_t scratch_per_thread;
} lad_winograd;

static inline size_t lad_winograd_smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

lad_winograd lad_winograd_plan(const lad_kernels *k, const lad_conv_shape *s, lad_conv_pass pass, size_t threads);

/* v of `count` tiles: [64 planes][count, channels]; zeros: [channels] of them, for pixels outside. */
void lad_winograd_inputs(const lad_winograd *j, size_t first, size_t count, size_t channel, size_t channels,
                         const float *zeros, float *v);
/* m (+)= v u of all planes: [64][count, columns]. */
void lad_winograd_products(const lad_winograd *j, size_t count, size_t channel, size_t channels, size_t column,
                           size_t columns, const float *v, float *m);
/* m back to pixels, with bias and ReLU, or to distances.  spare: [lad_winograd_spare_floats()]. */
void lad_winograd_outputs(const lad_winograd *j, size_t first, size_t count, size_t column, size_t columns,
                          const float *m, float *spare);
static inline size_t lad_winograd_spare_floats(const lad_winograd *j)
{
    return lad_line_floats(LAD_WINOGRAD_OUT * LAD_WINOGRAD_OUT * j->columns);
}

/* Kernels in panels of nr columns, [input channel, column], of 64 planes or, not transformed, with [taps, column] for
 * each input channel. */
void lad_winograd_pack(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, lad_conv_pass pass,
                       bool transform, const float *w, float *packed);
double lad_winograd_product_macs(const lad_conv_shape *s, lad_conv_pass pass);

#endif
