/* Adam against a sequence worked out by hand, and against its definition in double on every instruction set. */
#include "base/rng.h"
#include "kernels/kernels.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static void test_adam_hand_computed_sequence(void **state)
{
    (void)state;
    /* lr 0.1, gradients 2, 2, -1 on one parameter that starts at 1:
     * t 1: m 0.2, v 0.004; m^ 2, v^ 4; step 0.1 * 2 / 2 = 0.1                                  -> 0.9
     * t 2: m 0.38, v 0.007996; m^ 0.38 / 0.19 = 2, v^ 0.007996 / 0.001999 = 4; step 0.1        -> 0.8
     * t 3: m 0.242, v 0.008988004; m^ 0.242 / 0.271 = 0.8929889299,
     *      v^ 0.008988004 / 0.002997001 = 2.9989993330; step 0.1 * 0.8929889299 / 1.7317619158
     *      = 0.0515653406                                                                      -> 0.7484346594 */
    const float gradients[3] = {2.0f, 2.0f, -1.0f};
    const double expected[3] = {0.9, 0.8, 0.7484346594};
    for (lad_isa isa = LAD_ISA_REF; isa < LAD_ISA_COUNT; isa++) {
        const lad_kernels *k = lad_kernels_get(isa);
        if (!k) continue;
        float p = 1.0f, m = 0.0f, v = 0.0f;
        for (size_t t = 1; t <= 3; t++) {
            lad_adam_step(k, NULL, 1, &p, &gradients[t - 1], &m, &v, 0.1f, 0.0f, t);
            /* 1 - 0.999^t loses digits in float: its relative error is about eps / (0.001 t). */
            assert_true(fabs((double)p - expected[t - 1]) <
                        0.1 * (double)FLT_EPSILON / 0.001 + 4 * (double)FLT_EPSILON);
        }
    }
}

static void test_adam_weight_decay_is_added_to_the_gradient(void **state)
{
    (void)state;
    /* g = 0 + 0.5 * 4 = 2, so the first step is lr in g's direction. */
    float p = 4.0f, gradient = 0.0f, m = 0.0f, v = 0.0f;
    lad_adam_step(lad_kernels_best(), NULL, 1, &p, &gradient, &m, &v, 0.25f, 0.5f, 1);
    assert_true(fabsf(p - 3.75f) < 1e-4f);
    assert_true(fabsf(m - 0.2f) < 1e-6f);
}

static void test_adam_all_instruction_sets_follow_the_definition(void **state)
{
    (void)state;
    enum { COUNT = 1003, STEPS = 5 };
    static float p[COUNT], g[COUNT], m[COUNT], v[COUNT];
    static double p_exact[COUNT], m_exact[COUNT], v_exact[COUNT];
    for (lad_isa isa = LAD_ISA_REF; isa < LAD_ISA_COUNT; isa++) {
        const lad_kernels *k = lad_kernels_get(isa);
        if (!k) continue;
        lad_rng rng = lad_rng_seed(99, 1);
        for (size_t i = 0; i < COUNT; i++) {
            p_exact[i] = (double)(p[i] = lad_rng_normal(&rng));
            m_exact[i] = v_exact[i] = (double)(m[i] = v[i] = 0.0f);
        }
        for (size_t t = 1; t <= STEPS; t++) {
            for (size_t i = 0; i < COUNT; i++) g[i] = lad_rng_normal(&rng);
            lad_adam_step(k, NULL, COUNT, p, g, m, v, 1e-2f, 1e-3f, t);
            for (size_t i = 0; i < COUNT; i++) {
                double gradient = (double)g[i] + (double)1e-3f * p_exact[i];
                m_exact[i] = 0.9 * m_exact[i] + 0.1 * gradient;
                v_exact[i] = 0.999 * v_exact[i] + 0.001 * gradient * gradient;
                p_exact[i] -= (double)1e-2f * (m_exact[i] / (1.0 - pow(0.9, (double)t))) /
                              (sqrt(v_exact[i] / (1.0 - pow(0.999, (double)t))) + 1e-8);
            }
        }
        /* Each step is at most about lr sqrt(t); its relative error that of 1 - 0.999f, eps / 0.001. */
        double tolerance = STEPS * 1e-2 * 3.0 * (double)FLT_EPSILON / 0.001 + STEPS * 4.0 * (double)FLT_EPSILON;
        for (size_t i = 0; i < COUNT; i++)
            if (!(fabs((double)p[i] - p_exact[i]) <= tolerance))
                fail_msg("%s: parameter %zu is %.9g, not %.9g", lad_kernels_name(k), i, (double)p[i], p_exact[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_adam_hand_computed_sequence),
        cmocka_unit_test(test_adam_weight_decay_is_added_to_the_gradient),
        cmocka_unit_test(test_adam_all_instruction_sets_follow_the_definition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
