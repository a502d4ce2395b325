/* The screw bag scene: a crumpled transparent zip bag on black that holds two washers, two nuts, a long and a short
 * screw.
 *
 * World: the bag's own axes, its middle at the origin; the pose of the bag in the picture is the camera's.  The bag
 * lies on z = 0.  Bodies are distance fields; the film is a height field on a grid, and a mirror of the studio. */
#ifndef LAD_SCENE_SCREW_BAG_H
#define LAD_SCENE_SCREW_BAG_H

#include "scene/frame.h"

/* Indices into the category's kinds. */
typedef enum screw_bag_kind {
    SCREW_BAG_MISSING_NUT,
    SCREW_BAG_MISSING_WASHER,
    SCREW_BAG_MISSING_LONG,
    SCREW_BAG_MISSING_SHORT,
    SCREW_BAG_MORE_NUT,
    SCREW_BAG_MORE_WASHER,
    SCREW_BAG_MORE_LONG,
    SCREW_BAG_MORE_SHORT,
    SCREW_BAG_TWO_LONG,
    SCREW_BAG_TWO_SHORT,
    SCREW_BAG_TOO_LONG,
    SCREW_BAG_TOO_SHORT,
    SCREW_BAG_NUT_FOR_WASHER,
    SCREW_BAG_WASHER_FOR_NUT,
    SCREW_BAG_BENT,
    SCREW_BAG_HEAD_BROKEN,
    SCREW_BAG_THREAD_DAMAGED,
    SCREW_BAG_WASHER_WARPED,
    SCREW_BAG_CRACKED,
    SCREW_BAG_RUST,
    SCREW_BAG_COLOR,
    SCREW_BAG_CONTAMINATION,
    SCREW_BAG_TORN,
    SCREW_BAG_OPEN,
    SCREW_BAG_PRINT,
    SCREW_BAG_KINDS
} screw_bag_kind;

enum {
    SCREW_BAG_BODIES = 6,      /* of a normal bag */
    SCREW_BAG_MAX_BODIES = 14, /* with those doubled by hand */
    SCREW_BAG_MAX_FOLDS = 26,
    SCREW_BAG_MAX_MARKS = 8,
    SCREW_BAG_PANELS = 4,
    FILM_COLUMNS = 293, /* nodes of the film's grid */
    FILM_ROWS = 201,
    EDGE_NODES = 152
};

/* Measures, world units.  Bodies are of size 1. */
#define BAG_HALF_X 266.0f
#define BAG_HALF_Y 175.0f
#define ZIP_X 188.0f   /* middle of the zip */
#define PRINT_X 229.0f /* middle of the printed strip */
#define PRINT_PERIOD 66.0f
#define FILM_STEP 2.0f /* between nodes of the grid */
#define EDGE_STEP 4.0f

#define HEAD_RADIUS 18.5f
#define HEAD_LENGTH 25.0f
#define SHAFT_RADIUS 9.6f
#define LONG_LENGTH 164.0f /* of a screw, with its head */
#define SHORT_LENGTH 113.0f
#define THREAD_PITCH 4.1f
#define NUT_FLAT 20.0f /* from the axis to a flat side */
#define NUT_CORNER 22.8f
#define NUT_HALF 8.0f /* half its height */
#define NUT_HOLE 11.0f
#define WASHER_RADIUS 22.5f
#define WASHER_HOLE 14.0f
#define WASHER_HALF 2.2f

typedef enum screw_part { PART_SCREW, PART_NUT, PART_WASHER, PART_DEBRIS } screw_part;

typedef enum screw_harm {
    HARM_NONE,
    HARM_BENT,      /* screw, from harm_at along its axis on */
    HARM_CHIPPED,   /* a piece of the head is off */
    HARM_THREAD,    /* thread worn down around harm_at */
    HARM_WARPED,    /* washer bent out of its plane */
    HARM_OVAL,      /* washer squashed */
    HARM_SPLIT,     /* nut or washer cut through */
    HARM_BROKEN_OFF /* a piece of a nut or washer is gone */
} screw_harm;

/* A nut, washer or piece of debris around `at`, axis w; or a screw from the end of its head at `at` along w. */
typedef struct screw_body {
    screw_part part;
    bool is_long; /* a screw made to be the long one */
    bool fixed;   /* an anomaly gave it a length between or beyond the two */
    lad_vec3 at, u, v, w;
    float size;
    float length; /* screw, of size 1 */
    float turn;   /* of the thread, 0..1 */
    lad_vec3 metal;
    float roughness;
    lad_vec3 half; /* debris: half axes */
    uint64_t seed;
    screw_harm harm;
    float harm_at, harm_size, harm_turn, harm_strength;
    /* a stain of rust or paint on it, grown from a place (own axes) */
    bool stained, rusty;
    lad_vec3 stain_at, stain_colour;
    float stain_size;
    /* where it is seen: a capsule in the picture, and a world height above it */
    lad_vec2 from_px, to_px;
    float reach_px, shaft_px, scale, top; /* the capsule is slimmer along a shaft */
} screw_body;

