/* Model files: what is written comes back, what is broken is refused with a sentence, maps are what they should be. */
#include "count_allocations.h"
#include "model_fixture.h"

#include "model/safetensors.h"

#include <float.h>
#include <math.h>

static fixture fix;

static int set_up(void **state)
{
    (void)state;
    fixture_init(&fix, NULL, LAD_NETWORK_SHARED);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_deinit(&fix);
    return 0;
}

static void test_save_load_f32_keeps_every_bit(void **state)
{
    (void)state;
    const lad_meta extra[] = {{"seed", "17"}, {"penalty", "procedural \"v1\""}};
    fix.parts.extra = extra;
    fix.parts.extra_count = 2;
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    lad_error err;
    assert_int_equal(lad_detector_save(&fix.parts, false, &bytes, &size_bytes, &err), LAD_OK);
    fix.parts.extra_count = 0;

    lad_safetensors *st = NULL;
    assert_int_equal(lad_safetensors_read(bytes, size_bytes, "m", &st, &err), LAD_OK);
    assert_int_equal(lad_safetensors_count(st), 8 + 8 + 20 + 6);
    const lad_st_tensor *tensor = lad_safetensors_find(st, "ae.encoder.enconv3.weight");
    assert_non_null(tensor);
    const lad_param *param = lad_network_param(fix.networks[FIXTURE_AUTOENCODER], 4);
    assert_string_equal(param->name, "encoder.enconv3.weight");
    assert_memory_equal(tensor->data, param->value, param->count * sizeof(float));
    lad_safetensors_destroy(&st);

    lad_detector *detector = NULL;
    assert_int_equal(lad_detector_create(bytes, size_bytes, "m", lad_kernels_best(), NULL, &detector, &err), LAD_OK);
    memset(bytes, 0xee, size_bytes); /* the detector must not look at them again */
    const lad_detector_info *info = lad_detector_get_info(detector);
    assert_string_equal(info->architecture, "pdn-xs");
    assert_string_equal(info->category, "pushpins");
    assert_string_equal(info->margin_form, "novel");
    assert_true(info->margin == 3.0 && info->threshold == 0.1234567890123 && info->false_alarm_rate == 0.05);
    assert_true(info->map_threshold == 0.21);
    assert_int_equal(info->channels, 192);
    assert_int_equal(info->score_border, 4);
    assert_int_equal(strlen(info->sha256), 64);
    assert_string_equal(lad_detector_meta(detector, "seed"), "17");
    assert_string_equal(lad_detector_meta(detector, "penalty"), "procedural \"v1\"");
    assert_null(lad_detector_meta(detector, "nothing"));
    const lad_map_rule *rule = lad_detector_map_rule(detector);
    assert_memory_equal(&rule->quantiles, &fix.parts.map_rule.quantiles, sizeof rule->quantiles);
    assert_null(rule->positions);
    assert_int_equal(rule->combine, LAD_MAP_COMBINE_MEAN);
    lad_detector_destroy(&detector);
    lad_free(bytes);
}

static void test_save_load_keeps_the_map_rule(void **state)
{
    (void)state;
    enum { CELLS = LAD_MAP_SIZE * LAD_MAP_SIZE };
    static float positions[LAD_POSITION_PARTS * CELLS];
    for (size_t i = 0; i < LAD_POSITION_PARTS * CELLS; i++) positions[i] = 0.5f + (float)i / 4096.0f;
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    lad_error err = {0};
    lad_detector *detector = NULL;
    lad_detector_parts parts = fix.parts;
    parts.map_rule.combine = LAD_MAP_COMBINE_MAX;
    parts.map_rule.positions = positions;
    parts.map_rule.smoothing = 1.5;
    assert_int_equal(lad_detector_save(&parts, true, &bytes, &size_bytes, &err), LAD_OK);
    assert_int_equal(lad_detector_create(bytes, size_bytes, "m", lad_kernels_best(), NULL, &detector, &err), LAD_OK);
    const lad_map_rule *rule = lad_detector_map_rule(detector);
    assert_int_equal(rule->combine, LAD_MAP_COMBINE_MAX);
    assert_memory_equal(rule->positions, positions, sizeof positions);
    assert_true(rule->smoothing == 1.5);
    assert_string_equal(lad_detector_meta(detector, "map_norm"), "position");
    assert_string_equal(lad_detector_meta(detector, "map_combine"), "max");
    lad_detector_destroy(&detector);
    lad_free(bytes);
    positions[LAD_POSITION_STD_AE * CELLS + 7] = 0.0f;
    assert_int_equal(lad_detector_save(&parts, true, &bytes, &size_bytes, &err), LAD_OK);
    assert_int_equal(lad_detector_create(bytes, size_bytes, "m", lad_kernels_best(), NULL, &detector, &err),
                     LAD_ERR_FORMAT);
    assert_string_equal(err.text, "m: a standard deviation in \"positions.std_ae\" is not above 0.");
    lad_free(bytes);
}

