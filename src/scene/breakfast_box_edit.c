/* Fruits that are taken out, moved and doubled by hand, and what the rule says then.
 *
 * A fruit that is moved goes where the hand puts it; the others of its compartment give way, and where there is no room
 * for that it comes to lie on them.  Objects are the fruits in the order of the graph, also in the twin. */
#include "scene/breakfast_box.h"

#include <stdio.h>

enum { SPECIES = 2, NOBODY = -1 };

static const char *const one[SPECIES] = {"tangerine", "nectarine"};
static const char *const many[SPECIES] = {"tangerines", "nectarines"};
static const char *const titles[SPECIES] = {"Tangerine", "Nectarine"};
static const int wanted[SPECIES] = {2, 1};

/* Fruits touch before their balls meet, as they are not quite round; less than that does not lift one onto another. */
static const float touching = 0.98f, lifting = 0.93f;

static int side_of(const breakfast_fruit *f)
{
    return breakfast_side_distance(0, f->at.x, f->at.y) > breakfast_side_distance(1, f->at.x, f->at.y);
}

/* Its height when it lies on the floor or on cereals, into which it sinks a little. */
static float ground_of(const breakfast_graph *g, const breakfast_fruit *f)
{
    float floor = TRAY_FLOOR, half = breakfast_fruit_half(f);
    int side = side_of(f);
    if (side == g->mix.side) {
        float d = breakfast_side_distance(side, f->at.x, f->at.y);
        floor = lad_maxf(floor, breakfast_mix_height(&g->mix, f->at.x, f->at.y, d) - 4.0f);
    }
    return floor + half;
}

static void push_apart(breakfast_graph *g, const int side[BREAKFAST_MAX_FRUITS], int held)
{
    for (int i = 0; i < g->fruit_count; i++) {
        breakfast_fruit *f = &g->fruits[i];
        for (int k = 0; k < i; k++) {
            breakfast_fruit *other = &g->fruits[k];
            lad_vec2 apart = {f->at.x - other->at.x, f->at.y - other->at.y};
            float distance = lad_v2_length(apart), push = touching * (f->radius + other->radius) - distance;
            if (push <= 0.0f || side[i] != side[k]) continue;
            apart = distance > 1.0f ? lad_v2_scale(apart, push / distance) : lad_v2(0.0f, push);
            float share = i == held ? 0.0f : k == held ? 1.0f : 0.5f;
            f->at.x += share * apart.x, f->at.y += share * apart.y;
            other->at.x -= (1.0f - share) * apart.x, other->at.y -= (1.0f - share) * apart.y;
        }
    }
}

/* Puts a fruit down on the ground and on those that are marked as laid. */
static void lay(breakfast_graph *g, int i, const bool laid[BREAKFAST_MAX_FRUITS])
{
    breakfast_fruit *f = &g->fruits[i];
    f->at.z = ground_of(g, f);
    for (int k = 0; k < g->fruit_count; k++) {
        const breakfast_fruit *other = &g->fruits[k];
        if (k == i || !laid[k]) continue;
        float reach = lifting * (f->radius + other->radius);
        float dx = f->at.x - other->at.x, dy = f->at.y - other->at.y, rise2 = reach * reach - dx * dx - dy * dy;
        if (rise2 > 0.0f) f->at.z = lad_maxf(f->at.z, other->at.z + sqrtf(rise2));
    }
}

/* held: the fruit that the hand has just put down. */
static void settle_around(breakfast_graph *g, int held)
{
    int side[BREAKFAST_MAX_FRUITS];
    for (int i = 0; i < g->fruit_count; i++) side[i] = side_of(&g->fruits[i]);
    for (int round = 0; round < 80; round++) {
        push_apart(g, side, held);
        for (int i = 0; i < g->fruit_count; i++) {
            if (i != held) breakfast_fruit_hold(&g->fruits[i], side[i]);
        }
    }
    /* Laid from the lowest to the highest, the held one last. */
    bool laid[BREAKFAST_MAX_FRUITS] = {false};
    if (held != NOBODY) g->fruits[held].at.z = FRUIT_ABOVE;
    for (int n = 0; n < g->fruit_count; n++) {
        int next = NOBODY;
        for (int i = 0; i < g->fruit_count; i++) {
            if (!laid[i] && (next == NOBODY || g->fruits[i].at.z < g->fruits[next].at.z)) next = i;
        }
        lay(g, next, laid);
        laid[next] = true;
    }
}

static void place(breakfast_graph *g, int object, float x, float y)
{
    breakfast_fruit *f = &g->fruits[object];
    f->at.x = x, f->at.y = y;
    int side = side_of(f);
    for (int round = 0; round < 80; round++) breakfast_fruit_hold(f, side);
    settle_around(g, object);
}

static void take_out(breakfast_graph *g, int object)
{
    for (int i = object + 1; i < g->fruit_count; i++) g->fruits[i - 1] = g->fruits[i];
    g->fruit_count--;
    for (int i = 0; i < g->fruit_count; i++) {
        if (g->fruits[i].at.z > ground_of(g, &g->fruits[i]) + 1.0f) { /* it may have lain on what is gone */
            settle_around(g, NOBODY);
            return;
        }
    }
}

