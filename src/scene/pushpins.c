#include "scene/pushpins.h"

#include "base/detmath.h"
#include "scene/pushpins_kinds.h"

#include <stddef.h>

/* Mean area of a pin at the full size, measured: tests/unit/scene_pushpins_test.c holds it to that. */
#define PIN_AREA 760.0

#define ONE_EACH "Each compartment holds exactly one pushpin."
#define FIFTEEN "Separators part the box into fifteen compartments, five by three."
#define SOUND_PIN "Each pushpin has a whole yellow head and a straight steel needle."
#define CLEAN_BOX "The box is clean, clear and undamaged."

#define LOGICAL(index, name, rule, description, value, relative, saturation)                                           \
    [index] = {name, LAD_SCENE_LOGICAL, rule, description, value, relative, saturation}
#define STRUCTURAL(index, name, rule, description, value)                                                              \
    [index] = {name, LAD_SCENE_STRUCTURAL, rule, description, value, true, 1.0}

static const lad_scene_kind kinds[PUSHPINS_KINDS] = {
    LOGICAL(PUSHPINS_MISSING, "missing_pushpin", ONE_EACH, "One compartment is empty.", 255, false, PIN_AREA),
    LOGICAL(PUSHPINS_TWO_MISSING, "two_missing_pushpins", ONE_EACH, "Two compartments are empty.", 254, false,
            PIN_AREA),
    LOGICAL(PUSHPINS_ONE_MORE, "1_additional_pushpin", ONE_EACH, "One compartment holds two pushpins.", 253, false,
            PIN_AREA),
    LOGICAL(PUSHPINS_TWO_MORE, "2_additional_pushpins", ONE_EACH,
            "Two pushpins too many lie in one compartment or in two.", 252, false, PIN_AREA),
    LOGICAL(PUSHPINS_MOVED, "pushpin_in_neighbour", ONE_EACH,
            "A pushpin lies in the neighbouring compartment: one is empty, one holds two.", 251, false, PIN_AREA),
    LOGICAL(PUSHPINS_MISSING_SEPARATOR, "missing_separator", FIFTEEN,
            "The separator between two compartments is missing.", 250, true, 1.0),
    LOGICAL(PUSHPINS_EXTRA_SEPARATOR, "additional_separator", FIFTEEN, "One more separator parts a compartment in two.",
            249, true, 1.0),
    STRUCTURAL(PUSHPINS_COLOR, "color", SOUND_PIN, "A pushpin has another colour, in part or all over.", 248),
    STRUCTURAL(PUSHPINS_BROKEN, "broken", SOUND_PIN, "A pushpin's needle or collar is broken off.", 247),
    STRUCTURAL(PUSHPINS_FRONT_BENT, "front_bent", SOUND_PIN, "A pushpin's needle is bent.", 246),
    STRUCTURAL(PUSHPINS_DEFORMED, "deformed_head", SOUND_PIN, "A pushpin's head is flattened or crooked.", 245),
    STRUCTURAL(PUSHPINS_CONTAMINATION, "contamination", CLEAN_BOX, "Crumbs or a fibre lie in the box.", 244),
    STRUCTURAL(PUSHPINS_STAIN, "stain", CLEAN_BOX, "A liquid has dried on the floor of the box.", 243),
    STRUCTURAL(PUSHPINS_SCRATCH, "scratch", CLEAN_BOX, "The box is scratched.", 242),
    STRUCTURAL(PUSHPINS_CRACK, "crack", CLEAN_BOX, "The box is cracked.", 241),
    STRUCTURAL(PUSHPINS_BROKEN_RIM, "broken_rim", CLEAN_BOX, "A piece of the lower rim is broken off.", 240)};

static const lad_scene_category category = {
    .name = "pushpins",
    .rule = "A transparent box of fifteen compartments (five by three) holds exactly one yellow pushpin in each.",
    .width = 640,
    .height = 376,
    .kinds = kinds,
    .kind_count = PUSHPINS_KINDS};

static const lad_camera_range camera_range = {
    .distance = 1150.0f, .shift = 2.0f, .scale = 0.006f, .roll = 0.008f, .tilt = 0.008f};
static const lad_light_range light_range = {.key = {-0.5f, -0.7f, 1.0f},
                                            .angle = 0.1f,
                                            .brightness = 0.03f,
                                            .kelvin = 5600.0f,
                                            .kelvin_range = 150.0f,
                                            .fill = 0.35f,
                                            .surround = 0.24f,
                                            .variety = 0.3f};

void pushpins_look(const lad_frame *frame, const pushpins_graph *graph, pushpin *pin, uint32_t item)
{
    lad_rng rng = lad_frame_rng(frame, LAD_STREAM_LOOK, item);
    *pin = (pushpin){.squash = 1.0f, .needle_end = 1.0f};
    pin->size = graph->pin_size * lad_rng_range(&rng, 0.96f, 1.04f);
    float hue = lad_rng_range(&rng, -1.0f, 1.0f), depth = lad_rng_range(&rng, 0.92f, 1.06f);
    pin->colour = lad_v3(0.74f * depth, (0.36f + 0.025f * hue) * depth, 0.012f + 0.005f * hue);
    pin->roughness = lad_rng_range(&rng, 0.14f, 0.28f);
}

