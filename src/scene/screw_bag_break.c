/* What each kind of anomaly does to a normal bag. */
#include "scene/screw_bag.h"

#include "base/detmath.h"
#include "scene/sdf.h"

#define PI 3.14159265f

/* Mostly small, sometimes large. */
static float graded(lad_rng *rng, float low, float high)
{
    float t = lad_rng_float(rng);
    return lad_mixf(low, high, t * t);
}

/* The n-th body of a part; a screw is the long or the short one. */
static screw_body *find(screw_bag_graph *g, screw_part part, bool is_long, int n)
{
    for (int i = 0; i < g->body_count; i++) {
        screw_body *b = &g->bodies[i];
        if (b->part == part && (part != PART_SCREW || b->is_long == is_long) && n-- == 0) return b;
    }
    return &g->bodies[0];
}

static screw_body *pick(screw_bag_graph *g, screw_part part, lad_rng *rng)
{
    uint32_t n = lad_rng_below(rng, 2);
    return find(g, part, n == 1, part == PART_SCREW ? 0 : (int)n);
}

static void keep_replaced(screw_bag_graph *g, const screw_body *b)
{
    g->replaced_by[g->replaced_count] = (int)(b - g->bodies);
    g->replaced[g->replaced_count++] = *b;
}

static void take_away(screw_bag_graph *g, screw_part part, bool is_long, lad_rng *rng)
{
    screw_body *b = part == PART_SCREW ? find(g, part, is_long, 0) : pick(g, part, rng);
    int at = (int)(b - g->bodies);
    g->body_count--;
    for (int i = at; i < g->body_count; i++) g->bodies[i] = g->bodies[i + 1];
}

static void add(const lad_frame *frame, screw_bag_graph *g, screw_part part, bool is_long, lad_rng *rng)
{
    screw_body *b = &g->bodies[g->body_count];
    lad_vec2 middle = {g->bodies[2].at.x, g->bodies[2].at.y};
    screw_bag_look(frame, b, part, is_long, 20);
    screw_bag_drop(g, g->body_count, b, middle, 90.0f, 1.0f, rng);
    g->body_count++;
    g->touched = part;
    g->touched_long = is_long;
}

/* Another length for a screw, in the same place. */
static void resize(screw_bag_graph *g, screw_body *b, float length)
{
    keep_replaced(g, b);
    /* The end that is nearer to the middle of the bag stays, so that the other cannot leave it... */
    float change = (length - b->length) * b->size;
    lad_vec3 middle = lad_v3_along(b->at, b->w, 0.5f * b->length * b->size);
    /* ...which is the head when the screw points outwards: then the head moves. */
    if (change > 0.0f && b->w.x * middle.x + b->w.y * middle.y > 0.0f) b->at = lad_v3_along(b->at, b->w, -change);
    b->length = length;
    g->touched = PART_SCREW;
}

static void swap_screw(const lad_frame *frame, screw_bag_graph *g, bool is_long)
{
    screw_body other, *b = find(g, PART_SCREW, !is_long, 0);
    screw_bag_look(frame, &other, PART_SCREW, is_long, 20);
    resize(g, b, other.length);
    b->is_long = is_long;
    g->touched_long = is_long;
}

static void wrong_length(screw_bag_graph *g, bool too_long, lad_rng *rng)
{
    screw_body *b = pick(g, PART_SCREW, rng);
    float change = graded(rng, 0.11f, 0.26f), length = b->length * (too_long ? 1.0f + change : 1.0f - change);
    resize(g, b, length);
    b->fixed = true;
    g->touched_fixed = true;
}

/* A nut where a washer was, or the other way round. */
static void swap_disc(const lad_frame *frame, screw_bag_graph *g, screw_part part, lad_rng *rng)
{
    screw_body other, *b = pick(g, part == PART_NUT ? PART_WASHER : PART_NUT, rng);
    keep_replaced(g, b);
    screw_bag_look(frame, &other, part, false, 20);
    other.at = lad_v3_along(b->at, b->w, part == PART_NUT ? NUT_HALF - WASHER_HALF : WASHER_HALF - NUT_HALF);
    other.u = b->u;
    other.v = b->v;
    other.w = b->w;
    *b = other;
    g->touched = part;
}

