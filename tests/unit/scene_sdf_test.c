#include "scene/sdf.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_near(float value, float wanted, float tolerance)
{
    if (!(fabsf(value - wanted) <= tolerance)) fail_msg("%g, wanted %g", (double)value, (double)wanted);
}

static void test_sdf_flat_shapes_at_known_points(void **state)
{
    (void)state;
    assert_near(lad_sd_circle(lad_v2(3, 4), 2), 3, 1e-6f);
    assert_near(lad_sd_box(lad_v2(5, 0), 2, 1, 0), 3, 1e-6f);
    assert_near(lad_sd_box(lad_v2(5, 5), 2, 1, 0), 5, 1e-6f);
    assert_near(lad_sd_box(lad_v2(0, 0), 2, 1, 0.5f), -1, 1e-6f);
    /* A rounded corner lies inside the sharp one by radius (sqrt 2 - 1). */
    assert_near(lad_sd_box(lad_v2(2, 1), 2, 1, 1), 0.41421356f, 1e-5f);
    float t;
    assert_near(lad_sd_segment(lad_v2(1, 2), lad_v2(0, 0), lad_v2(4, 0), &t), 2, 1e-6f);
    assert_near(t, 0.25f, 1e-6f);
    assert_near(lad_sd_segment(lad_v2(3, 4), lad_v2(0, 0), lad_v2(0, 0), NULL), 5, 1e-6f); /* a point */
    assert_near(lad_sd_ellipse(lad_v2(5, 0), 3, 2), 2, 1e-5f);
    assert_near(lad_sd_ellipse(lad_v2(0, 2), 3, 2), 0, 1e-5f);
    assert_near(lad_sd_ellipse(lad_v2(0, 0), 3, 2), -2, 1e-5f);
}

static void test_sdf_polygon_agrees_with_box(void **state)
{
    (void)state;
    const lad_vec2 corners[4] = {{-2, -1}, {2, -1}, {2, 1}, {-2, 1}};
    for (int i = 0; i < 81; i++) {
        lad_vec2 p = {(float)(i % 9) * 0.77f - 3.1f, (float)(i / 9) * 0.61f - 2.4f};
        assert_near(lad_sd_polygon(p, corners, 4), lad_sd_box(p, 2, 1, 0), 1e-5f);
    }
}

static void test_sdf_bodies_never_overestimate(void **state)
{
    (void)state;
    /* A distance function changes by at most the way between two points (Lipschitz constant 1). */
    for (int i = 0; i < 500; i++) {
        float a = (float)i * 0.37f;
        lad_vec3 p = {6 * sinf(a), 5 * sinf(1.7f * a), 4 * sinf(2.3f * a)},
                 q = lad_v3_along(p, lad_v3(1, -2, 0.5f), 0.2f);
        float way = lad_v3_length(lad_v3_sub(p, q)) + 1e-5f;
        lad_vec3 half = {3, 2, 1}, from = {-1, 0, 2}, to = {2, 1, 0};
        assert_true(fabsf(lad_sd_box3(p, half, 0.4f) - lad_sd_box3(q, half, 0.4f)) <= way);
        assert_true(fabsf(lad_sd_segment3(p, from, to, NULL) - lad_sd_segment3(q, from, to, NULL)) <= way);
    }
    assert_near(lad_sd_box3(lad_v3(5, 0, 0), lad_v3(3, 2, 1), 0.4f), 2, 1e-5f);
}

static void test_sdf_blend_only_adds_near_the_seam(void **state)
{
    (void)state;
    assert_near(lad_sd_blend(1, 5, 2), 1, 0);
    assert_near(lad_sd_blend(5, 1, 2), 1, 0);
    assert_near(lad_sd_blend(1, 1, 2), 0.5f, 1e-6f); /* radius / 4 below, where both are equal */
}

static void test_sdf_normals_are_unit_and_point_out(void **state)
{
    (void)state;
    for (int i = 0; i <= 20; i++) {
        lad_vec3 n = lad_bevel_normal(-5.0f + 0.25f * (float)i, lad_v2(0.6f, -0.8f), 3);
        assert_near(lad_v3_length(n), 1, 1e-5f);
        assert_true(n.z > 0 && n.x >= 0 && n.y <= 0);
    }
    lad_vec3 n = lad_slope_normal(1, 0); /* rises to the right: faces left */
    assert_near(n.x, -0.70710678f, 1e-6f);
    assert_near(n.z, 0.70710678f, 1e-6f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sdf_flat_shapes_at_known_points),
        cmocka_unit_test(test_sdf_polygon_agrees_with_box),
        cmocka_unit_test(test_sdf_bodies_never_overestimate),
        cmocka_unit_test(test_sdf_blend_only_adds_near_the_seam),
        cmocka_unit_test(test_sdf_normals_are_unit_and_point_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
