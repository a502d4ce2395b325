// @ts-check
/** The page as built in build/site: a cold load to the first heat map, and frames per second of the webcam view. */
import { chromium } from "playwright-core";
import { serve } from "../serve.mjs";

const ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
  "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
const LOADS = 3, WEBCAM_MS = 6000, PATIENCE_MS = 120_000;

/** Bytes as the server counts them, so that what workers fetch is among them: all that was asked for before the heat map.
 * @param {import("playwright-core").Browser} browser @param {string} url @param {import("../serve.mjs").Sent[]} sent */
async function coldLoad(browser, url, sent) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  sent.length = 0;
  const start = performance.now();
  await page.goto(url);
  await page.locator("#view-inspect[data-shown]").waitFor();
  const ms = performance.now() - start;
  const shown = await page.evaluate(() => performance.timeOrigin + performance.getEntriesByName("first-heat-map")[0].startTime);
  await context.close();
  const before = sent.filter((answer) => answer.start < shown);
  return { ms, bytes: before.reduce((sum, { bytes }) => sum + bytes, 0), before };
}

/** Frames per second once the page is done with all it does after its start (the golden vector, what is kept for a time
 * without a network).  The counter is written a few times a second, so time counts from one change of it to another.
 * @param {import("playwright-core").Browser} browser @param {string} url */
async function webcam(browser, url) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, permissions: ["camera"] });
  const page = await context.newPage();
  await page.goto(`${url}#/webcam`);
  await page.getByTestId("webcam-start").click();
  const counted = () => page.evaluate(() => new Promise((resolve) => {
    const frames = /** @type {HTMLElement} */ (document.getElementById("frames"));
    const observer = new MutationObserver(() => {
      observer.disconnect();
      resolve({ count: Number(frames.textContent), ms: performance.now() });
    });
    observer.observe(frames, { childList: true, characterData: true, subtree: true });
  }));
  await page.waitForFunction(() => Number(document.getElementById("frames")?.textContent) >= 3
    && document.getElementById("badge-offline")?.textContent !== "–", null, { timeout: PATIENCE_MS });
  const start = await counted();
  await page.waitForTimeout(WEBCAM_MS);
  const end = await counted();
  await context.close();
  return (end.count - start.count) / (end.ms - start.ms) * 1000;
}

/** @returns {Promise<{loadMs: number[], loadBytes: number, fps: number}>} */
export async function measurePage() {
  /** @type {import("../serve.mjs").Sent[]} */ const sent = [];
  const server = await serve("build/site", { port: 0, onSent: (answer) => sent.push(answer) });
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ARGUMENTS });
  try {
    const loads = [];
    for (let i = 0; i < LOADS; i++) loads.push(await coldLoad(browser, server.url, sent));
    return { loadMs: loads.map(({ ms }) => ms), loadBytes: loads[0].bytes, fps: await webcam(browser, server.url) };
  } finally {
    await browser.close();
    await server.close();
  }
}
