#include "scene/camera.h"

#include "base/detmath.h"

lad_camera lad_camera_sample(const lad_camera_range *range, size_t width, size_t height, float px_per_unit,
                             lad_rng *rng)
{
    float roll = lad_rng_range(rng, -range->roll, range->roll);
    float tilt_x = lad_rng_range(rng, -range->tilt, range->tilt);
    float tilt_y = lad_rng_range(rng, -range->tilt, range->tilt);
    float scale = 1.0f + lad_rng_range(rng, -range->scale, range->scale);
    float shift_x = lad_rng_range(rng, -range->shift, range->shift);
    float shift_y = lad_rng_range(rng, -range->shift, range->shift);
    lad_camera c;
    c.back = lad_v3_unit(lad_v3(lad_sinf(tilt_x), lad_sinf(tilt_y), 1.0f));
    lad_vec3 along = lad_v3(lad_cosf(roll), lad_sinf(roll), 0.0f);
    c.right = lad_v3_unit(lad_v3_along(along, c.back, -lad_v3_dot(along, c.back)));
    c.down = lad_v3_cross(c.back, c.right);
    c.distance = range->distance;
    c.eye = lad_v3_scale(c.back, c.distance);
    c.px_per_unit = px_per_unit * scale;
    c.centre_x = 0.5f * ((float)width - 1.0f) + shift_x * px_per_unit;
    c.centre_y = 0.5f * ((float)height - 1.0f) + shift_y * px_per_unit;
    return c;
}
