/* The breakfast box: two tangerines and a nectarine on the left; cereals above banana chips and almonds on the right.
 */
#include "scene/breakfast_box.h"

#define FRUITS "The left compartment holds exactly two tangerines and one nectarine."
#define MIX "The right compartment holds cereals above, and a mix of banana chips and almonds below."
#define RATIO "Cereals and toppings share the right compartment in one ratio, and fill it to one level."
#define PLACES "Fruit lies in the left compartment, cereals and toppings in the right one."
#define SOUND "Fruit, cereals and toppings are fresh and whole."
#define CLEAN "The box is clean and undamaged, and nothing else lies in it."

#define LOGICAL(index, name, rule, description, value)                                                                 \
    [index] = {name, LAD_SCENE_LOGICAL, rule, description, value, true, 1.0}
#define FRUIT(index, name, description, value, saturation)                                                             \
    [index] = {name, LAD_SCENE_LOGICAL, FRUITS, description, value, false, saturation}
#define STRUCTURAL(index, name, rule, description, value)                                                              \
    [index] = {name, LAD_SCENE_STRUCTURAL, rule, description, value, true, 1.0}

/* Names, pixel values and saturation areas are those of MVTec's breakfast_box; areas at 0.4 of the size in each
 * direction (1600 x 1280 -> 640 x 512), that is 0.16 of the pixels. */
static const lad_scene_kind kinds[BREAKFAST_KINDS] = {
    LOGICAL(BREAKFAST_MISSING_ALMONDS, "missing_almonds", MIX, "There are no almonds.", 255),
    LOGICAL(BREAKFAST_MISSING_BANANAS, "missing_bananas", MIX, "There are no banana chips.", 254),
    LOGICAL(BREAKFAST_MISSING_TOPPINGS, "missing_toppings", MIX, "There are neither banana chips nor almonds.", 253),
    LOGICAL(BREAKFAST_MISSING_CEREALS, "missing_cereals", MIX, "There are no cereals.", 252),
    FRUIT(BREAKFAST_2_NECTARINES_1_TANGERINE, "nectarines_2_tangerine_1", "There are two nectarines and one tangerine.",
          250, 16016),
    FRUIT(BREAKFAST_1_NECTARINE_1_TANGERINE, "nectarine_1_tangerine_1", "One tangerine is missing.", 249, 13488),
    FRUIT(BREAKFAST_0_NECTARINES_2_TANGERINES, "nectarines_0_tangerines_2", "The nectarine is missing.", 248, 16016),
    FRUIT(BREAKFAST_0_NECTARINES_3_TANGERINES, "nectarines_0_tangerines_3",
          "There are three tangerines and no nectarine.", 247, 16016),
    FRUIT(BREAKFAST_3_NECTARINES_0_TANGERINES, "nectarines_3_tangerines_0",
          "There are three nectarines and no tangerine.", 246, 32032),
    FRUIT(BREAKFAST_0_NECTARINES_1_TANGERINE, "nectarines_0_tangerine_1", "There is only one tangerine.", 245, 29504),
    FRUIT(BREAKFAST_0_NECTARINES_4_TANGERINES, "nectarines_0_tangerines_4",
          "There are four tangerines and no nectarine.", 243, 26976),
    LOGICAL(BREAKFAST_COMPARTMENTS_SWAPPED, "compartments_swapped", PLACES,
            "Fruit lies in the right compartment, cereals and toppings in the left one.", 242),
    LOGICAL(BREAKFAST_LAYERS_SWAPPED, "layers_swapped", MIX, "The toppings lie above, the cereals below.", 233),
    LOGICAL(BREAKFAST_TOPPINGS_APART, "toppings_apart", MIX, "Chips and almonds lie side by side, not mixed.", 230),
    LOGICAL(BREAKFAST_OVERFLOW, "overflow", RATIO, "The right compartment is too full.", 241),
    LOGICAL(BREAKFAST_UNDERFLOW, "underflow", RATIO, "The right compartment is not full.", 240),
    LOGICAL(BREAKFAST_WRONG_RATIO, "wrong_ratio", RATIO, "There are too many cereals, or too many toppings.", 239),
    STRUCTURAL(BREAKFAST_MIXED_CEREALS, "mixed_cereals", SOUND, "Another sort of cereals is among the flakes.", 238),
    STRUCTURAL(BREAKFAST_FRUIT_DAMAGED, "fruit_damaged", SOUND, "A fruit is bruised, cut or peeled.", 237),
    STRUCTURAL(BREAKFAST_FRUIT_MOULDY, "fruit_mouldy", SOUND, "A fruit has gone mouldy.", 232),
    STRUCTURAL(BREAKFAST_BOX_DAMAGED, "box_damaged", CLEAN, "The box is cracked, dented or chipped.", 236),
    STRUCTURAL(BREAKFAST_TOPPINGS_CRUSHED, "toppings_crushed", SOUND, "Chips and almonds are crushed to crumbs.", 235),
    STRUCTURAL(BREAKFAST_CONTAMINATION, "contamination", CLEAN, "A hair or foreign bodies are in the box.", 234),
    STRUCTURAL(BREAKFAST_STAIN, "stain", CLEAN, "Something was spilled on the box and has dried.", 231)};