/* A softbox of the studio: a rectangle of mirrored directions.  Directions d are given by (d.x, d.y) / (1 + d.z): the
 * slope that a level mirror needs to show them. */
typedef struct screw_panel {
    lad_vec2 at, half;
    float cosine, sine, soft;
    lad_vec3 radiance;
} screw_panel;

typedef struct screw_studio {
    screw_panel panels[SCREW_BAG_PANELS];
    lad_vec3 ceiling; /* radiance from everywhere else */
} screw_studio;

/* A fold of the film. */
typedef struct screw_fold {
    lad_vec2 from, to;
    float height, width;
} screw_fold;

typedef enum screw_mark_kind { MARK_TEAR, MARK_FIBRE, MARK_SCRATCH } screw_mark_kind;

/* A tear in the film, a fibre under it, or a scratch on the print. */
typedef struct screw_mark {
    screw_mark_kind kind;
    lad_vec2 at;
    float angle, size, width;
    lad_vec3 colour;
    uint64_t seed;
} screw_mark;

/* Slopes of the upper and the lower film, and the share of light that the bodies let through to the lower one. */
typedef struct film_node {
    float upper_x, upper_y, lower_x, lower_y, open;
} film_node;

/* Where neighbouring pixels of a row see a layer of the film; loops over all of them become vectors. */
enum { SCREW_BAG_PLACES = 64 };
typedef struct screw_places {
    float ray_x[SCREW_BAG_PLACES], ray_y[SCREW_BAG_PLACES], ray_z[SCREW_BAG_PLACES]; /* unit, from the eye */
    float x[SCREW_BAG_PLACES], y[SCREW_BAG_PLACES];                                  /* world */
    float inside[SCREW_BAG_PLACES], cover[SCREW_BAG_PLACES]; /* distance to the edge, share of the pixel */
    float slope_x[SCREW_BAG_PLACES], slope_y[SCREW_BAG_PLACES], open[SCREW_BAG_PLACES]; /* as in film_node */
    float mirror[3][SCREW_BAG_PLACES];                                                  /* radiance */
} screw_places;

typedef enum bag_edge { EDGE_LEFT, EDGE_RIGHT, EDGE_TOP, EDGE_BOTTOM, EDGE_INNER, EDGES } bag_edge;

typedef struct screw_bag_graph {
    screw_body bodies[SCREW_BAG_MAX_BODIES]; /* the lowest first */
    int body_count;
    /* what the film lies on: those of the normal bag that are there, in the order of the first bodies */
    screw_body under[SCREW_BAG_BODIES];
    int under_count;
    screw_body replaced[2]; /* what an anomaly took away or replaced, for ground truth */
    int replaced_by[2];     /* the body that is there now, -1: none */
    int replaced_count;
    screw_part touched; /* kind of the bodies that ground truth marks; of screws only ... */
    bool touched_long;  /* ... those of this length, or ... */
    bool touched_fixed; /* ... the one whose length is wrong */
    screw_studio studio;
    screw_fold folds[SCREW_BAG_MAX_FOLDS];
    int fold_count;
    screw_mark marks[SCREW_BAG_MAX_MARKS];
    int mark_count;
    float edges[EDGES][EDGE_NODES]; /* x of the upright edges by y, y of the level ones by x; the upper layer's right */
    float crumple, haze, ink, print_shift, print_turn;
    float ground;
    float zip_gap, zip_gap_at, zip_gap_half; /* opened zip: how far, where along y, over which half length */
    uint64_t film_seed;
    film_node film[FILM_ROWS][FILM_COLUMNS];
    float height[2][FILM_ROWS][FILM_COLUMNS]; /* while slopes are made */
} screw_bag_graph;

/* pose */
/* Sets looks and size of a body of a normal bag, by its number in it. */
void screw_bag_look(const lad_frame *frame, screw_body *body, screw_part part, bool is_long, uint32_t item);
/* Drops a body somewhere in the bag, upon those below it; `below` of them are taken into account. */
void screw_bag_drop(const screw_bag_graph *graph, int below, screw_body *body, lad_vec2 middle, float spread,
                    float apart, lad_rng *rng);