/* The nut or washer that is hidden least: the one dropped last. */
static screw_body *topmost(screw_bag_graph *g, screw_part part)
{
    return find(g, part, false, 1);
}

static void crack(screw_bag_graph *g, lad_rng *rng)
{
    uint32_t choice = lad_rng_below(rng, 4);
    screw_body *b = topmost(g, choice == 3 ? PART_WASHER : PART_NUT);
    b->harm = choice & 1 ? HARM_SPLIT : HARM_BROKEN_OFF;
    b->harm_turn = lad_rng_range(rng, -PI, PI);
    b->harm_size = lad_rng_range(rng, 2.0f, 3.6f);
    b->harm_at = lad_rng_range(rng, 12.0f, 17.0f);
}

static void stain(screw_bag_graph *g, bool rusty, lad_rng *rng)
{
    static const lad_vec3 paints[5] = {{0.02f, 0.05f, 0.42f},
                                       {0.45f, 0.02f, 0.02f},
                                       {0.02f, 0.26f, 0.06f},
                                       {0.55f, 0.32f, 0.02f},
                                       {0.02f, 0.02f, 0.02f}};
    screw_body *b = &g->bodies[SCREW_BAG_BODIES - 1 - (int)lad_rng_below(rng, 4)];
    b->stained = true;
    b->rusty = rusty;
    b->stain_size = graded(rng, 9.0f, 24.0f);
    float angle = lad_rng_range(rng, -PI, PI);
    if (b->part == PART_SCREW) {
        /* The side that is seen: the upper one. */
        float along = lad_rng_range(rng, 10.0f, b->length - 8.0f),
              radius = along < HEAD_LENGTH ? HEAD_RADIUS : SHAFT_RADIUS;
        b->stain_at = lad_v3(radius * b->u.z, radius * b->v.z, along);
    } else {
        float top = b->part == PART_NUT ? NUT_HALF : WASHER_HALF;
        b->stain_at = lad_v3(17.0f * lad_cosf(angle), 17.0f * lad_sinf(angle), top);
    }
    float deep = lad_rng_range(rng, 0.7f, 1.2f);
    b->stain_colour = rusty ? lad_v3(0.30f * deep, 0.105f * deep, 0.035f * deep) : paints[lad_rng_below(rng, 5)];
}

static screw_mark *add_mark(const lad_frame *frame, screw_bag_graph *g, screw_mark_kind kind, lad_vec2 at, lad_rng *rng)
{
    screw_mark *m = &g->marks[g->mark_count];
    *m = (screw_mark){.kind = kind, .at = at, .angle = lad_rng_range(rng, -PI, PI)};
    m->seed = lad_frame_noise_seed(frame, LAD_STREAM_ANOMALY, 100 + (uint32_t)g->mark_count);
    g->mark_count++;
    return m;
}

/* A free place in the pocket. */
static lad_vec2 free_place(const screw_bag_graph *g, float margin, lad_rng *rng)
{
    lad_vec2 best = {0.0f, 0.0f};
    float most = -1e30f;
    for (int i = 0; i < 30; i++) {
        lad_vec2 p;
        p.x = lad_rng_range(rng, -BAG_HALF_X + 14.0f + margin, ZIP_X - 14.0f - margin);
        p.y = lad_rng_range(rng, -BAG_HALF_Y + 14.0f + margin, BAG_HALF_Y - 14.0f - margin);
        float room = lad_rng_range(rng, 8.0f, 14.0f); /* any place with room is as good */
        for (int k = 0; k < g->body_count; k++) {
            room = lad_minf(room, screw_bag_outline(&g->bodies[k], p.x, p.y) - margin);
        }
        if (room <= most) continue;
        most = room;
        best = p;
    }
    return best;
}

