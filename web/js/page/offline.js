// @ts-check
/** The page's side of the service worker (sw.js): isolation where the server sends no headers, and keeping the site. */

const SCRIPT = new URL("../../sw.js", import.meta.url);
const TRIED = "lad-isolation-tried";
const PATIENCE_MS = 4000;

function available() {
  return isSecureContext && "serviceWorker" in navigator;
}

/** Without cross-origin isolation there is one thread only: installs the service worker, which adds the headers, and
 * loads the page once more, once a session. @returns {Promise<boolean>} whether the page is being loaded anew */
export async function isolate() {
  if (crossOriginIsolated || !available()) return false;
  try {
    if (sessionStorage.getItem(TRIED)) return false;
    sessionStorage.setItem(TRIED, "1");
    const { serviceWorker } = navigator;
    if (!(await serviceWorker.register(SCRIPT))) return false;
    const controlled = serviceWorker.controller ? Promise.resolve(true) : new Promise((done) => {
      serviceWorker.addEventListener("controllerchange", () => done(true), { once: true });
      setTimeout(() => done(false), PATIENCE_MS);
    });
    if (!(await controlled)) return false;
    location.reload();
    return true;
  } catch {
    return false; // a browser that forbids either: one thread will do
  }
}

/** Keeps the site, and these files, for a time without a network. @param {string[]} urls
 * @returns {Promise<"kept" | "unavailable" | "failed">} */
export async function keepForOffline(urls) {
  if (!available()) return "unavailable";
  try {
    if (!(await navigator.serviceWorker.register(SCRIPT))) return "unavailable";
    const { active } = await navigator.serviceWorker.ready;
    const channel = new MessageChannel();
    const answer = new Promise((done) => channel.port1.addEventListener("message", ({ data }) => done(data), { once: true }));
    channel.port1.start();
    active?.postMessage({ type: "keep", urls }, [channel.port2]);
    return /** @type {any} */ (await answer).ok ? "kept" : "failed";
  } catch {
    return "failed";
  }
}
