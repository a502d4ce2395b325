#include "data/pictures.h"

#include "base/rng.h"
#include "data/procedural.h"

#include <stdio.h>
#include <string.h>

/* Keeps the choice of windows independent of the drawing of procedural pictures, which uses the seed itself. */
static const uint64_t WINDOW_STREAM = UINT64_C(0x77696e646f77);

static void draw_window(const lad_pictures *pictures, uint64_t index, size_t size, uint8_t *rgb)
{
    lad_rng rng = lad_rng_seed(lad_hash64(pictures->seed, WINDOW_STREAM), index);
    const uint8_t *photo = pictures->photos + (size_t)lad_rng_below(&rng, (uint32_t)pictures->photo_count) *
                                                  LAD_PHOTO_SIZE * LAD_PHOTO_SIZE * 3;
    size_t left = lad_rng_below(&rng, (uint32_t)(LAD_PHOTO_SIZE - size + 1));
    size_t top = lad_rng_below(&rng, (uint32_t)(LAD_PHOTO_SIZE - size + 1));
    uint32_t mirrored = lad_rng_below(&rng, 2);
    for (size_t y = 0; y < size; y++) {
        const uint8_t *from = photo + ((top + y) * LAD_PHOTO_SIZE + left) * 3;
        for (size_t x = 0; x < size; x++) memcpy(rgb + (y * size + x) * 3, from + 3 * (mirrored ? size - 1 - x : x), 3);
    }
}

void lad_pictures_draw(const lad_pictures *pictures, uint64_t index, size_t size, float *scratch, uint8_t *rgb)
{
    if (pictures->photo_count > 0 && index % 2 == 0)
        draw_window(pictures, index, size, rgb);
    else
        lad_procedural_render(pictures->seed, index, size, scratch, rgb);
}

void lad_pictures_describe(const lad_pictures *pictures, char *text, size_t size_bytes)
{
    if (pictures->photo_count > 0)
        snprintf(text, size_bytes, "%s + %zu photographs", LAD_PROCEDURAL_VERSION, pictures->photo_count);
    else
        snprintf(text, size_bytes, "%s", LAD_PROCEDURAL_VERSION);
}
