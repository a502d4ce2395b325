// @ts-check
/** Whether this Node.js has relaxed SIMD: 20 with a flag, later ones without, Debian 12's 18 not at all. */
import { setFlagsFromString } from "node:v8";
import { relaxedSimd } from "wasm-feature-detect";

setFlagsFromString("--experimental-wasm-relaxed-simd");
export const RELAXED = await relaxedSimd();
