/* Files and folders, the only way from the core to the file system (native builds only).
 *
 * Invariant: a file that is written here appears under its name complete or not at all: bytes go to a
 * temporary name in the same folder, are flushed, and the name is changed.  Every failure names the path and
 * the reason in one sentence.  Thread rule: no shared state. */
#ifndef LAD_BASE_FILE_H
#define LAD_BASE_FILE_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads the whole file.  A file of more than limit_bytes is refused (LAD_ERR_UNSUPPORTED) before anything is
 * allocated.  On success *bytes is the caller's (lad_free), with one extra NUL byte behind *size_bytes. */
LAD_MUST_CHECK lad_status lad_file_read(const char *path, size_t limit_bytes, uint8_t **bytes, size_t *size_bytes,
                                        lad_error *err);

/* Writes size_bytes to path, replacing what was there, all or nothing (see above). */
LAD_MUST_CHECK lad_status lad_file_write(const char *path, const void *bytes, size_t size_bytes, lad_error *err);

bool lad_file_exists(const char *path);   /* a regular file */
bool lad_folder_exists(const char *path); /* a folder */

/* Makes the folder and its parents; one that is there already is fine. */
LAD_MUST_CHECK lad_status lad_folder_create(const char *path, lad_error *err);

/* Removes a file, or an empty folder; one that is not there is fine. */
LAD_MUST_CHECK lad_status lad_file_remove(const char *path, lad_error *err);

/* Sorted (strcmp) entry names of a folder, without "." and "..". */
typedef struct lad_names {
    char **names; /* [count] */
    size_t count;
} lad_names;
LAD_MUST_CHECK lad_status lad_folder_list(const char *path, lad_names *out, lad_error *err);
void lad_names_deinit(lad_names *names);

/* "a/b" joined into a new string (lad_free), or NULL when memory ran out. */
LAD_MUST_CHECK char *lad_path_join(const char *a, const char *b);

#endif
