#!/usr/bin/env node
// @ts-check
/**
 * Writes what the native build computes for one small input, so that the page can show that it computes the same.
 *
 * Usage: node build-scripts/golden.mjs build/lad SITE-FOLDER      reads models/index.json, writes golden.json there
 * The input is a scene that the core itself draws (a page draws it anew: pixels take part in the comparison), the
 * model is the first one listed.  A site without models gets no golden.json.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SCENE = { split: 2, seed: 5, index: 0, kind: -1, width: 256 }; // the first good test picture of a seed for trying

/** @param {string} lad @param {string[]} args */
function run(lad, args) {
  const { status, stderr, error } = spawnSync(lad, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`golden.mjs: lad ${args[0]} failed: ${error?.message ?? stderr.trim()}`);
}

/** @param {number[]} values  float32, which nine digits give back exactly */
const digits = (values) => values.map((value) => Number(value.toPrecision(9)));

/** @param {string} lad  the native command @param {string} site @returns {object | null} */
export function makeGolden(lad, site) {
  const { models, categories } = JSON.parse(readFileSync(join(site, "models/index.json"), "utf8"));
  const model = models.find((/** @type {any} */ m) => m.category === categories[0]?.name);
  if (!model) return null;
  const work = mkdtempSync(join(tmpdir(), "lad-golden-"));
  try {
    const { category, file, sha256 } = model;
    const { seed, width } = SCENE;
    run(lad, ["render", "--category", category, "--out", work, "--seed", `${seed}`, "--train", "0", "--validation", "0",
      "--test", "1", "--size", `${width}`, "--quiet"]);
    const out = join(work, "out.json");
    run(lad, ["infer", "--model", join(site, "models", file), "--json", out, "--maps", join(work, category, "test/good/000.png")]);
    const { lad_version, images: [image] } = JSON.parse(readFileSync(out, "utf8"));
    return { format: "lad-golden/1", lad_version, model: file, model_sha256: sha256, scene: { category, ...SCENE },
      score: image.score, map_score: image.map_score, global_score: image.global_score,
      raw_st: digits(image.raw_st), raw_stae: digits(image.raw_stae) };
  } finally {
    rmSync(work, { recursive: true });
  }
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const [lad, site] = process.argv.slice(2);
  const golden = makeGolden(lad, site);
  if (golden) writeFileSync(join(site, "golden.json"), `${JSON.stringify(golden)}\n`);
}
