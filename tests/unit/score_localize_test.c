/* A map against ground truth that comes as PNG files. */
#include "score/localize.h"

#include "base/alloc.h"
#include "image/image.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { CELLS = 56, SIDE = 64 }; /* a map is padded by 4 cells: here one cell is one pixel */

static const char config[] = "[{\"pixel_value\": 200, \"saturation_threshold\": 1, \"relative_saturation\": true}]";

typedef struct fixture {
    lad_spro *spro;
    lad_defects defects;
    float map[CELLS * CELLS];
    uint8_t *png;
    lad_mask_file mask;
    lad_error err;
} fixture;

/* The mask marks the square [20, 30) of the image with `value`, the map the same square. */
static void set_up(fixture *f, size_t side, uint8_t value)
{
    uint8_t *pixels = lad_alloc_zero(side * side, 1);
    *f = (fixture){0};
    assert_int_equal(lad_spro_create(&f->spro), LAD_OK);
    assert_int_equal(lad_defects_parse(config, sizeof config - 1, "config", &f->defects, &f->err), LAD_OK);
    for (size_t y = 20; y < 30; y++) {
        for (size_t x = 20; x < 30; x++) {
            pixels[y * side + x] = value;
            f->map[(y - 4) * CELLS + x - 4] = 1;
        }
    }
    f->mask.name = "m.png";
    assert_int_equal(lad_png_encode(pixels, side, side, 1, &f->png, &f->mask.size_bytes), LAD_OK);
    f->mask.bytes = f->png;
    lad_free(pixels);
}

static void tear_down(fixture *f)
{
    lad_spro_destroy(&f->spro);
    lad_free(f->png);
}

static lad_status add(fixture *f, uint8_t label, size_t masks)
{
    return lad_localize_add(f->spro, &f->defects, "a.png", label, f->map, CELLS, SIDE, SIDE, &f->mask, masks, &f->err);
}

static void test_localize_map_that_fits_its_mask_scores_one(void **state)
{
    (void)state;
    fixture f;
    double figures[LAD_SPRO_LIMITS][2];
    set_up(&f, SIDE, 200);
    assert_int_equal(add(&f, LAD_EVAL_LOGICAL, 1), LAD_OK);
    assert_int_equal(lad_spro_figures(f.spro, figures), LAD_OK);
    for (size_t i = 0; i < LAD_SPRO_LIMITS; i++) {
        assert_float_equal(figures[i][0], 1, 1e-12);
        assert_true(isnan(figures[i][1]));
    }
    tear_down(&f);
}

static void test_localize_unusable_ground_truth_is_refused(void **state)
{
    (void)state;
    fixture f;
    set_up(&f, SIDE, 200);
    assert_int_equal(add(&f, LAD_EVAL_STRUCTURAL, 0), LAD_ERR_FORMAT);
    assert_string_equal(f.err.text, "a.png has no ground truth.");
    f.mask.size_bytes /= 2;
    assert_int_equal(add(&f, LAD_EVAL_STRUCTURAL, 1), LAD_ERR_FORMAT);
    assert_non_null(strstr(f.err.text, "m.png"));
    tear_down(&f);
    set_up(&f, SIDE + 1, 200);
    assert_int_equal(add(&f, LAD_EVAL_STRUCTURAL, 1), LAD_ERR_FORMAT);
    assert_string_equal(f.err.text, "m.png is 65 x 65 pixels, but its image is 64 x 64.");
    tear_down(&f);
    set_up(&f, SIDE, 9);
    assert_int_equal(add(&f, LAD_EVAL_STRUCTURAL, 1), LAD_ERR_FORMAT);
    assert_non_null(strstr(f.err.text, "m.png holds the value 9, which defects_config.json does not list."));
    tear_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_localize_map_that_fits_its_mask_scores_one),
        cmocka_unit_test(test_localize_unusable_ground_truth_is_refused),
    };
    return cmocka_run_group_tests_name("score_localize", tests, NULL, NULL);
}
