/* Flakes of oats, banana chips, almonds and crumbs. */
#include "scene/breakfast_box.h"

#include "base/clones.h"
#include "scene/noise.h"
#include "scene/sdf.h"

static lad_vec3 to_local(const breakfast_piece *b, lad_vec3 d)
{
    return lad_v3(lad_v3_dot(d, b->u), lad_v3_dot(d, b->v), lad_v3_dot(d, b->w));
}

static lad_vec3 to_world(const breakfast_piece *b, lad_vec3 d)
{
    return lad_v3_along(lad_v3_along(lad_v3_scale(b->u, d.x), b->v, d.y), b->w, d.z);
}

/* Directions where the piece, squeezed by `taper` across u, is the unit ball. */
static inline void see_ball(const breakfast_piece *b, float taper, breakfast_view *view)
{
    lad_vec3 half = {b->a, b->b * taper, b->c * taper}, inverse = {1.0f / half.x, 1.0f / half.y, 1.0f / half.z};
    view->unit = lad_v3_unit(lad_v3_mul(to_local(b, view->toward), inverse));
    view->ex = lad_v3_mul(to_local(b, view->right), inverse);
    view->ey = lad_v3_mul(to_local(b, view->down), inverse);
    view->ex = lad_v3_along(view->ex, view->unit, -lad_v3_dot(view->ex, view->unit));
    view->ey = lad_v3_along(view->ey, view->unit, -lad_v3_dot(view->ey, view->unit));
    view->rise = lad_v3_mul(half, lad_v3(b->u.z, b->v.z, b->w.z));
}

void breakfast_piece_look_at(const lad_frame *frame, breakfast_piece *b)
{
    float chip = b->a * 1.2f + b->c, ball = lad_maxf(b->a, b->b) * 1.05f;
    b->view = breakfast_view_of(frame, b->at, b->shape == PIECE_CHIP ? chip : ball);
    see_ball(b, 1.0f, &b->view);
    b->view.top = b->at.z + 1.15f * lad_v3_length(b->view.rise);
    if (b->shape == PIECE_CHIP) b->view.top += b->c + 2.0f * fabsf(b->cup) + fabsf(b->wave);
}

/* local: the place on the unit ball.  Without branches, so that a loop over pixels becomes vectors. */
static inline breakfast_hit ball_hit(lad_vec3 ex, lad_vec3 ey, lad_vec3 unit, lad_vec3 rise, float at_z, float dx,
                                     float dy)
{
    lad_vec3 miss = lad_v3_along(lad_v3_scale(ex, dx), ey, dy);
    float m2 = lad_v3_dot(miss, miss), m = sqrtf(m2);
    float per_px = lad_v2_length(lad_v2(lad_v3_dot(miss, ex), lad_v3_dot(miss, ey))) / m;
    float at_rim = lad_coverage((m - 1.0f) / lad_maxf(per_px, 1e-3f));
    breakfast_hit hit = {.cover = m2 > 0.3f ? at_rim : 1.0f};
    hit.cover = m2 > 2.5f ? 0.0f : hit.cover;
    miss = lad_v3_scale(miss, m > 1.0f ? 1.0f / m : 1.0f);
    hit.local = lad_v3_along(miss, unit, sqrtf(lad_maxf(1.0f - m2, 0.0f)));
    hit.z = at_z + lad_v3_dot(hit.local, rise);
    return hit;
}

static inline void put_hit(breakfast_hits *restrict hits, int i, breakfast_hit hit)
{
    hits->cover[i] = hit.cover, hits->z[i] = hit.z;
    hits->x[i] = hit.local.x, hits->y[i] = hit.local.y, hits->w[i] = hit.local.z;
    hits->rim[i] = hit.rim;
}

LAD_CLONES static void ball_hits(const breakfast_piece *b, int x, float dy, int count, breakfast_hits *restrict hits)
{
    lad_vec3 ex = b->view.ex, ey = b->view.ey, unit = b->view.unit, rise = b->view.rise;
    float at_z = b->at.z, middle = b->view.px.x;
    for (int i = 0; i < count; i++) {
        put_hit(hits, i, ball_hit(ex, ey, unit, rise, at_z, (float)(x + i) - middle, dy));
    }
}

