/* The anomalies of the pushpins scene.  The kinds' order is that of the table in pushpins.c. */
#include "scene/pushpins.h"

#include "base/detmath.h"
#include "scene/pushpins_kinds.h"
#include "scene/sdf.h"

/* A normal pin of its own looks. */
static void add_pin(const lad_frame *frame, pushpins_graph *g, int cell, lad_rng *rng)
{
    pushpin *pin = &g->pins[g->pin_count];
    pushpins_look(frame, g, pin, (uint32_t)g->pin_count);
    pushpins_pose(g, pin, cell, 1.0f, rng);
    g->pin_count++;
}

static void remove_pin(pushpins_graph *g, int cell)
{
    for (int i = 0; i < g->pin_count; i++) {
        if (g->pins[i].cell != cell) continue;
        for (int k = i + 1; k < g->pin_count; k++) g->pins[k - 1] = g->pins[k];
        g->pin_count--;
        return;
    }
}

/* A compartment beside the given one. */
static int neighbour(int cell, lad_rng *rng)
{
    static const int step_x[4] = {1, -1, 0, 0}, step_y[4] = {0, 0, 1, -1};
    for (;;) {
        uint32_t k = lad_rng_below(rng, 4);
        int column = cell % PUSHPINS_COLUMNS + step_x[k], row = cell / PUSHPINS_COLUMNS + step_y[k];
        if (column < 0 || column >= PUSHPINS_COLUMNS || row < 0 || row >= PUSHPINS_ROWS) continue;
        return row * PUSHPINS_COLUMNS + column;
    }
}

static int other_cell(int cell, lad_rng *rng)
{
    int other = (int)lad_rng_below(rng, PUSHPINS_CELLS - 1);
    return other >= cell ? other + 1 : other;
}

static void remove_separator(pushpins_graph *g, lad_rng *rng)
{
    enum { UPRIGHTS = PUSHPINS_ROWS * (PUSHPINS_COLUMNS - 1), LEVELS = (PUSHPINS_ROWS - 1) * PUSHPINS_COLUMNS };
    int k = (int)lad_rng_below(rng, UPRIGHTS + LEVELS);
    g->touched_upright = k < UPRIGHTS;
    if (g->touched_upright) {
        g->touched_row = k / (PUSHPINS_COLUMNS - 1);
        g->touched_column = k % (PUSHPINS_COLUMNS - 1);
        g->upright[g->touched_row][g->touched_column] = 0;
    } else {
        k -= UPRIGHTS;
        g->touched_row = k / PUSHPINS_COLUMNS;
        g->touched_column = k % PUSHPINS_COLUMNS;
        g->level[g->touched_row][g->touched_column] = 0;
    }
}

/* Room between a separator at x through the compartment and the pin in it. */
static float room_beside(const pushpins_graph *g, int cell, float x)
{
    const pushpin *pin = &g->pins[cell];
    float a = pin->base.x - x, b = pin->needle[0].x - x, c = pin->needle[2].x - x;
    float head = lad_minf(fabsf(a), fabsf(b)) - PIN_COLLAR_RADIUS;
    if (a * b < 0.0f || b * c < 0.0f) return -1.0f;
    return lad_minf(head, fabsf(c));
}

static void add_separator(pushpins_graph *g, lad_rng *rng)
{
    enum { TRIES = 40 };
    float best = -1e30f;
    for (int i = 0; i < TRIES && best < 3.0f; i++) {
        int cell = (int)lad_rng_below(rng, PUSHPINS_CELLS);
        float x = pushpins_cell_centre(cell).x + lad_rng_range(rng, -0.25f, 0.25f) * CELL_WIDTH;
        float room = room_beside(g, cell, x);
        if (room <= best) continue;
        best = room;
        g->extra_cell = g->touched[0] = cell;
        g->extra_at = x;
    }
}

/* Colours a pin should not have, from plain to close to its own. */
static lad_vec3 wrong_colour(lad_vec3 own, lad_rng *rng)
{
    static const lad_vec3 colours[] = {{0.02f, 0.35f, 0.32f}, {0.55f, 0.03f, 0.03f}, {0.05f, 0.30f, 0.06f},
                                       {0.05f, 0.10f, 0.45f}, {0.75f, 0.72f, 0.68f}, {0.70f, 0.16f, 0.02f}};
    lad_vec3 colour = colours[lad_rng_below(rng, sizeof colours / sizeof *colours)];
    return lad_v3_mix(own, colour, lad_rng_range(rng, 0.45f, 1.0f));
}

