// @ts-check
/** What models say of one image: each runs once, when it is first asked. */
import { LadError } from "../shared/errors.js";
import { title } from "./library.js";
import { showModelProgress } from "./readout.js";
import { STAGE_MAX_SIDE } from "./stage.js";
import { toBitmap } from "./own.js";

/** @typedef {import("./library.js").Picture} Picture */
/** @typedef {import("../shared/protocol.js").RunResult} RunResult */

export class Looks {
  #client;
  #variants;
  #know;
  picture;
  bytes;
  /** By variant. @type {Partial<Record<string, RunResult>>} */ results = {};
  #isLate;

  /** @param {import("./client.js").Client} client @param {import("./variants.js").Variants} variants
   * @param {import("./shelf.js").Shelf} shelf  learns the scores @param {Picture} picture @param {Uint8Array} bytes
   * @param {() => boolean} isLate  whether another image was asked for meanwhile */
  constructor(client, variants, shelf, picture, bytes, isLate) {
    this.#client = client;
    this.#variants = variants;
    this.#know = (/** @type {import("./library.js").ModelRef} */ model, /** @type {number} */ score) => shelf.know(model, picture, score);
    this.picture = picture;
    this.bytes = bytes;
    this.#isLate = isLate;
  }

  /** What is said of an image that is no longer wanted is dropped. */
  get late() { return this.#isLate(); }

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
    try {
      const result = await this.#client.run({ model, image: { kind: "encoded", bytes: this.bytes, name: this.picture.name },
        maxSide: STAGE_MAX_SIDE }, { onProgress: (progress) => { if (!this.late) showModelProgress(progress); } });
      this.#know(model, result.score);
      this.results[variant] = result;
      return result;
    } finally {
      showModelProgress(null);
    }
  }
}
