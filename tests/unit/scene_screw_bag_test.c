/* The screw bag scene: its rule, what each kind breaks, where the ground truth lies. */
#include "scene_fixture.h"

enum { WIDTH = 256, SMALL = 64 };

typedef struct facts {
    int nuts, washers, long_screws, short_screws, odd_screws; /* odd: of neither length */
    int in_pocket, bodies;
    int damaged, foreign, tears, scratches;
    double zip_gap;
} facts;

/* Counts from the bodies of the scene graph: a screw is long or short by its measured length alone. */
static facts read_facts(const lad_scene_image *image)
{
    facts f = {0};
    lad_json *json = scene_parameters(image);
    const lad_json *bodies = lad_json_get(json, "bodies");
    f.bodies = (int)lad_json_length(bodies);
    for (int i = 0; i < f.bodies; i++) {
        const lad_json *body = lad_json_item(bodies, (size_t)i);
        const char *part = lad_json_string(lad_json_get(body, "part"));
        assert_non_null(part);
        f.nuts += strcmp(part, "nut") == 0;
        f.washers += strcmp(part, "washer") == 0;
        if (strcmp(part, "screw") == 0) {
            double length = scene_number(body, "length");
            bool is_long = fabs(length / 164.0 - 1) < 0.02, is_short = fabs(length / 113.0 - 1) < 0.02;
            f.long_screws += is_long;
            f.short_screws += is_short;
            f.odd_screws += !is_long && !is_short;
        }
        double x = scene_number(body, "x"), y = scene_number(body, "y");
        f.in_pocket += x > -250.0 && x < 178.0 && fabs(y) < 160.0;
    }
    f.damaged = (int)scene_number(json, "damaged");
    f.foreign = (int)scene_number(json, "foreign");
    f.tears = (int)scene_number(json, "tears");
    f.scratches = (int)scene_number(json, "scratches");
    f.zip_gap = scene_number(json, "zip_gap");
    lad_json_destroy(&json);
    return f;
}

static int kind_named(const char *name)
{
    const lad_scene_category *category = lad_scene_category_find("screw_bag");
    for (size_t i = 0; i < category->kind_count; i++) {
        if (strcmp(category->kinds[i].name, name) == 0) return (int)i;
    }
    fail_msg("no kind %s", name);
    return -1;
}

static facts facts_of(int kind, uint64_t index)
{
    lad_scene_image image = scene_render("screw_bag", 5, index, kind, SMALL);
    facts f = read_facts(&image);
    lad_scene_image_deinit(&image);
    return f;
}

static void assert_sound(const facts *f)
{
    assert_int_equal(f->damaged + f->foreign + f->tears + f->scratches, 0);
    assert_true(f->zip_gap == 0);
}

static void test_screw_bag_normal_obeys_the_rule(void **state)
{
    (void)state;
    for (uint64_t index = 0; index < 16; index++) {
        facts f = facts_of(-1, index);
        assert_int_equal(f.nuts, 2);
        assert_int_equal(f.washers, 2);
        assert_int_equal(f.long_screws, 1);
        assert_int_equal(f.short_screws, 1);
        assert_int_equal(f.odd_screws, 0);
        assert_int_equal(f.in_pocket, f.bodies);
        assert_sound(&f);
    }
}

static void test_screw_bag_logical_kinds_break_what_they_name(void **state)
{
    (void)state;
    static const struct {
        const char *kind;
        int nuts, washers, long_screws, short_screws, odd_screws;
    } wanted[] = {{"missing_1_nut", 1, 2, 1, 1, 0},           {"missing_1_washer", 2, 1, 1, 1, 0},
                  {"missing_1_long_screw", 2, 2, 0, 1, 0},    {"missing_1_short_screw", 2, 2, 1, 0, 0},
                  {"additional_1_nut", 3, 2, 1, 1, 0},        {"additional_1_washer", 2, 3, 1, 1, 0},
                  {"additional_1_long_screw", 2, 2, 2, 1, 0}, {"additional_1_short_screw", 2, 2, 1, 2, 0},
                  {"two_long_screws", 2, 2, 2, 0, 0},         {"two_short_screws", 2, 2, 0, 2, 0},
                  {"nut_for_washer", 3, 1, 1, 1, 0},          {"washer_for_nut", 1, 3, 1, 1, 0}};
    for (size_t k = 0; k < sizeof wanted / sizeof *wanted; k++) {
        for (uint64_t index = 0; index < 4; index++) {
            facts f = facts_of(kind_named(wanted[k].kind), index);
            assert_int_equal(f.nuts, wanted[k].nuts);
            assert_int_equal(f.washers, wanted[k].washers);
            assert_int_equal(f.long_screws, wanted[k].long_screws);
            assert_int_equal(f.short_screws, wanted[k].short_screws);
            assert_int_equal(f.odd_screws, wanted[k].odd_screws);
            assert_int_equal(f.in_pocket, f.bodies);
            assert_sound(&f); /* objects of logical anomalies are each normal */
        }
    }
}

