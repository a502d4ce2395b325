/* The anomalies of the splicing connectors scene.  The kinds' order is that of the table in splicing_connectors.c. */
#include "scene/splicing_connectors.h"

#include "base/detmath.h"

/* Half of the anomalies are plain: seen at once in a picture of 256 x 256.  The rest are subtle. */
static int is_plain(lad_rng *rng)
{
    return lad_rng_below(rng, 2) == 0;
}

static float choose(lad_rng *rng, int plain, lad_vec2 subtle_range, lad_vec2 plain_range)
{
    lad_vec2 range = plain ? plain_range : subtle_range;
    return lad_rng_range(rng, range.x, range.y);
}

static float sign(lad_rng *rng)
{
    return lad_rng_below(rng, 2) ? 1.0f : -1.0f;
}

/* Another clamp of a connector: one of its neighbours, or any. */
static int other_clamp(const splice_connector *c, int clamp, int near, lad_rng *rng)
{
    for (;;) {
        int other = (int)lad_rng_below(rng, (uint32_t)c->clamps), step = other - clamp;
        if (step != 0 && (!near || step == 1 || step == -1)) return other;
    }
}

static void add_cable(splice_graph *g, lad_rng *rng)
{
    const splice_cable *first = &g->cables[0];
    splice_cable *cable = &g->cables[g->cable_count++];
    *cable = *first;
    cable->clamp[0] = cable->clamp[1] = other_clamp(&g->connectors[0], first->clamp[0], 0, rng);
    /* It lies beside the first one, not across it. */
    cable->bend[0] = first->bend[0] + lad_rng_range(rng, -7.0f, 7.0f);
    cable->bend[1] = first->bend[1] + lad_rng_range(rng, -5.0f, 5.0f);
    cable->reach = lad_rng_range(rng, 0.7f, 1.1f);
    cable->print_at = lad_rng_range(rng, 8.0f, 120.0f);
    splice_plug(g, cable);
}

static void recolour(splice_cable *cable, lad_rng *rng)
{
    uint32_t step = 1 + lad_rng_below(rng, SPLICE_COLOURS - 1);
    cable->colour = (splice_colour)(((uint32_t)cable->colour + step) % SPLICE_COLOURS);
    cable->albedo = splice_insulation(cable->colour, lad_rng_range(rng, -1.0f, 1.0f));
}

static void relocate(splice_graph *g, int plain, lad_rng *rng)
{
    splice_cable *cable = &g->cables[0];
    int end = g->touched;
    g->before = *cable;
    cable->clamp[end] = other_clamp(&g->connectors[end], cable->clamp[end], !plain, rng);
    splice_plug(g, cable);
}

/* Another number of clamps for one connector, which is moved so that the cable stays where it is: the clamp counted
 * from the top, or from the bottom, is the same on both. */
static void retype(splice_graph *g, int plain)
{
    splice_connector *c = &g->connectors[g->touched];
    splice_cable *cable = &g->cables[0];
    g->replaced = *c;
    int was = c->clamps, from_top = cable->clamp[0], from_bottom = was - 1 - from_top;
    int now = was == 5 ? (plain ? 2 : 3) : was == 3 ? (plain ? 5 : 2) : plain ? 5 : 3;
    if (from_top >= now && from_bottom >= now) now = 3;
    lad_vec2 at = c->at;
    float best = 1e30f;
    for (int way = 0; way < 2; way++) {
        int clamp = way ? now - 1 - from_bottom : from_top;
        if (clamp < 0 || clamp >= now) continue;
        splice_connector moved = *c;
        moved.clamps = now;
        float off = splice_clamp_y(c, from_top) - splice_clamp_y(&moved, clamp);
        moved.at = lad_v2_add(c->at, lad_v2_scale(c->ey, off));
        if (fabsf(moved.at.y) >= best) continue;
        best = fabsf(moved.at.y);
        cable->clamp[g->touched] = clamp;
        at = moved.at;
    }
    c->at = at;
    c->clamps = now;
}

/* Strips the last units of an end. */
static void strip_end(splice_cable *cable, int end, float units)
{
    float share = units / cable->length;
    cable->bare[0] = (splice_stretch){end ? 1.0f - share : -1.0f, end ? 2.0f : share, 1.0f};
    cable->bare_count = 1;
}

static void remove_connector(splice_graph *g, lad_rng *rng)
{
    splice_cable *cable = &g->cables[0];
    g->connectors[g->touched].present = 0;
    cable->clamp[g->touched] = -1;
    strip_end(cable, g->touched, lad_rng_range(rng, 10.0f, 16.0f));
}

