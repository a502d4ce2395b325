// @ts-check
/** The badge in the head: what runs, and how far its numbers are from the native build's for the golden vector. */
import { deviationText, engineText } from "../shared/words.js";
import { byId } from "./dom.js";

/** @typedef {import("../shared/protocol.js").HelloResult} Engine */

/** @param {Engine} engine */
export function showEngine(engine) {
  byId("engine-text").textContent = engineText(engine);
  Object.assign(byId("engine-text").dataset, { flavour: engine.flavour, threads: engine.threads, isa: engine.isa });
  put("badge-flavour", engine.flavour);
  put("badge-isa", engine.isa);
  put("badge-threads", String(engine.threads));
  put("badge-isolated", engine.isolated ? "yes" : "no: one thread only");
}

/** Runs the golden vector and says how it went. @param {import("./client.js").Client} client
 * @param {import("./library.js").Library} library */
export async function showAgreement(client, library) {
  const response = await fetch(new URL("../../golden.json", import.meta.url)).catch(() => null);
  const golden = response?.ok ? await response.json().catch(() => null) : null;
  const model = golden && library.modelFile(golden.model);
  if (!model) return say("none", "not compared with native", "This copy of the page comes without a golden vector.");
  try {
    const { agrees, deviation, scoreDeviation, allowed, ms } = await client.request("golden", { model, golden });
    put("badge-deviation", `${deviationText(deviation)} of the largest value`);
    put("badge-allowed", deviationText(allowed));
    put("badge-score", deviationText(scoreDeviation));
    const { category, seed } = golden.scene;
    const what = `A ${category.replaceAll("_", " ")} scene (seed ${seed}), drawn here and looked at by ${golden.model}, against `
      + `lad ${golden.lad_version} compiled natively; ${Math.round(ms)} ms.`;
    if (agrees) say("agrees", `within ${deviationText(deviation)} of native`, what);
    else say("differs", "differs from native", what);
  } catch (error) {
    say("failed", "golden vector failed", error instanceof Error ? error.message : String(error));
  }
}

/** @param {"kept" | "unavailable" | "failed"} state */
export function showOffline(state) {
  put("badge-offline", { kept: "ready", unavailable: "not offered by this browser here", failed: "could not be prepared" }[state]);
}

/** @param {string} state @param {string} short @param {string} what */
function say(state, short, what) {
  const place = byId("agreement");
  place.textContent = short;
  place.dataset.state = state;
  put("badge-what", what);
}

/** @param {string} id @param {string} text */
function put(id, text) {
  byId(id).textContent = text;
}
