/* Scenes changed by hand: nothing changes nothing, each change does what it says, edits are counted by the rule. */
#include "scene_fixture.h"

#include "scene/vec.h"

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
    spec.category = lad_scene_category_find("screw_bag");
    for (size_t i = 5; i < sizeof tries / sizeof *tries; i++) {
        assert_int_equal(lad_scene_render_changed(&spec, &tries[i], 64, NULL, &image, &err), LAD_ERR_ARG);
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

static int kind_named(const char *category, const char *name)
{
    const lad_scene_category *c = lad_scene_category_find(category);
    for (size_t i = 0; i < c->kind_count; i++) {
        if (strcmp(c->kinds[i].name, name) == 0) return (int)i;
    }
    fail_msg("no kind %s", name);
    return -1;
}

static size_t mask_area(const lad_scene_image *image, size_t mask)
{
    size_t area = 0;
    for (size_t p = 0; p < image->width * image->height; p++) area += image->masks[mask][p] != 0;
    return area;
}

/* Number of the first object whose name starts so. */
static size_t object_named(const char *category, const char *name)
{
    lad_scene_image image = changed(category, -1, &(lad_scene_changes){.list_objects = true});
    lad_json *json = scene_parameters(&image);
    const lad_json *list = lad_json_get(json, "objects");
    size_t i = 0, count = lad_json_length(list);
    while (i < count && strncmp(lad_json_string(lad_json_get(lad_json_item(list, i), "name")), name, strlen(name))) i++;
    lad_json_destroy(&json);
    lad_scene_image_deinit(&image);
    assert_true(i < count);
    return i;
}

/* Edits, and what must come of them: objects, findings and the first of these, masks and the first one's pixels. */
typedef struct edit_try {
    lad_scene_edit edits[3];
    size_t edit_count, objects, findings, masks;
    const char *first;
    size_t least, most;
} edit_try;

static void check_tries(const char *category, const edit_try *tries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        lad_scene_changes changes = {.list_objects = true, .edits = tries[i].edits, .edit_count = tries[i].edit_count};
        lad_scene_image image = changed(category, -1, &changes);
        lad_json *json = scene_parameters(&image);
        const lad_json *findings = lad_json_get(json, "findings");
        assert_int_equal(lad_json_length(lad_json_get(json, "objects")), tries[i].objects);
        assert_int_equal(lad_json_length(findings), tries[i].findings);
        if (tries[i].first) assert_string_equal(lad_json_string(lad_json_item(findings, 0)), tries[i].first);
        assert_int_equal(image.mask_count, tries[i].masks);
        if (image.mask_count && (mask_area(&image, 0) < tries[i].least || mask_area(&image, 0) > tries[i].most)) {
            fail_msg("try %zu: %zu pixels", i, mask_area(&image, 0));
        }
        lad_json_destroy(&json);
        lad_scene_image_deinit(&image);
    }
}

static void test_edits_of_the_screw_bag_are_counted_by_the_rule(void **state)
{
    (void)state;
    size_t nut = object_named("screw_bag", "Nut 1"), screw = object_named("screw_bag", "Long screw");
    /* A mask of a part too few is the pocket, one of parts too many those parts. */
    const edit_try tries[] = {
        {{{LAD_SCENE_REMOVE, nut, 0, 0}}, 1, 5, 1, 1, "There is only one nut in the bag.", 4000, 7000},
        {{{LAD_SCENE_REMOVE, screw, 0, 0}}, 1, 5, 1, 1, "There is no long screw in the bag.", 4000, 7000},
        {{{LAD_SCENE_DUPLICATE, nut, 60, 60}}, 1, 7, 1, 1, "There are 3 nuts in the bag, not 2.", 80, 250},
        {{{LAD_SCENE_DUPLICATE, screw, 0, 0}}, 1, 7, 1, 1, "There are 2 long screws in the bag, not 1.", 150, 500},
        {{{LAD_SCENE_MOVE, screw, -40, 20}}, 1, 6, 0, 0, NULL, 0, 0},
        {{{LAD_SCENE_DUPLICATE, nut, 60, 60}, {LAD_SCENE_REMOVE, nut, 0, 0}}, 2, 6, 0, 0, NULL, 0, 0},
    };
    check_tries("screw_bag", tries, sizeof tries / sizeof *tries);
}

