#define _POSIX_C_SOURCE 200809L
#include "base/file.h"

#include "base/alloc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The one sentence for a refusal of the operating system. */
static lad_status fail_errno(lad_error *err, const char *path, const char *verb, int code)
{
    return lad_fail(err, LAD_ERR_IO, "%s cannot be %s: %s.", path, verb, strerror(code));
}

/* ---- reading ---------------------------------------------------------------------------------------------- */

/* Reads exactly size_bytes; a file that ends early has changed under our hands. */
static lad_status read_all(int fd, const char *path, uint8_t *bytes, size_t size_bytes, lad_error *err)
{
    for (size_t done = 0; done < size_bytes;) {
        ssize_t got = read(fd, bytes + done, size_bytes - done);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno(err, path, "read", errno);
        if (got == 0) return lad_fail(err, LAD_ERR_IO, "%s became shorter while it was read.", path);
        done += (size_t)got;
    }
    return LAD_OK;
}

static lad_status read_open(int fd, const char *path, size_t limit_bytes, uint8_t **bytes, size_t *size_bytes,
                            lad_error *err)
{
    struct stat info;
    if (fstat(fd, &info) != 0) return fail_errno(err, path, "read", errno);
    if (!S_ISREG(info.st_mode)) return lad_fail(err, LAD_ERR_IO, "%s is not a regular file.", path);
    if ((uintmax_t)info.st_size > limit_bytes) {
        return lad_fail(err, LAD_ERR_UNSUPPORTED, "%s has %ju bytes, more than the limit of %zu.", path,
                        (uintmax_t)info.st_size, limit_bytes);
    }
    size_t size = (size_t)info.st_size;
    uint8_t *buffer = size < SIZE_MAX ? lad_alloc(size + 1, 1) : NULL;
    if (!buffer) return lad_fail(err, LAD_ERR_NOMEM, "%s does not fit into memory (%zu bytes).", path, size);
    lad_status status = read_all(fd, path, buffer, size, err);
    if (status != LAD_OK) {
        lad_free(buffer);
        return status;
    }
    buffer[size] = 0;
    *bytes = buffer;
    *size_bytes = size;
    return LAD_OK;
}

lad_status lad_file_read(const char *path, size_t limit_bytes, uint8_t **bytes, size_t *size_bytes, lad_error *err)
{
    /* Without O_NONBLOCK, opening a named pipe would wait for a writer before we can refuse it. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return fail_errno(err, path, "opened", errno);
    lad_status status = read_open(fd, path, limit_bytes, bytes, size_bytes, err);
    close(fd); /* nothing was written: there is nothing a failure could tell us */
    return status;
}

/* ---- writing ---------------------------------------------------------------------------------------------- */

/* Opens a new file beside path, so that rename stays within one file system. */
static lad_status open_temporary(const char *path, char **name, int *fd, lad_error *err)
{
    size_t size = strlen(path) + 48;
    char *candidate = lad_alloc(size, 1);
    if (!candidate) return lad_fail(err, LAD_ERR_NOMEM, "%s cannot be written: out of memory.", path);
    for (int attempt = 0; attempt < 100; attempt++) {
        snprintf(candidate, size, "%s.tmp-%ld-%d", path, (long)getpid(), attempt);
        *fd = open(candidate, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (*fd >= 0) {
            *name = candidate;
            return LAD_OK;
        }
        if (errno != EEXIST) break;
    }
    int code = errno;
    lad_free(candidate);
    return fail_errno(err, path, "written", code);
}

/* 0 or an errno code. */
static int write_all(int fd, const uint8_t *bytes, size_t size_bytes)
{
    for (size_t done = 0; done < size_bytes;) {
        ssize_t put = write(fd, bytes + done, size_bytes - done);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return errno;
        done += (size_t)put;
    }
    return fsync(fd) == 0 ? 0 : errno;
}

lad_status lad_file_write(const char *path, const void *bytes, size_t size_bytes, lad_error *err)
{
    /* rename would replace a device such as /dev/null by a file. */
    struct stat info;
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode)) {
        return lad_fail(err, LAD_ERR_IO, "%s cannot be written: it is not a regular file.", path);
    }
    char *temporary = NULL;
    int fd = -1;
    LAD_TRY(open_temporary(path, &temporary, &fd, err));
    int code = write_all(fd, bytes, size_bytes);
    if (close(fd) != 0 && code == 0) code = errno;
    if (code == 0 && rename(temporary, path) != 0) code = errno;
    if (code != 0) unlink(temporary);
    lad_free(temporary);
    return code == 0 ? LAD_OK : fail_errno(err, path, "written", code);
}

