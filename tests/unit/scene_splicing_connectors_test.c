/* The splicing connectors scene: its rules, what each kind breaks, where the ground truth lies. */
#include "scene_fixture.h"

enum { WIDTH = 256, MAX_CABLES = 2 };

/* Rules, as bits of what a picture breaks. */
enum {
    RULE_TWO = 1,
    RULE_SAME = 2,
    RULE_LEVERS_UP = 4,
    RULE_ONE_CABLE = 8,
    RULE_COLOUR = 16,
    RULE_MIRRORED = 32,
    RULE_PLUGGED = 64,
    RULE_LENGTH = 128,
    RULE_SOUND = 256
};

typedef struct connector {
    bool present, up;
    int clamps;
    double x, y, angle, side;
} connector;

static bool flag(const lad_json *object, const char *key)
{
    bool value = false;
    assert_true(lad_json_bool(lad_json_get(object, key), &value));
    return value;
}

static const char *text(const lad_json *object, const char *key)
{
    const char *value = lad_json_string(lad_json_get(object, key));
    assert_non_null(value);
    return value;
}

/* The clamp in whose mouth (94 units from the rear, of 105) a place lies; -1: in none. */
static int clamp_at(const connector *c, double x, double y)
{
    double dx = x - c->x, dy = y - c->y;
    double along = c->side * (cos(c->angle) * dx + sin(c->angle) * dy);
    double across = cos(c->angle) * dy - sin(c->angle) * dx;
    double clamp = across / 31.0 + 0.5 * (c->clamps - 1);
    if (fabs(along - (94.0 - 52.5)) > 1.0 || fabs(clamp - floor(clamp + 0.5)) > 0.05) return -1;
    return (int)floor(clamp + 0.5);
}

static int clamps_of_colour(const char *colour)
{
    if (strcmp(colour, "yellow") == 0) return 2;
    if (strcmp(colour, "blue") == 0) return 3;
    assert_string_equal(colour, "red");
    return 5;
}

static unsigned cable_rules(const lad_json *cable, const connector c[2])
{
    unsigned broken = 0;
    double lx = scene_number(cable, "left_x"), ly = scene_number(cable, "left_y");
    double rx = scene_number(cable, "right_x"), ry = scene_number(cable, "right_y");
    int left = clamp_at(&c[0], lx, ly), right = clamp_at(&c[1], rx, ry);
    bool plugged = (left >= 0 || !c[0].present) && (right >= 0 || !c[1].present);
    if (!plugged) broken |= RULE_PLUGGED;
    /* With different numbers of clamps, mirrored is what is counted alike from the top or from the bottom. */
    int from_top = left - right, from_bottom = (c[0].clamps - left) - (c[1].clamps - right);
    if (left >= 0 && right >= 0 && from_top != 0 && from_bottom != 0) broken |= RULE_MIRRORED;
    int clamps = clamps_of_colour(text(cable, "colour"));
    bool fits = (c[0].present && c[0].clamps == clamps) || (c[1].present && c[1].clamps == clamps);
    if (!fits) broken |= RULE_COLOUR;
    double way = hypot(rx - lx, ry - ly);
    if (scene_number(cable, "length") > 1.1 * way) broken |= RULE_LENGTH;
    if (!flag(cable, "sound")) broken |= RULE_SOUND;
    return broken;
}

/* What a picture breaks, from the places in its scene graph. */
static unsigned broken_rules(const lad_scene_image *image)
{
    unsigned broken = 0;
    lad_json *json = scene_parameters(image);
    const lad_json *connectors = lad_json_get(json, "connectors"), *cables = lad_json_get(json, "cables");
    connector c[2] = {{0}, {0}};
    for (size_t i = 0; i < lad_json_length(connectors); i++) {
        const lad_json *item = lad_json_item(connectors, i);
        int right = strcmp(text(item, "side"), "right") == 0;
        assert_false(c[right].present);
        c[right] = (connector){.present = true, .up = flag(item, "levers_up"), .side = right ? -1.0 : 1.0};
        c[right].clamps = (int)scene_number(item, "clamps");
        c[right].x = scene_number(item, "x");
        c[right].y = scene_number(item, "y");
        c[right].angle = scene_number(item, "angle");
        if (!c[right].up) broken |= RULE_LEVERS_UP;
        if (!flag(item, "sound")) broken |= RULE_SOUND;
    }
    if (!c[0].present || !c[1].present) broken |= RULE_TWO;
    if (c[0].present && c[1].present && c[0].clamps != c[1].clamps) broken |= RULE_SAME;
    if (lad_json_length(cables) != 1) broken |= RULE_ONE_CABLE;
    for (size_t i = 0; i < lad_json_length(cables); i++) broken |= cable_rules(lad_json_item(cables, i), c);
    if (scene_number(json, "marks") > 0) broken |= RULE_SOUND;
    lad_json_destroy(&json);
    return broken;
}

