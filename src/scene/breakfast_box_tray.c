/* The white moulded box, as a height field, with the bed of crumbs that cereals lie on. */
#include "scene/breakfast_box.h"

#include "base/clones.h"
#include "scene/noise.h"
#include "scene/sdf.h"

#define WALL_BEND 6.0f    /* how far outside a compartment's edge its walls begin to slant */
#define DIVIDER_HALF 8.5f /* half width of the ridge between the compartments */

/* The ridge between the compartments runs down in a bow. */
static inline float divider_x(float y)
{
    float up = lad_maxf(186.0f - y, 0.0f);
    return -3.0f - 7.1e-4f * up * up;
}

/* Signed distance to the middle of the ridge, negative on its left. */
static inline float divider_distance(float x, float y)
{
    float slope = 14.2e-4f * lad_maxf(186.0f - y, 0.0f);
    return (x - divider_x(y)) / sqrtf(1.0f + slope * slope);
}

static inline float side_distance(int side, float across, float x, float y)
{
    float box;
    if (side == 0) {
        box = lad_sd_box(lad_v2(x + 58.0f, y + 5.0f), 200.0f, 201.0f, 58.0f);
        across = across + DIVIDER_HALF;
    } else {
        box = lad_sd_box(lad_v2(x - 48.0f, y + 12.0f), 209.0f, 194.0f, 50.0f);
        across = DIVIDER_HALF - across;
    }
    /* Rounded where the ridge meets the outer walls. */
    return -lad_sd_blend(-box, -across, 44.0f);
}

/* Whether a place is surely outside the outer walls of the compartments, where the height is that of the rim.  No
 * distance there is less than these, but for what is rounded off. */
static inline bool off_compartments(float x, float y)
{
    float left = lad_maxf(fabsf(x + 58.0f) - 200.0f, fabsf(y + 5.0f) - 201.0f);
    float right = lad_maxf(fabsf(x - 48.0f) - 209.0f, fabsf(y + 12.0f) - 194.0f);
    return lad_minf(left, right) > WALL_BEND + 0.1f;
}

/* A piece broken out of the outer edge. */
static float bite_distance(const breakfast_mark *m, float x, float y)
{
    float ragged = lad_noise_fractal2(m->seed, x * 0.12f, y * 0.12f, 2);
    return lad_v2_length(lad_v2(x - m->at.x, y - m->at.y)) - m->size * (1.0f + 0.35f * ragged);
}

float breakfast_side_distance(int side, float x, float y)
{
    return side_distance(side, divider_distance(x, y), x, y);
}

/* Of the box as it was made. */
static inline float whole_distance(float x, float y)
{
    float d = lad_sd_box(lad_v2(x, y), TRAY_HALF_X, TRAY_HALF_Y, TRAY_CORNER);
    if (fabsf(x) < 150.0f) { /* lips to open and to lock it */
        float top = lad_sd_box(lad_v2(x + 20.0f, y + TRAY_HALF_Y + 10.0f), 112.0f, 24.0f, 12.0f);
        float bottom = lad_sd_box(lad_v2(x, y - TRAY_HALF_Y + 6.0f), 92.0f, 15.0f, 8.0f);
        d = lad_minf(d, lad_minf(top, bottom));
    }
    return d;
}

float breakfast_outer_distance(const breakfast_graph *g, float x, float y)
{
    float d = whole_distance(x, y);
    for (int i = 0; i < g->mark_count; i++) {
        if (g->marks[i].kind == MARK_CHIPPED) d = lad_maxf(d, -bite_distance(&g->marks[i], x, y));
    }
    return d;
}

/* The slot in the front rim that the lid locks into. */
static float slot_distance(float x, float y)
{
    return lad_sd_box(lad_v2(x - 4.0f, y - 207.0f), 52.0f, 3.4f, 2.5f);
}

/* Height of the wall of a compartment at this distance inside its edge. */
static inline float wall_height(float distance)
{
    if (distance > WALL_BEND) return TRAY_RIM;
    float s = lad_clampf((WALL_BEND - distance) / (TRAY_WALL + WALL_BEND), 0.0f, 1.0f);
    return TRAY_RIM - (TRAY_RIM - TRAY_FLOOR) * s * s * (3.0f - 2.0f * s);
}

