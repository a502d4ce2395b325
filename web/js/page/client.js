// @ts-check
/** The page's side of the worker: requests as promises, cancelling, and a new worker when one has died. */
import { LadError } from "../shared/errors.js";
import { PROTOCOL } from "../shared/protocol.js";

/** @typedef {{signal?: AbortSignal, onProgress?: (progress: import("../shared/protocol.js").Progress) => void,
 *   transfer?: Transferable[]}} Options */
/** @typedef {{resolve: (result: any) => void, reject: (error: LadError) => void, onProgress?: Function}} Waiting */

export class Client {
  #threads;
  #next = 1;
  /** @type {Map<number, Waiting>} */ #waiting = new Map();
  /** @type {Worker} */ #worker;

  /** Settled once the engine runs. @type {Promise<import("../shared/protocol.js").HelloResult>} */
  ready;

  /** @param {number} threads  0: as many as are useful */
  constructor(threads) {
    this.#threads = threads;
    [this.#worker, this.ready] = this.#start();
  }

  /** @param {import("../shared/protocol.js").RunPayload} payload @param {Options} [options]
   * @returns {Promise<import("../shared/protocol.js").RunResult>} */
  run(payload, options) {
    return this.request("run", payload, options);
  }

  /** @param {import("../shared/protocol.js").EnlargePayload} payload
   * @returns {Promise<import("../shared/protocol.js").Heat>} */
  enlarge(payload) {
    return this.request("enlarge", payload);
  }

  /** The worker begins to fetch a model that a request will need, even while its engine starts.
   * @param {import("../shared/protocol.js").ModelRef | null} model */
  ahead(model) {
    if (model?.url) this.#worker.postMessage({ type: "ahead", payload: model });
  }

  /** Any request of shared/protocol.js. @param {string} type @param {object} payload @param {Options} [options] @returns {Promise<any>} */
  request(type, payload, { signal, onProgress, transfer = [] } = {}) {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(new LadError("cancelled", "Cancelled."));
      const worker = this.#worker;
      signal?.addEventListener("abort", () => worker.postMessage({ id, type: "cancel" }), { once: true });
      this.#waiting.set(id, { resolve, reject, onProgress });
      worker.postMessage({ id, type, payload }, transfer);
    });
  }

  /** @returns {[Worker, Promise<import("../shared/protocol.js").HelloResult>]} */
  #start() {
    const worker = new Worker(new URL("../worker/worker.js", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }) => this.#answer(data));
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#restart(new LadError("crash", "The detector could not run in this browser or stopped unexpectedly."));
    });
    this.#worker = worker;
    const ready = this.request("hello", { protocol: PROTOCOL, threads: this.#threads });
    ready.catch(() => undefined); // whoever awaits `ready` says it
    return [worker, ready];
  }

  /** @param {any} message */
  #answer(message) {
    const waiting = this.#waiting.get(message.id);
    if (!waiting) return;
    if (message.progress) return waiting.onProgress?.(message.progress);
    this.#waiting.delete(message.id);
    if (message.ok) return waiting.resolve(message.result);
    const error = new LadError(message.error.code, message.error.message);
    waiting.reject(error);
    if (error.code === "crash") this.#restart(error);
  }

  /** @param {LadError} error  for all who still wait */
  #restart(error) {
    this.#worker.terminate();
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error);
    // A worker that cannot even start would do so for ever.
    const started = this.ready;
    started.then(() => { [this.#worker, this.ready] = this.#start(); }, () => undefined);
  }
}
