/* The splicing connectors scene: on a mesh of expanded metal, two lever connectors joined by a cable.
 *
 * World: the mesh is the plane z = 0.  A connector has coordinates of its own: x runs along the cable from the rear
 * (0) to the mouths (SPLICE_LENGTH), y down the picture from its middle; the right one is the left one's mirror
 * image, so that clamps are numbered from the top on both. */
#ifndef LAD_SCENE_SPLICING_CONNECTORS_H
#define LAD_SCENE_SPLICING_CONNECTORS_H

#include "scene/frame.h"

enum { SPLICE_CLAMPS = 5, SPLICE_SEGMENTS = 44, SPLICE_CABLES = 2, SPLICE_MARKS = 6, SPLICE_BARE = 2 };

/* Measures of a connector of size 1. */
#define SPLICE_LENGTH 105.0f
#define SPLICE_HALF_LENGTH 52.5f
#define SPLICE_PITCH 31.0f    /* from clamp to clamp */
#define SPLICE_MARGIN 5.0f    /* of the housing beyond the outer clamps */
#define SPLICE_MOUTH 98.0f    /* where the housing ends and the cable enters */
#define SPLICE_WINDOW 33.0f   /* where the windows begin */
#define SPLICE_TOP 46.0f      /* height above everything but an open lever */
#define SPLICE_MOUTH_Z 16.0f  /* height of a cable's axis at the mouth */
#define SPLICE_LEVER_UP 84.0f /* height of an open lever */

typedef enum splice_colour { SPLICE_YELLOW, SPLICE_BLUE, SPLICE_RED, SPLICE_COLOURS } splice_colour;

typedef enum splice_lever_state { LEVER_SOUND, LEVER_OPEN, LEVER_MISSING, LEVER_BROKEN } splice_lever_state;

typedef struct splice_lever {
    splice_lever_state state;
    float broken_at; /* x where a broken one ends */
} splice_lever;

typedef struct splice_connector {
    int present;
    int clamps;
    float side;      /* 1: mouths to the right, -1: to the left */
    lad_vec2 at;     /* centre, world */
    lad_vec2 ex, ey; /* unit axes in the picture; local x = side * ex */
    float angle;
    int upside_down;
    splice_lever levers[SPLICE_CLAMPS];
    lad_vec3 orange;
    float milk; /* how cloudy the clear plastic is */
    uint64_t seed;
} splice_connector;

/* A stretch of a cable, by share of its length. */
typedef struct splice_stretch {
    float from, to;
    float depth; /* bare: 1 = the insulation is gone all around, less = a cut from the visible side */
} splice_stretch;

typedef struct splice_cable {
    splice_colour colour;
    lad_vec3 albedo;
    int clamp[2]; /* where its ends are plugged in, by connector; -1: nowhere */
    float radius;
    float bend[2], reach; /* sideways bow and S, and how far it keeps the direction of its ends */
    float low;            /* height of its axis in the middle */
    lad_vec3 points[SPLICE_SEGMENTS + 1];
    float length;
    splice_stretch bare[SPLICE_BARE];
    int bare_count;
    splice_stretch gap;   /* nothing there */
    splice_stretch burnt; /* discoloured */
    lad_vec3 burnt_albedo;
    int kinked;
    int printed; /* whether the print on it is to be seen */
    float print_at, print_turn;
} splice_cable;

typedef enum splice_mark_kind { SPLICE_CRUMB, SPLICE_FIBRE, SPLICE_CRACK } splice_mark_kind;

/* Something on the mesh or on a connector that should not be there. */
typedef struct splice_mark {
    splice_mark_kind kind;
    lad_vec3 at;
    float angle, size, width, strength;
    lad_vec3 colour;
    uint64_t seed;
} splice_mark;

typedef struct splice_graph {
    splice_connector connectors[2]; /* left, right */
    splice_cable cables[SPLICE_CABLES];
    int cable_count;
    splice_mark marks[SPLICE_MARKS];
    int mark_count;
    /* mesh */
    lad_vec2 mesh_phase;
    float mesh_cos, mesh_sin, mesh_pitch, mesh_gloss;
    uint64_t mesh_seed;
    struct {
        lad_vec2 at;
        float radius, depth;
        float torn; /* radius of the hole */
    } dent;
    struct {
        lad_vec2 at;
        float radius, strength;
        lad_vec3 colour;
        uint64_t seed;
    } stain;
    /* what the anomaly touched, for ground truth */
    int touched;               /* connector; -1: none */
    splice_connector replaced; /* what stood there before, where the connector is another one; else not present */
    splice_cable before;       /* the cable as it should lie, where it lies otherwise; its length is 0 if not */
} splice_graph;

