#include "nn/quantile.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* Floats sort as their representations do once the sign bit is turned over, and with it, of negative ones, all
 * others.  So the k-th smallest is found a byte at a time from the top:
 * count how often each value of the byte occurs among the candidates, keep the one that holds rank k. */
enum { CHUNKS = 32, DIGITS = 256, MIN_CHUNK = 4096 };

typedef struct select_job {
    size_t count, chunk; /* chunk: elements per item, independent of the number of threads */
    const float *values;
    uint32_t prefix, mask; /* candidates: (key & mask) == prefix */
    unsigned shift;        /* of the byte that is counted */
    float above;           /* for the minimum of what exceeds it */
    uint32_t histogram[CHUNKS][DIGITS];
    float minimum[CHUNKS];
} select_job;

static uint32_t key_of(float value)
{
    uint32_t bits;
    value += 0.0f; /* -0 is 0 */
    memcpy(&bits, &value, sizeof bits);
    return bits ^ ((0u - (bits >> 31)) | 0x80000000u);
}

static float value_of(uint32_t key)
{
    uint32_t bits = key ^ (((key >> 31) - 1u) | 0x80000000u);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static size_t chunk_end(const select_job *job, size_t chunk)
{
    size_t start = chunk * job->chunk;
    return job->count - start < job->chunk ? job->count : start + job->chunk;
}

static void count_chunk(void *context, size_t chunk, size_t thread)
{
    (void)thread;
    select_job *job = context;
    uint32_t *histogram = job->histogram[chunk];
    memset(histogram, 0, sizeof job->histogram[chunk]);
    size_t end = chunk_end(job, chunk);
    for (size_t i = chunk * job->chunk; i < end; i++) {
        uint32_t key = key_of(job->values[i]);
        if ((key & job->mask) == job->prefix) histogram[key >> job->shift & (DIGITS - 1)]++;
    }
}

static void minimum_chunk(void *context, size_t chunk, size_t thread)
{
    (void)thread;
    select_job *job = context;
    float minimum = INFINITY;
    size_t end = chunk_end(job, chunk);
    for (size_t i = chunk * job->chunk; i < end; i++)
        if (job->values[i] > job->above && job->values[i] < minimum) minimum = job->values[i];
    job->minimum[chunk] = minimum;
}

double lad_quantile(lad_pool *pool, size_t count, const float *values, double q)
{
    if (count == 0) return 0.0;
    double position = q * (double)(count - 1);
    size_t rank = (size_t)position;
    double fraction = position - (double)rank;

    select_job job = {.count = count, .chunk = (count + CHUNKS - 1) / CHUNKS, .values = values};
    if (job.chunk < MIN_CHUNK) job.chunk = MIN_CHUNK;
    size_t chunks = (count + job.chunk - 1) / job.chunk;
    size_t left = rank, equal = 0; /* rank among the candidates; how many candidates share the final value */
    for (unsigned byte = 4; byte-- > 0;) {
        job.shift = 8 * byte;
        lad_pool_run(pool, chunks, count_chunk, &job);
        for (uint32_t digit = 0; digit < DIGITS; digit++) {
            equal = 0;
            for (size_t c = 0; c < chunks; c++) equal += job.histogram[c][digit];
            if (left < equal) {
                job.prefix |= digit << job.shift;
                break;
            }
            left -= equal;
        }
        job.mask |= (uint32_t)(DIGITS - 1) << job.shift;
    }
    float low = value_of(job.prefix);
    if (fraction == 0.0 || left + 1 < equal) return (double)low;

    job.above = low;
    lad_pool_run(pool, chunks, minimum_chunk, &job);
    float high = INFINITY;
    for (size_t c = 0; c < chunks; c++)
        if (job.minimum[c] < high) high = job.minimum[c];
    return (double)low + fraction * ((double)high - (double)low);
}
