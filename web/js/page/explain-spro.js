// @ts-check
/** sPRO to play with: a ground-truth region, how much of it must be found, and a prediction that the reader moves. */
import uPlot from "../../vendor/uplot/uPlot.esm.js";
import { axis, drawChart } from "./chart.js";
import { byId, say } from "./dom.js";

/** @typedef {import("../worker/studio.js").SceneResult} SceneResult */

const LIMIT = 0.05; // of the false-positive rate, as in the data set's own figure
const PLAIN = { exposure: 0, kelvin: 0, lightTurn: 0, roll: 0, tiltX: 0, tiltY: 0, zoom: 0 };
const STEPS = /** @type {Record<string, [number, number]>} */ ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] });

export class SproPlay {
  #client;
  /** @type {SceneResult | null} */ #scene = null;
  /** @type {Uint8Array} */ #mask = new Uint8Array();
  #area = 0;
  #at = { x: 0, y: 0 };
  #canvas = /** @type {HTMLCanvasElement} */ (byId("spro-picture"));
  #radius = /** @type {HTMLInputElement} */ (byId("spro-radius"));
  #saturation = /** @type {HTMLInputElement} */ (byId("spro-saturation"));
  /** @type {ReturnType<typeof drawChart> | null} */ #chart = null;
  #busy = false;
  #again = false;

