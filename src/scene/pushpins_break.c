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

/* Two thirds of the damages are plain: seen at once in a picture of 256 x 256.  The rest are subtle. */
static int is_plain(lad_rng *rng)
{
    return lad_rng_below(rng, 3) != 0;
}

/* Colours a pin should not have, from plain to close to its own. */
static lad_vec3 wrong_colour(lad_vec3 own, int plain, lad_rng *rng)
{
    static const lad_vec3 colours[] = {{0.02f, 0.35f, 0.32f}, {0.55f, 0.03f, 0.03f}, {0.05f, 0.30f, 0.06f},
                                       {0.05f, 0.10f, 0.45f}, {0.75f, 0.72f, 0.68f}, {0.70f, 0.16f, 0.02f}};
    uint32_t count = sizeof colours / sizeof *colours;
    lad_vec3 colour = colours[lad_rng_below(rng, plain ? count - 1 : count)]; /* the last is near a pin's own */
    return lad_v3_mix(own, colour, plain ? lad_rng_range(rng, 0.85f, 1.0f) : lad_rng_range(rng, 0.45f, 1.0f));
}

static void paint_part(pushpin *pin, int plain, lad_rng *rng)
{
    pin->paint = wrong_colour(pin->colour, plain, rng);
    switch (lad_rng_below(rng, plain ? 3 : 4)) {
    case 0: /* all of the head */
        pin->paint_from = -5.0f;
        pin->paint_to = PIN_HEAD;
        break;
    case 3: /* the needle */
        pin->paint_from = PIN_HEAD - 1.0f;
        pin->paint_to = PIN_LENGTH + 5.0f;
        pin->paint = lad_v3_scale(lad_v3_add(pin->paint, lad_v3(0.0f, 0.05f, 0.05f)), 1.2f);
        break;
    default: /* a ring, or one end */
        pin->paint_from = plain ? lad_rng_range(rng, -5.0f, 18.0f) : lad_rng_range(rng, 4.0f, 20.0f);
        pin->paint_to = pin->paint_from + (plain ? lad_rng_range(rng, 20.0f, 30.0f) : lad_rng_range(rng, 7.0f, 14.0f));
        break;
    }
}

/* Across the pin, along the floor. */
static lad_vec3 side_of(const pushpin *pin)
{
    return lad_v3_unit(lad_v3(-pin->axis.y, pin->axis.x, 0.0f));
}

static void bend_front(pushpin *pin, int plain, lad_rng *rng)
{
    float angle = plain ? lad_rng_range(rng, 1.2f, 2.3f) : lad_rng_range(rng, 0.7f, 1.5f);
    float at = plain ? lad_rng_range(rng, 0.08f, 0.35f) : lad_rng_range(rng, 0.1f, 0.45f);
    if (lad_rng_below(rng, 2)) angle = -angle;
    float length = (PIN_LENGTH - PIN_HEAD) * pin->size;
    lad_vec3 side = side_of(pin);
    lad_vec3 turned = lad_v3_add(lad_v3_scale(pin->axis, lad_cosf(angle)), lad_v3_scale(side, lad_sinf(angle)));
    pin->bent = 1;
    pin->needle[1] = lad_v3_along(pin->needle[0], pin->axis, at * length);
    pin->needle[2] = lad_v3_along(pin->needle[1], turned, (1.0f - at) * length);
}

static void break_needle(pushpin *pin, float left)
{
    pin->needle_end = left;
    pushpins_straighten(pin);
}

