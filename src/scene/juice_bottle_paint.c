/* Puts the picture together, pixel by pixel: dark room, glass with its juice, labels, defects. */
#include "scene/juice_bottle_view.h"

#include "base/detmath.h"
#include "scene/noise.h"
#include "scene/sdf.h"

/* A dark cloth wall and the edge of a dark table. */
static lad_vec3 room(const lad_juice_view *view, lad_juice_walk *walk, float px, float py)
{
    const lad_juice_scene *scene = view->scene;
    float x = px / view->px_per_unit, y = py / view->px_per_unit;
    float cloth = lad_noise_value2_walk(&walk->room, scene->room_seed, x * 0.012f, y * 0.01f);
    float light = scene->haze * (0.4f + 1.2f * cloth);
    float table = lad_smoothstep(-16.0f, -6.0f, y - scene->place_y);
    if (table > 0.0f) {
        float weave = lad_noise_value2(scene->room_seed + 1, x * 0.6f, y * 0.9f) - 0.5f;
        light += table * scene->haze * (0.7f + 1.2f * weave);
    }
    float dust = lad_noise_cell(scene->room_seed + 2, (int32_t)floorf(x * 0.7f), (int32_t)floorf(y * 0.7f), 0);
    if (dust > 0.9995f) light += 0.02f;
    return lad_v3(light * 0.95f, light, light * 1.08f);
}

static float soft_edge(float distance, float width)
{
    return lad_clampf(0.5f - 0.5f * distance / width, 0.0f, 1.0f);
}

static lad_vec3 over_label(const lad_juice_view *view, lad_noise_walk *walk, const lad_juice_label *label,
                           const lad_juice_point *point, float h, lad_vec3 color)
{
    if (!label->present) return color;
    lad_vec2 at = lad_juice_label_place(label, point->u, lad_juice_view_bowed(view, point, h));
    float edge = lad_juice_label_edge(label, at);
    if (edge > 5.0f) return color;
    /* The paper keeps light from the glass around it. */
    float near = lad_clampf(1.0f - lad_maxf(edge, 0.0f) / 5.0f, 0.0f, 1.0f);
    color = lad_v3_scale(color, 1.0f - 0.30f * near * near);
    float paper = soft_edge(edge, view->soft);
    if (paper <= 0.0f) return color;
    lad_vec3 paint = lad_juice_label_paint(label, &view->text, at, view->soft);
    float lit = 1.12f * lad_juice_view_lit(view, point, h);
    /* Paper is not quite flat: it lifts a little towards its edges, and gold foil shines. */
    float wave = lad_noise_gradient2_walk(walk, label->paper_seed + 9, at.x * 0.03f, at.y * 0.03f);
    lit *= 1.0f + 0.09f * wave + 0.12f * soft_edge(-edge - 1.0f, 0.9f);
    float shine = lad_clampf(0.5f + view->key.x * at.x / label->half_u + 0.4f * wave, 0.0f, 1.2f);
    lit *= 0.90f + 0.22f * shine;
    return lad_v3_mix(color, lad_v3_scale(paint, lit), paper);
}

/* Share of the pixel that a foreign body covers. */
static float speck_cover(const lad_juice_speck *speck, float x, float h, float soft)
{
    float dx = x - speck->x, dh = h - speck->h, reach = speck->radius * 1.5f + 2.0f;
    if (fabsf(dx) > reach || fabsf(dh) > reach) return 0.0f;
    float c = lad_cosf(speck->angle), s = lad_sinf(speck->angle), r = speck->radius;
    float a = dx * c + dh * s, b = dh * c - dx * s;
    float rough = lad_noise_value2(speck->seed, a * 2.2f / r + 31.0f, b * 2.2f / r) - 0.5f;
    switch (speck->shape) {
    case LAD_JUICE_FIBRE: {
        float bowed = b - speck->bend * (a * a - r * r * 0.5f) / (2.0f * r);
        return soft_edge(lad_maxf(fabsf(bowed) - 0.75f, fabsf(a) - r), soft * 1.3f);
    }
    case LAD_JUICE_SMEAR: {
        float body = lad_sd_ellipse(lad_v2(a, b), r, 0.45f * r) + 0.5f * r * rough;
        return soft_edge(body, 0.18f * r) * (0.55f + 0.9f * rough);
    }
    case LAD_JUICE_CLOT: break;
    }
    return soft_edge(lad_v2_length(lad_v2(a, b * 1.25f)) - 0.85f * r + 0.9f * r * rough, soft * 1.5f);
}

