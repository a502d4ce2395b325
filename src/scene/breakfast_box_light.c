/* How much light finds its way to places of the breakfast box, over the heights around them and past the fruit.  Many
 * places at once, so that compilers turn the loops into vectors. */
#include "scene/breakfast_box.h"

#include "base/clones.h"

#include <string.h>

enum { RISES = BREAKFAST_RISES, RINGS = BREAKFAST_RINGS, DIRECTIONS = BREAKFAST_DIRECTIONS, ALL = BREAKFAST_PLACES };

/* Where light looks for what stands in its way. */
static const float rises[RISES] = {1.5f, 4.0f, 8.0f, 14.0f, 23.0f, 36.0f, 52.0f};
static const float rings[RINGS] = {2.2f, 7.0f, 22.0f};

static breakfast_offset to_offset(float x, float y)
{
    return (breakfast_offset){(int)floorf(x + 0.5f), (int)floorf(y + 0.5f)};
}

breakfast_surroundings breakfast_look_around(const lad_frame *frame, float px)
{
    static const float dir_x[DIRECTIONS] = {1.0f, 0.5f, -0.5f, -1.0f, -0.5f, 0.5f};
    static const float dir_y[DIRECTIONS] = {0.0f, 0.866f, 0.866f, 0.0f, -0.866f, -0.866f};
    lad_vec3 key = frame->light.key;
    breakfast_surroundings s;
    float size = frame->light.key_size * 1.4f;
    for (int i = 0; i < RISES; i++) {
        s.spread[i] = size * rises[i] + 1.0f;
        s.ray[i] = to_offset(key.x / key.z * rises[i] * px, key.y / key.z * rises[i] * px);
    }
    for (int i = 0; i < RINGS; i++) {
        for (int k = 0; k < DIRECTIONS; k++) {
            s.ring[k][i] = to_offset(dir_x[k] * rings[i] * px, dir_y[k] * rings[i] * px);
        }
    }
    float far = rises[RISES - 1] * lad_maxf(fabsf(key.x), fabsf(key.y)) / key.z;
    s.reach = (int)(lad_maxf(rings[RINGS - 1], far) * px) + 2;
    return s;
}

/* Places that lie side by side in the row, from number `first` on. */
typedef struct run {
    int first, count;
    bool inside; /* nothing that stands in the way is beyond the border */
} run;
typedef struct runs {
    run of[ALL];
    int count;
} runs;

enum { COPIED = 8 }; /* heights at a time, of which some may be too many */

static void find_runs(const breakfast_surroundings *s, const lad_film *film, const breakfast_places *at, runs *found)
{
    int right = (int)film->width - s->reach - COPIED;
    run *last = found->of;
    found->count = 0;
    for (int i = 0; i < at->count; i++) {
        bool inside = at->x[i] >= s->reach && at->x[i] < right;
        if (i == 0 || at->x[i] != at->x[i - 1] + 1 || inside != last->inside) {
            last = &found->of[found->count++];
            *last = (run){i, 0, inside};
        }
        last->count++;
    }
}

/* Heights that stand in the way of light at an offset from each place; beyond the border those of the border. */
static inline void look_at(const lad_film *film, size_t y, const breakfast_places *at, const runs *found,
                           breakfast_offset off, float heights[ALL + COPIED])
{
    int width = (int)film->width, height = (int)film->height, v = (int)y + off.y;
    v = v < 0 ? 0 : v < height ? v : height - 1;
    const float *row = film->z + (size_t)v * film->width;
    for (int k = 0; k < found->count; k++) {
        const run *own = &found->of[k];
        int u = at->x[own->first] + off.x;
        float *to = heights + own->first;
        if (own->inside) { /* the next run overwrites what was copied too much */
            for (int i = 0; i < own->count; i += COPIED) memcpy(to + i, row + u + i, COPIED * sizeof *to);
        } else {
            for (int i = 0; i < own->count; i++, u++) to[i] = row[u < 0 ? 0 : u < width ? u : width - 1];
        }
    }
}

/* Fruit lets light pass. */
static inline float in_the_way(float height)
{
    return height < 0.5f * FRUIT_ABOVE ? height : TRAY_FLOOR;
}