static void contaminate(const lad_frame *frame, screw_bag_graph *g, lad_rng *rng)
{
    static const lad_vec3 colours[6] = {{0.03f, 0.10f, 0.50f}, {0.55f, 0.05f, 0.04f}, {0.05f, 0.32f, 0.08f},
                                        {0.60f, 0.56f, 0.48f}, {0.30f, 0.16f, 0.07f}, {0.62f, 0.42f, 0.05f}};
    uint32_t choice = lad_rng_below(rng, 3), colour = lad_rng_below(rng, 6);
    if (choice == 0) {
        screw_mark *m = add_mark(frame, g, MARK_FIBRE, free_place(g, 6.0f, rng), rng);
        m->size = lad_rng_range(rng, 20.0f, 46.0f);
        m->width = lad_rng_range(rng, 1.0f, 1.8f);
        m->colour = lad_v3_scale(colours[colour], 1.2f);
        return;
    }
    screw_body *b = &g->bodies[g->body_count];
    float size = graded(rng, 5.5f, 14.0f), thick = lad_rng_range(rng, 0.35f, 0.8f),
          wide = lad_rng_range(rng, 0.5f, 1.0f);
    lad_vec2 at = free_place(g, size, rng);
    float angle = lad_rng_range(rng, -PI, PI);
    *b = (screw_body){.part = PART_DEBRIS, .size = 1.0f, .metal = colours[colour]};
    b->half =
        lad_v3(size * (choice == 1 ? 1.0f : 2.2f), size * wide * (choice == 1 ? 1.0f : 0.4f), size * wide * thick);
    b->at = lad_v3(at.x, at.y, b->half.z);
    b->u = lad_v3(lad_cosf(angle), lad_sinf(angle), 0.0f);
    b->v = lad_v3(-b->u.y, b->u.x, 0.0f);
    b->w = lad_v3(0.0f, 0.0f, 1.0f);
    b->seed = lad_frame_noise_seed(frame, LAD_STREAM_ANOMALY, 90);
    g->body_count++;
}

static void tear(const lad_frame *frame, screw_bag_graph *g, lad_rng *rng)
{
    uint32_t where = lad_rng_below(rng, 3);
    lad_vec2 at = free_place(g, 10.0f, rng);
    float jitter = lad_rng_range(rng, -0.5f, 0.5f);
    if (where == 1)
        at = lad_v2(lad_clampf(at.x, -BAG_HALF_X + 40.0f, ZIP_X - 40.0f), at.y > 0.0f ? BAG_HALF_Y : -BAG_HALF_Y);
    screw_mark *m = add_mark(frame, g, MARK_TEAR, at, rng);
    if (where == 1) m->angle = 0.5f * PI + jitter;
    m->size = lad_rng_range(rng, 22.0f, 48.0f);
    m->width = m->size * lad_rng_range(rng, 0.12f, 0.4f);
}

static void scratch_print(const lad_frame *frame, screw_bag_graph *g, lad_rng *rng)
{
    /* Across one of the signs, which are PRINT_PERIOD apart. */
    float number = (float)lad_rng_below(rng, 4) - 1.5f;
    float shift = floorf(g->print_shift / PRINT_PERIOD) * PRINT_PERIOD - g->print_shift + 0.5f * PRINT_PERIOD;
    lad_vec2 at = {PRINT_X + lad_rng_range(rng, 0.0f, 12.0f), 0.0f};
    at.y = lad_clampf(shift + number * PRINT_PERIOD, -BAG_HALF_Y + 20.0f, BAG_HALF_Y - 20.0f);
    uint32_t count = 3 + lad_rng_below(rng, 3);
    for (uint32_t i = 0; i < count; i++) {
        lad_vec2 off = at;
        off.x += lad_rng_range(rng, -5.0f, 5.0f);
        off.y += lad_rng_range(rng, -8.0f, 8.0f);
        screw_mark *m = add_mark(frame, g, MARK_SCRATCH, off, rng);
        m->size = lad_rng_range(rng, 18.0f, 34.0f);
        m->width = lad_rng_range(rng, 1.8f, 3.6f);
    }
}

static void bend(screw_bag_graph *g, lad_rng *rng)
{
    screw_body *b = pick(g, PART_SCREW, rng);
    b->harm = HARM_BENT;
    b->harm_at = lad_rng_range(rng, HEAD_LENGTH + 8.0f, 0.55f * b->length);
    b->harm_strength = graded(rng, 0.16f, 0.5f);
    /* Sideways, as seen from above: the direction in the screw's own plane that is level. */
    float side = lad_rng_below(rng, 2) ? 0.0f : PI;
    b->harm_turn = lad_atan2f(b->u.z, -b->v.z) + side + lad_rng_range(rng, -0.4f, 0.4f);
}

