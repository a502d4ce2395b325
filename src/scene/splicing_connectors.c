#include "scene/splicing_connectors.h"

#include "base/detmath.h"
#include "scene/noise.h"

#include <stddef.h>

/* Mean area of a cable at the full size, measured: tests/unit/scene_splicing_connectors_test.c holds it to that. */
#define CABLE_AREA 2550.0

#define TWO "Two connectors lie on the mesh."
#define SAME "Both connectors have the same number of clamps."
#define LEVERS_UP "Both connectors lie with their levers up."
#define ONE_CABLE "Exactly one cable joins the connectors."
#define COLOUR "The colour of the cable says how many clamps there are: yellow 2, blue 3, red 5."
#define MIRRORED "The cable ends at the mirrored clamp: as far from the top on the right as on the left."
#define PLUGGED "Both ends of the cable are in a clamp."
#define LENGTH "The cable is hardly longer than the way between the connectors."
#define SOUND_LEVERS "Each clamp has a whole lever, and it is closed."
#define SOUND_CABLE "The cable is whole, smooth and insulated all along."
#define SOUND_HOUSING "The housings are whole."
#define CLEAN "The mesh is even and clean."

#define LOGICAL(index, name, rule, description, value, relative, saturation)                                           \
    [index] = {name, LAD_SCENE_LOGICAL, rule, description, value, relative, saturation}
#define STRUCTURAL(index, name, rule, description, value)                                                              \
    [index] = {name, LAD_SCENE_STRUCTURAL, rule, description, value, true, 1.0}

static const lad_scene_kind kinds[SPLICE_KINDS] = {
    LOGICAL(SPLICE_MISSING_CABLE, "missing_cable", ONE_CABLE, "There is no cable.", 255, false, CABLE_AREA),
    LOGICAL(SPLICE_EXTRA_CABLE, "extra_cable", ONE_CABLE, "A second cable joins the connectors.", 254, false,
            CABLE_AREA),
    LOGICAL(SPLICE_WRONG_COLOUR, "wrong_cable_colour", COLOUR, "The cable has the colour for another number of clamps.",
            253, true, 1.0),
    LOGICAL(SPLICE_WRONG_LOCATION, "wrong_cable_location", MIRRORED,
            "On one side the cable ends at another clamp, often the next one.", 252, false, CABLE_AREA),
    LOGICAL(SPLICE_WRONG_TYPE, "wrong_connector_type", SAME, "One connector has fewer or more clamps than the other.",
            251, true, 0.5),
    LOGICAL(SPLICE_MISSING_CONNECTOR, "missing_connector", TWO, "One connector is missing; the cable leads nowhere.",
            250, true, 0.7),
    LOGICAL(SPLICE_MISSING_BOTH, "missing_connector_and_cable", TWO, "One connector is missing, and the cable with it.",
            249, true, 0.7),
    LOGICAL(SPLICE_FLIPPED, "flipped_connector", LEVERS_UP, "One connector lies upside down.", 248, true, 1.0),
    LOGICAL(SPLICE_NOT_PLUGGED, "cable_not_plugged", PLUGGED, "The cable ends before the clamp.", 247, true, 1.0),
    LOGICAL(SPLICE_TOO_LONG, "cable_too_long", LENGTH, "The cable is too long and lies in a wide bow.", 246, false,
            CABLE_AREA),
    STRUCTURAL(SPLICE_OPEN_LEVER, "open_lever", SOUND_LEVERS, "A lever stands open.", 245),
    STRUCTURAL(SPLICE_BROKEN_LEVER, "broken_lever", SOUND_LEVERS, "A piece of a lever is broken off.", 244),
    STRUCTURAL(SPLICE_MISSING_LEVER, "missing_lever", SOUND_LEVERS, "A lever is missing.", 243),
    STRUCTURAL(SPLICE_INSULATION, "damaged_insulation", SOUND_CABLE, "A cut in the insulation shows the copper.", 242),
    STRUCTURAL(SPLICE_BARE_COPPER, "bare_copper", SOUND_CABLE, "A stretch of the cable has no insulation.", 241),
    STRUCTURAL(SPLICE_CUT, "cut_cable", SOUND_CABLE, "The cable is cut through.", 240),
    STRUCTURAL(SPLICE_KINKED, "kinked_cable", SOUND_CABLE, "The cable has a sharp kink.", 239),
    STRUCTURAL(SPLICE_BURNT, "burnt_cable", SOUND_CABLE, "The insulation is discoloured or charred.", 238),
    STRUCTURAL(SPLICE_CRACKED, "cracked_housing", SOUND_HOUSING, "A housing is cracked.", 237),
    STRUCTURAL(SPLICE_CONTAMINATION, "contamination", CLEAN, "Crumbs or a fibre lie there.", 236),
    STRUCTURAL(SPLICE_STAIN, "stained_mesh", CLEAN, "The mesh is stained or rusty.", 235),
    STRUCTURAL(SPLICE_DENTED_MESH, "dented_mesh", CLEAN, "The mesh is dented or torn.", 234)};

