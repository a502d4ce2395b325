/* Values and gradients of every loss, against formulas in double written here a second time.
 *
 * Gradients are central finite differences of those formulas.  All are piecewise quadratic in a single feature, so
 * the differences are exact where no kink lies within the step; coordinates near one are left out explicitly:
 * there the second difference depends on the step.  Tolerance: distances are float sums of c squares, so everything
 * carries a relative error of (c + 8) eps. */
#include "nn/losses.h"

#include "base/rng.h"
#include "kernels/kernels.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { POSITIONS = 37, C = 11, COUNT = POSITIONS * C };

/* Features of the three networks, the student's two halves beside each other. */
typedef struct features {
    float t[COUNT], a[COUNT], s[2 * COUNT];
    float d_a[COUNT], d_s[2 * COUNT];
} features;

static void fill(features *f, uint64_t seed)
{
    lad_rng rng = lad_rng_seed(seed, 0);
    memset(f, 0, sizeof *f);
    for (size_t i = 0; i < COUNT; i++) {
        f->t[i] = lad_rng_normal(&rng);
        f->a[i] = f->t[i] + 0.5f * lad_rng_normal(&rng);
    }
    for (size_t i = 0; i < 2 * COUNT; i++) f->s[i] = 0.7f * lad_rng_normal(&rng);
}

static lad_features teacher(features *f)
{
    return (lad_features){f->t, NULL, C};
}

static lad_features autoencoder(features *f)
{
    return (lad_features){f->a, f->d_a, C};
}

static lad_features student(features *f, size_t half)
{
    return (lad_features){f->s + half * C, f->d_s + half * C, 2 * C};
}

/* The formula of a loss in double; context is whatever it needs besides the features. */
typedef double formula(const features *f, void *context);

/* d is the gradient of the formula by *at. */
static void check_gradient(const char *what, formula *value, features *f, void *context, float *at, float d,
                           size_t *checked)
{
    /* The float is moved by whole units in the last place, so that what is measured is what was asked for. */
    const float kept = *at;
    double second[2], slope = 0.0, middle = value(f, context);
    for (int half = 0; half < 2; half++) {
        float step = half ? 0x1p-11f : 0x1p-10f;
        *at = kept + step;
        double up = (double)*at - (double)kept, after = value(f, context);
        *at = kept - step;
        double down = (double)kept - (double)*at, before = value(f, context);
        *at = kept;
        slope = (after - before) / (up + down);
        second[half] = (after - 2.0 * middle + before) / (up * down);
        /* unequal steps around a quadratic: take its slope at the middle */
        slope -= 0.5 * second[half] * (up - down);
    }
    if (fabs(second[0] - second[1]) > 1e-6) return;
    /* A gradient is a sum of at most three terms 2 w (a - b), each of which rounds relative to itself; 8 / COUNT
     * is what terms of the size of these features may come to before they cancel. */
    double tolerance = (double)FLT_EPSILON * (C + 8) * (fabs(slope) + 8.0 / COUNT) + 1e-10;
    if (fabs((double)d - slope) > tolerance)
        fail_msg("%s: gradient %.9g, finite differences %.9g +- %.2g", what, (double)d, slope, tolerance);
    ++*checked;
}

/* All features of A and S, against d_a and d_s. */
static void check_all(const char *what, formula *value, features *f, void *context)
{
    size_t checked = 0;
    for (size_t i = 0; i < COUNT; i++) check_gradient(what, value, f, context, &f->a[i], f->d_a[i], &checked);
    for (size_t i = 0; i < 2 * COUNT; i++) check_gradient(what, value, f, context, &f->s[i], f->d_s[i], &checked);
    if (checked < 3 * COUNT * 9 / 10)
        fail_msg("%s: only %zu of %d coordinates away from kinks", what, checked, 3 * COUNT);
}

static void check_value(const char *what, double got, double expected)
{
    double tolerance = (double)FLT_EPSILON * (C + 8) * fabs(expected) + 1e-12;
    if (!(fabs(got - expected) <= tolerance)) fail_msg("%s: loss %.12g, expected %.12g", what, got, expected);
}

static double square(double x)
{
    return x * x;
}

