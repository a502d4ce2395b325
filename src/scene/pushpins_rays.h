/* Rays through neighbouring places of a row, and where they meet the box: loops over them become vectors. */
#ifndef LAD_SCENE_PUSHPINS_RAYS_H
#define LAD_SCENE_PUSHPINS_RAYS_H

#include "base/clones.h"
#include "scene/pushpins.h"
#include "scene/sdf.h"

#define BOX_CORNER 15.0f /* radius of the outline's corners */

enum { BOX_RAYS = 64 };

typedef struct box_rays {
    float ray[3][BOX_RAYS];                    /* unit */
    float low[3][BOX_RAYS], high[3][BOX_RAYS]; /* on the floor, and at BOX_HEIGHT */
} box_rays;

/* Through (left, y), (left + step, y), ... */
LAD_INLINED void box_find_rays(const lad_camera *camera, float left, float step, float y, int count,
                               box_rays *restrict r)
{
    const lad_camera c = *camera;
    for (int i = 0; i < count; i++) {
        lad_vec3 ray = lad_camera_ray(&c, left + (float)i * step, y);
        lad_vec3 low = lad_camera_meet(&c, ray, 0.0f), high = lad_camera_meet(&c, ray, BOX_HEIGHT);
        r->ray[0][i] = ray.x, r->ray[1][i] = ray.y, r->ray[2][i] = ray.z;
        r->low[0][i] = low.x, r->low[1][i] = low.y, r->low[2][i] = low.z;
        r->high[0][i] = high.x, r->high[1][i] = high.y, r->high[2][i] = high.z;
    }
}

/* Signed distance to the inside of the outer wall, or to what is `grow` outside of it. */
LAD_INLINED float box_distance(lad_vec2 p, float grow)
{
    return lad_sd_box(p, BOX_HALF_X + grow, BOX_HALF_Y + grow, BOX_CORNER + grow);
}

#endif
