/* Cables: how they lie, their insulation with its print, bare copper, and their shadow. */
#include "scene/splicing_connectors.h"

#include "base/detmath.h"
#include "scene/glyphs.h"
#include "scene/noise.h"
#include "scene/sdf.h"

#define CORE 0.55f /* radius of the copper, of the cable's */

lad_vec3 splice_mouth(const splice_connector *c, int clamp)
{
    lad_vec2 p = splice_to_world(c, SPLICE_MOUTH - 4.0f, splice_clamp_y(c, clamp));
    return lad_v3(p.x, p.y, SPLICE_MOUTH_Z);
}

lad_vec2 splice_out(const splice_connector *c)
{
    return lad_v2_scale(c->ex, c->side);
}

void splice_lay(splice_cable *cable, lad_vec3 a, lad_vec2 from_a, lad_vec3 b, lad_vec2 from_b)
{
    lad_vec2 chord = {b.x - a.x, b.y - a.y};
    float distance = lad_v2_length(chord), pull = cable->reach * distance;
    lad_vec2 across = {-chord.y / distance, chord.x / distance};
    cable->length = 0.0f;
    for (int i = 0; i <= SPLICE_SEGMENTS; i++) {
        float t = (float)i / SPLICE_SEGMENTS, s = 1.0f - t;
        /* Hermite's cubic, whose ends have the given directions, and a bow and an S that leave the ends alone. */
        float ha = s * s * (1.0f + 2.0f * t), hb = t * t * (3.0f - 2.0f * t);
        float ga = pull * t * s * s, gb = pull * t * t * s;
        float rest = 16.0f * t * t * s * s;
        float bow = rest * (cable->bend[0] + 2.0f * (t - s) * cable->bend[1]);
        lad_vec3 p;
        p.x = ha * a.x + hb * b.x + ga * from_a.x + gb * from_b.x + bow * across.x;
        p.y = ha * a.y + hb * b.y + ga * from_a.y + gb * from_b.y + bow * across.y;
        float lift_a = 1.0f - lad_smoothstep(0.0f, 0.4f, t), lift_b = 1.0f - lad_smoothstep(0.0f, 0.4f, s);
        p.z = cable->low + lift_a * (a.z - cable->low) + lift_b * (b.z - cable->low);
        cable->points[i] = p;
        if (i > 0) cable->length += lad_v3_length(lad_v3_sub(p, cable->points[i - 1]));
    }
}

void splice_plug(const splice_graph *graph, splice_cable *cable)
{
    const splice_connector *a = &graph->connectors[0], *b = &graph->connectors[1];
    splice_lay(cable, splice_mouth(a, cable->clamp[0]), splice_out(a), splice_mouth(b, cable->clamp[1]), splice_out(b));
}

lad_vec3 splice_cable_point(const splice_cable *cable, float share)
{
    float at = lad_clampf(share, 0.0f, 1.0f) * SPLICE_SEGMENTS;
    int i = (int)at < SPLICE_SEGMENTS ? (int)at : SPLICE_SEGMENTS - 1;
    lad_vec3 step = lad_v3_sub(cable->points[i + 1], cable->points[i]);
    return lad_v3_along(cable->points[i], step, at - (float)i);
}

static void bounds(const lad_vec2 *points, float reach, lad_vec2 *low, lad_vec2 *high)
{
    *low = lad_v2(1e30f, 1e30f);
    *high = lad_v2(-1e30f, -1e30f);
    for (int i = 0; i <= SPLICE_SEGMENTS; i++) {
        *low = lad_v2(lad_minf(low->x, points[i].x - reach), lad_minf(low->y, points[i].y - reach));
        *high = lad_v2(lad_maxf(high->x, points[i].x + reach), lad_maxf(high->y, points[i].y + reach));
    }
}

void splice_view_cable(const lad_frame *frame, const splice_cable *cable, splice_cable_view *view)
{
    const lad_camera *camera = &frame->camera;
    lad_vec3 key = frame->light.key;
    view->cable = cable;
    view->from = 0.0f;
    view->to = 1.0f;
    for (int i = 0; i <= SPLICE_SEGMENTS; i++) {
        lad_vec3 p = cable->points[i];
        view->px[i] = lad_camera_project(camera, p);
        view->shadow[i] = lad_camera_project(camera, lad_v3_along(p, key, -p.z / key.z));
    }
    float scale = lad_camera_scale(camera, cable->points[SPLICE_SEGMENTS / 2]);
    view->radius_px = cable->radius * scale;
    view->blur_px = (1.0f + frame->light.key_size * cable->low) * scale;
    bounds(view->px, view->radius_px + 1.0f, &view->low, &view->high);
    bounds(view->shadow, view->radius_px + view->blur_px + 1.0f, &view->shadow_low, &view->shadow_high);
}

