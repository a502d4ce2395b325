/* The juice bottle: an open glass bottle on black, one of three juices, a gold label whose fruit fits the juice,
 * and a "100% Juice" label below it. */
#include "scene/juice_bottle_model.h"

#define RULE_LABELS "A gold fruit label sits in the middle of the bottle and a \"100% Juice\" label below it."
#define RULE_FRUIT "The fruit on the label fits the juice: an orange, cherries or bananas."
#define RULE_FILL "The bottle is filled to the neck, to one level."
#define RULE_ICON "The fruit is printed in the middle of its label."
#define RULE_INTACT "Glass, juice and labels are clean and intact."

/* Pixel values are those of MVTec's juice_bottle; saturation areas are its areas at 0.4 of the size in each
 * direction (800 x 1600 -> 320 x 640), that is 0.16 of the pixels. */
static const lad_scene_kind kinds[LAD_JUICE_KIND_COUNT] = {
    [LAD_JUICE_MISSING_TOP_LABEL] = {"missing_top_label", LAD_SCENE_LOGICAL, RULE_LABELS, "The fruit label is missing.",
                                     255, false, 11264},
    [LAD_JUICE_MISSING_BOTTOM_LABEL] = {"missing_bottom_label", LAD_SCENE_LOGICAL, RULE_LABELS,
                                        "The \"100% Juice\" label is missing.", 254, false, 5232},
    [LAD_JUICE_SWAPPED_LABELS] = {"swapped_labels", LAD_SCENE_LOGICAL, RULE_LABELS,
                                  "The two labels have changed places.", 253, false, 22528},
    [LAD_JUICE_MISPLACED_LABEL_TOP] = {"misplaced_label_top", LAD_SCENE_LOGICAL, RULE_LABELS,
                                       "The fruit label sits in the wrong place.", 250, false, 11264},
    [LAD_JUICE_MISPLACED_LABEL_BOTTOM] = {"misplaced_label_bottom", LAD_SCENE_LOGICAL, RULE_LABELS,
                                          "The \"100% Juice\" label sits in the wrong place.", 249, false, 5232},
    [LAD_JUICE_WRONG_JUICE_TYPE] = {"wrong_juice_type", LAD_SCENE_LOGICAL, RULE_FRUIT,
                                    "The fruit on the label belongs to another juice.", 240, false, 720},
    [LAD_JUICE_EMPTY_BOTTLE] = {"empty_bottle", LAD_SCENE_LOGICAL, RULE_FILL, "The bottle is empty.", 247, true, 1.0},
    [LAD_JUICE_FILL_TOO_HIGH] = {"juice_fill_too_much", LAD_SCENE_LOGICAL, RULE_FILL,
                                 "The bottle is filled above the level.", 246, true, 1.0},
    [LAD_JUICE_FILL_TOO_LOW] = {"juice_fill_not_enough", LAD_SCENE_LOGICAL, RULE_FILL,
                                "The bottle is filled below the level.", 245, true, 1.0},
    [LAD_JUICE_MISPLACED_FRUIT_ICON] = {"misplaced_fruit_icon", LAD_SCENE_LOGICAL, RULE_ICON,
                                        "The fruit is printed off the middle of its label.", 244, true, 1.0},
    [LAD_JUICE_MISSING_FRUIT_ICON] = {"missing_fruit_icon", LAD_SCENE_LOGICAL, RULE_ICON,
                                      "No fruit is printed on the label.", 243, true, 1.0},
    [LAD_JUICE_DAMAGED_LABEL] = {"damaged_label", LAD_SCENE_STRUCTURAL, RULE_INTACT, "A piece of a label is torn off.",
                                 252, true, 1.0},
    [LAD_JUICE_ROTATED_LABEL] = {"rotated_label", LAD_SCENE_STRUCTURAL, RULE_INTACT, "A label is stuck on askew.", 251,
                                 true, 1.0},
    [LAD_JUICE_LABEL_TEXT_INCOMPLETE] = {"label_text_incomplete", LAD_SCENE_STRUCTURAL, RULE_INTACT,
                                         "Characters of \"100% Juice\" are not printed.", 248, true, 1.0},
    [LAD_JUICE_UNKNOWN_FRUIT_ICON] = {"unknown_fruit_icon", LAD_SCENE_STRUCTURAL, RULE_INTACT,
                                      "The label shows a fruit that is in none of the juices.", 242, true, 1.0},
    [LAD_JUICE_INCOMPLETE_FRUIT_ICON] = {"incomplete_fruit_icon", LAD_SCENE_STRUCTURAL, RULE_INTACT,
                                         "A part of the fruit is not printed.", 241, true, 1.0},
    [LAD_JUICE_JUICE_COLOR] = {"juice_color", LAD_SCENE_STRUCTURAL, RULE_INTACT,
                               "The juice has a colour that no juice has.", 239, true, 1.0},
    [LAD_JUICE_CONTAMINATION] = {"contamination", LAD_SCENE_STRUCTURAL, RULE_INTACT,
                                 "Foreign bodies swim in the juice or stick to the glass.", 238, true, 1.0},
    [LAD_JUICE_GLASS_CRACK] = {"glass_crack", LAD_SCENE_STRUCTURAL, RULE_INTACT, "The glass is cracked.", 237, true,
                               1.0},
};

static const lad_scene_category category = {
    .name = "juice_bottle",
    .rule =
        "An open glass bottle holds one of three juices to one level; a gold label in the middle shows the fruit of "
        "the juice, and a \"100% Juice\" label sits below it.",
    .width = 320,
    .height = 640,
    .kinds = kinds,
    .kind_count = LAD_JUICE_KIND_COUNT,
};

static void build(lad_frame *frame, void *graph)
{
    lad_juice_graph *g = graph;
    lad_juice_scene_sample(frame, &g->normal);
    g->scene = g->normal;
    if (frame->kind) lad_juice_scene_break(frame, &g->scene);
}

static void describe(const lad_frame *frame, const void *graph, lad_json *parameters)
{
    (void)frame;
    lad_juice_scene_describe(&((const lad_juice_graph *)graph)->scene, parameters);
}

/* The bottle brings its own pose and studio (lad_juice_scene); these only feed the driver. */
static const lad_camera_range camera = {.distance = 1200.0f};
static const lad_light_range light = {.key = {0.0f, -1.0f, 1.0f}, .kelvin = 5500.0f, .variety = 1.0f};

const lad_scene_program lad_juice_bottle_program = {.category = &category,
                                                    .graph_bytes = sizeof(lad_juice_graph),
                                                    .camera = &camera,
                                                    .light = &light,
                                                    .build = build,
                                                    .paint = lad_juice_paint,
                                                    .annotate = lad_juice_annotate,
                                                    .describe = describe};
