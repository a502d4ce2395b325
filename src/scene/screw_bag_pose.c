/* What lies in the bag, and where: bodies dropped one after the other, each leaning on those below it. */
#include "scene/screw_bag.h"

#include "base/detmath.h"
#include "scene/sdf.h"

#define PI 3.14159265f
enum { TRIES = 60 };

/* The pocket: as far as bodies slide towards the bag's edges and its zip. */
#define POCKET_LEFT (-BAG_HALF_X + 16.0f)
#define POCKET_RIGHT (ZIP_X - 10.0f)
#define POCKET_HALF_Y (BAG_HALF_Y - 16.0f)

void screw_bag_look(const lad_frame *frame, screw_body *body, screw_part part, bool is_long, uint32_t item)
{
    lad_rng rng = lad_frame_rng(frame, LAD_STREAM_GROUND, 3); /* a batch is of one make */
    float batch = lad_rng_range(&rng, 0.95f, 1.05f), warm = lad_rng_range(&rng, -1.0f, 1.0f);
    float dull = lad_rng_range(&rng, 0.0f, 0.06f);
    rng = lad_frame_rng(frame, LAD_STREAM_LOOK, item);
    *body = (screw_body){.part = part, .is_long = is_long};
    body->size = batch * lad_rng_range(&rng, 0.98f, 1.02f);
    float nominal = is_long ? LONG_LENGTH : SHORT_LENGTH;
    body->length = part == PART_SCREW ? nominal * lad_rng_range(&rng, 0.985f, 1.015f) : 0.0f;
    body->turn = lad_rng_float(&rng);
    /* Zinc: bluish or, passivated, yellowish; screws more so than the rest. */
    float tint = 0.6f * warm + 0.4f * lad_rng_range(&rng, -1.0f, 1.0f) + (part == PART_SCREW ? 0.5f : -0.2f);
    float grey = lad_rng_range(&rng, 0.74f, 0.86f);
    body->metal = lad_v3(grey * (0.97f + 0.025f * tint), grey, grey * (1.02f - 0.11f * tint));
    body->roughness = dull + lad_rng_range(&rng, 0.10f, 0.18f) + (part == PART_WASHER ? 0.05f : 0.0f);
    body->seed = lad_frame_noise_seed(frame, LAD_STREAM_LOOK, 100 + item);
}

static float radius_of(const screw_body *b)
{
    return b->size * (b->part == PART_NUT ? NUT_CORNER : b->part == PART_WASHER ? WASHER_RADIUS : HEAD_RADIUS);
}

static lad_vec2 flat(lad_vec3 p)
{
    return lad_v2(p.x, p.y);
}

/* A screw's far end on the ground plan, or the centre again. */
static lad_vec2 far_end(const screw_body *b)
{
    float length = b->length * b->size;
    return lad_v2(b->at.x + b->w.x * length, b->at.y + b->w.y * length);
}

static bool in_pocket(lad_vec2 p, float radius)
{
    return p.x > POCKET_LEFT + radius && p.x < POCKET_RIGHT - radius && fabsf(p.y) < POCKET_HALF_Y - radius;
}

/* Nearest places of the two segments a-b and c-d, by sampling the first. */
static float segment_gap(lad_vec2 a, lad_vec2 b, lad_vec2 c, lad_vec2 d, float *s, float *t)
{
    enum { STEPS = 12 };
    float best = 1e30f;
    *s = *t = 0.0f;
    for (int i = 0; i <= STEPS; i++) {
        float at = (float)i / STEPS, other;
        lad_vec2 p = {lad_mixf(a.x, b.x, at), lad_mixf(a.y, b.y, at)};
        float gap = lad_sd_segment(p, c, d, &other);
        if (gap < best) {
            best = gap;
            *s = at;
            *t = other;
        }
    }
    return best;
}

