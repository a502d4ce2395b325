/* The film: two crumpled layers that mirror the studio, their cut and welded edges. */
#include "scene/screw_bag.h"

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

static void height_row(void *context, size_t row, size_t thread)
{
    (void)thread;
    const lay_job *job = context;
    screw_bag_graph *g = job->graph;
    uint64_t s = g->film_seed;
    float y = GRID_TOP + FILM_STEP * (float)row;
    lad_noise_walk walks[6] = {{0}};
    const screw_fold *near[SCREW_BAG_MAX_FOLDS];
    int folds = folds_near(g, y, near);
    for (int c = 0; c < FILM_COLUMNS; c++) {
        float x = GRID_LEFT + FILM_STEP * (float)c;
        float wx = x + 30.0f * lad_noise_gradient2_walk(&walks[0], s, x / 95.0f, y / 95.0f);
        float wy = y + 30.0f * lad_noise_gradient2_walk(&walks[1], s + 1, x / 95.0f, y / 95.0f);
        float large = lad_noise_gradient2_walk(&walks[2], s + 2, wx / 225.0f, wy / 185.0f);
        float facets = fabsf(lad_noise_gradient2_walk(&walks[3], s + 3, wx / 140.0f, wy / 150.0f));
        float fine = lad_noise_gradient2_walk(&walks[4], s + 4, (wx + 12.0f * large) / 27.0f, wy / 34.0f);
        /* Near the welded edges the film puckers; thick plastic and print keep it level beyond the zip. */
        float top = y - edge_at(g, EDGE_TOP, x), bottom = edge_at(g, EDGE_BOTTOM, x) - y;
        float weld = lad_clampf(1.0f - lad_minf(top, bottom) / 26.0f, 0.0f, 1.3f);
        float pucker = weld * weld * lad_noise_gradient2_walk(&walks[5], s + 5, x / 11.0f, y / 60.0f);
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

/* Inlined, so that what nobody asks for is not mixed. */
static inline film_node mix_nodes(const film_node *a, const film_node *b, float t)
{
    return (film_node){lad_mixf(a->upper_x, b->upper_x, t), lad_mixf(a->upper_y, b->upper_y, t),
                       lad_mixf(a->lower_x, b->lower_x, t), lad_mixf(a->lower_y, b->lower_y, t),
                       lad_mixf(a->open, b->open, t)};
}

static inline film_node node_at(const screw_bag_graph *g, float x, float y)
{
    float i = lad_clampf((x - GRID_LEFT) / FILM_STEP, 0.0f, FILM_COLUMNS - 1.001f), column = (float)(int)i;
    float k = lad_clampf((y - GRID_TOP) / FILM_STEP, 0.0f, FILM_ROWS - 1.001f), row = (float)(int)k;
    const film_node *above = &g->film[(int)row][(int)column], *below = &g->film[(int)row + 1][(int)column];
    film_node top = mix_nodes(above, above + 1, i - column), bottom = mix_nodes(below, below + 1, i - column);
    return mix_nodes(&top, &bottom, k - row);
}

/* What a film of two surfaces adds: a mirror image of the studio. */
static lad_vec3 mirror(const screw_bag_graph *g, lad_vec3 ray, float slope_x, float slope_y)
{
    lad_vec3 n = lad_v3_unit(lad_v3(-slope_x, -slope_y, 1.0f));
    float facing = -lad_v3_dot(ray, n);
    lad_vec3 seen = screw_bag_studio_at(&g->studio, lad_v3_reflect(ray, n), 0.08f);
    return lad_v3_scale(seen, 0.022f + 0.30f * lad_fresnel(facing, 0.0f));
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

void screw_bag_paint_lower(const lad_frame *frame, const screw_bag_graph *g, lad_film *film, size_t y)
{
    for (size_t x = 0; x < film->width; x++) {
        lad_vec3 ray = lad_camera_ray(&frame->camera, (float)x, (float)y);
        lad_vec3 p = lad_camera_meet(&frame->camera, ray, 0.0f);
        float inside = screw_bag_inside(g, 0, p.x, p.y), units_px = frame->camera.px_per_unit;
        float cover = lad_coverage(-inside * units_px);
        lad_vec3 colour = lad_v3_scale(frame->light.key_colour, g->ground);
        if (cover > 0.0f) {
            film_node node = node_at(g, p.x, p.y);
            lad_vec3 seen = lad_v3_scale(mirror(g, ray, node.lower_x, node.lower_y), 0.38f * node.open);
            seen = lad_v3_along(seen, lad_v3_mul(frame->light.key_colour, lad_v3(0.0016f, 0.0019f, 0.0034f)),
                                g->haze * node.open);
            seen = lad_v3_along(seen, frame->light.key_colour, 0.055f * edge_line(g, p.x, p.y, inside, 1.3f));
            colour = lad_v3_along(colour, seen, cover);
        }
        lad_film_set(film, x, y, colour);
    }
}

void screw_bag_paint_upper(const lad_frame *frame, const screw_bag_graph *g, lad_film *film, size_t y)
{
    float units_px = frame->camera.px_per_unit;
    for (size_t x = 0; x < film->width; x++) {
        lad_vec3 ray = lad_camera_ray(&frame->camera, (float)x, (float)y);
        lad_vec3 p = lad_camera_meet(&frame->camera, ray, 4.0f);
        float inside = screw_bag_inside(g, 1, p.x, p.y), cover = lad_coverage(-inside * units_px);
        if (cover <= 0.0f) continue;
        float tear = g->mark_count ? screw_bag_tear(g, p.x, p.y) : 1e30f, lip = 0.0f;
        if (tear < 8.0f) {
            cover *= lad_coverage(-tear * units_px);
            /* Drawn plastic along the tear is white, and curls. */
            lip = lad_clampf(1.0f - lad_maxf(tear, 0.0f) / 3.0f, 0.0f, 1.0f);
        }
        film_node node = node_at(g, p.x, p.y);
        float milky = 0.0f, curl = 0.5f * lip;
        node.upper_x += screw_bag_zip_slope(g, p.x, p.y, &milky) + curl;
        lad_vec3 light = mirror(g, ray, node.upper_x, node.upper_y + curl);
        light = lad_v3_along(light, lad_v3_mul(frame->light.key_colour, lad_v3(0.0016f, 0.0020f, 0.0036f)), g->haze);
        float white = 0.05f * edge_line(g, p.x, p.y, inside, 1.4f) + milky + 0.22f * lip * lip;
        light = lad_v3_along(light, frame->light.key_colour, white);
        /* The film takes a little of what lies under it. */
        lad_film_over(film, x, y, lad_v3(0.0f, 0.0f, 0.0f), (0.06f + lad_minf(4.0f * milky, 0.5f)) * cover);
        if (p.x > ZIP_X + 8.0f) {
            float ink = screw_bag_print(g, p.x + 5.0f * node.upper_x, p.y + 5.0f * node.upper_y, units_px);
            if (ink > 0.0f && g->mark_count) ink *= screw_bag_scratched(g, p.x, p.y);
            float lit = 0.62f - 0.5f * (node.upper_x * frame->light.key.x + node.upper_y * frame->light.key.y);
            lad_film_over(film, x, y, lad_v3_scale(frame->light.key_colour, lad_clampf(lit, 0.3f, 0.9f)),
                          ink * g->ink * cover);
            light = lad_v3_scale(light, 1.0f - 0.4f * ink);
        }
        lad_film_add(film, x, y, light, cover);
    }
}
