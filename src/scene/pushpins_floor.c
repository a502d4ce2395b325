/* The floor of the box. */
#include "scene/glyphs.h"
#include "scene/noise.h"
#include "scene/pushpins_rays.h"

#include <stdbool.h>

enum { STRIDE = 4, OCTAVES = 3 }; /* the floor is smooth: it is computed at every fourth pixel, and interpolated */

/* Where its noise was last: a row is a walk. */
typedef struct floor_walk {
    lad_noise_walk cloud[OCTAVES], rubbed, patch;
} floor_walk;

/* Relative radiance of the floor: uneven plastic, rubbed and smudged here and there. */
static float floor_texture(const pushpins_graph *graph, floor_walk *walk, lad_vec2 p)
{
    uint64_t seed = graph->noise_seed;
    float cloud = lad_noise_fractal2_walk(walk->cloud, seed, p.x * 0.012f, p.y * 0.012f, OCTAVES);
    float rubbed = lad_noise_gradient2_walk(&walk->rubbed, seed + 9, p.x * 0.05f + p.y * 0.03f, p.y * 0.008f);
    float smudge =
        lad_smoothstep(0.72f, 0.95f, lad_noise_value2_walk(&walk->patch, seed + 11, p.x * 0.022f, p.y * 0.022f));
    if (smudge > 0.0f) smudge *= 0.5f + lad_noise_value2(seed + 12, p.x * 0.14f, p.y * 0.14f);
    return 1.0f + 0.5f * cloud + 0.35f * lad_maxf(rubbed, 0.0f) + 1.3f * smudge;
}

/* Radiance of the floor seen along a ray that meets it at p. */
static lad_vec3 floor_colour(const lad_frame *frame, const pushpins_graph *graph, floor_walk *walk, lad_vec3 ray,
                             lad_vec2 p)
{
    lad_vec3 tint = lad_v3(0.94f, 0.95f, 1.08f);
    lad_vec3 room = lad_light_environment(&frame->light, lad_v3(ray.x, ray.y, -ray.z), 0.5f);
    float level = graph->floor_level * lad_maxf(floor_texture(graph, walk, p), 0.2f);
    return lad_v3_along(lad_v3_scale(tint, level), room, 0.006f);
}

/* The maker's mark, raised on the floor of one compartment: what the light catches of it at p. */
static float mould_mark(lad_vec2 p)
{
    static const char text[] = "PS 6";
    const float height = 8.0f, pen = 0.7f;
    lad_vec2 centre = pushpins_cell_centre(PUSHPINS_COLUMNS / 2);
    lad_vec2 at = {(p.x - centre.x) / height, (p.y - centre.y) / height};
    if (at.y < -1.2f || at.y > 0.2f || fabsf(p.x - centre.x) > 2.0f * height) return 0.0f;
    at.x += 0.5f * lad_text_width(text);
    return lad_coverage(lad_text_distance(text, at) * height - 0.5f * pen);
}

/* Pixels of a stretch of a row. */
typedef struct floor_pixels {
    float x[BOX_RAYS], y[BOX_RAYS]; /* on the floor */
    float inside[BOX_RAYS];         /* share that is within the box */
    box_rays knots;                 /* of the places that are computed: STRIDE pixels after every STRIDE-th one */
    float outside[BOX_RAYS];        /* distances of those to the box, pixels */
} floor_pixels;

LAD_CLONES static void find_floor(const lad_camera *camera, float left, float y, int count, floor_pixels *restrict f)
{
    box_rays r;
    float unit_px = camera->px_per_unit;
    box_find_rays(camera, left, 1.0f, y, count, &r);
    for (int i = 0; i < count; i++) {
        lad_vec2 p = {r.low[0][i], r.low[1][i]};
        f->x[i] = p.x, f->y[i] = p.y;
        f->inside[i] = lad_coverage(box_distance(p, 0.0f) * unit_px);
    }
    int knots = (count + STRIDE - 1) / STRIDE;
    box_find_rays(camera, left + STRIDE, STRIDE, y, knots, &f->knots);
    for (int i = 0; i < knots; i++) {
        f->outside[i] = box_distance(lad_v2(f->knots.low[0][i], f->knots.low[1][i]), 0.0f) * unit_px;
    }
}

void pushpins_paint_floor(const lad_frame *frame, const pushpins_graph *graph, lad_film *film, size_t y)
{
    lad_vec3 cloth = lad_v3_scale(frame->light.surround, 0.008f), from = cloth, to = cloth;
    floor_walk walk = {0};
    for (size_t left = 0; left < film->width; left += BOX_RAYS) {
        int count = film->width - left < BOX_RAYS ? (int)(film->width - left) : BOX_RAYS;
        floor_pixels f;
        find_floor(&frame->camera, (float)left, (float)y, count, &f);
        for (int i = 0; i < count; i++) {
            if (i % STRIDE == 0) {
                int k = i / STRIDE;
                from = to; /* the border of the picture shows cloth */
                to = cloth;
                if (f.outside[k] < STRIDE + 2.0f) { /* pixels on either side may show it */
                    lad_vec3 ray = {f.knots.ray[0][k], f.knots.ray[1][k], f.knots.ray[2][k]};
                    to = floor_colour(frame, graph, &walk, ray, lad_v2(f.knots.low[0][k], f.knots.low[1][k]));
                }
            }
            lad_vec3 floor = lad_v3_mix(from, to, (float)(i % STRIDE) / STRIDE);
            if (f.inside[i] > 0.0f) {
                float mark = 0.01f * mould_mark(lad_v2(f.x[i], f.y[i]));
                floor = lad_v3_along(floor, frame->light.key_colour, mark);
            }
            lad_film_set(film, left + (size_t)i, y, lad_v3_mix(cloth, floor, f.inside[i]));
        }
    }
}
