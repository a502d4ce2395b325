// @ts-check
/** The Inspect view: one image, the maps of one model over it, the scores of both. */
import { LadError } from "../shared/errors.js";
import { byId, choose, chosen, notice } from "./dom.js";
import { fillCategories, markThumb, showThumbs } from "./gallery.js";
import { listenToInput } from "./intake.js";
import { CLASSES, VARIANTS, fetchBytes, title } from "./library.js";
import { scaleFor } from "./paint.js";
import { showModelProgress, showScores, showSentence, showTimings, showTruth, showWaiting } from "./readout.js";
import { formatRoute, replaceRoute } from "./router.js";
import { STAGE_MAX_SIDE, Stage } from "./stage.js";

/** @typedef {import("./library.js").Picture} Picture */
/** @typedef {import("./library.js").ModelRef} ModelRef */
/** @typedef {import("../shared/protocol.js").RunResult} RunResult */
/** @typedef {import("../shared/protocol.js").MapName} MapName */

const OWN = "own"; // the variant of a model file that a person opened
const MAX_UPLOAD_BYTES = 256 * 2 ** 20; // what the core takes: LAD_IMAGE_MAX_FILE_BYTES

/** @param {import("./views.js").Context} context @returns {import("./views.js").View} */
export function createView(context) {
  return new Inspect(context);
}

class Inspect {
  #client;
  #library;
  /** @type {Stage | null} */ #stage = null;
  /** @type {Picture | null} */ #picture = null;
  /** @type {Uint8Array | null} */ #bytes = null;
  /** @type {Partial<Record<string, RunResult>>} */ #results = {};
  /** @type {ModelRef | null} */ #ownModel = null;
  #turn = 0; // counts images, so that an answer that comes late is dropped
  #categories;
  #thumbs = byId("thumbs");
  #listed = "";

