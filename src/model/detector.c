/* Reading a detector and running it; writing is in model_save.c. */
#include "model/detector.h"

#include "base/alloc.h"
#include "base/sha256.h"
#include "model/model_file.h"

#include <stdio.h>
#include <string.h>

enum { TEACHER, STUDENT, AUTOENCODER, NETWORKS };
enum {
    POSITIONS = LAD_MAP_SIZE * LAD_MAP_SIZE,
    HALF_SIZE = LAD_INPUT_SIZE / 2,
    HALF_SIDE = (HALF_SIZE - 32) / 4 /* of the teacher's output at half the resolution */
};

typedef size_t architecture_fn(lad_pdn_size size, lad_layer_spec *specs);

static const struct {
    const char *prefix;
    architecture_fn *architecture;
} SECTIONS[NETWORKS] = {
    [TEACHER] = {LAD_PREFIX_TEACHER, lad_architecture_teacher},
    [STUDENT] = {LAD_PREFIX_STUDENT, lad_architecture_student},
    [AUTOENCODER] = {LAD_PREFIX_AUTOENCODER, lad_architecture_autoencoder},
};

struct lad_detector {
    const lad_kernels *kernels;
    lad_pool *pool;
    lad_safetensors *file; /* kept for its metadata */
    lad_detector_info info;
    lad_map_rule map_rule;
    lad_global_head global;
    lad_network *networks[NETWORKS];
    lad_network *metric[LAD_METRIC_PARTS]; /* a 1x1 convolution of the differences each; NULL: means over channels */
    void *workspace;                       /* the networks take turns in it */
    size_t workspace_bytes;
    float *teacher_y, *autoencoder_y; /* [56, 56, C] */
    float *student_y;                 /* [56, 56, 2C], with a metric or where somebody asked for features; else NULL */
    float *difference, *zeros;        /* [56, 56, C], [56, 56, LAD_METRIC_ROWS], with a metric; else NULL */
    float *half_x;                    /* [128, 128, 3] */
    double *pooled;                   /* [12C], of the last picture, with a global head */
    bool ran, features_known;         /* a picture; the last one's student_y */
};

static lad_status read_text(const lad_safetensors *st, const char *file, const char *key, const char *fallback,
                            char *out, size_t out_bytes, lad_error *err)
{
    const char *text = lad_safetensors_meta(st, key);
    if (!text) text = fallback;
    if (strlen(text) >= out_bytes)
        return lad_fail(err, LAD_ERR_FORMAT, "%s: the metadata's \"%s\" is longer than %zu bytes.", file, key,
                        out_bytes - 1);
    memcpy(out, text, strlen(text) + 1);
    return LAD_OK;
}

static lad_status read_info(const lad_safetensors *st, const char *file, lad_pdn_size size, lad_detector_info *info,
                            lad_error *err)
{
    const char *order = lad_safetensors_meta(st, "map_order");
    if (order && strcmp(order, LAD_MAP_ORDER) != 0)
        return lad_fail(err, LAD_ERR_UNSUPPORTED, "%s: map order \"%.32s\" is not supported.", file, order);
    const double zero = 0.0, unusual = 0.1; /* one cell in 200 of normal images exceeds 0.1 */
    double border = 0.0;
    info->channels = lad_pdn_channels(size);
    info->input_size = LAD_INPUT_SIZE;
    info->map_size = LAD_MAP_SIZE;
    LAD_TRY(read_text(st, file, "architecture", "", info->architecture, sizeof info->architecture, err));
    LAD_TRY(read_text(st, file, "category", "", info->category, sizeof info->category, err));
    LAD_TRY(read_text(st, file, "margin_form", "none", info->margin_form, sizeof info->margin_form, err));
    LAD_TRY(lad_model_read_number(st, file, "margin", &zero, &info->margin, err));
    LAD_TRY(lad_model_read_number(st, file, "threshold", NULL, &info->threshold, err));
    LAD_TRY(lad_model_read_number(st, file, "map_threshold", &unusual, &info->map_threshold, err));
    LAD_TRY(lad_model_read_number(st, file, "false_alarm_rate", &zero, &info->false_alarm_rate, err));
    LAD_TRY(lad_model_read_number(st, file, "score_border", &zero, &border, err));
    if (border < 0.0 || border >= LAD_MAP_SIZE / 2 || border != (double)(size_t)border)
        return lad_fail(err, LAD_ERR_FORMAT, "%s: a score border of %g cells leaves nothing of the map.", file, border);
    if (info->false_alarm_rate < 0.0 || info->false_alarm_rate > 1.0)
        return lad_fail(err, LAD_ERR_FORMAT, "%s: a false-alarm rate of %g is not between 0 and 1.", file,
                        info->false_alarm_rate);
    info->score_border = (size_t)border;
    return LAD_OK;
}

