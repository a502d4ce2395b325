/* Every kernel of LAD_KERNEL_LIST, in every instruction set, against the reference: odd sizes, tails, misaligned
 * arrays between guards.  The list drives the tests: a kernel without a check below does not compile. */
#include "check.h"

#include "kernels/winograd.h"

static const size_t counts[] = {1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 64, 65, 100, 192};
enum { COUNTS = sizeof counts / sizeof *counts };

static const lad_kernels *reference(void)
{
    return lad_kernels_get(LAD_ISA_REF);
}

/* Kernels may fuse a multiply and an add or not: one rounding apiece, on terms of size <= 1. */
static void compare(const char *op, const lad_kernels *k, size_t size, const guarded *got, const guarded *want,
                    double epsilons)
{
    char what[96];
    snprintf(what, sizeof what, "%s %s size %zu", op, lad_kernels_name(k), size);
    guarded_check(got, what);
    check_close(what, got->data, want->data, NULL, got->count, epsilons);
}

static void check_relu_forward(const lad_kernels *k, size_t count)
{
    guarded x = guarded_random(count, 1), got = guarded_new(count), want = guarded_new(count);
    x.data[0] = -0.0f;
    k->relu_forward(count, x.data, got.data);
    reference()->relu_forward(count, x.data, want.data);
    compare("relu_forward", k, count, &got, &want, 0);
    guarded_free(&x), guarded_free(&got), guarded_free(&want);
}

static void check_relu_backward(const lad_kernels *k, size_t count)
{
    guarded y = guarded_random(count, 1), d = guarded_random(count, 2), got = guarded_copy(&d), want = guarded_copy(&d);
    y.data[count / 2] = 0.0f;
    k->relu_backward(count, y.data, got.data, got.data); /* in place */
    reference()->relu_backward(count, y.data, d.data, want.data);
    compare("relu_backward", k, count, &got, &want, 0);
    guarded_free(&y), guarded_free(&d), guarded_free(&got), guarded_free(&want);
}

static void check_avgpool2_forward(const lad_kernels *k, size_t c)
{
    for (size_t w = 2; w <= 7; w += 5) {
        guarded x = guarded_random(2 * w * c, 1), got = guarded_new(w / 2 * c), want = guarded_new(w / 2 * c);
        k->avgpool2_forward(w, c, x.data, x.data + w * c, got.data);
        reference()->avgpool2_forward(w, c, x.data, x.data + w * c, want.data);
        compare("avgpool2_forward", k, c, &got, &want, 0);
        guarded_free(&x), guarded_free(&got), guarded_free(&want);
    }
}

static void check_avgpool2_backward(const lad_kernels *k, size_t c)
{
    for (size_t w = 2; w <= 7; w += 5) {
        guarded d = guarded_random(w / 2 * c, 1), got = guarded_new(2 * w * c), want = guarded_new(2 * w * c);
        guarded x = guarded_random(2 * w * c, 3);
        k->avgpool2_backward(w, c, d.data, NULL, NULL, got.data, got.data + w * c);
        reference()->avgpool2_backward(w, c, d.data, NULL, NULL, want.data, want.data + w * c);
        compare("avgpool2_backward", k, c, &got, &want, 0);
        k->avgpool2_backward(w, c, d.data, x.data, x.data + w * c, got.data, got.data + w * c);
        reference()->avgpool2_backward(w, c, d.data, x.data, x.data + w * c, want.data, want.data + w * c);
        compare("avgpool2_backward after relu", k, c, &got, &want, 0);
        guarded_free(&x);
        guarded_free(&d), guarded_free(&got), guarded_free(&want);
    }
}

static void check_avgpool2_forward_flags(const lad_kernels *k, size_t c)
{
    uint8_t flags[2][3 * 192];
    for (size_t w = 2; w <= 7; w += 5) {
        guarded x = guarded_random(2 * w * c, 1), got = guarded_new(w / 2 * c), want = guarded_new(w / 2 * c);
        x.data[c / 2] = 0.0f;
        memset(flags, 0xAA, sizeof flags);
        k->avgpool2_forward_flags(w, c, x.data, x.data + w * c, got.data, flags[0]);
        reference()->avgpool2_forward_flags(w, c, x.data, x.data + w * c, want.data, flags[1]);
        compare("avgpool2_forward_flags", k, c, &got, &want, 0);
        assert_memory_equal(flags[0], flags[1], sizeof flags[0]); /* what lies behind too */
        guarded_free(&x), guarded_free(&got), guarded_free(&want);
    }
}

