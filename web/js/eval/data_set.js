// @ts-check
/** What is evaluated: a bundled category, or a person's data, in the same shape.  Bytes are read when asked for. */
import { findDataSets } from "./layout.js";

/** @typedef {import("../page/library.js").Picture} Picture */
/** A file that is read later; the name begins sentences. @typedef {{name: string, read: (signal?: AbortSignal) => Promise<Uint8Array>}} Later */
/** One test image. picture: the bundled one; without it the image is a person's.
 * @typedef {{id: string, label: 0 | 1 | 2, image: Later, masks: Later[], picture: Picture | null}} Entry */
/** name: as reports say; own: a person's.
 * @typedef {{key: string, name: string, own: boolean, entries: Entry[], defects: Later | null, dataHash: string}} DataSet
 *   dataHash: "" where it is not known before all was read */

export const LABELS = /** @type {const} */ (["good", "logical", "structural"]);

/** @param {import("../page/library.js").Category} category
 * @param {(url: string, signal?: AbortSignal) => Promise<Uint8Array>} fetchBytes @returns {DataSet} */
export function bundledDataSet(category, fetchBytes) {
  const later = (/** @type {string} */ url) => ({
    name: url.slice(url.indexOf(`/${category.name}/`) + 1),
    read: (/** @type {AbortSignal | undefined} */ signal) => fetchBytes(url, signal),
  });
  return {
    key: category.name,
    name: category.name,
    own: false,
    dataHash: category.dataHash,
    defects: category.defects ? later(category.defects) : null,
    entries: category.pictures.map((picture) => ({
      id: picture.id,
      label: /** @type {0 | 1 | 2} */ (LABELS.indexOf(/** @type {"good"} */ (picture.class))),
      image: later(picture.url),
      masks: picture.masks.map(later),
      picture,
    })),
  };
}

/** The data sets in a folder or archive. @param {import("./layout.js").Source} source @returns {DataSet[]} */
export function ownDataSets(source) {
  return findDataSets(source.paths, source.name).map(({ name, root, entries, defects }) => {
    const later = (/** @type {string} */ path) => ({ name: path, read: () => source.read(path) });
    return {
      key: `own ${source.name}/${root}`,
      name,
      own: true,
      dataHash: "",
      defects: defects === null ? null : later(defects),
      entries: entries.map(({ id, label, path, masks }) =>
        ({ id, label, image: later(path), masks: masks.map(later), picture: null })),
    };
  });
}

/** "24 images: 8 good, 8 logical, 8 structural". @param {DataSet} data */
export function countText({ entries }) {
  const counts = LABELS.map((name, label) => `${entries.filter((entry) => entry.label === label).length} ${name}`);
  return `${entries.length} ${entries.length === 1 ? "image" : "images"}: ${counts.join(", ")}`;
}
