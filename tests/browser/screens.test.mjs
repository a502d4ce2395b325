// @ts-check
/** Pictures of each view, wide and narrow, light and dark, for a person to look at: build/screens/.  What can be
 * checked without eyes is: nothing is wider than the window, and no text is fainter than WCAG AA allows. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { FAKE_CAMERA, SCREENS, fixtureSite, openPage, shippedSite, stage } from "./browser.mjs";

const WINDOWS = /** @type {const} */ ([[360, 740], [820, 1100], [1440, 900], [2560, 1400]]);
const shipped = shippedSite();
const { root } = shipped ?? fixtureSite();
const sub = shipped ? "" : "demo/";
const here = stage(root, FAKE_CAMERA);
mkdirSync(SCREENS, { recursive: true });

/** Texts whose contrast with their ground is below 4.5 (3 for large ones).
 * @param {import("playwright-core").Page} page @returns {Promise<string[]>} */
function faintTexts(page) {
  return page.evaluate(() => {
    const rgb = (/** @type {string} */ colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
    const light = (/** @type {number[]} */ c) => {
      const [r, g, b] = c.map((v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (/** @type {Element | null} */ e) => {
      for (; e; e = e.parentElement) {
        const colour = rgb(getComputedStyle(e).backgroundColor);
        if (colour.length === 3 || colour[3] === 1) return colour;
      }
      return [255, 255, 255];
    };
    return [...document.querySelectorAll("body *")].filter((e) => e.checkVisibility({ visibilityProperty: true })
      && !e.closest("svg, .visually-hidden, option, :disabled")
      && [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.textContent?.trim())).flatMap((e) => {
      const style = getComputedStyle(e);
      const [a, b] = [light(rgb(style.color).slice(0, 3)), light(ground(e).slice(0, 3))];
      const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      const wanted = parseFloat(style.fontSize) >= 24 ? 3 : 4.5;
      return contrast < wanted ? [`${e.textContent?.trim().slice(0, 30)}: ${contrast.toFixed(2)}`] : [];
    });
  });
}

for (const scheme of /** @type {const} */ (["light", "dark"])) {
  test(`all views in all windows, ${scheme}`, async (t) => {
    const { page, errors } = await openPage(t, here.browser, { colorScheme: scheme, reducedMotion: "reduce", permissions: ["camera"] });
    await page.goto(`${here.url}${sub}`);
    await page.getByTestId("score-plain").filter({ hasText: /\d/ }).waitFor();
    await page.getByTestId("outline").check();
    for (const [width, height] of WINDOWS) {
      await page.setViewportSize({ width, height });
      for (const view of ["inspect", "evaluate", "webcam"]) {
        await page.locator(`nav a[data-view="${view}"]`).click();
        await page.locator(`#view-${view}`).waitFor();
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(wide <= 0, `${view} is ${wide} px wider than a window of ${width} px`);
        assert.deepEqual(await faintTexts(page), [], `${view} at ${width} px`);
        await page.screenshot({ path: join(SCREENS, `${view}-${width}-${scheme}.png`), fullPage: true });
      }
    }
    assert.deepEqual(errors, []);
  });
}
