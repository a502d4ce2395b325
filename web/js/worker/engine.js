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
import { Calls } from "./calls.js";
import { Heap } from "./heap.js";
import { Insight } from "./insight.js";
import { keepsOrder, loadCore } from "./load.js";
import { DataHash, Spro } from "./measure.js";
import { Metrics } from "./metrics.js";
import { Scenes } from "./scenes.js";

const ABI = 5; // LAD_WASM_ABI in src/wasm/exports.c
const MAPS = /** @type {const} */ (["rawSt", "rawStae", "st", "stae", "combined"]);

/** @typedef {"lad-simd" | "lad-simd-mt" | "lad-relaxed" | "lad-relaxed-mt"} Flavour  relaxed: for browsers with relaxed SIMD */
/** @typedef {{rawSt: Float32Array, rawStae: Float32Array, st: Float32Array, stae: Float32Array, combined: Float32Array}} Maps */
/** @typedef {{decodeMs: number, resizeMs: number, networksMs: number, mapsMs: number}} Timings */
/** score = mapScore (the combined map at its peak, a cell's index) + globalScore (of the whole picture; 0 without a head);
 * score and globalScore are NaN where the maps alone were asked for.
 * @typedef {{width: number, height: number, mapSize: number, score: number, mapScore: number, globalScore: number,
 *   peak: number, maps: Maps, timings: Timings}} Result */
/** @typedef {{architecture: string, category: string, marginForm: string, sha256: string, margin: number,
 *   threshold: number, mapThreshold: number, falseAlarmRate: number, channels: number, inputSize: number, mapSize: number,
 *   scoreBorder: number, mapCombine: string, metric: boolean, globalHead: boolean}} DetectorInfo */
/** @typedef {import("./metrics.js").Summary} Summary */
/** @typedef {{handle: number, result: number, info: DetectorInfo}} Detector */

/**
 * @param {object} options
 * @param {Flavour} options.flavour
 * @param {number} [options.threads]  at least 1; more than 1 only with "-mt"
 * @param {boolean} [options.tall]  kernels for compilers that keep instructions in order, which changes no result
 * @param {URL | string} [options.base]  folder of the built flavours
 * @returns {Promise<Engine>}
 */
export async function loadEngine({ flavour, threads = 1, tall = flavour.startsWith("lad-relaxed") && keepsOrder(),
  base = new URL("../../wasm/", import.meta.url) }) {
  return new Engine(await loadCore(flavour, threads, base), flavour, threads, tall);
}

export class Engine {
  /** @type {any} */ #core;
  /** @type {Heap} */ #heap;
  /** @type {Calls} */ #calls;

