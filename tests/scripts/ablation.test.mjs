// @ts-check
/** The ablation script: its options, its arithmetic, and a run of two tiny trainings. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { arm, compare, parseOptions } from "../../build-scripts/ablation.mjs";
import { scratch } from "../scratch.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

test("forms are told from margins", () => {
  assert.deepEqual(arm("dfsc-synthetic@1.5").args, ["--margin-form", "dfsc-synthetic", "--margin", "1.5"]);
  assert.deepEqual(arm("novel@3-nohinge").args, ["--margin-form", "novel", "--margin", "3", "--no-hinge"]);
  assert.deepEqual(arm("floor").args, ["--margin-form", "floor"]);
  assert.throws(() => arm("floor@many"), /not FORM/);
});

test("the recipe is the shipped models', all of it", () => {
  const { models } = JSON.parse(readFileSync(join(ROOT, "models/manifest.json"), "utf8"));
  const { command } = models.find((/** @type {any} */ m) => m.category === "juice_bottle" && m.variant === "plain");
  assert.equal(parseOptions([]).recipe, /--margin-form none (.*) --seed 1$/.exec(command)?.[1]);
});

test("reporting seeds are refused unless asked for", () => {
  assert.throws(() => parseOptions(["test-seeds=41,201", "recipe=--steps 1"]), /reporting=yes/);
  assert.deepEqual(parseOptions(["test-seeds=201", "reporting=yes", "recipe=--steps 1"]).seeds, [201]);
  assert.throws(() => parseOptions(["sed=1"]), /'sed=1' is not an option/);
});

test("gains are paired, and a pair counts once in the mean of categories", () => {
  const figures = (/** @type {number} */ value) => ({ auroc_logical: value, auroc_structural: 0.5, auroc_mean: value });
  // Plain varies by 20 points between seeds, the form is 1 or 3 points above it in each pair.
  const [{ rows }] = compare({
    none: { a: [figures(0.6), figures(0.8)], b: [figures(0.5), figures(0.7)] },
    novel: { a: [figures(0.61), figures(0.83)], b: [figures(0.53), figures(0.71)] },
  }, ["a", "b"]);
  const at = (/** @type {number} */ i) => /** @type {any} */ (rows[i]).auroc_logical;
  assert.ok(Math.abs(at(0).mean - 2) < 1e-9 && Math.abs(at(0).half - 12.706) < 1e-2); // sd sqrt 2 of 2 values
  assert.ok(Math.abs(at(2).mean - 2) < 1e-9 && at(2).half < 1e-9 && at(2).n === 2);
  assert.equal(/** @type {any} */ (rows[0]).auroc_structural.mean, 0);
});

test("a tiny run ends with a table, and a second one makes nothing again", { timeout: 600000 }, () => {
  const work = scratch("ablation");
  const run = () => spawnSync(process.execPath, ["build-scripts/ablation.mjs", "categories=pushpins", "forms=floor@0.2", "pairs=2",
    "train=3", "validation=2", "test-seeds=41", "images=2", "recipe=--steps 2 --penalty-px 64 --cache-mb 64", "ae-teacher=-", `work=${work}`],
    { cwd: ROOT, encoding: "utf8" });
  const first = run();
  assert.equal(first.status, 0, first.stderr);
  assert.match(first.stdout, /\| floor@0\.2 \| mean of categories \| [+-]\d+\.\d ± \d+\.\d \|/);
  const folder = join(work, readdirSync(work).find((name) => name.startsWith("run-")) ?? "");
  const models = readdirSync(folder).filter((name) => name.endsWith(".safetensors"));
  assert.equal(models.length, 4);
  const times = models.map((name) => statSync(join(folder, name)).mtimeMs);
  const second = run();
  assert.equal(second.stdout, first.stdout);
  assert.deepEqual(models.map((name) => statSync(join(folder, name)).mtimeMs), times);
  assert.equal(JSON.parse(readFileSync(join(folder, "ablation.json"), "utf8")).results.none.pushpins.length, 2);
});