/* Almonds narrow towards u > 0, to a point. */
static inline float almond_taper(float u)
{
    float t = lad_clampf(u, -1.0f, 1.0f);
    return 1.0f - 0.30f * lad_smoothstep(-0.3f, 1.0f, t) - 0.06f * t;
}

LAD_CLONES static void almond_hits(const breakfast_piece *b, int x, float dy, int count, breakfast_hits *hits)
{
    for (int i = 0; i < count; i++) {
        float dx = (float)(x + i) - b->view.px.x;
        lad_vec3 o = lad_v3_along(lad_v3_scale(b->view.right, dx), b->view.down, dy);
        float u = lad_v3_dot(o, b->u) / b->a;
        breakfast_view view = b->view;
        see_ball(b, almond_taper(u), &view);
        put_hit(hits, i, ball_hit(view.ex, view.ey, view.unit, view.rise, b->at.z, dx, dy));
    }
}

/* A chip at (x, y) of its own plane: relative place of the outline (1 at it), and height over the plane. */
typedef struct chip_point {
    float rim, height;
} chip_point;

static inline chip_point chip_at(const breakfast_piece *b, float x, float y)
{
    chip_point point;
    float p = x / b->a, q = y / b->b, r2 = p * p + q * q;
    float r = sqrtf(r2) + 1e-4f, c = p / r, s = q / r;
    /* Cosines of two, three and five times the angle, by powers of (c + i s). */
    float c2 = c * c - s * s, s2 = 2.0f * c * s, c3 = c2 * c - s2 * s, s3 = s2 * c + c2 * s;
    float c5 = c3 * c2 - s3 * s2, s5 = s3 * c2 + c3 * s2;
    float k3 = b->three, k5 = b->five;
    float outline = 1.0f + 0.10f * (k3 * c3 + (0.5f - fabsf(k3)) * s3) + 0.06f * (k5 * c5 + k3 * s5);
    point.rim = r / outline;
    float f2 = point.rim * point.rim, f8 = f2 * f2 * f2 * f2;
    float thick = b->c * (f8 < 1.0f ? sqrtf(1.0f - f8 * f2) : 0.0f);
    /* The rim stands up unevenly, the middle has sunk. */
    float curl = b->cup * f2 * (1.0f + 0.8f * (k3 * c2 + k5 * s2)) + b->wave * f2 * point.rim * (c3 * k3 + s2 * k5);
    float core = lad_clampf(1.0f - r2 * 5.0f, 0.0f, 1.0f);
    point.height = thick + curl - 1.4f * core * core;
    return point;
}

LAD_CLONES static void chip_hits(const breakfast_piece *piece, int x, float dy, int count,
                                 breakfast_hits *restrict hits)
{
    const breakfast_piece b = *piece; /* which no hit can change */
    lad_vec3 ray = to_local(&b, b.view.toward);
    float aa = 1.0f / (b.a * b.a), bb = 1.0f / (b.b * b.b);
    for (int i = 0; i < count; i++) {
        float dx = (float)(x + i) - b.view.px.x;
        lad_vec3 o = to_local(&b, lad_v3_along(lad_v3_scale(b.view.right, dx), b.view.down, dy));
        /* The chip is nearly flat: the ray's meeting with it by two fixed-point steps from its plane. */
        float t = -o.z / ray.z, p = o.x + ray.x * t, q = o.y + ray.y * t;
        float first = p * p * aa + q * q * bb;
        t = (chip_at(&b, p, q).height - o.z) / ray.z;
        p = o.x + ray.x * t, q = o.y + ray.y * t;
        float second = p * p * aa + q * q * bb;
        chip_point point = chip_at(&b, p, q);
        breakfast_hit hit = {.local = {p, q, point.height}, .rim = point.rim};
        hit.cover = lad_coverage((point.rim - 1.0f) * b.b * b.view.scale * lad_maxf(ray.z, 0.4f));
        hit.cover = first > 1.35f || second > 1.35f ? 0.0f : hit.cover;
        hit.z = b.at.z + p * b.u.z + q * b.v.z + point.height * b.w.z;
        put_hit(hits, i, hit);
    }
}

