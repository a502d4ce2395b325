#include "data/texture.h"

#include "base/detmath.h"

#include <math.h>

static const float TWO_PI = 6.28318530718f;

static float clamp01(float v)
{
    return v < 0.0f ? 0.0f : v > 1.0f ? 1.0f : v;
}

static float smoothstep(float low, float high, float v)
{
    float t = clamp01((v - low) / (high - low));
    return t * t * (3.0f - 2.0f * t);
}

static uint64_t cell_hash(uint64_t seed, int32_t x, int32_t y)
{
    return lad_hash64(seed, ((uint64_t)(uint32_t)x << 32) | (uint32_t)y);
}

/* The k-th of four 16-bit fields of a hash, as a float in [0, 1). */
static float hash_float(uint64_t hash, int k)
{
    return (float)((hash >> (16 * k)) & 0xffffu) * 0x1p-16f;
}

/* Dot product of (dx, dy) with one of 8 gradients at a lattice point. */
static float lattice_gradient(uint64_t seed, int32_t x, int32_t y, float dx, float dy)
{
    switch ((unsigned)(cell_hash(seed, x, y) >> 61)) {
    case 0: return 1.41421356f * dx;
    case 1: return -1.41421356f * dx;
    case 2: return 1.41421356f * dy;
    case 3: return -1.41421356f * dy;
    case 4: return dx + dy;
    case 5: return dx - dy;
    case 6: return dy - dx;
    default: return -dx - dy;
    }
}

static float noise(uint64_t seed, float x, float y)
{
    float fx = floorf(x), fy = floorf(y);
    int32_t ix = (int32_t)fx, iy = (int32_t)fy;
    float dx = x - fx, dy = y - fy;
    float u = dx * dx * dx * (dx * (dx * 6.0f - 15.0f) + 10.0f);
    float v = dy * dy * dy * (dy * (dy * 6.0f - 15.0f) + 10.0f);
    float a = lattice_gradient(seed, ix, iy, dx, dy), b = lattice_gradient(seed, ix + 1, iy, dx - 1.0f, dy);
    float c = lattice_gradient(seed, ix, iy + 1, dx, dy - 1.0f);
    float d = lattice_gradient(seed, ix + 1, iy + 1, dx - 1.0f, dy - 1.0f);
    float top = a + u * (b - a), bottom = c + u * (d - c);
    return top + v * (bottom - top);
}

float lad_noise_fractal(uint64_t seed, float x, float y, int octaves, float gain)
{
    float sum = 0.0f, amplitude = 1.0f, norm = 0.0f;
    for (int i = 0; i < octaves; i++) {
        sum += amplitude * noise(seed + (uint64_t)i, x, y);
        norm += amplitude;
        amplitude *= gain;
        /* 1.93 rather than 2, and a shift, keep the lattices of the octaves from lining up. */
        x = x * 1.93f + 17.3f;
        y = y * 1.93f - 9.7f;
    }
    return 1.4f * sum / norm;
}

static float ridged(uint64_t seed, float x, float y, int octaves, float gain)
{
    float sum = 0.0f, amplitude = 1.0f, norm = 0.0f;
    for (int i = 0; i < octaves; i++) {
        sum += amplitude * (1.0f - fabsf(1.6f * noise(seed + (uint64_t)i, x, y)));
        norm += amplitude;
        amplitude *= gain;
        x = x * 1.93f + 17.3f;
        y = y * 1.93f - 9.7f;
    }
    float t = clamp01(sum / norm);
    return t * t;
}

static float wave(const lad_texture *t, float u)
{
    float s = lad_sinf(TWO_PI * (u - floorf(u)));
    /* edge 1 leaves the sinusoid, small edges clip it towards a square wave. */
    return clamp01(0.5f + 0.5f * s / t->edge);
}

/* Cells with a value each, and thin borders (mortar, value 0) where `border` is not 0. */
static float cells(const lad_texture *t, float u, float v, bool brick, float border)
{
    float row = floorf(v);
    if (brick) u += 0.5f * (float)((int32_t)row & 1);
    float column = floorf(u);
    float value = hash_float(cell_hash(t->seed, (int32_t)column, (int32_t)row), 0);
    if (border <= 0.0f) return value;
    float du = u - column, dv = v - row;
    float inside = fminf(fminf(du, 1.0f - du), fminf(dv, 1.0f - dv));
    return (0.15f + 0.85f * value) * smoothstep(border * 0.5f, border, inside);
}

