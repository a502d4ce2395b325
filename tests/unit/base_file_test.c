#define _DEFAULT_SOURCE
#include "base/alloc.h"
#include "base/file.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* A new empty folder for each test, the state of cmocka; every test leaves it empty. */
static int make_folder(void **state)
{
    char template[] = "/tmp/lad-file-test-XXXXXX";
    char *folder = mkdtemp(template);
    *state = folder ? strdup(folder) : NULL;
    return *state ? 0 : -1;
}

static int remove_folder(void **state)
{
    int result = rmdir(*state); /* fails when something was left behind */
    free(*state);
    return result;
}

static void expect_content(const char *path, const char *text)
{
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    assert_int_equal(lad_file_read(path, 1 << 20, &bytes, &size_bytes, NULL), LAD_OK);
    assert_int_equal(size_bytes, strlen(text));
    assert_string_equal((const char *)bytes, text); /* the extra NUL ends it */
    lad_free(bytes);
}

static size_t count_entries(const char *folder)
{
    lad_names names;
    assert_int_equal(lad_folder_list(folder, &names, NULL), LAD_OK);
    size_t count = names.count;
    lad_names_deinit(&names);
    return count;
}

static void test_file_write_replaces_whole_content(void **state)
{
    char *path = lad_path_join(*state, "a.txt");
    assert_int_equal(lad_file_write(path, "first content", 13, NULL), LAD_OK);
    expect_content(path, "first content");
    assert_int_equal(lad_file_write(path, "second", 6, NULL), LAD_OK);
    expect_content(path, "second");
    assert_int_equal(lad_file_write(path, "", 0, NULL), LAD_OK);
    expect_content(path, "");
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    mode_t mask = umask(0);
    umask(mask);
    assert_int_equal(info.st_mode & 0777, 0666 & ~mask);
    assert_int_equal(count_entries(*state), 1); /* no temporary file is left */
    assert_int_equal(unlink(path), 0);
    lad_free(path);
}

/* A limit on file size refuses the write half way, as a full disk does. */
static void test_file_write_that_cannot_finish_keeps_the_old_file(void **state)
{
    char *path = lad_path_join(*state, "a.txt");
    assert_int_equal(lad_file_write(path, "precious", 8, NULL), LAD_OK);
    struct rlimit before, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 4096;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    static const char large[10000];
    lad_error err = {0};
    lad_status status = lad_file_write(path, large, sizeof large, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, handler);
    assert_int_equal(status, LAD_ERR_IO);
    assert_non_null(strstr(err.text, "a.txt cannot be written: File too large."));
    expect_content(path, "precious");
    assert_int_equal(count_entries(*state), 1);
    assert_int_equal(unlink(path), 0);
    lad_free(path);
}

static void test_file_write_to_a_missing_folder_or_a_device_fails(void **state)
{
    lad_error err = {0};
    char *path = lad_path_join(*state, "missing/a.txt");
    assert_int_equal(lad_file_write(path, "x", 1, &err), LAD_ERR_IO);
    assert_non_null(strstr(err.text, "missing/a.txt cannot be written: No such file or directory."));
    lad_free(path);
    assert_int_equal(lad_file_write("/dev/null", "x", 1, &err), LAD_ERR_IO);
    assert_string_equal(err.text, "/dev/null cannot be written: it is not a regular file.");
    assert_int_equal(lad_file_write(*state, "x", 1, &err), LAD_ERR_IO);
    assert_non_null(strstr(err.text, "is not a regular file."));
}

static void test_file_read_refuses_what_is_not_a_small_file(void **state)
{
    uint8_t *bytes = NULL;
    size_t size_bytes = 7;
    lad_error err = {0};
    char *path = lad_path_join(*state, "a");
    assert_int_equal(lad_file_read(path, 100, &bytes, &size_bytes, &err), LAD_ERR_IO);
    assert_non_null(strstr(err.text, "/a cannot be opened: No such file or directory."));
    assert_int_equal(lad_file_read(*state, 100, &bytes, &size_bytes, &err), LAD_ERR_IO);
    assert_non_null(strstr(err.text, "is not a regular file."));
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(lad_file_read(path, 100, &bytes, &size_bytes, &err), LAD_ERR_IO); /* and does not wait */
    assert_non_null(strstr(err.text, "is not a regular file."));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(lad_file_write(path, "12345", 5, NULL), LAD_OK);
    assert_int_equal(lad_file_read(path, 4, &bytes, &size_bytes, &err), LAD_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.text, "/a has 5 bytes, more than the limit of 4."));
    assert_null(bytes);
    assert_int_equal(size_bytes, 7);
    assert_int_equal(unlink(path), 0);
    lad_free(path);
}

