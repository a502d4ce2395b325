// @ts-check
/**
 * What drove a score: one place (local), the picture as a whole (global), or both.  No DOM: tested in Node.
 *
 * A score is the sum of two parts that the core gives: the combined map at its peak, and the global head's.  The map
 * part has a threshold of its own, chosen on normal images as the score's was.  A place is unusual when the map part
 * passes it; the whole is unusual when its part would pass what is left of the score's threshold even beside the
 * hottest map of a normal image.  So at least one of them is whenever the score passes its threshold.
 */

/** @typedef {"local" | "global" | "both"} Kind */
/** st and stae: what the two maps put into the map part at its peak; their sum is mapScore.
 * @typedef {{map: number, st: number, stae: number, global: number}} Parts */
/** @typedef {{mapScore: number, globalScore: number, peak: number, maps: {st: Float32Array, stae: Float32Array},
 *   detector: {mapCombine: string}}} Scored */
/** Of the score, as a person set it, and of the map part. @typedef {{score: number, map: number}} Limits */

/** @param {Scored} result @returns {Parts} */
export function partsOf({ mapScore, globalScore, peak, maps, detector }) {
  const [st, stae] = [maps.st[peak], maps.stae[peak]];
  if (detector.mapCombine !== "max") return { map: mapScore, st: st / 2, stae: stae / 2, global: globalScore };
  return { map: mapScore, st: st >= stae ? st : 0, stae: st >= stae ? 0 : stae, global: globalScore };
}

/** @param {{map: number, global: number}} parts @param {Limits} limits @returns {Kind | null}  null: neither is unusual */
export function kindOf({ map, global }, limits) {
  const most = Math.min(limits.map, limits.score);
  const [local, whole] = [map > most, global > limits.score - most];
  if (local && whole) return "both";
  return local ? "local" : whole ? "global" : null;
}

const LABELS = { local: "Local", global: "Global", both: "Local and global" };

/** Why a score is as high as it is, for a person. @param {Parts} parts @param {Limits} limits
 * @returns {{label: string, kind: Kind | "none", words: string}} */
export function whyWords(parts, limits) {
  const kind = kindOf(parts, limits);
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