static bool is_expected(const lad_detector *detector, const char *name)
{
    for (size_t s = 0; s < LAD_STAT_COUNT; s++)
        if (strcmp(name, LAD_STAT_NAMES[s]) == 0) return true;
    if (lad_map_rule_has_tensor(&detector->map_rule, name)) return true;
    if (lad_metric_has_tensor(name)) return true;
    if (strcmp(name, LAD_GLOBAL_MEAN) == 0 || strcmp(name, LAD_GLOBAL_DIRECTIONS_NAME) == 0) return true;
    for (size_t n = 0; n < NETWORKS; n++) {
        size_t length = strlen(SECTIONS[n].prefix);
        if (strncmp(name, SECTIONS[n].prefix, length) != 0 || name[length] != '.') continue;
        for (size_t i = 0; i < lad_network_param_count(detector->networks[n]); i++)
            if (strcmp(name + length + 1, lad_network_param(detector->networks[n], i)->name) == 0) return true;
    }
    return false;
}

static lad_status refuse_extra_tensors(const lad_detector *detector, const char *file, lad_error *err)
{
    for (size_t i = 0; i < lad_safetensors_count(detector->file); i++) {
        const char *name = lad_safetensors_at(detector->file, i)->name;
        if (!is_expected(detector, name))
            return lad_fail(err, LAD_ERR_FORMAT, "%s: tensor \"%.64s\" does not belong to %s.", file, name,
                            detector->info.architecture);
    }
    return LAD_OK;
}

static lad_status read_stat(const lad_safetensors *st, const char *file, size_t stat, size_t c, float *out,
                            lad_error *err)
{
    size_t shape[LAD_TENSOR_MAX_DIMS];
    size_t dims = lad_stat_shape(stat, c, shape);
    const lad_st_tensor *tensor = NULL;
    LAD_TRY(lad_model_find(st, file, LAD_STAT_NAMES[stat], dims, shape, &tensor, err));
    lad_st_tensor_floats(tensor, out);
    return LAD_OK;
}

static lad_status read_quantiles(const lad_safetensors *st, const char *file, lad_map_quantiles *q, lad_error *err)
{
    LAD_TRY(read_stat(st, file, LAD_STAT_QA_ST, 0, &q->qa_st, err));
    LAD_TRY(read_stat(st, file, LAD_STAT_QB_ST, 0, &q->qb_st, err));
    LAD_TRY(read_stat(st, file, LAD_STAT_QA_AE, 0, &q->qa_ae, err));
    LAD_TRY(read_stat(st, file, LAD_STAT_QB_AE, 0, &q->qb_ae, err));
    if (q->qb_st <= q->qa_st || q->qb_ae <= q->qa_ae)
        return lad_fail(err, LAD_ERR_FORMAT, "%s: an upper quantile of the maps is not above the lower one.", file);
    return LAD_OK;
}

/* The detector compares with the normalised teacher (T - mean) / std: folded into its last convolution, with
 * rows w[o] / std[o] and (b[o] - mean[o]) / std[o], that costs nothing. */