/* How much farther apart two bodies are than they need to be, to be told from each other. */
static float spare(const screw_body *a, const screw_body *b, float apart)
{
    float s, t, gap = segment_gap(flat(a->at), far_end(a), flat(b->at), far_end(b), &s, &t);
    bool screw_a = a->part == PART_SCREW, screw_b = b->part == PART_SCREW;
    float touch = screw_a && screw_b ? 2.0f * SHAFT_RADIUS : screw_a || screw_b ? 32.0f : 45.0f;
    if (screw_a && screw_b && (s * a->length < HEAD_LENGTH + 9.0f || t * b->length < HEAD_LENGTH + 9.0f)) {
        touch = HEAD_RADIUS + SHAFT_RADIUS;
        if (s * a->length < HEAD_LENGTH + 9.0f && t * b->length < HEAD_LENGTH + 9.0f) touch = 2.0f * HEAD_RADIUS;
        return gap - touch; /* heads do not pile up */
    }
    return gap - touch * apart;
}

/* Height of the upper side of a body that lies flat at the share t of its length. */
static float top_at(const screw_body *b, float t)
{
    if (b->part == PART_NUT) return b->at.z + NUT_HALF * b->size;
    if (b->part == PART_WASHER) return b->at.z + WASHER_HALF * b->size;
    float z = b->at.z + b->w.z * t * b->length * b->size;
    return z + b->size * (t * b->length < HEAD_LENGTH ? HEAD_RADIUS : SHAFT_RADIUS);
}

static void orient_disc(screw_body *b, float towards, float tilt, float turn)
{
    float ca = lad_cosf(towards), sa = lad_sinf(towards), ct = lad_cosf(tilt), st = lad_sinf(tilt);
    lad_vec3 up = {ca * st, sa * st, ct}, along = {ca * ct, sa * ct, -st}, across = {-sa, ca, 0.0f};
    float cr = lad_cosf(turn), sr = lad_sinf(turn);
    b->w = up;
    b->u = lad_v3_add(lad_v3_scale(along, cr), lad_v3_scale(across, sr));
    b->v = lad_v3_add(lad_v3_scale(along, -sr), lad_v3_scale(across, cr));
}

/* Lays a nut or washer down: flat, or with its rim on the body that reaches highest under it. */
static void rest_disc(const screw_bag_graph *g, int below, screw_body *b, lad_rng *rng)
{
    float turn = lad_rng_range(rng, -PI, PI), towards = lad_rng_range(rng, -PI, PI);
    float tilt = lad_rng_range(rng, 0.0f, 0.09f), radius = radius_of(b);
    float half = b->size * (b->part == PART_NUT ? NUT_HALF : WASHER_HALF), lift = 0.0f;
    for (int i = 0; i < below; i++) {
        const screw_body *o = &g->bodies[i];
        float t, gap = lad_sd_segment(flat(b->at), flat(o->at), far_end(o), &t);
        float reach =
            o->part == PART_SCREW ? (t * o->length < HEAD_LENGTH ? HEAD_RADIUS : SHAFT_RADIUS) * o->size : radius_of(o);
        if (gap > radius + reach - 1.0f) continue;
        float contact = lad_maxf(lad_minf(gap, radius) - 0.3f * reach, 3.0f), height = top_at(o, t);
        float slope = height / (contact + 0.92f * radius), lean = lad_minf(slope, 0.55f);
        if (lean <= tilt && lift > 0.0f) continue;
        lad_vec2 end = far_end(o);
        lad_vec2 near = {lad_mixf(o->at.x, end.x, t), lad_mixf(o->at.y, end.y, t)};
        /* The axis leans away from what lies under the rim. */
        towards = lad_atan2f(b->at.y - near.y, b->at.x - near.x);
        tilt = lean;
        lift = lean * 0.92f * radius;
    }
    b->at.z = half + lad_maxf(lift, tilt * radius);
    orient_disc(b, towards, tilt, turn);
}

