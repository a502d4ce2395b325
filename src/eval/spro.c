#include "eval/spro.h"

#include "base/alloc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const double lad_spro_limits[LAD_SPRO_LIMITS] = {0.01, 0.05, 0.1, 0.3, 1.0};

enum { CLASSES = 3, BIN_BITS = 20, BINS = 1 << BIN_BITS };

/* How many pixels of a channel fall into one bin. */
typedef struct run {
    uint32_t bin, count;
    size_t channel; /* index into channels */
} run;

typedef struct channel {
    uint8_t label;
    double saturation;
} channel;

struct lad_spro {
    uint64_t *outside[CLASSES]; /* [BINS]: pixels outside every channel, by label of their image */
    run *runs;
    size_t run_count, run_capacity;
    channel *channels;
    size_t channel_count, channel_capacity;
};

lad_status lad_spro_create(lad_spro **out)
{
    lad_spro *spro = lad_alloc_zero(1, sizeof *spro);
    if (!spro) return LAD_ERR_NOMEM;
    for (size_t c = 0; c < CLASSES; c++) {
        spro->outside[c] = lad_alloc_zero(BINS, sizeof *spro->outside[c]);
        if (!spro->outside[c]) {
            lad_spro_destroy(&spro);
            return LAD_ERR_NOMEM;
        }
    }
    *out = spro;
    return LAD_OK;
}

void lad_spro_destroy(lad_spro **spro)
{
    if (!*spro) return;
    for (size_t c = 0; c < CLASSES; c++) lad_free((*spro)->outside[c]);
    lad_free((*spro)->runs);
    lad_free((*spro)->channels);
    lad_free(*spro);
    *spro = NULL;
}

/* Bins rise with the score: a float's bits, as a number, rise with its size. */
static uint32_t bin_of(float score)
{
    uint32_t bits;
    score += 0.0f; /* -0 becomes 0 */
    memcpy(&bits, &score, sizeof bits);
    bits ^= bits >> 31 ? 0xffffffffu : 0x80000000u;
    return bits >> (32 - BIN_BITS);
}

static bool grow(void **array, size_t *capacity, size_t needed, size_t element_bytes, size_t used)
{
    if (needed <= *capacity) return true;
    size_t wanted = needed > SIZE_MAX / 2 ? needed : 2 * needed;
    void *grown = lad_alloc(wanted, element_bytes);
    if (!grown) return false;
    if (used) memcpy(grown, *array, used * element_bytes);
    lad_free(*array);
    *array = grown;
    *capacity = wanted;
    return true;
}

