/* Shapes and parameter counts of the networks, the counts worked out by hand from the tables of the paper. */
#include "model/architecture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

typedef size_t architecture_fn(lad_pdn_size size, lad_layer_spec *specs);

static lad_network *make(architecture_fn *architecture, lad_pdn_size size)
{
    lad_layer_spec specs[LAD_ARCHITECTURE_MAX_LAYERS];
    size_t layers = architecture(size, specs);
    lad_network *network = NULL;
    lad_error err;
    /* A minimal plan: 64x64 is enough for shapes and parameters, the autoencoder needs all of 256x256. */
    size_t side = architecture == lad_architecture_autoencoder ? 256 : 64;
    assert_int_equal(lad_network_create(lad_kernels_best(), NULL, specs, layers, 1, side, side, 3, LAD_NETWORK_SHARED,
                                        &network, &err),
                     LAD_OK);
    return network;
}

static size_t parameters(architecture_fn *architecture, lad_pdn_size size)
{
    lad_network *network = make(architecture, size);
    size_t total = lad_network_block(network).total;
    lad_network_destroy(&network);
    return total;
}

static void test_pdn_256_pixels_gives_56_cells(void **state)
{
    (void)state;
    for (lad_pdn_size size = LAD_PDN_XS; size <= LAD_PDN_M; size++) {
        lad_network *network = make(lad_architecture_student, size);
        size_t oh = 0, ow = 0, oc = 0;
        assert_true(lad_network_out_shape(network, 1, 256, 256, &oh, &ow, &oc));
        assert_int_equal(oh, 56);
        assert_int_equal(ow, 56);
        assert_int_equal(oc, 2 * lad_pdn_channels(size));
        lad_network_destroy(&network);
    }
}

static void test_pdn_33_pixels_is_the_receptive_field(void **state)
{
    (void)state;
    lad_network *network = make(lad_architecture_teacher, LAD_PDN_S);
    size_t oh = 0, ow = 0, oc = 0;
    assert_true(lad_network_out_shape(network, 1, 33, 33, &oh, &ow, &oc));
    assert_int_equal(oh * ow, 1);
    assert_int_equal(oc, 384);
    assert_false(lad_network_out_shape(network, 1, 32, 33, &oh, &ow, &oc));
    lad_network_destroy(&network);
}

static void test_autoencoder_256_pixels_gives_56_cells(void **state)
{
    (void)state;
    lad_network *network = make(lad_architecture_autoencoder, LAD_PDN_XS);
    size_t oh = 0, ow = 0, oc = 0;
    assert_true(lad_network_out_shape(network, 1, 256, 256, &oh, &ow, &oc));
    assert_int_equal(oh, 56);
    assert_int_equal(ow, 56);
    assert_int_equal(oc, 192);
    lad_network_destroy(&network);
}

static void test_teacher_parameter_counts_match_the_tables(void **state)
{
    (void)state;
    /* 3*16*64+64 | 64*16*128+128 | 128*9*128+128 | 128*16*192+192 */
    assert_int_equal(parameters(lad_architecture_teacher, LAD_PDN_XS), 3136 + 131200 + 147584 + 393408);
    /* 3*16*128+128 | 128*16*256+256 | 256*9*256+256 | 256*16*384+384 */
    assert_int_equal(parameters(lad_architecture_teacher, LAD_PDN_S), 6272 + 524544 + 590080 + 1573248);
    /* 3*16*256+256 | 256*16*512+512 | 512*512+512 | 512*9*512+512 | 512*16*384+384 | 384*384+384 */
    assert_int_equal(parameters(lad_architecture_teacher, LAD_PDN_M),
                     12544 + 2097664 + 262656 + 2359808 + 3146112 + 147840);
}

static void test_student_parameter_counts_match_the_tables(void **state)
{
    (void)state;
    assert_int_equal(parameters(lad_architecture_student, LAD_PDN_XS), 3136 + 131200 + 147584 + 786816);
    assert_int_equal(parameters(lad_architecture_student, LAD_PDN_S), 6272 + 524544 + 590080 + 3146496);
    /* ... | 512*16*768+768 | 768*768+768 */
    assert_int_equal(parameters(lad_architecture_student, LAD_PDN_M),
                     12544 + 2097664 + 262656 + 2359808 + 6292224 + 590592);
}

static void test_autoencoder_parameter_counts_match_the_tables(void **state)
{
    (void)state;
    /* 3*16*32+32 | 32*16*32+32 | 32*16*64+64 | twice 64*16*64+64 | 64*64*64+64 */
    size_t encoder = 1568 + 16416 + 32832 + 2 * 65600 + 262208;
    /* 64*6272+6272 | 32*9*64+64 | 64*9*64+64 | 64*9*192+192 */
    size_t dense_decoder = 407680 + 18496 + 36928 + 110784;
    assert_int_equal(parameters(lad_architecture_autoencoder, LAD_PDN_XS), encoder + dense_decoder);
    /* six times 64*16*64+64 | 64*9*64+64, 64*9*C+C */
    size_t decoder = 6 * 65600 + 36928;
    assert_int_equal(parameters(lad_architecture_autoencoder, LAD_PDN_S), encoder + decoder + 221568);
}

static void test_parameter_names_follow_the_file_format(void **state)
{
    (void)state;
    lad_network *network = make(lad_architecture_autoencoder, LAD_PDN_S);
    assert_int_equal(lad_network_param_count(network), 2 * (6 + 8));
    assert_string_equal(lad_network_param(network, 0)->name, "encoder.enconv1.weight");
    assert_string_equal(lad_network_param(network, 11)->name, "encoder.enconv6.bias");
    const lad_param *last = lad_network_param(network, 26);
    assert_string_equal(last->name, "decoder.deconv8.weight");
    assert_int_equal(last->dims, 4);
    const size_t shape[4] = {384, 64, 3, 3};
    assert_memory_equal(last->shape, shape, sizeof shape);
    lad_network_destroy(&network);

    network = make(lad_architecture_autoencoder, LAD_PDN_XS);
    assert_int_equal(lad_network_param_count(network), 2 * (6 + 4));
    assert_string_equal(lad_network_param(network, 12)->name, "decoder.dense.weight");
    assert_string_equal(lad_network_param(network, 19)->name, "decoder.deconv3.bias");
    lad_network_destroy(&network);
}

static void test_pdn_names_go_both_ways(void **state)
{
    (void)state;
    for (lad_pdn_size size = LAD_PDN_XS; size <= LAD_PDN_M; size++) {
        lad_pdn_size back = size == LAD_PDN_XS ? LAD_PDN_M : LAD_PDN_XS;
        assert_true(lad_pdn_from_name(lad_pdn_name(size), &back));
        assert_int_equal(back, size);
    }
    lad_pdn_size unused;
    assert_false(lad_pdn_from_name("pdn-l", &unused));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pdn_256_pixels_gives_56_cells),
        cmocka_unit_test(test_pdn_33_pixels_is_the_receptive_field),
        cmocka_unit_test(test_autoencoder_256_pixels_gives_56_cells),
        cmocka_unit_test(test_teacher_parameter_counts_match_the_tables),
        cmocka_unit_test(test_student_parameter_counts_match_the_tables),
        cmocka_unit_test(test_autoencoder_parameter_counts_match_the_tables),
        cmocka_unit_test(test_parameter_names_follow_the_file_format),
        cmocka_unit_test(test_pdn_names_go_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
