// @ts-check
// Prints the Markdown tables of src/scene/KINDS.md: AUROC by kind of anomaly, from reports of
//   lad eval --model M --data D --kinds --naive --report FILE
// Reports on the same category (other seeds) make one table: AUROCs are means over them, weighted by images.
// Usage: node build-scripts/scene-table.mjs REPORT.json...
import { readFileSync } from "node:fs";

/** @type {Map<string, any[]>} */ const categories = new Map();
for (const file of process.argv.slice(2)) {
  const report = JSON.parse(readFileSync(file, "utf8"));
  if (report.format !== "lad-report/1") throw new Error(`${file} is not a report of lad eval.`);
  if (report.kinds.length === 0) throw new Error(`${file} was made without --kinds.`);
  categories.set(report.data.name, [...(categories.get(report.data.name) ?? []), report]);
}

/** @typedef {{images: number, aurocs: (number | null)[]}} Part  the model's AUROC, then the naive methods' */

/** @param {Part[]} parts @returns {string[]} images, then AUROCs in per cent */
function figures(parts) {
  const images = parts.reduce((sum, part) => sum + part.images, 0);
  const mean = (/** @type {number} */ i) => parts.reduce((sum, part) => sum + part.images * (part.aurocs[i] ?? NaN), 0) / images;
  return [String(images), ...parts[0].aurocs.map((_, i) => (Number.isNaN(mean(i)) ? "-" : (100 * mean(i)).toFixed(0)))];
}

/** @param {string[]} cells */
const row = (cells) => console.log(`| ${cells.join(" | ")} |`);

for (const [name, reports] of categories) {
  const columns = ["kind", "class", "images", "plain xs", ...reports[0].baselines.map((/** @type {any} */ b) => b.name)];
  console.log(`\n### ${name}\n`);
  row(columns);
  row(columns.map(() => "---"));
  const kinds = new Map(reports.flatMap((report) => report.kinds).map((kind) => [`${kind.label}/${kind.name}`, kind]));
  for (const [key, { name: kind, label }] of kinds) {
    const parts = reports.flatMap((report) => report.kinds).filter((k) => `${k.label}/${k.name}` === key);
    row([kind, label, ...figures(parts.map(({ images, auroc, baselines }) => ({ images, aurocs: [auroc, ...baselines] })))]);
  }
  for (const label of ["logical", "structural"]) {
    const value = (/** @type {any} */ metrics) => metrics[`auroc_${label}`].value;
    row([`**all ${label}**`, label, ...figures(reports.map((report) => ({ images: report.data[label],
      aurocs: [value(report.metrics), ...report.baselines.map(value)] })))]);
  }
}