/* Row by row from flags the same as both rows from what came out of the ReLU. */
static void check_avgpool2_backward_flags(const lad_kernels *k, size_t c)
{
    uint8_t flags[3 * 192];
    for (size_t w = 2; w <= 7; w += 5) {
        guarded x = guarded_random(2 * w * c, 3), d = guarded_random(w / 2 * c, 1), y = guarded_new(w / 2 * c);
        guarded got = guarded_new(2 * w * c), want = guarded_new(2 * w * c);
        reference()->avgpool2_forward_flags(w, c, x.data, x.data + w * c, y.data, flags);
        reference()->avgpool2_backward(w, c, d.data, x.data, x.data + w * c, want.data, want.data + w * c);
        for (size_t row = 0; row < 2; row++)
            k->avgpool2_backward_flags(w, c, d.data, flags, row, got.data + row * w * c);
        compare("avgpool2_backward_flags", k, c, &got, &want, 0);
        for (size_t row = 0; row < 2; row++)
            reference()->avgpool2_backward_flags(w, c, d.data, flags, row, got.data + row * w * c);
        compare("avgpool2_backward_flags, reference", k, c, &got, &want, 0);
        guarded_free(&x), guarded_free(&d), guarded_free(&y), guarded_free(&got), guarded_free(&want);
    }
}

static const size_t widths[][2] = {{1, 3}, {3, 8}, {8, 15}, {7, 7}, {9, 4}};
enum { WIDTHS = sizeof widths / sizeof *widths };

static void check_bilinear_forward(const lad_kernels *k, size_t c)
{
    for (size_t i = 0; i < WIDTHS; i++) {
        size_t w = widths[i][0], ow = widths[i][1];
        guarded x = guarded_random(2 * w * c, 1), got = guarded_new(ow * c), want = guarded_new(ow * c);
        k->bilinear_forward(w, c, ow, 0.3f, x.data, x.data + w * c, got.data);
        reference()->bilinear_forward(w, c, ow, 0.3f, x.data, x.data + w * c, want.data);
        compare("bilinear_forward", k, c, &got, &want, 4);
        guarded_free(&x), guarded_free(&got), guarded_free(&want);
    }
}

static void check_bilinear_backward(const lad_kernels *k, size_t c)
{
    for (size_t i = 0; i < WIDTHS; i++) {
        size_t w = widths[i][0], ow = widths[i][1];
        guarded d = guarded_random(ow * c, 1), got = guarded_random(w * c, 2), want = guarded_copy(&got);
        k->bilinear_backward(w, c, ow, 0.7f, d.data, got.data);
        reference()->bilinear_backward(w, c, ow, 0.7f, d.data, want.data);
        compare("bilinear_backward", k, c, &got, &want, 3.0 * (double)ow);
        guarded_free(&d), guarded_free(&got), guarded_free(&want);
    }
}

static void check_channel_mse(const lad_kernels *k, size_t c)
{
    enum { POSITIONS = 5 };
    size_t a_row = 2 * c, b_row = c + 3;
    guarded a = guarded_random(POSITIONS * a_row, 1), b = guarded_random(POSITIONS * b_row, 2);
    guarded got = guarded_new(POSITIONS), want = guarded_new(POSITIONS);
    k->channel_mse(POSITIONS, c, a.data, a_row, b.data, b_row, got.data);
    reference()->channel_mse(POSITIONS, c, a.data, a_row, b.data, b_row, want.data);
    compare("channel_mse", k, c, &got, &want, 4.0 * (double)(c + 2)); /* squares are up to 4 */
    guarded_free(&a), guarded_free(&b), guarded_free(&got), guarded_free(&want);
}

static void check_column_sum(const lad_kernels *k, size_t c)
{
    for (size_t rows = 0; rows <= 20; rows += 10) {
        guarded x = guarded_random(rows * (c + 5), 1), got = guarded_random(c, 2), want = guarded_copy(&got);
        k->column_sum(rows, c, x.data, c + 5, got.data);
        reference()->column_sum(rows, c, x.data, c + 5, want.data);
        compare("column_sum", k, c, &got, &want, (double)(rows * rows + 1));
        guarded_free(&x), guarded_free(&got), guarded_free(&want);
    }
}

