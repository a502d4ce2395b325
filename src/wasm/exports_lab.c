/* What the page's engine calls for its scene lab: categories, their kinds, and scenes changed by hand.  See exports.c.
 */
#include "api/lad.h"
#include "base/alloc.h"
#include "scene/scene.h"

#include <emscripten.h>

enum { EDIT_NUMBERS = 4 };

static lad_error last_error;

EMSCRIPTEN_KEEPALIVE int lad_wasm_category_numbers(const char *category, double out[4]);
EMSCRIPTEN_KEEPALIVE const char *lad_wasm_category_rule(const char *category);
EMSCRIPTEN_KEEPALIVE int lad_wasm_kind_class(const char *category, int kind);
EMSCRIPTEN_KEEPALIVE const char *lad_wasm_lab_error(void);
EMSCRIPTEN_KEEPALIVE int lad_wasm_lab_create(lad_context *context, const char *category, const double numbers[12],
                                             const double *edits, size_t edit_count, lad_scene_image **out);
EMSCRIPTEN_KEEPALIVE void lad_wasm_lab_destroy(lad_scene_image **image);
EMSCRIPTEN_KEEPALIVE void lad_wasm_lab_numbers(const lad_scene_image *image, double out[4]);
EMSCRIPTEN_KEEPALIVE const uint8_t *lad_wasm_lab_rgb(const lad_scene_image *image);
EMSCRIPTEN_KEEPALIVE const uint8_t *lad_wasm_lab_mask(const lad_scene_image *image, size_t which);
EMSCRIPTEN_KEEPALIVE const char *lad_wasm_lab_parameters(const lad_scene_image *image);

/* out: width and height at the full size, kinds of anomaly, whether objects can be edited.  1: unknown category. */
int lad_wasm_category_numbers(const char *category, double out[4])
{
    const lad_scene_category *found = lad_scene_category_find(category);
    if (!found) return 1;
    out[0] = (double)found->width;
    out[1] = (double)found->height;
    out[2] = (double)found->kind_count;
    out[3] = lad_scene_can_edit(found);
    return 0;
}

const char *lad_wasm_category_rule(const char *category)
{
    const lad_scene_category *found = lad_scene_category_find(category);
    return found ? found->rule : NULL;
}

/* 1 logical, 2 structural; 0 for an unknown category or kind. */
int lad_wasm_kind_class(const char *category, int kind)
{
    const lad_scene_category *found = lad_scene_category_find(category);
    return found && kind >= 0 && (size_t)kind < found->kind_count ? (int)found->kinds[kind].class_ : 0;
}

const char *lad_wasm_lab_error(void)
{
    return last_error.text;
}

/* numbers: split, seed, index, kind, width; exposure, kelvin, light_turn, roll, tilt_x, tilt_y, zoom.
 * edits: [edit_count] of action, object, x, y. */
int lad_wasm_lab_create(lad_context *context, const char *category, const double numbers[12], const double *edits,
                        size_t edit_count, lad_scene_image **out)
{
    lad_scene_edit list[LAD_SCENE_MAX_EDITS];
    const lad_scene_category *found = lad_scene_category_find(category);
    if (!found) return (int)lad_fail(&last_error, LAD_ERR_ARG, "There is no scene category named %.40s.", category);
    if (edit_count > LAD_SCENE_MAX_EDITS)
        return (int)lad_fail(&last_error, LAD_ERR_ARG, "A scene takes %d edits, not %zu.", (int)LAD_SCENE_MAX_EDITS,
                             edit_count);
    for (size_t i = 0; i < edit_count; i++) {
        const double *e = edits + EDIT_NUMBERS * i;
        list[i] = (lad_scene_edit){(lad_scene_edit_action)(int)e[0], (size_t)e[1], (float)e[2], (float)e[3]};
    }
    const lad_scene_spec spec = {found, (lad_scene_split)(int)numbers[0], (uint64_t)numbers[1], (uint64_t)numbers[2],
                                 (int)numbers[3]};
    const lad_scene_changes changes = {.exposure = (float)numbers[5],
                                       .kelvin = (float)numbers[6],
                                       .light_turn = (float)numbers[7],
                                       .roll = (float)numbers[8],
                                       .tilt_x = (float)numbers[9],
                                       .tilt_y = (float)numbers[10],
                                       .zoom = (float)numbers[11],
                                       .list_objects = true,
                                       .edits = list,
                                       .edit_count = edit_count};
    lad_scene_image *image = lad_alloc_zero(1, sizeof *image);
    if (!image) return (int)lad_fail(&last_error, LAD_ERR_NOMEM, "There is not enough memory for a scene.");
    lad_status status =
        lad_scene_render_changed(&spec, &changes, (size_t)numbers[4], lad_context_pool(context), image, &last_error);
    if (status == LAD_OK) {
        *out = image;
    } else {
        lad_free(image);
    }
    return (int)status;
}

void lad_wasm_lab_destroy(lad_scene_image **image)
{
    if (*image) lad_scene_image_deinit(*image);
    lad_free(*image);
    *image = NULL;
}

/* out: width, height, masks, saturation area (0: the whole mask). */
void lad_wasm_lab_numbers(const lad_scene_image *image, double out[4])
{
    out[0] = (double)image->width;
    out[1] = (double)image->height;
    out[2] = (double)image->mask_count;
    out[3] = image->saturation_area_px;
}

const uint8_t *lad_wasm_lab_rgb(const lad_scene_image *image)
{
    return image->rgb;
}

const uint8_t *lad_wasm_lab_mask(const lad_scene_image *image, size_t which)
{
    return which < image->mask_count ? image->masks[which] : NULL;
}

const char *lad_wasm_lab_parameters(const lad_scene_image *image)
{
    return image->parameters;
}
