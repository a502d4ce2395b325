// @ts-check
/** Evaluate, Webcam and Scene lab worked by keyboard alone: every stop of Tab can be seen, and what it reaches works. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FAKE_CAMERA, fixtureSite, openPage, read, stage } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */
const MOST_STOPS = 60;
const here = stage(fixtureSite().root, FAKE_CAMERA);

/** Where the focus is, and whether an outline around it, its label or what stands for it is drawn. @param {Page} page */
function focus(page) {
  return page.evaluate(() => {
    const at = /** @type {HTMLElement} */ (document.activeElement);
    const drawn = [at, at.nextElementSibling, at.closest("label")].some((e) => {
      if (!e) return false;
      const { outlineStyle, outlineWidth } = getComputedStyle(e);
      return outlineStyle !== "none" && parseFloat(outlineWidth) >= 1 && e.getBoundingClientRect().width > 1;
    });
    return { id: at.dataset.testid ?? at.id, drawn };
  });
}

/** Presses Tab until that element has the focus. @param {Page} page @param {string} id */
async function tabTo(page, id) {
  const passed = [];
  for (let i = 0; i < MOST_STOPS; i++) {
    await page.keyboard.press("Tab");
    const at = await focus(page);
    assert.ok(at.drawn, `the focus on "${at.id}" cannot be seen`);
    if (at.id === id) return;
    passed.push(at.id);
  }
  assert.fail(`${id} is not reached: ${passed.join(", ")}`);
}

/** The page at a view that was opened by its tab and Enter. @param {import("node:test").TestContext} t @param {string} view */
async function opened(t, view) {
  const { page, errors } = await openPage(t, here.browser, { permissions: ["camera"] });
  await page.goto(`${here.url}demo/`);
  await page.locator("#view-inspect[data-shown]").waitFor();
  await tabTo(page, `tab-${view}`);
  await page.keyboard.press("Enter");
  await page.locator(`#view-${view}`).waitFor();
  return { page, errors };
}

test("an evaluation is set up, run and kept", async (t) => {
  const { page, errors } = await opened(t, "evaluate");
  await page.getByTestId("evaluate-counts").filter({ hasText: "12 images" }).waitFor();
  await tabTo(page, "contender-plain");
  await page.keyboard.press("Space");
  await tabTo(page, "evaluate-run");
  await page.keyboard.press("Enter");
  await page.getByTestId("auroc-mean-margin").waitFor();
  await page.getByTestId("evaluate-run").waitFor();
  assert.equal(await page.getByTestId("auroc-mean-plain").count(), 0, "Space took plain out");
  await tabTo(page, "report-csv");
  const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
  assert.match(download.suggestedFilename(), /\.csv$/);
  assert.deepEqual(errors, []);
});

test("a camera is started, mirrored, paused and stopped", async (t) => {
  const { page, errors } = await opened(t, "webcam");
  await tabTo(page, "webcam-start");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => Number(document.getElementById("frames")?.textContent) >= 1);
  await tabTo(page, "webcam-pause");
  await page.keyboard.press("Space");
  assert.equal(await read(page, "webcam-status"), "Paused.");
  await tabTo(page, "mirror");
  await page.keyboard.press("Space");
  assert.equal(await page.getByTestId("mirror").isChecked(), false);
  await page.keyboard.press("Shift+Tab"); // snapshot
  await page.keyboard.press("Shift+Tab"); // pause
  await page.keyboard.press("Shift+Tab");
  assert.equal((await focus(page)).id, "webcam-stop");
  await page.keyboard.press("Enter");
  assert.equal(await read(page, "webcam-status"), "The camera is off.");
  assert.deepEqual(errors, []);
});

test("a rule is broken and mended in the Scene lab", async (t) => {
  const { page, errors } = await opened(t, "lab");
  await page.locator("#view-lab[data-shown$='good/full'][data-busy=false]").waitFor();
  await tabTo(page, "lab-kind");
  await page.keyboard.press("ArrowDown");
  await page.locator("#view-lab:not([data-shown*='good'])[data-shown$=full][data-busy=false]").waitFor();
  assert.ok(await page.getByTestId("lab-outline").isVisible());
  await tabTo(page, "lab-mend");
  await page.keyboard.press("Enter");
  await page.locator("#view-lab[data-shown$='good/full'][data-busy=false]").waitFor();
  assert.deepEqual(errors, []);
});
