#include "train/pretrain.h"

#include "base/alloc.h"
#include "base/detmath.h"
#include "data/procedural.h"
#include "image/image.h"
#include "model/detector.h"
#include "nn/losses.h"
#include "train/checkpoint.h"
#include "train/descriptors.h"
#include "train/whitening.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Streams of the seed, one for each use of randomness. */
enum { STREAM_WEIGHTS = 1, STREAM_ROTATION = 2 };

struct lad_pretrainer {
    lad_pretrain_options options;
    lad_pictures pictures;
    const lad_kernels *kernels;
    lad_pool *pool;
    lad_network *network;
    size_t side, channels, steps_done;
    double loss_mean; /* exponential mean over about 50 steps */
    /* one batch */
    uint8_t *rgb;       /* [batch, crop, crop, 3] */
    float *x;           /* [batch, crop, crop, 3] */
    float *descriptors; /* [batch, side, side, LAD_DESCRIPTOR_COUNT] */
    float *target;      /* [batch, side, side, channels] */
    float *gradient;    /* the same */
    float *scratch;     /* [threads, scratch_floats] */
    size_t scratch_floats;
    void *gemm_scratch;
    /* whitening; weights with the mean folded into bias */
    float *weights, *bias;  /* [channels, LAD_DESCRIPTOR_COUNT], [channels] */
    uint64_t first_picture; /* of the batch that is being drawn */
};

lad_pretrain_options lad_pretrain_options_default(void)
{
    return (lad_pretrain_options){.size = LAD_PDN_XS,
                                  .recipe = LAD_PRETRAIN_DESCRIPTORS,
                                  .seed = 1,
                                  .steps = 1150,
                                  .batch = 8,
                                  .crop_px = 128,
                                  .fit_pictures = 256,
                                  .learning_rate = 2e-3,
                                  .warmup = 100};
}

/* Draws picture `item` of the batch and describes it. */
static void prepare_item(void *context, size_t item, size_t thread)
{
    lad_pretrainer *p = context;
    size_t crop = p->options.crop_px, pixels = crop * crop;
    float *scratch = p->scratch + thread * p->scratch_floats;
    uint8_t *rgb = p->rgb + item * pixels * 3;
    lad_pictures_draw(&p->pictures, p->first_picture + item, crop, scratch, rgb);
    lad_image_normalize(rgb, pixels, p->x + item * pixels * 3);
    lad_descriptors_compute(rgb, crop, scratch, p->descriptors + item * p->side * p->side * LAD_DESCRIPTOR_COUNT);
}

static void prepare_batch(lad_pretrainer *p, uint64_t first_picture)
{
    p->first_picture = first_picture;
    lad_pool_run(p->pool, p->options.batch, prepare_item, p);
}

/* Mean and whitening of descriptors over fit_pictures pictures: the first of the stream; training uses those
 * that follow.  A quarter of the positions is enough, neighbours share most of their pixels. */
static lad_status fit_whitening(lad_pretrainer *p)
{
    enum { EVERY = 4 };
    size_t per_picture = p->side * p->side / EVERY, pictures = p->options.fit_pictures, count = 0;
    float *samples = lad_alloc(pictures * per_picture, LAD_DESCRIPTOR_COUNT * sizeof *samples);
    float *mean = lad_alloc(LAD_DESCRIPTOR_COUNT, sizeof *mean);
    lad_status status = LAD_ERR_NOMEM;
    if (!samples || !mean) goto fail;
    for (size_t first = 0; first < pictures; first += p->options.batch) {
        prepare_batch(p, first);
        for (size_t i = 0; i < p->options.batch && first + i < pictures; i++) {
            const float *from = p->descriptors + i * p->side * p->side * LAD_DESCRIPTOR_COUNT;
            for (size_t k = 0; k < per_picture; k++, count++)
                memcpy(samples + count * LAD_DESCRIPTOR_COUNT, from + k * EVERY * LAD_DESCRIPTOR_COUNT,
                       LAD_DESCRIPTOR_COUNT * sizeof *samples);
        }
    }
    status = lad_whitening_fit(count, LAD_DESCRIPTOR_COUNT, samples, p->channels,
                               lad_hash64(p->options.seed, STREAM_ROTATION), mean, p->weights);
    if (status != LAD_OK) goto fail;
    for (size_t o = 0; o < p->channels; o++) {
        double sum = 0.0;
        for (size_t i = 0; i < LAD_DESCRIPTOR_COUNT; i++)
            sum += (double)p->weights[o * LAD_DESCRIPTOR_COUNT + i] * mean[i];
        p->bias[o] = (float)-sum;
    }
fail:
    lad_free(samples);
    lad_free(mean);
    return status;
}

