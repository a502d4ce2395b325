// @ts-check
/** The WASM programs to compare, behind one interface; in Node and in a browser's worker.
 *
 * A peer takes one picture and gives both difference maps and the milliseconds that took. */
import { loadEngine } from "../../web/js/worker/engine.js";
import { networksOf, readTensors } from "./networks.mjs";

/** @typedef {{st: Float32Array, stae: Float32Array, ms: number}} Maps */
/** @typedef {{run: () => Promise<Maps>, heapBytes: () => number}} Peer */
/** @typedef {{root: string, threads: number, model: Uint8Array, onnx: Uint8Array, rgb: Uint8Array}} Inputs
 * root: URL of the repository's root */

const SIDE = 256, MEAN = [0.485, 0.456, 0.406], STD = [0.229, 0.224, 0.225]; // as src/image/normalize.c
const NODE = typeof process === "object" && Boolean(process.versions?.node);

/** WASM memories made since this module was loaded, so that heaps can be measured. @type {Set<WebAssembly.Memory>} */
const memories = new Set();
const RealMemory = WebAssembly.Memory;
WebAssembly.Memory = /** @type {any} */ (class extends RealMemory {
  /** @param {WebAssembly.MemoryDescriptor} descriptor */
  constructor(descriptor) {
    super(descriptor);
    memories.add(this);
  }
});
for (const name of /** @type {const} */ (["instantiate", "instantiateStreaming"])) {
  const real = /** @type {any} */ (WebAssembly[name]);
  WebAssembly[name] = /** @type {any} */ (async (/** @type {any[]} */ ...a) => {
    const result = await real(...a);
    for (const value of Object.values((result.instance ?? result).exports)) {
      if (value instanceof RealMemory) memories.add(value);
    }
    return result;
  });
}
const heapBytes = () => [...memories].reduce((sum, m) => sum + m.buffer.byteLength, 0);

/** @param {Uint8Array} rgb @param {boolean} planes  [3, h, w] rather than [h, w, 3] */
function normalized(rgb, planes) {
  const x = new Float32Array(3 * SIDE * SIDE);
  for (let p = 0; p < SIDE * SIDE; p++) {
    for (let c = 0; c < 3; c++) x[planes ? c * SIDE * SIDE + p : 3 * p + c] = (rgb[3 * p + c] / 255 - MEAN[c]) / STD[c];
  }
  return x;
}

/** @param {"simd" | "relaxed"} kind @param {Inputs} inputs @returns {Promise<Peer>} */
async function openLad(kind, { root, threads, model, rgb }) {
  const engine = await loadEngine({ flavour: threads > 1 ? `lad-${kind}-mt` : `lad-${kind}`, threads,
    base: new URL("build/wasm/", root) });
  const detector = engine.openDetector(model, "bench"), picture = rgb.subarray(0, 3 * SIDE * SIDE);
  return { heapBytes, async run() {
    const { maps, timings } = engine.runPixels(detector, picture, SIDE, SIDE);
    return { st: maps.rawSt, stae: maps.rawStae, ms: timings.networksMs };
  } };
}

/** @param {any} ort @param {any} session @param {Uint8Array} rgb @returns {() => Promise<Maps>} */
export function onnxRunner(ort, session, rgb) {
  const x = new ort.Tensor("float32", normalized(rgb, true), [1, 3, SIDE, SIDE]);
  return async () => {
    const start = performance.now();
    const { map_st: st, map_stae: stae } = await session.run({ x });
    return { st: st.data, stae: stae.data, ms: performance.now() - start };
  };
}

/** @param {Inputs} inputs @returns {Promise<Peer>} */
async function openOrt({ root, threads, onnx, rgb }) {
  const dist = new URL("build/bench/npm/node_modules/onnxruntime-web/dist/", root);
  const ort = await import(new URL(NODE ? "ort.node.min.mjs" : "ort.wasm.bundle.min.mjs", dist).href);
  ort.env.wasm.numThreads = threads;
  if (!NODE) ort.env.wasm.wasmPaths = dist.href;
  const session = await ort.InferenceSession.create(onnx, { executionProviders: [NODE ? "cpu" : "wasm"] })
    .catch(() => ort.InferenceSession.create(onnx, { executionProviders: ["wasm"] }));
  return { heapBytes, run: onnxRunner(ort, session, rgb) };
}

