/* Structural anomalies of the box, and the masks of the logical ones. */
#include "scene/breakfast_box.h"

#include "scene/lines.h"
#include "scene/noise.h"
#include "scene/sdf.h"

/* Place relative to a mark, turned into its axes; false when it is out of the mark's reach. */
static bool place_in(const breakfast_mark *m, float x, float y, lad_vec2 *out)
{
    float dx = x - m->at.x, dy = y - m->at.y, reach = breakfast_mark_reach(m);
    if (fabsf(dx) > reach || fabsf(dy) > reach) return false;
    *out = lad_place_in(m->at, m->angle, x, y);
    return true;
}

/* A jagged line from -size to size, with a branch. */
static float crack_distance(const breakfast_mark *m, lad_vec2 p)
{
    enum { PIECES = 10 };
    float best = 1e30f;
    lad_vec2 last = {-m->size, 0.0f};
    for (int i = 1; i <= PIECES; i++) {
        float t = (float)i / PIECES, width = 1.1f * (1.0f - 0.8f * fabsf(2.0f * t - 1.0f));
        lad_vec2 next = {m->size * (2.0f * t - 1.0f), (lad_noise_cell(m->seed, i, 0, 0) - 0.5f) * 0.30f * m->size};
        best = lad_minf(best, lad_sd_segment(p, last, next, NULL) - width);
        if (i == 6) {
            lad_vec2 end = {next.x + 0.45f * m->size, next.y + (m->seed & 1 ? 0.5f : -0.5f) * m->size};
            best = lad_minf(best, lad_sd_segment(p, next, end, NULL) - 0.5f);
        }
        last = next;
    }
    return best;
}

float breakfast_mark_relief(const breakfast_graph *g, float x, float y)
{
    float z = 0.0f;
    for (int i = 0; i < g->mark_count; i++) {
        const breakfast_mark *m = &g->marks[i];
        lad_vec2 p;
        if ((m->kind != MARK_DENT && m->kind != MARK_CRACK) || !place_in(m, x, y, &p)) continue;
        if (m->kind == MARK_CRACK) {
            /* One lip stands up a little. */
            z += 1.5f * m->strength * lad_smoothstep(9.0f, 0.0f, crack_distance(m, p)) * (p.y > 0.0f ? 1.0f : -0.6f);
            continue;
        }
        float r = lad_v2_length(lad_v2(p.x, p.y * 1.5f)) / m->size;
        float crease = lad_noise_gradient2(m->seed, p.x * 0.14f, p.y * 0.14f);
        z -= m->strength * lad_smoothstep(1.0f, 0.15f, r + 0.25f * crease) * (1.0f + 0.5f * crease);
    }
    return z;
}

lad_vec3 breakfast_mark_tint(const breakfast_graph *g, float x, float y)
{
    lad_vec3 tint = {1.0f, 1.0f, 1.0f};
    for (int i = 0; i < g->mark_count; i++) {
        const breakfast_mark *m = &g->marks[i];
        lad_vec2 p;
        if (!place_in(m, x, y, &p)) continue;
        if (m->kind == MARK_CRACK) {
            float line = m->strength * lad_smoothstep(0.7f, -0.5f, crack_distance(m, p));
            tint = lad_v3_scale(tint, 1.0f - 0.9f * line);
        } else if (m->kind == MARK_STAIN) {
            float ragged = lad_noise_fractal2(m->seed, p.x / m->size * 1.6f, p.y / m->size * 1.6f, 4);
            float d = lad_v2_length(p) - m->size * (0.75f + 0.5f * ragged);
            /* Dried liquid: thin inside, thick along its border. */
            float border = lad_smoothstep(-0.2f * m->size, 0.0f, d) * lad_coverage(d);
            float cloud = lad_noise_value2(m->seed + 7, p.x * 0.1f, p.y * 0.1f);
            float share =
                m->strength * lad_clampf((0.35f + 0.4f * cloud) * lad_coverage(d) + 0.5f * border, 0.0f, 1.0f);
            tint = lad_v3_mul(tint, lad_v3_mix(lad_v3(1.0f, 1.0f, 1.0f), m->colour, share));
        }
    }
    return tint;
}

static const lad_hair hair = {0.30f, 2.1f, 0.12f, 5.7f, 18};

void breakfast_mark_over(const lad_frame *frame, const breakfast_graph *g, lad_film *film, size_t y)
{
    for (int i = 0; i < g->mark_count; i++) {
        const breakfast_mark *m = &g->marks[i];
        if (m->kind != MARK_HAIR) continue;
        for (size_t x = 0; x < film->width; x++) {
            /* It lies on whatever is there. */
            lad_vec3 ray = lad_camera_ray(&frame->camera, (float)x, (float)y);
            float z = film->z[y * film->width + x];
            lad_vec3 at = lad_camera_meet(&frame->camera, ray, z < 0.5f * FRUIT_ABOVE ? z : z - FRUIT_ABOVE);
            lad_vec2 p;
            if (!place_in(m, at.x, at.y, &p)) continue;
            float best = lad_hair_distance(&hair, m->seed, m->size, p);
            float px = frame->camera.px_per_unit, half = 0.75f * px;
            float cover = lad_minf(lad_coverage(best * px - half), 2.0f * half);
            if (cover > 0.0f) lad_film_over(film, x, y, m->colour, cover * m->strength);
        }
    }
}

/* Pixels of a broken rule. */
typedef struct area {
    const lad_frame *frame;
    const breakfast_graph *graph;
} area;

