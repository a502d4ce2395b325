// @ts-check
/** Numbers and sentences as a person reads them. No DOM: tested in Node. */

/** @typedef {import("../page/library.js").Picture} Picture */

/** @param {number} score */
export function scoreText(score) {
  return score.toFixed(Math.abs(score) >= 100 ? 1 : 3);
}

/** A part of a score, with its sign and a real minus. @param {number} value */
export function signedText(value) {
  const digits = scoreText(Math.abs(value));
  return (Number(digits) === 0 ? "±" : value > 0 ? "+" : "−") + digits;
}

/** AUROC to 4 decimals, or a dash when a class is empty. @param {number} value */
export function aurocText(value) {
  return Number.isFinite(value) ? value.toFixed(4) : "–";
}

/** With its sign, a real minus, and no "-0.0000". @param {number} value */
export function differenceText(value) {
  if (!Number.isFinite(value)) return "–";
  const digits = Math.abs(value).toFixed(4);
  return (Number(digits) === 0 ? "±" : value > 0 ? "+" : "−") + digits;
}

/** @param {number} ms */
export function msText(ms) {
  return `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
}

/** @param {number} seconds */
export function durationText(seconds) {
  if (seconds < 1.5) return "a second";
  return seconds < 90 ? `${Math.round(seconds)} seconds` : `${Math.round(seconds / 60)} minutes`;
}

/** "One compartment is empty." -> "One compartment is empty". @param {string} sentence */
function withoutStop(sentence) {
  return sentence.replace(/[.\s]+$/, "");
}

/** @typedef {"alarm" | "calm" | "wrong"} Tone  wrong: the model and the truth disagree */

/** The finding as parts of a sentence.
 * @param {Picture} picture @param {number} score @param {number} threshold
 * @returns {{lead: string, numbers: string, finding: string, tone: Tone}} */
export function findingWords(picture, score, threshold) {
  const alarm = score > threshold;
  const numbers = `score\u00a0${scoreText(score)}, threshold\u00a0${scoreText(threshold)},`; // not to be torn apart
  if (picture.class === "yours") {
    return alarm ? { lead: picture.name, numbers, finding: "anomaly found", tone: "alarm" }
      : { lead: picture.name, numbers, finding: "nothing unusual found", tone: "calm" };
  }
  if (picture.class === "good") {
    return alarm ? { lead: "A normal image", numbers, finding: "false alarm", tone: "wrong" }
      : { lead: "A normal image", numbers, finding: "nothing found, as it should be", tone: "calm" };
  }
  const lead = withoutStop(picture.description);
  return alarm ? { lead, numbers, finding: "anomaly found", tone: "alarm" }
    : { lead, numbers, finding: "anomaly missed", tone: "wrong" };
}

/** A relative difference: "3.1e-7" as a person writes it, "0" when there is none. @param {number} value */
export function deviationText(value) {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return "differs";
  const [digits, power] = value.toExponential(1).split("e");
  const raised = [...String(Number(power))].map((c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)] ?? "⁻").join("");
  return `${digits} · 10${raised}`;
}

/** What runs, in one line. @param {import("./protocol.js").HelloResult} engine */
export function engineText(engine) {
  const threads = engine.threads === 1 ? "1 thread" : `${engine.threads} threads`;
  const kernels = engine.isa.startsWith("wasm-simd") ? "WebAssembly SIMD"
    : engine.isa.startsWith("wasm-relaxed-simd") ? "WebAssembly relaxed SIMD" : `WebAssembly, ${engine.isa} kernels`;
  return `${kernels}, ${threads}`;
}

/** 0.9123 -> "91.2 %". @param {number} share */
export function percentText(share) {
  return Number.isFinite(share) ? `${(100 * share).toFixed(1)}\u00a0%` : "–";
}
