/* Winograd's gradient with respect to the weights: d_u[plane] = sum over tiles of v^T d_m, then back through G.
 *
 * Tiles go in blocks, columns (output channels) of a block in chunks, whose transforms are shared by all threads:
 * first every tile is transformed, then every plane adds the block's product to its d_u.  So each sum runs over
 * the tiles in one order, whatever the number of threads.  d_m lies in panels of nr columns, each contiguous:
 * [plane][panel][tile][nr].  The bias comes for free: at the point (1, 1) the transform of a tile of d_y is the
 * sum of its pixels. */
#include "kernels/winograd.h"

#include <string.h>

enum {
    BLOCK_FLOATS = 2560 * 1024, /* of both transforms together: they pass through L3 */
    MAX_TILES = 256,
    CHUNK_COLUMNS = 128, /* a multiple of every nr */
    PRODUCT_TILES = 128, /* of a product at a time: its panel of d_m stays in L1 */
    ITEM_TILES = 4,
    PLANE_GAP = 16,
    MAX_PANEL = 64, /* >= nr of every table */
    PLANE_ONE_ONE = LAD_WINOGRAD_TILE + 1
};

typedef struct gradient {
    const lad_kernels *k;
    const lad_conv_shape *s;
    size_t oh, ow, tile, tiles_y, tiles_x, tiles, block;
    size_t first, count;            /* tiles of the current block */
    size_t column, columns, panels; /* output channels of the current chunk */
    size_t oc_from, oc_to;          /* output channels that matter */
    size_t v_plane, m_plane, u_plane;
    const float *x, *d_y;
    float *v, *m, *u, *bias, *zeros, *d_w;
    size_t scratch_floats;
} gradient;

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static gradient plan(const lad_kernels *k, const lad_conv_shape *s, float *scratch)
{
    gradient j = {.k = k, .s = s, .oh = lad_conv_out_h(s), .ow = lad_conv_out_w(s), .tile = lad_winograd_out(s->kh)};
    j.oc_from = s->part_count ? s->part_first : 0;
    j.oc_to = s->part_count ? s->part_first + s->part_count : s->oc;
    j.tiles_y = lad_ceil_div(j.oh, j.tile);
    j.tiles_x = lad_ceil_div(j.ow, j.tile);
    j.tiles = s->n * j.tiles_y * j.tiles_x;
    size_t columns = smaller(CHUNK_COLUMNS, s->oc);
    size_t most = smaller(MAX_TILES, BLOCK_FLOATS / LAD_WINOGRAD_PLANES / (s->ic + columns));
    if (most < ITEM_TILES) most = ITEM_TILES;
    j.block = lad_ceil_div(j.tiles, lad_ceil_div(j.tiles, most));
    j.v_plane = j.block * s->ic + PLANE_GAP;
    j.m_plane = j.block * columns + PLANE_GAP;
    j.u_plane = s->ic * s->oc + PLANE_GAP;
    size_t sizes[] = {LAD_WINOGRAD_PLANES * j.v_plane, LAD_WINOGRAD_PLANES * j.m_plane, LAD_WINOGRAD_PLANES * j.u_plane,
                      s->oc, s->ic + s->oc};
    float **areas[] = {&j.v, &j.m, &j.u, &j.bias, &j.zeros};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (scratch) *areas[i] = scratch + j.scratch_floats;
        j.scratch_floats += lad_line_floats(sizes[i]);
    }
    return j;
}

size_t lad_winograd_gradient_scratch_floats(const lad_kernels *k, const lad_conv_shape *s)
{
    return plan(k, s, NULL).scratch_floats;
}

/* Rows and columns of tile t, and its image. */
static void locate(const gradient *j, size_t t, ptrdiff_t *y, ptrdiff_t *x, size_t *image)
{
    *x = (ptrdiff_t)(t % j->tiles_x * j->tile);
    *y = (ptrdiff_t)(t / j->tiles_x % j->tiles_y * j->tile);
    *image = t / j->tiles_x / j->tiles_y;
}

static void transform_inputs(void *context, size_t item, size_t thread)
{
    (void)thread;
    const gradient *j = context;
    const lad_conv_shape *s = j->s;
    const float *pixels[LAD_WINOGRAD_PLANES];
    size_t end = smaller(j->count, (item + 1) * ITEM_TILES), image;
    ptrdiff_t y, x, pad = (ptrdiff_t)s->pad;
    for (size_t i = item * ITEM_TILES; i < end; i++) {
        locate(j, j->first + i, &y, &x, &image);
        lad_winograd_square(j->x + image * s->h * s->w * s->ic, s->h, s->w, s->ic, y - pad, x - pad, LAD_WINOGRAD_TILE,
                            j->zeros, pixels);
        j->k->winograd_input(s->ic, pixels, j->v + i * s->ic, j->v_plane);
    }
}

