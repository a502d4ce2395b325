#include "scene/lines.h"

#include "base/detmath.h"
#include "scene/sdf.h"

float lad_hair_distance(const lad_hair *hair, uint64_t seed, float half_length, lad_vec2 p)
{
    lad_vec2 points[LAD_HAIR_MAX_PIECES + 1];
    float phase = (float)(seed & 1023) * 0.006f;
    for (int i = 0; i <= hair->pieces; i++) {
        float t = -1.0f + 2.0f * (float)i / (float)hair->pieces;
        float bend = hair->slow * lad_sinf(hair->slow_rate * t + phase) +
                     hair->fast * lad_sinf(hair->fast_rate * t + 2.0f * phase);
        points[i] = lad_v2(t * half_length, bend * half_length);
    }
    return lad_sd_path(p, points, hair->pieces + 1);
}

lad_vec2 lad_place_in(lad_vec2 at, float angle, float x, float y)
{
    float dx = x - at.x, dy = y - at.y, c = lad_cosf(angle), s = lad_sinf(angle);
    return lad_v2(dx * c + dy * s, dy * c - dx * s);
}
