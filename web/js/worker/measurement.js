// @ts-check
/** Requests of the Evaluate view: a data set measured image by image with some models; one at a time. */
import { LadError } from "../shared/errors.js";

const BOOTSTRAP_SEED = 1; // as `lad eval` uses

/** @typedef {import("../shared/protocol.js").ModelRef} ModelRef */
/** @typedef {import("../shared/protocol.js").Roc} Roc */
/** @typedef {import("../shared/protocol.js").Measured} Measured */
/** @typedef {(progress: import("../shared/protocol.js").Progress) => void} OnProgress */

export class Measurement {
  #engine;
  #models;
  #session = 0;
  /** @type {ModelRef[]} */ #refs = [];
  /** @type {import("./measure.js").DataHash | null} */ #hash = null;
  /** @type {import("./measure.js").Spro[]} */ #spros = [];
  /** Of each image, in order. @type {(string | null)[]} */ #kinds = [];
  #localize = "";

  /** @param {import("./engine.js").Engine} engine @param {import("./models.js").Models} models */
  constructor(engine, models) {
    this.#engine = engine;
    this.#models = models;
  }

  /** @param {import("../shared/protocol.js").MeasureOpen} payload @param {OnProgress} onProgress @param {AbortSignal} signal */
  async open({ models, defects }, onProgress, signal) {
    this.drop();
    const detectors = [];
    for (const model of models) detectors.push((await this.#models.get(model, onProgress, signal)).info);
    this.#refs = models;
    this.#session++;
    this.#hash = this.#engine.openDataHash();
    this.#localize = "";
    this.#kinds = [];
    if (defects) this.#localizing(() => { for (const _ of models) this.#spros.push(this.#engine.openSpro(defects)); });
    return { session: this.#session, detectors };
  }

  /** @param {import("../shared/protocol.js").MeasureImage} payload @param {OnProgress} onProgress @param {AbortSignal} signal */
  async image({ session, id, label, image, masks }, onProgress, signal) {
    this.#check(session);
    /** @type {import("./engine.js").Detector[]} */ const detectors = [];
    for (const model of this.#refs) detectors.push(await this.#models.get(model, onProgress, signal));
    signal.throwIfAborted();
    const scores = detectors.map((detector) => this.#engine.runEncoded(detector, image.bytes, image.name).score);
    this.#hash?.add(id, image.bytes);
    this.#localizing(() => this.#spros.forEach((spro, i) => spro.add(detectors[i], image.name, label, masks)));
    this.#kinds.push(label > 0 && masks.length > 0 ? this.#spros[0]?.kind(masks[0]) ?? null : null);
    return { scores };
  }

  /** @param {import("../shared/protocol.js").MeasureClose} payload @param {OnProgress} onProgress @param {AbortSignal} signal */
  async close({ session, dataName, ids, labels, scores }, onProgress, signal) {
    this.#check(session);
    const dataHash = this.#hash?.finish() ?? "";
    this.#hash = null;
    /** @type {Measured[]} */ const measured = [];
    for (const [i, model] of this.#refs.entries()) {
      const detector = await this.#models.get(model, onProgress, signal);
      const spro = this.#spros[i]?.figures() ?? null;
      measured.push({
        detector: detector.info, spro, ...figures(this.#engine, scores[i], labels, detector.info.threshold),
        report: this.#engine.metrics.report(detector, { modelName: model.name, dataName, dataHash, ids, labels, spro,
          scores: scores[i], seed: BOOTSTRAP_SEED }),
      });
    }
    const localize = this.#localize;
    const { metrics } = this.#engine;
    const kinds = this.#spros.length > 0 && this.#kinds.length === labels.length
      ? scores.map((of) => metrics.kinds(this.#kinds, of, labels)) : [];
    const differences = scores.map((first) => scores.map((second) =>
      (first === second ? null : compare(this.#engine, first, second, labels))));
    this.drop();
    return { dataHash, localize, measured, kinds, differences };
  }

  /** Frees what an evaluation that was given up has summed. */
  drop() {
    this.#hash?.close();
    this.#hash = null;
    this.#endLocalizing();
    this.#refs = [];
  }

  /** Ground truth that cannot be used ends AU-sPRO, not the evaluation. @param {() => void} work */
  #localizing(work) {
    try {
      work();
    } catch (error) {
      if (!(error instanceof LadError)) throw error;
      this.#localize = error.message;
      this.#endLocalizing();
    }
  }

  #endLocalizing() {
    for (const spro of this.#spros) spro.close();
    this.#spros = [];
  }

  /** @param {number} session */
  #check(session) {
    if (session !== this.#session || !this.#hash) throw new LadError("order", "This evaluation was given up.");
  }
}

/** Two models on the same images. @param {import("./engine.js").Engine} engine @param {number[]} first @param {number[]} second
 * @param {number[]} labels */
export function compare({ metrics }, first, second, labels) {
  return metrics.compare(first, second, labels, BOOTSTRAP_SEED);
}

/** Figures of given scores. @param {import("./engine.js").Engine} engine @param {number[]} scores
 * @param {number[]} labels @param {number} threshold */
export function figures({ metrics }, scores, labels, threshold, seed = BOOTSTRAP_SEED) {
  const against = (/** @type {number} */ label) => {
    const pick = labels.map((l, i) => (l === 0 || l === label ? i : -1)).filter((i) => i >= 0);
    if (!labels.includes(0) || !labels.includes(label)) return null;
    return metrics.roc(pick.map((i) => scores[i]), pick.map((i) => labels[i] === label));
  };
  return { summary: metrics.summary(scores, labels, threshold, seed),
    roc: { logical: against(1), structural: against(2) } };
}
