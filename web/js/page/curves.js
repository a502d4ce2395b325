// @ts-check
/** ROC curves, drawn by uPlot. */
import uPlot from "../../vendor/uplot/uPlot.esm.js";

/** @typedef {import("../shared/protocol.js").Roc} Roc */

/** Draws the curves of some models into one chart and returns how to take it away.
 * @param {HTMLElement} place @param {{name: string, roc: Roc, colour: string, dash: number[]}[]} curves
 * @returns {() => void} */
export function drawCurves(place, curves) {
  place.replaceChildren();
  const style = getComputedStyle(document.documentElement);
  const ink = style.getPropertyValue("--muted").trim();
  const line = style.getPropertyValue("--line").trim();
  const axis = (/** @type {string} */ label) => ({
    label, stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 },
    splits: [0, 0.2, 0.4, 0.6, 0.8, 1], values: (/** @type {any} */ _, /** @type {number[]} */ at) => at.map((v) => v.toFixed(1)),
    labelFont: "12px system-ui, sans-serif", font: "12px system-ui, sans-serif", size: 42, labelSize: 20,
  });
  const size = () => {
    const width = Math.max(200, place.clientWidth);
    return { width, height: Math.min(380, Math.round(width * 0.78)) };
  };
  const chart = new uPlot({
    ...size(),
    scales: { x: { time: false, range: [0, 1] }, y: { range: [0, 1.005] } },
    axes: [axis("False alarms among good images"), axis("Anomalies found")],
    cursor: { drag: { x: false, y: false } },
    series: [
      { label: "False alarms", value: (/** @type {any} */ _, /** @type {number | null} */ v) => v?.toFixed(2) ?? "–" },
      ...curves.map(({ name, colour, dash }) => ({
        label: name, stroke: colour, width: 2, dash, points: { show: false }, spanGaps: true,
        paths: uPlot.paths.stepped?.({ align: 1 }), // a staircase: each image is one step
        value: (/** @type {any} */ _, /** @type {number | null} */ v) => v?.toFixed(2) ?? "–",
      })),
    ],
  }, uPlot.join(curves.map(({ roc }) => steps(roc))), place);
  const watch = new ResizeObserver(() => chart.setSize(size()));
  watch.observe(place);
  return () => {
    watch.disconnect();
    chart.destroy();
  };
}

/** Per false-alarm rate the highest rate of finds, since uPlot wants each x once; before them a point left of the
 * axis, from which the staircase rises. @param {Roc} roc
 * @returns {[number[], number[]]} */
function steps({ fpr, tpr }) {
  /** @type {Map<number, number>} */ const best = new Map([[-1, 0]]);
  fpr.forEach((x, i) => best.set(x, tpr[i]));
  return [[...best.keys()], [...best.values()]];
}