static void transform_outputs(void *context, size_t item, size_t thread)
{
    (void)thread;
    const gradient *j = context;
    const lad_conv_shape *s = j->s;
    const float *pixels[LAD_WINOGRAD_PLANES];
    size_t end = smaller(j->count, (item + 1) * ITEM_TILES), nr = j->k->nr, image;
    ptrdiff_t y, x;
    for (size_t i = item * ITEM_TILES; i < end; i++) {
        locate(j, j->first + i, &y, &x, &image);
        lad_winograd_square(j->d_y + image * j->oh * j->ow * s->oc + j->column, j->oh, j->ow, s->oc, y, x, j->tile,
                            j->zeros, pixels);
        for (size_t from = 0; from < j->columns; from += nr) {
            size_t width = smaller(nr, j->columns - from);
            j->k->winograd_output_adjoint(j->tile, width, pixels, j->m + from * j->block + i * width, j->m_plane);
            for (size_t p = 0; p < j->tile * j->tile; p++) pixels[p] += width;
        }
    }
}

/* One plane, one panel of columns. */
static void product_item(void *context, size_t item, size_t thread)
{
    (void)thread;
    const gradient *j = context;
    size_t plane = item / j->panels, from = item % j->panels * j->k->nr, ic = j->s->ic, oc = j->s->oc;
    size_t columns = smaller(j->k->nr, j->columns - from);
    const float *v = j->v + plane * j->v_plane, *m = j->m + plane * j->m_plane + from * j->block;
    float *u = j->u + plane * j->u_plane + j->column + from;
    for (size_t t = 0; t < j->count; t += PRODUCT_TILES) {
        j->k->gemm_panel(&(lad_panel){.m = ic,
                                      .columns = columns,
                                      .k = smaller(PRODUCT_TILES, j->count - t),
                                      .a = v + t * ic,
                                      .a_row = 1,
                                      .a_col = ic,
                                      .b = m + t * columns,
                                      .b_row = columns,
                                      .c = u,
                                      .c_row = oc,
                                      .accumulate = j->first + t > 0});
    }
    if (plane == PLANE_ONE_ONE) j->k->column_sum(j->count, columns, m, columns, j->bias + j->column + from);
}

/* All kernels of one input channel. */
static void finish_item(void *context, size_t ic, size_t thread)
{
    (void)thread;
    const gradient *j = context;
    size_t oc = j->s->oc, taps = j->s->kh * j->s->kw;
    float g[16 * MAX_PANEL];
    for (size_t column = j->oc_from; column < j->oc_to; column += j->k->nr) {
        size_t columns = smaller(j->k->nr, j->oc_to - column);
        j->k->winograd_filter_adjoint(j->s->kh, columns, j->u + ic * oc + column, j->u_plane, g, columns);
        for (size_t o = 0; o < columns; o++) {
            float *d_w = j->d_w + ((column + o) * j->s->ic + ic) * taps;
            for (size_t t = 0; t < taps; t++) d_w[t] += g[t * columns + o];
        }
    }
}

void lad_winograd_gradient(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x,
                           const float *d_y, float *d_w, float *d_bias, float *scratch)
{
    gradient j = plan(k, s, scratch);
    j.x = x, j.d_y = d_y, j.d_w = d_w;
    memset(j.zeros, 0, (s->ic + s->oc) * sizeof *j.zeros);
    memset(j.bias, 0, s->oc * sizeof *j.bias);
    for (j.first = 0; j.first < j.tiles; j.first += j.block) {
        j.count = smaller(j.block, j.tiles - j.first);
        size_t items = lad_ceil_div(j.count, ITEM_TILES);
        lad_pool_run(pool, items, transform_inputs, &j);
        for (j.column = j.oc_from; j.column < j.oc_to; j.column += CHUNK_COLUMNS) {
            j.columns = smaller(CHUNK_COLUMNS, j.oc_to - j.column);
            j.panels = lad_ceil_div(j.columns, k->nr);
            lad_pool_run(pool, items, transform_outputs, &j);
            lad_pool_run(pool, LAD_WINOGRAD_PLANES * j.panels, product_item, &j);
        }
    }
    lad_pool_run(pool, s->ic, finish_item, &j);
    if (d_bias) k->column_sum(1, s->oc, j.bias, s->oc, d_bias);
}
