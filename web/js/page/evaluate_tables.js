// @ts-check
/** Tables of an evaluation: AUROC, AU-sPRO, and the confusion at each detector's threshold. */
import { LABELS } from "../eval/data_set.js";
import { SPRO_LIMITS } from "../shared/protocol.js";
import { aurocText, differenceText, scoreText } from "../shared/words.js";
import { make } from "./dom.js";

/** @typedef {import("../eval/measure.js").Outcome} Outcome */
/** @typedef {Outcome["contenders"][0]} Contender */
/** Two detectors whose figures are subtracted. @typedef {{key: string, title: string, first: number, second: number}} Pair */

const AUROCS = /** @type {const} */ ([
  ["logical", "Logical"], ["structural", "Structural"], ["mean", "Mean"], ["pooled", "Pooled"]]);
const HEADLINE_LIMIT = 0.05;

/** @param {Outcome} outcome @returns {HTMLElement[]} */
export function figureTables(outcome) {
  return [aurocTable(outcome), sproTable(outcome), confusionTable(outcome)].map((part) => make("div", { class: "scrolling", tabindex: "0" }, part));
}

/** What is compared with what. @param {Contender[]} contenders @returns {Pair[]} */
function pairsOf(contenders) {
  const at = (/** @type {string} */ key) => contenders.findIndex((contender) => contender.key === key);
  const [margin, plain, own] = ["margin", "plain", "own"].map(at);
  const pairs = [];
  if (margin >= 0 && plain >= 0) pairs.push({ key: "difference", title: "Margin − plain", first: margin, second: plain });
  const rival = margin >= 0 ? margin : plain;
  if (own >= 0 && rival >= 0) pairs.push({ key: "own-difference", title: `Yours − ${contenders[rival].key}`, first: own, second: rival });
  return pairs;
}

/** @param {Outcome} outcome */
function aurocTable({ contenders }) {
  const pairs = pairsOf(contenders);
  const rows = AUROCS.map(([key, name]) => {
    const values = contenders.map(({ summary }) => summary.auroc[key]);
    const cells = contenders.map(({ key: who, summary: { low, high } }, i) => make("td", {},
      make("b", { "data-testid": `auroc-${key}-${who}` }, aurocText(values[i])),
      make("small", { "data-testid": `interval-${key}-${who}` }, Number.isFinite(values[i])
        ? `${aurocText(low[key])} to ${aurocText(high[key])}` : "no such images")));
    return row(name, cells, differences(pairs, values, `auroc-${key}`), key === "mean");
  });
  return table("aurocs", "AUROC, with 95 % bootstrap intervals", "Good against", contenders, pairs, rows);
}

/** @param {Outcome} outcome */
function sproTable({ contenders, localize }) {
  const caption = "AU-sPRO";
  if (localize || !contenders[0].spro) {
    return make("div", { class: "table-note" }, make("h3", {}, caption),
      make("p", { "data-testid": "spro-missing" }, `Not measured. ${localize}`));
  }
  const pairs = pairsOf(contenders);
  const values = (/** @type {number} */ limit, /** @type {string} */ key) => contenders.map(({ spro }) => {
    const [logical, structural] = /** @type {Float64Array} */ (spro).subarray(2 * limit, 2 * limit + 2);
    return key === "logical" ? logical : key === "structural" ? structural : (logical + structural) / 2;
  });
  const line = (/** @type {string} */ name, /** @type {string} */ id, /** @type {number[]} */ figures, headline = false) =>
    row(name, contenders.map(({ key }, i) => make("td", {}, make("b", { "data-testid": `${id}-${key}` }, aurocText(figures[i])))),
      differences(pairs, figures, id), headline);
  const at = SPRO_LIMITS.indexOf(HEADLINE_LIMIT);
  const rows = [["logical", "Logical"], ["structural", "Structural"], ["mean", "Mean"]].map(([key, name]) =>
    line(name, `spro-${key}`, values(at, key), key === "mean"));
  const others = SPRO_LIMITS.map((limit, i) => line(`Mean, FPR ≤ ${100 * limit} %`, `spro-${limit}-mean`, values(i, "mean")))
    .filter((_, i) => i !== at);
  const shown = table("spro", `${caption} (FPR ≤ 5 %)`, "Class", contenders, pairs, rows);
  shown.append(make("tbody", { class: "minor" }, ...others));
  return shown;
}

/** @param {Outcome} outcome */
function confusionTable({ contenders }) {
  const names = ["Good", "Logical", "Structural"];
  const head = make("thead", {},
    make("tr", {}, make("td", {}), ...contenders.map(({ title: name, detector }) =>
      make("th", { scope: "colgroup", colspan: "2" }, name, make("small", {}, ` over ${scoreText(detector.threshold)}`)))),
    make("tr", {}, make("th", { scope: "col" }, "In truth"), ...contenders.flatMap(() =>
      [make("th", { scope: "col" }, "Flagged"), make("th", { scope: "col" }, "Passed")])));
  const rows = LABELS.map((key, label) => make("tr", {}, make("th", { scope: "row" }, names[label]),
    ...contenders.flatMap(({ key: who, summary: { flagged, counts } }) => {
      const [hit, missed] = [flagged[key], counts[key] - flagged[key]];
      const tone = (/** @type {boolean} */ wrong) => (wrong ? "wrong" : "");
      return [make("td", { "data-testid": `flagged-${key}-${who}`, class: tone(label === 0 && hit > 0) }, String(hit)),
        make("td", { "data-testid": `passed-${key}-${who}`, class: tone(label !== 0 && missed > 0) }, String(missed))];
    })));
  return make("table", { class: "confusion" }, make("caption", {}, "Confusion at each detector’s threshold"), head,
    make("tbody", {}, ...rows));
}

/** @param {string} name @param {string} caption @param {string} corner @param {Contender[]} contenders @param {Pair[]} pairs
 * @param {HTMLElement[]} rows */
function table(name, caption, corner, contenders, pairs, rows) {
  const titles = [...contenders.map(({ title }) => title), ...pairs.map(({ title }) => title)];
  return make("table", { class: name }, make("caption", {}, caption),
    make("thead", {}, make("tr", {}, make("th", { scope: "col" }, corner), ...titles.map((text) => make("th", { scope: "col" }, text)))),
    make("tbody", {}, ...rows));
}

/** @param {string} name @param {HTMLElement[]} cells @param {HTMLElement[]} more @param {boolean} headline */
function row(name, cells, more, headline) {
  return make("tr", headline ? { class: "headline" } : {}, make("th", { scope: "row" }, name), ...cells, ...more);
}

/** @param {Pair[]} pairs @param {number[]} values @param {string} id */
function differences(pairs, values, id) {
  return pairs.map(({ key, first, second }) => {
    const difference = values[first] - values[second];
    const tone = difference > 5e-5 ? "calm" : difference < -5e-5 ? "alarm" : "";
    return make("td", { "data-testid": `${id}-${key}`, class: tone }, differenceText(difference));
  });
}
