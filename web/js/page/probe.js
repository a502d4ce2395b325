// @ts-check
/** Reads the map at a pixel: under the pointer, or at a point that the arrow keys move. */
import { scoreText } from "../shared/words.js";
import { byId } from "./dom.js";

const STEP_PX = 1, LONG_STEP_PX = 10;
const ARROWS = /** @type {Record<string, [number, number]>} */ ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] });

/** values: the map as it is shown, [height, width]; image: the size of the original, whose pixels are counted.
 * @typedef {{values: Float32Array, width: number, height: number, image: {width: number, height: number}, name: string}} Readable */

export class Probe {
  #frame = byId("frame");
  #text = byId("probe");
  #crosshair = byId("crosshair");
  #idle = this.#text.textContent;
  /** @type {Readable | null} */ #map = null;
  /** In pixels of the original. @type {{x: number, y: number} | null} */ #at = null;

  constructor() {
    this.#frame.addEventListener("pointermove", (event) => {
      const box = this.#frame.getBoundingClientRect();
      this.#move((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
    });
    this.#frame.addEventListener("pointerleave", () => this.#leave());
    this.#frame.addEventListener("blur", () => this.#leave());
    this.#frame.addEventListener("keydown", (event) => this.#key(event));
  }

  /** The map to read; null: none. @param {Readable | null} map */
  set(map) {
    if (map?.image.width !== this.#map?.image.width || map?.image.height !== this.#map?.image.height) this.#leave();
    this.#map = map;
    if (this.#at) this.#say();
  }

  /** @param {number} fx @param {number} fy  0 to 1 */
  #move(fx, fy) {
    if (!this.#map) return;
    const { width, height } = this.#map.image;
    this.#at = { x: clamp(Math.floor(fx * width), width), y: clamp(Math.floor(fy * height), height) };
    this.#crosshair.hidden = true; // the pointer shows the place
    this.#say();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const arrow = ARROWS[event.key];
    if (event.key === "Escape") this.#leave();
    if (!arrow || !this.#map) return;
    event.preventDefault();
    const { width, height } = this.#map.image;
    const step = event.shiftKey ? LONG_STEP_PX : STEP_PX;
    const from = this.#at ?? { x: width >> 1, y: height >> 1 };
    this.#at = this.#at ? { x: clamp(from.x + step * arrow[0], width), y: clamp(from.y + step * arrow[1], height) } : from;
    this.#crosshair.hidden = false;
    this.#crosshair.style.left = `${(100 * (this.#at.x + 0.5)) / width}%`;
    this.#crosshair.style.top = `${(100 * (this.#at.y + 0.5)) / height}%`;
    this.#say();
  }

  #say() {
    if (!this.#map || !this.#at) return;
    const { values, width, height, image, name } = this.#map;
    const x = clamp(Math.floor(((this.#at.x + 0.5) / image.width) * width), width);
    const y = clamp(Math.floor(((this.#at.y + 0.5) / image.height) * height), height);
    this.#text.textContent = `Pixel ${this.#at.x}, ${this.#at.y}: ${name} ${scoreText(values[y * width + x])}`;
  }

  #leave() {
    this.#at = null;
    this.#crosshair.hidden = true;
    this.#text.textContent = this.#idle;
  }
}

/** @param {number} value @param {number} size */
function clamp(value, size) {
  return Math.min(size - 1, Math.max(0, value));
}
