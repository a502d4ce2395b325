/* How a connector looks: each part of its surface has a material of its own.
 *
 * A ray is followed down from above all parts until it is below the surface; the clear parts let through what was
 * painted before, and what is inside them is drawn at its own depth, so that it shifts against their top. */
#include "scene/splicing_connectors_surface.h"

#include "scene/noise.h"
#include "scene/sdf.h"

/* A pixel of a connector: the ray in local coordinates, x and y linear in z. */
typedef struct local_ray {
    float x0, y0, dx, dy;
} local_ray;

static local_ray ray_of(const lad_camera *camera, const splice_connector *c, lad_vec3 ray)
{
    lad_vec3 ground = lad_camera_meet(camera, ray, 0.0f);
    lad_vec2 p = splice_to_local(c, lad_v2(ground.x, ground.y));
    lad_vec2 d = {ray.x / ray.z, ray.y / ray.z};
    return (local_ray){p.x, p.y, c->side * lad_v2_dot(d, c->ex), lad_v2_dot(d, c->ey)};
}

static lad_vec2 ray_at(const local_ray *r, float z)
{
    return lad_v2(r->x0 + r->dx * z, r->y0 + r->dy * z);
}

/* A line of the given half width, soft by a pixel. */
static float line(float off, float half)
{
    return lad_coverage(fabsf(off) - half);
}
static float frame_line(lad_vec2 p, float half_x, float half_y, float half)
{
    return line(lad_sd_box(p, half_x, half_y, 0.8f), half);
}

typedef struct shading {
    const splice_context *c;
    const splice_connector *k;
    int which;
    splice_surface s;
    lad_vec2 at; /* local place of the surface */
    local_ray ray;
    lad_vec3 normal; /* world */
    lad_vec3 view;
    lad_vec3 behind;
    float lit;
} shading;

/* Colour of the cable in a clamp, or NULL. */
static const splice_cable *cable_in(const splice_context *c, int which, int clamp)
{
    for (int i = 0; i < c->graph->cable_count; i++) {
        if (c->graph->cables[i].clamp[which] == clamp) return &c->graph->cables[i];
    }
    return NULL;
}

static lad_vec3 plastic(const shading *h, lad_vec3 albedo, float roughness, float open)
{
    lad_material m = {.albedo = albedo, .roughness = roughness, .specular = 0.045f, .wrap = 0.2f};
    return lad_shade(&m, &h->c->frame->light, h->normal, h->view, h->lit, open);
}

static lad_vec3 gloss(const shading *h, float roughness)
{
    lad_vec3 mirrored = lad_v3_along(lad_v3_scale(h->view, -1.0f), h->normal, 2.0f * lad_v3_dot(h->normal, h->view));
    float f = lad_fresnel(lad_maxf(lad_v3_dot(h->normal, h->view), 0.0f), 0.045f);
    return lad_v3_scale(lad_light_environment(&h->c->frame->light, mirrored, roughness), f);
}

static lad_vec3 lever_colour(const shading *h)
{
    float gap = lad_smoothstep(-0.2f, -3.0f, h->s.edge), x = h->at.x;
    float open = 0.45f + 0.55f * gap;
    if (x < PLATE_X) open *= 0.80f;
    float grain = lad_noise_value2(h->k->seed + 3, x * 0.35f, h->at.y * 0.35f);
    lad_vec3 albedo = lad_v3_scale(h->k->orange, 0.95f + 0.08f * grain);
    if (h->s.part == PART_BREAK) albedo = lad_v3_mix(albedo, lad_v3(0.95f, 0.5f, 0.3f), 0.55f);
    lad_vec3 colour = plastic(h, albedo, 0.42f + 0.1f * grain, open);
    /* Light bounces between orange walls: gaps are deep red, not black. */
    lad_vec3 bounce = lad_v3_mul(lad_v3_mul(albedo, albedo), h->c->frame->light.key_colour);
    colour = lad_v3_along(colour, bounce, 0.10f * (1.0f - gap));
    if (h->s.z < LOW_Z) colour = lad_v3_scale(colour, 0.5f);
    return colour;
}