static lad_status fold_normalisation(const lad_safetensors *st, const char *file, lad_network *teacher, size_t c,
                                     lad_error *err)
{
    lad_status status = LAD_ERR_NOMEM;
    size_t last = lad_network_param_count(teacher) - 2;
    const lad_param *weight = lad_network_param(teacher, last), *bias = lad_network_param(teacher, last + 1);
    float *mean = lad_alloc(c, sizeof *mean), *std = lad_alloc(c, sizeof *std);
    if (!mean || !std) goto done;
    status = read_stat(st, file, LAD_STAT_MEAN, c, mean, err);
    if (status != LAD_OK) goto done;
    status = read_stat(st, file, LAD_STAT_STD, c, std, err);
    if (status != LAD_OK) goto done;
    size_t row = weight->count / c;
    for (size_t o = 0; o < c; o++) {
        if (!(std[o] > 0.0f)) {
            status = lad_fail(err, LAD_ERR_FORMAT, "%s: a standard deviation of the teacher is not above 0.", file);
            goto done;
        }
        for (size_t i = 0; i < row; i++) weight->value[o * row + i] /= std[o];
        bias->value[o] = (bias->value[o] - mean[o]) / std[o];
    }
done:
    lad_free(mean);
    lad_free(std);
    return status;
}

/* One network after the other, so that only one has both its plain and its packed weights. */
static lad_status read_networks(lad_detector *detector, const char *file, lad_pdn_size size, lad_error *err)
{
    for (size_t n = 0; n < NETWORKS; n++) {
        lad_layer_spec specs[LAD_ARCHITECTURE_MAX_LAYERS];
        size_t layers = SECTIONS[n].architecture(size, specs);
        lad_network **network = &detector->networks[n];
        LAD_TRY(lad_network_create(detector->kernels, detector->pool, specs, layers, 1, LAD_INPUT_SIZE, LAD_INPUT_SIZE,
                                   3, LAD_NETWORK_SHARED, network, err));
        LAD_TRY(lad_model_read_network(detector->file, file, SECTIONS[n].prefix, *network, err));
        if (n == TEACHER) LAD_TRY(fold_normalisation(detector->file, file, *network, detector->info.channels, err));
        lad_network_pack(*network);
        lad_network_release_values(*network);
    }
    return LAD_OK;
}

/* One workspace, as large as the hungriest network wants it. */
static lad_status share_workspace(lad_detector *detector)
{
    lad_network *users[NETWORKS + LAD_METRIC_PARTS];
    size_t count = 0, bytes = 0;
    for (size_t n = 0; n < NETWORKS; n++) users[count++] = detector->networks[n];
    for (size_t part = 0; part < LAD_METRIC_PARTS; part++)
        if (detector->metric[part]) users[count++] = detector->metric[part];
    for (size_t n = 0; n < count; n++)
        if (lad_network_workspace_bytes(users[n]) > bytes) bytes = lad_network_workspace_bytes(users[n]);
    if (bytes > detector->workspace_bytes) {
        void *workspace = lad_alloc(bytes, 1);
        if (!workspace) return LAD_ERR_NOMEM;
        lad_free(detector->workspace);
        detector->workspace = workspace;
        detector->workspace_bytes = bytes;
    }
    for (size_t n = 0; n < count; n++)
        lad_network_set_workspace(users[n], detector->workspace, detector->workspace_bytes);
    return LAD_OK;
}

static lad_status allocate_outputs(lad_detector *detector, const char *file, lad_error *err)
{
    size_t count = POSITIONS * detector->info.channels;
    detector->teacher_y = lad_alloc(count, sizeof(float));
    detector->autoencoder_y = lad_alloc(count, sizeof(float));
    detector->half_x = lad_alloc((size_t)HALF_SIZE * HALF_SIZE * 3, sizeof(float));
    detector->pooled = lad_alloc_zero(LAD_GLOBAL_MOMENTS * detector->info.channels, sizeof *detector->pooled);
    bool allocated = detector->teacher_y && detector->autoencoder_y && detector->half_x && detector->pooled;
    if (!allocated || share_workspace(detector) != LAD_OK)
        return lad_fail(err, LAD_ERR_NOMEM, "%s: memory for the networks ran out.", file);
    return LAD_OK;
}

