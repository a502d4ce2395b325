// @ts-check
/** Scenes that a person sets up: categories of the core, their rules, rendering with changes; part of the engine. */

/** @typedef {{kind: number, name: string, class: "logical" | "structural", rule: string, description: string}} Kind */
/** @typedef {{name: string, rule: string, width: number, height: number, canEdit: boolean, kinds: Kind[]}} SceneCategory */
/** What is done to one object: x, y are units of the scene. @typedef {{action: "remove" | "move" | "duplicate",
 *   object: number, x: number, y: number}} Edit */
/** Angles in radians, exposure in stops; see lad_scene_changes.
 * @typedef {{exposure: number, kelvin: number, lightTurn: number, roll: number, tiltX: number, tiltY: number, zoom: number}} Changes */
/** @typedef {{category: string, split: number, seed: number, index: number, kind: number, width: number,
 *   changes: Changes, edits: Edit[]}} SceneWish */
/** parameters: the scene graph as the core describes it.
 * @typedef {{width: number, height: number, rgb: Uint8Array, masks: Uint8Array[], saturation: number, parameters: any}} Scene */

const ACTIONS = /** @type {const} */ (["remove", "move", "duplicate"]); // lad_scene_edit_action
const CLASSES = /** @type {const} */ (["logical", "logical", "structural"]); // lad_scene_class

export class Scenes {
  #calls;

  /** @param {import("./calls.js").Calls} calls */
  constructor(calls) {
    this.#calls = calls;
  }

  /** All that the core can draw. @returns {SceneCategory[]} */
  categories() {
    const { core, heap } = this.#calls;
    const found = [];
    for (let i = 0, at; (at = core._lad_wasm_category(i)) !== 0; i++) found.push(this.#category(heap.text(at)));
    return found;
  }

  /** @param {SceneWish} wish @returns {Scene} */
  draw({ category, split, seed, index, kind, width, changes, edits }) {
    const { core, heap } = this.#calls;
    const { exposure, kelvin, lightTurn, roll, tiltX, tiltY, zoom } = changes;
    const numbers = Float64Array.of(split, seed, index, kind, width, exposure, kelvin, lightTurn, roll, tiltX, tiltY, zoom);
    const list = Float64Array.from(edits.flatMap(({ action, object, x, y }) => [ACTIONS.indexOf(action), object, x, y]));
    return heap.with([category, numbers, list], ([name, at, edited]) => {
      const handle = this.#calls.out((out) => core._lad_wasm_lab_create(this.#calls.context, name, at, edited,
        edits.length, out), () => core._lad_wasm_lab_error());
      try {
        return this.#read(handle);
      } finally {
        this.#calls.destroy(core._lad_wasm_lab_destroy, handle);
      }
    });
  }

  /** @param {number} handle @returns {Scene} */
  #read(handle) {
    const { core, heap } = this.#calls;
    return heap.with([4 * 8], ([out]) => {
      core._lad_wasm_lab_numbers(handle, out);
      const [width, height, masks, saturation] = heap.copy(Float64Array, out, 4);
      return {
        width, height, saturation,
        rgb: heap.copy(Uint8Array, core._lad_wasm_lab_rgb(handle), 3 * width * height),
        masks: Array.from({ length: masks }, (_, i) =>
          heap.copy(Uint8Array, core._lad_wasm_lab_mask(handle, i), width * height)),
        parameters: JSON.parse(heap.text(core._lad_wasm_lab_parameters(handle))),
      };
    });
  }

  /** @param {string} name @returns {SceneCategory} */
  #category(name) {
    const { core, heap } = this.#calls;
    return heap.with([name, 4 * 8], ([at, out]) => {
      core._lad_wasm_category_numbers(at, out);
      const [width, height, count, canEdit] = heap.copy(Float64Array, out, 4);
      const text = (/** @type {number} */ kind, /** @type {number} */ field) =>
        heap.text(core._lad_wasm_scene_kind_text(at, kind, field));
      const kinds = Array.from({ length: count }, (_, kind) => ({
        kind, name: text(kind, 0), rule: text(kind, 1), description: text(kind, 2),
        class: CLASSES[core._lad_wasm_kind_class(at, kind)],
      }));
      return { name, rule: heap.text(core._lad_wasm_category_rule(at)), width, height, canEdit: canEdit !== 0, kinds };
    });
  }
}
