// @ts-check
/** Requests of the scene lab and of the explanation: scenes by wish, features, thresholds, sPRO curves. */
import { LadError } from "../shared/errors.js";
import { shownSize } from "../shared/protocol.js";

/** @typedef {import("./engine.js").Engine} Engine */
/** @typedef {import("./engine.js").Detector} Detector */
/** @typedef {import("./models.js").Models} Models */
/** @typedef {import("../shared/protocol.js").ModelRef} ModelRef */
/** @typedef {import("../shared/protocol.js").RunResult} RunResult */
/** @typedef {import("../shared/protocol.js").Progress} Progress */
/** @typedef {import("./scenes.js").SceneWish} SceneWish */
/** @typedef {(payload: any, onProgress: (progress: Progress) => void, signal: AbortSignal) => Promise<[any, Transferable[]]>} Handler */

/** A scene, and what a model says of it; result: null without a model.
 * @typedef {{wish: SceneWish, model: ModelRef | null}} ScenePayload */
/** @typedef {{width: number, height: number, rgba: Uint8ClampedArray<ArrayBuffer>, masks: Uint8Array[], saturation: number,
 *   parameters: any, renderMs: number, result: RunResult | null}} SceneResult */
/** @typedef {{model: ModelRef, image: import("../shared/protocol.js").EncodedImage}} FeaturesPayload */
/** @typedef {{result: RunResult, structural: import("./insight.js").FeaturePair, logical: import("./insight.js").FeaturePair}} FeaturesResult */

/** @param {() => {engine: Engine, models: Models}} loaded @returns {Record<string, Handler>} */
export function studio(loaded) {
  /** @type {Handler} */
  async function scenes() {
    return [loaded().engine.scenes.categories(), []];
  }

  /** @type {Handler} */
  async function scene(/** @type {ScenePayload} */ { wish, model }, onProgress, signal) {
    const { engine, models } = loaded();
    const detector = model ? await models.get(model, onProgress, signal) : null;
    signal.throwIfAborted();
    const begin = performance.now();
    const { rgb, ...drawn } = engine.scenes.draw(wish);
    const renderMs = performance.now() - begin;
    const rgba = opaque(rgb);
    const result = detector ? run(engine, detector, rgb, drawn.width, drawn.height) : null;
    return [{ ...drawn, rgba, renderMs, result }, [rgba.buffer, ...drawn.masks.map((mask) => mask.buffer), ...buffers(result)]];
  }

  /** @type {Handler} */
  async function features(/** @type {FeaturesPayload} */ { model, image }, onProgress, signal) {
    const { engine, models } = loaded();
    const detector = await models.get(model, onProgress, signal);
    signal.throwIfAborted();
    const raw = engine.runEncoded(detector, image.bytes, image.name);
    const [structural, logical] = [engine.insight.features(detector, "structural"), engine.insight.features(detector, "logical")];
    return [{ result: { ...raw, detector: detector.info, heat: null }, structural, logical }, []];
  }

  /** @type {Handler} */
  async function conformal({ scores, rate }) {
    return [loaded().engine.insight.conformal(scores, rate), []];
  }

  /** @type {Handler} */
  async function spro({ map, channel, saturation, limit }) {
    return [loaded().engine.insight.spro(map, channel, saturation, limit), []];
  }

  return { scenes, scene, features, conformal, spro };
}

/** @param {Engine} engine @param {Detector} detector @param {Uint8Array} rgb @param {number} width @param {number} height
 * @returns {RunResult} */
function run(engine, detector, rgb, width, height) {
  const raw = engine.runPixels(detector, rgb, width, height);
  const shown = shownSize(width, height, Math.max(width, height));
  if (!Number.isFinite(raw.score)) throw new LadError("bad format", "The model gives no number for this scene.");
  return { ...raw, detector: detector.info, heat: { values: engine.upsample(raw.maps.combined, shown.width, shown.height), ...shown } };
}

/** @param {RunResult | null} result @returns {Transferable[]} */
function buffers(result) {
  return result ? [...Object.values(result.maps).map((map) => map.buffer), /** @type {any} */ (result.heat).values.buffer] : [];
}

/** @param {Uint8Array} rgb */
function opaque(rgb) {
  const rgba = new Uint8ClampedArray((rgb.length / 3) * 4);
  for (let i = 0, o = 0; i < rgb.length; i += 3, o += 4) {
    rgba[o] = rgb[i];
    rgba[o + 1] = rgb[i + 1];
    rgba[o + 2] = rgb[i + 2];
    rgba[o + 3] = 255;
  }
  return rgba;
}