/* A part goes where it is put; the bag's edges hold back what would leave it. */
static void test_parts_moved_by_hand_stay_in_the_bag(void **state)
{
    (void)state;
    static const lad_vec2 places[] = {{-40, 20}, {999, 0}, {-999, -999}, {0, 999}, {999, -999}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        lad_scene_edit edits[6];
        for (size_t k = 0; k < 6; k++) edits[k] = (lad_scene_edit){LAD_SCENE_MOVE, k, places[i].x, places[i].y};
        lad_scene_image image = changed("screw_bag", -1, &(lad_scene_changes){.edits = edits, .edit_count = 6});
        lad_json *json = scene_parameters(&image);
        const lad_json *bodies = lad_json_get(json, "bodies");
        assert_int_equal(lad_json_length(bodies), 6);
        for (size_t k = 0; k < 6; k++) {
            double x = scene_number(lad_json_item(bodies, k), "x"), y = scene_number(lad_json_item(bodies, k), "y");
            assert_true(x > -250 && x < 178 && fabs(y) < 160); /* the pocket */
            if (i == 0) assert_true(fabs(x + 40) < 0.01 && fabs(y - 20) < 0.01);
        }
        lad_json_destroy(&json);
        lad_scene_image_deinit(&image);
    }
}

/* The mask of a kind stays the one of its own, findings of another group add theirs; and a twin is edited alike. */
static void test_edits_of_the_screw_bag_join_an_anomaly(void **state)
{
    (void)state;
    const lad_scene_edit twice = {LAD_SCENE_DUPLICATE, 0, 60, 60}, move = {LAD_SCENE_MOVE, 0, 100, -100};
    static const char *const kinds[] = {"missing_1_nut", "contamination", "two_long_screws"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        int kind = kind_named("screw_bag", kinds[i]);
        lad_scene_image before = changed("screw_bag", kind, &(lad_scene_changes){0});
        lad_scene_image moved = changed("screw_bag", kind, &(lad_scene_changes){.edits = &move, .edit_count = 1});
        lad_scene_image more = changed("screw_bag", kind, &(lad_scene_changes){.edits = &twice, .edit_count = 1});
        assert_int_equal(before.mask_count, 1);
        assert_int_equal(moved.mask_count, 1);
        assert_in_range(more.mask_count, 1, 2);
        if (i < 2) assert_int_equal(more.mask_count, 2);
        size_t area = mask_area(&before, 0);
        assert_in_range(mask_area(&moved, 0), area / 2, area * 2);
        assert_in_range(mask_area(&more, 0), area / 2, area * 2);
        lad_scene_image_deinit(&before);
        lad_scene_image_deinit(&moved);
        lad_scene_image_deinit(&more);
    }
}

/* Where an object of the breakfast box is, and its reach in the picture. */
typedef struct fruit {
    double x, y, reach;
} fruit;

static size_t fruits_of(const lad_scene_image *image, fruit out[8])
{
    lad_json *json = scene_parameters(image);
    const lad_json *list = lad_json_get(json, "fruits"), *objects = lad_json_get(json, "objects");
    size_t count = lad_json_length(list);
    assert_int_equal(count, lad_json_length(objects));
    for (size_t i = 0; i < count && i < 8; i++) {
        const lad_json *f = lad_json_item(list, i);
        out[i] = (fruit){scene_number(f, "x"), scene_number(f, "y"),
                         scene_number(lad_json_item(objects, i), "reach_px") / scene_number(f, "radius")};
    }
    lad_json_destroy(&json);
    return count;
}

