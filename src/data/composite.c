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
    NEAR_PX = 4,   /* "around the centre": +-4 px */
    VISIBLE = 10,  /* mean change around the centre, of 255, that counts as pasted */
    INVISIBLE = 2, /* change of a pixel, of 255, that still counts as untouched */
    STROKE_CORNERS = 4,
    /* Of 100 novelties, added up: a patch of another picture, the median, the colour around, a stain, a dent; the rest
     * are strokes. */
    SHARE_PATCH = 45,
    SHARE_MEDIAN = 55,
    SHARE_COLOR = 65,
    SHARE_STAIN = 77,
    SHARE_DENT = 89
};

static const float TWO_PI = 6.28318530718f;

/* The region of a novelty: a soft blob, or a stroke along a bent line. */
typedef struct region {
    float x, y, radius;       /* centre; of a stroke: half its length */
    float lobes[3], phase[3]; /* of the blob's outline */
    float soft_px;
    float half_width; /* > 0: a stroke */
    float corner[STROKE_CORNERS][2];
} region;

/* What a region shows instead. */
typedef struct filling {
    const uint8_t *picture; /* NULL: the colour */
    float x, y;             /* where in it the region's centre comes from */
    float turn[2];          /* rotation times scale: its cosine and sine */
    float push[2];          /* shift of the centre that fades towards the outline: a dent */
    float gain[3], color[3];
} filling;

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

static float clamp(float x, float low, float high)
{
    return fminf(fmaxf(x, low), high);
}

static float log_uniform(lad_rng *rng, float low, float high)
{
    return low * lad_powf(high / low, lad_rng_float(rng));
}

static region random_blob(lad_rng *rng, float size, float smallest, float largest)
{
    region r = {.radius = log_uniform(rng, smallest, largest)};
    r.x = lad_rng_range(rng, 0.0f, size);
    r.y = lad_rng_range(rng, 0.0f, size);
    r.soft_px = lad_rng_range(rng, 1.0f, 4.0f);
    for (int i = 0; i < 3; i++) {
        r.lobes[i] = lad_rng_range(rng, 0.0f, 0.2f);
        r.phase[i] = lad_rng_float(rng) * TWO_PI;
    }
    return r;
}

/* A line that bends by up to half a radian at each corner. */
static region random_stroke(lad_rng *rng, float size)
{
    region r = {.radius = log_uniform(rng, 6.0f, 30.0f), .soft_px = 1.0f};
    r.half_width = log_uniform(rng, 0.6f, 2.5f);
    r.x = lad_rng_range(rng, 0.0f, size);
    r.y = lad_rng_range(rng, 0.0f, size);
    float angle = lad_rng_float(rng) * TWO_PI, part = 2.0f * r.radius / (STROKE_CORNERS - 1);
    float x = r.x - r.radius * lad_cosf(angle), y = r.y - r.radius * lad_sinf(angle);
    for (int i = 0; i < STROKE_CORNERS; i++) {
        r.corner[i][0] = x;
        r.corner[i][1] = y;
        angle += lad_rng_range(rng, -0.5f, 0.5f);
        x += part * lad_cosf(angle);
        y += part * lad_sinf(angle);
    }
    return r;
}

/* Distance to the nearest point of the stroke's line. */
static float stroke_distance(const region *r, float x, float y)
{
    float nearest2 = 1e30f;
    for (int i = 0; i + 1 < STROKE_CORNERS; i++) {
        const float *a = r->corner[i], *b = r->corner[i + 1];
        float along_x = b[0] - a[0], along_y = b[1] - a[1], length2 = along_x * along_x + along_y * along_y;
        float t = length2 > 0.0f ? ((x - a[0]) * along_x + (y - a[1]) * along_y) / length2 : 0.0f;
        t = clamp(t, 0.0f, 1.0f);
        float dx = x - a[0] - t * along_x, dy = y - a[1] - t * along_y;
        nearest2 = fminf(nearest2, dx * dx + dy * dy);
    }
    return sqrtf(nearest2);
}

