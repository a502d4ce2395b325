#!/usr/bin/env node
// @ts-check
/**
 * Does the margin help?  Trains plain EfficientAD and forms of the margin with the same seeds and data, tests both on
 * the same scenes, and looks at the differences of each pair.
 *
 * Usage: node build-scripts/ablation.mjs [OPTION=VALUE]...
 *   categories=pushpins,juice_bottle
 *   forms=novel@3,novel@3-nohinge,dfsc-synthetic@1    FORM[@MARGIN][-nohinge], each against plain
 *   pairs=3            training seeds 1 to N, the same for plain and forms
 *   train-seed=31      of the scenes to learn and calibrate on; train=300 and validation=50 pictures of them
 *   test-seeds=41,42   of the test scenes; images=60 of each class of each seed
 *   reporting=yes      allows test seeds from 200, which are kept for the figures that are published
 *   recipe="--fused ..."   options of lad train (those of build-scripts/models.sh)
 *   teacher=models/teacher-xs.safetensors   ae-teacher=FILE (made as build-scripts/models.sh does; - for none)
 *   jobs=1 threads=1   trainings at a time, threads of each
 *   work=build/ablation
 * What is there is not made again; a training that was stopped goes on from its checkpoint.  Ends with a table, which
 * is also in WORK/RUN/ablation.md, with all numbers in ablation.json; RUN names the settings.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { interval } from "./statistics.mjs";

const LAD = process.env.LAD ?? "build/lad";
const METRICS = /** @type {const} */ (["auroc_logical", "auroc_structural", "auroc_mean"]);

/** @typedef {{name: string, form: string, args: string[]}} Arm */
/** @typedef {Record<string, number>} Figures  by metric */
/** @typedef {Record<string, Record<string, Figures[]>>} Results  by arm, category, then one for each pair */

/** The recipe of the shipped models, the shorter one where there are two, without its seed. */
function shippedRecipe() {
  const script = readFileSync("build-scripts/models.sh", "utf8");
  const line = /^TRAIN="(.*)"$/m.exec(script), steps = /\*\) echo "(--ae-first .*)" ;;/.exec(script);
  if (!line || !steps) throw new Error("build-scripts/models.sh has no line TRAIN=\"...\", or no steps.");
  return `${steps[1]} ${line[1].replace(/--seed \S+/, "").trim()}`;
}

/** @param {string[]} argv */
export function parseOptions(argv) {
  const o = {
    categories: "pushpins,juice_bottle", forms: "novel@3,novel@3-nohinge,dfsc-synthetic@1", pairs: "3", "train-seed": "31",
    train: "300", validation: "50", "test-seeds": "41,42", images: "60", reporting: "no", recipe: "", jobs: "1", threads: "1",
    teacher: "models/teacher-xs.safetensors", "ae-teacher": "", work: "build/ablation",
  };
  for (const argument of argv) {
    const at = argument.indexOf("=");
    if (at < 0 || !(argument.slice(0, at) in o)) throw new Error(`'${argument}' is not an option; they are: ${Object.keys(o).join(", ")}.`);
    o[/** @type {keyof typeof o} */ (argument.slice(0, at))] = argument.slice(at + 1);
  }
  const seeds = o["test-seeds"].split(",").map(Number);
  if (seeds.some((seed) => !(seed > 0))) throw new Error("test-seeds are whole numbers, with commas between them.");
  if (o.reporting !== "yes" && seeds.some((seed) => seed >= 200))
    throw new Error("Seeds from 200 are for the figures that are published; say reporting=yes if these are to be.");
  return { ...o, recipe: o.recipe || shippedRecipe(), seeds, categories: o.categories.split(","), pairs: Number(o.pairs),
    arms: [arm("none"), ...o.forms.split(",").map(arm)] };
}

/** @param {string} text  FORM[@MARGIN][-nohinge] @returns {Arm} */
export function arm(text) {
  const found = /^([a-z-]+?)(?:@([0-9.]+))?(-nohinge)?$/.exec(text);
  if (!found) throw new Error(`'${text}' is not FORM, FORM@MARGIN or FORM@MARGIN-nohinge.`);
  const [, form, margin, nohinge] = found;
  return { name: text, form, args: ["--margin-form", form, ...(margin ? ["--margin", margin] : []), ...(nohinge ? ["--no-hinge"] : [])] };
}

/** @param {string[]} args @returns {Promise<void>} */
function lad(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(LAD, args, { stdio: ["ignore", "ignore", "inherit"] });
    child.on("error", reject);
    child.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`${LAD} ${args.join(" ")} ended with ${code}.`))));
  });
}

/** Runs jobs, `width` at a time, in order. @param {(() => Promise<void>)[]} jobs @param {number} width */
async function runAll(jobs, width) {
  let next = 0;
  const worker = async () => { while (next < jobs.length) await jobs[next++](); };
  await Promise.all(Array.from({ length: width }, worker));
}

/** @param {ReturnType<typeof parseOptions>} o */
async function prepare(o) {
  const data = join(o.work, `data-${o.train}-${o.validation}-${o.images}`);
  for (const category of o.categories) {
    const common = ["render", "--quiet", "--category", category];
    await lad([...common, "--out", join(data, `train-${o["train-seed"]}`), "--seed", o["train-seed"], "--train", o.train, "--validation", o.validation, "--test", "0"]);
    for (const seed of o.seeds)
      await lad([...common, "--out", join(data, `test-${seed}`), "--seed", `${seed}`, "--train", "0", "--validation", "0", "--test", o.images]);
  }
  let target = o["ae-teacher"];
  if (target === "") {
    target = join(o.work, "ae-teacher-xs.safetensors");
    if (!existsSync(target)) await lad(["pretrain", "--quiet", "--size", "xs", "--recipe", "random", "--seed", "1", "--out", target]);
  }
  return { data, target: target === "-" ? [] : ["--ae-teacher", target] };
}