/* A wrong length is that of neither screw, and the counts stay as they are. */
static void test_screw_bag_wrong_lengths_keep_the_counts(void **state)
{
    (void)state;
    static const char *const names[] = {"screw_too_long", "screw_too_short"};
    for (size_t k = 0; k < 2; k++) {
        for (uint64_t index = 0; index < 8; index++) {
            facts f = facts_of(kind_named(names[k]), index);
            assert_int_equal(f.nuts, 2);
            assert_int_equal(f.washers, 2);
            assert_int_equal(f.long_screws + f.short_screws, 1);
            assert_int_equal(f.odd_screws, 1);
            assert_int_equal(f.in_pocket, f.bodies);
            assert_sound(&f);
        }
    }
}

static void test_screw_bag_structural_kinds_keep_the_counts(void **state)
{
    (void)state;
    const lad_scene_category *category = lad_scene_category_find("screw_bag");
    int kinds = 0;
    for (size_t k = 0; k < category->kind_count; k++) {
        if (category->kinds[k].class_ != LAD_SCENE_STRUCTURAL) continue;
        kinds++;
        for (uint64_t index = 0; index < 3; index++) {
            facts f = facts_of((int)k, index);
            assert_int_equal(f.nuts, 2);
            assert_int_equal(f.washers, 2);
            assert_int_equal(f.long_screws, 1);
            assert_int_equal(f.short_screws, 1);
            int harms = (f.damaged > 0) + (f.foreign > 0) + (f.tears > 0) + (f.scratches > 0) + (f.zip_gap > 0);
            assert_int_equal(harms, 1);
        }
    }
    assert_true(kinds >= 7);
}

/* With one index, the anomalous and the normal picture differ where the mask is, and nowhere else by much. */
static void test_screw_bag_masks_cover_what_changed(void **state)
{
    (void)state;
    const lad_scene_category *category = lad_scene_category_find("screw_bag");
    for (uint64_t index = 0; index < 2; index++) {
        lad_scene_image without = scene_render("screw_bag", 31, index, -1, WIDTH);
        for (int kind = 0; kind < (int)category->kind_count; kind++) {
            lad_scene_image with = scene_render("screw_bag", 31, index, kind, WIDTH);
            size_t inside, outside, marked = 0;
            /* 32 levels: above what blur and the encoder's blocks spread around a change. */
            scene_count_changes(&with, &without, 32, 2, &inside, &outside);
            for (size_t i = 0; i < with.width * with.height; i++) marked += with.masks[0][i] != 0;
            if (outside > inside / 25) {
                fail_msg("%s, index %d: %zu changed pixels outside the mask, %zu inside", category->kinds[kind].name,
                         (int)index, outside, inside);
            }
            if (marked < 8 || inside == 0) {
                fail_msg("%s, index %d: %zu pixels marked, %zu changed", category->kinds[kind].name, (int)index, marked,
                         inside);
            }
            lad_scene_image_deinit(&with);
        }
        lad_scene_image_deinit(&without);
    }
}

/* Saturation areas are the mean areas of the bodies: those of the marked ones, of which one is too many. */
static void test_screw_bag_saturation_is_the_area_of_a_body(void **state)
{
    (void)state;
    enum { IMAGES = 4, FULL = 640 };
    static const struct {
        const char *kind;
        int marked;
    } cases[] = {{"additional_1_nut", 3},
                 {"additional_1_washer", 3},
                 {"additional_1_long_screw", 2},
                 {"additional_1_short_screw", 2}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        int kind = kind_named(cases[k].kind);
        double area = 0;
        for (uint64_t index = 0; index < IMAGES; index++) {
            lad_scene_image image = scene_render("screw_bag", 41, index, kind, FULL);
            for (size_t i = 0; i < image.width * image.height; i++) area += image.masks[0][i] != 0;
            assert_true(image.saturation_area_px > 0);
            lad_scene_image_deinit(&image);
        }
        area /= cases[k].marked * IMAGES;
        double threshold = lad_scene_category_find("screw_bag")->kinds[kind].saturation_threshold;
        /* Bodies cover one another, so that a little less is seen of them. */
        if (fabs(area / threshold - 1) > 0.12) {
            fail_msg("%s: area %.0f, threshold %.0f", cases[k].kind, area, threshold);
        }
    }
}

static void test_screw_bag_bytes_are_pinned(void **state)
{
    (void)state;
    static const scene_pin pins[] = {
        {"good", "5590febe9e074f81313296ca1c33e28e695526076bce2e80ac0b823dddcfd310"},
        {"two_long_screws", "ca4941df37a1c010dc0b0e80593bce0d9585bfd381fb3275eec712f7987d6638"},
        {"bent_screw", "44f1e253ead4f66ee85787f1053dc99fb9f18473b6cdb2d5ecb9011f9010c8f1"}};
    scene_check_pins("screw_bag", sizeof pins / sizeof *pins, pins);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_screw_bag_normal_obeys_the_rule),
        cmocka_unit_test(test_screw_bag_logical_kinds_break_what_they_name),
        cmocka_unit_test(test_screw_bag_wrong_lengths_keep_the_counts),
        cmocka_unit_test(test_screw_bag_structural_kinds_keep_the_counts),
        cmocka_unit_test(test_screw_bag_masks_cover_what_changed),
        cmocka_unit_test(test_screw_bag_saturation_is_the_area_of_a_body),
        cmocka_unit_test(test_screw_bag_bytes_are_pinned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
