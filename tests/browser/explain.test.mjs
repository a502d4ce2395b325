// @ts-check
/** The Explain view: features, scores and their cache, the threshold slider, sPRO to play with, the museum. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fixtureSite, openPage, read, stage } from "./browser.mjs";

const { root, models } = fixtureSite();
const here = stage(root);

/** @typedef {import("playwright-core").Page} Page */
const address = (/** @type {string} */ route) => `${here.url}demo/#/${route}`;
const complete = (/** @type {Page} */ page) => page.locator("#view-explain[data-museum]").waitFor({ timeout: 300_000 });
/** What the first test's window kept: scores, so that the others need not compute them again.
 * @type {Awaited<ReturnType<import("playwright-core").BrowserContext["storageState"]>> | undefined} */
let storageState;
const number = async (/** @type {Page} */ page, /** @type {string} */ id) => parseFloat(await read(page, id));
/** How many different colours a canvas holds. @param {Page} page @param {string} id */
const colours = (page, id) => page.getByTestId(id).evaluate((canvas) => {
  const { width, height } = /** @type {HTMLCanvasElement} */ (canvas);
  const copy = /** @type {any} */ (new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true }));
  copy.drawImage(canvas, 0, 0);
  return new Set(new Uint32Array(copy.getImageData(0, 0, width, height).data.buffer)).size;
});

test("the reader's own image is explained: features of three networks, scores, threshold, misses", async (t) => {
  const { page, errors } = await openPage(t, here.browser);
  await page.goto(address("inspect/pushpins/logical/002"));
  await page.locator("#view-inspect[data-shown]").waitFor();
  await page.getByTestId("tab-explain").click();
  await page.locator('#view-explain[data-shown="pushpins/margin/logical/002"]').waitFor();
  for (const id of ["explain-teacher", "explain-student-1", "explain-autoencoder", "explain-student-2"]) {
    const found = await colours(page, id);
    assert.ok(found > 20, `${id} has ${found} colours`);
  }
  for (const id of ["explain-st", "explain-stae", "explain-combined"]) assert.ok(await colours(page, id) > 5, id);
  assert.match(await read(page, "explain-limits"), /They follow the published rules of MVTec LOCO AD but are not its images/);
  assert.match(await read(page, "explain-sources"), /EfficientAD.*Separating Novel Features.*MIT licence/s);
  assert.match(await read(page, "explain-verdict"), /^One compartment holds two pins: .* the score −?-?[\d.]+; the threshold is/);
  assert.match(await read(page, "explain-share"), /^The three colours hold \d+ % of what the teacher's 192 channels/);

  await complete(page);
  storageState = await page.context().storageState();
  for (const variant of ["margin", "plain"]) {
    assert.match(await read(page, `explain-auroc-logical-${variant}`), /^[01]\.\d{4} \([01]\.\d{4} to [01]\.\d{4}\)$/);
    assert.match(await page.getByTestId(`histogram-explain-${variant}`).getAttribute("aria-label") ?? "", /Good: 4 images/);
  }
  assert.match(await read(page, "explain-margin-says"), /^On logical anomalies the margin model is [+−±][\d.]+ from the plain one \([+−±].+\)\. The interval/);

  // Four good images: a rate below 1/5 cannot be promised, one of 40 % leaves one of the four above.
  assert.equal(await read(page, "explain-bound"), "20.0 %");
  assert.equal(await read(page, "explain-false"), "0 of 4");
  assert.match(await read(page, "explain-threshold-note"), /^4 good images, margin model\. So few images cannot promise 10 %/);
  const strict = await number(page, "explain-threshold");
  await page.getByTestId("explain-rate").fill("40");
  await page.waitForFunction(() => document.querySelector("[data-testid=explain-bound]")?.textContent === "40.0 %");
  assert.equal(await read(page, "explain-false"), "1 of 4");
  for (const of of ["logical", "structural"]) assert.match(await read(page, `explain-found-${of}`), /^[0-4] of 4$/);
  assert.ok(await number(page, "explain-threshold") < strict);

  const [, misses] = /misses (\d+) of the 8 anomalies|none/.exec(await read(page, "museum-count")) ?? [];
  assert.equal(await page.getByTestId("exhibit").count(), Math.min(6, Number(misses ?? 0)));
  for (const text of await page.getByTestId("exhibit").allTextContents()) assert.match(text, /Rule broken: .+\..+\./);
  assert.deepEqual(errors, []);
});

test("scores are kept, and an upload is explained in the place of the bundled image", async (t) => {
  const { page, errors } = await openPage(t, here.browser, { storageState });
  await page.goto(address("explain/pushpins"));
  await complete(page);
  const auroc = await read(page, "explain-auroc-structural-plain");
  await page.reload();
  await complete(page);
  assert.equal(await read(page, "explain-auroc-structural-plain"), auroc);
  assert.equal(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("lad-scores/")).length), 2);
  const buffer = readFileSync(join(models, "subset/pushpins/test/good/001.png"));
  await page.getByTestId("explain-upload").setInputFiles({ name: "<b>mine</b>.png", mimeType: "image/png", buffer });
  await page.locator('#view-explain[data-shown="pushpins/margin/yours/<b>mine</b>.png"]').waitFor();
  assert.match(await read(page, "explain-verdict"), /^<b>mine<\/b>\.png: /);
  await page.getByTestId("explain-upload").setInputFiles({ name: "broken.png", mimeType: "image/png", buffer: Buffer.from("nothing") });
  await page.getByTestId("notice").waitFor();
  assert.match(await read(page, "notice"), /broken\.png/);
  await page.getByTestId("explain-model-plain").check();
  await page.locator('#view-explain[data-shown="pushpins/plain/yours/<b>mine</b>.png"]').waitFor();
  assert.equal(await page.getByTestId("notice").isVisible(), false);
  assert.deepEqual(errors, []);
});

test("sPRO saturates: as much as one pin is enough, more only costs", async (t) => {
  const { page, errors } = await openPage(t, here.browser, { storageState });
  await page.goto(address("explain/pushpins"));
  const says = (/** @type {RegExp} */ what) => page.waitForFunction((source) =>
    new RegExp(source).test(document.querySelector("[data-testid=spro-says]")?.textContent ?? ""), what.source);
  await page.getByTestId("spro-radius").fill("1");
  await says(/Part of|Nothing/);
  const [small, rate] = [await number(page, "spro-now"), await number(page, "spro-rate")];
  await page.getByTestId("spro-radius").fill("60");
  await says(/^Enough/);
  assert.equal(await number(page, "spro-now"), 100);
  assert.ok(small < 100 && await number(page, "spro-rate") > rate);
  const area = await number(page, "spro-area");
  assert.ok(area > await number(page, "spro-area-whole"), "a smaller part is found sooner than all of it");
  await page.getByTestId("spro-saturation").fill("100");
  await page.waitForFunction((before) => Number(document.querySelector("[data-testid=spro-area]")?.textContent) < before, area);
  assert.equal(await read(page, "spro-area"), await read(page, "spro-area-whole"));
  await page.getByTestId("spro-picture").focus();
  const before = await read(page, "spro-area");
  for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowLeft");
  await page.waitForFunction((area_) => document.querySelector("[data-testid=spro-area]")?.textContent !== area_, before);
  assert.deepEqual(errors, []);
});