/** A name for all that shapes the trainings. @param {ReturnType<typeof parseOptions>} o @param {string[]} target */
function runName(o, target) {
  const hash = createHash("sha256").update(readFileSync(o.teacher));
  if (target[1]) hash.update(readFileSync(target[1]));
  return hash.update(JSON.stringify([o.recipe, o["train-seed"], o.train, o.validation])).digest("hex").slice(0, 12);
}

/** @param {ReturnType<typeof parseOptions>} o @returns {Promise<{folder: string, results: Results}>} */
async function measure(o) {
  const { data, target } = await prepare(o);
  const folder = join(o.work, `run-${runName(o, target)}`);
  mkdirSync(folder, { recursive: true });
  /** @type {Results} */ const results = {};
  const jobs = o.categories.flatMap((category) => Array.from({ length: o.pairs }, (_, i) => o.arms.map((a) => async () => {
    const stem = join(folder, `${category}-${a.name}-${i + 1}`), model = `${stem}.safetensors`;
    if (!existsSync(model)) {
      console.error(`training ${stem}`);
      await lad(["train", "--quiet", "--data", join(data, `train-${o["train-seed"]}`, category), "--teacher", o.teacher, ...target,
        ...a.args, ...o.recipe.split(/\s+/).filter(Boolean), "--seed", `${i + 1}`, "--threads", o.threads, "--out", model, "--resume"]);
    }
    /** @type {Figures[]} */ const figures = [];
    for (const seed of o.seeds) {
      const report = `${stem}-on-${seed}-${o.images}.json`;
      if (!existsSync(report)) await lad(["eval", "--quiet", "--model", model, "--data", join(data, `test-${seed}`, category), "--report", report]);
      const { metrics } = JSON.parse(readFileSync(report, "utf8"));
      figures.push(Object.fromEntries(METRICS.map((name) => [name, metrics[name].value])));
    }
    ((results[a.name] ??= {})[category] ??= [])[i] =
      Object.fromEntries(METRICS.map((name) => [name, figures.reduce((sum, f) => sum + f[name], 0) / figures.length]));
  })).flat());
  await runAll(jobs, Number(o.jobs));
  return { folder, results };
}

/** Gains over plain, in points: for each category over the pairs, and for their mean.  In the mean a pair counts
 * once, with its average over the categories, so that n is the number of pairs.
 * @param {Results} results @param {string[]} categories */
export function compare(results, categories) {
  return Object.keys(results).filter((name) => name !== "none").map((name) => {
    const gains = (/** @type {string} */ category, /** @type {string} */ metric) =>
      results[name][category].map((figures, i) => 100 * (figures[metric] - results.none[category][i][metric]));
    const rows = categories.map((category) => ({ category, ...Object.fromEntries(METRICS.map((m) => [m, interval(gains(category, m))])) }));
    const together = METRICS.map((m) => {
      const all = categories.map((category) => gains(category, m));
      return [m, interval(all[0].map((_, i) => all.reduce((sum, g) => sum + g[i], 0) / all.length))];
    });
    return { name, rows: [...rows, { category: "mean of categories", ...Object.fromEntries(together) }] };
  });
}

/** @param {ReturnType<typeof compare>} comparisons @param {ReturnType<typeof parseOptions>} o @param {Results} results */
function table(comparisons, o, results) {
  const cell = (/** @type {any} */ { mean, half }) => `${mean >= 0 ? "+" : ""}${mean.toFixed(1)} ± ${Number.isFinite(half) ? half.toFixed(1) : "?"}`;
  const plain = (/** @type {string} */ category) => METRICS.map((m) =>
    (100 * results.none[category].reduce((sum, f) => sum + f[m], 0) / results.none[category].length).toFixed(1));
  return [
    `Plain: \`lad train --margin-form none ${o.recipe}\`, training seeds 1 to ${o.pairs}, scenes of seed ${o["train-seed"]}.`,
    `Tested on ${o.images} images of each class of seeds ${o.seeds.join(", ")}. AUROC of plain and gains over it in points, 95 % intervals by`,
    `Student's t over ${o.pairs} pairs.`, "", "| form | category | logical | structural | mean |", "|---|---|---|---|---|",
    ...o.categories.map((category) => `| plain | ${category} | ${plain(category).join(" | ")} |`),
    ...comparisons.flatMap(({ name, rows }) => rows.map((row) =>
      `| ${name} | ${row.category} | ${METRICS.map((m) => cell(/** @type {any} */ (row)[m])).join(" | ")} |`)), "",
  ].join("\n");
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    const o = parseOptions(process.argv.slice(2));
    const { folder, results } = await measure(o);
    const comparisons = compare(results, o.categories), text = table(comparisons, o, results);
    writeFileSync(join(folder, "ablation.json"), `${JSON.stringify({ settings: o, results, comparisons }, null, 2)}\n`);
    writeFileSync(join(folder, "ablation.md"), text);
    console.log(text);
  } catch (error) {
    console.error(`ablation.mjs: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  }
}
