#include "train/novelties.h"

#include "base/alloc.h"
#include "image/image.h"
#include "model/detector.h"

enum { PIXELS = LAD_INPUT_SIZE * LAD_INPUT_SIZE, CELLS = LAD_MAP_SIZE * LAD_MAP_SIZE, SEED = 1 };

lad_status lad_novelties_init(lad_novelties *out, const uint8_t *images, size_t count, lad_error *err)
{
    const size_t area = 2 * (size_t)(LAD_INPUT_SIZE + 1) * (LAD_INPUT_SIZE + 1);
    lad_novelties n = {.count = count};
    lad_status status = lad_composite_source_init(&n.source, images, count, LAD_INPUT_SIZE);
    n.rgb = lad_alloc(PIXELS, 3);
    n.x = lad_alloc((size_t)PIXELS * 3, sizeof *n.x);
    n.area = lad_alloc(area, sizeof *n.area);
    n.pasted = lad_alloc(CELLS, sizeof *n.pasted);
    n.untouched = lad_alloc(CELLS, sizeof *n.untouched);
    if (status != LAD_OK || !n.rgb || !n.x || !n.area || !n.pasted || !n.untouched) {
        lad_novelties_deinit(&n);
        return lad_fail(err, LAD_ERR_NOMEM, "Memory ran out for pictures with novelties.");
    }
    *out = n;
    lad_novelties_rewind(out);
    return LAD_OK;
}

void lad_novelties_deinit(lad_novelties *n)
{
    lad_composite_source_deinit(&n->source);
    lad_free(n->rgb);
    lad_free(n->x);
    lad_free(n->area);
    lad_free(n->pasted);
    lad_free(n->untouched);
    *n = (lad_novelties){.count = 0};
}

void lad_novelties_rewind(lad_novelties *n)
{
    n->rng = lad_rng_seed(SEED, 0);
}

const float *lad_novelties_normal(lad_novelties *n, size_t i)
{
    lad_image_normalize(n->source.images + i * PIXELS * 3, PIXELS, n->x);
    return n->x;
}

const float *lad_novelties_novel(lad_novelties *n, size_t i)
{
    const uint8_t *base = n->source.images + i * PIXELS * 3;
    lad_composite_make(&n->source, &n->rng, base, n->rgb);
    lad_composite_positions(base, n->rgb, LAD_INPUT_SIZE, LAD_MAP_SIZE, n->area, n->pasted, n->untouched);
    lad_image_normalize(n->rgb, PIXELS, n->x);
    return n->x;
}
