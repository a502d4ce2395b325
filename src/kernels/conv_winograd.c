/* Winograd convolution (see winograd.h): forward, and backward with respect to the data, which is forward with
 * flipped kernels, input and output channels exchanged, and pad k - 1 - pad.
 *
 * The item of work is a block of tiles: its transformed input v [64][tiles][channels] and its products
 * m [64][tiles][columns] stay in L2 while the transformed kernels stream by:
 *     transform the block's pixels -> v;  64 matrix products v u -> m;  transform m back, add bias, ReLU -> y. */
#include "kernels/conv_winograd.h"

#include <string.h>

enum {
    BLOCK_FLOATS = 200 * 1024, /* of v and m together: most of a 1 MiB L2 */
    MAX_CHANNELS = 256,        /* of v at a time */
    BLOCK_COLUMNS = 128        /* of m at a time, when v holds all input channels */
};

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

lad_winograd lad_winograd_plan(const lad_kernels *k, const lad_conv_shape *s, lad_conv_pass pass, size_t threads)
{
    lad_winograd j = {.k = k,
                      .n = s->n,
                      .h = s->h,
                      .w = s->w,
                      .ic = s->ic,
                      .oc = s->oc,
                      .taps = s->kh,
                      .pad = s->pad,
                      .oh = lad_conv_out_h(s),
                      .ow = lad_conv_out_w(s),
                      .tile = lad_winograd_out(s->kh)};
    if (pass == LAD_CONV_BACKWARD_DATA) {
        j.h = lad_conv_out_h(s), j.w = lad_conv_out_w(s), j.oh = s->h, j.ow = s->w;
        j.ic = s->oc, j.oc = s->ic, j.pad = s->kh - 1 - s->pad;
    }
    j.ic_to = j.ic, j.oc_to = j.oc;
    if (s->part_count && pass == LAD_CONV_BACKWARD_DATA) {
        j.ic_from = s->part_first, j.ic_to = s->part_first + s->part_count;
    } else if (s->part_count && s->part_first % k->nr == 0 && s->part_count % k->nr == 0) { /* whole packed panels */
        j.oc_from = s->part_first, j.oc_to = s->part_first + s->part_count;
    }
    size_t inputs = j.ic_to - j.ic_from, outputs = j.oc_to - j.oc_from;
    j.tiles_y = lad_ceil_div(j.oh, j.tile);
    j.tiles_x = lad_ceil_div(j.ow, j.tile);
    j.tiles = j.n * j.tiles_y * j.tiles_x;
    j.channels = lad_winograd_smaller(inputs, MAX_CHANNELS);
    /* With several rounds of input channels, m must hold all columns to add them up. */
    j.columns = j.channels < inputs ? outputs : lad_winograd_smaller(outputs, BLOCK_COLUMNS);
    /* Kernels that outgrow L3 had better stream by fewer times than keep v and m in L2. */
    size_t floats = larger(BLOCK_FLOATS, LAD_WINOGRAD_PLANES * inputs * outputs / 8);
    size_t most = floats / LAD_WINOGRAD_PLANES / (j.channels + j.columns) / k->mr * k->mr;
    if (most < k->mr) most = k->mr;
    /* Equal shares for the threads; a tile's result does not depend on its block. */
    size_t items = lad_ceil_div(lad_ceil_div(j.tiles, most), threads) * threads;
    j.block = lad_winograd_smaller(most, lad_ceil_div(lad_ceil_div(j.tiles, items), k->mr) * k->mr);
    j.u_plane = j.ic * j.oc;
    j.v_plane = j.block * j.channels + LAD_WINOGRAD_GAP;
    j.m_plane = j.block * j.columns + LAD_WINOGRAD_GAP;
    j.scratch_per_thread = lad_line_floats(LAD_WINOGRAD_PLANES * j.v_plane) +
                           lad_line_floats(LAD_WINOGRAD_PLANES * j.m_plane) + lad_line_floats(j.ic) +
                           lad_winograd_spare_floats(&j);
    return j;
}

