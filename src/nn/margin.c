#include "nn/margin.h"

#include "nn/quantile.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const char *const NAMES[] = {
    [LAD_MARGIN_NONE] = "none",
    [LAD_MARGIN_FLOOR] = "floor",
    [LAD_MARGIN_DFSC] = "dfsc",
    [LAD_MARGIN_DFSC_STAE] = "dfsc-stae",
    [LAD_MARGIN_DFSC_SYNTHETIC] = "dfsc-synthetic",
    [LAD_MARGIN_NOVEL] = "novel",
    [LAD_MARGIN_NOVEL_LOCAL] = "novel-local",
};

const char *lad_margin_form_name(lad_margin_form form)
{
    return NAMES[form];
}

bool lad_margin_form_from_name(const char *name, lad_margin_form *out)
{
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        if (strcmp(name, NAMES[i]) != 0) continue;
        *out = (lad_margin_form)i;
        return true;
    }
    return false;
}

bool lad_margin_uses_composites(lad_margin_form form)
{
    return form >= LAD_MARGIN_DFSC_SYNTHETIC;
}

lad_margin lad_margin_default(lad_margin_form form, double margin)
{
    static const double MARGINS[] = {
        [LAD_MARGIN_NONE] = 0.0,        [LAD_MARGIN_FLOOR] = 0.2,          [LAD_MARGIN_DFSC] = 0.2,
        [LAD_MARGIN_DFSC_STAE] = 0.2,   [LAD_MARGIN_DFSC_SYNTHETIC] = 1.0, [LAD_MARGIN_NOVEL] = 3.0,
        [LAD_MARGIN_NOVEL_LOCAL] = 1.0,
    };
    if (margin < 0.0) margin = MARGINS[form];
    return (lad_margin){
        .form = form, .margin = margin, .quantile = 0.9, .decay = 0.99, .hinge = true, .tau = -1.0, .mean_q = -1.0};
}

static double mean_of(size_t count, const float *values)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) sum += (double)values[i];
    return sum / (double)count;
}

/* Exponential mean that starts at the first value. */
static void track(double *mean, double value, double decay)
{
    *mean = *mean < 0.0 ? value : decay * *mean + (1.0 - decay) * value;
}

/* What a term does to a distance x >= 0. */
typedef enum pull {
    PULL,           /* x */
    PULL_TO_FLOOR,  /* max(x - m, 0) */
    PULL_TO_MARGIN, /* |x - m| at distinctive positions, else x */
    PUSH            /* max(m - x, 0) */
} pull;

/* The term and its slope; 0 at the kinks. */
static double distance_loss(pull kind, double m, double x, bool distinctive, double *slope)
{
    switch (kind) {
    case PULL: break;
    case PULL_TO_FLOOR: *slope = x > m ? 1.0 : 0.0; return x > m ? x - m : 0.0;
    case PULL_TO_MARGIN:
        if (!distinctive) break;
        *slope = x > m ? 1.0 : x < m ? -1.0 : 0.0;
        return fabs(x - m);
    case PUSH: *slope = x < m ? -1.0 : 0.0; return x < m ? m - x : 0.0;
    }
    *slope = 1.0;
    return x;
}

/* factor / sum of weights * sum of weight f(x); adds the gradient to d.  weights NULL: all 1.  p tells which
 * positions are distinctive; NULL: none. */
static double weighted_term(const lad_margin *margin, pull kind, double m, double factor, size_t positions,
                            const float *weights, const float *x, const float *p, float *d)
{
    double total = 0.0, sum = 0.0;
    for (size_t i = 0; i < positions; i++) total += weights ? (double)weights[i] : 1.0;
    if (total <= 0.0) return 0.0;
    for (size_t i = 0; i < positions; i++) {
        double weight = weights ? (double)weights[i] : 1.0, slope;
        bool distinctive = p && (double)p[i] > margin->tau;
        sum += weight * distance_loss(kind, m, (double)x[i], distinctive, &slope);
        d[i] += (float)(factor * weight * slope / total);
    }
    return factor * sum / total;
}