/* Lays a screw down along `angle`: on its head and its point, or over the body that reaches highest under it. */
static void rest_screw(const screw_bag_graph *g, int below, screw_body *b, float angle, lad_rng *rng)
{
    float length = b->length * b->size, head = HEAD_RADIUS * b->size, shaft = SHAFT_RADIUS * b->size;
    float head_z = head, point_z = shaft, most = 0.0f;
    lad_vec2 from = flat(b->at), to = {b->at.x + length * lad_cosf(angle), b->at.y + length * lad_sinf(angle)};
    for (int i = 0; i < below; i++) {
        const screw_body *o = &g->bodies[i];
        float s, t, gap = segment_gap(from, to, flat(o->at), far_end(o), &s, &t);
        bool at_head = s * b->length < HEAD_LENGTH + 4.0f;
        float mine = at_head ? head : shaft, reach = o->part == PART_SCREW ? SHAFT_RADIUS : radius_of(o);
        if (gap > 0.8f * (mine + reach)) continue;
        float need = top_at(o, t) + 0.9f * mine;
        if (need - lad_mixf(head, shaft, s) < most) continue;
        most = need - lad_mixf(head, shaft, s);
        head_z = head;
        point_z = shaft;
        if (s > 0.45f) {
            point_z = lad_minf(head + (need - head) / s, 60.0f);
        } else {
            head_z = lad_minf(shaft + (need - shaft) / (1.0f - s), 60.0f);
        }
    }
    float rise = lad_clampf((point_z - head_z) / length, -0.45f, 0.45f), flat_share = sqrtf(1.0f - rise * rise);
    b->at.z = head_z;
    b->w = lad_v3(lad_cosf(angle) * flat_share, lad_sinf(angle) * flat_share, rise);
    lad_vec3 side = lad_v3_unit(lad_v3_cross(b->w, lad_v3(0.0f, 0.0f, 1.0f))), up = lad_v3_cross(side, b->w);
    float turn = lad_rng_range(rng, -PI, PI), c = lad_cosf(turn), s = lad_sinf(turn);
    b->u = lad_v3_add(lad_v3_scale(side, c), lad_v3_scale(up, s));
    b->v = lad_v3_add(lad_v3_scale(side, -s), lad_v3_scale(up, c));
}

void screw_bag_drop(const screw_bag_graph *g, int below, screw_body *body, lad_vec2 middle, float spread, float apart,
                    lad_rng *rng)
{
    bool screw = body->part == PART_SCREW;
    float radius = radius_of(body), length = body->length * body->size, best_spare = -1e30f, best_angle = 0.0f;
    lad_vec2 best = {middle.x - 0.5f * length, middle.y};
    for (int i = 0; i < TRIES && best_spare < 0.0f; i++) {
        float wide = spread * (1.0f + 2.0f * (float)i / TRIES);
        float angle = lad_rng_range(rng, -PI, PI), dx = lad_rng_range(rng, -wide, wide);
        float dy = lad_rng_range(rng, -wide, wide);
        lad_vec2 p = {middle.x + dx, middle.y + dy}, along = {lad_cosf(angle), lad_sinf(angle)};
        if (screw) p = lad_v2_add(p, lad_v2_scale(along, -0.5f * length));
        lad_vec2 end = screw ? lad_v2_add(p, lad_v2_scale(along, length)) : p;
        if (!in_pocket(p, radius) || !in_pocket(end, screw ? SHAFT_RADIUS : radius)) continue;
        body->at = lad_v3(p.x, p.y, 0.0f);
        body->w = screw ? lad_v3(along.x, along.y, 0.0f) : lad_v3(0.0f, 0.0f, 1.0f);
        float free = 0.0f;
        for (int k = 0; k < below; k++) free = lad_minf(free, spare(body, &g->bodies[k], apart));
        if (free <= best_spare) continue;
        best_spare = free;
        best = p;
        best_angle = angle;
    }
    body->at = lad_v3(best.x, best.y, 0.0f);
    if (screw) {
        rest_screw(g, below, body, best_angle, rng);
    } else {
        rest_disc(g, below, body, rng);
    }
}

lad_vec3 screw_bag_middle(const screw_body *b)
{
    return lad_v3_along(b->at, b->w, 0.5f * b->length * b->size);
}

