#!/usr/bin/env node
// @ts-check
/**
 * Writes models/README.md, a card for each model, from models/manifest.json.
 *
 * Usage: node build-scripts/cards.mjs MODELS-FOLDER
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** @typedef {{mean: number, interval?: [number, number]}} Figure */

/** @param {Figure} f */
const figure = (f) => `${(100 * f.mean).toFixed(1)}${f.interval ? ` (${f.interval.map((x) => (100 * x).toFixed(1)).join(" to ")})` : ""}`;

/** @param {number} s */
const duration = (s) => (s < 90 ? `${s} s` : `${Math.round(s / 60)} min`);

/** Two-column rows; those without a value are left out. @param {[string, string | undefined][]} rows */
const list = (rows) => ["| | |", "|---|---|", ...rows.filter(([, value]) => value).map(([name, value]) => `| ${name} | ${value} |`)];

/** @param {any} m */
function training(m) {
  const { made } = m;
  if (m.variant === "teacher")
    return list([["kind", `teacher, ${made.architecture}, ${made.channels} channels`], ["distilled from", made.recipe === "descriptors" ? "hand-made dense descriptors" : made.recipe],
      ["pictures", made.pictures], ["seed, steps", `${made.seed}, ${made.steps}`], ["size, SHA-256", `${m.bytes} bytes, \`${m.sha256}\``], ["made by", `\`${m.command}\``]]);
  const margin = made.margin_form === "none" ? "none: plain EfficientAD" : `\`${made.margin_form}\`, m = ${made.margin} (src/doc/METHOD.md)`;
  return list([
    ["kind", `detector, ${made.architecture}, ${made.channels} channels`],
    ["margin", margin],
    ["learnt from", `${made.train_pictures} normal LOCO-style scenes (rendered)${m.train_scenes_seed ? ` of seed ${m.train_scenes_seed}` : ""}, data \`${made.train_data_hash}\``],
    ["calibrated on", `${made.validation_pictures} others, data \`${made.validation_data_hash}\``],
    ["penalty pictures", `${made.penalty_pictures}, ${made.penalty_px} px; photographs: ${made.penalty_photographs_hash}`],
    ["teacher", `\`${made.teacher_sha256}\``],
    ["target of the autoencoder", made.ae_teacher_sha256 ? `another network, \`${made.ae_teacher_sha256}\`, not part of the model` : "the teacher"],
    ["seed, steps", `${made.seed}, ${made.steps}, of which the autoencoder alone ${made.ae_first_steps}${made.ae_freeze === "true" ? ", which then stays as it is" : ""}`],
    ["time", m.train_seconds ? duration(m.train_seconds) : undefined],
    ["maps", `${made.map_distance === "novelty" ? "measured by how much likelier differences are where something is novel" : "means over channels"}, ${Number(made.map_smoothing ?? 0) > 0 ? `smoothed by ${made.map_smoothing} cells, ` : ""}${made.map_norm ?? "quantile"} normalisation, combined by ${made.map_combine ?? "mean"}, border ${made.score_border}${made.global_scale ? ", with a global head" : ""}`],
    ["threshold", `${Number(made.threshold).toFixed(4)}, for a rate of false alarms up to ${(100 * Number(made.false_alarm_rate)).toFixed(1)} %`],
    ["size, SHA-256", `${m.bytes} bytes, \`${m.sha256}\``],
    ["made by", `\`${m.command}\``],
  ]);
}

/** @param {any} x */
function metrics(x) {
  const rows = [["logical", x.auroc_logical], ["structural", x.auroc_structural], ["mean of the two", x.auroc_mean], ["pooled", x.auroc_pooled]]
    .map(([name, f]) => `| AUROC, ${name} | ${figure(f)} | ${f.values.map((/** @type {number} */ v) => (100 * v).toFixed(1)).join(", ")} |`);
  if (x.au_spro_005) rows.push(`| AU-sPRO up to 5 % false positives | ${figure({ mean: x.au_spro_005.mean })} | ${
    x.au_spro_005.values.map((/** @type {number} */ v) => (100 * v).toFixed(1)).join(", ")} |`);
  if (x.best_naive) rows.push(`| for comparison: AUROC, mean of the two, of the best naive method (${x.best_naive.name}) | ${(100 * x.best_naive.auroc_mean).toFixed(1)} | |`);
  return [`On unseen scenes of seeds ${x.scenes.join(", ")}, ${x.images_per_class_and_seed} images of each class and seed, in per cent:`, "",
    "| | mean (95 % interval) | each seed |", "|---|---|---|", ...rows];
}

/** @param {any} manifest */
export function cards({ models }) {
  return [
    "# Models", "",
    "Written by `build-scripts/cards.mjs` from `manifest.json`; `make models` rebuilds the models, `make results` their figures. What is",
    "rendered is our own and shows nothing of MVTec's images; what the options mean is in `src/doc/METHOD.md`.", "",
    ...models.flatMap((/** @type {any} */ m) => [`## ${m.file}`, "", ...training(m), "", ...(m.metrics ? [...metrics(m.metrics), ""] : [])]),
  ].join("\n");
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const models = process.argv[2];
  if (!models) {
    console.error("Usage: node build-scripts/cards.mjs MODELS-FOLDER");
    process.exit(2);
  }
  writeFileSync(join(models, "README.md"), cards(JSON.parse(readFileSync(join(models, "manifest.json"), "utf8"))));
}