/* A smooth bump of the given half width. */
static inline float bump(float x, float half)
{
    float t = lad_clampf(1.0f - x * x / (half * half), 0.0f, 1.0f);
    return t * t;
}

static inline float rim_height(float outer)
{
    float z = TRAY_RIM;
    if (outer < -31.0f) return z;
    z -= (TRAY_RIM - TRAY_EDGE) * lad_smoothstep(-9.0f, 3.0f, outer);
    z -= 4.0f * bump(outer + 13.0f, 5.0f); /* a groove runs around */
    z += 1.5f * bump(outer + 25.0f, 6.0f);
    return z;
}

#define BED_STEP 0.16f /* of the noise of the bed of crumbs */

/* From the height that pieces lie on and noise. */
static float bed_of(float height, float noise)
{
    if (height <= TRAY_FLOOR) return 0.0f;
    float rough = noise - 0.5f;
    return height - 9.0f + 7.0f * rough;
}

static float bed_height(const breakfast_graph *g, float x, float y, float side)
{
    const breakfast_mix *mix = &g->mix;
    if (-side - mix->inset < -4.0f) return 0.0f;
    float height = breakfast_mix_height(mix, x, y, side);
    return bed_of(height, lad_noise_value2(mix->seed + 3, x * BED_STEP, y * BED_STEP));
}

/* Of many places; 0 where there is none. */
static void find_beds(const breakfast_graph *g, const float *x, const float *y, const float *side, int count,
                      float *bed)
{
    float at_x[BREAKFAST_PLACES], at_y[BREAKFAST_PLACES], at_side[BREAKFAST_PLACES], height[BREAKFAST_PLACES];
    float noise[BREAKFAST_PLACES];
    uint64_t seed[BREAKFAST_PLACES];
    int place[BREAKFAST_PLACES], found = 0;
    for (int i = 0; i < count; i++) {
        bed[i] = 0.0f;
        if (-side[i] - g->mix.inset < -4.0f) continue;
        at_x[found] = x[i], at_y[found] = y[i], at_side[found] = side[i];
        place[found++] = i;
    }
    if (found == 0) return;
    breakfast_mix_heights(&g->mix, at_x, at_y, at_side, found, height);
    for (int i = 0; i < found; i++) at_x[i] *= BED_STEP, at_y[i] *= BED_STEP, seed[i] = g->mix.seed + 3;
    lad_noise_values2(seed, at_x, at_y, found, noise);
    for (int i = 0; i < found; i++) bed[place[i]] = bed_of(height[i], noise[i]);
}

float breakfast_tray_height(const breakfast_graph *g, float x, float y)
{
    float outer = breakfast_inside(x, y) ? -60.0f : breakfast_outer_distance(g, x, y);
    if (outer > 3.0f) return 0.0f;
    if (outer > -19.0f) return rim_height(outer) + breakfast_mark_relief(g, x, y);
    /* Beyond the ridge, all of the other compartment is at the height of the rim. */
    float left = 90.0f, right = 90.0f;
    if (!off_compartments(x, y)) {
        float across = divider_distance(x, y);
        if (across < DIVIDER_HALF) left = side_distance(0, across, x, y);
        if (across > -DIVIDER_HALF) right = side_distance(1, across, x, y);
    }
    float z = lad_minf(wall_height(left), wall_height(right));
    z += rim_height(outer) - TRAY_RIM;
    /* A low relief is pressed into the floor of the left compartment. */
    if (left < -40.0f) z += 1.6f * bump(left + 58.0f, 7.0f);
    z += breakfast_mark_relief(g, x, y);
    float side = g->mix.side ? right : left;
    if (side + g->mix.inset < 4.0f) z = lad_maxf(z, bed_height(g, x, y, side));
    return z;
}

/* Heights of the box without marks and contents.  side: distance to the edge of that compartment, far where it can
 * hold no contents.  As in breakfast_tray_height, but without branches, which all come to the same.  walls: whether any
 * place may be in a compartment; lips: or near the lips. */
