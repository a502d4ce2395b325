// @ts-check
/** The Inspect view: one image, the maps of one model over it, the scores of all. */
import { LadError } from "../shared/errors.js";
import { byId, choose, chosen, notice, say } from "./dom.js";
import { fillCategories } from "./gallery.js";
import { addressOf, readWish } from "./inspect-address.js";
import { listenToInput } from "./intake.js";
import { VARIANTS, title } from "./library.js";
import { Looks } from "./looks.js";
import { setOpened } from "./opened.js";
import { bytesOfFile, masksOf, ownPictures } from "./own.js";
import { differenceMap, showScores, showSentence, showSmallMaps, showTimings, showTruth, showUnjudged, showWaiting } from "./readout.js";
import { replaceRoute } from "./router.js";
import { fileName, saveJson, savePng } from "./save.js";
import { Shelf, classOr, labelOf } from "./shelf.js";
import { STAGE_MAX_SIDE, Stage } from "./stage.js";
import { Thresholds } from "./thresholds.js";
import { DIFFERENCE, OWN, Variants } from "./variants.js";

/** @typedef {import("./library.js").Picture} Picture */
/** @typedef {import("./views.js").Given} Given */
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
  /** The one asked for last: one that comes late is dropped. @type {Looks | null} */ #asked = null;
  #models = 0; // model files opened: one that comes late is dropped too

  /** @param {import("./views.js").Context} context */
  constructor(context) {
    this.#client = context.client;
    this.#library = context.library;
    this.#variants = new Variants(this.#library);
    this.#shelf = new Shelf(context, { model: (picture) => this.#variants.model(picture, this.#variants.shown(picture)),
      pick: (picture) => this.#go(picture), change: () => this.#remember() });
    this.#thresholds = new Thresholds(() => this.#redraw().catch(say));
    const categories = fillCategories("model-category", this.#library, true);
    categories.addEventListener("change", () => { // another category's models look at a person's own pictures
      for (const picture of this.#shelf.own) picture.category = categories.value;
      if (this.#asked) this.#showOwn(this.#asked.picture, false).catch(say);
    });
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
    const { name: known } = this.#library.category(category);
    const wanted = classOr(className);
    const picture = this.#library.picture(known, wanted, name);
    if (!picture) throw new LadError("missing", `There is no bundled image of ${title(known)}, ${wanted}.`);
    const other = category && (known !== category || (name && picture.name !== name));
    notice(other ? `There is no bundled image ${[category, wanted, name].filter(Boolean).join(", ")}; this is another one.` : "");
    const begin = () => this.#thresholds.want(wish.threshold);
    const list = () => this.#shelf.open(picture, wish.list || wanted, wish.sort);
    if (picture !== this.#shown?.picture) return this.#show(picture, { begin, list });
    this.#asked = this.#shown;
    begin();
    await this.#redraw();
    await list();
    await this.#askOthers(this.#shown);
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

  /** Puts what is shown into the address, unless that leads to another image already. */
  #remember() {
    const looks = this.#shown;
    if (!looks || byId("view-inspect").hidden) return;
    const { picture } = looks;
    if (!byId("view-inspect").dataset.shown) performance.mark("first-heat-map");
    byId("view-inspect").dataset.shown = `${picture.class}/${picture.name}/${chosen("variant")}/${chosen("map")}`;
    if (!looks.late) replaceRoute(picture.class === "yours" ? "#/inspect" : this.#address(picture));
  }

  /** Shows an image; what was shown before stays when it cannot be read. @param {Picture} picture
   * @param {{begin?: () => void, list: () => Promise<void>, forget?: boolean}} how  begin: once it is on the page; list: the
   * thumbnails beside it, afterwards; forget: takes it off the shelf when it cannot be read */
  async #show(picture, { begin, list, forget = false }) {
    const looks = new Looks(this.#client, this.#variants, this.#shelf, picture, (it) => it !== this.#asked);
    this.#asked = looks;
    try {
      const [engine] = await Promise.all([this.#client.ready, looks.load()]);
      this.#engine = engine;
      this.#stage ??= new Stage(engine.palette, () => this.#remember());
      const image = await looks.first();
      if (looks.late) return;
      this.#shown = looks;
      this.#stage.showImage(image, labelOf(picture));
    } catch (error) {
      if (looks.late) return; // nobody waits for it
      if (forget) this.#shelf.removeOwn(picture);
      this.#asked = this.#shown;
      if (this.#shown) await this.#goBack(this.#shown);
      else if (picture.class === "yours") showWaiting("Choose an image.");
      else await list(); // so that another one can be chosen
      if (this.#asked !== this.#shown) return;
      throw error;
    }
    begin?.();
    setOpened(looks);
    byId("model-category-label").hidden = picture.class !== "yours";
    /** @type {HTMLSelectElement} */ (byId("model-category")).value = picture.category;
    showTruth(picture);
    await this.#redraw();
    if (!looks.late) await list();
    await this.#outline(looks);
    await this.#askOthers(looks);
  }

  /** @param {Looks} looks  of the image that stays on the page */
  async #goBack(looks) {
    await this.#redraw();
    if (!looks.late) await this.#shelf.open(looks.picture, chosen("class"), this.#shelf.sort);
    this.#askOthers(looks);
  }

  /** Ground truth. @param {Looks} looks */
  async #outline(looks) {
    const masks = await masksOf(looks.picture).catch((error) => {
      if (!looks.late) say(error);
      return [];
    });
    if (looks === this.#shown) this.#stage?.showTruth(masks);
  }

  /** The other models, once the first one is on the page. @param {Looks} looks */
  async #askOthers(looks) {
    try {
      for (const variant of Object.keys(this.#variants.names(looks.picture))) {
        if (looks.late) return;
        if (looks.results[variant]) continue;
        await looks.of(variant);
        if (!looks.late) await this.#redraw();
      }
    } catch (error) {
      if (!looks.late) say(error);
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
    const result = results[base];
    if (!result) return; // of a model that was replaced meanwhile: its successor is drawn
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
  #showOwn(picture, forget) {
    showWaiting(`Looking at ${picture.name}…`);
    notice("");
    return this.#show(picture, { list: () => this.#shelf.open(picture, chosen("class"), this.#shelf.sort), forget });
  }

  /** A model takes part once it has looked at the image shown: until then nothing has changed. @param {File} file */
  async #takeModel(file) {
    const turn = ++this.#models;
    notice("");
    const model = { key: `${file.name} ${file.lastModified} ${file.size}`, name: file.name, bytes: await bytesOfFile(file, file.name) };
    try {
      await this.#shown?.by(model);
    } catch (error) {
      if (turn === this.#models) throw error;
    }
    if (turn !== this.#models) return; // another one was opened
    this.#variants.own = model;
    if (this.#shown) delete this.#shown.results[OWN];
    choose("variant", OWN);
    await this.#redraw();
  }

  #saveJson() {
    const [looks, engine] = [this.#shown, this.#engine];
    if (!looks || !engine) return;
    const { picture, results } = looks;
    if (Object.keys(results).length === 0) return notice("No model has looked at this image: there are no numbers to save.");
    saveJson({ picture, variant: chosen("variant"), results, engine,
      thresholdOf: (v) => this.#thresholds.of(this.#variants.key(picture, v), results[v]) }, fileName(picture, chosen("variant"), chosen("map")));
  }
}
