// @ts-check
/** The Evaluate view: what to measure and with which detectors, the run, and what is shown of it. */
import { bundledDataSet, countText } from "../eval/data_set.js";
import { measure } from "../eval/measure.js";
import { LadError } from "../shared/errors.js";
import { durationText } from "../shared/words.js";
import { byId, make, notice, say } from "./dom.js";
import { sortFiles } from "./evaluate_files.js";
import { Results } from "./evaluate_results.js";
import { Verification } from "./evaluate_verify.js";
import { listenToInput } from "./intake.js";
import { VARIANTS, fetchBytes, title } from "./library.js";
import { formatRoute, replaceRoute } from "./router.js";

/** @typedef {import("../eval/data_set.js").DataSet} DataSet */
/** @typedef {import("../eval/measure.js").Contender} Contender */

const IMAGE = /\.(png|jpe?g)$/i;

/** @param {import("./views.js").Context} context @returns {import("./views.js").View} */
export function createView(context) {
  return new Evaluate(context);
}

class Evaluate {
  #client;
  #library;
  #inspect;
  #results;
  #verification;
  /** @type {Map<string, DataSet>} */ #data = new Map();
  /** @type {Contender | null} */ #own = null;
  /** @type {Set<string>} */ #unwanted = new Set(); // keys of contenders that were unchecked
  #select = /** @type {HTMLSelectElement} */ (byId("evaluate-category"));
  #modelsOf = /** @type {HTMLSelectElement} */ (byId("evaluate-models-of"));
  #run = /** @type {HTMLButtonElement} */ (byId("evaluate-run"));
  #cancel = byId("evaluate-cancel");
  #progress = /** @type {HTMLProgressElement} */ (byId("evaluate-progress"));
  #status = byId("evaluate-status");
  /** @type {AbortController | null} */ #abort = null;

