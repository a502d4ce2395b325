/* What a category's painter is given, and what it has to provide.
 *
 * A category fills a scene graph (a plain struct: poses, counts, colours) from named random streams, then paints
 * it.  The driver (scene.c) does the rest: for a structural anomaly it also builds and paints the scene's twin, the
 * same scene without the anomaly, and takes as ground truth what differs; for a logical one the category marks
 * where the rule is broken.  A category may say in which rows the twin can differ: only those are painted again.
 *
 * Invariant: a graph is a function of the frame alone, and everything that is not touched by the anomaly comes from
 * streams that do not depend on the kind, so that the twin differs by the anomaly only. */
#ifndef LAD_SCENE_FRAME_H
#define LAD_SCENE_FRAME_H

#include "base/json.h"
#include "base/rng.h"
#include "scene/camera.h"
#include "scene/film.h"
#include "scene/light.h"
#include "scene/mask.h"
#include "scene/post.h"
#include "scene/scene.h"

/* What a random stream decides; each (purpose, item) of a frame is a stream of its own. */
typedef enum lad_stream {
    LAD_STREAM_CAMERA,
    LAD_STREAM_LIGHT,
    LAD_STREAM_POST,
    LAD_STREAM_POSE,   /* place and orientation of object `item` */
    LAD_STREAM_LOOK,   /* colour and shape of object `item` */
    LAD_STREAM_GROUND, /* box, background */
    LAD_STREAM_ANOMALY /* depends on the kind too; never read for the twin */
} lad_stream;

typedef struct lad_frame {
    const lad_scene_kind *kind; /* NULL: normal */
    int kind_index;             /* -1: normal */
    size_t width, height;       /* pixels */
    float px_per_unit;          /* width / the category's full width */
    uint64_t seed;              /* of everything but the anomaly */
    uint64_t anomaly_seed;
    lad_pool *pool;
    const lad_scene_changes *changes; /* NULL: none */
    /* Set to plausible values by the driver, the category's build may change them. */
    lad_camera camera;
    lad_light light;
    lad_post post;
} lad_frame;

/* The stream of a purpose and an item. */
lad_rng lad_frame_rng(const lad_frame *frame, lad_stream purpose, uint32_t item);
/* A seed for noise functions, likewise. */
uint64_t lad_frame_noise_seed(const lad_frame *frame, lad_stream purpose, uint32_t item);

typedef struct lad_scene_editor {
    /* Applies one edit to a built graph.  Errors: LAD_ERR_ARG, with a sentence. */
    lad_status (*edit)(const lad_frame *frame, void *graph, const lad_scene_edit *edit, lad_error *err);
    /* NULL, or what is to be done once after all edits. */
    void (*settle)(const lad_frame *frame, void *graph);
    /* Adds "objects", "unit_per_px" and "findings". */
    void (*list)(const lad_frame *frame, const void *graph, lad_json *parameters);
    /* Adds a mask for each place that a finding names. */
    lad_status (*annotate)(const lad_frame *frame, const void *graph, lad_masks *masks);
} lad_scene_editor;

/* Whether the place and the action of an edit can be; object: what is edited, for the sentence. */
LAD_MUST_CHECK lad_status lad_changes_check_edit(const lad_scene_edit *edit, const char *object, lad_error *err);
/* The name of an object for "objects": with a number where there are `count` > 1 of its kind. */
void lad_changes_name(const char *kind, int count, int number, char *name, size_t name_bytes);
/* Adds to "findings" that there are not as many of something as the rule wants; nothing where there are.
 * where: "in the bag". */
void lad_changes_find_count(const char *one, const char *many, const char *where, int count, int wanted,
                            lad_json *findings);
/* Adds to "objects" what a lad_scene_edit needs to know; reach: half the object's extent, units of the scene. */
void lad_changes_list_object(const lad_frame *frame, const char *name, lad_vec3 middle, float reach, lad_json *objects);
/* Adds "unit_per_px": units of a step of one pixel, in the plane at height z and near the middle of the picture. */
void lad_changes_list_scale(const lad_frame *frame, float z, lad_json *parameters);

/* Rows of a picture that something can be seen in, a span that grows; nothing yet where low > high. */
typedef struct lad_frame_span {
    float low, high;
} lad_frame_span;

static inline lad_frame_span lad_frame_span_none(void)
{
    return (lad_frame_span){1e30f, -1e30f};
}
static inline void lad_frame_span_add(lad_frame_span *span, float low, float high)
{
    span->low = lad_minf(span->low, low);
    span->high = lad_maxf(span->high, high);
}
/* Adds where something is seen that lies in a box of the world. */
void lad_frame_span_add_box(lad_frame_span *span, const lad_camera *camera, lad_vec3 low, lad_vec3 high);
/* All rows that the span touches, and two more on either side. */
lad_rows lad_frame_span_rows(lad_frame_span span, size_t height);

/* What lad_scene_changes does to the sampled camera, light and post; nothing where changes is NULL. */
void lad_changes_apply(lad_frame *frame);
void lad_changes_develop(lad_frame *frame);
LAD_MUST_CHECK lad_status lad_changes_check(const lad_scene_changes *changes, lad_error *err);

typedef struct lad_scene_program {
    const lad_scene_category *category;
    size_t graph_bytes;
    const lad_camera_range *camera;
    const lad_light_range *light;
    /* Fills the (zeroed) graph. */
    void (*build)(lad_frame *frame, void *graph);
    /* Paints the graph on a black film. */
    void (*paint)(const lad_frame *frame, const void *graph, lad_film *film);
    /* NULL, or: rows of which the scene and its twin may show different things.  A bound: all others are the same, to
     * the bit, on the films that paint makes of the two graphs. */
    lad_rows (*differ)(const lad_frame *frame, const void *graph, const void *twin);
    /* Adds the masks of the frame's anomaly.  When it adds none, the driver takes the difference to the twin. */
    lad_status (*annotate)(const lad_frame *frame, const void *graph, lad_masks *masks);
    /* Adds counts and parameters of the graph to a JSON object. */
    void (*describe)(const lad_frame *frame, const void *graph, lad_json *parameters);
    /* NULL: objects of the category cannot be edited. */
    const lad_scene_editor *editor;
} lad_scene_program;

/* The frame of a spec with a valid kind, of a picture `width` pixels wide. */
lad_frame lad_frame_of(const lad_scene_spec *spec, size_t width);
/* Samples the frame, and builds its graph with all edits; *graph, freed with lad_free, is NULL on failure. */
LAD_MUST_CHECK lad_status lad_frame_build(lad_frame *frame, const lad_scene_program *program,
                                          const lad_scene_spec *spec, void **graph, lad_error *err);
/* The same frame without its anomaly, to be built. */
lad_frame lad_frame_twin(const lad_frame *frame);

extern const lad_scene_program lad_breakfast_box_program;
extern const lad_scene_program lad_juice_bottle_program;
extern const lad_scene_program lad_pushpins_program;
extern const lad_scene_program lad_screw_bag_program;
extern const lad_scene_program lad_splicing_connectors_program;

#endif
