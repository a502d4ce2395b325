#!/usr/bin/env node
// @ts-check
/**
 * Adds to a site's index.html a preload of each module that its first view needs: else a browser learns of a module
 * only when it has read the one that imports it.
 *
 * Usage: node build-scripts/site-preload.mjs SITE-FOLDER
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";

const FIRST = ["js/page/main.js", "js/page/start.js", "js/page/inspect.js"]; // the last two are imported as they are needed
const SCRIPT = '<script type="module" src="js/page/main.js"></script>';

/** @param {string} site @param {string} path @param {Set<string>} found */
function follow(site, path, found) {
  if (found.has(path)) return;
  found.add(path);
  const text = readFileSync(join(site, path), "utf8");
  for (const [, to] of text.matchAll(/^import [^"]*"(\.[^"]+)";$/gm)) follow(site, posix.join(posix.dirname(path), to), found);
}

const [site] = process.argv.slice(2);
/** @type {Set<string>} */ const found = new Set();
for (const path of FIRST) follow(site, path, found);
const index = join(site, "index.html");
const html = readFileSync(index, "utf8");
if (!html.includes(SCRIPT)) throw new Error(`${index} does not load js/page/main.js as expected.`);
const links = [...found].map((path) => `<link rel="modulepreload" href="${path}">`);
writeFileSync(index, html.replace(SCRIPT, [...links, SCRIPT].join("\n")));
