// @ts-check
/** Calls into the WASM core: statuses become LadErrors, out-parameters results; used by the engine's files alone. */
import { LadError } from "../shared/errors.js";

const STATUS_OK = 0;

export class Calls {
  /** What the glue of emcc gives. @type {any} */ core;
  /** @type {import("./heap.js").Heap} */ heap;
  /** The core's context, 0 before there is one. */ context = 0;

  /** @param {any} core @param {import("./heap.js").Heap} heap */
  constructor(core, heap) {
    this.core = core;
    this.heap = heap;
  }

  /** Calls a function that leaves a pointer in its out-parameter. @param {(out: number) => number} call
   * @param {() => number} [sentence] @returns {number} */
  out(call, sentence) {
    return this.heap.with([4], ([out]) => {
      this.check(call(out), sentence);
      return this.heap.copy(Uint32Array, out, 1)[0];
    });
  }

  /** Calls a destroy function, which takes a pointer to the pointer. @param {(at: number) => void} destroy
   * @param {number} pointer */
  destroy(destroy, pointer) {
    if (pointer !== 0) this.heap.with([Uint32Array.of(pointer)], ([at]) => destroy(at));
  }

  /** @param {number} status @param {() => number} [sentence]  where the core keeps it, else in the context */
  check(status, sentence) {
    if (status === STATUS_OK) return;
    const code = this.heap.text(this.core._lad_wasm_status_name(status));
    const at = sentence ? sentence() : this.context ? this.core._lad_wasm_context_error(this.context) : 0;
    throw new LadError(code, this.heap.text(at) || `The core failed: ${code}.`);
  }
}