static void check_adam(const lad_kernels *k, size_t count)
{
    lad_adam_rates rates = {.lr_over_correction1 = 1e-3f, .correction2 = 1.5f, .weight_decay = 1e-2f};
    guarded grad = guarded_random(count, 1), p = guarded_random(count, 2), m = guarded_random(count, 3);
    guarded v0 = guarded_random(count, 4), v = guarded_abs(&v0);
    guarded p1 = guarded_copy(&p), m1 = guarded_copy(&m), v1 = guarded_copy(&v);
    /* From v above 0.01 on, so that rounding of the square root's argument is not magnified. */
    for (size_t i = 0; i < count; i++) v.data[i] = v1.data[i] += 0.01f;
    k->adam(count, &rates, p.data, grad.data, m.data, v.data);
    reference()->adam(count, &rates, p1.data, grad.data, m1.data, v1.data);
    compare("adam moment 1", k, count, &m, &m1, 3);
    compare("adam moment 2", k, count, &v, &v1, 3);
    compare("adam parameter", k, count, &p, &p1, 3);
    guarded *all[] = {&grad, &p, &m, &v0, &v, &p1, &m1, &v1};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) guarded_free(all[i]);
}

/* m rows of every remainder, all columns up to nr, both orders of a, segments, bias, ReLU, accumulation. */
static void check_gemm_panel(const lad_kernels *k, size_t inner)
{
    for (size_t variant = 0; variant < 16; variant++) {
        size_t m = 1 + (inner * 7 + variant * 5) % (2 * k->mr + 1);
        size_t columns = variant % 4 == 3 ? 1 + inner % k->nr : k->nr, segments = 1 + variant / 4 % 3;
        bool transposed = variant % 2 == 1;
        size_t a_gap = variant == 0 && inner <= 64 ? 64 : inner + 3;
        guarded a = guarded_random(m * segments * (inner + m + a_gap), 1),
                b = guarded_random(segments * inner * columns, 2);
        guarded bias = guarded_random(columns, 3), got = guarded_random(m * (columns + 2), 4),
                want = guarded_copy(&got);
        lad_panel panel = {.m = m,
                           .columns = columns,
                           .k = inner,
                           .segments = segments,
                           .a = a.data,
                           .b = b.data,
                           .b_row = columns,
                           .c_row = columns + 2,
                           .bias = variant & 2 ? bias.data : NULL,
                           .accumulate = variant >= 8,
                           .relu = variant % 3 == 1};
        panel.a_row = transposed ? 1 : a_gap;
        panel.a_col = transposed ? m : 1;
        panel.a_segment = transposed ? inner * m : m * a_gap;
        panel.c = got.data;
        k->gemm_panel(&panel);
        panel.c = want.data;
        reference()->gemm_panel(&panel);
        compare("gemm_panel", k, inner, &got, &want, (double)(inner * segments + 2) * sqrt((double)(inner * segments)));
        guarded_free(&a), guarded_free(&b), guarded_free(&bias), guarded_free(&got), guarded_free(&want);
    }
}

/* Transforms add up at most 64 terms twice; the largest factors of B^T, A^T and G square to 5.25^2, 32^2, 1. */
enum { INPUT_EPSILONS = 16 * 28, OUTPUT_EPSILONS = 16 * 32 * 32, FILTER_EPSILONS = 64 };

static void check_winograd_input(const lad_kernels *k, size_t c)
{
    guarded x = guarded_random(64 * c, 1), got = guarded_random(64 * (c + 1), 2), want = guarded_copy(&got);
    const float *d[64];
    for (size_t p = 0; p < 64; p++) d[p] = x.data + (p * 37 % 64) * c;
    k->winograd_input(c, d, got.data, c + 1);
    reference()->winograd_input(c, d, want.data, c + 1);
    compare("winograd_input", k, c, &got, &want, INPUT_EPSILONS);
    guarded_free(&x), guarded_free(&got), guarded_free(&want);
}

static void check_winograd_output(const lad_kernels *k, size_t c)
{
    for (size_t tile = 5; tile <= 6; tile++) {
        guarded m = guarded_random(64 * (c + 1), 1), bias = guarded_random(c, 2);
        guarded got = guarded_new(36 * c), want = guarded_new(36 * c);
        float *y0[36], *y1[36];
        for (size_t p = 0; p < 36; p++) y0[p] = got.data + p * c, y1[p] = want.data + p * c;
        k->winograd_output(tile, c, m.data, c + 1, bias.data, tile == 6, y0);
        reference()->winograd_output(tile, c, m.data, c + 1, bias.data, tile == 6, y1);
        compare("winograd_output", k, c, &got, &want, OUTPUT_EPSILONS);
        guarded_free(&m), guarded_free(&bias), guarded_free(&got), guarded_free(&want);
    }
}

