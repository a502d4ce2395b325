// @ts-check
/**
 * Memory of the WASM core as JavaScript values; used by engine.js alone.
 *
 * Views are made anew for every access, since memory that grows detaches old ones; results are copied out;
 * whatever is allocated is freed in `finally`.
 */
import { LadError } from "../shared/errors.js";

/** @typedef {ArrayBufferView | string | number} Block  bytes, text, or a number of bytes of room */

export class Heap {
  /** @type {any} */ #core;

  /** @param {any} module  what the glue of emcc gives */
  constructor(module) {
    this.#core = module;
  }

  /** Runs `use` with heap copies of the blocks and frees them. @template T @param {Block[]} blocks
   * @param {(pointers: number[]) => T} use @returns {T} */
  with(blocks, use) {
    /** @type {number[]} */ const pointers = [];
    try {
      for (const block of blocks) {
        const bytes = typeof block === "number" ? null : toBytes(block);
        const size = bytes ? bytes.length : /** @type {number} */ (block);
        const pointer = this.#core._malloc(Math.max(size, 1));
        if (pointer === 0) throw new LadError("out of memory", "There is not enough memory for this.");
        pointers.push(pointer);
        if (bytes) this.#bytes().set(bytes, pointer);
      }
      return use(pointers);
    } finally {
      for (const pointer of pointers) this.#core._free(pointer);
    }
  }

  /** Copies numbers out. @template {Float32Array | Float64Array | Uint32Array | Uint8Array} T
   * @param {{new (buffer: ArrayBufferLike, offset: number, length: number): T}} Type @param {number} pointer
   * @param {number} length @returns {T} */
  copy(Type, pointer, length) {
    return /** @type {T} */ (new Type(this.#core.memory().buffer, pointer, length).slice());
  }

  /** Copies a NUL-terminated text out. @param {number} pointer  0: gives "" @returns {string} */
  text(pointer) {
    if (pointer === 0) return "";
    const heap = this.#bytes();
    // The slice also leaves shared memory, which a TextDecoder refuses.
    return new TextDecoder().decode(heap.slice(pointer, heap.indexOf(0, pointer)));
  }

  #bytes() {
    return new Uint8Array(this.#core.memory().buffer);
  }
}

/** @param {ArrayBufferView | string} block */
function toBytes(block) {
  if (typeof block === "string") return new TextEncoder().encode(`${block}\0`);
  return new Uint8Array(block.buffer, block.byteOffset, block.byteLength);
}
