// @ts-check
/** What comes with the page: models and test images, as models/index.json lists them. */
import { LadError } from "../shared/errors.js";
import { mapThresholdOf } from "../shared/heat.js";

/** @typedef {"good" | "logical" | "structural"} ClassName */
/** @typedef {"margin" | "plain"} Variant */
/** One image: a bundled one, or ("yours") one a person opened.
 * @typedef {object} Picture
 * @property {ClassName | "yours"} class
 * @property {string} name  "003", or the file's name
 * @property {string} category
 * @property {string} id  as in reports: "logical_anomalies/003"
 * @property {string} file  path below models/
 * @property {string} url
 * @property {string[]} masks  ground truth, as URLs
 * @property {string} kind  of the anomaly, "" for none
 * @property {string} rule  the rule the anomaly breaks, or that a normal image obeys
 * @property {string} description  what the image shows
 * @property {File} [blob]  the file of one of a person's own
 * @property {File[]} [maskBlobs]  and its ground truth */
/** @typedef {{name: string, dataHash: string, defects: string, opensWith: string, pictures: Picture[]}} Category
 *   dataHash: as `lad eval` writes it; defects: URL of defects_config.json, "" without one */
/** @typedef {import("../shared/protocol.js").ModelRef} ModelRef */

export const CLASSES = /** @type {const} */ (["good", "logical", "structural"]);
export const VARIANTS = /** @type {const} */ (["margin", "plain"]);
const FOLDER = new URL("../../models/", import.meta.url);

export class Library {
  /** @type {Category[]} */ categories = [];
  /** @type {Map<string, ModelRef>} */ #models = new Map();
  /** The largest of each category's models. @type {Map<string, number>} */ #mapThresholds = new Map();

  /** Of the list itself. */
  address = new URL("index.json", FOLDER).href;

  /** @param {any} index */
  constructor(index) {
    for (const model of index.models) {
      this.#models.set(`${model.category}/${model.variant}`, {
        key: model.sha256,
        name: model.file,
        url: new URL(model.file, FOLDER).href,
        sha256: model.sha256,
        size: model.bytes,
      });
      const threshold = mapThresholdOf(model.mapThreshold);
      this.#mapThresholds.set(model.category, Math.max(threshold, this.#mapThresholds.get(model.category) ?? 0));
    }
    for (const { name, dataHash, defects = "", opensWith, pictures } of index.categories) {
      const absolute = (/** @type {string} */ path) => new URL(path, FOLDER).href;
      this.categories.push({
        name,
        dataHash,
        defects: defects && absolute(defects),
        opensWith,
        pictures: pictures.map((/** @type {any} */ p) =>
          ({ ...p, category: name, url: absolute(p.file), masks: p.masks.map(absolute) })),
      });
    }
  }

  /** @param {string} category @param {Variant} variant @returns {ModelRef | null} */
  model(category, variant) {
    return this.#models.get(`${category}/${variant}`) ?? null;
  }

  /** Whether there is a model for it. @param {string} category */
  isJudged(category) {
    return VARIANTS.some((variant) => this.model(category, variant));
  }

  /** That category, or the first one with a model when it has none. @param {string} name @returns {string} */
  judged(name) {
    if (this.isJudged(name)) return name;
    return (this.categories.find((category) => this.isJudged(category.name)) ?? this.categories[0]).name;
  }

  /** The middle of one heat scale for all models of a category, so that their maps can be compared.
   * @param {string} category @returns {number} */
  mapThreshold(category) {
    return this.#mapThresholds.get(category) ?? NaN;
  }

  /** @param {string} file  below models/ @returns {ModelRef | null} */
  modelFile(file) {
    return [...this.#models.values()].find(({ name }) => name === file) ?? null;
  }

  /** @param {string} name @returns {Category} the named one, or the first */
  category(name) {
    return this.categories.find((category) => category.name === name) ?? this.categories[0];
  }

  /** That picture, or another of its class. @param {string} category @param {string} className @param {string} name
   * @returns {Picture | undefined} */
  picture(category, className, name) {
    const { opensWith, pictures } = this.category(category);
    const list = pictures.filter((p) => p.class === className);
    return list.find((p) => p.name === name) ?? list.find((p) => p.id === opensWith) ?? list[0];
  }
}

/** @returns {Promise<Library>} */
export async function loadLibrary() {
  const response = await fetch(new URL("index.json", FOLDER)).catch(() => null);
  if (!response?.ok) throw new LadError("network", "The list of bundled images and models could not be fetched.");
  const library = new Library(await response.json());
  if (library.categories.length === 0) throw new LadError("missing", "This copy of the page comes without images and models.");
  return library;
}

/** The bytes of an image file. @param {string} url @param {AbortSignal} [signal] @returns {Promise<Uint8Array>} */
export async function fetchBytes(url, signal) {
  const name = url.slice(url.lastIndexOf("/") + 1);
  const response = await fetch(url, { signal }).catch((error) => {
    if (signal?.aborted) throw new LadError("cancelled", "Cancelled.");
    throw new LadError("network", `${name} could not be fetched: ${error.message}.`);
  });
  if (!response.ok) throw new LadError("network", `${name} could not be fetched: the server answered ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}

/** "juice_bottle" -> "Juice bottle". @param {string} name */
export function title(name) {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