/* Half way from the head's end of a screw to its point; the centre of anything else. */
lad_vec3 screw_bag_middle(const screw_body *body);
/* How far to shift a body so that its middle is above (x, y), or as near to that as the bag allows, and it lies there
 * on what is under it, turned as it was.  body: one of the graph's, or a copy to come. */
lad_vec3 screw_bag_way(const screw_bag_graph *graph, const screw_body *body, float x, float y);
/* Two washers, two nuts, a long and a short screw. */
void screw_bag_fill(const lad_frame *frame, screw_bag_graph *graph);

/* part */
/* Signed distance to a body in its own axes, for its size of 1; never more than the real one. */
float screw_bag_distance(const screw_body *body, lad_vec3 p);
/* Distance from a place of the ground to a body's outline seen from above; negative inside. */
float screw_bag_outline(const screw_body *body, float x, float y);
/* Whether that is surely larger than `distance`: cheap, and false in doubt. */
bool screw_bag_farther(const screw_body *body, float x, float y, float distance);
/* Sets where the body is seen. */
void screw_bag_look_at(const lad_frame *frame, screw_body *body);
/* How near a place has to be to a body's `at` for the body to keep light from it or to be mirrored there. */
static inline float screw_bag_influence(const screw_body *body)
{
    return (body->part == PART_SCREW ? body->length : WASHER_RADIUS) * body->size + 20.0f;
}
/* Which body a ray through a place of the picture meets: its index, or -1. */
int screw_bag_pick(const lad_frame *frame, const screw_bag_graph *graph, float px, float py);
/* Whether a ray through a place of the picture meets a body. */
bool screw_bag_covers(const lad_frame *frame, const screw_body *body, float px, float py);
void screw_bag_paint_bodies(const lad_frame *frame, const screw_bag_graph *graph, lad_film *film, size_t y);

/* studio */
void screw_bag_studio_sample(const lad_frame *frame, screw_studio *studio);
/* Radiance that a mirror sees in a unit direction; roughness blurs it. */
lad_vec3 screw_bag_studio_at(const screw_studio *studio, lad_vec3 direction, float roughness);
/* Sets what a film of two surfaces adds at these places: a mirror image of the studio. */
void screw_bag_mirror(const screw_studio *studio, screw_places *at);

/* film */
void screw_bag_film_sample(const lad_frame *frame, screw_bag_graph *graph);
/* Makes the grid: after the anomaly, for the film lies on what is in the bag. */
void screw_bag_film_lay(const lad_frame *frame, screw_bag_graph *graph);
/* Distance to the bag's edge, positive inside, 20 or more where it is at least that; layer 0: the lower film, 1: the
 * upper one. */
float screw_bag_inside(const screw_bag_graph *graph, int layer, float x, float y);
void screw_bag_paint_lower(const lad_frame *frame, const screw_bag_graph *graph, lad_film *film, size_t y);
void screw_bag_paint_upper(const lad_frame *frame, const screw_bag_graph *graph, lad_film *film, size_t y);

/* strip: the zip and the print */
/* Slope across of the zip's ridges, and how milky the thick plastic is there. */
float screw_bag_zip_slope(const screw_bag_graph *graph, float x, float y, float *milky);
/* Share of a pixel that is printed; units_px: pixels per unit. */
float screw_bag_print(const screw_bag_graph *graph, float x, float y, float units_px);

/* Rows where a bag and its twin without the anomaly may look different. */
lad_rows screw_bag_differ(const lad_frame *frame, const void *graph, const void *twin);

/* marks */
/* How far from its middle a tear or scratch may change anything, along x plus along y. */
static inline float screw_bag_mark_reach(const screw_mark *mark)
{
    return 2.0f * mark->size + (mark->kind == MARK_TEAR ? 16.0f : 8.0f);
}
/* Signed distance to the nearest tear; negative where the film is gone. */
float screw_bag_tear(const screw_bag_graph *graph, float x, float y);
/* Share of the print that scratches leave. */
float screw_bag_scratched(const screw_bag_graph *graph, float x, float y);
void screw_bag_paint_fibres(const lad_frame *frame, const screw_bag_graph *graph, lad_film *film, size_t y);

/* edit */
extern const lad_scene_editor screw_bag_editor;

/* Masks anywhere in the pocket: a missing body could lie there. */
void screw_bag_mark_pocket(const lad_frame *frame, const screw_bag_graph *graph, uint8_t value, lad_masks *masks,
                           uint8_t *plane);
/* Applies the frame's anomaly (frame->kind is not NULL) to a normal graph whose film is not laid yet. */
void screw_bag_break(const lad_frame *frame, screw_bag_graph *graph);
lad_status screw_bag_annotate(const lad_frame *frame, const void *graph, lad_masks *masks);

#endif