static void check_winograd_output_adjoint(const lad_kernels *k, size_t c)
{
    for (size_t tile = 5; tile <= 6; tile++) {
        guarded d_y = guarded_random(36 * c, 1), got = guarded_random(64 * (c + 1), 2), want = guarded_copy(&got);
        const float *y[36];
        for (size_t p = 0; p < 36; p++) y[p] = d_y.data + (p * 5 % 36) * c;
        k->winograd_output_adjoint(tile, c, y, got.data, c + 1);
        reference()->winograd_output_adjoint(tile, c, y, want.data, c + 1);
        compare("winograd_output_adjoint", k, c, &got, &want, OUTPUT_EPSILONS);
        guarded_free(&d_y), guarded_free(&got), guarded_free(&want);
    }
}

static void check_winograd_filter(const lad_kernels *k, size_t c)
{
    for (size_t taps = 3; taps <= 4; taps++) {
        guarded g = guarded_random(taps * taps * (c + 2), 1), got = guarded_random(64 * c, 2),
                want = guarded_copy(&got);
        k->winograd_filter(taps, c, g.data, c + 2, got.data, c);
        reference()->winograd_filter(taps, c, g.data, c + 2, want.data, c);
        compare("winograd_filter", k, c, &got, &want, FILTER_EPSILONS);
        guarded_free(&g), guarded_free(&got), guarded_free(&want);
    }
}

static void check_winograd_filter_adjoint(const lad_kernels *k, size_t c)
{
    for (size_t taps = 3; taps <= 4; taps++) {
        guarded u = guarded_random(64 * c, 1), got = guarded_random(taps * taps * c, 2), want = guarded_copy(&got);
        k->winograd_filter_adjoint(taps, c, u.data, c, got.data, c);
        reference()->winograd_filter_adjoint(taps, c, u.data, c, want.data, c);
        compare("winograd_filter_adjoint", k, c, &got, &want, FILTER_EPSILONS);
        guarded_free(&u), guarded_free(&got), guarded_free(&want);
    }
}

/* Runs a check for all sizes and tables; the reference against itself too, which checks its bounds. */
static void check_all(void (*check)(const lad_kernels *k, size_t size))
{
    size_t tables;
    const lad_kernels *const *k = isas(&tables);
    for (size_t i = 0; i < COUNTS; i++) {
        check(reference(), counts[i]);
        for (size_t t = 0; t < tables; t++) check(k[t], counts[i]);
    }
}

#define TEST(op, ...)                                                                                                  \
    static void test_##op##_every_table_matches_reference(void **state)                                                \
    {                                                                                                                  \
        (void)state;                                                                                                   \
        check_all(check_##op);                                                                                         \
    }
LAD_KERNEL_LIST(TEST)

/* L^T is the adjoint of L: <y, A^T M A> = <A y A^T, M>, which the gradients rely on. */
static void test_winograd_output_adjoint_is_transpose_of_output(void **state)
{
    (void)state;
    for (size_t tile = 5; tile <= 6; tile++) {
        guarded m = guarded_random(64, 1), y = guarded_random(36, 2), out = guarded_new(36), back = guarded_new(64);
        float *o[36];
        const float *d[36];
        for (size_t p = 0; p < 36; p++) o[p] = out.data + p, d[p] = y.data + p;
        reference()->winograd_output(tile, 1, m.data, 1, NULL, false, o);
        reference()->winograd_output_adjoint(tile, 1, d, back.data, 1);
        double left = 0.0, right = 0.0, size = 0.0;
        for (size_t p = 0; p < tile * tile; p++) left += (double)y.data[p] * (double)out.data[p];
        for (size_t p = 0; p < 64; p++) {
            right += (double)back.data[p] * (double)m.data[p];
            size += fabs((double)back.data[p] * (double)m.data[p]);
        }
        assert_true(fabs(left - right) <= 64.0 * (double)FLT_EPSILON * size);
        guarded_free(&m), guarded_free(&y), guarded_free(&out), guarded_free(&back);
    }
}

int main(void)
{
#define ENTRY(op, ...) cmocka_unit_test(test_##op##_every_table_matches_reference),
    const struct CMUnitTest tests[] = {LAD_KERNEL_LIST(ENTRY)
                                           cmocka_unit_test(test_winograd_output_adjoint_is_transpose_of_output)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
