/* Marks of structural anomalies on the box: stains, crumbs, fibres, scratches and cracks. */
#include "scene/pushpins.h"

#include "base/detmath.h"
#include "scene/lines.h"
#include "scene/noise.h"
#include "scene/sdf.h"

static const lad_hair fibre = {0.35f, 2.1f, 0.15f, 5.3f, 14};

/* A crack: a jagged line, with one branch; *share becomes the place along it, 0..1. */
static float crack_distance(const box_mark *m, lad_vec2 p, float *share)
{
    enum { PIECES = 9 };
    float best = 1e30f;
    lad_vec2 last = {-m->size, 0.0f}, fork = {0, 0};
    for (int i = 1; i <= PIECES; i++) {
        float t = (float)i / PIECES;
        float off = (lad_noise_cell(m->seed, i, 0, 0) - 0.5f) * 0.28f * m->size;
        lad_vec2 next = {m->size * (2.0f * t - 1.0f), off};
        float d = lad_sd_segment(p, last, next, 0);
        if (d < best) {
            best = d;
            *share = t;
        }
        if (i == 4) fork = next;
        last = next;
    }
    float turn = lad_noise_cell(m->seed, 0, 1, 0) > 0.5f ? 0.55f : -0.55f;
    lad_vec2 end = {fork.x + 0.5f * m->size, fork.y + turn * m->size};
    float d = lad_sd_segment(p, fork, end, 0);
    if (d < best) {
        best = d;
        *share = 0.7f;
    }
    return best;
}

static void paint_stain(const box_mark *m, lad_vec2 p, lad_film *film, size_t x, size_t y)
{
    float ragged = lad_noise_fractal2(m->seed, p.x / m->size * 1.7f, p.y / m->size * 1.7f, 4);
    float d = lad_v2_length(p) - m->size * (0.72f + 0.45f * ragged);
    if (d > 1.0f) return;
    /* Dried liquid: thin inside, thick along its border. */
    float border = lad_smoothstep(-0.22f * m->size, 0.0f, d) * lad_coverage(d);
    float body = lad_coverage(d) * (0.5f + 0.5f * lad_noise_value2(m->seed + 7, p.x * 0.12f, p.y * 0.12f));
    lad_film_over(film, x, y, m->colour, m->strength * lad_clampf(0.35f * body + 0.6f * border, 0.0f, 1.0f));
}

static void paint_crumb(const lad_frame *frame, const box_mark *m, lad_vec2 p, float unit_px, lad_film *film, size_t x,
                        size_t y)
{
    float ragged = lad_noise_fractal2(m->seed, p.x / m->size * 1.4f, p.y / m->size * 1.4f, 3);
    float squeezed = lad_v2_length(lad_v2(p.x, p.y * 1.35f));
    float d = squeezed - m->size * (0.8f + 0.4f * ragged);
    float cover = lad_coverage(d * unit_px);
    if (cover <= 0.0f) return;
    lad_vec2 g = lad_v2_scale(p, 1.0f / lad_maxf(lad_v2_length(p), 0.1f));
    lad_vec3 n = lad_bevel_normal(d, g, m->size * 0.9f);
    n.x += 0.5f * lad_noise_gradient2(m->seed + 1, p.x * 0.8f, p.y * 0.8f);
    n.y += 0.5f * lad_noise_gradient2(m->seed + 2, p.x * 0.8f, p.y * 0.8f);
    lad_material material = {.albedo = m->colour, .roughness = 0.7f, .specular = 0.04f};
    lad_vec3 view = {0.0f, 0.0f, 1.0f};
    lad_vec3 colour = lad_shade(&material, &frame->light, lad_v3_unit(n), view, 1.0f, 0.8f);
    lad_film_over(film, x, y, colour, cover);
}

static void paint_mark(const lad_frame *frame, const box_mark *m, lad_vec2 p, float unit_px, lad_film *film, size_t x,
                       size_t y)
{
    lad_vec3 bright = lad_v3_scale(lad_v3_mul(m->colour, frame->light.key_colour), 0.55f);
    float share = 0.0f, cover;
    switch (m->kind) {
    case MARK_STAIN: paint_stain(m, p, film, x, y); break;
    case MARK_CRUMB: paint_crumb(frame, m, p, unit_px, film, x, y); break;
    case MARK_FIBRE:
        cover = lad_coverage((lad_hair_distance(&fibre, m->seed, m->size, p) - m->width) * unit_px);
        lad_film_over(film, x, y, bright, cover * m->strength);
        break;
    case MARK_CRACK:
        cover = lad_coverage((crack_distance(m, p, &share) - m->width) * unit_px);
        share = 0.55f + 0.45f * lad_noise_value2(m->seed + 3, share * 9.0f, 0.5f);
        lad_film_add(film, x, y, bright, cover * m->strength * share);
        break;
    case MARK_SCRATCH:
        for (int i = 0; i < 4; i++) {
            float off = (lad_noise_cell(m->seed, i, 0, 0) - 0.5f) * 9.0f;
            float from = -m->size * (0.5f + 0.5f * lad_noise_cell(m->seed, i, 1, 0));
            float to = m->size * (0.5f + 0.5f * lad_noise_cell(m->seed, i, 2, 0));
            float slant = (lad_noise_cell(m->seed, i, 3, 0) - 0.5f) * 6.0f;
            float d = lad_sd_segment(p, lad_v2(from, off - slant), lad_v2(to, off + slant), &share);
            float depth = lad_noise_value2(m->seed + 5, share * 8.0f, (float)i);
            cover = lad_coverage((d - m->width) * unit_px);
            lad_film_add(film, x, y, bright, m->strength * (0.3f + 0.7f * depth) * cover);
        }
        break;
    }
}

float pushpins_mark_reach(const box_mark *mark)
{
    return 1.5f * mark->size + 8.0f;
}

void pushpins_paint_marks(const lad_frame *frame, const pushpins_graph *graph, lad_film *film, size_t y, int above)
{
    for (int i = 0; i < graph->mark_count; i++) {
        const box_mark *m = &graph->marks[i];
        if ((m->z >= BOX_HEIGHT) != above) continue;
        lad_vec3 at = {m->at.x, m->at.y, m->z};
        lad_vec2 centre = lad_camera_project(&frame->camera, at);
        float unit_px = lad_camera_scale(&frame->camera, at), reach = pushpins_mark_reach(m);
        float c = lad_cosf(m->angle), s = lad_sinf(m->angle), dy = ((float)y - centre.y) / unit_px;
        if (fabsf(dy) > reach) continue;
        for (size_t x = 0; x < film->width; x++) {
            float dx = ((float)x - centre.x) / unit_px;
            if (fabsf(dx) > reach) continue;
            paint_mark(frame, m, lad_v2(c * dx + s * dy, c * dy - s * dx), unit_px, film, x, y);
        }
    }
}
