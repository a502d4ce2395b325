/* Glass and juice.
 *
 * Glass shows three things: what it mirrors (two strip lights at the sides and a soft box above, looked up with
 * the mirrored view direction), lines where the thick wall bends the side light towards the camera, and a dark
 * rim where it bends the black background there.  Juice is turbid: it is shaded like a matt body with light that
 * leaks around, and it seems to fill the wall almost to the silhouette. */
#include "scene/juice_bottle_view.h"

#include "base/detmath.h"
#include "scene/light.h"
#include "scene/noise.h"

/* 1 at 0, 0 from |x| = 1 on: (1 - x^2)^2, a stand-in for a Gaussian that costs no exponential. */
static float bump(float x)
{
    float t = 1.0f - x * x;
    return t > 0.0f ? t * t : 0.0f;
}

/* 1 within half of centre, soft edges. */
static float window(float x, float centre, float half, float edge)
{
    return 1.0f - lad_smoothstep(half - edge, half + edge, fabsf(x - centre));
}

void lad_juice_view_init(const lad_juice_scene *scene, float px_per_unit, lad_juice_view *view)
{
    view->scene = scene;
    lad_juice_shape_init(scene, &view->shape);
    lad_juice_text_init(&view->text);
    view->px_per_unit = px_per_unit;
    view->soft = 0.5f / (px_per_unit * scene->scale);
    view->cosine = lad_cosf(scene->tilt);
    view->sine = lad_sinf(scene->tilt);
    view->key = lad_v3_unit(lad_v3(scene->key_x, scene->key_y, 0.75f));
}

lad_vec2 lad_juice_view_bottle(const lad_juice_view *view, float px, float py)
{
    const lad_juice_scene *scene = view->scene;
    float dx = (px / view->px_per_unit - scene->place_x) / scene->scale;
    float dy = (scene->place_y - py / view->px_per_unit) / scene->scale;
    return lad_v2(dx * view->cosine + dy * view->sine, dy * view->cosine - dx * view->sine);
}

float lad_juice_view_lit(const lad_juice_view *view, const lad_juice_point *point, float h)
{
    const lad_juice_scene *scene = view->scene;
    float facing = point->nx * view->key.x + point->ny * view->key.y + point->nz * view->key.z;
    float lit = scene->ambient + (1.0f - scene->ambient) * lad_maxf((facing + 0.3f) / 1.15f, 0.0f);
    return lit * (1.0f - scene->falloff * (1.0f - lad_smoothstep(-60.0f, 420.0f, h)));
}

float lad_juice_view_bowed(const lad_juice_view *view, const lad_juice_point *point, float h)
{
    return h + view->scene->curve * (1.0f - point->z);
}

float lad_juice_inner_edge(const lad_juice_point *point, float x, float h)
{
    const float floor_h = 20.0f, corner = 15.0f; /* thick bottom, rounded inside */
    float qx = fabsf(x) - (point->half_width - point->wall) + corner, qh = floor_h + corner - h;
    float ox = lad_maxf(qx, 0.0f), oh = lad_maxf(qh, 0.0f);
    return sqrtf(ox * ox + oh * oh) + lad_minf(lad_maxf(qx, qh), 0.0f) - corner;
}

/* Radiance of the studio in the mirrored direction. */
static float studio(const lad_juice_scene *scene, float rx, float ry)
{
    float tall = window(ry, 0.0f, 0.62f, 0.12f);
    float left = window(rx, -0.84f + scene->strip_shift, scene->strip_width, 0.035f) * tall;
    float right = window(rx, 0.86f + scene->strip_shift, scene->strip_width, 0.035f) * tall;
    float above = window(ry, 0.66f, 0.15f, 0.06f) * window(rx, 0.2f * scene->key_x, scene->top_width, 0.15f);
    float sky = 0.10f * lad_smoothstep(-0.4f, 0.9f, ry);
    return scene->strip_left * left + scene->strip_right * right + scene->top_box * above + sky;
}

