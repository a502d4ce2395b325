/* The pushpins scene: a transparent box of 5 x 3 compartments with one yellow pushpin in each.
 *
 * World: the box stands on z = 0 around the origin.  Rows and columns are numbered from the top left. */
#ifndef LAD_SCENE_PUSHPINS_H
#define LAD_SCENE_PUSHPINS_H

#include "scene/frame.h"

enum {
    PUSHPINS_COLUMNS = 5,
    PUSHPINS_ROWS = 3,
    PUSHPINS_CELLS = PUSHPINS_COLUMNS * PUSHPINS_ROWS,
    PUSHPINS_MAX_PINS = 2 * PUSHPINS_CELLS, /* anomalies add two, the rest is room for edits */
    PUSHPINS_MAX_MARKS = 8
};

/* Measures of a pin of size 1, along its axis from the flat end of the head (0) to the point, and of the box. */
#define PIN_HEAD 42.0f   /* length of the plastic head */
#define PIN_LENGTH 70.0f /* with the needle */
#define PIN_CAP 2.2f     /* place of the smaller flange */
#define PIN_CAP_RADIUS 10.3f
#define PIN_COLLAR 35.0f /* place of the larger flange */
#define PIN_COLLAR_RADIUS 12.3f
#define PIN_NEEDLE_RADIUS 1.0f
#define BOX_HALF_X 284.0f /* inside the outer wall */
#define BOX_HALF_Y 153.0f
#define BOX_RIM 8.0f /* width of the rim around it */
#define BOX_HEIGHT 34.0f
#define BOX_WALL 2.1f /* half thickness of a separator */
#define CELL_WIDTH (2.0f * BOX_HALF_X / PUSHPINS_COLUMNS)
#define CELL_HEIGHT (2.0f * BOX_HALF_Y / PUSHPINS_ROWS)

typedef struct pushpin {
    int cell;
    lad_vec3 base;       /* centre of the flat end of the head */
    lad_vec3 axis, u, v; /* unit; axis towards the needle, u and v across */
    float size;
    lad_vec3 colour; /* albedo of the head */
    float roughness;
    lad_vec3 paint;             /* anomaly: another albedo for part of the pin */
    float paint_from, paint_to; /* along the axis; none when from >= to */
    float squash, bend;         /* deformed head: flattening along u (1 = round), sideways bend at the flat end */
    float chip;                 /* piece of the head broken off beyond this distance along u */
    float chip_from;            /* and this place along the axis; 0: none is */
    lad_vec3 needle[3];         /* root, middle, point */
    int bent;                   /* whether the needle is */
    float needle_end;           /* share of the needle that is there, 0..1 */
} pushpin;

typedef enum mark_kind { MARK_STAIN, MARK_CRUMB, MARK_FIBRE, MARK_SCRATCH, MARK_CRACK } mark_kind;

/* Something on the floor of the box (z = 0) or on its lid side (z = BOX_HEIGHT) that should not be there. */
typedef struct box_mark {
    mark_kind kind;
    lad_vec2 at;
    float z, angle, size, strength;
    float width; /* half that of a line */
    lad_vec3 colour;
    uint64_t seed;
} box_mark;

typedef struct pushpins_graph {
    pushpin pins[PUSHPINS_MAX_PINS];
    int pin_count;
    /* Separators: between columns c and c + 1 in row r; between rows r and r + 1 in column c. */
    unsigned char upright[PUSHPINS_ROWS][PUSHPINS_COLUMNS - 1];
    unsigned char level[PUSHPINS_ROWS - 1][PUSHPINS_COLUMNS];
    int extra_cell;                 /* a separator that parts this compartment in two; -1: none */
    float extra_at;                 /* its x */
    float rim_gap_from, rim_gap_to; /* x range where the rim at the bottom is broken off; none when from >= to */
    int hinge_gap;                  /* whether the hinge is broken off along with it */
    box_mark marks[PUSHPINS_MAX_MARKS];
    int mark_count;
    /* nuisance of the box */
    lad_vec3 plastic;  /* colour of what its edges scatter */
    float haze;        /* how milky the walls are */
    float floor_level; /* radiance of the floor */
    float pin_size;    /* pins of one picture are of one batch: their sizes go together */
    uint64_t noise_seed;
    /* what the anomaly touched, for ground truth */
    int touched[2];                                   /* compartments; -1: none */
    int touched_row, touched_column, touched_upright; /* separator */
} pushpins_graph;

/* Centre of a compartment on the floor. */
lad_vec2 pushpins_cell_centre(int cell);

/* A free pose for a pin of its size within a compartment; keeps `clear` units from the first `others` pins of the
 * same compartment where it can. */
void pushpins_pose(pushpins_graph *graph, pushpin *pin, int cell, float clear, lad_rng *rng);
/* Shifts a pin so that its middle comes to (x, y), or as near as the walls of the compartment there let it. */
void pushpins_shift(pushpin *pin, float x, float y);
/* Half way along a pin. */
lad_vec3 pushpins_pin_middle(const pushpin *pin);
/* Points of the needle of a straight pin. */
void pushpins_straighten(pushpin *pin);

/* Adds a mask of a compartment, or of all the pins in it. */
lad_status pushpins_mark_cell(const lad_frame *frame, const pushpins_graph *graph, int cell, uint8_t value,
                              bool pins_only, lad_masks *masks);

extern const lad_scene_editor pushpins_editor;

/* Applies the frame's anomaly (frame->kind is not NULL) to a normal graph. */
void pushpins_break(const lad_frame *frame, pushpins_graph *graph);

/* One pin as it is seen by a ray that starts at `from`: covered share (0..1) and, if any, radiance and place. */
typedef struct pin_hit {
    float cover;
    lad_vec3 colour, place;
} pin_hit;
pin_hit pushpins_trace_head(const lad_frame *frame, const pushpin *pin, lad_vec3 from, lad_vec3 ray, float unit_px);

/* Draws the part of a pin that row y sees. */
void pushpins_paint_pin(const lad_frame *frame, const pushpin *pin, lad_film *film, size_t y);
/* The rows that it can be seen in. */
void pushpins_pin_rows(const lad_frame *frame, const pushpin *pin, float *low, float *high);
/* Whether a pixel shows (mostly) the pin. */
int pushpins_pin_covers(const lad_frame *frame, const pushpin *pin, float px, float py);

void pushpins_paint_floor(const lad_frame *frame, const pushpins_graph *graph, lad_film *film, size_t y);
void pushpins_paint_walls(const lad_frame *frame, const pushpins_graph *graph, lad_film *film, size_t y);
/* The marks on the floor (above = 0), which pins lie on, or those above pins and walls. */
void pushpins_paint_marks(const lad_frame *frame, const pushpins_graph *graph, lad_film *film, size_t y, int above);
/* How far from its middle a mark can be seen, units. */
float pushpins_mark_reach(const box_mark *mark);

/* Rows of which a box and its twin without the anomaly may show different things. */
lad_rows pushpins_differ(const lad_frame *frame, const void *graph, const void *twin);

#endif
