// @ts-check
/** Saves what the Inspect view shows: the stage as PNG, the numbers as JSON. */
import { kindOf, partsOf } from "../shared/verdict.js";
import { make } from "./dom.js";

/** @typedef {import("../shared/protocol.js").RunResult} RunResult */

/** A name that says what is in the file. @param {import("./library.js").Picture | undefined} picture @param {string} variant @param {string} map */
export function fileName(picture, variant, map) {
  const name = picture ? [picture.class === "yours" ? "" : picture.category, picture.class, picture.name.replace(/\.[^.]+$/, "")] : [];
  return `lad-${name.filter(Boolean).join("-").replace(/[^\w-]+/g, "_")}-${variant}-${map}`;
}

/** @param {Blob} blob @param {string} name */
export function download(blob, name) {
  const href = URL.createObjectURL(blob);
  const link = make("a", { href, download: name, hidden: "" });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(href), 60_000); // the browser may still be reading it
}

/** @param {HTMLCanvasElement} canvas @param {string} name */
export async function savePng(canvas, name) {
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  if (!blob) throw new Error("The picture could not be made into a PNG file.");
  download(blob, `${name}.png`);
}

/** The fields of `lad infer --json --maps`, and what the page adds.
 * @param {{picture: import("./library.js").Picture, variant: string, results: Partial<Record<string, RunResult>>,
 *   thresholdOf: (variant: string) => number, engine: import("../shared/protocol.js").HelloResult}} shown @param {string} name */
export function saveJson({ picture, variant, results, thresholdOf, engine }, name) {
  const models = Object.entries(results).flatMap(([key, result]) => {
    if (!result) return [];
    const parts = partsOf(result);
    const threshold = thresholdOf(key);
    const alarm = result.score > threshold;
    return [{
      variant: key, model_sha256: result.detector.sha256, architecture: result.detector.architecture,
      margin_form: result.detector.marginForm, threshold, model_threshold: result.detector.threshold, map_threshold: result.detector.mapThreshold,
      score: result.score, map_score: result.mapScore, global_score: result.globalScore, flagged: alarm,
      driven_by: alarm ? kindOf(parts, { score: threshold, map: result.detector.mapThreshold }) ?? "none" : null,
      peak: { cell: result.peak, structural_part: parts.st, logical_part: parts.stae },
      map_size: result.mapSize,
      raw_st: [...result.maps.rawSt], raw_stae: [...result.maps.rawStae], map_st: [...result.maps.st],
      map_stae: [...result.maps.stae], map_combined: [...result.maps.combined],
      time_ms: { decode: result.timings.decodeMs, resize: result.timings.resizeMs, networks: result.timings.networksMs, maps: result.timings.mapsMs },
    }];
  });
  const any = /** @type {RunResult} */ (Object.values(results).find(Boolean));
  const document = {
    format: "lad-inspect/1",
    image: { name: picture.name, category: picture.category, class: picture.class, kind: picture.kind, rule: picture.rule,
      description: picture.description, width: any.width, height: any.height },
    shown: variant,
    engine: { flavour: engine.flavour, isa: engine.isa, threads: engine.threads },
    models,
  };
  download(new Blob([JSON.stringify(document)], { type: "application/json" }), `${name}.json`);
}