static void break_pin(pushpin *pin, int plain, lad_rng *rng)
{
    if (!plain && lad_rng_below(rng, 2)) { /* the point is gone, or all of the needle */
        break_needle(pin, lad_rng_below(rng, 3) ? lad_rng_range(rng, 0.1f, 0.35f) : 0.0f);
        return;
    }
    /* Turn the break towards the camera or to a side, where it shows. */
    lad_vec3 side = side_of(pin);
    pin->u = lad_rng_below(rng, 2) ? side : lad_v3_scale(side, -1.0f);
    pin->v = lad_v3_cross(pin->axis, pin->u);
    pin->chip_from = 29.0f;
    if (!plain) {
        pin->chip = lad_rng_range(rng, -1.0f, 5.0f);
    } else if (lad_rng_below(rng, 2)) { /* the collar's half with some of the waist, and most of the needle */
        pin->chip = lad_rng_range(rng, -2.0f, 1.5f);
        pin->chip_from = lad_rng_range(rng, 12.0f, 26.0f);
        break_needle(pin, lad_rng_below(rng, 2) ? lad_rng_range(rng, 0.1f, 0.3f) : 0.0f);
    } else { /* snapped at the waist */
        pin->chip = -2.0f * PIN_COLLAR_RADIUS;
        pin->chip_from = lad_rng_range(rng, 12.0f, 26.0f);
        break_needle(pin, 0.0f);
    }
}