static void drop_metric(lad_detector *detector)
{
    for (size_t part = 0; part < LAD_METRIC_PARTS; part++) lad_network_destroy(&detector->metric[part]);
    lad_free(detector->difference);
    lad_free(detector->zeros);
    detector->difference = detector->zeros = NULL;
}

/* The rows of a metric as a 1x1 convolution: the kernel that measures distances to targets gives its map. */
static lad_status create_metric(lad_detector *detector, const lad_metric *metric, size_t part, lad_error *err)
{
    const lad_layer_spec spec = {
        .kind = LAD_LAYER_CONV, .name = "metric", .oc = LAD_METRIC_ROWS, .kernel = 1, .stride = 1};
    lad_network **network = &detector->metric[part];
    LAD_TRY(lad_network_create(detector->kernels, detector->pool, &spec, 1, 1, LAD_MAP_SIZE, LAD_MAP_SIZE,
                               metric->channels, LAD_NETWORK_SHARED, network, err));
    const lad_param *rows = lad_network_param(*network, 0), *biases = lad_network_param(*network, 1);
    memcpy(rows->value, metric->rows[part], rows->count * sizeof(float));
    memcpy(biases->value, metric->biases[part], biases->count * sizeof(float));
    lad_network_pack(*network);
    lad_network_release_values(*network);
    return LAD_OK;
}

lad_status lad_detector_set_metric(lad_detector *detector, const lad_metric *metric, lad_error *err)
{
    size_t c = detector->info.channels;
    drop_metric(detector);
    detector->ran = false;
    if (!metric->channels) return LAD_OK;
    lad_status status = LAD_OK;
    for (size_t part = 0; part < LAD_METRIC_PARTS && status == LAD_OK; part++)
        status = create_metric(detector, metric, part, err);
    if (status == LAD_OK) {
        if (!detector->student_y) detector->student_y = lad_alloc(2 * POSITIONS * c, sizeof(float));
        detector->difference = lad_alloc(POSITIONS * c, sizeof(float));
        detector->zeros = lad_alloc_zero((size_t)POSITIONS * LAD_METRIC_ROWS, sizeof(float));
        status =
            detector->student_y && detector->difference && detector->zeros ? share_workspace(detector) : LAD_ERR_NOMEM;
        if (status != LAD_OK) lad_fail(err, status, "Memory for the metric of the maps ran out.");
    }
    if (status != LAD_OK) drop_metric(detector);
    return status;
}

bool lad_detector_has_metric(const lad_detector *detector)
{
    return detector->difference != NULL;
}

static lad_status read_metric(lad_detector *detector, const char *file, lad_error *err)
{
    lad_metric metric = {.channels = 0};
    LAD_TRY(lad_metric_read(detector->file, file, detector->info.channels, &metric, err));
    lad_status status = lad_detector_set_metric(detector, &metric, err);
    lad_metric_deinit(&metric);
    return status;
}

lad_status lad_detector_create(const void *bytes, size_t size_bytes, const char *name, const lad_kernels *kernels,
                               lad_pool *pool, lad_detector **out, lad_error *err)
{
    lad_detector *detector = lad_alloc_zero(1, sizeof *detector);
    if (!detector) return lad_fail(err, LAD_ERR_NOMEM, "%s: memory for the detector ran out.", name);
    *detector = (lad_detector){.kernels = kernels, .pool = pool};
    lad_pdn_size size = LAD_PDN_XS;
    lad_status status = lad_safetensors_read(bytes, size_bytes, name, &detector->file, err);
    if (status != LAD_OK) goto fail;
    status = lad_model_read_header(detector->file, name, &size, err);
    if (status != LAD_OK) goto fail;
    status = read_info(detector->file, name, size, &detector->info, err);
    if (status != LAD_OK) goto fail;
    status = read_quantiles(detector->file, name, &detector->map_rule.quantiles, err);
    if (status != LAD_OK) goto fail;
    status = lad_map_rule_read(detector->file, name, &detector->map_rule, err);
    if (status != LAD_OK) goto fail;
    status = lad_global_head_read(detector->file, name, detector->info.channels, &detector->global, err);
    if (status != LAD_OK) goto fail;
    status = read_networks(detector, name, size, err);
    if (status != LAD_OK) goto fail;
    status = refuse_extra_tensors(detector, name, err);
    if (status != LAD_OK) goto fail;
    status = allocate_outputs(detector, name, err);
    if (status != LAD_OK) goto fail;
    status = read_metric(detector, name, err);
    if (status != LAD_OK) goto fail;
    lad_sha256_hex(bytes, size_bytes, detector->info.sha256);
    *out = detector;
    return LAD_OK;

fail:
    lad_detector_destroy(&detector);
    return status;
}

