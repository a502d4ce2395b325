// @ts-check
/** All WASM flavours compute what the native build computes: maps, scores, metrics, report. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { makeIndex } from "../../build-scripts/site-index.mjs";
import { deviation, mapTolerance } from "../../web/js/shared/agreement.js";
import { loadEngine } from "../../web/js/worker/engine.js";
import { randomDetector, safetensors } from "../cli/random_model.mjs";
import { scratch } from "../scratch.mjs";
import { writeFixture } from "./fixture.mjs";
import { ROOT, WASM, lad, nativeInfer, nativeReport, shippedModels } from "./native.mjs";
import { RELAXED } from "./relaxed.mjs";

/** @typedef {import("../../web/js/worker/engine.js").Engine} Engine */
/** @typedef {import("../../web/js/worker/engine.js").Detector} Detector */

const FLAVOURS = /** @type {const} */ ([["lad-simd", 1], ["lad-simd-mt", 1], ["lad-simd-mt", 2], ["lad-simd-mt", 3],
  ["lad-relaxed", 1], ["lad-relaxed-mt", 2]]);
const lacks = (/** @type {string} */ flavour) => flavour.startsWith("lad-relaxed") && !RELAXED;
const LABELS = { good: 0, logical: 1, structural: 2 };
const TOLERANCE = mapTolerance(192, false); // of pdn-xs

/** @param {Float32Array} got @param {number[]} want @param {number} tolerance @param {string} what */
function close(got, want, tolerance, what) {
  const off = deviation(got, want);
  assert.ok(off <= tolerance, `${what}: off by ${off}, allowed ${tolerance}`);
}

/** The same image natively and in WASM. @param {Engine} engine @param {Detector} detector @param {string} model
 * @param {string} image */
function compare(engine, detector, model, image) {
  const native = nativeInfer(model, image);
  const result = engine.runEncoded(detector, readFileSync(image), image);
  const tolerance = mapTolerance(192, detector.info.metric);
  assert.equal(result.width, native.width);
  assert.equal(result.height, native.height);
  close(result.maps.rawSt, native.raw_st, tolerance.rawSt, `${image} raw_st`);
  close(result.maps.rawStae, native.raw_stae, tolerance.rawStae, `${image} raw_stae`);
  // Normalisation maps raw values linearly: its slope scales the tolerance.
  const slope = (/** @type {number[]} */ raw, /** @type {number[]} */ map) => {
    const [low, high] = [raw.indexOf(Math.min(...raw)), raw.indexOf(Math.max(...raw))];
    return (map[high] - map[low]) / (raw[high] - raw[low]);
  };
  const allowed = (slope(native.raw_st, native.map_st) * tolerance.rawSt * Math.max(...native.raw_st)
    + slope(native.raw_stae, native.map_stae) * tolerance.rawStae * Math.max(...native.raw_stae)) / 2;
  assert.ok(Math.abs(result.score - native.score) <= allowed, `score ${result.score}, natively ${native.score}`);
}

/** What the page does on Evaluate. @param {Engine} engine @param {Detector} detector @param {string} root
 * @param {string} modelName @param {string} category */
function evaluate(engine, detector, root, modelName, category) {
  const { pictures, dataHash } = makeIndex(root).categories.find((c) => c.name === category) ?? assert.fail(category);
  const scores = pictures.map(({ file }) => engine.runEncoded(detector, readFileSync(join(root, file)), file).score);
  const labels = pictures.map((p) => LABELS[/** @type {"good"} */ (p.class)]);
  const report = engine.metrics.report(detector, { modelName, dataName: category, dataHash, ids: pictures.map((p) => p.id),
    scores, labels, seed: 1 });
  return { report: JSON.parse(report), summary: engine.metrics.summary(scores, labels, detector.info.threshold, 1) };
}

/** Equal to 4 decimals, all else exactly. @param {any} got @param {any} want @param {string} [at] */
function sameReport(got, want, at = "report") {
  if (typeof want === "number") assert.ok(Math.abs(got - want) <= 5e-5, `${at}: ${got}, natively ${want}`);
  else if (typeof want !== "object" || want === null) assert.equal(got, want, at);
  else {
    assert.deepEqual(Object.keys(got), Object.keys(want), at);
    for (const key of Object.keys(want)) sameReport(got[key], want[key], `${at}.${key}`);
  }
}

