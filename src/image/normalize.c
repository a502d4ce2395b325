#include "image/image.h"

void lad_image_normalize(const uint8_t *rgb, size_t pixels, float *x)
{
    static const float mean[3] = {0.485f, 0.456f, 0.406f}, std[3] = {0.229f, 0.224f, 0.225f}; /* ImageNet */
    float value[3][256];
    for (size_t c = 0; c < 3; c++) {
        for (size_t v = 0; v < 256; v++) value[c][v] = ((float)v / 255.0f - mean[c]) / std[c];
    }
    for (size_t i = 0; i < pixels; i++) {
        for (size_t c = 0; c < 3; c++) x[3 * i + c] = value[c][rgb[3 * i + c]];
    }
}
