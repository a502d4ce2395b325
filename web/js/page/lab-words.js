// @ts-check
/** What the Scene lab says about a scene. */
import { scoreText } from "../shared/words.js";
import { make } from "./dom.js";
import { title } from "./library.js";

/** @typedef {import("../worker/scenes.js").SceneCategory} SceneCategory */
/** @typedef {import("../worker/scenes.js").Kind} Kind */
/** @typedef {import("../shared/protocol.js").RunResult} RunResult */

/** @param {RunResult | null} result */
export function judge(result) {
  if (!result) return { score: "–", threshold: "–", verdict: "no model" };
  const { score, detector: { threshold } } = result;
  return { score: scoreText(score), threshold: scoreText(threshold), verdict: score > threshold ? "anomaly" : "normal" };
}

const DRAG = /** @type {Record<string, string>} */ ({
  breakfast_box: "Drag a tangerine or nectarine: the others give way",
  pushpins: "Drag a pushpin to another compartment",
  screw_bag: "Drag a screw, nut or washer elsewhere in the bag",
});

/** How objects of a scene are edited. @param {SceneCategory} category */
export function editHelp({ name, canEdit }) {
  return canEdit
    ? `${DRAG[name] ?? "Drag an object"}, or choose one and use the arrow keys (with Shift: farther), D to double it, Delete to take it out.`
    : "Objects of this scene cannot be dragged: each has its place in or on another. Break a rule instead.";
}

/** @param {SceneCategory} category @param {Kind | null} kind @param {string[]} findings @param {RunResult | null} result
 * @returns {(Node | string)[]} */
export function labSentence(category, kind, findings, result) {
  const broken = kind !== null || findings.length > 0;
  const more = findings.length > 1 ? ` and ${findings.length - 1} more` : "";
  const lead = kind ? kind.description.replace(/\.$/, "") : findings.length > 0 ? findings[0].replace(/\.$/, "") + more : "The rule is kept";
  if (!result) {
    return [`${lead}. `, make("strong", { class: "wrong", "data-testid": "lab-finding" },
      `There is no model for ${title(category.name).toLowerCase()} yet`), ": the scene is drawn, but nothing judges it."];
  }
  const alarm = result.score > result.detector.threshold;
  const [finding, tone] = broken ? (alarm ? ["anomaly found", "alarm"] : ["anomaly missed", "wrong"])
    : alarm ? ["false alarm", "wrong"] : ["nothing found, as it should be", "calm"];
  return [`${lead}: score\u00a0${scoreText(result.score)}, threshold\u00a0${scoreText(result.detector.threshold)}, `,
    make("strong", { class: tone, "data-testid": "lab-finding" }, finding), "."];
}
