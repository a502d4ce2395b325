/* Every algorithm of every instruction set against direct convolution in double, on odd sizes. */
#include "check.h"

#include "kernels/algorithm.h"
#include "kernels/conv_ref.h"

static const lad_conv_shape shapes[] = {
    /* n, h, w, ic, oc, kh, kw, stride, pad, no part */
    {1, 9, 11, 3, 5, 4, 4, 1, 0, 0, 0, false},    {2, 7, 7, 16, 16, 3, 3, 1, 1, 0, 0, false},
    {1, 13, 10, 17, 33, 4, 4, 1, 0, 0, 0, false}, {1, 5, 3, 64, 64, 4, 4, 1, 2, 0, 0, false},
    {1, 3, 3, 64, 64, 4, 4, 1, 2, 0, 0, false},   {1, 12, 17, 19, 70, 3, 3, 1, 0, 0, 0, false},
    {2, 11, 9, 32, 48, 3, 3, 1, 2, 0, 0, false},  {1, 16, 15, 3, 32, 4, 4, 2, 1, 0, 0, false},
    {1, 15, 16, 32, 37, 4, 4, 2, 1, 0, 0, false}, {1, 8, 8, 20, 24, 8, 8, 1, 0, 0, 0, false},
    {2, 9, 9, 33, 65, 1, 1, 1, 0, 0, 0, false},   {1, 10, 11, 5, 7, 3, 2, 3, 1, 0, 0, false},
    {1, 4, 4, 300, 40, 3, 3, 1, 1, 0, 0, false},  {1, 4, 6, 40, 300, 4, 4, 1, 1, 0, 0, false},
    {1, 40, 37, 16, 20, 4, 4, 1, 0, 0, 0, false}, {1, 7, 9, 2, 3, 2, 2, 4, 0, 0, 0, false},
    {1, 60, 58, 3, 9, 4, 4, 1, 1, 0, 0, false},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

/* Bounds in epsilons of S, the sum of the absolute values of an element's terms.
 * A plain sum of k terms rounds k times, by up to half an epsilon of a partial sum <= S, with random signs:
 * sqrt(k) / 2 is one standard deviation at most, eight are allowed.
 * Winograd's transformed terms are larger than the plain ones.  Along one dimension, with all inputs of size 1,
 * their absolute values sum to sum_p |A^T|_ip (sum_j |G|_pj) (sum_q |B^T|_pq), at most 67.7 for 3 taps (the last
 * of 6 outputs) against a plain sum of 3: 22.6 times as much, squared for two dimensions.  The number of channels
 * does not enter: S grows with it, the error with its root. */
static double allowed(const lad_conv_algorithm *algorithm, size_t terms)
{
    return algorithm == &lad_conv_winograd ? 22.6 * 22.6 : 4.0 * sqrt((double)terms) + 2.0;
}

typedef struct conv_case {
    lad_conv_shape s;
    guarded x, w, bias, d_y; /* inputs */
    guarded x_abs, w_abs, bias_abs, d_y_abs;
    size_t out;
} conv_case;

static conv_case case_new(const lad_conv_shape *s, uint64_t seed)
{
    conv_case c = {.s = *s, .out = s->n * lad_conv_out_h(s) * lad_conv_out_w(s) * s->oc};
    c.x = guarded_random(s->n * s->h * s->w * s->ic, seed);
    c.w = guarded_random(s->oc * s->ic * s->kh * s->kw, seed + 1);
    c.bias = guarded_random(s->oc, seed + 2);
    c.d_y = guarded_random(c.out, seed + 3);
    c.x_abs = guarded_abs(&c.x), c.w_abs = guarded_abs(&c.w);
    c.bias_abs = guarded_abs(&c.bias), c.d_y_abs = guarded_abs(&c.d_y);
    return c;
}

static void case_free(conv_case *c)
{
    guarded *all[] = {&c->x, &c->w, &c->bias, &c->d_y, &c->x_abs, &c->w_abs, &c->bias_abs, &c->d_y_abs};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) guarded_free(all[i]);
}

typedef struct results {
    guarded y, y_relu, d_x, d_w, d_bias;
} results;

static void results_free(results *r)
{
    guarded *all[] = {&r->y, &r->y_relu, &r->d_x, &r->d_w, &r->d_bias};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) guarded_free(all[i]);
}

static results results_new(const conv_case *c)
{
    return (results){guarded_new(c->out), guarded_new(c->out), guarded_new(c->x.count), guarded_random(c->w.count, 7),
                     guarded_random(c->bias.count, 8)};
}

