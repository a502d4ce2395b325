#include "data/canvas.h"

#include "base/detmath.h"

#include <math.h>

static const float TWO_PI = 6.28318530718f;

static float clamp01(float v)
{
    return v < 0.0f ? 0.0f : v > 1.0f ? 1.0f : v;
}

lad_shape lad_shape_random(lad_rng *rng, float x, float y, float radius)
{
    lad_shape s = {.kind = (lad_shape_kind)lad_rng_below(rng, LAD_SHAPE_KINDS), .x = x, .y = y, .alpha = 1.0f};
    float angle = lad_rng_float(rng) * TWO_PI;
    if (lad_rng_below(rng, 3) == 0) angle = 0.0f;
    s.cos = lad_cosf(angle);
    s.sin = lad_sinf(angle);
    float stretch = lad_rng_below(rng, 2) ? 1.0f : lad_powf(2.0f, lad_rng_range(rng, -1.5f, 1.5f));
    s.rx = radius * sqrtf(stretch);
    s.ry = radius / sqrtf(stretch);
    s.corner = lad_rng_range(rng, 0.05f, 0.6f);
    s.sides = 3 + (int)lad_rng_below(rng, 4);
    for (int i = 0; i < s.sides; i++) {
        s.side_x[i] = lad_cosf(TWO_PI * (float)i / (float)s.sides);
        s.side_y[i] = lad_sinf(TWO_PI * (float)i / (float)s.sides);
    }
    for (int i = 0; i < 3; i++) {
        float amplitude = lad_rng_range(rng, 0.0f, 0.25f), phase = lad_rng_float(rng) * TWO_PI;
        s.lobe_cos[i] = amplitude * lad_cosf(phase);
        s.lobe_sin[i] = amplitude * lad_sinf(phase);
    }
    s.edge_px = lad_rng_below(rng, 5) == 0 ? lad_rng_range(rng, 1.0f, 6.0f) : 1.0f;
    s.relief = lad_rng_below(rng, 2) ? 0.0f : lad_rng_range(rng, 0.2f, 1.0f);
    float light = lad_rng_float(rng) * TWO_PI;
    s.light_x = lad_cosf(light);
    s.light_y = lad_sinf(light);
    s.gloss = s.relief > 0.0f && lad_rng_below(rng, 2) ? lad_rng_range(rng, 0.2f, 1.0f) : 0.0f;
    return s;
}

/* Signed distance, exact for circles and boxes, a first-order estimate otherwise.  (u, v): in the shape's own
 * axes. */
static float signed_distance(const lad_shape *s, float u, float v)
{
    float smaller = fminf(s->rx, s->ry);
    switch (s->kind) {
    case LAD_SHAPE_BOX: {
        float corner = s->corner * smaller;
        float qx = fabsf(u) - s->rx + corner, qy = fabsf(v) - s->ry + corner;
        float ox = fmaxf(qx, 0.0f), oy = fmaxf(qy, 0.0f);
        return sqrtf(ox * ox + oy * oy) + fminf(fmaxf(qx, qy), 0.0f) - corner;
    }
    case LAD_SHAPE_POLYGON: {
        float eu = u / s->rx, ev = v / s->ry, distance = -9.0f;
        for (int i = 0; i < s->sides; i++) {
            float d = eu * s->side_x[i] + ev * s->side_y[i] - 0.8f;
            if (d > distance) distance = d;
        }
        return distance * smaller;
    }
    case LAD_SHAPE_BLOB: {
        float eu = u / s->rx, ev = v / s->ry, r = sqrtf(eu * eu + ev * ev), radius = 1.0f;
        /* (c, d) = e^{i k angle}: powers of the unit direction, cheaper than an angle and its cosines. */
        float c1 = r > 0.0f ? eu / r : 1.0f, d1 = r > 0.0f ? ev / r : 0.0f, c = c1, d = d1;
        for (int i = 0; i < 3; i++) {
            float next = c * c1 - d * d1;
            d = c * d1 + d * c1;
            c = next;
            radius += s->lobe_cos[i] * c + s->lobe_sin[i] * d;
        }
        return (r - 0.7f * radius) * smaller;
    }
    case LAD_SHAPE_RING: {
        float r = sqrtf(u * u / (s->rx * s->rx) + v * v / (s->ry * s->ry));
        float half = 0.1f + 0.4f * s->corner;
        return (fabsf(r - 1.0f + half) - half) * smaller;
    }
    case LAD_SHAPE_ELLIPSE:
    case LAD_SHAPE_KINDS: break;
    }
    return (sqrtf(u * u / (s->rx * s->rx) + v * v / (s->ry * s->ry)) - 1.0f) * smaller;
}

typedef struct box {
    size_t left, right, top, bottom; /* right and bottom excluded */
} box;

static size_t clamp_index(float v, size_t size)
{
    return v <= 0.0f ? 0 : v >= (float)size ? size : (size_t)v;
}

