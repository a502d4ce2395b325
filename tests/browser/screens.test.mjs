// @ts-check
/** Pictures of each view, wide and narrow, light and dark, for a person to look at: build/screens/.  What can be checked
 * without eyes is: nothing scrolls sideways, no label breaks into two lines or is cut off, no text is fainter than WCAG AA
 * allows, and each view shows what it is for. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { FAKE_CAMERA, SCREENS, fixtureSite, openPage, read, shippedSite, stage } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

const SCHEMES = /** @type {const} */ (["light", "dark"]);
/** [width, height, schemes of which a picture is kept]; all others are checked only. */
const WINDOWS = /** @type {const} */ ([[360, 740, SCHEMES], [820, 1100, []], [1280, 860, SCHEMES], [2560, 1400, ["light"]]]);
const KEPT_IMAGES = 4; // of each class and category: what is shown is real, and soon there
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

/** Elements that scroll sideways, other than those made for it, as "#id.class by so many pixels".
 * @param {Page} page @returns {Promise<string[]>} */
function sideways(page) {
  return page.evaluate(() => [document.documentElement, ...document.querySelectorAll("body *")].filter((e) => {
    const { overflowX } = getComputedStyle(e);
    return e.scrollWidth > e.clientWidth + 1 && (e === document.documentElement || overflowX === "auto" || overflowX === "scroll")
      && !e.matches("#thumbs, pre"); // a strip of pictures; lines of data
  }).map((e) => `${e.tagName}#${e.id}.${e.className} by ${e.scrollWidth - e.clientWidth}`));
}

/** Labels of tabs, buttons and choices that need two lines, choices wider than their place, and texts that are cut off
 * without an ellipsis.
 * @param {Page} page @returns {Promise<string[]>} */
