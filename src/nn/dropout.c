#include "nn/dropout.h"

enum { BLOCK = 8192 }; /* elements per item of work; each block has its own stream of random numbers */

typedef struct dropout_job {
    size_t count;
    uint64_t seed;
    uint32_t threshold; /* a value is dropped when a random u32 is below it */
    float scale;
    const float *x;
    float *y;
    uint8_t *kept;       /* forward: written */
    const uint8_t *mask; /* backward: read */
} dropout_job;

static size_t block_end(size_t count, size_t block)
{
    size_t start = block * BLOCK;
    return count - start < BLOCK ? count : start + BLOCK;
}

static void forward_block(void *context, size_t block, size_t thread)
{
    (void)thread;
    const dropout_job *job = context;
    lad_rng rng = lad_rng_seed(job->seed, block);
    size_t end = block_end(job->count, block);
    for (size_t i = block * BLOCK; i < end; i++) {
        job->kept[i] = lad_rng_u32(&rng) >= job->threshold;
        job->y[i] = job->kept[i] ? job->x[i] * job->scale : 0.0f;
    }
}

void lad_dropout_forward(lad_pool *pool, size_t count, float drop, lad_rng *rng, const float *x, float *y,
                         uint8_t *kept)
{
    uint64_t high = lad_rng_u32(rng);
    dropout_job job = {.count = count,
                       .seed = high << 32 | lad_rng_u32(rng),
                       .threshold = (uint32_t)((double)drop * 4294967296.0),
                       .scale = 1.0f / (1.0f - drop),
                       .x = x,
                       .y = y,
                       .kept = kept};
    lad_pool_run(pool, (count + BLOCK - 1) / BLOCK, forward_block, &job);
}

static void backward_block(void *context, size_t block, size_t thread)
{
    (void)thread;
    const dropout_job *job = context;
    size_t end = block_end(job->count, block);
    for (size_t i = block * BLOCK; i < end; i++) job->y[i] = job->mask[i] ? job->y[i] * job->scale : 0.0f;
}

void lad_dropout_backward(lad_pool *pool, size_t count, float drop, const uint8_t *kept, float *d)
{
    dropout_job job = {.count = count, .scale = 1.0f / (1.0f - drop), .y = d, .mask = kept};
    lad_pool_run(pool, (count + BLOCK - 1) / BLOCK, backward_block, &job);
}
