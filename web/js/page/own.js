// @ts-check
/** A person's own files as pictures: single ones, or a folder, in the layout of MVTec LOCO AD with ground truth. */
import { LadError } from "../shared/errors.js";
import { fetchBytes } from "./library.js";

/** @typedef {import("./library.js").Picture} Picture */
/** @typedef {import("./views.js").Given} Given */

const MAX_BYTES = 256 * 2 ** 20; // what the core takes: LAD_IMAGE_MAX_FILE_BYTES
const IMAGE = /\.(png|jpe?g)$/i;
const TRUTH = /(^|\/)ground_truth\//;
const TEST_IMAGE = /^(.*\/|)test\/([^/]+)\/([^/]+)\.[^./]+$/;

/** Of what was given, the pictures: of a folder its images, of single files each, whatever it may be.
 * @param {Given[]} given @param {string} category  whose model is to look at them @returns {Picture[]} */
export function ownPictures(given, category) {
  const wanted = given.filter(({ path }) => !path.includes("/") || (IMAGE.test(path) && !TRUTH.test(path)));
  if (given.length > 0 && wanted.length === 0) throw new LadError("unsupported", "There is no PNG or JPEG image in that folder.");
  return wanted.map(({ file, path }) => ({
    class: "yours", name: path, category, id: "", file: path, url: URL.createObjectURL(file), kind: "", rule: "", description: "",
    masks: [], blob: file, maskBlobs: truthOf(path, given),
  }));
}

/** Ground truth of a test image: ground_truth/KIND/NAME/*.png (LOCO AD) or ground_truth/KIND/NAME_mask.png (AD).
 * @param {string} path @param {Given[]} given */
function truthOf(path, given) {
  const match = TEST_IMAGE.exec(path);
  if (!match) return [];
  const base = `${match[1]}ground_truth/${match[2]}/${match[3]}`;
  return given.filter((other) => (other.path.startsWith(`${base}/`) && IMAGE.test(other.path)) || other.path === `${base}_mask.png`)
    .map(({ file }) => file);
}

/** The bytes of any picture. @param {Picture} picture @param {AbortSignal} [signal] @returns {Promise<Uint8Array>} */
export async function bytesOf({ blob, url, name }, signal) {
  return blob ? bytesOfFile(blob, name) : fetchBytes(url, signal);
}

/** @param {File} file @param {string} name @returns {Promise<Uint8Array>} */
export async function bytesOfFile(file, name) {
  if (file.size > MAX_BYTES) throw new LadError("unsupported", `${name} is larger than 256 MiB.`);
  const buffer = await file.arrayBuffer().catch(() => {
    throw new LadError("io", `${name} cannot be read: it was moved, deleted or is a folder.`);
  });
  return new Uint8Array(buffer);
}

/** Ground truth of any picture, as bitmaps. @param {Picture} picture
 * @returns {Promise<ImageBitmap[]>} */
export async function masksOf({ masks, maskBlobs, name }) {
  const files = maskBlobs ?? await Promise.all(masks.map(async (url) => toBlob(await fetchBytes(url))));
  const read = await Promise.all(files.map((file) => createImageBitmap(file).catch(() => null)));
  if (read.includes(null)) throw new LadError("bad format", `A ground-truth mask of ${name} cannot be read.`);
  return /** @type {ImageBitmap[]} */ (read);
}

/** As the core sees it: a photo's rotation flag is not applied. @param {Uint8Array} bytes @param {string} name */
export async function toBitmap(bytes, name) {
  return createImageBitmap(toBlob(bytes), { imageOrientation: "none" }).catch(() => {
    throw new LadError("bad format", `${name} cannot be shown by this browser.`);
  });
}

/** @param {Uint8Array} bytes */
function toBlob(bytes) {
  return new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (bytes)]);
}
