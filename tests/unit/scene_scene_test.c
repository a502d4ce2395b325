/* What holds for every category: determinism, streams, sizes, kinds, ground truth, and bad arguments. */
#include "scene_fixture.h"

enum { SMALL = 160 };

static void check_threads(const lad_scene_category *category)
{
    for (int kind = -1; kind < (int)category->kind_count; kind += 4) {
        lad_scene_image alone = scene_render(category->name, 3, 1, kind, SMALL);
        char first[65], other[65];
        scene_hash(&alone, first);
        lad_scene_image_deinit(&alone);
        for (size_t threads = 1; threads <= 3; threads++) {
            lad_pool *pool;
            assert_int_equal(lad_pool_create(threads, &pool), LAD_OK);
            lad_scene_spec spec = {category, LAD_SPLIT_TEST, 3, 1, kind};
            lad_scene_image image;
            assert_int_equal(lad_scene_render(&spec, SMALL, pool, &image, NULL), LAD_OK);
            scene_hash(&image, other);
            assert_string_equal(first, other);
            lad_scene_image_deinit(&image);
            lad_pool_destroy(&pool);
        }
    }
}

static void test_scene_render_any_threads_same_bytes(void **state)
{
    (void)state;
    scene_each_category(check_threads);
}

static void check_streams(const lad_scene_category *category)
{
    enum { SPECS = 7 };
    const lad_scene_spec specs[SPECS] = {{category, LAD_SPLIT_TRAIN, 1, 0, -1},
                                         {category, LAD_SPLIT_VALIDATION, 1, 0, -1},
                                         {category, LAD_SPLIT_TEST, 1, 0, -1},
                                         {category, LAD_SPLIT_TEST, 2, 0, -1},
                                         {category, LAD_SPLIT_TEST, 1, 1, -1},
                                         {category, LAD_SPLIT_TEST, 1, lad_scene_index(LAD_SCENE_LOGICAL, 0), -1},
                                         {category, LAD_SPLIT_TEST, 1, lad_scene_index(LAD_SCENE_STRUCTURAL, 0), -1}};
    lad_scene_image images[SPECS];
    for (int i = 0; i < SPECS; i++) {
        assert_int_equal(lad_scene_render(&specs[i], 64, NULL, &images[i], NULL), LAD_OK);
        for (int k = 0; k < i; k++) {
            assert_string_not_equal(images[i].parameters, images[k].parameters);
            assert_memory_not_equal(images[i].rgb, images[k].rgb, images[i].width * images[i].height * 3);
        }
    }
    for (int i = 0; i < SPECS; i++) lad_scene_image_deinit(&images[i]);
}

/* No scene of one split, class or number is that of another: all parameters differ. */
static void check_disjoint(const lad_scene_category *category)
{
    enum { NUMBERS = 6, SCENES = 5 * NUMBERS };
    static const struct {
        lad_scene_split split;
        lad_scene_class class_;
    } streams[] = {{LAD_SPLIT_TRAIN, LAD_SCENE_GOOD},
                   {LAD_SPLIT_VALIDATION, LAD_SCENE_GOOD},
                   {LAD_SPLIT_TEST, LAD_SCENE_GOOD},
                   {LAD_SPLIT_TEST, LAD_SCENE_LOGICAL},
                   {LAD_SPLIT_TEST, LAD_SCENE_STRUCTURAL}};
    lad_scene_image images[SCENES];
    for (uint64_t i = 0; i < SCENES; i++) {
        uint64_t index = lad_scene_index(streams[i / NUMBERS].class_, i % NUMBERS);
        lad_scene_spec spec = {category, streams[i / NUMBERS].split, 1, index, -1};
        assert_int_equal(lad_scene_render(&spec, 32, NULL, &images[i], NULL), LAD_OK);
        for (uint64_t k = 0; k < i; k++) {
            if (strcmp(images[i].parameters, images[k].parameters) == 0) {
                fail_msg("%s: scenes %d and %d are the same", category->name, (int)k, (int)i);
            }
        }
    }
    for (int i = 0; i < SCENES; i++) lad_scene_image_deinit(&images[i]);
}

static void test_scene_streams_are_disjoint(void **state)
{
    (void)state;
    scene_each_category(check_streams);
    scene_each_category(check_disjoint);
}

static void check_sizes(const lad_scene_category *category)
{
    static const size_t widths[] = {32, 33, 101, 256};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        lad_scene_image image = scene_render(category->name, 1, 0, (int)category->kind_count - 1, widths[i]);
        assert_int_equal(image.width, widths[i]);
        double height = (double)widths[i] * (double)category->height / (double)category->width;
        assert_true(fabs((double)image.height - height) <= 0.5);
        assert_true(image.mask_count >= 1);
        lad_scene_image_deinit(&image);
    }
    assert_int_equal(category->width > category->height ? category->width : category->height, 640);
}

