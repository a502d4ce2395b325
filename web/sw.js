/*
 * The service worker: the page without a network, and cross-origin isolation on hosts that cannot send headers.
 *
 * The network comes first, so that a new version of the site shows at once; what it gave is kept for the time when
 * there is none.  files.txt lists the site's files with their hashes: a "keep" message fetches those that are new or have
 * changed, and other addresses (pictures) given with it.  Models are not kept here: the page's worker keeps them
 * by hash.
 */
const CACHE = "lad-site-1";
const LIST = new URL("files.txt", self.location).href;
const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method === "GET" && url.startsWith(new URL("./", self.location).href)) event.respondWith(answer(event));
});
self.addEventListener("message", (event) => {
  const [port] = event.ports;
  if (event.data?.type !== "keep" || !port) return;
  event.waitUntil(keep(event.data.urls ?? []).then((count) => port.postMessage({ ok: true, count }),
    (error) => port.postMessage({ ok: false, message: String(error) })));
});

async function answer(event) {
  const { request } = event;
  try {
    const response = await fetch(request);
    if (response.status === 200 && !request.url.endsWith(".safetensors") && request.url !== LIST) {
      event.waitUntil(put(plain(request.url), response.clone()).catch(() => undefined)); // full disk
    }
    return isolated(response);
  } catch (error) {
    const kept = await match(plain(request.url)) ?? (request.mode === "navigate" ? await match(new URL("index.html", self.location).href) : null);
    if (kept) return isolated(kept);
    throw error;
  }
}

/** Writing is much slower than looking: what is kept already stays. */
async function put(url, response) {
  const tag = response.headers.get("etag");
  if (tag && tag === (await match(url))?.headers.get("etag")) return response.body.cancel();
  return (await caches.open(CACHE)).put(url, response);
}

async function match(url) {
  return (await caches.open(CACHE)).match(url, { ignoreVary: true });
}

/** An address without its query and fragment: files here do not depend on them. */
function plain(url) {
  return url.replace(/[?#].*$/, "");
}

/** The same response with the headers that allow threads; what a server said itself stays. */
function isolated(response) {
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(ISOLATION)) if (!headers.has(name)) headers.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

/** Keeps the site as files.txt lists it now, and more. @returns how many files were fetched */
async function keep(urls) {
  const cache = await caches.open(CACHE);
  const parse = (text) => new Map(text.split("\n").filter(Boolean).map((line) => {
    const [hash, path] = line.split("  ");
    return [new URL(path, self.location).href, hash];
  }));
  const list = await fetch(LIST, { cache: "no-cache" });
  if (!list.ok) throw new Error(`files.txt: ${list.status}`);
  const [text, before] = [await list.text(), parse(await (await cache.match(LIST))?.text() ?? "")];
  const changed = [...parse(text)].filter(([url, hash]) => before.get(url) !== hash).map(([url]) => url);
  const missing = [];
  for (const url of urls) if (!(await cache.match(url, { ignoreVary: true }))) missing.push(url);
  for (const url of [...changed, ...missing]) {
    const response = await fetch(url, { cache: "no-cache" });
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    await cache.put(url, response);
  }
  await cache.put(LIST, new Response(text)); // last: only a complete set counts
  return changed.length + missing.length;
}
