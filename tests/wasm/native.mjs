// @ts-check
/** What the tests of WASM compare with: the native command build/lad, run on the same files. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { scratch } from "../scratch.mjs";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
export const WASM = new URL("../../build/wasm/", import.meta.url);
const LAD = join(ROOT, "build/lad");
const work = scratch("native");

/** @param {string[]} args @returns {{status: number | null, stdout: string, stderr: string}} */
export function lad(...args) {
  if (!existsSync(LAD)) throw new Error("build/lad is missing: run make native first.");
  return spawnSync(LAD, args, { encoding: "utf8" });
}

/** Maps and score of one image. @param {string} model @param {string} image @returns {any} */
export function nativeInfer(model, image) {
  const file = join(work, "infer.json");
  const { status, stderr } = lad("infer", "--model", model, "--json", file, "--maps", image);
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(readFileSync(file, "utf8")).images[0];
}

/** The text of report.json. @param {string} model @param {string} data @param {string[]} more  options @returns {string} */
export function nativeReport(model, data, ...more) {
  const file = join(work, "report.json");
  const { status, stderr } = lad("eval", "--quiet", "--model", model, "--data", data, "--report", file, ...more);
  if (status !== 0) throw new Error(stderr);
  return readFileSync(file, "utf8");
}

/** Detectors that are shipped, none before there are any. @returns {{file: string, category: string, variant: string}[]} */
export function shippedModels() {
  const manifest = join(ROOT, "models/manifest.json");
  if (!existsSync(manifest)) return [];
  return JSON.parse(readFileSync(manifest, "utf8")).models.filter((/** @type {any} */ m) => m.variant === "margin" || m.variant === "plain");
}