static lad_status edit(const lad_frame *frame, void *graph, const lad_scene_edit *wish, lad_error *err)
{
    breakfast_graph *g = graph;
    if (wish->object >= (size_t)g->fruit_count) {
        return lad_fail(err, LAD_ERR_ARG, "There is no fruit number %zu: there are %d.", wish->object, g->fruit_count);
    }
    LAD_TRY(lad_changes_check_edit(wish, "fruit", err));
    int object = (int)wish->object, count = g->fruit_count;
    switch (wish->action) {
    case LAD_SCENE_REMOVE: take_out(g, object); break;
    case LAD_SCENE_MOVE: place(g, object, wish->x, wish->y); break;
    case LAD_SCENE_DUPLICATE: /* another of its kind, sound, which looks like itself */
        if (count == BREAKFAST_MAX_FRUITS) {
            return lad_fail(err, LAD_ERR_ARG, "There is no room for more than %d fruits.", (int)BREAKFAST_MAX_FRUITS);
        }
        g->fruits[count] = g->fruits[object];
        breakfast_fruit_look(frame, &g->fruits[count], g->fruits[object].species, 20 + (uint32_t)count);
        g->fruits[count].radius = g->fruits[object].radius;
        g->fruit_count++;
        place(g, count, wish->x, wish->y);
        break;
    }
    return LAD_OK;
}

static void settle(const lad_frame *frame, void *graph)
{
    breakfast_graph *g = graph;
    for (int i = 0; i < g->fruit_count; i++) breakfast_fruit_look_at(frame, &g->fruits[i]);
}

static void list_findings(const breakfast_graph *g, lad_json *parameters)
{
    char text[80];
    lad_json *findings = lad_json_add_array(parameters, "findings");
    for (int k = 0; k < SPECIES; k++) {
        lad_changes_find_count(one[k], many[k], "in the left compartment",
                               breakfast_fruit_count(g, 0, (fruit_species)k), wanted[k], findings);
    }
    for (int k = 0; k < SPECIES; k++) {
        int count = breakfast_fruit_count(g, 1, (fruit_species)k);
        if (count == 0) continue;
        if (count == 1) {
            snprintf(text, sizeof text, "A %s lies in the right compartment.", one[k]);
        } else {
            snprintf(text, sizeof text, "%d %s lie in the right compartment.", count, many[k]);
        }
        lad_json_add_string(findings, NULL, text);
    }
}

static void list(const lad_frame *frame, const void *graph, lad_json *parameters)
{
    const breakfast_graph *g = graph;
    lad_json *objects = lad_json_add_array(parameters, "objects");
    int count[SPECIES] = {0}, number[SPECIES] = {0};
    for (int i = 0; i < g->fruit_count; i++) count[g->fruits[i].species]++;
    for (int i = 0; i < g->fruit_count; i++) {
        const breakfast_fruit *f = &g->fruits[i];
        char name[32];
        lad_changes_name(titles[f->species], count[f->species], ++number[f->species], name, sizeof name);
        lad_changes_list_object(frame, name, f->at, 0.9f * f->radius, objects);
    }
    lad_changes_list_scale(frame, TRAY_RIM, parameters);
    list_findings(g, parameters);
}

typedef struct fault {
    const lad_frame *frame;
    const breakfast_graph *graph;
    int species, side;
    bool few;
} fault;

/* Where a missing fruit could lie, else on the fruits that are too many or in the wrong place. */
static float fault_distance(const void *context, float px, float py)
{
    const fault *c = context;
    if (!c->few) return breakfast_sees_fruit(c->graph, px, py, c->species, c->side) ? -1.0f : 1.0f;
    float free = breakfast_sees_fruit(c->graph, px, py, -1, -1) ? 1.0f : -1.0f;
    return lad_maxf(breakfast_compartment_seen(c->frame, 0, px, py), free);
}

/* Counts that the kind of the frame left have its own mask. */
static lad_status annotate(const lad_frame *frame, const void *graph, lad_masks *masks)
{
    const breakfast_graph *g = graph;
    for (int side = 0; side < 2; side++) {
        for (int k = 0; k < SPECIES; k++) {
            int count = breakfast_fruit_count(g, side, (fruit_species)k);
            if (side == 0 && (count == wanted[k] || count == g->built_fruits[k])) continue;
            if (side == 1 && (count == 0 || g->fruit_side == 1)) continue;
            fault context = {frame, g, k, side, side == 0 && count < wanted[k]};
            uint8_t *plane;
            LAD_TRY(lad_masks_add(masks, &plane));
            lad_mask_fill(masks, plane, 255, fault_distance, &context);
        }
    }
    return LAD_OK;
}

const lad_scene_editor breakfast_editor = {.edit = edit, .settle = settle, .list = list, .annotate = annotate};
