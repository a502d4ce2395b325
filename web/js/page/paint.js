// @ts-check
/** Maps and masks on canvases.  Values come from the core; here they only get a colour. */

/** @typedef {import("../shared/heat.js").Scale} Scale */

/** Draws a map [height, width] in the colours of the palette; with `fade`, what is cold is transparent.
 * @param {HTMLCanvasElement} canvas @param {Float32Array} values @param {number} width @param {number} height
 * @param {Uint8Array} palette @param {Scale} scale @param {boolean} fade */
export function paintMap(canvas, values, width, height, palette, { low, high }, fade) {
  canvas.width = width;
  canvas.height = height;
  const context = context2d(canvas);
  const image = context.createImageData(width, height);
  const out = image.data;
  for (let i = 0; i < values.length; i++) {
    const value = Math.min(1, Math.max(0, (values[i] - low) / (high - low)));
    const colour = 3 * Math.round(255 * value);
    out[4 * i] = palette[colour];
    out[4 * i + 1] = palette[colour + 1];
    out[4 * i + 2] = palette[colour + 2];
    out[4 * i + 3] = fade ? 255 * Math.min(1, 1.6 * value) : 255;
  }
  context.putImageData(image, 0, 0);
}

const PLAIN_HIGHER = [94, 84, 200], MARGIN_HIGHER = [214, 110, 20]; // violet and orange: told apart by all eyes

/** Draws a difference of two maps: one colour each side of 0, whole at `range` and beyond.
 * @param {HTMLCanvasElement} canvas @param {Float32Array} values @param {number} width @param {number} height
 * @param {number} range @param {boolean} fade  what is near 0 is transparent, else white */
export function paintDifference(canvas, values, width, height, range, fade) {
  canvas.width = width;
  canvas.height = height;
  const context = context2d(canvas);
  const image = context.createImageData(width, height);
  for (let i = 0; i < values.length; i++) {
    const share = Math.min(1, Math.abs(values[i]) / range);
    const colour = values[i] < 0 ? PLAIN_HIGHER : MARGIN_HIGHER;
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = fade ? colour[c] : 255 + share * (colour[c] - 255);
    image.data[4 * i + 3] = fade ? 255 * share : 255;
  }
  context.putImageData(image, 0, 0);
}

/** @param {HTMLCanvasElement} canvas */
export function paintDifferenceLegend(canvas) {
  paintDifference(canvas, Float32Array.from({ length: 256 }, (_, i) => (i - 127.5) / 127.5), 256, 1, 1, false);
}

/** The palette as a line of 256 pixels. @param {HTMLCanvasElement} canvas @param {Uint8Array} palette */
export function paintLegend(canvas, palette) {
  const steps = Float32Array.from({ length: 256 }, (_, i) => i / 255);
  paintMap(canvas, steps, 256, 1, palette, { low: 0, high: 1 }, false);
}

/** The image at the size it is shown in. @param {HTMLCanvasElement} canvas @param {ImageBitmap} bitmap
 * @param {{width: number, height: number}} size */
export function paintImage(canvas, bitmap, { width, height }) {
  canvas.width = width;
  canvas.height = height;
  const context = context2d(canvas);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
}

/** Outlines of ground-truth masks: pixels of a mask that touch its outside, light on dark so that they show on
 * any ground.  @param {HTMLCanvasElement} canvas @param {ImageBitmap[]} masks
 * @param {{width: number, height: number}} size */
export function paintOutlines(canvas, masks, { width, height }) {
  canvas.width = width;
  canvas.height = height;
  const context = context2d(canvas);
  const scratch = context2d(Object.assign(document.createElement("canvas"), { width, height }), true);
  scratch.imageSmoothingEnabled = false;
  const inner = new Path2D();
  for (const mask of masks) {
    scratch.clearRect(0, 0, width, height);
    scratch.drawImage(mask, 0, 0, width, height);
    const { data } = scratch.getImageData(0, 0, width, height);
    const inside = (/** @type {number} */ x, /** @type {number} */ y) =>
      x >= 0 && y >= 0 && x < width && y < height && data[4 * (y * width + x)] > 0;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        if (!inside(x, y)) continue;
        if (!inside(x - 1, y)) line(inner, x, y, x, y + 1);
        if (!inside(x + 1, y)) line(inner, x + 1, y, x + 1, y + 1);
        if (!inside(x, y - 1)) line(inner, x, y, x + 1, y);
        if (!inside(x, y + 1)) line(inner, x, y + 1, x + 1, y + 1);
      }
    }
  }
  context.lineCap = "square";
  for (const [style, lineWidth] of /** @type {[string, number][]} */ ([["#000c", 4], ["#fff", 2]])) {
    context.strokeStyle = style;
    context.lineWidth = lineWidth;
    context.stroke(inner);
  }
}

/** @param {Path2D} path @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 */
function line(path, x0, y0, x1, y1) {
  path.moveTo(x0, y0);
  path.lineTo(x1, y1);
}

/** A canvas of that size to draw images on and read them from. @param {HTMLCanvasElement} canvas @param {number} width
 * @param {number} height @returns {CanvasRenderingContext2D} */
export function sized(canvas, width, height) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  return context2d(canvas, true);
}

/** @param {HTMLCanvasElement} canvas @param {boolean} [read]  whether pixels are read back often
 * @returns {CanvasRenderingContext2D} */
function context2d(canvas, read = false) {
  const context = canvas.getContext("2d", { willReadFrequently: read });
  if (!context) throw new Error("This browser gives no 2-D canvas.");
  return context;
}
