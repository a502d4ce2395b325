#include "data/loco_writer.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/json.h"
#include "data/loco_plan.h"
#include "data/loco_text.h"
#include "image/image.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { PATH_BYTES = 4096, NOTE_LIMIT_BYTES = 1 << 20, SCENES_LIMIT_BYTES = 1 << 30 };

struct lad_loco_writer {
    char *root;
    lad_loco_options options;
    char *header;  /* of scenes.json: a JSON object without its closing brace; names the options */
    bool complete; /* everything was there when the writer was made */
};

static lad_status no_memory(const char *root, lad_error *err)
{
    return lad_fail(err, LAD_ERR_NOMEM, "Memory for writing %s ran out.", root);
}

/* path: [PATH_BYTES] = root/format. */
static lad_status path_make(char *path, const char *root, lad_error *err, const char *format, ...) LAD_PRINTF(4, 5);
static lad_status path_make(char *path, const char *root, lad_error *err, const char *format, ...)
{
    va_list args;
    int length = snprintf(path, PATH_BYTES, "%s/", root);
    bool fits = length > 0 && length < PATH_BYTES;
    if (fits) {
        va_start(args, format);
        int more = vsnprintf(path + length, (size_t)(PATH_BYTES - length), format, args);
        va_end(args);
        fits = more > 0 && more < PATH_BYTES - length;
    }
    return fits ? LAD_OK : lad_fail(err, LAD_ERR_ARG, "%.200s is too long a path.", root);
}

/* --- making the folder, or finding it --- */

static lad_status foreign(const char *root, lad_error *err)
{
    return lad_fail(err, LAD_ERR_ARG, "%s already holds other images or scenes of other settings; it is left as it is.",
                    root);
}

/* Compares the beginning of a file with the header.  *exists: whether there is such a file. */
static lad_status check_header(const lad_loco_writer *w, const char *name, size_t limit_bytes, bool *exists,
                               lad_error *err)
{
    char path[PATH_BYTES];
    uint8_t *bytes;
    size_t size_bytes, length = strlen(w->header);
    LAD_TRY(path_make(path, w->root, err, "%s", name));
    *exists = lad_file_exists(path);
    if (!*exists) return LAD_OK;
    LAD_TRY(lad_file_read(path, limit_bytes, &bytes, &size_bytes, err));
    bool same = size_bytes >= length && memcmp(bytes, w->header, length) == 0;
    lad_free(bytes);
    return same ? LAD_OK : foreign(w->root, err);
}

static lad_status image_path(const lad_loco_writer *w, const lad_loco_item *item, char *path, lad_error *err)
{
    return path_make(path, w->root, err, "%s/%s.%s", item->folder, item->name, w->options.jpeg ? "jpg" : "png");
}

static lad_status note_path(const lad_loco_writer *w, const lad_loco_item *item, char *path, lad_error *err)
{
    LAD_TRY(path_make(path, w->root, err, ".scenes/%s-%s.json", item->folder, item->name));
    for (char *c = strstr(path + strlen(w->root), ".scenes/") + strlen(".scenes/"); *c; c++) {
        if (*c == '/') *c = '-';
    }
    return LAD_OK;
}

static lad_status all_images_exist(const lad_loco_writer *w, bool *all, lad_error *err)
{
    *all = true;
    for (size_t i = 0; *all && i < lad_loco_plan_count(&w->options); i++) {
        lad_loco_item item;
        char path[PATH_BYTES];
        lad_loco_plan_item(&w->options, i, &item);
        LAD_TRY(image_path(w, &item, path, err));
        *all = lad_file_exists(path);
    }
    return LAD_OK;
}

static lad_status make_folders(const lad_loco_writer *w, lad_error *err)
{
    char path[PATH_BYTES];
    for (size_t s = 0; s < LAD_LOCO_SECTIONS; s++) {
        size_t count;
        const char *folder = lad_loco_section(&w->options, s, &count);
        if (count == 0) continue;
        LAD_TRY(path_make(path, w->root, err, "%s", folder));
        LAD_TRY(lad_folder_create(path, err));
    }
    LAD_TRY(path_make(path, w->root, err, ".scenes"));
    LAD_TRY(lad_folder_create(path, err));
    LAD_TRY(path_make(path, w->root, err, ".scenes/settings"));
    return lad_file_write(path, w->header, strlen(w->header), err);
}

