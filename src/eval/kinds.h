/* Results by kind of anomaly: images of one kind against all good ones.  Thread rule: no shared state. */
#ifndef LAD_EVAL_KINDS_H
#define LAD_EVAL_KINDS_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct lad_kind {
    const char *name; /* one of the caller's */
    uint8_t label;    /* LAD_EVAL_LOGICAL or LAD_EVAL_STRUCTURAL */
    size_t images;
} lad_kind;

/* The different kinds, by label and then by name.  names, labels: [count]; a name may be NULL (not known), those of
 * good images are not looked at.  *kinds: [*kind_count], the caller's (lad_free).  LAD_ERR_NOMEM. */
LAD_MUST_CHECK lad_status lad_kinds_list(const char *const *names, const uint8_t *labels, size_t count,
                                         lad_kind **kinds, size_t *kind_count);

/* AUROC of the kind's images against the good ones; NaN when there are none.  scores: [count].
 * Errors: LAD_ERR_ARG when a score is NaN, LAD_ERR_NOMEM. */
LAD_MUST_CHECK lad_status lad_kind_auroc(const lad_kind *kind, const double *scores, const char *const *names,
                                         const uint8_t *labels, size_t count, double *out);

#endif
