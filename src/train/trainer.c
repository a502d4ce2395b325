/* Creation and destruction of trainers. */
#include "train/trainer.h"

#include "base/alloc.h"
#include "data/procedural.h"

#include <string.h>

lad_train_options lad_train_options_default(void)
{
    return (lad_train_options){.margin = lad_margin_default(LAD_MARGIN_NONE, -1.0),
                               .seed = 1,
                               .steps = 3000,
                               .learning_rate = 1e-4,
                               .weight_decay = 1e-5,
                               .hard_quantile = 0.999,
                               .penalty_px = 128,
                               .cache_bytes = (size_t)1 << 30,
                               .calibration = {.score_border = 4, .false_alarm_rate = 0.05},
                               .dropout = true,
                               .f16 = true};
}

/* Hands out all buffers of a step from one arena; a first, dry run only counts. */
static void plan_buffers(lad_trainer *t, lad_arena *arena)
{
    size_t px = LAD_TRAIN_PIXELS, features = (size_t)LAD_TRAIN_POSITIONS * t->channels;
    size_t penalty_px = t->options.penalty_px * t->options.penalty_px;
    uint8_t **const bytes[] = {&t->rgb_jitter, &t->rgb_composite};
    float **const pixels[] = {&t->x_clean, &t->x_jitter, &t->x_composite};
    float **const maps[] = {&t->t_clean, &t->t_jitter, &t->t_ae, &t->t_composite, &t->d_autoencoder, &t->sorting};
    float **const distances[] = {&t->p, &t->q, &t->r, &t->d_p, &t->d_q, &t->d_r, &t->pasted, &t->untouched};
    for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++) *bytes[i] = lad_arena_take(arena, px * 3, 1);
    for (size_t i = 0; i < sizeof pixels / sizeof *pixels; i++)
        *pixels[i] = lad_arena_take(arena, px * 3, sizeof(float));
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) *maps[i] = lad_arena_take(arena, features, sizeof(float));
    for (size_t i = 0; i < sizeof distances / sizeof *distances; i++)
        *distances[i] = lad_arena_take(arena, LAD_TRAIN_POSITIONS, sizeof(float));
    t->d_student = lad_arena_take(arena, 2 * features, sizeof(float));
    t->rgb_penalty = lad_arena_take(arena, penalty_px * 3, 1);
    t->rgb_drawn = lad_arena_take(arena, penalty_px * 3, 1);
    t->x_penalty = lad_arena_take(arena, penalty_px * 3, sizeof(float));
    t->drawing = lad_arena_take(arena, lad_procedural_scratch_floats(t->options.penalty_px), sizeof(float));
    t->area = lad_arena_take(arena, 2 * (LAD_INPUT_SIZE + 1) * (LAD_INPUT_SIZE + 1), sizeof(uint32_t));
    t->order = lad_arena_take(arena, t->images.count, sizeof(size_t));
}

static lad_status allocate_buffers(lad_trainer *t)
{
    lad_arena count = {0}, arena;
    plan_buffers(t, &count);
    LAD_TRY(lad_arena_init(&arena, count.peak_bytes));
    plan_buffers(t, &arena);
    t->block = arena.base;
    return LAD_OK;
}

static lad_status create_network(lad_trainer *t, bool student, lad_error *err)
{
    lad_layer_spec specs[LAD_ARCHITECTURE_MAX_LAYERS];
    size_t layers = student ? lad_architecture_student(t->teacher.size, specs)
                            : lad_architecture_autoencoder(t->teacher.size, specs);
    lad_network **network = student ? &t->student : &t->autoencoder;
    LAD_TRY(lad_network_create(t->kernels, t->pool, specs, layers, 1, LAD_INPUT_SIZE, LAD_INPUT_SIZE, 3,
                               LAD_NETWORK_TRAINING, network, err));
    lad_rng rng = lad_rng_seed(t->options.seed, student ? LAD_STREAM_STUDENT : LAD_STREAM_AUTOENCODER);
    lad_network_init(*network, &rng);
    lad_network_pack(*network);
    return LAD_OK;
}

