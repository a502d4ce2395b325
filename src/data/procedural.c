#include "data/procedural.h"

#include "base/detmath.h"
#include "data/canvas.h"

#include <math.h>
#include <string.h>

/* Random numbers are drawn one to a statement or declarator: C leaves the order within an expression open, and
 * compilers differ. */

/* A few textures that the things of one picture share: photographs repeat their materials. */
enum { MATERIALS = 6 };

typedef struct scene {
    lad_canvas canvas;
    lad_rng rng;
    lad_texture materials[MATERIALS];
    float size; /* px */
} scene;

static float log_range(lad_rng *rng, float low, float high)
{
    return low * lad_powf(high / low, lad_rng_float(rng));
}

static const lad_texture *pick_material(scene *s)
{
    return &s->materials[lad_rng_below(&s->rng, MATERIALS)];
}

static void random_color(lad_rng *rng, float rgb[3])
{
    lad_palette palette = lad_palette_random(rng);
    memcpy(rgb, palette.rgb[0], sizeof palette.rgb[0]);
}

/* Textured, plain, or nearly black, as objects are often photographed. */
static void draw_background(scene *s)
{
    lad_texture background = lad_texture_random(&s->rng, 8.0f, s->size);
    uint32_t kind = lad_rng_below(&s->rng, 6);
    if (kind < 2) background.kind = LAD_TEXTURE_GRADIENT;
    if (kind == 2) {
        for (size_t i = 0; i < background.palette.stops; i++)
            for (int c = 0; c < 3; c++) background.palette.rgb[i][c] *= 0.08f;
    }
    lad_canvas_fill(&s->canvas, &background);
}

static void draw_leaves(scene *s)
{
    lad_canvas_fill(&s->canvas, pick_material(s));
    size_t count = (size_t)log_range(&s->rng, 40.0f, 350.0f);
    float smallest = lad_rng_range(&s->rng, 1.5f, 4.0f), largest = s->size * lad_rng_range(&s->rng, 0.15f, 0.5f);
    bool own_texture = lad_rng_below(&s->rng, 2) != 0;
    uint32_t only = lad_rng_below(&s->rng, 2 * LAD_SHAPE_KINDS); /* half of the pictures use one kind */
    for (size_t i = 0; i < count; i++) {
        /* Radii with density r^-3 between the two make the picture scale invariant. */
        float a = 1.0f / (smallest * smallest), b = 1.0f / (largest * largest);
        float radius = 1.0f / sqrtf(a + (b - a) * lad_rng_float(&s->rng));
        float x = lad_rng_range(&s->rng, -0.1f, 1.1f) * s->size, y = lad_rng_range(&s->rng, -0.1f, 1.1f) * s->size;
        lad_shape leaf = lad_shape_random(&s->rng, x, y, 1.5f * radius);
        if (only < LAD_SHAPE_KINDS) leaf.kind = (lad_shape_kind)only;
        lad_texture fill = own_texture ? lad_texture_random(&s->rng, 3.0f, 64.0f) : *pick_material(s);
        lad_canvas_draw_shape(&s->canvas, &leaf, &fill);
    }
}

static void draw_mixture(scene *s)
{
    lad_canvas_fill(&s->canvas, &s->materials[0]);
    uint64_t mask_seed = lad_rng_u32(&s->rng);
    float period = log_range(&s->rng, 12.0f, s->size), soft = log_range(&s->rng, 0.03f, 1.0f);
    for (size_t y = 0; y < s->canvas.size; y++) {
        for (size_t x = 0; x < s->canvas.size; x++) {
            float mask = lad_noise_fractal(mask_seed, (float)x / period, (float)y / period, 4, 0.5f) / soft + 0.5f;
            mask = fminf(fmaxf(mask, 0.0f), 1.0f);
            float color[3], *rgb = s->canvas.rgb + (y * s->canvas.size + x) * 3;
            if (mask <= 0.0f) continue;
            lad_texture_sample(&s->materials[1], (float)x, (float)y, color);
            for (int c = 0; c < 3; c++) rgb[c] += mask * (color[c] - rgb[c]);
        }
    }
}

static void draw_object(scene *s, const lad_shape *object, const lad_texture *fill, float shadow)
{
    float reach = 0.25f * fminf(object->rx, object->ry) + 1.0f;
    if (shadow > 0.0f)
        lad_canvas_draw_shadow(&s->canvas, object, -reach * object->light_x, -reach * object->light_y, shadow);
    lad_canvas_draw_shape(&s->canvas, object, fill);
}