static const lad_scene_category *category(void)
{
    return lad_scene_category_find("splicing_connectors");
}

static unsigned rules_of(int kind, uint64_t index)
{
    lad_scene_image image = scene_render("splicing_connectors", 5, index, kind, 64);
    unsigned broken = broken_rules(&image);
    lad_scene_image_deinit(&image);
    return broken;
}

static void test_splicing_connectors_normal_obeys_the_rule(void **state)
{
    (void)state;
    for (uint64_t index = 0; index < 40; index++) assert_int_equal(rules_of(-1, index), 0);
}

static void test_splicing_connectors_logical_kinds_break_what_they_name(void **state)
{
    (void)state;
    static const struct {
        const char *kind;
        unsigned broken;
    } wanted[] = {{"missing_cable", RULE_ONE_CABLE},
                  {"extra_cable", RULE_ONE_CABLE},
                  {"wrong_cable_colour", RULE_COLOUR},
                  {"wrong_cable_location", RULE_MIRRORED},
                  {"wrong_connector_type", RULE_SAME},
                  {"missing_connector", RULE_TWO},
                  {"missing_connector_and_cable", RULE_TWO | RULE_ONE_CABLE},
                  {"flipped_connector", RULE_LEVERS_UP},
                  {"cable_not_plugged", RULE_PLUGGED},
                  {"cable_too_long", RULE_LENGTH}};
    size_t found = 0;
    for (int kind = 0; kind < (int)category()->kind_count; kind++) {
        if (category()->kinds[kind].class_ != LAD_SCENE_LOGICAL) continue;
        for (size_t k = 0; k < sizeof wanted / sizeof *wanted; k++) {
            if (strcmp(wanted[k].kind, category()->kinds[kind].name) != 0) continue;
            found++;
            for (uint64_t index = 0; index < 8; index++) {
                unsigned broken = rules_of(kind, index);
                if (broken != wanted[k].broken) fail_msg("%s, %d: breaks %u", wanted[k].kind, (int)index, broken);
            }
        }
    }
    assert_int_equal(found, sizeof wanted / sizeof *wanted);
}

static void test_splicing_connectors_structural_kinds_keep_the_rules(void **state)
{
    (void)state;
    for (int kind = 0; kind < (int)category()->kind_count; kind++) {
        if (category()->kinds[kind].class_ != LAD_SCENE_STRUCTURAL) continue;
        for (uint64_t index = 0; index < 4; index++) {
            unsigned broken = rules_of(kind, index);
            if (broken != RULE_SOUND) fail_msg("%s, %d: breaks %u", category()->kinds[kind].name, (int)index, broken);
        }
    }
}

/* All numbers of clamps, and clamps, occur. */
static void test_splicing_connectors_normals_differ(void **state)
{
    (void)state;
    unsigned numbers = 0, clamps = 0;
    for (uint64_t index = 0; index < 40; index++) {
        lad_scene_image image = scene_render("splicing_connectors", 7, index, -1, 32);
        lad_json *json = scene_parameters(&image);
        const lad_json *first = lad_json_item(lad_json_get(json, "connectors"), 0);
        const lad_json *cable = lad_json_item(lad_json_get(json, "cables"), 0);
        connector c = {.clamps = (int)scene_number(first, "clamps"), .side = 1.0};
        c.x = scene_number(first, "x");
        c.y = scene_number(first, "y");
        c.angle = scene_number(first, "angle");
        numbers |= 1u << c.clamps;
        clamps |= 1u << clamp_at(&c, scene_number(cable, "left_x"), scene_number(cable, "left_y"));
        lad_json_destroy(&json);
        lad_scene_image_deinit(&image);
    }
    assert_int_equal(numbers, 1u << 2 | 1u << 3 | 1u << 5);
    assert_int_equal(clamps, 31);
}