  /** @param {import("./client.js").Client} client */
  constructor(client) {
    this.#client = client;
    for (const input of [this.#radius, this.#saturation]) input.addEventListener("input", () => this.#update());
    this.#canvas.addEventListener("pointerdown", (event) => {
      this.#canvas.setPointerCapture(event.pointerId);
      this.#point(event);
    });
    this.#canvas.addEventListener("pointermove", (event) => { if (event.buttons & 1) this.#point(event); });
    this.#canvas.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (!step) return;
      event.preventDefault();
      this.#go(this.#at.x + 4 * step[0], this.#at.y + 4 * step[1]);
    });
  }

  async open() {
    if (this.#scene) return this.#update();
    /** @type {import("../worker/scenes.js").SceneCategory[]} */ const categories = await this.#client.request("scenes", {});
    const category = categories.find(({ name }) => name === "pushpins") ?? categories[0];
    const kind = category.kinds.find(({ name }) => name === "missing_pushpin") ?? category.kinds[0];
    this.#scene = await this.#client.request("scene", { model: null, wish: { category: category.name, split: 2, seed: 1, index: 5,
      kind: kind.kind, width: 320, changes: PLAIN, edits: [] } });
    const { masks, saturation, width } = /** @type {SceneResult} */ (this.#scene);
    this.#mask = masks[0];
    this.#area = this.#mask.reduce((sum, value) => sum + Number(value > 0), 0);
    const first = this.#mask.findIndex((value) => value > 0);
    this.#at = { x: (first % width) + 4, y: Math.floor(first / width) + 18 };
    if (saturation > 0) this.#saturation.value = String(Math.round((100 * saturation) / this.#area));
    this.#canvas.width = width;
    this.#canvas.height = /** @type {SceneResult} */ (this.#scene).height;
    await this.#update();
  }

  /** @param {PointerEvent} event */
  #point(event) {
    const box = this.#canvas.getBoundingClientRect();
    this.#go(((event.clientX - box.left) / box.width) * this.#canvas.width, ((event.clientY - box.top) / box.height) * this.#canvas.height);
  }

  /** @param {number} x @param {number} y */
  #go(x, y) {
    this.#at = { x: Math.round(Math.min(this.#canvas.width - 1, Math.max(0, x))), y: Math.round(Math.min(this.#canvas.height - 1, Math.max(0, y))) };
    this.#update();
  }

  /** One request at a time; what changed meanwhile is computed next. */
  async #update() {
    if (!this.#scene) return;
    this.#again = true;
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#again) {
        this.#again = false;
        await this.#compute(this.#scene);
      }
    } catch (error) {
      say(error);
    } finally {
      this.#busy = false;
    }
  }

  /** @param {SceneResult} scene */
  async #compute({ width, height }) {
    const { x, y } = this.#at;
    const radius = this.#radius.valueAsNumber;
    const needed = Math.max(1, Math.round((this.#saturation.valueAsNumber / 100) * this.#area));
    // A map that cools away from where the prediction is centred: each threshold is a disc, ours is one of them.
    const map = new Float32Array(width * height), disc = new Float32Array(width * height);
    for (let v = 0, i = 0; v < height; v++) {
      for (let u = 0; u < width; u++, i++) {
        const distance = Math.hypot(u - x, v - y);
        map[i] = 1000 - distance;
        disc[i] = distance <= radius ? 1 : 0;
      }
    }
    const ask = (/** @type {Float32Array} */ values, /** @type {number} */ saturation) =>
      this.#client.request("spro", { map: values, channel: this.#mask, saturation, limit: LIMIT });
    const [curve, whole, now] = await Promise.all([ask(map, needed), ask(map, this.#area), ask(disc, needed)]);
    const [rate, mean] = [now.rates[1] ?? 0, now.means[1] ?? 0];
    this.#paint(disc);
    this.#draw(curve, whole, rate, mean);
    const per = (/** @type {number} */ value) => `${(100 * value).toFixed(1)} %`;
    byId("spro-radius-value").textContent = `${radius} px`;
    byId("spro-saturation-value").textContent = `${this.#saturation.value} % of the region, ${needed} px`;
    byId("spro-now").textContent = per(mean);
    byId("spro-rate").textContent = per(rate);
    byId("spro-area").textContent = curve.area.toFixed(3);
    byId("spro-area-whole").textContent = whole.area.toFixed(3);
    byId("spro-says").textContent = mean >= 1 ? "Enough of the region is found: a larger prediction gains nothing, and pays in false positives."
      : mean > 0 ? "Part of what is needed is found." : "Nothing of the region is found.";
  }

  /** The scene, the region, and the prediction: hits in one colour, false positives in another. @param {Float32Array} disc */
  #paint(disc) {
    const { width, height, rgba } = /** @type {SceneResult} */ (this.#scene);
    const image = new ImageData(new Uint8ClampedArray(rgba), width, height);
    const tint = (/** @type {number} */ i, /** @type {number[]} */ colour, /** @type {number} */ part) => {
      for (let c = 0; c < 3; c++) image.data[4 * i + c] += (colour[c] - image.data[4 * i + c]) * part;
    };
    for (let i = 0; i < disc.length; i++) {
      const inside = this.#mask[i] > 0;
      if (disc[i]) tint(i, inside ? [90, 220, 130] : [255, 110, 70], 0.55);
      else if (inside) tint(i, [255, 255, 255], 0.18);
    }
    this.#canvas.getContext("2d")?.putImageData(image, 0, 0);
  }

  /** @param {import("../worker/insight.js").SproCurve} curve @param {import("../worker/insight.js").SproCurve} whole
   * @param {number} rate @param {number} mean */
  #draw(curve, whole, rate, mean) {
    const data = uPlot.join([lastOf(curve), lastOf(whole), [[rate], [mean]]]);
    if (this.#chart) return this.#chart.setData(data);
    const value = (/** @type {any} */ _, /** @type {number | null} */ v) => v?.toFixed(2) ?? "–";
    this.#chart = drawChart(byId("spro-curve"), () => 260, (colour) => ({
      scales: { x: { time: false, range: [0, 0.25] }, y: { range: [0, 1.02] } },
      axes: [axis(colour, "False-positive rate"), axis(colour, "sPRO")],
      series: [{ label: "Rate", value },
        { label: "sPRO", value, stroke: colour("--accent"), width: 2, points: { show: false }, spanGaps: true },
        { label: "whole region needed", value, stroke: colour("--plain"), width: 2, dash: [5, 4], points: { show: false }, spanGaps: true },
        { label: "your prediction", value, stroke: colour("--alarm"), width: 0, points: { show: true, size: 11, fill: colour("--alarm") } }],
    }), data);
  }
}

/** uPlot wants each x once: the highest point of each rate. @param {import("../worker/insight.js").SproCurve} curve
 * @returns {[number[], number[]]} */
function lastOf({ rates, means }) {
  /** @type {Map<number, number>} */ const best = new Map();
  rates.forEach((rate, i) => best.set(rate, means[i]));
  return [[...best.keys()], [...best.values()]];
}
