#include "scene/noise.h"

#include "base/clones.h"
#include "base/rng.h"

/* The hash of cell (x, y) of plane z is lad_hash64(seed ^ z c, (x << 32) | y), put together from parts that neighbours
 * share: lad_hash64_round(plane + column + row). */
#define GOLDEN UINT64_C(0x9e3779b97f4a7c15)

static inline uint64_t cell_plane(uint64_t seed, int32_t z)
{
    return lad_hash64_begin(seed ^ ((uint64_t)(uint32_t)z * UINT64_C(0xd6e8feb86659fd93))) +
           UINT64_C(0x632be59bd9b4e019);
}

static inline uint64_t cell_column(int32_t x)
{
    return (uint64_t)((uint32_t)x * (uint32_t)GOLDEN) << 32;
}

static inline uint64_t cell_row(int32_t y)
{
    return (uint32_t)y * GOLDEN;
}

static inline float cell_value(uint64_t before_round)
{
    return (float)(int32_t)(uint32_t)(lad_hash64_round(before_round) >> 40) * 0x1p-24f;
}

/* Quintic blend of Perlin (2002): first and second derivative vanish at both ends. */
static inline float fade(float t)
{
    return t * t * t * (t * (t * 6.0f - 15.0f) + 10.0f);
}

/* floorf, for numbers within +-2^31: without SSE 4.1 compilers call a function for that. */
static inline int32_t floor_int(float x)
{
    int32_t i = (int32_t)x;
    return i - ((float)i > x);
}

float lad_noise_cell(uint64_t seed, int32_t x, int32_t y, int32_t z)
{
    return cell_value(cell_plane(seed, z) + cell_column(x) + cell_row(y));
}

/* A place on the lattice: its cell, its offset from the cell's corner, and the weights of the corners. */
typedef struct lattice_place {
    int32_t ix, iy;
    float dx, dy, u, v;
} lattice_place;

static inline lattice_place find_place(float x, float y)
{
    lattice_place p = {.ix = floor_int(x), .iy = floor_int(y)};
    p.dx = x - (float)p.ix, p.dy = y - (float)p.iy;
    p.u = fade(p.dx), p.v = fade(p.dy);
    return p;
}

static inline float value_plane(uint64_t plane, const lattice_place *p)
{
    uint64_t left = plane + cell_column(p->ix), right = left + (GOLDEN << 32);
    uint64_t above = cell_row(p->iy), below = cell_row(p->iy + 1);
    float top = lad_mixf(cell_value(left + above), cell_value(right + above), p->u);
    float bottom = lad_mixf(cell_value(left + below), cell_value(right + below), p->u);
    return lad_mixf(top, bottom, p->v);
}

static inline float value2(uint64_t seed, float x, float y)
{
    lattice_place p = find_place(x, y);
    return value_plane(cell_plane(seed, 0), &p);
}

static inline float value3(uint64_t seed, float x, float y, float z)
{
    lattice_place p = find_place(x, y);
    int32_t iz = floor_int(z);
    return lad_mixf(value_plane(cell_plane(seed, iz), &p), value_plane(cell_plane(seed, iz + 1), &p),
                    fade(z - (float)iz));
}

float lad_noise_value2(uint64_t seed, float x, float y)
{
    return value2(seed, x, y);
}

float lad_noise_value3(uint64_t seed, lad_vec3 at)
{
    return value3(seed, at.x, at.y, at.z);
}

LAD_CLONES void lad_noise_values2(const uint64_t *restrict seed, const float *restrict x, const float *restrict y,
                                  int count, float *restrict out)
{
    for (int i = 0; i < count; i++) out[i] = value2(seed[i], x[i], y[i]);
}

LAD_CLONES void lad_noise_values3(const uint64_t *restrict seed, const float *restrict x, const float *restrict y,
                                  const float *restrict z, int count, float *restrict out)
{
    for (int i = 0; i < count; i++) out[i] = value3(seed[i], x[i], y[i], z[i]);
}

/* One of 256 x 256 gradients whose components are uniform in [-1, 1). */
static inline void corner(uint64_t hash, float gradient[2])
{
    gradient[0] = (float)(int32_t)(hash & 255) * (1.0f / 128.0f) - 1.0f;
    gradient[1] = (float)(int32_t)((hash >> 8) & 255) * (1.0f / 128.0f) - 1.0f;
}

static inline float dot(const float gradient[2], float dx, float dy)
{
    return gradient[0] * dx + gradient[1] * dy;
}

