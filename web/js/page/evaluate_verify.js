// @ts-check
/** Verifying a report: its figures from its own scores, then its scores from its model and data, all anew. */
import { countText } from "../eval/data_set.js";
import { csvText } from "../eval/csv.js";
import { measure } from "../eval/measure.js";
import { compareFigures, compareScores, figuresOf, figuresOfSummary, scoreTolerance } from "../eval/report.js";
import { deviationText, scoreText } from "../shared/words.js";
import { byId, make } from "./dom.js";
import { link } from "./evaluate_results.js";
import { VARIANTS, title } from "./library.js";

/** @typedef {import("../eval/report.js").Report} Report */
/** @typedef {import("../eval/data_set.js").DataSet} DataSet */
/** @typedef {import("../eval/measure.js").Contender} Contender */
/** @typedef {{signal: AbortSignal, onProgress: (progress: import("../eval/measure.js").Progress) => void}} Options */

const FIGURE_TOLERANCE = 5e-5; // of AUROC and AU-sPRO: four digits
const IMAGES_SHOWN = 12;

export class Verification {
  #client;
  #library;
  #url = "";

  /** @param {import("./client.js").Client} client @param {import("./library.js").Library} library */
  constructor(client, library) {
    this.#client = client;
    this.#library = library;
  }

  /** @param {Report} report @param {DataSet[]} dataSets  all there are @param {Contender | null} own  a person's detector
   * @param {DataSet} shown  the one chosen @param {Options} options */
  async verify(report, dataSets, own, shown, options) {
    byId("verification").hidden = false;
    byId("verification-title").textContent = `Verification of ${report.name}`;
    byId("verification-checks").replaceChildren();
    byId("verification-tables").replaceChildren();
    say("", `${report.images.length} scores of ${report.model.name} on ${report.data.name} are being computed again…`);
    try {
      const figuresHold = await this.#checkFigures(report, options.signal);
      const model = this.#model(report, own);
      check("model", model ? "pass" : "open", model ? `The detector is here: ${model.title}, with the same SHA-256.`
        : `The detector ${report.model.name} (SHA-256 ${report.model.sha256.slice(0, 12)}…) is not here: give the page its file first.`);
      const data = dataOf(report, dataSets, shown);
      if (!data) check("data", "open", `The images of ${report.data.name} (hash ${report.data.hash}) are not here: open their folder or ZIP first.`);
      if (!model || !data) {
        return say(figuresHold ? "open" : "fail", figuresHold ? "The figures follow from the scores; the scores themselves could not be checked here."
          : "The figures do not follow from the scores that the report lists.");
      }
      await this.#checkScores(report, model, data, figuresHold, options);
    } catch (error) {
      byId("verification").hidden = true;
      throw error;
    }
  }

