/* The mesh: expanded metal, as rows of ribbons that zigzag in turn and are joined where they meet.
 *
 * Row k runs along v = k PITCH_Y / 2, up and down by WAVE; neighbouring rows are mirrored, so that they touch at the
 * bonds and part around lens-shaped holes.  Each ribbon is rounded across and twisted along, which decides where it
 * catches the light. */
#include "scene/splicing_connectors.h"

#include "scene/noise.h"
#include "scene/sdf.h"

#define PITCH_X 53.0f
#define PITCH_Y 27.0f
#define WAVE 5.3f
#define HALF_WIDTH 3.15f

typedef struct mesh_sample {
    float cover; /* share of the pixel that is metal */
    lad_vec3 normal;
    float crest, across; /* -1 trough .. 1 crest; -1..1 across the ribbon */
    float side;          /* dim inner side of the hole's edge, 0..1 */
    float tone;
} mesh_sample;

typedef struct ribbon {
    float d, a, v; /* distance to the edge, place across (1 = edge), distance to the middle */
    float slope;   /* of the middle line */
    float crest, along;
    float z;
} ribbon;

static ribbon ribbon_at(int row, float u, float v)
{
    ribbon r;
    float f = u / PITCH_X - floorf(u / PITCH_X);
    float t = 1.0f - 4.0f * fabsf(f - 0.5f), dt = f < 0.5f ? 4.0f / PITCH_X : -4.0f / PITCH_X;
    float sign = row & 1 ? -1.0f : 1.0f;
    float w = sign * (1.5f * t - 0.5f * t * t * t), dw = sign * 1.5f * (1.0f - t * t) * dt;
    r.slope = WAVE * dw;
    r.v = v - (0.5f * PITCH_Y * (float)row + WAVE * w);
    float shrink = 1.0f / sqrtf(1.0f + r.slope * r.slope);
    r.d = fabsf(r.v) * shrink - HALF_WIDTH;
    r.a = lad_clampf(r.v * shrink / HALF_WIDTH, -1.0f, 1.0f);
    r.crest = -w;
    r.along = -2.2f * dw; /* slope of the ribbon's height along u */
    r.z = 2.0f * r.crest - 1.6f * r.a * r.a - (r.d > 0.0f ? 100.0f : 0.0f);
    return r;
}

/* u from the middle of the nearest trough of the row. */
static float from_trough(int row, float u)
{
    float f = u / PITCH_X + (row & 1 ? 0.5f : 0.0f) - 0.5f;
    return PITCH_X * (f - floorf(f + 0.5f));
}

static lad_vec2 ribbon_normal(const ribbon *r, int row, float u, float spark)
{
    float shrink = 1.0f / sqrtf(1.0f + r->slope * r->slope), rise = 0.5f + 0.5f * r->crest;
    float lean = 0.66f * r->a - lad_mixf(-0.32f, 0.2f, rise);
    lad_vec2 n = {-r->slope * shrink * lean - r->along, shrink * lean};
    /* Beside a bond the shears have left two beads. */
    float du = from_trough(row, u), dx = fabsf(du) - 7.0f, dy = r->v + 0.3f;
    float bead = lad_smoothstep(8.0f, 2.0f, dx * dx + dy * dy) * spark;
    lad_vec2 round = {(du < 0.0f ? -0.3f : 0.3f) * dx, 0.3f * dy};
    return lad_v2_add(lad_v2_scale(n, 1.0f - bead), lad_v2_scale(round, bead));
}

/* The mesh at (u, v), in its own axes; scale: pixels per unit. */
static mesh_sample sample_at(const splice_graph *g, float u, float v, float scale)
{
    mesh_sample m = {0};
    int row = (int)floorf(v / (0.5f * PITCH_Y));
    ribbon a = ribbon_at(row, u, v), b = ribbon_at(row + 1, u, v);
    int upper = a.z >= b.z;
    const ribbon *r = upper ? &a : &b;
    if (a.d > 0.0f && b.d > 0.0f) {
        upper = a.d <= b.d;
        r = upper ? &a : &b;
    }
    m.cover = lad_coverage(lad_minf(a.d, b.d) * scale);
    /* The edge that bounds a hole from below shows its sheared side. */
    m.side = lad_smoothstep(2.6f, 0.4f, b.d) * lad_smoothstep(0.9f, -0.4f, b.crest);
    if (m.cover <= 0.0f) return m;
    int r_row = upper ? row : row + 1;
    float f = u / PITCH_X + (r_row & 1 ? 0.5f : 0.0f);
    int column = (int)floorf(f);
    float spark = 0.55f + 0.45f * lad_noise_cell(g->mesh_seed, column, r_row, 1);
    lad_vec2 n = ribbon_normal(r, r_row, u, spark);
    /* No two strands are cut and bent alike. */
    n.x += 0.16f * (lad_noise_cell(g->mesh_seed, column, r_row, 2) - 0.5f);
    n.y += 0.16f * (lad_noise_cell(g->mesh_seed, column, r_row, 3) - 0.5f);
    m.normal = lad_v3_unit(lad_v3(n.x, n.y, 1.0f));
    m.crest = r->crest;
    m.across = r->a;
    m.tone = 0.9f + 0.2f * lad_noise_cell(g->mesh_seed, column, r_row, 4);
    return m;
}