static void build(lad_frame *frame, void *out)
{
    pushpins_graph *g = out;
    lad_rng rng = lad_frame_rng(frame, LAD_STREAM_GROUND, 0);
    float green = lad_rng_range(&rng, 0.88f, 0.94f), blue = lad_rng_range(&rng, 0.8f, 0.9f);
    g->plastic = lad_v3(1.0f, green, blue);
    g->haze = lad_rng_range(&rng, 0.018f, 0.035f);
    g->floor_level = lad_rng_range(&rng, 0.003f, 0.007f);
    g->pin_size = lad_rng_range(&rng, 0.93f, 1.07f);
    g->noise_seed = lad_frame_noise_seed(frame, LAD_STREAM_GROUND, 1);
    g->extra_cell = g->touched[0] = g->touched[1] = -1;
    g->touched_row = g->touched_column = -1;
    for (int r = 0; r < PUSHPINS_ROWS; r++) {
        for (int c = 0; c + 1 < PUSHPINS_COLUMNS; c++) g->upright[r][c] = 1;
    }
    for (int r = 0; r + 1 < PUSHPINS_ROWS; r++) {
        for (int c = 0; c < PUSHPINS_COLUMNS; c++) g->level[r][c] = 1;
    }
    for (int cell = 0; cell < PUSHPINS_CELLS; cell++) {
        pushpin *pin = &g->pins[g->pin_count];
        rng = lad_frame_rng(frame, LAD_STREAM_POSE, (uint32_t)cell);
        pushpins_look(frame, g, pin, (uint32_t)cell);
        pushpins_pose(g, pin, cell, 0.0f, &rng);
        g->pin_count++;
    }
    if (frame->kind) pushpins_break(frame, g);
}

typedef struct paint_context {
    const lad_frame *frame;
    const pushpins_graph *graph;
} paint_context;

static void paint_row(const void *context, lad_film *film, size_t y)
{
    const paint_context *c = context;
    pushpins_paint_floor(c->frame, c->graph, film, y);
    pushpins_paint_marks(c->frame, c->graph, film, y, 0);
    for (int i = 0; i < c->graph->pin_count; i++) pushpins_paint_pin(c->frame, &c->graph->pins[i], film, y);
    pushpins_paint_walls(c->frame, c->graph, film, y);
    pushpins_paint_marks(c->frame, c->graph, film, y, 1);
}

static void paint(const lad_frame *frame, const void *graph, lad_film *film)
{
    paint_context context = {frame, graph};
    lad_film_paint(film, frame->pool, paint_row, &context);
}

typedef struct area {
    const lad_frame *frame;
    const pushpins_graph *graph;
    int cell;
    lad_vec2 low, high; /* a box on the floor, with its height: the corners that are searched */
    float z;
} area;

/* Inside a compartment, anywhere between floor and top. */
static float cell_distance(const void *context, float px, float py)
{
    const area *a = context;
    lad_vec3 ray = lad_camera_ray(&a->frame->camera, px, py);
    lad_vec2 centre = {0.5f * (a->low.x + a->high.x), 0.5f * (a->low.y + a->high.y)};
    float best = 1e30f;
    for (int i = 0; i <= 4; i++) {
        lad_vec3 p = lad_camera_meet(&a->frame->camera, ray, a->z * 0.25f * (float)i);
        float dx = fabsf(p.x - centre.x) - 0.5f * (a->high.x - a->low.x);
        float dy = fabsf(p.y - centre.y) - 0.5f * (a->high.y - a->low.y);
        best = lad_minf(best, lad_maxf(dx, dy));
    }
    return best;
}

/* On any pin of the compartment: each of them could be the one too many. */
static float pins_distance(const void *context, float px, float py)
{
    const area *a = context;
    for (int i = 0; i < a->graph->pin_count; i++) {
        const pushpin *pin = &a->graph->pins[i];
        if (pin->cell == a->cell && pushpins_pin_covers(a->frame, pin, px, py)) return -1.0f;
    }
    return 1.0f;
}

static lad_status mark_area_as(const area *a, uint8_t value, lad_mask_distance_fn *distance, lad_masks *masks)
{
    uint8_t *plane;
    LAD_TRY(lad_masks_add(masks, &plane));
    lad_mask_fill(masks, plane, value, distance, a);
    return LAD_OK;
}

static lad_status mark_area(const area *a, lad_mask_distance_fn *distance, lad_masks *masks)
{
    return mark_area_as(a, (uint8_t)a->frame->kind->pixel_value, distance, masks);
}

