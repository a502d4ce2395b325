/* The film: two crumpled layers that mirror the studio, their cut and welded edges. */
#include "scene/screw_bag.h"

#include "base/clones.h"
#include "base/detmath.h"
#include "scene/noise.h"
#include "scene/sdf.h"

#define GRID_LEFT (-FILM_STEP * 0.5f * (FILM_COLUMNS - 1))
#define GRID_TOP (-FILM_STEP * 0.5f * (FILM_ROWS - 1))
#define EDGE_START (-EDGE_STEP * 0.5f * (EDGE_NODES - 1))
#define PI 3.14159265f

static void sample_edges(const lad_frame *frame, screw_bag_graph *g, lad_rng *rng)
{
    static const float nominal[EDGES] = {-BAG_HALF_X, BAG_HALF_X, -BAG_HALF_Y, BAG_HALF_Y, BAG_HALF_X - 2.5f};
    float side = lad_rng_range(rng, -4.0f, 4.0f);
    for (int e = 0; e < EDGES; e++) {
        uint64_t seed = lad_frame_noise_seed(frame, LAD_STREAM_GROUND, 10 + (uint32_t)e);
        float shift = lad_rng_range(rng, -3.5f, 3.5f), slant = lad_rng_range(rng, -0.014f, 0.014f);
        float bow = lad_rng_range(rng, -4.0f, 4.0f);
        if (e == EDGE_RIGHT || e == EDGE_INNER) shift = side, slant *= 0.3f, bow *= 0.3f;
        if (e == EDGE_INNER) shift += lad_rng_range(rng, -3.0f, 2.0f);
        for (int i = 0; i < EDGE_NODES; i++) {
            float at = EDGE_START + EDGE_STEP * (float)i, t = at / BAG_HALF_X;
            /* A cut edge runs straight, a welded one is drawn in and frayed. */
            float wave = lad_noise_gradient2(seed, at / 55.0f, 0.5f) * 2.6f;
            float frayed =
                lad_noise_gradient2(seed + 1, at / 9.0f, 0.5f) * (e == EDGE_TOP || e == EDGE_BOTTOM ? 1.0f : 0.4f);
            g->edges[e][i] = nominal[e] + shift + slant * at + bow * t * t + wave + frayed;
        }
    }
}

/* Folds run from the corners towards the middle, from the edges inwards, and anywhere, short ones. */
static void sample_folds(screw_bag_graph *g, lad_rng *rng)
{
    g->fold_count = 12 + (int)lad_rng_below(rng, SCREW_BAG_MAX_FOLDS - 12 + 1);
    for (int i = 0; i < g->fold_count; i++) {
        screw_fold *f = &g->folds[i];
        float sign_x = i & 1 ? 1.0f : -1.0f, sign_y = i & 2 ? 1.0f : -1.0f;
        float angle = lad_rng_range(rng, -PI, PI), length = lad_rng_range(rng, 30.0f, 120.0f);
        float x = lad_rng_range(rng, -BAG_HALF_X, ZIP_X), y = lad_rng_range(rng, -BAG_HALF_Y, BAG_HALF_Y);
        f->height = lad_rng_range(rng, -2.6f, 2.6f);
        f->width = lad_rng_range(rng, 9.0f, 26.0f);
        if (i < 4) {
            x = sign_x < 0.0f ? -BAG_HALF_X + 4.0f : ZIP_X;
            y = sign_y * (BAG_HALF_Y - 2.0f);
            angle = lad_atan2f(-sign_y * BAG_HALF_Y, -sign_x * BAG_HALF_X) + 0.12f * angle;
            length += 60.0f;
            f->height = 1.3f * f->height + (f->height > 0.0f ? 1.5f : -1.5f);
            f->width += 10.0f;
        } else if (i < 11) {
            y = sign_y * BAG_HALF_Y;
            angle = -sign_y * 0.5f * PI + 0.22f * angle;
            length *= 0.7f;
        }
        f->from = lad_v2(x, y);
        f->to = lad_v2(x + length * lad_cosf(angle), y + length * lad_sinf(angle));
    }
}