static const lad_scene_category category = {
    .name = "breakfast_box",
    .rule = "A white box holds exactly two tangerines and one nectarine in its left compartment, and in its right one "
            "cereals above a mix of banana chips and almonds, in one ratio and to one level.",
    .width = 640,
    .height = 512,
    .kinds = kinds,
    .kind_count = BREAKFAST_KINDS};

static const lad_camera_range camera_range = {
    .distance = 1400.0f, .shift = 8.0f, .scale = 0.022f, .roll = 0.022f, .tilt = 0.022f};
static const lad_light_range light_range = {.key = {0.22f, -0.42f, 1.0f},
                                            .angle = 0.26f,
                                            .brightness = 0.12f,
                                            .kelvin = 5700.0f,
                                            .kelvin_range = 800.0f,
                                            .fill = 0.18f,
                                            .surround = 0.42f,
                                            .variety = 1.0f};

static void build(lad_frame *frame, void *out)
{
    breakfast_graph *g = out;
    lad_rng rng = lad_frame_rng(frame, LAD_STREAM_GROUND, 0);
    /* The box fills the picture, and the light above it is a large one. */
    frame->camera.px_per_unit *= 1.035f;
    frame->camera.centre_y -= 5.0f * frame->px_per_unit;
    frame->light.key_size *= 1.5f;
    float tone = lad_rng_range(&rng, 0.70f, 0.76f), warm = lad_rng_range(&rng, 0.95f, 0.985f);
    g->white = lad_v3(tone, tone * warm, tone * warm * lad_rng_range(&rng, 0.94f, 0.98f));
    g->ground = lad_rng_range(&rng, 0.004f, 0.008f);
    g->tray_seed = lad_frame_noise_seed(frame, LAD_STREAM_GROUND, 1);
    breakfast_mix_sample(frame, &g->normal_mix);
    g->mix = g->normal_mix;
    breakfast_fruit_sample(frame, g);
    if (frame->kind) breakfast_break_plan(frame, g);
    breakfast_mix_fill(frame, g);
    if (frame->kind) breakfast_break(frame, g);
    for (int k = 0; k < 2; k++) g->built_fruits[k] = breakfast_fruit_count(g, 0, (fruit_species)k);
    for (int i = 0; i < g->piece_count; i++) breakfast_piece_look_at(frame, &g->pieces[i]);
    for (int i = 0; i < g->fruit_count; i++) breakfast_fruit_look_at(frame, &g->fruits[i]);
}

/* What lies on top, over a grid of cells of the box. */
enum { CELL = 12, COLUMNS = 48, ROWS = 40 };
typedef struct top_view {
    float z[ROWS][COLUMNS];
    char what[ROWS][COLUMNS]; /* 'c' cereals, 't' toppings, 0 nothing */
} top_view;

static float cell_x(int column)
{
    return ((float)column - 0.5f * (COLUMNS - 1)) * CELL;
}
static float cell_y(int row)
{
    return ((float)row - 0.5f * (ROWS - 1)) * CELL;
}

static void look_from_top(const breakfast_graph *g, top_view *top)
{
    for (int i = 0; i < g->piece_count; i++) {
        const breakfast_piece *b = &g->pieces[i];
        float reach = b->shape == PIECE_CHIP ? 0.8f * b->b : b->b;
        for (int r = 0; r < ROWS; r++) {
            if (fabsf(cell_y(r) - b->at.y) > reach + 0.5f * CELL) continue;
            for (int c = 0; c < COLUMNS; c++) {
                float d = lad_v2_length(lad_v2(cell_x(c) - b->at.x, cell_y(r) - b->at.y));
                if (d > reach + 0.4f * CELL || b->at.z < top->z[r][c]) continue;
                top->z[r][c] = b->at.z;
                top->what[r][c] = b->shape == PIECE_FLAKE ? 'c' : 't';
            }
        }
    }
}

static int count_pieces(const breakfast_graph *g, int side, piece_shape shape)
{
    int count = 0;
    for (int i = 0; i < g->piece_count; i++) {
        const breakfast_piece *b = &g->pieces[i];
        count += b->shape == shape && breakfast_side_distance(side, b->at.x, b->at.y) < 0.0f;
    }
    return count;
}

