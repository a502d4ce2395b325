#!/usr/bin/env node
// @ts-check
/**
 * Times lad and its peers in turns, on the same weights and pictures; checks that they compute the same.
 *
 * Usage: node build-scripts/bench/bench.mjs [--sizes xs,s] [--groups native,training,node,chromium,page,layers]
 *        [--threads 1,2] [--rounds 7]
 * `make bench` installs the peers and calls it.  Results: build/bench/results.json and results.md; a run of some groups
 * replaces those and keeps the others.  Within a group programs take turns, one or a few runs each a round, so that a
 * machine that is busy for a while slows all of them; medians and quartiles over all runs are reported.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { randomDetector, safetensors } from "../../tests/cli/random_model.mjs";
import { networksOf, readTensors } from "./networks.mjs";
import { onnxModel } from "./onnx.mjs";
import { measurePage } from "./page.mjs";
import { ask, closeAll, openBrowser, openProcess } from "./programs.mjs";
import { isOwn, tableOf } from "./report.mjs";

const OUT = "build/bench";
const TOLERANCE = 1e-3; // of a map's largest value
const { values: option } = parseArgs({ options: {
  sizes: { type: "string", default: "xs,s" }, threads: { type: "string", default: "1,2" },
  groups: { type: "string", default: "layers,native,training,node,chromium,page" },
  rounds: { type: "string", default: "7" } } });
const rounds = Number(option.rounds);

/** Files that all programs read: a random detector, its teacher, the same as ONNX, pictures.
 * @param {string} size */
function prepare(size) {
  const folder = `${OUT}/${size}`;
  mkdirSync(`${folder}/dump`, { recursive: true });
  const files = { model: `${folder}/model.safetensors`, teacher: `${folder}/teacher.safetensors`,
    onnx: `${folder}/model.onnx`, rgb: `${OUT}/pictures.rgb`, dump: `${folder}/dump` };
  const detector = randomDetector(1, `pdn-${size}`);
  const tensors = detector.tensors.filter(({ name }) => name.startsWith("teacher."));
  writeFileSync(files.model, safetensors(detector));
  writeFileSync(files.teacher, safetensors({ metadata: detector.metadata, tensors }));
  writeFileSync(files.onnx, onnxModel(networksOf(readTensors(readFileSync(files.model)))));
  let state = 1; // smooth gradients and noise: four pictures
  const pixel = (/** @type {unknown} */ _, /** @type {number} */ i) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((i % 768) / 6 + Math.floor(i / 768) % 256 / 4 + (state >>> 26)) & 255;
  };
  writeFileSync(files.rgb, Uint8Array.from({ length: 4 * 256 * 256 * 3 }, pixel));
  return files;
}