describe("random detectors", () => {
  const root = scratch("wasm");
  const model = join(root, "pushpins-margin.safetensors");
  const data = join(root, "subset/pushpins");
  const image = join(data, "test/logical_anomalies/001.png");
  before(() => writeFixture(root));

  for (const [flavour, threads] of FLAVOURS) {
    test(`${flavour}, ${threads} threads: maps and score are the native ones`, { skip: lacks(flavour) }, async () => {
      const engine = await loadEngine({ flavour, threads, base: WASM });
      assert.equal(engine.info.threads, threads);
      assert.equal(engine.info.isa.replace("-tall", ""), flavour.startsWith("lad-relaxed") ? "wasm-relaxed-simd" : "wasm-simd");
      const detector = engine.openDetector(readFileSync(model), "model");
      compare(engine, detector, model, image);
      engine.closeDetector(detector);
      engine.close();
    });
  }

  for (const flavour of /** @type {const} */ (["lad-simd", "lad-relaxed"])) {
    test(`${flavour}: a matrix product of more rows gives the same bits`, { skip: lacks(flavour) }, async () => {
      const results = [];
      for (const tall of [false, true]) {
        const engine = await loadEngine({ flavour, tall, base: WASM });
        assert.equal(engine.info.isa.endsWith("-tall"), tall);
        const detector = engine.openDetector(readFileSync(model), "model");
        results.push(engine.runEncoded(detector, readFileSync(image), "image").maps);
        engine.closeDetector(detector);
        engine.close();
      }
      assert.deepEqual(results[1], results[0]);
    });
  }

  for (const smoothing of [0, 1]) test(`positions, the maximum of both maps and smoothing ${smoothing}: the combined map and the score are the native ones`, async () => {
    const rule = randomDetector(3);
    const cells = (/** @type {(i: number) => number} */ value) => Float32Array.from({ length: 56 * 56 }, (_, i) => value(i));
    const [stdSt, stdAe] = [0.5, 0.25];
    Object.assign(rule.metadata, { map_norm: "position", map_combine: "max", map_smoothing: String(smoothing), score_border: "3" });
    for (const [name, values] of /** @type {[string, Float32Array][]} */ ([["mean_st", cells((i) => (i % 17) / 8)],
      ["std_st", cells(() => stdSt)], ["mean_ae", cells((i) => (i % 23) / 8)], ["std_ae", cells(() => stdAe)]]))
      rule.tensors.push({ name: `positions.${name}`, shape: [56, 56], values });
    const file = join(root, "rule.safetensors");
    writeFileSync(file, safetensors(rule));
    const native = nativeInfer(file, image);
    // Quantiles of the random detector are 1 apart: both normalisations together have the slope 0.1 / std.
    const allowed = Math.max(0.1 / stdSt * TOLERANCE.rawSt * Math.max(...native.raw_st),
      0.1 / stdAe * TOLERANCE.rawStae * Math.max(...native.raw_stae));
    const inside = native.map_combined.filter((/** @type {number} */ _, /** @type {number} */ i) =>
      Math.min(i % 56, 55 - (i % 56), Math.floor(i / 56), 55 - Math.floor(i / 56)) >= 3);
    for (let i = 0; i < 56 * 56; i += 5) {
      assert.equal(native.map_combined[i], Math.max(native.map_st[i], native.map_stae[i]));
      if (smoothing > 0) continue;
      const byHand = 0.1 * ((native.raw_st[i] - (i % 17) / 8) / stdSt - 1);
      assert.ok(Math.abs(native.map_st[i] - byHand) <= 1e-5 * (1 + Math.abs(byHand)), `cell ${i}: ${native.map_st[i]}, by hand ${byHand}`);
    }
    assert.equal(native.score, Math.max(...inside));
    const engine = await loadEngine({ flavour: "lad-simd", base: WASM });
    const detector = engine.openDetector(readFileSync(file), "rule");
    const result = engine.runEncoded(detector, readFileSync(image), image);
    const off = native.map_combined.reduce((/** @type {number} */ worst, /** @type {number} */ v, /** @type {number} */ i) =>
      Math.max(worst, Math.abs(v - result.maps.combined[i])), 0);
    assert.ok(off <= allowed, `combined map: off by ${off}, allowed ${allowed}`);
    assert.ok(Math.abs(result.score - native.score) <= allowed, `score ${result.score}, natively ${native.score}`);
    engine.closeDetector(detector);
    engine.close();
  });

  test("a metric of the differences and a global head: maps and score are the native ones", async () => {
    const measured = randomDetector(4), C = 192;
    const wave = (/** @type {number} */ count, /** @type {number} */ scale) => Float32Array.from({ length: count }, (_, i) => scale * Math.sin(i * i));
    Object.assign(measured.metadata, { map_distance: "novelty", global_offset: "1", global_scale: "0.5" });
    measured.tensors.push({ name: "metric.st", shape: [64, C], values: wave(64 * C, 0.2) }, { name: "metric.st_bias", shape: [64], values: wave(64, 0.5) },
      { name: "metric.ae", shape: [64, C], values: wave(64 * C, 0.1) }, { name: "metric.ae_bias", shape: [64], values: wave(64, 0.5) },
      { name: "global.mean", shape: [12 * C], values: wave(12 * C, 0.1) }, { name: "global.directions", shape: [32, 12 * C], values: wave(32 * 12 * C, 0.01) });
    const file = join(root, "measured.safetensors");
    writeFileSync(file, safetensors(measured));
    assert.notDeepEqual(nativeInfer(file, image).raw_st, nativeInfer(model, image).raw_st);
    const engine = await loadEngine({ flavour: "lad-simd", base: WASM });
    const detector = engine.openDetector(readFileSync(file), "measured");
    assert.deepEqual([detector.info.globalHead, detector.info.metric], [true, true]);
    compare(engine, detector, file, image);
    engine.closeDetector(detector);
    engine.close();
  });

  test("any number of threads gives the same bits", async () => {
    /* Relaxed SIMD rounds a product and a sum at once: its bits are its own. */
    /** @type {Record<string, Float32Array[][]>} */ const all = {};
    for (const [flavour, threads] of FLAVOURS.filter(([name]) => !lacks(name))) {
      const engine = await loadEngine({ flavour, threads, base: WASM });
      const detector = engine.openDetector(readFileSync(model), "model");
      (all[flavour.replace("-mt", "")] ??= []).push(Object.values(engine.runEncoded(detector, readFileSync(image), "image").maps));
      engine.closeDetector(detector);
      engine.close();
    }
    for (const same of Object.values(all)) for (const maps of same) assert.deepEqual(maps, same[0]);
  });

  test("the report is the one of lad eval, the summary too", async () => {
    const engine = await loadEngine({ flavour: "lad-simd", base: WASM });
    const detector = engine.openDetector(readFileSync(model), "model");
    const { report, summary } = evaluate(engine, detector, root, "pushpins-margin.safetensors", "pushpins");
    const native = JSON.parse(nativeReport(model, data));
    sameReport(report, native);
    assert.deepEqual(summary.counts, { good: 4, logical: 4, structural: 4 });
    engine.closeDetector(detector);
    engine.close();
  });

  test("a rendered scene is the one lad render writes", async () => {
    const engine = await loadEngine({ flavour: "lad-simd-mt", threads: 2, base: WASM });
    const detector = engine.openDetector(readFileSync(model), "model");
    const out = join(root, "scenes");
    const { status, stderr } = lad("render", "--category", "pushpins", "--out", out, "--seed", "5", "--train", "0",
      "--validation", "0", "--test", "1", "--size", "200", "--quiet");
    assert.equal(status, 0, stderr);
    const file = readFileSync(join(out, "pushpins/test/good/000.png"));
    const { rgb, width, height } = engine.renderScene({ category: "pushpins", split: 2, seed: 5, index: 0, kind: -1, width: 200 });
    // Equal pixels give equal bits in every map.
    assert.deepEqual(engine.runPixels(detector, rgb, width, height).maps, engine.runEncoded(detector, file, "scene").maps);
    assert.throws(() => engine.renderScene({ category: "teapot", split: 2, seed: 5, index: 0, kind: -1, width: 200 }),
      { name: "LadError", message: "There is no scene category named teapot." });
    engine.closeDetector(detector);
    engine.close();
  });

  test("pixels give what the encoded image gives", async () => {
    const engine = await loadEngine({ flavour: "lad-simd", base: WASM });
    const detector = engine.openDetector(readFileSync(model), "model");
    const [width, height] = [64, 48];
    const rgb = Uint8Array.from({ length: 3 * width * height }, (_, i) => (i * 7919) % 256);
    const rgba = new Uint8ClampedArray(4 * width * height).map((_, i) => (i % 4 === 3 ? 128 : rgb[3 * (i >> 2) + (i % 4)]));
    const a = engine.runPixels(detector, rgb, width, height);
    const b = engine.runPixels(detector, rgba, width, height);
    assert.deepEqual(a.maps, b.maps);
    const heat = engine.upsample(a.maps.combined, 320, 200);
    assert.equal(heat.length, 320 * 200);
    assert.ok(Math.max(...heat) <= Math.max(...a.maps.combined, 0) + 1e-6);
    engine.closeDetector(detector);
    engine.close();
  });
});

