// @ts-check
/** What an evaluation found: tables, curves, the hardest images, files to keep. */
import { aurocText, differenceText, scoreText } from "../shared/words.js";
import { drawCurves } from "./curves.js";
import { byId, make } from "./dom.js";
import { showThumbs } from "./gallery.js";
import { CLASSES, title } from "./library.js";

/** @typedef {import("./library.js").Picture} Picture */
/** @typedef {import("./evaluate.js").Evaluation} Evaluation */

const ROWS = /** @type {const} */ ([
  ["logical", "Logical"], ["structural", "Structural"], ["mean", "Mean of the two"], ["pooled", "Both, pooled"]]);
const LOOK = /** @type {Record<string, {property: string, dash: number[]}>} */ ({
  margin: { property: "--accent", dash: [] }, plain: { property: "--plain", dash: [6, 4] } });
const MISSES_SHOWN = 8;

/** @type {(() => void)[]} */ let takeAway = [];
/** @type {string[]} */ let urls = [];

/** @param {string} category @param {Picture[]} pictures @param {Evaluation[]} evaluations */
export function showResult(category, pictures, evaluations) {
  takeAway.forEach((undo) => undo());
  byId("evaluate-result").hidden = false; // charts need a size
  showAurocs(evaluations);
  showFlagged(evaluations);
  takeAway = /** @type {const} */ (["logical", "structural"]).map((name) => drawRoc(name, evaluations));
  showMisses(pictures, evaluations[0]);
  offerFiles(category, pictures, evaluations);
}

/** @param {Evaluation[]} evaluations */
function showAurocs(evaluations) {
  const [first, second] = ["margin", "plain"].map((name) => evaluations.find((e) => e.variant === name));
  byId("aurocs").replaceChildren(...ROWS.map(([key, name]) => {
    const cells = [["margin", first], ["plain", second]].map(([variant, evaluation]) => {
      const summary = /** @type {Evaluation | undefined} */ (evaluation)?.metrics.summary;
      if (!summary) return make("td", {}, "–");
      return make("td", {},
        make("b", { "data-testid": `auroc-${key}-${variant}` }, aurocText(summary.auroc[key])),
        make("small", { "data-testid": `interval-${key}-${variant}` },
          `${aurocText(summary.low[key])} to ${aurocText(summary.high[key])}`));
    });
    const difference = first && second ? first.metrics.summary.auroc[key] - second.metrics.summary.auroc[key] : NaN;
    return make("tr", key === "mean" ? { class: "headline" } : {}, make("th", { scope: "row" }, name), ...cells,
      make("td", { "data-testid": `auroc-${key}-difference` }, differenceText(difference)));
  }));
}

/** @param {Evaluation[]} evaluations */
function showFlagged(evaluations) {
  const names = { good: "Good (false alarms)", logical: "Logical (found)", structural: "Structural (found)" };
  byId("flagged").replaceChildren(...CLASSES.map((key) => make("tr", {}, make("th", { scope: "row" }, names[key]),
    ...["margin", "plain"].map((variant) => {
      const summary = evaluations.find((e) => e.variant === variant)?.metrics.summary;
      return make("td", { "data-testid": `flagged-${key}-${variant}` },
        summary ? `${summary.flagged[key]} of ${summary.counts[key]}` : "–");
    }))));
}

/** @param {"logical" | "structural"} name @param {Evaluation[]} evaluations @returns {() => void} */
function drawRoc(name, evaluations) {
  const style = getComputedStyle(document.documentElement);
  const curves = evaluations.flatMap(({ variant, metrics: { roc } }) => {
    const points = roc[name];
    if (!points) return [];
    const { property, dash } = LOOK[variant];
    return [{ name: title(variant), roc: points, colour: style.getPropertyValue(property).trim(), dash }];
  });
  return curves.length > 0 ? drawCurves(byId(`roc-${name}`), curves) : () => undefined;
}

/** The anomalies that look most normal to the first model. @param {Picture[]} pictures @param {Evaluation} evaluation */
function showMisses(pictures, { scores }) {
  const score = new Map(pictures.map((picture, i) => [picture, scores[i]]));
  const lowest = pictures.filter((p) => p.class !== "good")
    .sort((a, b) => /** @type {number} */ (score.get(a)) - /** @type {number} */ (score.get(b)))
    .slice(0, MISSES_SHOWN);
  showThumbs(byId("misses"), lowest, (p) => `${scoreText(/** @type {number} */ (score.get(p)))} ${p.class}`);
}

/** @param {string} category @param {Picture[]} pictures @param {Evaluation[]} evaluations */
function offerFiles(category, pictures, evaluations) {
  urls.forEach((url) => URL.revokeObjectURL(url));
  const links = evaluations.flatMap(({ variant, report }) => link(`report-${variant}`, `Report, ${variant} (JSON)`,
    `report-${category}-${variant}.json`, "application/json", report));
  const header = ["id", "class", ...evaluations.map(({ variant }) => `score_${variant}`)];
  const rows = pictures.map((p, i) => [p.id, p.class, ...evaluations.map(({ scores }) => scores[i])]);
  const csv = [header, ...rows].map((row) => `${row.join(",")}\n`).join("");
  links.push(link("report-csv", "Scores (CSV)", `scores-${category}.csv`, "text/csv", csv));
  byId("downloads").replaceChildren(...links);
  urls = links.map((a) => a.href);
}

/** @param {string} testid @param {string} text @param {string} file @param {string} type @param {string} content */
function link(testid, text, file, type, content) {
  const href = URL.createObjectURL(new Blob([content], { type }));
  return make("a", { class: "button", href, download: file, "data-testid": testid }, text);
}
