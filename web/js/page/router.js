// @ts-check
/** Permalinks: #/inspect/pushpins/logical/003?model=margin&map=stae */

/** @typedef {{view: string, path: string[], query: URLSearchParams}} Route */

/** @param {string} hash @returns {Route} */
export function parseRoute(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [view = "", ...rest] = path.split("/").filter(Boolean).map(decode);
  return { view, path: rest, query: new URLSearchParams(query) };
}

/** @param {string} view @param {string[]} path @param {Record<string, string>} query @returns {string} */
export function formatRoute(view, path, query) {
  const where = [view, ...path].map(encodeURIComponent).join("/");
  const options = new URLSearchParams(query).toString();
  return `#/${where}${options ? `?${options}` : ""}`;
}

/** Puts a view's state into the address without a new entry in the history, unless another view was asked for meanwhile.
 * @param {string} hash */
export function replaceRoute(hash) {
  const { view } = parseRoute(location.hash);
  if (view && view !== parseRoute(hash).view) return;
  if (location.hash !== hash) history.replaceState(null, "", hash);
}

/** @param {string} part */
function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a stray % in a hand-made link
  }
}
