/* Painting the breakfast box in two passes: heights first, then light over the heights. */
#include "scene/breakfast_box.h"

#include "base/detmath.h"
#include "scene/noise.h"

#include <stddef.h>

enum { RISES = 7, DIRECTIONS = 6, RINGS = 3, AROUND = RINGS * DIRECTIONS, PLACES = RISES + AROUND };

/* Where light looks for what stands in its way. */
static const float rises[RISES] = {1.5f, 4.0f, 8.0f, 14.0f, 23.0f, 36.0f, 52.0f};
static const float rings[RINGS] = {2.2f, 7.0f, 22.0f};

typedef struct offset {
    int x, y; /* pixels */
} offset;

typedef struct paint_context {
    const lad_frame *frame;
    const breakfast_graph *graph;
    float units; /* world units per pixel at the height of the box */
    /* Places of the picture, relative to a pixel: of the key light's ray after each rise, and in rings around it. */
    offset places[PLACES];
    ptrdiff_t steps[PLACES]; /* the same, as steps in the film's planes */
    int reach;               /* pixels, beyond all of these places */
    float spread[RISES];     /* width of the key light's cone there */
} paint_context;

breakfast_view breakfast_view_of(const lad_frame *frame, lad_vec3 at, float radius)
{
    breakfast_view view = {.px = lad_camera_project(&frame->camera, at), .scale = lad_camera_scale(&frame->camera, at)};
    view.reach = radius * view.scale + 1.0f;
    view.right = lad_v3_scale(frame->camera.right, 1.0f / view.scale);
    view.down = lad_v3_scale(frame->camera.down, 1.0f / view.scale);
    view.toward = lad_v3_unit(lad_v3_sub(frame->camera.eye, at));
    return view;
}

void breakfast_orient(float towards, float tilt, float turn, lad_vec3 *u, lad_vec3 *v, lad_vec3 *w)
{
    float ct = lad_cosf(towards), st = lad_sinf(towards), c = lad_cosf(tilt), s = lad_sinf(tilt);
    *w = lad_v3(ct * s, st * s, c);
    lad_vec3 down = {ct * c, st * c, -s}, side = {-st, ct, 0.0f};
    float cr = lad_cosf(turn), sr = lad_sinf(turn);
    *u = lad_v3_add(lad_v3_scale(down, cr), lad_v3_scale(side, sr));
    *v = lad_v3_add(lad_v3_scale(down, -sr), lad_v3_scale(side, cr));
}

/* A body of either kind; the other pointer is NULL. */
typedef struct body {
    const breakfast_fruit *fruit;
    const breakfast_piece *piece;
} body;

static body body_at(const breakfast_graph *g, int i)
{
    if (i < g->piece_count) return (body){NULL, &g->pieces[i]};
    return (body){&g->fruits[i - g->piece_count], NULL};
}

static const breakfast_view *body_view(const body *b)
{
    return b->fruit ? &b->fruit->view : &b->piece->view;
}

/* What film->z holds of a body. */
static float height_of(const body *b, float z)
{
    return b->fruit ? z + FRUIT_ABOVE : z;
}

typedef void visit_fn(const paint_context *c, lad_film *film, size_t x, size_t y, const body *b,
                      const breakfast_hit *hit);

/* Calls visit for each pixel of row y that sees a body which is not hidden, bodies in the order of the graph or, which
 * finds more of them hidden, the other way round. */
static void visit_row(const paint_context *c, lad_film *film, size_t y, bool reverse, visit_fn *visit)
{
    const breakfast_graph *g = c->graph;
    float row = (float)y;
    int count = g->piece_count + g->fruit_count;
    for (int i = 0; i < count; i++) {
        body b = body_at(g, reverse ? count - 1 - i : i);
        const breakfast_view *view = body_view(&b);
        float dy = row - view->px.y, half2 = view->reach * view->reach - dy * dy;
        if (half2 <= 0.0f) continue;
        float half = sqrtf(half2), right = view->px.x + half, top = height_of(&b, view->top) + 0.4f;
        size_t x0 = view->px.x - half > 0.0f ? (size_t)(view->px.x - half) : 0;
        for (size_t x = x0; x < film->width && (float)x <= right; x++) {
            if (film->z[y * film->width + x] > top) continue;
            float dx = (float)x - view->px.x;
            breakfast_hit hit = b.fruit ? breakfast_fruit_hit(b.fruit, dx, dy) : breakfast_piece_hit(b.piece, dx, dy);
            if (hit.cover > 0.02f) visit(c, film, x, y, &b, &hit);
        }
    }
}

static void raise(const paint_context *c, lad_film *film, size_t x, size_t y, const body *b, const breakfast_hit *hit)
{
    (void)c;
    size_t i = y * film->width + x;
    float z = height_of(b, hit->z);
    if (hit->cover < 0.9f || z <= film->z[i]) return;
    film->z[i] = z;
    film->rgb[3 * i] = 1.0f; /* the box does not show here */
}

