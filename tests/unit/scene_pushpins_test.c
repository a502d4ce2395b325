/* The pushpins scene: its rule, what each kind breaks, where the ground truth lies. */
#include "scene_fixture.h"

enum { COLUMNS = 5, ROWS = 3, CELLS = 15 };

typedef struct facts {
    int counts[CELLS]; /* pins by compartment, from their places */
    int pins, crowded, empty, separators, unsound, marks;
} facts;

/* Counts from the places of the pins in the scene graph, and checks the graph's own counts against them. */
static facts read_facts(const lad_scene_image *image)
{
    facts f = {0};
    lad_json *json = scene_parameters(image);
    const lad_json *pins = lad_json_get(json, "pins"), *counts = lad_json_get(json, "pins_per_compartment");
    f.pins = (int)lad_json_length(pins);
    for (int i = 0; i < f.pins; i++) {
        const lad_json *pin = lad_json_item(pins, (size_t)i);
        /* The inside of the box is 568 x 306 units, centred. */
        int column = (int)floor((scene_number(pin, "x") + 284.0) / (568.0 / COLUMNS));
        int row = (int)floor((scene_number(pin, "y") + 153.0) / (306.0 / ROWS));
        assert_in_range(column, 0, COLUMNS - 1);
        assert_in_range(row, 0, ROWS - 1);
        f.counts[row * COLUMNS + column]++;
        bool sound = false;
        assert_true(lad_json_bool(lad_json_get(pin, "sound"), &sound));
        f.unsound += !sound;
    }
    assert_int_equal(lad_json_length(counts), CELLS);
    for (size_t cell = 0; cell < CELLS; cell++) {
        double count = -1;
        assert_true(lad_json_number(lad_json_item(counts, cell), &count));
        assert_int_equal((int)count, f.counts[cell]);
        f.crowded += f.counts[cell] > 1;
        f.empty += f.counts[cell] == 0;
    }
    f.separators = (int)scene_number(json, "separators");
    f.marks = (int)scene_number(json, "marks");
    lad_json_destroy(&json);
    return f;
}

static int kind_named(const char *name)
{
    const lad_scene_category *category = lad_scene_category_find("pushpins");
    for (size_t i = 0; i < category->kind_count; i++) {
        if (strcmp(category->kinds[i].name, name) == 0) return (int)i;
    }
    fail_msg("no kind %s", name);
    return -1;
}

static facts facts_of(const char *kind, uint64_t index)
{
    lad_scene_image image = scene_render("pushpins", 5, index, kind ? kind_named(kind) : -1, 64);
    facts f = read_facts(&image);
    lad_scene_image_deinit(&image);
    return f;
}

static void test_pushpins_normal_obeys_the_rule(void **state)
{
    (void)state;
    for (uint64_t index = 0; index < 24; index++) {
        facts f = facts_of(NULL, index);
        assert_int_equal(f.pins, CELLS);
        assert_int_equal(f.empty + f.crowded, 0);
        assert_int_equal(f.separators, 22);
        assert_int_equal(f.unsound + f.marks, 0);
    }
}

static void test_pushpins_logical_kinds_break_what_they_name(void **state)
{
    (void)state;
    static const struct {
        const char *kind;
        int pins, empty, crowded_least, crowded_most, separators;
    } wanted[] = {{"missing_pushpin", 14, 1, 0, 0, 22},      {"two_missing_pushpins", 13, 2, 0, 0, 22},
                  {"1_additional_pushpin", 16, 0, 1, 1, 22}, {"2_additional_pushpins", 17, 0, 1, 2, 22},
                  {"pushpin_in_neighbour", 15, 1, 1, 1, 22}, {"missing_separator", 15, 0, 0, 0, 21},
                  {"additional_separator", 15, 0, 0, 0, 23}};
    for (size_t k = 0; k < sizeof wanted / sizeof *wanted; k++) {
        for (uint64_t index = 0; index < 8; index++) {
            facts f = facts_of(wanted[k].kind, index);
            assert_int_equal(f.pins, wanted[k].pins);
            assert_int_equal(f.empty, wanted[k].empty);
            assert_in_range(f.crowded, wanted[k].crowded_least, wanted[k].crowded_most);
            assert_int_equal(f.separators, wanted[k].separators);
            assert_int_equal(f.unsound + f.marks, 0); /* objects of logical anomalies are each normal */
        }
    }
}

