#include "data/composite.h"

#include "base/alloc.h"
#include "base/detmath.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MEDIAN_PICTURES = 31,
    STRIDE_PX = 4,
    FIELD_PX = 33,
    CENTRE_PX = 16,
    NEAR_PX = 4,  /* "around the centre": +-4 px */
    VISIBLE = 10, /* mean change around the centre, of 255, that counts as pasted */
    INVISIBLE = 2 /* change of a pixel, of 255, that still counts as untouched */
};

static const float TWO_PI = 6.28318530718f;

typedef struct blob {
    float x, y, radius;
    float lobes[3], phase[3];
    float soft_px;
} blob;

static void mean_color(const uint8_t *rgb, size_t pixels, float mean[3])
{
    uint64_t sum[3] = {0, 0, 0};
    for (size_t i = 0; i < pixels; i++)
        for (size_t c = 0; c < 3; c++) sum[c] += rgb[3 * i + c];
    for (size_t c = 0; c < 3; c++) mean[c] = (float)((double)sum[c] / (double)pixels);
}

static void find_median(const lad_composite_source *source)
{
    size_t values = source->size * source->size * 3;
    size_t used = source->count < MEDIAN_PICTURES ? source->count : MEDIAN_PICTURES;
    for (size_t i = 0; i < values; i++) {
        uint8_t sorted[MEDIAN_PICTURES] = {0};
        for (size_t k = 0; k < used; k++) { /* insertion */
            uint8_t v = source->images[k * source->count / used * values + i];
            size_t at = k;
            for (; at > 0 && sorted[at - 1] > v; at--) sorted[at] = sorted[at - 1];
            sorted[at] = v;
        }
        source->median[i] = sorted[used / 2];
    }
}

lad_status lad_composite_source_init(lad_composite_source *out, const uint8_t *images, size_t count, size_t size)
{
    size_t pixels = size * size;
    lad_composite_source source = {.images = images, .count = count, .size = size};
    source.tint = lad_alloc(count, 3 * sizeof(float));
    source.median = lad_alloc(pixels, 3);
    if (!source.tint || !source.median) {
        lad_composite_source_deinit(&source);
        return LAD_ERR_NOMEM;
    }
    for (size_t i = 0; i < count; i++) mean_color(images + i * pixels * 3, pixels, source.tint + 3 * i);
    find_median(&source);
    mean_color(source.median, pixels, source.median_tint);
    *out = source;
    return LAD_OK;
}

void lad_composite_source_deinit(lad_composite_source *source)
{
    lad_free(source->tint);
    lad_free(source->median);
    *source = (lad_composite_source){0};
}

static blob random_blob(lad_rng *rng, float size)
{
    blob b = {.radius = 8.0f * lad_powf(4.0f, lad_rng_float(rng))}; /* 16 to 64 px across, log-uniform */
    b.x = lad_rng_range(rng, 0.0f, size);
    b.y = lad_rng_range(rng, 0.0f, size);
    b.soft_px = lad_rng_range(rng, 1.0f, 4.0f);
    for (int i = 0; i < 3; i++) {
        b.lobes[i] = lad_rng_range(rng, 0.0f, 0.2f);
        b.phase[i] = lad_rng_float(rng) * TWO_PI;
    }
    return b;
}

/* 0 outside, 1 inside, with a ramp of soft_px. */
static float blob_coverage(const blob *b, float x, float y)
{
    float dx = x - b->x, dy = y - b->y, distance = sqrtf(dx * dx + dy * dy);
    float angle = lad_atan2f(dy, dx), reach = 1.0f;
    for (int i = 0; i < 3; i++) reach += b->lobes[i] * lad_cosf((float)(i + 2) * angle + b->phase[i]);
    float t = 0.5f + (b->radius * reach - distance) / b->soft_px;
    return t <= 0.0f ? 0.0f : t >= 1.0f ? 1.0f : t;
}

/* What fills a blob: a picture moved by (dx, dy) with gains per channel, or one colour. */
typedef struct filling {
    const uint8_t *picture; /* NULL: the colour */
    ptrdiff_t dx, dy;
    float gain[3], color[3];
} filling;

/* Lighting differs from picture to picture; matching the mean colours keeps that difference from being the
 * only thing that gives a patch away.  Bounded, so that pictures of other content do not become garish. */
static void match_tint(const float from[3], const float to[3], float gain[3])
{
    for (int c = 0; c < 3; c++) {
        float ratio = (to[c] + 1.0f) / (from[c] + 1.0f);
        gain[c] = fminf(fmaxf(ratio, 0.8f), 1.25f);
    }
}

/* Mean colour of the base on a circle just outside the blob. */
static void surrounding_color(const blob *b, const uint8_t *base, size_t size, float color[3])
{
    enum { SAMPLES = 32 };
    float sum[3] = {0}, count = 0.0f;
    for (int i = 0; i < SAMPLES; i++) {
        float angle = TWO_PI * (float)i / SAMPLES, reach = 1.35f * b->radius + 2.0f;
        float x = b->x + reach * lad_cosf(angle), y = b->y + reach * lad_sinf(angle);
        if (x < 0.0f || y < 0.0f || x >= (float)size || y >= (float)size) continue;
        const uint8_t *pixel = base + ((size_t)y * size + (size_t)x) * 3;
        for (int c = 0; c < 3; c++) sum[c] += (float)pixel[c];
        count += 1.0f;
    }
    for (int c = 0; c < 3; c++) color[c] = count > 0.0f ? sum[c] / count : 128.0f;
}

