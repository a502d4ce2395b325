// @ts-check
/**
 * Data sets among the paths of a folder or an archive, as src/data/dataset.h reads them:
 *
 *   ROOT/test/{good,logical_anomalies,structural_anomalies,...}/NAME.png
 *   ROOT/ground_truth/TYPE/NAME/000.png ...  or  ROOT/ground_truth/TYPE/NAME_mask.png
 *   ROOT/defects_config.json
 * Every folder of test/ but good and logical_anomalies is structural.  No DOM: tested in Node.
 */

/** @typedef {{id: string, label: 0 | 1 | 2, path: string, masks: string[]}} PlanEntry  id: "logical_anomalies/003" */
/** @typedef {{name: string, root: string, entries: PlanEntry[], defects: string | null}} Plan  name: of the root folder */
/** Files by path. @typedef {{name: string, paths: string[], read: (path: string) => Promise<Uint8Array>}} Source */

const IMAGE = /\.(png|jpe?g)$/i;
const encoder = new TextEncoder();

/** Order of bytes, as strcmp and so `lad eval` sorts. @param {string} a @param {string} b */
export function compareBytes(a, b) {
  const [x, y] = [encoder.encode(a), encoder.encode(b)];
  const length = Math.min(x.length, y.length);
  for (let i = 0; i < length; i++) if (x[i] !== y[i]) return x[i] - y[i];
  return x.length - y.length;
}

/** @param {Iterable<string>} paths @param {string} fallback  name of a data set that lies at the top @returns {Plan[]} */
export function findDataSets(paths, fallback) {
  const all = new Set([...paths].filter((path) => !path.split("/").some((part) => part.startsWith("."))));
  /** @type {Map<string, string[]>} */ const images = new Map(); // of each root
  /** @type {Map<string, string[]>} */ const masks = new Map(); // of each folder of ground truth
  for (const path of all) {
    const parts = path.split("/");
    if (!IMAGE.test(path)) continue;
    if (parts.at(-3) === "test") push(images, parts.slice(0, -3).join("/"), path);
    if (parts.includes("ground_truth")) push(masks, parts.slice(0, -1).join("/"), path);
  }
  return [...images].sort(([a], [b]) => compareBytes(a, b)).map(([root, list]) => {
    const defects = join(root, "defects_config.json");
    return {
      name: root.split("/").at(-1) || fallback,
      root,
      entries: list.map((path) => entryOf(root, path, masks, all)).sort(compareEntries),
      defects: all.has(defects) ? defects : null,
    };
  });
}

/** @param {string} root @param {string} path @param {Map<string, string[]>} masks @param {Set<string>} all
 * @returns {PlanEntry} */
function entryOf(root, path, masks, all) {
  const [type, file] = path.split("/").slice(-2);
  const id = `${type}/${stem(file)}`;
  const label = type === "good" ? 0 : type === "logical_anomalies" ? 1 : 2;
  const single = join(root, `ground_truth/${id}_mask.png`);
  const own = label === 0 ? [] : [...(masks.get(join(root, `ground_truth/${id}`)) ?? [])].sort(compareBytes);
  if (label !== 0 && all.has(single)) own.push(single);
  return { id, label, path, masks: own };
}

/** By folder, then by file name. @param {PlanEntry} a @param {PlanEntry} b */
function compareEntries(a, b) {
  const [x, y] = [a, b].map(({ path }) => path.split("/").slice(-2));
  return compareBytes(x[0], y[0]) || compareBytes(x[1], y[1]);
}

/** @param {Map<string, string[]>} map @param {string} key @param {string} value */
function push(map, key, value) {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** @param {string} root @param {string} path */
function join(root, path) {
  return root === "" ? path : `${root}/${path}`;
}

/** @param {string} file */
function stem(file) {
  return file.slice(0, file.lastIndexOf("."));
}

/** A path of an archive without tricks; "" for one that leads out of it. @param {string} path */
export function plainPath(path) {
  const parts = path.replaceAll("\\", "/").split("/").filter((part) => part !== "" && part !== ".");
  return parts.includes("..") ? "" : parts.join("/");
}
