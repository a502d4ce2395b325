#include "train/global_fit.h"

#include "base/alloc.h"
#include "train/novelty_axes.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

const double LAD_GLOBAL_STRENGTH = 0.1;

/* z = (rows - mean) / std for each column; a column without variance becomes zeros. */
static void standardise(const double *rows, size_t n, size_t count, double *z, double *mean, double *std)
{
    for (size_t j = 0; j < count; j++) {
        double sum = 0.0, squares = 0.0;
        for (size_t i = 0; i < n; i++) sum += rows[i * count + j];
        mean[j] = sum / (double)n;
        for (size_t i = 0; i < n; i++) {
            double d = rows[i * count + j] - mean[j];
            squares += d * d;
        }
        std[j] = sqrt(squares / (double)n);
        for (size_t i = 0; i < n; i++) z[i * count + j] = std[j] > 0.0 ? (rows[i * count + j] - mean[j]) / std[j] : 0.0;
    }
}

static void second_moment(const double *z, size_t n, size_t count, double *s)
{
    for (size_t j = 0; j < count * count; j++) s[j] = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double *row = z + i * count;
        for (size_t j = 0; j < count; j++)
            for (size_t k = 0; k <= j; k++) s[j * count + k] += row[j] * row[k];
    }
    for (size_t j = 0; j < count; j++) {
        for (size_t k = 0; k <= j; k++) {
            s[j * count + k] /= (double)n;
            s[k * count + j] = s[j * count + k];
        }
    }
}

/* Ledoit and Wolf: S* = r m I + (1 - r) S with m = tr S / p, d^2 = |S - m I|^2 / p,
 * b^2 = min(d^2, sum_i |z_i z_i^T - S|^2 / (n^2 p)), r = b^2 / d^2.
 * |z z^T - S|^2 = |z|^4 - 2 z^T S z + |S|^2 saves forming the products. */
static void shrink(const double *z, size_t n, size_t count, double *s)
{
    double p = (double)count, trace = 0.0, norm = 0.0;
    for (size_t j = 0; j < count; j++) trace += s[j * count + j];
    for (size_t j = 0; j < count * count; j++) norm += s[j] * s[j];
    double m = trace / p, d2 = (norm - m * m * p) / p, b2 = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double *row = z + i * count;
        double length = 0.0, along = 0.0;
        for (size_t j = 0; j < count; j++) {
            double product = 0.0;
            for (size_t k = 0; k < count; k++) product += s[j * count + k] * row[k];
            along += row[j] * product;
            length += row[j] * row[j];
        }
        b2 += (length * length - 2.0 * along + norm) / ((double)n * (double)n * p);
    }
    double r = d2 > 0.0 ? fmin(b2, d2) / d2 : 1.0;
    for (size_t j = 0; j < count * count; j++) s[j] *= 1.0 - r;
    for (size_t j = 0; j < count; j++) s[j * count + j] += r * m;
}

/* Second moment of what composites change, in the units of z; each of them is [n, count] of `novel` and in `z`. */
static void novel_moment(const double *rows, const double *novel, size_t n, size_t composites, size_t count,
                         const double *std, double *z, double *part, double *d)
{
    memset(d, 0, count * count * sizeof *d);
    for (size_t k = 0; k < composites; k++) {
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < count; j++) {
                size_t at = i * count + j;
                z[at] = std[j] > 0.0 ? (novel[k * n * count + at] - rows[at]) / std[j] : 0.0;
            }
        }
        second_moment(z, n, count, part);
        for (size_t j = 0; j < count * count; j++) d[j] += part[j] / (double)composites;
    }
}

lad_status lad_global_fit(const double *rows, const double *novel, size_t n, size_t composites, size_t count,
                          lad_global_head *head, lad_error *err)
{
    if (n < 2) return lad_fail(err, LAD_ERR_ARG, "The global head needs at least 2 pictures.");
    lad_global_head h = {.count = count, .scale = 1.0};
    lad_status status = LAD_OK;
    size_t used = count < LAD_GLOBAL_DIRECTIONS ? count : LAD_GLOBAL_DIRECTIONS;
    double *z = lad_alloc(n * count, sizeof *z), *mean = lad_alloc(count, sizeof *mean);
    double *std = lad_alloc(count, sizeof *std), *s = lad_alloc(count * count, sizeof *s);
    double *d = lad_alloc(count * count, sizeof *d), *axes = lad_alloc(used * count, sizeof *axes);
    h.mean = lad_alloc(count, sizeof *h.mean);
    h.directions = lad_alloc_zero(LAD_GLOBAL_DIRECTIONS * count, sizeof *h.directions);
    if (!z || !mean || !std || !s || !d || !axes || !h.mean || !h.directions) {
        status = lad_fail(err, LAD_ERR_NOMEM, "Memory for the global head ran out.");
        goto fail;
    }
    standardise(rows, n, count, z, mean, std);
    novel_moment(rows, novel, n, composites, count, std, z, s, d);
    standardise(rows, n, count, z, mean, std);
    second_moment(z, n, count, s);
    shrink(z, n, count, s);
    status = lad_novelty_axes(count, s, d, LAD_GLOBAL_STRENGTH, used, axes);
    if (status != LAD_OK) {
        lad_fail(err, status, "%s",
                 status == LAD_ERR_NOMEM ? "Memory for the global head ran out."
                                         : "The pictures are all alike: their features have no covariance.");
        goto fail;
    }
    for (size_t j = 0; j < count; j++) {
        h.mean[j] = (float)mean[j];
        for (size_t r = 0; r < used; r++)
            h.directions[r * count + j] = std[j] > 0.0 ? (float)(axes[r * count + j] / std[j]) : 0.0f;
    }
    *head = h;
    h = (lad_global_head){0};

fail:
    lad_global_head_deinit(&h);
    lad_free(z);
    lad_free(mean);
    lad_free(std);
    lad_free(s);
    lad_free(d);
    lad_free(axes);
    return status;
}

static void mean_and_std(const double *values, size_t n, double *mean, double *std)
{
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < n; i++) sum += values[i];
    *mean = sum / (double)n;
    for (size_t i = 0; i < n; i++) squares += (values[i] - *mean) * (values[i] - *mean);
    *std = sqrt(squares / (double)n);
}

void lad_global_scale(lad_global_head *head, double weight, const double *distances, const double *map_scores, size_t n)
{
    double mean = 0.0, map_mean = 0.0, std = 0.0, map_std = 0.0;
    mean_and_std(distances, n, &mean, &std);
    mean_and_std(map_scores, n, &map_mean, &map_std);
    head->offset = mean;
    head->scale = std > 0.0 ? weight * map_std / std : 0.0;
}