static filling random_filling(const lad_composite_source *source, lad_rng *rng, const blob *b, const uint8_t *base,
                              const float tint[3])
{
    filling f = {.gain = {1.0f, 1.0f, 1.0f}};
    size_t pixels = source->size * source->size;
    uint32_t kind = lad_rng_below(rng, 100);
    if (kind < 70) {
        uint32_t other = lad_rng_below(rng, (uint32_t)source->count);
        /* Anywhere that keeps the patch's centre inside the picture. */
        f.dx = (ptrdiff_t)lad_rng_below(rng, (uint32_t)source->size) - (ptrdiff_t)b->x;
        f.dy = (ptrdiff_t)lad_rng_below(rng, (uint32_t)source->size) - (ptrdiff_t)b->y;
        f.picture = source->images + other * pixels * 3;
        match_tint(source->tint + 3 * other, tint, f.gain);
    } else if (kind < 85) {
        f.picture = source->median;
        match_tint(source->median_tint, tint, f.gain);
    } else {
        surrounding_color(b, base, source->size, f.color);
    }
    return f;
}

static size_t clamp_index(ptrdiff_t i, size_t size)
{
    return i < 0 ? 0 : i >= (ptrdiff_t)size ? size - 1 : (size_t)i;
}

static void paste(const blob *b, const filling *f, size_t size, uint8_t *out, float *alpha)
{
    float reach = 1.65f * b->radius + b->soft_px;
    size_t left = clamp_index((ptrdiff_t)(b->x - reach), size), right = clamp_index((ptrdiff_t)(b->x + reach), size);
    size_t top = clamp_index((ptrdiff_t)(b->y - reach), size), bottom = clamp_index((ptrdiff_t)(b->y + reach), size);
    for (size_t y = top; y <= bottom; y++) {
        for (size_t x = left; x <= right; x++) {
            float coverage = blob_coverage(b, (float)x, (float)y);
            if (coverage <= 0.0f) continue;
            size_t from =
                (clamp_index((ptrdiff_t)y + f->dy, size) * size + clamp_index((ptrdiff_t)x + f->dx, size)) * 3;
            uint8_t *pixel = out + (y * size + x) * 3;
            for (size_t c = 0; c < 3; c++) {
                float v = f->picture ? f->gain[c] * (float)f->picture[from + c] : f->color[c];
                v = (float)pixel[c] + coverage * (v - (float)pixel[c]) + 0.5f;
                pixel[c] = v >= 255.0f ? 255 : (uint8_t)v;
            }
            float *a = alpha + y * size + x;
            if (coverage > *a) *a = coverage;
        }
    }
}

void lad_composite_make(const lad_composite_source *source, lad_rng *rng, const uint8_t *base, uint8_t *out,
                        float *alpha)
{
    size_t pixels = source->size * source->size;
    float tint[3];
    mean_color(base, pixels, tint);
    memcpy(out, base, pixels * 3);
    memset(alpha, 0, pixels * sizeof *alpha);
    uint32_t blobs = 1 + lad_rng_below(rng, 3);
    for (uint32_t i = 0; i < blobs; i++) {
        blob b = random_blob(rng, (float)source->size);
        filling f = random_filling(source, rng, &b, base, tint);
        paste(&b, &f, source->size, out, alpha);
    }
}

/* Sum over the pixels [top, bottom) x [left, right) from a summed-area table (Crow 1984), [size + 1, size + 1]. */
static uint32_t area_sum(const uint32_t *table, size_t size, size_t top, size_t left, size_t bottom, size_t right)
{
    size_t n = size + 1;
    return table[bottom * n + right] - table[top * n + right] - table[bottom * n + left] + table[top * n + left];
}

void lad_composite_positions(const uint8_t *base, const uint8_t *composite, const float *alpha, size_t size,
                             size_t side, uint32_t *scratch, float *pasted, float *untouched)
{
    size_t n = size + 1;
    uint32_t *change = scratch, *touched = scratch + n * n;
    memset(change, 0, n * sizeof *change);
    memset(touched, 0, n * sizeof *touched);
    for (size_t y = 0; y < size; y++) {
        uint32_t change_row = 0, touched_row = 0;
        change[(y + 1) * n] = touched[(y + 1) * n] = 0;
        for (size_t x = 0; x < size; x++) {
            uint32_t most = 0;
            for (size_t c = 0; c < 3; c++) {
                size_t i = (y * size + x) * 3 + c;
                uint32_t d = (uint32_t)abs((int)composite[i] - (int)base[i]);
                if (d > most) most = d;
            }
            change_row += most;
            touched_row += most > INVISIBLE ? 1 : 0;
            change[(y + 1) * n + x + 1] = change[y * n + x + 1] + change_row;
            touched[(y + 1) * n + x + 1] = touched[y * n + x + 1] + touched_row;
        }
    }
    const uint32_t visible = VISIBLE * (2 * NEAR_PX + 1) * (2 * NEAR_PX + 1);
    for (size_t i = 0; i < side; i++) {
        for (size_t j = 0; j < side; j++) {
            size_t top = STRIDE_PX * i, left = STRIDE_PX * j, cy = top + CENTRE_PX, cx = left + CENTRE_PX;
            uint32_t near = area_sum(change, size, cy - NEAR_PX, cx - NEAR_PX, cy + NEAR_PX + 1, cx + NEAR_PX + 1);
            pasted[i * side + j] = alpha[cy * size + cx] >= 0.5f && near >= visible ? 1.0f : 0.0f;
            uint32_t any = area_sum(touched, size, top, left, top + FIELD_PX, left + FIELD_PX);
            untouched[i * side + j] = any == 0 ? 1.0f : 0.0f;
        }
    }
}