static size_t scratch_floats_forward(const lad_kernels *k, const lad_conv_shape *s, lad_conv_pass pass, size_t threads)
{
    return threads * lad_winograd_plan(k, s, pass, threads).scratch_per_thread;
}

void lad_winograd_inputs(const lad_winograd *j, size_t first, size_t count, size_t channel, size_t channels,
                         const float *zeros, float *v)
{
    const float *pixels[LAD_WINOGRAD_PLANES];
    for (size_t i = 0; i < count; i++) {
        size_t t = first + i, tx = t % j->tiles_x, ty = t / j->tiles_x % j->tiles_y,
               image = t / j->tiles_x / j->tiles_y;
        lad_winograd_square(j->x + image * j->h * j->w * j->ic + channel, j->h, j->w, j->ic,
                            (ptrdiff_t)(ty * j->tile) - (ptrdiff_t)j->pad,
                            (ptrdiff_t)(tx * j->tile) - (ptrdiff_t)j->pad, LAD_WINOGRAD_TILE, zeros, pixels);
        j->k->winograd_input(channels, pixels, v + i * channels, j->v_plane);
    }
}

static void transform_outputs(const lad_winograd *j, size_t first, size_t count, size_t column, size_t columns,
                              const float *m, float *discard)
{
    float *pixels[LAD_WINOGRAD_OUT * LAD_WINOGRAD_OUT];
    const float *bias = j->bias ? j->bias + column : NULL;
    for (size_t i = 0; i < count; i++) {
        size_t t = first + i, tx = t % j->tiles_x, ty = t / j->tiles_x % j->tiles_y,
               image = t / j->tiles_x / j->tiles_y;
        for (size_t r = 0; r < j->tile; r++) {
            for (size_t q = 0; q < j->tile; q++) {
                size_t oy = ty * j->tile + r, ox = tx * j->tile + q;
                bool inside = oy < j->oh && ox < j->ow;
                pixels[r * j->tile + q] =
                    inside ? j->y + ((image * j->oh + oy) * j->ow + ox) * j->oc + column : discard;
            }
        }
        j->k->winograd_output(j->tile, columns, m + i * columns, j->m_plane, bias, j->relu, pixels);
    }
}

/* Adds the distance of one tile's columns (all of one part) to the map: square [tile, tile, columns]. */
static void measure_tile(const lad_winograd *j, size_t t, size_t column, size_t columns, const float *square)
{
    size_t tx = t % j->tiles_x, ty = t / j->tiles_x % j->tiles_y, image = t / j->tiles_x / j->tiles_y;
    const lad_conv_target *target = &j->targets[column / j->part];
    size_t at = column % j->part, width = lad_winograd_smaller(j->tile, j->ow - tx * j->tile);
    float share = (float)columns / (float)j->part, line[LAD_WINOGRAD_OUT];
    bool begins = at == 0 || (j->compact && column == j->u_column); /* of the part, or of a chunk's map */
    for (size_t r = 0; r < j->tile && ty * j->tile + r < j->oh; r++) {
        size_t position = (image * j->oh + ty * j->tile + r) * j->ow + tx * j->tile;
        j->k->channel_mse(width, columns, target->y + position * j->part + at, j->part, square + r * j->tile * columns,
                          columns, line);
        float *map = target->map + position;
        for (size_t q = 0; q < width; q++) map[q] = begins ? share * line[q] : map[q] + share * line[q];
    }
}

/* As transform_outputs, but what comes out is compared with the targets at once. */
static void transform_and_measure(const lad_winograd *j, size_t first, size_t count, size_t column, size_t columns,
                                  const float *m, float *square)
{
    float *pixels[LAD_WINOGRAD_OUT * LAD_WINOGRAD_OUT];
    for (size_t from = column, width; from < column + columns; from += width) {
        width = lad_winograd_smaller(column + columns - from, j->part - from % j->part);
        for (size_t p = 0; p < j->tile * j->tile; p++) pixels[p] = square + p * width;
        for (size_t i = 0; i < count; i++) {
            j->k->winograd_output(j->tile, width, m + i * columns + (from - column), j->m_plane,
                                  j->bias ? j->bias + from : NULL, false, pixels);
            measure_tile(j, first + i, from, width, square);
        }
    }
}

