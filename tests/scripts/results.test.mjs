// @ts-check
/** From reports to the manifest, the model cards and the table of README.md, on reports worked by hand. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { measure, spread } from "../../build-scripts/reports.mjs";
import { replaceTable, table } from "../../build-scripts/results.mjs";
import { randomDetector, safetensors } from "../cli/random_model.mjs";
import { scratch } from "../scratch.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const work = scratch("results");
const models = join(work, "models");

/** @param {number} value */
const figure = (value) => ({ value, low: value - 0.03, high: value + 0.03 });

/** @param {number} logical @param {number} structural @param {boolean} naive */
function report(logical, structural, naive) {
  const average = (logical + structural) / 2;
  const metrics = { auroc_logical: figure(logical), auroc_structural: figure(structural), auroc_mean: figure(average), auroc_pooled: figure(average) };
  const baselines = naive ? [{ name: "median", auroc_mean: figure(0.6) }, { name: "histogram", auroc_mean: figure(0.7) }] : [];
  return { data: { good: 60 }, metrics, au_spro: [{ limit: 0.05, logical: 0.4, structural: 0.6, mean: 0.5 }], baselines };
}

before(() => {
  mkdirSync(join(models, "subset/pushpins"), { recursive: true });
  mkdirSync(join(work, "train/pushpins"), { recursive: true });
  const put = (/** @type {string} */ name, /** @type {unknown} */ value) => writeFileSync(join(work, name), JSON.stringify(value));
  for (const [variant, base] of /** @type {[string, number][]} */ ([["margin", 0.92], ["plain", 0.9]])) {
    for (const [i, seed] of [41, 42].entries()) put(`pushpins-${variant}-${seed}.json`, report(base + 0.02 * i, 0.8, variant === "plain"));
    writeFileSync(join(models, `pushpins-${variant}.safetensors`), safetensors(randomDetector(1)));
  }
  put("pushpins-margin-99.json", report(0, 0, false)); // of another set of seeds: must not count
  put("pushpins-margin-subset.json", { images: [{ id: "good/000", score: 9 }, { id: "logical_anomalies/002", score: 1 }, { id: "logical_anomalies/001", score: 0.5 }] });
  put("train/pushpins/scenes.json", { seed: "101" });
  // A run that was stopped after 20 s and took 7 s more.
  writeFileSync(join(work, "pushpins-margin.jsonl"), [10, 20, 3, 7].map((seconds) => JSON.stringify({ seconds })).join("\n") + "\n");
});

test("a mean over seeds has the interval of independent bootstraps", () => {
  const { mean, sd, interval, values } = spread([figure(0.8), figure(0.9)]);
  assert.deepEqual([mean, values], [0.85, [0.8, 0.9]]);
  assert.ok(Math.abs(sd - 0.070711) < 1e-6);
  assert.ok(Math.abs(interval[1] - 0.85 - 0.03 / Math.sqrt(2)) < 1e-6 && Math.abs(0.85 - interval[0] - 0.03 / Math.sqrt(2)) < 1e-6);
  assert.throws(() => measure(work, "pushpins-margin", [43]), /pushpins-margin-43\.json is missing/);
});

test("the table takes its place in the README and leaves the rest", () => {
  const rows = table(work, [41, 42]);
  assert.match(rows, /^\| pushpins, margin \| 93\.0 ± 2\.1 \| 80\.0 ± 2\.1 \| 86\.5 ± 2\.1 \| 86\.5 ± 2\.1 \| 50\.0 \|  \|$/m);
  assert.match(rows, /^\| pushpins, plain \| 91\.0 ± 2\.1 .* 70\.0 \(histogram\) \|$/m);
  assert.match(rows, /^\| \*\*mean, margin\*\* \| 93\.0 \| 80\.0 \| 86\.5 \| 86\.5 \| 50\.0 \|  \|$/m);
  assert.equal(replaceTable("a\n<!-- results: x -->\nold\n<!-- /results -->\nb\n", "new"), "a\n<!-- results: x -->\nnew\n<!-- /results -->\nb\n");
  assert.throws(() => replaceTable("nothing", "new"), /there are no lines/);
  replaceTable(readFileSync(join(ROOT, "README.md"), "utf8"), rows); // the README has the two lines
});

test("manifest and cards say how each model was made and what it reaches", () => {
  const node = (/** @type {string[]} */ ...args) => spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8", env: { ...process.env, CATEGORIES: "pushpins" } });
  const made = node("build-scripts/manifest.mjs", work, models, "41", "42");
  assert.equal(made.status, 0, made.stderr);
  const manifest = JSON.parse(readFileSync(join(models, "manifest.json"), "utf8"));
  assert.deepEqual(manifest.models.map((/** @type {any} */ m) => m.variant), ["margin", "plain"]);
  assert.equal(manifest.opens_with.pushpins, "logical_anomalies/002");
  const [margin, plain] = manifest.models;
  assert.deepEqual([margin.train_seconds, margin.train_scenes_seed, plain.train_seconds], [27, "101", undefined]);
  assert.equal(margin.metrics.auroc_logical.mean, 0.93);
  assert.deepEqual(plain.metrics.best_naive, { name: "histogram", auroc_mean: 0.7 });
  assert.equal(node("build-scripts/cards.mjs", models).status, 0);
  const text = readFileSync(join(models, "README.md"), "utf8");
  for (const part of [margin.sha256, "| time | 27 s |", "of seed 101", "| AUROC, logical | 93.0 (90.9 to 95.1) | 92.0, 94.0 |", "50.0, 50.0", "70.0"])
    assert.ok(text.includes(part), `the card lacks "${part}":\n${text}`);
});