  /** @param {import("./views.js").Context} context */
  constructor({ client, library, inspect }) {
    this.#client = client;
    this.#library = library;
    this.#inspect = inspect;
    for (const category of library.categories) this.#data.set(category.name, bundledDataSet(category, fetchBytes));
    this.#results = new Results(inspect);
    this.#verification = new Verification(client, library);
    this.#listData();
    this.#modelsOf.append(...library.categories.map(({ name }) => make("option", { value: name }, title(name))));
    this.#select.addEventListener("change", () => this.#chosen());
    this.#modelsOf.addEventListener("change", () => this.#listContenders());
    byId("evaluate-setup").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#start((signal) => this.#evaluate(this.#chosenData(), this.#contenders(), signal));
    });
    this.#cancel.addEventListener("click", () => this.#abort?.abort());
    byId("evaluate-contenders").addEventListener("change", ({ target }) => {
      const { value, checked } = /** @type {HTMLInputElement} */ (target);
      if (checked) this.#unwanted.delete(value);
      else this.#unwanted.add(value);
      this.#run.disabled = this.#contenders().length === 0;
    });
    for (const id of ["evaluate-folder", "evaluate-files"]) {
      listenToInput(/** @type {HTMLInputElement} */ (byId(id)), (files) => this.take(files));
    }
  }

  /** @param {import("./router.js").Route} route */
  open({ path: [category = ""] }) {
    if (this.#abort) return; // it goes on
    if (this.#data.has(category)) this.#select.value = category;
    this.#chosen();
  }

  /** @param {import("./views.js").Given[]} given */
  async take(given) {
    if (this.#abort) return notice("An evaluation is running: cancel it first, or wait for its end.");
    notice("");
    if (given.every(({ path }) => IMAGE.test(path) && !path.includes("/"))) return this.#inspect(given);
    try {
      const { dataSets, model, report } = await sortFiles(given);
      if (model) await this.#takeModel(model);
      for (const data of dataSets) this.#data.set(data.key, data);
      if (dataSets.length > 0) {
        this.#listData();
        this.#select.value = dataSets[0].key;
        this.#chosen();
      }
      if (report) {
        await this.#start((signal) => this.#verification.verify(report, [...this.#data.values()], this.#own, this.#chosenData(),
          { signal, onProgress: (progress) => this.#show(progress) }));
      }
    } catch (error) {
      say(error);
    }
  }

  /** A detector that a person brings takes part once it has been opened. @param {{name: string, bytes: Uint8Array}} file */
  async #takeModel({ name, bytes }) {
    const key = `${name} ${bytes.length} ${performance.now()}`;
    const model = { key, name, bytes };
    const { detectors: [info], session } = await this.#client.request("measure-open", { models: [model], defects: null });
    await this.#client.request("measure-drop", { session });
    this.#own = { key: "own", title: name, model: { ...model, sha256: info.sha256 } };
    this.#unwanted.delete("own");
    this.#listContenders();
    this.#status.textContent = `${name} is ready: ${info.architecture}, made for ${title(info.category || "an unknown category")}.`;
  }

  #listData() {
    const before = this.#select.value;
    const group = (/** @type {string} */ label, /** @type {boolean} */ own) => {
      const options = [...this.#data.values()].filter((data) => data.own === own)
        .map(({ key, name }) => make("option", { value: key }, own ? name : title(name)));
      return options.length > 0 ? [make("optgroup", { label }, ...options)] : [];
    };
    this.#select.replaceChildren(...group("Bundled", false), ...group("Yours", true));
    if (before) this.#select.value = before;
  }

  #chosenData() {
    return /** @type {DataSet} */ (this.#data.get(this.#select.value) ?? this.#data.values().next().value);
  }

  #chosen() {
    const data = this.#chosenData();
    replaceRoute(formatRoute("evaluate", data.own ? [] : [data.name], {}));
    if (!this.#results.areOf(data)) byId("evaluate-result").hidden = true;
    byId("evaluate-counts").textContent = `${countText(data)}${data.defects ? "" : "; without ground truth"}.`;
    const known = this.#library.categories.some(({ name }) => name === data.name);
    byId("evaluate-models-of-field").hidden = known;
    if (known) this.#modelsOf.value = data.name;
    this.#listContenders();
  }

  /** Detectors that can take part. @returns {Contender[]} */
  #available() {
    const shipped = VARIANTS.flatMap((variant) => {
      const model = this.#library.model(this.#modelsOf.value, variant);
      return model ? [{ key: variant, title: title(variant), model }] : [];
    });
    return this.#own ? [...shipped, this.#own] : shipped;
  }

  #contenders() {
    return this.#available().filter(({ key }) => !this.#unwanted.has(key));
  }

  #listContenders() {
    byId("evaluate-contenders").replaceChildren(...this.#available().map(({ key, title: name }) => {
      const box = make("input", { type: "checkbox", value: key, "data-testid": `contender-${key}` });
      box.checked = !this.#unwanted.has(key);
      return make("label", { class: "check" }, box, name);
    }));
    this.#run.disabled = this.#contenders().length === 0;
    const none = this.#available().length === 0;
    if (none) this.#status.textContent = `There is no model for ${title(this.#modelsOf.value).toLowerCase()} yet: open one (.safetensors).`;
    else if (this.#status.hasAttribute("data-none")) this.#status.textContent = "";
    this.#status.toggleAttribute("data-none", none);
  }

  /** @param {(signal: AbortSignal) => Promise<void>} work */
  async #start(work) {
    if (this.#abort) return;
    const abort = new AbortController();
    this.#abort = abort;
    this.#running(true);
    notice("");
    try {
      await work(abort.signal);
    } catch (error) {
      const cancelled = error instanceof LadError && error.code === "cancelled";
      this.#status.textContent = cancelled ? "Cancelled." : "";
      if (!cancelled) say(error);
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
    this.#progress.value = 0;
    for (const control of byId("evaluate-setup").querySelectorAll("select, input")) control.toggleAttribute("disabled", running);
    if (running) {
      this.#status.textContent = "Loading the detectors…";
      this.#cancel.focus();
    } else if (document.activeElement === document.body) this.#run.focus();
  }

  /** @param {import("../eval/measure.js").Progress} progress */
  #show({ done, total, secondsLeft }) {
    this.#progress.value = done / total;
    const left = secondsLeft === null || done === total ? "" : `, about ${durationText(secondsLeft)} left`;
    this.#status.textContent = `${done} of ${total} images${left}.`;
  }

  /** @param {DataSet} data @param {Contender[]} contenders @param {AbortSignal} signal */
  async #evaluate(data, contenders, signal) {
    const outcome = await measure(this.#client, data, contenders, { signal, onProgress: (progress) => this.#show(progress) });
    this.#results.show(outcome);
    const runs = outcome.entries.length * contenders.length;
    this.#status.textContent = `${runs} runs in ${outcome.seconds.toFixed(1)} seconds, `
      + `${Math.round((1000 * outcome.seconds) / runs)} ms each.`;
  }
}
