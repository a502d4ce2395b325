#!/usr/bin/env node
// @ts-check
/**
 * Lists a folder of models and test images for the page, which cannot list folders of a static host.
 *
 * Usage: node build-scripts/site-index.mjs MODELS-FOLDER      reads manifest.json and subset/, writes index.json
 * Subset: subset/<category>/test/{good,logical_anomalies,structural_anomalies}, ground_truth and scenes.json, as
 * `lad render` writes them.  The pictures stand in the order in which `lad eval` reads them, and dataHash is its.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const CLASSES = /** @type {const} */ ([["good", "good"], ["logical_anomalies", "logical"], ["structural_anomalies", "structural"]]);

/** Names in a folder in byte order; none when there is no such folder. @param {string} folder */
function list(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** @param {string} root @param {string} category @param {string} opensWith  id of a picture, "": the first */
function listCategory(root, category, opensWith) {
  const base = `subset/${category}`;
  const scenes = readScenes(join(root, base, "scenes.json"));
  const hash = createHash("sha256");
  const pictures = CLASSES.flatMap(([folder, className]) =>
    list(join(root, base, "test", folder)).filter((file) => /\.(png|jpe?g)$/i.test(file)).map((file) => {
      const name = file.replace(/\.[^.]+$/, "");
      const id = `${folder}/${name}`;
      const path = `${base}/test/${folder}/${file}`;
      const bytes = readFileSync(join(root, path));
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(bytes.length));
      hash.update(`${id}\0`).update(length).update(bytes);
      const truth = `${base}/ground_truth/${id}`;
      const scene = scenes.get(`test/${folder}/${file}`);
      return {
        class: className, name, id, file: path,
        masks: list(join(root, truth)).filter((mask) => mask.endsWith(".png")).map((mask) => `${truth}/${mask}`),
        kind: scene?.kind ?? "", rule: scene?.rule ?? "", description: scene?.description ?? "",
      };
    }));
  const config = `${base}/defects_config.json`;
  const defects = existsSync(join(root, config)) ? config : "";
  return { name: category, opensWith, defects, dataHash: hash.digest("hex").slice(0, 16), pictures };
}

/** What each image shows. @param {string} file @returns {Map<string, {kind: string, rule: string, description: string}>} */
function readScenes(file) {
  if (!existsSync(file)) return new Map();
  const { rule, images } = JSON.parse(readFileSync(file, "utf8"));
  // A normal image has no kind, and obeys the rule of the whole category.
  return new Map(images.map((/** @type {any} */ image) => [image.path, { kind: "", rule, description: "", ...image }]));
}

/** What the page must know of a model before it has it.
 * @param {any} model  of the manifest */
function listModel({ file, category, variant, sha256, bytes, made = {} }) {
  return { file, category, variant, sha256, bytes, mapThreshold: made.map_threshold };
}

/** @param {string} root  a folder of models */
export function makeIndex(root) {
  const manifest = join(root, "manifest.json");
  const { models, opens_with = {} } = existsSync(manifest) ? JSON.parse(readFileSync(manifest, "utf8")) : { models: [] };
  const detectors = models.filter((/** @type {any} */ model) => model.variant === "margin" || model.variant === "plain");
  // In the order of the manifest: the first one is what the page opens with.
  const order = (/** @type {string} */ name) => detectors.findIndex((/** @type {any} */ model) => model.category === name) >>> 0;
  const categories = list(join(root, "subset")).filter((name) => existsSync(join(root, "subset", name, "test")))
    .sort((a, b) => order(a) - order(b)).map((name) => listCategory(root, name, opens_with[name] ?? ""));
  return { models: detectors.map(listModel), categories };
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const root = process.argv[2];
  writeFileSync(join(root, "index.json"), `${JSON.stringify(makeIndex(root))}\n`);
}