/* He et al. 2015: normal weights of variance 2 / fan-in, no bias. */
static void init_random(lad_network *network, lad_rng *rng)
{
    for (size_t i = 0; i < lad_network_param_count(network); i++) {
        const lad_param *param = lad_network_param(network, i);
        float deviation = param->dims == 4 ? sqrtf(2.0f / (float)(param->count / param->shape[0])) : 0.0f;
        for (size_t k = 0; k < param->count; k++)
            param->value[k] = param->dims == 4 ? deviation * lad_rng_normal(rng) : 0.0f;
    }
    lad_network_pack(network);
}

static lad_status allocate(lad_pretrainer *p)
{
    const lad_pretrain_options *o = &p->options;
    size_t pixels = o->batch * o->crop_px * o->crop_px, positions = o->batch * p->side * p->side;
    size_t threads = lad_pool_threads(p->pool);
    size_t drawing = lad_procedural_scratch_floats(o->crop_px), describing = lad_descriptors_scratch_floats(o->crop_px);
    p->scratch_floats = drawing > describing ? drawing : describing;
    p->rgb = lad_alloc(pixels, 3);
    p->x = lad_alloc(pixels, 3 * sizeof(float));
    p->descriptors = lad_alloc(positions, LAD_DESCRIPTOR_COUNT * sizeof(float));
    p->target = lad_alloc(positions, p->channels * sizeof(float));
    p->gradient = lad_alloc(positions, p->channels * sizeof(float));
    p->scratch = lad_alloc(threads * p->scratch_floats, sizeof(float));
    p->gemm_scratch =
        lad_alloc(1, lad_gemm_scratch_bytes(p->kernels, positions, p->channels, LAD_DESCRIPTOR_COUNT, threads));
    p->weights = lad_alloc(p->channels, LAD_DESCRIPTOR_COUNT * sizeof(float));
    p->bias = lad_alloc(p->channels, sizeof(float));
    return p->rgb && p->x && p->descriptors && p->target && p->gradient && p->scratch && p->gemm_scratch &&
                   p->weights && p->bias
               ? LAD_OK
               : LAD_ERR_NOMEM;
}

