#include "scene/noise.h"

#include "base/rng.h"

static uint64_t cell_hash(uint64_t seed, int32_t x, int32_t y, int32_t z)
{
    uint64_t place = ((uint64_t)(uint32_t)x << 32) | (uint32_t)y;
    return lad_hash64(seed ^ ((uint64_t)(uint32_t)z * UINT64_C(0xd6e8feb86659fd93)), place);
}

static float unit_from_hash(uint64_t hash)
{
    return (float)(hash >> 40) * 0x1p-24f;
}

/* Quintic blend of Perlin (2002): first and second derivative vanish at both ends. */
static float fade(float t)
{
    return t * t * t * (t * (t * 6.0f - 15.0f) + 10.0f);
}

float lad_noise_cell(uint64_t seed, int32_t x, int32_t y, int32_t z)
{
    return unit_from_hash(cell_hash(seed, x, y, z));
}

static float value_plane(uint64_t seed, float x, float y, int32_t z)
{
    float fx = floorf(x), fy = floorf(y);
    int32_t ix = (int32_t)fx, iy = (int32_t)fy;
    float u = fade(x - fx), v = fade(y - fy);
    float top = lad_mixf(lad_noise_cell(seed, ix, iy, z), lad_noise_cell(seed, ix + 1, iy, z), u);
    float bottom = lad_mixf(lad_noise_cell(seed, ix, iy + 1, z), lad_noise_cell(seed, ix + 1, iy + 1, z), u);
    return lad_mixf(top, bottom, v);
}

float lad_noise_value2(uint64_t seed, float x, float y)
{
    return value_plane(seed, x, y, 0);
}

float lad_noise_value3(uint64_t seed, lad_vec3 p)
{
    float fz = floorf(p.z);
    int32_t iz = (int32_t)fz;
    return lad_mixf(value_plane(seed, p.x, p.y, iz), value_plane(seed, p.x, p.y, iz + 1), fade(p.z - fz));
}

/* Product of the offset with one of 256 x 256 gradients whose components are uniform in [-1, 1). */
static float corner(uint64_t seed, int32_t ix, int32_t iy, float dx, float dy)
{
    uint64_t hash = cell_hash(seed, ix, iy, 0);
    float gx = (float)(hash & 255) * (1.0f / 128.0f) - 1.0f;
    float gy = (float)((hash >> 8) & 255) * (1.0f / 128.0f) - 1.0f;
    return gx * dx + gy * dy;
}

float lad_noise_gradient2(uint64_t seed, float x, float y)
{
    float fx = floorf(x), fy = floorf(y);
    int32_t ix = (int32_t)fx, iy = (int32_t)fy;
    float dx = x - fx, dy = y - fy, u = fade(dx), v = fade(dy);
    float top = lad_mixf(corner(seed, ix, iy, dx, dy), corner(seed, ix + 1, iy, dx - 1.0f, dy), u);
    float bottom =
        lad_mixf(corner(seed, ix, iy + 1, dx, dy - 1.0f), corner(seed, ix + 1, iy + 1, dx - 1.0f, dy - 1.0f), u);
    return lad_mixf(top, bottom, v);
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
