/* Pins that are taken out, moved and doubled by hand, and what the rule says then. */
#include "base/detmath.h"
#include "scene/pushpins.h"

#include <stdio.h>

static lad_status edit(const lad_frame *frame, void *graph, const lad_scene_edit *wish, lad_error *err)
{
    (void)frame;
    pushpins_graph *g = graph;
    if (wish->object >= (size_t)g->pin_count) {
        return lad_fail(err, LAD_ERR_ARG, "There is no pushpin number %zu: there are %d.", wish->object, g->pin_count);
    }
    if (!(fabsf(wish->x) <= 1000.0f && fabsf(wish->y) <= 1000.0f)) { /* refuses NaN too */
        return lad_fail(err, LAD_ERR_ARG, "A pushpin cannot be moved to (%g, %g).", (double)wish->x, (double)wish->y);
    }
    switch (wish->action) {
    case LAD_SCENE_REMOVE:
        for (int i = (int)wish->object + 1; i < g->pin_count; i++) g->pins[i - 1] = g->pins[i];
        g->pin_count--;
        return LAD_OK;
    case LAD_SCENE_MOVE: pushpins_shift(&g->pins[wish->object], wish->x, wish->y); return LAD_OK;
    case LAD_SCENE_DUPLICATE:
        if (g->pin_count == PUSHPINS_MAX_PINS) {
            return lad_fail(err, LAD_ERR_ARG, "There is no room for more than %d pushpins.", (int)PUSHPINS_MAX_PINS);
        }
        g->pins[g->pin_count] = g->pins[wish->object];
        pushpins_shift(&g->pins[g->pin_count++], wish->x, wish->y);
        return LAD_OK;
    }
    return lad_fail(err, LAD_ERR_ARG, "There is no edit number %d.", (int)wish->action);
}

static int pins_in(const pushpins_graph *g, int cell)
{
    int count = 0;
    for (int i = 0; i < g->pin_count; i++) count += g->pins[i].cell == cell;
    return count;
}

/* Units of a step of one pixel, in the plane at height z and near the middle of the picture. */
static void list_scale(const lad_frame *frame, float z, lad_json *parameters)
{
    const lad_camera *c = &frame->camera;
    lad_vec3 at[3];
    for (int i = 0; i < 3; i++) {
        float px = c->centre_x + (i == 1 ? 1.0f : 0.0f), py = c->centre_y + (i == 2 ? 1.0f : 0.0f);
        at[i] = lad_camera_meet(c, lad_camera_ray(c, px, py), z);
    }
    lad_json *scale = lad_json_add_array(parameters, "unit_per_px");
    lad_json_add_number(scale, NULL, (double)(at[1].x - at[0].x));
    lad_json_add_number(scale, NULL, (double)(at[2].x - at[0].x));
    lad_json_add_number(scale, NULL, (double)(at[1].y - at[0].y));
    lad_json_add_number(scale, NULL, (double)(at[2].y - at[0].y));
}

static void list(const lad_frame *frame, const void *graph, lad_json *parameters)
{
    const pushpins_graph *g = graph;
    lad_json *objects = lad_json_add_array(parameters, "objects");
    for (int i = 0; i < g->pin_count; i++) {
        lad_vec3 middle = pushpins_pin_middle(&g->pins[i]);
        lad_vec2 px = lad_camera_project(&frame->camera, middle);
        lad_json *object = lad_json_add_object(objects, NULL);
        char name[64];
        int cell = g->pins[i].cell;
        snprintf(name, sizeof name, "Pushpin in row %d, column %d", cell / PUSHPINS_COLUMNS + 1,
                 cell % PUSHPINS_COLUMNS + 1);
        lad_json_add_string(object, "name", name);
        lad_json_add_number(object, "x", (double)middle.x);
        lad_json_add_number(object, "y", (double)middle.y);
        lad_json_add_number(object, "px", (double)px.x);
        lad_json_add_number(object, "py", (double)px.y);
        float reach = 0.45f * PIN_LENGTH * g->pins[i].size * lad_camera_scale(&frame->camera, middle);
        lad_json_add_number(object, "reach_px", (double)reach);
    }
    list_scale(frame, 0.5f * BOX_HEIGHT, parameters);
    lad_json *findings = lad_json_add_array(parameters, "findings");
    for (int cell = 0; cell < PUSHPINS_CELLS; cell++) {
        int count = pins_in(g, cell);
        if (count == 1) continue;
        char text[80];
        int row = cell / PUSHPINS_COLUMNS + 1, column = cell % PUSHPINS_COLUMNS + 1;
        if (count == 0) {
            snprintf(text, sizeof text, "Row %d, column %d is empty.", row, column);
        } else {
            snprintf(text, sizeof text, "Row %d, column %d holds %d pushpins.", row, column, count);
        }
        lad_json_add_string(findings, NULL, text);
    }
}

static lad_status annotate(const lad_frame *frame, const void *graph, lad_masks *masks)
{
    const pushpins_graph *g = graph;
    for (int cell = 0; cell < PUSHPINS_CELLS; cell++) {
        int count = pins_in(g, cell);
        if (count == 1) continue;
        if (frame->kind && (cell == g->touched[0] || cell == g->touched[1])) continue; /* the kind's own mask */
        LAD_TRY(pushpins_mark_cell(frame, g, cell, 255, count > 1, masks));
    }
    return LAD_OK;
}

const lad_scene_editor pushpins_editor = {.edit = edit, .list = list, .annotate = annotate};