static void compute(const lad_conv_algorithm *a, const lad_kernels *k, lad_pool *pool, const conv_case *c, results *r)
{
    const lad_conv_shape *s = &c->s;
    size_t threads = lad_pool_threads(pool);
    guarded packed = guarded_new(a->packed_floats(s, LAD_CONV_FORWARD));
    guarded scratch = guarded_new(a->scratch_floats(k, s, LAD_CONV_FORWARD, threads));
    a->pack(k, pool, s, LAD_CONV_FORWARD, c->w.data, packed.data);
    a->forward(k, pool, s, c->x.data, packed.data, c->bias.data, false, r->y.data, scratch.data);
    a->forward(k, pool, s, c->x.data, packed.data, c->bias.data, true, r->y_relu.data, scratch.data);
    guarded_check(&packed, "packed forward"), guarded_check(&scratch, "scratch forward");
    guarded_free(&packed), guarded_free(&scratch);
    packed = guarded_new(a->packed_floats(s, LAD_CONV_BACKWARD_DATA));
    scratch = guarded_new(a->scratch_floats(k, s, LAD_CONV_BACKWARD_DATA, threads));
    a->pack(k, pool, s, LAD_CONV_BACKWARD_DATA, c->w.data, packed.data);
    a->backward_data(k, pool, s, c->d_y.data, packed.data, r->d_x.data, scratch.data);
    guarded_check(&packed, "packed backward"), guarded_check(&scratch, "scratch backward data");
    guarded_free(&packed), guarded_free(&scratch);
    scratch = guarded_new(a->scratch_floats(k, s, LAD_CONV_BACKWARD_WEIGHTS, threads));
    a->backward_weights(k, pool, s, c->x.data, c->d_y.data, r->d_w.data, r->d_bias.data, scratch.data);
    guarded_check(&scratch, "scratch backward weights");
    guarded_free(&scratch);
    guarded_check(&r->y, "y"), guarded_check(&r->y_relu, "y relu"), guarded_check(&r->d_x, "d_x");
    guarded_check(&r->d_w, "d_w"), guarded_check(&r->d_bias, "d_bias");
}

/* The sums of absolute values, by the same reference on absolute inputs. */
static void compute_scales(const conv_case *c, results *r)
{
    lad_conv_forward_ref(NULL, &c->s, c->x_abs.data, c->w_abs.data, c->bias_abs.data, false, r->y.data);
    lad_conv_backward_data_ref(NULL, &c->s, c->d_y_abs.data, c->w_abs.data, r->d_x.data);
    for (size_t i = 0; i < r->d_w.count; i++) r->d_w.data[i] = fabsf(r->d_w.data[i]);
    for (size_t i = 0; i < r->d_bias.count; i++) r->d_bias.data[i] = fabsf(r->d_bias.data[i]);
    lad_conv_backward_weights_ref(NULL, &c->s, c->x_abs.data, c->d_y_abs.data, r->d_w.data, r->d_bias.data);
}

static void check_case(const lad_conv_algorithm *a, const lad_kernels *k, const conv_case *c, const results *want,
                       const results *scale)
{
    const lad_conv_shape *s = &c->s;
    char what[160];
    results got = results_new(c);
    compute(a, k, NULL, c, &got);
    int at = snprintf(what, sizeof what, "%s %s n%zu %zux%zu %zu->%zu k%zux%zu s%zu p%zu ", a->name,
                      lad_kernels_name(k), s->n, s->h, s->w, s->ic, s->oc, s->kh, s->kw, s->stride, s->pad);
    char *tail = what + at;
    size_t room = sizeof what - (size_t)at, taps = s->kh * s->kw;
    double f, g, h;
    snprintf(tail, room, "forward");
    f = check_close(what, got.y.data, want->y.data, scale->y.data, c->out, allowed(a, s->ic * taps));
    snprintf(tail, room, "forward relu");
    check_close(what, got.y_relu.data, want->y_relu.data, scale->y.data, c->out, allowed(a, s->ic * taps));
    snprintf(tail, room, "backward data");
    g = check_close(what, got.d_x.data, want->d_x.data, scale->d_x.data, c->x.count, allowed(a, s->oc * taps));
    snprintf(tail, room, "backward weights");
    size_t positions = c->out / s->oc;
    h = check_close(what, got.d_w.data, want->d_w.data, scale->d_w.data, c->w.count, allowed(a, positions));
    snprintf(tail, room, "backward bias");
    check_close(what, got.d_bias.data, want->d_bias.data, scale->d_bias.data, s->oc, allowed(a, positions));
    *tail = 0;
    if (getenv("LAD_CHECK_VERBOSE")) print_message("%sforward %.2f data %.2f weights %.2f epsilons\n", what, f, g, h);
    /* The same bytes for any number of threads. */
    for (size_t threads = 2; threads <= 3; threads++) {
        lad_pool *pool = NULL;
        assert_int_equal(lad_pool_create(threads, &pool), LAD_OK);
        results again = results_new(c);
        compute(a, k, pool, c, &again);
        assert_memory_equal(again.y.data, got.y.data, c->out * sizeof(float));
        assert_memory_equal(again.d_x.data, got.d_x.data, c->x.count * sizeof(float));
        assert_memory_equal(again.d_w.data, got.d_w.data, c->w.count * sizeof(float));
        assert_memory_equal(again.d_bias.data, got.d_bias.data, s->oc * sizeof(float));
        results_free(&again);
        lad_pool_destroy(&pool);
    }
    results_free(&got);
}

