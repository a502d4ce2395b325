/* The white moulded box, as a height field, with the bed of crumbs that cereals lie on. */
#include "scene/breakfast_box.h"

#include "scene/noise.h"
#include "scene/sdf.h"

#define DIVIDER_HALF 8.5f /* half width of the ridge between the compartments */

/* The ridge between the compartments runs down in a bow. */
static float divider_x(float y)
{
    float up = lad_maxf(186.0f - y, 0.0f);
    return -3.0f - 7.1e-4f * up * up;
}

/* Signed distance to the middle of the ridge, negative on its left. */
static float divider_distance(float x, float y)
{
    float slope = 14.2e-4f * lad_maxf(186.0f - y, 0.0f);
    return (x - divider_x(y)) / sqrtf(1.0f + slope * slope);
}

static float side_distance(int side, float across, float x, float y)
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

float breakfast_outer_distance(const breakfast_graph *g, float x, float y)
{
    float d = lad_sd_box(lad_v2(x, y), TRAY_HALF_X, TRAY_HALF_Y, TRAY_CORNER);
    if (fabsf(x) < 150.0f) { /* lips to open and to lock it */
        float top = lad_sd_box(lad_v2(x + 20.0f, y + TRAY_HALF_Y + 10.0f), 112.0f, 24.0f, 12.0f);
        float bottom = lad_sd_box(lad_v2(x, y - TRAY_HALF_Y + 6.0f), 92.0f, 15.0f, 8.0f);
        d = lad_minf(d, lad_minf(top, bottom));
    }
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
static float wall_height(float distance)
{
    if (distance > 6.0f) return TRAY_RIM;
    float s = lad_clampf((6.0f - distance) / (TRAY_WALL + 6.0f), 0.0f, 1.0f);
    return TRAY_RIM - (TRAY_RIM - TRAY_FLOOR) * s * s * (3.0f - 2.0f * s);
}

/* A smooth bump of the given half width. */
static float bump(float x, float half)
{
    float t = lad_clampf(1.0f - x * x / (half * half), 0.0f, 1.0f);
    return t * t;
}

static float rim_height(float outer)
{
    float z = TRAY_RIM;
    if (outer < -31.0f) return z;
    z -= (TRAY_RIM - TRAY_EDGE) * lad_smoothstep(-9.0f, 3.0f, outer);
    z -= 4.0f * bump(outer + 13.0f, 5.0f); /* a groove runs around */
    z += 1.5f * bump(outer + 25.0f, 6.0f);
    return z;
}

static float bed_height(const breakfast_graph *g, float x, float y, float side)
{
    const breakfast_mix *mix = &g->mix;
    float edge = -side - mix->inset;
    if (edge < -4.0f) return 0.0f;
    float height = breakfast_mix_height(mix, x, y, side);
    if (height <= TRAY_FLOOR) return 0.0f;
    float rough = lad_noise_value2(mix->seed + 3, x * 0.16f, y * 0.16f) - 0.5f;
    return height - 9.0f + 7.0f * rough;
}

float breakfast_tray_height(const breakfast_graph *g, float x, float y)
{
    float outer = breakfast_inside(x, y) ? -60.0f : breakfast_outer_distance(g, x, y);
    if (outer > 3.0f) return 0.0f;
    if (outer > -19.0f) return rim_height(outer) + breakfast_mark_relief(g, x, y);
    /* Beyond the ridge, all of the other compartment is at the height of the rim. */
    float across = divider_distance(x, y), left = 90.0f, right = 90.0f;
    if (across < DIVIDER_HALF) left = side_distance(0, across, x, y);
    if (across > -DIVIDER_HALF) right = side_distance(1, across, x, y);
    float z = lad_minf(wall_height(left), wall_height(right));
    z += rim_height(outer) - TRAY_RIM;
    /* A low relief is pressed into the floor of the left compartment. */
    if (left < -40.0f) z += 1.6f * bump(left + 58.0f, 7.0f);
    z += breakfast_mark_relief(g, x, y);
    float side = g->mix.side ? right : left;
    if (side + g->mix.inset < 4.0f) z = lad_maxf(z, bed_height(g, x, y, side));
    return z;
}

/* Whether the surface at p is the bed of crumbs rather than the box. */
static float bed_share(const breakfast_graph *g, lad_vec3 p)
{
    float side = breakfast_side_distance(g->mix.side, p.x, p.y);
    if (side + g->mix.inset > 4.0f) return 0.0f;
    float bed = bed_height(g, p.x, p.y, side);
    return lad_smoothstep(-0.6f, 0.4f, bed - wall_height(side));
}

/* Light that the fruits throw onto the white walls, and take away from them. */
static lad_vec3 bounce(const breakfast_graph *g, lad_vec3 p)
{
    lad_vec3 tint = {1.0f, 1.0f, 1.0f};
    for (int i = 0; i < g->fruit_count; i++) {
        const breakfast_fruit *fruit = &g->fruits[i];
        lad_vec3 to = lad_v3_sub(fruit->at, p);
        float d2 = lad_v3_dot(to, to), r2 = fruit->radius * fruit->radius;
        if (d2 > 16.0f * r2) continue;
        float share = lad_minf(0.42f * r2 / d2, 0.5f);
        share *= lad_smoothstep(16.0f, 6.0f, d2 / r2);
        lad_vec3 glow = breakfast_fruit_glow(fruit);
        tint = lad_v3_mul(tint, lad_v3_mix(lad_v3(1.0f, 1.0f, 1.0f), glow, share));
    }
    return tint;
}

lad_vec3 breakfast_tray_shade(const lad_frame *frame, const breakfast_graph *g, lad_vec3 p, float lit, float open)
{
    const float e = 0.8f;
    float here = p.z;
    float dx = breakfast_tray_height(g, p.x + e, p.y) - here, dy = breakfast_tray_height(g, p.x, p.y + e) - here;
    float share = bed_share(g, p);
    float limit = 5.0f; /* steps of the outline would give a normal in the plane */
    lad_vec3 n = lad_slope_normal(lad_clampf(dx / e, -limit, limit), lad_clampf(dy / e, -limit, limit));
    lad_vec3 view = lad_v3_unit(lad_v3_sub(frame->camera.eye, p));
    lad_material white = {.albedo = g->white, .roughness = 0.55f, .specular = 0.04f, .wrap = 0.25f};
    if (share < 1.0f) {
        /* The fine grain of pressed fibre. */
        float grain = lad_noise_value2(g->tray_seed, p.x * 0.45f, p.y * 0.45f) - 0.5f;
        white.albedo = lad_v3_scale(white.albedo, 1.0f + 0.03f * grain);
        white.albedo = lad_v3_mul(white.albedo, bounce(g, p));
        white.albedo = lad_v3_mul(white.albedo, breakfast_mark_tint(g, p.x, p.y));
    }
    if (share > 0.0f) {
        float tone = lad_noise_value2(g->mix.seed + 5, p.x * 0.3f, p.y * 0.3f);
        lad_vec3 crumbs = lad_v3_mix(lad_v3(0.16f, 0.065f, 0.018f), lad_v3(0.36f, 0.17f, 0.05f), tone);
        white.albedo = lad_v3_mix(white.albedo, crumbs, share);
        white.roughness = lad_mixf(white.roughness, 0.8f, share);
    }
    lad_vec3 colour = lad_shade(&white, &frame->light, n, view, lit, open);
    if (fabsf(p.y - 207.0f) > 8.0f) return colour;
    return lad_v3_scale(colour, 1.0f - 0.98f * lad_smoothstep(0.6f, -0.6f, slot_distance(p.x, p.y)));
}
