#include "data/loco_text.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/version.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static lad_status no_memory(const char *root, lad_error *err)
{
    return lad_fail(err, LAD_ERR_NOMEM, "Memory for writing %s ran out.", root);
}

/* The printed object in one line without "}" and newline, so that more members can follow; the caller's. */
static lad_status print_open(const lad_json *object, const char *root, char **text, lad_error *err)
{
    if (lad_json_print(object, false, text) != LAD_OK) return no_memory(root, err);
    *strrchr(*text, '}') = '\0';
    return LAD_OK;
}

lad_status lad_loco_header(const char *root, const lad_loco_options *o, char **text, lad_error *err)
{
    lad_json *object = lad_json_new_object();
    if (!object) return no_memory(root, err);
    char seed[24];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)o->seed);
    lad_json_add_string(object, "format", "lad-scenes/1");
    lad_json_add_string(object, "about", "LOCO-style scenes (rendered): not images of MVTec LOCO AD.");
    lad_json_add_string(object, "lad_version", LAD_VERSION);
    lad_json_add_string(object, "category", o->category->name);
    lad_json_add_string(object, "rule", o->category->rule);
    lad_json_add_string(object, "seed", seed); /* 64 bits do not fit a JSON number */
    lad_json_add_number(object, "width", (double)(o->width ? o->width : o->category->width));
    lad_json_add_string(object, "images_as", o->jpeg ? "jpg" : "png");
    lad_json_add_number(object, "train", (double)o->train);
    lad_json_add_number(object, "validation", (double)o->validation);
    lad_json_add_number(object, "test_of_each_class", (double)o->test);
    if (o->only >= 0) lad_json_add_string(object, "only", o->category->kinds[o->only].name);
    lad_status status = print_open(object, root, text, err);
    lad_json_destroy(&object);
    return status;
}

lad_status lad_loco_note(const char *root, const lad_loco_options *o, const lad_loco_item *item,
                         const lad_scene_image *scene, char **text, lad_error *err)
{
    const char *parameters = scene->parameters ? scene->parameters : "{}";
    lad_json *object = lad_json_new_object();
    char path[80], *open = NULL;
    if (!object) return no_memory(root, err);
    snprintf(path, sizeof path, "%s/%s.%s", item->folder, item->name, o->jpeg ? "jpg" : "png");
    lad_json_add_string(object, "path", path);
    lad_json_add_string(object, "class", lad_loco_class_name(item->class_));
    if (item->spec.kind >= 0) {
        const lad_scene_kind *kind = &item->spec.category->kinds[item->spec.kind];
        lad_json_add_string(object, "kind", kind->name);
        lad_json_add_string(object, "rule", kind->rule);
        lad_json_add_string(object, "description", kind->description);
    }
    lad_json_add_number(object, "masks", (double)scene->mask_count);
    lad_status status = print_open(object, root, &open, err);
    lad_json_destroy(&object);
    if (status != LAD_OK) return status;
    size_t size_bytes = strlen(open) + strlen(parameters) + 32;
    char *note = lad_alloc(size_bytes, 1);
    if (note) snprintf(note, size_bytes, "%s,\"parameters\":%s}", open, parameters);
    lad_free(open);
    if (!note) return no_memory(root, err);
    for (char *c = note; *c; c++) { /* one image, one line */
        if (*c == '\n') *c = ' ';
    }
    *text = note;
    return LAD_OK;
}

/* Its reader in Python wants a fraction written as a real number ("1.0") and pixels as a whole one, which is why
 * the numbers are written here. */
lad_status lad_loco_config(const char *root, const lad_loco_options *o, char **text, lad_error *err)
{
    enum { LINE_BYTES = 256 };
    const lad_scene_category *category = o->category;
    double scale = o->width ? (double)o->width / (double)category->width : 1;
    char *list = lad_alloc(category->kind_count + 1, LINE_BYTES);
    if (!list) return no_memory(root, err);
    size_t used = (size_t)snprintf(list, LINE_BYTES, "[\n");
    for (size_t k = 0; k < category->kind_count; k++) {
        const lad_scene_kind *kind = &category->kinds[k];
        char threshold[32];
        if (kind->relative_saturation)
            snprintf(threshold, sizeof threshold, "%.4f", kind->saturation_threshold);
        else
            snprintf(threshold, sizeof threshold, "%.0f", fmax(1, kind->saturation_threshold * scale * scale));
        used += (size_t)snprintf(list + used, LINE_BYTES,
                                 "  {\"defect_name\": \"%.100s\", \"pixel_value\": %d, \"saturation_threshold\": %s, "
                                 "\"relative_saturation\": %s}%s\n",
                                 kind->name, kind->pixel_value, threshold, kind->relative_saturation ? "true" : "false",
                                 k + 1 < category->kind_count ? "," : "");
    }
    snprintf(list + used, LINE_BYTES, "]\n");
    *text = list;
    return LAD_OK;
}