void lad_winograd_outputs(const lad_winograd *j, size_t first, size_t count, size_t column, size_t columns,
                          const float *m, float *spare)
{
    (j->targets ? transform_and_measure : transform_outputs)(j, first, count, column, columns, m, spare);
}

void lad_winograd_products(const lad_winograd *j, size_t count, size_t channel, size_t channels, size_t column,
                           size_t columns, const float *v, float *m)
{
    size_t nr = j->k->nr;
    for (size_t plane = 0; plane < LAD_WINOGRAD_PLANES; plane++) {
        const float *u = j->u + plane * j->u_plane;
        for (size_t c = column; c < column + columns; c += nr) {
            size_t width = lad_winograd_smaller(nr, j->oc - c);
            j->k->gemm_panel(&(lad_panel){.m = count,
                                          .columns = width,
                                          .k = channels,
                                          .a = v + plane * j->v_plane,
                                          .a_row = channels,
                                          .a_col = 1,
                                          .b = u + (c - j->u_column) * j->ic + channel * width,
                                          .b_row = width,
                                          .c = m + plane * j->m_plane + c - column,
                                          .c_row = columns,
                                          .accumulate = channel > j->ic_from});
        }
    }
}

static void block_item(void *context, size_t item, size_t thread)
{
    const lad_winograd *j = context;
    float *v = j->scratch + thread * j->scratch_per_thread;
    float *m = v + lad_line_floats(LAD_WINOGRAD_PLANES * j->v_plane);
    float *zeros = m + lad_line_floats(LAD_WINOGRAD_PLANES * j->m_plane);
    float *spare = zeros + lad_line_floats(j->ic);
    size_t first = item * j->block, count = lad_winograd_smaller(j->block, j->tiles - first);
    memset(zeros, 0, j->ic * sizeof *zeros);
    for (size_t channel = j->ic_from; channel < j->ic_to; channel += j->channels) {
        size_t channels = lad_winograd_smaller(j->channels, j->ic_to - channel);
        lad_winograd_inputs(j, first, count, channel, channels, zeros, v);
        for (size_t column = j->oc_from; column < j->oc_to; column += j->columns) {
            size_t columns = lad_winograd_smaller(j->columns, j->oc_to - column);
            lad_winograd_products(j, count, channel, channels, column, columns, v, m);
            if (channel + channels < j->ic_to) continue;
            lad_winograd_outputs(j, first, count, column, columns, m, spare);
        }
    }
}

static void run(lad_winograd *j, lad_pool *pool)
{
    lad_pool_run(pool, lad_ceil_div(j->tiles, j->block), block_item, j);
}

static void forward(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x, const float *packed,
                    const float *bias, bool relu, float *y, float *scratch)
{
    lad_winograd j = lad_winograd_plan(k, s, LAD_CONV_FORWARD, lad_pool_threads(pool));
    j.x = x, j.u = packed, j.bias = bias, j.relu = relu, j.y = y, j.scratch = scratch;
    run(&j, pool);
}

static void forward_mse(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *x,
                        const float *packed, const float *bias, size_t parts, const lad_conv_target *targets,
                        float *scratch)
{
    lad_winograd j = lad_winograd_plan(k, s, LAD_CONV_FORWARD, lad_pool_threads(pool));
    j.x = x, j.u = packed, j.bias = bias, j.targets = targets, j.part = s->oc / parts, j.scratch = scratch;
    run(&j, pool);
}

