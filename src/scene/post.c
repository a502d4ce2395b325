#include "scene/post.h"

#include "base/alloc.h"
#include "base/clones.h"
#include "base/detmath.h"
#include "scene/jpeg.h"

enum { CURVE = 4096, STRETCH = 64 };

lad_post lad_post_sample(lad_rng *rng, float size_ratio, float variety)
{
    lad_post post;
    post.exposure = 1.0f + lad_rng_range(rng, -0.1f, 0.1f) * variety;
    post.gain.x = 1.0f + lad_rng_range(rng, -0.03f, 0.03f) * variety;
    post.gain.y = 1.0f;
    post.gain.z = 1.0f + lad_rng_range(rng, -0.03f, 0.03f) * variety;
    post.vignetting = 0.085f + lad_rng_range(rng, -0.065f, 0.065f) * variety;
    post.blur_px = lad_rng_range(rng, 0.35f, 0.7f) * size_ratio;
    post.read_noise = lad_rng_range(rng, 0.0003f, 0.0009f);
    post.shot_noise = lad_rng_range(rng, 0.005f, 0.010f);
    post.jpeg_quality = lad_rng_range(rng, 86.0f, 96.0f);
    uint64_t high = lad_rng_u32(rng); /* one call a statement: operands have no order */
    post.noise_seed = lad_hash64(high, lad_rng_u32(rng));
    return post;
}

/* A piece of the tone curve: its first level, and how far from there to the next. */
typedef struct knot {
    float level, rise;
} knot;

typedef struct develop_job {
    const lad_post *post;
    lad_film *film;
    float *scratch;    /* [height, width, 3] */
    const knot *curve; /* [CURVE], sRGB levels 0..255 of linear 0..1 */
    float tap;         /* blur: weights tap, 1 - 2 tap, tap */
    uint8_t *rgb;      /* [height, width, 3], the result */
} develop_job;

/* A small blur is a kernel of three taps with the wanted variance: 2 tap = sigma^2. */
LAD_CLONES static void blur_row_across(void *context, size_t y, size_t thread)
{
    (void)thread;
    const develop_job *job = context;
    size_t width = job->film->width;
    const float *in = job->film->rgb + 3 * y * width;
    float *out = job->scratch + 3 * y * width;
    float tap = job->tap, middle = 1.0f - 2.0f * tap;
    size_t last = 3 * (width - 1);
    for (size_t i = 3; i < last; i++) out[i] = middle * in[i] + tap * (in[i - 3] + in[i + 3]);
    for (size_t c = 0; c < 3; c++) { /* the border is repeated */
        size_t i = last + c, right = width > 1 ? c + 3 : c, left = width > 1 ? i - 3 : i;
        out[c] = middle * in[c] + tap * (in[c] + in[right]);
        out[i] = middle * in[i] + tap * (in[left] + in[i]);
    }
}

/* Four sums of four bytes of a hash and its own, 16 bits each: near enough to normal numbers. */
static inline uint64_t noise_sums(uint64_t hash)
{
    uint64_t other = lad_hash64(hash, 1), low_bytes = UINT64_C(0x00ff00ff00ff00ff);
    return (hash & low_bytes) + ((hash >> 8) & low_bytes) + (other & low_bytes) + ((other >> 8) & low_bytes);
}

/* One of them, of mean 0 and variance 1: the standard deviation of a byte is 73.9. */
static inline float normal_of(uint64_t sums, int i)
{
    float sum = (float)(int)((sums >> (16 * i)) & 0xffff);
    return (sum - 510.0f) * (1.0f / 147.8f);
}

/* Soft shoulder: linear to 0.7, then bends towards 1, so that highlights keep their colour. */
static inline float shoulder(float x)
{
    if (x <= 0.7f) return x;
    float t = (x - 0.7f) * (1.0f / 0.3f);
    return 0.7f + 0.3f * t / (1.0f + t);
}

/* Values of a stretch become levels.  Only the reading of the curve is done one by one. */
static inline void bend(const knot *restrict curve, float *restrict value)
{
    float level[STRETCH], rise[STRETCH], past[STRETCH];
    int index[STRETCH];
    for (int i = 0; i < STRETCH; i++) {
        float at = lad_clampf(value[i], 0.0f, 1.0f) * CURVE;
        index[i] = (int)at < CURVE ? (int)at : CURVE - 1;
        past[i] = at - (float)index[i];
    }
    for (int i = 0; i < STRETCH; i++) level[i] = curve[index[i]].level, rise[i] = curve[index[i]].rise;
    for (int i = 0; i < STRETCH; i++) value[i] = level[i] + rise[i] * past[i];
}

/* Pixels of a row, channel by channel: loops over them become vectors. */
typedef struct stretch {
    float channel[3][STRETCH];
} stretch;

