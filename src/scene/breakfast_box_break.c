/* The anomalies of the breakfast box. */
#include "scene/breakfast_box.h"

#include "base/detmath.h"
#include "scene/sdf.h"

#define PI 3.14159265f

/* From subtle to plain, subtle ones more often. */
static float graded(lad_rng *rng, float subtle, float plain)
{
    float t = lad_rng_float(rng);
    return lad_mixf(subtle, plain, t * t);
}

/* The two draws are in an order of their own: that of arguments is the compiler's choice. */
static lad_vec2 place_around(lad_vec2 middle, lad_vec2 half, lad_rng *rng)
{
    lad_vec2 p;
    p.x = middle.x + lad_rng_range(rng, -half.x, half.x);
    p.y = middle.y + lad_rng_range(rng, -half.y, half.y);
    return p;
}

static void break_mix(breakfast_kind kind, breakfast_graph *g, lad_rng *rng)
{
    breakfast_mix *mix = &g->mix;
    switch (kind) {
    case BREAKFAST_MISSING_ALMONDS: mix->almonds = false; break;
    case BREAKFAST_MISSING_BANANAS: mix->chips = false; break;
    case BREAKFAST_MISSING_TOPPINGS: mix->chips = mix->almonds = false; break;
    case BREAKFAST_MISSING_CEREALS: mix->cereals = false; break;
    case BREAKFAST_COMPARTMENTS_SWAPPED:
        mix->side = 0;
        g->fruit_side = 1;
        break;
    case BREAKFAST_LAYERS_SWAPPED: /* each layer keeps its share of the height */
        mix->cereals_above = false;
        mix->boundary = -24.0f - mix->boundary;
        break;
    case BREAKFAST_TOPPINGS_APART: mix->apart = lad_rng_below(rng, 2) ? 1 : -1; break;
    case BREAKFAST_OVERFLOW:
        mix->level = graded(rng, 52.5f, 70.0f); /* normal ones end at 50, and begin at 42 */
        mix->inset -= graded(rng, 7.0f, 24.0f);
        break;
    case BREAKFAST_UNDERFLOW:
        mix->level = graded(rng, 38.5f, 24.0f);
        mix->inset += graded(rng, 3.0f, 14.0f);
        break;
    case BREAKFAST_WRONG_RATIO: {
        /* More than boundaries of normal boxes differ. */
        float shift = graded(rng, 32.0f, 95.0f);
        mix->boundary += lad_rng_below(rng, 2) ? shift : -shift;
        break;
    }
    default: break;
    }
}

/* Which fruits a kind leaves; fruit that stays keeps its place and its looks. */
static void break_fruits(const lad_frame *frame, breakfast_graph *g, lad_rng *rng, int nectarines, int tangerines)
{
    int count = nectarines + tangerines, left[2] = {tangerines, nectarines};
    if (count > 3) { /* a tighter box: smaller ones, all in new places */
        g->fruit_count = count;
        for (int i = 0; i < count; i++) {
            breakfast_fruit_look(frame, &g->fruits[i], FRUIT_TANGERINE, (uint32_t)i);
            g->fruits[i].radius *= 0.86f;
        }
        breakfast_fruit_settle(frame, g);
        return;
    }
    bool used[3] = {false, false, false};
    breakfast_fruit kept[3];
    int kept_count = 0;
    int start = (int)lad_rng_below(rng, 3);
    for (int k = 0; k < 3; k++) { /* those that fit stay */
        int i = (start + k) % 3;
        fruit_species species = g->fruits[i].species;
        if (left[species] == 0) continue;
        left[species]--;
        used[i] = true;
        kept[kept_count++] = g->fruits[i];
    }
    for (int i = 0; i < 3; i++) { /* others make room for what is still to come */
        if (used[i] || left[0] + left[1] == 0) continue;
        fruit_species species = left[FRUIT_TANGERINE] ? FRUIT_TANGERINE : FRUIT_NECTARINE;
        breakfast_fruit other = g->fruits[i];
        breakfast_fruit_look(frame, &other, species, 10 + (uint32_t)i);
        other.radius = g->fruits[i].radius;
        left[species]--;
        kept[kept_count++] = other;
    }
    g->fruit_count = kept_count;
    for (int i = 0; i < kept_count; i++) g->fruits[i] = kept[i];
}