/* 0 outside, 1 inside, with a ramp of soft_px. */
static float coverage_at(const region *r, float x, float y)
{
    if (r->half_width > 0.0f) return clamp(0.5f + (r->half_width - stroke_distance(r, x, y)) / r->soft_px, 0.0f, 1.0f);
    float dx = x - r->x, dy = y - r->y, distance = sqrtf(dx * dx + dy * dy);
    float angle = lad_atan2f(dy, dx), reach = 1.0f;
    for (int i = 0; i < 3; i++) reach += r->lobes[i] * lad_cosf((float)(i + 2) * angle + r->phase[i]);
    return clamp(0.5f + (r->radius * reach - distance) / r->soft_px, 0.0f, 1.0f);
}

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
static void surrounding_color(const region *r, const uint8_t *base, size_t size, float color[3])
{
    enum { SAMPLES = 32 };
    float sum[3] = {0}, count = 0.0f;
    for (int i = 0; i < SAMPLES; i++) {
        float angle = TWO_PI * (float)i / SAMPLES, reach = 1.35f * r->radius + 2.0f;
        float x = r->x + reach * lad_cosf(angle), y = r->y + reach * lad_sinf(angle);
        if (x < 0.0f || y < 0.0f || x >= (float)size || y >= (float)size) continue;
        const uint8_t *pixel = base + ((size_t)y * size + (size_t)x) * 3;
        for (int c = 0; c < 3; c++) sum[c] += (float)pixel[c];
        count += 1.0f;
    }
    for (int c = 0; c < 3; c++) color[c] = count > 0.0f ? sum[c] / count : 128.0f;
}

/* Lighter or darker, and a little of another hue. */
static void random_gain(lad_rng *rng, float most, float gain[3])
{
    float all = log_uniform(rng, 1.0f / most, most);
    for (int c = 0; c < 3; c++) gain[c] = all * lad_rng_range(rng, 0.8f, 1.25f);
}

/* The base itself, as it is: what stains and dents start from. */
static filling same_place(const region *r, const uint8_t *base)
{
    return (filling){.picture = base, .x = r->x, .y = r->y, .turn = {1.0f, 0.0f}, .gain = {1.0f, 1.0f, 1.0f}};
}

/* A patch of another picture from anywhere in it, half of them turned and resized. */
static filling random_patch(const lad_composite_source *source, lad_rng *rng, const float tint[3])
{
    uint32_t other = lad_rng_below(rng, (uint32_t)source->count);
    filling f = {.picture = source->images + other * source->size * source->size * 3, .turn = {1.0f, 0.0f}};
    f.x = lad_rng_range(rng, 0.0f, (float)source->size);
    f.y = lad_rng_range(rng, 0.0f, (float)source->size);
    if (lad_rng_below(rng, 2)) {
        float angle = lad_rng_float(rng) * TWO_PI, scale = log_uniform(rng, 0.7f, 1.4f);
        f.turn[0] = scale * lad_cosf(angle);
        f.turn[1] = scale * lad_sinf(angle);
    }
    match_tint(source->tint + 3 * other, tint, f.gain);
    return f;
}

static void random_novelty(const lad_composite_source *source, lad_rng *rng, const uint8_t *base, const float tint[3],
                           region *r, filling *f)
{
    float size = (float)source->size;
    uint32_t kind = lad_rng_below(rng, 100);
    if (kind < SHARE_PATCH) {
        *r = random_blob(rng, size, 6.0f, 32.0f);
        *f = random_patch(source, rng, tint);
    } else if (kind < SHARE_MEDIAN) {
        *r = random_blob(rng, size, 8.0f, 32.0f);
        *f = same_place(r, source->median);
        match_tint(source->median_tint, tint, f->gain);
    } else if (kind < SHARE_COLOR) {
        *r = random_blob(rng, size, 8.0f, 32.0f);
        *f = (filling){.picture = NULL};
        surrounding_color(r, base, source->size, f->color);
    } else if (kind < SHARE_STAIN) {
        *r = random_blob(rng, size, 4.0f, 20.0f);
        r->soft_px *= 2.0f;
        *f = same_place(r, base);
        random_gain(rng, 2.0f, f->gain);
    } else if (kind < SHARE_DENT) {
        *r = random_blob(rng, size, 8.0f, 32.0f);
        *f = same_place(r, base);
        float angle = lad_rng_float(rng) * TWO_PI, far = lad_rng_range(rng, 0.2f, 0.5f) * r->radius;
        f->push[0] = far * lad_cosf(angle);
        f->push[1] = far * lad_sinf(angle);
    } else {
        *r = random_stroke(rng, size);
        *f = same_place(r, base);
        random_gain(rng, 3.0f, f->gain);
    }
}

