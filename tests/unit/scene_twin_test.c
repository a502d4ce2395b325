/* Rows in which a scene and its twin without the anomaly may differ: all others are the same on both films. */
#include "scene/frame.h"
#include "scene_fixture.h"

#include "base/alloc.h"

enum { WIDTH = 320, SEEDS = 2 };

typedef struct painted {
    lad_frame frame;
    void *graph;
    lad_film film;
} painted;

static void paint(const lad_scene_program *program, const lad_scene_spec *spec, painted *p)
{
    lad_error err;
    assert_int_equal(lad_frame_build(&p->frame, program, spec, &p->graph, &err), LAD_OK);
    assert_int_equal(lad_film_init(&p->film, p->frame.width, p->frame.height), LAD_OK);
    program->paint(&p->frame, p->graph, &p->film);
}

static void unpaint(painted *p)
{
    lad_film_deinit(&p->film);
    lad_free(p->graph);
}

static bool same_row(const painted *a, const painted *b, size_t y)
{
    const float *p = a->film.rgb + 3 * y * a->film.width, *q = b->film.rgb + 3 * y * a->film.width;
    return memcmp(p, q, 3 * a->film.width * sizeof *p) == 0;
}

/* The twin is the same outside the rows; painted in these only, over the scene itself, it is the same everywhere.
 * Returns how many rows they are. */
static size_t check_twin(const lad_scene_program *program, const lad_scene_spec *spec)
{
    painted with = {.frame = lad_frame_of(spec, WIDTH)}, without, over;
    paint(program, spec, &with);
    without.frame = over.frame = lad_frame_twin(&with.frame);
    paint(program, spec, &without);
    lad_rows rows = program->differ(&with.frame, with.graph, without.graph);
    assert_true(rows.first <= rows.end && rows.end <= with.film.height);
    assert_int_equal(lad_film_init_copy(&over.film, &with.film, rows), LAD_OK);
    program->paint(&without.frame, without.graph, &over.film);
    for (size_t y = 0; y < with.film.height; y++) {
        if (!same_row(&over, &without, y) || ((y < rows.first || y >= rows.end) && !same_row(&with, &without, y))) {
            fail_msg("%s, seed %d: row %zu differs, outside %zu to %zu", with.frame.kind->name, (int)spec->seed, y,
                     rows.first, rows.end);
        }
    }
    lad_film_deinit(&over.film);
    unpaint(&with);
    unpaint(&without);
    return rows.end - rows.first;
}

static void check_program(const lad_scene_program *program)
{
    const lad_scene_category *category = program->category;
    size_t rows = 0, pictures = 0;
    for (int kind = 0; kind < (int)category->kind_count; kind++) {
        if (category->kinds[kind].class_ != LAD_SCENE_STRUCTURAL) continue;
        size_t of_kind = 0;
        for (uint64_t seed = 40; seed < 40 + SEEDS; seed++, pictures++) {
            of_kind += check_twin(program, &(lad_scene_spec){category, LAD_SPLIT_TEST, seed, seed, kind});
        }
        rows += of_kind;
        print_message("%s: %zu rows\n", category->kinds[kind].name, of_kind / SEEDS);
    }
    /* Less than two thirds of the pictures: else the bounds are not worth their code. */
    size_t height = WIDTH * category->height / category->width;
    assert_true(3 * rows < 2 * pictures * height);
}

static void test_twin_of_breakfast_box_differs_in_its_rows_only(void **state)
{
    (void)state;
    check_program(&lad_breakfast_box_program);
}

static void test_twin_of_screw_bag_differs_in_its_rows_only(void **state)
{
    (void)state;
    check_program(&lad_screw_bag_program);
}

static void test_twin_of_pushpins_differs_in_its_rows_only(void **state)
{
    (void)state;
    check_program(&lad_pushpins_program);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_twin_of_breakfast_box_differs_in_its_rows_only),
                                       cmocka_unit_test(test_twin_of_screw_bag_differs_in_its_rows_only),
                                       cmocka_unit_test(test_twin_of_pushpins_differs_in_its_rows_only)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
