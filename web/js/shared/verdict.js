// @ts-check
/**
 * What drove a score: one place (local), the picture as a whole (global), or both.  No DOM: tested in Node.
 *
 * A score is the sum of two parts that the core gives: the combined map at its peak, and the global head's.  Both are in
 * the unit of the maps, in which 0.1 is passed by one cell in 200 of normal images.  So the map part beyond 0.1 and the
 * global part beyond 0, its mean over normal images, are what each finds unusual; a part with at least a third of
 * their sum is named.
 */

const NORMAL_MAP = 0.1;
const NAMED_SHARE = 1 / 3;

/** @typedef {"local" | "global" | "both"} Kind */
/** st and stae: what the two maps put into the map part at its peak; their sum is mapScore.
 * @typedef {{map: number, st: number, stae: number, global: number}} Parts */
/** @typedef {{mapScore: number, globalScore: number, peak: number, maps: {st: Float32Array, stae: Float32Array},
 *   detector: {mapCombine: string}}} Scored */

/** @param {Scored} result @returns {Parts} */
export function partsOf({ mapScore, globalScore, peak, maps, detector }) {
  const [st, stae] = [maps.st[peak], maps.stae[peak]];
  if (detector.mapCombine !== "max") return { map: mapScore, st: st / 2, stae: stae / 2, global: globalScore };
  return { map: mapScore, st: st >= stae ? st : 0, stae: st >= stae ? 0 : stae, global: globalScore };
}

/** @param {{map: number, global: number}} parts @returns {Kind | null}  null: neither part is above what is normal */
export function kindOf({ map, global }) {
  const [local, whole] = [Math.max(0, map - NORMAL_MAP), Math.max(0, global)];
  const sum = local + whole;
  if (sum === 0) return null;
  if (local >= NAMED_SHARE * sum && whole >= NAMED_SHARE * sum) return "both";
  return local > whole ? "local" : "global";
}

const LABELS = { local: "Local", global: "Global", both: "Local and global" };

/** Why a score is as high as it is, for a person. @param {Parts} parts @returns {{label: string, kind: Kind | "none", words: string}} */
export function whyWords(parts) {
  const kind = kindOf(parts);
  if (!kind) return { kind: "none", label: "Neither", words: "no place and nothing about the whole picture is unusual." };
  const structural = parts.st >= parts.stae;
  const place = structural ? "one place looks like nothing the student has learnt, as damage does"
    : "one place is not what the autoencoder expects there";
  const words = {
    local: `${place}.`,
    global: "no single place explains it; the picture as a whole is unusual, as when something is missing, added or mixed differently.",
    both: `${place}, and the picture as a whole is unusual too.`,
  }[kind];
  const label = { local: structural ? "structural" : "logical, by place", global: "logical", both: structural ? "structural and logical" : "logical" }[kind];
  return { kind, label: `${LABELS[kind]} (${label})`, words };
}
