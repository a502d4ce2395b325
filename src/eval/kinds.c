#include "eval/kinds.h"

#include "base/alloc.h"
#include "eval/metrics.h"

#include <stdbool.h>
#include <string.h>

static int compare(const lad_kind *kind, uint8_t label, const char *name)
{
    return kind->label != label ? (int)kind->label - (int)label : strcmp(kind->name, name);
}

lad_status lad_kinds_list(const char *const *names, const uint8_t *labels, size_t count, lad_kind **kinds,
                          size_t *kind_count)
{
    lad_kind *list = lad_alloc(count, sizeof *list);
    if (!list) return LAD_ERR_NOMEM;
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        if (labels[i] == LAD_EVAL_GOOD || !names[i]) continue;
        size_t at = 0;
        while (at < used && compare(&list[at], labels[i], names[i]) < 0) at++;
        if (at == used || compare(&list[at], labels[i], names[i]) != 0) {
            memmove(&list[at + 1], &list[at], (used - at) * sizeof *list);
            list[at] = (lad_kind){.name = names[i], .label = labels[i]};
            used++;
        }
        list[at].images++;
    }
    *kinds = list;
    *kind_count = used;
    return LAD_OK;
}

lad_status lad_kind_auroc(const lad_kind *kind, const double *scores, const char *const *names, const uint8_t *labels,
                          size_t count, double *out)
{
    double *values = lad_alloc(count, sizeof *values);
    uint8_t *positive = lad_alloc(count, 1);
    lad_status status = values && positive ? LAD_OK : LAD_ERR_NOMEM;
    size_t used = 0;
    for (size_t i = 0; i < count && status == LAD_OK; i++) {
        bool of_kind = labels[i] == kind->label && names[i] && strcmp(names[i], kind->name) == 0;
        if (labels[i] != LAD_EVAL_GOOD && !of_kind) continue;
        values[used] = scores[i];
        positive[used++] = of_kind;
    }
    if (status == LAD_OK) status = lad_auroc(values, positive, used, out);
    lad_free(values);
    lad_free(positive);
    return status;
}