/* Pulls an end out of its clamp: the cable ends early there, and may lie to a side. */
static void unplug(splice_graph *g, int plain, lad_rng *rng)
{
    splice_cable *cable = &g->cables[0], old = *cable;
    int end = g->touched;
    g->before = old;
    float missing = 8.0f + choose(rng, plain, lad_v2(10.0f, 20.0f), lad_v2(26.0f, 70.0f));
    float aside = choose(rng, plain, lad_v2(0.0f, 6.0f), lad_v2(5.0f, 24.0f));
    aside *= sign(rng);
    lad_vec2 across = g->connectors[end].ey;
    for (int i = 0; i <= SPLICE_SEGMENTS; i++) {
        float t = (float)i / SPLICE_SEGMENTS, loose = end ? t : 1.0f - t;
        float share = loose * (1.0f - missing / old.length);
        lad_vec3 p = splice_cable_point(&old, end ? share : 1.0f - share);
        float turn = aside * lad_smoothstep(0.6f, 1.1f, loose);
        p.x += across.x * turn;
        p.y += across.y * turn;
        p.z = lad_mixf(p.z, cable->low, lad_smoothstep(0.6f, 0.95f, loose));
        cable->points[i] = p;
    }
    /* The print stays where it is. */
    if (end == 0) cable->print_at -= missing;
    cable->length = old.length - missing;
    cable->clamp[end] = -1;
    strip_end(cable, end, lad_rng_range(rng, 10.0f, 16.0f));
}

static void lengthen(splice_graph *g, int plain, lad_rng *rng)
{
    splice_cable *cable = &g->cables[0];
    g->before = *cable;
    float middle = cable->points[SPLICE_SEGMENTS / 2].y;
    /* Downwards where there is more room below. */
    float bow = choose(rng, plain, lad_v2(62.0f, 75.0f), lad_v2(85.0f, 105.0f));
    cable->bend[0] = middle < 0.0f ? bow : -bow;
    cable->bend[1] = lad_rng_range(rng, -25.0f, 25.0f);
    splice_plug(g, cable);
}

static void break_lever(splice_graph *g, splice_lever_state state, int plain, lad_rng *rng)
{
    splice_connector *c = &g->connectors[g->touched];
    splice_lever *lever = &c->levers[lad_rng_below(rng, (uint32_t)c->clamps)];
    lever->state = state;
    lever->broken_at = choose(rng, plain, lad_v2(90.0f, 97.0f), lad_v2(72.0f, 86.0f));
}

static splice_stretch stretch(const splice_cable *cable, float units, lad_rng *rng)
{
    float middle = lad_rng_range(rng, 0.22f, 0.78f), half = 0.5f * units / cable->length;
    return (splice_stretch){middle - half, middle + half, 1.0f};
}

static void cut(splice_cable *cable, int plain, lad_rng *rng)
{
    float width = choose(rng, plain, lad_v2(2.5f, 6.0f), lad_v2(12.0f, 34.0f));
    cable->gap = stretch(cable, width, rng);
    /* The strands stick out a little on both sides. */
    float stub = lad_rng_range(rng, 2.0f, 6.0f) / cable->length;
    cable->bare[0] = (splice_stretch){cable->gap.from - stub, cable->gap.to + stub, 1.0f};
    cable->bare_count = 1;
}

static void kink(splice_cable *cable, int plain, lad_rng *rng)
{
    int at = SPLICE_SEGMENTS / 4 + (int)lad_rng_below(rng, SPLICE_SEGMENTS / 2);
    float amount = choose(rng, plain, lad_v2(8.0f, 13.0f), lad_v2(18.0f, 28.0f));
    amount *= sign(rng);
    float reach = lad_rng_range(rng, 3.0f, 5.0f);
    for (int i = 0; i <= SPLICE_SEGMENTS; i++) {
        float share = 1.0f - fabsf((float)(i - at)) / reach;
        if (share > 0.0f) cable->points[i].y += amount * share;
    }
    cable->kinked = 1;
}

static void burn(splice_cable *cable, int plain, lad_rng *rng)
{
    static const lad_vec3 colours[3] = {{0.015f, 0.012f, 0.010f}, {0.10f, 0.045f, 0.015f}, {0.05f, 0.22f, 0.06f}};
    cable->burnt = stretch(cable, choose(rng, plain, lad_v2(16.0f, 28.0f), lad_v2(35.0f, 80.0f)), rng);
    cable->burnt_albedo = colours[lad_rng_below(rng, plain ? 3 : 2)];
    cable->burnt.depth = choose(rng, plain, lad_v2(0.55f, 0.8f), lad_v2(0.9f, 1.0f));
}

