#define _DEFAULT_SOURCE
#include "data/dataset.h"

#include "image_pattern.h"
#include "image_samples.h"
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

static void put_image(const char *name)
{
    temp_write(&folder, name, png_rgb_7x5, sizeof png_rgb_7x5);
}

static lad_dataset open_split(lad_split split)
{
    lad_dataset set = {0};
    lad_error err;
    if (lad_dataset_open(folder.path, split, &set, &err) != LAD_OK) fail_msg("%s", err.text);
    return set;
}

static void check_open_refused(const char *root, lad_split split, const char *words)
{
    lad_dataset set;
    lad_error err = {{0}};
    assert_int_equal(lad_dataset_open(root, split, &set, &err), LAD_ERR_IO);
    assert_ptr_equal(strstr(err.text, root), err.text);
    if (!strstr(err.text, words)) fail_msg("'%s' does not say '%s'", err.text, words);
}

static void test_dataset_loco_layout_gives_labels_and_masks(void **state)
{
    (void)state;
    put_image("train/good/001.png");
    put_image("train/good/000.png");
    put_image("validation/good/000.png");
    put_image("test/good/000.PNG");
    put_image("test/logical_anomalies/000.png");
    put_image("test/structural_anomalies/007.png");
    put_image("ground_truth/logical_anomalies/000/001.png");
    put_image("ground_truth/logical_anomalies/000/000.png");
    temp_write(&folder, "test/good/notes.txt", "x", 1);
    temp_write(&folder, "test/good/._000.png", "x", 1);

    lad_dataset set = open_split(LAD_DATA_TRAIN);
    assert_int_equal(set.count, 2);
    assert_string_equal(set.entries[0].id, "good/000");
    assert_string_equal(set.entries[1].id, "good/001");
    assert_int_equal(set.entries[0].label, LAD_LABEL_GOOD);
    lad_dataset_deinit(&set);

    set = open_split(LAD_DATA_VALIDATION);
    assert_int_equal(set.count, 1);
    lad_dataset_deinit(&set);

    set = open_split(LAD_DATA_TEST);
    assert_int_equal(set.count, 3);
    assert_int_equal(set.entries[0].label, LAD_LABEL_GOOD);
    assert_int_equal(set.entries[0].mask_count, 0);
    assert_int_equal(set.entries[1].label, LAD_LABEL_LOGICAL);
    assert_int_equal(set.entries[1].mask_count, 2);
    assert_non_null(strstr(set.entries[1].masks[0], "ground_truth/logical_anomalies/000/000.png"));
    assert_int_equal(set.entries[2].label, LAD_LABEL_STRUCTURAL);
    assert_string_equal(set.entries[2].id, "structural_anomalies/007");
    assert_int_equal(set.entries[2].mask_count, 0);
    lad_dataset_deinit(&set);
}

static void test_dataset_mvtec_ad_layout_is_one_structural_class(void **state)
{
    (void)state;
    put_image("test/good/000.png");
    put_image("test/broken_large/000.png");
    put_image("test/contamination/000.png");
    put_image("ground_truth/broken_large/000_mask.png");
    lad_dataset set = open_split(LAD_DATA_TEST);
    assert_int_equal(set.count, 3);
    assert_string_equal(set.entries[0].id, "broken_large/000");
    assert_int_equal(set.entries[0].label, LAD_LABEL_STRUCTURAL);
    assert_int_equal(set.entries[0].mask_count, 1);
    assert_int_equal(set.entries[1].label, LAD_LABEL_STRUCTURAL);
    assert_int_equal(set.entries[1].mask_count, 0);
    assert_int_equal(set.entries[2].label, LAD_LABEL_GOOD);
    lad_dataset_deinit(&set);
}

static void test_dataset_bare_folder_has_no_labels(void **state)
{
    (void)state;
    put_image("b.png");
    temp_write(&folder, "a.jpeg", jpeg_444_20x13, sizeof jpeg_444_20x13);
    lad_dataset set = open_split(LAD_DATA_TEST);
    assert_int_equal(set.count, 2);
    assert_string_equal(set.entries[0].id, "a");
    assert_int_equal(set.entries[0].label, LAD_LABEL_NONE);
    assert_string_equal(set.entries[1].id, "b");
    lad_dataset_deinit(&set);
}

