/* The surface of a connector, as a height field of parts over its footprint. */
#ifndef LAD_SCENE_SPLICING_CONNECTORS_SURFACE_H
#define LAD_SCENE_SPLICING_CONNECTORS_SURFACE_H

#include "scene/splicing_connectors.h"

#define LEVER_X 34.0f /* where the levers' arms begin */
#define PLATE_X 67.5f /* where their plates begin */
#define LOW_Z 27.0f

typedef enum splice_part {
    PART_NONE,
    PART_LOW,
    PART_BLOCK,
    PART_LEVER,
    PART_BREAK,
    PART_WINDOW,
    PART_RECESS,
    PART_BOTTOM
} splice_part;

typedef struct splice_surface {
    splice_part part;
    float z;
    float edge; /* signed distance to the part's outline */
    float v;    /* y from the clamp's middle */
    int clamp;
} splice_surface;

/* What is there at local coordinates; PART_NONE beside the connector. */
splice_surface splice_surface_at(const splice_connector *c, float x, float y);

#endif
