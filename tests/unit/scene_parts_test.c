/* Noise, camera, light: the small pure functions that every scene is made of. */
#include "scene/camera.h"
#include "scene/glyphs.h"
#include "scene/light.h"
#include "scene/noise.h"

#include <math.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_noise_many_places_same_as_one_by_one(void **state)
{
    (void)state;
    enum { COUNT = 77 }; /* no multiple of a vector */
    uint64_t seed[COUNT];
    float x[COUNT], y[COUNT], z[COUNT], value2[COUNT], value3[COUNT];
    lad_rng rng = lad_rng_seed(11, 3);
    for (int i = 0; i < COUNT; i++) {
        seed[i] = lad_hash64(5, (uint64_t)(i / 3));
        x[i] = lad_rng_range(&rng, -40.0f, 40.0f);
        y[i] = i % 7 ? lad_rng_range(&rng, -2.0f, 2.0f) : floorf(x[i]); /* both sides of zero, and on the lattice */
        z[i] = lad_rng_range(&rng, -2.0f, 2.0f);
    }
    lad_noise_values2(seed, x, y, COUNT, value2);
    lad_noise_values3(seed, x, y, z, COUNT, value3);
    for (int i = 0; i < COUNT; i++) {
        assert_true(value2[i] == lad_noise_value2(seed[i], x[i], y[i]));
        assert_true(value3[i] == lad_noise_value3(seed[i], lad_v3(x[i], y[i], z[i])));
    }
}

static void test_noise_on_a_walk_same_as_place_by_place(void **state)
{
    (void)state;
    lad_noise_walk values = {0}, gradients = {0}, octaves[3] = {{0}};
    for (int i = 0; i < 200; i++) {
        float x = -3.0f + 0.03f * (float)i, y = i < 100 ? 0.4f : -1.7f;
        uint64_t seed = i < 150 ? 5 : 6;
        assert_true(lad_noise_value2_walk(&values, seed, x, y) == lad_noise_value2(seed, x, y));
        assert_true(lad_noise_gradient2_walk(&gradients, seed, x, y) == lad_noise_gradient2(seed, x, y));
        assert_true(lad_noise_fractal2_walk(octaves, seed, x, y, 3) == lad_noise_fractal2(seed, x, y, 3));
    }
}

static void test_noise_gradients_of_many_places_same_as_one_by_one(void **state)
{
    (void)state;
    float x[LAD_NOISE_PLACES], y[LAD_NOISE_PLACES], many[LAD_NOISE_PLACES];
    for (int round = 0; round < 40; round++) {
        int count = 1 + (round * 13) % LAD_NOISE_PLACES;
        float step = 0.02f * (float)(1 + round * round); /* many places in a cell, and far less than one */
        for (int i = 0; i < count; i++) x[i] = step * (float)i - 3.0f, y[i] = 0.3f * step * (float)i - 1.5f;
        lad_noise_gradients2((uint64_t)round, x, y, count, many);
        for (int i = 0; i < count; i++) assert_true(many[i] == lad_noise_gradient2((uint64_t)round, x[i], y[i]));
    }
}

static void test_noise_is_smooth_bounded_and_seeded(void **state)
{
    (void)state;
    float sum = 0, low = 1, high = 0;
    int different = 0;
    enum { COUNT = 4000 };
    for (int i = 0; i < COUNT; i++) {
        float x = (float)i * 0.31f - 500, y = (float)(i % 61) * 0.47f - 11;
        float v = lad_noise_value2(1, x, y), g = lad_noise_gradient2(1, x, y);
        assert_true(v >= 0 && v <= 1 && g > -1.01f && g < 1.01f);
        /* The quintic blend rises by at most 15/8 per unit between values that differ by at most 1. */
        assert_true(fabsf(lad_noise_value2(1, x + 0.01f, y) - v) < 0.01f * 1.875f + 1e-3f);
        different += lad_noise_value2(2, x, y) != v;
        sum += v;
        low = v < low ? v : low;
        high = v > high ? v : high;
    }
    assert_true(fabsf(sum / COUNT - 0.5f) < 0.03f);
    assert_true(low < 0.1f && high > 0.9f);
    assert_true(different > COUNT * 9 / 10);
    assert_true(lad_noise_gradient2(3, 5, -7) == 0); /* at lattice points */
    assert_true(lad_noise_value2(1, 2, 3) == lad_noise_cell(1, 2, 3, 0));
    assert_true(lad_noise_value3(1, lad_v3(2, 3, 4)) == lad_noise_cell(1, 2, 3, 4));
}

static lad_camera some_camera(void)
{
    const lad_camera_range range = {.distance = 900, .shift = 10, .scale = 0.1f, .roll = 0.1f, .tilt = 0.1f};
    lad_rng rng = lad_rng_seed(4, 0);
    return lad_camera_sample(&range, 640, 376, 1, &rng);
}

static void test_camera_ray_and_projection_are_inverse(void **state)
{
    (void)state;
    lad_camera camera = some_camera();
    for (int i = 0; i < 100; i++) {
        lad_vec2 pixel = {(float)(i % 10) * 63.9f, (float)(i / 10) * 37.5f};
        lad_vec3 ray = lad_camera_ray(&camera, pixel.x, pixel.y);
        lad_vec3 p = lad_camera_meet(&camera, ray, 25);
        lad_vec2 back = lad_camera_project(&camera, p);
        assert_true(fabsf(p.z - 25) < 1e-2f);
        assert_true(fabsf(back.x - pixel.x) < 0.02f && fabsf(back.y - pixel.y) < 0.02f);
    }
}