static void deform_head(pushpin *pin, int plain, lad_rng *rng)
{
    pin->u = side_of(pin);
    pin->v = lad_v3_cross(pin->axis, pin->u);
    uint32_t how = lad_rng_below(rng, plain ? 3 : 2);
    if (how != 0) pin->squash = plain ? lad_rng_range(rng, 1.9f, 2.3f) : lad_rng_range(rng, 1.25f, 1.7f);
    if (how != 1) {
        pin->bend = plain ? lad_rng_range(rng, 14.0f, 21.0f) : lad_rng_range(rng, 4.0f, 10.0f);
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

static void contaminate(const lad_frame *frame, pushpins_graph *g, int cell, int plain, lad_rng *rng)
{
    static const lad_vec3 crumbs[] = {
        {0.35f, 0.22f, 0.10f}, {0.10f, 0.28f, 0.10f}, {0.6f, 0.6f, 0.58f}, {0.45f, 0.06f, 0.05f}};
    if (lad_rng_below(rng, 3) == 0) {
        box_mark *m = add_mark(frame, g, MARK_FIBRE, cell, BOX_HEIGHT, rng);
        m->size = plain ? lad_rng_range(rng, 36.0f, 55.0f) : lad_rng_range(rng, 14.0f, 32.0f);
        m->strength = plain ? 1.0f : lad_rng_range(rng, 0.6f, 1.0f);
        m->width = plain ? lad_rng_range(rng, 1.4f, 2.2f) : 0.8f;
        m->colour = lad_v3(0.75f, lad_rng_range(rng, 0.6f, 0.75f), 0.7f);
        return;
    }
    int count = plain ? 2 + (int)lad_rng_below(rng, 2) : 1 + (int)lad_rng_below(rng, 3);
    lad_vec3 colour = crumbs[lad_rng_below(rng, 4)];
    for (int i = 0; i < count; i++) {
        box_mark *m = add_mark(frame, g, MARK_CRUMB, cell, 0.0f, rng);
        float least = plain ? 11.0f : 2.8f, most = plain ? 17.0f : count == 1 ? 9.0f : 5.0f;
        m->size = lad_rng_range(rng, least, most);
        m->colour = lad_v3_scale(colour, plain ? lad_rng_range(rng, 1.2f, 1.6f) : lad_rng_range(rng, 0.8f, 1.2f));
    }
}

static void stain(const lad_frame *frame, pushpins_graph *g, int cell, int plain, lad_rng *rng)
{
    /* What the rims of lime, coffee and juice leave when they dried, thin and thick. */
    static const lad_vec3 thin[3] = {{0.10f, 0.095f, 0.085f}, {0.11f, 0.06f, 0.025f}, {0.10f, 0.02f, 0.015f}},
                          thick[3] = {{0.24f, 0.23f, 0.20f}, {0.27f, 0.14f, 0.05f}, {0.26f, 0.035f, 0.025f}};
    box_mark *m = add_mark(frame, g, MARK_STAIN, cell, 0.0f, rng);
    m->size = plain ? lad_rng_range(rng, 32.0f, 44.0f) : lad_rng_range(rng, 14.0f, 34.0f);
    m->strength = plain ? 1.0f : lad_rng_range(rng, 0.5f, 1.0f);
    m->colour = plain ? thick[lad_rng_below(rng, 3)] : thin[lad_rng_below(rng, 2)];
    /* A large one fills its compartment from the middle. */
    if (plain) m->at = lad_v2_add(lad_v2_scale(m->at, 0.4f), lad_v2_scale(pushpins_cell_centre(cell), 0.6f));
}

static void scratch(const lad_frame *frame, pushpins_graph *g, int cell, int plain, lad_rng *rng)
{
    box_mark *m = add_mark(frame, g, MARK_SCRATCH, cell, BOX_HEIGHT, rng);
    m->colour = lad_v3(1.0f, 0.97f, 0.92f);
    m->size = plain ? lad_rng_range(rng, 60.0f, 110.0f) : lad_rng_range(rng, 18.0f, 45.0f);
    m->strength = plain ? lad_rng_range(rng, 0.6f, 1.0f) : lad_rng_range(rng, 0.15f, 0.5f);
    m->width = plain ? lad_rng_range(rng, 0.7f, 1.1f) : 0.45f;
}

static void crack(const lad_frame *frame, pushpins_graph *g, int cell, int plain, lad_rng *rng)
{
    box_mark *m = add_mark(frame, g, MARK_CRACK, cell, BOX_HEIGHT, rng);
    m->colour = lad_v3(1.0f, 0.97f, 0.92f);
    m->size = plain ? lad_rng_range(rng, 40.0f, 65.0f) : lad_rng_range(rng, 16.0f, 40.0f);
    m->strength = plain ? lad_rng_range(rng, 0.8f, 1.2f) : lad_rng_range(rng, 0.25f, 0.7f);
    m->width = plain ? lad_rng_range(rng, 0.9f, 1.4f) : 0.55f;
}

static void break_rim(pushpins_graph *g, int plain, lad_rng *rng)
{
    g->rim_gap_from = lad_rng_range(rng, -260.0f, plain ? 100.0f : 200.0f);
    g->rim_gap_to = g->rim_gap_from + (plain ? lad_rng_range(rng, 70.0f, 150.0f) : lad_rng_range(rng, 14.0f, 60.0f));
    g->hinge_gap = plain;
}

/* One place of a structural anomaly: the pin in a compartment, or the box there. */
static void damage(const lad_frame *frame, pushpins_graph *g, int cell, int plain, lad_rng *rng)
{
    pushpin *pin = &g->pins[cell]; /* pins of a normal graph are in the order of their compartments */
    switch ((pushpins_kind)frame->kind_index) {
    case PUSHPINS_COLOR: paint_part(pin, plain, rng); break;
    case PUSHPINS_BROKEN: break_pin(pin, plain, rng); break;
    case PUSHPINS_FRONT_BENT: bend_front(pin, plain, rng); break;
    case PUSHPINS_DEFORMED: deform_head(pin, plain, rng); break;
    case PUSHPINS_CONTAMINATION: contaminate(frame, g, cell, plain, rng); break;
    case PUSHPINS_STAIN: stain(frame, g, cell, plain, rng); break;
    case PUSHPINS_SCRATCH: scratch(frame, g, cell, plain, rng); break;
    case PUSHPINS_CRACK: crack(frame, g, cell, plain, rng); break;
    case PUSHPINS_BROKEN_RIM: break_rim(g, plain, rng); break;
    default: break;
    }
}

/* A quarter of the damages are in two places; of the plainly bent needles, which are thin, three quarters. */
static void damage_places(const lad_frame *frame, pushpins_graph *g, int cell, lad_rng *rng)
{
    int plain = is_plain(rng), bent = frame->kind_index == PUSHPINS_FRONT_BENT;
    int two = lad_rng_below(rng, 4) < (plain && bent ? 3 : 1) && frame->kind_index != PUSHPINS_BROKEN_RIM;
    damage(frame, g, cell, plain, rng);
    if (!two) return;
    g->touched[1] = other_cell(cell, rng);
    damage(frame, g, g->touched[1], plain, rng);
}

void pushpins_break(const lad_frame *frame, pushpins_graph *g)
{
    lad_rng rng = lad_frame_rng(frame, LAD_STREAM_ANOMALY, 0);
    int cell = (int)lad_rng_below(&rng, PUSHPINS_CELLS);
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
    default: damage_places(frame, g, cell, &rng); break;
    }
}