/* Light mirrored by the outer surface (squeeze 1) or the inner one (less, as if the glass were narrower). */
static float mirrored(const lad_juice_view *view, lad_noise_walk walk[4], const lad_juice_point *p, float h,
                      float squeeze, uint64_t layer)
{
    const lad_juice_scene *scene = view->scene;
    uint64_t seed = scene->glass_seed + layer;
    float wx = lad_noise_gradient2_walk(&walk[0], seed, h * 0.022f, p->s * 1.3f) +
               0.35f * lad_noise_gradient2_walk(&walk[1], seed + 7, h * 0.1f, p->s * 2.0f);
    float wy = lad_noise_gradient2_walk(&walk[2], seed + 3, h * 0.03f, p->s * 2.1f);
    float nx = p->nx * squeeze + scene->wobble * 2.3f * wx, ny = p->ny + scene->wobble * wy, nz = p->nz;
    float scale = 1.0f / sqrtf(nx * nx + ny * ny + nz * nz + 1e-6f);
    nx *= scale, ny *= scale, nz *= scale;
    /* The strips are not evenly bright, and the room hides parts of them. */
    float patch = lad_noise_value2_walk(&walk[3], seed + 11, h * 0.011f, p->s < 0.0f ? 0.5f : 5.5f);
    return studio(scene, 2.0f * nz * nx, 2.0f * nz * ny) * lad_minf(lad_fresnel(nz, 0.04f), 0.30f) *
           (0.25f + 1.1f * patch);
}

/* Lines of side light along the silhouette and along the inner wall. */
static float wall_lines(const lad_juice_view *view, lad_juice_walk *walk, const lad_juice_point *p, float x, float h)
{
    if (p->edge > 10.0f) return 0.0f; /* farther inside than any of them wanders */
    const lad_juice_scene *scene = view->scene;
    float strength = (x < 0.0f ? scene->strip_left : scene->strip_right) * 0.125f;
    float along = 0.15f + 0.85f * lad_noise_value2_walk(&walk->wall[0], scene->glass_seed + (x < 0.0f ? 20 : 21),
                                                        h * 0.03f, 0.5f);
    float outer = bump((p->edge - 1.3f) / 1.7f), inner = bump((p->edge - p->wall + 0.4f) / 1.8f);
    float wander =
        2.5f * lad_noise_gradient2_walk(&walk->wall[1], scene->glass_seed + 30, h * 0.02f, x < 0.0f ? 0.0f : 9.0f);
    float streak = bump((p->edge - 0.55f * p->wall - wander) / 1.4f);
    float broken = along * along;
    return strength * (0.05f * outer + 0.26f * outer * broken * broken + 0.30f * inner * broken +
                       0.55f * streak * broken * broken);
}

/* The thick bottom: a lens of clear glass with arcs of light. */
static float foot_lines(const lad_juice_view *view, const lad_juice_point *p, float x, float h)
{
    if (h > 30.0f) return 0.0f;
    const lad_juice_scene *scene = view->scene;
    float patch = lad_noise_value2(scene->glass_seed + 40, x * 0.05f, 2.5f);
    float side = x < 0.0f ? scene->strip_left : scene->strip_right;
    float upper = bump((h - 17.0f - 5.0f * p->s * p->s) / 2.4f), lower = bump((h - 7.0f - 7.0f * p->s * p->s) / 2.0f);
    return 0.02f * side * (0.8f * upper * patch + 1.2f * lower * patch * patch) +
           0.05f * bump((h - 1.5f) / 1.5f) * patch;
}

static float tears(const lad_juice_view *view, float x, float h)
{
    float light = 0.0f;
    for (size_t i = 0; i < view->scene->bubble_count; i++) {
        float radius = view->scene->bubbles[i].radius, dx = x - 42.0f * view->scene->bubbles[i].x;
        float dh = h - view->scene->bubbles[i].h;
        if (fabsf(dx) > 4.0f || fabsf(dh) > 4.0f) continue;
        light += 0.30f * bump(sqrtf((dx + 0.4f) * (dx + 0.4f) + (dh - 0.5f) * (dh - 0.5f)) / radius) -
                 0.015f * bump((sqrtf(dx * dx + dh * dh) - radius) / 0.9f);
    }
    return light;
}

