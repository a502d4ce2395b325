// @ts-check
/** What the three networks make of an image: features as colours, the two difference maps, the score. */
import { scaleFor } from "../shared/heat.js";
import { findingWords, scoreText, signedText } from "../shared/words.js";
import { byId, make } from "./dom.js";
import { paintMap } from "./paint.js";

/** @typedef {import("../worker/studio.js").FeaturesResult} FeaturesResult */

/** @param {import("./opened.js").Opened} image @param {FeaturesResult} features @param {Uint8Array} palette @param {number} mapThreshold */
export async function showFeatures({ picture, bytes }, { result, structural, logical }, palette, mapThreshold) {
  const bitmap = await createImageBitmap(new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (bytes)]), { imageOrientation: "none" });
  const canvas = /** @type {HTMLCanvasElement} */ (byId("explain-image"));
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.drawImage(bitmap, 0, 0, 256, 256); // the networks see a square too
  bitmap.close();
  const size = result.mapSize;
  drawRgb("explain-teacher", structural.target, size);
  drawRgb("explain-student-1", structural.student, size);
  drawRgb("explain-autoencoder", logical.target, size);
  drawRgb("explain-student-2", logical.student, size);
  const scale = scaleFor(mapThreshold);
  for (const [id, map] of /** @type {const} */ ([["explain-st", "st"], ["explain-stae", "stae"], ["explain-combined", "combined"]])) {
    paintMap(/** @type {HTMLCanvasElement} */ (byId(id)), result.maps[map], size, size, palette, scale, false);
  }
  const share = (/** @type {number} */ value) => `${Math.round(100 * value)} %`;
  byId("explain-share").textContent = `The three colours hold ${share(structural.share)} of what the teacher's ${result.detector.channels} channels say about this image, and ${share(logical.share)} of the autoencoder's. Maps are black where a picture is as usual; the middle of their colours is the map threshold, ${scoreText(mapThreshold)}, which few good pictures pass anywhere.`;
  const { lead, finding, tone } = findingWords(picture, result.score, result.detector.threshold);
  byId("explain-verdict").replaceChildren(`${lead}: the hottest cell of the combined map is ${scoreText(result.mapScore)}${result.detector.globalHead ? `, the global head adds ${signedText(result.globalScore)}, and that` : ", which"} makes the score ${scoreText(result.score)}; the threshold is ${scoreText(result.detector.threshold)}: `,
    make("strong", { class: tone }, finding), ".");
}

/** @param {string} id @param {Uint8Array} rgb @param {number} size */
function drawRgb(id, rgb, size) {
  const canvas = /** @type {HTMLCanvasElement} */ (byId(id));
  canvas.width = canvas.height = size;
  const image = new ImageData(size, size);
  for (let i = 0; i < size * size; i++) {
    image.data.set(rgb.subarray(3 * i, 3 * i + 3), 4 * i);
    image.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d")?.putImageData(image, 0, 0);
}
