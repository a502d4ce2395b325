// @ts-check
/** Files a person gives to the page: by the button, dropped on it, or pasted. */
import { byId } from "./dom.js";

/** @param {(files: File[]) => void} take */
export function listenForFiles(take) {
  const upload = /** @type {HTMLInputElement} */ (byId("upload"));
  upload.addEventListener("change", () => {
    take([...(upload.files ?? [])]);
    upload.value = ""; // so that the same file can be chosen again
  });
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
    take([...(event.dataTransfer?.files ?? [])]);
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length > 0) take(files);
  });
}

/** @param {DragEvent} event */
function hasFiles(event) {
  return event.dataTransfer?.types.includes("Files") ?? false;
}
