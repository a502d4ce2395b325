#include "data/dataset.h"

#include "base/alloc.h"
#include "base/file.h"
#include "eval/data_hash.h"

#include <stdio.h>
#include <string.h>

static const char *const split_folders[] = {"train", "validation", "test"};

static lad_status no_memory(const char *root, lad_error *err)
{
    return lad_fail(err, LAD_ERR_NOMEM, "%s cannot be listed: out of memory.", root);
}

static bool ends_with(const char *name, const char *suffix)
{
    size_t length = strlen(name), tail = strlen(suffix);
    if (length <= tail) return false;
    for (size_t i = 0; i < tail; i++) {
        char c = name[length - tail + i];
        if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
        if (c != suffix[i]) return false;
    }
    return true;
}

static bool is_image_name(const char *name)
{
    return name[0] != '.' && (ends_with(name, ".png") || ends_with(name, ".jpg") || ends_with(name, ".jpeg"));
}

static char *copy_text(const char *text, size_t length)
{
    char *copy = lad_alloc(length + 1, 1);
    if (!copy) return NULL;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

static size_t stem_length(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot ? (size_t)(dot - name) : strlen(name);
}

static void entry_deinit(lad_entry *entry)
{
    for (size_t m = 0; m < entry->mask_count; m++) lad_free(entry->masks[m]);
    lad_free(entry->masks);
    lad_free(entry->path);
    lad_free(entry->id);
}

void lad_dataset_deinit(lad_dataset *dataset)
{
    for (size_t i = 0; i < dataset->count; i++) entry_deinit(&dataset->entries[i]);
    lad_free(dataset->entries);
    lad_free(dataset->root);
    *dataset = (lad_dataset){0};
}

/* Takes `path` over, also on failure. */
static bool entry_add_mask(lad_entry *entry, char *path)
{
    char **grown = path ? lad_alloc(entry->mask_count + 1, sizeof *grown) : NULL;
    if (!grown) {
        lad_free(path);
        return false;
    }
    if (entry->mask_count) memcpy(grown, entry->masks, entry->mask_count * sizeof *grown);
    lad_free(entry->masks);
    entry->masks = grown;
    entry->masks[entry->mask_count++] = path;
    return true;
}

/* LOCO: ground_truth/<type>/<stem>/NNN.png; MVTec AD: ground_truth/<type>/<stem>_mask.png. */
static lad_status find_masks(const char *root, const char *type, lad_entry *entry, lad_error *err)
{
    char folder[4096];
    int length = snprintf(folder, sizeof folder - 16, "%s/ground_truth/%s", root, entry->id);
    if (length < 0 || (size_t)length >= sizeof folder - 16)
        return lad_fail(err, LAD_ERR_ARG, "%s/ground_truth/%s has too long a path.", root, type);
    lad_names names = {0};
    if (lad_folder_exists(folder)) LAD_TRY(lad_folder_list(folder, &names, err));
    bool ok = true;
    for (size_t i = 0; ok && i < names.count; i++) {
        if (is_image_name(names.names[i])) ok = entry_add_mask(entry, lad_path_join(folder, names.names[i]));
    }
    lad_names_deinit(&names);
    snprintf(folder + length, sizeof folder - (size_t)length, "_mask.png");
    if (ok && lad_file_exists(folder)) ok = entry_add_mask(entry, copy_text(folder, strlen(folder)));
    return ok ? LAD_OK : no_memory(root, err);
}

/* Adds the images of one folder.  type: its name within the split, NULL in a bare folder. */
static lad_status add_folder(lad_dataset *set, size_t *capacity, const char *folder, const char *type, lad_label label,
                             lad_error *err)
{
    lad_names names;
    LAD_TRY(lad_folder_list(folder, &names, err));
    lad_status status = LAD_OK;
    for (size_t i = 0; i < names.count && status == LAD_OK; i++) {
        const char *name = names.names[i];
        if (!is_image_name(name)) continue;
        if (set->count == *capacity) {
            size_t wanted = *capacity ? 2 * *capacity : 64;
            lad_entry *grown = lad_alloc(wanted, sizeof *grown);
            if (!grown) {
                status = no_memory(set->root, err);
                break;
            }
            if (set->count) memcpy(grown, set->entries, set->count * sizeof *grown);
            lad_free(set->entries);
            set->entries = grown;
            *capacity = wanted;
        }
        lad_entry *entry = &set->entries[set->count++];
        char *stem = copy_text(name, stem_length(name));
        *entry = (lad_entry){.path = lad_path_join(folder, name), .label = label};
        entry->id = type && stem ? lad_path_join(type, stem) : stem;
        if (entry->id != stem) lad_free(stem);
        if (!entry->path || !entry->id)
            status = no_memory(set->root, err);
        else if (type && label > LAD_LABEL_GOOD)
            status = find_masks(set->root, type, entry, err);
    }
    lad_names_deinit(&names);
    return status;
}

static lad_label label_of_folder(const char *name)
{
    if (strcmp(name, "good") == 0) return LAD_LABEL_GOOD;
    return strcmp(name, "logical_anomalies") == 0 ? LAD_LABEL_LOGICAL : LAD_LABEL_STRUCTURAL;
}

/* split_folder: "ROOT/test", each of whose folders is a class; of train and validation only "good" is read. */
static lad_status add_split(lad_dataset *set, size_t *capacity, const char *split_folder, bool only_good,
                            lad_error *err)
{
    lad_names names;
    LAD_TRY(lad_folder_list(split_folder, &names, err));
    lad_status status = LAD_OK;
    for (size_t i = 0; i < names.count && status == LAD_OK; i++) {
        const char *name = names.names[i];
        if (name[0] == '.' || (only_good && strcmp(name, "good") != 0)) continue;
        char *folder = lad_path_join(split_folder, name);
        if (!folder)
            status = no_memory(set->root, err);
        else if (lad_folder_exists(folder))
            status = add_folder(set, capacity, folder, name, label_of_folder(name), err);
        lad_free(folder);
    }
    lad_names_deinit(&names);
    return status;
}

lad_status lad_dataset_open(const char *root, lad_split split, lad_dataset *out, lad_error *err)
{
    if (!lad_folder_exists(root)) return lad_fail(err, LAD_ERR_IO, "%s is not a folder.", root);
    const char *name = split_folders[split];
    lad_dataset set = {.root = copy_text(root, strlen(root))};
    char *split_folder = lad_path_join(root, name);
    size_t capacity = 0;
    lad_status status = LAD_OK;
    if (!set.root || !split_folder)
        status = no_memory(root, err);
    else if (lad_folder_exists(split_folder))
        status = add_split(&set, &capacity, split_folder, split != LAD_DATA_TEST, err);
    else
        status = add_folder(&set, &capacity, root, NULL, LAD_LABEL_NONE, err);
    if (status == LAD_OK && set.count == 0) {
        if (lad_folder_exists(split_folder))
            status = lad_fail(err, LAD_ERR_IO, "%s holds no PNG or JPEG images%s.", split_folder,
                              split == LAD_DATA_TEST ? " in folders such as good" : " in a folder good");
        else
            status = lad_fail(err, LAD_ERR_IO, "%s holds neither a folder %s nor PNG or JPEG images.", root, name);
    }
    lad_free(split_folder);
    if (status == LAD_OK)
        *out = set;
    else
        lad_dataset_deinit(&set);
    return status;
}

lad_status lad_dataset_load(const lad_dataset *dataset, size_t i, size_t size, uint8_t *rgb, size_t *width,
                            size_t *height, lad_error *err)
{
    const char *path = dataset->entries[i].path;
    uint8_t *bytes;
    size_t size_bytes;
    lad_image image;
    LAD_TRY(lad_file_read(path, LAD_IMAGE_MAX_FILE_BYTES, &bytes, &size_bytes, err));
    lad_status status = lad_image_decode(bytes, size_bytes, path, &image, err);
    lad_free(bytes);
    if (status != LAD_OK) return status;
    status = lad_image_resize(image.rgb, image.width, image.height, 3, rgb, size, size);
    if (status != LAD_OK) lad_fail(err, status, "%s cannot be resized: %s.", path, lad_status_name(status));
    if (status == LAD_OK && width) *width = image.width;
    if (status == LAD_OK && height) *height = image.height;
    lad_image_deinit(&image);
    return status;
}

lad_status lad_dataset_hash(const lad_dataset *dataset, char hex[17], lad_error *err)
{
    lad_data_hash hash;
    lad_data_hash_init(&hash);
    for (size_t i = 0; i < dataset->count; i++) {
        const lad_entry *entry = &dataset->entries[i];
        uint8_t *bytes;
        size_t size_bytes;
        LAD_TRY(lad_file_read(entry->path, LAD_IMAGE_MAX_FILE_BYTES, &bytes, &size_bytes, err));
        lad_data_hash_add(&hash, entry->id, bytes, size_bytes);
        lad_free(bytes);
    }
    lad_data_hash_final(&hash, hex);
    return LAD_OK;
}