/** @param {any} tf @param {import("./networks.mjs").Layer[]} layers */
function tfNetwork(tf, layers) {
  const steps = layers.map((layer) => {
    if (layer.kind === "pool") return (/** @type {any} */ x) => tf.avgPool(x, 2, 2, "valid");
    if (layer.kind === "resize") {
      return (/** @type {any} */ x) => tf.image.resizeBilinear(x, [layer.size, layer.size], false, true);
    }
    if (layer.kind === "unfold") return (/** @type {any} */ x) => tf.reshape(x, [1, layer.size, layer.size, -1]);
    const { weight, bias, stride, pad } = layer;
    const filter = tf.keep(tf.tidy(() => tf.transpose(tf.tensor(weight.values, weight.shape), [2, 3, 1, 0])));
    const add = tf.tensor(bias.values, bias.shape);
    return (/** @type {any} */ x) => tf.fused.conv2d({ x, filter, strides: stride, bias: add,
      pad: pad ? [[0, 0], [pad, pad], [pad, pad], [0, 0]] : "valid", dimRoundingMode: pad ? "floor" : undefined,
      activation: layer.relu ? "relu" : "linear" });
  });
  return (/** @type {any} */ x) => steps.reduce((value, step) => step(value), x);
}

/** @param {Inputs} inputs @returns {Promise<Peer>} */
async function openTf({ root, threads, model, rgb }) {
  const modules = new URL("build/bench/npm/node_modules/@tensorflow/", root);
  const load = async (/** @type {string} */ path) => {
    const module = await import(new URL(path, modules).href);
    return NODE ? module.default ?? module : /** @type {any} */ (globalThis).tf; // the browser's files set a global
  };
  const tf = await load(NODE ? "tfjs-core/dist/tf-core.node.js" : "tfjs-core/dist/tf-core.min.js");
  const backend = await load(`tfjs-backend-wasm/dist/tf-backend-wasm.${NODE ? "node" : "min"}.js`);
  const wasm = backend.wasm ?? backend;
  const folder = new URL("tfjs-backend-wasm/dist/", modules);
  wasm.setWasmPaths(NODE ? decodeURIComponent(folder.pathname) : folder.href);
  wasm.setThreadsCount(threads);
  await tf.setBackend("wasm");
  await tf.ready();
  const networks = networksOf(readTensors(model)), c = networks.channels;
  const [teacher, autoencoder, student] = [networks.teacher, networks.autoencoder, networks.student]
    .map((layers) => tfNetwork(tf, layers));
  const x = tf.tensor(normalized(rgb, false), [1, SIDE, SIDE, 3]);
  const distance = (/** @type {any} */ a, /** @type {any} */ b) => tf.mean(tf.square(tf.sub(a, b)), 3);
  return { heapBytes, async run() {
    const start = performance.now();
    const [st, stae] = tf.tidy(() => {
      const s = student(x);
      return [distance(teacher(x), tf.slice(s, [0, 0, 0, 0], [1, 56, 56, c])),
        distance(autoencoder(x), tf.slice(s, [0, 0, 0, c], [1, 56, 56, c]))];
    });
    const maps = { st: st.dataSync(), stae: stae.dataSync(), ms: performance.now() - start };
    st.dispose();
    stae.dispose();
    return maps;
  } };
}

/** @type {Record<string, (inputs: Inputs) => Promise<Peer>>} */
const OPENERS = { "lad": (inputs) => openLad("simd", inputs), "lad (relaxed SIMD)": (inputs) => openLad("relaxed", inputs),
  "onnxruntime-web": openOrt, "tfjs-wasm": openTf };

/** Answers the orders of bench.mjs ("run N", "maps"). @param {Peer} peer @param {string} order */
export async function obey(peer, order) {
  const [verb, times] = order.split(" ");
  if (verb === "run") {
    const ms = [];
    for (let i = 0; i < Number(times); i++) ms.push((await peer.run()).ms);
    return { ms };
  }
  const { st, stae } = await peer.run();
  return { st: [...st], stae: [...stae], memory_mb: peer.heapBytes() / 1e6 };
}

/** @param {string} name @param {Inputs} inputs */
export function openPeer(name, inputs) {
  return OPENERS[name](inputs);
}
