/* One training step. */
#include "base/detmath.h"
#include "data/augment.h"
#include "image/image.h"
#include "nn/losses.h"
#include "train/trainer.h"

#include <assert.h>
#include <string.h>

static bool autoencoder_alone(const lad_trainer *t)
{
    return t->steps_done < t->options.ae_first;
}

/* --ae-freeze: once it has had its own steps, the autoencoder stays as it is. */
static bool autoencoder_frozen(const lad_trainer *t)
{
    return t->options.ae_freeze && !autoencoder_alone(t);
}

/* Pictures come in a new random order in each epoch (Fisher and Yates). */
static size_t pick_picture(lad_trainer *t)
{
    size_t count = t->images.count, epoch = t->steps_done / count;
    if (epoch != t->epoch) {
        lad_rng rng = lad_rng_seed(lad_hash64(t->options.seed, LAD_STREAM_ORDER), epoch);
        for (size_t i = 0; i < count; i++) t->order[i] = i;
        for (size_t i = count - 1; i > 0; i--) {
            size_t k = lad_rng_below(&rng, (uint32_t)i + 1), swap = t->order[i];
            t->order[i] = t->order[k];
            t->order[k] = swap;
        }
        t->epoch = epoch;
    }
    return t->order[t->steps_done % count];
}

static bool wants_penalty(const lad_trainer *t)
{
    return t->options.penalty_px > 0 && !autoencoder_alone(t);
}

static void draw_penalty(void *context, size_t item, size_t thread)
{
    (void)item, (void)thread;
    lad_trainer *t = context;
    lad_pictures_draw(&t->penalty, t->drawn_step, t->options.penalty_px, t->drawing, t->rgb_drawn);
}

static void start_penalty(lad_trainer *t, size_t step)
{
    t->drawn_step = step;
    lad_pool_start(t->pool, draw_penalty, t);
}

/* Drawing keeps one thread busy for some 10 ms, so that of the next step's picture begins now, beside the networks. */
static void take_penalty(lad_trainer *t)
{
    if (!wants_penalty(t)) return;
    lad_pool_finish(t->pool);
    if (t->drawn_step != t->steps_done) { /* the first step, or the one after a checkpoint was restored */
        start_penalty(t, t->steps_done);
        lad_pool_finish(t->pool);
    }
    uint8_t *drawn = t->rgb_drawn;
    t->rgb_drawn = t->rgb_penalty;
    t->rgb_penalty = drawn;
    lad_image_normalize(t->rgb_penalty, t->options.penalty_px * t->options.penalty_px, t->x_penalty);
    start_penalty(t, t->steps_done + 1);
}

/* An autoencoder that will be frozen learns from clean pictures alone: novel's composites are for the student then. */
static bool wants_composite(const lad_trainer *t)
{
    if (t->margin.form == LAD_MARGIN_NOVEL_LOCAL || (t->margin.form == LAD_MARGIN_NOVEL && t->options.ae_freeze))
        return !autoencoder_alone(t);
    return lad_margin_uses_composites(t->margin.form);
}

static void make_pictures(lad_trainer *t)
{
    const uint8_t *rgb = t->images.rgb + t->index * LAD_TRAIN_PIXELS * 3;
    lad_rng rng = lad_rng_seed(lad_hash64(t->options.seed, LAD_STREAM_PICTURES), t->steps_done);
    t->jittered = !t->options.fused || lad_rng_below(&rng, 2) == 1;
    if (t->jittered)
        lad_augment_jitter(&rng, rgb, LAD_TRAIN_PIXELS, t->rgb_jitter);
    else
        memcpy(t->rgb_jitter, rgb, LAD_TRAIN_PIXELS * 3);
    lad_image_normalize(rgb, LAD_TRAIN_PIXELS, t->x_clean);
    lad_image_normalize(t->rgb_jitter, LAD_TRAIN_PIXELS, t->x_jitter);
    if (!wants_composite(t)) return;
    lad_composite_make(&t->source, &rng, t->rgb_jitter, t->rgb_composite);
    lad_composite_positions(t->rgb_jitter, t->rgb_composite, LAD_INPUT_SIZE, LAD_MAP_SIZE, t->area, t->pasted,
                            t->untouched);
    lad_image_normalize(t->rgb_composite, LAD_TRAIN_PIXELS, t->x_composite);
}

