// @ts-check
/** The threshold that verdicts use: the model's own, until a person moves the slider. */
import { scoreText } from "../shared/words.js";
import { byId } from "./dom.js";

/** @typedef {import("../shared/protocol.js").RunResult} RunResult */

export class Thresholds {
  #slider = /** @type {HTMLInputElement} */ (byId("threshold"));
  #value = byId("threshold-value");
  #reset = byId("threshold-reset");
  /** Moved ones, by model. @type {Map<string, number>} */ #moved = new Map();
  #key = ""; // of the model shown
  /** By an address, until a model is shown. @type {number | null} */ #wanted = null;

  /** @param {() => void} change */
  constructor(change) {
    this.#slider.addEventListener("input", () => {
      this.#moved.set(this.#key, this.#slider.valueAsNumber);
      change();
    });
    this.#reset.addEventListener("click", () => {
      this.#moved.delete(this.#key);
      this.#slider.focus(); // the button goes away
      change();
    });
  }

  /** What an address asks for; null: the model's own. @param {number | null} value */
  want(value) {
    if (value === null) this.#moved.clear();
    this.#wanted = value;
  }

  /** @param {string} key  of a model @param {RunResult | undefined} result */
  of(key, result) {
    return this.#moved.get(key) ?? result?.detector.threshold ?? NaN;
  }

  /** The slider for this model. @param {string} key @param {RunResult} result */
  show(key, result) {
    this.#key = key;
    const own = result.detector.threshold;
    if (this.#wanted !== null) this.#moved.set(key, this.#wanted);
    this.#wanted = null;
    const value = this.of(key, result);
    const most = Math.max(2 * own, 1.2 * result.score, value, 0.1);
    this.#slider.disabled = false;
    this.#slider.min = String(Math.min(0, own, value));
    this.#slider.max = most.toPrecision(3);
    this.#slider.step = String(10 ** Math.floor(Math.log10(most / 200)));
    this.#slider.value = String(value);
    this.#value.textContent = scoreText(value);
    this.#reset.hidden = !this.#moved.has(key);
  }

  /** Where the slider was moved to; null: nowhere. */
  get changed() {
    return this.#moved.get(this.#key) ?? null;
  }
}