LAD_INLINED void find_some(const float *restrict x, const float *restrict y, int count, bool lips, bool walls,
                           int compartment, float *restrict z, float *restrict side)
{
    for (int i = 0; i < count; i++) {
        float outer =
            lips ? whole_distance(x[i], y[i]) : lad_sd_box(lad_v2(x[i], y[i]), TRAY_HALF_X, TRAY_HALF_Y, TRAY_CORNER);
        outer = breakfast_inside(x[i], y[i]) ? -60.0f : outer;
        float rim = rim_height(outer), inner = TRAY_RIM, own = 90.0f;
        if (walls) {
            float across = divider_distance(x[i], y[i]);
            float left = side_distance(0, across, x[i], y[i]), right = side_distance(1, across, x[i], y[i]);
            left = across < DIVIDER_HALF ? left : 90.0f;
            right = across > -DIVIDER_HALF ? right : 90.0f;
            inner = lad_minf(wall_height(left), wall_height(right));
            inner += rim - TRAY_RIM;
            inner += left < -40.0f ? 1.6f * bump(left + 58.0f, 7.0f) : 0.0f;
            own = compartment ? right : left;
        } else {
            inner += rim - TRAY_RIM;
        }
        z[i] = outer > 3.0f ? 0.0f : outer > -19.0f ? rim : inner;
        side[i] = outer > -19.0f ? 90.0f : own;
    }
}

LAD_CLONES static void find_bare(const float *restrict x, const float *restrict y, int count, bool lips, bool walls,
                                 int compartment, float *restrict z, float *restrict side)
{
    if (lips && walls) {
        find_some(x, y, count, true, true, compartment, z, side);
    } else if (lips) {
        find_some(x, y, count, true, false, compartment, z, side);
    } else if (walls) {
        find_some(x, y, count, false, true, compartment, z, side);
    } else {
        find_some(x, y, count, false, false, compartment, z, side);
    }
}

/* Neighbours that are treated alike. */
enum { GROUP = 16 };

static void find_group(const float *x, const float *y, int count, int compartment, float *z, float *side)
{
    bool lips = false, walls = false;
    for (int i = 0; i < count; i++) {
        lips |= fabsf(y[i]) > TRAY_HALF_Y - 40.0f;
        walls |= !off_compartments(x[i], y[i]);
    }
    find_bare(x, y, count, lips, walls, compartment, z, side);
}

static void find_heights(const breakfast_graph *g, const float *x, const float *y, int count, float *z)
{
    float side[BREAKFAST_PLACES] = {0}, bed[BREAKFAST_PLACES];
    if (g->mark_count > 0) {
        for (int i = 0; i < count; i++) z[i] = breakfast_tray_height(g, x[i], y[i]);
        return;
    }
    for (int i = 0; i < count; i += GROUP) {
        find_group(x + i, y + i, count - i < GROUP ? count - i : GROUP, g->mix.side, z + i, side + i);
    }
    find_beds(g, x, y, side, count, bed);
    for (int i = 0; i < count; i++) z[i] = side[i] + g->mix.inset < 4.0f ? lad_maxf(z[i], bed[i]) : z[i];
}

LAD_CLONES static void find_sides(const float *restrict x, const float *restrict y, int count, int compartment,
                                  float *restrict side)
{
    for (int i = 0; i < count; i++) {
        side[i] = side_distance(compartment, divider_distance(x[i], y[i]), x[i], y[i]);
    }
}

/* Whether the surface at a place is the bed of crumbs rather than the box. */
static float bed_share(const breakfast_graph *g, float bed, float side)
{
    if (side + g->mix.inset > 4.0f) return 0.0f;
    return lad_smoothstep(-0.6f, 0.4f, bed - wall_height(side));
}

typedef struct tints {
    float r[BREAKFAST_PLACES], g[BREAKFAST_PLACES], b[BREAKFAST_PLACES];
} tints;

/* Light that a fruit throws onto the white walls, and takes away from them; none from farther than four radii. */
LAD_CLONES static void bounce(const breakfast_fruit *fruit, const breakfast_places *at, tints *tint)
{
    lad_vec3 glow = breakfast_fruit_glow(fruit), middle = fruit->at;
    float r2 = fruit->radius * fruit->radius;
    for (int i = 0; i < at->count; i++) {
        lad_vec3 to = lad_v3_sub(middle, lad_v3(at->px[i], at->py[i], at->pz[i]));
        float d2 = lad_v3_dot(to, to);
        float share = lad_minf(0.42f * r2 / d2, 0.5f) * lad_smoothstep(16.0f, 6.0f, d2 / r2);
        tint->r[i] *= lad_mixf(1.0f, glow.x, share);
        tint->g[i] *= lad_mixf(1.0f, glow.y, share);
        tint->b[i] *= lad_mixf(1.0f, glow.z, share);
    }
}

