// @ts-check
/** Broken images and models: WASM refuses what the native build refuses, with the same sentence, and goes on. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { LadError } from "../../web/js/shared/errors.js";
import { loadEngine } from "../../web/js/worker/engine.js";
import { png, pngHeader } from "../cli/png.mjs";
import { randomDetector, safetensors } from "../cli/random_model.mjs";
import { scratch } from "../scratch.mjs";
import { WASM, lad } from "./native.mjs";

const root = scratch("bad");
const model = safetensors(randomDetector());
const good = png(40, 30, (x, y) => [x * 6, y * 8, 90]);
/** @type {import("../../web/js/worker/engine.js").Engine} */ let engine;
/** @type {import("../../web/js/worker/engine.js").Detector} */ let detector;

before(async () => {
  engine = await loadEngine({ flavour: "lad-simd", base: WASM });
  detector = engine.openDetector(model, "model");
  writeFileSync(join(root, "model.safetensors"), model);
  writeFileSync(join(root, "good.png"), good);
});
after(() => {
  engine.closeDetector(detector);
  engine.close();
});

/** The sentence of the native command for a file, "" if it takes it. @param {string} modelFile @param {string} image */
function nativeSentence(modelFile, image) {
  const { status, stderr } = lad("infer", "--model", modelFile, image);
  assert.ok(status === 0 || status === 1, `lad infer ends with ${status}`);
  return stderr.trimEnd().replace(/^lad infer: /, "");
}

/** @param {() => unknown} run @returns {string} the sentence, "" if it went well */
function sentence(run) {
  try {
    run();
    return "";
  } catch (error) {
    assert.ok(error instanceof LadError, String(error));
    return error.message;
  }
}

describe("images", () => {
  const noise = Buffer.from(Array.from({ length: 999 }, (_, i) => (i * 7919 + 13) % 256));
  const damaged = Buffer.from(good);
  damaged[60] ^= 0x55;
  const huge = pngHeader(100_000, 100_000, 8, 2);
  /** @type {[string, Buffer][]} */ const cases = [
    ["empty.png", Buffer.alloc(0)],
    ["text.png", Buffer.from("this is no image")],
    ["noise.jpg", noise],
    ["header-only.png", pngHeader(40, 30, 8, 2)],
    ["huge.png", huge],
    ["sixteen-bit.png", png(8, 8, () => [1, 2, 3], 16)],
    ["damaged.png", damaged],
    ["grey.png", png(16, 16, (x) => [x * 9])],
    ...[1, 8, 20, 33, 50, good.length - 13, good.length - 1].map((length) =>
      /** @type {[string, Buffer]} */ ([`cut-${length}.png`, good.subarray(0, length)])),
  ];
  for (const [name, bytes] of cases) {
    test(`${name} meets the same answer as natively`, () => {
      const path = join(root, name);
      writeFileSync(path, bytes);
      const said = sentence(() => engine.runEncoded(detector, bytes, path));
      assert.equal(said, nativeSentence(join(root, "model.safetensors"), path));
      if (name !== "grey.png") assert.match(said, /^[^\n]+\.$/);
    });
  }
  test("after all that a good image still runs", () => {
    assert.ok(Number.isFinite(engine.runEncoded(detector, good, "good.png").score));
  });
  test("pixels of a wrong length are refused", () => {
    assert.match(sentence(() => engine.runPixels(detector, new Uint8Array(10), 2, 2)), /Pixels must be/);
    assert.match(sentence(() => engine.runPixels(detector, new Uint8Array(0), 0, 0)), /./);
  });
});

describe("models", () => {
  const broken = (/** @type {(model: ReturnType<typeof randomDetector>) => void} */ change) => {
    const parts = randomDetector();
    change(parts);
    return safetensors(parts);
  };
  const byName = (/** @type {ReturnType<typeof randomDetector>} */ parts, /** @type {string} */ name) =>
    parts.tensors.find((t) => t.name === name) ?? assert.fail(name);
  /** @type {[string, Buffer][]} */ const cases = [
    ["empty", Buffer.alloc(0)],
    ["text", Buffer.from("a model?")],
    ["truncated", model.subarray(0, model.length - 4)],
    ["trailing", Buffer.concat([model, Buffer.alloc(1)])],
    ["nan", broken((m) => { byName(m, "student.conv2.weight").values[7] = NaN; })],
    ["missing", broken((m) => { m.tensors = m.tensors.filter((t) => t.name !== "ae.decoder.deconv3.bias"); })],
    ["extra", broken((m) => { m.tensors.push({ name: "more", shape: [1], values: Float32Array.of(1) }); })],
    ["wrong-shape", broken((m) => { byName(m, "teacher.conv1.weight").shape = [64, 3, 2, 8]; })],
    ["std-zero", broken((m) => { byName(m, "mean_std.std").values[0] = 0; })],
    ["no-architecture", broken((m) => { delete m.metadata.architecture; })],
    ["unknown-architecture", broken((m) => { m.metadata.architecture = "pdn-xxl"; })],
  ];
  for (const [name, bytes] of cases) {
    test(`${name} meets the same answer as natively`, () => {
      const path = join(root, `${name}.safetensors`);
      writeFileSync(path, bytes);
      const said = sentence(() => engine.closeDetector(engine.openDetector(bytes, path)));
      assert.match(said, /^[^\n]+\.$/);
      assert.equal(said, nativeSentence(path, join(root, "good.png")));
    });
  }
  test("a good model still opens", () => {
    const again = engine.openDetector(readFileSync(join(root, "model.safetensors")), "model");
    assert.equal(again.info.architecture, "pdn-xs");
    assert.equal(engine.detectorMeta(again, "category"), "test");
    assert.equal(engine.detectorMeta(again, "nothing"), null);
    engine.closeDetector(again);
  });
});