const hasTorch = () => {
  try {
    execFileSync("/usr/bin/python3", ["-c", "import torch"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

/** @typedef {ReturnType<typeof prepare>} Files */
/** The programs of a group. @type {Record<string, (f: Files, threads: number) => Promise<import("./programs.mjs").Program[]>>} */
const GROUPS = {
  native: (f, n) => Promise.all([
    openProcess("lad", "build/lad", ["bench", "--follow", "-t", String(n), "--model", f.model, "--rgb", f.rgb]),
    openProcess("onnxruntime-node", process.execPath, nodePeer("onnxruntime-node", n, f)),
    ...hasTorch() ? [openProcess("PyTorch", "/usr/bin/python3", torch("infer", n, f.model, f.rgb))] : [],
  ]),
  node: (f, n) => Promise.all(["lad", "lad (relaxed SIMD)", "onnxruntime-web", ...n === 1 ? ["tfjs-wasm"] : []] // tfjs has no threads in Node
    .map((name) => openProcess(name, process.execPath, nodePeer(name, n, f)))),
  chromium: (f, n) => openBrowser(["lad", "lad (relaxed SIMD)", "onnxruntime-web", "tfjs-wasm"], n, [f.model, f.onnx, f.rgb]),
  training: async (f, n) => {
    const lad = await openProcess("lad", "build/lad",
      ["bench", "--follow", "-t", String(n), "--teacher", f.teacher, "--rgb", f.rgb]);
    lad.losses = await ask(lad, `dump ${f.dump}`);
    if (!hasTorch()) return [lad];
    const peer = await openProcess("PyTorch", "/usr/bin/python3", torch("train", n, f.teacher, f.model, f.dump));
    peer.losses = await ask(peer, "losses");
    return [lad, peer, { ...peer, ms: [], name: "PyTorch with the clean picture's targets given", verb: "cached" }];
  },
};

/** @param {string} name @param {number} threads @param {Files} f */
function nodePeer(name, threads, f) {
  return ["--experimental-wasm-relaxed-simd", "build-scripts/bench/node-peer.mjs", name, String(threads), f.model, f.onnx, f.rgb];
}

/** @param {string} mode @param {number} threads @param {...string} files */
function torch(mode, threads, ...files) {
  return ["build-scripts/bench/peer_torch.py", mode, String(threads), ...files];
}

/** The largest difference of two maps, as a part of the first one's largest value. @param {number[]} a @param {number[]} b */
function difference(a, b) {
  const most = Math.max(...a.map(Math.abs));
  return a.length === b.length ? Math.max(...a.map((v, i) => Math.abs(v - b[i]))) / most : Infinity;
}

/** Stops unless the programs agree. @param {string} group @param {import("./programs.mjs").Program[]} programs */
async function compareResults(group, programs) {
  if (group === "training") {
    const [own, ...others] = programs.map((p) => Object.values(p.losses));
    return Math.max(0, ...others.map((other) => Math.max(...own.map((v, i) => Math.abs(v / other[i] - 1)))));
  }
  const answers = [];
  for (const program of programs) {
    const maps = await ask(program, "maps");
    program.memoryMb = maps.memory_mb;
    answers.push(maps);
  }
  const [own, ...others] = answers;
  return Math.max(...others.map((o) => Math.max(difference(own.st, o.st), difference(own.stae, o.stae))));
}

/** @param {string} group @param {string} size @param {number} threads @param {Files} files */
async function measure(group, size, threads, files) {
  const programs = await GROUPS[group](files, threads);
  try {
    await ask(programs[0], "run 2"); // the first ones touch memory for the first time
    const deviation = await compareResults(group, programs);
    if (!(deviation < TOLERANCE)) throw new Error(`${group} ${size}: the programs differ by ${deviation}`);
    for (const program of programs) await ask(program, `${program.verb} 1`);
    for (let round = 0; round < rounds; round++) {
      for (const program of programs) {
        const { ms } = await ask(program, `${program.verb} ${isOwn(program) ? 3 : 1}`);
        program.ms.push(...ms);
      }
    }
    const rows = programs.map(({ name, ms, memoryMb }) => ({ name, memoryMb, ...summary(ms) }));
    const fastest = (/** @type {boolean} */ own) =>
      Math.min(...rows.filter((row) => isOwn(row) === own).map((row) => row.median));
    return { group, size, threads, rounds, deviation, rows, ratio: fastest(false) / fastest(true) };
  } finally {
    await closeAll(programs);
  }
}

/** Writes what there is so far: a long run may be stopped. @param {any} results */
function save(results) {
  writeFileSync(`${OUT}/results.json`, `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync(`${OUT}/results.md`, tableOf(results));
}

/** @param {number[]} ms */
function summary(ms) {
  const sorted = [...ms].sort((a, b) => a - b);
  const at = (/** @type {number} */ part) => sorted[Math.round(part * (sorted.length - 1))];
  return { median: at(0.5), low: at(0.25), high: at(0.75), best: sorted[0], runs: ms.length };
}

mkdirSync(OUT, { recursive: true });
const file = `${OUT}/results.json`;
const results = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { comparisons: [], layers: {} };
results.machine = { processor: cpus()[0]?.model, cores: cpus().length, node: process.version };
for (const size of option.sizes.split(",")) {
  const files = prepare(size);
  for (const group of option.groups.split(",")) {
    if (group === "layers") {
      const json = `${OUT}/${size}/layers.json`;
      execFileSync("build/lad", ["bench", "--size", size, "--threads", "1", "--json", json], { stdio: "inherit" });
      results.layers[size] = JSON.parse(readFileSync(json, "utf8"));
    }
    if (!GROUPS[group]) continue;
    for (const threads of option.threads.split(",").map(Number)) {
      const result = await measure(group, size, threads, files);
      results.comparisons = results.comparisons.filter((/** @type {any} */ r) =>
        r.group !== group || r.size !== size || r.threads !== threads).concat(result);
      console.log(`${group} ${size}, ${threads} thread(s): ${result.rows.map((r) =>
        `${r.name} ${r.median.toFixed(1)} ms`).join(", ")}; ratio ${result.ratio.toFixed(2)}`);
      save(results);
    }
  }
}
if (option.groups.split(",").includes("page")) results.page = await measurePage();
save(results);
console.log(`\n${tableOf(results)}`);
