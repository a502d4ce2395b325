/* Work that is fused or left out against the same work done whole: distances to targets without storing the output,
 * pooling at once, parts of the output channels. */
#include "check.h"

#include "kernels/conv_ref.h"

typedef struct conv {
    const lad_kernels *k;
    lad_conv_shape s;
    size_t positions; /* of the output */
    guarded x, w, bias, packed[2];
} conv;

static conv conv_new(const lad_kernels *k, const lad_conv_shape *s)
{
    conv c = {.k = k, .s = *s, .positions = s->n * lad_conv_out_h(s) * lad_conv_out_w(s)};
    c.x = guarded_random(s->n * s->h * s->w * s->ic, 11);
    c.w = guarded_random(s->oc * s->ic * s->kh * s->kw, 12);
    c.bias = guarded_random(s->oc, 13);
    for (int pass = LAD_CONV_FORWARD; pass <= LAD_CONV_BACKWARD_DATA; pass++) {
        c.packed[pass] = guarded_new(lad_conv_packed_floats(k, s, (lad_conv_pass)pass));
        lad_conv_pack(k, NULL, s, (lad_conv_pass)pass, c.w.data, c.packed[pass].data);
    }
    return c;
}

static void conv_free(conv *c)
{
    guarded_free(&c->x), guarded_free(&c->w), guarded_free(&c->bias);
    guarded_free(&c->packed[0]), guarded_free(&c->packed[1]);
}

static guarded forward(const conv *c, bool relu)
{
    guarded y = guarded_new(c->positions * c->s.oc);
    guarded scratch = guarded_new(lad_conv_scratch_bytes(c->k, &c->s, LAD_CONV_FORWARD, 1) / sizeof(float));
    lad_conv_forward(c->k, NULL, &c->s, c->x.data, c->packed[0].data, c->bias.data, relu, y.data, scratch.data);
    guarded_check(&y, "y"), guarded_check(&scratch, "scratch");
    guarded_free(&scratch);
    return y;
}

/* The maps of `parts` targets, one after the other. */
static guarded measure(const conv *c, size_t parts, const guarded *target, size_t threads)
{
    lad_pool *pool = NULL;
    assert_int_equal(lad_pool_create(threads, &pool), LAD_OK);
    guarded maps = guarded_new(parts * c->positions);
    guarded scratch = guarded_new(lad_conv_mse_scratch_bytes(c->k, &c->s, threads) / sizeof(float));
    lad_conv_target targets[4];
    for (size_t i = 0; i < parts; i++)
        targets[i] =
            (lad_conv_target){target->data + i * c->positions * (c->s.oc / parts), maps.data + i * c->positions};
    lad_conv_forward_mse(c->k, pool, &c->s, c->x.data, c->packed[0].data, c->bias.data, parts, targets, scratch.data);
    guarded_check(&maps, "maps"), guarded_check(&scratch, "scratch of the distances");
    guarded_free(&scratch);
    lad_pool_destroy(&pool);
    return maps;
}

static void check_distances(const lad_kernels *k, const lad_conv_shape *s, size_t parts)
{
    conv c = conv_new(k, s);
    guarded y = forward(&c, false), target = guarded_random(c.positions * s->oc, 14);
    guarded whole = guarded_new(parts * c.positions), fused = measure(&c, parts, &target, 1);
    size_t channels = s->oc / parts;
    for (size_t i = 0; i < parts; i++)
        lad_channel_mse(k, NULL, c.positions, channels, target.data + i * c.positions * channels, channels,
                        y.data + i * channels, s->oc, whole.data + i * c.positions);
    /* Both are sums of the same `channels` squares, none negative, in different orders. */
    check_close("distances", fused.data, whole.data, whole.data, whole.count, 2.0 * (double)channels + 8.0);
    for (size_t threads = 2; threads <= 3; threads++) {
        guarded again = measure(&c, parts, &target, threads);
        assert_memory_equal(again.data, fused.data, fused.count * sizeof(float));
        guarded_free(&again);
    }
    guarded_free(&y), guarded_free(&target), guarded_free(&whole), guarded_free(&fused);
    conv_free(&c);
}

static void test_distances_without_output_equal_those_of_the_output(void **state)
{
    (void)state;
    static const struct {
        lad_conv_shape s;
        size_t parts;
    } cases[] = {{{1, 19, 16, 32, 384, 4, 4, 1, 0, 0, 0, false}, 2}, {{2, 9, 14, 20, 90, 3, 3, 1, 1, 0, 0, false}, 3},
                 {{1, 9, 9, 300, 64, 4, 4, 1, 0, 0, 0, false}, 2},   {{1, 6, 7, 40, 48, 1, 1, 1, 0, 0, 0, false}, 2},
                 {{1, 12, 12, 16, 17, 4, 4, 1, 2, 0, 0, false}, 1},  {{1, 9, 12, 256, 384, 3, 3, 1, 0, 0, 0, true}, 2},
                 {{1, 7, 12, 256, 300, 3, 3, 1, 1, 0, 0, true}, 3}};
    size_t count;
    const lad_kernels *const *tables = isas(&count);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_distances(lad_kernels_get(LAD_ISA_REF), &cases[i].s, cases[i].parts);
        for (size_t t = 0; t < count; t++) check_distances(tables[t], &cases[i].s, cases[i].parts);
    }
}

