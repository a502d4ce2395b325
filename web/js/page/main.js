// @ts-check
/** Starts the page: the worker, what comes with the page, the views and the addresses that lead to them. */
import { showAgreement, showEngine, showOffline } from "./badge.js";
import { Client } from "./client.js";
import { byId, notice } from "./dom.js";
import { listenForFiles } from "./intake.js";
import { loadLibrary } from "./library.js";
import { isolate, keepForOffline } from "./offline.js";
import { showModelProgress, showWaiting } from "./readout.js";
import { parseRoute } from "./router.js";
import { Views, showTabs } from "./views.js";

async function start() {
  showTabs();
  if (await isolate()) return; // loaded anew with threads
  const client = new Client(0);
  client.ready.then(showEngine, (error) => {
    byId("engine-text").textContent = "The detector does not run.";
    say(error);
  });
  const library = await loadLibrary();
  /** @type {Views} */ const views = new Views({ client, library, inspect });
  const open = () => views.open(parseRoute(location.hash)).catch(say);

  /** @param {import("./views.js").Given[]} files */
  async function inspect(files) {
    const view = await views.get("inspect");
    if (parseRoute(location.hash).view !== "inspect") {
      history.pushState(null, "", "#/inspect");
      await open();
    }
    await view.take?.(files);
  }

  listenForFiles(async (files) => {
    const view = await views.taker();
    if (view === await views.get("inspect")) await inspect(files);
    else await view.take?.(files);
  }, say);
  addEventListener("hashchange", open);
  await open();
  // The first look is on the page: now what can wait.
  await showAgreement(client, library);
  const pictures = library.categories[0].pictures.flatMap(({ url, masks }) => [url, ...masks]);
  showOffline(await keepForOffline([new URL("./", location.href).href, library.address, ...pictures]));
}

/** @param {unknown} thrown */
function say(thrown) {
  const error = /** @type {Error & {code?: string}} */ (thrown instanceof Error ? thrown : new Error(String(thrown)));
  if (error.code === "cancelled") return;
  notice(error.message);
  if (byId("view-inspect").dataset.shown) return;
  showWaiting("Nothing could be loaded.");
  showModelProgress(null);
}

start().catch(say);
