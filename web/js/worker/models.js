// @ts-check
/** The open detectors of a worker: fetched with progress, kept in the browser by hash, the oldest closed first. */
import { LadError } from "../shared/errors.js";

/** @typedef {import("../shared/protocol.js").ModelRef} ModelRef */
/** @typedef {import("./engine.js").Detector} Detector */

const CACHE = "lad-models";
const MAX_OPEN = 4;

/** A file on its way; progress goes to whoever waits for it, if anyone does yet.
 * @typedef {{bytes: Promise<Uint8Array>, onProgress: (progress: import("../shared/protocol.js").Progress) => void, abort: AbortController}} Ahead */

export class Models {
  #engine;
  /** @type {Map<string, Detector>} */ #open = new Map();
  /** @type {Map<string, Ahead>} */ #ahead = new Map();

  /** @param {() => import("./engine.js").Engine} engine  asked for when a model is opened: fetching can begin before it runs */
  constructor(engine) {
    this.#engine = engine;
  }

  /** Begins to fetch a model that will be asked for. @param {ModelRef} ref */
  ahead(ref) {
    if (ref.bytes || this.#open.has(ref.key) || this.#ahead.has(ref.key)) return;
    const abort = new AbortController();
    /** @type {Ahead} */ const ahead = { onProgress: () => undefined, abort,
      bytes: fetchModel(ref, (progress) => ahead.onProgress(progress), abort.signal) };
    ahead.bytes.catch(() => undefined); // whoever asks for the model says it
    this.#ahead.set(ref.key, ahead);
  }

  /** The detector of a model, opened when needed. @param {ModelRef} ref
   * @param {(progress: import("../shared/protocol.js").Progress) => void} onProgress @param {AbortSignal} signal
   * @returns {Promise<Detector>} */
  async get(ref, onProgress, signal) {
    const open = this.#open.get(ref.key);
    if (open) return open;
    const bytes = ref.bytes ?? await this.#fetched(ref, onProgress, signal);
    const engine = this.#engine();
    const detector = engine.openDetector(bytes, ref.name);
    if (ref.sha256 && detector.info.sha256 !== ref.sha256) {
      engine.closeDetector(detector);
      throw new LadError("bad format", `${ref.name} is not the file the manifest names: its hash differs.`);
    }
    for (const [key, old] of this.#open) {
      if (this.#open.size < MAX_OPEN) break;
      this.#open.delete(key);
      engine.closeDetector(old);
    }
    this.#open.set(ref.key, detector);
    return detector;
  }

  /** @param {ModelRef} ref @param {(progress: import("../shared/protocol.js").Progress) => void} onProgress
   * @param {AbortSignal} signal @returns {Promise<Uint8Array>} */
  #fetched(ref, onProgress, signal) {
    const ahead = this.#ahead.get(ref.key);
    if (!ahead) return fetchModel(ref, onProgress, signal);
    this.#ahead.delete(ref.key);
    ahead.onProgress = onProgress;
    signal.addEventListener("abort", () => ahead.abort.abort(), { once: true });
    return ahead.bytes;
  }
}

/** @param {ModelRef} ref @param {(progress: import("../shared/protocol.js").Progress) => void} onProgress
 * @param {AbortSignal} signal */
async function fetchModel(ref, onProgress, signal) {
  const url = /** @type {string} */ (ref.url);
  // Only https and localhost have a cache; a browser may also refuse it (private windows).
  const cache = ref.sha256 && globalThis.caches ? await caches.open(CACHE).catch(() => null) : null;
  const key = `${url}?sha256=${ref.sha256}`;
  const kept = await cache?.match(key);
  if (kept) return new Uint8Array(await kept.arrayBuffer());
  const bytes = await download(url, ref, onProgress, signal);
  cache?.put(key, new Response(/** @type {Uint8Array<ArrayBuffer>} */ (bytes))).catch(() => undefined); // beside the work; a full disk is no reason to stop
  return bytes;
}

/** @param {string} url @param {ModelRef} ref
 * @param {(progress: import("../shared/protocol.js").Progress) => void} onProgress @param {AbortSignal} signal */
async function download(url, ref, onProgress, signal) {
  const response = await fetch(url, { signal }).catch((error) => {
    if (signal.aborted) throw error;
    throw new LadError("network", `The model ${ref.name} could not be fetched: the connection failed.`);
  });
  if (!response.ok || !response.body) {
    throw new LadError("network", `The model ${ref.name} could not be fetched: the server answered ${response.status}.`);
  }
  const total = ref.size ?? 0;
  const parts = [];
  let loaded = 0;
  for (const reader = response.body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    loaded += value.length;
    onProgress({ loaded, total });
  }
  const bytes = new Uint8Array(loaded);
  parts.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
  return bytes;
}
