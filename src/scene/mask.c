#include "scene/mask.h"

#include "base/alloc.h"

#include <string.h>

lad_status lad_masks_add(lad_masks *masks, uint8_t **plane)
{
    uint8_t **planes = lad_alloc_zero(masks->count + 1, sizeof *planes);
    uint8_t *made = lad_alloc_zero(masks->width, masks->height);
    if (!planes || !made) {
        lad_free(planes);
        lad_free(made);
        return LAD_ERR_NOMEM;
    }
    if (masks->count) memcpy(planes, masks->planes, masks->count * sizeof *planes);
    lad_free(masks->planes);
    planes[masks->count++] = made;
    masks->planes = planes;
    *plane = made;
    return LAD_OK;
}

void lad_masks_deinit(lad_masks *masks)
{
    for (size_t i = 0; i < masks->count; i++) lad_free(masks->planes[i]);
    lad_free(masks->planes);
    *masks = (lad_masks){0};
}

void lad_mask_fill(const lad_masks *masks, uint8_t *plane, uint8_t value, lad_mask_distance_fn *distance,
                   const void *context)
{
    for (size_t y = 0; y < masks->height; y++) {
        for (size_t x = 0; x < masks->width; x++) {
            if (distance(context, (float)x, (float)y) < 0.0f) plane[y * masks->width + x] = value;
        }
    }
}

/* Square root stands for the tone curve here: within a few levels of sRGB, and exact everywhere. */
static float encoded(float linear)
{
    return 255.0f * sqrtf(lad_clampf(linear, 0.0f, 1.0f));
}

/* Grows (want = any neighbour set) or shrinks (want = all set) by one pixel of the 8-neighbourhood. */
static void step(const lad_masks *masks, const uint8_t *in, uint8_t *out, uint8_t value, int grow)
{
    size_t width = masks->width, height = masks->height;
    for (size_t y = 0; y < height; y++) {
        for (size_t x = 0; x < width; x++) {
            size_t y0 = y > 0 ? y - 1 : 0, y1 = y + 1 < height ? y + 1 : y;
            size_t x0 = x > 0 ? x - 1 : 0, x1 = x + 1 < width ? x + 1 : x;
            size_t set = 0, seen = 0;
            for (size_t v = y0; v <= y1; v++) {
                for (size_t u = x0; u <= x1; u++, seen++) set += in[v * width + u] != 0;
            }
            out[y * width + x] = (grow ? set > 0 : set == seen) ? value : 0;
        }
    }
}

lad_status lad_mask_from_films(const lad_masks *masks, uint8_t *plane, uint8_t value, const lad_film *with,
                               const lad_film *without, float levels)
{
    size_t pixels = masks->width * masks->height;
    uint8_t *other = lad_alloc(pixels, 1);
    if (!other) return LAD_ERR_NOMEM;
    for (size_t i = 0; i < pixels; i++) {
        for (size_t c = 3 * i; c < 3 * i + 3; c++) {
            if (with->rgb[c] == without->rgb[c]) continue; /* nearly everywhere */
            if (fabsf(encoded(with->rgb[c]) - encoded(without->rgb[c])) >= levels) plane[i] = value;
        }
    }
    step(masks, plane, other, value, 1);
    step(masks, other, plane, value, 1);
    step(masks, plane, other, value, 0);
    memcpy(plane, other, pixels);
    lad_free(other);
    return LAD_OK;
}
