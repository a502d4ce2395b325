#include "data/augment.h"

/* ITU-R 601 luma with integer weights that add up to 1000, as Pillow's conversion to grey. */
static unsigned luma(const uint8_t *p)
{
    return (299u * p[0] + 587u * p[1] + 114u * p[2] + 500u) / 1000u;
}

static uint8_t to_byte(float v)
{
    v += 0.5f;
    return v <= 0.0f ? 0 : v >= 255.0f ? 255 : (uint8_t)v;
}

void lad_augment_jitter(lad_rng *rng, const uint8_t *rgb, size_t pixels, uint8_t *out)
{
    uint32_t kind = lad_rng_below(rng, 3);
    float factor = lad_rng_range(rng, 0.8f, 1.2f), pivot = 0.0f; /* brightness: towards black */
    if (kind == 1) {                                             /* contrast: towards the mean grey */
        uint64_t sum = 0;
        for (size_t i = 0; i < pixels; i++) sum += luma(rgb + 3 * i);
        pivot = pixels ? (float)((double)sum / (double)pixels) : 0.0f;
    }
    for (size_t i = 0; i < pixels; i++) {
        if (kind == 2) pivot = (float)luma(rgb + 3 * i); /* saturation: towards the pixel's own grey */
        for (size_t c = 0; c < 3; c++) out[3 * i + c] = to_byte(pivot + factor * ((float)rgb[3 * i + c] - pivot));
    }
}