/* Radiance of the juice seen through the front. */
static lad_vec3 juice(const lad_juice_view *view, lad_juice_walk *walk, const lad_juice_point *p, float x, float h,
                      float level)
{
    const lad_juice_scene *scene = view->scene;
    lad_vec3 color = scene->juice_color;
    /* A thin neck lets more light through, and what settles darkens the bottom. */
    float thin = lad_smoothstep(330.0f, 420.0f, h) * scene->clarity;
    color = lad_v3_along(lad_v3_scale(color, 1.0f + 0.5f * thin), lad_v3(0.02f, 0.02f, 0.02f), thin);
    color = lad_v3_scale(color, 1.0f - scene->sediment * (1.0f - lad_smoothstep(15.0f, 200.0f, h)));
    float cloud = lad_noise_gradient2_walk(&walk->juice[0], scene->juice_seed, x * 0.025f, h * 0.017f) +
                  0.6f * lad_noise_gradient2_walk(&walk->juice[1], scene->juice_seed + 1, x * 0.11f, h * 0.13f) +
                  0.35f * lad_noise_gradient2(scene->juice_seed + 2, x * 0.45f, h * 0.45f);
    float lit = lad_juice_view_lit(view, p, h) * (1.0f + scene->pulp * cloud);
    /* Side light leaks in along the edges, and the last few units bend towards the black background. */
    float side = (p->s < 0.0f ? scene->strip_left : scene->strip_right) * 0.125f;
    float s2 = p->s * p->s;
    lit *= (1.0f + 0.55f * side * s2 * s2 * s2) * (1.0f + 0.22f * scene->key_x * p->s);
    lit *= 0.45f + 0.55f * lad_smoothstep(p->wall, p->wall + 7.0f, p->edge);
    /* The surface itself, seen edge on, catches light; right below it the juice is a little darker. */
    float below = level - h;
    lit *= 1.0f + 0.35f * bump((below - 1.0f) / 2.2f) - 0.22f * bump((below - 6.0f) / 5.0f);
    return lad_v3_scale(color, lit);
}

/* Foam above the surface: share of the pixel, by cells of bubbles. */
static float foam(const lad_juice_scene *scene, float x, float above)
{
    if (scene->foam <= 0.0f || above > scene->foam || above < -2.5f) return 0.0f;
    float cells = lad_noise_value2(scene->juice_seed + 5, x * 0.42f, above * 0.5f);
    return 0.75f * lad_smoothstep(0.25f, 0.75f, cells + 0.35f - 0.6f * lad_maxf(above, 0.0f) / scene->foam);
}

lad_vec3 lad_juice_glass_shade(const lad_juice_view *view, lad_juice_walk *walk, const lad_juice_point *point, float x,
                               float h, lad_vec3 behind)
{
    const lad_juice_scene *scene = view->scene;
    const lad_vec3 white = {1.0f, 1.0f, 1.02f}, tint = {0.80f, 0.88f, 1.0f};
    /* Clear glass: the background, dimmed, and a bluish veil that is stronger where more glass is passed. */
    float thickness = 1.0f - point->nz;
    lad_vec3 color = lad_v3_scale(behind, 0.85f);
    color = lad_v3_along(color, tint, 0.010f + 0.014f * thickness * (0.6f + 0.4f * scene->ambient));

    float level = scene->fill + scene->meniscus * (1.0f - 1.5f * point->z);
    float climb = 2.2f * bump((point->edge - point->wall) / 3.5f);
    float flat_h = lad_juice_view_bowed(view, point, h);
    float wet = lad_coverage(lad_juice_inner_edge(point, x, h) / (2.0f * view->soft)) *
                (scene->filled ? lad_coverage((flat_h - level - climb) / (2.0f * view->soft)) : 0.0f);
    if (wet < 1.0f)
        color =
            lad_v3_along(color, white, 0.55f * mirrored(view, walk->mirrored[1], point, h, 0.8f, 50) * (1.0f - wet));
    if (h < 24.0f && scene->filled) { /* the bottom is a lens that shows the juice above it, upside down */
        float patch = lad_noise_value2(scene->glass_seed + 41, x * 0.045f, h * 0.16f);
        float seen = lad_smoothstep(0.45f, 0.95f, patch) * lad_smoothstep(0.0f, 12.0f, h) * 0.5f;
        color = lad_v3_along(color, scene->juice_color, seen * (1.0f - wet));
    }
    if (wet > 0.0f) color = lad_v3_mix(color, juice(view, walk, point, x, h, level), wet);
    if (scene->filled && lad_juice_inner_edge(point, x, h) < 0.0f) {
        float cover = foam(scene, x, flat_h - level);
        lad_vec3 froth = lad_v3_along(lad_v3_scale(scene->juice_color, 0.75f), white, 0.10f);
        color = lad_v3_mix(color, lad_v3_scale(froth, lad_juice_view_lit(view, point, h)), cover);
    }
    float lines = wall_lines(view, walk, point, x, h) + foot_lines(view, point, x, h) + tears(view, x, h);
    color = lad_v3_along(color, white, mirrored(view, walk->mirrored[0], point, h, 1.0f, 0) + lines);
    return lad_v3(lad_maxf(color.x, 0.0f), lad_maxf(color.y, 0.0f), lad_maxf(color.z, 0.0f));
}
