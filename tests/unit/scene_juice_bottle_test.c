/* Juice bottles: the rule is checked in the scene graph's parameters, the ground truth in the pixels. */
#include "base/json.h"
#include "scene/scene.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { LABELS = 1, FRUIT = 2, FILL = 4, ICON = 8, INTACT = 16 };

static lad_scene_image render(size_t width, uint64_t index, int kind, lad_pool *pool)
{
    lad_scene_spec spec = {lad_scene_category_find("juice_bottle"), LAD_SPLIT_VALIDATION, 5, index, kind};
    lad_scene_image image;
    lad_error error;
    assert_non_null(spec.category);
    if (lad_scene_render(&spec, width, pool, &image, &error) != LAD_OK) fail_msg("%s", error.text);
    return image;
}

static double number(const lad_json *object, const char *key)
{
    double value = NAN;
    if (!lad_json_number(lad_json_get(object, key), &value)) fail_msg("parameter \"%s\" is missing", key);
    return value;
}

static bool flag(const lad_json *object, const char *key)
{
    bool value = false;
    if (!lad_json_bool(lad_json_get(object, key), &value)) fail_msg("parameter \"%s\" is missing", key);
    return value;
}

static bool within(const lad_json *object, const char *key, double centre, double spread)
{
    return fabs(number(object, key) - centre) <= spread + 1e-4;
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
    bool printed = flag(top, "fruit_complete") && number(text, "characters_missing") == 0;
    bool clean = number(json, "foreign_bodies") == 0 && number(json, "cracks") == 0 && usual_color(json, juice);
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
        lad_scene_image image = render(32, i, -1, NULL);
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
            lad_scene_image image = render(32, i, (int)k, NULL);
            int broken = broken_parts(image.parameters);
            if (broken != part_of(kind)) fail_msg("%s %d breaks %d: %s", kind->name, (int)i, broken, image.parameters);
            lad_scene_image_deinit(&image);
        }
    }
    assert_true(logical >= 6 && structural >= 6);
}

static void test_pixel_values_are_unique_and_rules_are_sentences(void **state)
{
    (void)state;
    const lad_scene_category *category = lad_scene_category_find("juice_bottle");
    bool used[256] = {false};
    for (size_t k = 0; k < category->kind_count; k++) {
        const lad_scene_kind *kind = &category->kinds[k];
        assert_in_range(kind->pixel_value, 1, 255);
        assert_false(used[kind->pixel_value]);
        used[kind->pixel_value] = true;
        assert_true(kind->rule[strlen(kind->rule) - 1] == '.');
        assert_true(kind->description[strlen(kind->description) - 1] == '.');
    }
}

/* Largest difference of a channel. */
static int difference(const lad_scene_image *a, const lad_scene_image *b, size_t at)
{
    int most = 0;
    for (size_t c = 0; c < 3; c++) {
        int d = a->rgb[3 * at + c] - b->rgb[3 * at + c];
        if (d < 0) d = -d;
        if (d > most) most = d;
    }
    return most;
}

/* Whether the mask is set within two pixels: blur and the loss of the JPEG encoder reach that far. */
static bool masked_nearby(const lad_scene_image *image, size_t x, size_t y)
{
    for (size_t v = y > 2 ? y - 2 : 0; v <= y + 2 && v < image->height; v++) {
        for (size_t u = x > 2 ? x - 2 : 0; u <= x + 2 && u < image->width; u++) {
            if (image->masks[0][v * image->width + u]) return true;
        }
    }
    return false;
}

/* Share of what visibly differs from the normal scene that the mask covers; *area: pixels of the mask. */
static double mask_coverage(const lad_scene_image *image, const lad_scene_image *normal, int value, size_t *area)
{
    size_t differ = 0, covered = 0;
    *area = 0;
    for (size_t y = 0; y < image->height; y++) {
        for (size_t x = 0; x < image->width; x++) {
            size_t at = y * image->width + x;
            if (image->masks[0][at]) {
                assert_int_equal(image->masks[0][at], value);
                ++*area;
            }
            if (difference(image, normal, at) < 40) continue;
            differ++;
            if (masked_nearby(image, x, y)) covered++;
        }
    }
    return differ ? (double)covered / (double)differ : 1;
}

