// @ts-check
/** What the Scene lab shows, as data, and as an address that carries all of it. No DOM: tested in Node. */

/** @typedef {import("../worker/scenes.js").SceneCategory} SceneCategory */
/** @typedef {import("../worker/scenes.js").SceneWish} SceneWish */
/** @typedef {import("../worker/scenes.js").Edit} Edit */
/** @typedef {import("../worker/scenes.js").Changes} Changes */
/** A slider of the lab; core: what the core is told for one step of it.
 * @typedef {{name: keyof Changes, query: string, label: string, unit: string, low: number, high: number, step: number, core: number}} Slider */

const DEGREE = Math.PI / 180;
export const MAX_EDITS = 64; // LAD_SCENE_MAX_EDITS
export const MAX_SEED = 99;
export const MAX_NUMBER = 9999;
const TEST_SPLIT = 2;

/** @type {Slider[]} */
export const SLIDERS = [
  { name: "exposure", query: "light", label: "Brightness", unit: "stops", low: -2, high: 2, step: 0.1, core: 1 },
  { name: "kelvin", query: "kelvin", label: "Colour of the light", unit: "K", low: -2600, high: 4400, step: 100, core: 1 },
  { name: "lightTurn", query: "from", label: "Where it comes from", unit: "°", low: -180, high: 180, step: 5, core: DEGREE },
  { name: "roll", query: "turn", label: "Turn", unit: "°", low: -45, high: 45, step: 1, core: DEGREE },
  { name: "zoom", query: "zoom", label: "Size", unit: "%", low: -30, high: 50, step: 1, core: 0.01 },
  { name: "tiltX", query: "side", label: "Seen from the side", unit: "°", low: -14, high: 14, step: 1, core: DEGREE },
  { name: "tiltY", query: "above", label: "Seen from below or above", unit: "°", low: -14, high: 14, step: 1, core: DEGREE },
];
const LETTERS = /** @type {const} */ ({ r: "remove", m: "move", d: "duplicate" });

/** sliders: by name, in steps of the page (degrees, per cent).
 * @typedef {{category: string, seed: number, number: number, kind: string, sliders: Record<string, number>, edits: Edit[]}} LabState */

/** @param {string} category @returns {LabState} */
export function plainState(category) {
  return { category, seed: 1, number: 0, kind: "", sliders: Object.fromEntries(SLIDERS.map(({ name }) => [name, 0])), edits: [] };
}

/** What an address asks for, with everything out of range put right. @param {import("./router.js").Route} route
 * @param {SceneCategory[]} categories @returns {LabState} */
export function readState({ path: [wanted = ""], query }, categories) {
  const category = categories.find(({ name }) => name === wanted) ?? categories[0];
  const state = plainState(category.name);
  state.seed = whole(query.get("seed"), 1, MAX_SEED, 1);
  state.number = whole(query.get("n"), 0, MAX_NUMBER, 0);
  state.kind = category.kinds.find(({ name }) => name === query.get("break"))?.name ?? "";
  for (const { name, query: key, low, high } of SLIDERS) state.sliders[name] = inside(query.get(key), low, high, 0);
  state.edits = category.canEdit ? readEdits(query.get("edit") ?? "") : [];
  return state;
}

/** @param {LabState} state @returns {Record<string, string>} */
export function queryOf({ seed, number, kind, sliders, edits }) {
  /** @type {Record<string, string>} */ const query = { seed: String(seed), n: String(number) };
  if (kind) query.break = kind;
  for (const { name, query: key } of SLIDERS) if (sliders[name] !== 0) query[key] = String(sliders[name]);
  if (edits.length > 0) query.edit = edits.map(writeEdit).join("_");
  return query;
}

/** What the worker draws. @param {LabState} state @param {SceneCategory[]} categories @param {number} width  0: full size
 * @returns {SceneWish} */
export function wishOf({ category, seed, number, kind, sliders, edits }, categories, width) {
  const { kinds } = /** @type {SceneCategory} */ (categories.find(({ name }) => name === category));
  const changes = Object.fromEntries(SLIDERS.map(({ name, core }) => [name, sliders[name] * core]));
  return { category, split: TEST_SPLIT, seed, index: number, kind: kinds.findIndex(({ name }) => name === kind), width,
    changes: /** @type {Changes} */ (/** @type {unknown} */ (changes)), edits };
}

/** A list of edits with one more; moving what was just moved or made only changes where it went.
 * @param {Edit[]} edits @param {Edit} next @param {number} objects  how many there are before it @returns {Edit[]} */
export function withEdit(edits, next, objects) {
  const last = edits.at(-1);
  const again = next.action === "move" && last
    && ((last.action === "move" && last.object === next.object) || (last.action === "duplicate" && next.object === objects - 1));
  if (again) return [...edits.slice(0, -1), { ...last, x: next.x, y: next.y }];
  return edits.length < MAX_EDITS ? [...edits, next] : edits;
}

/** @param {Edit} edit */
function writeEdit({ action, object, x, y }) {
  return action === "remove" ? `r${object}` : `${action.charAt(0)}${object}.${Math.round(x)}.${Math.round(y)}`;
}

/** @param {string} text @returns {Edit[]} */
function readEdits(text) {
  /** @type {Edit[]} */ const edits = [];
  for (const part of text.split("_").slice(0, MAX_EDITS)) {
    const match = /^([rmd])(\d{1,3})(?:\.(-?\d{1,3})\.(-?\d{1,3}))?$/.exec(part);
    if (!match) continue;
    const action = LETTERS[/** @type {"r" | "m" | "d"} */ (match[1])];
    edits.push({ action, object: Number(match[2]), x: Number(match[3] ?? 0), y: Number(match[4] ?? 0) });
  }
  return edits;
}

/** @param {string | null} text @param {number} low @param {number} high @param {number} fallback */
function inside(text, low, high, fallback) {
  const value = text === null || text.trim() === "" ? NaN : Number(text);
  return Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : fallback;
}

/** @param {string | null} text @param {number} low @param {number} high @param {number} fallback */
function whole(text, low, high, fallback) {
  return Math.round(inside(text, low, high, fallback));
}