void screw_bag_film_sample(const lad_frame *frame, screw_bag_graph *g)
{
    lad_rng rng = lad_frame_rng(frame, LAD_STREAM_GROUND, 0);
    g->crumple = lad_rng_range(&rng, 0.8f, 1.1f);
    g->haze = lad_rng_range(&rng, 0.9f, 1.1f);
    g->ink = lad_rng_range(&rng, 0.75f, 0.95f);
    g->print_shift = lad_rng_range(&rng, 0.0f, PRINT_PERIOD);
    g->print_turn = lad_rng_range(&rng, -0.012f, 0.012f);
    g->ground = lad_rng_range(&rng, 0.003f, 0.0036f);
    g->film_seed = lad_frame_noise_seed(frame, LAD_STREAM_GROUND, 1);
    sample_edges(frame, g, &rng);
    sample_folds(g, &rng);
}

static float edge_at(const screw_bag_graph *g, bag_edge edge, float at)
{
    float i = lad_clampf((at - EDGE_START) / EDGE_STEP, 0.0f, EDGE_NODES - 1.001f), whole = (float)(int)i;
    const float *node = &g->edges[edge][(int)whole];
    return lad_mixf(node[0], node[1], i - whole);
}

float screw_bag_inside(const screw_bag_graph *g, int layer, float x, float y)
{
    /* Edges stray less than that from their nominal places. */
    static const float stray = 20.0f;
    float across = stray, along = stray;
    if (fabsf(x) >= BAG_HALF_X - 2.0f * stray) {
        across = lad_minf(x - edge_at(g, EDGE_LEFT, y), edge_at(g, layer ? EDGE_INNER : EDGE_RIGHT, y) - x);
    }
    if (fabsf(y) >= BAG_HALF_Y - 2.0f * stray) {
        along = lad_minf(y - edge_at(g, EDGE_TOP, x), edge_at(g, EDGE_BOTTOM, x) - y);
    }
    return lad_minf(across, along);
}

typedef struct lay_job {
    screw_bag_graph *graph;
    const lad_frame *frame;
} lay_job;

/* Folds that a row may meet. */
static int folds_near(const screw_bag_graph *g, float y, const screw_fold *near[SCREW_BAG_MAX_FOLDS])
{
    int count = 0;
    for (int i = 0; i < g->fold_count; i++) {
        const screw_fold *f = &g->folds[i];
        float top = lad_minf(f->from.y, f->to.y), bottom = lad_maxf(f->from.y, f->to.y);
        if (y > top - f->width - 0.01f && y < bottom + f->width + 0.01f) near[count++] = f;
    }
    return count;
}

static float folds_at(const screw_fold *const *folds, int count, float x, float y)
{
    float sum = 0.0f;
    for (int i = 0; i < count; i++) {
        const screw_fold *f = folds[i];
        if (x < lad_minf(f->from.x, f->to.x) - f->width || x > lad_maxf(f->from.x, f->to.x) + f->width) continue;
        float t, d = lad_sd_segment(lad_v2(x, y), f->from, f->to, &t) / f->width;
        if (d >= 1.0f) continue;
        float near = 1.0f - d; /* a sharp ridge */
        sum += f->height * near * near * near * (1.0f - t);
    }
    return sum;
}

/* What lies in the bag holds the upper film up like tent poles. */
static float tents_at(const screw_bag_graph *g, float x, float y)
{
    float height = 0.0f;
    for (int i = 0; i < g->under_count; i++) {
        const screw_body *b = &g->under[i];
        const float wide = 52.0f;
        if (screw_bag_farther(b, x, y, wide)) continue;
        float d = screw_bag_outline(b, x, y);
        if (d >= wide) continue;
        float near = 1.0f - lad_maxf(d, -4.0f) / wide;
        height = lad_maxf(height, 0.15f * b->top * near * near);
    }
    return height;
}