static void paint_part(pushpin *pin, lad_rng *rng)
{
    pin->paint = wrong_colour(pin->colour, rng);
    switch (lad_rng_below(rng, 4)) {
    case 0: /* all of the head */
        pin->paint_from = -5.0f;
        pin->paint_to = PIN_HEAD;
        break;
    case 1: /* the needle */
        pin->paint_from = PIN_HEAD - 1.0f;
        pin->paint_to = PIN_LENGTH + 5.0f;
        pin->paint = lad_v3_scale(lad_v3_add(pin->paint, lad_v3(0.0f, 0.05f, 0.05f)), 1.2f);
        break;
    default: /* a ring */
        pin->paint_from = lad_rng_range(rng, 4.0f, 20.0f);
        pin->paint_to = pin->paint_from + lad_rng_range(rng, 7.0f, 14.0f);
        break;
    }
}

static void bend_front(pushpin *pin, lad_rng *rng)
{
    float angle = lad_rng_range(rng, 0.35f, 1.5f);
    if (lad_rng_below(rng, 2)) angle = -angle;
    float at = lad_rng_range(rng, 0.2f, 0.6f), length = (PIN_LENGTH - PIN_HEAD) * pin->size;
    lad_vec3 side = lad_v3_unit(lad_v3(-pin->axis.y, pin->axis.x, 0.0f));
    lad_vec3 turned = lad_v3_add(lad_v3_scale(pin->axis, lad_cosf(angle)), lad_v3_scale(side, lad_sinf(angle)));
    pin->bent = 1;
    pin->needle[1] = lad_v3_along(pin->needle[0], pin->axis, at * length);
    pin->needle[2] = lad_v3_along(pin->needle[1], turned, (1.0f - at) * length);
}

static void break_pin(pushpin *pin, lad_rng *rng)
{
    if (lad_rng_below(rng, 2)) { /* the point is gone, or all of the needle */
        pin->needle_end = lad_rng_below(rng, 3) ? lad_rng_range(rng, 0.2f, 0.6f) : 0.0f;
        pushpins_straighten(pin);
    } else {
        pin->chip = lad_rng_range(rng, 3.0f, 7.5f);
        /* Turn the break towards the camera or to a side, where it shows. */
        lad_vec3 side = lad_v3_unit(lad_v3(-pin->axis.y, pin->axis.x, 0.0f));
        pin->u = lad_rng_below(rng, 2) ? side : lad_v3_scale(side, -1.0f);
        pin->v = lad_v3_cross(pin->axis, pin->u);
    }
}

static void deform_head(pushpin *pin, lad_rng *rng)
{
    lad_vec3 side = lad_v3_unit(lad_v3(-pin->axis.y, pin->axis.x, 0.0f));
    pin->u = side;
    pin->v = lad_v3_cross(pin->axis, side);
    if (lad_rng_below(rng, 2)) {
        pin->squash = lad_rng_range(rng, 1.25f, 1.7f);
    } else {
        pin->bend = lad_rng_range(rng, 4.0f, 10.0f);
        if (lad_rng_below(rng, 2)) pin->bend = -pin->bend;
    }
}

static box_mark *add_mark(const lad_frame *frame, pushpins_graph *g, mark_kind kind, int cell, float z, lad_rng *rng)
{
    box_mark *m = &g->marks[g->mark_count];
    lad_vec2 centre = pushpins_cell_centre(cell);
    *m = (box_mark){.kind = kind, .z = z, .angle = lad_rng_range(rng, 0.0f, 6.2831853f)};
    float best = -1e30f;
    const pushpin *pin = &g->pins[cell];
    for (int i = 0; i < 20 && best < 30.0f; i++) { /* what lies on the floor keeps away from the pin */
        lad_vec2 at = centre;
        at.x += lad_rng_range(rng, -0.36f, 0.36f) * CELL_WIDTH;
        at.y += lad_rng_range(rng, -0.34f, 0.34f) * CELL_HEIGHT;
        float free =
            lad_sd_segment(at, lad_v2(pin->base.x, pin->base.y), lad_v2(pin->needle[2].x, pin->needle[2].y), 0);
        if (free <= best) continue;
        best = free;
        m->at = at;
        if (z > 0.0f) break;
    }
    m->seed = lad_frame_noise_seed(frame, LAD_STREAM_ANOMALY, 100 + (uint32_t)g->mark_count);
    g->mark_count++;
    return m;
}

