#!/usr/bin/env node
// @ts-check
/**
 * Milliseconds per image of the WASM core in Node, by flavour and number of threads.
 *
 * Usage: node build-scripts/bench-wasm.mjs MODEL.safetensors IMAGE [--runs 15]
 * The variants take turns within each round, so that a machine that is busy for a while slows all of them; medians
 * and the quartiles around them are printed.
 */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { relaxedSimd } from "wasm-feature-detect";
import { loadEngine } from "../web/js/worker/engine.js";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { runs: { type: "string", default: "15" } } });
const [modelFile, imageFile] = positionals;
const runs = Number(values.runs);
if (!imageFile || !(runs >= 1)) {
  console.error("usage: bench-wasm.mjs MODEL.safetensors IMAGE [--runs N]");
  process.exit(2);
}

/** @type {{flavour: import("../web/js/worker/engine.js").Flavour, threads: number}[]} */
const variants = [{ flavour: "lad-simd", threads: 1 }, { flavour: "lad-simd-mt", threads: 2 }];
if (await relaxedSimd()) variants.push({ flavour: "lad-relaxed", threads: 1 }, { flavour: "lad-relaxed-mt", threads: 2 });
const base = new URL("../build/wasm/", import.meta.url);
const [model, image] = [readFileSync(modelFile), readFileSync(imageFile)];
const benches = await Promise.all(variants.map(async (variant) => {
  const engine = await loadEngine({ ...variant, base });
  return { ...variant, engine, detector: engine.openDetector(model, modelFile), all: /** @type {number[]} */ ([]),
    networks: /** @type {number[]} */ ([]) };
}));

for (let run = -1; run < runs; run++) { // the first round warms up
  for (const { engine, detector, all, networks } of benches) {
    const start = performance.now();
    const { timings } = engine.runEncoded(detector, image, imageFile);
    if (run < 0) continue;
    all.push(performance.now() - start);
    networks.push(timings.networksMs);
  }
}

/** @param {number[]} numbers @param {number} part */
const quantile = (numbers, part) => [...numbers].sort((a, b) => a - b)[Math.round(part * (numbers.length - 1))];
const { architecture } = benches[0].detector.info;
console.log(`${basename(modelFile)} (${architecture}), ${runs} runs, ms per image: median (quartiles)`);
for (const { flavour, threads, engine, detector, all, networks } of benches) {
  const row = [all, networks].map((n) => `${quantile(n, 0.5).toFixed(1)} (${quantile(n, 0.25).toFixed(1)} to ${quantile(n, 0.75).toFixed(1)})`);
  console.log(`  ${flavour.padEnd(14)} ${threads} threads   whole ${row[0]}   networks ${row[1]}`);
  engine.closeDetector(detector);
  engine.close();
}