typedef struct cable_place {
    float d;     /* distance to the axis, pixels */
    float share; /* along the cable */
    int segment;
    float side; /* sign of the side on which the pixel lies */
} cable_place;

static cable_place nearest(const lad_vec2 *points, lad_vec2 p, float reach)
{
    cable_place best = {.d = 1e30f};
    for (int i = 0; i < SPLICE_SEGMENTS; i++) {
        lad_vec2 a = points[i], b = points[i + 1];
        if (lad_minf(a.x, b.x) - reach > p.x || lad_maxf(a.x, b.x) + reach < p.x) continue;
        if (lad_minf(a.y, b.y) - reach > p.y || lad_maxf(a.y, b.y) + reach < p.y) continue;
        float t, d = lad_sd_segment(p, a, b, &t);
        if (d >= best.d) continue;
        best.d = d;
        best.segment = i;
        best.share = ((float)i + t) / SPLICE_SEGMENTS;
        best.side = (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x) < 0.0f ? -1.0f : 1.0f;
    }
    return best;
}

static int within(lad_vec2 low, lad_vec2 high, float px, float py)
{
    return px >= low.x && px <= high.x && py >= low.y && py <= high.y;
}

/* The bare stretch at a share of the length, or NULL; jag: by how many units its ends are uneven there. */
static const splice_stretch *bare_at(const splice_cable *cable, float share, float jag)
{
    for (int i = 0; i < cable->bare_count; i++) {
        const splice_stretch *b = &cable->bare[i];
        float slack = jag / cable->length;
        if (share > b->from + slack && share < b->to + 0.7f * slack) return b;
    }
    return 0;
}

static int in_gap(const splice_cable *cable, float share)
{
    return share > cable->gap.from && share < cable->gap.to;
}

float splice_cable_lit(const splice_cable_view *view, float px, float py)
{
    float lit = 1.0f, r = view->radius_px, blur = view->blur_px;
    if (within(view->shadow_low, view->shadow_high, px, py)) {
        cable_place s = nearest(view->shadow, lad_v2(px, py), r + blur);
        if (!in_gap(view->cable, s.share)) lit = lad_smoothstep(r - blur, r + blur, s.d);
    }
    return lit;
}

int splice_cable_covers(const splice_cable_view *view, float px, float py)
{
    if (!within(view->low, view->high, px, py)) return 0;
    cable_place at = nearest(view->px, lad_v2(px, py), view->radius_px);
    return at.d < view->radius_px && !in_gap(view->cable, at.share) && at.share >= view->from && at.share <= view->to;
}

typedef struct cable_spot {
    float a;     /* across, -1..1 */
    float along; /* units from the first end */
    lad_vec3 tangent, side, up;
} cable_spot;

static float print_ink(const splice_cable *cable, const cable_spot *s)
{
    static const char text[] = "H05V-K 1.5 <HAR>";
    if (!cable->printed) return 0.0f;
    const float height = 3.6f;
    float turn = s->a - cable->print_turn, at = s->along - cable->print_at;
    if (at < 0.0f || at > 2.1f * height * lad_text_width(text)) return 0.0f;
    lad_vec2 p = {at / height, 0.5f + turn * cable->radius / height};
    return 0.8f * lad_coverage(lad_text_distance(text, p) * height - 0.45f);
}

/* Copper: strands that wind around the core. */
static lad_vec3 copper(const lad_frame *frame, const cable_spot *s, lad_vec3 n, float lit, float open)
{
    lad_material m = {.albedo = {0.86f, 0.47f, 0.28f}, .roughness = 0.3f, .metal = 1};
    float phase = s->along * 0.45f + 2.6f * s->a;
    float strand = phase - floorf(phase) - 0.5f;
    lad_vec3 bent = lad_v3_unit(lad_v3_along(lad_v3_along(n, s->tangent, 0.7f * strand), s->side, 0.7f * strand));
    lad_vec3 view = {0.0f, 0.0f, 1.0f};
    lad_vec3 colour = lad_shade(&m, &frame->light, bent, view, lit, open);
    lad_vec3 matt = lad_v3_scale(lad_v3_mul(m.albedo, frame->light.key_colour),
                                 0.25f * (0.3f + 0.7f * lit) * lad_maxf(bent.z, 0.0f));
    return lad_v3_scale(lad_v3_along(matt, colour, 0.4f + 0.5f * lit), 1.0f - 1.4f * strand * strand);
}