static void test_masks_cover_what_differs_from_the_normal_scene(void **state)
{
    (void)state;
    const lad_scene_category *category = lad_scene_category_find("juice_bottle");
    for (uint64_t i = 20; i < 23; i++) {
        lad_scene_image normal = render(160, i, -1, NULL);
        for (size_t k = 0; k < category->kind_count; k++) {
            const lad_scene_kind *kind = &category->kinds[k];
            lad_scene_image image = render(160, i, (int)k, NULL);
            assert_int_equal(image.mask_count, 1);
            size_t area;
            double coverage = mask_coverage(&image, &normal, kind->pixel_value, &area);
            if (coverage < 0.97) fail_msg("%s %d: the mask covers %.3f", kind->name, (int)i, coverage);
            /* Even the whole juice is less than a third of the picture. */
            if (area < 4 || area > image.width * image.height / 3) {
                fail_msg("%s %d: the mask has %d pixels", kind->name, (int)i, (int)area);
            }
            double full = kind->relative_saturation ? 0 : kind->saturation_threshold / 4;
            assert_true(fabs(image.saturation_area_px - full) < 1e-6);
            lad_scene_image_deinit(&image);
        }
        lad_scene_image_deinit(&normal);
    }
}

static void test_threads_do_not_change_a_byte(void **state)
{
    (void)state;
    static const int kinds[] = {-1, 0, 11, 17}; /* without a mask, with a geometric one, with compared ones */
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        lad_scene_image one = render(96, 3, kinds[k], NULL);
        for (size_t threads = 2; threads <= 3; threads++) {
            lad_pool *pool;
            assert_int_equal(lad_pool_create(threads, &pool), LAD_OK);
            lad_scene_image many = render(96, 3, kinds[k], pool);
            assert_memory_equal(one.rgb, many.rgb, 3 * one.width * one.height);
            assert_string_equal(one.parameters, many.parameters);
            assert_int_equal(one.mask_count, many.mask_count);
            for (size_t m = 0; m < one.mask_count; m++) {
                assert_memory_equal(one.masks[m], many.masks[m], one.width * one.height);
            }
            lad_scene_image_deinit(&many);
            lad_pool_destroy(&pool);
        }
        lad_scene_image_deinit(&one);
    }
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
    lad_scene_image full = render(0, 4, -1, NULL), half = render(160, 4, -1, NULL), other = render(160, 5, -1, NULL);
    assert_int_equal(full.width, 320);
    assert_int_equal(full.height, 640);
    /* What remains is the sensor's noise, which differs from size to size. */
    double same = halving_error(&full, &half), different = halving_error(&full, &other);
    if (!(same < 5 && different > 3 * same)) fail_msg("same scene %.2f, another scene %.2f", same, different);
    lad_scene_image_deinit(&full);
    lad_scene_image_deinit(&half);
    lad_scene_image_deinit(&other);
}

static void test_256_pixels_wide_is_512_high(void **state)
{
    (void)state;
    lad_scene_image image = render(256, 4, 0, NULL);
    assert_int_equal(image.width, 256);
    assert_int_equal(image.height, 512);
    assert_true(fabs(image.saturation_area_px - 11264 * 0.64) < 1e-3);
    lad_scene_image_deinit(&image);
}

static void test_splits_and_indices_give_other_scenes(void **state)
{
    (void)state;
    lad_scene_image a = render(32, 0, -1, NULL), b = render(32, 1, -1, NULL), c;
    lad_scene_spec spec = {lad_scene_category_find("juice_bottle"), LAD_SPLIT_TEST, 5, 0, -1};
    assert_int_equal(lad_scene_render(&spec, 32, NULL, &c, NULL), LAD_OK);
    assert_string_not_equal(a.parameters, b.parameters);
    assert_string_not_equal(a.parameters, c.parameters);
    lad_scene_image_deinit(&a);
    lad_scene_image_deinit(&b);
    lad_scene_image_deinit(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_normal_bottles_obey_the_rule),
        cmocka_unit_test(test_each_kind_breaks_its_part_of_the_rule_and_no_other),
        cmocka_unit_test(test_pixel_values_are_unique_and_rules_are_sentences),
        cmocka_unit_test(test_masks_cover_what_differs_from_the_normal_scene),
        cmocka_unit_test(test_threads_do_not_change_a_byte),
        cmocka_unit_test(test_sizes_show_the_same_picture),
        cmocka_unit_test(test_256_pixels_wide_is_512_high),
        cmocka_unit_test(test_splits_and_indices_give_other_scenes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
