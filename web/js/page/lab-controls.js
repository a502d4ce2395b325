// @ts-check
/** Controls of the Scene lab: category, seed, rule to break, light, camera, model. */
import { byId, choose, chosen, make } from "./dom.js";
import { title } from "./library.js";
import { editHelp } from "./lab-words.js";
import { MAX_NUMBER, SLIDERS, plainState } from "./lab-state.js";

/** @typedef {import("./lab-state.js").LabState} LabState */
/** @typedef {import("../worker/scenes.js").SceneCategory} SceneCategory */
/** @typedef {{change: (patch: Partial<LabState>, moving: boolean) => void, undo: () => void, model: () => void}} Callbacks */

export class Controls {
  #categories = /** @type {HTMLSelectElement} */ (byId("lab-category"));
  #kinds = /** @type {HTMLSelectElement} */ (byId("lab-kind"));
  #seed = /** @type {HTMLInputElement} */ (byId("lab-seed"));
  #number = /** @type {HTMLInputElement} */ (byId("lab-number"));
  /** @type {Map<string, {input: HTMLInputElement, output: HTMLOutputElement}>} */ #sliders = new Map();
  #listed = "";

  /** @param {SceneCategory[]} categories @param {Callbacks} callbacks */
  constructor(categories, { change, undo, model }) {
    this.#categories.replaceChildren(...categories.map(({ name }) => make("option", { value: name }, title(name))));
    this.#categories.addEventListener("change", () => change({ ...plainState(this.#categories.value) }, false));
    this.#kinds.addEventListener("change", () => change({ kind: this.#kinds.value }, false));
    for (const input of [this.#seed, this.#number]) {
      input.addEventListener("change", () => change({ seed: bounded(this.#seed), number: bounded(this.#number), edits: [] }, false));
    }
    byId("lab-another").addEventListener("click", () => change({ number: (bounded(this.#number) + 1) % (MAX_NUMBER + 1), edits: [] }, false));
    byId("lab-reset").addEventListener("click", () => change({ ...plainState(this.#categories.value), seed: bounded(this.#seed), number: bounded(this.#number) }, false));
    byId("lab-undo").addEventListener("click", undo);
    byId("lab-mend").addEventListener("click", () => change({ kind: "", edits: [] }, false));
    byId("lab-models").addEventListener("change", model);
    byId("lab-maps").addEventListener("change", model);
    this.#addSliders(change);
  }

  /** @param {LabState} state @param {SceneCategory} category @param {string[]} variants  models that there are */
  show(state, category, variants) {
    this.#list(category);
    this.#categories.value = state.category;
    this.#kinds.value = state.kind;
    this.#seed.value = String(state.seed);
    this.#number.value = String(state.number);
    for (const { name, unit } of SLIDERS) {
      const { input, output } = /** @type {any} */ (this.#sliders.get(name));
      const value = state.sliders[name];
      input.value = String(value);
      output.textContent = value === 0 ? "as it is" : `${value > 0 ? "+" : "−"}${Math.abs(value)}${unit === "°" ? "" : " "}${unit}`;
    }
    /** @type {HTMLButtonElement} */ (byId("lab-undo")).disabled = state.edits.length === 0;
    /** @type {HTMLButtonElement} */ (byId("lab-mend")).disabled = state.kind === "" && state.edits.length === 0;
    byId("lab-edit-help").textContent = editHelp(category);
    byId("lab-edit-tools").hidden = !category.canEdit;
    for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("#lab-models input"))) {
      input.disabled = !variants.includes(input.value);
    }
  }

  /** @param {string} variant @param {string} map */
  chooseModel(variant, map) {
    choose("lab-model", variant === "plain" ? "plain" : "margin");
    choose("lab-map", ["st", "stae"].includes(map) ? map : "combined");
  }

  variant() {
    return chosen("lab-model");
  }

  map() {
    return /** @type {import("../shared/protocol.js").MapName} */ (chosen("lab-map"));
  }

  /** For the address. @returns {Record<string, string>} */
  options() {
    return { ...(this.variant() === "plain" && { model: "plain" }), ...(this.map() !== "combined" && { map: this.map() }) };
  }

  /** @param {SceneCategory} category */
  #list({ name, kinds }) {
    if (this.#listed === name) return;
    this.#listed = name;
    const group = (/** @type {string} */ label, /** @type {string} */ of) => make("optgroup", { label },
      ...kinds.filter((kind) => kind.class === of).map((kind) => make("option", { value: kind.name }, kind.description.replace(/\.$/, ""))));
    this.#kinds.replaceChildren(make("option", { value: "" }, "None: a normal scene"),
      group("Logical: every part is normal", "logical"), group("Structural: something is damaged", "structural"));
  }

  /** @param {Callbacks["change"]} change */
  #addSliders(change) {
    for (const { name, label, low, high, step } of SLIDERS) {
      const id = `lab-${name}`;
      const input = make("input", { type: "range", id, min: String(low), max: String(high), step: String(step), value: "0", "data-testid": id });
      const output = make("output", { for: id, "data-testid": `${id}-value` });
      this.#sliders.set(name, { input, output });
      const all = (/** @type {boolean} */ moving) => change({ sliders: Object.fromEntries(SLIDERS.map((s) =>
        [s.name, /** @type {any} */ (this.#sliders.get(s.name)).input.valueAsNumber])) }, moving);
      input.addEventListener("input", () => all(true));
      input.addEventListener("change", () => all(false));
      byId(SLIDERS.findIndex((s) => s.name === name) < 3 ? "lab-light" : "lab-camera").append(
        make("label", { class: "lab-slider", for: id }, make("span", {}, label), output, input));
    }
  }
}

/** A number field's value, put within its bounds. @param {HTMLInputElement} input */
function bounded(input) {
  const value = Math.round(Number(input.value));
  return Math.min(Number(input.max), Math.max(Number(input.min), Number.isFinite(value) ? value : Number(input.min)));
}