static void test_save_load_f16_is_within_half_a_unit(void **state)
{
    (void)state;
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    assert_int_equal(lad_detector_save(&fix.parts, true, &bytes, &size_bytes, NULL), LAD_OK);
    lad_safetensors *st = NULL;
    assert_int_equal(lad_safetensors_read(bytes, size_bytes, "m", &st, NULL), LAD_OK);
    const lad_st_tensor *tensor = lad_safetensors_find(st, "student.conv2.weight");
    const lad_param *param = lad_network_param(fix.networks[FIXTURE_STUDENT], 2);
    assert_true(tensor && tensor->f16 && tensor->count == param->count);
    float *values = malloc(tensor->count * sizeof *values);
    lad_st_tensor_floats(tensor, values);
    for (size_t i = 0; i < tensor->count; i++) {
        /* 11 significant bits; below 2^-14 the spacing stays 2^-24. */
        double unit = ldexp(1.0, ilogb(fmax(fabs((double)param->value[i]), 0x1p-14)) - 10);
        assert_true(fabs((double)values[i] - (double)param->value[i]) <= 0.5 * unit);
    }
    tensor = lad_safetensors_find(st, "mean_std.mean");
    assert_true(tensor && !tensor->f16);
    free(values);
    lad_safetensors_destroy(&st);
    lad_free(bytes);
}

static void test_save_is_deterministic(void **state)
{
    (void)state;
    uint8_t *bytes[2] = {NULL, NULL};
    size_t size_bytes[2] = {0, 0};
    for (int i = 0; i < 2; i++)
        assert_int_equal(lad_detector_save(&fix.parts, true, &bytes[i], &size_bytes[i], NULL), LAD_OK);
    assert_int_equal(size_bytes[0], size_bytes[1]);
    assert_memory_equal(bytes[0], bytes[1], size_bytes[0]);
    lad_free(bytes[0]);
    lad_free(bytes[1]);
}

static void test_teacher_file_goes_both_ways(void **state)
{
    (void)state;
    const lad_network *teacher = fix.networks[FIXTURE_TEACHER];
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    const lad_meta extra[] = {{"steps", "1150"}};
    assert_int_equal(lad_teacher_save(LAD_PDN_XS, teacher, extra, 1, false, &bytes, &size_bytes, NULL), LAD_OK);
    lad_network *back = NULL;
    lad_pdn_size size = LAD_PDN_M;
    char sha256[65];
    lad_error err;
    assert_int_equal(lad_teacher_create(bytes, size_bytes, "t", lad_kernels_best(), NULL, 1, LAD_NETWORK_SHARED, &size,
                                        &back, sha256, &err),
                     LAD_OK);
    assert_int_equal(size, LAD_PDN_XS);
    for (size_t i = 0; i < lad_network_param_count(teacher); i++)
        assert_memory_equal(lad_network_param(back, i)->value, lad_network_param(teacher, i)->value,
                            lad_network_param(teacher, i)->count * sizeof(float));
    lad_network_destroy(&back);

    /* A teacher is no detector, and a detector no teacher. */
    lad_detector *detector = NULL;
    assert_int_equal(lad_detector_create(bytes, size_bytes, "t", lad_kernels_best(), NULL, &detector, &err),
                     LAD_ERR_FORMAT);
    lad_free(bytes);
    assert_int_equal(lad_detector_save(&fix.parts, true, &bytes, &size_bytes, NULL), LAD_OK);
    assert_int_equal(lad_teacher_create(bytes, size_bytes, "d", lad_kernels_best(), NULL, 1, LAD_NETWORK_SHARED, &size,
                                        &back, sha256, &err),
                     LAD_ERR_FORMAT);
    assert_string_equal(err.text, "d holds more tensors than a teacher has.");
    lad_free(bytes);
}

