/* Where a bag and its twin without the anomaly may look different: what is not the same in both, and what it throws a
 * shadow on or is mirrored in. */
#include "scene/screw_bag.h"

#include <string.h>

static lad_frame_span seen(const screw_body *b)
{
    lad_frame_span span = lad_frame_span_none();
    lad_frame_span_add(&span, b->from_px.y - b->reach_px, b->from_px.y + b->reach_px);
    lad_frame_span_add(&span, b->to_px.y - b->reach_px, b->to_px.y + b->reach_px);
    return span;
}

static bool same_but_for_stain(const screw_body *a, const screw_body *b)
{
    screw_body bare = *a;
    bare.stained = b->stained, bare.rusty = b->rusty;
    bare.stain_at = b->stain_at, bare.stain_colour = b->stain_colour, bare.stain_size = b->stain_size;
    return memcmp(&bare, b, sizeof bare) == 0;
}

/* A body that has changed, and the other bodies near it; index: of the body, which they skip. */
static void add_body(const lad_frame *frame, const screw_bag_graph *g, int index, const screw_body *b,
                     lad_frame_span *span)
{
    lad_frame_span own = seen(b), near = lad_frame_span_none();
    float reach = screw_bag_influence(b);
    lad_vec3 to = {reach, reach, reach};
    lad_frame_span_add(span, own.low, own.high);
    lad_frame_span_add_box(&near, &frame->camera, lad_v3_sub(b->at, to), lad_v3_add(b->at, to));
    for (int i = 0; i < g->body_count; i++) {
        lad_frame_span other = seen(&g->bodies[i]);
        float low = lad_maxf(other.low, near.low), high = lad_minf(other.high, near.high);
        if (i != index && low <= high) lad_frame_span_add(span, low, high);
    }
}

static void add_bodies(const lad_frame *frame, const screw_bag_graph *g, const screw_bag_graph *twin,
                       lad_frame_span *span)
{
    for (int i = 0; i < g->body_count; i++) {
        const screw_body *b = &g->bodies[i], *other = &twin->bodies[i];
        if (i >= twin->body_count) {
            add_body(frame, g, i, b, span);
        } else if (!same_but_for_stain(b, other)) {
            add_body(frame, g, i, b, span);
            add_body(frame, g, i, other, span);
        } else if (b->stained != other->stained) {
            lad_frame_span own = seen(b);
            lad_frame_span_add(span, own.low, own.high);
        }
    }
}

static void add_film(const lad_frame *frame, const screw_bag_graph *g, const screw_bag_graph *twin,
                     lad_frame_span *span)
{
    const float left = -FILM_STEP * 0.5f * (FILM_COLUMNS - 1), top = -FILM_STEP * 0.5f * (FILM_ROWS - 1);
    for (int r = 0; r < FILM_ROWS; r++) {
        int first = FILM_COLUMNS, last = -1;
        for (int c = 0; c < FILM_COLUMNS; c++) {
            if (memcmp(&g->film[r][c], &twin->film[r][c], sizeof(film_node)) == 0) continue;
            if (c < first) first = c;
            last = c;
        }
        if (last < 0) continue;
        lad_frame_span_add_box(span, &frame->camera,
                               lad_v3(left + FILM_STEP * (float)(first - 1), top + FILM_STEP * (float)(r - 1), 0.0f),
                               lad_v3(left + FILM_STEP * (float)(last + 1), top + FILM_STEP * (float)(r + 1), 4.0f));
    }
}

static void add_mark(const lad_frame *frame, const screw_mark *m, lad_frame_span *span)
{
    float reach = m->kind == MARK_FIBRE ? 1.5f * (m->size + 4.0f) : screw_bag_mark_reach(m);
    lad_frame_span_add_box(span, &frame->camera, lad_v3(m->at.x - reach, m->at.y - reach, 0.0f),
                           lad_v3(m->at.x + reach, m->at.y + reach, 4.0f));
}

lad_rows screw_bag_differ(const lad_frame *frame, const void *graph, const void *twin_graph)
{
    const screw_bag_graph *g = graph, *twin = twin_graph;
    lad_frame_span span = lad_frame_span_none();
    if (g->body_count < twin->body_count) return (lad_rows){0, frame->height};
    add_bodies(frame, g, twin, &span);
    add_film(frame, g, twin, &span);
    for (int i = 0; i < g->mark_count; i++) add_mark(frame, &g->marks[i], &span);
    if (g->zip_gap > 0.0f) {
        lad_frame_span_add_box(&span, &frame->camera, lad_v3(ZIP_X - 30.0f, g->zip_gap_at - g->zip_gap_half, 0.0f),
                               lad_v3(ZIP_X + 30.0f, g->zip_gap_at + g->zip_gap_half, 4.0f));
    }
    return lad_frame_span_rows(span, frame->height);
}
