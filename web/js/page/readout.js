// @ts-check
/** What is read off an image: the sentence and why, scores of all models, parts of a score, rule, times. */
import { scaleFor } from "../shared/heat.js";
import { partsOf, whyWords } from "../shared/verdict.js";
import { findingWords, msText, scoreText, signedText } from "../shared/words.js";
import { byId, make } from "./dom.js";
import { title } from "./library.js";
import { paintDifference, paintMap } from "./paint.js";

/** @typedef {import("./library.js").Picture} Picture */
/** @typedef {import("../shared/protocol.js").RunResult} RunResult */
/** @typedef {Partial<Record<string, RunResult>>} Results  by variant */
/** @typedef {(variant: string) => number} ThresholdOf */

/** @param {Picture} picture @param {RunResult} result @param {number} threshold */
export function showSentence(picture, result, threshold) {
  const { lead, numbers, finding, tone } = findingWords(picture, result.score, threshold);
  byId("sentence").replaceChildren(`${lead}: ${numbers} `,
    make("strong", { class: tone, "data-testid": "verdict" }, finding), ".");
  const parts = partsOf(result);
  const { kind, label, words } = whyWords(parts, { score: threshold, map: result.detector.mapThreshold });
  const alarm = result.score > threshold;
  byId("why").replaceChildren(...(alarm ? [make("b", { "data-testid": "verdict-kind", "data-kind": kind }, label), `: ${words}`] : []));
  showParts(parts, result);
}

/** @param {import("../shared/verdict.js").Parts} parts @param {RunResult} result */
function showParts(parts, { score, detector }) {
  const texts = /** @type {Record<string, string>} */ ({ st: scoreText(parts.st), stae: signedText(parts.stae), map: scoreText(parts.map),
    global: detector.globalHead ? signedText(parts.global) : "no global head", score: scoreText(score) });
  for (const row of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#parts [data-part]"))) {
    const value = row.querySelector("dd");
    if (value) value.textContent = texts[/** @type {string} */ (row.dataset.part)];
  }
}

/** What is known of a picture that no model looks at. @param {Picture} picture */
export function showUnjudged(picture) {
  byId("sentence").textContent = `${picture.description.replace(/[.\s]+$/, "")}: there is no model for ${title(picture.category).toLowerCase()} yet.`;
  byId("why").textContent = "The image is shown, but nothing judges it. A model file (.safetensors) can be opened below the gallery.";
  for (const value of document.querySelectorAll("#parts dd, .timings td")) value.textContent = "–";
  for (const id of ["threshold-value", "pair-note", "time-engine"]) byId(id).textContent = "";
  byId("scores").replaceChildren();
  /** @type {HTMLInputElement} */ (byId("threshold")).disabled = true;
  showModelProgress(null);
  for (const mark of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".gauge-mark"))) mark.hidden = true;
  for (const canvas of /** @type {NodeListOf<HTMLCanvasElement>} */ (document.querySelectorAll("canvas[data-map], canvas[data-variant]"))) {
    canvas.width = canvas.height; // empties it
  }
}

/** @param {string} text */
export function showWaiting(text) {
  byId("sentence").textContent = text;
  byId("why").textContent = "";
}

/** Progress of a model's download; null: none. @param {import("../shared/protocol.js").Progress | null} progress */
export function showModelProgress(progress) {
  const bar = /** @type {HTMLProgressElement} */ (byId("model-progress"));
  bar.hidden = progress === null;
  if (progress && progress.total > 0) bar.value = progress.loaded / progress.total;
}

/** One row a model; a model that has not run yet has dashes. @param {Results} results @param {Record<string, string>} names
 * of the models that there are, by variant @param {ThresholdOf} thresholdOf */
