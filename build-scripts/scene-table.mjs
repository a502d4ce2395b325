// @ts-check
// Prints the Markdown tables of src/scene/README.md: AUROC by kind of anomaly, from reports of
//   lad eval --model M --data D --kinds --naive --report FILE
// Usage: node build-scripts/scene-table.mjs [--naive-only] REPORT.json...
import { readFileSync } from "node:fs";

const files = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const naiveOnly = process.argv.includes("--naive-only");

/** @param {number | null} value  of 0 to 1 */
const percent = (value) => (value === null ? "-" : (100 * value).toFixed(0));

/** @param {string[]} cells */
const row = (cells) => `| ${cells.join(" | ")} |`;

for (const file of files) {
  const report = JSON.parse(readFileSync(file, "utf8"));
  if (report.format !== "lad-report/1") throw new Error(`${file} is not a report of lad eval.`);
  if (report.kinds.length === 0) throw new Error(`${file} was made without --kinds.`);
  const names = report.baselines.map((/** @type {any} */ baseline) => baseline.name);
  /** @param {string[]} first @param {number | null} model @param {(number | null)[]} naive */
  const figures = (first, model, naive) => row([...first, ...(naiveOnly ? [] : [percent(model)]), ...naive.map(percent)]);
  console.log(`\n### ${report.data.name}\n`);
  console.log(row(["kind", "class", "images", ...(naiveOnly ? [] : [report.model.name]), ...names]));
  console.log(row(Array.from({ length: 3 + (naiveOnly ? 0 : 1) + names.length }, () => "---")));
  for (const { name, label, images, auroc, baselines } of report.kinds) {
    console.log(figures([name, label, String(images)], auroc, baselines));
  }
  for (const label of ["logical", "structural"]) {
    const value = (/** @type {any} */ metrics) => metrics[`auroc_${label}`].value;
    console.log(figures([`**all ${label}**`, label, String(report.data[label])], value(report.metrics), report.baselines.map(value)));
  }
}
