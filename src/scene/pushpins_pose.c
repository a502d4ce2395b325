/* Where pins lie: anywhere in their compartment, on two flanges, or leaning on a wall. */
#include "scene/pushpins.h"

#include "base/detmath.h"
#include "scene/sdf.h"

enum { TRIES = 200 };

lad_vec2 pushpins_cell_centre(int cell)
{
    float column = (float)(cell % PUSHPINS_COLUMNS) + 0.5f, row = (float)(cell / PUSHPINS_COLUMNS) + 0.5f;
    return lad_v2(-BOX_HALF_X + column * CELL_WIDTH, -BOX_HALF_Y + row * CELL_HEIGHT);
}

void pushpins_straighten(pushpin *pin)
{
    for (int i = 0; i < 3; i++) {
        float at = PIN_HEAD - 0.5f + (PIN_LENGTH - PIN_HEAD + 0.5f) * pin->needle_end * 0.5f * (float)i;
        pin->needle[i] = lad_v3_along(pin->base, pin->axis, at * pin->size);
    }
}

/* Sets the axes from the angle on the floor and the elevation. */
static void orient(pushpin *pin, float angle, float rise, float roll)
{
    float ca = lad_cosf(angle), sa = lad_sinf(angle), ce = lad_cosf(rise), se = lad_sinf(rise);
    pin->axis = lad_v3(ca * ce, sa * ce, se);
    lad_vec3 side = {-sa, ca, 0.0f}, up = {-ca * se, -sa * se, ce};
    float cr = lad_cosf(roll), sr = lad_sinf(roll);
    pin->u = lad_v3_add(lad_v3_scale(side, cr), lad_v3_scale(up, sr));
    pin->v = lad_v3_add(lad_v3_scale(side, -sr), lad_v3_scale(up, cr));
    /* The lowest of the two flanges rests on the floor. */
    float cap = PIN_CAP_RADIUS * ce - PIN_CAP * 0.5f * se, collar = PIN_COLLAR_RADIUS * ce - PIN_COLLAR * se;
    pin->base.z = pin->size * lad_maxf(cap, collar);
}

/* Half the room within a compartment's walls. */
static const float half_x = 0.5f * CELL_WIDTH - BOX_WALL - 1.0f, half_y = 0.5f * CELL_HEIGHT - BOX_WALL - 1.0f;

enum { OUTLINE = 8 };

/* Points that reach farthest, from above. */
static void outline(const pushpin *pin, lad_vec2 points[OUTLINE])
{
    float ca = pin->axis.x, sa = pin->axis.y, flat = sqrtf(ca * ca + sa * sa);
    lad_vec2 across = {-sa / flat, ca / flat};
    static const float at[4] = {0.0f, PIN_CAP, PIN_COLLAR + 2.0f, PIN_LENGTH},
                       radius[4] = {9.0f, PIN_CAP_RADIUS, PIN_COLLAR_RADIUS, 1.0f};
    for (int i = 0; i < 4; i++) {
        for (int side = 0; side < 2; side++) {
            float reach = (float)(2 * side - 1) * radius[i] * pin->size;
            points[2 * i + side].x = pin->base.x + pin->axis.x * at[i] * pin->size + across.x * reach;
            points[2 * i + side].y = pin->base.y + pin->axis.y * at[i] * pin->size + across.y * reach;
        }
    }
}

/* Whether every part stays within the compartment's walls. */
static int fits(const pushpin *pin, lad_vec2 centre)
{
    lad_vec2 points[OUTLINE];
    outline(pin, points);
    for (int i = 0; i < OUTLINE; i++) {
        if (fabsf(points[i].x - centre.x) > half_x || fabsf(points[i].y - centre.y) > half_y) return 0;
    }
    return 1;
}

