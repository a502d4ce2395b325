#include "eval/metrics.h"

#include "base/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static double auroc(const double *scores, const uint8_t *positive, size_t count)
{
    double value = -1;
    assert_int_equal(lad_auroc(scores, positive, count, &value), LAD_OK);
    return value;
}

/* The definition: share of (positive, negative) pairs that are in order, ties counting half. */
static double auroc_by_pairs(const double *scores, const uint8_t *positive, size_t count)
{
    double wins = 0, pairs = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < count; k++) {
            if (!positive[i] || positive[k]) continue;
            pairs++;
            wins += scores[i] > scores[k] ? 1 : scores[i] == scores[k] ? 0.5 : 0;
        }
    }
    return wins / pairs;
}

static void assert_near(double a, double b)
{
    if (!(fabs(a - b) < 1e-12)) fail_msg("%.17g is not %.17g", a, b);
}

static void test_auroc_hand_computed_cases(void **state)
{
    (void)state;
    assert_near(auroc((double[]){1, 2, 3, 4}, (uint8_t[]){0, 0, 1, 1}, 4), 1);
    assert_near(auroc((double[]){4, 3, 2, 1}, (uint8_t[]){0, 0, 1, 1}, 4), 0);
    assert_near(auroc((double[]){0.1, 0.4, 0.35, 0.8}, (uint8_t[]){0, 0, 1, 1}, 4), 0.75);
    assert_near(auroc((double[]){5, 5}, (uint8_t[]){0, 1}, 2), 0.5); /* one tied pair */
    assert_near(auroc((double[]){1, 2, 2, 3}, (uint8_t[]){0, 0, 1, 1}, 4), 0.875);
    assert_near(auroc((double[]){-INFINITY, 0, INFINITY}, (uint8_t[]){0, 0, 1}, 3), 1);
    assert_near(auroc((double[]){-0.0, 0.0}, (uint8_t[]){0, 1}, 2), 0.5);
}

static void test_auroc_random_scores_with_ties_equals_pair_count(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 40; seed++) {
        lad_rng rng = lad_rng_seed(seed, 1);
        size_t count = 2 + lad_rng_below(&rng, 60);
        double scores[64];
        uint8_t positive[64];
        uint32_t levels = 1 + lad_rng_below(&rng, 30); /* few levels: many ties */
        for (size_t i = 0; i < count; i++) {
            scores[i] = (double)lad_rng_below(&rng, levels) / 7;
            positive[i] = i == 0 ? 1 : i == 1 ? 0 : (uint8_t)lad_rng_below(&rng, 2);
        }
        double expected = auroc_by_pairs(scores, positive, count), got = auroc(scores, positive, count);
        if (fabs(expected - got) > 1e-12) fail_msg("seed %d: %.17g, not %.17g", (int)seed, got, expected);
    }
}

static void test_auroc_absent_class_is_nan(void **state)
{
    (void)state;
    assert_true(isnan(auroc((double[]){1, 2}, (uint8_t[]){1, 1}, 2)));
    assert_true(isnan(auroc((double[]){1, 2}, (uint8_t[]){0, 0}, 2)));
    assert_true(isnan(auroc(NULL, NULL, 0)));
}

static void test_metrics_nan_score_is_refused(void **state)
{
    (void)state;
    const double scores[3] = {1, NAN, 2};
    const uint8_t labels[3] = {0, 1, 1};
    double a = 7, b = 7, c[4], d[4], e[4];
    size_t points;
    lad_eval_summary summary;
    assert_int_equal(lad_auroc(scores, labels, 3, &a), LAD_ERR_ARG);
    assert_int_equal(lad_roc(scores, labels, 3, c, d, e, &points), LAD_ERR_ARG);
    assert_int_equal(lad_threshold_f1(scores, labels, 3, &a, &b), LAD_ERR_ARG);
    assert_int_equal(lad_threshold_conformal(scores, 3, 0.1, &a, &b), LAD_ERR_ARG);
    assert_int_equal(lad_eval_summarize(scores, labels, 3, 0, 1, &summary), LAD_ERR_ARG);
    assert_true(a == 7 && b == 7);
}

static void test_roc_with_ties_has_one_point_per_score(void **state)
{
    (void)state;
    const double scores[6] = {1, 2, 2, 3, 3, 0};
    const uint8_t positive[6] = {0, 0, 1, 1, 1, 0};
    double fpr[7], tpr[7], thresholds[7];
    size_t points = 0;
    assert_int_equal(lad_roc(scores, positive, 6, fpr, tpr, thresholds, &points), LAD_OK);
    assert_int_equal(points, 5);
    const double expected[5][3] = {{0, 0, INFINITY}, {0, 2.0 / 3, 3}, {1.0 / 3, 1, 2}, {2.0 / 3, 1, 1}, {1, 1, 0}};
    double area = 0;
    for (size_t i = 0; i < points; i++) {
        assert_near(fpr[i], expected[i][0]);
        assert_near(tpr[i], expected[i][1]);
        assert_true(thresholds[i] == expected[i][2]);
        if (i > 0) area += (fpr[i] - fpr[i - 1]) * (tpr[i] + tpr[i - 1]) / 2;
    }
    assert_near(area, auroc(scores, positive, 6)); /* the trapezoid rule gives mid-ranks */
}

