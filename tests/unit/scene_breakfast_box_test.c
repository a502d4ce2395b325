/* The breakfast box: its rule, what each kind breaks, where the ground truth lies. */
#include "scene_fixture.h"

/* Parts of the rule. */
enum { FRUITS = 1, MIX = 2, RATIO = 4, PLACES = 8, SOUND = 16 };

static bool within(const lad_json *object, const char *key, double low, double high)
{
    double value = scene_number(object, key);
    return value >= low && value <= high;
}

/* The parts of the rule that a scene breaks, counted from the places of its fruits and pieces. */
static int broken_parts(const lad_scene_image *image)
{
    lad_json *json = scene_parameters(image);
    const lad_json *left = lad_json_get(json, "left"), *right = lad_json_get(json, "right");
    int broken = 0;
    if (scene_number(left, "flakes") > 100) { /* the rest of the rule is looked at where its contents are */
        const lad_json *swap = left;
        left = right, right = swap;
        broken |= PLACES;
    }
    if (scene_number(right, "tangerines") + scene_number(right, "nectarines") > 0) broken |= PLACES;
    if (!within(left, "tangerines", 2, 2) || !within(left, "nectarines", 1, 1)) broken |= FRUITS;
    bool above = false;
    assert_true(lad_json_bool(lad_json_get(right, "cereals_above"), &above));
    bool all = within(right, "flakes", 100, 2000) && within(right, "banana_chips", 3, 100);
    if (!all || !within(right, "almonds", 3, 100) || !above || !within(json, "toppings_apart", 0, 60)) broken |= MIX;
    /* One ratio and one level are those of a mix, on the right. */
    if (!(broken & (MIX | PLACES))) {
        double cereals = scene_number(right, "cereals"), toppings = scene_number(right, "toppings");
        double seen = cereals / (cereals + toppings), ratio = scene_number(right, "ratio");
        if (fabs(seen - ratio) > 0.1) fail_msg("cereals cover %.3f where they should %.3f", seen, ratio);
        bool full = within(right, "level", 40.5, 51.5) && cereals + toppings > 0.93;
        if (!within(json, "spilled", 0, 0) || ratio < 0.622 || ratio > 0.722 || !full) broken |= RATIO;
    }
    double harm = scene_number(json, "foreign_or_crushed") + scene_number(json, "damaged_fruits");
    if (harm + scene_number(json, "marks") > 0) broken |= SOUND;
    lad_json_destroy(&json);
    return broken;
}

/* The part that a kind is there to break. */
static int part_of(const lad_scene_kind *kind)
{
    if (kind->class_ == LAD_SCENE_STRUCTURAL) return SOUND;
    if (strncmp(kind->name, "nectarine", 9) == 0) return FRUITS;
    if (strncmp(kind->name, "missing", 7) == 0 || strcmp(kind->name, "layers_swapped") == 0) return MIX;
    if (strcmp(kind->name, "toppings_apart") == 0) return MIX;
    return strcmp(kind->name, "compartments_swapped") == 0 ? PLACES : RATIO;
}

static void test_breakfast_box_normal_obeys_the_rule(void **state)
{
    (void)state;
    for (uint64_t index = 0; index < 200; index++) {
        lad_scene_image image = scene_render("breakfast_box", 5, index, -1, 32);
        int broken = broken_parts(&image);
        if (broken) fail_msg("scene %d breaks %d: %s", (int)index, broken, image.parameters);
        assert_int_equal(image.mask_count, 0);
        lad_scene_image_deinit(&image);
    }
}

static void test_breakfast_box_each_kind_breaks_its_part_and_no_other(void **state)
{
    (void)state;
    const lad_scene_category *category = lad_scene_category_find("breakfast_box");
    int logical = 0, structural = 0;
    for (size_t k = 0; k < category->kind_count; k++) {
        const lad_scene_kind *kind = &category->kinds[k];
        *(kind->class_ == LAD_SCENE_LOGICAL ? &logical : &structural) += 1;
        for (uint64_t index = 0; index < 16; index++) {
            lad_scene_image image = scene_render("breakfast_box", 5, index, (int)k, 32);
            int broken = broken_parts(&image);
            if (broken != part_of(kind)) {
                fail_msg("%s %d breaks %d: %s", kind->name, (int)index, broken, image.parameters);
            }
            lad_scene_image_deinit(&image);
        }
    }
    assert_true(logical >= 6 && structural >= 6);
}

