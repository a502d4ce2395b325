/* Juice bottles: the rule is checked in the scene graph's parameters, the ground truth in the pixels. */
#include "scene_fixture.h"

enum { LABELS = 1, FRUIT = 2, FILL = 4, ICON = 8, INTACT = 16 };

static lad_scene_image render(size_t width, uint64_t index, int kind)
{
    return scene_render("juice_bottle", 5, index, kind, width);
}

static bool flag(const lad_json *object, const char *key)
{
    bool value = false;
    if (!lad_json_bool(lad_json_get(object, key), &value)) fail_msg("parameter \"%s\" is missing", key);
    return value;
}

static bool within(const lad_json *object, const char *key, double centre, double spread)
{
    return fabs(scene_number(object, key) - centre) <= spread + 1e-4;
}

static bool one_of_the_juices(const char *fruit)
{
    return strcmp(fruit, "orange") == 0 || strcmp(fruit, "cherry") == 0 || strcmp(fruit, "banana") == 0;
}

/* Whether each channel lies in the range of the juice; an empty bottle has no wrong colour. */
static bool usual_color(const lad_json *json, const char *juice)
{
    static const struct {
        const char *juice;
        double low[3], high[3];
    } ranges[] = {{"orange", {0.39, 0.29, 0.05}, {0.66, 0.50, 0.14}},
                  {"cherry", {0.09, 0.015, 0.008}, {0.19, 0.052, 0.043}},
                  {"banana", {0.48, 0.40, 0.20}, {0.73, 0.62, 0.43}}};
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(juice, ranges[i].juice) != 0) continue;
        for (size_t c = 0; c < 3; c++) {
            double value = NAN;
            assert_true(lad_json_number(lad_json_item(lad_json_get(json, "juice_color"), c), &value));
            if (!(value >= ranges[i].low[c] && value <= ranges[i].high[c])) return false;
        }
    }
    return true;
}

/* The parts of the rule that a scene breaks, told from its parameters alone. */
static int broken_parts(const char *parameters)
{
    lad_json *json;
    lad_error error;
    if (lad_json_parse(parameters, strlen(parameters), 8, "parameters", &json, &error) != LAD_OK) {
        fail_msg("%s", error.text);
    }
    const lad_json *top = lad_json_get(json, "fruit_label"), *text = lad_json_get(json, "text_label");
    const char *fruit = lad_json_string(lad_json_get(top, "fruit"));
    const char *juice = lad_json_string(lad_json_get(json, "juice"));
    int broken = 0;
    if (!flag(top, "present") || !within(top, "h", 236, 4) || !within(top, "u", 0, 3.5)) broken |= LABELS;
    if (!flag(text, "present") || !within(text, "h", 76, 4) || !within(text, "u", 0, 3.5)) broken |= LABELS;
    if (!within(json, "fill", 432, 5)) broken |= FILL;
    if (one_of_the_juices(fruit) && one_of_the_juices(juice) && strcmp(fruit, juice) != 0) broken |= FRUIT;
    if (strcmp(fruit, "none") == 0 || !within(top, "fruit_u", 0, 2) || !within(top, "fruit_h", -2, 2)) broken |= ICON;
    bool known = one_of_the_juices(fruit) || strcmp(fruit, "none") == 0;
    bool straight = within(top, "rotation", 0, 0.032) && within(text, "rotation", 0, 0.032);
    bool printed = flag(top, "fruit_complete") && scene_number(text, "characters_missing") == 0;
    bool clean =
        scene_number(json, "foreign_bodies") == 0 && scene_number(json, "cracks") == 0 && usual_color(json, juice);
    if (!known || !straight || !printed || !clean || flag(top, "torn") || flag(text, "torn")) broken |= INTACT;
    lad_json_destroy(&json);
    return broken;
}

/* The part that a kind is there to break. */
static int part_of(const lad_scene_kind *kind)
{
    if (kind->class_ == LAD_SCENE_STRUCTURAL) return INTACT;
    if (strstr(kind->name, "label")) return LABELS;
    if (strstr(kind->name, "icon")) return ICON;
    return strcmp(kind->name, "wrong_juice_type") == 0 ? FRUIT : FILL;
}