/* With one index, the anomalous and the normal picture differ where the mask is, or within a shadow's length of it. */
static void test_splicing_connectors_masks_cover_what_changed(void **state)
{
    (void)state;
    for (int kind = 0; kind < (int)category()->kind_count; kind++) {
        size_t reach = category()->kinds[kind].class_ == LAD_SCENE_LOGICAL ? 12 : 2;
        for (uint64_t index = 0; index < 2; index++) {
            lad_scene_image with = scene_render("splicing_connectors", 31, index, kind, WIDTH);
            lad_scene_image without = scene_render("splicing_connectors", 31, index, -1, WIDTH);
            size_t inside, outside;
            scene_count_changes(&with, &without, 32, reach, &inside, &outside);
            if (inside == 0 || outside > inside / 25 + 4) { /* 4: what the encoder spreads around a subtle one */
                fail_msg("%s, index %d: %zu changed pixels outside the mask, %zu inside", category()->kinds[kind].name,
                         (int)index, outside, inside);
            }
            lad_scene_image_deinit(&with);
            lad_scene_image_deinit(&without);
        }
    }
}

static void test_splicing_connectors_saturation_is_the_area_of_a_cable(void **state)
{
    (void)state;
    enum { IMAGES = 6, FULL = 640 };
    int kind = 0;
    while (strcmp(category()->kinds[kind].name, "wrong_cable_colour") != 0) kind++;
    double area = 0;
    for (uint64_t index = 0; index < IMAGES; index++) {
        lad_scene_image image = scene_render("splicing_connectors", 41, index, kind, FULL);
        for (size_t i = 0; i < image.width * image.height; i++) area += image.masks[0][i] != 0;
        lad_scene_image_deinit(&image);
    }
    /* With it, the windows of two clamps are marked. */
    area = area / IMAGES - 2 * 34.5 * 21;
    double threshold = category()->kinds[0].saturation_threshold;
    if (fabs(area / threshold - 1) > 0.12) fail_msg("area %.0f, threshold %.0f", area, threshold);
}

/* Half black holes and half bright metal, and orange levers: the picture is not blank or saturated. */
static void test_splicing_connectors_picture_shows_mesh_and_levers(void **state)
{
    (void)state;
    lad_scene_image image = scene_render("splicing_connectors", 6, 0, -1, 320);
    size_t orange = 0, dark = 0, grey = 0, pixels = image.width * image.height;
    for (size_t i = 0; i < pixels; i++) {
        const uint8_t *p = image.rgb + 3 * i;
        orange += p[0] > 180 && p[1] > 50 && p[1] < p[0] * 2 / 3 && p[2] < 90;
        dark += p[0] < 50 && p[1] < 50 && p[2] < 50;
        grey += p[0] > 90 && abs(p[0] - p[1]) < 40 && abs(p[1] - p[2]) < 40;
    }
    assert_true(orange > pixels * 2 / 100 && orange < pixels * 12 / 100);
    assert_true(dark > pixels / 5);
    assert_true(grey > pixels / 5);
    lad_scene_image_deinit(&image);
}

static void test_splicing_connectors_bytes_are_pinned(void **state)
{
    (void)state;
    static const scene_pin pins[] = {
        {"good", "c8aa649e370998661671d1476fe6c594ddded91821813cd95db049ad59f27ce5"},
        {"cable_not_plugged", "e180d1833529e2f8ddfafd1bad869fe853f990bc7c58ed2943ade6486a9abcdb"},
        {"dented_mesh", "97f75d42cdbeb60c15d91a21cdfc208fcfaf4dbec28a10bbb93334be34d91ff4"}};
    scene_check_pins("splicing_connectors", sizeof pins / sizeof *pins, pins);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_splicing_connectors_normal_obeys_the_rule),
        cmocka_unit_test(test_splicing_connectors_logical_kinds_break_what_they_name),
        cmocka_unit_test(test_splicing_connectors_structural_kinds_keep_the_rules),
        cmocka_unit_test(test_splicing_connectors_normals_differ),
        cmocka_unit_test(test_splicing_connectors_masks_cover_what_changed),
        cmocka_unit_test(test_splicing_connectors_saturation_is_the_area_of_a_cable),
        cmocka_unit_test(test_splicing_connectors_picture_shows_mesh_and_levers),
        cmocka_unit_test(test_splicing_connectors_bytes_are_pinned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