static void test_scene_render_odd_widths_keep_the_aspect_ratio(void **state)
{
    (void)state;
    scene_each_category(check_sizes);
}

static void check_kinds(const lad_scene_category *category)
{
    int logical = 0, structural = 0;
    for (size_t i = 0; i < category->kind_count; i++) {
        const lad_scene_kind *kind = &category->kinds[i];
        logical += kind->class_ == LAD_SCENE_LOGICAL;
        structural += kind->class_ == LAD_SCENE_STRUCTURAL;
        assert_in_range(kind->pixel_value, 1, 255);
        assert_true(kind->saturation_threshold > 0);
        assert_true(!kind->relative_saturation || kind->saturation_threshold <= 1);
        assert_int_equal(strspn(kind->name, "abcdefghijklmnopqrstuvwxyz0123456789_"), strlen(kind->name));
        assert_int_equal(kind->rule[strlen(kind->rule) - 1], '.');
        assert_int_equal(kind->description[strlen(kind->description) - 1], '.');
        for (size_t k = 0; k < i; k++) {
            assert_int_not_equal(kind->pixel_value, category->kinds[k].pixel_value);
            assert_string_not_equal(kind->name, category->kinds[k].name);
        }
    }
    assert_true(logical >= 6);
    assert_true(structural >= 6);
    assert_ptr_equal(lad_scene_category_find(category->name), category);
}

static void test_scene_kinds_are_complete_and_distinct(void **state)
{
    (void)state;
    scene_each_category(check_kinds);
    assert_null(lad_scene_category_find("no_such_thing"));
}

static void check_turns(const lad_scene_category *category)
{
    static const lad_scene_class classes[] = {LAD_SCENE_LOGICAL, LAD_SCENE_STRUCTURAL};
    for (int c = 0; c < 2; c++) {
        int seen[256] = {0}, count = 0;
        for (size_t i = 0; i < category->kind_count; i++) count += category->kinds[i].class_ == classes[c];
        for (uint64_t i = 0; i < 3 * (uint64_t)count; i++) {
            int kind = lad_scene_kind_for(category, classes[c], 9, i);
            assert_in_range(kind, 0, category->kind_count - 1);
            assert_int_equal(category->kinds[kind].class_, classes[c]);
            assert_int_equal(lad_scene_kind_for(category, classes[c], 9, lad_scene_index(classes[c], i)), kind);
            seen[kind]++;
        }
        for (size_t i = 0; i < category->kind_count; i++) {
            assert_int_equal(seen[i], category->kinds[i].class_ == classes[c] ? 3 : 0);
        }
    }
    assert_int_equal(lad_scene_kind_for(category, LAD_SCENE_GOOD, 9, 5), -1);
}

static void test_scene_kind_for_takes_turns(void **state)
{
    (void)state;
    scene_each_category(check_turns);
}

static void test_scene_render_bad_arguments_are_refused(void **state)
{
    (void)state;
    const lad_scene_category *category = lad_scene_category_at(0);
    const lad_scene_category copy = *category;
    lad_scene_image image = {0};
    lad_error err;
    lad_scene_spec spec = {category, LAD_SPLIT_TEST, 1, 0, (int)category->kind_count};
    assert_int_equal(lad_scene_render(&spec, 64, NULL, &image, &err), LAD_ERR_ARG);
    assert_non_null(strstr(err.text, category->name));
    spec.kind = -2;
    assert_int_equal(lad_scene_render(&spec, 64, NULL, &image, &err), LAD_ERR_ARG);
    spec.kind = -1;
    assert_int_equal(lad_scene_render(&spec, 1, NULL, &image, &err), LAD_ERR_ARG);
    assert_int_equal(lad_scene_render(&spec, 1000000, NULL, &image, &err), LAD_ERR_ARG);
    spec.category = &copy;
    assert_int_equal(lad_scene_render(&spec, 64, NULL, &image, &err), LAD_ERR_ARG);
    assert_null(image.rgb);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scene_render_any_threads_same_bytes),
        cmocka_unit_test(test_scene_streams_are_disjoint),
        cmocka_unit_test(test_scene_render_odd_widths_keep_the_aspect_ratio),
        cmocka_unit_test(test_scene_kinds_are_complete_and_distinct),
        cmocka_unit_test(test_scene_kind_for_takes_turns),
        cmocka_unit_test(test_scene_render_bad_arguments_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