/* Direction from the eye through a pixel is row + across x. */
static void row_rays(const lad_camera *camera, size_t y, lad_vec3 *row, lad_vec3 *across)
{
    *row = lad_v3_scale(camera->back, -camera->distance);
    *row = lad_v3_along(*row, camera->down, ((float)y - camera->centre_y) / camera->px_per_unit);
    *row = lad_v3_along(*row, camera->right, -camera->centre_x / camera->px_per_unit);
    *across = lad_v3_scale(camera->right, 1.0f / camera->px_per_unit);
}

static void heights_row(const void *context, lad_film *film, size_t y)
{
    const paint_context *c = context;
    const lad_camera *camera = &c->frame->camera;
    lad_vec3 row, across;
    row_rays(camera, y, &row, &across);
    visit_row(c, film, y, true, raise);
    float z = TRAY_EDGE;
    bool near = false;
    for (size_t x = 0; x < film->width; x++) {
        size_t i = y * film->width + x;
        if (film->rgb[3 * i] > 0.0f) {
            near = false;
            continue;
        }
        /* Where the ray is at the height of the pixel beside it: near enough, as the camera looks straight down. */
        for (int steps = near ? 1 : 3; steps > 0; steps--) {
            lad_vec3 p = lad_camera_meet(camera, lad_v3_along(row, across, (float)x), z);
            film->z[i] = breakfast_tray_height(c->graph, p.x, p.y);
            z = film->z[i] > 0.0f ? film->z[i] : TRAY_EDGE;
        }
        near = true;
    }
}

/* Heights that stand in the way of light at the places relative to a pixel; near the border those of the border. */
static void look_around(const paint_context *c, const lad_film *film, size_t x, size_t y, float heights[PLACES])
{
    int width = (int)film->width, height = (int)film->height, px = (int)x, py = (int)y;
    const float *here = film->z + y * film->width + x;
    if (px >= c->reach && py >= c->reach && px + c->reach < width && py + c->reach < height) {
        for (int i = 0; i < PLACES; i++) heights[i] = here[c->steps[i]];
    } else {
        for (int i = 0; i < PLACES; i++) {
            int u = px + c->places[i].x, v = py + c->places[i].y;
            u = u < 0 ? 0 : u < width ? u : width - 1;
            v = v < 0 ? 0 : v < height ? v : height - 1;
            heights[i] = film->z[v * width + u];
        }
    }
    for (int i = 0; i < PLACES; i++) heights[i] = heights[i] < 0.5f * FRUIT_ABOVE ? heights[i] : TRAY_FLOOR;
}

typedef struct exposure {
    float lit, open; /* as in lad_shade */
} exposure;

/* Share of the key light at height z above a pixel: how narrowly the ray to its middle passes over what is there. */
static float lit_at(const paint_context *c, const float heights[RISES], float z)
{
    float passes[RISES], lit = 1.0f;
    for (int i = 0; i < RISES; i++) passes[i] = 0.5f + (z + rises[i] - heights[i]) / c->spread[i];
    for (int i = 0; i < RISES; i++) lit = lad_minf(lit, passes[i]);
    lit = lad_maxf(lit, 0.0f);
    return lit * lit * (3.0f - 2.0f * lit);
}

/* Share of the surround that is open above a pixel: the mean over directions of how high the horizon stands. */
static float open_at(const float heights[AROUND], float z)
{
    float closed = 0.0f, slopes[DIRECTIONS] = {0};
    for (int i = 0; i < RINGS; i++) {
        for (int k = 0; k < DIRECTIONS; k++) {
            slopes[k] = lad_maxf(slopes[k], (heights[DIRECTIONS * i + k] - z) * (1.0f / rings[i]));
        }
    }
    for (int k = 0; k < DIRECTIONS; k++) slopes[k] = slopes[k] * slopes[k] / (1.0f + slopes[k] * slopes[k]);
    for (int k = 0; k < DIRECTIONS; k++) closed += slopes[k];
    return 1.0f - closed * (1.0f / DIRECTIONS);
}

/* Light at a place below the pixel.  own: the fruit that it is on, which does not shadow itself. */
static exposure expose(const paint_context *c, const lad_film *film, size_t x, size_t y, lad_vec3 p,
                       const breakfast_fruit *own)
{
    float heights[PLACES];
    look_around(c, film, x, y, heights);
    exposure e = {lit_at(c, heights, p.z), open_at(heights + RISES, p.z)};
    for (int i = 0; i < c->graph->fruit_count; i++) {
        const breakfast_fruit *f = &c->graph->fruits[i];
        if (f == own) continue;
        lad_vec3 to = lad_v3_sub(f->at, p);
        float d2 = lad_v3_dot(to, to), r2 = f->radius * f->radius;
        if (d2 > 16.0f * r2) continue;
        e.lit = lad_minf(e.lit, lad_shadow_ball(&c->frame->light, p, f->at, f->radius * 0.97f));
        /* A ball takes r^2 / d^2 of the hemisphere, less when it stands low. */
        float up = lad_clampf(0.35f + 0.65f * to.z / sqrtf(d2), 0.0f, 1.0f);
        e.open *= 1.0f - lad_minf(r2 / d2, 1.0f) * up * lad_smoothstep(16.0f, 4.0f, d2 / r2);
    }
    return e;
}

