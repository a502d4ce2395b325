#!/usr/bin/env node
// @ts-check
/**
 * Writes models/manifest.json: what is shipped, how it was made, what was measured.
 *
 * Usage: CATEGORIES="..." node build-scripts/manifest.mjs REPORTS-FOLDER MODELS-FOLDER SEED...
 * Everything is read from the model files themselves and from what build-scripts/models.sh left in REPORTS-FOLDER:
 * <category>-<variant>-<seed>.json of `lad eval` on unseen scenes; <category>-margin-subset.json, of the bundled
 * pictures, which says which one the page opens with; <category>-<variant>.jsonl, the log of the training, and
 * train/<category>/scenes.json, the scenes it saw (the last two may be missing).  CATEGORIES gives the order.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { measure } from "./reports.mjs";

/** The strings that a safetensors file says of itself. @param {Buffer} bytes @returns {Record<string, string>} */
function metadata(bytes) {
  const length = Number(bytes.readBigUInt64LE(0));
  return JSON.parse(bytes.toString("utf8", 8, 8 + length)).__metadata__;
}

/** The logical anomaly of the bundled subset with the highest score: what the page opens with.
 * @param {string} reports @param {string} category */
function surest(reports, category) {
  const { images } = JSON.parse(readFileSync(join(reports, `${category}-margin-subset.json`), "utf8"));
  const logical = images.filter((/** @type {any} */ image) => image.id.startsWith("logical_anomalies/"));
  return logical.reduce((/** @type {any} */ a, /** @type {any} */ b) => (b.score > a.score ? b : a)).id;
}

/** Seconds of a training, from its log: the clock starts anew with each part of a run that was stopped.
 * @param {string} file */
function seconds(file) {
  if (!existsSync(file)) return undefined;
  const clock = readFileSync(file, "utf8").trim().split("\n").map((line) => JSON.parse(line).seconds);
  return Math.round(clock.reduce((sum, now, i) => (i + 1 === clock.length || clock[i + 1] < now ? sum + now : sum), 0));
}

/** Seed of the scenes that a detector learnt from. @param {string} reports @param {string} category */
function trainSeed(reports, category) {
  const file = join(reports, "train", category, "scenes.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).seed : undefined;
}

/** @param {string} reports @param {string} models @param {number[]} seeds */
function makeManifest(reports, models, seeds) {
  const order = (process.env.CATEGORIES ?? "pushpins juice_bottle").split(/\s+/);
  const found = readdirSync(models).filter((file) => file.endsWith(".safetensors")).map((file) => {
    const [, category = "", variant = "teacher"] = /^(.+)-(margin|plain)\.safetensors$/.exec(file) ?? [];
    return { file, category, variant };
  });
  // Unknown categories behind the known ones, teachers last; margin before plain.
  const rank = (/** @type {{category: string}} */ m) => (m.category ? order.indexOf(m.category) >>> 0 : Infinity);
  found.sort((a, b) => (rank(a) === rank(b) ? (a.file < b.file ? -1 : 1) : rank(a) - rank(b)));
  const categories = readdirSync(join(models, "subset")).sort();
  return {
    about: "Made by build-scripts/models.sh. Figures: AUROC on test scenes of seeds that were never used for tuning; intervals: 95 %, "
      + "from the bootstrap over the test images.",
    opens_with: Object.fromEntries(categories.map((category) => [category, surest(reports, category)])),
    models: found.map(({ file, category, variant }) => {
      const bytes = readFileSync(join(models, file));
      const made = metadata(bytes);
      return {
        file, category, variant, sha256: createHash("sha256").update(bytes).digest("hex"), bytes: bytes.length,
        seed: made.seed, steps: made.steps, command: made.command, made,
        ...(category && { train_scenes_seed: trainSeed(reports, category), train_seconds: seconds(join(reports, `${category}-${variant}.jsonl`)),
          metrics: measure(reports, `${category}-${variant}`, seeds) }),
      };
    }),
  };
}

const [, , reports, models, ...seeds] = process.argv;
if (!reports || !models || seeds.length === 0) {
  console.error("Usage: node build-scripts/manifest.mjs REPORTS-FOLDER MODELS-FOLDER SEED...");
  process.exit(2);
}
const target = join(models, "manifest.json");
writeFileSync(`${target}.part`, `${JSON.stringify(makeManifest(reports, models, seeds.map(Number)), null, 2)}\n`);
renameSync(`${target}.part`, target);