/* How far the middles of all chips and of all almonds lie apart, across. */
static double distance_apart(const breakfast_graph *g)
{
    double chips = 0.0, almonds = 0.0, chips_x = 0.0, almonds_x = 0.0;
    for (int i = 0; i < g->piece_count; i++) {
        const breakfast_piece *b = &g->pieces[i];
        if (b->shape == PIECE_CHIP) chips++, chips_x += (double)b->at.x;
        if (b->shape == PIECE_ALMOND) almonds++, almonds_x += (double)b->at.x;
    }
    return chips > 0.0 && almonds > 0.0 ? fabs(chips_x / chips - almonds_x / almonds) : 0.0;
}

static void describe_side(const breakfast_graph *g, const top_view *top, int side, lad_json *out)
{
    int cells = 0, cereals = 0, toppings = 0, for_cereals = 0;
    double cereal_rows = 0.0, topping_rows = 0.0, level = 0.0;
    for (int r = 0; r < ROWS; r++) {
        for (int c = 0; c < COLUMNS; c++) {
            if (breakfast_side_distance(side, cell_x(c), cell_y(r)) > -16.0f) continue;
            cells++;
            for_cereals += breakfast_border_distance(&g->mix, cell_x(c), cell_y(r)) < 0.0f;
            if (!top->what[r][c]) continue;
            level += (double)top->z[r][c];
            bool cereal = top->what[r][c] == 'c';
            cereals += cereal, toppings += !cereal;
            *(cereal ? &cereal_rows : &topping_rows) += r;
        }
    }
    lad_json_add_number(out, "tangerines", breakfast_fruit_count(g, side, FRUIT_TANGERINE));
    lad_json_add_number(out, "nectarines", breakfast_fruit_count(g, side, FRUIT_NECTARINE));
    lad_json_add_number(out, "flakes", count_pieces(g, side, PIECE_FLAKE));
    lad_json_add_number(out, "banana_chips", count_pieces(g, side, PIECE_CHIP));
    lad_json_add_number(out, "almonds", count_pieces(g, side, PIECE_ALMOND));
    /* Shares of the area that cereals and toppings cover, and their mean height. */
    lad_json_add_number(out, "cereals", (double)cereals / cells);
    lad_json_add_number(out, "toppings", (double)toppings / cells);
    lad_json_add_number(out, "level", cereals + toppings ? level / (cereals + toppings) : 0.0);
    /* Share of the area on the cereals' side of the border. */
    if (side == g->mix.side) lad_json_add_number(out, "ratio", (double)for_cereals / cells);
    lad_json_add_bool(out, "cereals_above", cereals && toppings && cereal_rows / cereals < topping_rows / toppings);
}

static void describe(const lad_frame *frame, const void *graph, lad_json *parameters)
{
    (void)frame;
    const breakfast_graph *g = graph;
    top_view top = {0};
    look_from_top(g, &top);
    describe_side(g, &top, 0, lad_json_add_object(parameters, "left"));
    describe_side(g, &top, 1, lad_json_add_object(parameters, "right"));
    int foreign = 0, harmed = 0;
    for (int i = 0; i < g->piece_count; i++) foreign += g->pieces[i].shape == PIECE_CRUMB || g->pieces[i].dark > 0.5f;
    for (int i = 0; i < g->fruit_count; i++) harmed += g->fruits[i].harm != FRUIT_SOUND;
    lad_json_add_number(parameters, "toppings_apart", distance_apart(g));
    lad_json_add_number(parameters, "spilled", g->spilled);
    lad_json_add_number(parameters, "foreign_or_crushed", foreign);
    lad_json_add_number(parameters, "damaged_fruits", harmed);
    lad_json_add_number(parameters, "marks", g->mark_count);
    lad_json *fruits = lad_json_add_array(parameters, "fruits");
    for (int i = 0; i < g->fruit_count; i++) {
        const breakfast_fruit *f = &g->fruits[i];
        lad_json *entry = lad_json_add_object(fruits, NULL);
        lad_json_add_string(entry, "species", f->species == FRUIT_TANGERINE ? "tangerine" : "nectarine");
        lad_json_add_number(entry, "x", (double)f->at.x);
        lad_json_add_number(entry, "y", (double)f->at.y);
        lad_json_add_number(entry, "radius", (double)f->radius);
    }
}

const lad_scene_program lad_breakfast_box_program = {.category = &category,
                                                     .graph_bytes = sizeof(breakfast_graph),
                                                     .camera = &camera_range,
                                                     .light = &light_range,
                                                     .build = build,
                                                     .paint = breakfast_paint,
                                                     .differ = breakfast_differ,
                                                     .annotate = breakfast_annotate,
                                                     .describe = describe,
                                                     .editor = &breakfast_editor};
