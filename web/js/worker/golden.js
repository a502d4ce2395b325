// @ts-check
/** The golden vector: a scene drawn and looked at here, compared with what the native build computed (golden.json). */
import { deviation, mapTolerance } from "../shared/agreement.js";

/** @typedef {{category: string, split: number, seed: number, index: number, kind: number, width: number}} Scene */
/** @typedef {{lad_version: string, model: string, model_sha256: string, scene: Scene, score: number, raw_st: number[],
 *   raw_stae: number[]}} Golden */
/** Deviations are relative to the largest value of each map; the score's is absolute.
 * @typedef {{agrees: boolean, deviation: number, scoreDeviation: number, allowed: number, ms: number}} Agreement */

/** @param {import("./engine.js").Engine} engine @param {import("./engine.js").Detector} detector @param {Golden} golden
 * @returns {Agreement} */
export function compareWithNative(engine, detector, golden) {
  const started = performance.now();
  const { rgb, width, height } = engine.renderScene(golden.scene);
  const { maps, score } = engine.runPixels(detector, rgb, width, height);
  const [st, stae] = [deviation(maps.rawSt, golden.raw_st), deviation(maps.rawStae, golden.raw_stae)];
  const tolerance = mapTolerance(detector.info.channels, detector.info.metric);
  return {
    agrees: st <= tolerance.rawSt && stae <= tolerance.rawStae,
    deviation: Math.max(st, stae),
    scoreDeviation: Math.abs(score - golden.score),
    allowed: Math.min(tolerance.rawSt, tolerance.rawStae),
    ms: performance.now() - started,
  };
}