double lad_margin_clean(lad_margin *margin, lad_pool *pool, size_t positions, const float *p, const float *q,
                        float *d_p, float *d_q, lad_margin_terms *terms)
{
    assert(positions > 0);
    pull pull_p = PULL, pull_q = PULL;
    double factor = 1.0;
    switch (margin->form) {
    case LAD_MARGIN_NONE:
    case LAD_MARGIN_NOVEL_LOCAL: break;
    case LAD_MARGIN_FLOOR: pull_p = PULL_TO_FLOOR; break;
    case LAD_MARGIN_DFSC: pull_p = PULL_TO_MARGIN; break;
    case LAD_MARGIN_DFSC_STAE: pull_q = PULL_TO_MARGIN; break;
    case LAD_MARGIN_DFSC_SYNTHETIC:
    case LAD_MARGIN_NOVEL: factor = 0.5; break;
    }
    if (pull_p == PULL_TO_MARGIN || pull_q == PULL_TO_MARGIN)
        track(&margin->tau, lad_quantile(pool, positions, p, margin->quantile), margin->decay);
    lad_margin_terms t = {0};
    memset(d_p, 0, positions * sizeof *d_p);
    t.ae = weighted_term(margin, pull_p, margin->margin, factor, positions, NULL, p, p, d_p);
    if (q) {
        track(&margin->mean_q, mean_of(positions, q), margin->decay);
        memset(d_q, 0, positions * sizeof *d_q);
        t.stae = weighted_term(margin, pull_q, margin->margin, factor, positions, NULL, q, p, d_q);
    }
    if (terms) *terms = t;
    return t.ae + t.stae;
}

static lad_margin_terms composite_novel(const lad_margin *margin, size_t positions, const float *pasted,
                                        const float *untouched, const float *p, const float *q, const float *r,
                                        float *d_p, float *d_q, float *d_r)
{
    assert(margin->mean_q >= 0.0);
    double m = margin->margin * margin->mean_q;
    lad_margin_terms t = {0};
    memset(d_r, 0, positions * sizeof *d_r);
    t.ae = weighted_term(margin, PULL, m, 0.5, positions, NULL, p, NULL, d_p);
    t.stae = weighted_term(margin, PULL, m, 0.5, positions, untouched, q, NULL, d_q);
    if (margin->hinge) t.hinge = weighted_term(margin, PUSH, m, 0.5, positions, pasted, q, NULL, d_q);
    t.faithful = weighted_term(margin, PULL, m, 0.5, positions, pasted, r, NULL, d_r);
    return t;
}

static lad_margin_terms composite_synthetic(const lad_margin *margin, size_t positions, const float *pasted,
                                            const float *untouched, const float *p, const float *q, float *d_p,
                                            float *d_q)
{
    double m = margin->margin;
    lad_margin_terms t = {0};
    t.ae = weighted_term(margin, PULL, m, 0.5, positions, untouched, p, NULL, d_p);
    if (q) t.stae = weighted_term(margin, PULL, m, 0.5, positions, untouched, q, NULL, d_q);
    if (margin->hinge) t.hinge = weighted_term(margin, PUSH, m, 0.5, positions, pasted, p, NULL, d_p);
    return t;
}

static lad_margin_terms composite_local(const lad_margin *margin, size_t positions, const float *pasted,
                                        const float *untouched, const float *u, float *d_u)
{
    double m = margin->margin;
    lad_margin_terms t = {0};
    t.faithful = weighted_term(margin, PULL, m, 1.0, positions, untouched, u, NULL, d_u);
    if (margin->hinge) t.hinge = weighted_term(margin, PUSH, m, 1.0, positions, pasted, u, NULL, d_u);
    return t;
}

double lad_margin_composite(const lad_margin *margin, size_t positions, const float *pasted, const float *untouched,
                            const float *p, const float *q, const float *r, float *d_p, float *d_q, float *d_r,
                            lad_margin_terms *terms)
{
    assert(lad_margin_uses_composites(margin->form) && positions > 0);
    memset(d_p, 0, positions * sizeof *d_p);
    if (d_q) memset(d_q, 0, positions * sizeof *d_q);
    lad_margin_terms t;
    switch (margin->form) {
    case LAD_MARGIN_NOVEL: t = composite_novel(margin, positions, pasted, untouched, p, q, r, d_p, d_q, d_r); break;
    case LAD_MARGIN_NOVEL_LOCAL: t = composite_local(margin, positions, pasted, untouched, p, d_p); break;
    default: t = composite_synthetic(margin, positions, pasted, untouched, p, q, d_p, d_q);
    }
    if (terms) *terms = t;
    return t.ae + t.stae + t.hinge + t.faithful;
}