  /** @param {Report} report @param {AbortSignal} signal */
  async #checkFigures({ images, threshold, seed, figures }, signal) {
    const { summary } = await this.#client.request("figures", { threshold, seed, scores: images.map(({ score }) => score),
      labels: images.map(({ label }) => label) }, { signal });
    const compared = compareFigures(figures, figuresOfSummary(summary));
    const wrong = compared.filter(({ off }) => off !== 0);
    check("figures", wrong.length === 0 ? "pass" : "fail", wrong.length === 0
      ? `All ${compared.length} figures follow from the listed scores, digit for digit.`
      : `${wrong.length} of ${compared.length} figures do not follow from the listed scores: ${wrong.slice(0, 3).map(({ name, claimed, found }) =>
        `${name} is said to be ${claimed}, but is ${found}`).join("; ")}.`);
    return wrong.length === 0;
  }

  /** @param {Report} report @param {Contender | null} own @returns {Contender | null} */
  #model({ model: { sha256 } }, own) {
    if (own?.model.sha256 === sha256) return own;
    for (const { name } of this.#library.categories) {
      for (const variant of VARIANTS) {
        const model = this.#library.model(name, variant);
        if (model?.sha256 === sha256) return { key: variant, title: `${title(name)}, ${variant}`, model };
      }
    }
    return null;
  }

  /** @param {Report} report @param {Contender} model @param {DataSet} data @param {boolean} figuresHold @param {Options} options */
  async #checkScores(report, model, data, figuresHold, options) {
    const { contenders: [found], dataHash, entries } = await measure(this.#client, data, [model], options);
    const sameData = dataHash === report.data.hash;
    check("data", sameData ? "pass" : "fail", sameData ? `The images are the same: hash ${dataHash}.`
      : `The images are others: ${data.name} (${countText(data)}) has the hash ${dataHash}, the report says ${report.data.hash}.`);
    const scores = new Map(entries.map(({ id, label }, i) => [id, { label, score: found.scores[i] }]));
    const images = compareScores(report.images, scores);
    const tolerance = scoreTolerance(report.images);
    const off = images.filter((image) => !(image.off <= tolerance));
    const more = entries.length - images.filter((image) => image.found !== null).length;
    check("scores", off.length === 0 && more === 0 ? "pass" : "fail", off.length === 0 && more === 0
      ? `All ${images.length} scores agree: the largest deviation is ${deviationText(images[0].off)} (${images[0].id}), allowed ${deviationText(tolerance)}.`
      : `${off.length} of ${images.length} scores deviate by more than ${deviationText(tolerance)} or have no such image`
        + `${more > 0 ? `, and ${more} images are not in the report` : ""}.`);
    const figures = compareFigures(report.figures, figuresOf(JSON.parse(found.report)));
    const wrong = figures.filter((figure) => !(figure.off <= FIGURE_TOLERANCE));
    check("recomputed", wrong.length === 0 ? "pass" : "fail", wrong.length === 0
      ? `All ${figures.length} figures come out the same, to four digits.` : `${wrong.length} of ${figures.length} figures come out otherwise.`);
    byId("verification-tables").replaceChildren(figureTable(figures), this.#imageTable(report, images));
    const holds = figuresHold && sameData && off.length === 0 && more === 0 && wrong.length === 0;
    say(holds ? "pass" : "fail", holds ? `The report holds: ${found.title} gives the same scores and figures on the same images.`
      : "The report does not hold: see what differs.");
  }

  /** @param {Report} report @param {ReturnType<typeof compareScores>} images */
  #imageTable(report, images) {
    const rows = images.slice(0, IMAGES_SHOWN).map(({ id, claimed, found, off }) => make("tr", {},
      make("th", { scope: "row" }, id), make("td", {}, scoreText(claimed)), make("td", {}, found === null ? "–" : scoreText(found)),
      make("td", { "data-testid": "verification-image-deviation" }, deviationText(off))));
    const csv = csvText([["id", "reported", "recomputed", "deviation"],
      ...images.map(({ id, claimed, found, off }) => [id, claimed, found ?? "", Number.isFinite(off) ? off : ""])]);
    URL.revokeObjectURL(this.#url);
    const all = link("verification-csv", `All ${images.length} (CSV)`, `verification-${report.data.name}.csv`, "text/csv", csv);
    this.#url = all.href;
    return make("div", {}, tableOf("The largest deviations", ["Image", "Reported", "Recomputed", "Deviation"], rows), all);
  }
}

/** The data set with that hash; else one of a person's with the same name or as many images, whose hash is not known yet.
 * @param {Report} report @param {DataSet[]} dataSets @param {DataSet} shown */
function dataOf({ data: { name, hash } }, dataSets, shown) {
  return dataSets.find((data) => data.dataHash === hash) ?? (shown.own ? shown : null)
    ?? dataSets.find((data) => data.own && data.name === name) ?? dataSets.find((data) => data.name === name) ?? null;
}

/** @param {ReturnType<typeof compareFigures>} figures */
function figureTable(figures) {
  const text = (/** @type {number | null} */ value) => (value === null ? "–" : Number.isInteger(value) ? String(value) : value.toFixed(6));
  const rows = figures.map(({ name, claimed, found, off }) => make("tr", {}, make("th", { scope: "row" }, name),
    make("td", {}, text(claimed)), make("td", { "data-testid": `verified-${name}` }, text(found)), make("td", {}, deviationText(off))));
  return make("details", {}, make("summary", { "data-testid": "verification-figures" }, `All ${figures.length} figures, reported and recomputed`), tableOf("Figures", ["Figure", "Reported", "Recomputed", "Deviation"], rows));
}

/** @param {string} caption @param {string[]} head @param {HTMLElement[]} rows */
function tableOf(caption, head, rows) {
  return make("table", {}, make("caption", {}, caption),
    make("thead", {}, make("tr", {}, ...head.map((text) => make("th", { scope: "col" }, text)))), make("tbody", {}, ...rows));
}

/** @param {string} name @param {"pass" | "fail" | "open"} state @param {string} sentence */
function check(name, state, sentence) {
  const mark = { pass: "✓", fail: "✗", open: "?" }[state];
  const word = { pass: "holds", fail: "does not hold", open: "open" }[state];
  byId("verification-checks").append(make("li", { class: state, "data-testid": `check-${name}`, "data-state": state },
    make("span", { "aria-hidden": "true", class: "mark" }, mark), make("span", { class: "visually-hidden" }, `${word}: `), sentence));
}

/** @param {"pass" | "fail" | "open" | ""} state @param {string} sentence */
function say(state, sentence) {
  const lead = byId("verification-lead");
  lead.textContent = sentence;
  lead.dataset.state = state;
}
