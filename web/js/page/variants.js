// @ts-check
/** Which models can look at a picture: margin and plain of its category, one that a person opened, and the difference. */
import { byId, choose, chosen } from "./dom.js";
import { VARIANTS, title } from "./library.js";

/** @typedef {import("./library.js").Picture} Picture */
/** @typedef {import("./library.js").ModelRef} ModelRef */

export const OWN = "own"; // a model file that a person opened
export const DIFFERENCE = "difference"; // shown like a variant: margin less plain

export class Variants {
  #library;
  /** @type {ModelRef | null} */ #own = null;

  /** @param {import("./library.js").Library} library */
  constructor(library) {
    this.#library = library;
  }

  /** A person's model; null: none. @type {ModelRef | null} */
  get own() {
    return this.#own;
  }

  set own(model) {
    this.#own = model;
    byId("variant-own").hidden = model === null;
    byId("variant-own-name").textContent = model?.name ?? "";
  }

  /** Names of the models for a picture, by variant. @param {Picture} picture @returns {Record<string, string>} */
  names(picture) {
    const there = VARIANTS.filter((variant) => this.#library.model(picture.category, variant));
    const names = Object.fromEntries(there.map((variant) => [variant, title(variant)]));
    return this.#own ? { ...names, [OWN]: this.#own.name } : names;
  }

  /** @param {Picture} picture @param {string} variant @returns {ModelRef | null} */
  model(picture, variant) {
    if (variant === OWN) return this.#own;
    return this.#library.model(picture.category, variant === "plain" ? "plain" : "margin");
  }

  /** @param {Picture} picture @param {string} variant */
  key(picture, variant) {
    return this.model(picture, variant)?.key ?? "";
  }

  /** The variant chosen, or one that there is; "": there is no model. @param {Picture} picture */
  shown(picture) {
    const names = this.names(picture);
    const wanted = chosen("variant");
    if (wanted === DIFFERENCE && names.margin && names.plain) return wanted;
    return names[wanted] ? wanted : Object.keys(names)[0] ?? "";
  }

  /** The one whose verdict is told. @param {Picture} picture */
  judge(picture) {
    const variant = this.shown(picture);
    return variant === DIFFERENCE ? "margin" : variant;
  }

  /** The middle of the heat scale: one for all models of the category, a person's model has its own.
   * @param {Picture} picture @param {import("../shared/protocol.js").RunResult} result */
  mapThreshold(picture, result) {
    return this.judge(picture) === OWN ? result.detector.mapThreshold : this.#library.mapThreshold(picture.category);
  }

  /** Only what there is can be chosen. @param {Picture} picture */
  offer(picture) {
    const names = this.names(picture);
    for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("#variants input"))) {
      const there = input.value === DIFFERENCE ? names.margin && names.plain : names[input.value];
      input.disabled = !there;
    }
    choose("variant", this.shown(picture));
  }
}
