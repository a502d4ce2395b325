#!/usr/bin/env node
// @ts-check
/**
 * Where a detector fails: for each kind of anomaly how much is missed when 5 % of the good images raise a false alarm,
 * and the worst misses as pictures with their maps.
 *
 * Usage: node build-scripts/failures.mjs OUT MODEL DATA...    DATA: rendered test scenes of one category (lad render), one
 *                                                             folder a seed; their images are pooled
 * Writes OUT/failures.json, OUT/failures.md and, for each of the ten worst misses, NN-KIND.png (or .jpg), the picture, and
 * NN-KIND-overlay.png, -combined.png, -structural.png and -logical.png.  At most three are of one kind, so that they
 * show more than one weakness.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { pathToFileURL } from "node:url";

const LAD = process.env.LAD ?? "build/lad";
const FALSE_ALARMS = 0.05, SHOWN = 10, SHOWN_OF_A_KIND = 3;

/** @typedef {{path: string, label: string, score: number, kind: string, rule: string, description: string}} Scored */

/** The score that just so many of the good images exceed: at most `rate` of them.  @param {number[]} good @param {number} rate */
export function thresholdAt(good, rate) {
  return [...good].sort((a, b) => b - a)[Math.floor(rate * good.length)];
}

/** Miss rates, the kinds missed most first. @param {Scored[]} images @param {number} [rate] */
export function missRates(images, rate = FALSE_ALARMS) {
  const good = images.filter((image) => image.label === "good").map((image) => image.score);
  if (good.length === 0) throw new Error("without good images there are no false alarms to allow.");
  const threshold = thresholdAt(good, rate);
  const bad = images.filter((image) => image.label !== "good");
  const names = [...new Set(bad.map((image) => `${image.label}/${image.kind}`))];
  const kinds = names.map((name) => {
    const own = bad.filter((image) => `${image.label}/${image.kind}` === name);
    const missed = own.filter((image) => image.score <= threshold).length;
    return { label: own[0].label, kind: own[0].kind, rule: own[0].rule, images: own.length, missed, miss_rate: missed / own.length };
  });
  kinds.sort((a, b) => b.miss_rate - a.miss_rate || b.images - a.images || (a.kind < b.kind ? -1 : 1));
  return { false_alarm_rate: rate, threshold, good: good.length, kinds };
}

/** The anomalies below the threshold with the lowest scores. @param {Scored[]} images @param {number} threshold */
export function worstMisses(images, threshold) {
  /** @type {Record<string, number>} */ const shown = {};
  return images.filter((image) => image.label !== "good" && image.score <= threshold)
    .sort((a, b) => a.score - b.score)
    .filter((image) => (shown[image.kind] = (shown[image.kind] ?? 0) + 1) <= SHOWN_OF_A_KIND)
    .slice(0, SHOWN);
}

/** @param {string} model @param {string} data @param {string} work @returns {Scored[]} */
function score(model, data, work) {
  const file = join(work, "report.json");
  execFileSync(LAD, ["eval", "--quiet", "--model", model, "--data", data, "--report", file], { stdio: ["ignore", "ignore", "inherit"] });
  const scenes = JSON.parse(readFileSync(join(data, "scenes.json"), "utf8"));
  const byId = new Map(scenes.images.map((/** @type {any} */ image) => [image.path.replace(/^test\//, "").replace(/\.[a-z]+$/, ""), image]));
  return JSON.parse(readFileSync(file, "utf8")).images.map((/** @type {any} */ image) => {
    const scene = byId.get(image.id);
    if (!scene) throw new Error(`${data}/scenes.json does not know ${image.id}.`);
    return { path: join(data, scene.path), label: image.label, score: image.score, kind: scene.kind ?? "", rule: scene.rule ?? "",
      description: scene.description ?? "" };
  });
}

/** @param {string} model @param {Scored[]} misses @param {string} out @param {string} work */
function show(model, misses, out, work) {
  return misses.map((miss, i) => {
    const stem = `${String(i + 1).padStart(2, "0")}-${miss.kind}`;
    const maps = mkdtempSync(join(work, "maps-"));
    execFileSync(LAD, ["infer", "--model", model, "--out", maps, miss.path], { stdio: ["ignore", "ignore", "inherit"] });
    for (const name of readdirSync(maps)) copyFileSync(join(maps, name), join(out, `${stem}-${name.slice(name.lastIndexOf("_") + 1)}`));
    copyFileSync(miss.path, join(out, `${stem}${extname(miss.path)}`));
    return { ...miss, picture: `${stem}${extname(miss.path)}`, overlay: `${stem}-overlay.png` };
  });
}

/** @param {ReturnType<typeof missRates>} rates @param {ReturnType<typeof show>} shown @param {string} model */
function page(rates, shown, model) {
  const percent = (/** @type {number} */ x) => `${(100 * x).toFixed(0)} %`;
  return [
    `# Where ${basename(model)} fails`, "",
    `At the threshold that ${percent(rates.false_alarm_rate)} of ${rates.good} good images exceed (${rates.threshold.toFixed(4)}):`, "",
    "| kind | class | missed | rate |", "|---|---|---|---|",
    ...rates.kinds.map((k) => `| ${k.kind.replaceAll("_", " ")} | ${k.label} | ${k.missed} of ${k.images} | ${percent(k.miss_rate)} |`), "",
    shown.length ? "## The worst misses" : "Nothing is missed.", "",
    ...shown.flatMap((miss, i) => [`${i + 1}. **${miss.kind.replaceAll("_", " ")}**, score ${miss.score.toFixed(4)}. ${miss.description} *${miss.rule}*`, "",
      `   ![picture](${miss.picture}) ![its map over it](${miss.overlay})`, ""]),
  ].join("\n");
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [out, model, ...folders] = process.argv.slice(2);
  if (!folders.length) {
    console.error("Usage: node build-scripts/failures.mjs OUT MODEL DATA...");
    process.exit(2);
  }
  mkdirSync(out, { recursive: true });
  const work = mkdtempSync(join(out, ".work-"));
  try {
    const images = folders.flatMap((data) => score(model, data, work));
    const rates = missRates(images), shown = show(model, worstMisses(images, rates.threshold), out, work);
    writeFileSync(join(out, "failures.json"), `${JSON.stringify({ model: basename(model), ...rates, worst: shown }, null, 2)}\n`);
    const text = page(rates, shown, model);
    writeFileSync(join(out, "failures.md"), text);
    console.log(text.slice(0, text.indexOf("\n\n## ") >>> 0));
  } finally {
    rmSync(work, { recursive: true });
  }
}