void breakfast_break_plan(const lad_frame *frame, breakfast_graph *g)
{
    lad_rng rng = lad_frame_rng(frame, LAD_STREAM_ANOMALY, 0);
    break_mix((breakfast_kind)frame->kind_index, g, &rng);
    switch ((breakfast_kind)frame->kind_index) {
    case BREAKFAST_COMPARTMENTS_SWAPPED: breakfast_fruit_settle(frame, g); break;
    case BREAKFAST_2_NECTARINES_1_TANGERINE: break_fruits(frame, g, &rng, 2, 1); break;
    case BREAKFAST_1_NECTARINE_1_TANGERINE: break_fruits(frame, g, &rng, 1, 1); break;
    case BREAKFAST_0_NECTARINES_2_TANGERINES: break_fruits(frame, g, &rng, 0, 2); break;
    case BREAKFAST_0_NECTARINES_3_TANGERINES: break_fruits(frame, g, &rng, 0, 3); break;
    case BREAKFAST_3_NECTARINES_0_TANGERINES: break_fruits(frame, g, &rng, 3, 0); break;
    case BREAKFAST_0_NECTARINES_1_TANGERINE: break_fruits(frame, g, &rng, 0, 1); break;
    case BREAKFAST_0_NECTARINES_4_TANGERINES: break_fruits(frame, g, &rng, 0, 4); break;
    default: break;
    }
}

static breakfast_piece *add_piece(breakfast_graph *g, piece_shape shape, lad_vec2 at, float lift, lad_rng *rng)
{
    if (g->piece_count >= BREAKFAST_MAX_PIECES) g->piece_count = BREAKFAST_MAX_PIECES - 1;
    breakfast_piece *b = &g->pieces[g->piece_count++];
    *b = (breakfast_piece){.shape = shape, .seed = lad_rng_u32(rng)};
    b->at = lad_v3(at.x, at.y, breakfast_tray_height(g, at.x, at.y) + lift);
    float towards = lad_rng_range(rng, -PI, PI), tilt = lad_rng_range(rng, 0.0f, 0.5f),
          turn = lad_rng_range(rng, -PI, PI);
    breakfast_orient(towards, tilt, turn, &b->u, &b->v, &b->w);
    b->tone = lad_rng_float(rng);
    b->cup = lad_rng_float(rng);
    return b;
}

static void make_crumb(breakfast_piece *b, float size, lad_vec3 colour, lad_rng *rng)
{
    b->a = size;
    b->b = size * lad_rng_range(rng, 0.6f, 0.95f);
    b->c = size * lad_rng_range(rng, 0.45f, 0.8f);
    b->colour = lad_v3_scale(colour, lad_rng_range(rng, 0.8f, 1.2f));
}

/* A place in a layer of the mix, away from its edge: layer -1 cereals, 1 toppings. */
static lad_vec2 place_in_layer(const breakfast_mix *mix, float layer, lad_rng *rng)
{
    lad_vec2 p = {90.0f, layer < 0.0f ? -80.0f : 110.0f};
    for (int i = 0; i < 100; i++) {
        lad_vec2 q = place_around(lad_v2(65.0f, -10.0f), lad_v2(185.0f, 190.0f), rng);
        if (breakfast_side_distance(mix->side, q.x, q.y) > -mix->inset - 18.0f) continue;
        if (layer * breakfast_border_distance(mix, q.x, q.y) > 16.0f) return q;
    }
    return p;
}