/* From flags and the gradient of what was pooled, against the gradient spread over the whole output y. */
static void check_pooled_gradient(const conv *c, lad_pool *pool, size_t threads, const guarded *y, const uint8_t *flags)
{
    const lad_conv_shape *s = &c->s;
    size_t h = lad_conv_out_h(s), w = lad_conv_out_w(s);
    guarded d_pooled = guarded_random(s->n * (h / 2) * (w / 2) * s->oc, 16), d_y = guarded_new(y->count);
    lad_avgpool2_backward(c->k, NULL, s->n, h, w, s->oc, d_pooled.data, y->data, d_y.data);
    guarded d_w[2], d_bias[2];
    guarded scratch = guarded_new(lad_conv_scratch_bytes(c->k, s, LAD_CONV_BACKWARD_WEIGHTS, threads) / sizeof(float));
    for (size_t i = 0; i < 2; i++) d_w[i] = guarded_random(c->w.count, 21), d_bias[i] = guarded_random(s->oc, 22);
    lad_conv_backward_weights(c->k, pool, s, c->x.data, d_y.data, d_w[0].data, d_bias[0].data, scratch.data);
    lad_conv_backward_weights_pooled(c->k, pool, s, c->x.data, d_pooled.data, flags, d_w[1].data, d_bias[1].data,
                                     scratch.data);
    guarded_check(&d_w[1], "d_w before pooling"), guarded_check(&scratch, "scratch of d_w");
    assert_memory_equal(d_w[1].data, d_w[0].data, d_w[0].count * sizeof(float));
    assert_memory_equal(d_bias[1].data, d_bias[0].data, d_bias[0].count * sizeof(float));
    for (size_t i = 0; i < 2; i++) guarded_free(&d_w[i]), guarded_free(&d_bias[i]);
    guarded_free(&d_pooled), guarded_free(&d_y), guarded_free(&scratch);
}

static void test_pooling_at_once_gives_the_same_bytes(void **state)
{
    (void)state;
    static const lad_conv_shape shapes[] = {{1, 21, 20, 3, 37, 4, 4, 1, 0, 0, 0, false},
                                            {2, 8, 11, 3, 64, 4, 4, 1, 0, 0, 0, false}};
    size_t count, cases = 0;
    const lad_kernels *const *tables = isas(&count);
    for (size_t i = 0; i < 2 * count; i++) {
        conv c = conv_new(tables[i / 2], &shapes[i % 2]);
        size_t h = lad_conv_out_h(&c.s), w = lad_conv_out_w(&c.s);
        assert_true(lad_conv_pools(c.k, &c.s));
        guarded y = forward(&c, true), whole = guarded_new(c.s.n * (h / 2) * (w / 2) * c.s.oc);
        lad_avgpool2_forward(c.k, NULL, c.s.n, h, w, c.s.oc, y.data, whole.data);
        for (size_t threads = 1; threads <= 3; threads++, cases++) {
            lad_pool *pool = NULL;
            assert_int_equal(lad_pool_create(threads, &pool), LAD_OK);
            guarded got = guarded_new(whole.count);
            uint8_t *flags = lad_alloc(whole.count, 1);
            guarded scratch = guarded_new(lad_conv_pooled_scratch_bytes(&c.s, threads) / sizeof(float));
            lad_conv_forward_pooled(c.k, pool, &c.s, c.x.data, c.packed[0].data, c.bias.data, true, got.data,
                                    threads == 1 ? NULL : flags, scratch.data);
            guarded_check(&got, "pooled"), guarded_check(&scratch, "scratch of pooling");
            assert_memory_equal(got.data, whole.data, whole.count * sizeof(float));
            if (threads > 1) check_pooled_gradient(&c, pool, threads, &y, flags);
            lad_free(flags);
            guarded_free(&got), guarded_free(&scratch);
            lad_pool_destroy(&pool);
        }
        guarded_free(&y), guarded_free(&whole);
        conv_free(&c);
    }
    assert_int_equal(cases, 6 * count);
}

