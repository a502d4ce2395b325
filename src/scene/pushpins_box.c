/* The transparent box: separators with their visible sides, rim, latch and hinge.
 *
 * A separator is seen from above as its top edge, at BOX_HEIGHT, and as the band its side covers between that edge
 * and its foot.  The band is seen at a grazing angle, so it mirrors what lies beside it. */
#include "scene/noise.h"
#include "scene/pushpins_rays.h"

#define NEAR 14.0f /* farther from a wall than this, neither its top nor its side is seen */

/* What a ray meets after it was mirrored by a wall: the head of a pin of that compartment, or nothing. */
static lad_vec3 mirrored_pin(const lad_frame *frame, const pushpins_graph *graph, int cell, lad_vec3 at, lad_vec3 ray)
{
    lad_vec3 sum = {0, 0, 0};
    for (int i = 0; i < graph->pin_count; i++) {
        const pushpin *pin = &graph->pins[i];
        if (pin->cell != cell) continue;
        lad_vec3 end = lad_v3_along(pin->base, pin->axis, PIN_HEAD * pin->size);
        lad_vec3 foot = lad_v3_along(at, ray, -at.z / ray.z);
        float reach = (PIN_COLLAR_RADIUS + 2.0f) * pin->size;
        if (lad_minf(lad_sd_segment3(at, pin->base, end, 0), lad_sd_segment3(foot, pin->base, end, 0)) > 2.0f * reach)
            continue;
        pin_hit hit = pushpins_trace_head(frame, pin, at, ray, 1.0f);
        sum = lad_v3_along(sum, hit.colour, hit.cover);
    }
    return sum;
}

typedef struct wall_view {
    float top;  /* signed distance to the top edge's middle, world units, at BOX_HEIGHT */
    float band; /* signed distance to the band of the side, on the floor's scale; negative inside */
    float z;    /* height at which the side is met */
    int side;   /* -1, +1: which side of the wall is seen */
    float line; /* coordinate of the wall */
} wall_view;

/* A wall along one axis at `line`; high and low: the ray's coordinate across it at BOX_HEIGHT and on the floor. */
static wall_view view_wall(float line, float high, float low)
{
    wall_view v = {.line = line, .top = high - line};
    v.side = low > high ? -1 : 1; /* rays run outwards going down: they meet the inner side */
    float face = line + (float)v.side * BOX_WALL;
    float from = lad_minf(high, low), to = lad_maxf(high, low);
    v.band = lad_maxf(from - face, face - to);
    float run = low - high;
    v.z = fabsf(run) > 1e-4f ? BOX_HEIGHT * lad_clampf((low - face) / run, 0.0f, 1.0f) : BOX_HEIGHT;
    return v;
}

static int nearest_line(float at, float half, float spacing, int count)
{
    int i = (int)floorf((at + half) / spacing + 0.5f);
    return i < 0 ? 0 : i > count ? count : i;
}

static float line_at(int line, float half, float spacing)
{
    return spacing * (float)line - half;
}

/* Which row or column a coordinate lies in. */
static int slot(float at, float half, float spacing, int count)
{
    int i = (int)floorf((at + half) / spacing);
    return i < 0 ? 0 : i >= count ? count - 1 : i;
}

typedef struct wall_pixel {
    const lad_frame *frame;
    const pushpins_graph *graph;
    lad_film *film;
    size_t x, y;
    lad_vec3 ray, high, low;     /* the ray, and where it meets BOX_HEIGHT and the floor */
    float scale_high, scale_low; /* pixels per unit there */
} wall_pixel;

