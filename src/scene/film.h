/* The picture while it is painted: linear light, one float per channel, with a height plane.
 *
 * A painter works row by row, each row a function of its index alone, so rows run on any thread.  Antialiasing is
 * by coverage: a shape's signed distance in pixels gives the share of the pixel it covers; curved bodies are
 * sampled at several points of a pixel instead.  Thread rule: each row is written by one thread. */
#ifndef LAD_SCENE_FILM_H
#define LAD_SCENE_FILM_H

#include "base/pool.h"
#include "base/status.h"
#include "scene/vec.h"

#include <stddef.h>

/* Neighbouring rows, from `first` up to the one before `end`. */
typedef struct lad_rows {
    size_t first, end;
} lad_rows;

typedef struct lad_film {
    size_t width, height;
    lad_rows rows; /* to be painted */
    float *rgb;    /* [height, width, 3] */
    float *z;      /* [height, width]: world height of the nearest opaque thing, 0 = the ground */
} lad_film;

/* Black, at height 0; all rows are to be painted.  LAD_ERR_NOMEM when it does not fit. */
LAD_MUST_CHECK lad_status lad_film_init(lad_film *film, size_t width, size_t height);
/* A copy of a painted film in which these rows are to be painted anew: black, at height 0. */
LAD_MUST_CHECK lad_status lad_film_init_copy(lad_film *film, const lad_film *painted, lad_rows rows);
void lad_film_deinit(lad_film *film);

/* Calls paint(context, film, y) once for each row that is to be painted. */
typedef void lad_film_row_fn(const void *context, lad_film *film, size_t y);
void lad_film_paint(lad_film *film, lad_pool *pool, lad_film_row_fn *paint, const void *context);

/* Share of a pixel inside a straight edge at this signed distance (negative: inside) of the pixel's centre. */
static inline float lad_coverage(float distance_px)
{
    return lad_clampf(0.5f - distance_px, 0.0f, 1.0f);
}

static inline lad_vec3 lad_film_get(const lad_film *film, size_t x, size_t y)
{
    const float *p = film->rgb + 3 * (y * film->width + x);
    return lad_v3(p[0], p[1], p[2]);
}
static inline void lad_film_set(lad_film *film, size_t x, size_t y, lad_vec3 colour)
{
    float *p = film->rgb + 3 * (y * film->width + x);
    p[0] = colour.x;
    p[1] = colour.y;
    p[2] = colour.z;
}
/* Lays a colour of the given opacity over the pixel. */
static inline void lad_film_over(lad_film *film, size_t x, size_t y, lad_vec3 colour, float alpha)
{
    lad_film_set(film, x, y, lad_v3_mix(lad_film_get(film, x, y), colour, alpha));
}
/* Adds light: reflections on top of what is seen through. */
static inline void lad_film_add(lad_film *film, size_t x, size_t y, lad_vec3 light, float weight)
{
    lad_film_set(film, x, y, lad_v3_along(lad_film_get(film, x, y), light, weight));
}

#endif
