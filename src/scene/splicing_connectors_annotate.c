/* Ground truth of the logical anomalies: connectors, windows of clamps, cables, and where a cable could be. */
#include "scene/splicing_connectors.h"

#include "scene/sdf.h"

typedef struct region {
    const lad_frame *frame;
    const splice_graph *graph;
    const splice_connector *connector[2]; /* all of them; or NULL */
    int window[2];                        /* clamps whose windows belong to it, by connector; -1: none */
    int other_window[2];                  /* likewise */
    const splice_cable_view *cable[2];    /* or NULL */
    lad_vec2 zone[4];                     /* corners, pixels */
    int zoned;
    float grow; /* of the zone, pixels */
} region;

static region region_of(const lad_frame *frame, const splice_graph *graph)
{
    return (region){.frame = frame, .graph = graph, .window = {-1, -1}, .other_window = {-1, -1}};
}

static lad_vec2 local_at(const region *r, const splice_connector *c, lad_vec3 ray, float z)
{
    lad_vec3 p = lad_camera_meet(&r->frame->camera, ray, z);
    return splice_to_local(c, lad_v2(p.x, p.y));
}

static int in_connector(const region *r, const splice_connector *c, lad_vec3 ray)
{
    float half = splice_half_height(c);
    for (int i = 0; i <= 4; i++) {
        lad_vec2 p = local_at(r, c, ray, SPLICE_TOP * 0.25f * (float)i);
        if (p.x > 0.0f && p.x < SPLICE_LENGTH && fabsf(p.y) < half) return 1;
    }
    return 0;
}

static int in_window(const region *r, int which, int clamp, lad_vec3 ray)
{
    if (clamp < 0) return 0;
    const splice_connector *c = &r->graph->connectors[which];
    lad_vec2 p = local_at(r, c, ray, 36.0f);
    return p.x > SPLICE_WINDOW && p.x < 67.5f && fabsf(p.y - splice_clamp_y(c, clamp)) < 10.5f;
}

static float distance(const void *context, float px, float py)
{
    const region *r = context;
    lad_vec3 ray = lad_camera_ray(&r->frame->camera, px, py);
    if (r->zoned && lad_sd_polygon(lad_v2(px, py), r->zone, 4) < r->grow) return -1.0f;
    for (int i = 0; i < 2; i++) {
        if (r->connector[i] && in_connector(r, r->connector[i], ray)) return -1.0f;
        if (in_window(r, i, r->window[i], ray) || in_window(r, i, r->other_window[i], ray)) return -1.0f;
        if (r->cable[i] && splice_cable_covers(r->cable[i], px, py)) {
            /* What a connector hides is not marked, but for windows. */
            int hidden = 0;
            for (int k = 0; k < 2; k++) {
                const splice_connector *c = &r->graph->connectors[k];
                hidden |= c->present && in_connector(r, c, ray);
            }
            if (!hidden) return -1.0f;
        }
    }
    return 1.0f;
}

/* Where a cable could be: from the windows of one connector to those of the other. */
static void set_zone(region *r)
{
    for (int i = 0; i < 4; i++) {
        const splice_connector *c = &r->graph->connectors[i < 2 ? 0 : 1];
        float half = splice_half_height(c);
        lad_vec2 p = splice_to_world(c, SPLICE_WINDOW, i == 0 || i == 3 ? -half : half);
        r->zone[i] = lad_camera_project(&r->frame->camera, lad_v3(p.x, p.y, 20.0f));
    }
    r->zoned = 1;
    r->grow = 9.0f * r->frame->px_per_unit;
}