/* The halves of the student that a pass needs: the other's last convolution is left out, forward and backward. */
typedef enum student_half { LOCAL, GLOBAL, BOTH } student_half;

static const float *run_student(lad_trainer *t, size_t side_px, const float *x, student_half half)
{
    size_t c = t->channels;
    memset(t->d_student, 0, 2 * (size_t)LAD_TRAIN_POSITIONS * c * sizeof(float));
    if (half == BOTH) return lad_network_forward(t->student, 1, side_px, side_px, x, NULL);
    return lad_network_forward_part(t->student, 1, side_px, side_px, x, NULL, half == LOCAL ? 0 : c, c);
}

static const float *run_autoencoder(lad_trainer *t, const float *x, lad_rng *dropout)
{
    memset(t->d_autoencoder, 0, (size_t)LAD_TRAIN_POSITIONS * t->channels * sizeof(float));
    return lad_network_forward(t->autoencoder, 1, LAD_INPUT_SIZE, LAD_INPUT_SIZE, x, dropout);
}

static lad_features target_of(const lad_trainer *t, const float *x)
{
    return (lad_features){x, NULL, t->channels};
}

static lad_features autoencoder_of(const lad_trainer *t, const float *a)
{
    return (lad_features){a, autoencoder_frozen(t) ? NULL : t->d_autoencoder, t->channels};
}

/* The half of the student that imitates the teacher, and the half that imitates the autoencoder. */
static lad_features student_local(const lad_trainer *t, const float *s)
{
    return (lad_features){s, t->d_student, 2 * t->channels};
}

static lad_features student_global(const lad_trainer *t, const float *s)
{
    return (lad_features){s + t->channels, t->d_student + t->channels, 2 * t->channels};
}

static void measure_distance(const lad_trainer *t, lad_features a, lad_features b, float *out)
{
    lad_channel_mse(t->kernels, t->pool, LAD_TRAIN_POSITIONS, t->channels, a.x, a.stride, b.x, b.stride, out);
}

static void push_distance(const lad_trainer *t, lad_features a, lad_features b, const float *d)
{
    lad_distance_backward(t->pool, LAD_TRAIN_POSITIONS, t->channels, a, b, d);
}

/* What is left to do once d_p and d_q are known: the rest of the backward pass of both networks. */
static void push_distances(lad_trainer *t, lad_features goal, lad_features a, lad_features s2)
{
    push_distance(t, goal, a, t->d_p);
    push_distance(t, a, s2, t->d_q);
    lad_network_backward(t->student, t->d_student, NULL);
    if (!autoencoder_frozen(t)) lad_network_backward(t->autoencoder, t->d_autoencoder, NULL);
}

/* L_hard of a student output s; adds to d_student. */
static double hard_loss(lad_trainer *t, const float *teacher, const float *s)
{
    return lad_loss_hard(t->pool, LAD_TRAIN_POSITIONS, t->channels, target_of(t, teacher), student_local(t, s),
                         t->options.hard_quantile, 1.0, t->sorting);
}

static void pass_hard(lad_trainer *t, lad_train_report *report)
{
    const float *teacher = lad_target_network_get(&t->teacher, t->index, t->x_clean, t->t_clean);
    report->hard = hard_loss(t, teacher, run_student(t, LAD_INPUT_SIZE, t->x_clean, LOCAL));
    lad_network_backward(t->student, t->d_student, NULL);
}

static void pass_penalty(lad_trainer *t, lad_train_report *report)
{
    size_t size = t->options.penalty_px, height = 0, width = 0, channels = 0;
    if (size == 0 || !lad_network_out_shape(t->student, 1, size, size, &height, &width, &channels)) return;
    const float *s = run_student(t, size, t->x_penalty, LOCAL);
    report->penalty = lad_loss_penalty(t->pool, height * width, t->channels, student_local(t, s), 1.0);
    lad_network_backward(t->student, t->d_student, NULL);
}

