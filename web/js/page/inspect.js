// @ts-check
/** The Inspect view: one image, the maps of one model over it, the scores of all. */
import { LadError } from "../shared/errors.js";
import { byId, choose, chosen, notice } from "./dom.js";
import { fillCategories } from "./gallery.js";
import { addressOf, readWish } from "./inspect-address.js";
import { listenToInput } from "./intake.js";
import { VARIANTS, title } from "./library.js";
import { Looks } from "./looks.js";
import { setOpened } from "./opened.js";
import { bytesOf, bytesOfFile, masksOf, ownPictures } from "./own.js";
import { differenceMap, showScores, showSentence, showSmallMaps, showTimings, showTruth, showUnjudged, showWaiting } from "./readout.js";
import { replaceRoute } from "./router.js";
import { fileName, saveJson, savePng } from "./save.js";
import { Shelf, classOr, labelOf } from "./shelf.js";
import { STAGE_MAX_SIDE, Stage } from "./stage.js";
import { Thresholds } from "./thresholds.js";
import { DIFFERENCE, OWN, Variants } from "./variants.js";

/** @typedef {import("./library.js").Picture} Picture */
/** @typedef {import("./views.js").Given} Given */
/** @typedef {import("../shared/protocol.js").RunResult} RunResult */
/** @typedef {import("../shared/protocol.js").MapName} MapName */

const MAP_WORDS = { combined: "combined map", st: "structural map", stae: "logical map" };

/** @param {import("./views.js").Context} context @returns {import("./views.js").View} */
export function createView(context) {
  return new Inspect(context);
}

class Inspect {
  #client;
  #library;
  #variants;
  #shelf;
  #thresholds;
  /** @type {Stage | null} */ #stage = null;
  /** @type {import("../shared/protocol.js").HelloResult | null} */ #engine = null;
  /** The image shown. @type {Looks | null} */ #shown = null;
  #asked = 0; // images: one that comes late is dropped

