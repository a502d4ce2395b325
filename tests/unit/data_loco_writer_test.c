#define _DEFAULT_SOURCE
#include "data/loco_writer.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/json.h"
#include "data/dataset.h"

#include "temp_folder.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static temp_folder folder;

static int set_up(void **state)
{
    (void)state;
    temp_folder_make(&folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    temp_remove_all(folder.path);
    return 0;
}

/* A path in the test's folder; each call uses the next of four buffers. */
static const char *in_folder(const char *a, const char *b)
{
    static char paths[4][600];
    static size_t next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s%s%s", folder.path, a, b[0] ? "/" : "", b);
    return path;
}

static lad_loco_options small_options(void)
{
    return (lad_loco_options){.category = lad_scene_category_at(0),
                              .seed = 7,
                              .train = 2,
                              .validation = 1,
                              .test = 2,
                              .width = 64,
                              .only = -1};
}

static lad_loco_writer *create(const char *name, const lad_loco_options *options)
{
    lad_loco_writer *writer = NULL;
    lad_error err;
    if (lad_loco_writer_create(in_folder(name, ""), options, &writer, &err) != LAD_OK) fail_msg("%s", err.text);
    return writer;
}

/* *mask: [h, w], the caller's. */
static void load_mask(const char *path, size_t w, size_t h, uint8_t **mask)
{
    uint8_t *bytes;
    size_t size_bytes, mask_w, mask_h;
    lad_error err;
    if (lad_file_read(path, LAD_IMAGE_MAX_FILE_BYTES, &bytes, &size_bytes, &err) != LAD_OK) fail_msg("%s", err.text);
    if (lad_mask_decode(bytes, size_bytes, path, mask, &mask_w, &mask_h, &err) != LAD_OK) fail_msg("%s", err.text);
    lad_free(bytes);
    assert_int_equal(mask_w, w);
    assert_int_equal(mask_h, h);
}

static void write_items(lad_loco_writer *writer, size_t begin, size_t end)
{
    lad_error err;
    for (size_t i = begin; i < end; i++)
        if (lad_loco_writer_item(writer, i, NULL, &err) != LAD_OK) fail_msg("item %zu: %s", i, err.text);
}

static void write_all(const char *name, const lad_loco_options *options)
{
    lad_loco_writer *writer = create(name, options);
    lad_error err;
    write_items(writer, 0, lad_loco_writer_count(writer));
    if (lad_loco_writer_finish(writer, &err) != LAD_OK) fail_msg("%s", err.text);
    lad_loco_writer_destroy(&writer);
}

static uint8_t *read_file(const char *path, size_t *size_bytes)
{
    uint8_t *bytes;
    lad_error err;
    if (lad_file_read(path, 1 << 26, &bytes, size_bytes, &err) != LAD_OK) fail_msg("%s", err.text);
    return bytes;
}

/* Both folders hold the same names with the same bytes; returns how many files. */
static size_t check_same(const char *a, const char *b)
{
    lad_names in_a, in_b;
    size_t files = 0;
    assert_int_equal(lad_folder_list(a, &in_a, NULL), LAD_OK);
    assert_int_equal(lad_folder_list(b, &in_b, NULL), LAD_OK);
    assert_int_equal(in_a.count, in_b.count);
    for (size_t i = 0; i < in_a.count; i++) {
        assert_string_equal(in_a.names[i], in_b.names[i]);
        char *path_a = lad_path_join(a, in_a.names[i]), *path_b = lad_path_join(b, in_b.names[i]);
        if (lad_folder_exists(path_a)) {
            files += check_same(path_a, path_b);
        } else {
            size_t size_a, size_b;
            uint8_t *bytes_a = read_file(path_a, &size_a), *bytes_b = read_file(path_b, &size_b);
            if (size_a != size_b || memcmp(bytes_a, bytes_b, size_a) != 0) fail_msg("%s and %s differ", path_a, path_b);
            lad_free(bytes_a);
            lad_free(bytes_b);
            files++;
        }
        lad_free(path_a);
        lad_free(path_b);
    }
    lad_names_deinit(&in_a);
    lad_names_deinit(&in_b);
    return files;
}

static lad_json *read_json(const char *name, const char *file)
{
    size_t size_bytes;
    lad_json *json;
    lad_error err;
    uint8_t *bytes = read_file(in_folder(name, file), &size_bytes);
    if (lad_json_parse(bytes, size_bytes, 32, file, &json, &err) != LAD_OK) fail_msg("%s", err.text);
    lad_free(bytes);
    return json;
}

static const lad_scene_kind *find_kind(const lad_scene_category *category, const char *name)
{
    for (size_t k = 0; name && k < category->kind_count; k++)
        if (strcmp(category->kinds[k].name, name) == 0) return &category->kinds[k];
    return NULL;
}

static void test_writer_output_is_read_as_a_data_set(void **state)
{
    (void)state;
    lad_loco_options options = small_options();
    write_all("a", &options);
    const size_t expected[3] = {2, 1, 6};
    for (int split = 0; split < 3; split++) {
        lad_dataset set;
        lad_error err;
        if (lad_dataset_open(in_folder("a", ""), (lad_split)split, &set, &err) != LAD_OK) fail_msg("%s", err.text);
        assert_int_equal(set.count, expected[split]);
        lad_dataset_deinit(&set);
    }
    assert_false(lad_folder_exists(in_folder("a", ".scenes")));
}

static void test_writer_masks_have_the_size_and_value_of_their_kind(void **state)
{
    (void)state;
    lad_loco_options options = small_options();
    write_all("a", &options);
    lad_json *scenes = read_json("a", "scenes.json");
    const lad_json *images = lad_json_get(scenes, "images");
    lad_dataset set;
    lad_error err;
    uint8_t rgb[8 * 8 * 3], *mask;
    size_t w, h, checked = 0;
    assert_int_equal(lad_dataset_open(in_folder("a", ""), LAD_DATA_TEST, &set, &err), LAD_OK);
    assert_int_equal(lad_json_length(images), 9);
    for (size_t i = 0; i < set.count; i++) {
        const lad_json *image = lad_json_item(images, 3 + i); /* behind train and validation, in the same order */
        const char *path = lad_json_string(lad_json_get(image, "path"));
        assert_non_null(path);
        assert_non_null(strstr(set.entries[i].path, path));
        assert_true(lad_json_is_object(lad_json_get(image, "parameters")));
        const lad_scene_kind *kind = find_kind(options.category, lad_json_string(lad_json_get(image, "kind")));
        assert_int_equal(kind != NULL, set.entries[i].label != LAD_LABEL_GOOD);
        assert_int_equal(set.entries[i].mask_count > 0, kind != NULL);
        if (lad_dataset_load(&set, i, 8, rgb, &w, &h, &err) != LAD_OK) fail_msg("%s", err.text);
        assert_int_equal(w, 64);
        for (size_t m = 0; m < set.entries[i].mask_count; m++) {
            load_mask(set.entries[i].masks[m], w, h, &mask);
            size_t inside = 0;
            for (size_t k = 0; k < w * h; k++) {
                assert_true(mask[k] == 0 || mask[k] == kind->pixel_value);
                inside += mask[k] != 0;
            }
            assert_true(inside > 0);
            lad_free(mask);
            checked++;
        }
    }
    assert_true(checked >= 4);
    lad_dataset_deinit(&set);
    lad_json_destroy(&scenes);
}

static void test_writer_config_lists_every_kind_as_mvtec_does(void **state)
{
    (void)state;
    lad_loco_options options = small_options();
    write_all("a", &options);
    lad_json *config = read_json("a", "defects_config.json");
    assert_int_equal(lad_json_length(config), options.category->kind_count);
    for (size_t k = 0; k < options.category->kind_count; k++) {
        const lad_json *entry = lad_json_item(config, k);
        const lad_scene_kind *kind = find_kind(options.category, lad_json_string(lad_json_get(entry, "defect_name")));
        assert_ptr_equal(kind, &options.category->kinds[k]);
        double value;
        bool relative;
        assert_true(lad_json_number(lad_json_get(entry, "pixel_value"), &value));
        assert_true(value == kind->pixel_value);
        assert_true(lad_json_bool(lad_json_get(entry, "relative_saturation"), &relative));
        assert_int_equal(relative, kind->relative_saturation);
        assert_true(lad_json_number(lad_json_get(entry, "saturation_threshold"), &value));
        uint64_t whole;
        if (relative)
            assert_true(value > 0 && value <= 1);
        else
            assert_true(lad_json_size(lad_json_get(entry, "saturation_threshold"), &whole) && whole >= 1);
    }
    lad_json_destroy(&config);
}

static void test_writer_other_order_gives_same_bytes(void **state)
{
    (void)state;
    lad_loco_options options = small_options();
    write_all("a", &options);
    lad_loco_writer *writer = create("b", &options);
    for (size_t i = lad_loco_writer_count(writer); i-- > 0;) write_items(writer, i, i + 1);
    assert_int_equal(lad_loco_writer_finish(writer, NULL), LAD_OK);
    lad_loco_writer_destroy(&writer);
    assert_true(check_same(in_folder("a", ""), in_folder("b", "")) >= 9 + 4 + 2);
}

static void test_writer_stopped_run_is_taken_up_again(void **state)
{
    (void)state;
    lad_loco_options options = small_options();
    write_all("a", &options);
    lad_loco_writer *writer = create("b", &options);
    write_items(writer, 0, 5);
    lad_loco_writer_destroy(&writer);
    /* One image was lost, and of another only the image was written. */
    lad_error err;
    assert_int_equal(lad_file_remove(in_folder("b", "train/good/000.png"), &err), LAD_OK);
    assert_int_equal(lad_file_remove(in_folder("b", ".scenes/train-good-001.json"), &err), LAD_OK);
    write_all("b", &options);
    check_same(in_folder("a", ""), in_folder("b", ""));
}

static void test_writer_complete_images_are_not_rendered_again(void **state)
{
    (void)state;
    lad_loco_options options = small_options();
    lad_loco_writer *writer = create("a", &options);
    write_items(writer, 0, 1);
    assert_int_equal(lad_file_write(in_folder("a", "train/good/000.png"), "mark", 4, NULL), LAD_OK);
    write_items(writer, 0, lad_loco_writer_count(writer));
    assert_int_equal(lad_loco_writer_finish(writer, NULL), LAD_OK);
    lad_loco_writer_destroy(&writer);
    write_all("a", &options); /* and not when everything is there */
    size_t size_bytes;
    uint8_t *bytes = read_file(in_folder("a", "train/good/000.png"), &size_bytes);
    assert_int_equal(size_bytes, 4);
    lad_free(bytes);
}

static void check_create_refused(const char *name, const lad_loco_options *options)
{
    lad_loco_writer *writer = NULL;
    lad_error err = {{0}};
    assert_int_equal(lad_loco_writer_create(in_folder(name, ""), options, &writer, &err), LAD_ERR_ARG);
    assert_null(writer);
    assert_non_null(strstr(err.text, name));
}

static void test_writer_folder_of_other_origin_is_refused(void **state)
{
    (void)state;
    lad_loco_options options = small_options(), other = small_options();
    temp_write(&folder, "photos/holiday.jpg", "x", 1);
    check_create_refused("photos", &options);
    write_all("a", &options);
    other.seed++;
    check_create_refused("a", &other);
    lad_loco_writer *writer = create("b", &options); /* begun only */
    lad_loco_writer_destroy(&writer);
    check_create_refused("b", &other);
    other = options;
    other.train++;
    check_create_refused("a", &other);
}

static void test_writer_only_writes_one_kind(void **state)
{
    (void)state;
    lad_loco_options options = small_options();
    options.only = (int)options.category->kind_count - 1;
    write_all("a", &options);
    lad_json *scenes = read_json("a", "scenes.json");
    const lad_json *images = lad_json_get(scenes, "images");
    assert_int_equal(lad_json_length(images), 2);
    for (size_t i = 0; i < 2; i++)
        assert_string_equal(lad_json_string(lad_json_get(lad_json_item(images, i), "kind")),
                            options.category->kinds[options.only].name);
    assert_false(lad_folder_exists(in_folder("a", "train")));
    lad_json_destroy(&scenes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_writer_output_is_read_as_a_data_set, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_writer_masks_have_the_size_and_value_of_their_kind, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_writer_config_lists_every_kind_as_mvtec_does, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_writer_other_order_gives_same_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_writer_stopped_run_is_taken_up_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_writer_complete_images_are_not_rendered_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_writer_folder_of_other_origin_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_writer_only_writes_one_kind, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("data_loco_writer", tests, NULL, NULL);
}
