/* Light, camera and development of a scene that is changed by hand.  A change of zero leaves every bit as it was. */
#include "scene/frame.h"

#include "base/detmath.h"

#include <stdio.h>

static const float neutral_kelvin = 5600.0f;

lad_status lad_changes_check(const lad_scene_changes *c, lad_error *err)
{
    const struct {
        const char *name;
        float value, low, high;
    } ranges[] = {{"exposure", c->exposure, -2.0f, 2.0f},
                  {"kelvin", c->kelvin, -2600.0f, 4400.0f},
                  {"light_turn", c->light_turn, -3.1416f, 3.1416f},
                  {"roll", c->roll, -0.7854f, 0.7854f},
                  {"tilt_x", c->tilt_x, -0.25f, 0.25f},
                  {"tilt_y", c->tilt_y, -0.25f, 0.25f},
                  {"zoom", c->zoom, -0.3f, 0.5f}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (!(ranges[i].value >= ranges[i].low && ranges[i].value <= ranges[i].high)) { /* refuses NaN too */
            return lad_fail(err, LAD_ERR_ARG, "A scene's %s goes from %g to %g, not %g.", ranges[i].name,
                            (double)ranges[i].low, (double)ranges[i].high, (double)ranges[i].value);
        }
    }
    if (c->edit_count > LAD_SCENE_MAX_EDITS) {
        return lad_fail(err, LAD_ERR_ARG, "A scene takes %d edits, not %zu.", (int)LAD_SCENE_MAX_EDITS, c->edit_count);
    }
    return LAD_OK;
}

static void change_camera(const lad_scene_changes *changes, lad_camera *c)
{
    if (changes->tilt_x != 0.0f || changes->tilt_y != 0.0f) {
        lad_vec3 across = lad_v3_scale(c->right, lad_sinf(changes->tilt_x));
        lad_vec3 along = lad_v3_scale(c->down, lad_sinf(changes->tilt_y));
        c->back = lad_v3_unit(lad_v3_add(c->back, lad_v3_add(across, along)));
        c->eye = lad_v3_scale(c->back, c->distance);
    }
    /* The goods turn clockwise when the camera turns the other way. */
    float cosine = lad_cosf(changes->roll), sine = lad_sinf(changes->roll);
    lad_vec3 right = lad_v3_along(lad_v3_scale(c->right, cosine), c->down, -sine);
    if (changes->roll != 0.0f || changes->tilt_x != 0.0f || changes->tilt_y != 0.0f) {
        c->right = lad_v3_unit(lad_v3_along(right, c->back, -lad_v3_dot(right, c->back)));
        c->down = lad_v3_cross(c->back, c->right);
    }
    if (changes->zoom != 0.0f) c->px_per_unit *= 1.0f + changes->zoom;
}

static lad_vec3 turned(lad_vec3 v, float angle)
{
    float cosine = lad_cosf(angle), sine = lad_sinf(angle);
    return lad_v3(cosine * v.x - sine * v.y, sine * v.x + cosine * v.y, v.z);
}

void lad_changes_apply(lad_frame *frame)
{
    const lad_scene_changes *changes = frame->changes;
    if (!changes) return;
    change_camera(changes, &frame->camera);
    if (changes->light_turn != 0.0f) {
        frame->light.key = turned(frame->light.key, changes->light_turn);
        frame->light.fill = turned(frame->light.fill, changes->light_turn);
    }
}

/* Light adds up, so that all lamps brighter or warmer is the film times a colour: it works for every category. */
void lad_changes_develop(lad_frame *frame)
{
    const lad_scene_changes *changes = frame->changes;
    if (!changes) return;
    if (changes->exposure != 0.0f) frame->post.exposure *= lad_powf(2.0f, changes->exposure);
    if (changes->kelvin != 0.0f) {
        lad_vec3 from = lad_kelvin_rgb(neutral_kelvin), to = lad_kelvin_rgb(neutral_kelvin + changes->kelvin);
        frame->post.gain.x *= to.x / from.x;
        frame->post.gain.y *= to.y / from.y;
        frame->post.gain.z *= to.z / from.z;
    }
}

lad_status lad_changes_check_edit(const lad_scene_edit *edit, const char *object, lad_error *err)
{
    if (!(fabsf(edit->x) <= 1000.0f && fabsf(edit->y) <= 1000.0f)) { /* refuses NaN too */
        return lad_fail(err, LAD_ERR_ARG, "A %s cannot be moved to (%g, %g).", object, (double)edit->x,
                        (double)edit->y);
    }
    switch (edit->action) {
    case LAD_SCENE_REMOVE:
    case LAD_SCENE_MOVE:
    case LAD_SCENE_DUPLICATE: return LAD_OK;
    }
    return lad_fail(err, LAD_ERR_ARG, "There is no edit number %d.", (int)edit->action);
}

void lad_changes_name(const char *kind, int count, int number, char *name, size_t name_bytes)
{
    if (count > 1) {
        snprintf(name, name_bytes, "%s %d", kind, number);
    } else {
        snprintf(name, name_bytes, "%s", kind);
    }
}

void lad_changes_find_count(const char *one, const char *many, const char *where, int count, int wanted,
                            lad_json *findings)
{
    char text[96];
    if (count == wanted) return;
    if (count == 0) {
        snprintf(text, sizeof text, "There is no %s %s.", one, where);
    } else if (count == 1) {
        snprintf(text, sizeof text, "There is only one %s %s.", one, where);
    } else {
        snprintf(text, sizeof text, "There are %d %s %s, not %d.", count, many, where, wanted);
    }
    lad_json_add_string(findings, NULL, text);
}

void lad_changes_list_object(const lad_frame *frame, const char *name, lad_vec3 middle, float reach, lad_json *objects)
{
    lad_vec2 px = lad_camera_project(&frame->camera, middle);
    lad_json *object = lad_json_add_object(objects, NULL);
    lad_json_add_string(object, "name", name);
    lad_json_add_number(object, "x", (double)middle.x);
    lad_json_add_number(object, "y", (double)middle.y);
    lad_json_add_number(object, "px", (double)px.x);
    lad_json_add_number(object, "py", (double)px.y);
    lad_json_add_number(object, "reach_px", (double)(reach * lad_camera_scale(&frame->camera, middle)));
}

void lad_changes_list_scale(const lad_frame *frame, float z, lad_json *parameters)
{
    const lad_camera *c = &frame->camera;
    lad_vec3 at[3];
    for (int i = 0; i < 3; i++) {
        float px = c->centre_x + (i == 1 ? 1.0f : 0.0f), py = c->centre_y + (i == 2 ? 1.0f : 0.0f);
        at[i] = lad_camera_meet(c, lad_camera_ray(c, px, py), z);
    }
    lad_json *scale = lad_json_add_array(parameters, "unit_per_px");
    lad_json_add_number(scale, NULL, (double)(at[1].x - at[0].x));
    lad_json_add_number(scale, NULL, (double)(at[2].x - at[0].x));
    lad_json_add_number(scale, NULL, (double)(at[1].y - at[0].y));
    lad_json_add_number(scale, NULL, (double)(at[2].y - at[0].y));
}
