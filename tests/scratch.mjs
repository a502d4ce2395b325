// @ts-check
/** Folders for what a test writes.  They go when its process ends, whether it passed, failed, threw or was interrupted. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** @type {string[]} */ const made = [];
process.on("exit", () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});
// A signal alone ends a process without "exit".
process.once("SIGINT", () => process.exit(130));
process.once("SIGTERM", () => process.exit(143));

/** A fresh folder "lad-NAME-..." in the system's folder for temporary files. @param {string} name @returns {string} */
export function scratch(name) {
  const folder = mkdtempSync(join(tmpdir(), `lad-${name}-`));
  made.push(folder);
  return folder;
}