static void test_edits_of_the_breakfast_box_are_counted_by_the_rule(void **state)
{
    (void)state;
    size_t nectarine = object_named("breakfast_box", "Nectarine"),
           tangerine = object_named("breakfast_box", "Tangerine 2");
    /* A mask of a fruit too few is what is free of the left compartment, one of fruit too many or elsewhere that fruit.
     */
    const edit_try tries[] = {
        {{{LAD_SCENE_REMOVE, tangerine, 0, 0}},
         1,
         2,
         1,
         1,
         "There is only one tangerine in the left compartment.",
         1200,
         3600},
        {{{LAD_SCENE_REMOVE, nectarine, 0, 0}},
         1,
         2,
         1,
         1,
         "There is no nectarine in the left compartment.",
         1200,
         3600},
        {{{LAD_SCENE_DUPLICATE, tangerine, -120, -30}},
         1,
         4,
         1,
         1,
         "There are 3 tangerines in the left compartment, not 2.",
         900,
         2200},
        {{{LAD_SCENE_MOVE, nectarine, -120, 30}}, 1, 3, 0, 0, NULL, 0, 0},
        {{{LAD_SCENE_MOVE, nectarine, 110, -40}},
         1,
         3,
         2,
         2,
         "There is no nectarine in the left compartment.",
         1200,
         3600},
        {{{LAD_SCENE_DUPLICATE, tangerine, -120, -30}, {LAD_SCENE_REMOVE, tangerine, 0, 0}}, 2, 3, 0, 0, NULL, 0, 0},
        {{{LAD_SCENE_REMOVE, 2, 0, 0}, {LAD_SCENE_REMOVE, 1, 0, 0}, {LAD_SCENE_REMOVE, 0, 0, 0}},
         3,
         0,
         2,
         2,
         "There is no tangerine in the left compartment.",
         3000,
         6500},
    };
    check_tries("breakfast_box", tries, sizeof tries / sizeof *tries);
}

/* The moved fruit is where it was put, the others give way within their compartment, what lies elsewhere stays. */
static void test_fruits_give_way_to_the_one_moved_by_hand(void **state)
{
    (void)state;
    fruit before[8], after[8];
    lad_scene_image image = changed("breakfast_box", -1, &(lad_scene_changes){.list_objects = true});
    assert_int_equal(fruits_of(&image, before), 3);
    lad_scene_image_deinit(&image);
    /* Onto its neighbour. */
    const lad_scene_edit onto = {LAD_SCENE_MOVE, 0, (float)before[1].x, (float)before[1].y - 20.0f};
    image = changed("breakfast_box", -1, &(lad_scene_changes){.list_objects = true, .edits = &onto, .edit_count = 1});
    assert_int_equal(fruits_of(&image, after), 3);
    lad_scene_image_deinit(&image);
    assert_true(fabs(after[0].x - before[1].x) < 0.01 && fabs(after[0].y - before[1].y + 20.0) < 0.01);
    assert_true(after[1].y > before[1].y + 60.0);
    for (size_t i = 1; i < 3; i++) assert_true(after[i].x < 0.0 && after[i].x > -250.0 && fabs(after[i].y) < 200.0);
    /* Onto the cereals: nothing else moves. */
    const lad_scene_edit across = {LAD_SCENE_MOVE, 0, 120.0f, -60.0f};
    image = changed("breakfast_box", -1, &(lad_scene_changes){.list_objects = true, .edits = &across, .edit_count = 1});
    assert_int_equal(fruits_of(&image, after), 3);
    lad_scene_image_deinit(&image);
    assert_true(fabs(after[0].x - 120.0) < 0.01 && fabs(after[0].y + 60.0) < 0.01);
    assert_true(after[0].reach > before[0].reach * 1.01); /* it lies higher, so nearer to the camera */
    for (size_t i = 1; i < 3; i++)
        assert_true(fabs(after[i].x - before[i].x) < 1.0 && fabs(after[i].y - before[i].y) < 1.0);
}

