// @ts-check
/** Starts the page: what comes with it, the views and the addresses that lead to them. */
import { showAgreement, showEngine, showOffline } from "./badge.js";
import { byId, notice } from "./dom.js";
import { listenForFiles } from "./intake.js";
import { loadLibrary } from "./library.js";
import { isolate, keepForOffline } from "./offline.js";
import { showModelProgress, showWaiting } from "./readout.js";
import { parseRoute } from "./router.js";
import { Views, showTabs } from "./views.js";

/** @param {import("./client.js").Client} client */
export function start(client) {
  return open(client).catch(say);
}

/** @param {import("./client.js").Client} client */
async function open(client) {
  showTabs();
  if (await isolate()) return; // loaded anew with threads
  client.ready.then(showEngine, (error) => {
    byId("engine-text").textContent = "The detector does not run.";
    say(error);
  });
  const library = await loadLibrary();
  fetchAhead(client, library);
  /** @type {Views} */ const views = new Views({ client, library, inspect });
  const follow = (address = location.href) => views.open(parseRoute(new URL(address).hash)).catch(say);

  /** @param {import("./views.js").Given[]} files */
  async function inspect(files) {
    const view = await views.get("inspect");
    if (parseRoute(location.hash).view !== "inspect") {
      history.pushState(null, "", "#/inspect");
      await follow();
    }
    await view.take?.(files);
  }

  listenForFiles(async (files) => {
    const view = await views.taker();
    if (view === await views.get("inspect")) await inspect(files);
    else await view.take?.(files);
  }, say);
  // Not location.hash: a view that drew something meanwhile may have put its own address there.
  addEventListener("hashchange", ({ newURL }) => follow(newURL));
  await follow();
  // The first look is on the page: now what can wait.
  await showAgreement(client, library);
  const pictures = library.categories[0].pictures.flatMap(({ url, masks }) => [url, ...masks]);
  showOffline(await keepForOffline([new URL("./", location.href).href, library.address, ...pictures]));
}

/** The model that the address leads to is fetched while view and engine load.
 * @param {import("./client.js").Client} client @param {import("./library.js").Library} library */
function fetchAhead(client, library) {
  const { view, path: [category = ""], query } = parseRoute(location.hash);
  if (view && view !== "inspect" && view !== "lab") return;
  client.ahead(library.model(library.category(category).name, query.get("model") === "plain" ? "plain" : "margin"));
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
