/* Kinds of anomaly of the pushpins scene, and what its files share about a normal pin. */
#ifndef LAD_SCENE_PUSHPINS_KINDS_H
#define LAD_SCENE_PUSHPINS_KINDS_H

#include "scene/pushpins.h"

typedef enum pushpins_kind {
    PUSHPINS_MISSING,
    PUSHPINS_TWO_MISSING,
    PUSHPINS_ONE_MORE,
    PUSHPINS_TWO_MORE,
    PUSHPINS_MOVED,
    PUSHPINS_MISSING_SEPARATOR,
    PUSHPINS_EXTRA_SEPARATOR,
    PUSHPINS_COLOR,
    PUSHPINS_BROKEN,
    PUSHPINS_FRONT_BENT,
    PUSHPINS_DEFORMED,
    PUSHPINS_CONTAMINATION,
    PUSHPINS_STAIN,
    PUSHPINS_SCRATCH,
    PUSHPINS_CRACK,
    PUSHPINS_BROKEN_RIM,
    PUSHPINS_KINDS
} pushpins_kind;

/* Size, colour and finish of pin `item`. */
void pushpins_look(const lad_frame *frame, const pushpins_graph *graph, pushpin *pin, uint32_t item);

#endif