static box bounds(size_t size, float x, float y, float reach)
{
    return (box){clamp_index(x - reach, size), clamp_index(x + reach + 2.0f, size), clamp_index(y - reach, size),
                 clamp_index(y + reach + 2.0f, size)};
}

void lad_canvas_fill(lad_canvas *canvas, const lad_texture *texture)
{
    for (size_t y = 0; y < canvas->size; y++)
        for (size_t x = 0; x < canvas->size; x++)
            lad_texture_sample(texture, (float)x, (float)y, canvas->rgb + (y * canvas->size + x) * 3);
}

/* Light on a dome: brighter towards the light, darker at the far rim, with a highlight half way up. */
static void shade(const lad_shape *s, float dx, float dy, float rgb[3])
{
    float reach = fmaxf(s->rx, s->ry);
    float nx = dx / reach, ny = dy / reach;
    float facing = nx * s->light_x + ny * s->light_y, rim = nx * nx + ny * ny;
    float factor = fmaxf(0.1f, 1.0f + s->relief * (0.7f * facing - 0.35f * rim));
    float hx = nx - 0.4f * s->light_x, hy = ny - 0.4f * s->light_y;
    float highlight = s->gloss * clamp01(1.0f - 12.0f * (hx * hx + hy * hy));
    for (int c = 0; c < 3; c++) rgb[c] = rgb[c] * factor + highlight * highlight;
}

void lad_canvas_draw_shape(lad_canvas *canvas, const lad_shape *s, const lad_texture *fill)
{
    box b = bounds(canvas->size, s->x, s->y, 1.3f * sqrtf(s->rx * s->rx + s->ry * s->ry) + s->edge_px);
    for (size_t y = b.top; y < b.bottom; y++) {
        for (size_t x = b.left; x < b.right; x++) {
            float dx = (float)x - s->x, dy = (float)y - s->y;
            float distance = signed_distance(s, s->cos * dx + s->sin * dy, s->cos * dy - s->sin * dx);
            float coverage = s->alpha * clamp01(0.5f - distance / s->edge_px);
            if (coverage <= 0.0f) continue;
            float color[3], *rgb = canvas->rgb + (y * canvas->size + x) * 3;
            lad_texture_sample(fill, (float)x, (float)y, color);
            if (s->relief > 0.0f) shade(s, dx, dy, color);
            for (int c = 0; c < 3; c++) rgb[c] += coverage * (color[c] - rgb[c]);
        }
    }
}

void lad_canvas_draw_shadow(lad_canvas *canvas, const lad_shape *s, float dx, float dy, float strength)
{
    float soft = 2.0f + 0.3f * fminf(s->rx, s->ry);
    float cx = s->x + dx, cy = s->y + dy;
    box b = bounds(canvas->size, cx, cy, 1.3f * sqrtf(s->rx * s->rx + s->ry * s->ry) + soft);
    for (size_t y = b.top; y < b.bottom; y++) {
        for (size_t x = b.left; x < b.right; x++) {
            float px = (float)x - cx, py = (float)y - cy;
            float distance = signed_distance(s, s->cos * px + s->sin * py, s->cos * py - s->sin * px);
            float light = 1.0f - strength * clamp01(0.5f - distance / soft);
            for (int c = 0; c < 3; c++) canvas->rgb[(y * canvas->size + x) * 3 + (size_t)c] *= light;
        }
    }
}

void lad_canvas_draw_segment(lad_canvas *canvas, float ax, float ay, float bx, float by, float half_width_px,
                             const float rgb[3])
{
    float ux = bx - ax, uy = by - ay, length2 = ux * ux + uy * uy;
    float reach = 0.5f * sqrtf(length2) + half_width_px + 1.0f;
    box b = bounds(canvas->size, 0.5f * (ax + bx), 0.5f * (ay + by), reach);
    for (size_t y = b.top; y < b.bottom; y++) {
        for (size_t x = b.left; x < b.right; x++) {
            float px = (float)x - ax, py = (float)y - ay;
            float t = length2 > 0.0f ? clamp01((px * ux + py * uy) / length2) : 0.0f;
            float dx = px - t * ux, dy = py - t * uy;
            float coverage = clamp01(0.5f + half_width_px - sqrtf(dx * dx + dy * dy));
            float *pixel = canvas->rgb + (y * canvas->size + x) * 3;
            for (int c = 0; c < 3; c++) pixel[c] += coverage * (rgb[c] - pixel[c]);
        }
    }
}

void lad_canvas_draw_curve(lad_canvas *canvas, float ax, float ay, float cx, float cy, float bx, float by,
                           float half_width_px, const float rgb[3])
{
    enum { PIECES = 10 };
    float last_x = ax, last_y = ay;
    for (int i = 1; i <= PIECES; i++) {
        float t = (float)i / PIECES, s = 1.0f - t;
        float x = s * s * ax + 2.0f * s * t * cx + t * t * bx, y = s * s * ay + 2.0f * s * t * cy + t * t * by;
        lad_canvas_draw_segment(canvas, last_x, last_y, x, y, half_width_px, rgb);
        last_x = x;
        last_y = y;
    }
}
