// @ts-check
/** The Inspect view: one image, the maps of one model over it, the scores of all. */
import { LadError } from "../shared/errors.js";
import { byId, choose, chosen, notice } from "./dom.js";
import { fillCategories, releaseThumbs } from "./gallery.js";
import { listenToInput } from "./intake.js";
import { VARIANTS, title } from "./library.js";
import { setOpened } from "./opened.js";
import { bytesOf, bytesOfFile, masksOf, ownPictures, toBitmap } from "./own.js";
import { differenceMap, showModelProgress, showScores, showSentence, showSmallMaps, showTimings, showTruth, showWaiting } from "./readout.js";
import { formatRoute, replaceRoute } from "./router.js";
import { saveJson, savePng } from "./save.js";
import { Shelf, classOr, labelOf } from "./shelf.js";
import { LOOKS, STAGE_MAX_SIDE, Stage } from "./stage.js";
import { Thresholds } from "./thresholds.js";

/** @typedef {import("./library.js").Picture} Picture */
/** @typedef {import("./library.js").ModelRef} ModelRef */
/** @typedef {import("./views.js").Given} Given */
/** @typedef {import("../shared/protocol.js").RunResult} RunResult */
/** @typedef {import("../shared/protocol.js").MapName} MapName */

const OWN = "own"; // the variant of a model file that a person opened
const DIFFERENCE = "difference"; // shown like a variant: margin less plain
const MAP_WORDS = { combined: "combined map", st: "structural map", stae: "logical map" };

/** @param {import("./views.js").Context} context @returns {import("./views.js").View} */
export function createView(context) {
  return new Inspect(context);
}

class Inspect {
  #client;
  #library;
  #shelf;
  #thresholds;
  /** @type {Stage | null} */ #stage = null;
  /** @type {import("../shared/protocol.js").HelloResult | null} */ #engine = null;
  /** @type {Picture | null} */ #picture = null;
  /** @type {Uint8Array | null} */ #bytes = null;
  /** @type {Partial<Record<string, RunResult>>} */ #results = {};
  /** @type {ModelRef | null} */ #ownModel = null;
  #turn = 0; // counts images, so that an answer that comes late is dropped

