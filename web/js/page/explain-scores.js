// @ts-check
/** Scores of the bundled images under both models, kept in the browser; histograms, and a threshold from a rate. */
import { aurocText, differenceText, scoreText } from "../shared/words.js";
import { byId, make, notice } from "./dom.js";
import { drawHistograms } from "./evaluate_histograms.js";
import { CLASSES, VARIANTS, fetchBytes, title } from "./library.js";

/** @typedef {import("./library.js").Picture} Picture */
/** @typedef {{variant: string, threshold: number, scores: number[]}} Scored */
/** @typedef {{category: string, pictures: Picture[], models: Scored[]}} CategoryScores */

export class SubsetScores {
  #client;
  #library;
  #onReady;
  /** @type {CategoryScores | null} */ #shown = null;
  /** @type {AbortController | null} */ #abort = null;
  /** @type {() => void} */ #takeAway = () => undefined;
  #rate = /** @type {HTMLInputElement} */ (byId("explain-rate"));

  /** @param {import("./client.js").Client} client @param {import("./library.js").Library} library
   * @param {(scores: CategoryScores) => void} onReady */
  constructor(client, library, onReady) {
    this.#client = client;
    this.#library = library;
    this.#onReady = onReady;
    this.#rate.addEventListener("input", () => this.#threshold().catch((error) => notice(error.message)));
  }

