// @ts-check
/** What an evaluation found: a sentence, tables, charts, the worst mistakes, files to keep. */
import { csvText } from "../eval/csv.js";
import { LABELS } from "../eval/data_set.js";
import { percentText } from "../shared/words.js";
import { drawCurves } from "./curves.js";
import { byId, make } from "./dom.js";
import { drawHistograms } from "./evaluate_histograms.js";
import { Misses } from "./evaluate_misses.js";
import { figureTables } from "./evaluate_tables.js";
import { title } from "./library.js";

/** @typedef {import("../eval/measure.js").Outcome} Outcome */

const LOOK = /** @type {Record<string, {property: string, dash: number[]}>} */ ({
  margin: { property: "--accent", dash: [] }, plain: { property: "--plain", dash: [6, 4] }, own: { property: "--ink", dash: [2, 3] } });
const UNREAD_SHOWN = 5;

export class Results {
  #misses;
  /** @type {(() => void)[]} */ #takeAway = [];
  /** @type {string[]} */ #urls = [];
  /** @type {import("../eval/data_set.js").DataSet | null} */ #data = null;

  /** @param {(files: import("./views.js").Given[]) => void} inspect */
  constructor(inspect) {
    this.#misses = new Misses(inspect);
  }

  /** Whether the figures on the page are of this data set. @param {import("../eval/data_set.js").DataSet} data */
  areOf(data) {
    return this.#data === data;
  }

  /** @param {Outcome} outcome */
  show(outcome) {
    this.#takeAway.forEach((undo) => undo());
    this.#data = outcome.data;
    byId("evaluate-result").hidden = false; // charts need a size
    byId("evaluate-headline").replaceChildren(...headline(outcome));
    byId("evaluate-figures").replaceChildren(...figureTables(outcome));
    showUnread(outcome.unread);
    this.#takeAway = [drawRoc("logical", outcome), drawRoc("structural", outcome), drawHistograms(byId("histograms"), outcome)];
    this.#misses.show(outcome);
    this.#offerFiles(outcome);
  }

  /** @param {Outcome} outcome */
  #offerFiles({ data, entries, contenders }) {
    this.#urls.forEach((url) => URL.revokeObjectURL(url));
    const links = contenders.map(({ key, title: name, report }) => link(`report-${key}`, `Report, ${name} (JSON)`,
      `report-${data.name}-${key}.json`, "application/json", report));
    const rows = entries.map(({ id, label }, i) => [id, LABELS[label], ...contenders.map(({ scores }) => scores[i])]);
    const csv = csvText([["id", "class", ...contenders.map(({ key }) => `score_${key}`)], ...rows]);
    links.push(link("report-csv", "Scores (CSV)", `scores-${data.name}.csv`, "text/csv", csv));
    byId("downloads").replaceChildren(...links);
    this.#urls = links.map((a) => a.href);
  }
}

/** "Over pushpins, ..., the margin detector tells good from anomalous in 91.2 % of all pairs." @param {Outcome} outcome */
function headline({ data, entries, contenders }) {
  const name = data.own ? data.name : title(data.name);
  const figure = (/** @type {Outcome["contenders"][0]} */ { key, title: who, summary: { auroc } }, /** @type {number} */ i) => {
    const kind = Number.isFinite(auroc.mean) ? "mean" : "pooled";
    const value = make("strong", { "data-testid": `headline-${key}` }, percentText(auroc[kind]));
    return [i > 0 ? ", " : "", `${who}\u00a0`, value];
  };
  return [`${name}, ${entries.length} images. Mean AUROC: `, ...contenders.flatMap(figure), "."];
}

/** @param {string[]} unread */
function showUnread(unread) {
  const place = byId("evaluate-unread");
  place.hidden = unread.length === 0;
  const more = unread.length > UNREAD_SHOWN ? [`And ${unread.length - UNREAD_SHOWN} more.`] : [];
  const count = unread.length === 1 ? "One image could not be read and is" : `${unread.length} images could not be read and are`;
  place.textContent = [`${count} left out.`, ...unread.slice(0, UNREAD_SHOWN), ...more].join(" ");
}

/** @param {"logical" | "structural"} name @param {Outcome} outcome @returns {() => void} */
function drawRoc(name, { contenders }) {
  const place = byId(`roc-${name}`);
  const curves = contenders.flatMap(({ key, title: who, roc: { [name]: roc } }) => {
    if (!roc) return [];
    const { property, dash } = LOOK[key];
    return [{ name: who, roc, colour: property, dash }];
  });
  if (curves.length > 0) return drawCurves(place, curves);
  place.replaceChildren(make("p", { class: "nothing" }, `There are no good images, or no ${name} ones.`));
  return () => undefined;
}

/** @param {string} testid @param {string} text @param {string} file @param {string} type @param {string} content */
export function link(testid, text, file, type, content) {
  const href = URL.createObjectURL(new Blob([content], { type }));
  return make("a", { class: "button", href, download: file, "data-testid": testid }, text);
}
