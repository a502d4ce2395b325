// @ts-check
/** One peer in a Node process of its own: an order a line on standard input, an answer a line on standard output.
 * Usage: node-peer.mjs NAME THREADS MODEL ONNX RGB */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { obey, onnxRunner, openPeer } from "./peers.mjs";

const [name, threads, ...files] = process.argv.slice(2);
const [model, onnx, rgb] = files.map((file) => new Uint8Array(readFileSync(file)));
const root = new URL("../../", import.meta.url);

/** onnxruntime's native build. @returns {Promise<import("./peers.mjs").Peer>} */
async function openNative() {
  const { default: ort } = await import(
    new URL("build/bench/npm/node_modules/onnxruntime-node/dist/index.js", root).href);
  const session = await ort.InferenceSession.create(onnx,
    { executionProviders: ["cpu"], intraOpNumThreads: Number(threads), interOpNumThreads: 1 });
  return { run: onnxRunner(ort, session, rgb), heapBytes: () => process.memoryUsage().rss };
}

const peer = name === "onnxruntime-node" ? await openNative()
  : await openPeer(name, { root: root.href, threads: Number(threads), model, onnx, rgb });
console.log(JSON.stringify({ ready: true }));
for await (const order of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await obey(peer, order)));
}
process.exit(0); // threads of a peer would keep it alive