/* From the loose end to the mouth it should be in. */
static void set_gap(region *r, const splice_cable *cable, int end)
{
    const splice_connector *c = &r->graph->connectors[end];
    lad_vec3 tip = cable->points[end ? SPLICE_SEGMENTS : 0];
    lad_vec3 mouth = splice_mouth(c, cable->clamp[1 - end]);
    lad_vec2 reach = lad_v2_scale(c->ey, cable->radius + 5.0f), back = lad_v2_scale(splice_out(c), 4.0f);
    lad_vec3 corners[4] = {{tip.x + back.x - reach.x, tip.y + back.y - reach.y, tip.z},
                           {tip.x + back.x + reach.x, tip.y + back.y + reach.y, tip.z},
                           {mouth.x + reach.x, mouth.y + reach.y, mouth.z},
                           {mouth.x - reach.x, mouth.y - reach.y, mouth.z}};
    for (int i = 0; i < 4; i++) r->zone[i] = lad_camera_project(&r->frame->camera, corners[i]);
    r->zoned = 1;
    r->grow = 2.0f * r->frame->px_per_unit;
}

static lad_status mark(const region *r, lad_masks *masks)
{
    uint8_t *plane;
    LAD_TRY(lad_masks_add(masks, &plane));
    lad_mask_fill(masks, plane, (uint8_t)r->frame->kind->pixel_value, distance, r);
    return LAD_OK;
}

/* The cable as it lies, and as it should lie. */
static void set_cables(region *r, splice_cable_view views[2])
{
    splice_view_cable(r->frame, &r->graph->before, &views[1]);
    r->cable[0] = &views[0];
    r->cable[1] = &views[1];
}

static void set_loose_end(region *r, splice_cable_view views[2])
{
    const splice_graph *g = r->graph;
    set_cables(r, views);
    for (int i = 0; i < 2; i++) {
        views[i].from = g->touched ? 0.62f : 0.0f;
        views[i].to = g->touched ? 1.0f : 0.38f;
    }
    set_gap(r, &g->cables[0], g->touched);
    r->window[g->touched] = g->before.clamp[g->touched];
}

/* Fills in the region of a kind that one region is enough for; false: a structural kind. */
static bool set_region(region *r, splice_cable_view views[2])
{
    const splice_graph *g = r->graph;
    const splice_cable *cable = &g->cables[0];
    const splice_connector *touched = &g->connectors[g->touched];
    switch ((splice_kind)r->frame->kind_index) {
    case SPLICE_MISSING_CABLE: set_zone(r); return true;
    case SPLICE_EXTRA_CABLE:
        for (int i = 0; i < 2; i++) {
            r->cable[i] = &views[i];
            r->window[i] = cable->clamp[i];
            r->other_window[i] = g->cables[1].clamp[i];
        }
        return true;
    case SPLICE_WRONG_COLOUR:
        r->cable[0] = &views[0];
        for (int i = 0; i < 2; i++) r->window[i] = cable->clamp[i];
        return true;
    case SPLICE_WRONG_LOCATION:
        set_cables(r, views);
        r->window[g->touched] = cable->clamp[g->touched];
        r->other_window[g->touched] = g->before.clamp[g->touched];
        return true;
    case SPLICE_TOO_LONG: set_cables(r, views); return true;
    case SPLICE_NOT_PLUGGED: set_loose_end(r, views); return true;
    case SPLICE_WRONG_TYPE: r->connector[1] = &g->replaced; break;
    case SPLICE_MISSING_CONNECTOR:
    case SPLICE_MISSING_BOTH:
    case SPLICE_FLIPPED: break;
    default: return false;
    }
    r->connector[0] = touched;
    return true;
}

lad_status splice_annotate(const lad_frame *frame, const void *graph, lad_masks *masks)
{
    const splice_graph *g = graph;
    splice_cable_view views[2];
    region r = region_of(frame, g);
    for (int i = 0; i < g->cable_count; i++) splice_view_cable(frame, &g->cables[i], &views[i]);
    if (!set_region(&r, views)) return LAD_OK; /* what differs from the twin */
    LAD_TRY(mark(&r, masks));
    if (frame->kind_index != SPLICE_MISSING_BOTH) return LAD_OK;
    r = region_of(frame, g);
    set_zone(&r);
    return mark(&r, masks);
}
