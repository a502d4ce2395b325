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
    LAD_TRY(lad_changes_check_edit(wish, "pushpin", err));
    switch (wish->action) {
    case LAD_SCENE_REMOVE:
        for (int i = (int)wish->object + 1; i < g->pin_count; i++) g->pins[i - 1] = g->pins[i];
        g->pin_count--;
        break;
    case LAD_SCENE_MOVE: pushpins_shift(&g->pins[wish->object], wish->x, wish->y); break;
    case LAD_SCENE_DUPLICATE:
        if (g->pin_count == PUSHPINS_MAX_PINS) {
            return lad_fail(err, LAD_ERR_ARG, "There is no room for more than %d pushpins.", (int)PUSHPINS_MAX_PINS);
        }
        g->pins[g->pin_count] = g->pins[wish->object];
        pushpins_shift(&g->pins[g->pin_count++], wish->x, wish->y);
        break;
    }
    return LAD_OK;
}

static int pins_in(const pushpins_graph *g, int cell)
{
    int count = 0;
    for (int i = 0; i < g->pin_count; i++) count += g->pins[i].cell == cell;
    return count;
}

static void list(const lad_frame *frame, const void *graph, lad_json *parameters)
{
    const pushpins_graph *g = graph;
    lad_json *objects = lad_json_add_array(parameters, "objects");
    for (int i = 0; i < g->pin_count; i++) {
        lad_vec3 middle = pushpins_pin_middle(&g->pins[i]);
        char name[64];
        int cell = g->pins[i].cell;
        snprintf(name, sizeof name, "Pushpin in row %d, column %d", cell / PUSHPINS_COLUMNS + 1,
                 cell % PUSHPINS_COLUMNS + 1);
        lad_changes_list_object(frame, name, middle, 0.45f * PIN_LENGTH * g->pins[i].size, objects);
    }
    lad_changes_list_scale(frame, 0.5f * BOX_HEIGHT, parameters);
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