/* A place on the white of the box: its rim, the ridge, or its floor where no fruit lies. */
static lad_vec2 place_on_box(const breakfast_graph *g, bool floor, lad_rng *rng)
{
    lad_vec2 best = {0.0f, 0.0f};
    float most = -1e30f;
    for (int i = 0; i < 60; i++) {
        lad_vec2 q = place_around(lad_v2(0.0f, 0.0f), lad_v2(270.0f, 215.0f), rng);
        float outer = breakfast_outer_distance(g, q.x, q.y), free = lad_minf(-outer - 8.0f, 20.0f);
        float side = breakfast_side_distance(g->mix.side, q.x, q.y);
        free = lad_minf(free, side - 2.0f);
        bool inside = breakfast_side_distance(0, q.x, q.y) < -12.0f;
        if (floor != inside) free -= 100.0f;
        for (int k = 0; k < g->fruit_count; k++) {
            const breakfast_fruit *f = &g->fruits[k];
            free = lad_minf(free, lad_v2_length(lad_v2(q.x - f->at.x, q.y - f->at.y)) - f->radius - 4.0f);
        }
        free = lad_minf(free, lad_rng_range(rng, 8.0f, 16.0f)); /* any place with room is as good */
        if (free > most) {
            most = free;
            best = q;
        }
    }
    return best;
}

static breakfast_mark *add_mark(const lad_frame *frame, breakfast_graph *g, breakfast_mark_kind kind, lad_vec2 at,
                                lad_rng *rng)
{
    breakfast_mark *m = &g->marks[g->mark_count];
    *m = (breakfast_mark){.kind = kind, .at = at, .angle = lad_rng_range(rng, -PI, PI), .strength = 1.0f};
    m->seed = lad_frame_noise_seed(frame, LAD_STREAM_ANOMALY, 100 + (uint32_t)g->mark_count);
    g->mark_count++;
    return m;
}

static void spill(breakfast_graph *g, lad_rng *rng)
{
    int count = lad_rng_below(rng, 3) ? 2 + (int)lad_rng_below(rng, 14) : 0;
    for (int i = 0; i < count; i++) {
        lad_vec2 at = place_on_box(g, lad_rng_below(rng, 3) == 0, rng);
        breakfast_piece *b = add_piece(g, PIECE_FLAKE, at, 2.5f, rng);
        float size = lad_rng_range(rng, 0.8f, 1.2f);
        b->a = 9.2f * size, b->b = 5.9f * size, b->c = 2.7f * size;
        g->spilled++;
    }
}

static void mix_cereals(breakfast_graph *g, lad_rng *rng)
{
    static const lad_vec3 colours[4] = {
        {0.045f, 0.018f, 0.010f}, {0.42f, 0.035f, 0.045f}, {0.06f, 0.20f, 0.05f}, {0.62f, 0.60f, 0.52f}};
    uint32_t sort = lad_rng_below(rng, 6), count = 3 + lad_rng_below(rng, 22);
    lad_vec2 middle = place_in_layer(&g->mix, -1.0f, rng);
    float wide = lad_rng_range(rng, 25.0f, 110.0f);
    for (uint32_t i = 0; i < count; i++) {
        lad_vec2 at = place_in_layer(&g->mix, -1.0f, rng);
        float shrink = lad_minf(1.0f, wide / 110.0f);
        at = lad_v2_add(middle, lad_v2_scale(lad_v2_sub(at, middle), shrink * shrink));
        breakfast_piece *b = add_piece(g, sort < 2 ? PIECE_FLAKE : PIECE_CRUMB, at, 10.0f, rng);
        if (sort < 2) { /* roasted black, or of chocolate */
            b->a = 10.0f, b->b = 6.4f, b->c = 2.8f;
            b->dark = lad_rng_range(rng, 0.75f, 1.0f);
        } else {
            make_crumb(b, lad_rng_range(rng, 5.0f, 8.0f), colours[sort - 2], rng);
        }
    }
}

