/* The test pictures of image_samples.py, drawn by the same formulas. */
#ifndef LAD_TESTS_IMAGE_PATTERN_H
#define LAD_TESTS_IMAGE_PATTERN_H

#include <stddef.h>
#include <stdint.h>

static inline uint8_t pattern_value(size_t x, size_t y, size_t c)
{
    uint32_t h = ((uint32_t)x * 73856093u ^ (uint32_t)y * 19349663u ^ (uint32_t)c * 83492791u) * 2654435761u;
    return (uint8_t)(x * 11 + y * 7 * (c + 1) + c * 60 + (h >> 27));
}

static inline void pattern_draw(size_t w, size_t h, size_t channels, uint8_t *pixels)
{
    for (size_t y = 0; y < h; y++)
        for (size_t x = 0; x < w; x++)
            for (size_t c = 0; c < channels; c++) pixels[(y * w + x) * channels + c] = pattern_value(x, y, c);
}

/* A picture without noise, for JPEG. */
static inline uint8_t smooth_value(size_t x, size_t y, size_t c)
{
    int xi = (int)x, yi = (int)y;
    int value = c == 0 ? 40 + 9 * xi + 3 * yi : c == 1 ? 200 - 5 * xi - 4 * yi : 90 + 2 * xi + 8 * yi;
    return (uint8_t)value;
}

#endif
