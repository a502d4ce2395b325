/* The breakfast box scene: a white moulded box with fruit in its left compartment, and cereals above banana chips and
 * almonds in its right one.
 *
 * World: the box stands on z = 0 around the origin; compartment 0 is the left one, 1 the right one.  Everything is
 * seen from above, so the picture is a height field: bodies are drawn into film->z first, and light finds its way
 * over those heights.  Fruit stands out of the box: film->z holds its height plus FRUIT_ABOVE, so that light passes it
 * by there, and takes its shadow from its ball instead. */
#ifndef LAD_SCENE_BREAKFAST_BOX_H
#define LAD_SCENE_BREAKFAST_BOX_H

#include "scene/frame.h"

#define FRUIT_ABOVE 1000.0f

enum { BREAKFAST_MAX_FRUITS = 6, BREAKFAST_MAX_PIECES = 2200, BREAKFAST_MAX_MARKS = 8 };

/* Indices into the category's kinds. */
typedef enum breakfast_kind {
    BREAKFAST_MISSING_ALMONDS,
    BREAKFAST_MISSING_BANANAS,
    BREAKFAST_MISSING_TOPPINGS,
    BREAKFAST_MISSING_CEREALS,
    BREAKFAST_2_NECTARINES_1_TANGERINE,
    BREAKFAST_1_NECTARINE_1_TANGERINE,
    BREAKFAST_0_NECTARINES_2_TANGERINES,
    BREAKFAST_0_NECTARINES_3_TANGERINES,
    BREAKFAST_3_NECTARINES_0_TANGERINES,
    BREAKFAST_0_NECTARINES_1_TANGERINE,
    BREAKFAST_0_NECTARINES_4_TANGERINES,
    BREAKFAST_COMPARTMENTS_SWAPPED,
    BREAKFAST_LAYERS_SWAPPED,
    BREAKFAST_TOPPINGS_APART,
    BREAKFAST_OVERFLOW,
    BREAKFAST_UNDERFLOW,
    BREAKFAST_WRONG_RATIO,
    BREAKFAST_MIXED_CEREALS,
    BREAKFAST_FRUIT_DAMAGED,
    BREAKFAST_FRUIT_MOULDY,
    BREAKFAST_BOX_DAMAGED,
    BREAKFAST_TOPPINGS_CRUSHED,
    BREAKFAST_CONTAMINATION,
    BREAKFAST_STAIN,
    BREAKFAST_KINDS
} breakfast_kind;

/* Measures of the box, world units. */
#define TRAY_HALF_X 289.0f /* outer edge */
#define TRAY_HALF_Y 233.0f
#define TRAY_CORNER 84.0f
#define TRAY_RIM 62.0f  /* height of the rim */
#define TRAY_EDGE 46.0f /* height of its outer edge, which is rolled down */
#define TRAY_FLOOR 9.0f /* height of the floor of the compartments */
#define TRAY_WALL 31.0f /* how far the slanting walls reach in */

/* A body seen by the camera: the world point of pixel px + (dx, dy) at depth t is at + right dx + down dy + toward t.
 * Perspective is that of its centre. */
typedef struct breakfast_view {
    lad_vec2 px;
    float scale; /* pixels per unit */
    float reach; /* pixels around px that may see it */
    float top;   /* world height that nothing of it exceeds */
    lad_vec3 right, down, toward;
    /* The same directions where the body is the unit ball, ex and ey across the unit one to the camera; the world
     * height of a place p on that ball is at.z + rise . p */
    lad_vec3 ex, ey, unit, rise;
} breakfast_view;

typedef enum piece_shape { PIECE_FLAKE, PIECE_CHIP, PIECE_ALMOND, PIECE_CRUMB } piece_shape;

