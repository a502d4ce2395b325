#include "eval/sorted.h"

#include "base/alloc.h"

#include <math.h>
#include <stdlib.h>

static int compare_scored(const void *a, const void *b)
{
    const lad_scored *x = a, *y = b;
    if (x->score != y->score) return x->score < y->score ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

lad_status lad_scored_sort(const double *scores, const uint8_t *labels, size_t count, lad_scored **out)
{
    lad_scored *sorted = lad_alloc(count, sizeof *sorted);
    if (!sorted) return LAD_ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        if (isnan(scores[i])) {
            lad_free(sorted);
            return LAD_ERR_ARG;
        }
        sorted[i] = (lad_scored){scores[i], i, labels[i]};
    }
    if (count > 1) qsort(sorted, count, sizeof *sorted, compare_scored);
    *out = sorted;
    return LAD_OK;
}

size_t lad_scored_group_end(const lad_scored *sorted, size_t count, size_t begin)
{
    size_t end = begin + 1;
    while (end < count && sorted[end].score == sorted[begin].score) end++;
    return end;
}
