// @ts-check
/** What is summed up image by image while a data set is measured, in the core; part of the engine. */

/** @typedef {import("./engine.js").Detector} Detector */
/** A file by its bytes; the name begins sentences. @typedef {{bytes: Uint8Array, name: string}} NamedBytes */

/** A hash over the images of a data set, in its order: which data was measured. */
export class DataHash {
  #calls;
  #handle;

  /** @param {import("./calls.js").Calls} calls */
  constructor(calls) {
    this.#calls = calls;
    this.#handle = calls.out((out) => calls.core._lad_wasm_data_hash_create(out));
  }

  /** @param {string} id @param {Uint8Array} bytes */
  add(id, bytes) {
    this.#calls.heap.with([id, bytes], ([name, data]) =>
      this.#calls.core._lad_wasm_data_hash_add(this.#handle, name, data, bytes.length));
  }

  /** Ends and frees it. @returns {string} 16 hexadecimal digits */
  finish() {
    const { core, heap } = this.#calls;
    try {
      return heap.with([17], ([hex]) => (core._lad_wasm_data_hash_final(this.#handle, hex), heap.text(hex)));
    } finally {
      this.close();
    }
  }

  close() {
    if (this.#handle) this.#calls.core._lad_wasm_free(this.#handle);
    this.#handle = 0;
  }
}

/** AU-sPRO of one detector over a data set: 24 MB of counters, however many images. */
export class Spro {
  #calls;
  #handle = 0;

  /** @param {import("./calls.js").Calls} calls @param {NamedBytes} config  defects_config.json */
  constructor(calls, { bytes, name }) {
    this.#calls = calls;
    calls.heap.with([bytes, name, 4], ([data, label, out]) => {
      const status = calls.core._lad_wasm_spro_create(data, bytes.length, label, out);
      this.#handle = calls.heap.copy(Uint32Array, out, 1)[0];
      this.#check(status, true);
    });
  }

  /** Takes the image that the detector has just run on. @param {Detector} detector @param {string} name
   * @param {number} label  0 good, 1 logical, 2 structural @param {NamedBytes[]} masks  PNG */
  add(detector, name, label, masks) {
    const { core, heap } = this.#calls;
    heap.with([name, ...masks.flatMap((mask) => [mask.bytes, mask.name])], ([image, ...at]) => {
      const files = masks.flatMap((mask, i) => [at[2 * i], mask.bytes.length, at[2 * i + 1]]); // lad_mask_file
      heap.with([Uint32Array.from(files)], ([list]) =>
        this.#check(core._lad_wasm_spro_add(this.#handle, image, label, detector.result, list, masks.length)));
    });
  }

  /** The kind of anomaly that ground truth marks; null: none that the configuration lists. @param {NamedBytes} mask
   * @returns {string | null} */
  kind({ bytes, name }) {
    const { core, heap } = this.#calls;
    return heap.with([bytes, name], ([data, label]) => heap.with([Uint32Array.of(data, bytes.length, label)],
      ([file]) => heap.text(core._lad_wasm_spro_kind(this.#handle, file)) || null));
  }

  /** @returns {import("./metrics.js").SproFigures}  NaN where a class has no ground truth */
  figures() {
    const { core, heap } = this.#calls;
    return heap.with([10 * 8], ([out]) => {
      this.#check(core._lad_wasm_spro_figures(this.#handle, out));
      return heap.copy(Float64Array, out, 10);
    });
  }

  close() {
    this.#calls.destroy(this.#calls.core._lad_wasm_spro_destroy, this.#handle);
    this.#handle = 0;
  }

  /** @param {number} status @param {boolean} [close]  when it fails */
  #check(status, close = false) {
    try {
      this.#calls.check(status, () => (this.#handle ? this.#calls.core._lad_wasm_spro_error(this.#handle) : 0));
    } catch (error) {
      if (close) this.close();
      throw error;
    }
  }
}
