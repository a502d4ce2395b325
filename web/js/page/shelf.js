// @ts-check
/** The gallery of the Inspect view: bundled pictures of a category or a person's own, filtered by class, in order. */
import { scoreText } from "../shared/words.js";
import { byId, choose, chosen, make } from "./dom.js";
import { fillCategories, markThumb, showThumbs } from "./gallery.js";
import { CLASSES, title } from "./library.js";
import { bytesOf } from "./own.js";

/** @typedef {import("./library.js").Picture} Picture */
/** @typedef {import("./library.js").ModelRef} ModelRef */

const YOURS = "yours";
const MAX_SHOWN = 400;

export class Shelf {
  #client;
  #library;
  #source = /** @type {HTMLSelectElement} */ (byId("category"));
  #sort = /** @type {HTMLSelectElement} */ (byId("sort"));
  #thumbs = byId("thumbs");
  #status = byId("gallery-status");
  /** @type {Picture[]} */ #own = [];
  /** Scores by model and picture. @type {Map<string, number>} */ #scores = new Map();
  #turn = 0; // counts lists, so that scoring for an old one ends
  #listed = "";
  #model;
  #pick;

  /** @param {import("./views.js").Context} context @param {{model: (picture: Picture) => ModelRef | null,
   * pick: (picture: Picture) => void, change: () => void}} events  model: whose scores make the order; pick: a picture was
   * chosen; change: filter or order were */
  constructor({ client, library }, { model, pick, change }) {
    this.#client = client;
    this.#library = library;
    this.#model = model;
    this.#pick = pick;
    fillCategories("category", library, false);
    this.#source.addEventListener("change", () => this.#pickFirst(change));
    byId("classes").addEventListener("change", () => this.#pickFirst(change));
    this.#sort.addEventListener("change", () => {
      this.list();
      change();
    });
    this.#thumbs.addEventListener("click", (event) => {
      const at = /** @type {HTMLElement} */ (event.target).closest("[data-at]");
      if (!at || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.#pick(this.#shown[Number(/** @type {HTMLElement} */ (at).dataset.at)]);
    });
  }

  /** @type {Picture[]} */ #shown = [];

  get filter() { return chosen("class"); }
  get sort() { return this.#sort.value; }

  /** Shows the shelf that this picture stands on. @param {Picture} picture @param {string} filter @param {string} sort */
  async open(picture, filter, sort) {
    this.#source.value = picture.class === "yours" ? YOURS : picture.category;
    choose("class", filter);
    this.#sort.value = ["high", "low"].includes(sort) ? sort : "number";
    const listed = this.list(); // at first in order of numbers, at once
    this.mark(picture);
    await listed;
  }

  /** @param {Picture} picture */
  mark(picture) {
    markThumb(this.#thumbs, picture);
  }

  /** A person's pictures come to the others. @param {Picture[]} pictures */
  addOwn(pictures) {
    const names = new Set(pictures.map(({ name }) => name));
    this.#own = [...this.#own.filter(({ name }) => !names.has(name)), ...pictures];
    if (!this.#source.querySelector(`option[value="${YOURS}"]`)) this.#source.append(make("option", { value: YOURS }));
    this.#countOwn();
  }

  /** One that cannot be read. @param {Picture} picture */
  removeOwn(picture) {
    this.#own = this.#own.filter((other) => other !== picture);
    if (this.#own.length === 0) this.#source.querySelector(`option[value="${YOURS}"]`)?.remove();
    else this.#countOwn();
  }

  get own() { return this.#own; }

  /** A score found elsewhere. @param {ModelRef} model @param {Picture} picture @param {number} score */
  know(model, picture, score) {
    this.#scores.set(`${model.key} ${picture.url}`, score);
  }

  /** Lists what is chosen; in order of scores once they are computed. */
  async list() {
    const turn = ++this.#turn;
    const yours = this.#source.value === YOURS;
    byId("classes").hidden = yours;
    const all = yours ? this.#own : this.#library.category(this.#source.value).pictures;
    const pictures = all.filter((p) => yours || this.filter === "all" || p.class === this.filter);
    if (this.#sort.value === "number") {
      this.#status.textContent = pictures.length > MAX_SHOWN ? `The first ${MAX_SHOWN} of ${pictures.length}.` : "";
      return this.#show(pictures);
    }
    this.#show(pictures);
    if (!(await this.#scoreAll(pictures, turn))) return;
    const sign = this.#sort.value === "high" ? -1 : 1;
    const value = (/** @type {Picture} */ p) => sign * (this.#score(p) ?? Infinity);
    this.#show([...pictures].sort((a, b) => value(a) - value(b)));
    this.#status.textContent = `${pictures.length} scored by this model.`;
  }

  #countOwn() {
    const option = this.#source.querySelector(`option[value="${YOURS}"]`);
    if (option) option.textContent = `Yours (${this.#own.length})`;
  }

  /** @param {() => void} change */
  async #pickFirst(change) {
    const current = this.#thumbs.querySelector("[aria-current]");
    const before = current ? this.#shown[Number(/** @type {HTMLElement} */ (current).dataset.at)] : null;
    if (!chosen("class")) choose("class", "logical");
    await this.list();
    if (before && this.#shown.includes(before)) {
      this.mark(before);
      change();
    } else if (this.#shown[0]) this.#pick(this.#shown[0]);
  }

  /** @param {Picture} picture */
  #score(picture) {
    const model = this.#model(picture);
    return model ? this.#scores.get(`${model.key} ${picture.url}`) : undefined;
  }

  /** @param {Picture[]} pictures @param {number} turn @returns {Promise<boolean>} whether the list is still wanted */
  async #scoreAll(pictures, turn) {
    for (const [i, picture] of pictures.entries()) {
      if (this.#score(picture) !== undefined) continue;
      this.#status.textContent = `Scoring ${i + 1} of ${pictures.length}…`;
      const model = this.#model(picture);
      if (!model) continue;
      const score = await bytesOf(picture).then((bytes) => this.#client.run({ model, image: { kind: "encoded", bytes, name: picture.name } }))
        .then((result) => result.score, () => NaN); // one that cannot be read: it says so when it is opened
      if (Number.isFinite(score)) this.know(model, picture, score);
      if (turn !== this.#turn) return false;
    }
    return true;
  }

  /** @param {Picture[]} pictures */
  #show(pictures) {
    const current = this.#thumbs.querySelector("[aria-current]");
    const mark = current ? this.#shown[Number(/** @type {HTMLElement} */ (current).dataset.at)] : null;
    this.#shown = pictures.slice(0, MAX_SHOWN);
    const key = this.#shown.map((p) => `${p.url} ${this.#score(p) ?? ""}`).join();
    if (key === this.#listed) return;
    this.#listed = key;
    const prefix = this.filter === "all" ? (/** @type {Picture} */ p) => `${p.class[0]} ` : () => "";
    showThumbs(this.#thumbs, this.#shown, (p) => {
      const score = this.#score(p);
      const name = p.class === "yours" ? /** @type {string} */ (p.name.split("/").pop()) : `${prefix(p)}${p.name}`;
      return score === undefined || this.#sort.value === "number" ? name : `${name} ${scoreText(score)}`;
    });
    [...this.#thumbs.querySelectorAll("a, button")].forEach((link, i) => link.setAttribute("data-at", String(i)));
    if (mark) this.mark(mark);
  }
}

/** The class whose pictures are listed at first. @param {string | undefined} name */
export function classOr(name) {
  return CLASSES.find((c) => c === name) ?? "logical";
}

/** @param {Picture} picture */
export function labelOf(picture) {
  return picture.class === "yours" ? picture.name : `${title(picture.category)}: ${picture.description}`;
}