/* The counts that the names of the fruits' kinds promise. */
static void test_breakfast_box_fruits_are_as_many_as_named(void **state)
{
    (void)state;
    static const struct {
        const char *kind;
        int tangerines, nectarines;
    } wanted[] = {{"nectarines_2_tangerine_1", 1, 2},  {"nectarine_1_tangerine_1", 1, 1},
                  {"nectarines_0_tangerines_2", 2, 0}, {"nectarines_0_tangerines_3", 3, 0},
                  {"nectarines_3_tangerines_0", 0, 3}, {"nectarines_0_tangerine_1", 1, 0},
                  {"nectarines_0_tangerines_4", 4, 0}};
    const lad_scene_category *category = lad_scene_category_find("breakfast_box");
    size_t found = 0;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        for (size_t k = 0; k < category->kind_count; k++) {
            if (strcmp(category->kinds[k].name, wanted[i].kind) != 0) continue;
            found++;
            for (uint64_t index = 0; index < 4; index++) {
                lad_scene_image image = scene_render("breakfast_box", 6, index, (int)k, 32);
                lad_json *json = scene_parameters(&image);
                const lad_json *left = lad_json_get(json, "left");
                assert_int_equal((int)scene_number(left, "tangerines"), wanted[i].tangerines);
                assert_int_equal((int)scene_number(left, "nectarines"), wanted[i].nectarines);
                lad_json_destroy(&json);
                lad_scene_image_deinit(&image);
            }
        }
    }
    assert_int_equal(found, sizeof wanted / sizeof *wanted);
}

/* A white box on black, with orange, red and brown in it. */
static void test_breakfast_box_colours_cover_what_they_should(void **state)
{
    (void)state;
    lad_scene_image image = scene_render("breakfast_box", 6, 0, -1, 320);
    size_t white = 0, black = 0, orange = 0, brown = 0, pixels = image.width * image.height;
    for (size_t i = 0; i < pixels; i++) {
        const uint8_t *p = image.rgb + 3 * i;
        white += p[0] > 170 && p[1] > 150 && p[2] > 140;
        black += p[0] < 40 && p[1] < 40 && p[2] < 50;
        orange += p[0] > 200 && p[1] > 60 && p[1] < 150 && p[2] < 90;
        brown += p[0] > 50 && p[0] < 235 && p[1] < p[0] - 15 && p[2] < p[1] - 15;
    }
    assert_true(white > pixels * 30 / 100 && white < pixels * 55 / 100);
    assert_true(black > pixels * 2 / 100 && black < pixels * 20 / 100);
    assert_true(orange > pixels * 4 / 100 && orange < pixels * 16 / 100);
    if (brown < pixels * 25 / 100 || brown > pixels * 55 / 100) fail_msg("%zu of %zu pixels are brown", brown, pixels);
    lad_scene_image_deinit(&image);
}

static void test_breakfast_box_bytes_are_pinned(void **state)
{
    (void)state;
    static const scene_pin pins[] = {
        {"good", "8a2ae23d860e4578435d6fea52e8ea4e91e2046d26ecd7456731187e29334c51"},
        {"nectarine_1_tangerine_1", "ddac4cbd4e6a069b4aec859c5ca3f90ad86a35e7baf6dd9003e0b603ea7841aa"},
        {"box_damaged", "ef358aae76e2a2a1a66eadc8bfad815dcd13ad0b18b0a896a45c48ef46fec487"}};
    scene_check_pins("breakfast_box", sizeof pins / sizeof *pins, pins);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_breakfast_box_normal_obeys_the_rule),
        cmocka_unit_test(test_breakfast_box_each_kind_breaks_its_part_and_no_other),
        cmocka_unit_test(test_breakfast_box_fruits_are_as_many_as_named),
        cmocka_unit_test(test_breakfast_box_colours_cover_what_they_should),
        cmocka_unit_test(test_breakfast_box_bytes_are_pinned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