/* Walls hold back what would leave the box, and fruit without room comes to lie on other fruit. */
static void test_fruits_stay_in_the_box_and_pile_up(void **state)
{
    (void)state;
    static const lad_vec2 places[] = {{999, 0}, {-999, -999}, {0, 999}, {-60, 0}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        lad_scene_edit edits[4] = {{LAD_SCENE_MOVE, 0, places[i].x, places[i].y}};
        for (size_t k = 1; k < 4; k++) edits[k] = (lad_scene_edit){LAD_SCENE_DUPLICATE, 0, places[i].x, places[i].y};
        fruit fruits[8];
        lad_scene_changes changes = {.list_objects = true, .edits = edits, .edit_count = 4};
        lad_scene_image image = changed("breakfast_box", -1, &changes);
        assert_int_equal(fruits_of(&image, fruits), 6);
        lad_scene_image_deinit(&image);
        double low = 1e9, high = 0.0;
        for (size_t k = 0; k < 6; k++) {
            assert_true(fabs(fruits[k].x) < 245.0 && fabs(fruits[k].y) < 190.0);
            low = fmin(low, fruits[k].reach), high = fmax(high, fruits[k].reach);
        }
        if (i == 3) assert_true(high > low * 1.02);
    }
    const lad_scene_edit twice[4] = {{LAD_SCENE_DUPLICATE, 0, 0, 0},
                                     {LAD_SCENE_DUPLICATE, 0, 0, 0},
                                     {LAD_SCENE_DUPLICATE, 0, 0, 0},
                                     {LAD_SCENE_DUPLICATE, 0, 0, 0}};
    lad_scene_spec spec = {lad_scene_category_find("breakfast_box"), LAD_SPLIT_TEST, 3, 1, -1};
    lad_scene_changes changes = {.edits = twice, .edit_count = 4};
    lad_scene_image image = {0};
    lad_error err;
    assert_int_equal(lad_scene_render_changed(&spec, &changes, 64, NULL, &image, &err), LAD_ERR_ARG);
    assert_string_equal(err.text, "There is no room for more than 6 fruits.");
}

/* The mask of a kind stays the one of its own, and findings that it did not make add theirs. */
static void test_edits_of_the_breakfast_box_join_an_anomaly(void **state)
{
    (void)state;
    const lad_scene_edit away = {LAD_SCENE_REMOVE, 0, 0, 0}, move = {LAD_SCENE_MOVE, 0, -140, -90};
    static const struct {
        const char *kind;
        size_t moved, fewer;
    } tries[] = {{"fruit_damaged", 1, 2},
                 {"missing_almonds", 1, 2},
                 {"nectarines_0_tangerines_3", 1, 1},
                 {"nectarines_3_tangerines_0", 1, 2},
                 {"compartments_swapped", 1, 1}};
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        int kind = kind_named("breakfast_box", tries[i].kind);
        lad_scene_image before = changed("breakfast_box", kind, &(lad_scene_changes){0});
        lad_scene_image moved = changed("breakfast_box", kind, &(lad_scene_changes){.edits = &move, .edit_count = 1});
        lad_scene_image fewer = changed("breakfast_box", kind, &(lad_scene_changes){.edits = &away, .edit_count = 1});
        assert_int_equal(before.mask_count, 1);
        if (moved.mask_count != tries[i].moved || fewer.mask_count != tries[i].fewer) {
            fail_msg("%s: %zu and %zu masks", tries[i].kind, moved.mask_count, fewer.mask_count);
        }
        lad_scene_image_deinit(&before);
        lad_scene_image_deinit(&moved);
        lad_scene_image_deinit(&fewer);
    }
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
        cmocka_unit_test(test_edits_of_the_screw_bag_are_counted_by_the_rule),
        cmocka_unit_test(test_parts_moved_by_hand_stay_in_the_bag),
        cmocka_unit_test(test_edits_of_the_screw_bag_join_an_anomaly),
        cmocka_unit_test(test_edits_of_the_breakfast_box_are_counted_by_the_rule),
        cmocka_unit_test(test_fruits_give_way_to_the_one_moved_by_hand),
        cmocka_unit_test(test_fruits_stay_in_the_box_and_pile_up),
        cmocka_unit_test(test_edits_of_the_breakfast_box_join_an_anomaly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
