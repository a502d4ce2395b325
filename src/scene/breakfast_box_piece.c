/* Flakes of oats, banana chips, almonds and crumbs. */
#include "scene/breakfast_box.h"

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

/* A random number of a piece. */
static float of_seed(const breakfast_piece *b, int32_t which)
{
    return lad_noise_cell(b->seed, which, 0, 0);
}

float breakfast_piece_radius(const breakfast_piece *b)
{
    if (b->shape == PIECE_CHIP) return b->a * 1.25f + b->c;
    return lad_maxf(b->a, b->b) * 1.05f;
}

/* An ellipsoid whose half axes are squeezed by `taper` across u.  local: the place on the unit ball. */
static breakfast_hit ball_hit(const breakfast_piece *b, const breakfast_view *view, float dx, float dy, float taper)
{
    breakfast_hit hit = {0};
    lad_vec3 inverse = {1.0f / b->a, 1.0f / (b->b * taper), 1.0f / (b->c * taper)};
    lad_vec3 unit = lad_v3_unit(lad_v3_mul(to_local(b, view->toward), inverse));
    lad_vec3 ex = lad_v3_mul(to_local(b, view->right), inverse), ey = lad_v3_mul(to_local(b, view->down), inverse);
    ex = lad_v3_along(ex, unit, -lad_v3_dot(ex, unit));
    ey = lad_v3_along(ey, unit, -lad_v3_dot(ey, unit));
    lad_vec3 miss = lad_v3_along(lad_v3_scale(ex, dx), ey, dy);
    float m = lad_v3_length(miss);
    if (m > 2.0f) return hit;
    lad_vec2 slope = {lad_v3_dot(miss, ex), lad_v3_dot(miss, ey)};
    float per_px = lad_v2_length(slope) / lad_maxf(m, 1e-3f);
    hit.cover = lad_coverage((m - 1.0f) / lad_maxf(per_px, 1e-3f));
    if (hit.cover <= 0.0f) return hit;
    if (m > 1.0f) miss = lad_v3_scale(miss, 1.0f / m);
    float depth = sqrtf(lad_maxf(1.0f - m * m, 0.0f));
    hit.local = lad_v3_along(miss, unit, depth);
    lad_vec3 out = {hit.local.x * b->a, hit.local.y * b->b * taper, hit.local.z * b->c * taper};
    hit.z = b->at.z + lad_v3_dot(out, lad_v3(b->u.z, b->v.z, b->w.z));
    return hit;
}

/* Almonds narrow towards u > 0, to a point. */
static float almond_taper(float u)
{
    float t = lad_clampf(u, -1.0f, 1.0f);
    return 1.0f - 0.30f * lad_smoothstep(-0.3f, 1.0f, t) - 0.06f * t;
}

static breakfast_hit almond_hit(const breakfast_piece *b, const breakfast_view *view, float dx, float dy)
{
    lad_vec3 o = lad_v3_along(lad_v3_scale(view->right, dx), view->down, dy);
    float u = lad_v3_dot(o, b->u) / b->a;
    breakfast_hit hit = ball_hit(b, view, dx, dy, almond_taper(u));
    if (hit.cover <= 0.0f) return hit;
    return ball_hit(b, view, dx, dy, almond_taper(hit.local.x));
}

/* A chip at (x, y) of its own plane: relative place of the outline (1 at it), and height over the plane. */
typedef struct chip_point {
    float rim, height;
} chip_point;

