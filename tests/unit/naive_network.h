/* A second implementation of the networks for the tests: double precision, NHWC, written to be obvious, sharing
 * no code with src/ but the random numbers of dropout.
 *
 * The bound: a float sum of k products differs from the exact one by at most about k eps times the same sum with
 * all terms positive, and errors of the layers add up.  So the naive network is run a second time on absolute
 * values (inputs, weights, output weights), and its results times naive_terms() * FLT_EPSILON bound the error of
 * outputs and of gradients alike.  Bilinear resizing also rounds the place it samples, by a few eps of the size,
 * which moves that much weight between neighbours: in the run on magnitudes their weights are larger by that. */
#ifndef LAD_TESTS_NAIVE_NETWORK_H
#define LAD_TESTS_NAIVE_NETWORK_H

#include "nn/dropout.h"
#include "nn/network.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct naive_shape {
    size_t n, h, w, c;
} naive_shape;

static inline size_t naive_count(naive_shape s)
{
    return s.n * s.h * s.w * s.c;
}

static inline double naive_at(const double *x, naive_shape s, size_t n, long y, long column, size_t c)
{
    if (y < 0 || column < 0 || y >= (long)s.h || column >= (long)s.w) return 0.0;
    return x[((n * s.h + (size_t)y) * s.w + (size_t)column) * s.c + c];
}

static inline double *naive_conv(const lad_layer_spec *l, naive_shape in, naive_shape out, const double *x,
                                 const double *weight, const double *bias)
{
    double *y = malloc(naive_count(out) * sizeof *y), *at = y;
    size_t k = l->kernel;
    for (size_t n = 0; n < out.n; n++)
        for (size_t oy = 0; oy < out.h; oy++)
            for (size_t ox = 0; ox < out.w; ox++)
                for (size_t oc = 0; oc < out.c; oc++) {
                    double sum = bias[oc];
                    for (size_t ic = 0; ic < in.c; ic++)
                        for (size_t ky = 0; ky < k; ky++)
                            for (size_t kx = 0; kx < k; kx++)
                                sum += weight[((oc * in.c + ic) * k + ky) * k + kx] *
                                       naive_at(x, in, n, (long)(oy * l->stride + ky) - (long)l->pad,
                                                (long)(ox * l->stride + kx) - (long)l->pad, ic);
                    *at++ = l->relu && sum < 0.0 ? 0.0 : sum;
                }
    return y;
}

static inline double *naive_pool(naive_shape in, naive_shape out, const double *x)
{
    double *y = malloc(naive_count(out) * sizeof *y), *at = y;
    for (size_t n = 0; n < out.n; n++)
        for (long oy = 0; oy < (long)out.h; oy++)
            for (long ox = 0; ox < (long)out.w; ox++)
                for (size_t c = 0; c < out.c; c++)
                    *at++ =
                        (naive_at(x, in, n, 2 * oy, 2 * ox, c) + naive_at(x, in, n, 2 * oy, 2 * ox + 1, c) +
                         naive_at(x, in, n, 2 * oy + 1, 2 * ox, c) + naive_at(x, in, n, 2 * oy + 1, 2 * ox + 1, c)) /
                        4.0;
    return y;
}

/* Where output o samples the input, clamped to [0, size - 1]: centres are aligned, not corners. */
static inline double naive_source(size_t size, size_t out, size_t o)
{
    double at = ((double)o + 0.5) * (double)size / (double)out - 0.5;
    double last = (double)size - 1.0;
    return at < 0.0 ? 0.0 : at > last ? last : at;
}

static inline double *naive_bilinear(naive_shape in, naive_shape out, const double *x, bool magnitude)
{
    double moved_y = magnitude ? (double)in.h / 4.0 : 0.0, moved_x = magnitude ? (double)in.w / 4.0 : 0.0;
    double *y = malloc(naive_count(out) * sizeof *y), *at = y;
    for (size_t n = 0; n < out.n; n++)
        for (size_t oy = 0; oy < out.h; oy++)
            for (size_t ox = 0; ox < out.w; ox++)
                for (size_t c = 0; c < out.c; c++) {
                    double sy = naive_source(in.h, out.h, oy), sx = naive_source(in.w, out.w, ox), sum = 0.0;
                    /* The tent function of the distance weighs all pixels; at most four are not 0. */
                    for (size_t iy = 0; iy < in.h; iy++)
                        for (size_t ix = 0; ix < in.w; ix++) {
                            double wy = 1.0 - fabs(sy - (double)iy), wx = 1.0 - fabs(sx - (double)ix);
                            if (wy > 0.0 && wx > 0.0)
                                sum += (wy + moved_y) * (wx + moved_x) * naive_at(x, in, n, (long)iy, (long)ix, c);
                        }
                    *at++ = sum;
                }
    return y;
}

