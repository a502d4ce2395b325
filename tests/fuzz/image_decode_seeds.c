/* Writes the small files of image_samples.h into the folder given: where fuzzing starts from. */
#include "../unit/image_samples.h"

#include <stddef.h>
#include <stdio.h>

static int save(const char *folder, const char *name, const uint8_t *bytes, size_t size)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    if (!file) return 1;
    size_t written = fwrite(bytes, 1, size, file);
    return fclose(file) != 0 || written != size;
}

int main(int argc, char **argv)
{
    int failed = argc != 2;
#define SAVE(sample) failed = failed || save(argv[1], #sample, sample, sizeof sample)
    SAVE(png_grey_7x5);
    SAVE(png_grey_alpha_7x5);
    SAVE(png_rgb_7x5);
    SAVE(png_rgba_7x5);
    SAVE(png_palette_7x5);
    SAVE(png_bilevel_7x5);
    SAVE(png_16bit_3x2);
    SAVE(jpeg_444_20x13);
    SAVE(jpeg_420_20x13);
    SAVE(jpeg_progressive_20x13);
    SAVE(jpeg_restart_20x13);
    SAVE(jpeg_grey_20x13);
    return failed + (int)(sizeof resize_samples == 0);
}
