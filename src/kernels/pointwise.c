/* Drivers of the kernels that are not convolutions: they cut the work into items whose bounds do not depend on
 * the number of threads. */
#include "kernels/table.h"

#include <string.h>

enum { BLOCK = 16384 }; /* elements per item: 64 KiB, a few microseconds of work */

typedef struct span_job {
    const lad_kernels *k;
    size_t count;
    const float *x, *d_y;
    float *y, *p, *m, *v;
    const lad_adam_rates *rates;
} span_job;

static size_t blocks_of(size_t count)
{
    return count / BLOCK + (count % BLOCK != 0);
}

static size_t block_length(size_t count, size_t block)
{
    size_t rest = count - block * BLOCK;
    return rest < BLOCK ? rest : BLOCK;
}

static void relu_forward_block(void *context, size_t block, size_t thread)
{
    (void)thread;
    const span_job *job = context;
    size_t at = block * BLOCK;
    job->k->relu_forward(block_length(job->count, block), job->x + at, job->y + at);
}

void lad_relu_forward(const lad_kernels *k, lad_pool *pool, size_t count, const float *x, float *y)
{
    span_job job = {.k = k, .count = count, .x = x, .y = y};
    lad_pool_run(pool, blocks_of(count), relu_forward_block, &job);
}

static void relu_backward_block(void *context, size_t block, size_t thread)
{
    (void)thread;
    const span_job *job = context;
    size_t at = block * BLOCK;
    job->k->relu_backward(block_length(job->count, block), job->x + at, job->d_y + at, job->y + at);
}

void lad_relu_backward(const lad_kernels *k, lad_pool *pool, size_t count, const float *y, const float *d_y, float *d_x)
{
    span_job job = {.k = k, .count = count, .x = y, .d_y = d_y, .y = d_x};
    lad_pool_run(pool, blocks_of(count), relu_backward_block, &job);
}

static void adam_block(void *context, size_t block, size_t thread)
{
    (void)thread;
    const span_job *job = context;
    size_t at = block * BLOCK;
    job->k->adam(block_length(job->count, block), job->rates, job->p + at, job->x + at, job->m + at, job->v + at);
}

/* x^n by repeated squaring: the same bits on every machine, which libm's pow does not promise. */
static double power(double x, size_t n)
{
    double result = 1.0;
    for (; n > 0; n /= 2, x *= x) {
        if (n % 2 == 1) result *= x;
    }
    return result;
}

void lad_adam_step(const lad_kernels *k, lad_pool *pool, size_t count, float *p, const float *grad, float *m, float *v,
                   float lr, float weight_decay, size_t t)
{
    lad_adam_rates rates = {
        .lr_over_correction1 = (float)((double)lr / (1.0 - power((double)LAD_ADAM_B1, t))),
        .correction2 = (float)(1.0 / (1.0 - power((double)LAD_ADAM_B2, t))),
        .weight_decay = weight_decay,
    };
    span_job job = {.k = k, .count = count, .x = grad, .p = p, .m = m, .v = v, .rates = &rates};
    lad_pool_run(pool, blocks_of(count), adam_block, &job);
}

typedef struct mse_job {
    const lad_kernels *k;
    size_t positions, c;
    const float *a, *b;
    size_t a_stride, b_stride;
    float *out;
} mse_job;

enum { MSE_POSITIONS = 64 };

static void channel_mse_block(void *context, size_t block, size_t thread)
{
    (void)thread;
    const mse_job *job = context;
    size_t at = block * MSE_POSITIONS, rest = job->positions - at;
    job->k->channel_mse(rest < MSE_POSITIONS ? rest : MSE_POSITIONS, job->c, job->a + at * job->a_stride, job->a_stride,
                        job->b + at * job->b_stride, job->b_stride, job->out + at);
}

void lad_channel_mse(const lad_kernels *k, lad_pool *pool, size_t positions, size_t c, const float *a, size_t a_stride,
                     const float *b, size_t b_stride, float *out)
{
    mse_job job = {k, positions, c, a, b, a_stride, b_stride, out};
    lad_pool_run(pool, (positions + MSE_POSITIONS - 1) / MSE_POSITIONS, channel_mse_block, &job);
}
