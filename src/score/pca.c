#include "score/pca.h"

#include "base/alloc.h"

#include <math.h>
#include <string.h>

enum { ITERATIONS = 120 };

typedef struct basis {
    size_t c;
    double *mean;       /* [c] */
    double *covariance; /* [c, c], less what was found already */
    double *component;  /* [3, c], unit */
    double *scratch;    /* [c] */
    double deviation[LAD_PCA_COLORS];
} basis;

static void basis_deinit(basis *b)
{
    lad_free(b->mean);
    lad_free(b->covariance);
    lad_free(b->component);
    lad_free(b->scratch);
}

static lad_status basis_init(basis *b, size_t c)
{
    size_t square;
    *b = (basis){.c = c};
    if (!lad_size_mul(c, c, &square)) return LAD_ERR_NOMEM;
    b->mean = lad_alloc_zero(c, sizeof *b->mean);
    b->covariance = lad_alloc_zero(square, sizeof *b->covariance);
    b->component = lad_alloc_zero(LAD_PCA_COLORS * c, sizeof *b->component);
    b->scratch = lad_alloc_zero(c, sizeof *b->scratch);
    return b->mean && b->covariance && b->component && b->scratch ? LAD_OK : LAD_ERR_NOMEM;
}

/* Mean and covariance; returns the trace: the whole variance. */
static double measure(basis *b, size_t rows, const float *x, size_t stride)
{
    size_t c = b->c;
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < c; i++) b->mean[i] += (double)x[r * stride + i];
    for (size_t i = 0; i < c; i++) b->mean[i] /= (double)rows;
    for (size_t r = 0; r < rows; r++) {
        for (size_t i = 0; i < c; i++) b->scratch[i] = (double)x[r * stride + i] - b->mean[i];
        for (size_t i = 0; i < c; i++)
            for (size_t j = 0; j <= i; j++) b->covariance[i * c + j] += b->scratch[i] * b->scratch[j];
    }
    double trace = 0;
    for (size_t i = 0; i < c; i++) {
        for (size_t j = 0; j <= i; j++) {
            b->covariance[i * c + j] /= (double)rows;
            b->covariance[j * c + i] = b->covariance[i * c + j];
        }
        trace += b->covariance[i * c + i];
    }
    return trace;
}

/* Makes v a unit vector and returns its length before; 0: v is left as it is. */
static double normalize(double *v, size_t c)
{
    double sum = 0;
    for (size_t i = 0; i < c; i++) sum += v[i] * v[i];
    double length = sqrt(sum);
    if (length > 0)
        for (size_t i = 0; i < c; i++) v[i] /= length;
    return length;
}

/* The strongest direction of what is left of the covariance, which it is then taken out of; returns its variance. */
static double take_component(basis *b, double *v)
{
    size_t c = b->c;
    for (size_t i = 0; i < c; i++) v[i] = 1.0 + 0.01 * (double)(i % 7); /* no direction that is likely orthogonal */
    normalize(v, c);
    double variance = 0;
    for (int k = 0; k < ITERATIONS; k++) {
        memset(b->scratch, 0, c * sizeof *b->scratch);
        for (size_t i = 0; i < c; i++)
            for (size_t j = 0; j < c; j++) b->scratch[i] += b->covariance[i * c + j] * v[j];
        variance = normalize(b->scratch, c);
        if (variance <= 0) return 0;
        memcpy(v, b->scratch, c * sizeof *v);
    }
    size_t most = 0; /* a direction has two signs: take the one with a positive largest part */
    for (size_t i = 1; i < c; i++)
        if (fabs(v[i]) > fabs(v[most])) most = i;
    double sign = v[most] < 0 ? -1.0 : 1.0;
    for (size_t i = 0; i < c; i++) v[i] *= sign;
    for (size_t i = 0; i < c; i++)
        for (size_t j = 0; j < c; j++) b->covariance[i * c + j] -= variance * v[i] * v[j];
    return variance;
}

static void project(const basis *b, size_t rows, const float *x, size_t stride, uint8_t *rgb)
{
    for (size_t r = 0; r < rows; r++) {
        for (size_t k = 0; k < LAD_PCA_COLORS; k++) {
            const double *v = b->component + k * b->c;
            double sum = 0;
            for (size_t i = 0; i < b->c; i++) sum += ((double)x[r * stride + i] - b->mean[i]) * v[i];
            double level = b->deviation[k] > 0 ? 128.0 + 127.0 / 2.5 * sum / b->deviation[k] : 128.0;
            rgb[LAD_PCA_COLORS * r + k] = (uint8_t)(level < 0 ? 0 : level > 255 ? 255 : (int)(level + 0.5));
        }
    }
}

static bool finite_rows(size_t rows, size_t c, const float *x, size_t stride)
{
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < c; i++)
            if (!isfinite(x[r * stride + i])) return false;
    return true;
}

lad_status lad_pca_colors(size_t rows, size_t c, const float *x, size_t x_stride, const float *y, size_t y_stride,
                          uint8_t *x_rgb, uint8_t *y_rgb, double *share)
{
    if (rows == 0 || c == 0 || !finite_rows(rows, c, x, x_stride) || !finite_rows(rows, c, y, y_stride))
        return LAD_ERR_ARG;
    basis b;
    lad_status status = basis_init(&b, c);
    if (status != LAD_OK) goto done;
    double whole = measure(&b, rows, x, x_stride), found = 0;
    for (size_t k = 0; k < LAD_PCA_COLORS && k < c; k++) {
        double variance = take_component(&b, b.component + k * c);
        b.deviation[k] = sqrt(variance);
        found += variance;
    }
    project(&b, rows, x, x_stride, x_rgb);
    project(&b, rows, y, y_stride, y_rgb);
    *share = whole > 0 ? found / whole : 0;

done:
    basis_deinit(&b);
    return status;
}