/* Share of the key light: how narrowly the ray to its middle passes over what is there. */
LAD_CLONES static void find_lit(const breakfast_surroundings *s, const lad_film *film, size_t y, const runs *found,
                                breakfast_places *at)
{
    float heights[ALL + COPIED] = {0};
    for (int i = 0; i < ALL; i++) at->lit[i] = 1.0f;
    for (int k = 0; k < RISES; k++) {
        float spread = s->spread[k], rise = rises[k];
        look_at(film, y, at, found, s->ray[k], heights);
        for (int i = 0; i < ALL; i++) {
            at->lit[i] = lad_minf(at->lit[i], 0.5f + (at->pz[i] + rise - in_the_way(heights[i])) / spread);
        }
    }
    for (int i = 0; i < ALL; i++) {
        float lit = lad_maxf(at->lit[i], 0.0f);
        at->lit[i] = lit * lit * (3.0f - 2.0f * lit);
    }
}

/* Share of the surround that is open: the mean over directions of how high the horizon stands. */
LAD_CLONES static void find_open(const breakfast_surroundings *s, const lad_film *film, size_t y, const runs *found,
                                 breakfast_places *at)
{
    float heights[RINGS][ALL + COPIED] = {{0}}, closed[ALL] = {0};
    for (int k = 0; k < DIRECTIONS; k++) {
        for (int r = 0; r < RINGS; r++) look_at(film, y, at, found, s->ring[k][r], heights[r]);
        for (int i = 0; i < ALL; i++) {
            float slope = 0.0f;
            for (int r = 0; r < RINGS; r++) {
                slope = lad_maxf(slope, (in_the_way(heights[r][i]) - at->pz[i]) * (1.0f / rings[r]));
            }
            closed[i] += slope * slope / (1.0f + slope * slope);
        }
    }
    for (int i = 0; i < ALL; i++) at->open[i] = 1.0f - closed[i] * (1.0f / DIRECTIONS);
}

/* Neighbours that are asked together whether a fruit is near. */
enum { GROUP = 16 };

/* Whether a fruit may keep light off any of a group of places; none on itself, none farther than four radii.  Asks all
 * of the group, also beyond the last place: the loop becomes a vector, and a yes too many costs little. */
static bool is_near(const breakfast_fruit *f, int index, const breakfast_places *at, int first)
{
    float far2 = 16.0f * f->radius * f->radius, x = f->at.x, y = f->at.y;
    int near = 0;
    for (int i = 0; i < GROUP; i++) {
        float dx = x - at->px[first + i], dy = y - at->py[first + i];
        near |= (dx * dx + dy * dy <= far2) & (at->fruit[first + i] != index);
    }
    return near;
}

/* Light that a fruit keeps off a group of places. */
LAD_CLONES static void take_away(const lad_light *light, const breakfast_fruit *f, int index, breakfast_places *at,
                                 int first)
{
    float r2 = f->radius * f->radius, radius = f->radius * 0.97f, shadow[GROUP], blocked[GROUP], d2[GROUP];
    lad_vec3 middle = f->at;
    for (int i = 0; i < GROUP; i++) {
        lad_vec3 p = {at->px[first + i], at->py[first + i], at->pz[first + i]}, to = lad_v3_sub(middle, p);
        d2[i] = lad_v3_dot(to, to);
        shadow[i] = lad_shadow_ball(light, p, middle, radius);
        /* A ball takes r^2 / d^2 of the hemisphere, less when it stands low. */
        float up = lad_clampf(0.35f + 0.65f * to.z / sqrtf(d2[i]), 0.0f, 1.0f);
        blocked[i] = lad_minf(r2 / d2[i], 1.0f) * up * lad_smoothstep(16.0f, 4.0f, d2[i] / r2);
    }
    for (int i = 0; i < GROUP && first + i < at->count; i++) {
        if (d2[i] > 16.0f * r2 || at->fruit[first + i] == index) continue;
        at->lit[first + i] = lad_minf(at->lit[first + i], shadow[i]);
        at->open[first + i] *= 1.0f - blocked[i];
    }
}

void breakfast_expose(const breakfast_surroundings *s, const lad_frame *frame, const breakfast_graph *g,
                      const lad_film *film, size_t y, breakfast_places *at)
{
    lad_light light = frame->light;
    runs found;
    find_runs(s, film, at, &found);
    find_lit(s, film, y, &found, at);
    find_open(s, film, y, &found, at);
    for (int i = 0; i < g->fruit_count; i++) {
        for (int first = 0; first < at->count; first += GROUP) {
            if (is_near(&g->fruits[i], i, at, first)) take_away(&light, &g->fruits[i], i, at, first);
        }
    }
}