lad_status lad_pretrainer_create(const lad_pretrain_options *options, const lad_pictures *pictures,
                                 const lad_kernels *kernels, lad_pool *pool, lad_pretrainer **out, lad_error *err)
{
    if (options->steps < 1 || options->batch < 1 || options->batch > 64 || options->crop_px < 64 ||
        options->crop_px > LAD_PHOTO_SIZE || options->fit_pictures < 8 || !(options->learning_rate > 0.0))
        return lad_fail(err, LAD_ERR_ARG,
                        "Pretraining needs steps and pictures >= 1, crops of 64 to 256 px, a rate > 0.");
    lad_pretrainer *p = lad_alloc_zero(1, sizeof *p);
    if (!p) return lad_fail(err, LAD_ERR_NOMEM, "Memory ran out.");
    p->options = *options;
    p->pictures = *pictures;
    p->kernels = kernels;
    p->pool = pool;
    p->side = lad_descriptors_side(options->crop_px);
    p->channels = lad_pdn_channels(options->size);

    lad_layer_spec specs[LAD_ARCHITECTURE_MAX_LAYERS];
    size_t layers = lad_architecture_teacher(options->size, specs);
    lad_rng rng = lad_rng_seed(options->seed, STREAM_WEIGHTS);
    lad_status status = lad_network_create(kernels, pool, specs, layers, options->batch, options->crop_px,
                                           options->crop_px, 3, LAD_NETWORK_TRAINING, &p->network, err);
    if (status != LAD_OK) goto fail;
    if (options->recipe == LAD_PRETRAIN_RANDOM) {
        init_random(p->network, &rng);
    } else {
        lad_network_init(p->network, &rng);
        lad_network_pack(p->network);
        status = allocate(p);
        if (status == LAD_OK) status = fit_whitening(p);
        if (status != LAD_OK) {
            lad_fail(err, status, "Memory ran out while preparing %zu pictures.", options->fit_pictures);
            goto fail;
        }
    }
    *out = p;
    return LAD_OK;
fail:
    lad_pretrainer_destroy(&p);
    return status;
}

void lad_pretrainer_destroy(lad_pretrainer **pretrainer)
{
    lad_pretrainer *p = *pretrainer;
    if (!p) return;
    lad_network_destroy(&p->network);
    void *owned[] = {p->rgb,          p->x,       p->descriptors, p->target, p->gradient, p->scratch,
                     p->gemm_scratch, p->weights, p->bias};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) lad_free(owned[i]);
    lad_free(p);
    *pretrainer = NULL;
}

size_t lad_pretrainer_steps_done(const lad_pretrainer *pretrainer)
{
    return pretrainer->steps_done;
}

bool lad_pretrainer_finished(const lad_pretrainer *p)
{
    return p->options.recipe == LAD_PRETRAIN_RANDOM || p->steps_done >= p->options.steps;
}

/* target = descriptors W^T + bias */
static void whiten_batch(lad_pretrainer *p)
{
    size_t positions = p->options.batch * p->side * p->side;
    for (size_t i = 0; i < positions; i++) memcpy(p->target + i * p->channels, p->bias, p->channels * sizeof(float));
    lad_gemm(p->kernels, p->pool, positions, p->channels, LAD_DESCRIPTOR_COUNT, p->descriptors, LAD_DESCRIPTOR_COUNT, 1,
             p->weights, 1, LAD_DESCRIPTOR_COUNT, true, p->target, p->channels, p->gemm_scratch);
}

double lad_pretrain_step(lad_pretrainer *p)
{
    assert(!lad_pretrainer_finished(p));
    const lad_pretrain_options *o = &p->options;
    size_t positions = o->batch * p->side * p->side, c = p->channels;
    prepare_batch(p, o->fit_pictures + (uint64_t)p->steps_done * o->batch);
    whiten_batch(p);

    lad_network_zero_grads(p->network);
    const float *y = lad_network_forward(p->network, o->batch, o->crop_px, o->crop_px, p->x, NULL);
    memset(p->gradient, 0, positions * c * sizeof(float));
    double loss =
        lad_loss_mse(p->pool, positions, c, (lad_features){y, p->gradient, c}, (lad_features){p->target, NULL, c}, 1.0);
    lad_network_backward(p->network, p->gradient, NULL);
    float phase = 3.14159265f * (float)p->steps_done / (float)o->steps;
    float rate = (float)o->learning_rate * 0.5f * (1.0f + lad_cosf(phase));
    if (p->steps_done < o->warmup) rate *= (float)(p->steps_done + 1) / (float)o->warmup;
    p->steps_done++;
    lad_network_adam(p->network, rate, 0.0f, p->steps_done);
    p->loss_mean = p->steps_done == 1 ? loss : p->loss_mean + 0.02 * (loss - p->loss_mean);
    return loss;
}

