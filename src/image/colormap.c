/* Dark blue over violet, red and orange to pale yellow: a path through Oklab (Ottosson 2020) along which
 * lightness rises from 0.17 to 0.96, hue turns from 272 to 462 degrees, chroma follows 0.05 + 0.17 sin^0.8(pi t)
 * as far as sRGB allows, sampled at 17 points that are equally far apart in Oklab.  Between them sRGB is
 * interpolated linearly.  tests/unit/image_colormap_test.c measures the steps. */
#include "image/image.h"

enum { KNOTS = 17 };

static const uint8_t knots[KNOTS][3] = {
    {8, 13, 37},    {23, 14, 66},   {45, 12, 91},    {71, 6, 109},    {100, 4, 118},  {129, 5, 120},
    {158, 7, 117},  {186, 10, 109}, {213, 18, 95},   {234, 49, 78},   {249, 78, 58},  {253, 111, 51},
    {254, 143, 63}, {254, 172, 83}, {254, 200, 110}, {250, 225, 154}, {248, 244, 205}};

void lad_colormap(float value, uint8_t rgb[3])
{
    if (!(value > 0)) value = 0; /* NaN too */
    if (value > 1) value = 1;
    float position = value * (float)(KNOTS - 1);
    size_t below = (size_t)position;
    if (below > KNOTS - 2) below = KNOTS - 2;
    float share = position - (float)below;
    for (size_t c = 0; c < 3; c++) {
        float a = knots[below][c], b = knots[below + 1][c];
        rgb[c] = (uint8_t)(a + (b - a) * share + 0.5f);
    }
}
