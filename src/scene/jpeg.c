#include "scene/jpeg.h"

#include "base/clones.h"

#include <string.h>

/* ITU-T T.81, tables K.1 and K.2. */
static const unsigned char luma_table[64] = {16, 11, 10, 16, 24,  40,  51,  61,  12, 12, 14, 19, 26,  58,  60,  55,
                                             14, 13, 16, 24, 40,  57,  69,  56,  14, 17, 22, 29, 51,  87,  80,  62,
                                             18, 22, 37, 56, 68,  109, 103, 77,  24, 35, 55, 64, 81,  104, 113, 92,
                                             49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99};
static const unsigned char chroma_table[64] = {17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99,
                                               24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
                                               99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
                                               99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99};

/* basis[k][n] = c(k) cos((2 n + 1) k pi / 16), orthonormal; written out so that no cosine is computed. */
#define C1 0.49039264f
#define C2 0.46193977f
#define C3 0.41573481f
#define C4 0.35355339f
#define C5 0.27778512f
#define C6 0.19134172f
#define C7 0.09754516f
static const float basis[8][8] = {{C4, C4, C4, C4, C4, C4, C4, C4},     {C1, C3, C5, C7, -C7, -C5, -C3, -C1},
                                  {C2, C6, -C6, -C2, -C2, -C6, C6, C2}, {C3, -C7, -C1, -C5, C5, C1, C7, -C3},
                                  {C4, -C4, -C4, C4, C4, -C4, -C4, C4}, {C5, -C1, C7, C3, -C3, -C7, C1, -C5},
                                  {C6, -C2, C2, -C6, -C6, C2, -C2, C6}, {C7, -C5, C3, -C1, C1, -C3, C5, -C7}};

/* The same, by sample: basis_of_sample[n][k] = basis[k][n]. */
static const float basis_of_sample[8][8] = {{C4, C1, C2, C3, C4, C5, C6, C7},     {C4, C3, C6, -C7, -C4, -C1, -C2, -C5},
                                            {C4, C5, -C6, -C1, -C4, C7, C2, C3},  {C4, C7, -C2, -C5, C4, C3, -C6, -C1},
                                            {C4, -C7, -C2, C5, C4, -C3, -C6, C1}, {C4, -C5, -C6, C1, -C4, -C7, C2, -C3},
                                            {C4, -C3, C6, C7, -C4, C1, -C2, C5},  {C4, -C1, C2, -C3, C4, -C5, C6, -C7}};

typedef struct jpeg_job {
    lad_film *film;
    float step[2][64]; /* luma, chroma */
} jpeg_job;

/* Eight numbers at once, in the words of GCC, clang and emscripten: they do not find them by themselves. */
typedef float lanes __attribute__((vector_size(32)));

/* sums += factor at[0..7] */
static inline void add_scaled(lanes *sums, float factor, const float at[8])
{
    lanes v;
    memcpy(&v, at, sizeof v);
    *sums += factor * v;
}

/* Along the rows: out[row][k] = sum of m[n][k] in[row][n], each in the order of n. */
static inline void transform_rows(const float m[8][8], const float in[64], float out[64])
{
    for (int row = 0; row < 8; row++) {
        lanes sums = {0};
        for (int n = 0; n < 8; n++) add_scaled(&sums, in[8 * row + n], m[n]);
        memcpy(out + 8 * row, &sums, sizeof sums);
    }
}

/* Along the columns: out[k][column] = sum of m[n][k] in[n][column]. */
static inline void transform_columns(const float m[8][8], const float in[64], float out[64])
{
    for (int k = 0; k < 8; k++) {
        lanes sums = {0};
        for (int n = 0; n < 8; n++) add_scaled(&sums, m[n][k], in + 8 * n);
        memcpy(out + 8 * k, &sums, sizeof sums);
    }
}

LAD_CLONES static void quantise(float block[64], const float step[64])
{
    float half[64], coefficients[64];
    transform_rows(basis_of_sample, block, half);
    transform_columns(basis_of_sample, half, coefficients);
    for (int i = 0; i < 64; i++) coefficients[i] = floorf(coefficients[i] / step[i] + 0.5f) * step[i];
    transform_rows(basis, coefficients, half);
    transform_columns(basis, half, block);
}

LAD_CLONES static void block_row(void *context, size_t item, size_t thread)
{
    (void)thread;
    const jpeg_job *job = context;
    lad_film *film = job->film;
    size_t top = 8 * item, rows = film->height - top < 8 ? film->height - top : 8;
    for (size_t left = 0; left < film->width; left += 8) {
        float plane[3][64];
        size_t columns = film->width - left < 8 ? film->width - left : 8;
        for (size_t row = 0; row < 8; row++) {
            const float *rgb = film->rgb + 3 * ((row < rows ? top + row : film->height - 1) * film->width + left);
            for (size_t i = 0; i < 8; i++) { /* the border is repeated */
                const float *p = rgb + 3 * (i < columns ? i : columns - 1);
                plane[0][8 * row + i] = 0.299f * p[0] + 0.587f * p[1] + 0.114f * p[2] - 128.0f;
                plane[1][8 * row + i] = -0.168736f * p[0] - 0.331264f * p[1] + 0.5f * p[2];
                plane[2][8 * row + i] = 0.5f * p[0] - 0.418688f * p[1] - 0.081312f * p[2];
            }
        }
        for (int c = 0; c < 3; c++) quantise(plane[c], job->step[c > 0]);
        for (size_t row = 0; row < rows; row++) {
            float *rgb = film->rgb + 3 * ((top + row) * film->width + left);
            for (size_t i = 0; i < columns; i++) {
                float luma = plane[0][8 * row + i] + 128.0f, cb = plane[1][8 * row + i], cr = plane[2][8 * row + i];
                rgb[3 * i] = luma + 1.402f * cr;
                rgb[3 * i + 1] = luma - 0.344136f * cb - 0.714136f * cr;
                rgb[3 * i + 2] = luma + 1.772f * cb;
            }
        }
    }
}

void lad_jpeg_loss(lad_film *film, float quality, lad_pool *pool)
{
    jpeg_job job = {.film = film};
    float scale = quality < 50.0f ? 50.0f / quality : 2.0f - 0.02f * quality;
    for (int i = 0; i < 64; i++) {
        job.step[0][i] = lad_maxf(floorf((float)luma_table[i] * scale + 0.5f), 1.0f);
        job.step[1][i] = lad_maxf(floorf((float)chroma_table[i] * scale + 0.5f), 1.0f);
    }
    lad_pool_run(pool, (film->height + 7) / 8, block_row, &job);
}
