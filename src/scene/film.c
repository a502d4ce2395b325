#include "scene/film.h"

#include "base/alloc.h"

enum { BAND = 8 }; /* rows per item of work */

lad_status lad_film_init(lad_film *film, size_t width, size_t height)
{
    size_t pixels, values;
    if (!lad_size_mul(width, height, &pixels) || !lad_size_mul(pixels, 3, &values)) return LAD_ERR_NOMEM;
    lad_film made = {.width = width, .height = height};
    made.rgb = lad_alloc_zero(values, sizeof(float));
    made.z = lad_alloc_zero(pixels, sizeof(float));
    if (!made.rgb || !made.z) {
        lad_film_deinit(&made);
        return LAD_ERR_NOMEM;
    }
    *film = made;
    return LAD_OK;
}

void lad_film_deinit(lad_film *film)
{
    lad_free(film->rgb);
    lad_free(film->z);
    *film = (lad_film){0};
}

typedef struct paint_job {
    lad_film *film;
    lad_film_row_fn *paint;
    const void *context;
} paint_job;

static void paint_band(void *context, size_t item, size_t thread)
{
    (void)thread;
    const paint_job *job = context;
    size_t end = (item + 1) * BAND < job->film->height ? (item + 1) * BAND : job->film->height;
    for (size_t y = item * BAND; y < end; y++) job->paint(job->context, job->film, y);
}

void lad_film_paint(lad_film *film, lad_pool *pool, lad_film_row_fn *paint, const void *context)
{
    paint_job job = {film, paint, context};
    lad_pool_run(pool, (film->height + BAND - 1) / BAND, paint_band, &job);
}
