/* Reading a detector and running it; writing is in model_save.c. */
#include "model/detector.h"

#include "base/alloc.h"
#include "base/sha256.h"
#include "model/model_file.h"
#include "model/tail.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { TEACHER, STUDENT, AUTOENCODER, NETWORKS };
enum {
    POSITIONS = LAD_MAP_SIZE * LAD_MAP_SIZE,
    HALF_SIZE = LAD_INPUT_SIZE / 2,
    HALF_SEEN = HALF_SIZE / 4 - 5, /* of what the teacher's tail sees at half the resolution, */
    HALF_SIDE = HALF_SEEN - 3      /* and of its output */
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
    lad_network *networks[NETWORKS]; /* without their tails */
    lad_tail tails[NETWORKS];
    void *workspace; /* the networks take turns in it */
    size_t workspace_bytes;
    /* What the tails see of the last picture, [side, side, ic]; without a metric they take turns in one place. */
    float *seen[NETWORKS];
    float *outputs[NETWORKS];      /* all channels: [56, 56, C], the student's 2C; NULL until somebody wants them */
    bool known[NETWORKS];          /* whether they are the last picture's */
    float *rows[LAD_METRIC_PARTS]; /* [56, 56, 64] of teacher and autoencoder, with a metric; else NULL */
    float *half_x;                 /* [128, 128, 3], the picture at half its resolution, */
    float *half_seen, *half_y;     /* and what the teacher makes of it; without head and metric in others' places */
    double *pooled;                /* [12C], with a global head */
    bool ran, pooled_known;        /* a picture; the last one's moments */
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
        if (lad_tail_has_tensor(&detector->tails[n], SECTIONS[n].prefix, name)) return true;
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

/* The detector compares with the normalised teacher (T - mean) / std: folded into its last convolution, that costs
 * nothing. */
static lad_status fold_normalisation(const lad_safetensors *st, const char *file, lad_tail *teacher, size_t c,
                                     lad_error *err)
{
    lad_status status = LAD_ERR_NOMEM;
    float *mean = lad_alloc(c, sizeof *mean), *std = lad_alloc(c, sizeof *std);
    if (!mean || !std) goto done;
    status = read_stat(st, file, LAD_STAT_MEAN, c, mean, err);
    if (status != LAD_OK) goto done;
    status = read_stat(st, file, LAD_STAT_STD, c, std, err);
    if (status != LAD_OK) goto done;
    for (size_t o = 0; o < c; o++) {
        if (!(std[o] > 0.0f)) {
            status = lad_fail(err, LAD_ERR_FORMAT, "%s: a standard deviation of the teacher is not above 0.", file);
            goto done;
        }
    }
    lad_tail_standardise(teacher, mean, std);
done:
    lad_free(mean);
    lad_free(std);
    return status;
}

/* With a metric the maps are mean squares over its rows r of
 *     (r . T + bias) - r . S1   and   (r . A + bias) - r . S2. */
static lad_status fold_metric(lad_tail *tail, size_t n, const lad_metric *metric, lad_error *err)
{
    if (n == STUDENT) return lad_tail_fold(tail, LAD_METRIC_PARTS, metric->rows, NULL, err);
    size_t part = n == TEACHER ? LAD_METRIC_ST : LAD_METRIC_AE;
    return lad_tail_fold(tail, 1, &metric->rows[part], metric->biases[part], err);
}

static lad_status read_network(lad_detector *detector, const char *file, size_t n, lad_pdn_size size,
                               const lad_metric *metric, lad_error *err)
{
    const char *prefix = SECTIONS[n].prefix;
    lad_layer_spec specs[LAD_ARCHITECTURE_MAX_LAYERS];
    size_t layers = SECTIONS[n].architecture(size, specs) - 1, side = LAD_INPUT_SIZE, ic = 0;
    lad_network **network = &detector->networks[n];
    lad_tail *tail = &detector->tails[n];
    LAD_TRY(lad_network_create(detector->kernels, detector->pool, specs, layers, 1, side, side, 3, LAD_NETWORK_SHARED,
                               network, err));
    LAD_TRY(lad_model_read_network(detector->file, file, prefix, *network, err));
    lad_network_pack(*network);
    lad_network_release_values(*network);
    if (!lad_network_out_shape(*network, 1, side, side, &side, &side, &ic)) return LAD_ERR_ARG;
    bool whole = !metric->channels || (n == TEACHER && detector->global.count);
    LAD_TRY(lad_tail_init(tail, detector->kernels, detector->pool, &specs[layers], side, ic, whole, err));
    LAD_TRY(lad_tail_read(tail, detector->file, file, prefix, err));
    if (n == TEACHER) LAD_TRY(fold_normalisation(detector->file, file, tail, detector->info.channels, err));
    if (metric->channels) LAD_TRY(fold_metric(tail, n, metric, err));
    lad_tail_finish(tail);
    return LAD_OK;
}

/* One network after the other, so that only one has both its plain and its packed weights. */
static lad_status read_networks(lad_detector *detector, const char *file, lad_pdn_size size, lad_error *err)
{
    lad_metric metric = {.channels = 0};
    lad_status status = lad_metric_read(detector->file, file, detector->info.channels, &metric, err);
    for (size_t n = 0; n < NETWORKS && status == LAD_OK; n++)
        status = read_network(detector, file, n, size, &metric, err);
    lad_metric_deinit(&metric);
    return status;
}

bool lad_detector_has_metric(const lad_detector *detector)
{
    return detector->tails[STUDENT].folded != NULL;
}

/* One workspace, as large as the hungriest network wants it. */
static lad_status share_workspace(lad_detector *detector)
{
    lad_network *users[3 * NETWORKS];
    size_t count = 0, bytes = 0;
    for (size_t n = 0; n < NETWORKS; n++) {
        users[count++] = detector->networks[n];
        if (detector->tails[n].whole) users[count++] = detector->tails[n].whole;
        if (detector->tails[n].folded) users[count++] = detector->tails[n].folded;
    }
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

static bool take(float **out, size_t count)
{
    *out = lad_alloc(count, sizeof **out);
    return *out != NULL;
}

static size_t seen_count(const lad_tail *tail)
{
    return tail->side * tail->side * tail->ic;
}

static bool allocate_places(lad_detector *detector)
{
    const lad_tail *teacher = &detector->tails[TEACHER];
    bool metric = lad_detector_has_metric(detector);
    size_t c = detector->info.channels;
    for (size_t n = 0; n < NETWORKS; n++) {
        if (metric || n == TEACHER) {
            if (!take(&detector->seen[n], seen_count(&detector->tails[n]))) return false;
        } else {
            assert(seen_count(&detector->tails[n]) <= seen_count(teacher));
            detector->seen[n] = detector->seen[TEACHER];
        }
    }
    for (size_t part = 0; part < LAD_METRIC_PARTS && metric; part++)
        if (!take(&detector->rows[part], (size_t)POSITIONS * LAD_METRIC_ROWS)) return false;
    if (!take(&detector->outputs[TEACHER], POSITIONS * c)) return false;
    if (!metric && !take(&detector->outputs[AUTOENCODER], POSITIONS * c)) return false;
    if (!take(&detector->half_x, (size_t)HALF_SIZE * HALF_SIZE * 3)) return false;
    if (metric || detector->global.count) {
        if (!take(&detector->half_seen, (size_t)HALF_SEEN * HALF_SEEN * teacher->ic)) return false;
        if (!take(&detector->half_y, (size_t)HALF_SIDE * HALF_SIDE * c)) return false;
    } else { /* lad_detector_pool alone uses them, and runs no other network */
        detector->half_seen = detector->seen[TEACHER];
        detector->half_y = detector->outputs[AUTOENCODER];
    }
    detector->pooled = lad_alloc_zero(LAD_GLOBAL_MOMENTS * c, sizeof *detector->pooled);
    return detector->pooled != NULL;
}

static void free_places(lad_detector *detector)
{
    if (detector->half_seen != detector->seen[TEACHER]) lad_free(detector->half_seen);
    if (detector->half_y != detector->outputs[AUTOENCODER]) lad_free(detector->half_y);
    for (size_t n = NETWORKS; n-- > 0;) {
        if (n == TEACHER || detector->seen[n] != detector->seen[TEACHER]) lad_free(detector->seen[n]);
        lad_free(detector->outputs[n]);
    }
    for (size_t part = 0; part < LAD_METRIC_PARTS; part++) lad_free(detector->rows[part]);
    lad_free(detector->half_x);
    lad_free(detector->pooled);
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
    if (!allocate_places(detector) || share_workspace(detector) != LAD_OK) {
        status = lad_fail(err, LAD_ERR_NOMEM, "%s: memory for the networks ran out.", name);
        goto fail;
    }
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
    for (size_t n = 0; n < NETWORKS; n++) {
        lad_network_destroy(&detector->networks[n]);
        lad_tail_deinit(&detector->tails[n]);
    }
    lad_safetensors_destroy(&detector->file);
    lad_free(detector->workspace);
    free_places(detector);
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

size_t lad_detector_memory_bytes(const lad_detector *detector)
{
    size_t c = detector->info.channels, floats = (1 + LAD_GLOBAL_DIRECTIONS) * detector->global.count;
    size_t bytes = sizeof *detector + detector->workspace_bytes + LAD_GLOBAL_MOMENTS * c * sizeof(double);
    for (size_t n = 0; n < NETWORKS; n++) {
        bytes += lad_network_memory_bytes(detector->networks[n]) + lad_tail_memory_bytes(&detector->tails[n]);
        if (n == TEACHER || detector->seen[n] != detector->seen[TEACHER]) floats += seen_count(&detector->tails[n]);
        if (detector->outputs[n]) floats += POSITIONS * detector->tails[n].spec.oc;
    }
    if (lad_detector_has_metric(detector)) floats += (size_t)LAD_METRIC_PARTS * LAD_METRIC_ROWS * POSITIONS;
    floats += (size_t)HALF_SIZE * HALF_SIZE * 3;
    if (detector->half_seen != detector->seen[TEACHER])
        floats += (size_t)HALF_SEEN * HALF_SEEN * detector->tails[TEACHER].ic + (size_t)HALF_SIDE * HALF_SIDE * c;
    if (detector->map_rule.positions) floats += (size_t)LAD_POSITION_PARTS * POSITIONS;
    return bytes + floats * sizeof(float);
}

/* The layers of network n before its tail. */
static void look(lad_detector *detector, size_t n, const float *x)
{
    lad_network_forward_to(detector->networks[n], 1, LAD_INPUT_SIZE, LAD_INPUT_SIZE, x, detector->seen[n]);
    detector->known[n] = false;
}

/* A network of a tail, for what that sees. */
static void run_tail(lad_detector *detector, size_t n, lad_network *network, float *y)
{
    size_t side = detector->tails[n].side;
    lad_network_forward_to(network, 1, side, side, detector->seen[n], y);
}

/* All channels of network n for the last picture: memory and kernels for them are made when they are first wanted. */
static bool find_output(lad_detector *detector, size_t n)
{
    lad_tail *tail = &detector->tails[n];
    if (detector->known[n]) return true;
    if (!detector->outputs[n] && !take(&detector->outputs[n], POSITIONS * tail->spec.oc)) return false;
    if (!tail->whole && (lad_tail_complete(tail, NULL) != LAD_OK || share_workspace(detector) != LAD_OK)) return false;
    run_tail(detector, n, tail->whole, detector->outputs[n]);
    detector->known[n] = true;
    return true;
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

/* Moments of what the teacher has seen and of half_x; false when memory for the teacher's output runs out. */
static bool pool_scales(lad_detector *detector, double *pooled)
{
    size_t c = detector->info.channels;
    if (!find_output(detector, TEACHER)) return false;
    lad_global_pool(detector->pool, POSITIONS, c, detector->outputs[TEACHER], pooled);
    lad_network_forward_to(detector->networks[TEACHER], 1, HALF_SIZE, HALF_SIZE, detector->half_x, detector->half_seen);
    lad_network_forward_to(detector->tails[TEACHER].whole, 1, HALF_SEEN, HALF_SEEN, detector->half_seen,
                           detector->half_y);
    lad_global_pool(detector->pool, (size_t)HALF_SIDE * HALF_SIDE, c, detector->half_y,
                    pooled + LAD_GLOBAL_SCALE_MOMENTS * c);
    return true;
}

lad_status lad_detector_pool(lad_detector *detector, const float *x, double *pooled)
{
    detector->ran = false;
    look(detector, TEACHER, x);
    halve(x, detector->half_x);
    return pool_scales(detector, pooled) ? LAD_OK : LAD_ERR_NOMEM;
}

double lad_detector_global_score(lad_detector *detector)
{
    const lad_global_head *head = &detector->global;
    if (!head->count || !detector->ran) return 0.0;
    if (!detector->pooled_known) detector->pooled_known = pool_scales(detector, detector->pooled);
    return head->scale * (lad_global_distance(head, detector->pooled) - head->offset);
}

void lad_detector_raw_maps(lad_detector *detector, const float *x, float *map_st, float *map_stae)
{
    static const size_t imitated[LAD_METRIC_PARTS] = {[LAD_METRIC_ST] = TEACHER, [LAD_METRIC_AE] = AUTOENCODER};
    lad_conv_target targets[LAD_METRIC_PARTS] = {
        [LAD_METRIC_ST] = {.map = map_st}, [LAD_METRIC_AE] = {.map = map_stae}};
    bool metric = lad_detector_has_metric(detector);
    for (size_t part = 0; part < LAD_METRIC_PARTS; part++) {
        size_t n = imitated[part];
        const lad_tail *tail = &detector->tails[n];
        float *y = metric ? detector->rows[part] : detector->outputs[n];
        look(detector, n, x);
        run_tail(detector, n, metric ? tail->folded : tail->whole, y);
        detector->known[n] = !metric;
        targets[part].y = y;
    }
    look(detector, STUDENT, x);
    const lad_tail *tail = &detector->tails[STUDENT];
    lad_network_forward_mse(metric ? tail->folded : tail->whole, 1, tail->side, tail->side, detector->seen[STUDENT],
                            LAD_METRIC_PARTS, targets);
    if (detector->global.count) halve(x, detector->half_x);
    detector->ran = true;
    detector->pooled_known = false;
}

const float *lad_detector_features(lad_detector *detector, lad_detector_output which, size_t *stride)
{
    size_t c = detector->info.channels;
    if (!detector->ran) return NULL;
    for (size_t n = 0; n < NETWORKS; n++)
        if (!find_output(detector, n)) return NULL;
    *stride = which == LAD_OUTPUT_TEACHER || which == LAD_OUTPUT_AUTOENCODER ? c : 2 * c;
    switch (which) {
    case LAD_OUTPUT_TEACHER: return detector->outputs[TEACHER];
    case LAD_OUTPUT_STUDENT_S1: return detector->outputs[STUDENT];
    case LAD_OUTPUT_AUTOENCODER: return detector->outputs[AUTOENCODER];
    case LAD_OUTPUT_STUDENT_S2: return detector->outputs[STUDENT] + c;
    }
    return NULL;
}
