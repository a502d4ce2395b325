// @ts-check
/**
 * A folder in the layout of models/ with two seeded random detectors and a few small pictures, for tests that need
 * no trained model: its numbers mean nothing, but every build and the page must compute the same ones.
 */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { png } from "../cli/png.mjs";
import { randomDetector, safetensors } from "../cli/random_model.mjs";

const CLASSES = /** @type {const} */ (["good", "logical_anomalies", "structural_anomalies"]);
const IMAGES = 4;

/** A shaded box with a few coloured dots; anomalies have more of them, or a scratch.
 * @param {number} kind  0 good, 1 logical, 2 structural @param {number} seed */
function picture(kind, seed) {
  const dots = Array.from({ length: kind === 1 ? 7 : 5 }, (_, i) => [25 + 28 * i, 40 + ((seed * 37 + i * 53) % 60)]);
  return png(240, 150, (x, y) => {
    const shade = 50 + ((x * 5 + y * 3 + seed * 11) % 17) + (x >> 2);
    if (kind === 2 && Math.abs(x - y - 20) < 3) return [240, 240, 250];
    const dot = dots.some(([cx, cy]) => (x - cx) ** 2 + (y - cy) ** 2 < 90);
    return dot ? [230, 200 - seed * 5, 60] : [shade, shade, shade + 20];
  });
}

/** @param {string} root @param {string} path @param {Buffer | string} content */
function put(root, path, content) {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** @param {string} root  a folder to fill */
export function writeFixture(root) {
  const models = ["margin", "plain"].map((variant, i) => {
    const model = randomDetector(i + 1);
    Object.assign(model.metadata, { category: "pushpins" }, variant === "margin" && { margin_form: "novel", margin: "0.25" });
    const bytes = safetensors(model);
    const file = `pushpins-${variant}.safetensors`;
    put(root, file, bytes);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return { file, category: "pushpins", variant, sha256, bytes: bytes.length, made: model.metadata };
  });
  put(root, "manifest.json", JSON.stringify({ models }));
  const base = "subset/pushpins";
  const images = CLASSES.flatMap((folder, kind) => Array.from({ length: IMAGES }, (_, i) => {
    const id = `${folder}/00${i}`;
    put(root, `${base}/test/${id}.png`, picture(kind, i));
    if (kind > 0) {
      const inside = (/** @type {number} */ x, /** @type {number} */ y) => x > 60 && x < 120 && y > 30 && y < 90;
      put(root, `${base}/ground_truth/${id}/000.png`, png(240, 150, (x, y) => [inside(x, y) ? 255 : 0]));
    }
    return { path: `test/${id}.png`, kind: kind === 1 ? "extra_pin" : kind === 2 ? "scratch" : "", description:
      ["A normal image.", "One compartment holds two pins.", "The tray is scratched."][kind] };
  }));
  put(root, `${base}/defects_config.json`, JSON.stringify([
    { defect_name: "any", pixel_value: 255, saturation_threshold: 900, relative_saturation: false }]));
  put(root, `${base}/scenes.json`, JSON.stringify({ rule: "Each compartment holds exactly one pin.", images }));
}

if (import.meta.url === `file://${process.argv[1]}`) writeFixture(process.argv[2]);
