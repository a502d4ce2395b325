#include "cli/sheet.h"

#include "base/alloc.h"
#include "base/file.h"
#include "image/image.h"

#include <string.h>

enum { COLUMNS = 5, PICTURES = 25, GAP_PX = 3, WIDE_PX = 140, TALL_PX = 90, QUALITY = 80, MAX_KINDS = 256 };

static const uint8_t outline_rgb[3] = {0, 255, 255};

typedef struct sheet {
    int kinds[MAX_KINDS]; /* [count], -1: good */
    size_t count, columns, rows;
    size_t width, height;             /* of a picture */
    size_t sheet_width, sheet_height; /* of all */
    uint8_t *rgb;                     /* [sheet_height, sheet_width, 3] */
} sheet;

static void plan(const lad_sheet_options *o, sheet *s)
{
    int choice[MAX_KINDS];
    size_t choices = 0, count = o->category->kind_count < MAX_KINDS ? o->category->kind_count : MAX_KINDS;
    if (o->only >= 0) {
        choice[choices++] = o->only;
    } else if (o->shows == LAD_SHEET_GOOD) {
        choice[choices++] = -1;
    } else {
        for (size_t k = 0; k < count; k++) {
            bool logical = o->category->kinds[k].class_ == LAD_SCENE_LOGICAL;
            if (o->shows == LAD_SHEET_KINDS || logical == (o->shows == LAD_SHEET_LOGICAL)) choice[choices++] = (int)k;
        }
    }
    s->count = o->shows == LAD_SHEET_KINDS && o->only < 0 ? choices : PICTURES;
    for (size_t i = 0; i < s->count; i++) s->kinds[i] = choice[i % choices];
    s->columns = s->count < COLUMNS ? s->count : COLUMNS;
    s->rows = (s->count + s->columns - 1) / s->columns;
    size_t usual = o->category->width > o->category->height ? WIDE_PX : TALL_PX;
    s->width = o->width ? o->width : usual;
    s->height = (o->category->height * s->width + o->category->width / 2) / o->category->width;
    s->sheet_width = s->columns * (s->width + GAP_PX) - GAP_PX;
    s->sheet_height = s->rows * (s->height + GAP_PX) - GAP_PX;
}

/* Colours what lies right beside the mask; mask: [height, width], above 127 inside. */
static void draw_outline(const uint8_t *mask, size_t width, size_t height, uint8_t *rgb)
{
    for (size_t y = 0; y < height; y++) {
        for (size_t x = 0; x < width; x++) {
            bool inside = mask[y * width + x] > 127, near = false;
            for (size_t v = y ? y - 1 : 0; v <= y + 1 && v < height; v++) {
                for (size_t u = x ? x - 1 : 0; u <= x + 1 && u < width; u++) near |= mask[v * width + u] > 127;
            }
            if (near && !inside) memcpy(rgb + 3 * (y * width + x), outline_rgb, 3);
        }
    }
}

/* small: [height, width, 3], mask: [height, width]: room for the result and for each mask. */
static lad_status shrink(const sheet *s, const lad_scene_image *image, uint8_t *small, uint8_t *mask)
{
    size_t pixels = image->width * image->height;
    LAD_TRY(lad_image_resize(image->rgb, image->width, image->height, 3, small, s->width, s->height));
    for (size_t m = 0; m < image->mask_count; m++) {
        for (size_t i = 0; i < pixels; i++) image->masks[m][i] = image->masks[m][i] ? 255 : 0;
        LAD_TRY(lad_image_resize(image->masks[m], image->width, image->height, 1, mask, s->width, s->height));
        draw_outline(mask, s->width, s->height, small);
    }
    return LAD_OK;
}

static lad_status add_picture(const lad_sheet_options *o, size_t i, lad_pool *pool, sheet *s, lad_error *err)
{
    lad_scene_class class_ = s->kinds[i] < 0 ? LAD_SCENE_GOOD : o->category->kinds[s->kinds[i]].class_;
    lad_scene_spec spec = {o->category, LAD_SPLIT_TEST, o->seed, lad_scene_index(class_, i), s->kinds[i]};
    lad_scene_image image;
    LAD_TRY(lad_scene_render(&spec, 0, pool, &image, err));
    uint8_t *small = lad_alloc(s->width * s->height, 3), *mask = lad_alloc(s->width * s->height, 1);
    lad_status status = small && mask ? shrink(s, &image, small, mask) : LAD_ERR_NOMEM;
    size_t left = i % s->columns * (s->width + GAP_PX), top = i / s->columns * (s->height + GAP_PX);
    for (size_t y = 0; y < s->height && status == LAD_OK; y++) {
        memcpy(s->rgb + 3 * ((top + y) * s->sheet_width + left), small + 3 * y * s->width, 3 * s->width);
    }
    lad_free(small);
    lad_free(mask);
    lad_scene_image_deinit(&image);
    return status == LAD_OK ? LAD_OK : lad_fail(err, status, "Memory for the sheet ran out.");
}

lad_status lad_sheet_write(const lad_sheet_options *options, const char *path, lad_pool *pool, lad_error *err)
{
    sheet s;
    uint8_t *bytes = NULL;
    size_t size_bytes;
    plan(options, &s);
    s.rgb = lad_alloc(s.sheet_width * s.sheet_height, 3);
    if (!s.rgb) return lad_fail(err, LAD_ERR_NOMEM, "Memory for the sheet ran out.");
    memset(s.rgb, 255, s.sheet_width * s.sheet_height * 3);
    lad_status status = LAD_OK;
    for (size_t i = 0; i < s.count && status == LAD_OK; i++) status = add_picture(options, i, pool, &s, err);
    if (status == LAD_OK) {
        status = lad_jpeg_encode(s.rgb, s.sheet_width, s.sheet_height, QUALITY, &bytes, &size_bytes);
        if (status != LAD_OK) lad_fail(err, status, "%s cannot be encoded: the pictures are too large.", path);
    }
    if (status == LAD_OK) status = lad_file_write(path, bytes, size_bytes, err);
    lad_free(bytes);
    lad_free(s.rgb);
    return status;
}
