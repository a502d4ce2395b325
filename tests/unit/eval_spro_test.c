#include "eval/spro.h"

#include "base/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { IMAGES = 6, PIXELS = 60, LEVELS = 40, MAX_CHANNELS = 2 };

/* Small random images: label, map of LEVELS different scores, channels with saturation. */
typedef struct picture {
    uint8_t label;
    float map[PIXELS];
    uint8_t channels[MAX_CHANNELS][PIXELS];
    double saturation[MAX_CHANNELS];
    size_t channel_count;
} picture;

static void draw(picture *p, size_t index, uint64_t seed)
{
    lad_rng rng = lad_rng_seed(seed, index);
    *p = (picture){.label = (uint8_t)(index % 3)};
    if (p->label != LAD_EVAL_GOOD) p->channel_count = 1 + lad_rng_below(&rng, MAX_CHANNELS);
    for (size_t i = 0; i < PIXELS; i++) p->map[i] = ((float)lad_rng_below(&rng, LEVELS) - 10) / 8;
    for (size_t c = 0; c < p->channel_count; c++) {
        uint32_t begin = lad_rng_below(&rng, PIXELS - 20), length = 1 + lad_rng_below(&rng, 19);
        memset(p->channels[c] + begin, 1, length);
        p->saturation[c] = 1 + lad_rng_below(&rng, length);
        for (uint32_t i = begin; i < begin + length; i++) p->map[i] += (float)lad_rng_below(&rng, 8) / 8;
    }
}

/* One point of the curve, straight from the definition. */
static void point(const picture *pictures, uint8_t label, double threshold, double *rate, double *mean)
{
    double outside = 0, false_positives = 0, channels = 0, sum = 0;
    for (size_t k = 0; k < IMAGES; k++) {
        const picture *p = &pictures[k];
        if (p->label != label && p->label != LAD_EVAL_GOOD) continue;
        for (size_t i = 0; i < PIXELS; i++) {
            if ((p->channel_count > 0 && p->channels[0][i]) || (p->channel_count > 1 && p->channels[1][i])) continue;
            outside++;
            false_positives += (double)p->map[i] > threshold;
        }
        for (size_t c = 0; c < p->channel_count; c++) {
            double found = 0;
            for (size_t i = 0; i < PIXELS; i++) found += p->channels[c][i] && (double)p->map[i] > threshold;
            channels++;
            sum += fmin(found / p->saturation[c], 1);
        }
    }
    *rate = false_positives / outside;
    *mean = sum / channels;
}

/* Area by definition: all thresholds between the levels, from above the highest to below the lowest. */
static double area_by_definition(const picture *pictures, uint8_t label, double limit)
{
    double area = 0, rate = 0, mean = 0;
    for (double threshold = 6 - 1.0 / 16; threshold > -3; threshold -= 1.0 / 8) {
        double next_rate, next_mean;
        point(pictures, label, threshold, &next_rate, &next_mean);
        if (next_rate > limit) {
            double at = mean + (next_mean - mean) * (limit - rate) / (next_rate - rate);
            return (area + (limit - rate) * (mean + at) / 2) / limit;
        }
        area += (next_rate - rate) * (next_mean + mean) / 2;
        rate = next_rate;
        mean = next_mean;
    }
    return area / limit;
}

static lad_status add(lad_spro *spro, const picture *p)
{
    const uint8_t *channels[MAX_CHANNELS] = {p->channels[0], p->channels[1]};
    return lad_spro_add(spro, p->label, p->map, PIXELS, channels, p->saturation, p->channel_count);
}

static void test_spro_random_pictures_equal_the_definition(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 6; seed++) {
        picture pictures[IMAGES];
        lad_spro *spro = NULL;
        assert_int_equal(lad_spro_create(&spro), LAD_OK);
        for (size_t i = 0; i < IMAGES; i++) {
            draw(&pictures[i], i, seed);
            assert_int_equal(add(spro, &pictures[i]), LAD_OK);
        }
        const double limits[4] = {0.01, 0.05, 0.3, 1.0};
        for (size_t l = 0; l < 4; l++) {
            for (uint8_t label = LAD_EVAL_LOGICAL; label <= LAD_EVAL_STRUCTURAL; label++) {
                double got, expected = area_by_definition(pictures, label, limits[l]);
                assert_int_equal(lad_spro_area(spro, label, limits[l], &got), LAD_OK);
                if (!(fabs(got - expected) < 1e-9))
                    fail_msg("seed %d, limit %g, label %d: %.12g, not %.12g", (int)seed, limits[l], label, got,
                             expected);
            }
        }
        lad_spro_destroy(&spro);
    }
}

/* Half of the channel saturates it: once those pixels are found, the rest does not matter. */
static void test_spro_perfect_map_gives_one(void **state)
{
    (void)state;
    picture p = {.label = LAD_EVAL_LOGICAL, .channel_count = 1, .saturation = {5}};
    for (size_t i = 0; i < 10; i++) p.channels[0][i] = 1;
    for (size_t i = 0; i < 5; i++) p.map[i] = 1;
    lad_spro *spro = NULL;
    double area;
    assert_int_equal(lad_spro_create(&spro), LAD_OK);
    assert_int_equal(add(spro, &p), LAD_OK);
    assert_int_equal(lad_spro_area(spro, LAD_EVAL_LOGICAL, 0.05, &area), LAD_OK);
    assert_true(fabs(area - 1) < 1e-12);
    assert_int_equal(lad_spro_area(spro, LAD_EVAL_STRUCTURAL, 0.05, &area), LAD_OK);
    assert_true(isnan(area));
    lad_spro_destroy(&spro);
}

