// @ts-check
/** The image that Inspect shows, for the other views: the reader's own image stays theirs when they go on reading. */

/** @typedef {{picture: import("./library.js").Picture, bytes: Uint8Array}} Opened */

/** @type {Opened | null} */
let last = null;

/** @param {Opened} opened */
export function setOpened(opened) {
  last = opened;
}

export function lastOpened() {
  return last;
}
