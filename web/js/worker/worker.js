// @ts-check
/** The page's worker: answers requests of shared/protocol.js with the engine, one job at a time. */
import { relaxedSimd, simd, threads as threadsSupported } from "../../vendor/wasm-feature-detect/index.js";
import { LadError, describeError } from "../shared/errors.js";
import { PROTOCOL, shownSize } from "../shared/protocol.js";
import { loadEngine } from "./engine.js";
import { compareWithNative } from "./golden.js";
import { Measurement, compare, figures } from "./measurement.js";
import { Models } from "./models.js";
import { studio } from "./studio.js";

const MAX_THREADS = 8; // more share too little work each on these networks

/** @typedef {{id: number, type: string, payload: any}} Request */
/** @typedef {(progress: import("../shared/protocol.js").Progress) => void} OnProgress */

/** @type {{request: Request, abort: AbortController}[]} */ const jobs = [];
let busy = false;
/** @type {import("./engine.js").Engine | null} */ let engine = null;
const models = new Models(loaded);
/** @type {Measurement | null} */ let measurement = null;

/** @type {Record<string, (payload: any, onProgress: OnProgress, signal: AbortSignal) => Promise<[any, Transferable[]]>>} */
const handlers = {
  hello, run, enlarge, golden,
  "measure-open": async (...request) => [await measuring().open(...request), []],
  "measure-image": async (...request) => [await measuring().image(...request), []],
  "measure-close": async (...request) => [await measuring().close(...request), []],
  "measure-drop": async () => [measuring().drop(), []],
  figures: async ({ scores, labels, threshold, seed }) => [figures(loaded(), scores, labels, threshold, seed), []],
  compare: async ({ first, second, labels }) => [compare(loaded(), first, second, labels), []],
  ...studio(() => ({ engine: loaded(), models })),
};

self.addEventListener("message", ({ data }) => {
  if (data.type === "cancel") {
    jobs.find(({ request }) => request.id === data.id)?.abort.abort();
    return;
  }
  if (data.type === "ahead") return models.ahead(data.payload);
  jobs.push({ request: data, abort: new AbortController() });
  work();
});

async function work() {
  if (busy) return;
  busy = true;
  for (; jobs.length > 0; jobs.shift()) await answer(jobs[0]);
  busy = false;
}

/** @param {{request: Request, abort: AbortController}} job */
async function answer({ request: { id, type, payload }, abort: { signal } }) {
  const onProgress = (/** @type {object} */ progress) => self.postMessage({ id, progress });
  try {
    signal.throwIfAborted();
    const handler = Object.hasOwn(handlers, type) ? handlers[type] : null;
    if (!handler) throw new LadError("unknown", `The worker does not know the request ${type}.`);
    if (!engine && type !== "hello") throw new LadError("order", "The first request must be hello.");
    const [result, transfer] = await handler(payload, onProgress, signal);
    self.postMessage({ id, ok: true, result }, { transfer });
  } catch (thrown) {
    const error = signal.aborted ? { code: "cancelled", message: "Cancelled." } : describeError(thrown);
    self.postMessage({ id, ok: false, error });
  }
}

/** @param {import("../shared/protocol.js").HelloPayload} payload
 * @returns {Promise<[import("../shared/protocol.js").HelloResult, Transferable[]]>} */
async function hello({ protocol, threads }) {
  if (protocol !== PROTOCOL) throw new LadError("protocol", "Page and worker are of different versions: reload the page.");
  if (!(await simd())) {
    throw new LadError("unsupported", "This browser has no WebAssembly SIMD: a version from 2023 or later is needed.");
  }
  const isolated = self.crossOriginIsolated && (await threadsSupported());
  const wanted = threads || Math.min(navigator.hardwareConcurrency || 1, MAX_THREADS);
  const kind = (await relaxedSimd()) ? "relaxed" : "simd";
  engine = isolated && wanted > 1 ? await loadEngine({ flavour: `lad-${kind}-mt`, threads: wanted })
    : await loadEngine({ flavour: `lad-${kind}` });
  measurement = new Measurement(engine, models);
  return [{ protocol: PROTOCOL, ...engine.info, isolated, palette: engine.palette() }, []];
}

/** @param {import("../shared/protocol.js").RunPayload} payload @param {OnProgress} onProgress @param {AbortSignal} signal
 * @returns {Promise<[import("../shared/protocol.js").RunResult, Transferable[]]>} */
async function run({ model, image, maxSide, mapsAlone }, onProgress, signal) {
  const core = loaded();
  const detector = await models.get(model, onProgress, signal);
  signal.throwIfAborted();
  const result = image.kind === "encoded" ? core.runEncoded(detector, image.bytes, image.name)
    : core.runPixels(detector, image.pixels, image.width, image.height, { mapsAlone });
  const heat = maxSide ? enlarged(result.maps.combined, result.width, result.height, maxSide) : null;
  const transfer = Object.values(result.maps).map((map) => map.buffer);
  if (heat) transfer.push(heat.values.buffer);
  return [{ ...result, detector: detector.info, heat }, transfer];
}

/** @param {import("../shared/protocol.js").EnlargePayload} payload
 * @returns {Promise<[import("../shared/protocol.js").Heat, Transferable[]]>} */
async function enlarge({ map, width, height, maxSide }) {
  const heat = enlarged(map, width, height, maxSide);
  return [heat, [heat.values.buffer]];
}

/** @param {{model: import("../shared/protocol.js").ModelRef, golden: import("./golden.js").Golden}} payload
 * @param {OnProgress} onProgress @param {AbortSignal} signal @returns {Promise<[import("./golden.js").Agreement, Transferable[]]>} */
async function golden({ model, golden: expected }, onProgress, signal) {
  const detector = await models.get(model, onProgress, signal);
  return [compareWithNative(loaded(), detector, expected), []];
}

/** @param {Float32Array} map @param {number} width @param {number} height @param {number} maxSide
 * @returns {import("../shared/protocol.js").Heat} */
function enlarged(map, width, height, maxSide) {
  const shown = shownSize(width, height, maxSide);
  return { values: loaded().upsample(map, shown.width, shown.height), ...shown };
}

function loaded() {
  if (!engine) throw new LadError("order", "The first request must be hello.");
  return engine;
}

function measuring() {
  if (!measurement) throw new LadError("order", "The first request must be hello.");
  return measurement;
}
