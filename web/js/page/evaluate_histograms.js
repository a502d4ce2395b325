// @ts-check
/** Histograms of the scores by class, one for each detector, with its threshold; drawn by uPlot. */
import uPlot from "../../vendor/uplot/uPlot.esm.js";
import { histogram } from "../eval/histogram.js";
import { scoreText } from "../shared/words.js";
import { axis, drawChart } from "./chart.js";
import { make } from "./dom.js";

/** @typedef {import("../eval/measure.js").Outcome} Outcome */

const STEPS = 24;
const CLASSES = /** @type {const} */ ([["Good", "--calm", []], ["Logical", "--alarm", [6, 3]], ["Structural", "--plain", [2, 3]]]);

/** @param {HTMLElement} place @param {Outcome} outcome @returns {() => void} takes them away */
export function drawHistograms(place, { contenders, entries }) {
  const labels = entries.map(({ label }) => label);
  const parts = contenders.map(({ key, title, scores, detector: { threshold } }) => {
    const chart = make("div", { class: "chart", "data-testid": `histogram-${key}`, role: "img" });
    return { chart, threshold, ...histogram(scores, labels, STEPS),
      figure: make("figure", {}, make("figcaption", {}, `Scores by class, ${title}`), chart) };
  });
  place.replaceChildren(...parts.map(({ figure }) => figure)); // charts need a size
  const undo = parts.map(({ chart, edges, counts, threshold }) => draw(chart, edges, counts, threshold));
  return () => undo.forEach((one) => one());
}

/** @param {HTMLElement} place @param {number[]} edges @param {number[][]} counts @param {number} threshold */
function draw(place, edges, counts, threshold) {
  const most = Math.max(1, ...counts.flat());
  const [low, high] = [edges[0], edges[edges.length - 1]];
  const pad = (high - low) * 0.03;
  const range = [Math.min(low, threshold) - pad, Math.max(high, threshold) + pad];
  const { takeAway } = drawChart(place, (width) => Math.min(300, width * 0.6), (colour) => ({
    scales: { x: { time: false, range }, y: { range: [0, most * 1.2] } },
    axes: [axis(colour, "Score"), { ...axis(colour, "Images"), incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000] }],
    hooks: { draw: [(/** @type {any} */ plot) => markThreshold(plot, threshold, colour("--ink"))] },
    series: [
      { label: "Score", value: (/** @type {any} */ _, /** @type {number | null} */ v) => (v == null ? "–" : scoreText(v)) },
      ...CLASSES.map(([label, property, dash]) => ({
        label, stroke: colour(property), fill: `${colour(property)}38`, width: 2,
        dash: [...dash], points: { show: false }, paths: uPlot.paths.stepped?.({ align: 1 }),
        value: (/** @type {any} */ _, /** @type {number | null} */ v) => v ?? "–",
      })),
    ],
  }), [edges, ...counts.map((of) => [...of, 0])]); // the last step ends at the last edge
  place.setAttribute("aria-label", CLASSES.map(([label], i) => `${label}: ${spread(edges, counts[i])}`).join("; ")
    + `; threshold ${scoreText(threshold)}`);
  return takeAway;
}

/** For those who do not see the chart. @param {number[]} edges @param {number[]} counts */
function spread(edges, counts) {
  const first = counts.findIndex((n) => n > 0);
  if (first < 0) return "none";
  const last = counts.reduce((found, n, i) => (n > 0 ? i : found), first);
  return `${counts.reduce((a, b) => a + b, 0)} images between ${scoreText(edges[first])} and ${scoreText(edges[last + 1])}`;
}

/** @param {any} plot @param {number} threshold @param {string} colour */
function markThreshold(plot, threshold, colour) {
  const { ctx, bbox } = plot;
  const x = Math.round(plot.valToPos(threshold, "x", true));
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour;
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  const right = x > bbox.left + bbox.width / 2;
  ctx.textAlign = right ? "right" : "left";
  ctx.fillText("threshold", x + (right ? -5 : 5) * devicePixelRatio, bbox.top + 13 * devicePixelRatio);
  ctx.restore();
}
