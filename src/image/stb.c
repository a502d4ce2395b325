#include "image/stb.h"

#include "base/alloc.h"
#include "image/deflate.h"
#include "image/image.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* What the decoder may still allocate in this call.  What it frees is not given back: its own growing buffers
 * at most double what is needed, and a file that claims more is not worth more memory. */
static _Thread_local size_t budget_left;
static _Thread_local bool budget_exceeded;

static bool budget_take(size_t size_bytes)
{
    if (size_bytes > budget_left) {
        budget_exceeded = true;
        return false;
    }
    budget_left -= size_bytes;
    return true;
}

/* Zeroed: broken files make the decoder read tables that were never filled, and the same bytes in must give the
 * same bytes out. */
static void *budget_alloc(size_t size_bytes)
{
    return budget_take(size_bytes) ? calloc(1, size_bytes ? size_bytes : 1) : NULL;
}

static void *budget_realloc(void *old, size_t old_bytes, size_t size_bytes)
{
    if (!budget_take(size_bytes > old_bytes ? size_bytes - old_bytes : 0)) return NULL;
    unsigned char *memory = realloc(old, size_bytes ? size_bytes : 1);
    if (memory && size_bytes > old_bytes) memset(memory + old_bytes, 0, size_bytes - old_bytes);
    return memory;
}

#define STBI_MALLOC(size) budget_alloc(size)
#define STBI_REALLOC_SIZED(old, old_bytes, size) budget_realloc(old, old_bytes, size)
#define STBI_FREE(memory) free(memory)
#define STBI_MAX_DIMENSIONS LAD_IMAGE_MAX_SIDE_PX
#define STBI_ASSERT(condition) ((void)0) /* outside input never asserts; its values are masked where used */
#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#define STBI_NO_STDIO
#define STBI_NO_LINEAR
#define STB_IMAGE_IMPLEMENTATION
#include <stb/stb_image.h>

#define STBI_WRITE_NO_STDIO
#define STB_IMAGE_WRITE_IMPLEMENTATION
#include <stb/stb_image_write.h>

lad_status lad_stb_decode(const uint8_t *bytes, size_t size_bytes, size_t budget_bytes, uint8_t **rgb, size_t *width,
                          size_t *height, const char **reason)
{
    if (size_bytes > INT_MAX) {
        *reason = "file too large";
        return LAD_ERR_FORMAT;
    }
    budget_left = budget_bytes;
    budget_exceeded = false;
    int w, h, channels;
    stbi_uc *pixels = stbi_load_from_memory(bytes, (int)size_bytes, &w, &h, &channels, 3);
    if (!pixels) {
        *reason = budget_exceeded ? "its data unpack to more than its size" : stbi_failure_reason();
        bool memory = !budget_exceeded && *reason && strcmp(*reason, "outofmem") == 0;
        return memory ? LAD_ERR_NOMEM : LAD_ERR_FORMAT;
    }
    size_t count = (size_t)w * (size_t)h * 3; /* at most 3 * LAD_IMAGE_MAX_AREA_PX: the container was checked */
    uint8_t *copy = lad_alloc(count, 1);
    if (copy) memcpy(copy, pixels, count);
    free(pixels);
    if (!copy) return LAD_ERR_NOMEM;
    *rgb = copy;
    *width = (size_t)w;
    *height = (size_t)h;
    return LAD_OK;
}

/* Encoded bytes arrive in pieces. */
typedef struct sink {
    lad_bytes bytes;
    bool failed;
} sink;

static void sink_write(void *context, void *data, int count)
{
    sink *s = context;
    if (s->failed || count <= 0) return;
    if (lad_bytes_reserve(&s->bytes, (size_t)count) != LAD_OK) {
        s->failed = true;
        return;
    }
    memcpy(s->bytes.at + s->bytes.used_bytes, data, (size_t)count);
    s->bytes.used_bytes += (size_t)count;
}

lad_status lad_stb_encode(const uint8_t *rgb, size_t w, size_t h, int quality, uint8_t **bytes, size_t *size_bytes)
{
    sink s = {0};
    if (!stbi_write_jpg_to_func(sink_write, &s, (int)w, (int)h, 3, rgb, quality) || s.failed) {
        lad_free(s.bytes.at);
        return LAD_ERR_NOMEM;
    }
    *bytes = s.bytes.at;
    *size_bytes = s.bytes.used_bytes;
    return LAD_OK;
}