static lad_vec3 over_specks(const lad_juice_view *view, const lad_juice_point *point, float x, float h, lad_vec3 color)
{
    const lad_juice_scene *scene = view->scene;
    for (size_t i = 0; i < scene->speck_count; i++) {
        const lad_juice_speck *speck = &scene->specks[i];
        float cover = speck->opacity * lad_clampf(speck_cover(speck, x, h, view->soft), 0.0f, 1.0f);
        if (cover <= 0.0f) continue;
        float shade = lad_juice_view_lit(view, point, h) * (1.0f + 0.3f * (h - speck->h) / speck->radius);
        color = lad_v3_mix(color, lad_v3_scale(speck->color, lad_maxf(shade, 0.1f)), cover);
    }
    return color;
}

/* A crack mirrors light along its faces and hides what is behind. */
static lad_vec3 over_crack(const lad_juice_scene *scene, float x, float h, lad_vec3 color)
{
    if (scene->crack_count == 0) return color;
    float best = 1e9f;
    for (size_t i = 0; i < scene->crack_count; i++) {
        lad_juice_segment s = scene->crack[i];
        best = lad_minf(best, lad_sd_segment(lad_v2(x, h), lad_v2(s.x0, s.h0), lad_v2(s.x1, s.h1), NULL));
    }
    if (best > 4.0f) return color;
    float glint = 0.4f + 0.6f * lad_noise_value2(scene->glass_seed + 60, x * 0.2f, h * 0.2f);
    color = lad_v3_scale(color, 1.0f - 0.45f * scene->crack_strength *
                                           lad_clampf(1.0f - fabsf(best - 1.6f) / 1.4f, 0.0f, 1.0f));
    float line = scene->crack_strength * glint * lad_clampf(1.3f - best, 0.0f, 1.0f);
    return lad_v3_along(color, lad_v3(0.75f, 0.80f, 0.85f), line);
}

static lad_vec3 bottle_color(const lad_juice_view *view, lad_juice_walk *walk, const lad_juice_point *point, float x,
                             float h, lad_vec3 behind)
{
    lad_vec3 color = lad_juice_glass_shade(view, walk, point, x, h, behind);
    color = over_specks(view, point, x, h, color);
    color = over_crack(view->scene, x, h, color);
    for (int i = 0; i < 2; i++) {
        color = over_label(view, &walk->paper[i], &view->scene->labels[i], point, h, color);
    }
    return color;
}

static void paint_row(const void *context, lad_film *film, size_t y)
{
    const lad_juice_view *view = context;
    lad_juice_walk walk = {0};
    for (size_t x = 0; x < film->width; x++) {
        float px = (float)x + 0.5f, py = (float)y + 0.5f;
        lad_vec2 at = lad_juice_view_bottle(view, px, py);
        lad_vec3 color = room(view, &walk, px, py);
        lad_juice_point point;
        if (fabsf(at.x) < 90.0f && lad_juice_shape_at(&view->shape, at.x, at.y, &point)) {
            float cover = lad_coverage(-point.edge / (2.0f * view->soft));
            if (cover > 0.0f) color = lad_v3_mix(color, bottle_color(view, &walk, &point, at.x, at.y, color), cover);
        } else if (at.y < 0.0f && at.y > -22.0f && view->scene->filled) {
            /* A faint mirror image on the table. */
            float glow = (1.0f + at.y / 22.0f) * lad_clampf(1.2f - fabsf(at.x) / 75.0f, 0.0f, 1.0f);
            color = lad_v3_along(color, view->scene->juice_color, 0.02f * glow * glow);
        }
        lad_film_set(film, x, y, lad_v3_mul(color, view->scene->light));
    }
}

void lad_juice_paint(const lad_frame *frame, const void *graph, lad_film *film)
{
    lad_juice_view view;
    lad_juice_view_init(&((const lad_juice_graph *)graph)->scene, frame->px_per_unit, &view);
    lad_film_paint(film, frame->pool, paint_row, &view);
}