void lad_detector_destroy(lad_detector **detector_pointer)
{
    lad_detector *detector = *detector_pointer;
    if (!detector) return;
    for (size_t n = 0; n < NETWORKS; n++) lad_network_destroy(&detector->networks[n]);
    drop_metric(detector);
    lad_safetensors_destroy(&detector->file);
    lad_free(detector->workspace);
    lad_free(detector->teacher_y);
    lad_free(detector->autoencoder_y);
    lad_free(detector->student_y);
    lad_free(detector->half_x);
    lad_free(detector->pooled);
    lad_global_head_deinit(&detector->global);
    lad_map_rule_deinit(&detector->map_rule);
    lad_free(detector);
    *detector_pointer = NULL;
}

const lad_detector_info *lad_detector_get_info(const lad_detector *detector)
{
    return &detector->info;
}

const char *lad_detector_meta(const lad_detector *detector, const char *key)
{
    return lad_safetensors_meta(detector->file, key);
}

const lad_map_rule *lad_detector_map_rule(const lad_detector *detector)
{
    return &detector->map_rule;
}

double lad_detector_global_score(lad_detector *detector)
{
    const lad_global_head *head = &detector->global;
    if (!head->count || !detector->ran) return 0.0;
    return head->scale * (lad_global_distance(head, detector->pooled) - head->offset);
}

size_t lad_detector_memory_bytes(const lad_detector *detector)
{
    size_t bytes = sizeof *detector + detector->workspace_bytes;
    bytes += (detector->student_y ? (size_t)4 : 2) * POSITIONS * detector->info.channels * sizeof(float);
    bytes += LAD_GLOBAL_MOMENTS * detector->info.channels * sizeof(double);
    bytes += (size_t)HALF_SIZE * HALF_SIZE * 3 * sizeof(float);
    bytes += (1 + LAD_GLOBAL_DIRECTIONS) * detector->global.count * sizeof(float);
    if (detector->map_rule.positions) bytes += (size_t)LAD_POSITION_PARTS * POSITIONS * sizeof(float);
    for (size_t n = 0; n < NETWORKS; n++) bytes += lad_network_memory_bytes(detector->networks[n]);
    if (detector->difference) bytes += (detector->info.channels + LAD_METRIC_ROWS) * POSITIONS * sizeof(float);
    for (size_t part = 0; part < LAD_METRIC_PARTS && detector->metric[part]; part++)
        bytes += lad_network_memory_bytes(detector->metric[part]);
    return bytes;
}

static void run_teacher(lad_detector *detector, const float *x)
{
    lad_network_forward_to(detector->networks[TEACHER], 1, LAD_INPUT_SIZE, LAD_INPUT_SIZE, x, detector->teacher_y);
}

/* Means of 2x2 pixels. */
static void halve(const float *x, float *half)
{
    const size_t row = (size_t)LAD_INPUT_SIZE * 3;
    for (size_t i = 0; i < HALF_SIZE; i++) {
        for (size_t j = 0; j < HALF_SIZE; j++) {
            const float *from = x + 2 * i * row + 6 * j;
            for (size_t c = 0; c < 3; c++)
                *half++ = 0.25f * ((from[c] + from[c + 3]) + (from[row + c] + from[row + c + 3]));
        }
    }
}