static splice_mark *add_mark(const lad_frame *frame, splice_graph *g, splice_mark_kind kind, lad_vec3 at, lad_rng *rng)
{
    splice_mark *m = &g->marks[g->mark_count];
    *m = (splice_mark){.kind = kind, .at = at, .angle = lad_rng_range(rng, 0.0f, 6.2831853f), .strength = 1.0f};
    m->seed = lad_frame_noise_seed(frame, LAD_STREAM_ANOMALY, 100 + (uint32_t)g->mark_count);
    g->mark_count++;
    return m;
}

static void crack(const lad_frame *frame, splice_graph *g, int plain, lad_rng *rng)
{
    splice_connector *c = &g->connectors[g->touched];
    int count = plain ? 3 : 1 + (int)lad_rng_below(rng, 2);
    for (int i = 0; i < count; i++) {
        float size = choose(rng, plain, lad_v2(18.0f, 26.0f), lad_v2(22.0f, 34.0f));
        float x = lad_rng_range(rng, 8.0f, 24.0f), y = splice_half_height(c) - size;
        y = lad_rng_range(rng, -1.0f, 1.0f) * lad_maxf(y, 4.0f);
        lad_vec2 p = splice_to_world(c, x, y);
        splice_mark *m = add_mark(frame, g, SPLICE_CRACK, lad_v3(p.x, p.y, 44.0f), rng);
        m->angle = c->angle + 1.5708f + lad_rng_range(rng, -0.35f, 0.35f);
        m->size = size;
        m->width = choose(rng, plain, lad_v2(1.0f, 1.4f), lad_v2(1.2f, 1.8f));
        m->strength = choose(rng, plain, lad_v2(0.8f, 0.95f), lad_v2(0.95f, 1.0f));
    }
}

/* A place on the mesh that no connector covers. */
static lad_vec2 free_place(const splice_graph *g, float clear, lad_rng *rng)
{
    lad_vec2 best = {0.0f, 0.0f};
    float best_free = -1e30f;
    for (int i = 0; i < 30 && best_free < clear; i++) {
        lad_vec2 p;
        p.x = lad_rng_range(rng, -285.0f, 285.0f);
        p.y = lad_rng_range(rng, -130.0f, 130.0f);
        float room = 1e30f;
        for (int k = 0; k < 2; k++) {
            const splice_connector *c = &g->connectors[k];
            lad_vec2 q = splice_to_local(c, p);
            float dx = fabsf(q.x - SPLICE_HALF_LENGTH) - SPLICE_HALF_LENGTH, dy = fabsf(q.y) - splice_half_height(c);
            room = lad_minf(room, lad_maxf(dx, dy));
        }
        for (int k = 0; k <= SPLICE_SEGMENTS; k += 4) {
            lad_vec3 c = g->cables[0].points[k];
            room = lad_minf(room, lad_v2_length(lad_v2_sub(p, lad_v2(c.x, c.y))) - 8.0f);
        }
        if (room > best_free) {
            best_free = room;
            best = p;
        }
    }
    return best;
}

static void contaminate(const lad_frame *frame, splice_graph *g, int plain, lad_rng *rng)
{
    static const lad_vec3 crumbs[5] = {{0.35f, 0.22f, 0.10f},
                                       {0.10f, 0.25f, 0.10f},
                                       {0.55f, 0.50f, 0.42f},
                                       {0.03f, 0.03f, 0.035f},
                                       {0.40f, 0.06f, 0.05f}};
    if (lad_rng_below(rng, 3) == 0) {
        lad_vec2 p = free_place(g, 4.0f, rng);
        splice_mark *m = add_mark(frame, g, SPLICE_FIBRE, lad_v3(p.x, p.y, 6.0f), rng);
        m->size = choose(rng, plain, lad_v2(22.0f, 32.0f), lad_v2(40.0f, 60.0f));
        m->width = choose(rng, plain, lad_v2(0.8f, 1.1f), lad_v2(1.4f, 2.2f));
        float blue = lad_rng_range(rng, 0.10f, 0.5f);
        m->colour = lad_v3(0.5f, 0.2f + 0.4f * blue, blue);
        return;
    }
    int count = plain ? 2 + (int)lad_rng_below(rng, 2) : 1 + (int)lad_rng_below(rng, 2);
    lad_vec3 colour = crumbs[lad_rng_below(rng, 5)];
    lad_vec2 first = free_place(g, 14.0f, rng);
    for (int i = 0; i < count; i++) {
        lad_vec2 p = first;
        if (i > 0) {
            p.x += lad_rng_range(rng, -30.0f, 30.0f);
            p.y += lad_rng_range(rng, -30.0f, 30.0f);
        }
        splice_mark *m = add_mark(frame, g, SPLICE_CRUMB, lad_v3(p.x, p.y, 5.0f), rng);
        m->size = choose(rng, plain, lad_v2(4.5f, 7.5f), lad_v2(9.0f, 16.0f));
        m->colour = lad_v3_scale(colour, lad_rng_range(rng, 0.8f, 1.2f));
    }
}

