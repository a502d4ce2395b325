// @ts-check
/** The Evaluate view: figures and files are those of `lad eval`; it can be cancelled and leaves the page alive. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { nativeReport } from "../wasm/native.mjs";
import { fixtureSite, launch, openPage, read, serve, shippedSite } from "./browser.mjs";

/** @type {import("playwright-core").Browser} */ let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

/** A report without the digits that may differ between builds. @param {string} text */
function rounded(text) {
  return JSON.parse(text, (_, value) => (typeof value === "number" ? Number(value.toFixed(3)) : value));
}

/** The file behind a link. @param {import("playwright-core").Page} page @param {string} id @returns {Promise<string>} */
async function downloaded(page, id) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId(id).click()]);
  return readFileSync(await download.path(), "utf8");
}

/** Runs the evaluation of a category and compares it with `lad eval`.
 * @param {import("node:test").TestContext} t @param {{root: string, models: string}} site
 * @param {string} sub  path of the page @param {string} category */
async function comparesWithNative(t, site, sub, category) {
  const server = await serve(site.root, { port: 0 });
  t.after(server.close);
  const { page, errors } = await openPage(t, browser);
  await page.goto(`${server.url}${sub}#/evaluate/${category}`);
  await page.getByTestId("evaluate-run").click();
  await page.getByTestId("auroc-mean-margin").waitFor({ timeout: 300_000 });
  for (const variant of ["margin", "plain"]) {
    const { models } = JSON.parse(readFileSync(join(site.models, "manifest.json"), "utf8"));
    const model = models.find((/** @type {any} */ m) => m.category === category && m.variant === variant);
    const text = nativeReport(join(site.models, model.file), join(site.models, "subset", category));
    const native = JSON.parse(text);
    for (const key of ["logical", "structural", "mean", "pooled"]) {
      const figure = native.metrics[`auroc_${key}`];
      assert.equal(await read(page, `auroc-${key}-${variant}`), figure.value.toFixed(4), `${key} ${variant}`);
      assert.equal(await read(page, `interval-${key}-${variant}`), `${figure.low.toFixed(4)} to ${figure.high.toFixed(4)}`);
    }
    assert.deepEqual(rounded(await downloaded(page, `report-${variant}`)), rounded(text));
  }
  const [logical, plain] = [await read(page, "auroc-logical-margin"), await read(page, "auroc-logical-plain")].map(Number);
  const difference = Number((await read(page, "auroc-logical-difference")).replace("−", "-").replace("±", ""));
  assert.ok(Math.abs(difference - (logical - plain)) < 1.5e-4);
  const csv = await downloaded(page, "report-csv");
  assert.match(csv, /^id,class,score_margin,score_plain\ngood\/000,good,-?[\d.e-]+,-?[\d.e-]+\n/);
  for (const chart of ["roc-logical", "roc-structural"]) assert.ok(await page.getByTestId(chart).locator("canvas").isVisible());
  assert.deepEqual(errors, []);
  await page.getByTestId("misses").locator("a").first().click();
  await page.locator("#view-inspect[data-shown]").waitFor();
}

describe("evaluate", () => {
  const site = fixtureSite();

  test("AUROC, intervals and reports of random detectors equal lad eval", (t) => comparesWithNative(t, site, "demo/", "pushpins"));

  test("it can be cancelled, and run again", async (t) => {
    const server = await serve(site.root, { port: 0 });
    t.after(server.close);
    const { page, errors } = await openPage(t, browser);
    await page.goto(`${server.url}demo/#/evaluate`);
    await page.getByTestId("evaluate-run").click();
    await page.getByTestId("evaluate-status").filter({ hasText: /of 24 runs/ }).waitFor();
    await page.getByTestId("evaluate-cancel").click();
    await page.getByTestId("evaluate-status").filter({ hasText: "Cancelled." }).waitFor();
    assert.equal(await page.getByTestId("auroc-mean-margin").count(), 0);
    // The page did not freeze meanwhile, and other views still work.
    await page.locator('nav a[data-view="inspect"]').click();
    await page.getByTestId("verdict").waitFor();
    await page.locator('nav a[data-view="evaluate"]').click();
    await page.getByTestId("evaluate-run").click();
    await page.getByTestId("auroc-mean-plain").waitFor();
    assert.deepEqual(errors, []);
  });
});

const shipped = shippedSite();
if (shipped) {
  describe("evaluate what is shipped", () => {
    test("AUROC over the bundled pushpins equals lad eval", (t) => comparesWithNative(t, shipped, "", "pushpins"));
  });
}