/* 2 mean (A - S2)^2 + 0.5 mean (T - A)^2 */
static double mse_formula(const features *f, void *context)
{
    (void)context;
    double sum = 0.0;
    for (size_t i = 0; i < POSITIONS; i++)
        for (size_t j = 0; j < C; j++)
            sum += 2.0 * square((double)f->a[i * C + j] - (double)f->s[(2 * i + 1) * C + j]) +
                   0.5 * square((double)f->t[i * C + j] - (double)f->a[i * C + j]);
    return sum / COUNT;
}

static void test_mse_of_halves_matches_formula(void **state)
{
    (void)state;
    features f;
    fill(&f, 1);
    double loss = lad_loss_mse(NULL, POSITIONS, C, autoencoder(&f), student(&f, 1), 2.0);
    loss += lad_loss_mse(NULL, POSITIONS, C, teacher(&f), autoencoder(&f), 0.5);
    check_value("mse", loss, mse_formula(&f, NULL));
    check_all("mse", mse_formula, &f, NULL);
}

static double penalty_formula(const features *f, void *context)
{
    (void)context;
    double sum = 0.0;
    for (size_t i = 0; i < POSITIONS; i++)
        for (size_t j = 0; j < C; j++) sum += square((double)f->s[2 * i * C + j]);
    return 3.0 * sum / COUNT;
}

