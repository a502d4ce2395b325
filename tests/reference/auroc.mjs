#!/usr/bin/env node
// @ts-check
/**
 * Short trainings of plain EfficientAD by `lad train` and by PyTorch (check.py) on the same pictures, each with its own
 * seeds: is the AUROC they reach the same within what seeds do?  Called by build-scripts/reference.sh auroc.
 *
 * Usage: node tests/reference/auroc.mjs CATEGORY STEPS SEEDS [PICTURES]     PICTURES: 60 to learn from, a third as many
 *                                                                          to calibrate on and of each test class
 * The difference of the means must lie within its 95 % interval by Welch's t.  Scenes of seed 1, which is for tuning.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { deviation, mean, studentT } from "../../build-scripts/statistics.mjs";

const [category, steps, count, pictures = "60"] = process.argv.slice(2);
const seeds = Array.from({ length: Number(count) }, (_, i) => `${i + 1}`);
const work = `build/reference/auroc-${pictures}`, folder = `${work}/${category}-pictures`, data = `${work}/${category}`;
const TEACHER = "models/teacher-xs.safetensors", DUMP = "build/native/tests/reference/dump", LAD = process.env.LAD ?? "build/lad";

/** @param {string} program @param {string[]} args */
const run = (program, ...args) => execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

function prepare() {
  mkdirSync(folder, { recursive: true });
  const third = String(Math.round(Number(pictures) / 3));
  run(LAD, "render", "--quiet", "--category", category, "--out", work, "--seed", "1", "--train", pictures, "--validation", third, "--test", third);
  for (const split of ["train", "validation", "test"]) run(DUMP, "pictures", data, split, folder);
  run(DUMP, "penalty", "1001", "300", folder);
  run(DUMP, "steps", data, TEACHER, "-", "none", "1", folder); // for the teacher with its normalisation
}

/** @param {string} seed @returns {Record<string, number>} */
function ours(seed) {
  const stem = `${work}/${category}-${steps}-${seed}`;
  if (!existsSync(`${stem}.safetensors`))
    run(LAD, "train", "--quiet", "--data", data, "--teacher", TEACHER, "--steps", steps, "--seed", seed, "--out", `${stem}.safetensors`, "--resume");
  run(LAD, "eval", "--quiet", "--model", `${stem}.safetensors`, "--data", data, "--report", `${stem}.json`);
  const { metrics } = JSON.parse(readFileSync(`${stem}.json`, "utf8"));
  return { logical: metrics.auroc_logical.value, structural: metrics.auroc_structural.value };
}

/** Difference of the means and half its 95 % interval (Welch). @param {number[]} a @param {number[]} b */
function welch(a, b) {
  const [va, vb] = [a, b].map((x) => deviation(x) ** 2 / x.length);
  // Welch and Satterthwaite's degrees of freedom, rounded down.
  const df = Math.max(1, Math.floor((va + vb) ** 2 / (va ** 2 / (a.length - 1) + vb ** 2 / (b.length - 1))));
  return { difference: mean(a) - mean(b), half: studentT(df) * Math.sqrt(va + vb) };
}

if (seeds.length < 2) throw new Error("auroc.mjs: at least two seeds are needed to know their noise.");
prepare();
const lad = seeds.map(ours);
const torch = run("/usr/bin/python3", "tests/reference/check.py", "auroc", folder, steps, ...seeds).trim().split("\n").map((line) => JSON.parse(line));
let same = true;
for (const metric of ["logical", "structural"]) {
  const [a, b] = [lad, torch].map((runs) => runs.map((/** @type {any} */ r) => 100 * r[metric]));
  const { difference, half } = welch(a, b);
  same &&= Math.abs(difference) <= half;
  const text = (/** @type {number[]} */ x) => `${mean(x).toFixed(1)} (${x.map((v) => v.toFixed(1)).join(", ")})`;
  console.log(`AUROC ${metric} after ${steps} steps, ${category}: lad ${text(a)}, PyTorch ${text(b)}, difference ${difference.toFixed(1)} ± ${half.toFixed(1)}`);
}
process.exit(same ? 0 : 1);
