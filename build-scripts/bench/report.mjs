// @ts-check
/** The results of bench.mjs as Markdown. */

/** @type {Record<string, string>} */
const TITLES = { native: "native, one picture", training: "native, one training step", node: "WASM in Node, one picture",
  chromium: "WASM in Chromium, one picture" };
/** @type {Record<string, number>} what the ratio should reach, for size s; training: both sizes */
const AIMS = { native: 2.2, training: 3, node: 4, chromium: 4 };

/** @param {{name: string}} row  of a program; lad may take part in several builds */
export const isOwn = (row) => row.name.startsWith("lad");

/** @param {number} value */
const ms = (value) => value < 100 ? value.toFixed(1) : value.toFixed(0);

/** @param {any} results @returns {string} */
export function tableOf(results) {
  const lines = ["| work, 256 x 256 | threads | lad, ms (quartiles) | peers, ms (quartiles) | faster by | aim |",
    "|---|---|---|---|---|---|"];
  const order = Object.keys(TITLES);
  const sorted = [...results.comparisons].sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group)
    || b.size.localeCompare(a.size) || a.threads - b.threads);
  for (const { group, size, threads, rows, ratio } of sorted) {
    const cell = (/** @type {any} */ r) => `${ms(r.median)} (${ms(r.low)} to ${ms(r.high)})`;
    const aim = size === "s" || group === "training" ? `${AIMS[group]}` : "";
    const own = rows.filter(isOwn), peers = rows.filter((/** @type {any} */ r) => !isOwn(r));
    const named = (/** @type {any[]} */ list) => list.map((r) => `${r.name} ${cell(r)}`).join(", ");
    lines.push(`| ${TITLES[group]}, pdn-${size} | ${threads} | ${own.length > 1 ? named(own) : cell(own[0])} | `
      + `${named(peers)} | **${ratio.toFixed(2)}** | ${aim} |`);
  }
  const worst = Math.max(...results.comparisons.map((/** @type {any} */ r) => r.deviation));
  lines.push("", `Results of all programs agree to ${worst.toExponential(1)} of the largest value.`, ...memory(sorted));
  if (results.page) {
    const { loadMs, loadBytes, fps } = results.page;
    lines.push("", `The page from a local server to its first heat map: ${loadMs.map(ms).join(", ")} ms, `
      + `${(loadBytes / 1e6).toFixed(1)} MB; webcam view: ${fps.toFixed(1)} frames a second.`);
  }
  for (const [size, layers] of Object.entries(results.layers)) lines.push("", ...layerTable(size, layers));
  return `${lines.join("\n")}\n`;
}

/** @param {any[]} comparisons */
function memory(comparisons) {
  return comparisons.filter(({ group }) => group === "node" || group === "chromium").map(({ group, size, threads, rows }) =>
    `WASM heaps, ${group}, pdn-${size}, ${threads} thread(s): ${rows.map((/** @type {any} */ r) =>
      `${r.name} ${r.memoryMb?.toFixed(0)} MB`).join(", ")}.`);
}

/** @param {string} size @param {any} layers */
function layerTable(size, layers) {
  const lines = [`Layers of pdn-${size}, one thread, ${layers.kernels}: GFLOP/s of the matrix products and their share of `
    + `the micro-kernel's peak, ${layers.peak_gflops_per_thread.toFixed(0)}.`, "",
  "| layer | forward, ms | | data's gradient, ms | | weights' gradient, ms | |", "|---|---|---|---|---|---|---|"];
  for (const layer of layers.layers) {
    const cells = ["forward", "backward_data", "backward_weights"].map((pass) => layer[pass]
      ? `${layer[pass].best_ms.toFixed(2)} | ${layer[pass].product_gflops.toFixed(0)}, ${Math.round(100 * layer[pass].share_of_peak)} %`
      : " | ");
    lines.push(`| ${layer.network} ${layer.layer} | ${cells.join(" | ")} |`);
  }
  return [...lines, "", ...kernelTable(layers)];
}

/** @param {any} layers  what lad bench wrote */
function kernelTable({ inner_kernels: kernels = [] }) {
  if (kernels.length === 0) return [];
  return ["| inner kernel | \u00b5s a call | the reference's | faster by |", "|---|---|---|---|", ...kernels.map((/** @type {any} */ k) =>
    `| ${k.kernel} | ${k.us.toFixed(2)} | ${k.reference_us.toFixed(2)} | ${k.ratio.toFixed(1)} |`)];
}