static lad_status open_root(lad_loco_writer *w, lad_error *err)
{
    bool finished = false, begun = false;
    lad_names names = {0};
    LAD_TRY(check_header(w, "scenes.json", SCENES_LIMIT_BYTES, &finished, err));
    if (finished) LAD_TRY(all_images_exist(w, &w->complete, err));
    if (w->complete) return LAD_OK;
    LAD_TRY(check_header(w, ".scenes/settings", NOTE_LIMIT_BYTES, &begun, err));
    if (!finished && !begun && lad_folder_exists(w->root)) {
        LAD_TRY(lad_folder_list(w->root, &names, err));
        bool empty = names.count == 0;
        lad_names_deinit(&names);
        if (!empty) return foreign(w->root, err);
    }
    return make_folders(w, err);
}

lad_status lad_loco_writer_create(const char *root, const lad_loco_options *options, lad_loco_writer **out,
                                  lad_error *err)
{
    if (options->train > LAD_LOCO_MAX_IMAGES || options->validation > LAD_LOCO_MAX_IMAGES ||
        options->test > LAD_LOCO_MAX_IMAGES || lad_loco_plan_count(options) == 0)
        return lad_fail(err, LAD_ERR_ARG, "%s would hold no image, or too many.", root);
    lad_loco_writer *w = lad_alloc_zero(1, sizeof *w);
    if (!w) return no_memory(root, err);
    w->options = *options;
    w->root = lad_path_join(root, "");
    lad_status status = w->root ? lad_loco_header(root, options, &w->header, err) : no_memory(root, err);
    if (status == LAD_OK) {
        w->root[strlen(w->root) - 1] = '\0'; /* the slash */
        status = open_root(w, err);
    }
    if (status == LAD_OK)
        *out = w;
    else
        lad_loco_writer_destroy(&w);
    return status;
}

void lad_loco_writer_destroy(lad_loco_writer **writer)
{
    if (!*writer) return;
    lad_free((*writer)->root);
    lad_free((*writer)->header);
    lad_free(*writer);
    *writer = NULL;
}

size_t lad_loco_writer_count(const lad_loco_writer *writer)
{
    return lad_loco_plan_count(&writer->options);
}

/* --- one image --- */

static lad_status write_pixels(const lad_loco_writer *w, const char *path, const uint8_t *pixels, size_t width,
                               size_t height, size_t channels, lad_error *err)
{
    uint8_t *bytes;
    size_t size_bytes;
    lad_status status = w->options.jpeg && channels == 3
                            ? lad_jpeg_encode(pixels, width, height, LAD_LOCO_JPEG_QUALITY, &bytes, &size_bytes)
                            : lad_png_encode(pixels, width, height, channels, &bytes, &size_bytes);
    if (status != LAD_OK) return lad_fail(err, status, "%s cannot be encoded: %s.", path, lad_status_name(status));
    status = lad_file_write(path, bytes, size_bytes, err);
    lad_free(bytes);
    return status;
}

static lad_status write_masks(const lad_loco_writer *w, const lad_loco_item *item, const lad_scene_image *scene,
                              lad_error *err)
{
    char path[PATH_BYTES];
    if (scene->mask_count == 0) return LAD_OK;
    LAD_TRY(path_make(path, w->root, err, "ground_truth/%s/%s", item->type, item->name));
    LAD_TRY(lad_folder_create(path, err));
    for (size_t m = 0; m < scene->mask_count; m++) {
        LAD_TRY(path_make(path, w->root, err, "ground_truth/%s/%s/%03zu.png", item->type, item->name, m));
        LAD_TRY(write_pixels(w, path, scene->masks[m], scene->width, scene->height, 1, err));
    }
    return LAD_OK;
}

/* The note comes last: it says that the rest is complete. */
static lad_status write_item(const lad_loco_writer *w, const lad_loco_item *item, const lad_scene_image *scene,
                             lad_error *err)
{
    char path[PATH_BYTES], *note = NULL;
    LAD_TRY(image_path(w, item, path, err));
    LAD_TRY(write_pixels(w, path, scene->rgb, scene->width, scene->height, 3, err));
    LAD_TRY(write_masks(w, item, scene, err));
    LAD_TRY(note_path(w, item, path, err));
    LAD_TRY(lad_loco_note(w->root, &w->options, item, scene, &note, err));
    lad_status status = lad_file_write(path, note, strlen(note), err);
    lad_free(note);
    return status;
}

lad_status lad_loco_writer_item(const lad_loco_writer *writer, size_t item_index, lad_pool *pool, lad_error *err)
{
    lad_loco_item item;
    lad_scene_image scene = {0};
    char image[PATH_BYTES], note[PATH_BYTES];
    if (writer->complete) return LAD_OK;
    lad_loco_plan_item(&writer->options, item_index, &item);
    LAD_TRY(image_path(writer, &item, image, err));
    LAD_TRY(note_path(writer, &item, note, err));
    if (lad_file_exists(note) && lad_file_exists(image)) return LAD_OK;
    LAD_TRY(lad_scene_render(&item.spec, writer->options.width, pool, &scene, err));
    lad_status status = write_item(writer, &item, &scene, err);
    lad_scene_image_deinit(&scene);
    return status;
}