static void crush_toppings(breakfast_graph *g, lad_rng *rng)
{
    lad_vec2 middle = place_in_layer(&g->mix, 1.0f, rng);
    float radius = graded(rng, 34.0f, 85.0f);
    int kept = 0;
    for (int i = 0; i < g->piece_count; i++) {
        const breakfast_piece *b = &g->pieces[i];
        bool topping = b->shape != PIECE_FLAKE;
        float d = lad_v2_length(lad_v2(b->at.x - middle.x, b->at.y - middle.y));
        if (topping && d < radius) continue;
        g->pieces[kept++] = *b;
    }
    g->piece_count = kept;
    int count = (int)(radius * radius * 0.045f);
    for (int i = 0; i < count && g->piece_count < BREAKFAST_MAX_PIECES; i++) {
        float angle = lad_rng_range(rng, -PI, PI), r = radius * 1.1f * sqrtf(lad_rng_float(rng));
        lad_vec2 at = {middle.x + r * lad_cosf(angle), middle.y + r * lad_sinf(angle)};
        if (breakfast_side_distance(g->mix.side, at.x, at.y) > -g->mix.inset - 4.0f) continue;
        if (breakfast_border_distance(&g->mix, at.x, at.y) < 0.0f) continue;
        bool almond = lad_rng_below(rng, 3) == 0;
        breakfast_piece *b = add_piece(g, PIECE_CRUMB, at, lad_rng_range(rng, 2.0f, 11.0f), rng);
        lad_vec3 pale = {0.50f, 0.34f, 0.14f}, brown = {0.24f, 0.09f, 0.03f}, kernel = {0.58f, 0.46f, 0.30f};
        float size = lad_rng_range(rng, 2.5f, 8.0f);
        make_crumb(b, size, almond ? (lad_rng_below(rng, 2) ? brown : kernel) : pale, rng);
    }
}

static void contaminate(const lad_frame *frame, breakfast_graph *g, lad_rng *rng)
{
    static const lad_vec3 colours[6] = {{0.03f, 0.09f, 0.42f},   {0.04f, 0.28f, 0.06f}, {0.22f, 0.22f, 0.21f},
                                        {0.015f, 0.012f, 0.01f}, {0.5f, 0.04f, 0.04f},  {0.55f, 0.56f, 0.58f}};
    uint32_t where = lad_rng_below(rng, 3);
    lad_vec2 at = where == 0 ? place_on_box(g, true, rng) : place_in_layer(&g->mix, where == 1 ? -1.0f : 1.0f, rng);
    if (lad_rng_below(rng, 4) == 0) {
        breakfast_mark *m = add_mark(frame, g, MARK_HAIR, at, rng);
        m->size = lad_rng_range(rng, 25.0f, 60.0f);
        m->strength = lad_rng_range(rng, 0.7f, 1.0f);
        m->colour = lad_v3(0.012f, 0.008f, 0.006f);
        return;
    }
    uint32_t count = 1 + lad_rng_below(rng, 4), colour = lad_rng_below(rng, 6);
    for (uint32_t i = 0; i < count; i++) {
        lad_vec2 p = place_around(at, lad_v2(22.0f, 22.0f), rng);
        if (i == 0) p = at;
        breakfast_piece *b = add_piece(g, PIECE_CRUMB, p, where == 0 ? 2.0f : where == 1 ? 17.0f : 22.0f, rng);
        make_crumb(b, graded(rng, count == 1 ? 7.0f : 5.0f, count == 1 ? 15.0f : 9.0f), colours[colour], rng);
    }
}

