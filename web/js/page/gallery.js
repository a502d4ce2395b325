// @ts-check
/** Thumbnails of the bundled images of one category and class, as links. */
import { byId, make } from "./dom.js";
import { title } from "./library.js";
import { formatRoute } from "./router.js";

/** @typedef {import("./library.js").Picture} Picture */

/** Fills a select with the categories, those without a model marked or (judged) left out. @param {string} id
 * @param {import("./library.js").Library} library @param {boolean} judged @returns {HTMLSelectElement} */
export function fillCategories(id, library, judged) {
  const select = /** @type {HTMLSelectElement} */ (byId(id));
  select.replaceChildren(...library.categories.filter(({ name }) => !judged || library.isJudged(name))
    .map(({ name }) => make("option", { value: name }, library.isJudged(name) ? title(name) : `${title(name)}, no model yet`)));
  return select;
}

/** @param {HTMLElement} list @param {Picture[]} pictures @param {(picture: Picture) => string} caption */
export function showThumbs(list, pictures, caption) {
  list.addEventListener("load", ({ target }) => {
    const { naturalWidth, naturalHeight } = /** @type {HTMLImageElement} */ (target);
    list.style.setProperty("--thumb", String(Math.max(0.7, naturalWidth / naturalHeight)));
  }, { capture: true, once: true }); // a load event does not bubble
  list.replaceChildren(...pictures.map((picture) => {
    const href = formatRoute("inspect", [picture.category, picture.class, picture.name], {});
    const text = caption(picture);
    const about = { "data-picture": `${picture.class}/${picture.name}`, title: picture.description || picture.name };
    // A person's own picture has no address.
    const link = picture.class === "yours" ? make("button", { type: "button", ...about }) : make("a", { href, ...about });
    link.append(make("img", { alt: `${title(picture.category)}, ${picture.class} ${picture.name}`, loading: "lazy", decoding: "async",
      width: "100", height: "80", src: picture.url }), make("span", {}, text));
    return make("li", {}, link);
  }));
}

/** Marks the picture shown, and scrolls a strip of thumbnails to it. @param {HTMLElement} list @param {Picture} picture */
export function markThumb(list, picture) {
  for (const link of /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll("a, button"))) {
    const current = link.dataset.picture === `${picture.class}/${picture.name}`;
    if (current) {
      link.setAttribute("aria-current", "true");
      const [strip, { left, width }] = [list.getBoundingClientRect(), link.getBoundingClientRect()];
      list.scrollLeft += left + width / 2 - strip.left - strip.width / 2; // not the page: scrollIntoView would
    } else link.removeAttribute("aria-current");
  }
}