  /** @param {string} category */
  async open(category) {
    if (this.#shown?.category === category) return;
    this.#abort?.abort();
    const { signal } = this.#abort = new AbortController();
    const { pictures, dataHash } = this.#library.category(category);
    byId("explain-scores").hidden = true;
    const variants = VARIANTS.filter((variant) => this.#library.model(category, variant));
    /** @type {Scored[]} */ const models = [];
    for (const variant of variants) models.push(await this.#score(category, variant, dataHash, pictures, models.length, variants.length, signal));
    if (signal.aborted) return; // another category was chosen, or another view
    this.#shown = { category, pictures, models };
    byId("explain-progress").hidden = true;
    byId("explain-progress-text").textContent = "";
    byId("explain-scores").hidden = false;
    await this.#figures(this.#shown);
    await this.#threshold();
    this.#onReady(this.#shown);
  }

  close() {
    this.#abort?.abort();
  }

  /** @param {string} category @param {import("./library.js").Variant} variant @param {string} dataHash @param {Picture[]} pictures
   * @param {number} done @param {number} of @param {AbortSignal} signal @returns {Promise<Scored>} */
  async #score(category, variant, dataHash, pictures, done, of, signal) {
    const model = /** @type {import("../shared/protocol.js").ModelRef} */ (this.#library.model(category, variant));
    const key = `lad-scores/${model.sha256}/${dataHash}`; // of exactly this model on exactly these images
    const kept = readKept(key, pictures.length);
    if (kept) return { variant, ...kept };
    /** @type {number[]} */ const scores = [];
    let threshold = NaN;
    for (const picture of pictures) {
      if (signal.aborted) break;
      const bytes = await fetchBytes(picture.url);
      const result = await this.#client.run({ model, image: { kind: "encoded", bytes, name: picture.id } });
      scores.push(result.score);
      threshold = result.detector.threshold;
      showProgress((done + scores.length / pictures.length) / of, `${title(variant)}: ${scores.length} of ${pictures.length} images`);
    }
    if (!signal.aborted) keep(key, { threshold, scores });
    return { variant, threshold, scores };
  }

  /** @param {CategoryScores} shown */
  async #figures({ pictures, models }) {
    const labels = pictures.map((picture) => CLASSES.indexOf(/** @type {any} */ (picture.class)));
    const summaries = await Promise.all(models.map(({ scores, threshold }) => this.#client.request("figures", { scores, labels, threshold })));
    this.#takeAway();
    this.#takeAway = drawHistograms(byId("explain-histograms"), /** @type {any} */ ({ entries: labels.map((label) => ({ label })),
      contenders: models.map(({ variant, scores, threshold }) => ({ key: `explain-${variant}`, title: `${variant} model`, scores, detector: { threshold } })) }));
    const rows = /** @type {const} */ ([["logical", "Logical"], ["structural", "Structural"]]).map(([key, name]) => make("tr", {}, make("th", { scope: "row" }, name),
      ...models.map(({ variant }, i) => make("td", { "data-testid": `explain-auroc-${key}-${variant}` },
        `${aurocText(summaries[i].summary.auroc[key])} (${aurocText(summaries[i].summary.low[key])} to ${aurocText(summaries[i].summary.high[key])})`))));
    byId("explain-auroc-head").replaceChildren(make("th", { scope: "col" }, "Good against"), ...models.map(({ variant }) => make("th", { scope: "col" }, title(variant))));
    byId("explain-auroc").replaceChildren(...rows);
    const [margin, plain] = VARIANTS.map((variant) => models.find((model) => model.variant === variant));
    byId("explain-margin-says").textContent = marginSays(margin && plain
      ? await this.#client.request("compare", { first: margin.scores, second: plain.scores, labels }) : null);
  }

  /** What a wanted rate of false alarms leads to. */
  async #threshold() {
    const shown = this.#shown;
    if (!shown) return;
    const rate = this.#rate.valueAsNumber / 100;
    const { variant, scores, threshold: shipped } = shown.models[0];
    const of = (/** @type {string} */ name) => scores.filter((_, i) => shown.pictures[i].class === name);
    const good = of("good");
    const { threshold, bound } = await this.#client.request("conformal", { scores: good, rate });
    const over = (/** @type {number[]} */ list) => `${list.filter((score) => score > threshold).length} of ${list.length}`;
    byId("explain-rate-value").textContent = `${this.#rate.value} %`;
    byId("explain-threshold").textContent = scoreText(threshold);
    byId("explain-bound").textContent = `${(100 * bound).toFixed(1)} %`;
    byId("explain-false").textContent = over(good);
    byId("explain-found-logical").textContent = over(of("logical"));
    byId("explain-found-structural").textContent = over(of("structural"));
    byId("explain-threshold-note").textContent = `${good.length} good images, ${variant} model. `
      + (bound > rate + 1e-9 ? `So few images cannot promise ${this.#rate.value} %: even the highest score of them all only promises ${(100 * bound).toFixed(1)} %. ` : "")
      + `The shipped threshold, ${scoreText(shipped)}, comes from validation images that are not here.`;
  }
}

/** In words what the two models' difference says; from the figures alone.
 * @param {import("../worker/metrics.js").Difference | null} difference  null: there is only one model */
function marginSays(difference) {
  if (!difference) return "There is only one model of this category, so that there is nothing to compare.";
  const { value, low, high } = difference;
  return `On logical anomalies the margin model is ${differenceText(value.logical)} from the plain one `
    + `(${differenceText(low.logical)} to ${differenceText(high.logical)} when the same images are drawn for both). `
    + (low.logical > 0 || high.logical < 0 ? "The interval does not hold 0: the difference is more than the choice of images explains."
      : "The interval holds 0: on these few images that is no more than chance could do.");
}

/** @param {number} share @param {string} text */
function showProgress(share, text) {
  const bar = /** @type {HTMLProgressElement} */ (byId("explain-progress"));
  bar.hidden = false;
  bar.value = share;
  byId("explain-progress-text").textContent = text;
}

/** @param {string} key @param {number} count @returns {{threshold: number, scores: number[]} | null} */
function readKept(key, count) {
  try {
    const { threshold, scores } = JSON.parse(localStorage.getItem(key) ?? "null") ?? {};
    const sound = Array.isArray(scores) && scores.length === count && [threshold, ...scores].every(Number.isFinite);
    return sound ? { threshold, scores } : null;
  } catch {
    return null; // no storage in this window, or somebody else's entry
  }
}

/** @param {string} key @param {{threshold: number, scores: number[]}} value */
function keep(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // computed again next time
  }
}