static void test_threshold_f1_separates_where_it_can(void **state)
{
    (void)state;
    double threshold, f1;
    assert_int_equal(lad_threshold_f1((double[]){1, 2, 5, 6}, (uint8_t[]){0, 0, 1, 1}, 4, &threshold, &f1), LAD_OK);
    assert_near(threshold, 3.5);
    assert_near(f1, 1);
    /* Flagging {4, 3} gives F1 = 2 * 2 / (2 + 2); flagging {4} alone 2/3; all 2 * 2 / (4 + 2). */
    assert_int_equal(lad_threshold_f1((double[]){4, 3, 2, 1}, (uint8_t[]){1, 1, 0, 0}, 4, &threshold, &f1), LAD_OK);
    assert_near(threshold, 2.5);
    /* All tied: everything is flagged, F1 = 2 * 1 / (3 + 1). */
    assert_int_equal(lad_threshold_f1((double[]){2, 2, 2}, (uint8_t[]){0, 1, 0}, 3, &threshold, &f1), LAD_OK);
    assert_true(threshold < 2);
    assert_near(f1, 0.5);
    assert_int_equal(lad_threshold_f1((double[]){2, 2}, (uint8_t[]){0, 0}, 2, &threshold, &f1), LAD_ERR_ARG);
}

static void test_threshold_conformal_picks_the_promised_rank(void **state)
{
    (void)state;
    double scores[99], threshold, bound;
    for (size_t i = 0; i < 99; i++) scores[i] = (double)((i * 37) % 99 + 1); /* 1..99, shuffled */
    assert_int_equal(lad_threshold_conformal(scores, 99, 0.05, &threshold, &bound), LAD_OK);
    assert_near(threshold, 95); /* ceil(100 * 0.95) */
    assert_near(bound, 0.05);
    assert_int_equal(lad_threshold_conformal(scores, 99, 0.001, &threshold, &bound), LAD_OK);
    assert_near(threshold, 99); /* too few for this rate: the largest */
    assert_near(bound, 0.01);
    assert_int_equal(lad_threshold_conformal(scores, 19, 0.05, &threshold, &bound), LAD_OK);
    assert_near(bound, 0.05); /* 20 * 0.95 = 19: just enough */
    assert_int_equal(lad_threshold_conformal(scores, 0, 0.05, &threshold, &bound), LAD_ERR_ARG);
    assert_int_equal(lad_threshold_conformal(scores, 9, NAN, &threshold, &bound), LAD_ERR_ARG);
}

static void test_summarize_classes_are_told_apart(void **state)
{
    (void)state;
    const double scores[8] = {1, 2, 3, 4, 2.5, 3.5, 5, 6};
    const uint8_t labels[8] = {
        0, 0, 0, 0, LAD_EVAL_LOGICAL, LAD_EVAL_LOGICAL, LAD_EVAL_STRUCTURAL, LAD_EVAL_STRUCTURAL};
    lad_eval_summary s;
    assert_int_equal(lad_eval_summarize(scores, labels, 8, 3.2, 1, &s), LAD_OK);
    assert_near(s.auroc_logical, 5.0 / 8); /* 2.5 beats two of four, 3.5 three */
    assert_near(s.auroc_structural, 1);
    assert_near(s.auroc_mean, 13.0 / 16);
    assert_near(s.auroc_pooled, 13.0 / 16);
    assert_int_equal(s.good, 4);
    assert_int_equal(s.logical, 2);
    assert_int_equal(s.structural, 2);
    assert_int_equal(s.good_flagged, 1);
    assert_int_equal(s.logical_flagged, 1);
    assert_int_equal(s.structural_flagged, 2);
    assert_true(s.low[0] <= s.auroc_logical && s.auroc_logical <= s.high[0]);
    assert_true(s.low[0] >= 0 && s.high[0] <= 1 && s.low[0] < s.high[0]);
    assert_near(s.low[1], 1);
    assert_near(s.high[1], 1);
}

static void test_summarize_absent_class_is_nan(void **state)
{
    (void)state;
    lad_eval_summary s;
    const uint8_t labels[3] = {0, LAD_EVAL_STRUCTURAL, LAD_EVAL_STRUCTURAL};
    assert_int_equal(lad_eval_summarize((double[]){1, 2, 0}, labels, 3, 1, 1, &s), LAD_OK);
    assert_true(isnan(s.auroc_logical) && isnan(s.auroc_mean) && isnan(s.low[0]) && isnan(s.high[2]));
    assert_near(s.auroc_structural, 0.5);
    assert_near(s.auroc_pooled, 0.5);
    assert_int_equal(lad_eval_summarize((double[]){1}, (uint8_t[]){3}, 1, 1, 1, &s), LAD_ERR_ARG);
}

