// @ts-check
/** The failure museum: the worst real misses of a model among the bundled images, and why such cases are hard. */
import { scaleFor } from "../shared/heat.js";
import { scoreText, signedText } from "../shared/words.js";
import { byId, make } from "./dom.js";
import { fetchBytes, title } from "./library.js";
import { paintMap } from "./paint.js";
import { formatRoute } from "./router.js";

/** @typedef {import("./library.js").Picture} Picture */
/** @typedef {import("./explain-scores.js").CategoryScores} CategoryScores */
/** @typedef {import("../shared/protocol.js").RunResult} RunResult */

const EXHIBITS = 6;
const SEEN = 256; // the networks see an image as so many pixels a side
const BORDER = 4; // cells around the map, of 4 pixels each

export class Museum {
  #client;
  #library;
  #turn = 0;

  /** @param {import("./client.js").Client} client @param {import("./library.js").Library} library */
  constructor(client, library) {
    this.#client = client;
    this.#library = library;
  }

  /** @param {CategoryScores} scores */
  async show({ category, pictures, models: [{ variant, scores, threshold }] }) {
    const turn = ++this.#turn;
    const misses = pictures.map((picture, i) => ({ picture, score: scores[i] }))
      .filter(({ picture, score }) => picture.class !== "good" && score <= threshold).sort((a, b) => a.score - b.score);
    const anomalies = pictures.filter((picture) => picture.class !== "good").length;
    byId("museum-count").textContent = misses.length === 0 ? `The ${variant} model misses none of the ${anomalies} anomalies of ${title(category).toLowerCase()}.`
      : `The ${variant} model misses ${misses.length} of the ${anomalies} anomalies of ${title(category).toLowerCase()}; these have the lowest scores.`;
    const { palette } = await this.#client.ready;
    const model = this.#library.model(category, /** @type {import("./library.js").Variant} */ (variant));
    const scale = scaleFor(this.#library.mapThreshold(category));
    byId("museum").replaceChildren();
    for (const { picture, score } of misses.slice(0, EXHIBITS)) {
      const bytes = await fetchBytes(picture.url);
      const result = await this.#client.run({ model: /** @type {any} */ (model), image: { kind: "encoded", bytes, name: picture.id } });
      const inside = await truthCells(picture, result.mapSize);
      if (turn !== this.#turn) return;
      byId("museum").append(exhibit(picture, score, threshold, result, inside, (canvas) => paintMap(canvas, result.maps.combined, result.mapSize, result.mapSize, palette, scale, false)));
    }
    byId("view-explain").dataset.museum = `${category}/${Math.min(misses.length, EXHIBITS)}`;
  }
}

/** @param {Picture} picture @param {number} score @param {number} threshold @param {RunResult} result
 * @param {{cells: boolean[], pixels: number}} truth @param {(canvas: HTMLCanvasElement) => void} paint  the map */
function exhibit(picture, score, threshold, result, truth, paint) {
  const map = make("canvas", { "aria-hidden": "true" });
  paint(map);
  const link = make("a", { href: formatRoute("inspect", [picture.category, picture.class, picture.name], {}) },
    make("img", { src: picture.url, alt: picture.description, loading: "lazy" }), map);
  return make("li", { "data-testid": "exhibit" }, link,
    make("p", { class: "exhibit-score" }, `score ${scoreText(score)}, threshold ${scoreText(threshold)}`),
    make("p", { class: "exhibit-what" }, picture.description),
    make("p", { class: "exhibit-rule" }, `Rule broken: ${picture.rule}`),
    make("p", {}, why(picture, result, truth)));
}

/** Why it was missed, from where the map is hot, what the global head makes of it, and how large the anomaly is.
 * @param {Picture} picture @param {RunResult} result @param {{cells: boolean[], pixels: number}} truth */
export function why({ class: className }, result, { cells, pixels }) {
  const { maps: { combined, st, stae }, mapScore, globalScore, detector } = result;
  const most = (/** @type {Float32Array} */ map, /** @type {boolean} */ inside) =>
    map.reduce((best, value, i) => (cells[i] === inside ? Math.max(best, value) : best), -Infinity);
  const hit = most(combined, true) >= most(combined, false);
  const lit = mapScore > detector.mapThreshold;
  const small = className === "structural" && pixels < 60
    ? `Only about ${Math.max(1, Math.round(pixels))} of the ${SEEN} × ${SEEN} pixels that the networks see belong to it, less than a few cells of the map. ` : "";
  let place = "Other places of the image surprise the student more: edges and highlights that differ in every image.";
  if (hit && lit) place = `The map is lit at the right place, ${scoreText(mapScore)} where few good images pass ${scoreText(detector.mapThreshold)}.`;
  else if (hit) place = `The right place is the hottest of the image, but good images have spots as hot (${scoreText(mapScore)}; the map threshold is ${scoreText(detector.mapThreshold)}).`;
  else if (className === "logical") {
    place = "Each neighbourhood of 33 pixels is one that good images have too, so that nothing stands out at the right place. "
      + (most(stae, true) > Math.max(most(st, true), detector.mapThreshold) ? "The autoencoder has noticed something there, which the quiet structural map outweighs."
        : "Counting or comparing far parts needs the autoencoder, whose blurred idea of the whole came out as the student's.");
  }
  if (!detector.globalHead) return small + place;
  return small + place + (globalScore <= 0 ? ` To the global head the picture as a whole is an ordinary one (${signedText(globalScore)}), which takes from the score.`
    : ` The global head finds the whole a little unusual (${signedText(globalScore)}), as some good images are.`);
}

/** Which cells of the map the ground truth touches, and its area in pixels that the networks see.
 * @param {Picture} picture @param {number} size */
async function truthCells(picture, size) {
  const cells = new Array(size * size).fill(false);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(SEEN, SEEN).getContext("2d", { willReadFrequently: true }));
  for (const url of picture.masks) {
    const bitmap = await createImageBitmap(new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (await fetchBytes(url))]));
    context.globalCompositeOperation = "lighten";
    context.drawImage(bitmap, 0, 0, SEEN, SEEN);
  }
  const { data } = context.getImageData(0, 0, SEEN, SEEN);
  let pixels = 0;
  const step = SEEN / (size + 2 * BORDER);
  for (let y = 0; y < SEEN; y++) {
    for (let x = 0; x < SEEN; x++) {
      if (data[4 * (y * SEEN + x)] < 96) continue;
      pixels++;
      const [column, row] = [Math.floor(x / step) - BORDER, Math.floor(y / step) - BORDER];
      if (column >= 0 && row >= 0 && column < size && row < size) cells[row * size + column] = true;
    }
  }
  return { cells, pixels };
}