static void chip_head(screw_bag_graph *g, lad_rng *rng)
{
    screw_body *b = pick(g, PART_SCREW, rng);
    b->harm = HARM_CHIPPED;
    b->harm_at = lad_rng_range(rng, 1.0f, 9.0f);
    /* From the side or from above. */
    b->harm_turn = lad_atan2f(b->v.z, b->u.z) + lad_rng_range(rng, -1.5f, 1.5f);
}

static void wear_thread(screw_bag_graph *g, lad_rng *rng)
{
    screw_body *b = pick(g, PART_SCREW, rng);
    b->harm = HARM_THREAD;
    b->harm_size = lad_rng_range(rng, 18.0f, 32.0f);
    b->harm_at = lad_rng_range(rng, HEAD_LENGTH + 16.0f, b->length - 12.0f);
    b->harm_strength = lad_rng_range(rng, 1.6f, 2.6f);
    b->harm_turn = lad_atan2f(b->v.z, b->u.z) + lad_rng_range(rng, -0.8f, 0.8f);
}

static void warp_washer(screw_bag_graph *g, lad_rng *rng)
{
    screw_body *b = topmost(g, PART_WASHER);
    b->harm = lad_rng_below(rng, 2) ? HARM_WARPED : HARM_OVAL;
    b->harm_turn = lad_rng_range(rng, -PI, PI);
    b->harm_strength = b->harm == HARM_OVAL ? graded(rng, 0.12f, 0.26f) : graded(rng, 0.32f, 0.6f);
}

static void open_zip(screw_bag_graph *g, lad_rng *rng)
{
    g->zip_gap = graded(rng, 7.0f, 20.0f);
    g->zip_gap_half = lad_rng_range(rng, 50.0f, 150.0f);
    g->zip_gap_at = lad_rng_range(rng, -150.0f, 150.0f);
}

void screw_bag_break(const lad_frame *frame, screw_bag_graph *g)
{
    lad_rng rng = lad_frame_rng(frame, LAD_STREAM_ANOMALY, 0);
    switch ((screw_bag_kind)frame->kind_index) {
    case SCREW_BAG_MISSING_NUT: take_away(g, PART_NUT, false, &rng); break;
    case SCREW_BAG_MISSING_WASHER: take_away(g, PART_WASHER, false, &rng); break;
    case SCREW_BAG_MISSING_LONG: take_away(g, PART_SCREW, true, &rng); break;
    case SCREW_BAG_MISSING_SHORT: take_away(g, PART_SCREW, false, &rng); break;
    case SCREW_BAG_MORE_NUT: add(frame, g, PART_NUT, false, &rng); break;
    case SCREW_BAG_MORE_WASHER: add(frame, g, PART_WASHER, false, &rng); break;
    case SCREW_BAG_MORE_LONG: add(frame, g, PART_SCREW, true, &rng); break;
    case SCREW_BAG_MORE_SHORT: add(frame, g, PART_SCREW, false, &rng); break;
    case SCREW_BAG_TWO_LONG: swap_screw(frame, g, true); break;
    case SCREW_BAG_TWO_SHORT: swap_screw(frame, g, false); break;
    case SCREW_BAG_TOO_LONG: wrong_length(g, true, &rng); break;
    case SCREW_BAG_TOO_SHORT: wrong_length(g, false, &rng); break;
    case SCREW_BAG_NUT_FOR_WASHER: swap_disc(frame, g, PART_NUT, &rng); break;
    case SCREW_BAG_WASHER_FOR_NUT: swap_disc(frame, g, PART_WASHER, &rng); break;
    case SCREW_BAG_BENT: bend(g, &rng); break;
    case SCREW_BAG_HEAD_BROKEN: chip_head(g, &rng); break;
    case SCREW_BAG_THREAD_DAMAGED: wear_thread(g, &rng); break;
    case SCREW_BAG_WASHER_WARPED: warp_washer(g, &rng); break;
    case SCREW_BAG_CRACKED: crack(g, &rng); break;
    case SCREW_BAG_RUST: stain(g, true, &rng); break;
    case SCREW_BAG_COLOR: stain(g, false, &rng); break;
    case SCREW_BAG_CONTAMINATION: contaminate(frame, g, &rng); break;
    case SCREW_BAG_TORN: tear(frame, g, &rng); break;
    case SCREW_BAG_OPEN: open_zip(g, &rng); break;
    case SCREW_BAG_PRINT: scratch_print(frame, g, &rng); break;
    default: break;
    }
}
