// @ts-check
/** The Evaluate view: AUROC of both models over the bundled images of a category. */
import { LadError } from "../shared/errors.js";
import { durationText } from "../shared/words.js";
import { byId, notice } from "./dom.js";
import { fillCategories } from "./gallery.js";
import { CLASSES, VARIANTS, fetchBytes, title } from "./library.js";
import { showResult } from "./results.js";
import { formatRoute, replaceRoute } from "./router.js";

/** @typedef {import("./library.js").Picture} Picture */
/** @typedef {import("./library.js").ModelRef} ModelRef */
/** Scores of one model over the pictures, and what follows from them.
 * @typedef {{variant: string, model: ModelRef, scores: number[],
 *   metrics: import("../shared/protocol.js").MetricsResult, report: string}} Evaluation */

/** @param {import("./views.js").Context} context @returns {import("./views.js").View} */
export function createView(context) {
  return new Evaluate(context);
}

class Evaluate {
  #client;
  #library;
  #category;
  #run = byId("evaluate-run");
  #cancel = byId("evaluate-cancel");
  #progress = /** @type {HTMLProgressElement} */ (byId("evaluate-progress"));
  #status = byId("evaluate-status");
  /** @type {AbortController | null} */ #abort = null;

  /** @param {import("./views.js").Context} context */
  constructor({ client, library }) {
    this.#client = client;
    this.#library = library;
    this.#category = fillCategories("evaluate-category", library);
    this.#category.addEventListener("change", () => this.#chosen());
    this.#run.addEventListener("click", () => this.#start());
    this.#cancel.addEventListener("click", () => this.#abort?.abort());
  }

  /** @param {import("./router.js").Route} route */
  open({ path: [category = ""] }) {
    if (this.#abort) return; // it goes on
    this.#category.value = this.#library.category(category || this.#category.value).name;
    this.#chosen();
  }

  #chosen() {
    replaceRoute(formatRoute("evaluate", [this.#category.value], {}));
    const { pictures } = this.#library.category(this.#category.value);
    const result = byId("evaluate-result");
    if (result.dataset.category !== this.#category.value) result.hidden = true;
    if (result.hidden) this.#status.textContent = `${pictures.length} images: ${CLASSES.map((name) =>
      `${pictures.filter((p) => p.class === name).length} ${name}`).join(", ")}.`;
  }

  async #start() {
    const abort = new AbortController();
    this.#abort = abort;
    this.#running(true);
    notice("");
    try {
      await this.#evaluate(this.#category.value, abort.signal);
    } catch (error) {
      const cancelled = error instanceof LadError && error.code === "cancelled";
      this.#status.textContent = cancelled ? "Cancelled." : "";
      if (!cancelled) notice(error instanceof Error ? error.message : String(error));
    } finally {
      this.#abort = null;
      this.#running(false);
    }
  }

  /** @param {boolean} running */
  #running(running) {
    this.#run.hidden = running;
    this.#cancel.hidden = !running;
    this.#progress.hidden = !running;
    this.#category.disabled = running;
    if (running) this.#cancel.focus();
    else if (document.activeElement === document.body) this.#run.focus();
  }

  /** @param {string} category @param {AbortSignal} signal */
  async #evaluate(category, signal) {
    const { pictures } = this.#library.category(category);
    const variants = VARIANTS.filter((variant) => this.#library.model(category, variant));
    if (variants.length === 0) throw new LadError("missing", `There is no model for ${title(category)}.`);
    const started = performance.now();
    const total = variants.length * pictures.length;
    let done = 0;
    const step = () => {
      done++;
      this.#progress.value = done / total;
      const left = ((performance.now() - started) / done) * (total - done) / 1000;
      this.#status.textContent = `${done} of ${total} runs, about ${durationText(left)} left.`;
    };
    const files = await Promise.all(pictures.map((picture) => fetchBytes(picture.url, signal)));
    /** @type {Evaluation[]} */ const evaluations = [];
    for (const variant of variants) {
      const model = /** @type {ModelRef} */ (this.#library.model(category, variant));
      evaluations.push({ variant, model, ...(await this.#score(model, pictures, files, signal, step)) });
    }
    const seconds = (performance.now() - started) / 1000;
    showResult(category, pictures, evaluations);
    byId("evaluate-result").hidden = false;
    byId("evaluate-result").dataset.category = category;
    this.#status.textContent = `${total} runs in ${seconds.toFixed(1)} seconds, `
      + `${Math.round((1000 * seconds) / total)} ms each.`;
  }

  /** @param {ModelRef} model @param {Picture[]} pictures @param {Uint8Array[]} files @param {AbortSignal} signal
   * @param {() => void} step */
  async #score(model, pictures, files, signal, step) {
    /** @type {number[]} */ const scores = [];
    for (const [i, picture] of pictures.entries()) {
      const image = /** @type {const} */ ({ kind: "encoded", bytes: files[i], name: picture.file });
      scores.push((await this.#client.run({ model, image }, { signal })).score);
      step();
    }
    const { dataHash } = this.#library.category(pictures[0].category);
    const metrics = await this.#client.metrics({
      model, scores, dataHash,
      dataName: pictures[0].category,
      labels: pictures.map((p) => CLASSES.indexOf(/** @type {import("./library.js").ClassName} */ (p.class))),
      ids: pictures.map((p) => p.id),
    }, { signal });
    return { scores, metrics, report: metrics.report };
  }
}