/* --- broken files: the good one with one thing changed --- */

typedef struct change {
    const char *part;              /* of the sentence */
    const char *meta, *meta_value; /* metadata entry to set; value NULL: to leave out */
    const char *tensor;            /* to leave out, or to give another shape or value */
    size_t dims, shape[4];         /* the other shape */
    const char *extra;             /* one more tensor */
    float value;                   /* of all elements, when not 0 or `zero` */
    bool zero;
} change;

static const change CHANGES[] = {
    {"no format version", .meta = "format_version"},
    {"format version \"2\"", .meta = "format_version", .meta_value = "2"},
    {"architecture", .meta = "architecture"},
    {"architecture \"pdn-l\"", .meta = "architecture", .meta_value = "pdn-l"},
    {"channels", .meta = "architecture", .meta_value = "pdn-s"},
    {"channels", .meta = "channels", .meta_value = "384"},
    {"\"channels\" is not a number", .meta = "channels", .meta_value = "many"},
    {"lack \"input_size\"", .meta = "input_size"},
    {"512 pixels", .meta = "input_size", .meta_value = "512"},
    {"lack \"threshold\"", .meta = "threshold"},
    {"\"threshold\" is not a number", .meta = "threshold", .meta_value = "nan"},
    {"\"threshold\" is not a number", .meta = "threshold", .meta_value = ""},
    {"\"map_threshold\" is not a number", .meta = "map_threshold", .meta_value = "high"},
    {"\"margin\" is not a number", .meta = "margin", .meta_value = "1e999"},
    {"border", .meta = "score_border", .meta_value = "28"},
    {"border", .meta = "score_border", .meta_value = "-1"},
    {"border", .meta = "score_border", .meta_value = "2.5"},
    {"false-alarm rate", .meta = "false_alarm_rate", .meta_value = "1.5"},
    {"map order", .meta = "map_order", .meta_value = "sideways"},
    {"map_norm \"sideways\"", .meta = "map_norm", .meta_value = "sideways"},
    {"\"positions.mean_st\" is missing", .meta = "map_norm", .meta_value = "position"},
    {"\"positions.mean_st\" does not belong", .extra = "positions.mean_st"},
    {"map_combine \"min\"", .meta = "map_combine", .meta_value = "min"},
    {"map_smoothing is -1, not 0 to 4", .meta = "map_smoothing", .meta_value = "-1"},
    {"map_smoothing is 4.5, not 0 to 4", .meta = "map_smoothing", .meta_value = "4.5"},
    {"\"map_smoothing\" is not a number", .meta = "map_smoothing", .meta_value = "much"},
    {"\"category\" is longer", .meta = "category",
     .meta_value = "0123456789012345678901234567890123456789012345678901234567890123"},
    {"\"teacher.conv1.weight\" is missing", .tensor = "teacher.conv1.weight"},
    {"\"ae.decoder.deconv3.bias\" is missing", .tensor = "ae.decoder.deconv3.bias"},
    {"\"mean_std.std\" is missing", .tensor = "mean_std.std"},
    {"\"quantiles.qa_st\" is missing", .tensor = "quantiles.qa_st"},
    {"\"student.conv4.weight\" has the wrong shape", .tensor = "student.conv4.weight", .dims = 4,
     .shape = {128, 384, 4, 4}},
    {"\"student.conv4.bias\" has the wrong shape", .tensor = "student.conv4.bias", .dims = 2, .shape = {384, 1}},
    {"\"mean_std.mean\" has the wrong shape", .tensor = "mean_std.mean", .dims = 1, .shape = {192}},
    {"\"quantiles.qa_ae\" has the wrong shape", .tensor = "quantiles.qa_ae", .dims = 1, .shape = {1}},
    {"\"teacher.conv5.weight\" does not belong", .extra = "teacher.conv5.weight"},
    {"\"teacher\" does not belong", .extra = "teacher"},
    {"\"backdoor\" does not belong", .extra = "backdoor"},
    {"standard deviation", .tensor = "mean_std.std", .zero = true},
    {"standard deviation", .tensor = "mean_std.std", .value = -1.0f},
    {"quantile", .tensor = "quantiles.qb_st", .value = 1.0f},
    {"quantile", .tensor = "quantiles.qb_ae", .value = 0.25f},
};