static float shadows_at(const lay_job *job, float x, float y)
{
    const screw_bag_graph *g = job->graph;
    lad_vec3 key = job->frame->light.key;
    float open = 1.0f;
    for (int i = 0; i < g->body_count; i++) {
        const screw_body *b = &g->bodies[i];
        if (screw_bag_farther(b, x, y, 50.0f)) continue;
        float lift = 0.6f * (b->at.z + 4.0f) / key.z;
        float contact = screw_bag_outline(b, x, y);
        if (contact > 50.0f) continue;
        float thrown = screw_bag_outline(b, x + key.x * lift, y + key.y * lift);
        open *= 1.0f - 0.5f * lad_smoothstep(9.0f, -3.0f, contact);
        open *= 1.0f - 0.5f * lad_smoothstep(12.0f, -6.0f, thrown);
    }
    return open;
}

/* Crumpled film at neighbouring nodes of a row of the grid, from number `first` on: noise, and where the film is. */
enum { NODES = LAD_NOISE_PLACES };
typedef struct crumple {
    float x[NODES], y[NODES], large[NODES], facets[NODES], fine[NODES], pucker[NODES];
} crumple;

/* Noise number `which` of a place divided by (wide, high). */
static void find_noise(const screw_bag_graph *g, uint64_t which, const float *x, const float *y, float wide, float high,
                       int count, float *out)
{
    float u[NODES], v[NODES];
    for (int i = 0; i < count; i++) u[i] = x[i] / wide, v[i] = y[i] / high;
    lad_noise_gradients2(g->film_seed + which, u, v, count, out);
}

static void find_crumple(const screw_bag_graph *g, int first, float y, int count, crumple *c)
{
    float bent_x[NODES], bent_y[NODES];
    for (int i = 0; i < count; i++) c->x[i] = GRID_LEFT + FILM_STEP * (float)(first + i), c->y[i] = y;
    find_noise(g, 0, c->x, c->y, 95.0f, 95.0f, count, bent_x);
    find_noise(g, 1, c->x, c->y, 95.0f, 95.0f, count, bent_y);
    for (int i = 0; i < count; i++) bent_x[i] = c->x[i] + 30.0f * bent_x[i], bent_y[i] = y + 30.0f * bent_y[i];
    find_noise(g, 2, bent_x, bent_y, 225.0f, 185.0f, count, c->large);
    find_noise(g, 3, bent_x, bent_y, 140.0f, 150.0f, count, c->facets);
    for (int i = 0; i < count; i++) c->facets[i] = fabsf(c->facets[i]), bent_x[i] += 12.0f * c->large[i];
    find_noise(g, 4, bent_x, bent_y, 27.0f, 34.0f, count, c->fine);
    find_noise(g, 5, c->x, c->y, 11.0f, 60.0f, count, c->pucker);
}

static void height_row(void *context, size_t row, size_t thread)
{
    (void)thread;
    const lay_job *job = context;
    screw_bag_graph *g = job->graph;
    float y = GRID_TOP + FILM_STEP * (float)row;
    crumple noise;
    const screw_fold *near[SCREW_BAG_MAX_FOLDS];
    int folds = folds_near(g, y, near);
    for (int c = 0; c < FILM_COLUMNS; c++) {
        int i = c % NODES;
        if (i == 0) find_crumple(g, c, y, FILM_COLUMNS - c < NODES ? FILM_COLUMNS - c : NODES, &noise);
        float x = noise.x[i], large = noise.large[i], facets = noise.facets[i], fine = noise.fine[i];
        /* Near the welded edges the film puckers; thick plastic and print keep it level beyond the zip. */
        float top = y - edge_at(g, EDGE_TOP, x), bottom = edge_at(g, EDGE_BOTTOM, x) - y;
        float weld = lad_clampf(1.0f - lad_minf(top, bottom) / 26.0f, 0.0f, 1.3f);
        float pucker = weld * weld * noise.pucker[i];
        float calm = lad_mixf(1.0f, 0.4f, lad_smoothstep(ZIP_X - 40.0f, ZIP_X + 10.0f, x));
        float crumpled = 42.0f * large + 19.0f * facets + 1.2f * fine * (0.25f + facets);
        g->height[0][row][c] =
            g->crumple * calm * (crumpled + folds_at(near, folds, x, y)) + 1.4f * pucker + tents_at(g, x, y);
        g->height[1][row][c] = g->crumple * calm * (11.0f * facets - 30.0f * large + 0.6f * fine) + 1.1f * pucker;
        g->film[row][c].open = shadows_at(job, x, y);
    }
}

