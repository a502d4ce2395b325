/* Heads of pushpins, met and shaded for many rays at once: loops that become vectors.  Pure functions. */
#ifndef LAD_SCENE_PUSHPINS_HEAD_H
#define LAD_SCENE_PUSHPINS_HEAD_H

#include "scene/pushpins.h"

enum { HEAD_RAYS = 64 };

typedef struct head_rays {
    int count;
    float from[3][HEAD_RAYS], ray[3][HEAD_RAYS]; /* world, unit */
    float start[HEAD_RAYS]; /* known to lie before the head, or a guess; a guess that lies within it is not used */
    /* What is found: covered share; distance to the head, and place along the ray where it is nearest, at size 1. */
    float cover[HEAD_RAYS], distance[HEAD_RAYS], s[HEAD_RAYS];
    float local_from[3][HEAD_RAYS], local_ray[3][HEAD_RAYS];
} head_rays;

/* unit_px: pixels per unit, which says how soft the outline is. */
void head_trace(const pushpin *pin, float unit_px, head_rays *rays);

/* Places where heads were met. */
typedef struct head_places {
    int count;
    float local[3][HEAD_RAYS], world[3][HEAD_RAYS], ray[3][HEAD_RAYS], distance[HEAD_RAYS];
} head_places;

/* Adds where ray i of them met the head. */
static inline void head_add_place(head_places *places, const pushpin *pin, const head_rays *rays, int i)
{
    int k = places->count++;
    float along = rays->s[i] * pin->size;
    for (int c = 0; c < 3; c++) {
        places->local[c][k] = rays->local_from[c][i] + rays->local_ray[c][i] * rays->s[i];
        places->world[c][k] = rays->from[c][i] + rays->ray[c][i] * along;
        places->ray[c][k] = rays->ray[c][i];
    }
    places->distance[k] = rays->distance[i];
}

/* Their radiance along the rays. */
void head_shade(const lad_frame *frame, const pushpin *pin, const head_places *places, lad_vec3 *colours);

/* Whether the paint of an anomaly is at a place along the axis; across: any coordinate that makes its border ragged. */
int head_is_painted(const pushpin *pin, float along, float across);

#endif
