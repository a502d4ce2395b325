#include "train/whitening.h"

#include "base/alloc.h"
#include "base/rng.h"

#include <math.h>
#include <string.h>

/* Added to eigenvalues of standardised features: components with less variance than this are mostly noise. */
static const double SHRINKAGE = 0.05;

/* One rotation in the plane (p, q) that makes a[p][q] zero. */
static void rotate(size_t n, double *a, double *v, size_t p, size_t q)
{
    double apq = a[p * n + q];
    if (apq == 0.0) return;
    double theta = (a[q * n + q] - a[p * n + p]) / (2.0 * apq);
    double t = (theta >= 0.0 ? 1.0 : -1.0) / (fabs(theta) + sqrt(theta * theta + 1.0));
    double c = 1.0 / sqrt(t * t + 1.0), s = t * c;
    double app = a[p * n + p] - t * apq, aqq = a[q * n + q] + t * apq;
    for (size_t k = 0; k < n; k++) { /* rows p and q, then mirrored: the matrix stays symmetric */
        double kp = a[p * n + k], kq = a[q * n + k];
        a[p * n + k] = c * kp - s * kq;
        a[q * n + k] = s * kp + c * kq;
        double vp = v[p * n + k], vq = v[q * n + k];
        v[p * n + k] = c * vp - s * vq;
        v[q * n + k] = s * vp + c * vq;
    }
    for (size_t k = 0; k < n; k++) {
        a[k * n + p] = a[p * n + k];
        a[k * n + q] = a[q * n + k];
    }
    a[p * n + p] = app;
    a[q * n + q] = aqq;
    a[p * n + q] = a[q * n + p] = 0.0;
}

lad_status lad_eigen_symmetric(size_t n, double *a, double *values, double *vectors)
{
    enum { MAX_SWEEPS = 40 };
    double total = 0.0, off = 0.0;
    for (size_t i = 0; i < n * n; i++) {
        total += a[i] * a[i];
        vectors[i] = i % (n + 1) == 0 ? 1.0 : 0.0;
    }
    for (int sweep = 0; sweep < MAX_SWEEPS; sweep++) {
        off = 0.0;
        for (size_t p = 0; p + 1 < n; p++)
            for (size_t q = p + 1; q < n; q++) off += a[p * n + q] * a[p * n + q];
        if (off <= 1e-24 * total) break;
        for (size_t p = 0; p + 1 < n; p++)
            for (size_t q = p + 1; q < n; q++) rotate(n, a, vectors, p, q);
    }
    for (size_t i = 0; i < n; i++) values[i] = a[i * n + i];
    for (size_t i = 0; i + 1 < n; i++) { /* selection sort: n is a few hundred */
        size_t best = i;
        for (size_t k = i + 1; k < n; k++)
            if (values[k] > values[best]) best = k;
        if (best == i) continue;
        double value = values[i];
        values[i] = values[best];
        values[best] = value;
        for (size_t k = 0; k < n; k++) {
            double swap = vectors[i * n + k];
            vectors[i * n + k] = vectors[best * n + k];
            vectors[best * n + k] = swap;
        }
    }
    return off <= 1e-12 * total ? LAD_OK : LAD_ERR_ARG;
}

/* mean, standard deviation and correlation matrix of the samples. */
static void correlate(size_t count, size_t n, const float *samples, double *mean, double *deviation, double *matrix,
                      double *row)
{
    memset(mean, 0, n * sizeof *mean);
    memset(matrix, 0, n * n * sizeof *matrix);
    for (size_t s = 0; s < count; s++)
        for (size_t i = 0; i < n; i++) mean[i] += samples[s * n + i];
    for (size_t i = 0; i < n; i++) mean[i] /= (double)count;
    for (size_t s = 0; s < count; s++) {
        for (size_t i = 0; i < n; i++) row[i] = samples[s * n + i] - mean[i];
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k <= i; k++) matrix[i * n + k] += row[i] * row[k];
    }
    /* A feature that never changes has no scale: 1 keeps it at zero. */
    for (size_t i = 0; i < n; i++) {
        double variance = matrix[i * n + i] / (double)count;
        deviation[i] = variance > 1e-12 ? sqrt(variance) : 1.0;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k <= i; k++) {
            double r = matrix[i * n + k] / ((double)count * deviation[i] * deviation[k]);
            matrix[i * n + k] = matrix[k * n + i] = r;
        }
    }
}

/* [rows, columns], rows >= columns: normal numbers, columns made orthonormal by Gram and Schmidt, twice. */
static void random_orthonormal(size_t rows, size_t columns, uint64_t seed, double *m)
{
    lad_rng rng = lad_rng_seed(seed, 0);
    for (size_t i = 0; i < rows * columns; i++) m[i] = lad_rng_normal(&rng);
    for (size_t c = 0; c < columns; c++) {
        for (int pass = 0; pass < 2; pass++) {
            for (size_t k = 0; k < c; k++) {
                double dot = 0.0;
                for (size_t r = 0; r < rows; r++) dot += m[r * columns + c] * m[r * columns + k];
                for (size_t r = 0; r < rows; r++) m[r * columns + c] -= dot * m[r * columns + k];
            }
        }
        double norm = 0.0;
        for (size_t r = 0; r < rows; r++) norm += m[r * columns + c] * m[r * columns + c];
        norm = sqrt(norm);
        for (size_t r = 0; r < rows; r++) m[r * columns + c] /= norm;
    }
}

lad_status lad_whitening_fit(size_t count, size_t inputs, const float *samples, size_t outputs, uint64_t seed,
                             float *mean_out, float *weights)
{
    size_t kept = inputs < outputs ? inputs : outputs;
    lad_status status = LAD_ERR_NOMEM;
    double *mean = lad_alloc(inputs * 4, sizeof *mean), *matrix = lad_alloc(inputs * inputs, sizeof *matrix);
    double *vectors = lad_alloc(inputs * inputs, sizeof *vectors), *turn = lad_alloc(outputs * kept, sizeof *turn);
    if (!mean || !matrix || !vectors || !turn) goto fail;
    double *deviation = mean + inputs, *values = mean + 2 * inputs, *row = mean + 3 * inputs;

    correlate(count, inputs, samples, mean, deviation, matrix, row);
    status = lad_eigen_symmetric(inputs, matrix, values, vectors);
    if (status != LAD_OK) goto fail;
    random_orthonormal(outputs, kept, seed, turn);
    double scale = sqrt((double)outputs / (double)kept);
    for (size_t o = 0; o < outputs; o++) {
        memset(row, 0, inputs * sizeof *row);
        for (size_t k = 0; k < kept; k++) {
            double factor = scale * turn[o * kept + k] / sqrt((values[k] > 0.0 ? values[k] : 0.0) + SHRINKAGE);
            for (size_t i = 0; i < inputs; i++) row[i] += factor * vectors[k * inputs + i];
        }
        for (size_t i = 0; i < inputs; i++) weights[o * inputs + i] = (float)(row[i] / deviation[i]);
    }
    for (size_t i = 0; i < inputs; i++) mean_out[i] = (float)mean[i];
fail:
    lad_free(mean);
    lad_free(matrix);
    lad_free(vectors);
    lad_free(turn);
    return status;
}