static void test_penalty_matches_formula(void **state)
{
    (void)state;
    features f;
    fill(&f, 2);
    check_value("penalty", lad_loss_penalty(NULL, POSITIONS, C, student(&f, 0), 3.0), penalty_formula(&f, NULL));
    check_all("penalty", penalty_formula, &f, NULL);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double hard_distance(const features *f, size_t i)
{
    return square((double)f->t[i] - (double)f->s[i / C * 2 * C + i % C]);
}

/* context: the quantile.  Which elements are hard is a choice, not a function to differentiate, but a step of
 * finite differences that changes the choice shows up as a kink. */
static double hard_formula(const features *f, void *context)
{
    double sorted[COUNT], sum = 0.0, count = 0.0, place = *(double *)context * (COUNT - 1);
    for (size_t i = 0; i < COUNT; i++) sorted[i] = hard_distance(f, i);
    qsort(sorted, COUNT, sizeof *sorted, by_value);
    size_t low = (size_t)place;
    double least = sorted[low];
    if (low + 1 < COUNT) least += (place - (double)low) * (sorted[low + 1] - sorted[low]);
    for (size_t i = 0; i < COUNT; i++) {
        if (sorted[i] < least) continue;
        sum += sorted[i];
        count += 1.0;
    }
    return sum / count;
}

static void test_hard_loss_matches_formula(void **state)
{
    (void)state;
    double quantiles[] = {0.0, 0.5, 0.9, 0.99, 0.999, 1.0};
    for (size_t k = 0; k < sizeof quantiles / sizeof *quantiles; k++) {
        features f;
        float scratch[COUNT];
        fill(&f, 3 + k);
        double loss = lad_loss_hard(NULL, POSITIONS, C, teacher(&f), student(&f, 0), quantiles[k], 1.0, scratch);
        check_value("hard", loss, hard_formula(&f, &quantiles[k]));
        check_all("hard", hard_formula, &f, &quantiles[k]);
    }
}

/* --- margin forms --- */

typedef struct margin_case {
    lad_margin margin;               /* running means fixed: decay 1 */
    const float *pasted, *untouched; /* NULL: clean */
} margin_case;

static double mean_square(const float *a, size_t a_at, const float *b, size_t b_at)
{
    double sum = 0.0;
    for (size_t j = 0; j < C; j++) sum += square((double)a[a_at + j] - (double)b[b_at + j]);
    return sum / C;
}

static double margin_formula(const features *f, void *context)
{
    const margin_case *mc = context;
    double m = mc->margin.margin, ae = 0.0, stae = 0.0, hinge = 0.0, faithful = 0.0, pasted = 0.0, untouched = 0.0;
    for (size_t i = 0; i < POSITIONS; i++) {
        double p = mean_square(f->t, i * C, f->a, i * C), q = mean_square(f->a, i * C, f->s, (2 * i + 1) * C);
        double r = mean_square(f->t, i * C, f->s, (2 * i + 1) * C), u = mean_square(f->t, i * C, f->s, 2 * i * C);
        bool distinctive = p > mc->margin.tau;
        double weight_p = mc->pasted ? (double)mc->pasted[i] : 0.0,
               weight_u = mc->untouched ? (double)mc->untouched[i] : 1.0;
        switch (mc->margin.form) {
        case LAD_MARGIN_NONE: ae += p, stae += q; break;
        case LAD_MARGIN_FLOOR: ae += fmax(p - m, 0.0), stae += q; break;
        case LAD_MARGIN_DFSC: ae += distinctive ? fabs(p - m) : p, stae += q; break;
        case LAD_MARGIN_DFSC_STAE: ae += p, stae += distinctive ? fabs(q - m) : q; break;
        case LAD_MARGIN_DFSC_SYNTHETIC:
            ae += 0.5 * weight_u * p;
            stae += 0.5 * weight_u * q;
            hinge += 0.5 * weight_p * fmax(m - p, 0.0);
            break;
        case LAD_MARGIN_NOVEL:
            ae += 0.5 * p;
            stae += 0.5 * weight_u * q;
            hinge += 0.5 * weight_p * fmax(m * mc->margin.mean_q - q, 0.0);
            faithful += 0.5 * weight_p * r;
            break;
        case LAD_MARGIN_NOVEL_LOCAL:
            if (!mc->pasted) { /* clean */
                ae += p, stae += q;
                break;
            }
            stae += weight_u * u; /* where nothing is novel */
            hinge += weight_p * fmax(m - u, 0.0);
            break;
        }
        pasted += weight_p;
        untouched += weight_u;
    }
    bool everywhere = mc->margin.form != LAD_MARGIN_DFSC_SYNTHETIC; /* where A is pulled */
    double total = ae / (everywhere ? POSITIONS : untouched) + stae / untouched;
    if (pasted > 0.0) total += (mc->margin.hinge ? hinge / pasted : 0.0) + faithful / pasted;
    return total;
}

static void distances(features *f, float *p, float *q, float *r)
{
    const lad_kernels *k = lad_kernels_get(LAD_ISA_REF);
    lad_channel_mse(k, NULL, POSITIONS, C, f->t, C, f->a, C, p);
    lad_channel_mse(k, NULL, POSITIONS, C, f->a, C, f->s + C, 2 * C, q);
    lad_channel_mse(k, NULL, POSITIONS, C, f->t, C, f->s + C, 2 * C, r);
}

static void test_margin_forms_on_clean_images_match_formula(void **state)
{
    (void)state;
    for (lad_margin_form form = LAD_MARGIN_NONE; form <= LAD_MARGIN_NOVEL_LOCAL; form++) {
        features f;
        float p[POSITIONS], q[POSITIONS], r[POSITIONS], d_p[POSITIONS], d_q[POSITIONS];
        fill(&f, 20 + form);
        distances(&f, p, q, r);
        margin_case mc = {.margin = lad_margin_default(form, form == LAD_MARGIN_DFSC_STAE ? 1.4 : 0.24)};
        mc.margin.decay = 1.0;
        mc.margin.tau = 0.25;
        mc.margin.mean_q = 1.3;
        lad_margin_terms terms;
        double loss = lad_margin_clean(&mc.margin, NULL, POSITIONS, p, q, d_p, d_q, &terms);
        check_value(lad_margin_form_name(form), loss, margin_formula(&f, &mc));
        check_value("terms", terms.ae + terms.stae, loss);
        lad_distance_backward(NULL, POSITIONS, C, teacher(&f), autoencoder(&f), d_p);
        lad_distance_backward(NULL, POSITIONS, C, autoencoder(&f), student(&f, 1), d_q);
        check_all(lad_margin_form_name(form), margin_formula, &f, &mc);
    }
}

static void check_composite(lad_margin_form form, bool hinge, const float *pasted, const float *untouched)
{
    features f;
    float p[POSITIONS], q[POSITIONS], r[POSITIONS], d_p[POSITIONS], d_q[POSITIONS], d_r[POSITIONS];
    fill(&f, 30);
    distances(&f, p, q, r);
    bool novel = form == LAD_MARGIN_NOVEL;
    margin_case mc = {.margin = lad_margin_default(form, novel ? 1.1 : 0.27), .pasted = pasted, .untouched = untouched};
    mc.margin.hinge = hinge;
    mc.margin.mean_q = 1.2;
    lad_margin_terms terms;
    double loss = lad_margin_composite(&mc.margin, POSITIONS, pasted, untouched, p, q, novel ? r : NULL, d_p, d_q,
                                       novel ? d_r : NULL, &terms);
    check_value("composite", loss, margin_formula(&f, &mc));
    assert_true(hinge ? terms.hinge > 0.0 : terms.hinge == 0.0);
    lad_distance_backward(NULL, POSITIONS, C, teacher(&f), autoencoder(&f), d_p);
    lad_distance_backward(NULL, POSITIONS, C, autoencoder(&f), student(&f, 1), d_q);
    if (novel) lad_distance_backward(NULL, POSITIONS, C, teacher(&f), student(&f, 1), d_r);
    check_all(lad_margin_form_name(form), margin_formula, &f, &mc);
}

static void check_local_composite(bool hinge, const float *pasted, const float *untouched)
{
    features f;
    float u[POSITIONS], d_u[POSITIONS];
    fill(&f, 31);
    lad_channel_mse(lad_kernels_get(LAD_ISA_REF), NULL, POSITIONS, C, f.t, C, f.s, 2 * C, u);
    margin_case mc = {
        .margin = lad_margin_default(LAD_MARGIN_NOVEL_LOCAL, 1.1), .pasted = pasted, .untouched = untouched};
    mc.margin.hinge = hinge;
    lad_margin_terms terms;
    double loss =
        lad_margin_composite(&mc.margin, POSITIONS, pasted, untouched, u, NULL, NULL, d_u, NULL, NULL, &terms);
    check_value("composite", loss, margin_formula(&f, &mc));
    assert_true(hinge ? terms.hinge > 0.0 : terms.hinge == 0.0);
    lad_distance_backward(NULL, POSITIONS, C, teacher(&f), student(&f, 0), d_u);
    check_all("novel-local", margin_formula, &f, &mc);
}

static void test_margin_forms_on_composites_match_formula(void **state)
{
    (void)state;
    float pasted[POSITIONS] = {0}, untouched[POSITIONS];
    for (size_t i = 0; i < POSITIONS; i++) {
        untouched[i] = i < 12 ? 0.0f : 1.0f;
        if (i < 8) pasted[i] = i < 2 ? 0.5f : 1.0f;
    }
    for (lad_margin_form form = LAD_MARGIN_DFSC_SYNTHETIC; form <= LAD_MARGIN_NOVEL; form++) {
        check_composite(form, true, pasted, untouched);
        check_composite(form, false, pasted, untouched);
    }
    check_local_composite(true, pasted, untouched);
    check_local_composite(false, pasted, untouched);
}

/* Without the student, the autoencoder's terms and gradients are what they are with it. */
static void test_margin_synthetic_of_the_autoencoder_alone_is_its_part(void **state)
{
    (void)state;
    features f;
    float p[POSITIONS], q[POSITIONS], r[POSITIONS], d_p[2][POSITIONS], d_q[POSITIONS];
    float pasted[POSITIONS] = {1.0f, 1.0f, 0.5f}, untouched[POSITIONS] = {0};
    for (size_t i = 9; i < POSITIONS; i++) untouched[i] = 1.0f;
    fill(&f, 40);
    distances(&f, p, q, r);
    lad_margin margin = lad_margin_default(LAD_MARGIN_DFSC_SYNTHETIC, -1.0);
    lad_margin_terms with, alone;
    lad_margin_composite(&margin, POSITIONS, pasted, untouched, p, q, NULL, d_p[0], d_q, NULL, &with);
    double loss =
        lad_margin_composite(&margin, POSITIONS, pasted, untouched, p, NULL, NULL, d_p[1], NULL, NULL, &alone);
    assert_memory_equal(d_p[0], d_p[1], sizeof d_p[0]);
    assert_true(alone.stae == 0.0 && alone.hinge > 0.0 && loss == with.ae + with.hinge);
    lad_margin_clean(&margin, NULL, POSITIONS, p, NULL, d_p[0], NULL, &alone);
    lad_margin_clean(&margin, NULL, POSITIONS, p, q, d_p[1], d_q, &with);
    assert_memory_equal(d_p[0], d_p[1], sizeof d_p[0]);
    assert_true(alone.stae == 0.0 && alone.ae == with.ae);
}

static void test_margin_novel_without_pasted_positions_is_finite(void **state)
{
    (void)state;
    float nothing[POSITIONS] = {0}, p[POSITIONS], d_p[POSITIONS], d_q[POSITIONS], d_r[POSITIONS];
    for (size_t i = 0; i < POSITIONS; i++) p[i] = 2.0f;
    lad_margin margin = lad_margin_default(LAD_MARGIN_NOVEL, -1.0);
    margin.mean_q = 1.0;
    assert_float_equal(lad_margin_composite(&margin, POSITIONS, nothing, nothing, p, p, p, d_p, d_q, d_r, NULL), 1.0,
                       0.0);
    for (size_t i = 0; i < POSITIONS; i++) assert_true(d_q[i] == 0.0f && d_r[i] == 0.0f);
}

static void test_margin_running_means_follow_the_data(void **state)
{
    (void)state;
    float p[POSITIONS], q[POSITIONS], d_p[POSITIONS], d_q[POSITIONS];
    for (size_t i = 0; i < POSITIONS; i++) {
        p[i] = (float)i; /* 0.9-quantile of 0..36: 32.4 */
        q[i] = 4.0f;
    }
    lad_margin margin = lad_margin_default(LAD_MARGIN_DFSC, 0.5);
    lad_margin_clean(&margin, NULL, POSITIONS, p, q, d_p, d_q, NULL);
    assert_true(fabs(margin.tau - 32.4) < 1e-9);
    assert_true(margin.mean_q == 4.0);
    for (size_t i = 0; i < POSITIONS; i++) q[i] = 5.0f;
    lad_margin_clean(&margin, NULL, POSITIONS, p, q, d_p, d_q, NULL);
    assert_true(fabs(margin.mean_q - (0.99 * 4.0 + 0.01 * 5.0)) < 1e-12);
}

/* Same bits for any number of threads, on a size with several chunks. */
static void test_losses_do_not_depend_on_threads(void **state)
{
    (void)state;
    enum { LARGE = 3001, CHANNELS = 24, ALL = LARGE * CHANNELS };
    float *a = malloc(ALL * sizeof *a), *b = malloc(ALL * sizeof *b), *scratch = malloc(ALL * sizeof *scratch);
    float *d[2] = {malloc(ALL * sizeof **d), malloc(ALL * sizeof **d)};
    double loss[2] = {0.0, 0.0};
    lad_rng rng = lad_rng_seed(5, 5);
    for (size_t i = 0; i < ALL; i++) a[i] = lad_rng_normal(&rng);
    for (size_t i = 0; i < ALL; i++) b[i] = lad_rng_normal(&rng);
    for (size_t threads = 1; threads <= 3; threads++) {
        lad_pool *pool = NULL;
        assert_int_equal(lad_pool_create(threads, &pool), LAD_OK);
        size_t at = threads > 1;
        memset(d[at], 0, ALL * sizeof *d[at]);
        lad_features fa = {a, d[at], CHANNELS}, fb = {b, NULL, CHANNELS};
        loss[at] = lad_loss_mse(pool, LARGE, CHANNELS, fa, fb, 1.0);
        loss[at] += lad_loss_hard(pool, LARGE, CHANNELS, fa, fb, 0.999, 1.0, scratch);
        loss[at] += lad_loss_penalty(pool, LARGE, CHANNELS, fa, 1.0);
        lad_distance_backward(pool, LARGE, CHANNELS, fa, fb, scratch);
        assert_memory_equal(&loss[at], &loss[0], sizeof *loss);
        assert_memory_equal(d[at], d[0], ALL * sizeof *d[0]);
        lad_pool_destroy(&pool);
    }
    void *all[] = {a, b, scratch, d[0], d[1]};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mse_of_halves_matches_formula),
        cmocka_unit_test(test_penalty_matches_formula),
        cmocka_unit_test(test_hard_loss_matches_formula),
        cmocka_unit_test(test_margin_forms_on_clean_images_match_formula),
        cmocka_unit_test(test_margin_forms_on_composites_match_formula),
        cmocka_unit_test(test_margin_synthetic_of_the_autoencoder_alone_is_its_part),
        cmocka_unit_test(test_margin_novel_without_pasted_positions_is_finite),
        cmocka_unit_test(test_margin_running_means_follow_the_data),
        cmocka_unit_test(test_losses_do_not_depend_on_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
