// @ts-check
/** The draft's opcode of the fused multiply-add is replaced where it is code, and nowhere else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { relax } from "../../build-scripts/relax-wasm.mjs";
import { RELAXED } from "./relaxed.mjs";

/** A section or a function body with its length in front. @param {number[]} head @param {number[]} body */
const sized = (head, body) => [...head, body.length, ...body];

/** A module whose one function f() -> i32 has these instructions. @param {number[]} code */
function module(code) {
  return Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...sized([1], [1, 0x60, 0, 1, 0x7f]), ...sized([3], [1, 0]),
    ...sized([7], [1, 1, 0x66, 0, 0]), ...sized([10], [1, ...sized([], [0, ...code, 0x0b])])]);
}

const DRAFT = [0xfd, 0xaf, 0x01];
/** v128.const of four equal floats, the high half of each given. @param {number} high */
const floats = (high) => [0xfd, 12, ...Array.from({ length: 4 }, () => [0, 0, high & 255, high >> 8]).flat()];

test("a multiply-add is changed and computes a b + c", { skip: !RELAXED }, () => {
  const bytes = module([...floats(0x4040), ...floats(0x40a0), ...floats(0x40e0), ...DRAFT, // 3 x 5 + 7
    0xfd, 31, 0, 0xa8]); // lane 0, truncated to an integer
  assert.equal(WebAssembly.validate(bytes), false, "the draft is known to nobody");
  assert.equal(relax(bytes), 1);
  const { f } = /** @type {{f: () => number}} */ (
    /** @type {unknown} */ (new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports));
  assert.equal(f(), 22);
});

test("the same bytes within constants stay", () => {
  const code = [0x41, ...DRAFT, // i32.const with that LEB128
    0x43, ...DRAFT, 0, 0x1a, // f32.const; drop
    0xfd, 12, ...DRAFT, ...DRAFT, ...DRAFT, ...DRAFT, ...DRAFT, 0, 0x1a]; // v128.const; drop
  const bytes = module(code), before = bytes.slice();
  assert.equal(relax(bytes), 0);
  assert.deepEqual(bytes, before);
  assert.ok(WebAssembly.validate(bytes));
});

test("code that does not end where its function does is refused", () => {
  assert.throws(() => relax(module([0x41, 1, 0x43])), /function does not end/);
});
