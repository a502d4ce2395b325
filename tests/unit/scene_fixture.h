/* Shared by the tests of scenes: rendering that must succeed, numbers of the parameters, comparing pictures. */
#ifndef LAD_TESTS_SCENE_FIXTURE_H
#define LAD_TESTS_SCENE_FIXTURE_H

#include "base/json.h"
#include "base/sha256.h"
#include "scene/scene.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Calls `check` for each category: those to come are covered by the tests that use it. */
static inline void scene_each_category(void (*check)(const lad_scene_category *category))
{
    size_t count = 0;
    for (const lad_scene_category *c; (c = lad_scene_category_at(count)) != NULL; count++) check(c);
    assert_true(count > 0);
}

static inline lad_scene_image scene_render(const char *category, uint64_t seed, uint64_t index, int kind, size_t width)
{
    lad_scene_spec spec = {lad_scene_category_find(category), LAD_SPLIT_TEST, seed, index, kind};
    lad_scene_image image;
    lad_error err;
    assert_non_null(spec.category);
    if (lad_scene_render(&spec, width, NULL, &image, &err) != LAD_OK) fail_msg("%s", err.text);
    return image;
}

/* SHA-256 of the picture and its masks. */
static inline void scene_hash(const lad_scene_image *image, char hex[65])
{
    lad_sha256 hash;
    lad_sha256_init(&hash);
    lad_sha256_update(&hash, image->rgb, image->width * image->height * 3);
    for (size_t m = 0; m < image->mask_count; m++) {
        lad_sha256_update(&hash, image->masks[m], image->width * image->height);
    }
    lad_sha256_update(&hash, image->parameters, strlen(image->parameters));
    lad_sha256_final(&hash, hex);
}

/* A kind by its name, "good" for none; and what its first test picture of seed 1 hashes to at 128 px. */
typedef struct scene_pin {
    const char *kind, *hash;
} scene_pin;

/* The same bytes from every compiler and machine: a change here changes every rendered data set, and with it every
 * trained model and figure. */
static inline void scene_check_pins(const char *category, size_t count, const scene_pin *pins)
{
    const lad_scene_category *c = lad_scene_category_find(category);
    assert_non_null(c);
    for (size_t i = 0; i < count; i++) {
        int kind = (int)c->kind_count - 1;
        while (kind >= 0 && strcmp(c->kinds[kind].name, pins[i].kind) != 0) kind--;
        if (kind < 0) assert_string_equal(pins[i].kind, "good");
        lad_scene_image image = scene_render(category, 1, 0, kind, 128);
        char hex[65];
        scene_hash(&image, hex);
        assert_string_equal(hex, pins[i].hash);
        lad_scene_image_deinit(&image);
    }
}

static inline lad_json *scene_parameters(const lad_scene_image *image)
{
    lad_json *json;
    lad_error err;
    if (lad_json_parse(image->parameters, strlen(image->parameters), 8, "parameters", &json, &err) != LAD_OK) {
        fail_msg("%s", err.text);
    }
    return json;
}

static inline double scene_number(const lad_json *object, const char *key)
{
    double value = 0;
    if (!lad_json_number(lad_json_get(object, key), &value)) fail_msg("no number %s", key);
    return value;
}

/* Whether a pixel, or one within `reach` of it, is set in some mask. */
static inline bool scene_near_mask(const lad_scene_image *image, size_t x, size_t y, size_t reach)
{
    size_t x0 = x > reach ? x - reach : 0, y0 = y > reach ? y - reach : 0;
    for (size_t m = 0; m < image->mask_count; m++) {
        for (size_t v = y0; v <= y + reach && v < image->height; v++) {
            for (size_t u = x0; u <= x + reach && u < image->width; u++) {
                if (image->masks[m][v * image->width + u]) return true;
            }
        }
    }
    return false;
}

/* Pixels whose colour differs by at least `levels` in a channel: *inside near a mask, *outside elsewhere. */
static inline void scene_count_changes(const lad_scene_image *with, const lad_scene_image *without, int levels,
                                       size_t reach, size_t *inside, size_t *outside)
{
    *inside = *outside = 0;
    for (size_t i = 0; i < with->width * with->height; i++) {
        int most = 0;
        for (size_t c = 3 * i; c < 3 * i + 3; c++) {
            int change = abs((int)with->rgb[c] - (int)without->rgb[c]);
            if (change > most) most = change;
        }
        if (most < levels) continue;
        if (scene_near_mask(with, i % with->width, i / with->width, reach))
            ++*inside;
        else
            ++*outside;
    }
}

#endif