/* Light lost towards the corners, white balance, noise and tone curve; left: column of the first pixel. */
static inline void develop(const develop_job *job, size_t y, size_t left, stretch *pixels)
{
    const lad_post *post = job->post;
    float half_w = 0.5f * (float)job->film->width, half_h = 0.5f * (float)job->film->height;
    float corner2 = half_w * half_w + half_h * half_h, dy = (float)y - half_h, share[STRETCH];
    const float gain[3] = {post->gain.x * post->exposure, post->gain.y * post->exposure, post->gain.z * post->exposure};
    uint64_t noise_row = lad_hash64_begin(post->noise_seed);
    float normal[4][STRETCH];
    for (size_t i = 0; i < STRETCH; i++) {
        float dx = (float)(int)(left + i) - half_w;
        share[i] = 1.0f - post->vignetting * (dx * dx + dy * dy) / corner2;
        uint64_t sums = noise_sums(lad_hash64_end(noise_row, (y << 16) ^ (left + i)));
        for (int k = 0; k < 4; k++) normal[k][i] = normal_of(sums, k);
    }
    for (int c = 0; c < 3; c++) {
        float *value = pixels->channel[c];
        for (size_t i = 0; i < STRETCH; i++) {
            /* Demosaicing shares noise between channels: a common part in the last number. */
            float noise = 0.8f * normal[c][i] + 0.6f * normal[3][i];
            float light = value[i] * share[i] * gain[c];
            light += (post->read_noise + post->shot_noise * sqrtf(lad_maxf(light, 0.0f))) * noise;
            value[i] = shoulder(light);
        }
        bend(job->curve, value);
    }
}

LAD_CLONES static void develop_row(void *context, size_t y, size_t thread)
{
    (void)thread;
    const develop_job *job = context;
    size_t width = job->film->width, height = job->film->height;
    size_t above = y > 0 ? y - 1 : 0, below = y + 1 < height ? y + 1 : y;
    const float *in[3] = {job->scratch + 3 * above * width, job->scratch + 3 * y * width,
                          job->scratch + 3 * below * width};
    float tap = job->tap, middle = 1.0f - 2.0f * tap;
    float *row = job->film->rgb + 3 * y * width;
    for (size_t i = 0; i < 3 * width; i++) row[i] = middle * in[1][i] + tap * (in[0][i] + in[2][i]);
    for (size_t left = 0; left < width; left += STRETCH) {
        size_t count = width - left < STRETCH ? width - left : STRETCH;
        float *value = row + 3 * left;
        stretch pixels = {0};
        for (size_t i = 0; i < count; i++) {
            for (size_t c = 0; c < 3; c++) pixels.channel[c][i] = value[3 * i + c];
        }
        develop(job, y, left, &pixels);
        for (size_t i = 0; i < count; i++) {
            for (size_t c = 0; c < 3; c++) value[3 * i + c] = pixels.channel[c][i];
        }
    }
}

LAD_CLONES static void round_row(void *context, size_t y, size_t thread)
{
    (void)thread;
    const develop_job *job = context;
    size_t values = 3 * job->film->width;
    const float *restrict row = job->film->rgb + y * values;
    uint8_t *restrict rgb = job->rgb + y * values;
    for (size_t i = 0; i < values; i++) rgb[i] = (uint8_t)(int)(lad_clampf(row[i], 0.0f, 255.0f) + 0.5f);
}

static float curve_level(int i)
{
    float x = (float)i / CURVE;
    return 255.0f * (x <= 0.0031308f ? 12.92f * x : 1.055f * lad_powf(x, 1.0f / 2.4f) - 0.055f);
}

static void make_curve(knot curve[CURVE])
{
    float level = curve_level(0);
    for (int i = 0; i < CURVE; i++) {
        float next = curve_level(i + 1);
        curve[i] = (knot){level, next - level};
        level = next;
    }
}

lad_status lad_post_run(const lad_post *post, lad_film *film, lad_pool *pool, uint8_t *rgb)
{
    float *scratch = lad_alloc(3 * film->width * film->height, sizeof(float));
    knot *curve = lad_alloc(CURVE, sizeof *curve);
    lad_status status = LAD_ERR_NOMEM;
    if (!scratch || !curve) goto fail;
    make_curve(curve);
    develop_job job = {post, film, scratch, curve, lad_minf(0.5f * post->blur_px * post->blur_px, 0.3f), rgb};
    lad_pool_run(pool, film->height, blur_row_across, &job);
    lad_pool_run(pool, film->height, develop_row, &job);
    if (post->jpeg_quality <= 99.5f) lad_jpeg_loss(film, post->jpeg_quality, pool);
    lad_pool_run(pool, film->height, round_row, &job);
    status = LAD_OK;
fail:
    lad_free(curve);
    lad_free(scratch);
    return status;
}
