// @ts-check
/** The page as built in build/site: a cold load to the first heat map, and frames per second of the webcam view. */
import { chromium } from "playwright-core";
import { serve } from "../serve.mjs";

const ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
  "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
const LOADS = 3, WEBCAM_MS = 6000;

/** @param {import("playwright-core").Browser} browser @param {string} url */
async function coldLoad(browser, url) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  let bytes = 0;
  session.on("Network.loadingFinished", (event) => { bytes += event.encodedDataLength; });
  const start = performance.now();
  await page.goto(url);
  await page.locator("#view-inspect[data-shown]").waitFor();
  const ms = performance.now() - start;
  await context.close();
  return { ms, bytes };
}

/** @param {import("playwright-core").Browser} browser @param {string} url */
async function webcam(browser, url) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, permissions: ["camera"] });
  const page = await context.newPage();
  await page.goto(`${url}#/webcam`);
  await page.getByTestId("webcam-start").click();
  const frames = () => page.evaluate(() => Number(document.getElementById("frames")?.textContent));
  await page.waitForFunction(() => Number(document.getElementById("frames")?.textContent) >= 3);
  const [from, start] = [await frames(), performance.now()];
  await page.waitForTimeout(WEBCAM_MS);
  const fps = (await frames() - from) / (performance.now() - start) * 1000;
  await context.close();
  return fps;
}

/** @returns {Promise<{loadMs: number[], loadBytes: number, fps: number}>} */
export async function measurePage() {
  const server = await serve("build/site", { port: 0 });
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ARGUMENTS });
  try {
    const loads = [];
    for (let i = 0; i < LOADS; i++) loads.push(await coldLoad(browser, server.url));
    return { loadMs: loads.map(({ ms }) => ms), loadBytes: loads[0].bytes, fps: await webcam(browser, server.url) };
  } finally {
    await browser.close();
    await server.close();
  }
}