/* --- the end --- */

/* A text that grows; append returns false when memory ran out. */
typedef struct text_buffer {
    char *text;
    size_t used_bytes, size_bytes;
} text_buffer;

static bool text_append(text_buffer *b, const void *text, size_t length)
{
    if (length > b->size_bytes - b->used_bytes) {
        size_t grown_bytes;
        if (!lad_size_add(b->used_bytes, length, &grown_bytes) || !lad_size_mul(grown_bytes, 2, &grown_bytes))
            return false;
        char *grown = lad_alloc(grown_bytes, 1);
        if (!grown) return false;
        if (b->used_bytes) memcpy(grown, b->text, b->used_bytes);
        lad_free(b->text);
        b->text = grown;
        b->size_bytes = grown_bytes;
    }
    memcpy(b->text + b->used_bytes, text, length);
    b->used_bytes += length;
    return true;
}

static lad_status append_note(const lad_loco_writer *w, size_t index, text_buffer *b, lad_error *err)
{
    lad_loco_item item;
    char path[PATH_BYTES];
    uint8_t *note;
    size_t size_bytes;
    lad_loco_plan_item(&w->options, index, &item);
    LAD_TRY(note_path(w, &item, path, err));
    LAD_TRY(lad_file_read(path, NOTE_LIMIT_BYTES, &note, &size_bytes, err));
    bool ok = text_append(b, index ? ",\n  " : "\n  ", index ? 4 : 3) && text_append(b, note, size_bytes);
    lad_free(note);
    return ok ? LAD_OK : no_memory(w->root, err);
}

static lad_status write_config(const lad_loco_writer *w, lad_error *err)
{
    char path[PATH_BYTES], *text = NULL;
    LAD_TRY(lad_loco_config(w->root, &w->options, &text, err));
    lad_status status = path_make(path, w->root, err, "defects_config.json");
    if (status == LAD_OK) status = lad_file_write(path, text, strlen(text), err);
    lad_free(text);
    return status;
}

static lad_status write_scenes(const lad_loco_writer *w, lad_error *err)
{
    static const char before[] = ",\n\"images\":[", behind[] = "\n]}\n";
    text_buffer b = {0};
    char path[PATH_BYTES];
    lad_json *check = NULL;
    lad_status status = text_append(&b, w->header, strlen(w->header)) && text_append(&b, before, sizeof before - 1)
                            ? LAD_OK
                            : no_memory(w->root, err);
    for (size_t i = 0; i < lad_loco_plan_count(&w->options) && status == LAD_OK; i++)
        status = append_note(w, i, &b, err);
    if (status == LAD_OK && !text_append(&b, behind, sizeof behind - 1)) status = no_memory(w->root, err);
    if (status == LAD_OK) status = path_make(path, w->root, err, "scenes.json");
    /* It was put together from texts: make sure that others can read it. */
    if (status == LAD_OK) status = lad_json_parse(b.text, b.used_bytes, 32, path, &check, err);
    if (status == LAD_OK) status = lad_file_write(path, b.text, b.used_bytes, err);
    lad_json_destroy(&check);
    lad_free(b.text);
    return status;
}

/* Also what an earlier run left that was stopped right here. */
static lad_status remove_notes(const lad_loco_writer *w, lad_error *err)
{
    char folder[PATH_BYTES];
    lad_names names;
    LAD_TRY(path_make(folder, w->root, err, ".scenes"));
    if (!lad_folder_exists(folder)) return LAD_OK;
    LAD_TRY(lad_folder_list(folder, &names, err));
    lad_status status = LAD_OK;
    for (size_t i = 0; i < names.count && status == LAD_OK; i++) {
        char path[PATH_BYTES];
        status = path_make(path, w->root, err, ".scenes/%s", names.names[i]);
        if (status == LAD_OK) status = lad_file_remove(path, err);
    }
    lad_names_deinit(&names);
    return status == LAD_OK ? lad_file_remove(folder, err) : status;
}

lad_status lad_loco_writer_finish(const lad_loco_writer *writer, lad_error *err)
{
    if (!writer->complete) {
        LAD_TRY(write_config(writer, err));
        LAD_TRY(write_scenes(writer, err));
    }
    return remove_notes(writer, err);
}
