// @ts-check
/** The Explain view: one page about the method, drawn live from the reader's own image. */
import { byId, choose, chosen, notice, say } from "./dom.js";
import { showFeatures } from "./explain-features.js";
import { Museum } from "./explain-museum.js";
import { SubsetScores } from "./explain-scores.js";
import { SproPlay } from "./explain-spro.js";
import { listenToInput } from "./intake.js";
import { VARIANTS, fetchBytes, title } from "./library.js";
import { lastOpened } from "./opened.js";
import { formatRoute, replaceRoute } from "./router.js";

/** @typedef {import("./library.js").Picture} Picture */

/** @param {import("./views.js").Context} context @returns {import("./views.js").View} */
export function createView({ client, library }) {
  return new Explain(client, library);
}

class Explain {
  #client;
  #library;
  /** @type {import("./opened.js").Opened | null} */ #image = null;
  /** @type {SubsetScores | null} */ #scores = null;
  /** @type {SproPlay | null} */ #spro = null;
  #museum;
  #categories = /** @type {HTMLSelectElement} */ (byId("explain-category"));
  #visit = 0; // counts addresses opened, so that what an earlier one led to is dropped
  #turn = 0; // counts pictures drawn

  /** @param {import("./client.js").Client} client @param {import("./library.js").Library} library */
  constructor(client, library) {
    this.#client = client;
    this.#library = library;
    this.#museum = new Museum(client, library);
    const known = library.categories.filter(({ name }) => VARIANTS.some((variant) => library.model(name, variant)));
    this.#categories.replaceChildren(...known.map(({ name }) => new Option(title(name), name)));
    this.#categories.addEventListener("change", () => { location.hash = formatRoute("explain", [this.#categories.value], {}); });
    byId("explain-models").addEventListener("change", () => this.#features().catch(say));
    listenToInput(/** @type {HTMLInputElement} */ (byId("explain-upload")), (files) => this.take(files));
  }

  /** @param {import("./router.js").Route} route */
  async open({ path: [wanted = ""] }) {
    const visit = ++this.#visit;
    await this.#client.ready;
    if (visit !== this.#visit) return;
    const opened = lastOpened();
    const names = [...this.#categories.options].map(({ value }) => value);
    const category = names.find((name) => name === wanted) ?? names.find((name) => name === opened?.picture.category) ?? names[0];
    if (!category) return notice("This copy of the page comes without models: there is nothing to explain them with.");
    this.#categories.value = category;
    replaceRoute(formatRoute("explain", [category], {}));
    this.#spro ??= new SproPlay(this.#client);
    const image = await this.#imageOf(category, opened);
    if (visit !== this.#visit) return;
    this.#image = image;
    await this.#features();
    await this.#spro.open();
    if (visit !== this.#visit) return;
    this.#scores ??= new SubsetScores(this.#client, this.#library, (scores) => this.#museum.show(scores));
    await this.#scores.open(category);
  }

  close() {
    this.#visit++;
    this.#turn++;
    this.#scores?.close();
  }

  /** @param {import("./views.js").Given[]} files */
  async take(files) {
    const image = files.find(({ file }) => !file.name.endsWith(".safetensors"))?.file;
    if (!image) return notice("Explain takes an image: models are opened in Inspect.");
    const before = this.#image;
    /** @type {import("./opened.js").Opened} */
    const taken = { bytes: new Uint8Array(await image.arrayBuffer()), picture: { class: "yours", name: image.name,
      category: this.#categories.value, id: "", file: image.name, url: "", masks: [], kind: "", rule: "", description: "" } };
    this.#image = taken;
    try {
      await this.#features();
    } catch (error) {
      if (this.#image === taken) this.#image = before;
      say(error);
    }
  }

  /** The image last opened in Inspect when it is of this category, else the one the category opens with.
   * @param {string} category @param {import("./opened.js").Opened | null} opened @returns {Promise<import("./opened.js").Opened>} */
  async #imageOf(category, opened) {
    if (opened && opened.picture.category === category) return opened;
    if (this.#image?.picture.category === category) return this.#image;
    const { pictures, opensWith } = this.#library.category(category);
    const picture = pictures.find(({ id }) => id === opensWith) ?? pictures[0];
    return { picture, bytes: await fetchBytes(picture.url) };
  }

  /** Draws the image as the networks see it, unless another one is asked for meanwhile. */
  async #features() {
    const image = this.#image;
    if (!image) return;
    const turn = ++this.#turn;
    const category = this.#categories.value;
    const there = VARIANTS.filter((variant) => this.#library.model(category, variant));
    const variant = there.find((name) => name === chosen("explain-model")) ?? there[0];
    choose("explain-model", variant);
    const model = this.#library.model(category, variant);
    try {
      const { palette } = await this.#client.ready;
      /** @type {import("../worker/studio.js").FeaturesResult} */
      const features = await this.#client.request("features", { model, image: { kind: "encoded", bytes: image.bytes, name: image.picture.name } });
      if (turn !== this.#turn) return;
      await showFeatures(image, features, palette, this.#library.mapThreshold(category));
    } catch (error) {
      if (turn !== this.#turn) return; // nobody waits for it
      throw error;
    }
    notice("");
    byId("view-explain").dataset.shown = `${category}/${variant}/${image.picture.class}/${image.picture.name}`;
  }
}