static inline double *naive_dropout(const lad_layer_spec *l, naive_shape in, const double *x, lad_rng *rng)
{
    size_t count = naive_count(in);
    double *y = malloc(count * sizeof *y);
    float *ones = malloc(count * sizeof *ones), *scaled = malloc(count * sizeof *scaled);
    uint8_t *kept = malloc(count);
    for (size_t i = 0; i < count; i++) ones[i] = 1.0f;
    if (rng)
        lad_dropout_forward(NULL, count, l->drop, rng, ones, scaled, kept);
    else
        memcpy(scaled, ones, count * sizeof *scaled);
    for (size_t i = 0; i < count; i++)
        y[i] = x[i] * (scaled[i] == 0.0f ? 0.0 : rng ? 1.0 / (1.0 - (double)l->drop) : 1.0);
    free(ones);
    free(scaled);
    free(kept);
    return y;
}

/* Runs all layers.  params: the parameter block in double.  Returns the output (free), *shape its shape.
 * magnitude: x and params are absolute values, and the result is for a bound. */
static inline double *naive_forward(const lad_layer_spec *specs, size_t layers, naive_shape *shape, const double *x,
                                    const double *params, const lad_rng *dropout, bool magnitude)
{
    lad_rng rng_copy, *rng = NULL;
    if (dropout) {
        rng_copy = *dropout;
        rng = &rng_copy;
    }
    double *current = malloc(naive_count(*shape) * sizeof *current);
    memcpy(current, x, naive_count(*shape) * sizeof *current);
    for (size_t i = 0; i < layers; i++) {
        const lad_layer_spec *l = &specs[i];
        naive_shape in = *shape, out = in;
        double *y = NULL;
        switch (l->kind) {
        case LAD_LAYER_CONV:
            out.h = (in.h + 2 * l->pad - l->kernel) / l->stride + 1;
            out.w = (in.w + 2 * l->pad - l->kernel) / l->stride + 1;
            out.c = l->oc;
            y = naive_conv(l, in, out, current, params, params + l->oc * in.c * l->kernel * l->kernel);
            params += l->oc * in.c * l->kernel * l->kernel + l->oc;
            break;
        case LAD_LAYER_AVGPOOL2:
            out.h = in.h / 2;
            out.w = in.w / 2;
            y = naive_pool(in, out, current);
            break;
        case LAD_LAYER_BILINEAR:
            out.h = out.w = l->out;
            y = naive_bilinear(in, out, current, magnitude);
            break;
        case LAD_LAYER_UNFOLD: /* one pixel's channels, cell by cell */
            out.h = out.w = l->out;
            out.c = in.c / (l->out * l->out);
            y = malloc(naive_count(out) * sizeof *y);
            memcpy(y, current, naive_count(out) * sizeof *y);
            break;
        case LAD_LAYER_DROPOUT: y = naive_dropout(l, in, current, rng); break;
        }
        free(current);
        current = y;
        *shape = out;
    }
    return current;
}

/* Roundings on the longest way through the network and back: sums of each layer forward, backward over data, and
 * over positions for weights. */
static inline double naive_terms(const lad_layer_spec *specs, size_t layers, naive_shape shape)
{
    double terms = 0.0;
    for (size_t i = 0; i < layers; i++) {
        const lad_layer_spec *l = &specs[i];
        double positions = (double)(shape.n * shape.h * shape.w), k = (double)(l->kernel * l->kernel);
        terms += l->kind == LAD_LAYER_CONV ? k * (double)(shape.c + l->oc) + positions + 4.0 : 12.0;
        if (l->kind == LAD_LAYER_CONV) shape.c = l->oc;
        if (l->kind == LAD_LAYER_BILINEAR || l->kind == LAD_LAYER_UNFOLD) shape.h = shape.w = l->out;
        if (l->kind == LAD_LAYER_UNFOLD) shape.c /= l->out * l->out;
    }
    return terms;
}

#endif