/* Height of the lower side at the share s of its length of a body, and how wide it is there. */
static float bottom_at(const screw_body *b, float s, float *wide)
{
    *wide = b->part == PART_SCREW && s * b->length >= HEAD_LENGTH ? SHAFT_RADIUS * b->size : radius_of(b);
    if (b->part == PART_SCREW) return b->at.z + b->w.z * s * b->length * b->size - *wide;
    return b->at.z - (b->part == PART_NUT ? NUT_HALF : WASHER_HALF) * b->size;
}

/* How far up a body, in its place on the ground plan, is above the bag or the highest that it would touch. */
static float rise_needed(const screw_bag_graph *g, const screw_body *self, const screw_body *b)
{
    float wide, tilt = sqrtf(lad_maxf(1.0f - b->w.z * b->w.z, 0.0f));
    float lowest = bottom_at(b, 0.0f, &wide);
    lowest = b->part == PART_SCREW ? lad_minf(lowest, bottom_at(b, 1.0f, &wide)) : lowest - tilt * radius_of(b);
    float rise = -lowest;
    for (int i = 0; i < g->body_count; i++) {
        const screw_body *o = &g->bodies[i];
        if (o == self || o->part == PART_DEBRIS) continue;
        float s, t, other, gap = segment_gap(flat(b->at), far_end(b), flat(o->at), far_end(o), &s, &t);
        float bottom = bottom_at(b, s, &wide);
        bottom_at(o, t, &other);
        if (gap < 0.8f * (wide + other)) rise = lad_maxf(rise, top_at(o, t) - bottom);
    }
    return rise;
}

lad_vec3 screw_bag_way(const screw_bag_graph *g, const screw_body *b, float x, float y)
{
    lad_vec3 middle = screw_bag_middle(b);
    lad_vec2 head = flat(b->at), end = far_end(b);
    float radius = radius_of(b), slim = b->part == PART_SCREW ? SHAFT_RADIUS * b->size : radius;
    screw_body there = *b;
    lad_vec3 way = {x - middle.x, y - middle.y, 0.0f};
    way.x = lad_clampf(way.x, POCKET_LEFT + lad_maxf(radius - head.x, slim - end.x),
                       POCKET_RIGHT - lad_maxf(radius + head.x, slim + end.x));
    way.y = lad_clampf(way.y, -POCKET_HALF_Y + lad_maxf(radius - head.y, slim - end.y),
                       POCKET_HALF_Y - lad_maxf(radius + head.y, slim + end.y));
    there.at = lad_v3_add(b->at, way);
    way.z = rise_needed(g, b, &there);
    return way;
}

void screw_bag_fill(const lad_frame *frame, screw_bag_graph *g)
{
    static const struct {
        screw_part part;
        bool is_long;
    } contents[SCREW_BAG_BODIES] = {{PART_SCREW, true}, {PART_SCREW, false},  {PART_NUT, false},
                                    {PART_NUT, false},  {PART_WASHER, false}, {PART_WASHER, false}};
    lad_rng rng = lad_frame_rng(frame, LAD_STREAM_POSE, 100);
    lad_vec2 middle;
    middle.x = lad_rng_range(&rng, -130.0f, 70.0f);
    middle.y = lad_rng_range(&rng, -70.0f, 80.0f);
    float spread = lad_rng_range(&rng, 50.0f, 120.0f), apart = lad_rng_range(&rng, 0.5f, 1.1f);
    uint32_t order[SCREW_BAG_BODIES];
    for (uint32_t i = 0; i < SCREW_BAG_BODIES; i++) order[i] = i;
    for (uint32_t i = SCREW_BAG_BODIES - 1; i > 0; i--) {
        uint32_t j = lad_rng_below(&rng, i + 1), swap = order[i];
        order[i] = order[j];
        order[j] = swap;
    }
    for (int i = 0; i < SCREW_BAG_BODIES; i++) {
        uint32_t item = order[i];
        lad_rng pose = lad_frame_rng(frame, LAD_STREAM_POSE, item);
        screw_bag_look(frame, &g->bodies[i], contents[item].part, contents[item].is_long, item);
        screw_bag_drop(g, i, &g->bodies[i], middle, spread, apart, &pose);
        g->body_count++;
    }
}