static bool winograd_fits(const lad_conv_shape *s)
{
    return s->stride == 1 && s->kh == s->kw && (s->kh == 3 || s->kh == 4) && s->pad < s->kh;
}

/* Kernels transformed on the way, forward only: the same bytes as with those transformed before. */
static void check_compact(const lad_kernels *k, const conv_case *c, const results *scale)
{
    const lad_conv_shape *s = &c->s;
    const lad_conv_algorithm *const both[] = {&lad_conv_winograd, &lad_conv_winograd_compact};
    guarded y[2] = {guarded_new(c->out), guarded_new(c->out)};
    for (size_t threads = 1; threads <= 3; threads++) {
        lad_pool *pool = NULL;
        assert_int_equal(lad_pool_create(threads, &pool), LAD_OK);
        for (size_t i = 0; i < 2; i++) {
            guarded packed = guarded_new(both[i]->packed_floats(s, LAD_CONV_FORWARD));
            guarded scratch = guarded_new(both[i]->scratch_floats(k, s, LAD_CONV_FORWARD, threads));
            both[i]->pack(k, pool, s, LAD_CONV_FORWARD, c->w.data, packed.data);
            both[i]->forward(k, pool, s, c->x.data, packed.data, c->bias.data, threads > 1, y[i].data, scratch.data);
            guarded_check(&packed, "packed"), guarded_check(&scratch, "scratch"), guarded_check(&y[i], "y");
            guarded_free(&packed), guarded_free(&scratch);
        }
        if (s->ic <= 256) /* more are added up in several rounds there */
            assert_memory_equal(y[1].data, y[0].data, c->out * sizeof(float));
        else
            check_close("compact", y[1].data, y[0].data, scale->y.data, c->out, allowed(&lad_conv_winograd, 0));
        lad_pool_destroy(&pool);
    }
    guarded_free(&y[0]), guarded_free(&y[1]);
}

static void test_conv_every_algorithm_matches_reference(void **state)
{
    (void)state;
    size_t count, cases = 0;
    const lad_kernels *const *tables = isas(&count);
    for (size_t i = 0; i < SHAPES; i++) {
        conv_case c = case_new(&shapes[i], 100 * i + 1);
        results want = results_new(&c), scale = results_new(&c);
        compute(&lad_conv_reference, lad_kernels_get(LAD_ISA_REF), NULL, &c, &want);
        compute_scales(&c, &scale);
        for (size_t t = 0; t <= count; t++) {
            const lad_kernels *k = t < count ? tables[t] : lad_kernels_get(LAD_ISA_REF);
            check_case(&lad_conv_implicit, k, &c, &want, &scale), cases++;
            if (!winograd_fits(&c.s)) continue;
            check_case(&lad_conv_winograd, k, &c, &want, &scale), cases++;
            check_compact(k, &c, &scale);
        }
        results_free(&want), results_free(&scale);
        case_free(&c);
    }
    assert_true(cases >= 2 * SHAPES);
}

static void test_conv_without_bias_adds_nothing(void **state)
{
    (void)state;
    const lad_kernels *k = lad_kernels_best();
    conv_case c = case_new(&shapes[3], 5);
    guarded zeros = guarded_new(c.s.oc), y0 = guarded_new(c.out), y1 = guarded_new(c.out);
    memset(zeros.data, 0, c.s.oc * sizeof(float));
    float *packed = lad_alloc(lad_conv_packed_floats(k, &c.s, LAD_CONV_FORWARD), sizeof *packed);
    void *scratch = lad_alloc(lad_conv_scratch_bytes(k, &c.s, LAD_CONV_FORWARD, 1), 1);
    lad_conv_pack(k, NULL, &c.s, LAD_CONV_FORWARD, c.w.data, packed);
    lad_conv_forward(k, NULL, &c.s, c.x.data, packed, NULL, false, y0.data, scratch);
    lad_conv_forward(k, NULL, &c.s, c.x.data, packed, zeros.data, false, y1.data, scratch);
    assert_memory_equal(y0.data, y1.data, c.out * sizeof(float));
    lad_free(packed), lad_free(scratch);
    guarded_free(&zeros), guarded_free(&y0), guarded_free(&y1);
    case_free(&c);
}