static size_t clamp_index(ptrdiff_t i, size_t size)
{
    return i < 0 ? 0 : i >= (ptrdiff_t)size ? size - 1 : (size_t)i;
}

/* Bilinear; the edge goes on for ever. */
static void sample(const uint8_t *picture, size_t size, float x, float y, float rgb[3])
{
    float most = (float)(size - 1);
    x = clamp(x, 0.0f, most);
    y = clamp(y, 0.0f, most);
    size_t left = (size_t)x, top = (size_t)y, right = clamp_index((ptrdiff_t)left + 1, size);
    size_t bottom = clamp_index((ptrdiff_t)top + 1, size);
    float u = x - (float)left, v = y - (float)top;
    for (size_t c = 0; c < 3; c++) {
        float a = (float)picture[(top * size + left) * 3 + c], b = (float)picture[(top * size + right) * 3 + c];
        float d = (float)picture[(bottom * size + left) * 3 + c], e = (float)picture[(bottom * size + right) * 3 + c];
        a += u * (b - a);
        d += u * (e - d);
        rgb[c] = a + v * (d - a);
    }
}

static void show(const filling *f, const region *r, size_t size, float x, float y, float rgb[3])
{
    float dx = x - r->x, dy = y - r->y, share = fmaxf(1.0f - (dx * dx + dy * dy) / (r->radius * r->radius), 0.0f);
    float from_x = f->x + f->turn[0] * dx - f->turn[1] * dy - share * share * f->push[0];
    float from_y = f->y + f->turn[1] * dx + f->turn[0] * dy - share * share * f->push[1];
    sample(f->picture, size, from_x, from_y, rgb);
    for (int c = 0; c < 3; c++) rgb[c] *= f->gain[c];
}

static void paste(const region *r, const filling *f, size_t size, uint8_t *out)
{
    float reach = 1.65f * r->radius + r->half_width + r->soft_px;
    size_t left = clamp_index((ptrdiff_t)(r->x - reach), size), right = clamp_index((ptrdiff_t)(r->x + reach), size);
    size_t top = clamp_index((ptrdiff_t)(r->y - reach), size), bottom = clamp_index((ptrdiff_t)(r->y + reach), size);
    for (size_t y = top; y <= bottom; y++) {
        for (size_t x = left; x <= right; x++) {
            float coverage = coverage_at(r, (float)x, (float)y), rgb[3];
            if (coverage <= 0.0f) continue;
            if (f->picture)
                show(f, r, size, (float)x, (float)y, rgb);
            else
                memcpy(rgb, f->color, sizeof rgb);
            uint8_t *pixel = out + (y * size + x) * 3;
            for (size_t c = 0; c < 3; c++) {
                float v = (float)pixel[c] + coverage * (rgb[c] - (float)pixel[c]) + 0.5f;
                pixel[c] = v >= 255.0f ? 255 : (uint8_t)v;
            }
        }
    }
}

void lad_composite_make(const lad_composite_source *source, lad_rng *rng, const uint8_t *base, uint8_t *out)
{
    size_t pixels = source->size * source->size;
    float tint[3];
    mean_color(base, pixels, tint);
    memcpy(out, base, pixels * 3);
    uint32_t novelties = 1 + lad_rng_below(rng, 3);
    for (uint32_t i = 0; i < novelties; i++) {
        region r;
        filling f;
        random_novelty(source, rng, base, tint, &r, &f);
        paste(&r, &f, source->size, out);
    }
}

/* Sum over the pixels [top, bottom) x [left, right) from a summed-area table (Crow 1984), [size + 1, size + 1]. */
static uint32_t area_sum(const uint32_t *table, size_t size, size_t top, size_t left, size_t bottom, size_t right)
{
    size_t n = size + 1;
    return table[bottom * n + right] - table[top * n + right] - table[bottom * n + left] + table[top * n + left];
}

void lad_composite_positions(const uint8_t *base, const uint8_t *composite, size_t size, size_t side, uint32_t *scratch,
                             float *pasted, float *untouched)
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
            pasted[i * side + j] = near >= visible ? 1.0f : 0.0f;
            uint32_t any = area_sum(touched, size, top, left, top + FIELD_PX, left + FIELD_PX);
            untouched[i * side + j] = any == 0 ? 1.0f : 0.0f;
        }
    }
}
