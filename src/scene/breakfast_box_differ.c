/* Where a breakfast box and its twin without the anomaly may look different: what is not the same in both, and what
 * it throws a shadow on. */
#include "scene/breakfast_box.h"

#include <string.h>

static void add_piece(const breakfast_piece *b, lad_frame_span *span)
{
    lad_frame_span_add(span, b->view.px.y - b->view.reach, b->view.px.y + b->view.reach);
}

static bool same_piece(const breakfast_piece *a, const breakfast_piece *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* Pieces are in the same order in both; some of the twin's may be gone, others come. */
static void add_pieces(const breakfast_graph *g, const breakfast_graph *twin, lad_frame_span *span)
{
    int next = 0; /* of the twin */
    for (int i = 0; i < g->piece_count; i++) {
        int k = next;
        while (k < twin->piece_count && !same_piece(&g->pieces[i], &twin->pieces[k])) k++;
        if (k == twin->piece_count) { /* a new one */
            add_piece(&g->pieces[i], span);
            continue;
        }
        for (; next < k; next++) add_piece(&twin->pieces[next], span);
        next = k + 1;
    }
    for (; next < twin->piece_count; next++) add_piece(&twin->pieces[next], span);
}

static void add_mark(const lad_frame *frame, const breakfast_mark *m, lad_frame_span *span)
{
    /* A hair lies on whatever is there.  Of the outer edge, what is as near to a bite as the rim is wide may change. */
    float reach = breakfast_mark_reach(m) + 1.0f, top = m->kind == MARK_HAIR ? 250.0f : 100.0f;
    if (m->kind == MARK_CHIPPED) reach = 2.1f * m->size + 61.0f;
    lad_frame_span_add_box(span, &frame->camera, lad_v3(m->at.x - reach, m->at.y - reach, -30.0f),
                           lad_v3(m->at.x + reach, m->at.y + reach, top));
}

static void add_marks(const lad_frame *frame, const breakfast_graph *g, bool of_height, lad_frame_span *span)
{
    for (int i = 0; i < g->mark_count; i++) {
        breakfast_mark_kind kind = g->marks[i].kind;
        if ((kind != MARK_STAIN && kind != MARK_HAIR) == of_height) add_mark(frame, &g->marks[i], span);
    }
}

/* Rows that look at these for what stands in the way of light. */
static void add_shadows(const breakfast_surroundings *s, lad_frame_span *span)
{
    int low = 0, high = 0;
    for (int i = 0; i < BREAKFAST_RISES + BREAKFAST_DIRECTIONS * BREAKFAST_RINGS; i++) {
        int ring = i - BREAKFAST_RISES;
        int y = ring < 0 ? s->ray[i].y : s->ring[ring / BREAKFAST_RINGS][ring % BREAKFAST_RINGS].y;
        low = y < low ? y : low;
        high = y > high ? y : high;
    }
    lad_frame_span_add(span, span->low - (float)high - 1.0f, span->high - (float)low + 1.0f);
}

static bool same_but_for_harm(const breakfast_fruit *a, const breakfast_fruit *b)
{
    breakfast_fruit sound = *a;
    sound.harm = b->harm;
    sound.harm_at = b->harm_at;
    sound.harm_size = b->harm_size, sound.harm_turn = b->harm_turn, sound.harm_strength = b->harm_strength;
    return memcmp(&sound, b, sizeof sound) == 0;
}

lad_rows breakfast_differ(const lad_frame *frame, const void *graph, const void *twin_graph)
{
    const breakfast_graph *g = graph, *twin = twin_graph;
    lad_rows all = {0, frame->height};
    if (memcmp(&g->mix, &twin->mix, sizeof g->mix) != 0 || g->fruit_count != twin->fruit_count) return all;
    lad_frame_span span = lad_frame_span_none();
    add_pieces(g, twin, &span);
    add_marks(frame, g, true, &span);
    breakfast_surroundings around = breakfast_look_around(frame, breakfast_px(frame));
    if (span.low < span.high) add_shadows(&around, &span);
    /* From here on, what changes no height, and so nothing but itself. */
    add_marks(frame, g, false, &span);
    for (int i = 0; i < g->fruit_count; i++) {
        const breakfast_fruit *f = &g->fruits[i];
        if (!same_but_for_harm(f, &twin->fruits[i])) return all;
        if (f->harm == twin->fruits[i].harm) continue;
        lad_frame_span_add(&span, f->view.px.y - f->view.reach, f->view.px.y + f->view.reach);
    }
    return lad_frame_span_rows(span, frame->height);
}
