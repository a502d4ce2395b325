// @ts-check
/** The worst mistakes of a detector as thumbnails that open in Inspect. */
import { LABELS } from "../eval/data_set.js";
import { scoreText } from "../shared/words.js";
import { byId, choose, make, say } from "./dom.js";
import { formatRoute } from "./router.js";

/** @typedef {import("../eval/measure.js").Outcome} Outcome */
/** @typedef {import("../eval/data_set.js").Entry} Entry */
/** @typedef {Outcome["contenders"][0]} Contender */

const SHOWN = 8;

export class Misses {
  #inspect;
  /** @type {Outcome | null} */ #outcome = null;
  /** @type {string[]} */ #urls = [];
  #turn = 0;

  /** @param {(files: import("./views.js").Given[]) => void} inspect */
  constructor(inspect) {
    this.#inspect = inspect;
    byId("misses-of").addEventListener("change", ({ target }) => this.#list(/** @type {HTMLInputElement} */ (target).value));
  }

  /** @param {Outcome} outcome */
  show(outcome) {
    this.#outcome = outcome;
    const options = outcome.contenders.map(({ key, title }) => make("label", {},
      make("input", { type: "radio", name: "misses-of", value: key, "data-testid": `misses-of-${key}` }), make("span", {}, title)));
    const group = byId("misses-of");
    group.replaceChildren(/** @type {HTMLElement} */ (group.querySelector("legend")), ...options);
    group.hidden = options.length < 2;
    choose("misses-of", outcome.contenders[0].key);
    this.#list(outcome.contenders[0].key);
  }

  /** @param {string} key */
  #list(key) {
    const { entries, contenders } = /** @type {Outcome} */ (this.#outcome);
    const contender = /** @type {Contender} */ (contenders.find((c) => c.key === key));
    this.#turn++;
    this.#urls.forEach((url) => URL.revokeObjectURL(url));
    this.#urls = [];
    const ranked = entries.map((entry, i) => ({ entry, score: contender.scores[i] })).sort((a, b) => a.score - b.score);
    this.#fill("misses", ranked.filter(({ entry }) => entry.label !== 0).slice(0, SHOWN), contender);
    this.#fill("false-alarms", ranked.filter(({ entry }) => entry.label === 0).reverse().slice(0, SHOWN), contender);
  }

  /** @param {string} id @param {{entry: Entry, score: number}[]} list @param {Contender} contender */
  #fill(id, list, contender) {
    byId(id).replaceChildren(...list.map(({ entry, score }) => {
      const wrong = (score > contender.detector.threshold) !== (entry.label !== 0);
      const verdict = entry.label === 0 ? (wrong ? "false alarm" : "passed") : (wrong ? "missed" : "found");
      const image = make("img", { alt: entry.picture?.description || entry.id, decoding: "async", width: "100", height: "80" });
      const content = [image, make("span", { class: wrong ? "wrong" : "" }, `${scoreText(score)} ${verdict}`),
        make("span", {}, entry.label === 0 ? entry.id.split("/")[1] : `${LABELS[entry.label]} ${entry.id.split("/")[1]}`)];
      return make("li", {}, entry.picture ? this.#link(entry.picture, image, content, contender)
        : this.#button(entry, image, content, contender));
    }));
    if (list.length === 0) byId(id).append(make("li", { class: "nothing" }, "There are none."));
  }

  /** @param {import("./library.js").Picture} picture @param {HTMLImageElement} image @param {HTMLElement[]} content
   * @param {Contender} contender */
  #link(picture, image, content, contender) {
    image.loading = "lazy";
    image.src = picture.url;
    const query = contender.key === "plain" ? { model: "plain" } : {};
    return make("a", { href: formatRoute("inspect", [picture.category, picture.class, picture.name], /** @type {Record<string, string>} */ (query)),
      title: picture.description, "data-id": picture.id }, ...content);
  }

  /** A person's image: read again, and given to Inspect as if it had been opened there.
   * @param {Entry} entry @param {HTMLImageElement} image @param {HTMLElement[]} content @param {Contender} contender */
  #button(entry, image, content, contender) {
    const turn = this.#turn;
    const file = async () => {
      const bytes = /** @type {Uint8Array<ArrayBuffer>} */ (await entry.image.read());
      const path = entry.image.name;
      return new File([bytes], path.slice(path.lastIndexOf("/") + 1), { type: /\.png$/i.test(path) ? "image/png" : "image/jpeg" });
    };
    file().then((got) => {
      if (turn !== this.#turn) return;
      image.src = URL.createObjectURL(got);
      this.#urls.push(image.src);
    }).catch(() => undefined); // it could be read before; the button says what is wrong now
    const button = make("button", { type: "button", "data-id": entry.id, title: `Open ${entry.id} in Inspect` }, ...content);
    button.addEventListener("click", async () => {
      try {
        const got = await file();
        const { key, model: { name, bytes } } = contender;
        const own = key === "own" && bytes ? [{ path: name, file: new File([/** @type {Uint8Array<ArrayBuffer>} */ (bytes)], name) }] : [];
        this.#inspect([...own, { path: got.name, file: got }]);
      } catch (error) {
        say(error);
      }
    });
    return button;
  }
}