describe("shipped models", () => {
  const root = join(ROOT, "models");
  for (const { file, category, variant } of shippedModels()) {
    test(`${file} gives the native maps`, async () => {
      const engine = await loadEngine({ flavour: "lad-simd-mt", threads: 2, base: WASM });
      const detector = engine.openDetector(readFileSync(join(root, file)), file);
      const { pictures } = makeIndex(root).categories.find((c) => c.name === category) ?? assert.fail(category);
      for (const at of [0, 21, 42]) compare(engine, detector, join(root, file), join(root, pictures[at].file));
      if (variant === "margin") {
        const { report } = evaluate(engine, detector, root, file, category);
        sameReport(report, JSON.parse(nativeReport(join(root, file), join(root, "subset", category))));
      }
      engine.closeDetector(detector);
      engine.close();
    });
  }
});

describe("metrics", () => {
  test("AUROC and ROC of a case worked by hand", async () => {
    const engine = await loadEngine({ flavour: "lad-simd", base: WASM });
    // Pairs (positive, negative): 3 > 1, 3 > 2, 2 > 1 and one tie 2 = 2: (3 + 1/2) / 4.
    assert.equal(engine.metrics.auroc([1, 2, 2, 3], [false, false, true, true]), 0.875);
    const { fpr, tpr, thresholds } = engine.metrics.roc([1, 2, 2, 3], [false, false, true, true]);
    assert.deepEqual([...fpr], [0, 0, 0.5, 1]);
    assert.deepEqual([...tpr], [0, 0.5, 1, 1]);
    assert.deepEqual([...thresholds], [Infinity, 3, 2, 1]);
    engine.close();
  });
});