static float dots(const lad_texture *t, float u, float v)
{
    float column = floorf(u), row = floorf(v);
    uint64_t hash = cell_hash(t->seed, (int32_t)column, (int32_t)row);
    float radius = 0.15f + 0.25f * hash_float(hash, 0);
    float dx = u - column - 0.5f - 0.2f * (hash_float(hash, 1) - 0.5f);
    float dy = v - row - 0.5f - 0.2f * (hash_float(hash, 2) - 0.5f);
    float soft = 0.03f + 0.15f * t->edge;
    return (0.4f + 0.6f * hash_float(hash, 3)) *
           (1.0f - smoothstep(radius - soft, radius + soft, sqrtf(dx * dx + dy * dy)));
}

/* Worley 1996: the cell's value, darkened towards the border between the two nearest points. */
static float cellular(const lad_texture *t, float u, float v)
{
    float column = floorf(u), row = floorf(v), nearest = 9.0f, second = 9.0f, value = 0.0f;
    for (int32_t dy = -1; dy <= 1; dy++) {
        for (int32_t dx = -1; dx <= 1; dx++) {
            uint64_t hash = cell_hash(t->seed, (int32_t)column + dx, (int32_t)row + dy);
            float px = column + (float)dx + hash_float(hash, 0) - u, py = row + (float)dy + hash_float(hash, 1) - v;
            float distance = px * px + py * py;
            if (distance < nearest) {
                second = nearest;
                nearest = distance;
                value = hash_float(hash, 2);
            } else if (distance < second) {
                second = distance;
            }
        }
    }
    return (0.2f + 0.8f * value) * smoothstep(0.0f, 0.05f + 0.4f * t->edge, sqrtf(second) - sqrtf(nearest));
}

/* The scalar field: about [0, 1]. */
static float field(const lad_texture *t, float x, float y)
{
    x -= t->offset_x;
    y -= t->offset_y;
    float u = (t->cos * x + t->sin * y) / t->period_px, v = (t->cos * y - t->sin * x) / (t->period_px * t->aspect);
    if (t->warp > 0.0f) {
        float bend_u = lad_noise_fractal(t->seed + 100, 0.4f * u, 0.4f * v, 2, 0.5f);
        float bend_v = lad_noise_fractal(t->seed + 200, 0.4f * u, 0.4f * v, 2, 0.5f);
        u += t->warp * bend_u;
        v += t->warp * bend_v;
    }
    switch (t->kind) {
    case LAD_TEXTURE_GRADIENT: return clamp01(t->radial ? sqrtf(u * u + v * v) : 0.5f + 0.5f * u);
    case LAD_TEXTURE_FRACTAL: return clamp01(0.5f + 0.6f * lad_noise_fractal(t->seed, u, v, t->octaves, t->gain));
    case LAD_TEXTURE_RIDGED: return ridged(t->seed, u, v, t->octaves, t->gain);
    case LAD_TEXTURE_MARBLE:
        return wave(t, u + 1.2f * lad_noise_fractal(t->seed, 0.6f * u, 0.6f * v, t->octaves, t->gain));
    case LAD_TEXTURE_GRATING: return wave(t, u);
    case LAD_TEXTURE_PLAID: return 0.5f * (wave(t, u) + wave(t, v));
    case LAD_TEXTURE_CHECKER: return cells(t, u, v, false, 0.0f);
    case LAD_TEXTURE_BRICKS: return cells(t, u, v, true, 0.12f);
    case LAD_TEXTURE_MESH: return 1.0f - cells(t, u, v, t->radial, 0.25f);
    case LAD_TEXTURE_DOTS: return dots(t, u, v);
    case LAD_TEXTURE_CELLS: return cellular(t, u, v);
    case LAD_TEXTURE_SOLID:
    case LAD_TEXTURE_KINDS: break;
    }
    return 0.0f;
}

void lad_texture_sample(const lad_texture *texture, float x, float y, float rgb[3])
{
    const lad_palette *p = &texture->palette;
    float t = texture->kind == LAD_TEXTURE_SOLID || p->stops < 2 ? 0.0f : field(texture, x, y) * (float)(p->stops - 1);
    if (p->stepped) t = floorf(t + 0.5f);
    size_t stop = t >= (float)p->stops - 1.0f ? p->stops - 1 : (size_t)t;
    size_t next = stop + 1 < p->stops ? stop + 1 : stop;
    float mix = t - (float)stop;
    for (int c = 0; c < 3; c++) rgb[c] = p->rgb[stop][c] + mix * (p->rgb[next][c] - p->rgb[stop][c]);
}

