/* Structural anomalies of the bag itself, and ground truth of the logical ones. */
#include "scene/screw_bag.h"

#include "scene/lines.h"
#include "scene/noise.h"
#include "scene/sdf.h"

float screw_bag_tear(const screw_bag_graph *g, float x, float y)
{
    float best = 1e30f;
    for (int i = 0; i < g->mark_count; i++) {
        const screw_mark *m = &g->marks[i];
        if (m->kind != MARK_TEAR || fabsf(x - m->at.x) + fabsf(y - m->at.y) > screw_bag_mark_reach(m)) continue;
        lad_vec2 p = lad_place_in(m->at, m->angle, x, y);
        float jag = lad_noise_fractal2(m->seed, p.x * 0.12f, p.y * 0.05f, 2);
        /* A gaping slit, widest in its middle. */
        float t = p.x / m->size, gape = m->width * lad_maxf(1.0f - t * t, 0.0f);
        float d = lad_maxf(fabsf(p.y + 0.25f * m->width * jag) - gape * (1.0f + 0.5f * jag), fabsf(p.x) - m->size);
        best = lad_minf(best, d);
    }
    return best;
}

/* A point of a fibre or scratch: a curve of slowly turning direction, t in [-1, 1]. */
static lad_vec2 curve_at(const screw_mark *m, float t, float bend)
{
    float wave = lad_noise_gradient2(m->seed, 1.6f * t, 0.5f) + 0.4f * t * t;
    return lad_v2(m->size * t, bend * m->size * wave);
}

static float curve_distance(const screw_mark *m, lad_vec2 p, float bend)
{
    enum { PIECES = 12 };
    if (fabsf(p.x) > m->size + 4.0f || fabsf(p.y) > bend * m->size + m->size * 0.5f + 4.0f) return 1e30f;
    lad_vec2 points[PIECES + 1];
    for (int i = 0; i <= PIECES; i++) points[i] = curve_at(m, 2.0f * (float)i / PIECES - 1.0f, bend);
    return lad_sd_path(p, points, PIECES + 1);
}

float screw_bag_scratched(const screw_bag_graph *g, float x, float y)
{
    float left = 1.0f;
    for (int i = 0; i < g->mark_count; i++) {
        const screw_mark *m = &g->marks[i];
        if (m->kind != MARK_SCRATCH || fabsf(x - m->at.x) + fabsf(y - m->at.y) > screw_bag_mark_reach(m)) continue;
        lad_vec2 p = lad_place_in(m->at, m->angle, x, y);
        float rough = lad_noise_value2(m->seed, p.x * 0.5f, p.y * 0.9f);
        float d = curve_distance(m, p, 0.12f) - m->width * (0.6f + 0.8f * rough);
        left *= 1.0f - 0.95f * lad_coverage(d);
    }
    return left;
}

void screw_bag_paint_fibres(const lad_frame *frame, const screw_bag_graph *g, lad_film *film, size_t y)
{
    float units_px = frame->camera.px_per_unit;
    for (int i = 0; i < g->mark_count; i++) {
        const screw_mark *m = &g->marks[i];
        if (m->kind != MARK_FIBRE) continue;
        lad_vec2 middle = lad_camera_project(&frame->camera, lad_v3(m->at.x, m->at.y, 2.0f));
        float reach = 1.5f * m->size * units_px + 4.0f;
        if (fabsf((float)y - middle.y) > reach) continue;
        for (size_t x = middle.x > reach ? (size_t)(middle.x - reach) : 0;
             x < film->width && (float)x < middle.x + reach; x++) {
            lad_vec3 ray = lad_camera_ray(&frame->camera, (float)x, (float)y);
            lad_vec3 p = lad_camera_meet(&frame->camera, ray, 2.0f);
            float d = curve_distance(m, lad_place_in(m->at, m->angle, p.x, p.y), 0.5f);
            float cover = lad_minf(lad_coverage((d - m->width) * units_px), 1.0f);
            if (cover <= 0.0f) continue;
            float round = lad_clampf(1.0f - d / (m->width + 0.5f), 0.0f, 1.0f);
            lad_vec3 colour = lad_v3_mul(m->colour, frame->light.key_colour);
            lad_film_over(film, x, y, lad_v3_scale(colour, 0.45f + 0.5f * round), cover);
        }
    }
}

typedef struct truth {
    const lad_frame *frame;
    const screw_bag_graph *graph;
} truth;

/* Anywhere in the pocket: a missing body could lie there. */
static float pocket_distance(const void *context, float px, float py)
{
    const truth *t = context;
    lad_vec3 p = lad_camera_meet(&t->frame->camera, lad_camera_ray(&t->frame->camera, px, py), 0.0f);
    return lad_maxf(-screw_bag_inside(t->graph, 0, p.x, p.y), p.x - ZIP_X + 8.0f);
}

/* On a body that is one too many or of a wrong length, or where the one was that it took the place of. */
static float bodies_distance(const void *context, float px, float py)
{
    const truth *t = context;
    const screw_bag_graph *g = t->graph;
    int body = screw_bag_pick(t->frame, g, px, py);
    if (body >= 0 && g->bodies[body].part == g->touched) {
        const screw_body *b = &g->bodies[body];
        if (g->touched != PART_SCREW) return -1.0f;
        if (g->touched_fixed ? b->fixed : b->is_long == g->touched_long) return -1.0f;
    }
    for (int i = 0; i < g->replaced_count; i++) {
        if (screw_bag_covers(t->frame, &g->replaced[i], px, py)) return -1.0f;
    }
    return 1.0f;
}

void screw_bag_mark_pocket(const lad_frame *frame, const screw_bag_graph *g, uint8_t value, lad_masks *masks,
                           uint8_t *plane)
{
    truth context = {frame, g};
    lad_mask_fill(masks, plane, value, pocket_distance, &context);
}

lad_status screw_bag_annotate(const lad_frame *frame, const void *graph, lad_masks *masks)
{
    truth context = {frame, graph};
    uint8_t *plane;
    if (frame->kind->class_ != LAD_SCENE_LOGICAL) return LAD_OK; /* what differs from the twin */
    bool missing = frame->kind_index <= SCREW_BAG_MISSING_SHORT;
    LAD_TRY(lad_masks_add(masks, &plane));
    lad_mask_fill(masks, plane, (uint8_t)frame->kind->pixel_value, missing ? pocket_distance : bodies_distance,
                  &context);
    return LAD_OK;
}
