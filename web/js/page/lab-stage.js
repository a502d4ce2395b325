// @ts-check
/** The picture of the Scene lab: scene, map, outlines, and objects that can be dragged. */
import { scaleFor } from "../shared/heat.js";
import { scoreText } from "../shared/words.js";
import { byId, make } from "./dom.js";
import { paintLegend, paintMap, paintOutlines } from "./paint.js";

/** @typedef {import("../worker/studio.js").SceneResult} SceneResult */
/** @typedef {import("../worker/scenes.js").SceneCategory} SceneCategory */
/** @typedef {import("../worker/scenes.js").Edit} Edit */
/** @typedef {{name: string, x: number, y: number, px: number, py: number, reach_px: number}} SceneObject */
/** @typedef {{edit: (edit: Edit, moving: boolean) => void, redraw: () => void}} Callbacks */

const OUTLINE_WIDTH = 960;
const STEPS = /** @type {Record<string, [number, number]>} */ ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] });

export class LabStage {
  #palette;
  #edit;
  #frame = byId("lab-frame");
  #image = /** @type {HTMLCanvasElement} */ (byId("lab-image"));
  #heat = /** @type {HTMLCanvasElement} */ (byId("lab-heat"));
  #outline = /** @type {HTMLCanvasElement} */ (byId("lab-outline"));
  #handles = byId("lab-objects");
  /** @type {SceneObject[]} */ #objects = [];
  #unit = [1, 0, 0, 1]; // a step in pixels as units of the scene
  #size = { width: 1, height: 1 };
  /** @type {{object: number, startX: number, startY: number, x: number, y: number, left: number, top: number} | null} */ #drag = null;

