/* Painting the breakfast box in two passes: heights first, then light over the heights. */
#include "scene/breakfast_box.h"

#include "base/detmath.h"
#include "scene/noise.h"

typedef struct paint_context {
    const lad_frame *frame;
    const breakfast_graph *graph;
    lad_vec2 key_step; /* pixels that the picture of the key light's ray moves per unit of height */
    float units;       /* world units per pixel */
} paint_context;

breakfast_view breakfast_view_of(const lad_frame *frame, lad_vec3 at)
{
    breakfast_view view;
    const lad_camera *camera = &frame->camera;
    view.px = lad_camera_project(camera, at);
    view.scale = lad_camera_scale(camera, at);
    view.right = lad_v3_scale(camera->right, 1.0f / view.scale);
    view.down = lad_v3_scale(camera->down, 1.0f / view.scale);
    view.toward = lad_v3_unit(lad_v3_sub(camera->eye, at));
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

static breakfast_hit body_hit(const body *b, const breakfast_view *view, float dx, float dy)
{
    return b->fruit ? breakfast_fruit_hit(b->fruit, view, dx, dy) : breakfast_piece_hit(b->piece, view, dx, dy);
}

typedef void visit_fn(const paint_context *c, lad_film *film, size_t x, size_t y, const body *b,
                      const breakfast_view *view, const breakfast_hit *hit);

/* Calls visit for each pixel of row y that sees a body, bodies in the order of the graph. */
static void visit_row(const paint_context *c, lad_film *film, size_t y, visit_fn *visit)
{
    const breakfast_graph *g = c->graph;
    float row = (float)y;
    for (int i = 0; i < g->piece_count + g->fruit_count; i++) {
        body b = body_at(g, i);
        lad_vec3 at = b.fruit ? b.fruit->at : b.piece->at;
        float radius = b.fruit ? b.fruit->radius * 1.12f : breakfast_piece_radius(b.piece);
        lad_vec2 px = lad_camera_project(&c->frame->camera, at);
        float reach = radius * lad_camera_scale(&c->frame->camera, at) + 1.0f;
        if (fabsf(row - px.y) > reach || px.x + reach < 0.0f) continue;
        breakfast_view view = breakfast_view_of(c->frame, at);
        float half = sqrtf(lad_maxf(reach * reach - (row - px.y) * (row - px.y), 0.0f));
        size_t x0 = px.x - half > 0.0f ? (size_t)(px.x - half) : 0;
        for (size_t x = x0; x < film->width && (float)x <= px.x + half; x++) {
            breakfast_hit hit = body_hit(&b, &view, (float)x - px.x, row - px.y);
            if (hit.cover > 0.02f) visit(c, film, x, y, &b, &view, &hit);
        }
    }
}

static void raise(const paint_context *c, lad_film *film, size_t x, size_t y, const body *b, const breakfast_view *view,
                  const breakfast_hit *hit)
{
    (void)c, (void)b, (void)view;
    size_t i = y * film->width + x;
    if (hit->cover < 0.9f || hit->z <= film->z[i]) return;
    film->z[i] = hit->z;
    film->rgb[3 * i] = 1.0f; /* for the second pass: the box does not show here */
}

static void heights_row(const void *context, lad_film *film, size_t y)
{
    const paint_context *c = context;
    const lad_camera *camera = &c->frame->camera;
    float z = 0.0f;
    for (size_t x = 0; x < film->width; x++) {
        lad_vec3 ray = lad_camera_ray(camera, (float)x, (float)y);
        /* From the height of the pixel beside it, towards where the ray meets the box. */
        for (int i = 0; i < 2; i++) {
            lad_vec3 p = lad_camera_meet(camera, ray, z);
            z = breakfast_tray_height(c->graph, p.x, p.y);
        }
        film->z[y * film->width + x] = z;
    }
    visit_row(c, film, y, raise);
}

/* Heights for light: what stands out over the rim, which is fruit, throws its shadow as a ball instead. */
static float height_at(const lad_film *film, float x, float y)
{
    if (x < 0.0f || y < 0.0f) return 0.0f;
    size_t ix = (size_t)(x + 0.5f), iy = (size_t)(y + 0.5f);
    return ix < film->width && iy < film->height ? lad_minf(film->z[iy * film->width + ix], TRAY_RIM + 4.0f) : 0.0f;
}

typedef struct exposure {
    float lit, open; /* as in lad_shade */
} exposure;

/* Share of the key light at height z above a pixel: how narrowly the ray to its middle passes over what is there. */
static float lit_at(const paint_context *c, const lad_film *film, size_t x, size_t y, float z)
{
    static const float rise[8] = {1.5f, 3.5f, 6.0f, 9.5f, 15.0f, 23.0f, 35.0f, 50.0f};
    float lit = 1.0f, size = c->frame->light.key_size * 1.4f;
    for (int i = 0; i < 8; i++) {
        float up = rise[i],
              over = z + up - height_at(film, (float)x + c->key_step.x * up, (float)y + c->key_step.y * up);
        lit = lad_minf(lit, 0.5f + over / (size * up + 1.0f));
        if (lit <= 0.0f) return 0.0f;
    }
    return lit * lit * (3.0f - 2.0f * lit);
}

/* Share of the surround that is open above a pixel: the mean over directions of how high the horizon stands. */
static float open_at(const paint_context *c, const lad_film *film, size_t x, size_t y, float z)
{
    static const float radius[4] = {2.0f, 5.0f, 12.0f, 28.0f};
    static const float dir_x[6] = {1.0f, 0.5f, -0.5f, -1.0f, -0.5f, 0.5f};
    static const float dir_y[6] = {0.0f, 0.866f, 0.866f, 0.0f, -0.866f, -0.866f};
    float closed = 0.0f, px = 1.0f / c->units;
    for (int k = 0; k < 6; k++) {
        float slope = 0.0f;
        for (int i = 0; i < 4; i++) {
            float r = radius[i];
            float h = height_at(film, (float)x + dir_x[k] * r * px, (float)y + dir_y[k] * r * px) - z;
            slope = lad_maxf(slope, h / r);
        }
        closed += slope * slope / (1.0f + slope * slope);
    }
    return 1.0f - closed * (1.0f / 6.0f);
}

/* Light at a place below the pixel.  own: the fruit that it is on, which does not shadow itself. */
static exposure expose(const paint_context *c, const lad_film *film, size_t x, size_t y, lad_vec3 p,
                       const breakfast_fruit *own)
{
    exposure e = {lit_at(c, film, x, y, p.z), open_at(c, film, x, y, p.z)};
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

static void lay(const paint_context *c, lad_film *film, size_t x, size_t y, const body *b, const breakfast_view *view,
                const breakfast_hit *hit)
{
    if (hit->z < film->z[y * film->width + x] - 0.4f) return;
    lad_vec3 p = lad_v3_along(lad_v3_scale(view->right, (float)x - view->px.x), view->down, (float)y - view->px.y);
    p = lad_v3_add(p, b->fruit ? b->fruit->at : b->piece->at);
    p.z = hit->z;
    exposure e = expose(c, film, x, y, p, b->fruit);
    lad_vec3 colour = b->fruit ? breakfast_fruit_shade(c->frame, b->fruit, view, hit, e.lit, e.open)
                               : breakfast_piece_shade(c->frame, b->piece, view, hit, e.lit, e.open);
    /* What raised the height is all there is to see. */
    lad_film_over(film, x, y, colour, hit->cover < 0.9f ? hit->cover : 1.0f);
}

static void light_row(const void *context, lad_film *film, size_t y)
{
    const paint_context *c = context;
    const breakfast_graph *g = c->graph;
    float base = g->ground;
    for (size_t x = 0; x < film->width; x++) {
        size_t i = y * film->width + x;
        if (film->rgb[3 * i] > 0.0f) continue;
        lad_vec3 p =
            lad_camera_meet(&c->frame->camera, lad_camera_ray(&c->frame->camera, (float)x, (float)y), film->z[i]);
        float outer = breakfast_outer_distance(g, p.x, p.y);
        float cloth = base * (0.7f + 0.6f * lad_noise_value2(g->tray_seed + 9, p.x * 0.02f, p.y * 0.02f));
        lad_vec3 black = {cloth, cloth * 1.05f, cloth * 1.5f};
        lad_film_set(film, x, y, black);
        float cover = lad_coverage(outer / c->units);
        if (cover <= 0.0f) continue;
        exposure e = expose(c, film, x, y, p, NULL);
        lad_film_over(film, x, y, breakfast_tray_shade(c->frame, g, p, e.lit, e.open), cover);
    }
    visit_row(c, film, y, lay);
    breakfast_mark_over(c->frame, g, film, y);
}

void breakfast_paint(const lad_frame *frame, const void *graph, lad_film *film)
{
    lad_vec3 key = frame->light.key;
    paint_context c = {.frame = frame, .graph = graph, .units = 1.0f / (frame->camera.px_per_unit * 1.045f)};
    c.key_step = lad_v2(key.x / key.z / c.units, key.y / key.z / c.units);
    lad_film_paint(film, frame->pool, heights_row, &c);
    lad_film_paint(film, frame->pool, light_row, &c);
}
