// @ts-check
/** What is read off an image: the sentence, scores of both models, rule, times. */
import { findingWords, msText, scoreText } from "../shared/words.js";
import { byId, make } from "./dom.js";

/** @typedef {import("./library.js").Picture} Picture */
/** @typedef {import("../shared/protocol.js").RunResult} RunResult */

/** @param {Picture} picture @param {RunResult} result */
export function showSentence(picture, { score, detector: { threshold } }) {
  const { lead, numbers, finding, tone } = findingWords(picture, score, threshold);
  byId("sentence").replaceChildren(`${lead}: ${numbers} `,
    make("strong", { class: tone, "data-testid": "verdict" }, finding), ".");
}

/** @param {string} text */
export function showWaiting(text) {
  byId("sentence").textContent = text;
}

/** Progress of a model's download; null: none. @param {import("../shared/protocol.js").Progress | null} progress */
export function showModelProgress(progress) {
  const bar = /** @type {HTMLProgressElement} */ (byId("model-progress"));
  bar.hidden = progress === null;
  if (progress && progress.total > 0) bar.value = progress.loaded / progress.total;
}

/** One row a model; a model that has not run yet has dashes. @param {Partial<Record<string, RunResult>>} results
 * @param {Record<string, string>} names  of the models that there are, by variant */
export function showScores(results, names) {
  byId("scores").replaceChildren(...Object.entries(names).map(([variant, name]) => {
    const result = results[variant];
    const cell = (/** @type {string} */ what, /** @type {string} */ text, className = "") =>
      make("td", { "data-testid": `${what}-${variant}`, class: className }, text);
    const alarm = result ? result.score > result.detector.threshold : false;
    return make("tr", { "data-variant": variant },
      make("th", { scope: "row" }, name),
      cell("score", result ? scoreText(result.score) : "–"),
      cell("threshold", result ? scoreText(result.detector.threshold) : "–"),
      cell("says", result ? (alarm ? "anomaly" : "normal") : "–", result ? (alarm ? "alarm" : "calm") : ""));
  }));
  // On the gauge every model's own threshold lies in the middle.
  for (const mark of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".gauge-mark"))) {
    const result = results[/** @type {string} */ (mark.dataset.variant)];
    mark.hidden = !result;
    if (result) mark.style.left = `${100 * gaugePosition(result.score, result.detector.threshold)}%`;
  }
}

/** 0 at no score, 1/2 at the threshold, 1 at twice the threshold and beyond. @param {number} score
 * @param {number} threshold */
function gaugePosition(score, threshold) {
  return threshold > 0 ? Math.min(1, Math.max(0, score / (2 * threshold))) : Number(score > threshold);
}

/** @param {Picture} picture */
export function showTruth(picture) {
  byId("truth").hidden = picture.class === "yours";
  byId("truth-rule").textContent = picture.rule;
  byId("truth-shown").textContent = picture.class === "good" ? "A normal image: nothing is wrong." : picture.description;
}

/** @param {import("../shared/protocol.js").Timings} timings */
export function showTimings({ decodeMs, resizeMs, networksMs, mapsMs }) {
  byId("time-decode").textContent = msText(decodeMs);
  byId("time-resize").textContent = msText(resizeMs);
  byId("time-networks").textContent = msText(networksMs);
  byId("time-maps").textContent = msText(mapsMs);
  byId("time-total").textContent = msText(decodeMs + resizeMs + networksMs + mapsMs);
}