static float clearance(const pushpins_graph *graph, const pushpin *pin)
{
    float best = 1e30f;
    for (int i = 0; i < graph->pin_count; i++) {
        const pushpin *other = &graph->pins[i];
        if (other == pin || other->cell != pin->cell) continue;
        for (int k = 0; k <= 6; k++) {
            lad_vec3 p = lad_v3_along(pin->base, pin->axis, PIN_LENGTH * pin->size * (float)k / 6.0f);
            float radius = k <= 4 ? PIN_COLLAR_RADIUS : 2.0f, t;
            lad_vec3 end = lad_v3_along(other->base, other->axis, PIN_LENGTH * other->size);
            float d = lad_sd_segment3(p, other->base, end, &t);
            best = lad_minf(best, d - radius - (t < 0.6f ? PIN_COLLAR_RADIUS : 2.0f));
        }
    }
    return best;
}

void pushpins_pose(pushpins_graph *graph, pushpin *pin, int cell, float clear, lad_rng *rng)
{
    lad_vec2 centre = pushpins_cell_centre(cell);
    pushpin best = *pin;
    float best_clear = -1e30f;
    pin->cell = cell;
    /* Resting on both flanges: the slope between their radii; some pins lean on a wall, point or head up. */
    float choice = lad_rng_float(rng), rise = 0.061f;
    if (choice < 0.3f) rise = lad_rng_range(rng, 0.08f, 0.32f);
    if (choice > 0.9f) rise = -lad_rng_range(rng, 0.1f, 0.34f);
    for (int i = 0; i < TRIES; i++) {
        float angle = lad_rng_range(rng, 0.0f, 6.2831853f), roll = lad_rng_range(rng, 0.0f, 6.2831853f);
        pin->base.x = centre.x + lad_rng_range(rng, -0.5f, 0.5f) * CELL_WIDTH;
        pin->base.y = centre.y + lad_rng_range(rng, -0.5f, 0.5f) * CELL_HEIGHT;
        orient(pin, angle, rise, roll);
        if (!fits(pin, centre)) continue;
        float free = clearance(graph, pin);
        if (free > best_clear) {
            best_clear = free;
            best = *pin;
        }
        if (best_clear >= clear) break;
    }
    /* A leaning pin has slid along until its point, or its head, met the wall. */
    if (fabsf(rise) > 0.07f && best_clear > 1e20f) {
        float step = rise > 0.0f ? 1.0f : -1.0f;
        for (int i = 0; i < 60 && fits(&best, centre); i++) {
            best.base.x += step * best.axis.x;
            best.base.y += step * best.axis.y;
        }
        best.base.x -= step * best.axis.x;
        best.base.y -= step * best.axis.y;
    }
    *pin = best;
    pin->cell = cell;
    pushpins_straighten(pin);
}

lad_vec3 pushpins_pin_middle(const pushpin *pin)
{
    return lad_v3_along(pin->base, pin->axis, 0.5f * PIN_LENGTH * pin->size);
}

/* The row or column of a place. */
static int slot(float at, float half, float step, int count)
{
    int k = (int)floorf((at + half) / step);
    return k < 0 ? 0 : k >= count ? count - 1 : k;
}

static void shift_by(pushpin *pin, float x, float y)
{
    pin->base.x += x;
    pin->base.y += y;
    for (int i = 0; i < 3; i++) {
        pin->needle[i].x += x;
        pin->needle[i].y += y;
    }
}

void pushpins_shift(pushpin *pin, float x, float y)
{
    int column = slot(x, BOX_HALF_X, CELL_WIDTH, PUSHPINS_COLUMNS),
        row = slot(y, BOX_HALF_Y, CELL_HEIGHT, PUSHPINS_ROWS);
    pin->cell = row * PUSHPINS_COLUMNS + column;
    lad_vec3 middle = pushpins_pin_middle(pin);
    shift_by(pin, x - middle.x, y - middle.y);
    lad_vec2 points[OUTLINE], centre = pushpins_cell_centre(pin->cell), low = {0.0f, 0.0f}, high = {0.0f, 0.0f};
    outline(pin, points);
    for (int i = 0; i < OUTLINE; i++) { /* how far it reaches beyond each wall */
        low.x = lad_maxf(low.x, centre.x - half_x - points[i].x);
        low.y = lad_maxf(low.y, centre.y - half_y - points[i].y);
        high.x = lad_maxf(high.x, points[i].x - centre.x - half_x);
        high.y = lad_maxf(high.y, points[i].y - centre.y - half_y);
    }
    shift_by(pin, low.x - high.x, low.y - high.y);
}