static void paint_band(const wall_pixel *w, const wall_view *v, int upright, float haze)
{
    float cover = lad_coverage(v->band * w->scale_low);
    size_t i = w->y * w->film->width + w->x;
    if (cover <= 0.0f || w->film->z[i] > v->z + 0.5f) return; /* a pin in front of it */
    lad_vec3 at = lad_v3_along(w->low, lad_v3_sub(w->high, w->low), v->z / BOX_HEIGHT);
    lad_vec3 n = upright ? lad_v3((float)v->side, 0.0f, 0.0f) : lad_v3(0.0f, (float)v->side, 0.0f);
    float cosine = fabsf(lad_v3_dot(n, w->ray));
    float f = lad_fresnel(cosine, 0.04f);
    lad_vec3 bounced = lad_v3_reflect(w->ray, n);
    float inner_x = at.x + n.x * 2.0f, inner_y = at.y + n.y * 2.0f;
    int cell = slot(inner_y, BOX_HALF_Y, CELL_HEIGHT, PUSHPINS_ROWS) * PUSHPINS_COLUMNS +
               slot(inner_x, BOX_HALF_X, CELL_WIDTH, PUSHPINS_COLUMNS);
    lad_vec3 mirrored = mirrored_pin(w->frame, w->graph, cell, at, bounced);
    /* Milky plastic scatters a little light along the band, more at the foot and below the top edge. */
    float share = v->z / BOX_HEIGHT, edge = 2.0f * fabsf(share - 0.5f);
    float along = upright ? at.y : at.x;
    float uneven = 0.75f + 0.5f * lad_noise_value2(w->graph->noise_seed + 3, along * 0.06f, v->line);
    float milk = haze * uneven * (0.45f + 0.55f * edge * edge * edge);
    lad_vec3 glow = lad_v3_scale(lad_v3_mul(w->graph->plastic, w->frame->light.key_colour), milk);
    lad_vec3 behind = lad_v3_scale(lad_film_get(w->film, w->x, w->y), 1.0f - 0.8f * f);
    lad_vec3 seen = lad_v3_add(lad_v3_along(behind, mirrored, f), glow);
    lad_film_over(w->film, w->x, w->y, seen, cover);
    float foot = lad_coverage((fabsf(v->z) / BOX_HEIGHT * fabsf(v->top) - 0.6f) * w->scale_low);
    if (v->z < 1.5f) lad_film_add(w->film, w->x, w->y, w->graph->plastic, 0.05f * cover * foot);
}

/* The top edge of a wall: a milky strip between two bright lines, lit by the direction it faces. */
static void paint_top(const wall_pixel *w, float across, float along, float half, float strength, int upright)
{
    float wave = 0.35f * lad_noise_gradient2(w->graph->noise_seed + 5, along * 0.02f, upright ? 3.5f : 7.5f);
    float u = across + wave;
    float cover = lad_coverage((fabsf(u) - half) * w->scale_high);
    if (cover <= 0.0f) return;
    float rim = lad_smoothstep(0.35f, 0.9f, fabsf(u) / half);
    float slope = lad_clampf(u / half, -1.0f, 1.0f);
    lad_vec3 n = upright ? lad_v3_unit(lad_v3(slope, 0.0f, 0.9f)) : lad_v3_unit(lad_v3(0.0f, slope, 0.9f));
    float facing = lad_maxf(lad_v3_dot(n, w->frame->light.key), 0.0f);
    float uneven = 0.72f + 0.56f * lad_noise_value2(w->graph->noise_seed + 4, along * 0.045f,
                                                    across * 0.1f + (upright ? 0.0f : 50.0f));
    float tone = strength * uneven * (0.15f + 0.34f * rim * (0.4f + 0.8f * facing));
    lad_vec3 colour = lad_v3_scale(lad_v3_mul(w->graph->plastic, w->frame->light.key_colour), tone);
    lad_vec3 mirror = lad_light_environment(&w->frame->light, lad_v3_reflect(w->ray, n), 0.3f);
    colour = lad_v3_along(colour, mirror, 0.035f * strength);
    lad_film_over(w->film, w->x, w->y, colour, cover * 0.85f);
}

/* Walls across one axis: the separators and the two outer walls. */
static void paint_uprights(const wall_pixel *w)
{
    const pushpins_graph *g = w->graph;
    float middle = 0.5f * (w->high.x + w->low.x);
    int line = nearest_line(middle, BOX_HALF_X, CELL_WIDTH, PUSHPINS_COLUMNS);
    int row = slot(w->high.y, BOX_HALF_Y, CELL_HEIGHT, PUSHPINS_ROWS);
    int extra = g->extra_cell >= 0 && row == g->extra_cell / PUSHPINS_COLUMNS;
    if (!extra && fabsf(middle - line_at(line, BOX_HALF_X, CELL_WIDTH)) > NEAR) return;
    int outer = line == 0 || line == PUSHPINS_COLUMNS;
    wall_view v = view_wall(line_at(line, BOX_HALF_X, CELL_WIDTH), w->high.x, w->low.x);
    if (outer) {
        v.side = line == 0 ? 1 : -1;
        paint_band(w, &v, 1, g->haze * 1.2f);
    } else if (g->upright[row][line - 1]) {
        paint_band(w, &v, 1, g->haze);
        paint_top(w, v.top, w->high.y, BOX_WALL, 1.0f, 1);
    }
    if (g->extra_cell >= 0 && row == g->extra_cell / PUSHPINS_COLUMNS &&
        fabsf(middle - g->extra_at) < 0.3f * CELL_WIDTH) {
        v = view_wall(g->extra_at, w->high.x, w->low.x);
        paint_band(w, &v, 1, g->haze);
        paint_top(w, v.top, w->high.y, BOX_WALL, 1.0f, 1);
    }
}