/* Reach of a piece over the border of its layer, and of fruit over the edge of its compartment, in world units. */
static const float overhang = 30.0f, over_edge = 7.0f;

static lad_vec3 meet(const area *a, float px, float py, float z)
{
    return lad_camera_meet(&a->frame->camera, lad_camera_ray(&a->frame->camera, px, py), z);
}

bool breakfast_sees_fruit(const breakfast_graph *g, float px, float py, int species, int side)
{
    for (int i = 0; i < g->fruit_count; i++) {
        const breakfast_fruit *fruit = &g->fruits[i];
        if (species >= 0 && (int)fruit->species != species) continue;
        if (side >= 0 && breakfast_side_distance(side, fruit->at.x, fruit->at.y) >= 0.0f) continue;
        if (breakfast_fruit_hit(fruit, px - fruit->view.px.x, py - fruit->view.px.y).cover > 0.1f) return true;
    }
    return false;
}

static float on_fruit(const area *a, float px, float py, int species)
{
    return breakfast_sees_fruit(a->graph, px, py, species, -1) ? -1.0f : 1.0f;
}

float breakfast_compartment_seen(const lad_frame *frame, int side, float px, float py)
{
    lad_vec3 p = lad_camera_meet(&frame->camera, lad_camera_ray(&frame->camera, px, py), TRAY_RIM);
    return breakfast_side_distance(side, p.x, p.y) - over_edge;
}

static float in_compartment(const area *a, int side, float px, float py)
{
    return breakfast_compartment_seen(a->frame, side, px, py);
}

/* Everything between the border of the layers and their end; layer: -1 cereals, 1 toppings. */
static float in_layer(const area *a, float layer, float px, float py)
{
    const breakfast_mix *mix = &a->graph->normal_mix;
    lad_vec3 p = meet(a, px, py, mix->level);
    float border = -layer * breakfast_border_distance(mix, p.x, p.y) - overhang;
    return lad_maxf(in_compartment(a, mix->side, px, py), border);
}

/* Between the border as it should be and as it is. */
static float between_borders(const area *a, float px, float py)
{
    const breakfast_mix *mix = &a->graph->mix, *normal = &a->graph->normal_mix;
    lad_vec3 p = meet(a, px, py, normal->level);
    float d = breakfast_border_distance(mix, p.x, p.y), e = breakfast_border_distance(normal, p.x, p.y);
    float band = lad_maxf(lad_minf(d, e), -lad_maxf(d, e)) - overhang;
    return lad_maxf(in_compartment(a, normal->side, px, py), band);
}

static float on_spilled(const area *a, float px, float py)
{
    const breakfast_graph *g = a->graph;
    for (int i = g->piece_count - g->spilled; i < g->piece_count; i++) {
        const breakfast_view *view = &g->pieces[i].view;
        float reach = view->reach + 3.0f * view->scale;
        if (lad_v2_length(lad_v2(px - view->px.x, py - view->px.y)) < reach) return -1.0f;
    }
    return 1.0f;
}

static float broken(const void *context, float px, float py)
{
    const area *a = context;
    float left, right;
    switch ((breakfast_kind)a->frame->kind_index) {
    case BREAKFAST_MISSING_ALMONDS:
    case BREAKFAST_MISSING_BANANAS:
    case BREAKFAST_TOPPINGS_APART:
    case BREAKFAST_MISSING_TOPPINGS: return in_layer(a, 1.0f, px, py);
    case BREAKFAST_MISSING_CEREALS: return in_layer(a, -1.0f, px, py);
    case BREAKFAST_2_NECTARINES_1_TANGERINE:
    case BREAKFAST_3_NECTARINES_0_TANGERINES: return on_fruit(a, px, py, FRUIT_NECTARINE);
    case BREAKFAST_0_NECTARINES_3_TANGERINES: return on_fruit(a, px, py, FRUIT_TANGERINE);
    case BREAKFAST_1_NECTARINE_1_TANGERINE:
    case BREAKFAST_0_NECTARINES_2_TANGERINES:
    case BREAKFAST_0_NECTARINES_1_TANGERINE: /* where the missing fruit could lie */
        return lad_maxf(in_compartment(a, 0, px, py), -on_fruit(a, px, py, -1));
    case BREAKFAST_0_NECTARINES_4_TANGERINES: return in_compartment(a, 0, px, py);
    case BREAKFAST_COMPARTMENTS_SWAPPED:
        left = in_compartment(a, 0, px, py);
        right = in_compartment(a, 1, px, py);
        return lad_minf(left, right) + over_edge + 4.0f; /* contents stay off the walls */
    case BREAKFAST_LAYERS_SWAPPED:
    case BREAKFAST_UNDERFLOW: return in_compartment(a, 1, px, py);
    case BREAKFAST_OVERFLOW: return lad_minf(in_compartment(a, 1, px, py) - overhang, on_spilled(a, px, py));
    case BREAKFAST_WRONG_RATIO: return between_borders(a, px, py);
    default: return 1.0f;
    }
}

lad_status breakfast_annotate(const lad_frame *frame, const void *graph, lad_masks *masks)
{
    if (frame->kind->class_ != LAD_SCENE_LOGICAL) return LAD_OK; /* what differs from the twin */
    area a = {frame, graph};
    uint8_t *plane;
    LAD_TRY(lad_masks_add(masks, &plane));
    lad_mask_fill(masks, plane, (uint8_t)frame->kind->pixel_value, broken, &a);
    return LAD_OK;
}