static void test_normal_bottles_obey_the_rule(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 150; i++) {
        lad_scene_image image = render(32, i, -1);
        int broken = broken_parts(image.parameters);
        if (broken) fail_msg("scene %d breaks %d: %s", (int)i, broken, image.parameters);
        assert_int_equal(image.mask_count, 0);
        lad_scene_image_deinit(&image);
    }
}

static void test_each_kind_breaks_its_part_of_the_rule_and_no_other(void **state)
{
    (void)state;
    const lad_scene_category *category = lad_scene_category_find("juice_bottle");
    int logical = 0, structural = 0;
    for (size_t k = 0; k < category->kind_count; k++) {
        const lad_scene_kind *kind = &category->kinds[k];
        *(kind->class_ == LAD_SCENE_LOGICAL ? &logical : &structural) += 1;
        for (uint64_t i = 0; i < 8; i++) {
            lad_scene_image image = render(32, i, (int)k);
            int broken = broken_parts(image.parameters);
            if (broken != part_of(kind)) fail_msg("%s %d breaks %d: %s", kind->name, (int)i, broken, image.parameters);
            lad_scene_image_deinit(&image);
        }
    }
    assert_true(logical >= 6 && structural >= 6);
}

/* Mean difference of a picture at half the size from the averages of 2 x 2 pixels of the full one. */
static double halving_error(const lad_scene_image *full, const lad_scene_image *half)
{
    double sum = 0;
    for (size_t y = 0; y < half->height; y++) {
        for (size_t x = 0; x < half->width; x++) {
            for (size_t c = 0; c < 3; c++) {
                const uint8_t *p = full->rgb + 3 * (2 * y * full->width + 2 * x) + c;
                double mean = (p[0] + p[3] + p[3 * full->width] + p[3 * full->width + 3]) / 4.0;
                sum += fabs(mean - half->rgb[3 * (y * half->width + x) + c]);
            }
        }
    }
    return sum / (double)(3 * half->width * half->height);
}

static void test_sizes_show_the_same_picture(void **state)
{
    (void)state;
    lad_scene_image full = render(0, 4, -1), half = render(160, 4, -1), other = render(160, 5, -1);
    assert_int_equal(full.width, 320);
    assert_int_equal(full.height, 640);
    /* What remains is the sensor's noise, which differs from size to size. */
    double same = halving_error(&full, &half), different = halving_error(&full, &other);
    if (!(same < 5 && different > 3 * same)) fail_msg("same scene %.2f, another scene %.2f", same, different);
    lad_scene_image_deinit(&full);
    lad_scene_image_deinit(&half);
    lad_scene_image_deinit(&other);
}

static void test_bytes_are_pinned(void **state)
{
    (void)state;
    static const scene_pin pins[] = {
        {"good", "8fff890eb050b79ab1597441e8da1acc3f7add6352a5b1636d95b1129f55ecb6"},
        {"wrong_juice_type", "fdc9bcc466bed851197a5395915e63a3a8e575467d840b317266989d295349bd"},
        {"contamination", "28ca0b4ef23eb9a296fa30d271cb375eec82c1fb28bee25a15d1148afea5a282"}};
    scene_check_pins("juice_bottle", sizeof pins / sizeof *pins, pins);
}

static void test_256_pixels_wide_is_512_high(void **state)
{
    (void)state;
    lad_scene_image image = render(256, 4, 0);
    assert_int_equal(image.width, 256);
    assert_int_equal(image.height, 512);
    assert_true(fabs(image.saturation_area_px - 11264 * 0.64) < 1e-3);
    lad_scene_image_deinit(&image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_normal_bottles_obey_the_rule),
        cmocka_unit_test(test_each_kind_breaks_its_part_of_the_rule_and_no_other),
        cmocka_unit_test(test_sizes_show_the_same_picture),
        cmocka_unit_test(test_bytes_are_pinned),
        cmocka_unit_test(test_256_pixels_wide_is_512_high),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