static void describe_settings(const lad_pretrainer *p, char *text, size_t size_bytes)
{
    const lad_pretrain_options *o = &p->options;
    char pictures[64];
    lad_pictures_describe(&p->pictures, pictures, sizeof pictures);
    snprintf(text, size_bytes,
             "%s recipe %d seed %llu steps %zu batch %zu crop %zu fit %zu rate %.9g warmup %zu pictures %llu %s %s",
             lad_pdn_name(o->size), (int)o->recipe, (unsigned long long)o->seed, o->steps, o->batch, o->crop_px,
             o->fit_pictures, o->learning_rate, o->warmup, (unsigned long long)p->pictures.seed, pictures,
             lad_kernels_name(p->kernels));
}

lad_status lad_pretrainer_checkpoint(lad_pretrainer *p, uint8_t **bytes, size_t *size_bytes, lad_error *err)
{
    char settings[320];
    describe_settings(p, settings, sizeof settings);
    lad_st_writer *writer = NULL;
    lad_status status = lad_st_writer_create(&writer);
    if (status == LAD_OK) status = lad_st_writer_meta(writer, "settings", settings);
    if (status == LAD_OK) status = lad_checkpoint_add_number(writer, "step", (double)p->steps_done);
    if (status == LAD_OK) status = lad_checkpoint_add_number(writer, "loss", p->loss_mean);
    if (status == LAD_OK) status = lad_checkpoint_add_network(writer, "teacher", p->network);
    if (status == LAD_OK)
        status = lad_st_writer_finish(writer, bytes, size_bytes, err);
    else
        lad_fail(err, status, "Memory ran out while writing a checkpoint.");
    lad_st_writer_destroy(&writer);
    return status;
}

lad_status lad_pretrainer_restore(lad_pretrainer *p, const void *bytes, size_t size_bytes, lad_error *err)
{
    char settings[320];
    double step = 0.0, loss = 0.0;
    describe_settings(p, settings, sizeof settings);
    lad_safetensors *st = NULL;
    lad_status status = lad_safetensors_read(bytes, size_bytes, "The checkpoint", &st, err);
    if (status == LAD_OK) status = lad_checkpoint_check_settings(st, settings, err);
    if (status == LAD_OK) status = lad_checkpoint_get_number(st, "step", &step, err);
    if (status == LAD_OK) status = lad_checkpoint_get_number(st, "loss", &loss, err);
    if (status == LAD_OK && !(step >= 0.0 && step <= (double)p->options.steps))
        status = lad_fail(err, LAD_ERR_FORMAT, "The checkpoint's step lies outside the run.");
    if (status == LAD_OK) status = lad_checkpoint_get_network(st, "teacher", p->network, err);
    if (status == LAD_OK) {
        p->steps_done = (size_t)step;
        p->loss_mean = loss;
    }
    lad_safetensors_destroy(&st);
    return status;
}

lad_status lad_pretrainer_finish(lad_pretrainer *p, const char *command, uint8_t **bytes, size_t *size_bytes,
                                 lad_error *err)
{
    char pictures[64], seed[24], steps[24], loss[32];
    bool random = p->options.recipe == LAD_PRETRAIN_RANDOM;
    lad_pictures_describe(&p->pictures, pictures, sizeof pictures);
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)p->options.seed);
    snprintf(steps, sizeof steps, "%zu", p->steps_done);
    snprintf(loss, sizeof loss, "%.6g", p->loss_mean);
    const lad_meta meta[] = {{"recipe", random ? "random" : "descriptors"},
                             {"pictures", random ? "none" : pictures},
                             {"seed", seed},
                             {"steps", steps},
                             {"loss", random ? "none" : loss},
                             {"kernels", lad_kernels_name(p->kernels)},
                             {"command", command}};
    return lad_teacher_save(p->options.size, p->network, meta, sizeof meta / sizeof *meta, false, bytes, size_bytes,
                            err);
}