static chip_point chip_at(const breakfast_piece *b, float x, float y)
{
    chip_point point;
    float p = x / b->a, q = y / b->b, r2 = p * p + q * q;
    float r = sqrtf(r2) + 1e-4f, c = p / r, s = q / r;
    /* Cosines of two, three and five times the angle, by powers of (c + i s). */
    float c2 = c * c - s * s, s2 = 2.0f * c * s, c3 = c2 * c - s2 * s, s3 = s2 * c + c2 * s;
    float c5 = c3 * c2 - s3 * s2, s5 = s3 * c2 + c3 * s2;
    float k3 = of_seed(b, 1) - 0.5f, k5 = of_seed(b, 2) - 0.5f;
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

static breakfast_hit chip_hit(const breakfast_piece *b, const breakfast_view *view, float dx, float dy)
{
    breakfast_hit hit = {0};
    lad_vec3 o = to_local(b, lad_v3_along(lad_v3_scale(view->right, dx), view->down, dy));
    lad_vec3 ray = to_local(b, view->toward);
    /* The chip is nearly flat: the ray's meeting with it by fixed-point steps from its plane. */
    float t = -o.z / ray.z, x = 0.0f, y = 0.0f;
    chip_point point = {0};
    for (int i = 0; i < 3; i++) {
        x = o.x + ray.x * t;
        y = o.y + ray.y * t;
        if (i == 0 && fabsf(x) + fabsf(y) > 2.2f * b->a) return hit;
        point = chip_at(b, x, y);
        t = (point.height - o.z) / ray.z;
    }
    hit.cover = lad_coverage((point.rim - 1.0f) * b->b * view->scale * lad_maxf(ray.z, 0.4f));
    if (hit.cover <= 0.0f) return hit;
    hit.local = lad_v3(x, y, point.height);
    hit.z = b->at.z + x * b->u.z + y * b->v.z + point.height * b->w.z;
    return hit;
}

breakfast_hit breakfast_piece_hit(const breakfast_piece *b, const breakfast_view *view, float dx, float dy)
{
    switch (b->shape) {
    case PIECE_CHIP: return chip_hit(b, view, dx, dy);
    case PIECE_ALMOND: return almond_hit(b, view, dx, dy);
    default: return ball_hit(b, view, dx, dy, 1.0f);
    }
}

/* Normal on the ellipsoid (own axes), before its relief. */
static lad_vec3 ball_normal(const breakfast_piece *b, lad_vec3 p)
{
    return lad_v3_unit(lad_v3(p.x / b->a, p.y / b->b, p.z / b->c));
}

typedef struct surface {
    lad_material material;
    lad_vec3 normal; /* own axes */
    float through;   /* share of light that comes through */
} surface;

static surface flake_surface(const breakfast_piece *b, lad_vec3 p)
{
    surface s = {.material = {.roughness = 0.5f, .specular = 0.045f, .wrap = 0.2f}, .through = 0.10f};
    lad_vec3 n = ball_normal(b, p);
    /* A crease along the grain, its lips curled; lines of the bran beside it. */
    float line = lad_clampf(1.0f - fabsf(p.y) * 5.0f, 0.0f, 1.0f) * b->cup;
    n.y += (p.y > 0.0f ? -0.75f : 0.75f) * line + b->wave * p.x * 0.5f;
    float rough = lad_noise_value2(b->seed, p.x * 2.2f + 9.0f, p.y * 4.5f) - 0.5f;
    n.x += 0.5f * rough;
    n.y += 0.9f * (lad_noise_value2(b->seed + 1, p.x * 1.6f, p.y * 6.0f) - 0.5f);
    s.normal = n;
    lad_vec3 pale = {0.56f, 0.335f, 0.135f}, tan = {0.34f, 0.155f, 0.043f}, brown = {0.19f, 0.068f, 0.016f};
    float tone = b->tone + 0.45f * rough;
    lad_vec3 albedo = tone < 0.5f ? lad_v3_mix(brown, tan, lad_clampf(2.0f * tone, 0.0f, 1.0f))
                                  : lad_v3_mix(tan, pale, lad_clampf(2.0f * tone - 1.0f, 0.0f, 1.0f));
    albedo = lad_v3_scale(albedo, 1.0f - 0.55f * line);
    s.material.albedo = lad_v3_mix(albedo, lad_v3(0.09f, 0.032f, 0.010f), b->dark);
    return s;
}

static surface almond_surface(const breakfast_piece *b, lad_vec3 p)
{
    surface s = {.material = {.roughness = 0.48f, .specular = 0.04f, .wrap = 0.12f}, .through = 0.0f};
    s.normal = ball_normal(b, p);
    /* Furrows along the shell, closer together at the point. */
    float across = p.y / (almond_taper(p.x) + 0.15f) * 5.5f + of_seed(b, 1) * 9.0f;
    float wobble = lad_noise_value2(b->seed, p.x * 1.5f, across * 0.7f) - 0.5f;
    const float e = 0.25f;
    float here = lad_noise_value2(b->seed + 1, p.x * 1.3f, across + wobble);
    float next = lad_noise_value2(b->seed + 1, p.x * 1.3f, across + wobble + e);
    s.normal.y -= 0.28f * (next - here) / e;
    float tone = 0.5f * b->tone + 0.5f * here;
    s.material.albedo = lad_v3_mix(lad_v3(0.15f, 0.045f, 0.016f), lad_v3(0.40f, 0.155f, 0.055f), tone);
    s.material.albedo = lad_v3_mix(s.material.albedo, lad_v3(0.03f, 0.012f, 0.007f), b->dark);
    return s;
}

static lad_vec3 chip_albedo(const breakfast_piece *b, float x, float y, float rim)
{
    float p = x / b->a, q = y / b->b, r = sqrtf(p * p + q * q) + 1e-4f, c = p / r, s = q / r;
    float fibre = lad_noise_value3(b->seed + 3, lad_v3(c * 7.0f, s * 7.0f, rim * 1.4f)) - 0.5f;
    float cloud = lad_noise_value2(b->seed + 4, p * 2.2f + 5.0f, q * 2.2f) - 0.5f;
    float fine = lad_noise_value2(b->seed + 5, p * 9.0f, q * 9.0f + 3.0f) - 0.5f;
    lad_vec3 pale = {0.60f, 0.42f, 0.185f}, amber = {0.42f, 0.225f, 0.055f}, brown = {0.12f, 0.050f, 0.015f};
    float ripe = lad_clampf(0.35f + 0.75f * (b->tone - 0.5f) + 0.6f * fibre + 0.7f * cloud, 0.0f, 1.0f);
    lad_vec3 albedo = lad_v3_mix(pale, amber, ripe);
    /* The rind at the rim, the border of the core, and three chambers of seeds. */
    float rind = lad_smoothstep(0.80f, 0.97f, rim + 0.12f * fibre);
    albedo = lad_v3_mix(albedo, lad_v3(0.33f, 0.16f, 0.042f), 0.85f * rind);
    float core = lad_smoothstep(0.62f, 0.46f, r + 0.16f * fibre);
    albedo = lad_v3_mix(albedo, amber, 0.55f * core);
    float turn = of_seed(b, 6) * 2.0f - 1.0f, c3 = c * (4.0f * c * c - 3.0f), s3 = s * (3.0f - 4.0f * s * s);
    float chamber = c3 * turn + s3 * (1.0f - fabsf(turn));
    float seeds = lad_smoothstep(0.30f, 0.85f, chamber + 1.5f * fine + 0.6f * fibre);
    seeds *= lad_smoothstep(0.42f, 0.30f, r) * lad_smoothstep(0.03f, 0.10f, r);
    float heart = lad_smoothstep(0.11f, 0.03f, r + 0.08f * fine);
    albedo = lad_v3_mix(albedo, brown, lad_clampf(seeds + 0.8f * heart, 0.0f, 1.0f) * 0.9f);
    float spot = lad_smoothstep(0.30f, 0.42f, fine + 0.5f * cloud);
    albedo = lad_v3_mix(albedo, brown, 0.55f * spot);
    return lad_v3_mix(albedo, lad_v3(0.07f, 0.028f, 0.010f), b->dark);
}

static surface chip_surface(const breakfast_piece *b, lad_vec3 p)
{
    surface s = {.material = {.roughness = 0.42f, .specular = 0.04f, .wrap = 0.35f}, .through = 0.16f};
    const float e = 0.7f;
    chip_point here = chip_at(b, p.x, p.y);
    float dx = chip_at(b, p.x + e, p.y).height - here.height, dy = chip_at(b, p.x, p.y + e).height - here.height;
    float rough = 2.2f;
    float bump = lad_noise_value2(b->seed + 7, p.x * 0.28f, p.y * 0.28f);
    dx += rough * (lad_noise_value2(b->seed + 7, (p.x + e) * 0.28f, p.y * 0.28f) - bump);
    dy += rough * (lad_noise_value2(b->seed + 7, p.x * 0.28f, (p.y + e) * 0.28f) - bump);
    s.normal = lad_slope_normal(lad_clampf(dx / e, -2.5f, 2.5f), lad_clampf(dy / e, -2.5f, 2.5f));
    s.material.albedo = chip_albedo(b, p.x, p.y, here.rim);
    return s;
}

static surface crumb_surface(const breakfast_piece *b, lad_vec3 p)
{
    surface s = {.material = {.roughness = 0.6f, .specular = 0.04f, .wrap = 0.2f}};
    float rough = lad_noise_value3(b->seed, lad_v3_scale(p, 2.4f)) - 0.5f;
    s.normal = ball_normal(b, p);
    s.normal.x += 0.9f * rough;
    s.normal.y += 0.9f * (lad_noise_value3(b->seed + 1, lad_v3_scale(p, 2.4f)) - 0.5f);
    s.material.albedo = lad_v3_scale(b->colour, 1.0f + 0.5f * rough);
    return s;
}

lad_vec3 breakfast_piece_shade(const lad_frame *frame, const breakfast_piece *b, const breakfast_view *view,
                               const breakfast_hit *hit, float lit, float open)
{
    surface s;
    switch (b->shape) {
    case PIECE_FLAKE: s = flake_surface(b, hit->local); break;
    case PIECE_CHIP: s = chip_surface(b, hit->local); break;
    case PIECE_ALMOND: s = almond_surface(b, hit->local); break;
    default: s = crumb_surface(b, hit->local); break;
    }
    lad_vec3 n = lad_v3_unit(to_world(b, s.normal));
    /* Relief may turn a normal away from the camera: bend it back to the rim of what can be seen. */
    float facing = lad_v3_dot(n, view->toward);
    if (facing < 0.05f) n = lad_v3_unit(lad_v3_along(n, view->toward, 0.05f - facing));
    lad_vec3 colour = lad_shade(&s.material, &frame->light, n, view->toward, lit, open);
    /* What comes through, or from the pieces around, is deeper in colour. */
    lad_vec3 deep = lad_v3_mul(s.material.albedo, lad_v3_mul(s.material.albedo, frame->light.key_colour));
    return lad_v3_along(colour, deep, s.through * (0.4f + 0.6f * open) + 0.25f * (1.0f - open));
}
