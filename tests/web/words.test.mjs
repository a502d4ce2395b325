// @ts-check
/** Sentences, numbers, addresses and the list of bundled images: what the page says without a browser. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { makeIndex } from "../../build-scripts/site-index.mjs";
import { formatRoute, parseRoute } from "../../web/js/page/router.js";
import { LadError, describeError } from "../../web/js/shared/errors.js";
import { shownSize } from "../../web/js/shared/protocol.js";
import { aurocText, deviationText, differenceText, durationText, engineText, findingWords, msText, scoreText } from "../../web/js/shared/words.js";
import { scratch } from "../scratch.mjs";
import { writeFixture } from "../wasm/fixture.mjs";

/** @type {import("../../web/js/page/library.js").Picture} */
const picture = { class: "logical", name: "003", category: "pushpins", id: "", file: "", url: "", masks: [], kind: "",
  rule: "", description: "One compartment holds two pins." };

describe("words", () => {
  test("the finding of each class on both sides of the threshold", () => {
    const words = (/** @type {any} */ what, /** @type {number} */ score) => {
      const { lead, numbers, finding, tone } = findingWords({ ...picture, ...what }, score, 0.42);
      return `${lead}: ${numbers} ${finding}. (${tone})`.replaceAll("\u00a0", " ");
    };
    assert.equal(words({}, 0.71), "One compartment holds two pins: score 0.710, threshold 0.420, anomaly found. (alarm)");
    assert.equal(words({}, 0.42), "One compartment holds two pins: score 0.420, threshold 0.420, anomaly missed. (wrong)");
    assert.equal(words({ class: "good" }, 0.1), "A normal image: score 0.100, threshold 0.420, nothing found, as it should be. (calm)");
    assert.equal(words({ class: "good" }, 0.5), "A normal image: score 0.500, threshold 0.420, false alarm. (wrong)");
    assert.equal(words({ class: "yours", name: "me.jpg" }, 0.5), "me.jpg: score 0.500, threshold 0.420, anomaly found. (alarm)");
  });

  test("numbers", () => {
    assert.equal(scoreText(-0.01234), "-0.012");
    assert.equal(scoreText(1234.56), "1234.6");
    assert.equal(aurocText(0.98765), "0.9877");
    assert.equal(aurocText(NaN), "–");
    assert.equal(differenceText(0.0213), "+0.0213");
    assert.equal(differenceText(-0.0213), "−0.0213");
    assert.equal(differenceText(-0.00001), "±0.0000");
    assert.equal(differenceText(NaN), "–");
    assert.equal(msText(3.14), "3.1 ms");
    assert.equal(msText(314.2), "314 ms");
    assert.equal(durationText(40), "40 seconds");
    assert.equal(durationText(300), "5 minutes");
  });

  test("what runs is told", () => {
    const engine = { protocol: 1, abi: 1, flavour: "lad-simd", isa: "wasm-simd", threads: 1, isolated: false, palette: new Uint8Array() };
    assert.equal(engineText(engine), "WebAssembly SIMD, 1 thread");
    assert.equal(engineText({ ...engine, threads: 2, isolated: true }), "WebAssembly SIMD, 2 threads");
    assert.equal(deviationText(3.14e-7), "3.1 · 10⁻⁷");
    assert.equal(deviationText(0), "0");
  });
});

describe("addresses", () => {
  test("a permalink survives being written and read", () => {
    const hash = formatRoute("inspect", ["pushpins", "logical", "a/b ü"], { model: "plain", map: "st" });
    const { view, path, query } = parseRoute(hash);
    assert.equal(view, "inspect");
    assert.deepEqual(path, ["pushpins", "logical", "a/b ü"]);
    assert.equal(query.get("map"), "st");
  });
  test("odd addresses are read without an error", () => {
    for (const hash of ["", "#", "#/", "#//?x", "#/%E0%A4%A/%", "#?model=plain"]) assert.ok(Array.isArray(parseRoute(hash).path));
  });
});

test("an image keeps its shape when it is shown smaller", () => {
  assert.deepEqual(shownSize(4000, 1000, 960), { width: 960, height: 240 });
  assert.deepEqual(shownSize(300, 200, 960), { width: 300, height: 200 });
  assert.deepEqual(shownSize(16384, 1, 960), { width: 960, height: 1 });
});

test("errors cross from worker to page as code and sentence", () => {
  assert.deepEqual(describeError(new LadError("bad format", "x is no image.")), { code: "bad format", message: "x is no image." });
  assert.equal(describeError(new WebAssembly.RuntimeError("unreachable")).code, "crash");
  assert.deepEqual(describeError("odd"), { code: "internal", message: "odd" });
});

test("the list of bundled images names pictures, masks, rules, and models", () => {
  const root = scratch("index");
  writeFixture(root);
  const { models, categories } = makeIndex(root);
  assert.deepEqual(models.map((/** @type {any} */ m) => m.variant), ["margin", "plain"]);
  assert.deepEqual(categories.map(({ name, pictures }) => [name, pictures.length]), [["pushpins", 12]]);
  const [first] = categories[0].pictures.filter((p) => p.class === "logical");
  assert.equal(first.id, "logical_anomalies/000");
  assert.deepEqual(first.masks, ["subset/pushpins/ground_truth/logical_anomalies/000/000.png"]);
  assert.equal(first.rule, "Each compartment holds exactly one pin.");
  assert.match(categories[0].dataHash, /^[0-9a-f]{16}$/);
  assert.deepEqual(makeIndex(join(root, "nothing")), { models: [], categories: [] });
});
