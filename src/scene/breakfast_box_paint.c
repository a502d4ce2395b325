/* Painting the breakfast box in two passes: heights first, then light over the heights. */
#include "scene/breakfast_box.h"

#include "base/clones.h"
#include "base/detmath.h"
#include "scene/noise.h"

enum { BODIES = BREAKFAST_MAX_PIECES + BREAKFAST_MAX_FRUITS };

typedef struct paint_context {
    const lad_frame *frame;
    const breakfast_graph *graph;
    breakfast_surroundings around;
    float units;                         /* world units per pixel at the height of the box */
    float middle[BODIES], reach[BODIES]; /* rows of the bodies, which are asked for each row: close together */
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

/* `count` neighbouring pixels of row y from x on that may see a body. */
typedef struct stretch {
    size_t x, y;
    int count;
    body body;
    breakfast_hits hits;
} stretch;

static void find_hits(stretch *s)
{
    const breakfast_view *view = body_view(&s->body);
    float dy = (float)s->y - view->px.y;
    if (s->body.fruit) {
        breakfast_fruit_hits(s->body.fruit, s->x, dy, s->count, &s->hits);
    } else {
        breakfast_piece_hits(s->body.piece, s->x, dy, s->count, &s->hits);
    }
}

/* Half the width of what a row may see of a body that is seen as a ball, *middle: pixels right of its own; negative
 * where that is nothing. */
static float ball_half(const breakfast_view *view, float dy, float *middle)
{
    float xx = lad_v3_dot(view->ex, view->ex), xy = lad_v3_dot(view->ex, view->ey);
    float yy = lad_v3_dot(view->ey, view->ey);
    /* Pixels see it whose middles lie half a pixel beyond its outline, which is no more than this of its radius. */
    float rim = 1.01f + 0.5f * sqrtf(xx + yy), inside = xy * xy * dy * dy - xx * (yy * dy * dy - rim * rim);
    *middle = -xy * dy / xx;
    return inside > 0.0f ? sqrtf(inside) / xx + 0.1f : -1.0f;
}

typedef void visit_fn(const paint_context *c, lad_film *film, const stretch *s, void *user);

/* Calls visit for each stretch of row y that may see a body which is not hidden, bodies in the order of the graph or,
 * which finds more of them hidden, the other way round. */
static void visit_row(const paint_context *c, lad_film *film, size_t y, bool reverse, visit_fn *visit, void *user)
{
    const breakfast_graph *g = c->graph;
    const float *heights = film->z + y * film->width;
    int count = g->piece_count + g->fruit_count;
    for (int k = 0; k < count; k++) {
        int i = reverse ? count - 1 - k : k;
        float dy = (float)y - c->middle[i], half2 = c->reach[i] * c->reach[i] - dy * dy;
        if (half2 <= 0.0f) continue;
        stretch s; /* whose hits nobody needs to clear */
        s.y = y;
        s.body = body_at(g, i);
        const breakfast_view *view = body_view(&s.body);
        float half = sqrtf(half2), middle = 0.0f, top = height_of(&s.body, view->top) + 0.4f;
        if (s.body.piece && (s.body.piece->shape == PIECE_FLAKE || s.body.piece->shape == PIECE_CRUMB)) {
            half = lad_minf(half, ball_half(view, dy, &middle));
        }
        float left = view->px.x + middle - half, right = view->px.x + middle + half;
        if (half < 0.0f || right < 0.0f) continue;
        size_t x = left > 0.0f ? (size_t)left : 0;
        size_t end = right < (float)(film->width - 1) ? (size_t)right + 1 : film->width;
        while (end > x && heights[end - 1] > top) end--;
        for (; x < end; x += (size_t)s.count) {
            s.count = 1;
            if (heights[x] > top) continue;
            s.x = x;
            s.count = end - x < BREAKFAST_STRETCH ? (int)(end - x) : BREAKFAST_STRETCH;
            find_hits(&s);
            visit(c, film, &s, user);
        }
    }
}

static void raise(const paint_context *c, lad_film *film, const stretch *s, void *user)
{
    (void)c;
    (void)user;
    for (int k = 0; k < s->count; k++) {
        size_t i = s->y * film->width + s->x + (size_t)k;
        float z = height_of(&s->body, s->hits.z[k]);
        if (s->hits.cover[k] < 0.9f || z <= film->z[i]) continue;
        film->z[i] = z;
        film->rgb[3 * i] = 1.0f; /* the box does not show here */
    }
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
    visit_row(c, film, y, true, raise, NULL);
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

/* What is laid over the pixels of a row, in this order: the box first. */
typedef struct batch {
    breakfast_places places;
    const breakfast_fruit *fruit[BREAKFAST_PLACES]; /* neither: the box */
    const breakfast_piece *piece[BREAKFAST_PLACES];
    breakfast_hit hit[BREAKFAST_PLACES];
} batch;

static void lay(const paint_context *c, lad_film *film, size_t y, batch *b)
{
    const breakfast_places *at = &b->places;
    lad_vec3 colours[BREAKFAST_PLACES];
    int box = 0, end;
    breakfast_expose(&c->around, c->frame, c->graph, film, y, &b->places);
    while (box < at->count && !b->fruit[box] && !b->piece[box]) box++;
    breakfast_tray_shade(c->frame, c->graph, at, box, colours);
    for (int i = box; i < at->count; i = end) {
        const breakfast_fruit *fruit = b->fruit[i]; /* NULL: pieces, which are shaded together */
        for (end = i + 1; end < at->count && b->fruit[end] == fruit;) end++;
        const float *lit = at->lit + i, *open = at->open + i;
        if (fruit) {
            breakfast_fruit_shade(c->frame, fruit, b->hit + i, end - i, lit, open, colours + i);
        } else {
            breakfast_pieces_shade(c->frame, b->piece + i, b->hit + i, end - i, lit, open, colours + i);
        }
    }
    for (int i = 0; i < at->count; i++) lad_film_over(film, (size_t)at->x[i], y, colours[i], b->hit[i].cover);
    b->places.count = 0;
}

/* Returns the hit, which the caller sets: number by number, since a copy would have to wait for what it copies. */
static breakfast_hit *add(const paint_context *c, lad_film *film, size_t x, size_t y, lad_vec3 p, body what, batch *b)
{
    breakfast_places *at = &b->places;
    if (at->count == BREAKFAST_PLACES) lay(c, film, y, b);
    int i = at->count++;
    at->x[i] = (int)x;
    at->px[i] = p.x, at->py[i] = p.y, at->pz[i] = p.z;
    at->fruit[i] = what.fruit ? (int)(what.fruit - c->graph->fruits) : -1;
    b->fruit[i] = what.fruit, b->piece[i] = what.piece;
    return &b->hit[i];
}

static void add_seen(const paint_context *c, lad_film *film, const stretch *s, void *user)
{
    const breakfast_view *view = body_view(&s->body);
    const breakfast_hits *hits = &s->hits;
    const float *heights = film->z + s->y * film->width + s->x;
    for (int k = 0; k < s->count; k++) {
        if (hits->cover[k] <= 0.02f || height_of(&s->body, hits->z[k]) < heights[k] - 0.4f) continue;
        size_t x = s->x + (size_t)k;
        lad_vec3 p =
            lad_v3_along(lad_v3_scale(view->right, (float)x - view->px.x), view->down, (float)s->y - view->px.y);
        p = lad_v3_add(p, s->body.fruit ? s->body.fruit->at : s->body.piece->at);
        p.z = hits->z[k];
        breakfast_hit *hit = add(c, film, x, s->y, p, s->body, user);
        /* What raised the height is all there is to see. */
        hit->cover = hits->cover[k] >= 0.9f ? 1.0f : hits->cover[k];
        hit->z = hits->z[k], hit->rim = hits->rim[k];
        hit->local.x = hits->x[k], hit->local.y = hits->y[k], hit->local.z = hits->w[k];
    }
}

/* Where rays of neighbouring pixels meet what the film holds there. */
LAD_CLONES static void meet_heights(const lad_camera *camera, lad_vec3 row, lad_vec3 across, size_t x,
                                    const float *restrict z, int count, breakfast_places *restrict at)
{
    lad_vec3 eye = camera->eye;
    for (int i = 0; i < count; i++) {
        lad_vec3 ray = lad_v3_along(row, across, (float)((int)x + i));
        float t = ((z[i] > 0.0f ? z[i] : TRAY_EDGE) - eye.z) / ray.z;
        at->px[i] = eye.x + ray.x * t, at->py[i] = eye.y + ray.y * t, at->pz[i] = eye.z + ray.z * t;
    }
}

/* Share of the pixel that the box covers. */
static float box_cover(const paint_context *c, float x, float y)
{
    float right = fabsf(x) - TRAY_HALF_X + c->units, below = fabsf(y) - TRAY_HALF_Y + c->units;
    /* Farther inside than a pixel, and off the corners. */
    bool inside = right < 0.0f && below < 0.0f && lad_minf(right, below) < -TRAY_CORNER;
    if (breakfast_inside(x, y) || (inside && c->graph->mark_count == 0)) return 1.0f;
    return lad_coverage(breakfast_outer_distance(c->graph, x, y) / c->units);
}

/* The box and the table, where no body hides them. */
static void light_box(const paint_context *c, lad_film *film, size_t y, batch *b)
{
    const breakfast_graph *g = c->graph;
    breakfast_places seen;
    lad_vec3 row, across;
    row_rays(&c->frame->camera, y, &row, &across);
    for (size_t left = 0; left < film->width; left += BREAKFAST_PLACES) {
        size_t first = y * film->width + left;
        int count = film->width - left < BREAKFAST_PLACES ? (int)(film->width - left) : BREAKFAST_PLACES;
        meet_heights(&c->frame->camera, row, across, left, film->z + first, count, &seen);
        for (int i = 0; i < count; i++) {
            if (film->rgb[3 * (first + (size_t)i)] > 0.0f) continue;
            lad_vec3 p = {seen.px[i], seen.py[i], seen.pz[i]};
            float cover = box_cover(c, p.x, p.y);
            size_t x = left + (size_t)i;
            if (cover < 1.0f) {
                float cloth = g->ground * (0.7f + 0.6f * lad_noise_value2(g->tray_seed + 9, p.x * 0.02f, p.y * 0.02f));
                lad_film_set(film, x, y, lad_v3(cloth, cloth * 1.05f, cloth * 1.5f));
            }
            if (cover > 0.0f) add(c, film, x, y, p, (body){NULL, NULL}, b)->cover = cover;
        }
    }
}

static void light_row(const void *context, lad_film *film, size_t y)
{
    const paint_context *c = context;
    batch b;
    b.places = (breakfast_places){.count = 0};
    light_box(c, film, y, &b);
    visit_row(c, film, y, false, add_seen, &b);
    lay(c, film, y, &b);
    breakfast_mark_over(c->frame, c->graph, film, y);
}

void breakfast_paint(const lad_frame *frame, const void *graph, lad_film *film)
{
    const breakfast_graph *g = graph;
    float px = breakfast_px(frame);
    paint_context c = {.frame = frame, .graph = g, .units = 1.0f / px};
    c.around = breakfast_look_around(frame, px);
    for (int i = 0; i < g->piece_count + g->fruit_count; i++) {
        body b = body_at(g, i);
        c.middle[i] = body_view(&b)->px.y;
        c.reach[i] = body_view(&b)->reach;
    }
    lad_film_paint(film, frame->pool, heights_row, &c);
    lad_film_paint(film, frame->pool, light_row, &c);
}