static void slope_row(void *context, size_t row, size_t thread)
{
    (void)thread;
    const lay_job *job = context;
    screw_bag_graph *g = job->graph;
    size_t above = row > 0 ? row - 1 : 0, below = row + 1 < FILM_ROWS ? row + 1 : row;
    float down = 1.0f / (FILM_STEP * (float)(below - above));
    for (size_t c = 0; c < FILM_COLUMNS; c++) {
        size_t left = c > 0 ? c - 1 : 0, right = c + 1 < FILM_COLUMNS ? c + 1 : c;
        float across = 1.0f / (FILM_STEP * (float)(right - left));
        film_node *node = &g->film[row][c];
        node->upper_x = (g->height[0][row][right] - g->height[0][row][left]) * across;
        node->upper_y = (g->height[0][below][c] - g->height[0][above][c]) * down;
        node->lower_x = (g->height[1][row][right] - g->height[1][row][left]) * across;
        node->lower_y = (g->height[1][below][c] - g->height[1][above][c]) * down;
    }
}

void screw_bag_film_lay(const lad_frame *frame, screw_bag_graph *g)
{
    lay_job job = {g, frame};
    lad_pool_run(frame->pool, FILM_ROWS, height_row, &job);
    lad_pool_run(frame->pool, FILM_ROWS, slope_row, &job);
}

LAD_CLONES static void find_places(const lad_frame *frame, size_t left, size_t y, float z, screw_places *at)
{
    const lad_camera camera = frame->camera;
    for (int i = 0; i < SCREW_BAG_PLACES; i++) {
        lad_vec3 ray = lad_camera_ray(&camera, (float)((int)left + i), (float)y);
        lad_vec3 p = lad_camera_meet(&camera, ray, z);
        at->ray_x[i] = ray.x, at->ray_y[i] = ray.y, at->ray_z[i] = ray.z;
        at->x[i] = p.x, at->y[i] = p.y;
    }
}

/* Whether any of the pixels, of the layer's share, sees it. */
static bool find_cover(const screw_bag_graph *g, int layer, float units_px, screw_places *at)
{
    bool any = false;
    for (int i = 0; i < SCREW_BAG_PLACES; i++) {
        at->inside[i] = screw_bag_inside(g, layer, at->x[i], at->y[i]);
        at->cover[i] = lad_coverage(-at->inside[i] * units_px);
        any = any || at->cover[i] > 0.0f;
    }
    return any;
}

/* Between four neighbours of the grid. */
static inline float mix_nodes(float a, float b, float c, float d, float right, float down)
{
    return lad_mixf(lad_mixf(a, b, right), lad_mixf(c, d, right), down);
}