static void backward_data(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, const float *d_y,
                          const float *packed, float *d_x, float *scratch)
{
    lad_winograd j = lad_winograd_plan(k, s, LAD_CONV_BACKWARD_DATA, lad_pool_threads(pool));
    j.x = d_y, j.u = packed, j.y = d_x, j.scratch = scratch;
    run(&j, pool);
}

/* ---- packing: u [64] x panels of nr columns x [input channel, column] ---- */

typedef struct pack_job {
    const lad_kernels *k;
    const lad_conv_shape *s;
    size_t in, out, groups; /* input and output channels; groups of input channels */
    bool flip, transform;   /* transform: else only rearranged, [taps, columns] for each input channel of a panel */
    const float *w;
    float *packed;
} pack_job;

enum { PACK_CHANNELS = 16 };

static void pack_item(void *context, size_t item, size_t thread)
{
    (void)thread;
    const pack_job *job = context;
    const lad_conv_shape *s = job->s;
    size_t taps = s->kh * s->kw, column = item / job->groups * job->k->nr,
           width = lad_winograd_smaller(job->k->nr, job->out - column);
    size_t from = item % job->groups * PACK_CHANNELS, to = lad_winograd_smaller(from + PACK_CHANNELS, job->in);
    float g[16 * LAD_WINOGRAD_PANEL];
    for (size_t i = from; i < to; i++) {
        float *line = job->transform ? g : job->packed + (column * job->in + i * width) * taps;
        for (size_t o = 0; o < width; o++) {
            const float *w = job->w + (job->flip ? i * s->ic + column + o : (column + o) * s->ic + i) * taps;
            for (size_t t = 0; t < taps; t++) line[t * width + o] = w[job->flip ? taps - 1 - t : t];
        }
        if (job->transform)
            job->k->winograd_filter(s->kh, width, g, width, job->packed + column * job->in + i * width,
                                    job->in * job->out);
    }
}

static size_t packed_floats(const lad_conv_shape *s, lad_conv_pass pass)
{
    (void)pass;
    return LAD_WINOGRAD_PLANES * s->ic * s->oc;
}

void lad_winograd_pack(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, lad_conv_pass pass,
                       bool transform, const float *w, float *packed)
{
    bool flip = pass == LAD_CONV_BACKWARD_DATA;
    pack_job job = {.k = k,
                    .s = s,
                    .in = flip ? s->oc : s->ic,
                    .out = flip ? s->ic : s->oc,
                    .flip = flip,
                    .transform = transform,
                    .w = w,
                    .packed = packed};
    job.groups = lad_ceil_div(job.in, PACK_CHANNELS);
    lad_pool_run(pool, lad_ceil_div(job.out, k->nr) * job.groups, pack_item, &job);
}

static void pack(const lad_kernels *k, lad_pool *pool, const lad_conv_shape *s, lad_conv_pass pass, const float *w,
                 float *packed)
{
    lad_winograd_pack(k, pool, s, pass, true, w, packed);
}

static size_t scratch_floats(const lad_kernels *k, const lad_conv_shape *s, lad_conv_pass pass, size_t threads)
{
    return pass == LAD_CONV_BACKWARD_WEIGHTS ? lad_winograd_gradient_scratch_floats(k, s)
                                             : scratch_floats_forward(k, s, pass, threads);
}

double lad_winograd_product_macs(const lad_conv_shape *s, lad_conv_pass pass)
{
    size_t tile = lad_winograd_out(s->kh), oh = lad_conv_out_h(s), ow = lad_conv_out_w(s);
    if (pass == LAD_CONV_BACKWARD_DATA) oh = s->h, ow = s->w;
    double tiles = (double)(s->n * lad_ceil_div(oh, tile) * lad_ceil_div(ow, tile));
    return LAD_WINOGRAD_PLANES * tiles * (double)(s->ic * s->oc);
}

const lad_conv_algorithm lad_conv_winograd = {
    "winograd", scratch_floats, packed_floats,         pack,
    forward,    backward_data,  lad_winograd_gradient, lad_winograd_product_macs,
    forward_mse};
