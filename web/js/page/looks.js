// @ts-check
/** What models say of one image: each runs once, when it is first asked. */
import { LadError } from "../shared/errors.js";
import { title } from "./library.js";
import { bytesOf, toBitmap } from "./own.js";
import { showModelProgress } from "./readout.js";
import { STAGE_MAX_SIDE } from "./stage.js";

/** @typedef {import("./library.js").Picture} Picture */
/** @typedef {import("./library.js").ModelRef} ModelRef */
/** @typedef {import("../shared/protocol.js").RunResult} RunResult */

export class Looks {
  #client;
  #variants;
  #shelf;
  picture;
  /** @type {Uint8Array} */ bytes = new Uint8Array();
  /** By variant. @type {Partial<Record<string, RunResult>>} */ results = {};
  /** Done or on their way, by key of the model. @type {Map<string, Promise<RunResult>>} */ #runs = new Map();
  #isLate;

  /** @param {import("./client.js").Client} client @param {import("./variants.js").Variants} variants
   * @param {import("./shelf.js").Shelf} shelf  learns the scores @param {Picture} picture
   * @param {(looks: Looks) => boolean} isLate  whether another image was asked for meanwhile */
  constructor(client, variants, shelf, picture, isLate) {
    this.#client = client;
    this.#variants = variants;
    this.#shelf = shelf;
    this.picture = picture;
    this.#isLate = isLate;
  }

  /** What is said of an image that is no longer wanted is dropped. */
  get late() { return this.#isLate(this); }

  /** Comes before all others. */
  async load() {
    this.bytes = await bytesOf(this.picture);
  }

  /** The image itself, once the model whose verdict is told has looked at it: the core says best what is wrong with a file.
   * @returns {Promise<ImageBitmap>} */
  async first() {
    const bitmap = toBitmap(this.bytes, this.picture.name);
    bitmap.catch(() => undefined);
    const variant = this.#variants.judge(this.picture);
    if (variant) await this.of(variant);
    return bitmap;
  }

  /** @param {string} variant @returns {Promise<RunResult>} */
  async of(variant) {
    const known = this.results[variant];
    if (known) return known;
    const model = this.#variants.model(this.picture, variant);
    if (!model) throw new LadError("missing", `There is no ${variant} model for ${title(this.picture.category)}.`);
    const result = await this.by(model);
    if (this.#variants.key(this.picture, variant) === model.key) this.results[variant] = result; // else a person opened another one meanwhile
    return result;
  }

  /** @param {ModelRef} model @returns {Promise<RunResult>} */
  by(model) {
    const run = this.#runs.get(model.key) ?? this.#run(model);
    this.#runs.set(model.key, run);
    run.catch(() => this.#runs.delete(model.key)); // the next try may do better
    return run;
  }

  /** @param {ModelRef} model @returns {Promise<RunResult>} */
  async #run(model) {
    try {
      const result = await this.#client.run({ model, image: { kind: "encoded", bytes: this.bytes, name: this.picture.name },
        maxSide: STAGE_MAX_SIDE }, { onProgress: (progress) => { if (!this.late) showModelProgress(progress); } });
      this.#shelf.know(model, this.picture, result.score);
      return result;
    } finally {
      showModelProgress(null);
    }
  }
}