/* The standard deviation of AUROC 0.5-ish with n + n scores is about sqrt((2n + 1) / (12 n^2)). */
static void test_summarize_interval_has_the_expected_width(void **state)
{
    (void)state;
    enum { N = 150 };
    double scores[2 * N];
    uint8_t labels[2 * N];
    lad_rng rng = lad_rng_seed(5, 5);
    for (size_t i = 0; i < 2 * N; i++) {
        scores[i] = (double)lad_rng_float(&rng);
        labels[i] = i < N ? LAD_EVAL_GOOD : LAD_EVAL_LOGICAL;
    }
    lad_eval_summary a, b, c;
    assert_int_equal(lad_eval_summarize(scores, labels, 2 * N, 0, 1, &a), LAD_OK);
    assert_int_equal(lad_eval_summarize(scores, labels, 2 * N, 0, 1, &b), LAD_OK);
    assert_int_equal(lad_eval_summarize(scores, labels, 2 * N, 0, 2, &c), LAD_OK);
    double expected = 2 * 1.96 * sqrt((2.0 * N + 1) / (12.0 * N * N)), width = a.high[0] - a.low[0];
    if (!(width > 0.85 * expected && width < 1.15 * expected)) fail_msg("width %g, expected %g", width, expected);
    assert_true(a.low[0] == b.low[0] && a.high[0] == b.high[0]); /* same seed, same interval */
    assert_true(a.low[0] != c.low[0] || a.high[0] != c.high[0]);
}

static void test_compare_is_paired_and_zero_for_equal_models(void **state)
{
    (void)state;
    enum { N = 60 };
    double first[2 * N], second[2 * N];
    uint8_t labels[2 * N];
    lad_rng rng = lad_rng_seed(6, 1);
    for (size_t i = 0; i < 2 * N; i++) {
        labels[i] = i % 2 ? LAD_EVAL_GOOD : LAD_EVAL_LOGICAL;
        first[i] = (double)lad_rng_float(&rng) + (i % 2 ? 0 : 0.3);
        second[i] = 3 * first[i] - 1; /* the same order: the same AUROC in every resample */
    }
    lad_eval_difference d;
    assert_int_equal(lad_eval_compare(first, second, labels, 2 * N, 1, &d), LAD_OK);
    assert_true(d.value[0] == 0 && d.low[0] == 0 && d.high[0] == 0);
    assert_true(isnan(d.value[1]) && isnan(d.low[1]) && isnan(d.high[2]));

    lad_eval_summary one, other;
    for (size_t i = 0; i < 2 * N; i++) second[i] = first[i] + 0.2 * (double)lad_rng_float(&rng) - (i % 2 ? 0 : 0.1);
    assert_int_equal(lad_eval_summarize(first, labels, 2 * N, 0, 1, &one), LAD_OK);
    assert_int_equal(lad_eval_summarize(second, labels, 2 * N, 0, 1, &other), LAD_OK);
    assert_int_equal(lad_eval_compare(first, second, labels, 2 * N, 1, &d), LAD_OK);
    assert_near(d.value[0], one.auroc_logical - other.auroc_logical);
    assert_true(d.low[0] <= d.value[0] && d.value[0] <= d.high[0]);
    /* Paired: what is common to both models falls out, so that the interval is narrower than either's. */
    assert_true(d.high[0] - d.low[0] < 0.7 * (one.high[0] - one.low[0]));
    assert_int_equal(lad_eval_compare(first, (double[]){NAN}, labels, 1, 1, &d), LAD_ERR_ARG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_auroc_hand_computed_cases),
        cmocka_unit_test(test_auroc_random_scores_with_ties_equals_pair_count),
        cmocka_unit_test(test_auroc_absent_class_is_nan),
        cmocka_unit_test(test_metrics_nan_score_is_refused),
        cmocka_unit_test(test_roc_with_ties_has_one_point_per_score),
        cmocka_unit_test(test_threshold_f1_separates_where_it_can),
        cmocka_unit_test(test_threshold_conformal_picks_the_promised_rank),
        cmocka_unit_test(test_summarize_classes_are_told_apart),
        cmocka_unit_test(test_summarize_absent_class_is_nan),
        cmocka_unit_test(test_summarize_interval_has_the_expected_width),
        cmocka_unit_test(test_compare_is_paired_and_zero_for_equal_models),
    };
    return cmocka_run_group_tests_name("eval_metrics", tests, NULL, NULL);
}