static const char *const META_KEYS[] = {"format_version", "architecture",  "channels",         "input_size",
                                        "map_order",      "category",      "margin_form",      "margin",
                                        "threshold",      "score_border",  "false_alarm_rate", "map_norm",
                                        "map_combine",    "map_threshold", "map_smoothing"};

static void copy_meta(lad_st_writer *writer, const lad_safetensors *good, const change *ch)
{
    for (size_t i = 0; i < sizeof META_KEYS / sizeof *META_KEYS; i++) {
        const char *value = lad_safetensors_meta(good, META_KEYS[i]);
        if (ch->meta && strcmp(ch->meta, META_KEYS[i]) == 0) value = ch->meta_value;
        if (value) assert_int_equal(lad_st_writer_meta(writer, META_KEYS[i], value), LAD_OK);
    }
}

static void copy_tensors(lad_st_writer *writer, const lad_safetensors *good, const change *ch)
{
    for (size_t i = 0; i < lad_safetensors_count(good); i++) {
        lad_st_tensor tensor = *lad_safetensors_at(good, i);
        float *values = malloc(tensor.count * sizeof *values);
        lad_st_tensor_floats(&tensor, values);
        bool leave_out = false;
        if (ch->tensor && strcmp(ch->tensor, tensor.name) == 0) {
            leave_out = ch->dims == 0 && ch->value == 0.0f && !ch->zero;
            if (ch->dims > 0) {
                tensor.dims = ch->dims;
                memcpy(tensor.shape, ch->shape, sizeof ch->shape);
            }
            if (ch->value != 0.0f || ch->zero)
                for (size_t j = 0; j < tensor.count; j++) values[j] = ch->value;
        }
        if (!leave_out)
            assert_int_equal(lad_st_writer_tensor(writer, tensor.name, tensor.f16, tensor.dims, tensor.shape, values),
                             LAD_OK);
        free(values);
    }
    const float one = 1.0f;
    if (ch->extra) assert_int_equal(lad_st_writer_tensor(writer, ch->extra, false, 1, (size_t[]){1}, &one), LAD_OK);
}

static lad_status create_changed(const lad_safetensors *good, const change *ch, lad_error *err)
{
    lad_st_writer *writer = NULL;
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    lad_detector *detector = NULL;
    assert_int_equal(lad_st_writer_create(&writer), LAD_OK);
    copy_meta(writer, good, ch);
    copy_tensors(writer, good, ch);
    assert_int_equal(lad_st_writer_finish(writer, &bytes, &size_bytes, NULL), LAD_OK);
    lad_st_writer_destroy(&writer);
    lad_status status = lad_detector_create(bytes, size_bytes, "broken", lad_kernels_best(), NULL, &detector, err);
    lad_detector_destroy(&detector);
    lad_free(bytes);
    return status;
}

