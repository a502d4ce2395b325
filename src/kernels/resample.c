/* Drivers of average pooling and bilinear resizing: one row of the written array is one item. */
#include "kernels/table.h"

#include <string.h>

typedef struct resample_job {
    const lad_kernels *k;
    size_t h, w, c, oh, ow;
    const float *in;
    float *out;
    const float *relu; /* avgpool2_backward */
} resample_job;

static void avgpool2_forward_row(void *context, size_t item, size_t thread)
{
    (void)thread;
    const resample_job *job = context;
    size_t image = item / job->oh, oy = item % job->oh, row = job->w * job->c;
    const float *x = job->in + (image * job->h + 2 * oy) * row;
    job->k->avgpool2_forward(job->w, job->c, x, x + row, job->out + item * job->ow * job->c);
}

void lad_avgpool2_forward(const lad_kernels *k, lad_pool *pool, size_t n, size_t h, size_t w, size_t c, const float *x,
                          float *y)
{
    resample_job job = {k, h, w, c, h / 2, w / 2, x, y, NULL};
    lad_pool_run(pool, n * job.oh, avgpool2_forward_row, &job);
}

/* Two input rows, or the dropped odd last row of an image. */
static void avgpool2_backward_rows(void *context, size_t item, size_t thread)
{
    (void)thread;
    const resample_job *job = context;
    size_t pairs = (job->h + 1) / 2, image = item / pairs, pair = item % pairs, row = job->w * job->c;
    size_t at = (image * job->h + 2 * pair) * row;
    const float *x = job->relu ? job->relu + at : NULL;
    float *d_x = job->out + at;
    if (pair < job->oh)
        job->k->avgpool2_backward(job->w, job->c, job->in + (image * job->oh + pair) * job->ow * job->c, x,
                                  x ? x + row : NULL, d_x, d_x + row);
    else
        memset(d_x, 0, row * sizeof *d_x);
}

void lad_avgpool2_backward(const lad_kernels *k, lad_pool *pool, size_t n, size_t h, size_t w, size_t c,
                           const float *d_y, const float *relu, float *d_x)
{
    resample_job job = {k, h, w, c, h / 2, w / 2, d_y, d_x, relu};
    lad_pool_run(pool, n * ((h + 1) / 2), avgpool2_backward_rows, &job);
}

static void bilinear_forward_row(void *context, size_t item, size_t thread)
{
    (void)thread;
    const resample_job *job = context;
    size_t image = item / job->oh, oy = item % job->oh, row = job->w * job->c, top, bottom;
    float lower;
    lad_bilinear_tap(job->h, job->oh, oy, &top, &bottom, &lower);
    const float *x = job->in + image * job->h * row;
    job->k->bilinear_forward(job->w, job->c, job->ow, lower, x + top * row, x + bottom * row,
                             job->out + item * job->ow * job->c);
}

void lad_bilinear_forward(const lad_kernels *k, lad_pool *pool, size_t n, size_t h, size_t w, size_t c, size_t oh,
                          size_t ow, const float *x, float *y)
{
    resample_job job = {k, h, w, c, oh, ow, x, y, NULL};
    lad_pool_run(pool, n * oh, bilinear_forward_row, &job);
}

/* One input row gathers from the output rows that read it, in their order. */
static void bilinear_backward_row(void *context, size_t item, size_t thread)
{
    (void)thread;
    const resample_job *job = context;
    size_t image = item / job->h, iy = item % job->h;
    float *d_x = job->out + item * job->w * job->c;
    memset(d_x, 0, job->w * job->c * sizeof *d_x);
    for (size_t oy = 0; oy < job->oh; oy++) {
        size_t top, bottom;
        float lower;
        lad_bilinear_tap(job->h, job->oh, oy, &top, &bottom, &lower);
        float weight = (top == iy ? 1.0f - lower : 0.0f) + (bottom == iy ? lower : 0.0f);
        if (weight == 0.0f) continue;
        job->k->bilinear_backward(job->w, job->c, job->ow, weight, job->in + (image * job->oh + oy) * job->ow * job->c,
                                  d_x);
    }
}

void lad_bilinear_backward(const lad_kernels *k, lad_pool *pool, size_t n, size_t h, size_t w, size_t c, size_t oh,
                           size_t ow, const float *d_y, float *d_x)
{
    resample_job job = {k, h, w, c, oh, ow, d_y, d_x, NULL};
    lad_pool_run(pool, n * h, bilinear_backward_row, &job);
}