/* Moments of x at both resolutions, the first from teacher_y; autoencoder_y, free until its network runs, takes the
 * teacher's output for the second. */
static void pool_scales(lad_detector *detector, const float *x, double *pooled)
{
    size_t c = detector->info.channels;
    lad_global_pool(detector->pool, POSITIONS, c, detector->teacher_y, pooled);
    halve(x, detector->half_x);
    float *y = detector->autoencoder_y;
    lad_network_forward_to(detector->networks[TEACHER], 1, HALF_SIZE, HALF_SIZE, detector->half_x, y);
    lad_global_pool(detector->pool, (size_t)HALF_SIDE * HALF_SIDE, c, y, pooled + LAD_GLOBAL_SCALE_MOMENTS * c);
}

void lad_detector_pool(lad_detector *detector, const float *x, double *pooled)
{
    detector->ran = false;
    run_teacher(detector, x);
    pool_scales(detector, x, pooled);
}

/* The map of a metric: of the teacher's or autoencoder's outputs y and the student's half that imitates them. */
static void measure(lad_detector *detector, size_t part, const float *y, float *map)
{
    size_t c = detector->info.channels;
    const float *student = detector->student_y + (part == LAD_METRIC_AE ? c : 0);
    for (size_t i = 0; i < POSITIONS; i++)
        for (size_t k = 0; k < c; k++) detector->difference[i * c + k] = y[i * c + k] - student[i * 2 * c + k];
    const lad_conv_target target = {detector->zeros, map};
    lad_network_forward_mse(detector->metric[part], 1, LAD_MAP_SIZE, LAD_MAP_SIZE, detector->difference, 1, &target);
}

void lad_detector_raw_maps(lad_detector *detector, const float *x, float *map_st, float *map_stae)
{
    const size_t side = LAD_INPUT_SIZE;
    bool metric = detector->difference != NULL;
    run_teacher(detector, x);
    if (detector->global.count) pool_scales(detector, x, detector->pooled);
    lad_network_forward_to(detector->networks[AUTOENCODER], 1, side, side, x, detector->autoencoder_y);
    if (metric) {
        lad_network_forward_to(detector->networks[STUDENT], 1, side, side, x, detector->student_y);
        measure(detector, LAD_METRIC_ST, detector->teacher_y, map_st);
        measure(detector, LAD_METRIC_AE, detector->autoencoder_y, map_stae);
    } else {
        const lad_conv_target targets[2] = {{detector->teacher_y, map_st}, {detector->autoencoder_y, map_stae}};
        lad_network_forward_mse(detector->networks[STUDENT], 1, side, side, x, 2, targets);
    }
    detector->ran = true;
    detector->features_known = metric;
}

/* The student's output, which the maps did not need: the workspace still holds what its last layer saw. */
static bool find_student_output(lad_detector *detector)
{
    if (!detector->ran) return false;
    if (!detector->student_y) detector->student_y = lad_alloc(2 * POSITIONS * detector->info.channels, sizeof(float));
    if (detector->student_y && !detector->features_known)
        lad_network_last_output(detector->networks[STUDENT], detector->student_y);
    detector->features_known = detector->student_y != NULL;
    return detector->features_known;
}

const float *lad_detector_features(lad_detector *detector, lad_detector_output which, size_t *stride)
{
    size_t c = detector->info.channels;
    if (!find_student_output(detector)) return NULL;
    *stride = which == LAD_OUTPUT_TEACHER || which == LAD_OUTPUT_AUTOENCODER ? c : 2 * c;
    switch (which) {
    case LAD_OUTPUT_TEACHER: return detector->teacher_y;
    case LAD_OUTPUT_STUDENT_S1: return detector->student_y;
    case LAD_OUTPUT_AUTOENCODER: return detector->autoencoder_y;
    case LAD_OUTPUT_STUDENT_S2: return detector->student_y + c;
    }
    return NULL;
}