static void test_create_broken_files_give_their_sentence(void **state)
{
    (void)state;
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    lad_error err;
    assert_int_equal(lad_detector_save(&fix.parts, true, &bytes, &size_bytes, NULL), LAD_OK);
    lad_safetensors *good = NULL;
    assert_int_equal(lad_safetensors_read(bytes, size_bytes, "good", &good, &err), LAD_OK);
    assert_int_equal(create_changed(good, &(change){0}, &err), LAD_OK); /* the copy itself is fine */
    for (size_t i = 0; i < sizeof CHANGES / sizeof *CHANGES; i++) {
        err.text[0] = '\0';
        lad_status status = create_changed(good, &CHANGES[i], &err);
        if (status == LAD_OK || strncmp(err.text, "broken", 6) != 0 || !strstr(err.text, CHANGES[i].part))
            fail_msg("case %zu (%s): status %d, sentence \"%s\"", i, CHANGES[i].part, (int)status, err.text);
    }
    lad_safetensors_destroy(&good);
    lad_free(bytes);
}

static void expect_refused(const uint8_t *bytes, size_t size_bytes)
{
    lad_detector *detector = NULL;
    lad_error err = {{0}};
    assert_int_equal(lad_detector_create(bytes, size_bytes, "broken", lad_kernels_best(), NULL, &detector, &err),
                     LAD_ERR_FORMAT);
    assert_memory_equal(err.text, "broken", 6);
    assert_null(detector);
}

static void test_create_broken_bytes_are_refused(void **state)
{
    (void)state;
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    assert_int_equal(lad_detector_save(&fix.parts, true, &bytes, &size_bytes, NULL), LAD_OK);
    uint8_t *longer = malloc(size_bytes + 1);
    memcpy(longer, bytes, size_bytes);
    longer[size_bytes] = 0;
    expect_refused(longer, size_bytes + 1);
    expect_refused(bytes, size_bytes - 1);
    expect_refused(bytes, 100);
    expect_refused(bytes, 0);
    memcpy(longer, bytes, size_bytes);
    const uint8_t nan_bytes[4] = {0x00, 0x00, 0xc0, 0x7f};
    memcpy(longer + size_bytes - 4, nan_bytes, 4); /* the last quantile */
    expect_refused(longer, size_bytes);
    free(longer);
    lad_free(bytes);
}

static void test_save_values_that_no_reader_takes_are_refused(void **state)
{
    (void)state;
    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    lad_error err = {{0}};
    float *value = lad_network_param(fix.networks[FIXTURE_STUDENT], 0)->value, kept = *value;
    *value = 1e6f;
    assert_int_not_equal(lad_detector_save(&fix.parts, true, &bytes, &size_bytes, &err), LAD_OK);
    assert_non_null(strstr(err.text, "student.conv1.weight"));
    *value = NAN;
    assert_int_not_equal(lad_detector_save(&fix.parts, false, &bytes, &size_bytes, &err), LAD_OK);
    assert_non_null(strstr(err.text, "student.conv1.weight"));
    *value = kept;
    const lad_meta twice = {"threshold", "1"};
    fix.parts.extra = &twice;
    fix.parts.extra_count = 1;
    assert_int_not_equal(lad_detector_save(&fix.parts, false, &bytes, &size_bytes, &err), LAD_OK);
    fix.parts.extra_count = 0;
    assert_null(bytes);
}

/* The maps, once more from the three networks: without folding, in double. */
static void expected_maps(const float *x, double *st, double *stae)
{
    const size_t c = 192, side = LAD_INPUT_SIZE;
    fixture full;
    fixture_init(&full, NULL, LAD_NETWORK_INFERENCE);
    const float *y[FIXTURE_NETWORKS];
    for (size_t i = 0; i < FIXTURE_NETWORKS; i++) {
        lad_network_pack(full.networks[i]);
        y[i] = lad_network_forward(full.networks[i], 1, side, side, x, NULL);
    }
    for (size_t i = 0; i < LAD_MAP_SIZE * LAD_MAP_SIZE; i++) {
        st[i] = stae[i] = 0.0;
        for (size_t j = 0; j < c; j++) {
            double t = ((double)y[FIXTURE_TEACHER][i * c + j] - (double)full.mean[j]) / (double)full.std[j];
            double s1 = (double)y[FIXTURE_STUDENT][i * 2 * c + j], s2 = (double)y[FIXTURE_STUDENT][i * 2 * c + c + j];
            double a = (double)y[FIXTURE_AUTOENCODER][i * c + j];
            st[i] += (t - s1) * (t - s1) / (double)c;
            stae[i] += (a - s2) * (a - s2) / (double)c;
        }
    }
    fixture_deinit(&full);
}

