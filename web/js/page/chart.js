// @ts-check
/** Charts by uPlot that keep to the width of their place and to the colours of light or dark, also when these change. */
import uPlot from "../../vendor/uplot/uPlot.esm.js";

/** The value of a colour of the style sheet, "--ink". @typedef {(property: string) => string} Colour */

const FONT = "12px system-ui, sans-serif";
const MIN_WIDTH = 200;

/** @param {Colour} colour @param {string} label */
export function axis(colour, label) {
  const [stroke, line] = [colour("--muted"), { stroke: colour("--line"), width: 1 }];
  return { label, stroke, grid: line, ticks: line, font: FONT, labelFont: FONT, size: 42, labelSize: 20 };
}

/** Draws a chart. @param {HTMLElement} place @param {(width: number) => number} height
 * @param {(colour: Colour) => object} options  uPlot's, without the size @param {any} data  uPlot's
 * @returns {{setData: (data: any) => void, takeAway: () => void}} */
export function drawChart(place, height, options, data) {
  const style = getComputedStyle(document.documentElement);
  const size = () => {
    const width = Math.max(MIN_WIDTH, place.clientWidth);
    return { width, height: Math.round(height(width)) };
  };
  const draw = () => new uPlot(/** @type {any} */ ({ ...size(), cursor: { drag: { x: false, y: false } },
    ...options((property) => style.getPropertyValue(property).trim()) }), data, place);
  let chart = draw();
  const redraw = () => {
    chart.destroy();
    chart = draw();
  };
  const watch = new ResizeObserver(() => chart.setSize(size()));
  watch.observe(place);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", redraw);
  return {
    setData: (next) => chart.setData(data = next),
    takeAway: () => {
      scheme.removeEventListener("change", redraw);
      watch.disconnect();
      chart.destroy();
    },
  };
}