static lad_vec3 insulation(const lad_frame *frame, const splice_cable *cable, const cable_spot *s, float share,
                           lad_vec3 n, float lit, float open)
{
    lad_material m = {.albedo = cable->albedo, .roughness = 0.30f, .specular = 0.05f, .wrap = 0.12f};
    float uneven = lad_noise_value2(17, s->along * 0.07f, s->a * 0.6f);
    m.albedo = lad_v3_scale(m.albedo, 0.93f + 0.1f * uneven);
    if (cable->burnt.to > cable->burnt.from) {
        float ragged = 0.02f * lad_noise_gradient2(23, s->along * 0.25f, 2.0f * s->a);
        float inside = lad_smoothstep(cable->burnt.from, cable->burnt.from + 0.03f, share + ragged) *
                       lad_smoothstep(cable->burnt.to, cable->burnt.to - 0.03f, share - ragged);
        m.albedo = lad_v3_mix(m.albedo, cable->burnt_albedo, inside * cable->burnt.depth);
    }
    m.albedo = lad_v3_scale(m.albedo, 1.0f - print_ink(cable, s));
    lad_vec3 view = {0.0f, 0.0f, 1.0f};
    return lad_shade(&m, &frame->light, n, view, lit, open);
}

static lad_vec3 cable_colour(const splice_context *c, const splice_cable *cable, const cable_place *at, float a,
                             int is_bare)
{
    const lad_vec3 *p = &cable->points[at->segment];
    cable_spot s = {.a = a, .along = at->share * cable->length};
    s.tangent = lad_v3_unit(lad_v3_sub(p[1], p[0]));
    /* Between two segments the direction turns smoothly. */
    float t = at->share * SPLICE_SEGMENTS - (float)at->segment - 0.5f;
    int other = t < 0.0f ? at->segment - 1 : at->segment + 1;
    if (other >= 0 && other < SPLICE_SEGMENTS && !cable->kinked) {
        lad_vec3 next = lad_v3_unit(lad_v3_sub(cable->points[other + 1], cable->points[other]));
        s.tangent = lad_v3_unit(lad_v3_mix(s.tangent, next, fabsf(t)));
    }
    s.side = lad_v3_unit(lad_v3(-s.tangent.y, s.tangent.x, 0.0f));
    s.up = lad_v3_cross(s.tangent, s.side);
    float b = sqrtf(lad_maxf(1.0f - a * a, 0.0f));
    lad_vec3 n = lad_v3_unit(lad_v3_add(lad_v3_scale(s.side, a), lad_v3_scale(s.up, b)));
    lad_vec3 place = lad_v3_along(splice_cable_point(cable, at->share), n, cable->radius);
    float open = 1.0f, lit = 1.0f;
    for (int i = 0; i < 2; i++) {
        const splice_connector *k = &c->graph->connectors[i];
        if (k->present) lit *= splice_connector_lit(c->frame, k, place, &open);
    }
    open *= 0.65f + 0.35f * n.z;
    if (is_bare) return copper(c->frame, &s, n, lit, open);
    return insulation(c->frame, cable, &s, at->share, n, lit, open);
}

static void paint_pixel(const splice_context *c, const splice_cable_view *view, lad_film *film, size_t x, size_t y)
{
    const splice_cable *cable = view->cable;
    cable_place at = nearest(view->px, lad_v2((float)x, (float)y), view->radius_px + 1.0f);
    float radius = view->radius_px, a = at.side * at.d / radius;
    if (at.d > radius + 1.0f || in_gap(cable, at.share)) return;
    float jag = 2.5f * lad_noise_gradient2(31, 3.0f * a, at.share * 20.0f);
    const splice_stretch *bare = bare_at(cable, at.share, jag);
    float cover = lad_coverage(at.d - radius), core = lad_coverage(at.d - CORE * radius);
    int shows_core = 0;
    if (bare && bare->depth >= 1.0f) { /* stripped all around */
        cover = core;
        a /= CORE;
        shows_core = 1;
    } else if (bare && fabsf(a) < bare->depth) { /* a window in the insulation */
        shows_core = 1;
    }
    if (cover <= 0.0f) return;
    lad_vec3 colour = cable_colour(c, cable, &at, lad_clampf(a, -0.99f, 0.99f), shows_core);
    if (shows_core && bare->depth < 1.0f) { /* the cut's lips are in shadow */
        float lip = lad_smoothstep(bare->depth, 0.6f * bare->depth, fabsf(a));
        colour = lad_v3_scale(colour, 0.35f + 0.65f * lip);
    }
    lad_film_over(film, x, y, colour, cover);
}

void splice_paint_cable(const splice_context *c, const splice_cable_view *view, lad_film *film, size_t y)
{
    float row = (float)y;
    if (row < view->low.y || row > view->high.y || view->high.x < 0.0f) return;
    size_t x0 = view->low.x > 0.0f ? (size_t)view->low.x : 0;
    for (size_t x = x0; x < film->width && (float)x <= view->high.x; x++) paint_pixel(c, view, film, x, y);
}
