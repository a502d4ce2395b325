// @ts-check
/** The Scene lab: a person sets up a scene, breaks its rule, and sees what the detector says, while dragging. */
import { scoreText, msText } from "../shared/words.js";
import { byId, notice, say } from "./dom.js";
import { title } from "./library.js";
import { Controls } from "./lab-controls.js";
import { LabStage } from "./lab-stage.js";
import { MAX_EDITS, queryOf, readState, wishOf, withEdit } from "./lab-state.js";
import { labSentence, judge } from "./lab-words.js";
import { formatRoute, replaceRoute } from "./router.js";

/** @typedef {import("./lab-state.js").LabState} LabState */
/** @typedef {import("../worker/scenes.js").SceneCategory} SceneCategory */
/** @typedef {import("../worker/scenes.js").Edit} Edit */
/** @typedef {import("../worker/studio.js").SceneResult} SceneResult */

const QUIET_MS = 250; // after that long without a change the scene is drawn at its full size
const DRAFT_MS = 220; // drafts are as large as can be drawn in about that time
const SMALLEST_DRAFT = 128;

/** @param {import("./views.js").Context} context @returns {import("./views.js").View} */
export function createView({ client, library }) {
  return new Lab(client, library);
}

class Lab {
  #client;
  #library;
  /** @type {SceneCategory[]} */ #categories = [];
  /** @type {LabState | null} */ #state = null;
  /** @type {Controls | null} */ #controls = null;
  /** @type {LabStage | null} */ #stage = null;
  /** @type {SceneResult | null} */ #shown = null;
  #open = false;
  #wanted = false; // something changed that is not on its way yet
  #draft = false; // it is still being changed: a smaller picture will do
  #busy = false;
  #drawn = 0;
  #dropped = 0;
  #draftWidth = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #quiet;

  /** @param {import("./client.js").Client} client @param {import("./library.js").Library} library */
  constructor(client, library) {
    this.#client = client;
    this.#library = library;
  }