static void test_camera_axes_are_orthonormal(void **state)
{
    (void)state;
    lad_camera camera = some_camera();
    assert_true(fabsf(lad_v3_dot(camera.right, camera.back)) < 1e-6f);
    assert_true(fabsf(lad_v3_dot(camera.down, camera.back)) < 1e-6f);
    assert_true(fabsf(lad_v3_dot(camera.down, camera.right)) < 1e-6f);
    assert_true(fabsf(lad_v3_length(camera.down) - 1) < 1e-5f);
    assert_true(camera.right.x > 0.9f && camera.down.y > 0.9f && camera.back.z > 0.9f);
}

static void test_camera_near_things_are_larger(void **state)
{
    (void)state;
    lad_camera camera = some_camera();
    assert_true(lad_camera_scale(&camera, lad_v3(0, 0, 30)) > lad_camera_scale(&camera, lad_v3(0, 0, 0)));
}

static lad_light some_light(void)
{
    const lad_light_range range = {.key = {-1, -1, 1}, .kelvin = 6500, .fill = 0.3f, .surround = 0.2f};
    lad_rng rng = lad_rng_seed(4, 0);
    return lad_light_sample(&range, &rng);
}

static void test_light_facing_surfaces_are_brighter(void **state)
{
    (void)state;
    lad_light light = some_light();
    lad_material matt = {.albedo = {0.5f, 0.5f, 0.5f}, .roughness = 1, .specular = 0.04f};
    lad_vec3 view = {0, 0, 1};
    float facing = lad_shade(&matt, &light, light.key, view, 1, 1).y;
    float away = lad_shade(&matt, &light, lad_v3_unit(lad_v3(0.9f, 0.9f, 0.1f)), view, 1, 1).y;
    float shadowed = lad_shade(&matt, &light, light.key, view, 0, 1).y;
    assert_true(facing > 1.5f * away && facing > 1.5f * shadowed && away > 0 && shadowed > 0);
}

static void test_light_mirror_sees_the_softbox(void **state)
{
    (void)state;
    lad_light light = some_light();
    lad_vec3 towards = lad_light_environment(&light, light.key, 0.1f);
    lad_vec3 beside = lad_light_environment(&light, lad_v3_unit(lad_v3(1, -1, 0.3f)), 0.1f);
    assert_true(towards.y > 5 * beside.y && beside.y > 0);
    /* Rougher: dimmer and wider. */
    assert_true(lad_light_environment(&light, light.key, 0.6f).y < towards.y);
}

static void test_light_fresnel_and_shadow_limits(void **state)
{
    (void)state;
    assert_true(fabsf(lad_fresnel(1, 0.04f) - 0.04f) < 1e-6f);
    assert_true(fabsf(lad_fresnel(0, 0.04f) - 1) < 1e-6f);
    lad_light light = some_light();
    lad_vec3 p = {0, 0, 0}, above = lad_v3_scale(light.key, 20), below = lad_v3_scale(light.key, -20);
    assert_true(lad_shadow_ball(&light, p, above, 15) < 0.05f);
    assert_true(lad_shadow_ball(&light, p, below, 15) == 1);
    assert_true(lad_shadow_ball(&light, p, lad_v3(200, -200, 0), 15) == 1);
}

static void test_light_low_temperature_is_redder(void **state)
{
    (void)state;
    lad_vec3 warm = lad_kelvin_rgb(3000), day = lad_kelvin_rgb(6500), cold = lad_kelvin_rgb(9000);
    assert_true(warm.x / warm.z > day.x / day.z && day.x / day.z > cold.x / cold.z);
    for (float kelvin = 2500; kelvin <= 10000; kelvin += 250) {
        lad_vec3 c = lad_kelvin_rgb(kelvin);
        assert_true(fabsf(0.2126f * c.x + 0.7152f * c.y + 0.0722f * c.z - 1) < 0.06f); /* luminance */
    }
}

static void test_glyphs_have_ink_inside_their_width(void **state)
{
    (void)state;
    static const char characters[] = "0123456789%ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.-";
    for (const char *c = characters; *c; c++) {
        const char text[2] = {*c, 0};
        float width = lad_text_width(text), nearest = 1e30f, outside = 1e30f;
        assert_true(width > 0.1f && width < 1.1f);
        for (int i = 0; i < 40 * 60; i++) {
            lad_vec2 p = {(float)(i % 40) * 0.05f - 0.5f, (float)(i / 40) * 0.03f - 1.3f};
            float d = lad_text_distance(text, p);
            if (d < nearest) nearest = d;
            bool beside = p.x < -0.02f || p.x > width + 0.02f || p.y < -1.02f || p.y > 0.36f;
            if (beside && d < outside) outside = d;
        }
        if (nearest > 0.03f || outside < 0.01f) fail_msg("glyph %c: %g %g", *c, (double)nearest, (double)outside);
    }
    assert_true(lad_text_width("100") > lad_text_width("10") && lad_text_width("") == 0);
    assert_true(lad_text_distance(" ", lad_v2(0, 0)) > 1e20f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_noise_many_places_same_as_one_by_one),
        cmocka_unit_test(test_noise_gradients_of_many_places_same_as_one_by_one),
        cmocka_unit_test(test_noise_on_a_walk_same_as_place_by_place),
        cmocka_unit_test(test_noise_is_smooth_bounded_and_seeded),
        cmocka_unit_test(test_camera_ray_and_projection_are_inverse),
        cmocka_unit_test(test_camera_axes_are_orthonormal),
        cmocka_unit_test(test_camera_near_things_are_larger),
        cmocka_unit_test(test_light_facing_surfaces_are_brighter),
        cmocka_unit_test(test_light_mirror_sees_the_softbox),
        cmocka_unit_test(test_light_fresnel_and_shadow_limits),
        cmocka_unit_test(test_light_low_temperature_is_redder),
        cmocka_unit_test(test_glyphs_have_ink_inside_their_width),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