  /** @param {import("./views.js").Context} context */
  constructor(context) {
    this.#client = context.client;
    this.#library = context.library;
    this.#variants = new Variants(this.#library);
    this.#shelf = new Shelf(context, { model: (picture) => this.#variants.model(picture, this.#variants.shown(picture)),
      pick: (picture) => this.#go(picture), change: () => this.#remember() });
    this.#thresholds = new Thresholds(() => this.#redraw());
    const categories = fillCategories("model-category", this.#library, true);
    categories.addEventListener("change", () => this.#changeModelCategory(categories.value));
    byId("variants").addEventListener("change", () => this.#redraw().then(() => this.#shelf.list()).catch(say));
    byId("maps").addEventListener("change", () => this.#redraw().catch(say));
    for (const id of ["upload", "folder"]) listenToInput(/** @type {HTMLInputElement} */ (byId(id)), (files) => this.take(files));
    byId("save-png").addEventListener("click", () => { if (this.#stage) savePng(this.#stage.compose(), fileName(this.#shown?.picture, chosen("variant"), chosen("map"))).catch(say); });
    byId("save-json").addEventListener("click", () => this.#saveJson());
  }

  /** @param {import("./router.js").Route} route */
  async open({ path: [category = "", className, name = ""], query }) {
    if (this.#shown && !category) return; // back from another view
    const wish = readWish(query);
    choose("variant", wish.model || "margin");
    choose("map", wish.map || "combined");
    choose("look", wish.look || "overlay");
    this.#stage?.repaint();
    const { name: known, opensWith, pictures } = this.#library.category(category);
    const wanted = classOr(className);
    const picture = this.#library.picture(known, wanted, name)
      ?? pictures.find((p) => p.class === wanted && p.id === opensWith) ?? pictures.find((p) => p.class === wanted);
    if (!picture) throw new LadError("missing", `There is no bundled image of ${title(known)}, ${wanted}.`);
    if (category && (known !== category || (name && picture.name !== name))) {
      notice(`There is no bundled image ${[category, wanted, name].filter(Boolean).join(", ")}; this is another one.`);
    } else notice("");
    this.#thresholds.want(wish.threshold);
    const list = () => this.#shelf.open(picture, wish.list || wanted, wish.sort);
    if (picture !== this.#shown?.picture) return this.#show(picture, list);
    await this.#redraw();
    await list();
  }

  /** @param {Given[]} files */
  async take(files) {
    try {
      const models = files.filter(({ path }) => path.endsWith(".safetensors"));
      const images = ownPictures(files.filter((given) => !models.includes(given)), this.#library.judged(this.#shown?.picture.category ?? ""));
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
    return addressOf(picture, { model: chosen("variant"), map: chosen("map"), look: chosen("look"), threshold: this.#thresholds.changed,
      list: this.#shelf.filter, sort: this.#shelf.sort });
  }

  /** Puts what is shown into the address. */
  #remember() {
    const picture = this.#shown?.picture;
    if (!picture || byId("view-inspect").hidden) return;
    if (!byId("view-inspect").dataset.shown) performance.mark("first-heat-map");
    byId("view-inspect").dataset.shown = `${picture.class}/${picture.name}/${chosen("variant")}/${chosen("map")}`;
    replaceRoute(picture.class === "yours" ? "#/inspect" : this.#address(picture));
  }

  /** @param {Picture} picture @param {() => Promise<void>} list  the thumbnails beside it, once the image is there */
  async #show(picture, list) {
    const asked = ++this.#asked;
    const [bytes, engine] = await Promise.all([bytesOf(picture), this.#client.ready]);
    const looks = new Looks(this.#client, this.#variants, this.#shelf, picture, bytes, () => asked !== this.#asked);
    this.#engine = engine;
    this.#stage ??= new Stage(engine.palette, () => this.#remember());
    const image = await looks.first().catch(async (error) => {
      if (!looks.late && !this.#shown) await list(); // so that another one can be chosen
      throw error;
    });
    if (looks.late) return;
    this.#shown = looks;
    setOpened({ picture, bytes });
    this.#stage.showImage(image, labelOf(picture));
    byId("model-category-label").hidden = picture.class !== "yours";
    /** @type {HTMLSelectElement} */ (byId("model-category")).value = picture.category;
    showTruth(picture);
    await this.#redraw();
    await list();
    const masks = await masksOf(picture);
    if (!looks.late) this.#stage.showTruth(masks);
    await this.#askOthers();
  }

  /** The other models, once the first one is on the page. */
  async #askOthers() {
    const looks = this.#shown;
    if (!looks) return;
    for (const variant of Object.keys(this.#variants.names(looks.picture))) {
      if (looks.results[variant] || looks.late) continue;
      await looks.of(variant);
      if (!looks.late) await this.#redraw();
    }
  }

  /** Draws what the chosen model and map say, and puts them into the address. */
  async #redraw() {
    const looks = this.#shown;
    if (!looks || !this.#stage || !this.#engine) return;
    const { picture, results } = looks;
    this.#variants.offer(picture);
    const variant = this.#variants.shown(picture);
    const [base, map] = [this.#variants.judge(picture), /** @type {MapName} */ (chosen("map"))];
    if (!base) {
      showUnjudged(picture);
      return this.#remember();
    }
    for (const needed of variant === DIFFERENCE ? VARIANTS : [base]) await looks.of(needed);
    const result = /** @type {RunResult} */ (results[base]);
    const difference = variant === DIFFERENCE ? differenceMap(results, map) : null;
    const heat = map === "combined" && result.heat && !difference ? result.heat : await this.#client.enlarge(
      { map: difference ?? result.maps[map], width: result.width, height: result.height, maxSide: STAGE_MAX_SIDE });
    if (looks !== this.#shown || variant !== this.#variants.shown(picture) || map !== chosen("map")) return;
    this.#thresholds.show(this.#variants.key(picture, base), result);
    const of = (/** @type {string} */ v) => this.#thresholds.of(this.#variants.key(picture, v), results[v]);
    const mapThreshold = this.#variants.mapThreshold(picture, result);
    this.#stage.showLayer({ heat, mapThreshold, difference: difference !== null, name: difference ? "margin less plain" : MAP_WORDS[map] });
    showSmallMaps(result, results, map, this.#engine.palette, mapThreshold);
    showScores(results, this.#variants.names(picture), of);
    showSentence(picture, result, of(base));
    showTimings(result, this.#engine);
    this.#remember();
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
    if (!this.#shown) return showWaiting("Choose an image.");
    await this.#redraw();
    await this.#shelf.open(this.#shown.picture, chosen("class"), this.#shelf.sort);
    this.#askOthers().catch(say);
  }

  /** @param {File} file */
  async #takeModel(file) {
    const results = this.#shown?.results ?? {};
    const before = { model: this.#variants.own, result: results[OWN], variant: chosen("variant") };
    const bytes = await bytesOfFile(file, file.name);
    this.#variants.own = { key: `${file.name} ${file.lastModified} ${file.size}`, name: file.name, bytes };
    delete results[OWN];
    choose("variant", OWN);
    notice("");
    try {
      await this.#redraw();
    } catch (error) {
      this.#variants.own = before.model;
      if (before.result) results[OWN] = before.result;
      choose("variant", before.variant);
      await this.#goBack();
      throw error;
    }
  }

  /** Another category's models look at a person's own picture. @param {string} category */
  async #changeModelCategory(category) {
    for (const picture of this.#shelf.own) picture.category = category;
    if (this.#shown) await this.#showOwn(this.#shown.picture, false).catch(say);
  }

  #saveJson() {
    const [looks, engine] = [this.#shown, this.#engine];
    if (!looks || !engine) return;
    const { picture, results } = looks;
    if (Object.keys(results).length === 0) return notice("No model has looked at this image: there are no numbers to save.");
    const thresholds = Object.fromEntries(Object.keys(results).map((v) => [v, this.#thresholds.of(this.#variants.key(picture, v), results[v])]));
    saveJson({ picture, variant: chosen("variant"), results, thresholds, engine }, fileName(picture, chosen("variant"), chosen("map")));
  }
}

/** @param {unknown} error */
function say(error) {
  notice(error instanceof Error ? error.message : String(error));
}
