/* Winograd convolution that transforms its kernels anew in each forward pass, a chunk of columns at a time: for large
 * layers, whose transformed kernels (64 numbers for 9 or 16) would take tens of megabytes that have to be read from
 * memory for every picture.  Inference only.
 *
 *     transform all pixels -> v;  for each chunk of columns: transform its kernels -> u, which stays in L3,
 *     and for each block of tiles 64 matrix products v u -> m; transform m back -> y. */
#include "kernels/conv_winograd.h"

#include <string.h>

enum { CHUNK_COLUMNS = 64, INPUT_TILES = 4, KERNEL_CHANNELS = 16 };

/* Scratch: v, u, zeros, then for each thread m and what the outputs need. */
typedef struct areas {
    size_t u, zeros, threads, total;
} areas;

static lad_winograd plan(const lad_kernels *k, const lad_conv_shape *s, size_t threads)
{
    lad_winograd j = lad_winograd_plan(k, s, LAD_CONV_FORWARD, threads);
    j.channels = j.ic;
    j.columns = lad_winograd_smaller(j.oc, CHUNK_COLUMNS);
    j.v_plane = j.tiles * j.ic + LAD_WINOGRAD_GAP;
    j.m_plane = j.block * j.columns + LAD_WINOGRAD_GAP;
    j.u_plane = j.ic * j.columns + LAD_WINOGRAD_GAP;
    j.scratch_per_thread = lad_line_floats(LAD_WINOGRAD_PLANES * j.m_plane) + lad_winograd_spare_floats(&j);
    return j;
}

static areas areas_of(const lad_winograd *j, size_t threads)
{
    areas a = {.u = lad_line_floats(LAD_WINOGRAD_PLANES * j->v_plane)};
    a.zeros = a.u + lad_line_floats(LAD_WINOGRAD_PLANES * j->u_plane);
    a.threads = a.zeros + lad_line_floats(j->ic);
    a.total = a.threads + threads * j->scratch_per_thread;
    return a;
}

static size_t scratch_floats(const lad_kernels *k, const lad_conv_shape *s, lad_conv_pass pass, size_t threads)
{
    (void)pass;
    lad_winograd j = plan(k, s, threads);
    return areas_of(&j, threads).total;
}

static void input_item(void *context, size_t item, size_t thread)
{
    (void)thread;
    const lad_winograd *j = context;
    size_t first = item * INPUT_TILES, count = lad_winograd_smaller(INPUT_TILES, j->tiles - first);
    lad_winograd_inputs(j, first, count, 0, j->ic, j->scratch + areas_of(j, 1).zeros, j->scratch + first * j->ic);
}

/* Some input channels of one panel of the chunk that starts at u_column. */
static void kernel_item(void *context, size_t item, size_t thread)
{
    (void)thread;
    const lad_winograd *j = context;
    size_t groups = lad_ceil_div(j->ic, KERNEL_CHANNELS), taps = j->taps * j->taps, nr = j->k->nr;
    size_t column = j->u_column + item / groups * nr, width = lad_winograd_smaller(nr, j->oc - column);
    size_t from = item % groups * KERNEL_CHANNELS, to = lad_winograd_smaller(from + KERNEL_CHANNELS, j->ic);
    float *u = j->scratch + areas_of(j, 1).u + (column - j->u_column) * j->ic;
    for (size_t i = from; i < to; i++)
        j->k->winograd_filter(j->taps, width, j->compact + (column * j->ic + i * width) * taps, width, u + i * width,
                              j->u_plane);
}

static void block_item(void *context, size_t item, size_t thread)
{
    const lad_winograd *j = context;
    size_t first = item * j->block, count = lad_winograd_smaller(j->block, j->tiles - first);
    size_t columns = lad_winograd_smaller(j->columns, j->oc - j->u_column);
    float *m = j->scratch + areas_of(j, 1).threads + thread * j->scratch_per_thread;
    float *spare = m + lad_line_floats(LAD_WINOGRAD_PLANES * j->m_plane);
    lad_winograd_products(j, count, 0, j->ic, j->u_column, columns, j->scratch + first * j->ic, m);
    lad_winograd_outputs(j, first, count, j->u_column, columns, m, spare);
}

static void run(lad_winograd *j, lad_pool *pool)
{
    areas a = areas_of(j, 1);
    j->u = j->scratch + a.u;
    memset(j->scratch + a.zeros, 0, j->ic * sizeof *j->scratch);
    lad_pool_run(pool, lad_ceil_div(j->tiles, INPUT_TILES), input_item, j);
    for (j->u_column = 0; j->u_column < j->oc; j->u_column += j->columns) {
        size_t columns = lad_winograd_smaller(j->columns, j->oc - j->u_column);
        size_t groups = lad_ceil_div(j->ic, KERNEL_CHANNELS);
        lad_pool_run(pool, lad_ceil_div(columns, j->k->nr) * groups, kernel_item, j);
        lad_pool_run(pool, lad_ceil_div(j->tiles, j->block), block_item, j);
    }
}

static void forward(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x, const float *packed,
                    const float *bias, bool relu, float *y, float *scratch)
{
    lad_winograd j = plan(k, s, lad_pool_threads(pool));
    j.x = x, j.compact = packed, j.bias = bias, j.relu = relu, j.y = y, j.scratch = scratch;
    run(&j, pool);
}

static void forward_mse(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x,
                        const float *packed, const float *bias, size_t parts, const lad_conv_target *targets,
                        float *scratch)
{
    lad_winograd j = plan(k, s, lad_pool_threads(pool));
    j.x = x, j.compact = packed, j.bias = bias, j.targets = targets, j.part = s->oc / parts, j.scratch = scratch;
    run(&j, pool);
}

static size_t packed_floats(const lad_conv_shape *s, lad_conv_pass pass)
{
    (void)pass;
    return s->ic * s->oc * s->kh * s->kw;
}

static void pack(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, lad_conv_pass pass, const float *w,
                 float *packed)
{
    lad_winograd_pack(k, pool, s, pass, false, w, packed);
}

const lad_conv_algorithm lad_conv_winograd_compact = {
    "compact", scratch_floats, packed_floats, pack, forward, NULL, NULL, lad_winograd_product_macs, forward_mse};