static void draw_objects(scene *s)
{
    draw_background(s);
    size_t count = 1 + lad_rng_below(&s->rng, 14);
    float shadow = lad_rng_below(&s->rng, 2) ? lad_rng_range(&s->rng, 0.2f, 0.7f) : 0.0f;
    for (size_t i = 0; i < count; i++) {
        float radius = log_range(&s->rng, 4.0f, 0.4f * s->size);
        float x = lad_rng_float(&s->rng) * s->size, y = lad_rng_float(&s->rng) * s->size;
        lad_shape object = lad_shape_random(&s->rng, x, y, radius);
        if (lad_rng_below(&s->rng, 6) == 0) object.alpha = lad_rng_range(&s->rng, 0.3f, 0.9f); /* glass */
        lad_texture fill = lad_texture_random(&s->rng, 3.0f, 64.0f);
        draw_object(s, &object, &fill, shadow);
    }
}

static void draw_strokes(scene *s)
{
    size_t count = (size_t)log_range(&s->rng, 4.0f, 80.0f);
    float thickest = log_range(&s->rng, 0.6f, 6.0f), color[3];
    bool curved = lad_rng_below(&s->rng, 2) != 0, one_color = lad_rng_below(&s->rng, 2) != 0;
    random_color(&s->rng, color);
    for (size_t i = 0; i < count; i++) {
        float at[6];
        for (int k = 0; k < 6; k++) at[k] = lad_rng_range(&s->rng, -0.1f, 1.1f) * s->size;
        if (!one_color) random_color(&s->rng, color);
        float half_width = log_range(&s->rng, 0.5f, fmaxf(0.6f, thickest));
        if (curved)
            lad_canvas_draw_curve(&s->canvas, at[0], at[1], at[2], at[3], at[4], at[5], half_width, color);
        else
            lad_canvas_draw_segment(&s->canvas, at[0], at[1], at[2], at[3], half_width, color);
    }
}

/* One letter-like mark: up to four strokes between points of a 3 x 3 grid. */
static void draw_glyph(scene *s, float x, float y, float width, float height, float half_width, const float rgb[3])
{
    size_t strokes = 2 + lad_rng_below(&s->rng, 3);
    for (size_t i = 0; i < strokes; i++) {
        float at[6];
        for (int k = 0; k < 6; k += 2) {
            at[k] = x + 0.4f * width * (float)lad_rng_below(&s->rng, 3);
            at[k + 1] = y + 0.4f * height * (float)lad_rng_below(&s->rng, 3);
        }
        if (lad_rng_below(&s->rng, 2))
            lad_canvas_draw_segment(&s->canvas, at[0], at[1], at[2], at[3], half_width, rgb);
        else
            lad_canvas_draw_curve(&s->canvas, at[0], at[1], at[2], at[3], at[4], at[5], half_width, rgb);
    }
}

static void draw_glyphs(scene *s)
{
    float height = log_range(&s->rng, 7.0f, 48.0f), width = height * lad_rng_range(&s->rng, 0.5f, 0.9f);
    float half_width = fmaxf(0.5f, height * lad_rng_range(&s->rng, 0.04f, 0.12f)), color[3];
    float left = lad_rng_range(&s->rng, 0.0f, 0.5f) * s->size, top = lad_rng_range(&s->rng, 0.0f, 0.6f) * s->size;
    size_t rows = 1 + lad_rng_below(&s->rng, 6);
    random_color(&s->rng, color);
    for (size_t row = 0; row < rows; row++) {
        float y = top + (float)row * 1.5f * height;
        for (float x = left; x < s->size && y < s->size; x += 1.15f * width)
            if (lad_rng_below(&s->rng, 7)) draw_glyph(s, x, y, width, height, half_width, color);
    }
}

/* Similar objects in rows and columns: trays, boxes, keyboards. */
static void draw_grid(scene *s)
{
    draw_background(s);
    float pitch_x = log_range(&s->rng, 12.0f, 0.6f * s->size), pitch_y = pitch_x * lad_rng_range(&s->rng, 0.6f, 1.6f);
    lad_shape proto = lad_shape_random(&s->rng, 0.0f, 0.0f, 0.4f * fminf(pitch_x, pitch_y));
    float jitter = lad_rng_below(&s->rng, 2) ? 0.0f : lad_rng_range(&s->rng, 0.0f, 0.3f), wall[3];
    bool walls = lad_rng_below(&s->rng, 2) != 0, same = lad_rng_below(&s->rng, 3) != 0;
    float shift_x = lad_rng_float(&s->rng) * pitch_x, shift_y = lad_rng_float(&s->rng) * pitch_y;
    random_color(&s->rng, wall);
    for (float y = shift_y - pitch_y; y < s->size + pitch_y; y += pitch_y) {
        if (walls) lad_canvas_draw_segment(&s->canvas, 0.0f, y, s->size, y, 1.0f + 0.02f * pitch_y, wall);
        for (float x = shift_x - pitch_x; x < s->size + pitch_x; x += pitch_x) {
            if (walls) lad_canvas_draw_segment(&s->canvas, x, y, x, y + pitch_y, 1.0f + 0.02f * pitch_x, wall);
            if (lad_rng_below(&s->rng, 12) == 0) continue;
            lad_shape object = proto;
            object.x = x + 0.5f * pitch_x + jitter * pitch_x * (lad_rng_float(&s->rng) - 0.5f);
            object.y = y + 0.5f * pitch_y + jitter * pitch_y * (lad_rng_float(&s->rng) - 0.5f);
            draw_object(s, &object, same ? &s->materials[0] : pick_material(s), proto.relief > 0.0f ? 0.4f : 0.0f);
        }
    }
}

