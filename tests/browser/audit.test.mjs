// @ts-check
/** All views and the badge by axe-core's rules, light and dark, and without motion for who asked for none; and the
 * camera's tools, since a camera runs here. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { FAKE_CAMERA, fixtureSite, openPage, read, stage } from "./browser.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What breaks a rule, as "rule: element". @param {import("playwright-core").Page} page @returns {Promise<string[]>} */
async function violations(page) {
  await page.evaluate(AXE); // by the debugger, which the page's policy does not bind
  return page.evaluate(async () => {
    const { violations: found } = await /** @type {any} */ (globalThis).axe.run(document, { resultTypes: ["violations"] });
    return found.flatMap((/** @type {any} */ rule) => rule.nodes.map((/** @type {any} */ node) => `${rule.id}: ${node.target.join(" ")}`));
  });
}

/** What moves by itself or would glide instead of jump, as "element: property".
 * @param {import("playwright-core").Page} page @returns {Promise<string[]>} */
function moving(page) {
  return page.evaluate(() => {
    const takesTime = (/** @type {string} */ durations) => durations.split(",").some((duration) => parseFloat(duration) > 0);
    const glides = [...document.querySelectorAll("*")].flatMap((e) => ["", "::before", "::after"].flatMap((part) => {
      const style = getComputedStyle(e, part || null);
      const names = [takesTime(style.transitionDuration) && "transition", style.animationName !== "none" && "animation",
        style.scrollBehavior === "smooth" && "scroll-behavior"].filter(Boolean);
      return names.map((name) => `${e.tagName}#${e.id}.${e.className}${part}: ${name}`);
    }));
    return [...glides, ...document.getAnimations().map((animation) => `runs: ${animation.constructor.name}`)];
  });
}

const here = stage(fixtureSite().root, FAKE_CAMERA);

test("no rule is broken; a camera can be paused, judged anew, and its frame inspected", async (t) => {
  const { page, errors } = await openPage(t, here.browser, { permissions: ["camera"], reducedMotion: "reduce" });
  await page.goto(`${here.url}demo/`);
  await page.getByTestId("score-difference").waitFor();
  await page.locator("#agreement[data-state=agrees]").waitFor();
  await page.getByTestId("engine").click();
  assert.deepEqual(await violations(page), [], "Inspect, light");
  await page.emulateMedia({ colorScheme: "dark" });
  assert.deepEqual(await violations(page), [], "Inspect, dark");
  assert.deepEqual(await moving(page), [], "Inspect moves");
  await page.emulateMedia({ reducedMotion: "no-preference" });
  assert.ok((await moving(page)).some((what) => /gauge-mark.*: transition/.test(what)), "who did not ask sees the mark glide");
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.getByTestId("engine").click();
  await page.getByTestId("tab-webcam").click();
  await page.getByTestId("webcam-start").click();
  await page.waitForFunction(() => Number(document.getElementById("frames")?.textContent) >= 2);
  assert.match(await read(page, "webcam-networks"), /^[\d.]+ ms$/);
  assert.match(await read(page, "webcam-size"), /^\d+ × \d+$/);
  await page.getByTestId("webcam-pause").click();
  await page.getByTestId("webcam-status").filter({ hasText: "Paused." }).waitFor();
  const own = Number(await read(page, "webcam-threshold"));
  await page.getByTestId("webcam-threshold-slider").fill("2");
  assert.ok(Math.abs(Number(await read(page, "webcam-threshold")) - 2 * own) < 0.0015);
  assert.deepEqual(await violations(page), [], "Webcam, dark");
  assert.deepEqual(await moving(page), [], "Webcam moves");
  await page.getByTestId("webcam-snapshot").click();
  await page.locator('#view-inspect[data-shown="yours/frame-1.png/margin/combined"]').waitFor();
  assert.match(await read(page, "sentence"), /^frame-1\.png: score /);
  assert.deepEqual(errors, []);
});

test("no rule is broken by an evaluation's results, the Scene lab and Explain; Inspect looks the same after them", async (t) => {
  const { page, errors } = await openPage(t, here.browser, { reducedMotion: "reduce" });
  await page.goto(`${here.url}demo/`);
  await page.getByTestId("score-difference").waitFor();
  const columns = () => page.locator("#variants").evaluate((pair) => getComputedStyle(pair).gridTemplateColumns);
  const before = await columns();
  /** @type {[string, () => Promise<void>][]} */ const views = [
    ["evaluate", async () => {
      await page.getByTestId("evaluate-run").click();
      await page.getByTestId("auroc-mean-plain").waitFor();
      await page.getByTestId("evaluate-run").waitFor();
    }],
    ["lab", () => page.locator("#view-lab[data-shown$=full]").waitFor()],
    ["explain", () => page.locator("#view-explain[data-museum]").waitFor()],
  ];
  for (const [view, ready] of views) {
    await page.getByTestId(`tab-${view}`).click();
    await ready();
    assert.deepEqual(await moving(page), [], `${view} moves`);
    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await violations(page), [], `${view}, ${colorScheme}`);
    }
  }
  await page.getByTestId("tab-inspect").click();
  await page.locator("#view-inspect").waitFor();
  assert.equal(await columns(), before, "styles of one view are no other's");
  assert.deepEqual(errors, []);
});
