/* The mesh: expanded metal, as rows of ribbons that zigzag in turn and are joined where they meet.
 *
 * Row k runs along v = k PITCH_Y / 2, up and down by WAVE; neighbouring rows are mirrored, so that they touch at the
 * bonds and part around lens-shaped holes.  Each ribbon is rounded across and twisted along, which decides where it
 * catches the light. */
#include "scene/splicing_connectors.h"

#include "base/clones.h"
#include "scene/noise.h"
#include "scene/sdf.h"

#define PITCH_X 53.0f
#define PITCH_Y 27.0f
#define WAVE 5.3f
#define HALF_WIDTH 3.15f

typedef struct ribbon {
    float d, a, v; /* distance to the edge, place across (1 = edge), distance to the middle */
    float slope;   /* of the middle line */
    float crest, along;
    float z;
} ribbon;

LAD_INLINED ribbon ribbon_at(int row, float u, float v)
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

enum { STRETCH = LAD_SURFACES };

/* Neighbouring pixels of a row. */
typedef struct mesh_pixels {
    int count;
    float x[STRETCH], y[STRETCH]; /* on the ground */
    float u[STRETCH], v[STRETCH]; /* in the mesh's own axes */
    lad_vec2 tilt[STRETCH];       /* of a dent */
    int torn[STRETCH];
    float cover[STRETCH]; /* share of the pixel that is metal */
    float side[STRETCH];  /* dim inner side of the hole's edge, 0..1 */
    /* The ribbon that is seen, and the strand of it. */
    float middle[STRETCH], slope[STRETCH], across[STRETCH], crest[STRETCH], along[STRETCH];
    int row[STRETCH], column[STRETCH];
} mesh_pixels;

