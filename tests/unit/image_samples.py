#!/usr/bin/env python3
"""Makes image_samples.h: small files written, and small pictures resized, by Pillow.

    /usr/bin/python3 tests/unit/image_samples.py > tests/unit/image_samples.h     (Debian: python3-pil)

Both sides draw the same test picture from the same formula (sample_value here and in image_sample_pattern.h), so only what Pillow made of
it is stored.
"""
import io
from PIL import Image, __version__


def value(x, y, c):
    h = (x * 73856093) ^ (y * 19349663) ^ (c * 83492791)
    h = (h * 2654435761) & 0xFFFFFFFF
    noise = h >> 27
    return (x * 11 + y * 7 * (c + 1) + c * 60 + noise) & 255


def picture(w, h, channels):
    data = bytes(value(x, y, c) for y in range(h) for x in range(w) for c in range(channels))
    return Image.frombytes({1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[channels], (w, h), data)


def smooth(w, h):
    data = bytes((40 + 9 * x + 3 * y, 200 - 5 * x - 4 * y, 90 + 2 * x + 8 * y)[c] & 255
                 for y in range(h) for x in range(w) for c in range(3))
    return Image.frombytes("RGB", (w, h), data)


def array(name, data, kind="uint8_t"):
    print(f"static const {kind} {name}[{len(data)}] = {{")
    line = "   "
    for v in data:
        if len(line) + 5 > 120:
            print(line)
            line = "   "
        line += f" {v},"
    print(line)
    print("};")


def saved(image, kind, **options):
    f = io.BytesIO()
    image.save(f, kind, **options)
    return f.getvalue()


print(f"/* Made by image_samples.py with Pillow {__version__}; do not edit. */")
print("#ifndef LAD_TESTS_IMAGE_SAMPLES_H\n#define LAD_TESTS_IMAGE_SAMPLES_H\n\n#include <stdint.h>\n")
print("/* clang-format off */")
for channels, name in ((1, "grey"), (2, "grey_alpha"), (3, "rgb"), (4, "rgba")):
    array(f"png_{name}_7x5", saved(picture(7, 5, channels), "PNG"))
array("png_palette_7x5", saved(picture(7, 5, 1).convert("P"), "PNG"))
array("png_bilevel_7x5", saved(picture(7, 5, 1).point(lambda v: 255 if v > 127 else 0).convert("1", dither=0), "PNG"))
array("png_16bit_3x2", saved(Image.frombytes("I;16", (3, 2), bytes(range(12))), "PNG"))
array("jpeg_444_20x13", saved(smooth(20, 13), "JPEG", quality=95, subsampling=0))
array("jpeg_420_20x13", saved(smooth(20, 13), "JPEG", quality=90, subsampling=2))
array("jpeg_progressive_20x13", saved(smooth(20, 13), "JPEG", quality=90, progressive=True))
array("jpeg_restart_20x13", saved(smooth(20, 13), "JPEG", quality=90, restart_marker_blocks=1))
array("jpeg_grey_20x13", saved(smooth(20, 13).convert("L"), "JPEG", quality=95))
print("\n/* Pillow's resize(BILINEAR) of the test picture. */")
print("struct resize_sample {\n    unsigned w, h, channels, out_w, out_h;\n    const uint8_t *expected;\n};")
cases = [(37, 23, 3, 8, 6), (8, 6, 3, 19, 13), (64, 40, 1, 16, 16), (5, 31, 3, 12, 7), (9, 9, 1, 9, 4), (1, 1, 3, 4, 3),
         (170, 100, 3, 16, 16)]
for i, (w, h, channels, ow, oh) in enumerate(cases):
    array(f"resize_{i}", picture(w, h, channels).resize((ow, oh), Image.BILINEAR).tobytes())
print("static const struct resize_sample resize_samples[] = {")
for i, c in enumerate(cases):
    print("    {" + ", ".join(map(str, c)) + f", resize_{i}}},")
print("};\n/* clang-format on */\n\n#endif")