static const lad_scene_category category = {
    .name = "splicing_connectors",
    .rule = "Two lever connectors with the same number of clamps are joined by exactly one cable between mirrored "
            "clamps; its colour says their number: yellow 2, blue 3, red 5.",
    .width = 640,
    .height = 320,
    .kinds = kinds,
    .kind_count = SPLICE_KINDS};

static const lad_camera_range camera_range = {
    .distance = 2300.0f, .shift = 3.0f, .scale = 0.008f, .roll = 0.008f, .tilt = 0.012f};
static const lad_light_range light_range = {.key = {-0.25f, -0.55f, 1.0f},
                                            .angle = 0.08f,
                                            .brightness = 0.04f,
                                            .kelvin = 6100.0f,
                                            .kelvin_range = 200.0f,
                                            .fill = 0.4f,
                                            .surround = 0.3f,
                                            .variety = 0.4f};

splice_colour splice_colour_for(int clamps)
{
    return clamps == 2 ? SPLICE_YELLOW : clamps == 3 ? SPLICE_BLUE : SPLICE_RED;
}

int splice_clamps_for(splice_colour colour)
{
    return colour == SPLICE_YELLOW ? 2 : colour == SPLICE_BLUE ? 3 : 5;
}

lad_vec3 splice_insulation(splice_colour colour, float vary)
{
    static const lad_vec3 albedo[SPLICE_COLOURS] = {
        {0.80f, 0.55f, 0.035f}, {0.055f, 0.12f, 0.52f}, {0.60f, 0.042f, 0.014f}};
    static const lad_vec3 change[SPLICE_COLOURS] = {
        {0.03f, 0.05f, 0.015f}, {0.02f, 0.025f, 0.05f}, {0.05f, 0.010f, 0.008f}};
    return lad_v3_along(albedo[colour], change[colour], vary);
}

void splice_place(splice_connector *c, lad_vec2 at, float angle)
{
    c->at = at;
    c->angle = angle;
    c->ex = lad_v2(lad_cosf(angle), lad_sinf(angle));
    c->ey = lad_v2(-c->ex.y, c->ex.x);
}

static void build_mesh(const lad_frame *frame, splice_graph *g)
{
    lad_rng rng = lad_frame_rng(frame, LAD_STREAM_GROUND, 0);
    g->mesh_phase.x = lad_rng_range(&rng, 0.0f, 53.0f);
    g->mesh_phase.y = lad_rng_range(&rng, 0.0f, 27.0f);
    float turn = lad_rng_range(&rng, -0.09f, 0.09f);
    g->mesh_cos = lad_cosf(turn);
    g->mesh_sin = lad_sinf(turn);
    g->mesh_pitch = lad_rng_range(&rng, 0.95f, 1.04f);
    g->mesh_gloss = lad_rng_range(&rng, 0.38f, 0.46f);
    g->mesh_seed = lad_frame_noise_seed(frame, LAD_STREAM_GROUND, 1);
}

