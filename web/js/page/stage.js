// @ts-check
/** The picture on the stage of the Inspect view: image, heat map over it, outline, value under the pointer. */
import { shownSize } from "../shared/protocol.js";
import { scoreText } from "../shared/words.js";
import { byId } from "./dom.js";
import { paintImage, paintLegend, paintMap, paintOutlines } from "./paint.js";

export const STAGE_MAX_SIDE = 960; // sharp enough for the widest layout, small enough to paint at once

/** @typedef {import("./paint.js").Scale} Scale */
/** @typedef {import("../shared/protocol.js").Heat} Heat */

export class Stage {
  #frame = byId("frame");
  #figure = byId("stage");
  #image = /** @type {HTMLCanvasElement} */ (byId("stage-image"));
  #heat = /** @type {HTMLCanvasElement} */ (byId("stage-heat"));
  #outline = /** @type {HTMLCanvasElement} */ (byId("stage-outline"));
  #probe = byId("probe");
  #opacity = /** @type {HTMLInputElement} */ (byId("opacity"));
  #palette;
  /** @type {Heat | null} */ #shown = null;

  /** @param {Uint8Array} palette */
  constructor(palette) {
    this.#palette = palette;
    paintLegend(/** @type {HTMLCanvasElement} */ (byId("legend")), palette);
    this.#opacity.addEventListener("input", () => this.#applyOpacity());
    byId("outline").addEventListener("change", () => this.#applyOutline());
    this.#frame.addEventListener("pointermove", (event) => this.#read(event));
    this.#frame.addEventListener("pointerleave", () => this.#idle());
    this.#applyOpacity();
  }

  /** A new image, without a map yet. @param {ImageBitmap} bitmap @param {string} label */
  showImage(bitmap, label) {
    const size = shownSize(bitmap.width, bitmap.height, STAGE_MAX_SIDE);
    paintImage(this.#image, bitmap, size);
    this.#image.setAttribute("aria-label", label);
    byId("view-inspect").style.setProperty("--aspect", String(size.width / size.height));
    this.#heat.hidden = true;
    this.#outline.hidden = true;
    this.#shown = null;
    this.#figure.removeAttribute("data-outlined");
    this.#idle();
  }

  /** Ground truth of the image shown; none: the switch is off. @param {ImageBitmap[]} masks */
  showTruth(masks) {
    const scale = Math.max(1, STAGE_MAX_SIDE / Math.max(this.#image.width, this.#image.height)); // fine lines on small images too
    paintOutlines(this.#outline, masks, { width: Math.round(this.#image.width * scale), height: Math.round(this.#image.height * scale) });
    byId("outline-label").hidden = masks.length === 0;
    this.#figure.toggleAttribute("data-outlined", masks.length > 0);
    this.#applyOutline();
  }

  /** The map over the image. @param {Heat} heat @param {Scale} scale */
  showHeat(heat, scale) {
    paintMap(this.#heat, heat.values, heat.width, heat.height, this.#palette, scale, true);
    this.#heat.hidden = false;
    this.#shown = heat;
    byId("legend-mid").textContent = `threshold ${scoreText(scale.high / 2)}`;
    byId("legend-high").textContent = `${scoreText(scale.high)} and more`;
  }

  /** The three small maps beside it. @param {Record<string, Float32Array>} maps @param {number} size
   * @param {Scale} scale */
  showMaps(maps, size, scale) {
    for (const canvas of /** @type {NodeListOf<HTMLCanvasElement>} */ (document.querySelectorAll("canvas[data-map]"))) {
      paintMap(canvas, maps[/** @type {string} */ (canvas.dataset.map)], size, size, this.#palette, scale, false);
    }
  }

  #applyOpacity() {
    this.#heat.style.opacity = String(this.#opacity.valueAsNumber / 100);
    byId("opacity-value").textContent = `${this.#opacity.value} %`;
  }

  #applyOutline() {
    const wanted = /** @type {HTMLInputElement} */ (byId("outline")).checked;
    this.#outline.hidden = !wanted || !this.#figure.hasAttribute("data-outlined");
  }

  /** @param {PointerEvent} event */
  #read(event) {
    if (!this.#shown) return;
    const { values, width, height } = this.#shown;
    const box = this.#frame.getBoundingClientRect();
    const x = Math.min(width - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * width)));
    const y = Math.min(height - 1, Math.max(0, Math.floor(((event.clientY - box.top) / box.height) * height)));
    this.#probe.textContent = `Map at ${x}, ${y}: ${scoreText(values[y * width + x])}`;
  }

  #idle() {
    this.#probe.textContent = "Point at the image to read the map.";
  }
}