static void stain(const lad_frame *frame, splice_graph *g, int plain, lad_rng *rng)
{
    /* Rust, oil, verdigris. */
    static const lad_vec3 colours[3] = {{0.62f, 0.24f, 0.07f}, {0.16f, 0.13f, 0.10f}, {0.20f, 0.42f, 0.30f}};
    g->stain.at = free_place(g, plain ? 10.0f : 20.0f, rng);
    g->stain.radius = choose(rng, plain, lad_v2(26.0f, 42.0f), lad_v2(50.0f, 80.0f));
    g->stain.strength = choose(rng, plain, lad_v2(0.5f, 0.75f), lad_v2(0.9f, 1.0f));
    g->stain.colour = colours[lad_rng_below(rng, 3)];
    g->stain.seed = lad_frame_noise_seed(frame, LAD_STREAM_ANOMALY, 1);
}

static void dent(splice_graph *g, int plain, lad_rng *rng)
{
    g->dent.at = free_place(g, plain ? 25.0f : 15.0f, rng);
    g->dent.radius = choose(rng, plain, lad_v2(34.0f, 48.0f), lad_v2(55.0f, 80.0f));
    g->dent.depth = choose(rng, plain, lad_v2(0.28f, 0.42f), lad_v2(0.45f, 0.6f));
    if (lad_rng_below(rng, 2)) g->dent.torn = choose(rng, plain, lad_v2(7.0f, 10.0f), lad_v2(13.0f, 22.0f));
}

static void bare(splice_cable *cable, int around, int plain, lad_rng *rng)
{
    lad_vec2 subtle = around ? lad_v2(12.0f, 20.0f) : lad_v2(13.0f, 18.0f);
    lad_vec2 large = around ? lad_v2(30.0f, 75.0f) : lad_v2(18.0f, 34.0f);
    cable->bare[0] = stretch(cable, choose(rng, plain, subtle, large), rng);
    if (!around) cable->bare[0].depth = choose(rng, plain, lad_v2(0.55f, 0.75f), lad_v2(0.8f, 0.95f));
    cable->bare_count = 1;
}

void splice_break(const lad_frame *frame, splice_graph *g)
{
    lad_rng rng = lad_frame_rng(frame, LAD_STREAM_ANOMALY, 0);
    int plain = is_plain(&rng);
    splice_cable *cable = &g->cables[0];
    g->touched = (int)lad_rng_below(&rng, 2);
    switch ((splice_kind)frame->kind_index) {
    case SPLICE_MISSING_CABLE: g->cable_count = 0; break;
    case SPLICE_EXTRA_CABLE: add_cable(g, &rng); break;
    case SPLICE_WRONG_COLOUR: recolour(cable, &rng); break;
    case SPLICE_WRONG_LOCATION: relocate(g, plain, &rng); break;
    case SPLICE_WRONG_TYPE: retype(g, plain); break;
    case SPLICE_MISSING_CONNECTOR: remove_connector(g, &rng); break;
    case SPLICE_MISSING_BOTH:
        g->connectors[g->touched].present = 0;
        g->cable_count = 0;
        break;
    case SPLICE_FLIPPED: g->connectors[g->touched].upside_down = 1; break;
    case SPLICE_NOT_PLUGGED: unplug(g, plain, &rng); break;
    case SPLICE_TOO_LONG: lengthen(g, plain, &rng); break;
    case SPLICE_OPEN_LEVER: break_lever(g, LEVER_OPEN, plain, &rng); break;
    case SPLICE_BROKEN_LEVER: break_lever(g, LEVER_BROKEN, plain, &rng); break;
    case SPLICE_MISSING_LEVER: break_lever(g, LEVER_MISSING, plain, &rng); break;
    case SPLICE_INSULATION: bare(cable, 0, plain, &rng); break;
    case SPLICE_BARE_COPPER: bare(cable, 1, plain, &rng); break;
    case SPLICE_CUT: cut(cable, plain, &rng); break;
    case SPLICE_KINKED: kink(cable, plain, &rng); break;
    case SPLICE_BURNT: burn(cable, plain, &rng); break;
    case SPLICE_CRACKED: crack(frame, g, plain, &rng); break;
    case SPLICE_CONTAMINATION: contaminate(frame, g, plain, &rng); break;
    case SPLICE_STAIN: stain(frame, g, plain, &rng); break;
    case SPLICE_DENTED_MESH: dent(g, plain, &rng); break;
    case SPLICE_KINDS: break;
    }
}