static void damage_box(const lad_frame *frame, breakfast_graph *g, lad_rng *rng)
{
    lad_vec2 at = place_on_box(g, lad_rng_below(rng, 2) == 0, rng);
    breakfast_mark *m;
    switch (lad_rng_below(rng, 3)) {
    case 0:
        m = add_mark(frame, g, MARK_CRACK, at, rng);
        m->size = lad_rng_range(rng, 22.0f, 44.0f);
        m->strength = lad_rng_range(rng, 0.7f, 1.0f);
        break;
    case 1:
        m = add_mark(frame, g, MARK_DENT, at, rng);
        m->size = lad_rng_range(rng, 18.0f, 32.0f);
        m->strength = lad_rng_range(rng, 8.0f, 13.0f);
        break;
    default: { /* a piece of the outer edge is gone */
        float along = lad_rng_range(rng, -0.6f, 0.6f);
        uint32_t edge = lad_rng_below(rng, 3);
        at = edge == 0 ? lad_v2(-TRAY_HALF_X, along * TRAY_HALF_Y) : lad_v2(TRAY_HALF_X, along * TRAY_HALF_Y);
        if (edge == 2) at = lad_v2((along < 0.0f ? along - 0.1f : along + 0.1f) * 1.05f * TRAY_HALF_X, TRAY_HALF_Y);
        m = add_mark(frame, g, MARK_CHIPPED, at, rng);
        m->size = graded(rng, 9.0f, 19.0f);
        break;
    }
    }
}

static void stain(const lad_frame *frame, breakfast_graph *g, lad_rng *rng)
{
    static const lad_vec3 colours[3] = {{0.36f, 0.20f, 0.09f}, {0.55f, 0.16f, 0.15f}, {0.72f, 0.52f, 0.16f}};
    breakfast_mark *m = add_mark(frame, g, MARK_STAIN, place_on_box(g, lad_rng_below(rng, 3) > 0, rng), rng);
    m->size = lad_rng_range(rng, 14.0f, 34.0f);
    m->strength = lad_rng_range(rng, 0.65f, 1.0f);
    m->colour = colours[lad_rng_below(rng, 3)];
}

static void harm_fruit(breakfast_graph *g, bool mouldy, lad_rng *rng)
{
    breakfast_fruit *f = &g->fruits[lad_rng_below(rng, (uint32_t)g->fruit_count)];
    static const fruit_harm harms[3] = {FRUIT_BRUISED, FRUIT_CUT, FRUIT_PEELED};
    f->harm = mouldy ? FRUIT_MOULDY : harms[lad_rng_below(rng, f->species == FRUIT_TANGERINE ? 3 : 2)];
    lad_vec2 off = place_around(lad_v2(0.0f, 0.0f), lad_v2(0.9f, 0.9f), rng);
    f->harm_at = lad_v3_unit(lad_v3(off.x, off.y, 1.0f));
    f->harm_size = f->harm == FRUIT_CUT ? lad_rng_range(rng, 0.3f, 0.5f) : lad_rng_range(rng, 0.2f, 0.42f);
    f->harm_turn = lad_rng_range(rng, -PI, PI);
    f->harm_strength = lad_rng_range(rng, 0.65f, 1.0f);
}

void breakfast_break(const lad_frame *frame, breakfast_graph *g)
{
    lad_rng rng = lad_frame_rng(frame, LAD_STREAM_ANOMALY, 1);
    switch ((breakfast_kind)frame->kind_index) {
    case BREAKFAST_OVERFLOW: spill(g, &rng); break;
    case BREAKFAST_MIXED_CEREALS: mix_cereals(g, &rng); break;
    case BREAKFAST_FRUIT_DAMAGED: harm_fruit(g, false, &rng); break;
    case BREAKFAST_FRUIT_MOULDY: harm_fruit(g, true, &rng); break;
    case BREAKFAST_BOX_DAMAGED: damage_box(frame, g, &rng); break;
    case BREAKFAST_TOPPINGS_CRUSHED: crush_toppings(g, &rng); break;
    case BREAKFAST_CONTAMINATION: contaminate(frame, g, &rng); break;
    case BREAKFAST_STAIN: stain(frame, g, &rng); break;
    default: break;
    }
}
