// @ts-check
/** One peer in a worker of a browser: the first message opens it, the others are orders. */
import { obey, openPeer } from "./peers.mjs";

/** @type {import("./peers.mjs").Peer} */ let peer;
addEventListener("message", async ({ data }) => {
  try {
    if (data.order) return postMessage(await obey(peer, data.order));
    const root = new URL("/", location.href).href;
    const [model, onnx, rgb] = await Promise.all(data.files.map(async (/** @type {string} */ file) =>
      new Uint8Array(await (await fetch(new URL(file, root))).arrayBuffer())));
    peer = await openPeer(data.name, { root, threads: data.threads, model, onnx, rgb });
    postMessage({ ready: true });
  } catch (error) {
    postMessage({ error: String(error) });
  }
});
