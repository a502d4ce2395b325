// @ts-check
/** Reading a report.json, whoever wrote it, and comparing figures.  No DOM: tested in Node. */
import { LadError } from "../shared/errors.js";

/** @typedef {{id: string, label: 0 | 1 | 2, score: number}} Scored */
/** One figure of a report: name as a path, "metrics.auroc_mean.low". @typedef {{name: string, value: number | null}} Figure */
/** @typedef {{name: string, model: {name: string, sha256: string}, data: {name: string, hash: string}, images: Scored[],
 *   threshold: number, seed: number, figures: Figure[]}} Report  name: of the file */

const LABELS = ["good", "logical", "structural"];
const MAX_IMAGES = 100_000;
const HASH = /^[0-9a-f]{8,64}$/;

/** @param {string} name @param {Uint8Array} bytes @returns {Report} */
export function readReport(name, bytes) {
  let json;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new LadError("bad format", `${name} is not JSON.`);
  }
  const bad = (/** @type {string} */ what) => new LadError("bad format", `${name} is not a report of lad: ${what}.`);
  if (json?.format !== "lad-report/1") throw bad("its format is not lad-report/1");
  const { model, data, images, threshold, metrics } = json;
  if (!text(model?.name) || !HASH.test(text(model.sha256))) throw bad("it does not name its model");
  if (!text(data?.name) || !HASH.test(text(data.hash))) throw bad("it does not name its data");
  if (!Number.isFinite(threshold?.value)) throw bad("it has no threshold");
  if (!Number.isSafeInteger(metrics?.bootstrap_seed) || metrics.bootstrap_seed < 0) throw bad("it has no seed");
  if (!Array.isArray(images) || images.length === 0) throw bad("it lists no images");
  if (images.length > MAX_IMAGES) throw bad(`it lists more than ${MAX_IMAGES} images`);
  const seen = new Set();
  const scored = images.map((image, i) => {
    const label = LABELS.indexOf(image?.label);
    if (!text(image?.id) || label < 0 || !Number.isFinite(image.score)) throw bad(`image ${i + 1} has no id, label or score`);
    if (seen.has(image.id)) throw bad(`it lists ${image.id} twice`);
    seen.add(image.id);
    return { id: image.id, label: /** @type {0 | 1 | 2} */ (label), score: image.score };
  });
  return { name, model, data, images: scored, threshold: threshold.value, seed: metrics.bootstrap_seed, figures: figuresOf(json) };
}

/** Figures that follow from the scores. @param {any} report  parsed @returns {Figure[]} */
export function figuresOf({ data, metrics, threshold, au_spro: spro }) {
  /** @type {Figure[]} */ const figures = [];
  const add = (/** @type {string} */ name, /** @type {unknown} */ value) =>
    figures.push({ name, value: typeof value === "number" ? value : null });
  for (const key of ["good", "logical", "structural"]) add(`data.${key}`, data?.[key]);
  for (const key of ["logical", "structural", "mean", "pooled"]) {
    for (const part of ["value", "low", "high"]) add(`metrics.auroc_${key}.${part}`, metrics?.[`auroc_${key}`]?.[part]);
  }
  for (const key of ["good", "logical", "structural"]) add(`threshold.${key}_flagged`, threshold?.[`${key}_flagged`]);
  for (const at of Array.isArray(spro) ? spro : []) {
    for (const key of ["logical", "structural", "mean"]) add(`au_spro.${at?.limit}.${key}`, at?.[key]);
  }
  return figures;
}

/** The same figures from a summary of the core. @param {import("../shared/protocol.js").Figures["summary"]} summary
 * @returns {Figure[]} */
export function figuresOfSummary({ auroc, low, high, counts, flagged }) {
  const figure = (/** @type {string} */ key) => ({ value: auroc[key], low: low[key], high: high[key] });
  return figuresOf({
    data: counts,
    metrics: Object.fromEntries(["logical", "structural", "mean", "pooled"].map((key) => [`auroc_${key}`, figure(key)])),
    threshold: { good_flagged: flagged.good, logical_flagged: flagged.logical, structural_flagged: flagged.structural },
    au_spro: [],
  }).map(({ name, value }) => ({ name, value: Number.isNaN(value) ? null : value })); // as JSON has it
}

/** Figures of one side that the other has too, with both values. @param {Figure[]} claimed @param {Figure[]} found
 * @returns {{name: string, claimed: number | null, found: number | null, off: number}[]}  off: Infinity where one is missing */
export function compareFigures(claimed, found) {
  const values = new Map(found.map(({ name, value }) => [name, value]));
  return claimed.filter(({ name }) => values.has(name)).map(({ name, value }) => {
    const other = values.get(name) ?? null;
    const off = value === null || other === null ? (value === other ? 0 : Infinity) : Math.abs(value - other);
    return { name, claimed: value, found: other, off };
  });
}

/** Deviations per image, the largest first. @param {Scored[]} claimed @param {Map<string, {label: number, score: number}>} found
 * @returns {{id: string, claimed: number, found: number | null, off: number}[]}  Infinity: image or label differ */
export function compareScores(claimed, found) {
  return claimed.map(({ id, label, score }) => {
    const other = found.get(id);
    if (!other || other.label !== label) return { id, claimed: score, found: null, off: Infinity };
    return { id, claimed: score, found: other.score, off: Math.abs(score - other.score) };
  }).sort((a, b) => (a.off === b.off ? 0 : b.off - a.off));
}

/** How far scores of another build may be off: sums of products in another order, relative to the scores' size.
 * @param {Scored[]} images */
export function scoreTolerance(images) {
  return 1e-4 * images.reduce((most, { score }) => Math.max(most, Math.abs(score)), 0);
}

/** @param {unknown} value */
function text(value) {
  return typeof value === "string" ? value : "";
}