static bool compute_sparse(lad_pool *pool, const conv_case *c, results *r)
{
    size_t bytes = lad_conv_sparse_scratch_bytes(&c->s, lad_pool_threads(pool));
    guarded scratch = guarded_new(bytes / sizeof(float));
    bool done = lad_conv_backward_sparse(pool, &c->s, c->x.data, c->w.data, c->d_y.data, r->d_w.data, r->d_bias.data,
                                         r->d_x.data, scratch.data);
    guarded_check(&scratch, "scratch"), guarded_check(&r->d_x, "d_x"), guarded_check(&r->d_w, "d_w");
    guarded_check(&r->d_bias, "d_bias");
    guarded_free(&scratch);
    return done;
}

/* Zero all but one element in 64 at most. */
static void thin_out(conv_case *c)
{
    lad_rng rng = lad_rng_seed(9, c->out);
    for (size_t i = 0; i < c->out; i++) {
        if (i % 64 != 63 || lad_rng_below(&rng, 4) == 0) c->d_y.data[i] = 0.0f;
        c->d_y_abs.data[i] = fabsf(c->d_y.data[i]);
    }
}

static void test_conv_sparse_gradients_match_reference(void **state)
{
    (void)state;
    for (size_t i = 0; i < SHAPES; i++) {
        conv_case c = case_new(&shapes[i], 100 * i + 1);
        thin_out(&c);
        results want = results_new(&c), scale = results_new(&c), first = results_new(&c);
        compute(&lad_conv_reference, lad_kernels_get(LAD_ISA_REF), NULL, &c, &want);
        compute_scales(&c, &scale);
        size_t positions = c.out / c.s.oc, taps = c.s.kh * c.s.kw;
        for (size_t threads = 1; threads <= 3; threads++) {
            lad_pool *pool = NULL;
            assert_int_equal(lad_pool_create(threads, &pool), LAD_OK);
            results got = results_new(&c);
            assert_true(compute_sparse(pool, &c, &got));
            const lad_conv_algorithm *plain = &lad_conv_implicit;
            check_close("d_x", got.d_x.data, want.d_x.data, scale.d_x.data, c.x.count, allowed(plain, c.s.oc * taps));
            check_close("d_w", got.d_w.data, want.d_w.data, scale.d_w.data, c.w.count, allowed(plain, positions));
            check_close("d_bias", got.d_bias.data, want.d_bias.data, scale.d_bias.data, c.s.oc,
                        allowed(plain, positions));
            if (threads == 1) assert_true(compute_sparse(NULL, &c, &first));
            assert_memory_equal(got.d_x.data, first.d_x.data, c.x.count * sizeof(float));
            assert_memory_equal(got.d_w.data, first.d_w.data, c.w.count * sizeof(float));
            assert_memory_equal(got.d_bias.data, first.d_bias.data, c.s.oc * sizeof(float));
            results_free(&got);
            lad_pool_destroy(&pool);
        }
        results_free(&want), results_free(&scale), results_free(&first);
        case_free(&c);
    }
}

static void test_conv_sparse_gradients_of_much_are_left_to_others(void **state)
{
    (void)state;
    conv_case c = case_new(&shapes[14], 3);
    results got = results_new(&c), before = results_new(&c);
    for (size_t i = c.out / 64 + 1; i < c.out; i++) c.d_y.data[i] = 0.0f;
    assert_false(compute_sparse(NULL, &c, &got));
    assert_memory_equal(got.d_x.data, before.d_x.data, c.x.count * sizeof(float));
    assert_memory_equal(got.d_w.data, before.d_w.data, c.w.count * sizeof(float));
    assert_memory_equal(got.d_bias.data, before.d_bias.data, c.s.oc * sizeof(float));
    c.d_y.data[0] = 0.0f; /* a 64th is not too much */
    assert_true(compute_sparse(NULL, &c, &got));
    results_free(&got), results_free(&before);
    case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conv_every_algorithm_matches_reference),
        cmocka_unit_test(test_conv_without_bias_adds_nothing),
        cmocka_unit_test(test_conv_sparse_gradients_match_reference),
        cmocka_unit_test(test_conv_sparse_gradients_of_much_are_left_to_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
