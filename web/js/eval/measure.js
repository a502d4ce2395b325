// @ts-check
/** Measures models on a data set: images one by one through the worker, figures from the core at the end. */
import { LadError } from "../shared/errors.js";

/** @typedef {import("./data_set.js").DataSet} DataSet */
/** @typedef {import("./data_set.js").Entry} Entry */
/** @typedef {import("../shared/protocol.js").ModelRef} ModelRef */
/** @typedef {{key: string, title: string, model: ModelRef}} Contender  key: "margin", "plain", or "own" */
/** What was found. entries: the images that could be read, in order; unread: sentences about the others.
 * localize: why there is no AU-sPRO, "" if there is.  kinds: of each contender, none without ground truth; differences:
 * [first][second].
 * @typedef {{data: DataSet, entries: Entry[], unread: string[], dataHash: string, localize: string, seconds: number,
 *   kinds: import("../worker/metrics.js").KindFigure[][], differences: (import("../worker/metrics.js").Difference | null)[][],
 *   contenders: (Contender & import("../shared/protocol.js").Measured & {scores: number[]})[]}} Outcome */
/** @typedef {{done: number, total: number, secondsLeft: number | null}} Progress */

const AHEAD = 2; // images read while the worker computes: memory does not grow with the data set

/** @param {import("../page/client.js").Client} client @param {DataSet} data @param {Contender[]} contenders
 * @param {{signal: AbortSignal, onProgress: (progress: Progress) => void}} options @returns {Promise<Outcome>} */
export async function measure(client, data, contenders, { signal, onProgress }) {
  if (data.entries.length === 0) throw new LadError("missing", `${data.name} holds no images.`);
  const started = performance.now();
  const models = contenders.map(({ model }) => model);
  const config = data.defects && { name: data.defects.name, bytes: await data.defects.read(signal) };
  const { session, detectors } = await client.request("measure-open", { models, defects: config }, { signal });
  try {
    /** @type {number[][]} */ const scores = models.map(() => []);
    /** @type {Entry[]} */ const entries = [];
    /** @type {string[]} */ const unread = [];
    const clock = stopwatch(data.entries.length);
    for await (const { entry, files } of readAhead(data.entries, signal)) {
      try {
        const { image, masks } = await files;
        const transfer = [image, ...masks].map(({ bytes }) => bytes.buffer);
        const got = await client.request("measure-image", { session, id: entry.id, label: entry.label, image, masks },
          { signal, transfer });
        got.scores.forEach((/** @type {number} */ score, /** @type {number} */ i) => scores[i].push(score));
        entries.push(entry);
      } catch (error) {
        if (!isAboutTheFile(error)) throw error;
        unread.push(/** @type {LadError} */ (error).message);
      }
      onProgress(clock());
    }
    if (entries.length === 0) throw new LadError("bad format", `No image of ${data.name} can be read: ${unread[0]}`);
    const { dataHash, localize, measured, kinds, differences } = await client.request("measure-close", { session, dataName: data.name,
      ids: entries.map(({ id }) => id), labels: entries.map(({ label }) => label), scores }, { signal });
    return { data, entries, unread, dataHash, localize: data.defects ? localize : noGroundTruth(data), kinds, differences,
      seconds: (performance.now() - started) / 1000,
      contenders: contenders.map((contender, i) => ({ ...contender, ...measured[i], detector: detectors[i], scores: scores[i] })) };
  } catch (error) {
    client.request("measure-drop", { session }).catch(() => undefined); // it may have died with the worker
    throw error;
  }
}

/** Files of the entries, read some images ahead.  A failure is the entry's own: `files` rejects.
 * @param {Entry[]} entries @param {AbortSignal} signal */
async function* readAhead(entries, signal) {
  const start = (/** @type {Entry} */ entry) => {
    const read = async (/** @type {import("./data_set.js").Later} */ later) =>
      ({ name: later.name, bytes: await later.read(signal) });
    const files = Promise.all([entry.image, ...entry.masks].map(read)).then(([image, ...masks]) => ({ image, masks }));
    files.catch(() => undefined); // whoever awaits it says it
    return { entry, files };
  };
  const waiting = entries.slice(0, AHEAD).map(start);
  for (let next = AHEAD; waiting.length > 0; next++) {
    const first = /** @type {ReturnType<typeof start>} */ (waiting.shift());
    if (next < entries.length) waiting.push(start(entries[next]));
    if (signal.aborted) throw new LadError("cancelled", "Cancelled.");
    yield first;
  }
}

/** Time left after each step, from the later ones mostly: the first waits for models. @param {number} total
 * @returns {() => Progress} */
export function stopwatch(total, now = () => performance.now()) {
  let done = 0;
  let before = now();
  let each = NaN;
  return () => {
    const at = now();
    const took = (at - before) / 1000;
    before = at;
    done++;
    if (done > 1) each = Number.isNaN(each) ? took : each + (took - each) / Math.min(done - 1, 20);
    return { done, total, secondsLeft: Number.isNaN(each) ? null : each * (total - done) };
  };
}

/** A broken or unreadable file is left out and named; anything else ends the evaluation. @param {unknown} error */
function isAboutTheFile(error) {
  return error instanceof LadError && ["bad format", "unsupported", "io"].includes(error.code);
}

/** @param {DataSet} data */
function noGroundTruth(data) {
  return `${data.name} has no defects_config.json.`;
}
