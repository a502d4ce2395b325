// @ts-check
/** Every category renders in WASM what the native command renders: good, logical and structural scenes. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pngPixels } from "../cli/png.mjs";
import { loadEngine } from "../../web/js/worker/engine.js";
import { scratch } from "../scratch.mjs";
import { WASM, lad } from "./native.mjs";

const WIDTH = 256, SEED = 5, BUDGET_MS = 100;
const TEST_SPLIT = 2;
const CLASSES = /** @type {const} */ (["good", "logical_anomalies", "structural_anomalies"]);

const { stdout } = lad("render", "--list");
/** Kinds by category, in the core's order. @type {Map<string, string[]>} */
const categories = new Map(stdout.trimEnd().split("\n\n").map((text) => [
  /** @type {string} */ (text.match(/^\w+/)?.[0]),
  [...text.matchAll(/^ {2}(\w+) +(?:logical|structural) /gm)].map((match) => match[1]),
]));

/** Largest difference of a value. @param {Uint8Array} a @param {Uint8Array} b */
const largestDifference = (a, b) => a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);

describe("scenes in WASM", async () => {
  const root = scratch("scenes");

  test("there are categories, each with kinds", () => {
    assert.ok(categories.size >= 5);
    for (const kinds of categories.values()) assert.ok(kinds.length >= 12);
  });

  for (const [category, kinds] of categories) {
    test(`${category}: within one level of the native pictures`, async (context) => {
      const out = join(root, category);
      const { status, stderr } = lad("render", "-q", "-c", category, "-o", root, "-s", String(SEED), "--size", String(WIDTH),
        "--train", "0", "--validation", "0", "--test", "2");
      assert.equal(status, 0, stderr);
      const scenes = JSON.parse(readFileSync(join(out, "scenes.json"), "utf8")).images;
      const engine = await loadEngine({ flavour: "lad-simd", base: WASM });
      const times = [];
      for (const { path, parameters } of scenes) {
        const [, folder, number] = /** @type {RegExpMatchArray} */ (path.match(/^test\/(\w+)\/(\d+)\./));
        const kind = kinds.indexOf(parameters.kind);
        const index = CLASSES.indexOf(/** @type {any} */ (folder)) * 2 ** 32 + Number(number);
        const scene = { category, split: TEST_SPLIT, seed: SEED, index, kind, width: WIDTH };
        const { rgb, width, height } = engine.renderScene(scene);
        for (let again = 0; kind < 0 && again < 4; again++) { // now that the code is compiled; the best counts
          const start = process.cpuUsage();
          engine.renderScene(scene);
          const used = process.cpuUsage(start);
          times.push((used.user + used.system) / 1000);
        }
        const native = pngPixels(readFileSync(join(out, path)));
        assert.deepEqual([width, height], [native.width, native.height]);
        assert.ok(largestDifference(rgb, native.values) <= 1, `${path} (${parameters.kind})`);
      }
      engine.close();
      const best = Math.min(...times);
      context.diagnostic(`a normal scene of ${WIDTH} pixels: ${best.toFixed(0)} ms of one thread`);
      assert.ok(best < BUDGET_MS, `${best} ms`);
    });
  }
});
