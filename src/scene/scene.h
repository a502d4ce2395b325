/* LOCO-style scenes (rendered): pictures of production goods that obey a rule, or break exactly one.
 *
 * Rendering is a pure function of (category, split, seed, index, anomaly): the same bytes on every machine,
 * compiler and number of threads, because all arithmetic goes through base/rng and base/detmath.
 * Thread rule: no shared state; lad_scene_render uses the pool it is given. */
#ifndef LAD_SCENE_SCENE_H
#define LAD_SCENE_SCENE_H

#include "base/pool.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What kind of picture: the three classes of MVTec LOCO AD. */
typedef enum lad_scene_class { LAD_SCENE_GOOD, LAD_SCENE_LOGICAL, LAD_SCENE_STRUCTURAL } lad_scene_class;

/* Disjoint random streams: a scene of one split never equals a scene of another. */
typedef enum lad_scene_split { LAD_SPLIT_TRAIN, LAD_SPLIT_VALIDATION, LAD_SPLIT_TEST } lad_scene_split;

/* One kind of anomaly of a category. */
typedef struct lad_scene_kind {
    const char *name;            /* "missing_pushpin": file-system and permalink safe */
    lad_scene_class class_;      /* LOGICAL or STRUCTURAL */
    const char *rule;            /* the rule broken, a sentence: "Each compartment holds exactly one pushpin." */
    const char *description;     /* what was done, a sentence: "One compartment is empty." */
    int pixel_value;             /* 1..255, value in the ground-truth PNG, unique within the category */
    bool relative_saturation;    /* as in MVTec's defects_config.json */
    double saturation_threshold; /* fraction of the mask if relative, else pixels at the full render size */
} lad_scene_kind;

typedef struct lad_scene_category {
    const char *name;            /* "pushpins" */
    const char *rule;            /* what every normal image obeys, one or two sentences */
    size_t width, height;        /* full render size in pixels, 640 on the longer side */
    const lad_scene_kind *kinds; /* [kind_count] */
    size_t kind_count;
} lad_scene_category;

/* The categories in a fixed order; NULL past the end, or for an unknown name. */
const lad_scene_category *lad_scene_category_at(size_t index);
const lad_scene_category *lad_scene_category_find(const char *name);

/* Which scene. */
typedef struct lad_scene_spec {
    const lad_scene_category *category;
    lad_scene_split split;
    uint64_t seed;
    uint64_t index; /* which image of the split; scenes of one index share all poses, see lad_scene_index */
    int kind;       /* index into category->kinds, or -1: good */
} lad_scene_spec;

/* Index of image `number` (below 2^32) of a class: classes of one split get scenes of their own.  With one index for
 * several kinds, the pictures show the same scene, normal (-1) or with that anomaly. */
static inline uint64_t lad_scene_index(lad_scene_class class_, uint64_t number)
{
    return ((uint64_t)class_ << 32) | number;
}
static inline uint64_t lad_scene_index_number(uint64_t index)
{
    return index & UINT64_C(0xffffffff);
}

/* Picks the kind for image `index` (a number or a lad_scene_index) of a class: kinds of the class take turns in a
 * seeded order. -1 for GOOD. */
int lad_scene_kind_for(const lad_scene_category *category, lad_scene_class class_, uint64_t seed, uint64_t index);

/* One rendered scene.  All memory is the caller's (lad_scene_image_deinit). */
typedef struct lad_scene_image {
    size_t width, height;
    uint8_t *rgb;              /* [height, width, 3] */
    size_t mask_count;         /* ground-truth channels; 0 for good */
    uint8_t **masks;           /* [mask_count] of [height, width]: 0 or the kind's pixel_value */
    double saturation_area_px; /* saturation area in pixels at this size (absolute kinds), else 0 */
    char *parameters;          /* JSON text: counts and parameters of the scene graph, for tests and the page */
} lad_scene_image;

/* Renders at `width` pixels (0: the category's full size); the height keeps the aspect ratio. */
LAD_MUST_CHECK lad_status lad_scene_render(const lad_scene_spec *spec, size_t width, lad_pool *pool,
                                           lad_scene_image *out, lad_error *err);
void lad_scene_image_deinit(lad_scene_image *image);

/* --- the same scene, changed by hand --- */

/* What is done to one object; objects are numbered as the parameters list them at that moment, so that edits are
 * applied one after the other. */
typedef enum lad_scene_edit_action { LAD_SCENE_REMOVE, LAD_SCENE_MOVE, LAD_SCENE_DUPLICATE } lad_scene_edit_action;

typedef struct lad_scene_edit {
    lad_scene_edit_action action;
    size_t object;
    float x,
        y; /* MOVE, DUPLICATE: where its middle goes, units of the scene (pixels at the full size, from the middle) */
} lad_scene_edit;

enum { LAD_SCENE_MAX_EDITS = 64 };

/* All zero: the scene as it is, byte for byte. */
typedef struct lad_scene_changes {
    float exposure;              /* stops, -2..2 */
    float kelvin;                /* added to a colour temperature of 5600 K, -2600..4400 */
    float light_turn;            /* radians, -pi..pi: the key light goes round the line of sight */
    float roll;                  /* radians, -pi/4..pi/4: the goods turn in the picture */
    float tilt_x, tilt_y;        /* radians, -0.25..0.25: the camera looks from the side */
    float zoom;                  /* -0.3..0.5: everything is larger by this share */
    bool list_objects;           /* adds to the parameters what the category can edit, see lad_scene_can_edit:
                                  * "objects": x, y as in an edit, px, py and reach_px in this picture, for each;
                                  * "unit_per_px": [a, b, c, d], a step of (dx, dy) pixels is (a dx + b dy, c dx + d dy) units;
                                  * "findings": where the rule is broken, a sentence each, counted in the scene graph */
    const lad_scene_edit *edits; /* [edit_count] */
    size_t edit_count;
} lad_scene_changes;

/* As lad_scene_render.  With edits, masks of the places that findings name follow those of the kind, value 255.
 * Errors: LAD_ERR_ARG also for a value out of range, an object that is not there, more objects than there is room for,
 * or edits of a category that has none. */
LAD_MUST_CHECK lad_status lad_scene_render_changed(const lad_scene_spec *spec, const lad_scene_changes *changes,
                                                   size_t width, lad_pool *pool, lad_scene_image *out, lad_error *err);
/* Whether objects of a category can be edited. */
bool lad_scene_can_edit(const lad_scene_category *category);

#endif
