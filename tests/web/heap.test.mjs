// @ts-check
/** Memory of the core as the page's worker uses it: what was taken is given back, also when there is not enough. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Heap } from "../../web/js/worker/heap.js";

/** A core with room for `room` blocks. @param {number} room */
function coreOf(room) {
  const memory = new WebAssembly.Memory({ initial: 1 });
  /** @type {Set<number>} */ const taken = new Set();
  let next = 64;
  const core = {
    memory: () => memory,
    _malloc(/** @type {number} */ size) {
      if (taken.size >= room) return 0;
      const at = next;
      next += size;
      taken.add(at);
      return at;
    },
    _free: (/** @type {number} */ pointer) => assert.ok(taken.delete(pointer), "freed once"),
  };
  return { core, taken };
}

test("without enough memory there is one sentence, and what was taken is given back", () => {
  const { core, taken } = coreOf(1);
  const heap = new Heap(core);
  assert.throws(() => heap.with([new Uint8Array(8), 16], () => assert.fail("it must not go on")),
    { code: "out of memory", message: "There is not enough memory for this." });
  assert.equal(taken.size, 0);
  assert.equal(heap.with([new Uint8Array([5, 6])], ([pointer]) => heap.copy(Uint8Array, pointer, 2)[1]), 6, "and it goes on working");
  assert.equal(taken.size, 0);
});

test("a failure inside gives the memory back too", () => {
  const { core, taken } = coreOf(3);
  assert.throws(() => new Heap(core).with([1, 2, 3], () => { throw new RangeError("inside"); }), RangeError);
  assert.equal(taken.size, 0);
});