/* The scores' bins are 2^-11 wide: scores that differ by 1/1000 are told apart at any size. */
static void test_spro_scores_of_any_size_are_told_apart(void **state)
{
    (void)state;
    const float sizes[4] = {1e-6f, 0.3f, 77.0f, -2e5f};
    for (size_t s = 0; s < 4; s++) {
        picture p = {.label = LAD_EVAL_LOGICAL, .channel_count = 1, .saturation = {1}};
        for (size_t i = 0; i < PIXELS; i++) p.map[i] = sizes[s];
        p.channels[0][7] = 1;
        p.map[7] += fabsf(sizes[s]) / 1000;
        lad_spro *spro = NULL;
        double area;
        assert_int_equal(lad_spro_create(&spro), LAD_OK);
        assert_int_equal(add(spro, &p), LAD_OK);
        assert_int_equal(lad_spro_area(spro, LAD_EVAL_LOGICAL, 0.05, &area), LAD_OK);
        if (!(fabs(area - 1) < 1e-12)) fail_msg("size %g: area %g", (double)sizes[s], area);
        lad_spro_destroy(&spro);
    }
}

/* Every point is on the curve of the definition, and the trapezoids under them are the area. */
static void test_spro_curve_holds_the_area(void **state)
{
    (void)state;
    enum { CAPACITY = 4 * LEVELS };
    lad_spro *spro = NULL;
    picture pictures[IMAGES];
    double rates[CAPACITY], means[CAPACITY], area, sum = 0;
    size_t points = 0;
    assert_int_equal(lad_spro_create(&spro), LAD_OK);
    assert_int_equal(lad_spro_curve(spro, LAD_EVAL_LOGICAL, CAPACITY, rates, means, &points), LAD_OK);
    assert_int_equal(points, 0);
    for (size_t i = 0; i < IMAGES; i++) {
        draw(&pictures[i], i, 77);
        assert_int_equal(add(spro, &pictures[i]), LAD_OK);
    }
    assert_int_equal(lad_spro_curve(spro, LAD_EVAL_LOGICAL, CAPACITY, rates, means, &points), LAD_OK);
    assert_true(points > 10 && rates[0] == 0 && means[0] == 0 && rates[points - 1] == 1);
    for (size_t i = 1; i < points; i++) {
        assert_true(rates[i] >= rates[i - 1] && means[i] >= means[i - 1]);
        sum += (rates[i] - rates[i - 1]) * (means[i] + means[i - 1]) / 2;
    }
    assert_int_equal(lad_spro_area(spro, LAD_EVAL_LOGICAL, 1, &area), LAD_OK);
    assert_true(fabs(area - sum) < 1e-12);
    size_t kept = points;
    assert_int_equal(lad_spro_curve(spro, LAD_EVAL_LOGICAL, 5, rates, means, &kept), LAD_ERR_ARG);
    assert_int_equal(kept, points);
    lad_spro_destroy(&spro);
}

static void test_spro_bad_input_is_refused(void **state)
{
    (void)state;
    lad_spro *spro = NULL;
    double area = 0;
    assert_int_equal(lad_spro_create(&spro), LAD_OK);
    picture p;
    draw(&p, LAD_EVAL_LOGICAL, 1);
    p.map[3] = NAN;
    assert_int_equal(add(spro, &p), LAD_ERR_ARG);
    draw(&p, LAD_EVAL_LOGICAL, 1);
    p.saturation[0] = 0;
    assert_int_equal(add(spro, &p), LAD_ERR_ARG);
    draw(&p, LAD_EVAL_LOGICAL, 1);
    memset(p.channels[0], 0, PIXELS);
    assert_int_equal(add(spro, &p), LAD_ERR_ARG);
    draw(&p, LAD_EVAL_LOGICAL, 1);
    p.label = LAD_EVAL_GOOD;
    assert_int_equal(add(spro, &p), LAD_ERR_ARG);
    assert_int_equal(lad_spro_area(spro, LAD_EVAL_LOGICAL, 0, &area), LAD_ERR_ARG);
    assert_int_equal(lad_spro_area(spro, LAD_EVAL_GOOD, 0.05, &area), LAD_ERR_ARG);
    lad_spro_destroy(&spro);
}

static void test_spro_saturation_rounds_like_mvtec(void **state)
{
    (void)state;
    assert_true(lad_spro_saturation(1.0, true, 37) == 37);
    assert_true(lad_spro_saturation(0.5, true, 37) == 18);
    assert_true(lad_spro_saturation(0.5, true, 1) == 1);
    assert_true(lad_spro_saturation(6300, false, 10000) == 6300);
    assert_true(lad_spro_saturation(6300, false, 500) == 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spro_random_pictures_equal_the_definition),
        cmocka_unit_test(test_spro_perfect_map_gives_one),
        cmocka_unit_test(test_spro_scores_of_any_size_are_told_apart),
        cmocka_unit_test(test_spro_curve_holds_the_area),
        cmocka_unit_test(test_spro_bad_input_is_refused),
        cmocka_unit_test(test_spro_saturation_rounds_like_mvtec),
    };
    return cmocka_run_group_tests_name("eval_spro", tests, NULL, NULL);
}
