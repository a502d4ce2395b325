/* Scenes changed by hand: nothing changes nothing, each change does what it says, edits are counted by the rule. */
#include "scene_fixture.h"

enum { SMALL = 128 };

static lad_scene_image changed(const char *category, int kind, const lad_scene_changes *changes)
{
    lad_scene_spec spec = {lad_scene_category_find(category), LAD_SPLIT_TEST, 3, 1, kind};
    lad_scene_image image;
    lad_error err;
    if (lad_scene_render_changed(&spec, changes, SMALL, NULL, &image, &err) != LAD_OK) fail_msg("%s", err.text);
    return image;
}

static void test_changes_of_zero_keep_every_byte(void **state)
{
    (void)state;
    const lad_scene_category *category;
    for (size_t i = 0; (category = lad_scene_category_at(i)) != NULL; i++) {
        for (int kind = -1; kind < (int)category->kind_count; kind += 7) {
            lad_scene_image plain = scene_render(category->name, 3, 1, kind, SMALL);
            lad_scene_image same = changed(category->name, kind, &(lad_scene_changes){0});
            char a[65], b[65];
            scene_hash(&plain, a);
            scene_hash(&same, b);
            assert_string_equal(a, b);
            lad_scene_image_deinit(&plain);
            lad_scene_image_deinit(&same);
        }
    }
}

static double mean_of(const lad_scene_image *image, size_t channel)
{
    double sum = 0;
    for (size_t i = channel; i < image->width * image->height * 3; i += 3) sum += image->rgb[i];
    return sum / (double)(image->width * image->height);
}

static void test_changes_of_light_show_in_every_category(void **state)
{
    (void)state;
    const lad_scene_category *category;
    for (size_t i = 0; (category = lad_scene_category_at(i)) != NULL; i++) {
        lad_scene_image plain = changed(category->name, -1, &(lad_scene_changes){0});
        lad_scene_image bright = changed(category->name, -1, &(lad_scene_changes){.exposure = 1.0f});
        lad_scene_image warm = changed(category->name, -1, &(lad_scene_changes){.kelvin = -2000.0f});
        assert_true(mean_of(&bright, 1) > mean_of(&plain, 1) * 1.1);
        assert_true(mean_of(&warm, 0) / mean_of(&warm, 2) > mean_of(&plain, 0) / mean_of(&plain, 2) * 1.2);
        lad_scene_image_deinit(&plain);
        lad_scene_image_deinit(&bright);
        lad_scene_image_deinit(&warm);
    }
}

static void test_changes_of_pose_and_light_direction_show_in_every_category(void **state)
{
    (void)state;
    static const lad_scene_changes tries[] = {
        {.roll = 0.2f}, {.tilt_x = 0.15f}, {.tilt_y = 0.15f}, {.zoom = 0.2f}, {.light_turn = 1.5f}};
    const lad_scene_category *category;
    for (size_t i = 0; (category = lad_scene_category_at(i)) != NULL; i++) {
        lad_scene_image plain = changed(category->name, -1, &(lad_scene_changes){0});
        for (size_t k = 0; k < sizeof tries / sizeof *tries; k++) {
            lad_scene_image image = changed(category->name, -1, &tries[k]);
            size_t differ = 0, pixels = image.width * image.height;
            for (size_t p = 0; p < 3 * pixels; p += 3) differ += abs((int)image.rgb[p] - (int)plain.rgb[p]) > 6;
            if (differ < pixels / 200) fail_msg("%s: change %zu shows in %zu pixels", category->name, k, differ);
            lad_scene_image_deinit(&image);
        }
        lad_scene_image_deinit(&plain);
    }
}

static void test_changes_out_of_range_are_refused(void **state)
{
    (void)state;
    const lad_scene_edit far_pin = {LAD_SCENE_REMOVE, 15, 0, 0}, no_place = {LAD_SCENE_MOVE, 0, NAN, 0};
    lad_scene_edit many[LAD_SCENE_MAX_EDITS] = {0};
    for (size_t i = 0; i < LAD_SCENE_MAX_EDITS; i++) many[i].action = LAD_SCENE_DUPLICATE;
    const lad_scene_changes tries[] = {{.exposure = 3.0f},
                                       {.zoom = NAN},
                                       {.roll = -1.0f},
                                       {.tilt_y = 0.3f},
                                       {.kelvin = 9000.0f},
                                       {.edits = &far_pin, .edit_count = 1},
                                       {.edits = &no_place, .edit_count = 1},
                                       {.edits = many, .edit_count = LAD_SCENE_MAX_EDITS},
                                       {.edits = many, .edit_count = LAD_SCENE_MAX_EDITS + 1}};
    lad_scene_spec spec = {lad_scene_category_find("pushpins"), LAD_SPLIT_TEST, 3, 1, -1};
    lad_scene_image image = {0};
    lad_error err;
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        err.text[0] = 0;
        assert_int_equal(lad_scene_render_changed(&spec, &tries[i], 64, NULL, &image, &err), LAD_ERR_ARG);
        assert_true(strlen(err.text) > 10);
    }
    const lad_scene_edit first = {LAD_SCENE_REMOVE, 0, 0, 0};
    const lad_scene_changes edit = {.edits = &first, .edit_count = 1};
    const lad_scene_category *category;
    for (size_t i = 0; (category = lad_scene_category_at(i)) != NULL; i++) {
        spec.category = category;
        lad_status wanted = lad_scene_can_edit(category) ? LAD_OK : LAD_ERR_ARG;
        assert_int_equal(lad_scene_render_changed(&spec, &edit, 64, NULL, &image, &err), wanted);
        if (wanted == LAD_OK) lad_scene_image_deinit(&image);
    }
}