static inline float gradient_cell(const float gradients[4][2], const lattice_place *p)
{
    float right = p->dx - 1.0f, below = p->dy - 1.0f;
    float top = lad_mixf(dot(gradients[0], p->dx, p->dy), dot(gradients[1], right, p->dy), p->u);
    float bottom = lad_mixf(dot(gradients[2], p->dx, below), dot(gradients[3], right, below), p->u);
    return lad_mixf(top, bottom, p->v);
}

static inline void find_gradients(uint64_t seed, int32_t x, int32_t y, float gradients[4][2])
{
    uint64_t left = cell_plane(seed, 0) + cell_column(x);
    for (int32_t i = 0; i < 4; i++) {
        corner(lad_hash64_round(left + (i & 1 ? GOLDEN << 32 : 0) + cell_row(y + (i >> 1))), gradients[i]);
    }
}

float lad_noise_gradient2(uint64_t seed, float x, float y)
{
    lattice_place p = find_place(x, y);
    float gradients[4][2];
    find_gradients(seed, p.ix, p.iy, gradients);
    return gradient_cell(gradients, &p);
}

LAD_CLONES void lad_noise_gradients2(uint64_t seed, const float *restrict x, const float *restrict y, int count,
                                     float *restrict out)
{
    int32_t column[LAD_NOISE_PLACES], row[LAD_NOISE_PLACES];
    float dx[LAD_NOISE_PLACES], dy[LAD_NOISE_PLACES], u[LAD_NOISE_PLACES], v[LAD_NOISE_PLACES];
    for (int i = 0; i < count; i++) {
        lattice_place p = find_place(x[i], y[i]);
        column[i] = p.ix, row[i] = p.iy, dx[i] = p.dx, dy[i] = p.dy, u[i] = p.u, v[i] = p.v;
    }
    for (int first = 0, end; first < count; first = end) {
        float gradients[4][2];
        for (end = first + 1; end < count && column[end] == column[first] && row[end] == row[first];) end++;
        find_gradients(seed, column[first], row[first], gradients);
        for (int i = first; i < end; i++) {
            lattice_place p = {.dx = dx[i], .dy = dy[i], .u = u[i], .v = v[i]};
            out[i] = gradient_cell(gradients, &p);
        }
    }
}

/* Whether the walk has come to another cell than it was in. */
static inline bool enters_cell(lad_noise_walk *walk, uint64_t seed, const lattice_place *p)
{
    if (walk->there && walk->seed == seed && walk->x == p->ix && walk->y == p->iy) return false;
    walk->there = true, walk->seed = seed, walk->x = p->ix, walk->y = p->iy;
    return true;
}

float lad_noise_gradient2_walk(lad_noise_walk *walk, uint64_t seed, float x, float y)
{
    lattice_place p = find_place(x, y);
    if (enters_cell(walk, seed, &p)) find_gradients(seed, p.ix, p.iy, walk->gradients);
    return gradient_cell(walk->gradients, &p);
}

float lad_noise_value2_walk(lad_noise_walk *walk, uint64_t seed, float x, float y)
{
    lattice_place p = find_place(x, y);
    if (enters_cell(walk, seed, &p)) {
        uint64_t plane = cell_plane(seed, 0);
        for (int32_t i = 0; i < 4; i++) {
            walk->gradients[i][0] = cell_value(plane + cell_column(p.ix + (i & 1)) + cell_row(p.iy + (i >> 1)));
        }
    }
    float top = lad_mixf(walk->gradients[0][0], walk->gradients[1][0], p.u);
    return lad_mixf(top, lad_mixf(walk->gradients[2][0], walk->gradients[3][0], p.u), p.v);
}

float lad_noise_fractal2(uint64_t seed, float x, float y, int octaves)
{
    float sum = 0.0f, amplitude = 1.0f;
    for (int i = 0; i < octaves; i++) {
        sum += amplitude * lad_noise_gradient2(seed + (uint64_t)i, x, y);
        /* The shift keeps the lattices of the octaves from meeting at the origin. */
        x = 2.0f * x + 17.31f;
        y = 2.0f * y - 9.73f;
        amplitude *= 0.5f;
    }
    return sum;
}

float lad_noise_fractal2_walk(lad_noise_walk *walks, uint64_t seed, float x, float y, int octaves)
{
    float sum = 0.0f, amplitude = 1.0f;
    for (int i = 0; i < octaves; i++) {
        sum += amplitude * lad_noise_gradient2_walk(&walks[i], seed + (uint64_t)i, x, y);
        x = 2.0f * x + 17.31f;
        y = 2.0f * y - 9.73f;
        amplitude *= 0.5f;
    }
    return sum;
}
