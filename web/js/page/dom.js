// @ts-check
/** Small helpers for the DOM. Text is always set as text, never as HTML. */

/** @template {HTMLElement} [T=HTMLElement] @param {string} id @returns {T} */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no element #${id}.`);
  return /** @type {T} */ (found);
}

/**
 * A new element. @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Record<string, string>} [attributes] @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** The checked value of a group of radio buttons. @param {string} name */
export function chosen(name) {
  return /** @type {HTMLInputElement | null} */ (document.querySelector(`input[name="${name}"]:checked`))?.value ?? "";
}

/** Checks one of a group of radio buttons. @param {string} name @param {string} value */
export function choose(name, value) {
  const input = /** @type {HTMLInputElement | null} */ (document.querySelector(`input[name="${name}"][value="${value}"]`));
  if (input) input.checked = true;
  else document.querySelectorAll(`input[name="${name}"]`).forEach((other) => {
    /** @type {HTMLInputElement} */ (other).checked = false;
  });
}

/** One sentence about a failure, on top of the page; "" takes it away. @param {string} sentence */
export function notice(sentence) {
  const place = byId("notice");
  place.textContent = sentence;
  place.hidden = sentence === "";
}

/** What was thrown, as such a sentence. @param {unknown} error */
export function say(error) {
  notice(error instanceof Error ? error.message : String(error));
}