static lad_vec3 block_colour(const shading *h)
{
    const splice_connector *k = h->k;
    lad_vec2 q = ray_at(&h->ray, 30.0f), deep = ray_at(&h->ray, 14.0f);
    float v = q.y - splice_clamp_y(k, h->s.clamp), rim = 0.5f * SPLICE_PITCH - fabsf(v);
    float x = q.x, tone = 0.62f;
    tone += 0.34f * lad_smoothstep(4.5f, 1.0f, fabsf(deep.x - 10.0f)); /* the bus bar's bright side */
    tone -= 0.18f * lad_smoothstep(3.0f, 0.5f, fabsf(deep.x - 16.5f));
    tone += 0.35f * line(x - 1.8f, 0.5f) + 0.4f * line(h->at.x - 28.6f, 0.5f) + 0.22f * line(x - 17.5f, 0.35f);
    tone += 0.5f * frame_line(lad_v2(x - 22.4f, v), 3.0f, 3.3f, 0.55f);
    tone -= 0.22f * lad_coverage(lad_sd_box(lad_v2(deep.x - 22.0f, v), 2.2f, 2.5f, 0.5f));
    tone += 0.3f * line(fabsf(v) - 9.8f, 0.4f) * lad_smoothstep(14.0f, 19.0f, x);
    float between = lad_smoothstep(4.6f, 3.6f, rim);
    if (between > 0.0f) {
        tone += between * 1.1f * lad_coverage(fabsf(deep.x - 3.0f) - 1.4f);
        tone += between * 1.1f * lad_coverage(fabsf(x - 21.0f) - 1.2f);
        tone -= between * 0.5f * lad_coverage(fabsf(x - 25.0f) - 2.2f);
        tone -= between * 0.14f;
    }
    float cloud = lad_noise_value2(k->seed + 5, q.x * 0.12f, q.y * 0.09f);
    tone *= 0.82f + 0.36f * cloud;
    lad_vec3 milk = plastic(h, lad_v3(0.55f, 0.535f, 0.52f), 0.5f, 0.9f);
    float cloudy = lad_clampf(k->milk, 0.0f, 1.0f);
    lad_vec3 colour = lad_v3_scale(h->behind, 0.75f * (1.0f - cloudy));
    colour = lad_v3_along(colour, milk, lad_maxf(tone, 0.06f) * cloudy);
    return lad_v3_add(colour, gloss(h, 0.12f));
}

static lad_vec3 low_colour(const shading *h)
{
    float rim = lad_coverage(fabsf(h->s.edge + 0.9f) - 0.7f), inner = line(h->s.edge + 4.2f, 0.4f);
    lad_vec3 milk = plastic(h, lad_v3(0.55f, 0.55f, 0.56f), 0.5f, 0.7f);
    lad_vec3 colour = lad_v3_scale(h->behind, 0.55f);
    float uneven = 0.6f + 0.8f * lad_noise_value2(h->k->seed + 7, h->at.x * 0.08f, h->at.y * 0.3f);
    float tone = 0.10f + 0.45f * rim * uneven + 0.25f * inner * uneven;
    /* Lit through the orange beside it. */
    lad_vec3 stray = lad_v3_scale(lad_v3_mul(h->k->orange, h->c->frame->light.key_colour), 0.05f);
    colour = lad_v3_add(colour, h->at.x > LEVER_X ? stray : lad_v3(0.0f, 0.0f, 0.0f));
    colour = lad_v3_along(colour, milk, tone);
    return lad_v3_add(colour, gloss(h, 0.15f));
}