  /** @param {Uint8Array} palette @param {Callbacks} callbacks */
  constructor(palette, { edit, redraw }) {
    this.#palette = palette;
    this.#edit = edit;
    for (const id of ["lab-opacity", "lab-outline-on"]) byId(id).addEventListener("input", redraw);
    this.#handles.addEventListener("pointerdown", (event) => this.#grab(event));
    this.#handles.addEventListener("pointermove", (event) => this.#move(event));
    for (const type of /** @type {const} */ (["pointerup", "pointercancel"])) this.#handles.addEventListener(type, (event) => this.#drop(event));
    this.#handles.addEventListener("keydown", (event) => this.#key(event));
    byId("lab-remove").addEventListener("click", () => this.#act("remove"));
    byId("lab-duplicate").addEventListener("click", () => this.#act("duplicate"));
    this.#handles.addEventListener("focusin", (event) => this.#choose(handleOf(event)));
  }

  /** @param {SceneResult} scene @param {string} label @param {SceneCategory} category @param {import("../shared/protocol.js").MapName} map
   * @param {number} mapThreshold  the middle of its colours */
  async show(scene, label, category, map, mapThreshold) {
    const { width, height, rgba, masks, result, parameters } = scene;
    this.#image.width = width;
    this.#image.height = height;
    this.#image.getContext("2d")?.putImageData(new ImageData(rgba, width, height), 0, 0);
    this.#image.setAttribute("aria-label", `${label}: the scene as it is set up`);
    this.#frame.style.setProperty("--aspect", String(width / height));
    this.#heat.hidden = !result;
    byId("lab-legend").hidden = !result;
    if (result) {
      const scale = scaleFor(mapThreshold);
      if (map === "combined" && result.heat) paintMap(this.#heat, result.heat.values, result.heat.width, result.heat.height, this.#palette, scale, true);
      else paintMap(this.#heat, bordered(result.maps[map], result.mapSize), result.mapSize + 8, result.mapSize + 8, this.#palette, scale, true);
      const opacity = /** @type {HTMLInputElement} */ (byId("lab-opacity")).valueAsNumber;
      this.#heat.style.opacity = String(opacity / 100);
      paintLegend(/** @type {HTMLCanvasElement} */ (byId("lab-legend-scale")), this.#palette);
      byId("lab-legend-mid").textContent = `map threshold ${scoreText(mapThreshold)}`;
      byId("lab-legend-high").textContent = `${scoreText(scale.high)} and more`;
    }
    const outlined = /** @type {HTMLInputElement} */ (byId("lab-outline-on")).checked && masks.length > 0;
    this.#outline.hidden = !outlined;
    if (outlined) {
      const bitmaps = await Promise.all(masks.map((mask) => createImageBitmap(new ImageData(white(mask), width, height))));
      paintOutlines(this.#outline, bitmaps, { width: OUTLINE_WIDTH, height: Math.round((OUTLINE_WIDTH * height) / width) });
    }
    this.#list(category.canEdit ? parameters.objects ?? [] : [], parameters.unit_per_px ?? this.#unit, { width, height });
  }

  /** @param {SceneObject[]} objects @param {number[]} unit @param {{width: number, height: number}} size */
  #list(objects, unit, size) {
    this.#objects = objects;
    this.#unit = unit;
    this.#size = size;
    while (this.#handles.children.length > objects.length) this.#handles.lastElementChild?.remove();
    while (this.#handles.children.length < objects.length) {
      this.#handles.append(make("button", { type: "button", class: "handle", "data-object": String(this.#handles.children.length) }));
    }
    objects.forEach(({ name, px, py, reach_px }, i) => {
      const handle = /** @type {HTMLElement} */ (this.#handles.children[i]);
      handle.setAttribute("aria-label", name);
      handle.style.width = `${(200 * reach_px) / size.width}%`;
      if (this.#drag?.object === i) return; // it follows the pointer
      handle.style.left = `${(100 * px) / size.width}%`;
      handle.style.top = `${(100 * py) / size.height}%`;
    });
    this.#choose(/** @type {HTMLElement | null} */ (this.#handles.querySelector("[aria-pressed=true]")));
  }

  /** @param {PointerEvent} event */
  #grab(event) {
    const handle = handleOf(event);
    if (!handle || event.button !== 0) return;
    const object = Number(handle.dataset.object);
    const { x, y, px, py } = this.#objects[object];
    handle.setPointerCapture(event.pointerId);
    handle.focus();
    this.#drag = { object, startX: event.clientX, startY: event.clientY, x, y, left: px / this.#size.width, top: py / this.#size.height };
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const drag = this.#drag;
    if (!drag) return;
    const box = this.#frame.getBoundingClientRect();
    const [right, down] = [(event.clientX - drag.startX) / box.width, (event.clientY - drag.startY) / box.height];
    if (Math.abs(right) + Math.abs(down) < 0.004) return;
    const handle = /** @type {HTMLElement} */ (this.#handles.children[drag.object]);
    handle.style.left = `${100 * (drag.left + right)}%`;
    handle.style.top = `${100 * (drag.top + down)}%`;
    this.#edit(this.#moved(drag.object, drag.x, drag.y, right * this.#size.width, down * this.#size.height), true);
  }

  /** @param {PointerEvent} event */
  #drop(event) {
    const drag = this.#drag;
    if (!drag) return;
    this.#move(event);
    this.#drag = null;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const handle = handleOf(event);
    if (!handle || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEPS[event.key];
    if (step) {
      event.preventDefault();
      const { x, y } = this.#objects[Number(handle.dataset.object)];
      const far = (event.shiftKey ? 0.08 : 0.016) * this.#size.width;
      this.#edit(this.#moved(Number(handle.dataset.object), x, y, step[0] * far, step[1] * far), false);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      this.#act("remove");
    } else if (event.key.toLowerCase() === "d") {
      this.#act("duplicate");
    }
  }

  /** @param {number} object @param {number} x @param {number} y @param {number} dx @param {number} dy  pixels @returns {Edit} */
  #moved(object, x, y, dx, dy) {
    const [a, b, c, d] = this.#unit;
    const bound = (/** @type {number} */ v) => Math.round(Math.min(999, Math.max(-999, v)));
    return { action: "move", object, x: bound(x + a * dx + b * dy), y: bound(y + c * dx + d * dy) };
  }

  /** To the object that is chosen. @param {"remove" | "duplicate"} action */
  #act(action) {
    const handle = /** @type {HTMLElement | null} */ (this.#handles.querySelector("[aria-pressed=true]"));
    const object = Number(handle?.dataset.object ?? -1);
    const at = this.#objects[object];
    if (!at) return;
    if (action === "duplicate") this.#edit({ ...this.#moved(object, at.x, at.y, 0, 0), action, x: Math.round(at.x + 14), y: Math.round(at.y + 10) }, false);
    else this.#edit({ action, object, x: 0, y: 0 }, false);
  }

  /** @param {HTMLElement | null} handle */
  #choose(handle) {
    for (const other of this.#handles.children) other.setAttribute("aria-pressed", String(other === handle));
    const object = handle ? this.#objects[Number(handle.dataset.object)] : null;
    byId("lab-chosen").textContent = object ? object.name : "Nothing is chosen.";
    for (const id of ["lab-remove", "lab-duplicate"]) /** @type {HTMLButtonElement} */ (byId(id)).disabled = !object;
  }
}

/** @param {Event} event */
function handleOf(event) {
  return /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-object]"));
}

/** A mask as pixels: opaque inside. @param {Uint8Array} mask */
function white(mask) {
  const rgba = new Uint8ClampedArray(4 * mask.length);
  for (let i = 0; i < mask.length; i++) if (mask[i]) rgba[4 * i] = rgba[4 * i + 3] = 255;
  return rgba;
}

/** The map with the four cells around it that the networks do not see. @param {Float32Array} map @param {number} size */
function bordered(map, size) {
  const out = new Float32Array((size + 8) ** 2);
  for (let y = 0; y < size; y++) out.set(map.subarray(y * size, (y + 1) * size), (y + 4) * (size + 8) + 4);
  return out;
}