static void test_raw_maps_are_mean_squared_differences_and_allocate_nothing(void **state)
{
    (void)state;
    enum { POSITIONS = LAD_MAP_SIZE * LAD_MAP_SIZE, INPUTS = LAD_INPUT_SIZE * LAD_INPUT_SIZE * 3 };
    float *x = malloc(INPUTS * sizeof *x), st[POSITIONS], stae[POSITIONS];
    static double exact_st[POSITIONS], exact_stae[POSITIONS];
    lad_rng rng = lad_rng_seed(1, 9);
    for (size_t i = 0; i < INPUTS; i++) x[i] = lad_rng_range(&rng, -2.0f, 2.0f);
    expected_maps(x, exact_st, exact_stae);

    uint8_t *bytes = NULL;
    size_t size_bytes = 0;
    lad_detector *detector = NULL;
    assert_int_equal(lad_detector_save(&fix.parts, false, &bytes, &size_bytes, NULL), LAD_OK);
    assert_int_equal(lad_detector_create(bytes, size_bytes, "m", lad_kernels_best(), NULL, &detector, NULL), LAD_OK);
    size_t before = allocations, stride;
    assert_null(lad_detector_features(detector, LAD_OUTPUT_STUDENT_S2, &stride));
    lad_detector_raw_maps(detector, x, st, stae);
    assert_int_equal(allocations, before);
    /* Features of the last layer are float sums of 16 * 128 products, normalised by a std of 0.02 or more; their
     * squares then differ by twice that: (2048 + 192) eps times a few. */
    for (size_t i = 0; i < POSITIONS; i++) {
        double tolerance = 2.0 * (2048.0 + 192.0) * (double)FLT_EPSILON;
        assert_true(fabs((double)st[i] - exact_st[i]) <= tolerance * (1.0 + exact_st[i]));
        assert_true(fabs((double)stae[i] - exact_stae[i]) <= tolerance * (1.0 + exact_stae[i]));
        assert_true(exact_st[i] > 0.01 && exact_stae[i] > 1e-6);
    }
    /* The features that a person can look at are those that the maps were made of. */
    for (int pair = 0; pair < 2; pair++) {
        size_t stride_a, stride_b;
        const float *a = lad_detector_features(detector, pair ? LAD_OUTPUT_AUTOENCODER : LAD_OUTPUT_TEACHER, &stride_a);
        const float *b =
            lad_detector_features(detector, pair ? LAD_OUTPUT_STUDENT_S2 : LAD_OUTPUT_STUDENT_S1, &stride_b);
        for (size_t i = 0; i < POSITIONS; i += 97) {
            double sum = 0, map = (double)(pair ? stae : st)[i];
            for (size_t c = 0; c < 192; c++) {
                double d = (double)a[i * stride_a + c] - (double)b[i * stride_b + c];
                sum += d * d / 192.0;
            }
            assert_true(fabs(sum - map) <= 192.0 * (double)FLT_EPSILON * map);
        }
    }
    lad_detector_destroy(&detector);
    lad_free(bytes);
    free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_save_load_f32_keeps_every_bit),
        cmocka_unit_test(test_save_load_keeps_the_map_rule),
        cmocka_unit_test(test_save_load_f16_is_within_half_a_unit),
        cmocka_unit_test(test_save_is_deterministic),
        cmocka_unit_test(test_teacher_file_goes_both_ways),
        cmocka_unit_test(test_create_broken_files_give_their_sentence),
        cmocka_unit_test(test_create_broken_bytes_are_refused),
        cmocka_unit_test(test_save_values_that_no_reader_takes_are_refused),
        cmocka_unit_test(test_raw_maps_are_mean_squared_differences_and_allocate_nothing),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
