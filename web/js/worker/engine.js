// @ts-check
/**
 * The way into the WASM core, for a worker and for Node alike; with heap.js the only code that touches its memory.
 *
 *     const engine = await loadEngine({ flavour: "lad-simd-mt", threads: 2, base });
 *     const detector = engine.openDetector(modelBytes, "pushpins.safetensors");
 *     const { score, maps } = engine.runEncoded(detector, jpegBytes, "photo.jpg");
 *
 * Calls block: use it off the page's thread.  Failures are LadErrors with one sentence.
 */
import { LadError } from "../shared/errors.js";
import { Heap } from "./heap.js";
import { loadCore } from "./load.js";

const ABI = 1; // LAD_WASM_ABI in src/wasm/exports.c
const STATUS_OK = 0;
const MAPS = /** @type {const} */ (["rawSt", "rawStae", "st", "stae", "combined"]);
const SUMMARY_KEYS = /** @type {const} */ (["logical", "structural", "mean", "pooled"]);

/** @typedef {"lad-simd" | "lad-simd-mt"} Flavour */
/** @typedef {{rawSt: Float32Array, rawStae: Float32Array, st: Float32Array, stae: Float32Array, combined: Float32Array}} Maps */
/** @typedef {{decodeMs: number, resizeMs: number, networksMs: number, mapsMs: number}} Timings */
/** @typedef {{width: number, height: number, mapSize: number, score: number, maps: Maps, timings: Timings}} Result */
/** @typedef {{architecture: string, category: string, marginForm: string, sha256: string, margin: number,
 *   threshold: number, falseAlarmRate: number, channels: number, inputSize: number, mapSize: number,
 *   scoreBorder: number}} DetectorInfo */
/** @typedef {{auroc: Record<string, number>, low: Record<string, number>, high: Record<string, number>,
 *   counts: {good: number, logical: number, structural: number},
 *   flagged: {good: number, logical: number, structural: number}}} Summary */
/** @typedef {{handle: number, result: number, info: DetectorInfo}} Detector */

/**
 * @param {object} options
 * @param {Flavour} options.flavour
 * @param {number} [options.threads]  at least 1; more than 1 only with "lad-simd-mt"
 * @param {URL | string} [options.base]  folder of the built flavours
 * @returns {Promise<Engine>}
 */
export async function loadEngine({ flavour, threads = 1, base = new URL("../../wasm/", import.meta.url) }) {
  return new Engine(await loadCore(flavour, threads, base), flavour, threads);
}

export class Engine {
  /** @type {any} */ #core;
  /** @type {Heap} */ #heap;
  #context = 0;

  /** @param {any} module @param {Flavour} flavour @param {number} threads */
  constructor(module, flavour, threads) {
    this.#core = module;
    this.#heap = new Heap(module);
    const abi = module._lad_wasm_abi();
    if (abi !== ABI) throw new LadError("abi", `The core speaks version ${abi}, this page version ${ABI}: reload it.`);
    this.#context = this.#out((out) => module._lad_wasm_context_create(threads, out));
    /** What is running: which build, which kernels, how many threads. */
    this.info = {
      abi,
      flavour,
      isa: this.#heap.text(module._lad_wasm_context_isa(this.#context)),
      threads: module._lad_wasm_context_threads(this.#context),
    };
  }

  /** @param {Uint8Array} bytes  a model file @param {string} name  for sentences @returns {Detector} */
  openDetector(bytes, name) {
    const core = this.#core;
    const handle = this.#heap.with([bytes, name], ([data, label]) =>
      this.#out((out) => core._lad_wasm_detector_open(this.#context, data, bytes.length, label, out)));
    try {
      const result = this.#out((out) => core._lad_wasm_result_create(this.#context, handle, out));
      return { handle, result, info: this.#detectorInfo(handle) };
    } catch (error) {
      this.#destroy(core._lad_wasm_detector_destroy, handle);
      throw error;
    }
  }

  /** @param {Detector} detector */
  closeDetector(detector) {
    this.#destroy(this.#core._lad_wasm_result_destroy, detector.result);
    this.#destroy(this.#core._lad_wasm_detector_destroy, detector.handle);
    detector.result = detector.handle = 0;
  }

  /** @param {Detector} detector @param {string} key @returns {string | null}  a metadata string of the model file */
  detectorMeta(detector, key) {
    return this.#heap.with([key], ([name]) => {
      const text = this.#core._lad_wasm_detector_meta(detector.handle, name);
      return text === 0 ? null : this.#heap.text(text);
    });
  }

