/* Marks of structural anomalies that lie on top of everything: crumbs, fibres and cracks. */
#include "scene/splicing_connectors.h"

#include "base/detmath.h"
#include "scene/lines.h"
#include "scene/noise.h"
#include "scene/sdf.h"

static const lad_hair fibre = {0.4f, 2.3f, 0.14f, 5.7f, 14};

/* Distance to a jagged line with a branch; *side tells on which side of it the place lies. */
static float crack_distance(const splice_mark *m, lad_vec2 p, float *side)
{
    enum { PIECES = 8 };
    float best = 1e30f;
    lad_vec2 last = {-m->size, 0.0f}, fork = last;
    *side = 1.0f;
    for (int i = 1; i <= PIECES; i++) {
        float off = (lad_noise_cell(m->seed, i, 0, 0) - 0.5f) * 0.26f * m->size;
        lad_vec2 next = {m->size * (2.0f * (float)i / PIECES - 1.0f), off};
        float d = lad_sd_segment(p, last, next, 0);
        if (d < best) {
            best = d;
            *side = (next.x - last.x) * (p.y - last.y) > (next.y - last.y) * (p.x - last.x) ? 1.0f : -1.0f;
        }
        if (i == 4) fork = next;
        last = next;
    }
    float turn = lad_noise_cell(m->seed, 0, 1, 0) > 0.5f ? 0.5f : -0.5f;
    return lad_minf(best, lad_sd_segment(p, fork, lad_v2(fork.x + 0.45f * m->size, fork.y + turn * m->size), 0));
}

static void paint_crumb(const lad_frame *frame, const splice_mark *m, lad_vec2 p, float scale, lad_film *film, size_t x,
                        size_t y)
{
    float ragged = lad_noise_fractal2(m->seed, p.x / m->size * 1.4f, p.y / m->size * 1.4f, 3);
    float d = lad_v2_length(lad_v2(p.x, p.y * 1.3f)) - m->size * (0.8f + 0.4f * ragged);
    /* Its shadow falls away from the key light. */
    lad_vec2 to = {p.x, p.y};
    float dark = 0.55f * lad_smoothstep(0.45f * m->size, 0.0f, d);
    lad_film_over(film, x, y, lad_v3(0.0f, 0.0f, 0.0f), dark);
    float cover = lad_coverage(d * scale);
    if (cover <= 0.0f) return;
    lad_vec2 g = lad_v2_scale(to, 1.0f / lad_maxf(lad_v2_length(to), 0.1f));
    lad_vec3 n = lad_bevel_normal(d, g, m->size * 0.9f);
    float c = lad_cosf(m->angle), s = lad_sinf(m->angle);
    n = lad_v3(c * n.x - s * n.y, s * n.x + c * n.y, n.z);
    n.x += 0.6f * lad_noise_gradient2(m->seed + 1, p.x * 0.6f, p.y * 0.6f);
    n.y += 0.6f * lad_noise_gradient2(m->seed + 2, p.x * 0.6f, p.y * 0.6f);
    lad_material material = {.albedo = m->colour, .roughness = 0.6f, .specular = 0.04f};
    lad_vec3 view = {0.0f, 0.0f, 1.0f};
    lad_film_over(film, x, y, lad_shade(&material, &frame->light, lad_v3_unit(n), view, 1.0f, 0.8f), cover);
}

static void paint_mark(const lad_frame *frame, const splice_mark *m, lad_vec2 p, float scale, lad_film *film, size_t x,
                       size_t y)
{
    lad_vec3 key = frame->light.key_colour;
    float d, side;
    switch (m->kind) {
    case SPLICE_CRUMB: paint_crumb(frame, m, p, scale, film, x, y); break;
    case SPLICE_FIBRE:
        d = lad_hair_distance(&fibre, m->seed, m->size, p) - m->width;
        lad_film_over(film, x, y, lad_v3(0.0f, 0.0f, 0.0f), 0.4f * lad_smoothstep(4.0f, 0.0f, d));
        lad_film_over(film, x, y, lad_v3_scale(lad_v3_mul(m->colour, key), 0.75f), lad_coverage(d * scale));
        break;
    case SPLICE_CRACK: /* one side of the gap catches the light, the other is dark */
        d = crack_distance(m, p, &side);
        lad_film_over(film, x, y, side > 0.0f ? lad_v3_scale(key, 0.95f) : lad_v3_scale(key, 0.04f),
                      m->strength * lad_coverage((d - m->width) * scale));
        break;
    }
}

void splice_paint_marks(const splice_context *context, lad_film *film, size_t y)
{
    const lad_frame *frame = context->frame;
    for (int i = 0; i < context->graph->mark_count; i++) {
        const splice_mark *m = &context->graph->marks[i];
        lad_vec2 centre = lad_camera_project(&frame->camera, m->at);
        float scale = lad_camera_scale(&frame->camera, m->at), reach = 1.6f * m->size + 6.0f;
        float c = lad_cosf(m->angle), s = lad_sinf(m->angle), dy = ((float)y - centre.y) / scale;
        if (fabsf(dy) > reach) continue;
        for (size_t x = 0; x < film->width; x++) {
            float dx = ((float)x - centre.x) / scale;
            if (fabsf(dx) > reach) continue;
            paint_mark(frame, m, lad_v2(c * dx + s * dy, c * dy - s * dx), scale, film, x, y);
        }
    }
}
