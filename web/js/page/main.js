// @ts-check
/** Starts the page: the worker, what comes with the page, the views and the addresses that lead to them. */
import { engineText } from "../shared/words.js";
import { Client } from "./client.js";
import { byId, notice } from "./dom.js";
import { Evaluate } from "./evaluate.js";
import { Inspect } from "./inspect.js";
import { loadLibrary } from "./library.js";
import { showModelProgress, showWaiting } from "./readout.js";
import { parseRoute } from "./router.js";
import { Webcam } from "./webcam.js";

const VIEWS = ["inspect", "evaluate", "webcam"];

async function start() {
  const client = new Client(0);
  client.ready.then((engine) => {
    byId("engine-text").textContent = engineText(engine);
    Object.assign(byId("engine-text").dataset, { flavour: engine.flavour, threads: engine.threads, isa: engine.isa });
  }, (error) => {
    byId("engine-text").textContent = "The detector does not run.";
    say(error);
  });
  const library = await loadLibrary();
  const inspect = new Inspect(client, library, () => {
    if (showView("inspect")) history.pushState(null, "", "#/inspect");
  });
  const evaluate = new Evaluate(client, library);
  const webcam = new Webcam(client, library);
  const open = async () => {
    const route = parseRoute(location.hash);
    const view = VIEWS.includes(route.view) ? route.view : "inspect";
    showView(view);
    if (view !== "webcam") webcam.stop();
    if (view === "inspect") await inspect.open(route);
    if (view === "evaluate") evaluate.open(route);
    if (view === "webcam") await webcam.open();
  };
  const openOrSay = () => open().catch(say);
  addEventListener("hashchange", openOrSay);
  await openOrSay();
}

/** @param {string} view @returns {boolean} whether it was hidden before */
function showView(view) {
  const changed = byId(`view-${view}`).hidden;
  for (const name of VIEWS) byId(`view-${name}`).hidden = name !== view;
  for (const link of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("nav a"))) {
    if (link.dataset.view === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  return changed;
}

/** @param {Error & {code?: string}} error */
function say(error) {
  if (error.code === "cancelled") return;
  notice(error.message);
  if (byId("view-inspect").dataset.shown) return;
  showWaiting("Nothing could be loaded.");
  showModelProgress(null);
}

start().catch(say);
