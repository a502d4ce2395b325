// @ts-check
/**
 * What page and worker say to each other.
 *
 *   page -> worker   {id, type, payload}            one of the requests below; jobs run one at a time, in order
 *                    {id, type: "cancel"}           stops or drops the job of that id
 *                    {type: "ahead", payload: ModelRef}   fetch a model that a job will need, without an answer
 *   worker -> page   {id, ok: true, result}
 *                    {id, ok: false, error: {code, message}}
 *                    {id, progress}                 any number of times before the answer
 *
 * The first request must be "hello".  Large arrays are transferred, not copied.
 */
export const PROTOCOL = 1;

/** @typedef {import("../worker/engine.js").Maps} Maps */
/** @typedef {import("../worker/engine.js").Timings} Timings */
/** @typedef {import("../worker/engine.js").DetectorInfo} DetectorInfo */
/** @typedef {import("../worker/engine.js").Summary} Summary */

/**
 * Which model to use; the worker fetches and opens it when it is not open yet.
 * @typedef {object} ModelRef
 * @property {string} key  unique: the file's hash, or a name given to an opened file
 * @property {string} name  for sentences
 * @property {string} [url]  where to fetch it, or
 * @property {Uint8Array} [bytes]  the file itself
 * @property {string} [sha256]  what the file must hash to
 * @property {number} [size]  in bytes, for progress
 */

/** @typedef {{kind: "encoded", bytes: Uint8Array, name: string}} EncodedImage */
/** @typedef {{kind: "pixels", pixels: Uint8ClampedArray, width: number, height: number}} PixelImage */
/** @typedef {"combined" | "st" | "stae"} MapName */

/** @typedef {{protocol: number, threads: number}} HelloPayload  threads 0: as many as are useful */
/** @typedef {{protocol: number, abi: number, flavour: string, isa: string, threads: number, isolated: boolean,
 *   palette: Uint8Array}} HelloResult */
/** @typedef {{model: ModelRef, image: EncodedImage | PixelImage, maxSide?: number, mapsAlone?: boolean}} RunPayload
 *   maxSide: also enlarge the combined map for an image shown with at most that many pixels a side;
 *   mapsAlone: of pixels, without a score (NaN), which is faster */
/** @typedef {import("../worker/engine.js").Result & {detector: DetectorInfo, heat: Heat | null}} RunResult */
/** @typedef {{values: Float32Array, width: number, height: number}} Heat  an enlarged map, [height, width] */
/** @typedef {{map: Float32Array, width: number, height: number, maxSide: number}} EnlargePayload */
/** @typedef {{fpr: Float64Array, tpr: Float64Array, thresholds: Float64Array}} Roc */
/** A data set is measured by "measure-open", "measure-image" for each image in order, then "measure-close", or
 * "measure-drop" to give it up; opening another one drops it too.
 * @typedef {{models: ModelRef[], defects: NamedBytes | null}} MeasureOpen  defects: defects_config.json, for AU-sPRO */
/** @typedef {{session: number, id: string, label: number, image: NamedBytes, masks: NamedBytes[]}} MeasureImage
 *   label: 0 good, 1 logical, 2 structural; masks: ground truth, PNG */
/** @typedef {{session: number, dataName: string, ids: string[], labels: number[], scores: number[][]}} MeasureClose
 *   scores: of each model */
/** @typedef {{bytes: Uint8Array, name: string}} NamedBytes */
/** What follows from the scores of one model.  spro: AU-sPRO {logical, structural} for each of SPRO_LIMITS, flat;
 * report: the text of report.json.
 * @typedef {Figures & {detector: DetectorInfo, spro: Float64Array | null, report: string}} Measured */
/** @typedef {{summary: Summary, roc: {logical: Roc | null, structural: Roc | null}}} Figures */
/** "figures" of scores that are known. @typedef {{scores: number[], labels: number[], threshold: number, seed: number}} FiguresPayload */
/** Limits of the false-positive rate up to which there is an AU-sPRO, as lad_spro_limits. */
export const SPRO_LIMITS = /** @type {const} */ ([0.01, 0.05, 0.1, 0.3, 1]);
/** @typedef {{loaded: number, total: number}} Progress */

/** Size an image is shown in: as it is, or scaled down to maxSide.
 * @param {number} width @param {number} height @param {number} maxSide */
export function shownSize(width, height, maxSide) {
  const scale = Math.min(1, maxSide / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