static void test_folder_create_makes_parents_and_accepts_existing(void **state)
{
    lad_error err = {0};
    char *deep = lad_path_join(*state, "x/y/z"), *middle = lad_path_join(*state, "x/y"),
         *top = lad_path_join(*state, "x");
    char *file = lad_path_join(middle, "file"), *below = lad_path_join(file, "folder");
    assert_int_equal(lad_folder_create(deep, &err), LAD_OK);
    assert_int_equal(lad_folder_create(deep, &err), LAD_OK);
    assert_true(lad_folder_exists(deep) && !lad_file_exists(deep));
    assert_int_equal(lad_file_write(file, "", 0, NULL), LAD_OK);
    assert_true(lad_file_exists(file) && !lad_folder_exists(file));
    assert_int_equal(lad_folder_create(file, &err), LAD_ERR_IO);
    assert_non_null(strstr(err.text, "x/y/file cannot be created: File exists."));
    assert_int_equal(lad_folder_create(below, &err), LAD_ERR_IO);
    assert_int_equal(lad_folder_create("", &err), LAD_ERR_IO);
    assert_true(unlink(file) == 0 && rmdir(deep) == 0 && rmdir(middle) == 0 && rmdir(top) == 0);
    char *all[] = {deep, middle, top, file, below};
    for (size_t i = 0; i < 5; i++) lad_free(all[i]);
}

static void test_folder_list_is_sorted_and_complete(void **state)
{
    enum { COUNT = 150 }; /* more than the first allocation holds */
    char name[16];
    for (int i = 0; i < COUNT; i++) {
        snprintf(name, sizeof name, "%03d", i * 37 % COUNT);
        char *path = lad_path_join(*state, name);
        assert_int_equal(lad_file_write(path, "", 0, NULL), LAD_OK);
        lad_free(path);
    }
    lad_names names;
    assert_int_equal(lad_folder_list(*state, &names, NULL), LAD_OK);
    assert_int_equal(names.count, COUNT);
    for (int i = 0; i < COUNT; i++) {
        snprintf(name, sizeof name, "%03d", i);
        assert_string_equal(names.names[i], name);
        char *path = lad_path_join(*state, name);
        assert_int_equal(unlink(path), 0);
        lad_free(path);
    }
    lad_names_deinit(&names);
    assert_int_equal(names.count, 0);
    lad_error err = {0};
    assert_int_equal(lad_folder_list("/nowhere/at/all", &names, &err), LAD_ERR_IO);
    assert_string_equal(err.text, "/nowhere/at/all cannot be listed: No such file or directory.");
}

static void test_path_join_puts_one_slash(void **state)
{
    (void)state;
    static const char *const cases[][3] = {{"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"", "b", "b"}, {"/", "b", "/b"}};
    for (size_t i = 0; i < 4; i++) {
        char *joined = lad_path_join(cases[i][0], cases[i][1]);
        assert_string_equal(joined, cases[i][2]);
        lad_free(joined);
    }
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(test_file_write_replaces_whole_content),
        WITH_FOLDER(test_file_write_that_cannot_finish_keeps_the_old_file),
        WITH_FOLDER(test_file_write_to_a_missing_folder_or_a_device_fails),
        WITH_FOLDER(test_file_read_refuses_what_is_not_a_small_file),
        WITH_FOLDER(test_folder_create_makes_parents_and_accepts_existing),
        WITH_FOLDER(test_folder_list_is_sorted_and_complete),
        cmocka_unit_test(test_path_join_puts_one_slash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