void breakfast_piece_hits(const breakfast_piece *b, size_t x, float dy, int count, breakfast_hits *hits)
{
    count = (count + 7) & ~7; /* some too many: whole vectors take less time than single ones */
    switch (b->shape) {
    case PIECE_CHIP: chip_hits(b, (int)x, dy, count, hits); return;
    case PIECE_ALMOND: almond_hits(b, (int)x, dy, count, hits); return;
    default: ball_hits(b, (int)x, dy, count, hits);
    }
}

/* Places on pieces of one shape, and what light finds there: loops over them become vectors, of eight or more. */
typedef struct crowd {
    int count;
    int place[BREAKFAST_PLACES]; /* which of all places */
    uint64_t seed[BREAKFAST_PLACES];
    float x[BREAKFAST_PLACES], y[BREAKFAST_PLACES], z[BREAKFAST_PLACES], rim[BREAKFAST_PLACES]; /* of the hit */
    float a[BREAKFAST_PLACES], b[BREAKFAST_PLACES], c[BREAKFAST_PLACES];                        /* of the piece */
    float cup[BREAKFAST_PLACES], wave[BREAKFAST_PLACES], tone[BREAKFAST_PLACES], dark[BREAKFAST_PLACES];
    float three[BREAKFAST_PLACES], five[BREAKFAST_PLACES], turn[BREAKFAST_PLACES];
    float normal[3][BREAKFAST_PLACES], albedo[3][BREAKFAST_PLACES]; /* normal: own axes, of any length */
} crowd;

static void join(crowd *s, int place, const breakfast_piece *piece, const breakfast_hit *hit)
{
    int i = s->count++;
    s->place[i] = place, s->seed[i] = piece->seed;
    s->x[i] = hit->local.x, s->y[i] = hit->local.y, s->z[i] = hit->local.z, s->rim[i] = hit->rim;
    s->a[i] = piece->a, s->b[i] = piece->b, s->c[i] = piece->c;
    s->cup[i] = piece->cup, s->wave[i] = piece->wave, s->tone[i] = piece->tone, s->dark[i] = piece->dark;
    s->three[i] = piece->three, s->five[i] = piece->five, s->turn[i] = piece->turn;
}

static inline void put_surface(crowd *restrict s, int i, lad_vec3 normal, lad_vec3 albedo)
{
    s->normal[0][i] = normal.x, s->normal[1][i] = normal.y, s->normal[2][i] = normal.z;
    s->albedo[0][i] = albedo.x, s->albedo[1][i] = albedo.y, s->albedo[2][i] = albedo.z;
}

/* A noise in two dimensions at (scale_x x + shift_x, scale_y y + shift_y) of all places. */
typedef struct grain {
    float scale_x, shift_x, scale_y, shift_y;
} grain;

static void find_grain(const crowd *s, const float *x, const float *y, grain g, uint64_t offset, float *noise)
{
    float u[BREAKFAST_PLACES], v[BREAKFAST_PLACES];
    uint64_t seed[BREAKFAST_PLACES];
    for (int i = 0; i < s->count; i++) {
        u[i] = x[i] * g.scale_x + g.shift_x, v[i] = y[i] * g.scale_y + g.shift_y;
        seed[i] = s->seed[i] + offset;
    }
    lad_noise_values2(seed, u, v, s->count, noise);
}

/* Normal on the ellipsoid (own axes), before its relief. */
static inline lad_vec3 ball_normal(float a, float b, float c, lad_vec3 p)
{
    return lad_v3_unit(lad_v3(p.x / a, p.y / b, p.z / c));
}