static void lay(const paint_context *c, lad_film *film, size_t x, size_t y, const body *b, const breakfast_hit *hit)
{
    if (height_of(b, hit->z) < film->z[y * film->width + x] - 0.4f) return;
    const breakfast_view *view = body_view(b);
    lad_vec3 p = lad_v3_along(lad_v3_scale(view->right, (float)x - view->px.x), view->down, (float)y - view->px.y);
    p = lad_v3_add(p, b->fruit ? b->fruit->at : b->piece->at);
    p.z = hit->z;
    exposure e = expose(c, film, x, y, p, b->fruit);
    lad_vec3 colour = b->fruit ? breakfast_fruit_shade(c->frame, b->fruit, hit, e.lit, e.open)
                               : breakfast_piece_shade(c->frame, b->piece, hit, e.lit, e.open);
    /* What raised the height is all there is to see. */
    lad_film_over(film, x, y, colour, hit->cover < 0.9f ? hit->cover : 1.0f);
}

static void light_row(const void *context, lad_film *film, size_t y)
{
    const paint_context *c = context;
    const breakfast_graph *g = c->graph;
    lad_vec3 row, across;
    row_rays(&c->frame->camera, y, &row, &across);
    for (size_t x = 0; x < film->width; x++) {
        size_t i = y * film->width + x;
        if (film->rgb[3 * i] > 0.0f) continue;
        lad_vec3 p = lad_camera_meet(&c->frame->camera, lad_v3_along(row, across, (float)x),
                                     film->z[i] > 0.0f ? film->z[i] : TRAY_EDGE);
        float cover =
            breakfast_inside(p.x, p.y) ? 1.0f : lad_coverage(breakfast_outer_distance(g, p.x, p.y) / c->units);
        if (cover < 1.0f) {
            float cloth = g->ground * (0.7f + 0.6f * lad_noise_value2(g->tray_seed + 9, p.x * 0.02f, p.y * 0.02f));
            lad_film_set(film, x, y, lad_v3(cloth, cloth * 1.05f, cloth * 1.5f));
        }
        if (cover <= 0.0f) continue;
        exposure e = expose(c, film, x, y, p, NULL);
        lad_film_over(film, x, y, breakfast_tray_shade(c->frame, g, p, e.lit, e.open), cover);
    }
    visit_row(c, film, y, false, lay);
    breakfast_mark_over(c->frame, g, film, y);
}

static offset to_offset(float x, float y)
{
    return (offset){(int)floorf(x + 0.5f), (int)floorf(y + 0.5f)};
}

void breakfast_paint(const lad_frame *frame, const void *graph, lad_film *film)
{
    static const float dir_x[DIRECTIONS] = {1.0f, 0.5f, -0.5f, -1.0f, -0.5f, 0.5f};
    static const float dir_y[DIRECTIONS] = {0.0f, 0.866f, 0.866f, 0.0f, -0.866f, -0.866f};
    lad_vec3 key = frame->light.key;
    float px = lad_camera_scale(&frame->camera, lad_v3(0.0f, 0.0f, TRAY_RIM));
    paint_context c = {.frame = frame, .graph = graph, .units = 1.0f / px};
    float size = frame->light.key_size * 1.4f;
    for (int i = 0; i < RISES; i++) {
        c.spread[i] = size * rises[i] + 1.0f;
        c.places[i] = to_offset(key.x / key.z * rises[i] * px, key.y / key.z * rises[i] * px);
    }
    for (int i = 0; i < RINGS; i++) {
        for (int k = 0; k < DIRECTIONS; k++)
            c.places[RISES + DIRECTIONS * i + k] = to_offset(dir_x[k] * rings[i] * px, dir_y[k] * rings[i] * px);
    }
    for (int i = 0; i < PLACES; i++) c.steps[i] = (ptrdiff_t)film->width * c.places[i].y + c.places[i].x;
    c.reach =
        (int)(lad_maxf(rings[RINGS - 1], rises[RISES - 1] * lad_maxf(fabsf(key.x), fabsf(key.y)) / key.z) * px) + 2;
    lad_film_paint(film, frame->pool, heights_row, &c);
    lad_film_paint(film, frame->pool, light_row, &c);
}
