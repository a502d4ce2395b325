// @ts-check
/** Reads the reports of `lad eval` of one model over several seeds of scenes, named <stem>-<seed>.json. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { deviation, mean } from "./statistics.mjs";

export const METRICS = /** @type {const} */ (["auroc_logical", "auroc_structural", "auroc_mean", "auroc_pooled"]);

/** @param {number} x */
const round = (x) => Math.round(x * 1e6) / 1e6;

/** @typedef {{mean: number, sd: number, interval: [number, number], values: number[]}} Figure */
/** @typedef {{scenes: number[], images_per_class_and_seed: number, au_spro_005?: Figure, best_naive?: {name: string, auroc_mean: number},
 *   [metric: string]: any}} Measured */

/**
 * Mean and deviation over the seeds; and the 95 % interval that the choice of test images leaves to the mean, from each
 * report's own bootstrap interval: seeds are independent, so their variances add.
 * @param {{value: number, low?: number, high?: number}[]} figures @returns {Figure}
 */
export function spread(figures) {
  const values = figures.map((f) => f.value), middle = mean(values);
  const widths = figures.map((f) => ((f.high ?? f.value) - (f.low ?? f.value)) / 2);
  const half = Math.sqrt(widths.reduce((sum, w) => sum + w * w, 0)) / figures.length;
  return { mean: round(middle), sd: round(deviation(values)), interval: [round(middle - half), round(middle + half)], values: values.map(round) };
}

/** @param {string} folder @param {string} stem @param {number[]} seeds @returns {Measured} */
export function measure(folder, stem, seeds) {
  const reports = seeds.map((seed) => {
    const file = join(folder, `${stem}-${seed}.json`);
    if (!existsSync(file)) throw new Error(`${file} is missing: run build-scripts/models.sh eval first.`);
    return JSON.parse(readFileSync(file, "utf8"));
  });
  const spro = reports.map((report) => report.au_spro?.find((/** @type {any} */ f) => f.limit === 0.05)).filter(Boolean);
  return {
    scenes: seeds,
    images_per_class_and_seed: reports[0].data.good,
    ...Object.fromEntries(METRICS.map((name) => [name, spread(reports.map((report) => report.metrics[name]))])),
    ...(spro.length === reports.length && { au_spro_005: spread(spro.map((f) => ({ value: f.mean }))) }),
    ...naive(reports),
  };
}

/** The simple method with the highest mean AUROC over the seeds. @param {any[]} reports */
function naive(reports) {
  const all = (reports[0].baselines ?? []).map((/** @type {any} */ b, /** @type {number} */ i) =>
    ({ name: b.name, auroc_mean: round(mean(reports.map((report) => report.baselines[i]?.auroc_mean.value ?? NaN))) }));
  if (all.length === 0) return {};
  return { best_naive: all.reduce((/** @type {any} */ a, /** @type {any} */ b) => (b.auroc_mean > a.auroc_mean ? b : a)) };
}
