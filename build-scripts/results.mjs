#!/usr/bin/env node
// @ts-check
/**
 * The table of README.md and what it says of itself, from the reports of `lad eval`.
 *
 * Usage: node build-scripts/results.mjs [--write README.md] REPORTS-FOLDER SEED...
 * Prints it; with --write it also takes the place of what stands between the lines "<!-- results ... -->" and
 * "<!-- /results -->".  A category is in it when reports of both its models are there.
 */
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { METRICS, measure } from "./reports.mjs";
import { mean } from "./statistics.mjs";

const ORDER = ["breakfast_box", "juice_bottle", "pushpins", "screw_bag", "splicing_connectors"];

/** @param {string} folder @param {number[]} seeds */
export function table(folder, seeds) {
  const files = new Set(readdirSync(folder));
  const found = [...files].map((file) => /^(.+)-margin-(\d+)\.json$/.exec(file)).filter((m) => m && Number(m[2]) === seeds[0] && files.has(`${m[1]}-plain-${m[2]}.json`));
  const categories = found.map((m) => /** @type {RegExpExecArray} */ (m)[1]).sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
  if (categories.length === 0) throw new Error(`${folder} has no reports on scenes of seed ${seeds[0]}.`);
  const cells = (/** @type {{mean: number, interval: [number, number]}[]} */ figures) =>
    figures.map((f) => `${(100 * f.mean).toFixed(1)} ± ${(50 * (f.interval[1] - f.interval[0])).toFixed(1)}`);
  /** @type {string[]} */ const rows = [];
  /** @type {Record<string, number[][]>} */ const all = { margin: [], plain: [] };
  /** @type {number[]} */ const naives = [];
  for (const category of categories) {
    const [margin, plain] = ["margin", "plain"].map((variant) => measure(folder, `${category}-${variant}`, seeds));
    for (const [variant, m] of /** @type {[string, any][]} */ ([["margin", margin], ["plain", plain]])) {
      const figures = [...METRICS.map((name) => m[name]), m.au_spro_005];
      all[variant].push(figures.map((f) => f?.mean ?? NaN));
      rows.push(`| ${category.replaceAll("_", " ")}, ${variant} | ${[...cells(figures.slice(0, -1)), m.au_spro_005 ? (100 * m.au_spro_005.mean).toFixed(1) : "-"].join(" | ")} | ${
        variant === "plain" && m.best_naive ? `${(100 * m.best_naive.auroc_mean).toFixed(1)} (${m.best_naive.name})` : ""} |`);
    }
    naives.push(plain.best_naive?.auroc_mean ?? NaN);
  }
  for (const variant of ["margin", "plain"]) {
    const means = all[variant][0].map((_, i) => mean(all[variant].map((figures) => figures[i])));
    rows.push(`| **mean, ${variant}** | ${means.map((x) => (100 * x).toFixed(1)).join(" | ")} | ${variant === "plain" ? (100 * mean(naives)).toFixed(1) : ""} |`);
  }
  const { images_per_class_and_seed: images } = measure(folder, `${categories[0]}-plain`, seeds);
  return [
    `Per cent, on rendered scenes of the seeds ${seeds.join(", ")}, ${images} pictures of each class and seed. AUROC: mean over the seeds ± half its 95 %`,
    "interval, from the bootstrap over the test pictures; it says nothing of other training seeds. AU-sPRO at 0.05: mean of logical and",
    "structural. The naive methods know no network (`src/eval/naive.h`). `make results` measures all of it; more is in `models/README.md`.", "",
    "| | logical | structural | mean of the two | pooled | AU-sPRO 0.05 | best naive method, mean |", "|---|---|---|---|---|---|---|", ...rows].join("\n");
}

/** @param {string} text @param {string} rows */
export function replaceTable(text, rows) {
  const found = /(<!-- results[^\n]*-->\n)[\s\S]*?(<!-- \/results -->)/.exec(text);
  if (!found) throw new Error("there are no lines <!-- results --> and <!-- /results -->.");
  return text.slice(0, found.index) + found[1] + rows + "\n" + found[2] + text.slice(found.index + found[0].length);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const args = process.argv.slice(2);
  const target = args[0] === "--write" ? args.splice(0, 2)[1] : "";
  const [folder, ...seeds] = args;
  if (!folder || seeds.length === 0) {
    console.error("Usage: node build-scripts/results.mjs [--write README.md] REPORTS-FOLDER SEED...");
    process.exit(2);
  }
  const rows = table(folder, seeds.map(Number));
  console.log(rows);
  if (target) writeFileSync(target, replaceTable(readFileSync(target, "utf8"), rows));
}
