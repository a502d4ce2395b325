/* Winograd convolution that transforms its kernels anew in each forward pass, a chunk of columns at a time: for large
 * layers, whose transformed kernels (64 numbers for 9 or 16) would take tens of megabytes that have to be read from
 * memory for every picture.  Inference only.
 *
 *     transform all pixels -> v, which all threads read;
 *     for each chunk of columns, by one thread: transform its kernels -> u, and for each block of tiles 64 matrix
 *     products v u -> m; transform m back -> y.
 * u is private to a thread: lines that went from one processor to the other and back took a third of the time. */
#include "kernels/conv_winograd.h"

#include <assert.h>
#include <string.h>

enum { CHUNK_COLUMNS = 64, BLOCK_TILES = 48, INPUT_TILES = 4 };

/* Scratch: v, zeros, distances (see chunk_targets), then for each thread u, m and what the outputs need. */
typedef struct areas {
    size_t zeros, maps, threads, total;
} areas;

static lad_winograd plan(const lad_kernels *k, const lad_conv_shape *s, size_t threads)
{
    lad_winograd j = lad_winograd_plan(k, s, LAD_CONV_FORWARD, threads);
    j.channels = j.ic;
    j.columns = lad_winograd_smaller(j.oc, CHUNK_COLUMNS);
    j.block = lad_ceil_div(lad_ceil_div(j.tiles, lad_ceil_div(j.tiles, BLOCK_TILES)), k->mr) * k->mr;
    j.v_plane = j.tiles * j.ic + LAD_WINOGRAD_GAP;
    j.m_plane = j.block * j.columns + LAD_WINOGRAD_GAP;
    j.u_plane = j.ic * j.columns + LAD_WINOGRAD_GAP;
    j.scratch_per_thread = lad_line_floats(LAD_WINOGRAD_PLANES * j.u_plane) +
                           lad_line_floats(LAD_WINOGRAD_PLANES * j.m_plane) + lad_winograd_spare_floats(&j);
    return j;
}

static size_t chunks_of(const lad_winograd *j)
{
    return lad_ceil_div(j->oc, j->columns);
}

static areas areas_of(const lad_winograd *j, size_t threads)
{
    areas a = {.zeros = lad_line_floats(LAD_WINOGRAD_PLANES * j->v_plane)};
    a.maps = a.zeros + lad_line_floats(j->ic);
    a.threads = a.maps + lad_line_floats((chunks_of(j) + LAD_CONV_MOST_PARTS - 1) * j->n * j->oh * j->ow);
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

static void transform_kernels(const lad_winograd *j, size_t columns, float *u)
{
    size_t taps = j->taps * j->taps;
    for (size_t at = 0, width; at < columns; at += width) {
        width = lad_winograd_smaller(j->k->nr, columns - at);
        const float *kernels = j->compact + (j->u_column + at) * j->ic * taps;
        for (size_t i = 0; i < j->ic; i++)
            j->k->winograd_filter(j->taps, width, kernels + i * width * taps, width, u + at * j->ic + i * width,
                                  j->u_plane);
    }
}

/* The distances of a chunk's columns to one part's target, apart from those of other chunks. */
static float *distances_of(const lad_winograd *j, size_t chunk, size_t part)
{
    return j->scratch + areas_of(j, 1).maps + (chunk + part) * j->n * j->oh * j->ow;
}

static void chunk_item(void *context, size_t chunk, size_t thread)
{
    lad_winograd j = *(const lad_winograd *)context;
    lad_conv_target targets[LAD_CONV_MOST_PARTS];
    float *u = j.scratch + areas_of(&j, 1).threads + thread * j.scratch_per_thread;
    float *m = u + lad_line_floats(LAD_WINOGRAD_PLANES * j.u_plane);
    float *spare = m + lad_line_floats(LAD_WINOGRAD_PLANES * j.m_plane);
    j.u = u, j.u_column = chunk * j.columns;
    for (size_t i = 0; j.targets && i * j.part < j.oc; i++)
        targets[i] = (lad_conv_target){j.targets[i].y, distances_of(&j, chunk, i)};
    if (j.targets) j.targets = targets;
    size_t columns = lad_winograd_smaller(j.columns, j.oc - j.u_column);
    transform_kernels(&j, columns, u);
    for (size_t first = 0; first < j.tiles; first += j.block) {
        size_t count = lad_winograd_smaller(j.block, j.tiles - first);
        lad_winograd_products(&j, count, 0, j.ic, j.u_column, columns, j.scratch + first * j.ic, m);
        lad_winograd_outputs(&j, first, count, j.u_column, columns, m, spare);
    }
}

static void run(lad_winograd *j, lad_pool *pool)
{
    memset(j->scratch + areas_of(j, 1).zeros, 0, j->ic * sizeof *j->scratch);
    lad_pool_run(pool, lad_ceil_div(j->tiles, INPUT_TILES), input_item, j);
    lad_pool_run(pool, chunks_of(j), chunk_item, j);
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
    assert(parts <= LAD_CONV_MOST_PARTS);
    lad_winograd j = plan(k, s, lad_pool_threads(pool));
    j.x = x, j.compact = packed, j.bias = bias, j.targets = targets, j.part = s->oc / parts, j.scratch = scratch;
    run(&j, pool);
    size_t positions = j.n * j.oh * j.ow;
    for (size_t part = 0; part < parts; part++) {
        size_t first = part * j.part / j.columns, last = ((part + 1) * j.part - 1) / j.columns;
        float *map = targets[part].map;
        memcpy(map, distances_of(&j, first, part), positions * sizeof *map);
        for (size_t chunk = first + 1; chunk <= last; chunk++) {
            const float *more = distances_of(&j, chunk, part);
            for (size_t i = 0; i < positions; i++) map[i] += more[i];
        }
    }
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