/* What lies in a clamp below its window: the spring, or the cable's end. */
static lad_vec3 inside_clamp(const shading *h, lad_vec2 p)
{
    float v = p.y - splice_clamp_y(h->k, h->s.clamp);
    const splice_cable *cable = cable_in(h->c, h->which, h->s.clamp);
    lad_vec3 key = h->c->frame->light.key_colour;
    float bar = 0.5f + 0.5f * lad_noise_value2(h->k->seed + 9, p.x * 0.2f, (float)h->s.clamp);
    float spring = 0.06f + 0.13f * lad_smoothstep(7.0f, 1.0f, fabsf(p.x - 52.0f)) + 0.08f * bar;
    lad_vec3 colour = lad_v3_scale(lad_v3_mul(lad_v3(0.96f, 0.92f, 0.90f), key), spring);
    if (!cable) return colour;
    float cover = lad_coverage(fabsf(v) - 6.2f), round = 1.0f - 0.5f * (v / 6.2f) * (v / 6.2f);
    lad_vec3 seen = lad_v3_scale(lad_v3_mul(cable->albedo, key), 0.42f * lad_maxf(round, 0.3f));
    return lad_v3_mix(colour, seen, 0.88f * cover);
}

static lad_vec3 window_colour(const shading *h)
{
    lad_vec2 q = ray_at(&h->ray, 36.0f), deep = ray_at(&h->ray, 20.0f);
    float v = q.y - splice_clamp_y(h->k, h->s.clamp), top_v = h->s.v;
    lad_vec3 colour = inside_clamp(h, deep);
    /* Orange arms show through the sides. */
    float flank = lad_smoothstep(6.4f, 8.6f, fabsf(v));
    lad_vec3 orange = lad_v3_scale(lad_v3_mul(h->k->orange, h->c->frame->light.key_colour), 0.34f);
    colour = lad_v3_mix(colour, orange, 0.75f * flank);
    float rear = lad_smoothstep(41.0f, 38.0f, q.x);
    colour = lad_v3_mix(colour, lad_v3_scale(colour, 0.55f), rear);
    lad_vec3 milk = plastic(h, lad_v3(0.62f, 0.60f, 0.60f), 0.4f, 0.8f);
    float lines = 0.42f * frame_line(lad_v2(q.x - 48.0f, v), 9.5f, 6.4f, 0.4f);
    lines += 0.34f * line(q.x - 58.5f, 0.6f) * lad_coverage(fabsf(v) - 6.0f);
    lines += 0.35f * line(h->s.edge + 0.9f, 0.5f);
    lines += 0.18f * lad_smoothstep(63.0f, 66.0f, h->at.x);
    lines += 0.12f * lad_smoothstep(-9.0f, 9.0f, top_v);
    colour = lad_v3_scale(colour, 0.92f - 0.3f * lad_clampf(lines, 0.0f, 1.0f));
    colour = lad_v3_along(colour, milk, 0.045f + lines);
    return lad_v3_along(colour, gloss(h, 0.1f), 1.2f);
}

/* The open chamber below a lever that is not there. */
static lad_vec3 recess_colour(const shading *h)
{
    lad_vec2 q = h->at;
    lad_vec3 colour = inside_clamp(h, q);
    float shade = 0.30f + 0.55f * lad_smoothstep(-0.5f, -6.0f, h->s.edge);
    lad_vec3 milk = plastic(h, lad_v3(0.5f, 0.5f, 0.5f), 0.5f, 0.5f);
    float lines =
        0.4f * line(q.x - 62.0f, 0.9f) + 0.35f * line(q.x - 84.0f, 0.7f) + 0.3f * line(h->s.edge + 1.0f, 0.5f);
    colour = lad_v3_scale(colour, shade);
    colour = lad_v3_along(colour, milk, 0.10f * shade + lines);
    return lad_v3_along(colour, h->behind, 0.1f);
}