  /** @param {import("./router.js").Route} route */
  async open(route) {
    this.#open = true;
    const { palette } = await this.#client.ready;
    if (this.#categories.length === 0) this.#categories = await this.#client.request("scenes", {});
    this.#stage ??= new LabStage(palette, { edit: (edit, moving) => this.#edit(edit, moving), redraw: () => this.#show() });
    this.#controls ??= new Controls(this.#categories, { change: (patch, moving) => this.#change(patch, moving),
      undo: () => this.#change({ edits: this.#state?.edits.slice(0, -1) ?? [] }, false), model: () => this.#change({}, false) });
    if (route.path.length === 0 && this.#state) return this.#change({}, false); // back from another view
    const state = readState(route, this.#categories);
    this.#controls.chooseModel(route.query.get("model") ?? "margin", route.query.get("map") ?? "combined");
    const category = state.category !== this.#state?.category;
    this.#state = state;
    if (category) this.#draftWidth = 0;
    this.#change({}, false);
  }

  close() {
    this.#open = false;
    clearTimeout(this.#quiet);
  }

  /** @param {Partial<LabState>} patch @param {boolean} moving  more changes will follow soon */
  #change(patch, moving) {
    if (!this.#state) return;
    if (patch.category && patch.category !== this.#state.category) this.#draftWidth = 0;
    this.#state = { ...this.#state, ...patch };
    const category = this.#category();
    if (!category.kinds.some(({ name }) => name === this.#state?.kind)) this.#state.kind = "";
    if (!category.canEdit) this.#state.edits = [];
    this.#controls?.show(this.#state, category, this.#variants());
    if (this.#wanted) this.#dropped++;
    this.#wanted = true;
    this.#draft = moving;
    clearTimeout(this.#quiet);
    if (moving) {
      this.#quiet = setTimeout(() => {
        this.#draft = false;
        this.#wanted = true;
        this.#pump();
      }, QUIET_MS);
    }
    this.#pump();
  }

  /** @param {Edit} edit @param {boolean} moving */
  #edit(edit, moving) {
    if (!this.#state || !this.#shown) return;
    const edits = withEdit(this.#state.edits, edit, this.#shown.parameters.objects?.length ?? 0);
    if (edits === this.#state.edits) return notice(`A scene takes ${MAX_EDITS} edits: undo some first.`);
    this.#change({ edits }, moving);
  }

  /** One frame at a time: what changed meanwhile is drawn next, what changed in between never is. */
  async #pump() {
    if (this.#busy) return;
    this.#busy = true;
    byId("view-lab").dataset.busy = "true";
    while (this.#wanted && this.#open && this.#state) {
      this.#wanted = false;
      try {
        await this.#draw(this.#state, this.#draft);
      } catch (error) {
        if (!this.#open || this.#wanted) continue; // what is drawn next tells it again if it still holds
        say(error);
        if (this.#state.edits.length > 0) this.#state.edits = this.#state.edits.slice(0, -1); // most likely one that cannot be
      }
    }
    this.#busy = false;
    byId("view-lab").dataset.busy = "false";
  }

  /** @param {LabState} state @param {boolean} draft */
  async #draw(state, draft) {
    const full = this.#category().width;
    const width = draft ? Math.max(SMALLEST_DRAFT, Math.min(full / 2, this.#draftWidth || full / 4)) : full;
    const model = this.#model();
    /** @type {SceneResult} */
    const scene = await this.#client.request("scene", { wish: wishOf(state, this.#categories, Math.round(width)), model });
    if (!this.#open || state.category !== this.#state?.category) return;
    this.#draftWidth = Math.round(width * Math.sqrt(DRAFT_MS / Math.max(scene.renderMs, 20)));
    this.#shown = scene;
    this.#drawn++;
    notice("");
    await this.#show();
    byId("view-lab").dataset.shown = `${state.category}/${state.kind || "good"}/${draft ? "draft" : "full"}`;
    if (!draft) replaceRoute(formatRoute("lab", [state.category], { ...queryOf(state), ...this.#controls?.options() }));
  }

  async #show() {
    const [scene, state] = [this.#shown, this.#state];
    if (!scene || !state || !this.#stage || !this.#controls) return;
    const category = this.#category();
    const kind = category.kinds.find(({ name }) => name === state.kind) ?? null;
    /** @type {string[]} */ const findings = scene.parameters.findings ?? [];
    byId("lab-sentence").replaceChildren(...labSentence(category, kind, findings, scene.result));
    await this.#stage.show(scene, title(category.name), category, this.#controls.map(), this.#library.mapThreshold(category.name));
    const { score, threshold, verdict } = judge(scene.result);
    byId("lab-score").textContent = score;
    byId("lab-threshold").textContent = threshold;
    byId("lab-verdict").textContent = verdict;
    byId("lab-rule").textContent = kind?.rule ?? category.rule;
    byId("lab-shown").textContent = kind ? kind.description : findings.length > 0 ? "" : "A scene that obeys the rule.";
    byId("lab-findings").replaceChildren(...findings.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    const networks = scene.result ? `, judged in ${msText(scene.result.timings.networksMs + scene.result.timings.mapsMs + scene.result.timings.resizeMs)}` : "";
    byId("lab-times").textContent = `${scene.width} × ${scene.height} pixels, drawn in ${msText(scene.renderMs)}${networks}. `
      + `${this.#drawn} ${this.#drawn === 1 ? "picture" : "pictures"} drawn, ${this.#dropped} skipped.`;
    byId("lab-graph").textContent = JSON.stringify(scene.parameters, (_, v) => (typeof v === "number" ? Number(scoreText(v)) : v), 1);
  }

  #category() {
    return /** @type {SceneCategory} */ (this.#categories.find(({ name }) => name === this.#state?.category));
  }

  #variants() {
    return /** @type {const} */ (["margin", "plain"]).filter((variant) => this.#library.model(this.#state?.category ?? "", variant));
  }

  #model() {
    const there = this.#variants();
    const wanted = there.find((variant) => variant === this.#controls?.variant()) ?? there[0];
    return wanted ? this.#library.model(this.#state?.category ?? "", wanted) : null;
  }
}
