// @ts-check
/** The address of what the Inspect view shows, and back. No DOM: tested in Node. */
import { formatRoute } from "./router.js";

/** model, map and look: "" stands for what is shown without being asked for; threshold: null, the model's own.
 * @typedef {{model: string, map: string, look: string, threshold: number | null, list: string, sort: string}} Wish */

const VALUES = /** @type {const} */ ({ model: ["plain", "difference"], map: ["st", "stae"], look: ["compare", "map", "image"],
  list: ["all"], sort: ["high", "low"] });

/** What is not known is left out. @param {URLSearchParams} query @returns {Wish} */
export function readWish(query) {
  const of = (/** @type {keyof typeof VALUES} */ key) => VALUES[key].find((value) => value === query.get(key)) ?? "";
  const threshold = Number(query.get("threshold") || NaN);
  return { model: of("model"), map: of("map"), look: of("look"), list: of("list"), sort: of("sort"),
    threshold: Number.isFinite(threshold) ? threshold : null };
}

/** @param {{category: string, class: string, name: string}} picture @param {Wish} wish */
export function addressOf({ category, class: className, name }, wish) {
  /** @type {Record<string, string>} */ const query = {};
  for (const [key, values] of Object.entries(VALUES)) {
    const value = wish[/** @type {keyof typeof VALUES} */ (key)];
    if (values.some((known) => known === value)) query[key] = value;
    if (key === "look" && wish.threshold !== null) query.threshold = wish.threshold.toFixed(3);
  }
  return formatRoute("inspect", [category, className, name], query);
}