LAD_CLONES static void find_places(const lad_camera *camera, float left, float y, mesh_pixels *restrict m)
{
    const lad_camera c = *camera;
    for (int i = 0; i < m->count; i++) {
        lad_vec3 p = lad_camera_meet(&c, lad_camera_ray(&c, left + (float)i, y), 0.0f);
        m->x[i] = p.x, m->y[i] = p.y;
    }
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

/* x, y: on the undented ground. */
LAD_CLONES static void find_ribbons(const splice_graph *g, float scale, const float *restrict x,
                                    const float *restrict y, mesh_pixels *restrict m)
{
    lad_vec2 phase = g->mesh_phase;
    float cosine = g->mesh_cos, sine = g->mesh_sin, pitch = g->mesh_pitch;
    for (int i = 0; i < m->count; i++) {
        float u = (cosine * x[i] + sine * y[i]) / pitch + phase.x;
        float v = (cosine * y[i] - sine * x[i]) / pitch + phase.y;
        int row = (int)floorf(v / (0.5f * PITCH_Y));
        ribbon a = ribbon_at(row, u, v), b = ribbon_at(row + 1, u, v);
        int upper = ((a.d > 0.0f) & (b.d > 0.0f)) ? a.d <= b.d : a.z >= b.z;
        m->u[i] = u, m->v[i] = v;
        m->cover[i] = lad_coverage(lad_minf(a.d, b.d) * scale);
        /* The edge that bounds a hole from below shows its sheared side. */
        m->side[i] = lad_smoothstep(2.6f, 0.4f, b.d) * lad_smoothstep(0.9f, -0.4f, b.crest);
        m->middle[i] = upper ? a.v : b.v, m->slope[i] = upper ? a.slope : b.slope;
        m->across[i] = upper ? a.a : b.a, m->crest[i] = upper ? a.crest : b.crest;
        m->along[i] = upper ? a.along : b.along;
        m->row[i] = upper ? row : row + 1;
        m->column[i] = (int)floorf(u / PITCH_X + (m->row[i] & 1 ? 0.5f : 0.0f));
    }
}

/* No two strands are cut and bent alike. */
typedef struct strand {
    int there, row, column;
    float spark, lean_x, lean_y, tone;
} strand;

/* What the walk along a row has met last: the strand of the even and of the odd row of ribbons, and a cell of noise. */
typedef struct mesh_walk {
    strand strands[2];
    lad_noise_walk cloud;
} mesh_walk;

static const strand *strand_at(const splice_graph *g, mesh_walk *walk, int row, int column)
{
    strand *s = &walk->strands[row & 1];
    if (s->there && s->row == row && s->column == column) return s;
    s->there = 1, s->row = row, s->column = column;
    s->spark = 0.55f + 0.45f * lad_noise_cell(g->mesh_seed, column, row, 1);
    s->lean_x = 0.16f * (lad_noise_cell(g->mesh_seed, column, row, 2) - 0.5f);
    s->lean_y = 0.16f * (lad_noise_cell(g->mesh_seed, column, row, 3) - 0.5f);
    s->tone = 0.9f + 0.2f * lad_noise_cell(g->mesh_seed, column, row, 4);
    return s;
}

/* The pixels of a stretch that show metal. */
typedef struct mesh_metal {
    int count, pixel[STRETCH];
    float u[STRETCH], middle[STRETCH], slope[STRETCH], across[STRETCH], crest[STRETCH], along[STRETCH];
    float shift[STRETCH]; /* of the troughs of its row, pitches */
    float spark[STRETCH], lean_x[STRETCH], lean_y[STRETCH], tone[STRETCH], grain[STRETCH], cloud[STRETCH];
    float tilt_x[STRETCH], tilt_y[STRETCH], lit[STRETCH], open[STRETCH];
    lad_surfaces surfaces;
    lad_vec3 matt[STRETCH], colour[STRETCH];
} mesh_metal;

static void add_metal(const splice_graph *g, const mesh_pixels *m, int i, float lit, float open, mesh_walk *walk,
                      mesh_metal *metal)
{
    int k = metal->count++;
    const strand *s = strand_at(g, walk, m->row[i], m->column[i]);
    metal->pixel[k] = i;
    metal->u[k] = m->u[i], metal->middle[k] = m->middle[i], metal->slope[k] = m->slope[i];
    metal->across[k] = m->across[i], metal->crest[k] = m->crest[i], metal->along[k] = m->along[i];
    metal->shift[k] = m->row[i] & 1 ? 0.5f : 0.0f;
    metal->spark[k] = s->spark, metal->lean_x[k] = s->lean_x, metal->lean_y[k] = s->lean_y, metal->tone[k] = s->tone;
    metal->cloud[k] = lad_noise_value2_walk(&walk->cloud, g->mesh_seed + 6, m->x[i] * 0.015f, m->y[i] * 0.015f);
    metal->tilt_x[k] = m->tilt[i].x, metal->tilt_y[k] = m->tilt[i].y;
    metal->lit[k] = lit, metal->open[k] = open;
}

LAD_INLINED lad_vec3 ribbon_normal(const mesh_metal *m, int i)
{
    float slope = m->slope[i], along = m->along[i];
    float shrink = 1.0f / sqrtf(1.0f + slope * slope), rise = 0.5f + 0.5f * m->crest[i];
    float lean = 0.66f * m->across[i] - lad_mixf(-0.32f, 0.2f, rise);
    lad_vec2 n = {-slope * shrink * lean - along, shrink * lean};
    /* Beside a bond, half way between two troughs of the row, the shears have left two beads. */
    float f = m->u[i] / PITCH_X + m->shift[i] - 0.5f;
    float du = PITCH_X * (f - floorf(f + 0.5f)), dx = fabsf(du) - 7.0f, dy = m->middle[i] + 0.3f;
    float bead = lad_smoothstep(8.0f, 2.0f, dx * dx + dy * dy) * m->spark[i];
    lad_vec2 round = {(du < 0.0f ? -0.3f : 0.3f) * dx, 0.3f * dy};
    n = lad_v2_add(lad_v2_scale(n, 1.0f - bead), lad_v2_scale(round, bead));
    lad_vec3 bent = lad_v3_unit(lad_v3(n.x + m->lean_x[i], n.y + m->lean_y[i], 1.0f));
    return lad_v3_unit(lad_v3(bent.x + m->tilt_x[i], bent.y + m->tilt_y[i], bent.z));
}

LAD_CLONES static void set_steel(const splice_graph *g, mesh_metal *restrict m)
{
    const lad_material steel = {.albedo = {0.83f, 0.78f, 0.72f}, .roughness = g->mesh_gloss};
    const lad_vec3 view = {0.0f, 0.0f, 1.0f};
    for (int i = 0; i < m->count; i++) {
        lad_surfaces_set(&m->surfaces, i, &steel, ribbon_normal(m, i), view, 1.0f, 1.0f);
    }
}

/* The same surfaces of what is dull between what shines. */
LAD_CLONES static void set_dull(mesh_metal *restrict m)
{
    lad_surfaces *s = &m->surfaces;
    for (int i = 0; i < m->count; i++) {
        s->albedo[0][i] = 0.115f, s->albedo[1][i] = 0.112f, s->albedo[2][i] = 0.106f;
        s->roughness[i] = 0.9f, s->lit[i] = m->lit[i], s->open[i] = m->open[i];
    }
}

LAD_CLONES static void mix_metal(mesh_metal *restrict m, const lad_vec3 *restrict mirrored)
{
    for (int i = 0; i < m->count; i++) {
        float tone = m->tone[i] * (0.80f + 0.22f * m->grain[i] + 0.18f * m->cloud[i]);
        float edge = 1.0f - 0.65f * m->across[i] * m->across[i] * m->across[i] * m->across[i];
        float deep = 0.55f + 0.45f * lad_smoothstep(-1.1f, 0.3f, m->crest[i]);
        lad_vec3 colour = lad_v3_along(m->matt[i], mirrored[i], 0.16f * m->open[i] + 0.84f * m->lit[i]);
        m->colour[i] = lad_v3_scale(colour, tone * edge * deep);
    }
}

static void stain_metal(const splice_graph *g, const mesh_pixels *pixels, mesh_metal *m)
{
    for (int i = 0; i < m->count; i++) {
        int k = m->pixel[i];
        lad_vec2 d = lad_v2_sub(lad_v2(pixels->x[k], pixels->y[k]), g->stain.at);
        float ragged = lad_noise_fractal2(g->stain.seed, d.x * 0.03f, d.y * 0.03f, 4);
        float inside = lad_smoothstep(0.12f, -0.12f, lad_v2_length(d) / g->stain.radius - 0.75f - 0.35f * ragged);
        lad_vec3 tint = lad_v3_scale(g->stain.colour, 0.6f + 0.8f * m->grain[i]);
        tint = lad_v3_mul(tint, lad_v3_add(m->colour[i], m->matt[i]));
        m->colour[i] = lad_v3_mix(m->colour[i], tint, inside * g->stain.strength);
    }
}

static void shade_metal(const splice_context *c, const mesh_pixels *pixels, mesh_metal *m)
{
    const splice_graph *g = c->graph;
    uint64_t seed[STRETCH];
    float x[STRETCH], y[STRETCH];
    lad_vec3 mirrored[STRETCH];
    for (int i = 0; i < m->count; i++) {
        seed[i] = g->mesh_seed + 5;
        x[i] = pixels->x[m->pixel[i]] * 0.9f, y[i] = pixels->y[m->pixel[i]] * 0.9f;
    }
    lad_noise_values2(seed, x, y, m->count, m->grain);
    set_steel(g, m);
    lad_shade_metals(&c->frame->light, &m->surfaces, m->count, mirrored);
    set_dull(m);
    lad_shade_surfaces(&c->frame->light, &m->surfaces, m->count, m->matt);
    mix_metal(m, mirrored);
    if (g->stain.strength > 0.0f) stain_metal(g, pixels, m);
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

/* Finds what the pixels of a stretch show. */
static void look(const splice_context *c, float left, float y, mesh_pixels *m)
{
    const splice_graph *g = c->graph;
    float scale = c->frame->camera.px_per_unit * g->mesh_pitch, x[STRETCH], v[STRETCH];
    find_places(&c->frame->camera, left, y, m);
    for (int i = 0; i < m->count; i++) {
        lad_vec2 q = dented(g, lad_v2(m->x[i], m->y[i]), &m->tilt[i], &m->torn[i]);
        x[i] = q.x, v[i] = q.y;
    }
    find_ribbons(g, scale, x, v, m);
}

void splice_paint_mesh(const splice_context *c, lad_film *film, size_t y)
{
    const lad_light *light = &c->frame->light;
    lad_vec3 floor = lad_v3_scale(light->surround, 0.012f);
    mesh_walk walk = {0};
    for (size_t left = 0; left < film->width; left += STRETCH) {
        mesh_pixels m = {.count = film->width - left < STRETCH ? (int)(film->width - left) : STRETCH};
        mesh_metal metal;
        metal.count = 0;
        look(c, (float)left, (float)y, &m);
        for (int i = 0; i < m.count; i++) {
            size_t x = left + (size_t)i;
            lad_film_set(film, x, y, floor);
            if (m.torn[i] || (m.cover[i] <= 0.0f && m.side[i] <= 0.0f)) continue;
            float open, lit = mesh_lit(c, lad_v3(m.x[i], m.y[i], 0.0f), (float)x, (float)y, &open);
            lad_film_add(film, x, y, lad_v3_scale(light->surround, 0.11f * m.side[i] * open), 1.0f);
            if (m.cover[i] > 0.0f) add_metal(c->graph, &m, i, lit, open, &walk, &metal);
        }
        shade_metal(c, &m, &metal);
        for (int i = 0; i < metal.count; i++) {
            lad_film_over(film, left + (size_t)metal.pixel[i], y, metal.colour[i], m.cover[metal.pixel[i]]);
        }
    }
}
