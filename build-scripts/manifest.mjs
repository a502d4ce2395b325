#!/usr/bin/env node
// @ts-check
/**
 * Writes models/manifest.json: what is shipped, how it was made, what was measured.
 *
 * Usage: node build-scripts/manifest.mjs REPORTS-FOLDER MODELS-FOLDER
 * Everything is read from the model files themselves and from the reports of `lad eval`, named
 * <category>-<variant>-<seed>.json: per metric the value of each seed of unseen scenes, their mean and standard
 * deviation.  <category>-margin-subset.json, of the bundled pictures, says which one the page opens with.
 */
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const METRICS = /** @type {const} */ (["auroc_logical", "auroc_structural", "auroc_mean", "auroc_pooled"]);

/** The strings that a safetensors file says of itself. @param {Buffer} bytes @returns {Record<string, string>} */
function metadata(bytes) {
  const length = Number(bytes.readBigUInt64LE(0));
  return JSON.parse(bytes.toString("utf8", 8, 8 + length)).__metadata__;
}

/** @param {number[]} values */
function spread(values) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / Math.max(1, values.length - 1);
  return { mean: round(mean), sd: round(Math.sqrt(variance)), values: values.map(round) };
}

/** @param {number} x */
const round = (x) => Math.round(x * 1e6) / 1e6;

/** @param {string} folder @param {string} stem */
function measure(folder, stem) {
  const reports = readdirSync(folder).filter((file) => file.startsWith(`${stem}-`) && /-\d+\.json$/.test(file)).sort()
    .map((file) => ({ seed: Number(/-(\d+)\.json$/.exec(file)?.[1]), ...JSON.parse(readFileSync(join(folder, file), "utf8")) }));
  if (reports.length === 0) throw new Error(`${folder} has no report of ${stem}: run build-scripts/models.sh eval first.`);
  return {
    scenes: reports.map((report) => report.seed),
    images_per_class_and_seed: reports[0].data.good,
    ...Object.fromEntries(METRICS.map((name) => [name, spread(reports.map((report) => report.metrics[name].value))])),
  };
}

/** The logical anomaly of the bundled subset with the highest score: what the page opens with.
 * @param {string} reports @param {string} category */
function surest(reports, category) {
  const { images } = JSON.parse(readFileSync(join(reports, `${category}-margin-subset.json`), "utf8"));
  const logical = images.filter((/** @type {any} */ image) => image.id.startsWith("logical_anomalies/"));
  return logical.reduce((/** @type {any} */ a, /** @type {any} */ b) => (b.score > a.score ? b : a)).id;
}

/** @param {string} reports @param {string} models */
function makeManifest(reports, models) {
  const files = readdirSync(models).filter((file) => file.endsWith(".safetensors"));
  const rank = (/** @type {string} */ file) => ["pushpins-margin", "pushpins-plain", "juice_bottle-margin", "juice_bottle-plain"]
    .indexOf(file.replace(".safetensors", "")) >>> 0;
  const categories = readdirSync(join(models, "subset")).sort();
  return {
    about: "Made by build-scripts/models.sh. Figures: AUROC on test scenes of seeds that were never used for tuning.",
    opens_with: Object.fromEntries(categories.map((category) => [category, surest(reports, category)])),
    models: files.sort((a, b) => rank(a) - rank(b)).map((file) => {
      const bytes = readFileSync(join(models, file));
      const made = metadata(bytes);
      const [, category = "", variant = "teacher"] = /^(.+)-(margin|plain)\.safetensors$/.exec(file) ?? [];
      return {
        file, category, variant, sha256: createHash("sha256").update(bytes).digest("hex"), bytes: bytes.length,
        seed: made.seed, steps: made.steps, command: made.command, made,
        ...(category && { metrics: measure(reports, `${category}-${variant}`) }),
      };
    }),
  };
}

const [, , reports, models] = process.argv;
if (!reports || !models) {
  console.error("Usage: node build-scripts/manifest.mjs REPORTS-FOLDER MODELS-FOLDER");
  process.exit(2);
}
const target = join(models, "manifest.json");
writeFileSync(`${target}.part`, `${JSON.stringify(makeManifest(reports, models), null, 2)}\n`);
renameSync(`${target}.part`, target);
