// @ts-check
/** ZIP archives for the tests, written by the package that the page reads them with. */
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import "./web_crypto.mjs";
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";

/** @param {[string, Uint8Array][]} files  by path @param {{password?: string}} [options] @returns {Promise<Buffer>} */
export async function zip(files, options = {}) {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false, ...options });
  for (const [path, bytes] of files) await writer.add(path, new Uint8ArrayReader(bytes));
  return Buffer.from(await writer.close());
}

/** A folder's files, by their paths within it. @param {string} root @param {string} [below] @returns {[string, Uint8Array][]} */
export function filesOf(root, below = "") {
  return readdirSync(join(root, below)).flatMap((name) => {
    const path = below ? `${below}/${name}` : name;
    const file = join(root, path);
    return statSync(file).isDirectory() ? filesOf(root, path) : [/** @type {[string, Uint8Array]} */ ([path, readFileSync(file)])];
  });
}

/** @param {string} root @returns {Promise<Buffer>} */
export function zipFolder(root) {
  return zip(filesOf(root));
}