  /** @param {Detector} detector @param {Uint8Array} bytes  PNG or JPEG @param {string} name @returns {Result} */
  runEncoded(detector, bytes, name) {
    return this.#heap.with([bytes, name], ([data, label]) => {
      this.#check(this.#core._lad_wasm_infer_encoded(this.#context, detector.handle, data, bytes.length, label,
        detector.result));
      return this.#result(detector.result);
    });
  }

  /** @param {Detector} detector @param {Uint8Array | Uint8ClampedArray} pixels  RGBA or RGB, rows without gaps
   * @param {number} width @param {number} height @returns {Result} */
  runPixels(detector, pixels, width, height) {
    const channels = pixels.length / (width * height);
    if (channels !== 3 && channels !== 4) throw new LadError("arg", "Pixels must be RGB or RGBA without gaps.");
    return this.#heap.with([pixels], ([data]) => {
      this.#check(this.#core._lad_wasm_infer_pixels(this.#context, detector.handle, data, width, height, channels,
        detector.result));
      return this.#result(detector.result);
    });
  }

  /** A map in image pixels: padded and enlarged as the method does. @param {Float32Array} map  [size, size]
   * @param {number} width @param {number} height @returns {Float32Array}  [height, width] */
  upsample(map, width, height) {
    const size = Math.sqrt(map.length);
    return this.#heap.with([map, width * height * 4], ([source, out]) => {
      this.#check(this.#core._lad_wasm_upsample(source, size, out, width, height));
      return this.#heap.copy(Float32Array, out, width * height);
    });
  }

  /** @returns {Uint8Array}  256 RGB triples, cold to hot */
  palette() {
    return this.#heap.with([768], ([out]) => {
      this.#core._lad_wasm_palette(out);
      return this.#heap.copy(Uint8Array, out, 768);
    });
  }

  /** Area under the ROC curve. @param {number[]} scores @param {boolean[]} positive @returns {number} */
  auroc(scores, positive) {
    return this.#heap.with([Float64Array.from(scores), Uint8Array.from(positive, Number), 8], ([s, p, out]) => {
      this.#check(this.#core._lad_wasm_auroc(s, p, scores.length, out));
      return this.#heap.copy(Float64Array, out, 1)[0];
    });
  }

  /** Points of the ROC curve. @param {number[]} scores @param {boolean[]} positive */
  roc(scores, positive) {
    const bytes = (scores.length + 1) * 8;
    return this.#heap.with([Float64Array.from(scores), Uint8Array.from(positive, Number), bytes, bytes, bytes, 4],
      ([s, p, fpr, tpr, thresholds, points]) => {
        this.#check(this.#core._lad_wasm_roc(s, p, scores.length, fpr, tpr, thresholds, points));
        const count = this.#heap.copy(Uint32Array, points, 1)[0];
        const [x, y, t] = [fpr, tpr, thresholds].map((at) => this.#heap.copy(Float64Array, at, count));
        return { fpr: x, tpr: y, thresholds: t };
      });
  }

  /** AUROCs with bootstrap intervals and counts at the threshold. @param {number[]} scores
   * @param {number[]} labels  0 good, 1 logical, 2 structural @param {number} threshold @param {number} seed
   * @returns {Summary} */
  summary(scores, labels, threshold, seed) {
    return this.#heap.with([Float64Array.from(scores), Uint8Array.from(labels), 18 * 8], ([s, l, out]) => {
      this.#check(this.#core._lad_wasm_summary(s, l, scores.length, threshold, seed, out));
      const n = this.#heap.copy(Float64Array, out, 18);
      const named = (/** @type {number} */ from) =>
        Object.fromEntries(SUMMARY_KEYS.map((key, i) => [key, n[from + i]]));
      const classes = (/** @type {number} */ from) =>
        ({ good: n[from], logical: n[from + 1], structural: n[from + 2] });
      return { auroc: named(0), low: named(4), high: named(8), counts: classes(12), flagged: classes(15) };
    });
  }

  /** The text of report.json, as `lad eval` writes it.  Ids are "logical_anomalies/003".
   * @param {Detector} detector @param {{modelName: string, dataName: string, dataHash: string, ids: string[],
   * scores: number[], labels: number[], seed: number}} report @returns {string} */
  report(detector, { modelName, dataName, dataHash, ids, scores, labels, seed }) {
    return this.#heap.with([modelName, dataName, dataHash, Float64Array.from(scores), Uint8Array.from(labels), ...ids],
      ([model, data, hash, s, l, ...names]) => this.#heap.with([Uint32Array.from(names)], ([list]) => {
        const text = this.#out((out) => this.#core._lad_wasm_report(detector.handle, model, data, hash, ids.length,
          list, s, l, seed, out));
        try {
          return this.#heap.text(text);
        } finally {
          this.#core._lad_wasm_free(text);
        }
      }));
  }

  /** @param {{category: string, split: number, seed: number, index: number, kind: number, width: number}} scene
   * @returns {{width: number, height: number, rgb: Uint8Array}} */
  renderScene({ category, split, seed, index, kind, width }) {
    const core = this.#core;
    return this.#heap.with([category, 8], ([name, size]) => {
      const rgb = this.#out((out) => core._lad_wasm_scene_render(this.#context, name, split, seed, index, kind,
        width, size, out), () => core._lad_wasm_error());
      try {
        const [w, h] = this.#heap.copy(Uint32Array, size, 2);
        return { width: w, height: h, rgb: this.#heap.copy(Uint8Array, rgb, w * h * 3) };
      } finally {
        core._lad_wasm_free(rgb);
      }
    });
  }

  /** Frees the core's memory and ends its threads; detectors must be closed before. */
  close() {
    this.#destroy(this.#core._lad_wasm_context_destroy, this.#context);
    this.#context = 0;
    this.#core.PThread?.terminateAllThreads();
  }

  /** @param {number} handle @returns {DetectorInfo} */
  #detectorInfo(handle) {
    return this.#heap.with([7 * 8], ([out]) => {
      this.#core._lad_wasm_detector_numbers(handle, out);
      const [margin, threshold, falseAlarmRate, channels, inputSize, mapSize, scoreBorder] =
        this.#heap.copy(Float64Array, out, 7);
      const [architecture, category, marginForm, sha256] =
        [0, 1, 2, 3].map((field) => this.#heap.text(this.#core._lad_wasm_detector_text(handle, field)));
      return { architecture, category, marginForm, sha256, margin, threshold, falseAlarmRate, channels, inputSize,
        mapSize, scoreBorder };
    });
  }

  /** @param {number} handle @returns {Result} */
  #result(handle) {
    return this.#heap.with([8 * 8], ([out]) => {
      this.#core._lad_wasm_result_numbers(handle, out);
      const [width, height, mapSize, score, decodeMs, resizeMs, networksMs, mapsMs] =
        this.#heap.copy(Float64Array, out, 8);
      const maps = /** @type {Maps} */ (Object.fromEntries(MAPS.map((name, which) =>
        [name, this.#heap.copy(Float32Array, this.#core._lad_wasm_result_map(handle, which), mapSize * mapSize)])));
      return { width, height, mapSize, score, maps, timings: { decodeMs, resizeMs, networksMs, mapsMs } };
    });
  }

  /** Calls a function that leaves a pointer in its out-parameter. @param {(out: number) => number} call
   * @param {() => number} [sentence] @returns {number} */
  #out(call, sentence) {
    return this.#heap.with([4], ([out]) => {
      this.#check(call(out), sentence);
      return this.#heap.copy(Uint32Array, out, 1)[0];
    });
  }

  /** Calls a destroy function, which takes a pointer to the pointer. @param {(at: number) => void} destroy
   * @param {number} pointer */
  #destroy(destroy, pointer) {
    if (pointer !== 0) this.#heap.with([Uint32Array.of(pointer)], ([at]) => destroy(at));
  }

  /** @param {number} status @param {() => number} [sentence] */
  #check(status, sentence) {
    if (status === STATUS_OK) return;
    const code = this.#heap.text(this.#core._lad_wasm_status_name(status));
    const at = sentence ? sentence() : this.#context ? this.#core._lad_wasm_context_error(this.#context) : 0;
    throw new LadError(code, this.#heap.text(at) || `The core failed: ${code}.`);
  }
}