LAD_CLONES static void set_flakes(crowd *restrict s, const float *restrict rough, const float *restrict bran)
{
    lad_vec3 pale = {0.56f, 0.335f, 0.135f}, tan = {0.34f, 0.155f, 0.043f}, brown = {0.19f, 0.068f, 0.016f};
    for (int i = 0; i < s->count; i++) {
        lad_vec3 p = {s->x[i], s->y[i], s->z[i]}, n = ball_normal(s->a[i], s->b[i], s->c[i], p);
        /* A crease along the grain, its lips curled; lines of the bran beside it. */
        float line = lad_clampf(1.0f - fabsf(p.y) * 5.0f, 0.0f, 1.0f) * s->cup[i], rise = rough[i] - 0.5f;
        n.y += (p.y > 0.0f ? -0.75f : 0.75f) * line + s->wave[i] * p.x * 0.5f;
        n.x += 0.5f * rise;
        n.y += 0.9f * (bran[i] - 0.5f);
        float tone = s->tone[i] + 0.45f * rise;
        lad_vec3 deep = lad_v3_mix(brown, tan, lad_clampf(2.0f * tone, 0.0f, 1.0f));
        lad_vec3 light = lad_v3_mix(tan, pale, lad_clampf(2.0f * tone - 1.0f, 0.0f, 1.0f));
        lad_vec3 albedo = {tone < 0.5f ? deep.x : light.x, tone < 0.5f ? deep.y : light.y,
                           tone < 0.5f ? deep.z : light.z};
        albedo = lad_v3_scale(albedo, 1.0f - 0.55f * line);
        put_surface(s, i, n, lad_v3_mix(albedo, lad_v3(0.09f, 0.032f, 0.010f), s->dark[i]));
    }
}

static void shade_flakes(crowd *s)
{
    float rough[BREAKFAST_PLACES], bran[BREAKFAST_PLACES];
    find_grain(s, s->x, s->y, (grain){2.2f, 9.0f, 4.5f, 0.0f}, 0, rough);
    find_grain(s, s->x, s->y, (grain){1.6f, 0.0f, 6.0f, 0.0f}, 1, bran);
    set_flakes(s, rough, bran);
}

/* Places of a chip in its own terms, and their noise. */
typedef struct flesh {
    float p[BREAKFAST_PLACES], q[BREAKFAST_PLACES], r[BREAKFAST_PLACES]; /* relative to the half axes; distance */
    float c[BREAKFAST_PLACES], s[BREAKFAST_PLACES];                      /* cosine and sine of the angle */
    float fibre[BREAKFAST_PLACES], cloud[BREAKFAST_PLACES], fine[BREAKFAST_PLACES];
    float bump[BREAKFAST_PLACES], bump_next[BREAKFAST_PLACES];
} flesh;

LAD_CLONES static void find_angles(const crowd *restrict s, flesh *restrict f)
{
    for (int i = 0; i < s->count; i++) {
        float p = s->x[i] / s->a[i], q = s->y[i] / s->b[i], r = sqrtf(p * p + q * q) + 1e-4f;
        f->p[i] = p, f->q[i] = q, f->r[i] = r, f->c[i] = p / r, f->s[i] = q / r;
    }
}

static void find_fibre(const crowd *s, flesh *f)
{
    float x[BREAKFAST_PLACES], y[BREAKFAST_PLACES], z[BREAKFAST_PLACES];
    uint64_t seed[BREAKFAST_PLACES];
    for (int i = 0; i < s->count; i++) {
        x[i] = f->c[i] * 7.0f, y[i] = f->s[i] * 7.0f, z[i] = s->rim[i] * 1.4f;
        seed[i] = s->seed[i] + 3;
    }
    lad_noise_values3(seed, x, y, z, s->count, f->fibre);
}

static inline lad_vec3 chip_albedo(const crowd *restrict s, const flesh *restrict f, int i)
{
    float r = f->r[i], c = f->c[i], sine = f->s[i], rim = s->rim[i];
    float fibre = f->fibre[i] - 0.5f, cloud = f->cloud[i] - 0.5f, fine = f->fine[i] - 0.5f;
    lad_vec3 pale = {0.60f, 0.42f, 0.185f}, amber = {0.42f, 0.225f, 0.055f}, brown = {0.12f, 0.050f, 0.015f};
    float ripe = lad_clampf(0.4f + 0.8f * (s->tone[i] - 0.5f) + 0.45f * fibre + 0.7f * cloud, 0.0f, 1.0f);
    lad_vec3 albedo = lad_v3_mix(pale, amber, ripe);
    /* The rind at the rim, the border of the core, and three chambers of seeds. */
    float rind = lad_smoothstep(0.80f, 0.97f, rim + 0.12f * fibre);
    albedo = lad_v3_mix(albedo, lad_v3(0.33f, 0.16f, 0.042f), 0.85f * rind);
    float core = lad_smoothstep(0.62f, 0.46f, r + 0.16f * fibre);
    albedo = lad_v3_mix(albedo, lad_v3(0.36f, 0.18f, 0.045f), 0.6f * core);
    float turn = 2.0f * s->turn[i], c3 = c * (4.0f * c * c - 3.0f), s3 = sine * (3.0f - 4.0f * sine * sine);
    float chamber = c3 * turn + s3 * (1.0f - fabsf(turn));
    float seeds = lad_smoothstep(0.35f, 0.8f, chamber + 0.9f * fine + 0.4f * fibre);
    seeds *= lad_smoothstep(0.42f, 0.30f, r) * lad_smoothstep(0.03f, 0.10f, r);
    float heart = lad_smoothstep(0.11f, 0.03f, r + 0.08f * fine);
    albedo = lad_v3_mix(albedo, brown, lad_clampf(seeds + 0.8f * heart, 0.0f, 1.0f) * 0.9f);
    float spot = lad_smoothstep(0.38f, 0.50f, fine + 0.5f * cloud);
    albedo = lad_v3_mix(albedo, brown, 0.2f * spot);
    return lad_v3_mix(albedo, lad_v3(0.07f, 0.028f, 0.010f), s->dark[i]);
}