  /** @param {import("./views.js").Context} context */
  constructor(context) {
    this.#client = context.client;
    this.#library = context.library;
    this.#shelf = new Shelf(context, { model: (picture) => this.#model(picture, this.#variant(picture)),
      pick: (picture) => this.#go(picture), change: () => this.#remember() });
    this.#thresholds = new Thresholds(() => this.#redraw());
    const categories = fillCategories("model-category", this.#library);
    categories.addEventListener("change", () => this.#changeModelCategory(categories.value));
    byId("variants").addEventListener("change", () => this.#redraw().then(() => this.#shelf.list()).catch(say));
    byId("maps").addEventListener("change", () => this.#redraw().catch(say));
    for (const id of ["upload", "folder"]) listenToInput(/** @type {HTMLInputElement} */ (byId(id)), (files) => this.take(files));
    byId("save-png").addEventListener("click", () => { if (this.#stage) savePng(this.#stage.compose(), this.#fileName()).catch(say); });
    byId("save-json").addEventListener("click", () => this.#saveJson());
  }

  /** @param {import("./router.js").Route} route */
  async open({ path: [category = "", className, name = ""], query }) {
    if (this.#picture && !category) return; // back from another view
    choose("variant", ["plain", DIFFERENCE].find((v) => v === query.get("model")) ?? "margin");
    choose("map", ["st", "stae"].find((map) => map === query.get("map")) ?? "combined");
    choose("look", LOOKS.find((look) => look === query.get("look")) ?? "overlay");
    if (this.#stage) this.#stage.look = chosen("look");
    const { name: known, opensWith, pictures } = this.#library.category(category);
    const wanted = classOr(className);
    const picture = this.#library.picture(known, wanted, name)
      ?? pictures.find((p) => p.class === wanted && p.id === opensWith) ?? pictures.find((p) => p.class === wanted);
    if (!picture) throw new LadError("missing", `There is no bundled image of ${title(known)}, ${wanted}.`);
    if (category && (known !== category || (name && picture.name !== name))) {
      notice(`There is no bundled image ${[category, wanted, name].filter(Boolean).join(", ")}; this is another one.`);
    } else notice("");
    this.#thresholds.want(Number(query.get("threshold") ?? NaN));
    const listed = query.get("list") === "all" ? "all" : wanted;
    if (picture !== this.#picture) await this.#show(picture, () => this.#shelf.open(picture, listed, query.get("sort") ?? ""));
    else {
      await this.#redraw();
      await this.#shelf.open(picture, listed, query.get("sort") ?? "");
    }
  }

  /** @param {Given[]} files */
  async take(files) {
    try {
      const models = files.filter(({ path }) => path.endsWith(".safetensors"));
      const images = ownPictures(files.filter((given) => !models.includes(given)), this.#picture?.category ?? this.#library.categories[0].name);
      for (const { file } of models) await this.#takeModel(file);
      if (images.length === 0) return;
      this.#shelf.addOwn(images);
      await this.#showOwn(images[0], images.length === 1);
    } catch (error) {
      say(error);
    }
  }

  /** @param {Picture} picture */
  #go(picture) {
    if (picture.class === "yours") this.#showOwn(picture, false).catch(say);
    else location.hash = this.#address(picture);
  }

  /** @param {Picture} picture */
  #address(picture) {
    const [variant, map, look, threshold] = [chosen("variant"), chosen("map"), chosen("look"), this.#thresholds.changed];
    return formatRoute("inspect", [picture.category, picture.class, picture.name], {
      ...(["plain", DIFFERENCE].includes(variant) && { model: variant }), ...(map !== "combined" && { map }),
      ...(look !== "overlay" && { look }), ...(threshold !== null && { threshold: threshold.toFixed(3) }),
      ...(this.#shelf.filter === "all" && { list: "all" }), ...(this.#shelf.sort !== "number" && { sort: this.#shelf.sort }) });
  }

  /** Puts what is shown into the address. */
  #remember() {
    const picture = this.#picture;
    if (!picture || byId("view-inspect").hidden) return;
    if (!byId("view-inspect").dataset.shown) performance.mark("first-heat-map");
    releaseThumbs();
    byId("view-inspect").dataset.shown = `${picture.class}/${picture.name}/${chosen("variant")}/${chosen("map")}`;
    replaceRoute(picture.class === "yours" ? "#/inspect" : this.#address(picture));
  }

  /** @param {Picture} picture @param {() => Promise<void>} list  the thumbnails beside it, once the image is there */
  async #show(picture, list) {
    const turn = ++this.#turn;
    const late = () => turn !== this.#turn;
    const [bytes, engine] = await Promise.all([bytesOf(picture), this.#client.ready]);
    if (late()) return;
    this.#engine = engine;
    this.#stage ??= new Stage(engine.palette, () => this.#remember());
    const variant = this.#base(picture);
    const first = await this.#run(picture, bytes, variant, turn);
    const bitmap = await toBitmap(bytes, picture.name);
    if (late()) return;
    this.#picture = picture;
    this.#bytes = bytes;
    setOpened({ picture, bytes });
    this.#results = {};
    this.#keep(variant, first);
    this.#stage.showImage(bitmap, labelOf(picture));
    byId("model-category-label").hidden = picture.class !== "yours";
    /** @type {HTMLSelectElement} */ (byId("model-category")).value = picture.category;
    showTruth(picture);
    await this.#redraw();
    await list();
    const masks = await masksOf(picture);
    if (!late()) this.#stage.showTruth(masks);
    await this.#runOthers();
  }

  /** The other models, once the first one is on the page. */
  async #runOthers() {
    const [picture, bytes, turn] = [this.#picture, this.#bytes, this.#turn];
    if (!picture || !bytes) return;
    for (const variant of Object.keys(this.#names(picture))) {
      if (this.#results[variant] || turn !== this.#turn) continue;
      const result = await this.#run(picture, bytes, variant, turn);
      if (turn !== this.#turn) return;
      this.#keep(variant, result);
      await this.#redraw();
    }
  }

  /** @param {Picture} picture @param {string} variant @returns {ModelRef | null} */
  #model(picture, variant) {
    if (variant === OWN) return this.#ownModel;
    return this.#library.model(picture.category, variant === "plain" ? "plain" : "margin");
  }

  /** @param {Picture} picture @param {Uint8Array} bytes @param {string} variant @param {number} turn
   * @returns {Promise<RunResult>} */
  async #run(picture, bytes, variant, turn) {
    const model = this.#model(picture, variant);
    if (!model) throw new LadError("missing", `There is no ${variant} model for ${title(picture.category)}.`);
    const onProgress = (/** @type {import("../shared/protocol.js").Progress} */ p) => {
      if (turn === this.#turn) showModelProgress(p);
    };
    try {
      const result = await this.#client.run({ model, image: { kind: "encoded", bytes, name: picture.name },
        maxSide: STAGE_MAX_SIDE }, { onProgress });
      this.#shelf.know(model, picture, result.score);
      return result;
    } finally {
      showModelProgress(null);
    }
  }

  /** @param {string} variant @param {RunResult} result */
  #keep(variant, result) {
    this.#results[variant] = result;
  }

  /** Draws what the chosen model and map say, and puts them into the address. */
  async #redraw() {
    const [picture, bytes] = [this.#picture, this.#bytes];
    if (!picture || !bytes || !this.#stage || !this.#engine) return;
    const turn = this.#turn;
    const variant = this.#variant(picture);
    const [base, map] = [this.#base(picture), /** @type {MapName} */ (chosen("map"))];
    for (const needed of variant === DIFFERENCE ? VARIANTS : [base]) {
      const result = this.#results[needed] ?? await this.#run(picture, bytes, needed, turn);
      if (turn !== this.#turn) return;
      this.#keep(needed, result);
    }
    const result = /** @type {RunResult} */ (this.#results[base]);
    const difference = variant === DIFFERENCE ? differenceMap(this.#results, map) : null;
    const heat = map === "combined" && result.heat && !difference ? result.heat : await this.#client.enlarge(
      { map: difference ?? result.maps[map], width: result.width, height: result.height, maxSide: STAGE_MAX_SIDE });
    if (turn !== this.#turn || variant !== this.#variant(picture) || map !== chosen("map")) return;
    this.#thresholds.show(this.#modelKey(picture, base), result);
    const of = (/** @type {string} */ v) => this.#thresholds.of(this.#modelKey(picture, v), this.#results[v]);
    this.#stage.showLayer({ heat, threshold: of(base) > 0 ? of(base) : 0.1, difference: difference !== null,
      name: difference ? "margin less plain" : MAP_WORDS[map] });
    showSmallMaps(result, this.#results, map, this.#engine.palette, of, of(base) > 0 ? of(base) : 0.1);
    showScores(this.#results, this.#names(picture), of);
    showSentence(picture, result, of(base));
    showTimings(result, this.#engine);
    this.#remember();
  }

  /** @param {Picture} picture @param {string} variant */
  #modelKey(picture, variant) {
    return this.#model(picture, variant)?.key ?? "";
  }

  /** @param {Picture} picture @param {boolean} forget  when it cannot be read */
  async #showOwn(picture, forget) {
    showWaiting(`Looking at ${picture.name}…`);
    notice("");
    try {
      await this.#show(picture, () => this.#shelf.open(picture, chosen("class"), this.#shelf.sort));
    } catch (error) {
      if (forget) this.#shelf.removeOwn(picture);
      await this.#goBack();
      throw error;
    }
  }

  /** What was shown before stays on the page when something new could not be read. */
  async #goBack() {
    if (!this.#picture) return showWaiting("Choose an image.");
    await this.#redraw();
    await this.#shelf.open(this.#picture, chosen("class"), this.#shelf.sort);
    this.#runOthers().catch(say);
  }

  /** @param {File} file */
  async #takeModel(file) {
    const before = { model: this.#ownModel, result: this.#results[OWN], variant: chosen("variant") };
    const bytes = await bytesOfFile(file, file.name);
    this.#ownModel = { key: `${file.name} ${file.lastModified} ${file.size}`, name: file.name, bytes };
    delete this.#results[OWN];
    this.#offerOwn();
    choose("variant", OWN);
    notice("");
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

  /** Another category's models look at a person's own picture. @param {string} category */
  async #changeModelCategory(category) {
    for (const picture of this.#shelf.own) picture.category = category;
    if (this.#picture) await this.#showOwn(this.#picture, false).catch(say);
  }

  #offerOwn() {
    byId("variant-own").hidden = this.#ownModel === null;
    byId("variant-own-name").textContent = this.#ownModel?.name ?? "";
  }

  /** The variant chosen, or one that there is. @param {Picture} picture */
  #variant(picture) {
    const names = this.#names(picture);
    const wanted = chosen("variant");
    if (wanted === DIFFERENCE && names.margin && names.plain) return wanted;
    return names[wanted] ? wanted : Object.keys(names)[0] ?? "margin";
  }

  /** The model whose verdict is told. @param {Picture} picture */
  #base(picture) {
    const variant = this.#variant(picture);
    return variant === DIFFERENCE ? "margin" : variant;
  }

  /** Models for a picture, by variant. @param {Picture} picture @returns {Record<string, string>} */
  #names(picture) {
    const there = VARIANTS.filter((variant) => this.#library.model(picture.category, variant));
    const names = Object.fromEntries(there.map((variant) => [variant, title(variant)]));
    return this.#ownModel ? { ...names, [OWN]: this.#ownModel.name } : names;
  }

  #fileName() {
    const picture = this.#picture;
    const name = picture ? [picture.class === "yours" ? "" : picture.category, picture.class, picture.name.replace(/\.[^.]+$/, "")] : [];
    return `lad-${name.filter(Boolean).join("-").replace(/[^\w-]+/g, "_")}-${chosen("variant")}-${chosen("map")}`;
  }

  #saveJson() {
    const [picture, engine] = [this.#picture, this.#engine];
    if (!picture || !engine) return;
    const thresholds = Object.fromEntries(Object.keys(this.#results).map((v) => [v, this.#thresholds.of(this.#modelKey(picture, v), this.#results[v])]));
    saveJson({ picture, variant: chosen("variant"), results: this.#results, thresholds, engine }, this.#fileName());
  }
}

/** @param {unknown} error */
function say(error) {
  notice(error instanceof Error ? error.message : String(error));
}