/* The targets of A (returned) and, where the same pass serves S1, of S1 (in *teacher). */
static const float *find_targets(lad_trainer *t, const float **teacher)
{
    lad_target_network *ae = lad_trainer_ae_target(t);
    const float *target = NULL;
    if (t->jittered) {
        lad_target_network_run(ae, t->x_jitter, t->t_ae);
        target = t->t_ae;
    } else {
        target = lad_target_network_get(ae, t->index, t->x_clean, t->t_ae);
    }
    *teacher = target;
    if (!t->options.fused || ae == &t->teacher) return target;
    if (t->jittered) {
        lad_target_network_run(&t->teacher, t->x_jitter, t->t_jitter);
        *teacher = t->t_jitter;
    } else {
        *teacher = lad_target_network_get(&t->teacher, t->index, t->x_clean, t->t_jitter);
    }
    return target;
}

static void add_terms(lad_train_report *report, const lad_margin_terms *terms)
{
    report->ae += terms->ae;
    report->stae += terms->stae;
    report->hinge += terms->hinge;
    report->faithful += terms->faithful;
}

static void pass_clean(lad_trainer *t, const float *target, const float *teacher, lad_rng *dropout,
                       lad_train_report *report)
{
    lad_margin_terms terms = {0};
    lad_features goal = target_of(t, target), a = autoencoder_of(t, run_autoencoder(t, t->x_jitter, dropout));
    const float *s = run_student(t, LAD_INPUT_SIZE, t->x_jitter, t->options.fused ? BOTH : GLOBAL);
    if (t->options.fused) report->hard = hard_loss(t, teacher, s);
    lad_features s2 = student_global(t, s);
    measure_distance(t, goal, a, t->p);
    measure_distance(t, a, s2, t->q);
    lad_margin_clean(&t->margin, t->pool, LAD_TRAIN_POSITIONS, t->p, t->q, t->d_p, t->d_q, &terms);
    push_distances(t, goal, a, s2);
    add_terms(report, &terms);
}

static void pass_composite(lad_trainer *t, const float *target, lad_rng *dropout, lad_train_report *report)
{
    lad_margin_terms terms = {0};
    lad_target_network_run(lad_trainer_ae_target(t), t->x_composite, t->t_composite);
    bool novel = t->margin.form == LAD_MARGIN_NOVEL;
    lad_features seen = target_of(t, t->t_composite), goal = novel ? target_of(t, target) : seen;
    lad_features a = autoencoder_of(t, run_autoencoder(t, t->x_composite, dropout));
    lad_features s2 = student_global(t, run_student(t, LAD_INPUT_SIZE, t->x_composite, GLOBAL));
    measure_distance(t, goal, a, t->p);
    measure_distance(t, a, s2, t->q);
    if (novel) measure_distance(t, seen, s2, t->r);
    lad_margin_composite(&t->margin, LAD_TRAIN_POSITIONS, t->pasted, t->untouched, t->p, t->q, novel ? t->r : NULL,
                         t->d_p, t->d_q, novel ? t->d_r : NULL, &terms);
    if (novel) push_distance(t, seen, s2, t->d_r);
    push_distances(t, goal, a, s2);
    add_terms(report, &terms);
}

/* novel-local: the student's first half against the teacher. */
static void pass_composite_local(lad_trainer *t, lad_train_report *report)
{
    lad_margin_terms terms = {0};
    lad_target_network_run(&t->teacher, t->x_composite, t->t_composite);
    lad_features goal = target_of(t, t->t_composite);
    lad_features s1 = student_local(t, run_student(t, LAD_INPUT_SIZE, t->x_composite, LOCAL));
    measure_distance(t, goal, s1, t->p);
    lad_margin_composite(&t->margin, LAD_TRAIN_POSITIONS, t->pasted, t->untouched, t->p, NULL, NULL, t->d_p, NULL, NULL,
                         &terms);
    push_distance(t, goal, s1, t->d_p);
    lad_network_backward(t->student, t->d_student, NULL);
    add_terms(report, &terms);
}