/* A flake of oats, a banana chip, an almond, or a crumb: half axes a (along u), b (along v), c (along w). */
typedef struct breakfast_piece {
    piece_shape shape;
    lad_vec3 at, u, v, w;
    float a, b, c;
    float cup, wave;         /* chip: how its rim curls up, and how it waves; flake: how it is creased, and curled */
    float tone;              /* 0..1, where the colour lies in the range of its kind */
    float dark;              /* 0..1: roasted */
    float three, five, turn; /* chip, -1/2..1/2: lobes of its outline, where its seeds lie */
    lad_vec3 colour;         /* crumb: albedo */
    uint32_t seed;
    breakfast_view view;
} breakfast_piece;

typedef enum fruit_species { FRUIT_TANGERINE, FRUIT_NECTARINE } fruit_species;
typedef enum fruit_harm { FRUIT_SOUND, FRUIT_BRUISED, FRUIT_CUT, FRUIT_PEELED, FRUIT_MOULDY } fruit_harm;

typedef struct breakfast_fruit {
    fruit_species species;
    lad_vec3 at, u, v, w;     /* w: towards the stem */
    float radius, flat, oval; /* half axes radius, radius * oval, radius * flat along u, v, w */
    float hue, blush;         /* -1..1; nectarine: share of red */
    lad_vec3 blush_at;        /* unit, own axes: the side that the sun saw */
    uint64_t seed;
    fruit_harm harm;
    lad_vec3 harm_at; /* unit, world: the middle of the damage */
    float harm_size, harm_turn, harm_strength;
    breakfast_view view;
} breakfast_fruit;

/* What lies in the compartment of cereals. */
typedef struct breakfast_mix {
    int side;
    bool cereals_above, cereals, chips, almonds;
    int apart;             /* 0: chips and almonds are mixed; else almonds are on the right (1) or left (-1) only */
    float boundary, slope; /* the layers meet at y = boundary + slope x, unevenly */
    float level;           /* height of the cereals in the middle */
    float inset;           /* how far the contents stay away from the compartment's edge */
    uint64_t seed;
} breakfast_mix;

typedef enum breakfast_mark_kind { MARK_CRACK, MARK_DENT, MARK_CHIPPED, MARK_STAIN, MARK_HAIR } breakfast_mark_kind;

/* A structural anomaly of the box itself. */
typedef struct breakfast_mark {
    breakfast_mark_kind kind;
    lad_vec2 at;
    float angle, size, strength;
    lad_vec3 colour;
    uint64_t seed;
} breakfast_mark;

typedef struct breakfast_graph {
    breakfast_fruit fruits[BREAKFAST_MAX_FRUITS];
    int fruit_count;
    int fruit_side;
    int built_fruits[2];           /* by species, those in the left compartment before edits by hand */
    breakfast_mix mix, normal_mix; /* as shown, and as it should be */
    breakfast_piece pieces[BREAKFAST_MAX_PIECES];
    int piece_count;
    breakfast_mark marks[BREAKFAST_MAX_MARKS];
    int mark_count;
    lad_vec3 white; /* albedo of the box */
    float ground;   /* radiance of the black table */
    uint64_t tray_seed;
    int spilled; /* pieces at the end of the list that lie outside their layer */
} breakfast_graph;

/* Where a pixel sees a body: covered share, world height, and its place in the body's own terms. */
typedef struct breakfast_hit {
    float cover, z;
    lad_vec3 local;
    float rim; /* chip: relative place of the outline */
} breakfast_hit;

/* The same of neighbouring pixels of a row, (x, y, w) the local place; where cover is 0 the rest means nothing. */
enum { BREAKFAST_STRETCH = 64 };
typedef struct breakfast_hits {
    float cover[BREAKFAST_STRETCH], z[BREAKFAST_STRETCH], x[BREAKFAST_STRETCH], y[BREAKFAST_STRETCH];
    float w[BREAKFAST_STRETCH], rim[BREAKFAST_STRETCH];
} breakfast_hits;

