/* The scene graph of a juice bottle: what is drawn from the random streams, before any pixel exists.
 *
 * Bottle units: one is one pixel of the full 320 x 640 render before the pose is applied; x runs right from the
 * bottle's axis, h runs up from the table (0) to the rim (540).  Colours are linear light, 1 = white paper under the
 * standard light. Thread rule: plain data. */
#ifndef LAD_SCENE_JUICE_BOTTLE_MODEL_H
#define LAD_SCENE_JUICE_BOTTLE_MODEL_H

#include "scene/frame.h"

/* Indices into the category's kinds. */
enum {
    LAD_JUICE_MISSING_TOP_LABEL,
    LAD_JUICE_MISSING_BOTTOM_LABEL,
    LAD_JUICE_SWAPPED_LABELS,
    LAD_JUICE_MISPLACED_LABEL_TOP,
    LAD_JUICE_MISPLACED_LABEL_BOTTOM,
    LAD_JUICE_WRONG_JUICE_TYPE,
    LAD_JUICE_EMPTY_BOTTLE,
    LAD_JUICE_FILL_TOO_HIGH,
    LAD_JUICE_FILL_TOO_LOW,
    LAD_JUICE_MISPLACED_FRUIT_ICON,
    LAD_JUICE_MISSING_FRUIT_ICON,
    LAD_JUICE_DAMAGED_LABEL,
    LAD_JUICE_ROTATED_LABEL,
    LAD_JUICE_LABEL_TEXT_INCOMPLETE,
    LAD_JUICE_UNKNOWN_FRUIT_ICON,
    LAD_JUICE_INCOMPLETE_FRUIT_ICON,
    LAD_JUICE_JUICE_COLOR,
    LAD_JUICE_CONTAMINATION,
    LAD_JUICE_GLASS_CRACK,
    LAD_JUICE_KIND_COUNT
};

/* The first three are the juices and their icons, in one order; the others are icons that fit no juice. */
typedef enum lad_juice_fruit {
    LAD_JUICE_ORANGE,
    LAD_JUICE_CHERRY,
    LAD_JUICE_BANANA,
    LAD_JUICE_GRAPES,
    LAD_JUICE_PEAR,
    LAD_JUICE_PLUM,
    LAD_JUICE_FRUIT_COUNT
} lad_juice_fruit;

/* A label: a sticker of paper with either the fruit or the text printed on it. */
typedef struct lad_juice_label {
    bool present, has_text; /* has_text: "100% Juice", else the fruit */
    float u, h;             /* centre on the front of the bottle */
    float half_u, half_h;
    float rotation;         /* radians, counter-clockwise; set with lad_juice_label_turn */
    float cosine, sine;     /* of the rotation */
    float sheen, tone;      /* where the bright band of the gold lies; how saturated the ink is */
    float print_u, print_h; /* offset of the print on the paper */
    float border_inset;
    uint64_t paper_seed;

    bool icon_present;
    lad_juice_fruit fruit;
    float icon_u, icon_h, icon_scale, icon_rotation; /* relative to the print */
    float icon_cut, icon_cut_angle;                  /* part of the icon beyond this line is missing; > 2: none */
    uint32_t glyphs_missing;                         /* bit i: character i of the text is not printed */

    bool torn;
    float tear_u, tear_h, tear_angle; /* paper beyond the line through (u, h) with this normal is gone */
} lad_juice_label;

typedef enum lad_juice_speck_shape { LAD_JUICE_CLOT, LAD_JUICE_FIBRE, LAD_JUICE_SMEAR } lad_juice_speck_shape;

/* Something that does not belong there, on the glass or in the juice. */
typedef struct lad_juice_speck {
    lad_juice_speck_shape shape;
    float x, h, radius, angle, bend, opacity;
    lad_vec3 color;
    uint64_t seed;
} lad_juice_speck;

enum { LAD_JUICE_SPECKS_MAX = 6, LAD_JUICE_BUBBLES_MAX = 12, LAD_JUICE_CRACK_MAX = 14 };

typedef struct lad_juice_segment {
    float x0, h0, x1, h1;
} lad_juice_segment;

typedef struct lad_juice_scene {
    /* pose: where the camera sees the bottle */
    float place_x, place_y, scale, tilt; /* pixels of the full render, factor, radians */
    float turn, curve;                   /* turn about the axis (radians); bow of horizontals, from camera height */
    float shoulder, girth;               /* tolerance of the glass: shift of the shoulder, factor of the width */

    /* light */
    lad_vec3 light;                 /* temperature times exposure */
    float key_x, key_y;             /* direction of the key light, x right, y up (z completes it to length 1) */
    float ambient, falloff;         /* unlit share; how much darker the lower end is */
    float strip_left, strip_right;  /* strength of the two strip lights that the glass mirrors */
    float strip_shift, strip_width; /* their place and size, in the mirrored direction */
    float top_box, top_width;       /* the soft box above */
    float wobble;                   /* unevenness of the glass */
    float haze;                     /* veil of light on the black background */
    uint64_t glass_seed, room_seed;

    /* juice */
    lad_juice_fruit juice;
    bool filled;
    lad_vec3 juice_color;
    float fill, meniscus, foam, pulp, sediment, clarity;
    uint64_t juice_seed;
    size_t bubble_count;
    struct {
        float x, h, radius;
    } bubbles[LAD_JUICE_BUBBLES_MAX];

    lad_juice_label labels[2]; /* by content: [0] the fruit label, [1] the text label */

    size_t speck_count;
    lad_juice_speck specks[LAD_JUICE_SPECKS_MAX];
    size_t crack_count;
    lad_juice_segment crack[LAD_JUICE_CRACK_MAX];
    float crack_strength;
} lad_juice_scene;

/* What the driver keeps of one picture: the scene, and the normal one that it was made from. */
typedef struct lad_juice_graph {
    lad_juice_scene scene, normal;
} lad_juice_graph;

/* Draws the normal scene of the frame, and its camera's last properties; the kind is not looked at. */
void lad_juice_scene_sample(lad_frame *frame, lad_juice_scene *scene);

/* Breaks a normal scene in the way of the frame's kind (which must not be NULL). */
void lad_juice_scene_break(const lad_frame *frame, lad_juice_scene *scene);

void lad_juice_label_turn(lad_juice_label *label, float rotation);

/* Adds the scene graph to a JSON object. */
void lad_juice_scene_describe(const lad_juice_scene *scene, lad_json *json);

void lad_juice_paint(const lad_frame *frame, const void *graph, lad_film *film);
lad_status lad_juice_annotate(const lad_frame *frame, const void *graph, lad_masks *masks);

const char *lad_juice_fruit_name(lad_juice_fruit fruit);

#endif