/* ---- folders ---------------------------------------------------------------------------------------------- */

bool lad_file_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

bool lad_folder_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

lad_status lad_folder_create(const char *path, lad_error *err)
{
    size_t length = strlen(path);
    if (length == 0) return fail_errno(err, "The folder \"\"", "created", ENOENT);
    char *prefix = lad_alloc(length + 1, 1);
    if (!prefix) return lad_fail(err, LAD_ERR_NOMEM, "%s cannot be created: out of memory.", path);
    memcpy(prefix, path, length + 1);
    lad_status status = LAD_OK;
    for (size_t end = 1; end <= length && status == LAD_OK; end++) {
        if (path[end] != '/' && path[end] != '\0') continue;
        prefix[end] = '\0';
        if (mkdir(prefix, 0777) != 0) {
            int code = errno;
            if (!lad_folder_exists(prefix)) status = fail_errno(err, prefix, "created", code);
        }
        prefix[end] = path[end];
    }
    lad_free(prefix);
    return status;
}

lad_status lad_file_remove(const char *path, lad_error *err)
{
    return remove(path) == 0 || errno == ENOENT ? LAD_OK : fail_errno(err, path, "removed", errno);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *copy_string(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = lad_alloc(size, 1);
    if (copy) memcpy(copy, text, size);
    return copy;
}

/* Appends a copy of name; false when memory ran out. */
static bool names_append(lad_names *names, size_t *capacity, const char *name)
{
    if (names->count == *capacity) {
        size_t wanted = *capacity ? *capacity * 2 : 64;
        char **grown = lad_alloc(wanted, sizeof *grown);
        if (!grown) return false;
        if (names->count > 0) memcpy(grown, names->names, names->count * sizeof *grown);
        lad_free(names->names);
        names->names = grown;
        *capacity = wanted;
    }
    char *copy = copy_string(name);
    if (!copy) return false;
    names->names[names->count++] = copy;
    return true;
}

lad_status lad_folder_list(const char *path, lad_names *out, lad_error *err)
{
    DIR *folder = opendir(path);
    if (!folder) return fail_errno(err, path, "listed", errno);
    lad_names names = {0};
    size_t capacity = 0;
    lad_status status = LAD_OK;
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(folder);
        if (!entry) {
            if (errno != 0) status = fail_errno(err, path, "listed", errno);
            break;
        }
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (!names_append(&names, &capacity, entry->d_name)) {
            status = lad_fail(err, LAD_ERR_NOMEM, "%s cannot be listed: out of memory.", path);
            break;
        }
    }
    closedir(folder);
    if (status != LAD_OK) {
        lad_names_deinit(&names);
        return status;
    }
    if (names.count > 1) qsort(names.names, names.count, sizeof *names.names, compare_names);
    *out = names;
    return LAD_OK;
}

void lad_names_deinit(lad_names *names)
{
    for (size_t i = 0; i < names->count; i++) lad_free(names->names[i]);
    lad_free(names->names);
    *names = (lad_names){0};
}

char *lad_path_join(const char *a, const char *b)
{
    size_t length_a = strlen(a), length_b = strlen(b), size;
    if (!lad_size_add(length_a, length_b, &size) || !lad_size_add(size, 2, &size)) return NULL;
    char *joined = lad_alloc(size, 1);
    if (!joined) return NULL;
    bool slash = length_a > 0 && a[length_a - 1] != '/';
    snprintf(joined, size, "%s%s%s", a, slash ? "/" : "", b);
    return joined;
}
