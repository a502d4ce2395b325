#!/usr/bin/env node
// @ts-check
/**
 * Gives the fused multiply-add of WASM's relaxed SIMD its final opcode.
 *
 * Usage: node build-scripts/relax-wasm.mjs FILE.wasm
 * The toolchain (clang 14, binaryen 108) knows only the draft's f32x4.qfma, 0xfd 175; browsers know its successor
 * f32x4.relaxed_madd, 0xfd 261.  Both take three operands and two bytes behind the prefix, so the number alone
 * changes, in place.  (The draft's operation added its first operand; the kernels push operands in the final order.)
 * Code is walked instruction by instruction, since the same bytes may occur within constants.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const CODE_SECTION = 10, DRAFT = 175;
const FINAL = [0x85, 0x02]; // 261 in LEB128

/** @param {Uint8Array} bytes  a module, changed in place @returns {number}  how many instructions were changed */
export function relax(bytes) {
  let at = 8, changed = 0;
  const leb = () => {
    let value = 0, shift = 0;
    for (;; shift += 7) {
      const byte = bytes[at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  const skip = (/** @type {number} */ count) => {
    for (let i = 0; i < count; i++) leb();
  };

  /** Behind the prefix 0xfd. */
  const vector = () => {
    const from = at, code = leb();
    if (code === DRAFT) {
      bytes.set(FINAL, from);
      changed++;
    } else if (code <= 11 || code === 92 || code === 93) skip(2); // loads and stores: alignment, offset
    else if (code === 12 || code === 13) at += 16; // constant, shuffle
    else if (code >= 21 && code <= 34) at++; // lane
    else if (code >= 84 && code <= 91) { skip(2); at++; } // load or store of a lane
  };

  const instruction = () => {
    const code = bytes[at++];
    if (code === 0xfd) vector();
    else if (code === 0xfe) { if (leb() === 3) at++; else skip(2); } // fence, atomics
    else if (code === 0xfc) { const sub = leb(); skip(sub < 8 ? 0 : [8, 10, 12, 14].includes(sub) ? 2 : 1); }
    else if (code === 0x43) at += 4; // f32.const
    else if (code === 0x44) at += 8; // f64.const
    else if (code === 0x0e || code === 0x1c) skip(leb() + (code === 0x0e ? 1 : 0)); // br_table, typed select
    else if (code === 0x11 || (code >= 0x28 && code <= 0x3e)) skip(2); // call_indirect, loads and stores
    else if ((code >= 0x02 && code <= 0x04) || code === 0x0c || code === 0x0d || code === 0x10
      || (code >= 0x20 && code <= 0x26) || (code >= 0x3f && code <= 0x42) || code === 0xd0 || code === 0xd2) skip(1);
    else if (code >= 0x06 && code <= 0x0a) throw new Error(`unknown instruction ${code} at ${at - 1}`); // exceptions
  };

  while (at < bytes.length) {
    const section = bytes[at++], size = leb(), end = at + size;
    if (section === CODE_SECTION) {
      for (let functions = leb(); functions > 0; functions--) {
        const size = leb(), end = at + size;
        for (let groups = leb(); groups > 0; groups--) skip(2); // locals: count, type
        while (at < end) instruction();
        if (at !== end || bytes[end - 1] !== 0x0b) throw new Error(`a function does not end at ${end}`);
      }
    }
    at = end;
  }
  return changed;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = process.argv[2], bytes = readFileSync(file), changed = relax(bytes);
  if (changed === 0) throw new Error(`${file} has no fused multiply-add of relaxed SIMD`);
  writeFileSync(file, bytes);
}
