/* A fresh folder for a test, removed with everything in it afterwards. */
#ifndef LAD_TESTS_TEMP_FOLDER_H
#define LAD_TESTS_TEMP_FOLDER_H

#include "base/alloc.h"
#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct temp_folder {
    char path[256];
} temp_folder;

static inline void temp_folder_make(temp_folder *folder)
{
    const char *base = getenv("TMPDIR");
    snprintf(folder->path, sizeof folder->path, "%.200s/lad-test-XXXXXX", base && base[0] ? base : "/tmp");
    if (!mkdtemp(folder->path)) abort();
}

static inline void temp_remove_all(const char *path)
{
    lad_names names;
    if (lad_folder_exists(path) && lad_folder_list(path, &names, NULL) == LAD_OK) {
        for (size_t i = 0; i < names.count; i++) {
            char *inner = lad_path_join(path, names.names[i]);
            if (inner) temp_remove_all(inner);
            lad_free(inner);
        }
        lad_names_deinit(&names);
    }
    remove(path);
}

/* Writes folder/name, making the folders in between. */
static inline void temp_write(const temp_folder *folder, const char *name, const void *bytes, size_t size_bytes)
{
    char path[512], parent[512];
    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    memcpy(parent, path, sizeof parent);
    *strrchr(parent, '/') = '\0';
    if (lad_folder_create(parent, NULL) != LAD_OK || lad_file_write(path, bytes, size_bytes, NULL) != LAD_OK) abort();
}

#endif