typedef enum splice_kind {
    SPLICE_MISSING_CABLE,
    SPLICE_EXTRA_CABLE,
    SPLICE_WRONG_COLOUR,
    SPLICE_WRONG_LOCATION,
    SPLICE_WRONG_TYPE,
    SPLICE_MISSING_CONNECTOR,
    SPLICE_MISSING_BOTH,
    SPLICE_FLIPPED,
    SPLICE_NOT_PLUGGED,
    SPLICE_TOO_LONG,
    SPLICE_OPEN_LEVER,
    SPLICE_BROKEN_LEVER,
    SPLICE_MISSING_LEVER,
    SPLICE_INSULATION,
    SPLICE_BARE_COPPER,
    SPLICE_CUT,
    SPLICE_KINKED,
    SPLICE_BURNT,
    SPLICE_CRACKED,
    SPLICE_CONTAMINATION,
    SPLICE_STAIN,
    SPLICE_DENTED_MESH,
    SPLICE_KINDS
} splice_kind;

static inline float splice_half_height(const splice_connector *c)
{
    return 0.5f * SPLICE_PITCH * (float)c->clamps + SPLICE_MARGIN;
}
/* Local y of a clamp's middle. */
static inline float splice_clamp_y(const splice_connector *c, int clamp)
{
    return SPLICE_PITCH * ((float)clamp - 0.5f * (float)(c->clamps - 1));
}
/* From local coordinates to the world's, and back. */
static inline lad_vec2 splice_to_world(const splice_connector *c, float x, float y)
{
    float along = c->side * (x - SPLICE_HALF_LENGTH);
    return lad_v2_add(c->at, lad_v2_add(lad_v2_scale(c->ex, along), lad_v2_scale(c->ey, y)));
}
static inline lad_vec2 splice_to_local(const splice_connector *c, lad_vec2 p)
{
    lad_vec2 d = lad_v2_sub(p, c->at);
    return lad_v2(c->side * lad_v2_dot(d, c->ex) + SPLICE_HALF_LENGTH, lad_v2_dot(d, c->ey));
}

/* Colour that says a number of clamps, and the reverse. */
splice_colour splice_colour_for(int clamps);
int splice_clamps_for(splice_colour colour);
/* Albedo of an insulation; vary: -1..1. */
lad_vec3 splice_insulation(splice_colour colour, float vary);

void splice_place(splice_connector *c, lad_vec2 at, float angle);
/* Lays a cable between two places with given directions (unit, pointing away from each end into the free). */
void splice_lay(splice_cable *cable, lad_vec3 a, lad_vec2 from_a, lad_vec3 b, lad_vec2 from_b);
/* Lays a cable between the clamps it is plugged into. */
void splice_plug(const splice_graph *graph, splice_cable *cable);
/* Place of a mouth, and the direction that leads out of it. */
lad_vec3 splice_mouth(const splice_connector *c, int clamp);
lad_vec2 splice_out(const splice_connector *c);
/* Point at a share of the cable's length. */
lad_vec3 splice_cable_point(const splice_cable *cable, float share);

/* Applies the frame's anomaly (frame->kind is not NULL) to a normal graph. */
void splice_break(const lad_frame *frame, splice_graph *graph);
lad_status splice_annotate(const lad_frame *frame, const void *graph, lad_masks *masks);

/* A cable as the picture shows it. */
typedef struct splice_cable_view {
    const splice_cable *cable;
    lad_vec2 px[SPLICE_SEGMENTS + 1];     /* axis */
    lad_vec2 shadow[SPLICE_SEGMENTS + 1]; /* its shadow on the mesh */
    float radius_px, blur_px;
    float from, to;                              /* share of it that splice_cable_covers finds: set to 0 and 1 */
    lad_vec2 low, high, shadow_low, shadow_high; /* bounding boxes with their widths */
} splice_cable_view;

typedef struct splice_context {
    const lad_frame *frame;
    const splice_graph *graph;
    splice_cable_view cables[SPLICE_CABLES];
    lad_vec2 bounds_low[2], bounds_high[2]; /* of the connectors, pixels */
} splice_context;

void splice_view_cable(const lad_frame *frame, const splice_cable *cable, splice_cable_view *view);
void splice_paint_cable(const splice_context *c, const splice_cable_view *view, lad_film *film, size_t y);
int splice_cable_covers(const splice_cable_view *view, float px, float py);
/* Share of the key light that a cable lets pass to a pixel of the mesh. */
float splice_cable_lit(const splice_cable_view *view, float px, float py);

void splice_paint_mesh(const splice_context *c, lad_film *film, size_t y);
void splice_paint_connector(const splice_context *c, int which, lad_film *film, size_t y);
/* Share of the key light, and of the surround (*open), that the connector leaves to a place beside it. */
float splice_connector_lit(const lad_frame *frame, const splice_connector *c, lad_vec3 p, float *open);
void splice_paint_marks(const splice_context *c, lad_film *film, size_t y);

#endif