LAD_CLONES static void find_nodes(const film_node *restrict film, int layer, screw_places *restrict at)
{
    for (int i = 0; i < SCREW_BAG_PLACES; i++) {
        float u = lad_clampf((at->x[i] - GRID_LEFT) / FILM_STEP, 0.0f, FILM_COLUMNS - 1.001f);
        float v = lad_clampf((at->y[i] - GRID_TOP) / FILM_STEP, 0.0f, FILM_ROWS - 1.001f);
        int column = (int)u, row = (int)v, k = row * FILM_COLUMNS + column;
        const film_node *a = &film[k], *b = &film[k + 1], *c = &film[k + FILM_COLUMNS],
                        *d = &film[k + FILM_COLUMNS + 1];
        u -= (float)column, v -= (float)row;
        at->slope_x[i] = layer ? mix_nodes(a->upper_x, b->upper_x, c->upper_x, d->upper_x, u, v)
                               : mix_nodes(a->lower_x, b->lower_x, c->lower_x, d->lower_x, u, v);
        at->slope_y[i] = layer ? mix_nodes(a->upper_y, b->upper_y, c->upper_y, d->upper_y, u, v)
                               : mix_nodes(a->lower_y, b->lower_y, c->lower_y, d->lower_y, u, v);
        at->open[i] = layer ? 1.0f : mix_nodes(a->open, b->open, c->open, d->open, u, v);
    }
}

/* Light along the edge itself: cut plastic scatters, unevenly. */
static float edge_line(const screw_bag_graph *g, float x, float y, float inside, float wide)
{
    float line = lad_clampf(1.0f - fabsf(inside - 0.6f) / wide, 0.0f, 1.0f);
    if (line <= 0.0f) return 0.0f;
    float beads = lad_noise_value2(g->film_seed + 20, x / 3.0f, y / 3.0f),
          long_ = lad_noise_value2(g->film_seed + 21, x / 40.0f, y / 40.0f);
    return line * (0.25f + 1.2f * beads * beads) * (0.2f + 1.4f * long_);
}

/* Lays the lower film on the ground; edge: its light, rgb: of `count` pixels. */
LAD_CLONES static void lay_lower(const lad_frame *frame, const screw_bag_graph *g, const screw_places *at,
                                 const float *edge, int count, float *restrict rgb)
{
    lad_vec3 key = frame->light.key_colour, ground = lad_v3_scale(key, g->ground);
    lad_vec3 haze = lad_v3_mul(key, lad_v3(0.0016f, 0.0019f, 0.0034f));
    for (int i = 0; i < count; i++) {
        lad_vec3 seen = lad_v3(at->mirror[0][i], at->mirror[1][i], at->mirror[2][i]);
        seen = lad_v3_scale(seen, 0.38f * at->open[i]);
        seen = lad_v3_along(seen, haze, g->haze * at->open[i]);
        seen = lad_v3_along(seen, key, 0.055f * edge[i]);
        lad_vec3 colour = lad_v3_along(ground, seen, at->cover[i]);
        rgb[3 * i] = colour.x, rgb[3 * i + 1] = colour.y, rgb[3 * i + 2] = colour.z;
    }
}

void screw_bag_paint_lower(const lad_frame *frame, const screw_bag_graph *g, lad_film *film, size_t y)
{
    for (size_t left = 0; left < film->width; left += SCREW_BAG_PLACES) {
        int count = film->width - left < SCREW_BAG_PLACES ? (int)(film->width - left) : SCREW_BAG_PLACES;
        screw_places at = {0};
        float edge[SCREW_BAG_PLACES];
        find_places(frame, left, y, 0.0f, &at);
        if (find_cover(g, 0, frame->camera.px_per_unit, &at)) {
            find_nodes(&g->film[0][0], 0, &at);
            screw_bag_mirror(&g->studio, &at);
        }
        for (int i = 0; i < SCREW_BAG_PLACES; i++) edge[i] = edge_line(g, at.x[i], at.y[i], at.inside[i], 1.3f);
        lay_lower(frame, g, &at, edge, count, film->rgb + 3 * (y * film->width + left));
    }
}

/* What the upper film adds to its mirror image: light of its own, and its print. */
typedef struct film_extra {
    float white[SCREW_BAG_PLACES], taken[SCREW_BAG_PLACES]; /* taken: share of what lies under it */
    float ink[SCREW_BAG_PLACES], ink_lit[SCREW_BAG_PLACES];
} film_extra;

