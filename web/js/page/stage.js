// @ts-check
/** The stage of the Inspect view: image and heat map, one over or beside the other, outline, value at a pixel. */
import { scaleFor } from "../shared/heat.js";
import { shownSize } from "../shared/protocol.js";
import { scoreText } from "../shared/words.js";
import { byId, chosen } from "./dom.js";
import { paintDifference, paintDifferenceLegend, paintImage, paintLegend, paintMap, paintOutlines } from "./paint.js";
import { Probe } from "./probe.js";

export const STAGE_MAX_SIDE = 960; // sharp enough for the widest layout, small enough to paint at once

/** @typedef {import("../shared/protocol.js").Heat} Heat */
/** What is drawn over the image; mapThreshold: the middle of its colours.
 * @typedef {{heat: Heat, mapThreshold: number, difference: boolean, name: string}} Layer */

export class Stage {
  #frame = byId("frame");
  #figure = byId("stage");
  #image = /** @type {HTMLCanvasElement} */ (byId("stage-image"));
  #heat = /** @type {HTMLCanvasElement} */ (byId("stage-heat"));
  #outline = /** @type {HTMLCanvasElement} */ (byId("stage-outline"));
  #opacity = /** @type {HTMLInputElement} */ (byId("opacity"));
  #split = /** @type {HTMLInputElement} */ (byId("split"));
  #legend = /** @type {HTMLCanvasElement} */ (byId("legend"));
  #probe = new Probe();
  #palette;
  #size = { width: 1, height: 1 };
  /** @type {Layer | null} */ #layer = null;

  /** @param {Uint8Array} palette @param {() => void} onLook */
  constructor(palette, onLook) {
    this.#palette = palette;
    this.#opacity.addEventListener("input", () => this.#applyLook());
    this.#split.addEventListener("input", () => this.#applyLook());
    byId("outline").addEventListener("change", () => this.#applyOutline());
    byId("looks").addEventListener("change", () => {
      this.#paint();
      onLook();
    });
    this.#frame.addEventListener("pointerdown", (event) => this.#drag(event));
    this.#frame.addEventListener("pointermove", (event) => this.#drag(event));
    this.#applyLook();
  }

  /** When another look was chosen. */
  repaint() {
    this.#paint();
  }

  /** A new image, without a map yet. @param {ImageBitmap} bitmap @param {string} label */
  showImage(bitmap, label) {
    this.#size = { width: bitmap.width, height: bitmap.height };
    const size = shownSize(bitmap.width, bitmap.height, STAGE_MAX_SIDE);
    paintImage(this.#image, bitmap, size);
    this.#image.setAttribute("aria-label", label);
    byId("view-inspect").style.setProperty("--aspect", String(size.width / size.height));
    this.#heat.hidden = true;
    this.#outline.hidden = true;
    this.#layer = null;
    this.#probe.set(null);
    for (const name of ["data-outlined", "data-mapped"]) this.#figure.removeAttribute(name);
  }

  /** Ground truth of the image shown; none: the switch is off. @param {ImageBitmap[]} masks */
  showTruth(masks) {
    const scale = Math.max(1, STAGE_MAX_SIDE / Math.max(this.#image.width, this.#image.height)); // fine lines on small images too
    paintOutlines(this.#outline, masks, { width: Math.round(this.#image.width * scale), height: Math.round(this.#image.height * scale) });
    byId("outline-label").hidden = masks.length === 0;
    this.#figure.toggleAttribute("data-outlined", masks.length > 0);
    this.#applyOutline();
  }

  /** The map over the image. @param {Layer} layer */
  showLayer(layer) {
    this.#layer = layer;
    this.#paint();
    const { heat, mapThreshold, difference, name } = layer;
    this.#probe.set({ ...heat, image: this.#size, name });
    if (difference) paintDifferenceLegend(this.#legend);
    else paintLegend(this.#legend, this.#palette);
    const [low, mid, high] = difference ? [`plain higher by ${scoreText(mapThreshold)}`, "equal", "margin higher"]
      : ["0, usual", `map threshold ${scoreText(mapThreshold)}`, `${scoreText(scaleFor(mapThreshold).high)} and more`];
    byId("legend-low").textContent = low;
    byId("legend-mid").textContent = mid;
    byId("legend-high").textContent = high;
    byId("legend-note").textContent = difference ? "Both maps have the same unit: 0.1 is passed by one cell in 200 of normal images."
      : "One scale for margin and plain. It hangs on the maps alone: as few normal images pass its middle as pass the threshold of the score.";
    this.#figure.setAttribute("data-mapped", "");
  }

  /** Image, map and outline as they are shown, in one picture. @returns {HTMLCanvasElement} */
  compose() {
    const { width, height } = this.#image;
    const out = Object.assign(document.createElement("canvas"), { width, height });
    const context = /** @type {CanvasRenderingContext2D} */ (out.getContext("2d"));
    context.drawImage(this.#image, 0, 0);
    if (!this.#heat.hidden) {
      const from = chosen("look") === "compare" ? Math.round((width * this.#split.valueAsNumber) / 100) : 0;
      context.save();
      context.beginPath();
      context.rect(from, 0, width - from, height);
      context.clip();
      context.globalAlpha = Number(this.#heat.style.opacity || 1);
      context.drawImage(this.#heat, 0, 0, width, height);
      context.restore();
    }
    if (!this.#outline.hidden) context.drawImage(this.#outline, 0, 0, width, height);
    return out;
  }

  #paint() {
    const look = chosen("look");
    if (this.#layer) {
      const { heat: { values, width, height }, mapThreshold, difference } = this.#layer;
      const fade = look === "overlay";
      if (difference) paintDifference(this.#heat, values, width, height, mapThreshold, fade);
      else paintMap(this.#heat, values, width, height, this.#palette, scaleFor(mapThreshold), fade);
    }
    this.#applyLook();
  }

  #applyLook() {
    const look = chosen("look");
    const [overlay, compare] = [look === "overlay", look === "compare"];
    this.#heat.hidden = look === "image" || !this.#layer;
    this.#heat.style.opacity = overlay ? String(this.#opacity.valueAsNumber / 100) : "1";
    this.#heat.style.clipPath = compare ? `inset(0 0 0 ${this.#split.value}%)` : "none";
    byId("divider").hidden = !compare;
    byId("divider").style.left = `${this.#split.value}%`;
    this.#frame.classList.toggle("comparing", compare);
    byId("opacity-label").hidden = !overlay;
    byId("split-label").hidden = !compare;
    byId("opacity-value").textContent = `${this.#opacity.value} %`;
    byId("split-value").textContent = `${this.#split.value} %`;
  }

  #applyOutline() {
    const wanted = /** @type {HTMLInputElement} */ (byId("outline")).checked;
    this.#outline.hidden = !wanted || !this.#figure.hasAttribute("data-outlined");
  }

  /** In Compare the border follows a pressed pointer. @param {PointerEvent} event */
  #drag(event) {
    if (chosen("look") !== "compare" || event.buttons !== 1) return;
    const box = this.#frame.getBoundingClientRect();
    this.#split.value = String(Math.round((100 * (event.clientX - box.left)) / box.width));
    this.#applyLook();
  }
}
