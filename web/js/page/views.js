// @ts-check
/**
 * The views of the page: one row here, one module, one part of HTML and one style sheet each, loaded when first opened.
 *
 *   js/page/NAME.js    exports createView(context), which gives a View
 *   views/NAME.html    one <section id="view-NAME">; the first view's stands in index.html, so that it shows at once
 *   css/NAME.css       styles that are the view's alone
 */
import { LadError } from "../shared/errors.js";
import { byId, make } from "./dom.js";
import { formatRoute } from "./router.js";

/** A file given to the page; path: within the folder it came in, or its name.
 * @typedef {{file: File, path: string}} Given */
/** What a view gets.
 * @typedef {object} Context
 * @property {import("./client.js").Client} client
 * @property {import("./library.js").Library} library
 * @property {(files: Given[]) => void} inspect  opens the Inspect view with these files */
/** @typedef {object} View
 * @property {(route: import("./router.js").Route) => void | Promise<void>} open  at each address of this view
 * @property {() => void} [close]  when another view opens
 * @property {(files: Given[]) => void | Promise<void>} [take]  files dropped or pasted here; without it Inspect takes them */
/** @typedef {{name: string, title: string, styles: string[], load: () => Promise<{createView: (context: Context) => View}>}} Row */

/** In the order of the tabs. @type {Row[]} */
export const VIEWS = [
  { name: "inspect", title: "Inspect", styles: [], load: () => import("./inspect.js") },
  { name: "evaluate", title: "Evaluate", styles: ["css/evaluate.css", "vendor/uplot/uPlot.min.css"], load: () => import("./evaluate.js") },
  { name: "webcam", title: "Webcam", styles: ["css/webcam.css"], load: () => import("./webcam.js") },
  { name: "lab", title: "Scene lab", styles: ["css/lab.css"], load: () => import("./lab.js") },
  { name: "explain", title: "Explain", styles: ["css/explain.css", "vendor/uplot/uPlot.min.css"], load: () => import("./explain.js") },
];
const SITE = new URL("../../", import.meta.url);

export class Views {
  #context;
  /** @type {Map<string, Promise<View>>} */ #loaded = new Map();
  /** @type {string} */ #current = "";
  /** @type {View | null} */ #view = null;

  /** @param {Context} context */
  constructor(context) {
    this.#context = context;
  }

  /** Opens what an address leads to; an unknown one leads to the first view. @param {import("./router.js").Route} route */
  async open(route) {
    const known = VIEWS.find(({ name }) => name === route.view);
    if (!known && route.view) history.replaceState(null, "", formatRoute(VIEWS[0].name, [], {}));
    const row = known ?? VIEWS[0];
    const before = this.#view;
    const changed = this.#current !== row.name;
    this.#current = row.name;
    markTab(row.name);
    try {
      const view = await this.get(row.name);
      if (this.#current !== row.name) return; // another view was opened meanwhile
      if (changed) before?.close?.();
      this.#view = view;
      for (const { name } of VIEWS) document.getElementById(`view-${name}`)?.toggleAttribute("hidden", name !== row.name);
      await view.open(route);
    } catch (error) {
      if (this.#current === row.name) throw error; // else nobody waits for it
    }
  }

  /** The view of that name, loaded when needed. @param {string} name @returns {Promise<View>} */
  get(name) {
    const row = /** @type {Row} */ (VIEWS.find((other) => other.name === name));
    const loading = this.#loaded.get(name) ?? this.#load(row);
    this.#loaded.set(name, loading);
    loading.catch(() => this.#loaded.delete(name)); // the next try may do better
    return loading;
  }

  /** The view that takes files now. @returns {Promise<View>} */
  async taker() {
    return this.#view?.take ? this.#view : this.get("inspect");
  }

  /** @param {Row} row @returns {Promise<View>} */
  async #load({ name, title, styles, load }) {
    try {
      const [{ createView }] = await Promise.all([load(), addPart(name), ...styles.map(addStyle)]);
      return createView(this.#context);
    } catch (error) {
      if (error instanceof LadError) throw error;
      throw new LadError("network", `The view ${title} could not be loaded: ${error instanceof Error ? error.message : error}.`);
    }
  }
}

/** Fills the navigation. */
export function showTabs() {
  byId("tabs").replaceChildren(...VIEWS.map(({ name, title }) =>
    make("a", { href: formatRoute(name, [], {}), "data-view": name, "data-testid": `tab-${name}` }, title)));
}

/** @param {string} current */
function markTab(current) {
  for (const link of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#tabs a"))) {
    if (link.dataset.view === current) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/** Puts the HTML of a view on the page, hidden, unless it is there. @param {string} name */
async function addPart(name) {
  if (document.getElementById(`view-${name}`)) return;
  const response = await fetch(new URL(`views/${name}.html`, SITE));
  if (!response.ok) throw new LadError("network", `The view ${name} could not be loaded: the server answered ${response.status}.`);
  // Our own file, parsed without running anything.
  const section = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("section");
  if (!section || document.getElementById(section.id)) return;
  section.hidden = true;
  byId("main").append(section);
}

/** @param {string} path @returns {Promise<void>} once it applies */
function addStyle(path) {
  const href = new URL(path, SITE).href;
  if (document.querySelector(`link[rel=stylesheet][href="${CSS.escape(href)}"]`)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const link = make("link", { rel: "stylesheet", href });
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => {
      link.remove(); // or the next try would take it for loaded
      reject(new LadError("network", `${path} could not be loaded.`));
    });
    document.head.append(link);
  });
}
