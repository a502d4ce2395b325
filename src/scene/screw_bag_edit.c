/* Screws, nuts and washers that are taken out, moved and doubled by hand, and what the rule says then.
 *
 * Objects are the bodies without debris, which is always the last: an edit then means the same body in the twin. */
#include "scene/screw_bag.h"

#include <math.h>
#include <stdio.h>

/* What the rule counts. */
typedef struct screw_bag_group {
    screw_part part;
    bool is_long;
    int wanted;
    const char *one, *many, *name;
} screw_bag_group;

enum { GROUPS = 4 };

static const screw_bag_group groups[GROUPS] = {{PART_WASHER, false, 2, "washer", "washers", "Washer"},
                                               {PART_NUT, false, 2, "nut", "nuts", "Nut"},
                                               {PART_SCREW, true, 1, "long screw", "long screws", "Long screw"},
                                               {PART_SCREW, false, 1, "short screw", "short screws", "Short screw"}};

static bool belongs(const screw_body *b, const screw_bag_group *group)
{
    return b->part == group->part && (b->part != PART_SCREW || b->is_long == group->is_long);
}

static int count_of(const screw_bag_graph *g, const screw_bag_group *group)
{
    int count = 0;
    for (int i = 0; i < g->body_count; i++) count += belongs(&g->bodies[i], group);
    return count;
}

static int objects_of(const screw_bag_graph *g)
{
    int count = 0;
    while (count < g->body_count && g->bodies[count].part != PART_DEBRIS) count++;
    return count;
}

static void take_out(screw_bag_graph *g, int object)
{
    for (int i = object + 1; i < g->body_count; i++) g->bodies[i - 1] = g->bodies[i];
    g->body_count--;
    if (object < g->under_count) {
        for (int i = object + 1; i < g->under_count; i++) g->under[i - 1] = g->under[i];
        g->under_count--;
    }
    for (int i = 0; i < g->replaced_count; i++) {
        if (g->replaced_by[i] == object) g->replaced_by[i] = -1;
        if (g->replaced_by[i] > object) g->replaced_by[i]--;
    }
}

/* The film and what an anomaly replaced go along. */
static void move(screw_bag_graph *g, int object, float x, float y)
{
    lad_vec3 way = screw_bag_way(g, &g->bodies[object], x, y);
    g->bodies[object].at = lad_v3_add(g->bodies[object].at, way);
    if (object < g->under_count) g->under[object].at = lad_v3_add(g->under[object].at, way);
    for (int i = 0; i < g->replaced_count; i++) {
        if (g->replaced_by[i] == object) g->replaced[i].at = lad_v3_add(g->replaced[i].at, way);
    }
}

/* As with a body too many by an anomaly, the film does not change: only what is marked as ground truth differs. */
static void duplicate(screw_bag_graph *g, int object, float x, float y)
{
    int to = objects_of(g);
    for (int i = g->body_count; i > to; i--) g->bodies[i] = g->bodies[i - 1];
    g->body_count++;
    g->bodies[to] = g->bodies[object];
    g->bodies[to].at = lad_v3_add(g->bodies[to].at, screw_bag_way(g, &g->bodies[to], x, y));
}

static lad_status edit(const lad_frame *frame, void *graph, const lad_scene_edit *wish, lad_error *err)
{
    (void)frame;
    screw_bag_graph *g = graph;
    int objects = objects_of(g), object = (int)wish->object;
    if (wish->object >= (size_t)objects) {
        return lad_fail(err, LAD_ERR_ARG, "There is no part number %zu in the bag: there are %d.", wish->object,
                        objects);
    }
    LAD_TRY(lad_changes_check_edit(wish, "part", err));
    switch (wish->action) {
    case LAD_SCENE_REMOVE: take_out(g, object); break;
    case LAD_SCENE_MOVE: move(g, object, wish->x, wish->y); break;
    case LAD_SCENE_DUPLICATE:
        /* One place is kept for debris, which the twin does not have. */
        if (objects >= SCREW_BAG_MAX_BODIES - 1) {
            return lad_fail(err, LAD_ERR_ARG, "There is no room for more than %d parts.", SCREW_BAG_MAX_BODIES - 1);
        }
        duplicate(g, object, wish->x, wish->y);
        break;
    }
    return LAD_OK;
}

