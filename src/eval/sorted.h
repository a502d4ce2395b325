/* Scores in ascending order with what belongs to them (private to src/eval). */
#ifndef LAD_EVAL_SORTED_H
#define LAD_EVAL_SORTED_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct lad_scored {
    double score;
    size_t index; /* in the caller's arrays */
    uint8_t label;
} lad_scored;

/* *out: [count], by score, then by index; the caller's (lad_free).  LAD_ERR_ARG when a score is NaN. */
LAD_MUST_CHECK lad_status lad_scored_sort(const double *scores, const uint8_t *labels, size_t count, lad_scored **out);

/* End of the group of equal scores that begins at `begin`. */
size_t lad_scored_group_end(const lad_scored *sorted, size_t count, size_t begin);

#endif
