#include "train/novelty_axes.h"

#include "base/alloc.h"
#include "base/rng.h"
#include "train/whitening.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum {
    SPARE = 32,     /* directions followed beside those wanted, so that the last ones settle too */
    ITERATIONS = 24 /* of the subspace: directions apart by a factor 1.3 are told apart to 1e-5 */
};

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static double dot(size_t n, const double *a, const double *b)
{
    double sum[4] = {0};
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (size_t k = 0; k < 4; k++) sum[k] += a[i + k] * b[i + k];
    for (; i < n; i++) sum[0] += a[i] * b[i];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* s = L L^T, L in the lower half; false when s is not positive definite. */
static bool factorise(size_t n, double *s)
{
    for (size_t i = 0; i < n; i++) {
        double *row = s + i * n;
        for (size_t j = 0; j < i; j++) row[j] = (row[j] - dot(j, row, s + j * n)) / s[j * n + j];
        double rest = row[i] - dot(i, row, row);
        if (!(rest > 0.0)) return false;
        row[i] = sqrt(rest);
    }
    return true;
}

/* Each row x of m becomes L^-1 x. */
static void solve_rows(size_t n, const double *l, size_t count, double *m)
{
    for (size_t r = 0; r < count; r++) {
        double *x = m + r * n;
        for (size_t i = 0; i < n; i++) x[i] = (x[i] - dot(i, l + i * n, x)) / l[i * n + i];
    }
}

/* Each row x of m becomes L^-T x. */
static void solve_rows_transposed(size_t n, const double *l, size_t count, double *m)
{
    for (size_t r = 0; r < count; r++) {
        double *x = m + r * n;
        for (size_t i = n; i-- > 0;) {
            x[i] /= l[i * n + i];
            for (size_t k = 0; k < i; k++) x[k] -= l[i * n + k] * x[i];
        }
    }
}

static void transpose(size_t n, double *m)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++) {
            double swap = m[i * n + k];
            m[i * n + k] = m[k * n + i];
            m[k * n + i] = swap;
        }
    }
}

/* The rows become orthonormal (Gram and Schmidt, twice for what rounding leaves); those that depend on the ones before
 * become 0. */
static void orthonormalise(size_t n, size_t count, double *rows)
{
    for (size_t r = 0; r < count; r++) {
        double *x = rows + r * n, before = sqrt(dot(n, x, x));
        for (int pass = 0; pass < 2; pass++) {
            for (size_t q = 0; q < r; q++) {
                const double *y = rows + q * n;
                double along = dot(n, x, y);
                for (size_t i = 0; i < n; i++) x[i] -= along * y[i];
            }
        }
        double length = sqrt(dot(n, x, x));
        for (size_t i = 0; i < n; i++) x[i] = length > 1e-10 * before ? x[i] / length : 0.0;
    }
}

/* out = rows m for a symmetric m: [count, n]. */
static void multiply(size_t n, size_t count, const double *rows, const double *m, double *out)
{
    for (size_t r = 0; r < count; r++)
        for (size_t i = 0; i < n; i++) out[r * n + i] = dot(n, rows + r * n, m + i * n);
}

/* Leading eigenvectors (rows) of the symmetric m by subspace iteration, then Rayleigh and Ritz within the subspace
 * (Golub and Van Loan, section 8.2.4).  Both [block, n]; values: [block], descending. */
static lad_status find_leading(size_t n, const double *m, size_t block, double *rows, double *values)
{
    double *image = lad_alloc(block * n, sizeof *image), *small = lad_alloc(block * block, sizeof *small);
    double *turn = lad_alloc(block * block, sizeof *turn);
    lad_status status = image && small && turn ? LAD_OK : LAD_ERR_NOMEM;
    if (status != LAD_OK) goto done;
    lad_rng rng = lad_rng_seed(1, 0);
    for (size_t i = 0; i < block * n; i++) rows[i] = (double)lad_rng_normal(&rng);
    orthonormalise(n, block, rows);
    for (int i = 0; i < ITERATIONS; i++) {
        multiply(n, block, rows, m, image);
        memcpy(rows, image, block * n * sizeof *rows);
        orthonormalise(n, block, rows);
    }
    multiply(n, block, rows, m, image);
    for (size_t i = 0; i < block; i++)
        for (size_t k = 0; k < block; k++) small[i * block + k] = dot(n, rows + i * n, image + k * n);
    status = lad_eigen_symmetric(block, small, values, turn);
    memset(image, 0, block * n * sizeof *image);
    for (size_t i = 0; i < block; i++)
        for (size_t k = 0; k < block; k++)
            for (size_t j = 0; j < n; j++) image[i * n + j] += turn[i * block + k] * rows[k * n + j];
    memcpy(rows, image, block * n * sizeof *rows);

done:
    lad_free(image);
    lad_free(small);
    lad_free(turn);
    return status;
}

lad_status lad_novelty_axes(size_t n, double *s, double *d, double strength, size_t count, double *rows)
{
    assert(count <= n && strength > 0.0);
    if (!factorise(n, s)) return LAD_ERR_ARG;
    /* L^-1 D L^-T: D is symmetric, and so is the result. */
    solve_rows(n, s, n, d);
    transpose(n, d);
    solve_rows(n, s, n, d);
    size_t block = smaller(count + SPARE, n);
    double *found = lad_alloc(block * n, sizeof *found), *values = lad_alloc(block, sizeof *values);
    lad_status status = found && values ? find_leading(n, d, block, found, values) : LAD_ERR_NOMEM;
    if (status == LAD_OK) {
        solve_rows_transposed(n, s, count, found);
        for (size_t r = 0; r < count; r++) {
            double power = strength * fmax(values[r], 0.0), weight = sqrt(power / (1.0 + power));
            for (size_t i = 0; i < n; i++) rows[r * n + i] = weight * found[r * n + i];
        }
    }
    lad_free(found);
    lad_free(values);
    return status;
}