static lad_vec3 metal_colour(const splice_context *c, const mesh_sample *m, lad_vec2 p, float lit, float open)
{
    const splice_graph *g = c->graph;
    lad_material steel = {.albedo = {0.83f, 0.78f, 0.72f}, .roughness = g->mesh_gloss, .metal = 1};
    lad_vec3 view = {0.0f, 0.0f, 1.0f};
    float grain = lad_noise_value2(g->mesh_seed + 5, p.x * 0.9f, p.y * 0.9f);
    float cloud = lad_noise_value2(g->mesh_seed + 6, p.x * 0.015f, p.y * 0.015f);
    float tone = m->tone * (0.80f + 0.22f * grain + 0.18f * cloud);
    float edge = 1.0f - 0.65f * m->across * m->across * m->across * m->across;
    float deep = 0.55f + 0.45f * lad_smoothstep(-1.1f, 0.3f, m->crest);
    lad_vec3 mirrored = lad_shade(&steel, &c->frame->light, m->normal, view, 1.0f, 1.0f);
    lad_material dull = {.albedo = {0.115f, 0.112f, 0.106f}, .roughness = 0.9f, .specular = 0.0f};
    lad_vec3 matt = lad_shade(&dull, &c->frame->light, m->normal, view, lit, open);
    lad_vec3 colour = lad_v3_along(matt, mirrored, 0.16f * open + 0.84f * lit);
    colour = lad_v3_scale(colour, tone * edge * deep);
    if (g->stain.strength > 0.0f) {
        lad_vec2 d = lad_v2_sub(p, g->stain.at);
        float ragged = lad_noise_fractal2(g->stain.seed, d.x * 0.03f, d.y * 0.03f, 4);
        float inside = lad_smoothstep(0.12f, -0.12f, lad_v2_length(d) / g->stain.radius - 0.75f - 0.35f * ragged);
        lad_vec3 tint = lad_v3_mul(lad_v3_scale(g->stain.colour, 0.6f + 0.8f * grain), lad_v3_add(colour, matt));
        colour = lad_v3_mix(colour, tint, inside * g->stain.strength);
    }
    return colour;
}

/* A dent pushes the strands outwards from its middle and tilts them; at its deepest they may be torn. */
static lad_vec2 dented(const splice_graph *g, lad_vec2 p, lad_vec2 *tilt, int *torn)
{
    *tilt = lad_v2(0.0f, 0.0f);
    *torn = 0;
    if (g->dent.radius <= 0.0f) return p;
    lad_vec2 d = lad_v2_sub(p, g->dent.at);
    float share = lad_v2_length(d) / g->dent.radius;
    if (share >= 1.0f) return p;
    float fall = 1.0f - share * share;
    float ragged = 6.0f * lad_noise_gradient2(g->mesh_seed + 8, p.x * 0.15f, p.y * 0.15f);
    *torn = lad_v2_length(d) < g->dent.torn + ragged;
    *tilt = lad_v2_scale(d, -2.2f * fall * g->dent.depth / g->dent.radius);
    /* Sideways more than along the pull: holes are squeezed, not scaled. */
    lad_vec2 pull = {d.x + 0.7f * d.y, d.y - 0.5f * d.x};
    return lad_v2_add(p, lad_v2_scale(pull, -0.75f * fall * fall * g->dent.depth));
}

/* Light that reaches a place of the mesh past the connectors and cables. */
static float mesh_lit(const splice_context *c, lad_vec3 p, float px, float py, float *open)
{
    float lit = 1.0f;
    *open = 1.0f;
    for (int i = 0; i < 2; i++) {
        const splice_connector *k = &c->graph->connectors[i];
        if (k->present) lit *= splice_connector_lit(c->frame, k, p, open);
    }
    for (int i = 0; i < c->graph->cable_count; i++) lit *= splice_cable_lit(&c->cables[i], px, py);
    return lit;
}

void splice_paint_mesh(const splice_context *c, lad_film *film, size_t y)
{
    const splice_graph *g = c->graph;
    const lad_camera *camera = &c->frame->camera;
    float scale = camera->px_per_unit * g->mesh_pitch;
    lad_vec3 floor = lad_v3_scale(c->frame->light.surround, 0.012f);
    for (size_t x = 0; x < film->width; x++) {
        lad_vec3 p = lad_camera_meet(camera, lad_camera_ray(camera, (float)x, (float)y), 0.0f);
        lad_vec2 tilt;
        int torn;
        lad_vec2 q = dented(g, lad_v2(p.x, p.y), &tilt, &torn);
        float u = (g->mesh_cos * q.x + g->mesh_sin * q.y) / g->mesh_pitch + g->mesh_phase.x;
        float v = (g->mesh_cos * q.y - g->mesh_sin * q.x) / g->mesh_pitch + g->mesh_phase.y;
        mesh_sample m = sample_at(g, u, v, scale);
        lad_film_set(film, x, y, floor);
        if (torn || (m.cover <= 0.0f && m.side <= 0.0f)) continue;
        float open, lit = mesh_lit(c, p, (float)x, (float)y, &open);
        lad_vec3 edge = lad_v3_scale(c->frame->light.surround, 0.11f * m.side * open);
        lad_film_add(film, x, y, edge, 1.0f);
        if (m.cover <= 0.0f) continue;
        m.normal = lad_v3_unit(lad_v3(m.normal.x + tilt.x, m.normal.y + tilt.y, m.normal.z));
        lad_film_over(film, x, y, metal_colour(c, &m, lad_v2(p.x, p.y), lit, open), m.cover);
    }
}