/* Normals, and directions to the camera, of places whose heights e to the right and e below are known. */
LAD_CLONES static void set_normals(lad_vec3 eye, const breakfast_places *restrict at, const float *restrict right,
                                   const float *restrict below, float e, int count, lad_surfaces *restrict s)
{
    const float limit = 5.0f; /* steps of the outline would give a normal in the plane */
    for (int i = 0; i < count; i++) {
        float dx = right[i] - at->pz[i], dy = below[i] - at->pz[i];
        lad_vec3 n = lad_slope_normal(lad_clampf(dx / e, -limit, limit), lad_clampf(dy / e, -limit, limit));
        lad_vec3 view = lad_v3_unit(lad_v3_sub(eye, lad_v3(at->px[i], at->py[i], at->pz[i])));
        s->n[0][i] = n.x, s->n[1][i] = n.y, s->n[2][i] = n.z;
        s->view[0][i] = view.x, s->view[1][i] = view.y, s->view[2][i] = view.z;
    }
}

void breakfast_tray_shade(const lad_frame *frame, const breakfast_graph *g, const breakfast_places *at, int count,
                          lad_vec3 *colours)
{
    const float e = 0.8f;
    float x[BREAKFAST_PLACES] = {0}, y[BREAKFAST_PLACES] = {0}, right[BREAKFAST_PLACES], below[BREAKFAST_PLACES];
    float side[BREAKFAST_PLACES], grain[BREAKFAST_PLACES], bed[BREAKFAST_PLACES];
    uint64_t seed[BREAKFAST_PLACES];
    lad_surfaces surfaces;
    tints tint;
    if (count == 0) return;
    for (int i = 0; i < count; i++) x[i] = at->px[i] + e, y[i] = at->py[i] + e;
    find_heights(g, x, at->py, count, right);
    find_heights(g, at->px, y, count, below);
    find_sides(at->px, at->py, count, g->mix.side, side);
    find_beds(g, at->px, at->py, side, count, bed);
    set_normals(frame->camera.eye, at, right, below, e, count, &surfaces);
    for (int i = 0; i < count; i++) {
        tint.r[i] = tint.g[i] = tint.b[i] = 1.0f;
        x[i] = at->px[i] * 0.45f, y[i] = at->py[i] * 0.45f, seed[i] = g->tray_seed;
    }
    lad_noise_values2(seed, x, y, count, grain); /* of pressed fibre */
    for (int i = 0; i < g->fruit_count; i++) bounce(&g->fruits[i], at, &tint);
    for (int i = 0; i < count; i++) {
        lad_vec3 p = {at->px[i], at->py[i], at->pz[i]};
        float share = bed_share(g, bed[i], side[i]);
        lad_material white = {.albedo = g->white, .roughness = 0.55f, .specular = 0.04f, .wrap = 0.25f};
        if (share < 1.0f) {
            white.albedo = lad_v3_scale(white.albedo, 1.0f + 0.03f * (grain[i] - 0.5f));
            white.albedo = lad_v3_mul(white.albedo, lad_v3(tint.r[i], tint.g[i], tint.b[i]));
            white.albedo = lad_v3_mul(white.albedo, breakfast_mark_tint(g, p.x, p.y));
        }
        if (share > 0.0f) {
            float tone = lad_noise_value2(g->mix.seed + 5, p.x * 0.3f, p.y * 0.3f);
            lad_vec3 crumbs = lad_v3_mix(lad_v3(0.16f, 0.065f, 0.018f), lad_v3(0.36f, 0.17f, 0.05f), tone);
            white.albedo = lad_v3_mix(white.albedo, crumbs, share);
            white.roughness = lad_mixf(white.roughness, 0.8f, share);
        }
        lad_surfaces_set_matter(&surfaces, i, &white, at->lit[i], at->open[i]);
    }
    lad_shade_surfaces(&frame->light, &surfaces, count, colours);
    for (int i = 0; i < count; i++) {
        if (fabsf(at->py[i] - 207.0f) > 8.0f) continue;
        float slot = lad_smoothstep(0.6f, -0.6f, slot_distance(at->px[i], at->py[i]));
        colours[i] = lad_v3_scale(colours[i], 1.0f - 0.98f * slot);
    }
}