/* Hue in turns; value and saturation in [0, 1]. */
static void color_from_hsv(float hue, float saturation, float value, float rgb[3])
{
    for (int c = 0; c < 3; c++) {
        float h = hue + (float)(3 - c) / 3.0f;
        h = fabsf(6.0f * (h - floorf(h)) - 3.0f) - 1.0f;
        rgb[c] = value * (1.0f - saturation + saturation * clamp01(h));
    }
}

lad_palette lad_palette_random(lad_rng *rng)
{
    lad_palette p = {.stops = 2 + lad_rng_below(rng, 3)};
    p.stepped = lad_rng_below(rng, 6) == 0;
    float hue = lad_rng_float(rng), spread = lad_rng_below(rng, 3) == 0 ? 1.0f : 0.12f;
    float saturation = lad_rng_float(rng), value = lad_rng_range(rng, 0.2f, 1.0f);
    if (lad_rng_below(rng, 4) == 0) saturation *= 0.15f; /* greys */
    if (lad_rng_below(rng, 8) == 0) value *= 0.2f;       /* near-black */
    float contrast = lad_rng_range(rng, 0.05f, 0.9f);
    for (size_t i = 0; i < p.stops; i++) {
        float h = hue + spread * (lad_rng_float(rng) - 0.5f);
        float s = clamp01(saturation + 0.5f * contrast * (lad_rng_float(rng) - 0.5f));
        float v = clamp01(value + contrast * (2.0f * lad_rng_float(rng) - 1.0f));
        color_from_hsv(h, s, v, p.rgb[i]);
    }
    return p;
}

lad_texture lad_texture_random(lad_rng *rng, float smallest_px, float largest_px)
{
    /* Out of 24: smooth and fractal fills dominate, as in photographs. */
    static const unsigned char kinds[24] = {
        LAD_TEXTURE_SOLID,    LAD_TEXTURE_SOLID,   LAD_TEXTURE_GRADIENT, LAD_TEXTURE_GRADIENT, LAD_TEXTURE_GRADIENT,
        LAD_TEXTURE_GRADIENT, LAD_TEXTURE_FRACTAL, LAD_TEXTURE_FRACTAL,  LAD_TEXTURE_FRACTAL,  LAD_TEXTURE_FRACTAL,
        LAD_TEXTURE_FRACTAL,  LAD_TEXTURE_FRACTAL, LAD_TEXTURE_RIDGED,   LAD_TEXTURE_RIDGED,   LAD_TEXTURE_MARBLE,
        LAD_TEXTURE_MARBLE,   LAD_TEXTURE_GRATING, LAD_TEXTURE_PLAID,    LAD_TEXTURE_CHECKER,  LAD_TEXTURE_BRICKS,
        LAD_TEXTURE_MESH,     LAD_TEXTURE_DOTS,    LAD_TEXTURE_CELLS,    LAD_TEXTURE_CELLS};
    lad_texture t = {.kind = (lad_texture_kind)kinds[lad_rng_below(rng, 24)]};
    t.palette = lad_palette_random(rng);
    t.seed = lad_hash64(lad_rng_u32(rng), 0);
    float angle = lad_rng_float(rng) * TWO_PI;
    if (lad_rng_below(rng, 3) == 0) angle = 0.0f; /* man-made things are often upright */
    t.cos = lad_cosf(angle);
    t.sin = lad_sinf(angle);
    t.period_px = smallest_px * lad_powf(largest_px / smallest_px, lad_rng_float(rng));
    t.aspect = lad_rng_below(rng, 2) ? 1.0f : lad_powf(2.0f, lad_rng_range(rng, -2.0f, 2.0f));
    t.offset_x = lad_rng_range(rng, 0.0f, 256.0f);
    t.offset_y = lad_rng_range(rng, 0.0f, 256.0f);
    t.gain = lad_rng_range(rng, 0.35f, 0.8f);
    t.octaves = 2 + (int)lad_rng_below(rng, 5);
    t.warp = lad_rng_below(rng, 3) == 0 ? lad_rng_range(rng, 0.2f, 1.5f) : 0.0f;
    t.edge = lad_rng_below(rng, 2) ? 1.0f : lad_rng_range(rng, 0.1f, 1.0f);
    t.radial = lad_rng_below(rng, 2) != 0;
    if (t.kind == LAD_TEXTURE_GRADIENT) t.period_px = largest_px * lad_rng_range(rng, 0.3f, 2.0f);
    return t;
}
