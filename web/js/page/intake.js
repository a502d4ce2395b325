// @ts-check
/** Files a person gives to the page: dropped on it, whole folders too, pasted, or chosen by a button. */
import { LadError } from "../shared/errors.js";

/** @typedef {import("./views.js").Given} Given */

const MAX_FILES = 20_000; // an MVTec LOCO AD category has about 3000

/** Drops and pastes, wherever on the page. @param {(files: Given[]) => void | Promise<void>} take
 * @param {(error: unknown) => void} fail */
export function listenForFiles(take, fail) {
  const give = (/** @type {Promise<Given[]>} */ files) =>
    files.then((list) => (list.length > 0 ? take(list) : undefined)).catch(fail);
  let depth = 0; // dragenter and dragleave come for each element on the way
  const dropping = (/** @type {number} */ change) => {
    depth = Math.max(0, depth + change);
    document.body.classList.toggle("dropping", depth > 0);
  };
  document.addEventListener("dragenter", (event) => { if (hasFiles(event)) dropping(1); });
  document.addEventListener("dragleave", (event) => { if (hasFiles(event)) dropping(-1); });
  document.addEventListener("dragover", (event) => { if (hasFiles(event)) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    dropping(-depth);
    if (event.dataTransfer) give(dropped(event.dataTransfer));
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length > 0) give(Promise.resolve(files.map((file) => ({ file, path: file.name }))));
  });
}

/** Files chosen by an <input type=file>; with webkitdirectory their paths are those in the folder.
 * @param {HTMLInputElement} input @param {(files: Given[]) => void} take */
export function listenToInput(input, take) {
  input.addEventListener("change", () => {
    const files = [...(input.files ?? [])].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
    input.value = ""; // so that the same file can be chosen again
    if (files.length > 0) take(files);
  });
}

/** @param {DragEvent} event */
function hasFiles(event) {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

/** What was dropped, folders walked through, in order of their paths. @param {DataTransfer} transfer
 * @returns {Promise<Given[]>} */
async function dropped(transfer) {
  // Both must be asked for before the first await: afterwards the transfer is empty.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  const files = [...transfer.files];
  if (!entries.some((entry) => entry?.isDirectory)) return files.map((file) => ({ file, path: file.name }));
  /** @type {Given[]} */ const found = [];
  for (const entry of entries) if (entry) await walk(entry, found);
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** @param {FileSystemEntry} entry @param {Given[]} found */
async function walk(entry, found) {
  if (found.length >= MAX_FILES) throw new LadError("unsupported", `${entry.name} is one file more than the ${MAX_FILES} that are read at once.`);
  if (entry.isFile) {
    const file = await new Promise((done, fail) => /** @type {FileSystemFileEntry} */ (entry).file(done, fail));
    found.push({ file: /** @type {File} */ (file), path: entry.fullPath.replace(/^\//, "") });
    return;
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  for (;;) {
    const part = /** @type {FileSystemEntry[]} */ (await new Promise((done, fail) => reader.readEntries(done, fail)));
    if (part.length === 0) return; // it gives a hundred at a time
    for (const child of part) await walk(child, found);
  }
}
