// @ts-check
/** Metrics over scores, computed by the core; part of the engine (`engine.metrics`). */

const SUMMARY_KEYS = /** @type {const} */ (["logical", "structural", "mean", "pooled"]);

/** @typedef {import("./engine.js").Detector} Detector */
/** @typedef {{auroc: Record<string, number>, low: Record<string, number>, high: Record<string, number>,
 *   counts: {good: number, logical: number, structural: number},
 *   flagged: {good: number, logical: number, structural: number}}} Summary */
/** By key of a summary. @typedef {{value: Record<string, number>, low: Record<string, number>, high: Record<string, number>}} Difference */
/** label: 1 logical, 2 structural. @typedef {{name: string, label: number, images: number, auroc: number}} KindFigure */
/** AU-sPRO: {logical, structural} for each limit of lad_spro_limits, flat. @typedef {Float64Array} SproFigures */

export class Metrics {
  #calls;

  /** @param {import("./calls.js").Calls} calls */
  constructor(calls) {
    this.#calls = calls;
  }

  /** Area under the ROC curve. @param {number[]} scores @param {boolean[]} positive @returns {number} */
  auroc(scores, positive) {
    const { core, heap } = this.#calls;
    return heap.with([Float64Array.from(scores), Uint8Array.from(positive, Number), 8], ([s, p, out]) => {
      this.#calls.check(core._lad_wasm_auroc(s, p, scores.length, out));
      return heap.copy(Float64Array, out, 1)[0];
    });
  }

  /** Points of the ROC curve. @param {number[]} scores @param {boolean[]} positive */
  roc(scores, positive) {
    const { core, heap } = this.#calls;
    const bytes = (scores.length + 1) * 8;
    return heap.with([Float64Array.from(scores), Uint8Array.from(positive, Number), bytes, bytes, bytes, 4],
      ([s, p, fpr, tpr, thresholds, points]) => {
        this.#calls.check(core._lad_wasm_roc(s, p, scores.length, fpr, tpr, thresholds, points));
        const count = heap.copy(Uint32Array, points, 1)[0];
        const [x, y, t] = [fpr, tpr, thresholds].map((at) => heap.copy(Float64Array, at, count));
        return { fpr: x, tpr: y, thresholds: t };
      });
  }

  /** AUROCs with bootstrap intervals and counts at the threshold. @param {number[]} scores
   * @param {number[]} labels  0 good, 1 logical, 2 structural @param {number} threshold @param {number} seed
   * @returns {Summary} */
  summary(scores, labels, threshold, seed) {
    const { core, heap } = this.#calls;
    return heap.with([Float64Array.from(scores), Uint8Array.from(labels), 18 * 8], ([s, l, out]) => {
      this.#calls.check(core._lad_wasm_summary(s, l, scores.length, threshold, seed, out));
      const n = heap.copy(Float64Array, out, 18);
      const named = (/** @type {number} */ from) =>
        Object.fromEntries(SUMMARY_KEYS.map((key, i) => [key, n[from + i]]));
      const classes = (/** @type {number} */ from) =>
        ({ good: n[from], logical: n[from + 1], structural: n[from + 2] });
      return { auroc: named(0), low: named(4), high: named(8), counts: classes(12), flagged: classes(15) };
    });
  }

  /** AUROCs of one model less another's on the same images, with intervals of a paired bootstrap. @param {number[]} first
   * @param {number[]} second  scores @param {number[]} labels @param {number} seed @returns {Difference} */
  compare(first, second, labels, seed) {
    const { core, heap } = this.#calls;
    return heap.with([Float64Array.from(first), Float64Array.from(second), Uint8Array.from(labels), 12 * 8], ([a, b, l, out]) => {
      this.#calls.check(core._lad_wasm_compare(a, b, l, labels.length, seed, out));
      const n = heap.copy(Float64Array, out, 12);
      const named = (/** @type {number} */ from) => Object.fromEntries(SUMMARY_KEYS.map((key, i) => [key, n[from + i]]));
      return { value: named(0), low: named(4), high: named(8) };
    });
  }

  /** Each kind of anomaly against the good images, as `lad eval --kinds`. @param {(string | null)[]} names  of each image's kind
   * @param {number[]} scores @param {number[]} labels @returns {KindFigure[]} */
  kinds(names, scores, labels) {
    const { core, heap } = this.#calls;
    const known = [...new Set(names.filter((name) => name !== null))];
    const capacity = 2 * known.length; // a name may stand in both classes
    return heap.with([Float64Array.from(scores), Uint8Array.from(labels), capacity * 24, 4, ...known], ([s, l, out, count, ...at]) =>
      heap.with([Uint32Array.from(names, (name) => (name === null ? 0 : at[known.indexOf(name)]))], ([list]) => {
        this.#calls.check(core._lad_wasm_kinds(list, s, l, labels.length, capacity, out, count));
        const found = heap.copy(Uint32Array, count, 1)[0];
        const n = heap.copy(Float64Array, out, 3 * found);
        return Array.from({ length: found }, (_, k) => ({ name: names[n[3 * k]] ?? "", label: labels[n[3 * k]], images: n[3 * k + 1], auroc: n[3 * k + 2] }));
      }));
  }

  /** The text of report.json, as `lad eval` writes it.  Ids are "logical_anomalies/003".
   * @param {Detector} detector @param {{modelName: string, dataName: string, dataHash: string, ids: string[],
   * scores: number[], labels: number[], seed: number, spro?: SproFigures | null}} report @returns {string} */
  report(detector, { modelName, dataName, dataHash, ids, scores, labels, seed, spro = null }) {
    const { core, heap } = this.#calls;
    return heap.with([modelName, dataName, dataHash, Float64Array.from(scores), Uint8Array.from(labels),
      spro ?? 0, ...ids], ([model, data, hash, s, l, figures, ...names]) =>
      heap.with([Uint32Array.from(names)], ([list]) => {
        const text = this.#calls.out((out) => core._lad_wasm_report(detector.handle, model, data, hash, ids.length,
          list, s, l, seed, spro ? figures : 0, out));
        try {
          return heap.text(text);
        } finally {
          core._lad_wasm_free(text);
        }
      }));
  }
}