static void paint_levels(const wall_pixel *w)
{
    const pushpins_graph *g = w->graph;
    float middle = 0.5f * (w->high.y + w->low.y);
    int line = nearest_line(middle, BOX_HALF_Y, CELL_HEIGHT, PUSHPINS_ROWS);
    if (fabsf(middle - line_at(line, BOX_HALF_Y, CELL_HEIGHT)) > NEAR) return;
    int column = slot(w->high.x, BOX_HALF_X, CELL_WIDTH, PUSHPINS_COLUMNS);
    int outer = line == 0 || line == PUSHPINS_ROWS;
    wall_view v = view_wall(line_at(line, BOX_HALF_Y, CELL_HEIGHT), w->high.y, w->low.y);
    if (outer) {
        v.side = line == 0 ? 1 : -1;
        paint_band(w, &v, 0, g->haze * 1.2f);
    } else if (g->level[line - 1][column]) {
        paint_band(w, &v, 0, g->haze);
        paint_top(w, v.top, w->high.x, BOX_WALL, 1.0f, 0);
    }
}

/* Posts where separators meet: a small cross, a little higher and brighter than the walls. */
static void paint_posts(const wall_pixel *w)
{
    const pushpins_graph *g = w->graph;
    int column = nearest_line(w->high.x, BOX_HALF_X, CELL_WIDTH, PUSHPINS_COLUMNS);
    int line = nearest_line(w->high.y, BOX_HALF_Y, CELL_HEIGHT, PUSHPINS_ROWS);
    float dx = w->high.x + BOX_HALF_X - CELL_WIDTH * (float)column;
    float dy = w->high.y + BOX_HALF_Y - CELL_HEIGHT * (float)line;
    if (fabsf(dx) > 9.0f || fabsf(dy) > 9.0f) return;
    int inner_x = column > 0 && column<PUSHPINS_COLUMNS, inner_y = line> 0 && line < PUSHPINS_ROWS;
    if (!inner_x && !inner_y) return;
    float d = lad_minf(lad_sd_box(lad_v2(dx, dy), 3.4f, 6.5f, 1.2f), lad_sd_box(lad_v2(dx, dy), 6.5f, 3.4f, 1.2f));
    float cover = lad_coverage(d * w->scale_high);
    if (cover <= 0.0f) return;
    float rim = lad_smoothstep(-1.8f, -0.4f, d);
    float spark = lad_noise_cell(g->noise_seed + 6, column, line, 0);
    float tone =
        0.13f + 0.10f * spark + 0.10f * rim + 0.04f * (dx * w->frame->light.key.x + dy * w->frame->light.key.y);
    lad_vec3 colour = lad_v3_scale(lad_v3_mul(g->plastic, w->frame->light.key_colour), lad_maxf(tone, 0.05f));
    lad_film_over(w->film, w->x, w->y, colour, cover * 0.9f);
}

/* Whether the rim is broken off at a place this far outside of it. */
static int in_rim_gap(const pushpins_graph *g, lad_vec2 p, float outer)
{
    if (g->rim_gap_from >= g->rim_gap_to || p.y <= 0.0f) return 0;
    /* The break runs ragged, and bends into the rim at its ends. */
    float ragged = 3.0f * lad_noise_gradient2(g->noise_seed + 8, p.y * 0.3f, 1.5f);
    return p.x > g->rim_gap_from + ragged && p.x < g->rim_gap_to - ragged && outer > -BOX_RIM + 1.5f + ragged * 0.3f;
}

