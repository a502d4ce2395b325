/* Ground truth of the logical kinds: all places where the rule is broken, from the geometry of the scene and of
 * the normal one that it was made from.  The structural kinds (but the rotated label, whose print would leave
 * holes) leave it to the driver to compare the two pictures. */
#include "scene/juice_bottle_view.h"

#include "scene/sdf.h"

typedef struct context {
    lad_juice_view view, normal;
    int kind;
} context;

static const float margin = 1.5f; /* what the paper's edge changes around it */

static float label_distance(const lad_juice_view *view, size_t i, const lad_juice_point *point, float h)
{
    const lad_juice_label *label = &view->scene->labels[i];
    lad_vec2 at = lad_juice_label_place(label, point->u, lad_juice_view_bowed(view, point, h));
    return lad_juice_label_edge(label, at) - margin;
}

static float icon_distance(const lad_juice_view *view, const lad_juice_point *point, float h)
{
    const lad_juice_label *label = &view->scene->labels[0];
    lad_vec2 at = lad_juice_label_place(label, point->u, lad_juice_view_bowed(view, point, h));
    lad_vec2 q = lad_juice_icon_place(label, at);
    return (lad_v2_length(q) - 1.06f) * label->icon_scale;
}

/* Both places of a label. */
static float moved_label(const context *c, size_t i, const lad_juice_point *point, float h)
{
    return lad_minf(label_distance(&c->view, i, point, h), label_distance(&c->normal, i, point, h));
}

/* The inside of the bottle between the two levels, heights bowed as the surface is. */
static float between_levels(const context *c, const lad_juice_point *point, float x, float h, float low, float high)
{
    float flat_h = lad_juice_view_bowed(&c->view, point, h);
    float above = flat_h - (high + c->view.scene->meniscus * (1.0f - 1.5f * point->z) + 1.0f);
    float below = low + c->view.scene->meniscus * (1.0f - 1.5f * point->z) - 1.0f - flat_h;
    return lad_maxf(lad_juice_inner_edge(point, x, h), lad_maxf(above, below));
}

static float broken(const void *context_, float px, float py)
{
    const context *c = context_;
    lad_juice_point point;
    lad_vec2 at = lad_juice_view_bottle(&c->view, px + 0.5f, py + 0.5f);
    if (!lad_juice_shape_at(&c->view.shape, at.x, at.y, &point) || point.edge < 0.0f) return 1.0f;
    float fill = c->view.scene->fill, right = c->normal.scene->fill;
    switch (c->kind) {
    case LAD_JUICE_MISSING_TOP_LABEL: return label_distance(&c->normal, 0, &point, at.y);
    case LAD_JUICE_MISSING_BOTTOM_LABEL: return label_distance(&c->normal, 1, &point, at.y);
    case LAD_JUICE_SWAPPED_LABELS: return lad_minf(moved_label(c, 0, &point, at.y), moved_label(c, 1, &point, at.y));
    case LAD_JUICE_MISPLACED_LABEL_TOP: return moved_label(c, 0, &point, at.y);
    case LAD_JUICE_MISPLACED_LABEL_BOTTOM: return moved_label(c, 1, &point, at.y);
    case LAD_JUICE_WRONG_JUICE_TYPE: /* either the fruit or the juice is wrong; other labels are right */
        if (icon_distance(&c->normal, &point, at.y) < 0.0f) return -1.0f;
        if (label_distance(&c->normal, 0, &point, at.y) < 0.0f) return 1.0f;
        if (label_distance(&c->normal, 1, &point, at.y) < 0.0f) return 1.0f;
        return between_levels(c, &point, at.x, at.y, 0.0f, fill);
    case LAD_JUICE_EMPTY_BOTTLE:
        if (at.y < 24.0f) return -1.0f; /* the bottom mirrors the juice above it */
        if (label_distance(&c->normal, 0, &point, at.y) < -margin) return 1.0f;
        if (label_distance(&c->normal, 1, &point, at.y) < -margin) return 1.0f;
        return between_levels(c, &point, at.x, at.y, 0.0f, right + c->normal.scene->foam);
    case LAD_JUICE_FILL_TOO_HIGH: return between_levels(c, &point, at.x, at.y, right, fill + c->normal.scene->foam);
    case LAD_JUICE_FILL_TOO_LOW: /* labels hide the level: what shows is the glass around them */
        if (label_distance(&c->normal, 0, &point, at.y) < -margin) return 1.0f;
        return between_levels(c, &point, at.x, at.y, fill, right + c->normal.scene->foam);
    case LAD_JUICE_MISPLACED_FRUIT_ICON:
        return lad_minf(icon_distance(&c->view, &point, at.y), icon_distance(&c->normal, &point, at.y));
    case LAD_JUICE_MISSING_FRUIT_ICON: return icon_distance(&c->normal, &point, at.y);
    case LAD_JUICE_ROTATED_LABEL:
        return moved_label(c, c->view.scene->labels[0].rotation != c->normal.scene->labels[0].rotation ? 0 : 1, &point,
                           at.y);
    default: return 1.0f;
    }
}

lad_status lad_juice_annotate(const lad_frame *frame, const void *graph, lad_masks *masks)
{
    if (frame->kind->class_ != LAD_SCENE_LOGICAL && frame->kind_index != LAD_JUICE_ROTATED_LABEL) return LAD_OK;
    const lad_juice_graph *g = graph;
    context c = {.kind = frame->kind_index};
    lad_juice_view_init(&g->scene, frame->px_per_unit, &c.view);
    lad_juice_view_init(&g->normal, frame->px_per_unit, &c.normal);
    uint8_t *plane;
    LAD_TRY(lad_masks_add(masks, &plane));
    lad_mask_fill(masks, plane, (uint8_t)frame->kind->pixel_value, broken, &c);
    return LAD_OK;
}