export function showScores(results, names, thresholdOf) {
  const rows = Object.entries(names).map(([variant, name]) => {
    const result = results[variant];
    const cell = (/** @type {string} */ what, /** @type {string} */ text, className = "") =>
      make("td", { "data-testid": `${what}-${variant}`, class: className }, text);
    const alarm = result ? result.score > thresholdOf(variant) : false;
    return make("tr", { "data-variant": variant },
      make("th", { scope: "row" }, name),
      cell("score", result ? scoreText(result.score) : "–"),
      cell("threshold", result ? scoreText(thresholdOf(variant)) : "–"),
      cell("says", result ? (alarm ? "anomaly" : "normal") : "–", result ? (alarm ? "alarm" : "calm") : ""));
  });
  const { margin, plain } = results;
  if (margin && plain) {
    rows.push(make("tr", {}, make("th", { scope: "row", class: "bare" }, "Difference"),
      make("td", { "data-testid": "score-difference" }, signedText(margin.score - plain.score)),
      make("td", { "data-testid": "threshold-difference" }, signedText(thresholdOf("margin") - thresholdOf("plain"))), make("td")));
  }
  byId("scores").replaceChildren(...rows);
  // On the gauge every model's own threshold lies in the middle.
  for (const mark of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".gauge-mark"))) {
    const variant = /** @type {string} */ (mark.dataset.variant);
    const result = results[variant];
    mark.hidden = !result;
    if (result) mark.style.left = `${100 * gaugePosition(result.score, thresholdOf(variant))}%`;
  }
}

/** 0 at no score, 1/2 at the threshold, 1 at twice the threshold and beyond. @param {number} score @param {number} threshold */
function gaugePosition(score, threshold) {
  return threshold > 0 ? Math.min(1, Math.max(0, score / (2 * threshold))) : Number(score > threshold);
}

/** Margin's map less plain's, cell by cell. @param {Results} results @param {import("../shared/protocol.js").MapName} map
 * @returns {Float32Array | null} null: one of them has not run */
export function differenceMap({ margin, plain }, map) {
  if (!margin || !plain) return null;
  return margin.maps[map].map((value, i) => value - plain.maps[map][i]);
}

/** The small maps: the three of the model shown, and one of each model. @param {RunResult} shown @param {Results} results
 * @param {import("../shared/protocol.js").MapName} map @param {Uint8Array} palette @param {number} mapThreshold  the middle of their colours */
export function showSmallMaps(shown, results, map, palette, mapThreshold) {
  const paint = (/** @type {HTMLCanvasElement} */ canvas, /** @type {Float32Array} */ values) =>
    paintMap(canvas, values, shown.mapSize, shown.mapSize, palette, scaleFor(mapThreshold), false);
  const canvases = (/** @type {string} */ what) => /** @type {NodeListOf<HTMLCanvasElement>} */ (document.querySelectorAll(`canvas[data-${what}]`));
  for (const canvas of canvases("map")) paint(canvas, shown.maps[/** @type {"st"} */ (canvas.dataset.map)]);
  const difference = differenceMap(results, map);
  for (const canvas of canvases("variant")) {
    const variant = /** @type {string} */ (canvas.dataset.variant);
    const result = results[variant];
    if (variant === "difference" && difference) paintDifference(canvas, difference, shown.mapSize, shown.mapSize, mapThreshold, false);
    else if (result) paint(canvas, result.maps[map]);
  }
  byId("pair-note").textContent = difference ? `Largest difference in this map: ${scoreText(difference.reduce((most, v) => Math.max(most, Math.abs(v)), 0))}.` : "";
}

/** @param {Picture} picture */
export function showTruth(picture) {
  byId("truth").hidden = picture.class === "yours";
  byId("truth-rule-name").textContent = picture.class === "good" || picture.class === "yours" ? "Rule" : "Rule that is broken";
  byId("truth-rule").textContent = picture.rule || "–";
  byId("truth-shown").textContent = picture.class === "good" ? "A normal image: nothing is wrong." : picture.description;
}

/** @param {RunResult} result @param {import("../shared/protocol.js").HelloResult} engine */
export function showTimings({ timings: { decodeMs, resizeMs, networksMs, mapsMs } }, engine) {
  byId("time-decode").textContent = msText(decodeMs);
  byId("time-resize").textContent = msText(resizeMs);
  byId("time-networks").textContent = msText(networksMs);
  byId("time-maps").textContent = msText(mapsMs);
  byId("time-total").textContent = msText(decodeMs + resizeMs + networksMs + mapsMs);
  byId("time-engine").textContent = `On ${engine.threads === 1 ? "one thread" : `${engine.threads} threads`}, ${engine.isa.startsWith("wasm-") ? "with SIMD" : `kernels ${engine.isa}`}.`;
}
