/* The margin between networks on distinctive features (Lee & Kim, arXiv 2407.17909), as losses of distances.
 *
 * The paper's exact equation was not available to us; these are our readings of it, one switch, discussed in
 * src/doc/METHOD.md.  All depend on the features only through a distance per position,
 *     P[i] = mean_c (T - A)^2,  Q[i] = mean_c (A - S2)^2,  R[i] = mean_c (T - S2)^2,  U[i] = mean_c (T - S1)^2
 * (lad_channel_mse).
 * m is the margin in units of P (features of the normalised teacher have variance 1), Omega the distinctive
 * positions: P > tau, tau an exponential mean of the `quantile` of P per step.
 *   none        L = mean P + mean Q                                        plain EfficientAD
 *   floor       L = mean max(P - m, 0) + mean Q                            stop pulling once within m
 *   dfsc        L = mean [P outside Omega, |P - m| inside] + mean Q        T and A stay m apart in Omega
 *   dfsc-stae   L = mean P + mean [Q outside Omega, |Q - m| inside]        A and S2 stay m apart in Omega
 * Three forms make novel features on purpose: a second image per step is a composite of normal images
 * (data/composite.h).  The first two start with   clean  L = 1/2 [mean P + mean Q].
 *   dfsc-synthetic  composite  L = 1/2 [mean_untouched P + mean_untouched Q + mean_pasted max(0, m - P)]
 *               with P to T(x_composite): T and A stay m apart at what was pasted
 *   novel       composite  L = 1/2 [mean P + mean_untouched Q + mean_pasted max(0, m - Q) + mean_pasted R]
 *               with P to T(x_clean), R to T(x_composite), and m = `margin` times an exponential mean of the
 *               clean mean Q: A and S2 stay m apart at what was pasted
 *   novel-local     L = mean P + mean Q, and on the composite  mean_untouched U + mean_pasted max(0, m - U)
 *               with U to T(x_composite): T and S1 stay m apart at what was pasted
 * Invariant: everything runs in one fixed order.  Thread rule: no shared state. */
#ifndef LAD_NN_MARGIN_H
#define LAD_NN_MARGIN_H

#include "base/pool.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum lad_margin_form {
    LAD_MARGIN_NONE,
    LAD_MARGIN_FLOOR,
    LAD_MARGIN_DFSC,
    LAD_MARGIN_DFSC_STAE,
    LAD_MARGIN_DFSC_SYNTHETIC, /* this one and those below train on composites */
    LAD_MARGIN_NOVEL,
    LAD_MARGIN_NOVEL_LOCAL
} lad_margin_form;

/* "none", "floor", "dfsc", "dfsc-stae", "dfsc-synthetic", "novel", "novel-local" */
const char *lad_margin_form_name(lad_margin_form form);
LAD_MUST_CHECK bool lad_margin_form_from_name(const char *name, lad_margin_form *out);

/* Whether the form trains on composites beside normal images. */
bool lad_margin_uses_composites(lad_margin_form form);

/* Settings and running statistics; plain data, written to checkpoints as it is. */
typedef struct lad_margin {
    lad_margin_form form;
    double margin;      /* m itself; novel: m over the running mean of the clean Q */
    double quantile;    /* of P, above which a position is distinctive (dfsc, dfsc-stae) */
    double decay;       /* of both running means, per step */
    bool hinge;         /* of composites: the margin term itself; false leaves only the targets (ablation) */
    double tau, mean_q; /* running means; negative: nothing seen yet */
} lad_margin;

/* margin: negative for the form's default (floor, dfsc, dfsc-stae 0.2; dfsc-synthetic 1, what an autoencoder that
 * knows only each channel's mean is apart on average; novel 3; novel-local 1).  quantile 0.9, decay 0.99,
 * hinge true. */
lad_margin lad_margin_default(lad_margin_form form, double margin);

/* The terms of one call, for progress; each as it enters the total. */
typedef struct lad_margin_terms {
    double ae;       /* of P */
    double stae;     /* of Q */
    double hinge;    /* of the margin on pasted positions */
    double faithful; /* of R */
} lad_margin_terms;

/* Loss of clean images: updates the running means, then evaluates the form.  p, q: [positions];
 * d_p, d_q: [positions], overwritten.  q and d_q NULL: the terms of the autoencoder alone.  Returns the total; terms:
 * NULL allowed. */
double lad_margin_clean(lad_margin *margin, lad_pool *pool, size_t positions, const float *p, const float *q,
                        float *d_p, float *d_q, lad_margin_terms *terms);

/* Loss of composites (forms with composites; call after lad_margin_clean of the same step).
 * pasted, untouched: [positions], weights in [0, 1]; a mean over weights that sum to 0 is 0.
 * p: A against T(x_clean) for novel, T(x_composite) for dfsc-synthetic; q: A against S2; r: S2 against
 * T(x_composite), for novel alone (else NULL, as d_r).  d_*: [positions], overwritten.
 * dfsc-synthetic, q and d_q NULL: the terms of the autoencoder alone.  novel-local: U is given as p, q is NULL. */
double lad_margin_composite(const lad_margin *margin, size_t positions, const float *pasted, const float *untouched,
                            const float *p, const float *q, const float *r, float *d_p, float *d_q, float *d_r,
                            lad_margin_terms *terms);

#endif
