/* Where a box and its twin without the anomaly may look different: pins that are not the same in both, with the walls
 * of their compartments, which mirror them; marks; the lower rim. */
#include "scene/pushpins.h"

#include <string.h>

static void add_pin(const lad_frame *frame, const pushpin *pin, lad_frame_span *span)
{
    float low, high;
    pushpins_pin_rows(frame, pin, &low, &high);
    lad_frame_span_add(span, low, high);
}

static void add_cell(const lad_frame *frame, int cell, lad_frame_span *span)
{
    lad_vec2 centre = pushpins_cell_centre(cell);
    lad_vec2 reach = {0.5f * CELL_WIDTH + 4.0f * BOX_WALL, 0.5f * CELL_HEIGHT + 4.0f * BOX_WALL};
    lad_frame_span_add_box(span, &frame->camera, lad_v3(centre.x - reach.x, centre.y - reach.y, 0.0f),
                           lad_v3(centre.x + reach.x, centre.y + reach.y, BOX_HEIGHT));
}

static void add_mark(const lad_frame *frame, const box_mark *m, lad_frame_span *span)
{
    lad_vec3 at = {m->at.x, m->at.y, m->z};
    float y = lad_camera_project(&frame->camera, at).y;
    float reach = pushpins_mark_reach(m) * lad_camera_scale(&frame->camera, at);
    lad_frame_span_add(span, y - reach, y + reach);
}

static bool same_walls(const pushpins_graph *g, const pushpins_graph *twin)
{
    return memcmp(g->upright, twin->upright, sizeof g->upright) == 0 &&
           memcmp(g->level, twin->level, sizeof g->level) == 0 && g->extra_cell == twin->extra_cell;
}

lad_rows pushpins_differ(const lad_frame *frame, const void *graph, const void *twin_graph)
{
    const pushpins_graph *g = graph, *twin = twin_graph;
    lad_frame_span span = lad_frame_span_none();
    if (g->pin_count != twin->pin_count || !same_walls(g, twin)) return (lad_rows){0, frame->height};
    for (int i = 0; i < g->pin_count; i++) {
        const pushpin *pin = &g->pins[i], *other = &twin->pins[i];
        if (memcmp(pin, other, sizeof *pin) == 0) continue;
        add_pin(frame, pin, &span);
        add_pin(frame, other, &span);
        add_cell(frame, pin->cell, &span);
        add_cell(frame, other->cell, &span);
    }
    for (int i = 0; i < g->mark_count; i++) add_mark(frame, &g->marks[i], &span);
    for (int i = 0; i < twin->mark_count; i++) add_mark(frame, &twin->marks[i], &span);
    if (g->rim_gap_from < g->rim_gap_to) {
        lad_frame_span_add(&span,
                           lad_camera_project(&frame->camera, lad_v3(0.0f, 0.0f, 0.0f)).y - 0.02f * (float)frame->width,
                           (float)frame->height);
    }
    return lad_frame_span_rows(span, frame->height);
}