/* Places below pixels of one row, and the light that they get: as in lad_shade. */
enum { BREAKFAST_PLACES = LAD_SURFACES };
typedef struct breakfast_places {
    int count;
    int fruit[BREAKFAST_PLACES]; /* that the place is on, which does not shadow itself; -1: none */
    int x[BREAKFAST_PLACES];
    float px[BREAKFAST_PLACES], py[BREAKFAST_PLACES], pz[BREAKFAST_PLACES]; /* world */
    float lit[BREAKFAST_PLACES], open[BREAKFAST_PLACES];
} breakfast_places;

/* Where light looks for what stands in its way, relative to a pixel: along the key light's ray, in rings around. */
enum { BREAKFAST_RISES = 7, BREAKFAST_DIRECTIONS = 6, BREAKFAST_RINGS = 3 };
typedef struct breakfast_offset {
    int x, y; /* pixels */
} breakfast_offset;
typedef struct breakfast_surroundings {
    breakfast_offset ray[BREAKFAST_RISES], ring[BREAKFAST_DIRECTIONS][BREAKFAST_RINGS];
    float spread[BREAKFAST_RISES]; /* width of the key light's cone there */
    int reach;                     /* pixels, beyond all of these offsets */
} breakfast_surroundings;

/* tray: the box, and the bed of crumbs under the cereals */
/* Signed distance to the edge of a compartment at the height of the rim; negative inside. */
float breakfast_side_distance(int side, float x, float y);
/* Signed distance to the outer edge of the box. */
float breakfast_outer_distance(const breakfast_graph *graph, float x, float y);
/* Whether a place is surely farther inside than the rim's profile reaches. */
static inline bool breakfast_inside(float x, float y)
{
    return fabsf(x) < TRAY_HALF_X - 54.0f && fabsf(y) < TRAY_HALF_Y - 53.0f;
}
float breakfast_tray_height(const breakfast_graph *graph, float x, float y);
/* Radiance at the first `count` places, which are on the box. */
void breakfast_tray_shade(const lad_frame *frame, const breakfast_graph *graph, const breakfast_places *places,
                          int count, lad_vec3 *colours);

/* mix: the contents of the right compartment */
/* Height on which pieces lie; side: breakfast_side_distance there. */
float breakfast_mix_height(const breakfast_mix *mix, float x, float y, float side);
/* Of at most BREAKFAST_PLACES places. */
void breakfast_mix_heights(const breakfast_mix *mix, const float *x, const float *y, const float *side, int count,
                           float *heights);
/* Signed distance to the border between the layers, negative in the cereals. */
float breakfast_border_distance(const breakfast_mix *mix, float x, float y);
void breakfast_mix_sample(const lad_frame *frame, breakfast_mix *mix);
void breakfast_mix_fill(const lad_frame *frame, breakfast_graph *graph);

/* fruit */
/* Two tangerines and a nectarine, settled in their compartment. */
void breakfast_fruit_sample(const lad_frame *frame, breakfast_graph *graph);
/* Looks of fruit `item`; its place stays as it is. */
void breakfast_fruit_look(const lad_frame *frame, breakfast_fruit *fruit, fruit_species species, uint32_t item);
/* Random places in the compartment, then pushed apart. */
void breakfast_fruit_settle(const lad_frame *frame, breakfast_graph *graph);
/* Pushes a fruit off the walls of a compartment. */
void breakfast_fruit_hold(breakfast_fruit *fruit, int side);
/* Half its height as it lies. */
static inline float breakfast_fruit_half(const breakfast_fruit *fruit)
{
    return fruit->radius * lad_mixf(1.0f, fruit->flat, fruit->w.z * fruit->w.z);
}
int breakfast_fruit_count(const breakfast_graph *graph, int side, fruit_species species);
breakfast_hit breakfast_fruit_hit(const breakfast_fruit *fruit, float dx, float dy);
/* Of `count` pixels from x on, in the row that lies dy below the fruit's middle. */
void breakfast_fruit_hits(const breakfast_fruit *fruit, size_t x, float dy, int count, breakfast_hits *hits);
/* skin: radiance where pixels see a fruit, at most BREAKFAST_PLACES; lit and open as in lad_shade */
void breakfast_fruit_shade(const lad_frame *frame, const breakfast_fruit *fruit, const breakfast_hit *hits, int count,
                           const float *lit, const float *open, lad_vec3 *colours);