/* The moulded rim around the box, with a groove; broken off along a stretch of the lower side in one kind. */
static void paint_rim(const wall_pixel *w)
{
    const pushpins_graph *g = w->graph;
    lad_vec2 p = {w->high.x, w->high.y};
    float outer = box_distance(p, BOX_RIM);
    if (outer > 2.0f || outer < -BOX_RIM - 3.0f) return;
    if (in_rim_gap(g, p, outer)) return;
    lad_vec2 gradient = {box_distance(lad_v2(p.x + 0.5f, p.y), BOX_RIM) - outer,
                         box_distance(lad_v2(p.x, p.y + 0.5f), BOX_RIM) - outer};
    gradient = lad_v2_scale(gradient, 2.0f);
    float along = p.x + 0.7f * p.y;
    float uneven = 0.7f + 0.6f * lad_noise_value2(g->noise_seed + 7, along * 0.03f, 0.5f);
    float body = lad_coverage(outer * w->scale_high) * (1.0f - lad_coverage((outer + BOX_RIM) * w->scale_high));
    /* Three ridges: outer edge, groove, inner edge; each a rounded line that catches the light by its side. */
    static const float at[3] = {-0.9f, -4.6f, -7.9f}, half[3] = {0.9f, 0.55f, 1.1f}, weight[3] = {1.0f, 0.45f, 0.9f};
    lad_vec3 tint = lad_v3_mul(g->plastic, w->frame->light.key_colour);
    lad_film_over(w->film, w->x, w->y, lad_v3_scale(tint, 0.035f * uneven), 0.7f * body);
    for (int i = 0; i < 3; i++) {
        float off = outer - at[i], cover = lad_coverage((fabsf(off) - half[i]) * w->scale_high);
        if (cover <= 0.0f) continue;
        float s = lad_clampf(off / half[i], -0.9f, 0.9f);
        lad_vec3 n = lad_v3_unit(lad_v3(gradient.x * s, gradient.y * s, 0.8f));
        float facing = lad_maxf(lad_v3_dot(n, w->frame->light.key), 0.0f);
        lad_vec3 colour = lad_v3_scale(tint, weight[i] * uneven * (0.13f + 0.3f * facing));
        lad_vec3 mirror = lad_light_environment(&w->frame->light, lad_v3_reflect(w->ray, n), 0.25f);
        colour = lad_v3_along(colour, mirror, 0.05f * weight[i]);
        lad_film_over(w->film, w->x, w->y, colour, cover * 0.85f);
    }
}

/* Latch at the top, hinge at the bottom, a tab at the left: flat pieces with bright edges. */
static float fittings_distance(lad_vec2 p)
{
    float top = -BOX_HALF_Y - BOX_RIM, bottom = BOX_HALF_Y + BOX_RIM;
    lad_vec2 mirrored = {fabsf(p.x), p.y};
    lad_vec2 horn[4] = {{51.0f, top + 2.0f}, {56.0f, top - 10.0f}, {61.0f, top - 10.0f}, {68.0f, top + 2.0f}};
    float d = lad_sd_polygon(mirrored, horn, 4) - 1.0f;
    d = lad_minf(d, lad_sd_box(lad_v2(p.x, p.y - top + 4.0f), 27.0f, 5.5f, 2.0f));
    d = lad_minf(d, lad_sd_box(lad_v2(p.x, p.y - bottom - 2.5f), 232.0f, 4.5f, 1.5f));
    lad_vec2 foot[4] = {
        {226.0f, bottom - 1.0f}, {229.0f, bottom + 8.0f}, {246.0f, bottom + 8.0f}, {254.0f, bottom - 1.0f}};
    d = lad_minf(d, lad_sd_polygon(mirrored, foot, 4) - 0.8f);
    return lad_minf(d, lad_sd_box(lad_v2(p.x + BOX_HALF_X + BOX_RIM + 2.5f, p.y - 6.0f), 4.5f, 17.0f, 2.0f));
}