/* dfsc-synthetic without the student. */
static void pass_autoencoder_synthetic(lad_trainer *t, const float *target, lad_rng *dropout, lad_train_report *report)
{
    lad_target_network_run(lad_trainer_ae_target(t), t->x_composite, t->t_composite);
    for (int i = 0; i < 2; i++) {
        lad_margin_terms terms = {0};
        lad_features goal = target_of(t, i ? t->t_composite : target);
        lad_features a = autoencoder_of(t, run_autoencoder(t, i ? t->x_composite : t->x_jitter, dropout));
        measure_distance(t, goal, a, t->p);
        if (i)
            lad_margin_composite(&t->margin, LAD_TRAIN_POSITIONS, t->pasted, t->untouched, t->p, NULL, NULL, t->d_p,
                                 NULL, NULL, &terms);
        else
            lad_margin_clean(&t->margin, t->pool, LAD_TRAIN_POSITIONS, t->p, NULL, t->d_p, NULL, &terms);
        push_distance(t, goal, a, t->d_p);
        lad_network_backward(t->autoencoder, t->d_autoencoder, NULL);
        add_terms(report, &terms);
    }
}

/* The autoencoder without the student: (T - A)^2 on the clean picture and, for novel unless frozen later, on the
 * composite. */
static void pass_autoencoder(lad_trainer *t, const float *target, lad_rng *dropout, lad_train_report *report)
{
    bool composite = wants_composite(t);
    double scale = composite ? 0.5 : 1.0;
    for (int i = 0; i < (composite ? 2 : 1); i++) {
        lad_features a = autoencoder_of(t, run_autoencoder(t, i ? t->x_composite : t->x_jitter, dropout));
        report->ae += lad_loss_mse(t->pool, LAD_TRAIN_POSITIONS, t->channels, target_of(t, target), a, scale);
        lad_network_backward(t->autoencoder, t->d_autoencoder, NULL);
    }
}

/* Exponential means over about 100 steps. */
static void update_means(lad_trainer *t, const lad_train_report *now)
{
    double weight = t->steps_done == 0 || t->steps_done == t->options.ae_first ? 1.0 : 0.01;
    double *const means[] = {&t->mean.hard,  &t->mean.penalty,  &t->mean.ae,   &t->mean.stae,
                             &t->mean.hinge, &t->mean.faithful, &t->mean.total};
    const double values[] = {now->hard, now->penalty, now->ae, now->stae, now->hinge, now->faithful, now->total};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) *means[i] += weight * (values[i] - *means[i]);
    t->mean.learning_rate = now->learning_rate;
}

/* Adam's step number `step` (from 1) of one network. */
static void update_network(const lad_trainer *t, lad_network *network, double rate, size_t step)
{
    if (step < t->options.warmup) rate *= (double)step / (double)t->options.warmup;
    lad_network_adam(network, (float)rate, (float)t->options.weight_decay, step);
}

void lad_train_step(lad_trainer *t, lad_train_report *report)
{
    assert(!lad_trainer_finished(t));
    const lad_train_options *o = &t->options;
    lad_train_report now = {.learning_rate = o->learning_rate};
    /* Batzner et al.: a tenth for the last 5 %. */
    if (t->steps_done >= o->steps - o->steps / 20) now.learning_rate *= 0.1;
    lad_rng masks = lad_rng_seed(lad_hash64(o->seed, LAD_STREAM_DROPOUT), t->steps_done);
    lad_rng *dropout = o->dropout ? &masks : NULL;

    t->index = pick_picture(t);
    take_penalty(t);
    make_pictures(t);
    lad_network_zero_grads(t->student);
    lad_network_zero_grads(t->autoencoder);
    const float *teacher = NULL, *target = find_targets(t, &teacher);
    if (autoencoder_alone(t)) {
        bool synthetic = t->margin.form == LAD_MARGIN_DFSC_SYNTHETIC;
        (synthetic ? pass_autoencoder_synthetic : pass_autoencoder)(t, target, dropout, &now);
    } else {
        if (!o->fused) pass_hard(t, &now);
        pass_penalty(t, &now);
        pass_clean(t, target, teacher, dropout, &now);
        if (t->margin.form == LAD_MARGIN_NOVEL_LOCAL)
            pass_composite_local(t, &now);
        else if (wants_composite(t))
            pass_composite(t, target, dropout, &now);
    }
    now.total = now.hard + now.penalty + now.ae + now.stae + now.hinge + now.faithful;
    update_means(t, &now);
    bool alone = autoencoder_alone(t), frozen = autoencoder_frozen(t);
    t->steps_done++;
    if (!frozen) update_network(t, t->autoencoder, now.learning_rate, t->steps_done);
    if (!alone) update_network(t, t->student, now.learning_rate, t->steps_done - o->ae_first);
    *report = now;
}
