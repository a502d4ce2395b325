// @ts-check
/** What explains a detector: its features as colours, thresholds from rates, sPRO of one picture; part of the engine. */
import { LadError } from "../shared/errors.js";

/** Two networks of which one imitates the other, in the same colours; share: of the target's variance that they show.
 * @typedef {{target: Uint8Array, student: Uint8Array, share: number}} FeaturePair */
/** @typedef {{threshold: number, bound: number}} Conformal  bound: on the rate of false alarms */
/** @typedef {{rates: Float64Array, means: Float64Array, area: number}} SproCurve */

const CURVE_POINTS = 1 << 16;

export class Insight {
  #calls;

  /** @param {import("./calls.js").Calls} calls */
  constructor(calls) {
    this.#calls = calls;
  }

  /** Features of the image that the detector ran on last, RGB [mapSize, mapSize].
   * @param {import("./engine.js").Detector} detector @param {"structural" | "logical"} pair  teacher and student, or
   * autoencoder and student @returns {FeaturePair} */
  features({ handle, info }, pair) {
    const { core, heap } = this.#calls;
    const bytes = 3 * info.mapSize * info.mapSize;
    return heap.with([bytes, bytes, 8], ([target, student, share]) => {
      this.#check(core._lad_wasm_features(handle, pair === "structural" ? 0 : 1, target, student, share),
        "The features of this image cannot be drawn.");
      return { target: heap.copy(Uint8Array, target, bytes), student: heap.copy(Uint8Array, student, bytes),
        share: heap.copy(Float64Array, share, 1)[0] };
    });
  }

  /** The threshold that a rate of false alarms leads to. @param {number[]} scores  of good images
   * @param {number} rate @returns {Conformal} */
  conformal(scores, rate) {
    const { core, heap } = this.#calls;
    return heap.with([Float64Array.from(scores), 16], ([list, out]) => {
      this.#check(core._lad_wasm_conformal(list, scores.length, rate, out), "There is no threshold without good images.");
      const [threshold, bound] = heap.copy(Float64Array, out, 2);
      return { threshold, bound };
    });
  }

  /** sPRO over all thresholds of one map against one ground-truth channel. @param {Float32Array} map
   * @param {Uint8Array} channel @param {number} saturation  pixels @param {number} limit  of the false-positive rate
   * @returns {SproCurve} */
  spro(map, channel, saturation, limit) {
    const { core, heap } = this.#calls;
    const bytes = 8 * CURVE_POINTS;
    return heap.with([map, channel, bytes, bytes, 4, 8], ([values, inside, rates, means, points, area]) => {
      this.#check(core._lad_wasm_spro_picture(values, inside, map.length, saturation, limit, CURVE_POINTS, rates, means,
        points, area), "sPRO needs a region, and a saturation area of at least one pixel.");
      const count = heap.copy(Uint32Array, points, 1)[0];
      return { rates: heap.copy(Float64Array, rates, count), means: heap.copy(Float64Array, means, count),
        area: heap.copy(Float64Array, area, 1)[0] };
    });
  }

  /** @param {number} status @param {string} sentence */
  #check(status, sentence) {
    if (status !== 0) throw new LadError(this.#calls.heap.text(this.#calls.core._lad_wasm_status_name(status)), sentence);
  }
}
