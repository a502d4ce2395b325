// @ts-check
/** Miss rates and worst misses, worked by hand, and on a random detector. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { missRates, thresholdAt, worstMisses } from "../../build-scripts/failures.mjs";
import { randomDetector, safetensors } from "../cli/random_model.mjs";
import { scratch } from "../scratch.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** @param {string} label @param {string} kind @param {number} score */
const image = (label, kind, score) => ({ path: "", label, score, kind, rule: "", description: "" });

test("at most 5 % of the good images are above the threshold", () => {
  const good = Array.from({ length: 40 }, (_, i) => i);
  assert.equal(thresholdAt(good, 0.05), 37); // 38 and 39 are the two of forty
  assert.equal(thresholdAt([1, 2, 3], 0.05), 3); // three images allow no alarm
});

test("kinds are counted by label and name, the most missed first", () => {
  const images = [image("good", "", 1), image("good", "", 2), image("logical", "extra", 1.5), image("logical", "extra", 3),
    image("logical", "missing", 2), image("structural", "extra", 9)];
  const { threshold, kinds } = missRates(images);
  assert.equal(threshold, 2);
  assert.deepEqual(kinds.map((k) => [k.label, k.kind, k.missed, k.images]),
    [["logical", "missing", 1, 1], ["logical", "extra", 1, 2], ["structural", "extra", 0, 1]]);
  assert.deepEqual(worstMisses(images, threshold).map((i) => i.score), [1.5, 2]);
  assert.throws(() => missRates([image("logical", "extra", 1)]), /without good images/);
});

test("at most three of a kind and ten in all are shown", () => {
  const many = Array.from({ length: 30 }, (_, i) => image("logical", `kind_${i % 5}`, i));
  const worst = worstMisses(many, 100);
  assert.deepEqual(worst.map((i) => i.score), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.equal(worstMisses(many.map((i) => ({ ...i, kind: "one" })), 100).length, 3);
});

test("a random detector misses something, and the pictures are there", { timeout: 300000 }, () => {
  const work = scratch("failures");
  writeFileSync(join(work, "model.safetensors"), safetensors(randomDetector(1)));
  const lad = (/** @type {string[]} */ ...args) => assert.equal(spawnSync("build/lad", args, { cwd: ROOT }).status, 0);
  lad("render", "--quiet", "--category", "pushpins", "--out", work, "--seed", "5", "--train", "0", "--validation", "0", "--test", "3", "--size", "200");
  const { status, stderr } = spawnSync(process.execPath, ["build-scripts/failures.mjs", join(work, "out"), join(work, "model.safetensors"),
    join(work, "pushpins")], { cwd: ROOT, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const { kinds, worst } = JSON.parse(readFileSync(join(work, "out/failures.json"), "utf8"));
  assert.equal(kinds.reduce((/** @type {number} */ sum, /** @type {any} */ k) => sum + k.images, 0), 6);
  assert.equal(worst.length, kinds.reduce((/** @type {number} */ sum, /** @type {any} */ k) => sum + k.missed, 0));
  assert.ok(worst.length > 0);
  for (const { picture, overlay } of worst) assert.ok(existsSync(join(work, "out", picture)) && existsSync(join(work, "out", overlay)));
});