static void contaminate(const lad_frame *frame, pushpins_graph *g, int cell, lad_rng *rng)
{
    static const lad_vec3 crumbs[] = {
        {0.35f, 0.22f, 0.10f}, {0.10f, 0.28f, 0.10f}, {0.6f, 0.6f, 0.58f}, {0.45f, 0.06f, 0.05f}};
    if (lad_rng_below(rng, 3) == 0) {
        box_mark *m = add_mark(frame, g, MARK_FIBRE, cell, BOX_HEIGHT, rng);
        m->size = lad_rng_range(rng, 14.0f, 32.0f);
        m->strength = lad_rng_range(rng, 0.6f, 1.0f);
        m->colour = lad_v3(0.75f, lad_rng_range(rng, 0.6f, 0.75f), 0.7f);
        return;
    }
    int count = 1 + (int)lad_rng_below(rng, 3);
    lad_vec3 colour = crumbs[lad_rng_below(rng, 4)];
    for (int i = 0; i < count; i++) {
        box_mark *m = add_mark(frame, g, MARK_CRUMB, cell, 0.0f, rng);
        m->size = lad_rng_range(rng, 2.8f, count == 1 ? 9.0f : 5.0f);
        m->colour = lad_v3_scale(colour, lad_rng_range(rng, 0.8f, 1.2f));
    }
}

static void mark_box(const lad_frame *frame, pushpins_graph *g, mark_kind kind, int cell, lad_rng *rng)
{
    box_mark *m = add_mark(frame, g, kind, cell, kind == MARK_STAIN ? 0.0f : BOX_HEIGHT, rng);
    m->colour = lad_v3(1.0f, 0.97f, 0.92f);
    switch (kind) {
    case MARK_STAIN:
        m->size = lad_rng_range(rng, 14.0f, 34.0f);
        m->strength = lad_rng_range(rng, 0.5f, 1.0f);
        m->colour = lad_rng_below(rng, 2) ? lad_v3(0.10f, 0.095f, 0.085f) : lad_v3(0.11f, 0.06f, 0.025f);
        break;
    case MARK_SCRATCH:
        m->size = lad_rng_range(rng, 18.0f, 45.0f);
        m->strength = lad_rng_range(rng, 0.15f, 0.5f);
        break;
    default:
        m->size = lad_rng_range(rng, 16.0f, 40.0f);
        m->strength = lad_rng_range(rng, 0.25f, 0.7f);
        break;
    }
}

void pushpins_break(const lad_frame *frame, pushpins_graph *g)
{
    lad_rng rng = lad_frame_rng(frame, LAD_STREAM_ANOMALY, 0);
    int cell = (int)lad_rng_below(&rng, PUSHPINS_CELLS);
    pushpin *pin = &g->pins[cell]; /* pins of a normal graph are in the order of their compartments */
    g->touched[0] = cell;
    switch ((pushpins_kind)frame->kind_index) {
    case PUSHPINS_MISSING: remove_pin(g, cell); break;
    case PUSHPINS_TWO_MISSING:
        g->touched[1] = other_cell(cell, &rng);
        remove_pin(g, g->touched[0]);
        remove_pin(g, g->touched[1]);
        break;
    case PUSHPINS_ONE_MORE: add_pin(frame, g, cell, &rng); break;
    case PUSHPINS_TWO_MORE:
        if (lad_rng_below(&rng, 2)) g->touched[1] = other_cell(cell, &rng);
        add_pin(frame, g, cell, &rng);
        add_pin(frame, g, g->touched[1] >= 0 ? g->touched[1] : cell, &rng);
        break;
    case PUSHPINS_MOVED:
        g->touched[1] = neighbour(cell, &rng);
        remove_pin(g, cell);
        add_pin(frame, g, g->touched[1], &rng);
        break;
    case PUSHPINS_MISSING_SEPARATOR: remove_separator(g, &rng); break;
    case PUSHPINS_EXTRA_SEPARATOR: add_separator(g, &rng); break;
    case PUSHPINS_COLOR: paint_part(pin, &rng); break;
    case PUSHPINS_BROKEN: break_pin(pin, &rng); break;
    case PUSHPINS_FRONT_BENT: bend_front(pin, &rng); break;
    case PUSHPINS_DEFORMED: deform_head(pin, &rng); break;
    case PUSHPINS_CONTAMINATION: contaminate(frame, g, cell, &rng); break;
    case PUSHPINS_STAIN: mark_box(frame, g, MARK_STAIN, cell, &rng); break;
    case PUSHPINS_SCRATCH: mark_box(frame, g, MARK_SCRATCH, cell, &rng); break;
    case PUSHPINS_CRACK: mark_box(frame, g, MARK_CRACK, cell, &rng); break;
    case PUSHPINS_BROKEN_RIM:
        g->rim_gap_from = lad_rng_range(&rng, -260.0f, 200.0f);
        g->rim_gap_to = g->rim_gap_from + lad_rng_range(&rng, 14.0f, 60.0f);
        break;
    case PUSHPINS_KINDS: break;
    }
}