  /** @param {import("./views.js").Context} context */
  constructor({ client, library }) {
    this.#client = client;
    this.#library = library;
    this.#categories = fillCategories("category", library);
    this.#categories.addEventListener("change", () => this.#go(this.#categories.value, chosen("class") || "logical", ""));
    byId("classes").addEventListener("change", () => this.#go(this.#categories.value, chosen("class"), ""));
    byId("variants").addEventListener("change", () => this.#redraw());
    byId("maps").addEventListener("change", () => this.#redraw());
    listenToInput(/** @type {HTMLInputElement} */ (byId("upload")), (files) => this.take(files));
  }

  /** @param {import("./router.js").Route} route */
  async open({ path: [category = "", className = "logical", name = ""], query }) {
    if (this.#picture && !category) return; // back from another view
    choose("variant", query.get("model") === "plain" ? "plain" : "margin");
    choose("map", ["st", "stae"].find((map) => map === query.get("map")) ?? "combined");
    const { name: known, opensWith, pictures } = this.#library.category(category);
    const wanted = CLASSES.find((c) => c === className) ?? "logical";
    const picture = this.#library.picture(known, wanted, name)
      ?? pictures.find((p) => p.class === wanted && p.id === opensWith) ?? pictures.find((p) => p.class === wanted);
    this.#list(known, wanted);
    if (!picture) throw new LadError("missing", `There is no bundled image of ${title(known)}, ${wanted}.`);
    if (picture !== this.#picture) await this.#show(picture, () => fetchBytes(picture.url));
    else await this.#redraw();
  }

  /** @param {string} category @param {string} className @param {string} name */
  #go(category, className, name) {
    location.hash = formatRoute("inspect", name ? [category, className, name] : [category, className], this.#options());
  }

  #options() {
    const variant = chosen("variant");
    const map = chosen("map");
    return { ...(variant === "plain" && { model: variant }), ...(map !== "combined" && { map }) };
  }

  /** @param {string} category @param {string} className */
  #list(category, className) {
    this.#categories.value = category;
    choose("class", className);
    if (this.#listed === `${category}/${className}`) return;
    this.#listed = `${category}/${className}`;
    const pictures = this.#library.category(category).pictures.filter((p) => p.class === className);
    showThumbs(this.#thumbs, pictures, (p) => p.name);
  }

  /** @param {Picture} picture @param {() => Promise<Uint8Array>} load */
  async #show(picture, load) {
    const turn = ++this.#turn;
    const late = () => turn !== this.#turn;
    notice("");
    const [bytes, engine] = await Promise.all([load(), this.#client.ready]);
    if (late()) return;
    this.#stage ??= new Stage(engine.palette);
    const first = await this.#run(picture, bytes, this.#variant(picture), turn);
    const bitmap = await toBitmap(bytes, picture.name);
    if (late()) return;
    this.#picture = picture;
    this.#bytes = bytes;
    this.#results = {};
    this.#keep(this.#variant(picture), first);
    this.#stage.showImage(bitmap, picture.class === "yours" ? picture.name : `${title(picture.category)}: ${picture.description}`);
    markThumb(this.#thumbs, picture);
    showTruth(picture);
    await this.#redraw();
    await this.#showMasks(picture, late);
    await this.#runOthers();
  }

  /** @param {Picture} picture @param {() => boolean} late */
  async #showMasks(picture, late) {
    const masks = await Promise.all(picture.masks.map(async (url) => toBitmap(await fetchBytes(url), url)));
    if (!late()) this.#stage?.showTruth(masks);
  }

  /** The other models, once the first one is on the page. */
  async #runOthers() {
    const [picture, bytes, turn] = [this.#picture, this.#bytes, this.#turn];
    if (!picture || !bytes) return;
    for (const variant of Object.keys(this.#names(picture))) {
      if (this.#results[variant] || turn !== this.#turn) continue;
      const result = await this.#run(picture, bytes, variant, turn);
      if (turn === this.#turn) this.#keep(variant, result);
    }
  }

  /** @param {Picture} picture @param {Uint8Array} bytes @param {string} variant @param {number} turn
   * @returns {Promise<RunResult>} */
  async #run(picture, bytes, variant, turn) {
    const model = variant === OWN ? this.#ownModel
      : this.#library.model(picture.category, /** @type {import("./library.js").Variant} */ (variant));
    if (!model) throw new LadError("missing", `There is no ${variant} model for ${title(picture.category)}.`);
    const onProgress = (/** @type {import("../shared/protocol.js").Progress} */ p) => {
      if (turn === this.#turn) showModelProgress(p);
    };
    try {
      return await this.#client.run({ model, image: { kind: "encoded", bytes, name: picture.name },
        maxSide: STAGE_MAX_SIDE }, { onProgress });
    } finally {
      showModelProgress(null);
    }
  }

  /** @param {string} variant @param {RunResult} result */
  #keep(variant, result) {
    this.#results[variant] = result;
    if (this.#picture) showScores(this.#results, this.#names(this.#picture));
  }

  /** Draws what the chosen model and map say, and puts them into the address. */
  async #redraw() {
    const [picture, bytes] = [this.#picture, this.#bytes];
    if (!picture || !bytes || !this.#stage) return;
    const turn = this.#turn;
    const variant = this.#variant(picture);
    const map = /** @type {MapName} */ (chosen("map"));
    const result = this.#results[variant] ?? await this.#run(picture, bytes, variant, turn);
    if (turn !== this.#turn) return;
    this.#keep(variant, result);
    const scale = scaleFor(result.detector.threshold);
    const heat = map === "combined" && result.heat ? result.heat : await this.#client.enlarge(
      { map: result.maps[map], width: result.width, height: result.height, maxSide: STAGE_MAX_SIDE });
    if (turn !== this.#turn || variant !== this.#variant(picture) || map !== chosen("map")) return;
    this.#stage.showHeat(heat, scale);
    this.#stage.showMaps(result.maps, result.mapSize, scale);
    showSentence(picture, result);
    showTimings(result.timings);
    byId("view-inspect").dataset.shown = `${picture.class}/${picture.name}/${variant}/${map}`;
    if (picture.class !== "yours" && !byId("view-inspect").hidden) {
      replaceRoute(formatRoute("inspect", [picture.category, picture.class, picture.name], this.#options()));
    }
  }

  /** @param {import("./views.js").Given[]} files */
  async take(files) {
    try {
      for (const { file } of files) {
        if (file.size > MAX_UPLOAD_BYTES) throw new LadError("unsupported", `${file.name} is larger than 256 MiB.`);
        if (file.name.endsWith(".safetensors")) await this.#takeModel(file);
        else await this.#takeImage(file);
      }
    } catch (error) {
      notice(error instanceof Error ? error.message : String(error));
    }
  }

  /** @param {File} file */
  async #takeImage(file) {
    const category = this.#picture?.category ?? this.#library.categories[0].name;
    showWaiting(`Looking at ${file.name}…`);
    try {
      await this.#show({ class: "yours", name: file.name, category, id: "", file: file.name, url: "", masks: [],
        kind: "", rule: "", description: "" }, async () => new Uint8Array(await file.arrayBuffer()));
    } catch (error) {
      await this.#goBack();
      throw error;
    }
  }

  /** What was shown before stays on the page when something new could not be read. */
  async #goBack() {
    if (!this.#picture) return showWaiting("Choose an image.");
    await this.#redraw();
    this.#runOthers();
  }

  /** @param {File} file */
  async #takeModel(file) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const before = { model: this.#ownModel, result: this.#results[OWN], variant: chosen("variant") };
    this.#ownModel = { key: `${file.name} ${file.lastModified} ${file.size}`, name: file.name, bytes };
    delete this.#results[OWN];
    this.#offerOwn();
    choose("variant", OWN);
    try {
      await this.#redraw();
    } catch (error) {
      this.#ownModel = before.model;
      this.#results[OWN] = before.result;
      this.#offerOwn();
      choose("variant", before.variant);
      await this.#goBack();
      throw error;
    }
  }

  #offerOwn() {
    byId("variant-own").hidden = this.#ownModel === null;
    byId("variant-own-name").textContent = this.#ownModel?.name ?? "";
  }

  /** The variant chosen, or one that there is. @param {Picture} picture */
  #variant(picture) {
    const names = this.#names(picture);
    const wanted = chosen("variant");
    return names[wanted] ? wanted : Object.keys(names)[0] ?? "margin";
  }

  /** Models for a picture, by variant. @param {Picture} picture @returns {Record<string, string>} */
  #names(picture) {
    const there = VARIANTS.filter((variant) => this.#library.model(picture.category, variant));
    const names = Object.fromEntries(there.map((variant) => [variant, title(variant)]));
    return this.#ownModel ? { ...names, [OWN]: this.#ownModel.name } : names;
  }
}

/** As the core sees it: a photo's rotation flag is not applied. @param {Uint8Array} bytes @param {string} name */
async function toBitmap(bytes, name) {
  return createImageBitmap(new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (bytes)]), { imageOrientation: "none" }).catch(() => {
    throw new LadError("bad format", `${name} cannot be shown by this browser.`);
  });
}