/* The underside: one clear plate, through which orange and metal show dimly. */
static lad_vec3 bottom_colour(const shading *h)
{
    lad_vec2 q = ray_at(&h->ray, 24.0f);
    float v = q.y - splice_clamp_y(h->k, h->s.clamp), rim = 0.5f * SPLICE_PITCH - fabsf(v);
    float orange = lad_smoothstep(58.0f, 66.0f, q.x) * lad_smoothstep(0.8f, 2.4f, rim);
    float bar = lad_coverage(lad_sd_box(lad_v2(q.x - 40.0f, v), 13.0f, 7.0f, 2.0f));
    lad_vec3 key = h->c->frame->light.key_colour;
    lad_vec3 colour = lad_v3_scale(h->behind, 0.25f);
    float uneven = 0.7f + 0.5f * lad_noise_value2(h->k->seed + 11, q.x * 0.25f, q.y * 0.12f);
    colour = lad_v3_along(colour, lad_v3_mul(h->k->orange, key), 0.55f * orange * uneven);
    colour = lad_v3_along(colour, key, 0.12f * bar);
    const splice_cable *cable = cable_in(h->c, h->which, h->s.clamp);
    if (cable) {
        float cover = lad_coverage(fabsf(v) - 5.0f) * lad_smoothstep(44.0f, 52.0f, q.x);
        colour = lad_v3_mix(colour, lad_v3_scale(lad_v3_mul(cable->albedo, key), 0.4f), 0.8f * cover);
    }
    lad_vec3 milk = plastic(h, lad_v3(0.58f, 0.565f, 0.55f), 0.45f, 0.9f);
    float lines = 0.45f * line(h->s.edge + 1.0f, 0.6f) + 0.3f * line(rim, 0.7f) + 0.35f * line(h->at.x - 31.5f, 0.6f);
    lines += 0.3f * line(h->at.x - 62.0f, 0.5f) + 0.3f * frame_line(lad_v2(q.x - 40.0f, v), 13.0f, 7.0f, 0.4f);
    lines += 0.25f * frame_line(lad_v2(h->at.x - 82.0f, v), 12.0f, 8.5f, 0.4f);
    float cloud = lad_noise_value2(h->k->seed + 5, q.x * 0.1f, q.y * 0.1f);
    colour = lad_v3_along(colour, milk, 0.07f + 0.10f * cloud + 0.7f * lines);
    return lad_v3_add(colour, gloss(h, 0.12f));
}

static lad_vec3 part_colour(const shading *h)
{
    switch (h->s.part) {
    case PART_LOW: return low_colour(h);
    case PART_BLOCK: return block_colour(h);
    case PART_LEVER:
    case PART_BREAK: return lever_colour(h);
    case PART_WINDOW: return window_colour(h);
    case PART_RECESS: return recess_colour(h);
    case PART_BOTTOM: return bottom_colour(h);
    case PART_NONE: break;
    }
    return h->behind;
}

static int has_open_lever(const splice_connector *c)
{
    for (int i = 0; i < c->clamps; i++) {
        if (c->levers[i].state == LEVER_OPEN) return 1;
    }
    return 0;
}

/* Follows the ray down until it is below the surface, whose height it meets at *z. */
static splice_surface follow(const splice_connector *c, const local_ray *ray, int open_lever, float *z)
{
    const float step = 9.0f;
    splice_surface s = {.part = PART_NONE};
    for (*z = SPLICE_LEVER_UP; open_lever && *z > SPLICE_TOP; *z -= 2.0f) {
        lad_vec2 p = ray_at(ray, *z);
        s = splice_surface_at(c, p.x, p.y);
        if (s.z >= *z - 2.0f) return s;
    }
    for (*z = SPLICE_TOP - 1.0f; *z > -step; *z -= step) {
        lad_vec2 p = ray_at(ray, *z);
        s = splice_surface_at(c, p.x, p.y);
        if (s.part != PART_NONE && s.z >= *z - 4.0f) break;
    }
    return s;
}

static void shade_normal(shading *h, float z)
{
    const float step = 0.7f;
    lad_vec2 p = h->at;
    splice_surface right = splice_surface_at(h->k, p.x + step, p.y), below = splice_surface_at(h->k, p.x, p.y + step);
    float sx = lad_clampf((right.z - h->s.z) / step, -2.5f, 2.5f);
    float sy = lad_clampf((below.z - h->s.z) / step, -2.5f, 2.5f);
    /* Where the ray met a wall rather than a top, the wall faces the camera's side. */
    if (h->s.z > z + 3.0f) {
        sx = -2.0f;
        sy = 0.0f;
    }
    const splice_connector *k = h->k;
    lad_vec2 n = lad_v2_add(lad_v2_scale(k->ex, -sx * k->side), lad_v2_scale(k->ey, -sy));
    h->normal = lad_v3_unit(lad_v3(n.x, n.y, 1.0f));
}