static void build_connectors(const lad_frame *frame, splice_graph *g, lad_rng *rng)
{
    static const int numbers[3] = {2, 3, 5};
    int clamps = numbers[lad_rng_below(rng, 3)];
    float gap = lad_rng_range(rng, 235.0f, 300.0f), turn = lad_rng_range(rng, -0.06f, 0.06f);
    float room = 160.0f - 36.0f - 0.5f * SPLICE_PITCH * (float)clamps - SPLICE_MARGIN;
    lad_vec2 middle;
    middle.x = lad_rng_range(rng, -26.0f, 26.0f);
    middle.y = lad_rng_range(rng, -0.85f, 0.85f) * room;
    for (int i = 0; i < 2; i++) {
        splice_connector *c = &g->connectors[i];
        lad_rng look = lad_frame_rng(frame, LAD_STREAM_LOOK, (uint32_t)i);
        float along = (i ? 1.0f : -1.0f) * (0.5f * gap + SPLICE_HALF_LENGTH);
        float shift = lad_rng_range(rng, -16.0f, 16.0f), own = lad_rng_range(rng, -0.075f, 0.075f);
        lad_vec2 at = {middle.x + along * lad_cosf(turn), middle.y + along * lad_sinf(turn) + shift};
        c->present = 1;
        c->clamps = clamps;
        c->side = i ? -1.0f : 1.0f;
        splice_place(c, at, turn + own);
        float hue = lad_rng_range(&look, -1.0f, 1.0f), depth = lad_rng_range(&look, 0.94f, 1.04f);
        c->orange = lad_v3(0.92f * depth, (0.080f + 0.011f * hue) * depth, 0.012f + 0.003f * hue);
        c->milk = lad_rng_range(&look, 0.55f, 0.75f);
        c->seed = lad_frame_noise_seed(frame, LAD_STREAM_LOOK, 10 + (uint32_t)i);
    }
}

static void build(lad_frame *frame, void *out)
{
    splice_graph *g = out;
    lad_rng rng = lad_frame_rng(frame, LAD_STREAM_POSE, 0);
    build_mesh(frame, g);
    build_connectors(frame, g, &rng);
    splice_cable *cable = &g->cables[0];
    int clamp = (int)lad_rng_below(&rng, (uint32_t)g->connectors[0].clamps);
    cable->colour = splice_colour_for(g->connectors[0].clamps);
    cable->clamp[0] = cable->clamp[1] = clamp;
    cable->radius = lad_rng_range(&rng, 4.6f, 5.4f);
    cable->bend[0] = lad_rng_range(&rng, -20.0f, 20.0f);
    cable->bend[1] = lad_rng_range(&rng, -10.0f, 10.0f);
    cable->reach = lad_rng_range(&rng, 0.7f, 1.1f);
    cable->low = cable->radius + lad_rng_range(&rng, 0.0f, 7.0f);
    cable->printed = lad_rng_below(&rng, 2) == 0;
    cable->print_at = lad_rng_range(&rng, 8.0f, 120.0f);
    cable->print_turn = lad_rng_range(&rng, -0.6f, 0.6f);
    cable->albedo = splice_insulation(cable->colour, lad_rng_range(&rng, -1.0f, 1.0f));
    splice_plug(g, cable);
    g->cable_count = 1;
    g->touched = -1;
    if (frame->kind) splice_break(frame, g);
}

static void connector_bounds(const lad_frame *frame, const splice_connector *c, lad_vec2 *low, lad_vec2 *high)
{
    *low = lad_v2(1e30f, 1e30f);
    *high = lad_v2(-1e30f, -1e30f);
    for (int i = 0; i < 8; i++) {
        float half = splice_half_height(c);
        lad_vec2 p = splice_to_world(c, i & 1 ? SPLICE_LENGTH + 1.0f : -1.0f, i & 2 ? half + 1.0f : -half - 1.0f);
        lad_vec2 px = lad_camera_project(&frame->camera, lad_v3(p.x, p.y, i & 4 ? SPLICE_LEVER_UP : 0.0f));
        *low = lad_v2(lad_minf(low->x, px.x - 1.0f), lad_minf(low->y, px.y - 1.0f));
        *high = lad_v2(lad_maxf(high->x, px.x + 1.0f), lad_maxf(high->y, px.y + 1.0f));
    }
}