LAD_CLONES static void set_chips(crowd *restrict s, const flesh *restrict f)
{
    const float e = 0.7f;
    for (int i = 0; i < s->count; i++) {
        breakfast_piece b = {.a = s->a[i], .b = s->b[i], .c = s->c[i], .cup = s->cup[i], .wave = s->wave[i]};
        b.three = s->three[i], b.five = s->five[i];
        float dx = chip_at(&b, s->x[i] + e, s->y[i]).height - s->z[i];
        float dy = chip_at(&b, s->x[i], s->y[i] + e).height - s->z[i];
        /* Dried flesh is rough; one direction of its slope is as good as two. */
        float bump = 0.6f * (f->bump_next[i] - f->bump[i]);
        dx += bump;
        dy -= bump;
        lad_vec3 n = lad_slope_normal(lad_clampf(dx / e, -2.5f, 2.5f), lad_clampf(dy / e, -2.5f, 2.5f));
        put_surface(s, i, n, chip_albedo(s, f, i));
    }
}

static void shade_chips(crowd *s)
{
    flesh f;
    find_angles(s, &f);
    find_fibre(s, &f);
    find_grain(s, f.p, f.q, (grain){2.2f, 5.0f, 2.2f, 0.0f}, 4, f.cloud);
    find_grain(s, f.p, f.q, (grain){8.0f, 0.0f, 8.0f, 3.0f}, 5, f.fine);
    find_grain(s, s->x, s->y, (grain){0.26f, 0.2f, 0.26f, -0.2f}, 7, f.bump_next);
    find_grain(s, s->x, s->y, (grain){0.26f, 0.0f, 0.26f, 0.0f}, 7, f.bump);
    set_chips(s, &f);
}

static void shade_almonds(crowd *s)
{
    float across[BREAKFAST_PLACES], wobble[BREAKFAST_PLACES], here[BREAKFAST_PLACES], next[BREAKFAST_PLACES];
    const float e = 0.25f;
    /* Furrows along the shell, closer together at the point. */
    for (int i = 0; i < s->count; i++) {
        across[i] = s->y[i] / (almond_taper(s->x[i]) + 0.15f) * 5.5f + s->turn[i] * 9.0f;
    }
    find_grain(s, s->x, across, (grain){1.5f, 0.0f, 0.7f, 0.0f}, 0, wobble);
    for (int i = 0; i < s->count; i++) across[i] += wobble[i] - 0.5f;
    find_grain(s, s->x, across, (grain){1.3f, 0.0f, 1.0f, 0.0f}, 1, here);
    find_grain(s, s->x, across, (grain){1.3f, 0.0f, 1.0f, e}, 1, next);
    for (int i = 0; i < s->count; i++) {
        lad_vec3 n = ball_normal(s->a[i], s->b[i], s->c[i], lad_v3(s->x[i], s->y[i], s->z[i]));
        n.y -= 0.28f * (next[i] - here[i]) / e;
        float tone = 0.5f * s->tone[i] + 0.5f * here[i];
        lad_vec3 albedo = lad_v3_mix(lad_v3(0.15f, 0.045f, 0.016f), lad_v3(0.40f, 0.155f, 0.055f), tone);
        put_surface(s, i, n, lad_v3_mix(albedo, lad_v3(0.03f, 0.012f, 0.007f), s->dark[i]));
    }
}

