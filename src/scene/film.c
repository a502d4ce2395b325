#include "scene/film.h"

#include "base/alloc.h"

#include <string.h>

enum { BAND = 8 }; /* rows per item of work */

static lad_status make(lad_film *film, size_t width, size_t height)
{
    size_t pixels, values;
    if (!lad_size_mul(width, height, &pixels) || !lad_size_mul(pixels, 3, &values)) return LAD_ERR_NOMEM;
    lad_film made = {.width = width, .height = height, .rows = {0, height}};
    made.rgb = lad_alloc(values, sizeof(float));
    made.z = lad_alloc(pixels, sizeof(float));
    if (!made.rgb || !made.z) {
        lad_film_deinit(&made);
        return LAD_ERR_NOMEM;
    }
    *film = made;
    return LAD_OK;
}

static void clear_rows(lad_film *film)
{
    size_t first = film->rows.first * film->width, pixels = (film->rows.end - film->rows.first) * film->width;
    memset(film->rgb + 3 * first, 0, 3 * pixels * sizeof(float));
    memset(film->z + first, 0, pixels * sizeof(float));
}

lad_status lad_film_init(lad_film *film, size_t width, size_t height)
{
    LAD_TRY(make(film, width, height));
    clear_rows(film);
    return LAD_OK;
}

lad_status lad_film_init_copy(lad_film *film, const lad_film *painted, lad_rows rows)
{
    LAD_TRY(make(film, painted->width, painted->height));
    size_t pixels = film->width * film->height;
    memcpy(film->rgb, painted->rgb, 3 * pixels * sizeof(float));
    memcpy(film->z, painted->z, pixels * sizeof(float));
    film->rows = rows;
    clear_rows(film);
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
    size_t y = job->film->rows.first + item * BAND, left = job->film->rows.end - y, count = left < BAND ? left : BAND;
    for (size_t end = y + count; y < end; y++) job->paint(job->context, job->film, y);
}

void lad_film_paint(lad_film *film, lad_pool *pool, lad_film_row_fn *paint, const void *context)
{
    paint_job job = {film, paint, context};
    lad_pool_run(pool, (film->rows.end - film->rows.first + BAND - 1) / BAND, paint_band, &job);
}