static void test_dataset_missing_or_empty_folder_is_refused(void **state)
{
    (void)state;
    char missing[300];
    snprintf(missing, sizeof missing, "%s/nothing/here", folder.path);
    check_open_refused(missing, LAD_DATA_TEST, "is not a folder.");
    check_open_refused(folder.path, LAD_DATA_TEST, "holds neither a folder test nor");
    temp_write(&folder, "test/good/readme.txt", "x", 1);
    check_open_refused(folder.path, LAD_DATA_TEST, "holds no PNG or JPEG images");
    check_open_refused(folder.path, LAD_DATA_VALIDATION, "holds neither a folder validation nor");
}

static void test_dataset_load_resizes_and_tells_the_original_size(void **state)
{
    (void)state;
    put_image("a.png");
    lad_dataset set = open_split(LAD_DATA_TEST);
    uint8_t rgb[4 * 4 * 3], expected[4 * 4 * 3], pixels[7 * 5 * 3];
    size_t w = 0, h = 0;
    lad_error err;
    assert_int_equal(lad_dataset_load(&set, 0, 4, rgb, &w, &h, &err), LAD_OK);
    assert_int_equal(w, 7);
    assert_int_equal(h, 5);
    pattern_draw(7, 5, 3, pixels);
    assert_int_equal(lad_image_resize(pixels, 7, 5, 3, expected, 4, 4), LAD_OK);
    assert_memory_equal(rgb, expected, sizeof rgb);
    lad_dataset_deinit(&set);
}

static void test_dataset_broken_image_is_named(void **state)
{
    (void)state;
    temp_write(&folder, "broken.png", png_rgb_7x5, 50);
    temp_write(&folder, "empty.png", "", 0);
    lad_dataset set = open_split(LAD_DATA_TEST);
    uint8_t rgb[4 * 4 * 3];
    lad_error err = {{0}};
    assert_int_equal(lad_dataset_load(&set, 0, 4, rgb, NULL, NULL, &err), LAD_ERR_FORMAT);
    assert_non_null(strstr(err.text, "broken.png is truncated"));
    assert_int_equal(lad_dataset_load(&set, 1, 4, rgb, NULL, NULL, &err), LAD_ERR_FORMAT);
    assert_non_null(strstr(err.text, "empty.png is empty"));
    lad_dataset_deinit(&set);
}

static void test_dataset_hash_changes_with_any_byte_or_name(void **state)
{
    (void)state;
    char first[17], again[17], renamed[17], changed[17];
    put_image("a.png");
    lad_error err;
    lad_dataset set = open_split(LAD_DATA_TEST);
    assert_int_equal(lad_dataset_hash(&set, first, &err), LAD_OK);
    assert_int_equal(lad_dataset_hash(&set, again, &err), LAD_OK);
    assert_string_equal(first, again);
    assert_int_equal(strlen(first), 16);
    set.entries[0].id[0] = 'b';
    assert_int_equal(lad_dataset_hash(&set, renamed, &err), LAD_OK);
    assert_string_not_equal(first, renamed);
    set.entries[0].id[0] = 'a';
    temp_write(&folder, "a.png", png_rgb_7x5, sizeof png_rgb_7x5 - 1);
    assert_int_equal(lad_dataset_hash(&set, changed, &err), LAD_OK);
    assert_string_not_equal(first, changed);
    lad_dataset_deinit(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_dataset_loco_layout_gives_labels_and_masks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_dataset_mvtec_ad_layout_is_one_structural_class, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_dataset_bare_folder_has_no_labels, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_dataset_missing_or_empty_folder_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_dataset_load_resizes_and_tells_the_original_size, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_dataset_broken_image_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_dataset_hash_changes_with_any_byte_or_name, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("data_dataset", tests, NULL, NULL);
}