static void shade_crumbs(crowd *s, const breakfast_piece *const *pieces)
{
    for (int i = 0; i < s->count; i++) {
        lad_vec3 p = {s->x[i], s->y[i], s->z[i]}, n = ball_normal(s->a[i], s->b[i], s->c[i], p);
        float rough = lad_noise_value3(s->seed[i], lad_v3_scale(p, 2.4f)) - 0.5f;
        n.x += 0.9f * rough;
        n.y += 0.9f * (lad_noise_value3(s->seed[i] + 1, lad_v3_scale(p, 2.4f)) - 0.5f);
        put_surface(s, i, n, lad_v3_scale(pieces[s->place[i]]->colour, 1.0f + 0.5f * rough));
    }
}

typedef struct piece_matter {
    float roughness, specular, wrap;
    float through; /* share of light that comes through */
} piece_matter;

static const piece_matter matter[] = {[PIECE_FLAKE] = {0.5f, 0.045f, 0.2f, 0.10f},
                                      [PIECE_CHIP] = {0.42f, 0.04f, 0.35f, 0.16f},
                                      [PIECE_ALMOND] = {0.48f, 0.04f, 0.12f, 0.0f},
                                      [PIECE_CRUMB] = {0.6f, 0.04f, 0.2f, 0.0f}};

/* What light does to the places of a crowd. */
static void set_surfaces(const lad_frame *frame, const breakfast_piece *const *pieces, const crowd *s,
                         const piece_matter *m, const float *lit, const float *open, lad_surfaces *surfaces,
                         lad_vec3 *through)
{
    for (int k = 0; k < s->count; k++) {
        int i = s->place[k];
        lad_vec3 view = pieces[i]->view.toward, albedo = {s->albedo[0][k], s->albedo[1][k], s->albedo[2][k]};
        lad_vec3 n = {s->normal[0][k], s->normal[1][k], s->normal[2][k]};
        n = lad_v3_unit(to_world(pieces[i], n));
        /* Relief may turn a normal away from the camera: bend it back to the rim of what can be seen. */
        float facing = lad_v3_dot(n, view);
        if (facing < 0.05f) n = lad_v3_unit(lad_v3_along(n, view, 0.05f - facing));
        lad_material material = {albedo, m->roughness, m->specular, m->wrap, 0};
        lad_surfaces_set(surfaces, i, &material, n, view, lit[i], open[i]);
        /* What comes through, or from the pieces around, is deeper in colour. */
        lad_vec3 deep = lad_v3_mul(albedo, lad_v3_mul(albedo, frame->light.key_colour));
        through[i] = lad_v3_scale(deep, m->through * (0.4f + 0.6f * open[i]) + 0.25f * (1.0f - open[i]));
    }
}

void breakfast_pieces_shade(const lad_frame *frame, const breakfast_piece *const *pieces, const breakfast_hit *hits,
                            int count, const float *lit, const float *open, lad_vec3 *colours)
{
    lad_surfaces surfaces = {0}; /* gcc fears that some are never set */
    lad_vec3 through[BREAKFAST_PLACES];
    for (piece_shape shape = PIECE_FLAKE; shape <= PIECE_CRUMB; shape++) {
        crowd s;
        s.count = 0;
        for (int i = 0; i < count; i++) {
            if (pieces[i]->shape == shape) join(&s, i, pieces[i], &hits[i]);
        }
        if (s.count == 0) continue;
        switch (shape) {
        case PIECE_FLAKE: shade_flakes(&s); break;
        case PIECE_CHIP: shade_chips(&s); break;
        case PIECE_ALMOND: shade_almonds(&s); break;
        case PIECE_CRUMB: shade_crumbs(&s, pieces); break;
        }
        set_surfaces(frame, pieces, &s, &matter[shape], lit, open, &surfaces, through);
    }
    lad_shade_surfaces(&frame->light, &surfaces, count, colours);
    for (int i = 0; i < count; i++) colours[i] = lad_v3_add(colours[i], through[i]);
}
