#include "nn/losses.h"

#include <math.h>

/* Work is cut into chunks of positions whose bounds depend on the size alone; each chunk sums in double, and the
 * chunks' sums are added in order. */
enum { CHUNKS = 64, LANES = 8 };

typedef struct loss_job {
    size_t positions, c;
    lad_features a, b;
    double factor;    /* of (a - b) in the gradient */
    const float *d_p; /* [positions], for lad_distance_backward */
    float *distance;  /* [positions * c], for the hard loss */
    float least;      /* smallest distance that counts */
    double sum[CHUNKS];
    size_t count[CHUNKS];
} loss_job;

static size_t chunk_start(const loss_job *job, size_t chunk)
{
    return job->positions / CHUNKS * chunk + job->positions % CHUNKS * chunk / CHUNKS;
}

/* Sum of (a - b)^2 over one position; b NULL: zeros.  Eight running sums, so that compilers can use vectors
 * without reordering anything. */
static double sum_of_squares(size_t c, const float *a, const float *b)
{
    float lanes[LANES] = {0};
    size_t j = 0;
    for (; j + LANES <= c; j += LANES)
        for (size_t lane = 0; lane < LANES; lane++) {
            float difference = b ? a[j + lane] - b[j + lane] : a[j + lane];
            lanes[lane] += difference * difference;
        }
    double sum = 0.0;
    for (size_t lane = 0; lane < LANES; lane++) sum += (double)lanes[lane];
    for (; j < c; j++) {
        float difference = b ? a[j] - b[j] : a[j];
        sum += (double)(difference * difference);
    }
    return sum;
}

/* d_a += factor (a - b), d_b -= factor (a - b); any of b, d_a, d_b may be NULL. */
static void add_gradient(size_t c, float factor, const float *a, const float *b, float *d_a, float *d_b)
{
    if (d_a && b)
        for (size_t j = 0; j < c; j++) d_a[j] += factor * (a[j] - b[j]);
    else if (d_a)
        for (size_t j = 0; j < c; j++) d_a[j] += factor * a[j];
    if (d_b)
        for (size_t j = 0; j < c; j++) d_b[j] -= factor * (a[j] - b[j]);
}

static float *gradient_at(lad_features f, size_t position)
{
    return f.d ? f.d + position * f.stride : NULL;
}

static const float *features_at(lad_features f, size_t position)
{
    return f.x ? f.x + position * f.stride : NULL;
}

static double run_and_sum(lad_pool *pool, lad_pool_fn *chunk_fn, loss_job *job)
{
    lad_pool_run(pool, CHUNKS, chunk_fn, job);
    double sum = 0.0;
    for (size_t chunk = 0; chunk < CHUNKS; chunk++) sum += job->sum[chunk];
    return sum;
}

static void mse_chunk(void *context, size_t chunk, size_t thread)
{
    (void)thread;
    loss_job *job = context;
    double sum = 0.0;
    size_t end = chunk_start(job, chunk + 1);
    for (size_t i = chunk_start(job, chunk); i < end; i++) {
        const float *a = features_at(job->a, i), *b = features_at(job->b, i);
        sum += sum_of_squares(job->c, a, b);
        add_gradient(job->c, (float)job->factor, a, b, gradient_at(job->a, i), gradient_at(job->b, i));
    }
    job->sum[chunk] = sum;
}

double lad_loss_mse(lad_pool *pool, size_t positions, size_t c, lad_features a, lad_features b, double scale)
{
    if (positions == 0 || c == 0) return 0.0;
    double count = (double)positions * (double)c;
    loss_job job = {.positions = positions, .c = c, .a = a, .b = b, .factor = 2.0 * scale / count};
    return scale * run_and_sum(pool, mse_chunk, &job) / count;
}

double lad_loss_penalty(lad_pool *pool, size_t positions, size_t c, lad_features a, double scale)
{
    return lad_loss_mse(pool, positions, c, a, (lad_features){0}, scale);
}

static void distance_chunk(void *context, size_t chunk, size_t thread)
{
    (void)thread;
    loss_job *job = context;
    size_t end = chunk_start(job, chunk + 1);
    for (size_t i = chunk_start(job, chunk); i < end; i++) {
        const float *a = features_at(job->a, i), *b = features_at(job->b, i);
        float *distance = job->distance + i * job->c;
        for (size_t j = 0; j < job->c; j++) distance[j] = (a[j] - b[j]) * (a[j] - b[j]);
    }
}

static void hard_sum_chunk(void *context, size_t chunk, size_t thread)
{
    (void)thread;
    loss_job *job = context;
    double sum = 0.0;
    size_t count = 0, end = chunk_start(job, chunk + 1) * job->c;
    for (size_t i = chunk_start(job, chunk) * job->c; i < end; i++) {
        if (job->distance[i] < job->least) continue;
        sum += (double)job->distance[i];
        count++;
    }
    job->sum[chunk] = sum;
    job->count[chunk] = count;
}

static void hard_gradient_chunk(void *context, size_t chunk, size_t thread)
{
    (void)thread;
    loss_job *job = context;
    size_t end = chunk_start(job, chunk + 1);
    for (size_t i = chunk_start(job, chunk); i < end; i++) {
        const float *a = features_at(job->a, i), *b = features_at(job->b, i);
        float *d_a = gradient_at(job->a, i), *d_b = gradient_at(job->b, i);
        const float *distance = job->distance + i * job->c;
        for (size_t j = 0; j < job->c; j++)
            if (!(distance[j] < job->least))
                add_gradient(1, (float)job->factor, a + j, b + j, d_a ? d_a + j : NULL, d_b ? d_b + j : NULL);
    }
}

double lad_loss_hard(lad_pool *pool, size_t positions, size_t c, lad_features a, lad_features b, double quantile,
                     double scale, float *scratch)
{
    if (positions == 0 || c == 0) return 0.0;
    loss_job job = {.positions = positions, .c = c, .a = a, .b = b, .distance = scratch};
    lad_pool_run(pool, CHUNKS, distance_chunk, &job);
    double d_hard = lad_quantile(pool, positions * c, scratch, quantile);
    job.least = (float)d_hard;
    if ((double)job.least < d_hard) job.least = nextafterf(job.least, INFINITY);

    double sum = run_and_sum(pool, hard_sum_chunk, &job);
    size_t count = 0;
    for (size_t chunk = 0; chunk < CHUNKS; chunk++) count += job.count[chunk];
    if (count == 0) return 0.0;
    job.factor = 2.0 * scale / (double)count;
    lad_pool_run(pool, CHUNKS, hard_gradient_chunk, &job);
    return scale * sum / (double)count;
}

static void backward_chunk(void *context, size_t chunk, size_t thread)
{
    (void)thread;
    const loss_job *job = context;
    size_t end = chunk_start(job, chunk + 1);
    for (size_t i = chunk_start(job, chunk); i < end; i++) {
        float factor = job->d_p[i] * (float)job->factor;
        if (factor == 0.0f) continue;
        add_gradient(job->c, factor, features_at(job->a, i), features_at(job->b, i), gradient_at(job->a, i),
                     gradient_at(job->b, i));
    }
}

void lad_distance_backward(lad_pool *pool, size_t positions, size_t c, lad_features a, lad_features b, const float *d_p)
{
    if (positions == 0 || c == 0) return;
    loss_job job = {.positions = positions, .c = c, .a = a, .b = b, .factor = 2.0 / (double)c, .d_p = d_p};
    lad_pool_run(pool, CHUNKS, backward_chunk, &job);
}