function badlySet(page) {
  return page.evaluate(() => {
    const lines = (/** @type {Element} */ e) => {
      const range = document.createRange();
      range.selectNodeContents(e);
      const tops = [...range.getClientRects()].filter(({ width }) => width > 1).map(({ top, height }) => top + height / 2);
      return tops.length === 0 ? 1 : 1 + (Math.max(...tops) - Math.min(...tops)) / parseFloat(getComputedStyle(e).fontSize);
    };
    const seen = (/** @type {Element} */ e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest(".visually-hidden");
    const broken = [...document.querySelectorAll("nav a, .segmented span, .button, .map b, summary > span")].filter((e) => seen(e) && lines(e) > 1.6);
    const wide = [...document.querySelectorAll(".segmented")].filter((e) => seen(e)
      && e.getBoundingClientRect().right > (e.parentElement?.getBoundingClientRect().right ?? 0) + 1);
    const cut = [...document.querySelectorAll("body *")].filter((e) => {
      const { overflowX, textOverflow } = getComputedStyle(e);
      return seen(e) && e.scrollWidth > e.clientWidth + 1 && overflowX === "hidden" && textOverflow !== "ellipsis" && !e.closest(".chart");
    });
    return [...broken.map((e) => `two lines: ${e.textContent?.trim()}`), ...wide.map((e) => `too wide: #${e.id}`),
      ...cut.map((e) => `cut off: ${e.tagName}#${e.id}.${e.className}`)];
  });
}

/** Waits for the images that a browser fetches only when they are scrolled to: a picture of a whole page scrolls to none.
 * @param {Page} page */
async function loadedImages(page) {
  await page.evaluate(() => { for (const image of document.images) image.loading = "eager"; });
  await page.waitForFunction(() => [...document.images].every((image) => image.complete && (image.naturalWidth > 0 || !image.src)));
}

/** What each view shows before its picture is taken. @type {{name: string, address: string, ready: (page: Page) => Promise<unknown>, shows: (page: Page) => Promise<void>}[]} */
const VIEWS = [
  { name: "inspect", address: "#/inspect",
    ready: async (page) => {
      await page.getByTestId("score-difference").waitFor();
      await page.getByTestId("outline").check();
    },
    shows: async (page) => {
      assert.match(await read(page, "sentence"), /: score\s−?[\d.]+, threshold\s[\d.]+/);
      assert.match(await read(page, "score-plain"), /^−?[\d.]+$/);
      assert.ok(await page.getByTestId("thumbs").locator("img").count() >= KEPT_IMAGES);
    } },
  { name: "evaluate", address: "#/evaluate/pushpins",
    ready: (page) => page.getByTestId("evaluate-counts").filter({ hasText: `${3 * KEPT_IMAGES} images` }).waitFor(),
    shows: async (page) => {
      assert.equal(await read(page, "evaluate-run"), "Run");
      assert.equal(await page.getByTestId("contender-margin").isChecked(), true);
      assert.equal(await page.getByTestId("evaluate-result").isVisible(), false);
    } },
  { name: "evaluate-results", address: "#/evaluate/pushpins",
    ready: async (page) => {
      await page.getByTestId("evaluate-run").click();
      await page.getByTestId("auroc-mean-plain").waitFor();
      await page.getByTestId("evaluate-run").waitFor();
    },
    shows: async (page) => {
      assert.match(await read(page, "auroc-mean-margin"), /^[01]\.\d{4}$/);
      for (const chart of ["roc-logical", "roc-structural", "histogram-margin", "histogram-plain"]) {
        await page.getByTestId(chart).locator("canvas").waitFor();
        // Not by a handle to the canvas: other colours bring another canvas.
        const { width, height } = await page.getByTestId(chart).evaluate((place) => /** @type {DOMRect} */ (place.querySelector("canvas")?.getBoundingClientRect()));
        assert.ok(width >= 200 && height >= 120, `${chart}: ${width} by ${height}`);
      }
      assert.ok(await page.getByTestId("misses").locator("img").count() > 0);
    } },
  { name: "lab", address: "#/lab/pushpins?seed=3&break=1_additional_pushpin",
    ready: (page) => page.locator('#view-lab[data-shown="pushpins/1_additional_pushpin/full"][data-busy="false"]').waitFor(),
    shows: async (page) => {
      assert.match(await read(page, "lab-findings"), /holds 2 pushpins\.$/);
      assert.match(await read(page, "lab-score"), /^−?[\d.]+$/);
      assert.ok(await page.getByTestId("lab-outline").isVisible());
      assert.equal(await page.getByTestId("lab-objects").locator("button").count(), 16);
    } },
  { name: "explain", address: "#/explain/pushpins",
    ready: (page) => page.locator("#view-explain[data-museum]").waitFor(),
    shows: async (page) => {
      assert.match(await read(page, "explain-share"), /^The three colours hold \d+ %/);
      assert.equal(await read(page, "explain-false"), `0 of ${KEPT_IMAGES}`);
      assert.match(await read(page, "explain-auroc-logical-margin"), /^[01]\.\d{4} \(/);
      assert.match(await read(page, "museum-count"), new RegExp(`of the ${2 * KEPT_IMAGES} anomalies`));
      assert.ok(await page.getByTestId("spro-curve").locator("canvas").isVisible());
    } },
  { name: "webcam", address: "#/webcam",
    ready: async (page) => {
      await page.getByTestId("webcam-start").click();
      await page.waitForFunction(() => Number(document.getElementById("frames")?.textContent) >= 2);
      await page.getByTestId("webcam-pause").click();
    },
    shows: async (page) => {
      assert.equal(await read(page, "webcam-status"), "Paused.");
      assert.match(await read(page, "webcam-score"), /^−?[\d.]+$/);
      assert.ok(await page.getByTestId("webcam-heat").isVisible());
    } },
];

test("each view in all windows, light and dark", async (t) => {
  const { page, errors } = await openPage(t, here.browser, { reducedMotion: "reduce", permissions: ["camera"] });
  await page.route("**/models/index.json", async (route) => {
    const index = await (await route.fetch()).json();
    for (const category of index.categories) {
      const { pictures, opensWith } = category;
      /** @type {Record<string, number>} */ const count = {};
      const first = pictures.filter((/** @type {any} */ { id }) => id === opensWith);
      category.pictures = [...first, ...pictures.filter((/** @type {any} */ { id }) => id !== opensWith)]
        .filter((/** @type {any} */ { class: of }) => (count[of] = (count[of] ?? 0) + 1) <= KEPT_IMAGES)
        .sort((/** @type {any} */ a, /** @type {any} */ b) => pictures.indexOf(a) - pictures.indexOf(b));
    }
    await route.fulfill({ json: index });
  });
  await page.goto(`${here.url}${sub}`);
  for (const { name, address, ready, shows } of VIEWS) {
    await t.test(name, async () => {
      await page.setViewportSize({ width: 1280, height: 860 });
      await page.evaluate((hash) => { location.hash = hash; }, address);
      await page.locator(`#view-${name.split("-")[0]}`).waitFor();
      await ready(page);
      /** @type {Record<string, string[]>} */ const problems = {};
      for (const [width, height, kept] of WINDOWS) {
        await page.setViewportSize({ width, height });
        for (const colorScheme of SCHEMES) {
          await page.emulateMedia({ colorScheme });
          await shows(page);
          const found = [...await faintTexts(page), ...await sideways(page), ...await badlySet(page)];
          if (found.length > 0) problems[`${width} px, ${colorScheme}`] = found;
          if (!/** @type {readonly string[]} */ (kept).includes(colorScheme)) continue;
          await loadedImages(page);
          await page.screenshot({ path: join(SCREENS, `${name}-${width}-${colorScheme}.png`), fullPage: true });
        }
      }
      assert.deepEqual(problems, {});
    });
  }
  assert.deepEqual(errors, []);
});