/* Zip, tears and print, which most places have not; bends the slopes. */
static void find_extra(const lad_frame *frame, const screw_bag_graph *g, screw_places *at, film_extra *extra)
{
    float units_px = frame->camera.px_per_unit;
    for (int i = 0; i < SCREW_BAG_PLACES; i++) {
        float x = at->x[i], y = at->y[i], lip = 0.0f, milky;
        float tear = g->mark_count && at->cover[i] > 0.0f ? screw_bag_tear(g, x, y) : 1e30f;
        if (tear < 8.0f) {
            at->cover[i] *= lad_coverage(-tear * units_px);
            /* Drawn plastic along the tear is white, and curls. */
            lip = lad_clampf(1.0f - lad_maxf(tear, 0.0f) / 3.0f, 0.0f, 1.0f);
        }
        float curl = 0.5f * lip;
        at->slope_x[i] += screw_bag_zip_slope(g, x, y, &milky) + curl;
        extra->white[i] = 0.05f * edge_line(g, x, y, at->inside[i], 1.4f) + milky + 0.22f * lip * lip;
        extra->taken[i] = 0.06f + lad_minf(4.0f * milky, 0.5f);
        extra->ink[i] = extra->ink_lit[i] = 0.0f;
        if (x > ZIP_X + 8.0f && at->cover[i] > 0.0f) {
            float ink = screw_bag_print(g, x + 5.0f * at->slope_x[i], y + 5.0f * at->slope_y[i], units_px);
            if (ink > 0.0f && g->mark_count) ink *= screw_bag_scratched(g, x, y);
            float lit = 0.62f - 0.5f * (at->slope_x[i] * frame->light.key.x + at->slope_y[i] * frame->light.key.y);
            extra->ink[i] = ink;
            extra->ink_lit[i] = lad_clampf(lit, 0.3f, 0.9f);
        }
        at->slope_y[i] += curl;
    }
}

LAD_CLONES static void lay_upper(const lad_frame *frame, const screw_bag_graph *g, const screw_places *at,
                                 const film_extra *extra, int count, float *restrict rgb)
{
    lad_vec3 key = frame->light.key_colour, black = {0.0f, 0.0f, 0.0f};
    lad_vec3 haze = lad_v3_mul(key, lad_v3(0.0016f, 0.0020f, 0.0036f));
    for (int i = 0; i < count; i++) {
        lad_vec3 light = lad_v3(at->mirror[0][i], at->mirror[1][i], at->mirror[2][i]);
        light = lad_v3_along(light, haze, g->haze);
        light = lad_v3_along(light, key, extra->white[i]);
        light = lad_v3_scale(light, 1.0f - 0.4f * extra->ink[i]);
        lad_vec3 colour = lad_v3(rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]);
        /* The film takes a little of what lies under it. */
        colour = lad_v3_mix(colour, black, extra->taken[i] * at->cover[i]);
        colour = lad_v3_mix(colour, lad_v3_scale(key, extra->ink_lit[i]), extra->ink[i] * g->ink * at->cover[i]);
        colour = lad_v3_along(colour, light, at->cover[i]);
        rgb[3 * i] = colour.x, rgb[3 * i + 1] = colour.y, rgb[3 * i + 2] = colour.z;
    }
}

void screw_bag_paint_upper(const lad_frame *frame, const screw_bag_graph *g, lad_film *film, size_t y)
{
    for (size_t left = 0; left < film->width; left += SCREW_BAG_PLACES) {
        int count = film->width - left < SCREW_BAG_PLACES ? (int)(film->width - left) : SCREW_BAG_PLACES;
        screw_places at;
        film_extra extra;
        find_places(frame, left, y, 4.0f, &at);
        if (!find_cover(g, 1, frame->camera.px_per_unit, &at)) continue;
        find_nodes(&g->film[0][0], 1, &at);
        find_extra(frame, g, &at, &extra);
        screw_bag_mirror(&g->studio, &at);
        lay_upper(frame, g, &at, &extra, count, film->rgb + 3 * (y * film->width + left));
    }
}