static area cell_area(const lad_frame *frame, const pushpins_graph *graph, int cell)
{
    lad_vec2 centre = pushpins_cell_centre(cell);
    lad_vec2 half = {0.5f * CELL_WIDTH - BOX_WALL, 0.5f * CELL_HEIGHT - BOX_WALL};
    return (area){frame, graph, cell, lad_v2_sub(centre, half), lad_v2_add(centre, half), BOX_HEIGHT};
}

lad_status pushpins_mark_cell(const lad_frame *frame, const pushpins_graph *graph, int cell, uint8_t value,
                              bool pins_only, lad_masks *masks)
{
    area a = cell_area(frame, graph, cell);
    return mark_area_as(&a, value, pins_only ? pins_distance : cell_distance, masks);
}

static area separator_area(const lad_frame *frame, const pushpins_graph *g)
{
    int below = g->touched_row, right = g->touched_column;
    lad_vec2 centre = pushpins_cell_centre(below * PUSHPINS_COLUMNS + right);
    lad_vec2 half = {BOX_WALL + 1.0f, 0.5f * CELL_HEIGHT};
    if (g->touched_upright) {
        centre.x += 0.5f * CELL_WIDTH;
    } else {
        centre.y += 0.5f * CELL_HEIGHT;
        half = lad_v2(0.5f * CELL_WIDTH, BOX_WALL + 1.0f);
    }
    return (area){frame, g, -1, lad_v2_sub(centre, half), lad_v2_add(centre, half), BOX_HEIGHT};
}

static lad_status annotate(const lad_frame *frame, const void *graph, lad_masks *masks)
{
    const pushpins_graph *g = graph;
    area first = cell_area(frame, g, g->touched[0]);
    switch ((pushpins_kind)frame->kind_index) {
    case PUSHPINS_MISSING: return mark_area(&first, cell_distance, masks);
    case PUSHPINS_ONE_MORE: return mark_area(&first, pins_distance, masks);
    case PUSHPINS_MISSING_SEPARATOR: first = separator_area(frame, g); return mark_area(&first, cell_distance, masks);
    case PUSHPINS_TWO_MISSING:
    case PUSHPINS_MOVED:
        LAD_TRY(mark_area(&first, cell_distance, masks));
        first = cell_area(frame, g, g->touched[1]);
        return mark_area(&first, frame->kind_index == PUSHPINS_MOVED ? pins_distance : cell_distance, masks);
    case PUSHPINS_TWO_MORE:
        LAD_TRY(mark_area(&first, pins_distance, masks));
        if (g->touched[1] < 0) return LAD_OK;
        first = cell_area(frame, g, g->touched[1]);
        return mark_area(&first, pins_distance, masks);
    default: return LAD_OK; /* what differs from the twin */
    }
}

static void describe(const lad_frame *frame, const void *graph, lad_json *parameters)
{
    (void)frame;
    const pushpins_graph *g = graph;
    int separators = g->extra_cell >= 0;
    for (int r = 0; r < PUSHPINS_ROWS; r++) {
        for (int c = 0; c + 1 < PUSHPINS_COLUMNS; c++) separators += g->upright[r][c];
    }
    for (int r = 0; r + 1 < PUSHPINS_ROWS; r++) {
        for (int c = 0; c < PUSHPINS_COLUMNS; c++) separators += g->level[r][c];
    }
    lad_json *counts = lad_json_add_array(parameters, "pins_per_compartment");
    for (int cell = 0; cell < PUSHPINS_CELLS; cell++) {
        int count = 0;
        for (int i = 0; i < g->pin_count; i++) count += g->pins[i].cell == cell;
        lad_json_add_number(counts, NULL, count);
    }
    lad_json_add_number(parameters, "separators", separators);
    lad_json *pins = lad_json_add_array(parameters, "pins");
    for (int i = 0; i < g->pin_count; i++) {
        const pushpin *pin = &g->pins[i];
        lad_json *entry = lad_json_add_object(pins, NULL);
        lad_vec3 middle = pushpins_pin_middle(pin);
        lad_json_add_number(entry, "x", (double)middle.x);
        lad_json_add_number(entry, "y", (double)middle.y);
        lad_json_add_number(entry, "angle", (double)lad_atan2f(pin->axis.y, pin->axis.x));
        lad_json_add_number(entry, "size", (double)pin->size);
        lad_json_add_bool(entry, "sound",
                          pin->needle_end == 1.0f && pin->squash == 1.0f && pin->bend == 0.0f &&
                              pin->chip_from == 0.0f && !pin->bent && pin->paint_from >= pin->paint_to);
    }
    lad_json_add_number(parameters, "marks", g->mark_count + (g->rim_gap_from < g->rim_gap_to));
}

const lad_scene_program lad_pushpins_program = {.category = &category,
                                                .graph_bytes = sizeof(pushpins_graph),
                                                .camera = &camera_range,
                                                .light = &light_range,
                                                .build = build,
                                                .paint = paint,
                                                .differ = pushpins_differ,
                                                .annotate = annotate,
                                                .describe = describe,
                                                .editor = &pushpins_editor};