static lad_status check_options(const lad_train_options *o, lad_train_images images, lad_error *err)
{
    if (images.count < 2)
        return lad_fail(err, LAD_ERR_ARG, "Training needs at least 2 pictures, not %zu.", images.count);
    if (o->steps < 1 || o->ae_first >= o->steps || !(o->learning_rate > 0.0) || !(o->weight_decay >= 0.0))
        return lad_fail(err, LAD_ERR_ARG,
                        "Training needs steps, more of them than for the autoencoder alone, and a rate > 0.");
    if (o->ae_freeze && o->ae_first == 0)
        return lad_fail(err, LAD_ERR_ARG, "An autoencoder that is frozen needs steps of its own first (--ae-first).");
    if (o->penalty_px != 0 && (o->penalty_px < 64 || o->penalty_px > LAD_PHOTO_SIZE))
        return lad_fail(err, LAD_ERR_ARG, "Penalty pictures are 64 to %d px large, or 0 for none.", LAD_PHOTO_SIZE);
    if (!(o->hard_quantile >= 0.0 && o->hard_quantile < 1.0))
        return lad_fail(err, LAD_ERR_ARG, "The quantile of the hard loss lies in [0, 1).");
    return LAD_OK;
}

static lad_status prepare(lad_trainer *t, lad_train_file teacher, lad_train_file ae_teacher, lad_error *err)
{
    float *x = lad_alloc((size_t)LAD_TRAIN_PIXELS * 3, sizeof *x);
    if (!x) return lad_fail(err, LAD_ERR_NOMEM, "Memory ran out.");
    /* The cache's memory is shared out between the two targets. */
    size_t cache_bytes = ae_teacher.bytes ? t->options.cache_bytes / 2 : t->options.cache_bytes;
    lad_status status =
        lad_target_network_init(&t->teacher, teacher.bytes, teacher.size_bytes, teacher.name, t->images.rgb,
                                t->images.count, cache_bytes, t->kernels, t->pool, x, err);
    if (status == LAD_OK && ae_teacher.bytes)
        status = lad_target_network_init(&t->ae_teacher, ae_teacher.bytes, ae_teacher.size_bytes, ae_teacher.name,
                                         t->images.rgb, t->images.count, cache_bytes, t->kernels, t->pool, x, err);
    lad_free(x);
    if (status != LAD_OK) return status;
    t->channels = t->teacher.channels;
    if (ae_teacher.bytes && t->ae_teacher.size != t->teacher.size)
        return lad_fail(err, LAD_ERR_ARG, "%s is not of the same size as %s.", ae_teacher.name, teacher.name);
    LAD_TRY(create_network(t, true, err));
    LAD_TRY(create_network(t, false, err));
    status = allocate_buffers(t);
    if (status == LAD_OK && lad_margin_uses_composites(t->margin.form))
        status = lad_composite_source_init(&t->source, t->images.rgb, t->images.count, LAD_INPUT_SIZE);
    if (status != LAD_OK) return lad_fail(err, status, "Memory ran out.");
    t->epoch = (size_t)-1; /* no order yet */
    t->drawn_step = (size_t)-1;
    return LAD_OK;
}

lad_status lad_trainer_create(const lad_train_options *options, lad_train_images images, const lad_pictures *penalty,
                              lad_train_file teacher, lad_train_file ae_teacher, const lad_kernels *kernels,
                              lad_pool *pool, lad_trainer **out, lad_error *err)
{
    LAD_TRY(check_options(options, images, err));
    lad_trainer *t = lad_alloc_zero(1, sizeof *t);
    if (!t) return lad_fail(err, LAD_ERR_NOMEM, "Memory ran out.");
    t->options = *options;
    t->margin = options->margin;
    t->images = images;
    t->penalty = *penalty;
    t->kernels = kernels;
    t->pool = pool;
    lad_status status = prepare(t, teacher, ae_teacher, err);
    if (status == LAD_OK)
        *out = t;
    else
        lad_trainer_destroy(&t);
    return status;
}

void lad_trainer_destroy(lad_trainer **trainer)
{
    lad_trainer *t = *trainer;
    if (!t) return;
    lad_pool_finish(t->pool);
    lad_target_network_deinit(&t->teacher);
    lad_target_network_deinit(&t->ae_teacher);
    lad_network_destroy(&t->student);
    lad_network_destroy(&t->autoencoder);
    lad_composite_source_deinit(&t->source);
    lad_free(t->block);
    lad_free(t);
    *trainer = NULL;
}

size_t lad_trainer_steps_done(const lad_trainer *trainer)
{
    return trainer->steps_done;
}

bool lad_trainer_finished(const lad_trainer *trainer)
{
    return trainer->steps_done >= trainer->options.steps;
}