/* What a ray sees; *colour is what is behind before, and unchanged when it misses. */
static splice_part sample_connector(const splice_context *c, int which, lad_vec3 ray, int open_lever, lad_vec3 *colour)
{
    const splice_connector *k = &c->graph->connectors[which];
    shading h = {.c = c, .k = k, .which = which, .behind = *colour, .lit = 1.0f};
    h.ray = ray_of(&c->frame->camera, k, ray);
    float z;
    h.s = follow(k, &h.ray, open_lever, &z);
    if (h.s.part == PART_NONE) return PART_NONE;
    h.at = ray_at(&h.ray, z);
    h.view = lad_v3_scale(ray, -1.0f);
    shade_normal(&h, z);
    *colour = part_colour(&h);
    if (h.s.z > z + 3.0f) *colour = lad_v3_scale(*colour, 0.55f); /* a wall is in its own shadow */
    return h.s.part;
}

void splice_paint_connector(const splice_context *c, int which, lad_film *film, size_t y)
{
    enum { SAMPLES = 4 };
    static const float sample_x[SAMPLES] = {-0.125f, 0.125f, 0.375f, -0.375f};
    static const float sample_y[SAMPLES] = {-0.375f, 0.375f, -0.125f, 0.125f};
    const splice_connector *k = &c->graph->connectors[which];
    lad_vec2 low = c->bounds_low[which], high = c->bounds_high[which];
    if (!k->present || (float)y < low.y || (float)y > high.y || high.x < 0.0f) return;
    int open_lever = has_open_lever(k);
    size_t x0 = low.x > 0.0f ? (size_t)low.x : 0;
    for (size_t x = x0; x < film->width && (float)x <= high.x; x++) {
        lad_vec3 behind = lad_film_get(film, x, y), sum = {0, 0, 0};
        splice_part seen[SAMPLES];
        int count = 0;
        /* Where two opposite places of the pixel see one part, the other two see nothing else. */
        for (; count < SAMPLES && (count != 2 || seen[0] != seen[1]); count++) {
            float px = (float)x + sample_x[count], py = (float)y + sample_y[count];
            lad_vec3 colour = behind, ray = lad_camera_ray(&c->frame->camera, px, py);
            seen[count] = sample_connector(c, which, ray, open_lever, &colour);
            sum = lad_v3_add(sum, colour);
        }
        lad_film_set(film, x, y, lad_v3_scale(sum, count == 2 ? 0.5f : 1.0f / SAMPLES));
    }
}

float splice_connector_lit(const lad_frame *frame, const splice_connector *c, lad_vec3 p, float *open)
{
    const float half_x = SPLICE_HALF_LENGTH - 1.0f;
    float half_y = splice_half_height(c) - 1.0f;
    lad_vec2 q = splice_to_local(c, lad_v2(p.x, p.y));
    q.x -= SPLICE_HALF_LENGTH;
    if (fabsf(q.x) > half_x + 70.0f || fabsf(q.y) > half_y + 70.0f) return 1.0f;
    lad_vec3 key = frame->light.key;
    float kx = c->side * (key.x * c->ex.x + key.y * c->ex.y) / key.z;
    float ky = (key.x * c->ey.x + key.y * c->ey.y) / key.z;
    float lit = 1.0f;
    for (int i = 1; i <= 4; i++) {
        float rise = lad_maxf(0.25f * (float)i * SPLICE_TOP - p.z, 0.5f);
        float blur = 1.0f + frame->light.key_size * rise;
        float d = lad_sd_box(lad_v2(q.x + kx * rise, q.y + ky * rise), half_x, half_y, 3.0f);
        lit = lad_minf(lit, lad_smoothstep(-blur, blur, d));
    }
    float near = lad_sd_box(q, half_x, half_y, 3.0f);
    *open *= 1.0f - 0.5f * lad_smoothstep(30.0f, 0.0f, near);
    return lad_mixf(0.10f, 1.0f, lit); /* clear plastic lets some pass */
}