  /** @param {any} module @param {Flavour} flavour @param {number} threads @param {boolean} tall */
  constructor(module, flavour, threads, tall) {
    this.#core = module;
    this.#heap = new Heap(module);
    this.#calls = new Calls(module, this.#heap);
    /** AUROC, ROC, intervals, report.json. */
    this.metrics = new Metrics(this.#calls);
    /** Scenes that can be set up by hand. */
    this.scenes = new Scenes(this.#calls);
    /** Features as colours, thresholds from rates, sPRO of one picture. */
    this.insight = new Insight(this.#calls);
    const abi = module._lad_wasm_abi();
    if (abi !== ABI) throw new LadError("abi", `The core speaks version ${abi}, this page version ${ABI}: reload it.`);
    this.#calls.context = this.#calls.out((out) => module._lad_wasm_context_create(threads, tall ? 1 : 0, out));
    /** What is running: which build, which kernels, how many threads. */
    this.info = {
      abi,
      flavour,
      isa: this.#heap.text(module._lad_wasm_context_isa(this.#calls.context)),
      threads: module._lad_wasm_context_threads(this.#calls.context),
    };
  }

  /** @param {Uint8Array} bytes  a model file @param {string} name  for sentences @returns {Detector} */
  openDetector(bytes, name) {
    const core = this.#core;
    const handle = this.#heap.with([bytes, name], ([data, label]) =>
      this.#calls.out((out) => core._lad_wasm_detector_open(this.#calls.context, data, bytes.length, label, out)));
    try {
      const result = this.#calls.out((out) => core._lad_wasm_result_create(this.#calls.context, handle, out));
      return { handle, result, info: this.#detectorInfo(handle) };
    } catch (error) {
      this.#calls.destroy(core._lad_wasm_detector_destroy, handle);
      throw error;
    }
  }

  /** @param {Detector} detector */
  closeDetector(detector) {
    this.#calls.destroy(this.#core._lad_wasm_result_destroy, detector.result);
    this.#calls.destroy(this.#core._lad_wasm_detector_destroy, detector.handle);
    detector.result = detector.handle = 0;
  }

  /** @param {Detector} detector @param {string} key @returns {string | null}  a metadata string of the model file */
  detectorMeta(detector, key) {
    return this.#meta(detector.handle, key);
  }

  /** @param {Detector} detector @param {Uint8Array} bytes  PNG or JPEG @param {string} name @returns {Result} */
  runEncoded(detector, bytes, name) {
    return this.#heap.with([bytes, name], ([data, label]) => {
      this.#calls.check(this.#core._lad_wasm_infer_encoded(this.#calls.context, detector.handle, data, bytes.length, label,
        detector.result));
      return this.#result(detector.result);
    });
  }

  /** @param {Detector} detector @param {Uint8Array | Uint8ClampedArray} pixels  RGBA or RGB, rows without gaps
   * @param {number} width @param {number} height @param {{mapsAlone?: boolean}} [options]  mapsAlone: a fifth less work, without a
   * score @returns {Result} */
  runPixels(detector, pixels, width, height, { mapsAlone = false } = {}) {
    const channels = pixels.length / (width * height);
    if (channels !== 3 && channels !== 4) throw new LadError("arg", "Pixels must be RGB or RGBA without gaps.");
    return this.#heap.with([pixels], ([data]) => {
      this.#calls.check(this.#core._lad_wasm_infer_pixels(this.#calls.context, detector.handle, data, width, height, channels,
        mapsAlone ? 1 : 0, detector.result));
      return this.#result(detector.result);
    });
  }

  /** A map in image pixels: padded and enlarged as the method does. @param {Float32Array} map  [size, size]
   * @param {number} width @param {number} height @returns {Float32Array}  [height, width] */
  upsample(map, width, height) {
    const size = Math.sqrt(map.length);
    return this.#heap.with([map, width * height * 4], ([source, out]) => {
      this.#calls.check(this.#core._lad_wasm_upsample(source, size, out, width, height));
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

  /** A hash over the images of a data set. */
  openDataHash() {
    return new DataHash(this.#calls);
  }

  /** AU-sPRO over a data set. @param {import("./measure.js").NamedBytes} config  defects_config.json */
  openSpro(config) {
    return new Spro(this.#calls, config);
  }

  /** @param {{category: string, split: number, seed: number, index: number, kind: number, width: number}} scene
   * @returns {{width: number, height: number, rgb: Uint8Array}} */
  renderScene({ category, split, seed, index, kind, width }) {
    const core = this.#core;
    return this.#heap.with([category, 8], ([name, size]) => {
      const rgb = this.#calls.out((out) => core._lad_wasm_scene_render(this.#calls.context, name, split, seed, index, kind,
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
    this.#calls.destroy(this.#core._lad_wasm_context_destroy, this.#calls.context);
    this.#calls.context = 0;
    this.#core.PThread?.terminateAllThreads();
  }

  /** @param {number} handle @returns {DetectorInfo} */
  #detectorInfo(handle) {
    return this.#heap.with([8 * 8], ([out]) => {
      this.#core._lad_wasm_detector_numbers(handle, out);
      const [margin, threshold, mapThreshold, falseAlarmRate, channels, inputSize, mapSize, scoreBorder] =
        this.#heap.copy(Float64Array, out, 8);
      const [architecture, category, marginForm, sha256] =
        [0, 1, 2, 3].map((field) => this.#heap.text(this.#core._lad_wasm_detector_text(handle, field)));
      return { architecture, category, marginForm, sha256, margin, threshold, mapThreshold, falseAlarmRate, channels, inputSize,
        mapSize, scoreBorder, mapCombine: this.#meta(handle, "map_combine") ?? "mean",
        metric: this.#meta(handle, "map_distance") === "novelty",
        globalHead: this.#meta(handle, "global_scale") !== null };
    });
  }

  /** @param {number} handle @param {string} key @returns {string | null} */
  #meta(handle, key) {
    return this.#heap.with([key], ([name]) => {
      const text = this.#core._lad_wasm_detector_meta(handle, name);
      return text === 0 ? null : this.#heap.text(text);
    });
  }

  /** @param {number} handle @returns {Result} */
  #result(handle) {
    return this.#heap.with([11 * 8], ([out]) => {
      this.#core._lad_wasm_result_numbers(handle, out);
      const [width, height, mapSize, score, mapScore, globalScore, peak, decodeMs, resizeMs, networksMs, mapsMs] =
        this.#heap.copy(Float64Array, out, 11);
      const maps = /** @type {Maps} */ (Object.fromEntries(MAPS.map((name, which) =>
        [name, this.#heap.copy(Float32Array, this.#core._lad_wasm_result_map(handle, which), mapSize * mapSize)])));
      return { width, height, mapSize, score, mapScore, globalScore, peak, maps, timings: { decodeMs, resizeMs, networksMs, mapsMs } };
    });
  }
}