static void paint_fittings(const wall_pixel *w)
{
    lad_vec2 p = {w->high.x, w->high.y};
    if (box_distance(p, BOX_RIM) < -1.0f) return;
    /* Beside the box there is nothing but the tab. */
    float blur = 0.5f / w->scale_high, beside = BOX_HALF_Y - blur;
    if (fabsf(p.y) < beside && (p.x > 0.0f || fabsf(p.y - 6.0f) > 17.0f + blur)) return;
    /* Nor far beside latch and hinge, nor beyond them. */
    float half = p.y < 0.0f ? 69.0f : 255.0f, spare = blur + 1.0f;
    if (fabsf(p.x) > half + spare && fabsf(p.y - 6.0f) > 17.0f + spare) return;
    if (p.y < -BOX_HALF_Y - BOX_RIM - 11.0f - spare || p.y > BOX_HALF_Y + BOX_RIM + 9.0f + spare) return;
    if (w->graph->hinge_gap && in_rim_gap(w->graph, p, 0.0f)) return;
    float d = fittings_distance(p);
    float cover = lad_coverage(d * w->scale_high);
    if (cover <= 0.0f) return;
    float edge = lad_coverage((fabsf(d + 0.8f) - 0.9f) * w->scale_high);
    float uneven = 0.6f + 0.8f * lad_noise_value2(w->graph->noise_seed + 10, p.x * 0.05f, p.y * 0.05f);
    lad_vec3 tint = lad_v3_mul(w->graph->plastic, w->frame->light.key_colour);
    lad_film_over(w->film, w->x, w->y, lad_v3_scale(tint, uneven * (0.02f + 0.16f * edge)), 0.8f * cover);
}

/* Whether a ray may see a wall across one axis at a line between compartments: high and low as for view_wall. */
LAD_INLINED int may_see_line(float high, float low, float half, float spacing, float slack)
{
    float line = floorf((0.5f * (high + low) + half) / spacing + 0.5f) * spacing - half;
    return lad_minf(high, low) - slack < line && line < lad_maxf(high, low) + slack;
}

/* Pixels where there may be something to paint; all of those that are not set stay as they are. */
LAD_CLONES static void find_walls(const wall_pixel *w, float left, int count, box_rays *restrict r,
                                  float *restrict outside, int *restrict busy)
{
    const float post = 9.0f, half_pixel = 0.6f / w->scale_low;
    float slack = BOX_WALL + 0.5f + half_pixel; /* the top's edge waves */
    int extra = w->graph->extra_cell >= 0;
    box_find_rays(&w->frame->camera, left, 1.0f, (float)w->y, count, r);
    for (int i = 0; i < count; i++) {
        float hx = r->high[0][i], hy = r->high[1][i], lx = r->low[0][i], ly = r->low[1][i];
        int across = may_see_line(hx, lx, BOX_HALF_X, CELL_WIDTH, slack);
        int along = may_see_line(hy, ly, BOX_HALF_Y, CELL_HEIGHT, slack);
        int corner = may_see_line(hx, hx, BOX_HALF_X, CELL_WIDTH, post + 0.5f) &
                     may_see_line(hy, hy, BOX_HALF_Y, CELL_HEIGHT, post + 0.5f);
        outside[i] = box_distance(lad_v2(hx, hy), 0.0f);
        busy[i] = across | along | corner | extra | (outside[i] >= -BOX_CORNER);
    }
}

static void paint_pixel(const wall_pixel *w, float outside)
{
    if (outside < 0.0f) {
        paint_uprights(w);
        paint_levels(w);
        paint_posts(w);
    }
    if (outside < -BOX_CORNER) return;
    paint_rim(w);
    paint_fittings(w);
}

void pushpins_paint_walls(const lad_frame *frame, const pushpins_graph *graph, lad_film *film, size_t y)
{
    const lad_camera *camera = &frame->camera;
    wall_pixel w = {.frame = frame, .graph = graph, .film = film, .y = y};
    w.scale_low = camera->px_per_unit;
    w.scale_high = camera->px_per_unit * camera->distance / (camera->distance - BOX_HEIGHT);
    for (size_t left = 0; left < film->width; left += BOX_RAYS) {
        box_rays r;
        float outside[BOX_RAYS];
        int busy[BOX_RAYS], count = film->width - left < BOX_RAYS ? (int)(film->width - left) : BOX_RAYS;
        find_walls(&w, (float)left, count, &r, outside, busy);
        for (int i = 0; i < count; i++) {
            if (!busy[i]) continue;
            w.x = left + (size_t)i;
            w.ray = lad_v3(r.ray[0][i], r.ray[1][i], r.ray[2][i]);
            w.high = lad_v3(r.high[0][i], r.high[1][i], r.high[2][i]);
            w.low = lad_v3(r.low[0][i], r.low[1][i], r.low[2][i]);
            paint_pixel(&w, outside[i]);
        }
    }
}
