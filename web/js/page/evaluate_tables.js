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
  const parts = [aurocTable(outcome), sproTable(outcome), ...kindTable(outcome, 1), ...kindTable(outcome, 2), confusionTable(outcome)];
  return parts.map((part) => make("div", { class: "scrolling", tabindex: "0" }, part));
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
function aurocTable({ contenders, differences: paired }) {
  const pairs = pairsOf(contenders);
  const interval = (/** @type {Pair} */ { key: pair, first, second }, /** @type {string} */ key) => {
    const { low, high } = /** @type {import("../worker/metrics.js").Difference} */ (paired[first][second]);
    return Number.isFinite(low[key]) ? make("small", { "data-testid": `interval-${key}-${pair}` }, `${differenceText(low[key])} to ${differenceText(high[key])}`) : "";
  };
  const rows = AUROCS.map(([key, name]) => {
    const values = contenders.map(({ summary }) => summary.auroc[key]);
    const cells = contenders.map(({ key: who, summary: { low, high } }, i) => make("td", {},
      make("b", { "data-testid": `auroc-${key}-${who}` }, aurocText(values[i])),
      make("small", { "data-testid": `interval-${key}-${who}` }, Number.isFinite(values[i])
        ? `${aurocText(low[key])} to ${aurocText(high[key])}` : "no such images")));
    return row(name, cells, differences(pairs, values, `auroc-${key}`, (pair) => interval(pair, key)), key === "mean");
  });
  const shown = table("aurocs", "AUROC, with 95 % bootstrap intervals", "Good against", contenders, pairs, rows);
  if (pairs.length === 0) return shown;
  return make("div", {}, shown, make("p", { class: "note", "data-testid": "pair-says" }, pairs.map((pair) => pairWords(pair, contenders,
    /** @type {any} */ (paired[pair.first][pair.second]))).join(" ")));
}

/** Whether a difference is more than chance, from its interval alone. @param {Pair} pair @param {Contender[]} contenders
 * @param {import("../worker/metrics.js").Difference} difference */
function pairWords({ title: name, first, second }, contenders, { low, high }) {
  const key = Number.isFinite(low.mean) ? "mean" : "pooled";
  const better = low[key] > 0 ? contenders[first] : high[key] < 0 ? contenders[second] : null;
  return `${name}: each resample draws the same images for both. ` + (better
    ? `In the ${key} ${better.title.toLowerCase()} is better, by more than the choice of images explains.`
    : `The interval of the ${key} holds 0: on these images neither is better.`);
}

/** Each kind of anomaly of one class against all good images: what is found and what is not. @param {Outcome} outcome
 * @param {1 | 2} label @returns {HTMLElement[]} none without such kinds */
function kindTable({ contenders, kinds, entries }, label) {
  const good = entries.filter((entry) => entry.label === 0).length;
  const pairs = pairsOf(contenders);
  const rows = (kinds[0] ?? []).flatMap((kind, k) => {
    if (kind.label !== label) return [];
    const values = kinds.map((of) => of[k].auroc);
    const id = `kind-${LABELS[label]}-${kind.name}`;
    const cells = contenders.map(({ key }, i) => make("td", { "data-testid": `${id}-${key}` }, aurocText(values[i])));
    return [row(kind.name.replaceAll("_", " "), [make("td", {}, String(kind.images)), ...cells], differences(pairs, values, id), false)];
  });
  const titles = ["Images", ...contenders.map(({ title }) => title), ...pairs.map(({ title }) => title)];
  return rows.length === 0 ? [] : [make("table", { class: "kinds" }, make("caption", {}, `AUROC of each ${LABELS[label]} kind, against ${good} good images`),
    make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Kind of anomaly"), ...titles.map((text) => make("th", { scope: "col" }, text)))),
    make("tbody", {}, ...rows))];
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
  const others = SPRO_LIMITS.map((limit, i) => line(`Mean, FPR\u00a0≤\u00a0${100 * limit}\u00a0%`, `spro-${limit}-mean`, values(i, "mean")))
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

/** @param {Pair[]} pairs @param {number[]} values @param {string} id @param {(pair: Pair) => Node | string} [more] */
function differences(pairs, values, id, more = () => "") {
  return pairs.map((pair) => {
    const { key, first, second } = pair;
    const difference = values[first] - values[second];
    return make("td", {}, make("span", { "data-testid": `${id}-${key}` }, differenceText(difference)), more(pair));
  });
}