static void settle(const lad_frame *frame, void *graph)
{
    screw_bag_graph *g = graph;
    for (int i = 0; i < g->body_count; i++) screw_bag_look_at(frame, &g->bodies[i]);
    for (int i = 0; i < g->under_count; i++) screw_bag_look_at(frame, &g->under[i]);
    for (int i = 0; i < g->replaced_count; i++) screw_bag_look_at(frame, &g->replaced[i]);
    screw_bag_film_lay(frame, g);
}

static void list_findings(const screw_bag_graph *g, lad_json *parameters)
{
    char text[80];
    lad_json *findings = lad_json_add_array(parameters, "findings");
    for (int k = 0; k < GROUPS; k++) {
        const screw_bag_group *group = &groups[k];
        lad_changes_find_count(group->one, group->many, "in the bag", count_of(g, group), group->wanted, findings);
    }
    for (int i = 0; i < g->body_count; i++) {
        const screw_body *b = &g->bodies[i];
        if (!b->fixed) continue;
        snprintf(text, sizeof text, "A %s screw is too %s.", b->is_long ? "long" : "short",
                 b->length > (b->is_long ? LONG_LENGTH : SHORT_LENGTH) ? "long" : "short");
        lad_json_add_string(findings, NULL, text);
    }
}

static void list(const lad_frame *frame, const void *graph, lad_json *parameters)
{
    const screw_bag_graph *g = graph;
    lad_json *objects = lad_json_add_array(parameters, "objects");
    int number[GROUPS] = {0};
    for (int i = 0; i < objects_of(g); i++) {
        const screw_body *b = &g->bodies[i];
        int k = 0;
        while (k < GROUPS - 1 && !belongs(b, &groups[k])) k++;
        char name[64];
        lad_changes_name(groups[k].name, count_of(g, &groups[k]), ++number[k], name, sizeof name);
        /* A screw is taken by its middle, so that what lies beside it can be taken too. */
        lad_changes_list_object(frame, name, screw_bag_middle(b), b->size * WASHER_RADIUS, objects);
    }
    lad_changes_list_scale(frame, 0.0f, parameters);
    list_findings(g, parameters);
}

/* Whether the frame's anomaly marks that there are too few (or too many) of a group. */
static bool marked_by_kind(const lad_frame *frame, const screw_bag_graph *g, const screw_bag_group *group, bool few)
{
    static const screw_bag_kind missing[GROUPS] = {SCREW_BAG_MISSING_WASHER, SCREW_BAG_MISSING_NUT,
                                                   SCREW_BAG_MISSING_LONG, SCREW_BAG_MISSING_SHORT};
    if (!frame->kind || frame->kind->class_ != LAD_SCENE_LOGICAL || g->touched_fixed) return false;
    int kind = frame->kind_index;
    if (few && kind == (int)missing[group - groups]) return true;
    if (kind <= SCREW_BAG_MISSING_SHORT) return false;
    bool touched = g->touched == group->part && (group->part != PART_SCREW || g->touched_long == group->is_long);
    if (!few) return touched;
    /* One of another group took the place of one of these, and that place is marked. */
    return g->replaced_count > 0 && !touched && (group->part == PART_SCREW) == (g->touched == PART_SCREW);
}

typedef struct surplus {
    const lad_frame *frame;
    const screw_bag_graph *graph;
    const screw_bag_group *group;
} surplus;

/* On a body of a group of which there are too many. */
static float surplus_distance(const void *context, float px, float py)
{
    const surplus *c = context;
    int body = screw_bag_pick(c->frame, c->graph, px, py);
    return body >= 0 && belongs(&c->graph->bodies[body], c->group) ? -1.0f : 1.0f;
}

static lad_status annotate(const lad_frame *frame, const void *graph, lad_masks *masks)
{
    const screw_bag_graph *g = graph;
    for (int k = 0; k < GROUPS; k++) {
        int count = count_of(g, &groups[k]);
        bool few = count < groups[k].wanted;
        if (count == groups[k].wanted || marked_by_kind(frame, g, &groups[k], few)) continue;
        uint8_t *plane;
        LAD_TRY(lad_masks_add(masks, &plane));
        if (few) {
            screw_bag_mark_pocket(frame, g, 255, masks, plane);
        } else {
            surplus context = {frame, g, &groups[k]};
            lad_mask_fill(masks, plane, 255, surplus_distance, &context);
        }
    }
    return LAD_OK;
}

const lad_scene_editor screw_bag_editor = {.edit = edit, .settle = settle, .list = list, .annotate = annotate};