/* Sets fruit->view. */
void breakfast_fruit_look_at(const lad_frame *frame, breakfast_fruit *fruit);
/* The mean colour that a fruit throws on what is near it. */
lad_vec3 breakfast_fruit_glow(const breakfast_fruit *fruit);

/* pieces */
void breakfast_piece_hits(const breakfast_piece *piece, size_t x, float dy, int count, breakfast_hits *hits);
/* Radiance where pixels see pieces, at most BREAKFAST_PLACES: lit and open as in lad_shade. */
void breakfast_pieces_shade(const lad_frame *frame, const breakfast_piece *const *pieces, const breakfast_hit *hits,
                            int count, const float *lit, const float *open, lad_vec3 *colours);
/* Sets piece->view. */
void breakfast_piece_look_at(const lad_frame *frame, breakfast_piece *piece);

/* The view of a body around `at` that a ball of the given radius holds, but for the unit ball's directions. */
breakfast_view breakfast_view_of(const lad_frame *frame, lad_vec3 at, float radius);

/* Axes with w tilted by `tilt` towards the direction `towards`, turned by `turn` about w (radians). */
void breakfast_orient(float towards, float tilt, float turn, lad_vec3 *u, lad_vec3 *v, lad_vec3 *w);

/* marks: how they change the box's height, its colour, and what lies over everything */
/* How far from its middle a mark changes any of that, along x and along y; but for a bite out of the edge. */
static inline float breakfast_mark_reach(const breakfast_mark *mark)
{
    return mark->size * 1.7f + 3.0f;
}
float breakfast_mark_relief(const breakfast_graph *graph, float x, float y);
lad_vec3 breakfast_mark_tint(const breakfast_graph *graph, float x, float y);
void breakfast_mark_over(const lad_frame *frame, const breakfast_graph *graph, lad_film *film, size_t y);

/* light */
/* px: pixels per unit. */
breakfast_surroundings breakfast_look_around(const lad_frame *frame, float px);
/* Sets lit and open of places in row y, by the heights of the film. */
void breakfast_expose(const breakfast_surroundings *around, const lad_frame *frame, const breakfast_graph *graph,
                      const lad_film *film, size_t y, breakfast_places *places);

/* Pixels per unit at the height of the box. */
static inline float breakfast_px(const lad_frame *frame)
{
    return lad_camera_scale(&frame->camera, lad_v3(0.0f, 0.0f, TRAY_RIM));
}
void breakfast_paint(const lad_frame *frame, const void *graph, lad_film *film);
lad_rows breakfast_differ(const lad_frame *frame, const void *graph, const void *twin);
/* The frame's anomaly (frame->kind is not NULL): of what goes into the box, before its pieces are laid, ... */
void breakfast_break_plan(const lad_frame *frame, breakfast_graph *graph);
/* ... and of what lies in it. */
void breakfast_break(const lad_frame *frame, breakfast_graph *graph);
lad_status breakfast_annotate(const lad_frame *frame, const void *graph, lad_masks *masks);
/* Whether a pixel sees a fruit, of this species unless it is -1, in this compartment unless it is -1. */
bool breakfast_sees_fruit(const breakfast_graph *graph, float px, float py, int species, int side);
/* Signed distance, units of the scene, of what a pixel sees to where fruit of a compartment can be seen. */
float breakfast_compartment_seen(const lad_frame *frame, int side, float px, float py);

/* edit */
extern const lad_scene_editor breakfast_editor;

#endif