/* Where the first object of the list is, and how many places break the rule. */
static size_t findings_of(const lad_scene_image *image, size_t *objects, double *x, double *y)
{
    lad_json *json = scene_parameters(image);
    const lad_json *list = lad_json_get(json, "objects");
    *objects = lad_json_length(list);
    *x = scene_number(lad_json_item(list, 0), "x");
    *y = scene_number(lad_json_item(list, 0), "y");
    size_t count = lad_json_length(lad_json_get(json, "findings"));
    lad_json_destroy(&json);
    return count;
}

static void test_edits_of_pushpins_break_and_mend_the_rule(void **state)
{
    (void)state;
    /* Take the first pin out; move what is now the first (column 2) to the first column; double it where it was. */
    const lad_scene_edit edits[] = {{LAD_SCENE_REMOVE, 0, 0.0f, 0.0f},
                                    {LAD_SCENE_MOVE, 0, -227.0f, -102.0f},
                                    {LAD_SCENE_DUPLICATE, 0, -113.0f, -102.0f},
                                    {LAD_SCENE_DUPLICATE, 1, -9999.0f / 20.0f, -102.0f}};
    static const struct {
        size_t objects, findings, masks;
    } wanted[] = {{15, 0, 0}, {14, 1, 1}, {14, 1, 1}, {15, 0, 0}, {16, 1, 1}};
    for (size_t i = 0; i < 5; i++) {
        lad_scene_changes changes = {.list_objects = true, .edits = edits, .edit_count = i};
        lad_scene_image image = changed("pushpins", -1, &changes);
        size_t objects;
        double x, y;
        assert_int_equal(findings_of(&image, &objects, &x, &y), wanted[i].findings);
        assert_int_equal(objects, wanted[i].objects);
        assert_int_equal(image.mask_count, wanted[i].masks);
        for (size_t m = 0; m < image.mask_count; m++) {
            size_t inside = 0;
            for (size_t p = 0; p < image.width * image.height; p++) inside += image.masks[m][p] == 255;
            assert_true(inside > 20);
        }
        if (i >= 2) assert_true(fabs(x + 227.0) < 25.0 && fabs(y + 102.0) < 25.0); /* walls may hold it back */
        lad_scene_image_deinit(&image);
    }
}

/* A mask by hand joins that of the kind, and the twin of a structural anomaly is edited too. */
static void test_edits_join_an_anomaly(void **state)
{
    (void)state;
    const lad_scene_category *category = lad_scene_category_find("pushpins");
    const lad_scene_edit edit = {LAD_SCENE_REMOVE, 14, 0.0f, 0.0f};
    const lad_scene_changes changes = {.edits = &edit, .edit_count = 1};
    for (size_t kind = 0; kind < category->kind_count; kind++) {
        if (strcmp(category->kinds[kind].name, "contamination") != 0) continue;
        lad_scene_image before = changed("pushpins", (int)kind, &(lad_scene_changes){0});
        lad_scene_image after = changed("pushpins", (int)kind, &changes);
        assert_int_equal(before.mask_count + 1, after.mask_count);
        assert_memory_equal(before.masks[0], after.masks[0], before.width * before.height);
        lad_scene_image_deinit(&before);
        lad_scene_image_deinit(&after);
        return;
    }
    fail_msg("no contamination");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes_of_zero_keep_every_byte),
        cmocka_unit_test(test_changes_of_light_show_in_every_category),
        cmocka_unit_test(test_changes_of_pose_and_light_direction_show_in_every_category),
        cmocka_unit_test(test_changes_out_of_range_are_refused),
        cmocka_unit_test(test_edits_of_pushpins_break_and_mend_the_rule),
        cmocka_unit_test(test_edits_join_an_anomaly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