static void test_pushpins_structural_kinds_keep_the_counts(void **state)
{
    (void)state;
    const lad_scene_category *category = lad_scene_category_find("pushpins");
    for (size_t k = 0; k < category->kind_count; k++) {
        if (category->kinds[k].class_ != LAD_SCENE_STRUCTURAL) continue;
        for (uint64_t index = 0; index < 4; index++) {
            lad_scene_image image = scene_render("pushpins", 5, index, (int)k, 64);
            facts f = read_facts(&image);
            assert_int_equal(f.empty + f.crowded, 0);
            assert_int_equal(f.separators, 22);
            assert_true(f.unsound + f.marks > 0);
            lad_scene_image_deinit(&image);
        }
    }
}

/* The saturation area of missing and additional pins is the area of one pin. */
static void test_pushpins_saturation_is_the_area_of_a_pin(void **state)
{
    (void)state;
    enum { IMAGES = 6, FULL = 640 };
    int kind = kind_named("1_additional_pushpin");
    double area = 0;
    for (uint64_t index = 0; index < IMAGES; index++) {
        lad_scene_image image = scene_render("pushpins", 41, index, kind, FULL);
        for (size_t i = 0; i < image.width * image.height; i++) area += image.masks[0][i] != 0;
        assert_true(image.saturation_area_px > 0);
        lad_scene_image_deinit(&image);
    }
    area /= 2 * IMAGES;
    double threshold = lad_scene_category_find("pushpins")->kinds[kind].saturation_threshold;
    if (fabs(area / threshold - 1) > 0.12) fail_msg("area %.0f, threshold %.0f", area, threshold);
}

/* Pins are yellow and cover a few per cent; the rest is mostly dark: the picture is not blank or saturated. */
static void test_pushpins_picture_has_fifteen_pins_worth_of_yellow(void **state)
{
    (void)state;
    lad_scene_image image = scene_render("pushpins", 6, 0, -1, 320);
    size_t yellow = 0, dark = 0, pixels = image.width * image.height;
    for (size_t i = 0; i < pixels; i++) {
        const uint8_t *p = image.rgb + 3 * i;
        yellow += p[0] > 140 && p[1] > 70 && p[2] < p[0] / 2;
        dark += p[0] < 60 && p[1] < 60 && p[2] < 60;
    }
    assert_true(yellow > pixels * 2 / 100 && yellow < pixels * 8 / 100);
    assert_true(dark > pixels / 2);
    lad_scene_image_deinit(&image);
}

static void test_pushpins_bytes_are_pinned(void **state)
{
    (void)state;
    static const scene_pin pins[] = {
        {"good", "47de9604a96e7fe606bcb92842903d393d98ff3b8024ae64e5b06e438e2af48e"},
        {"2_additional_pushpins", "8fb837da08466104fb8c115deacefcf61a7b6807fb1a555ce3e7119b4c0c387a"},
        {"crack", "4d5f75ff3d89fbee9449b77bcd82bffbd63e1a30abab9518308ca2f0223916dd"}};
    scene_check_pins("pushpins", sizeof pins / sizeof *pins, pins);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pushpins_normal_obeys_the_rule),
        cmocka_unit_test(test_pushpins_logical_kinds_break_what_they_name),
        cmocka_unit_test(test_pushpins_structural_kinds_keep_the_counts),
        cmocka_unit_test(test_pushpins_saturation_is_the_area_of_a_pin),
        cmocka_unit_test(test_pushpins_picture_has_fifteen_pins_worth_of_yellow),
        cmocka_unit_test(test_pushpins_bytes_are_pinned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