static void check_part_forward(const conv *whole, const conv *part)
{
    const lad_conv_shape *s = &part->s;
    guarded want = forward(whole, false), got = forward(part, false);
    for (size_t p = 0; p < whole->positions; p++)
        assert_memory_equal(got.data + p * s->oc + s->part_first, want.data + p * s->oc + s->part_first,
                            s->part_count * sizeof(float));
    guarded_free(&want), guarded_free(&got);
}

static guarded backward_data(const conv *c, const guarded *d_y)
{
    guarded d_x = guarded_new(c->x.count);
    guarded scratch = guarded_new(lad_conv_scratch_bytes(c->k, &c->s, LAD_CONV_BACKWARD_DATA, 1) / sizeof(float));
    lad_conv_backward_data(c->k, NULL, &c->s, d_y->data, c->packed[1].data, d_x.data, scratch.data);
    guarded_check(&d_x, "d_x"), guarded_check(&scratch, "scratch of d_x");
    guarded_free(&scratch);
    return d_x;
}

static void check_part_data(const conv *whole, const conv *part, const guarded *d_y)
{
    guarded want = backward_data(whole, d_y), got = backward_data(part, d_y), scale = guarded_new(want.count);
    guarded d_y_abs = guarded_abs(d_y), w_abs = guarded_abs(&whole->w);
    lad_conv_shape plain = whole->s;
    lad_conv_backward_data_ref(NULL, &plain, d_y_abs.data, w_abs.data, scale.data);
    check_close("d_x of a part", got.data, want.data, scale.data, want.count, 22.6 * 22.6); /* as kernels_conv_test.c */
    guarded_free(&want), guarded_free(&got), guarded_free(&scale), guarded_free(&d_y_abs), guarded_free(&w_abs);
}

static void backward_weights(const conv *c, const guarded *d_y, guarded *d_w, guarded *d_bias)
{
    *d_w = guarded_random(c->w.count, 21), *d_bias = guarded_random(c->s.oc, 22);
    guarded scratch = guarded_new(lad_conv_scratch_bytes(c->k, &c->s, LAD_CONV_BACKWARD_WEIGHTS, 1) / sizeof(float));
    lad_conv_backward_weights(c->k, NULL, &c->s, c->x.data, d_y->data, d_w->data, d_bias->data, scratch.data);
    guarded_check(d_w, "d_w"), guarded_check(d_bias, "d_bias"), guarded_check(&scratch, "scratch of d_w");
    guarded_free(&scratch);
}

/* With d_y zero outside the part, also the whole's gradient there is zero. */
static void check_part_weights(const conv *whole, const conv *part, const guarded *d_y)
{
    guarded d_w[2], d_bias[2];
    backward_weights(whole, d_y, &d_w[0], &d_bias[0]);
    backward_weights(part, d_y, &d_w[1], &d_bias[1]);
    assert_memory_equal(d_w[1].data, d_w[0].data, d_w[0].count * sizeof(float));
    assert_memory_equal(d_bias[1].data, d_bias[0].data, d_bias[0].count * sizeof(float));
    for (size_t i = 0; i < 2; i++) guarded_free(&d_w[i]), guarded_free(&d_bias[i]);
}

static void test_a_part_of_the_channels_equals_that_part_of_all(void **state)
{
    (void)state;
    static const lad_conv_shape shapes[] = {{1, 19, 16, 32, 384, 4, 4, 1, 0, 192, 192, false},
                                            {2, 9, 14, 20, 640, 3, 3, 1, 1, 0, 320, false},
                                            {1, 11, 9, 24, 50, 4, 4, 1, 0, 7, 30, false},
                                            {1, 6, 7, 40, 48, 1, 1, 1, 0, 16, 32, false}};
    size_t count;
    const lad_kernels *const *tables = isas(&count);
    for (size_t i = 0; i < 4 * (count + 1); i++) {
        const lad_kernels *k = i / 4 < count ? tables[i / 4] : lad_kernels_get(LAD_ISA_REF);
        lad_conv_shape s = shapes[i % 4];
        conv part = conv_new(k, &s);
        s.part_first = s.part_count = 0;
        conv whole = conv_new(k, &s);
        guarded d_y = guarded_random(whole.positions * s.oc, 15);
        for (size_t e = 0; e < d_y.count; e++)
            if (e % s.oc < part.s.part_first || e % s.oc >= part.s.part_first + part.s.part_count) d_y.data[e] = 0.0f;
        check_part_forward(&whole, &part);
        check_part_data(&whole, &part, &d_y);
        check_part_weights(&whole, &part, &d_y);
        guarded_free(&d_y);
        conv_free(&whole), conv_free(&part);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_distances_without_output_equal_those_of_the_output),
        cmocka_unit_test(test_pooling_at_once_gives_the_same_bytes),
        cmocka_unit_test(test_a_part_of_the_channels_equals_that_part_of_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
