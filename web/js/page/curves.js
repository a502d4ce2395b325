// @ts-check
/** ROC curves, drawn by uPlot. */
import uPlot from "../../vendor/uplot/uPlot.esm.js";
import { axis, drawChart } from "./chart.js";

/** @typedef {import("../shared/protocol.js").Roc} Roc */

/** Draws the curves of some models into one chart and returns how to take it away.  colour: a property of the style sheet.
 * @param {HTMLElement} place @param {{name: string, roc: Roc, colour: string, dash: number[]}[]} curves
 * @returns {() => void} */
export function drawCurves(place, curves) {
  place.replaceChildren();
  const value = (/** @type {any} */ _, /** @type {number | null} */ v) => v?.toFixed(2) ?? "–";
  const tenths = { splits: [0, 0.2, 0.4, 0.6, 0.8, 1], values: (/** @type {any} */ _, /** @type {number[]} */ at) => at.map((v) => v.toFixed(1)) };
  return drawChart(place, (width) => Math.min(380, width * 0.78), (colour) => ({
    scales: { x: { time: false, range: [0, 1] }, y: { range: [0, 1.005] } },
    axes: [{ ...axis(colour, "False alarms among good images"), ...tenths }, { ...axis(colour, "Anomalies found"), ...tenths }],
    series: [
      { label: "False alarms", value },
      ...curves.map(({ name, colour: property, dash }) => ({
        label: name, stroke: colour(property), width: 2, dash, points: { show: false }, spanGaps: true, value,
        paths: uPlot.paths.stepped?.({ align: 1 }), // a staircase: each image is one step
      })),
    ],
  }), uPlot.join(curves.map(({ roc }) => steps(roc)))).takeAway;
}

/** Per false-alarm rate the highest rate of finds, since uPlot wants each x once; before them a point left of the
 * axis, from which the staircase rises. @param {Roc} roc
 * @returns {[number[], number[]]} */
function steps({ fpr, tpr }) {
  /** @type {Map<number, number>} */ const best = new Map([[-1, 0]]);
  fpr.forEach((x, i) => best.set(x, tpr[i]));
  return [[...best.keys()], [...best.values()]];
}