/* [1 2 1] / 4 in both directions, `times` times: Gaussian blur of variance times / 2. */
static void blur(lad_canvas *canvas, float *row, uint32_t times)
{
    size_t n = canvas->size;
    for (uint32_t pass = 0; pass < 2 * times; pass++) {
        size_t along = pass & 1 ? n * 3 : 3, across = pass & 1 ? 3 : n * 3;
        for (size_t i = 0; i < n; i++) {
            float *line = canvas->rgb + i * across;
            for (size_t k = 0; k < n * 3; k++) row[k] = line[k / 3 * along + k % 3];
            for (size_t k = 0; k < n * 3; k++) {
                float before = k < 3 ? row[k] : row[k - 3], after = k + 3 < n * 3 ? row[k + 3] : row[k];
                line[k / 3 * along + k % 3] = 0.25f * before + 0.5f * row[k] + 0.25f * after;
            }
        }
    }
}

/* Uneven light, blur, exposure, tone curve and sensor noise; then 8 bits. */
static void expose(scene *s, float *row, uint8_t *rgb)
{
    size_t n = s->canvas.size;
    uint32_t softness = lad_rng_below(&s->rng, 5);
    blur(&s->canvas, row, softness > 2 ? 0 : softness);
    float slope_x = lad_rng_range(&s->rng, -0.5f, 0.5f) / s->size,
          slope_y = lad_rng_range(&s->rng, -0.5f, 0.5f) / s->size;
    float gain = lad_rng_range(&s->rng, 0.7f, 1.3f), gamma = log_range(&s->rng, 0.6f, 1.4f);
    float tint[3], noise = lad_rng_below(&s->rng, 2) ? lad_rng_range(&s->rng, 0.0f, 0.03f) : 0.005f;
    for (int c = 0; c < 3; c++) tint[c] = gain * lad_rng_range(&s->rng, 0.9f, 1.1f);
    float curve[257]; /* the tone curve, tabulated: powf for each value would dominate the cost */
    for (int i = 0; i <= 256; i++) curve[i] = lad_powf((float)i / 256.0f, gamma);
    for (size_t y = 0; y < n; y++) {
        for (size_t x = 0; x < n; x++) {
            float light = 1.0f + slope_x * ((float)x - 0.5f * s->size) + slope_y * ((float)y - 0.5f * s->size);
            for (size_t c = 0; c < 3; c++) {
                float v = fminf(fmaxf(s->canvas.rgb[(y * n + x) * 3 + c] * light * tint[c], 0.0f), 1.0f) * 256.0f;
                int step = v >= 255.0f ? 255 : (int)v;
                v = curve[step] + (v - (float)step) * (curve[step + 1] - curve[step]);
                /* The sum of three uniforms is normal enough, and cheap. */
                float grain = -1.5f;
                for (int k = 0; k < 3; k++) grain += lad_rng_float(&s->rng);
                v = (v + 2.0f * noise * grain) * 255.0f + 0.5f;
                rgb[(y * n + x) * 3 + c] = (uint8_t)fminf(fmaxf(v, 0.0f), 255.0f);
            }
        }
    }
}

size_t lad_procedural_scratch_floats(size_t size)
{
    return (size + 1) * size * 3;
}

void lad_procedural_render(uint64_t seed, uint64_t index, size_t size, float *scratch, uint8_t *rgb)
{
    scene s = {.canvas = {scratch, size}, .rng = lad_rng_seed(seed, index), .size = (float)size};
    for (int i = 0; i < MATERIALS; i++) s.materials[i] = lad_texture_random(&s.rng, 3.0f, 0.7f * s.size);
    uint32_t kind = lad_rng_below(&s.rng, 100);
    if (kind < 35) {
        draw_leaves(&s);
    } else if (kind < 45) {
        lad_canvas_fill(&s.canvas, &s.materials[0]);
    } else if (kind < 55) {
        draw_mixture(&s);
    } else if (kind < 78) {
        draw_objects(&s);
    } else if (kind < 90) {
        draw_grid(&s);
    } else {
        draw_background(&s);
        if (kind < 95)
            draw_strokes(&s);
        else
            draw_glyphs(&s);
    }
    /* Marks and scratches lie over anything. */
    uint32_t overlay = lad_rng_below(&s.rng, 8);
    if (overlay == 0) draw_strokes(&s);
    if (overlay == 1) draw_glyphs(&s);
    expose(&s, scratch + size * size * 3, rgb);
}