static int compare_u32(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Sorts the channel's bins and appends them as runs. */
static lad_status add_channel(lad_spro *spro, uint8_t label, const float *map, size_t pixels, const uint8_t *inside,
                              double saturation)
{
    size_t area = 0, n = 0, runs = 0;
    for (size_t i = 0; i < pixels; i++) area += inside[i] != 0;
    if (area == 0 || area > UINT32_MAX || !(saturation >= 1)) return LAD_ERR_ARG;
    uint32_t *bins = lad_alloc(area, sizeof *bins);
    if (!bins) return LAD_ERR_NOMEM;
    for (size_t i = 0; i < pixels; i++) {
        if (inside[i]) bins[n++] = bin_of(map[i]);
    }
    qsort(bins, area, sizeof *bins, compare_u32);
    for (size_t i = 0; i < area; i++) runs += i == 0 || bins[i] != bins[i - 1];
    bool ok =
        grow((void **)&spro->runs, &spro->run_capacity, spro->run_count + runs, sizeof *spro->runs, spro->run_count) &&
        grow((void **)&spro->channels, &spro->channel_capacity, spro->channel_count + 1, sizeof *spro->channels,
             spro->channel_count);
    for (size_t i = 0; ok && i < area; i++) {
        if (i == 0 || bins[i] != bins[i - 1]) spro->runs[spro->run_count++] = (run){bins[i], 0, spro->channel_count};
        spro->runs[spro->run_count - 1].count++;
    }
    if (ok) spro->channels[spro->channel_count++] = (channel){label, saturation};
    lad_free(bins);
    return ok ? LAD_OK : LAD_ERR_NOMEM;
}

lad_status lad_spro_add(lad_spro *spro, uint8_t label, const float *map, size_t pixels, const uint8_t *const *channels,
                        const double *saturation, size_t channel_count)
{
    if (label >= CLASSES || (label == LAD_EVAL_GOOD && channel_count > 0)) return LAD_ERR_ARG;
    for (size_t i = 0; i < pixels; i++) {
        if (isnan(map[i])) return LAD_ERR_ARG;
    }
    for (size_t c = 0; c < channel_count; c++)
        LAD_TRY(add_channel(spro, label, map, pixels, channels[c], saturation[c]));
    for (size_t i = 0; i < pixels; i++) {
        bool inside = false;
        for (size_t c = 0; c < channel_count; c++) inside |= channels[c][i] != 0;
        if (!inside) spro->outside[label][bin_of(map[i])]++;
    }
    return LAD_OK;
}

static int compare_runs(const void *a, const void *b)
{
    const run *x = a, *y = b;
    if (x->bin != y->bin) return x->bin > y->bin ? -1 : 1; /* descending */
    return (x->channel > y->channel) - (x->channel < y->channel);
}

/* Copies the runs of one class in descending order of bins; *out is the caller's. */
static lad_status class_runs(const lad_spro *spro, uint8_t label, run **out, size_t *count)
{
    run *runs = lad_alloc(spro->run_count, sizeof *runs);
    if (!runs) return LAD_ERR_NOMEM;
    size_t n = 0;
    for (size_t i = 0; i < spro->run_count; i++) {
        if (spro->channels[spro->runs[i].channel].label == label) runs[n++] = spro->runs[i];
    }
    if (n > 1) qsort(runs, n, sizeof *runs, compare_runs);
    *out = runs;
    *count = n;
    return LAD_OK;
}

/* Points of a curve; counts on beyond the capacity. */
typedef struct curve {
    double *rates, *means;
    size_t capacity, count;
} curve;

static void add_point(curve *to, double rate, double mean)
{
    size_t last = to->count - 1;
    if (to->count > 0 && last < to->capacity && to->rates[last] == rate && to->means[last] == mean) return;
    if (to->count < to->capacity) {
        to->rates[to->count] = rate;
        to->means[to->count] = mean;
    }
    to->count++;
}

/* Sweeps the threshold down over the bins and sums trapezoids up to the limit; keeps the points (record: NULL: not). */
static double sweep(const lad_spro *spro, uint8_t label, const run *runs, size_t run_count, double channels,
                    double outside, double limit, double *found, curve *record)
{
    if (record) add_point(record, 0, 0);
    double area = 0, rate = 0, spro_sum = 0;
    uint64_t false_positives = 0;
    size_t next = 0;
    for (size_t bin = BINS; bin-- > 0;) {
        double rate_before = rate, mean_before = spro_sum / channels;
        false_positives += spro->outside[LAD_EVAL_GOOD][bin] + spro->outside[label][bin];
        for (; next < run_count && runs[next].bin == bin; next++) {
            size_t c = runs[next].channel;
            double s = spro->channels[c].saturation;
            spro_sum -= fmin(found[c] / s, 1);
            found[c] += runs[next].count;
            spro_sum += fmin(found[c] / s, 1);
        }
        rate = (double)false_positives / outside;
        double mean = spro_sum / channels;
        if (record) add_point(record, rate, mean);
        if (rate > limit) { /* the last piece ends at the limit, between this point and the one before */
            double at_limit = mean_before + (mean - mean_before) * (limit - rate_before) / (rate - rate_before);
            return (area + (limit - rate_before) * (mean_before + at_limit) / 2) / limit;
        }
        area += (rate - rate_before) * (mean_before + mean) / 2;
    }
    return area / limit;
}

/* The area up to the limit; NaN, and no points, when the class has no channel or nothing is outside. */
static lad_status area_and_curve(const lad_spro *spro, uint8_t label, double limit, double *out, curve *record)
{
    if (label == LAD_EVAL_GOOD || label >= CLASSES || !(limit > 0 && limit <= 1)) return LAD_ERR_ARG;
    uint64_t outside = 0;
    size_t channels = 0, run_count;
    run *runs;
    for (size_t i = 0; i < BINS; i++) outside += spro->outside[LAD_EVAL_GOOD][i] + spro->outside[label][i];
    for (size_t i = 0; i < spro->channel_count; i++) channels += spro->channels[i].label == label;
    if (outside == 0 || channels == 0) {
        *out = NAN;
        return LAD_OK;
    }
    LAD_TRY(class_runs(spro, label, &runs, &run_count));
    double *found = lad_alloc_zero(spro->channel_count, sizeof *found);
    if (found) *out = sweep(spro, label, runs, run_count, (double)channels, (double)outside, limit, found, record);
    lad_status status = found ? LAD_OK : LAD_ERR_NOMEM;
    lad_free(runs);
    lad_free(found);
    return status;
}

lad_status lad_spro_area(const lad_spro *spro, uint8_t label, double limit, double *out)
{
    return area_and_curve(spro, label, limit, out, NULL);
}

lad_status lad_spro_figures(const lad_spro *spro, double figures[LAD_SPRO_LIMITS][2])
{
    for (size_t i = 0; i < LAD_SPRO_LIMITS; i++) {
        LAD_TRY(lad_spro_area(spro, LAD_EVAL_LOGICAL, lad_spro_limits[i], &figures[i][0]));
        LAD_TRY(lad_spro_area(spro, LAD_EVAL_STRUCTURAL, lad_spro_limits[i], &figures[i][1]));
    }
    return LAD_OK;
}

lad_status lad_spro_curve(const lad_spro *spro, uint8_t label, size_t capacity, double *rates, double *means,
                          size_t *points)
{
    curve record = {rates, means, capacity, 0};
    double area;
    LAD_TRY(area_and_curve(spro, label, 1.0, &area, &record));
    if (record.count > capacity) return LAD_ERR_ARG;
    *points = record.count;
    return LAD_OK;
}

double lad_spro_saturation(double threshold, bool relative, size_t area)
{
    double saturation = relative ? floor(threshold * (double)area) : fmin(threshold, (double)area);
    return saturation < 1 ? 1 : saturation;
}