static void paint_row(const void *context, lad_film *film, size_t y)
{
    const splice_context *c = context;
    splice_paint_mesh(c, film, y);
    for (int i = 0; i < c->graph->cable_count; i++) splice_paint_cable(c, &c->cables[i], film, y);
    for (int i = 0; i < 2; i++) splice_paint_connector(c, i, film, y);
    splice_paint_marks(c, film, y);
}

static void paint(const lad_frame *frame, const void *graph, lad_film *film)
{
    splice_context c = {.frame = frame, .graph = graph};
    for (int i = 0; i < c.graph->cable_count; i++) splice_view_cable(frame, &c.graph->cables[i], &c.cables[i]);
    for (int i = 0; i < 2; i++) {
        connector_bounds(frame, &c.graph->connectors[i], &c.bounds_low[i], &c.bounds_high[i]);
    }
    lad_film_paint(film, frame->pool, paint_row, &c);
}

static void describe_connector(const splice_connector *c, lad_json *list)
{
    lad_json *entry = lad_json_add_object(list, NULL);
    int closed = 1;
    for (int i = 0; i < c->clamps; i++) closed = closed && c->levers[i].state == LEVER_SOUND;
    lad_json_add_string(entry, "side", c->side > 0.0f ? "left" : "right");
    lad_json_add_number(entry, "clamps", c->clamps);
    lad_json_add_number(entry, "x", (double)c->at.x);
    lad_json_add_number(entry, "y", (double)c->at.y);
    lad_json_add_number(entry, "angle", (double)c->angle);
    lad_json_add_bool(entry, "levers_up", !c->upside_down);
    lad_json_add_bool(entry, "sound", closed);
}

static void describe_cable(const splice_cable *cable, lad_json *list)
{
    static const char *const names[SPLICE_COLOURS] = {"yellow", "blue", "red"};
    const lad_vec3 *a = &cable->points[0], *b = &cable->points[SPLICE_SEGMENTS];
    lad_json *entry = lad_json_add_object(list, NULL);
    lad_json_add_string(entry, "colour", names[cable->colour]);
    lad_json_add_number(entry, "left_x", (double)a->x);
    lad_json_add_number(entry, "left_y", (double)a->y);
    lad_json_add_number(entry, "right_x", (double)b->x);
    lad_json_add_number(entry, "right_y", (double)b->y);
    lad_json_add_number(entry, "length", (double)cable->length);
    lad_json_add_bool(entry, "sound",
                      cable->gap.to <= cable->gap.from && cable->burnt.to <= cable->burnt.from && !cable->kinked &&
                          (cable->bare_count == 0 || cable->clamp[0] < 0 || cable->clamp[1] < 0));
}

static void describe(const lad_frame *frame, const void *graph, lad_json *parameters)
{
    (void)frame;
    const splice_graph *g = graph;
    lad_json *connectors = lad_json_add_array(parameters, "connectors");
    for (int i = 0; i < 2; i++) {
        if (g->connectors[i].present) describe_connector(&g->connectors[i], connectors);
    }
    lad_json *cables = lad_json_add_array(parameters, "cables");
    for (int i = 0; i < g->cable_count; i++) describe_cable(&g->cables[i], cables);
    lad_json_add_number(parameters, "marks", g->mark_count + (g->dent.radius > 0.0f) + (g->stain.strength > 0.0f));
}

const lad_scene_program lad_splicing_connectors_program = {.category = &category,
                                                           .graph_bytes = sizeof(splice_graph),
                                                           .camera = &camera_range,
                                                           .light = &light_range,
                                                           .build = build,
                                                           .paint = paint,
                                                           .annotate = splice_annotate,
                                                           .describe = describe};
