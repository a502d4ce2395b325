// @ts-check
/** What the tests of the page share: a site of a fixture or of what is shipped, its server, Debian's Chromium. */
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";
import { chromium } from "playwright-core";
import { makeGolden } from "../../build-scripts/golden.mjs";
import { makeIndex } from "../../build-scripts/site-index.mjs";
import { serve } from "../../build-scripts/serve.mjs";
import { scratch } from "../scratch.mjs";
import { writeFixture } from "../wasm/fixture.mjs";
import { ROOT, shippedModels } from "../wasm/native.mjs";

const SITE = join(ROOT, "build/site");
export const SCREENS = join(ROOT, "build/screens");
const PATIENCE_MS = 120_000; // for a machine that is busy with other things
const ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];
export const FAKE_CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];

/** @param {string[]} [more] */
export function launch(more = []) {
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: [...ARGUMENTS, ...more] });
}

/** A browser, and a server of that folder, for the tests of a file or of a `describe`: there from `before` to `after`.
 * @param {string} root @param {string[]} [more]  arguments of the browser @param {(sent: import("../../build-scripts/serve.mjs").Sent) => void} [onSent] */
export function stage(root, more = [], onSent = undefined) {
  const stand = { browser: /** @type {import("playwright-core").Browser} */ (/** @type {unknown} */ (null)), url: "" };
  let close = async () => {};
  before(async () => {
    stand.browser = await launch(more);
    ({ url: stand.url, close } = await serve(root, { port: 0, onSent }));
  });
  after(async () => {
    await stand.browser?.close();
    await close();
  });
  return stand;
}

/** A copy of the built site with random detectors and small pictures instead of models/, in a sub-folder "demo".
 * @param {string[]} [unjudged]  categories more, with pictures and without a model @returns {{root: string, models: string}} */
export function fixtureSite(unjudged = []) {
  const root = scratch("site");
  const site = join(root, "demo");
  if (!existsSync(join(SITE, "index.html"))) throw new Error("build/site is missing: run make site first.");
  cpSync(SITE, site, { recursive: true, filter: (path) => !path.startsWith(join(SITE, "models")) && !path.endsWith(".gz") });
  const models = join(site, "models");
  mkdirSync(models);
  writeFixture(models);
  for (const name of unjudged) cpSync(join(models, "subset/pushpins"), join(models, "subset", name), { recursive: true });
  writeFileSync(join(models, "index.json"), JSON.stringify(makeIndex(models)));
  writeFileSync(join(site, "golden.json"), JSON.stringify(makeGolden(join(ROOT, "build/lad"), site)));
  cpSync(join(site, "index.html"), join(root, "index.html")); // what serve takes its policy from
  return { root, models };
}

/** A site with what is shipped, or null when there is nothing yet. */
export function shippedSite() {
  return shippedModels().length > 0 ? { root: SITE, models: join(ROOT, "models") } : null;
}

/** A page that keeps every error: console, uncaught, failed request, broken policy; closed after the test.  It has no
 * service worker unless asked: what that answers, a test could not replace.
 * @param {import("node:test").TestContext} t @param {import("playwright-core").Browser} browser @param {import("playwright-core").BrowserContextOptions} [options] */
export async function openPage(t, browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, serviceWorkers: "block", ...options });
  t.after(() => context.close());
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  /** @type {string[]} */ const errors = [];
  page.on("console", (message) => {
    if (message.text() === "Service Worker registration blocked by Playwright") return;
    if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("response", (response) => {
    if (response.status() >= 400) errors.push(`${response.status()} ${response.url()}`);
  });
  return { page, errors };
}

/** Text of the element with that data-testid. @param {import("playwright-core").Page} page @param {string} id */
export async function read(page, id) {
  return ((await page.getByTestId(id).textContent()) ?? "").replaceAll("\u00a0", " ").trim();
}

/** Waits until the page shows that image, model and map. @param {import("playwright-core").Page} page
 * @param {string} what  "logical/003/margin/combined" */
export async function shown(page, what) {
  await page.locator(`#view-inspect[data-shown="${what}"]`).waitFor();
}

/** Opens Evaluate, Scene lab and Explain of the fixture site one after the other and waits until each shows something.
 * @param {import("playwright-core").Page} page */
export async function visitViews(page) {
  await page.getByTestId("tab-evaluate").click();
  await page.getByTestId("evaluate-counts").filter({ hasText: "12 images" }).waitFor();
  await page.getByTestId("tab-lab").click();
  await page.locator("#view-lab[data-shown$=full]").waitFor();
  await page.getByTestId("tab-explain").click();
  await page.locator("#view-explain[data-shown]").waitFor();
}

export { serve };
