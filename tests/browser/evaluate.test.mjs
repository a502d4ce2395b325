// @ts-check
/** The Evaluate view: figures and files are those of `lad eval`, of bundled data and of a person's; it can be cancelled. */
import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { randomDetector, safetensors } from "../cli/random_model.mjs";
import { scratch } from "../scratch.mjs";
import { zipFolder } from "./archive.mjs";
import { nativeReport } from "../wasm/native.mjs";
import { fixtureSite, openPage, read, serve, shippedSite, stage } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

const KEYS = ["logical", "structural", "mean", "pooled"];
const site = fixtureSite();
const subset = join(site.models, "subset/pushpins");
const here = stage(site.root);

/** @param {number | null} value */
function four(value) {
  return value === null ? "–" : value.toFixed(4);
}

/** A report without the digits that may differ between builds. @param {string} text */
function rounded(text) {
  return JSON.parse(text, (_, value) => (typeof value === "number" ? Number(value.toFixed(3)) : value));
}

/** The file behind a link. @param {Page} page @param {string} id @returns {Promise<string>} */
async function downloaded(page, id) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId(id).click()]);
  return readFileSync(await download.path(), "utf8");
}

/** Opens the view and waits until it listens. @param {Page} page @param {string} [address] */
async function openView(page, address = `${here.url}demo/#/evaluate`) {
  await page.goto(address);
  await page.getByTestId("evaluate-counts").filter({ hasText: "images" }).waitFor();
}

/** Runs what is chosen to the end. @param {Page} page @param {string} key */
async function run(page, key = "plain") {
  await page.getByTestId("evaluate-run").click();
  await page.getByTestId(`auroc-mean-${key}`).waitFor({ timeout: 300_000 });
  await page.getByTestId("evaluate-run").waitFor();
}

/** Every figure of a detector on the page is the one of `lad eval`, digit for digit. @param {Page} page
 * @param {string} key @param {string} text  native report */
async function sameFigures(page, key, text) {
  const { metrics, au_spro: spro, threshold, data } = JSON.parse(text);
  for (const name of KEYS) {
    const { value, low, high } = metrics[`auroc_${name}`];
    assert.equal(await read(page, `auroc-${name}-${key}`), four(value), `${name} ${key}`);
    assert.equal(await read(page, `interval-${name}-${key}`), `${four(low)} to ${four(high)}`);
  }
  const at = spro.find((/** @type {any} */ figure) => figure.limit === 0.05);
  for (const name of ["logical", "structural", "mean"]) {
    assert.equal(await read(page, `spro-${name}-${key}`), four(at[name]), `AU-sPRO ${name} ${key}`);
  }
  for (const name of ["good", "logical", "structural"]) {
    const flagged = threshold[`${name}_flagged`];
    assert.equal(await read(page, `flagged-${name}-${key}`), String(flagged));
    assert.equal(await read(page, `passed-${name}-${key}`), String(data[name] - flagged));
  }
  assert.deepEqual(rounded(await downloaded(page, `report-${key}`)), rounded(text));
}

/** @param {Page} page @param {string} minuend @param {string} subtrahend @param {string} difference */
async function subtracts(page, minuend, subtrahend, difference) {
  const [a, b] = [await read(page, minuend), await read(page, subtrahend)].map(Number);
  const shown = Number((await read(page, difference)).replace("−", "-").replace("±", ""));
  assert.ok(Math.abs(shown - (a - b)) < 1.5e-4, `${a} - ${b} is shown as ${shown}`);
}

/** Whether two models agree on each pair of a good and an anomalous image: then no resample tells them apart.
 * @param {Map<string, number>} a @param {Map<string, number>} b @param {RegExp} anomalous */
function sameOrder(a, b, anomalous) {
  const ids = [...a.keys()], of = (/** @type {Map<string, number>} */ m, /** @type {string} */ id) => /** @type {number} */ (m.get(id));
  return ids.filter((id) => id.startsWith("good")).every((good) => ids.filter((id) => anomalous.test(id)).every((bad) =>
    Math.sign(of(a, bad) - of(a, good)) === Math.sign(of(b, bad) - of(b, good))));
}

/** Runs the evaluation of a bundled category and compares it with `lad eval`.
 * @param {import("node:test").TestContext} t @param {string} url @param {string} models @param {string} category */
async function comparesWithNative(t, url, models, category) {
  const { page, errors } = await openPage(t, here.browser);
  await openView(page, `${url}#/evaluate/${category}`);
  await run(page);
  /** @type {Record<string, Map<string, number>>} */ const scores = {}; // native ones
  for (const key of ["margin", "plain"]) {
    const manifest = JSON.parse(readFileSync(join(models, "manifest.json"), "utf8"));
    const model = manifest.models.find((/** @type {any} */ m) => m.category === category && m.variant === key);
    const report = nativeReport(join(models, model.file), join(models, "subset", category), "--spro");
    await sameFigures(page, key, report);
    scores[key] = new Map(JSON.parse(report).images.map((/** @type {any} */ { id, score }) => [id, score]));
    const { kinds } = JSON.parse(nativeReport(join(models, model.file), join(models, "subset", category), "--kinds"));
    assert.ok(kinds.length >= 2);
    for (const { name, label, auroc } of kinds) assert.equal(await read(page, `kind-${label}-${name}-${key}`), four(auroc), name);
  }
  for (const key of ["logical", "mean"]) {
    const [low, high] = (await read(page, `interval-${key}-difference`)).split(" to ").map((text) => Number(text.replace("−", "-").replace("±", "")));
    const shown = Number((await read(page, `auroc-${key}-difference`)).replace("−", "-").replace("±", ""));
    if (sameOrder(scores.margin, scores.plain, key === "mean" ? /_anomalies/ : /^logical/)) assert.deepEqual([low, shown, high], [0, 0, 0]);
    else assert.ok(low <= shown && shown <= high && low < high, `${low} <= ${shown} <= ${high}`);
  }
  assert.match(await read(page, "pair-says"), /^Margin − plain: each resample draws the same images for both\. (In the mean (margin|plain) is better|The interval of the mean holds 0)/);
  await subtracts(page, "auroc-logical-margin", "auroc-logical-plain", "auroc-logical-difference");
  await subtracts(page, "spro-mean-margin", "spro-mean-plain", "spro-mean-difference");
  const csv = await downloaded(page, "report-csv");
  assert.match(csv, /^id,class,score_margin,score_plain\ngood\/000,good,-?[\d.e-]+,-?[\d.e-]+\n/);
  const rows = csv.trim().split("\n").slice(1).map((line) => line.split(","));
  assert.equal(rows.length, scores.margin.size);
  for (const [id, , ...row] of rows) {
    ["margin", "plain"].forEach((key, i) => {
      const expected = scores[key].get(id) ?? NaN;
      assert.ok(Math.abs(Number(row[i]) - expected) <= 1e-4 * Math.max(1, Math.abs(expected)), `${id} ${key}: ${row[i]} is natively ${expected}`);
    });
  }
  for (const chart of ["roc-logical", "roc-structural", "histogram-margin", "histogram-plain"]) {
    assert.ok(await page.getByTestId(chart).locator("canvas").isVisible(), chart);
  }
  assert.match(await page.getByTestId("histogram-margin").getAttribute("aria-label") ?? "", /^Good: \d+ images between .+; threshold /);
  assert.deepEqual(errors, []);
  return page;
}

describe("evaluate", () => {
  test("figures, intervals and reports of random detectors equal lad eval; mistakes open in Inspect", async (t) => {
    const page = await comparesWithNative(t, `${here.url}demo/`, site.models, "pushpins");
    const rows = (await downloaded(page, "report-csv")).trim().split("\n").slice(1).map((line) => line.split(","));
    const worst = rows.filter(([, label]) => label !== "good").sort((a, b) => Number(a[2]) - Number(b[2]))[0][0];
    const first = page.getByTestId("misses").locator("a").first();
    assert.equal(await first.getAttribute("data-id"), worst);
    await page.getByTestId("misses-of-plain").check({ force: true });
    const worstPlain = rows.filter(([, label]) => label === "good").sort((a, b) => Number(b[3]) - Number(a[3]))[0][0];
    assert.equal(await page.getByTestId("false-alarms").locator("a").first().getAttribute("data-id"), worstPlain);
    await first.click();
    await page.locator('#view-inspect[data-shown*="/plain/"]').waitFor();
  });

  test("it can be cancelled, and run again", async (t) => {
    const { page, errors } = await openPage(t, here.browser);
    await openView(page);
    await page.getByTestId("evaluate-run").click();
    await page.getByTestId("evaluate-status").filter({ hasText: /of 12 images, about .+ left/ }).waitFor();
    await page.getByTestId("evaluate-cancel").click();
    await page.getByTestId("evaluate-status").filter({ hasText: "Cancelled." }).waitFor();
    assert.equal(await page.getByTestId("auroc-mean-margin").count(), 0);
    // The page did not freeze meanwhile, and other views still work.
    await page.getByTestId("tab-inspect").click();
    await page.getByTestId("verdict").waitFor();
    await page.getByTestId("tab-evaluate").click();
    await page.getByTestId("contender-margin").uncheck();
    await run(page);
    assert.equal(await page.getByTestId("auroc-mean-margin").count(), 0);
    assert.deepEqual(errors, []);
  });

  test("a folder of a person, with a detector of theirs, gives what lad eval gives", async (t) => {
    const { page, errors } = await openPage(t, here.browser);
    const work = scratch("evaluate");
    const [folder, model] = [join(work, "tray"), join(work, "mine.safetensors")];
    cpSync(subset, folder, { recursive: true });
    writeFileSync(model, safetensors(randomDetector(7)));
    await openView(page);
    await page.getByTestId("evaluate-files").setInputFiles(model);
    await page.getByTestId("evaluate-status").filter({ hasText: "mine.safetensors is ready" }).waitFor();
    await page.getByTestId("evaluate-folder").setInputFiles(folder);
    await page.getByTestId("evaluate-counts").filter({ hasText: "12 images: 4 good, 4 logical, 4 structural." }).waitFor();
    await run(page, "own");
    await sameFigures(page, "own", nativeReport(model, folder, "--spro"));
    await subtracts(page, "auroc-mean-own", "auroc-mean-margin", "auroc-mean-own-difference");
    await page.getByTestId("misses-of-own").check({ force: true });
    await page.getByTestId("misses").locator("button").first().click();
    await page.locator('#view-inspect[data-shown^="yours/"][data-shown*="/own/"]').waitFor();
    assert.deepEqual(errors, []);
  });

  test("a ZIP gives what its folder gives; several categories in it are listed", async (t) => {
    const { page, errors } = await openPage(t, here.browser);
    const work = scratch("zip");
    for (const name of ["tray_a", "tray_b"]) cpSync(subset, join(work, "all", name), { recursive: true });
    const file = join(work, "both.zip");
    writeFileSync(file, await zipFolder(join(work, "all")));
    await openView(page);
    await page.getByTestId("evaluate-files").setInputFiles(file);
    const select = page.getByTestId("evaluate-category");
    await select.locator("option", { hasText: "tray_a" }).waitFor({ state: "attached" });
    assert.deepEqual(await select.locator("option").allTextContents(), ["Pushpins", "tray_a", "tray_b"]);
    await select.selectOption({ label: "tray_b" });
    await page.getByTestId("contender-plain").uncheck();
    await run(page, "margin");
    await sameFigures(page, "margin", nativeReport(join(site.models, "pushpins-margin.safetensors"), join(work, "all/tray_b"), "--spro"));
    assert.deepEqual(errors, []);
  });
});

test("a folder and a ZIP dropped on the view are data to measure", async (t) => {
  const { page, errors } = await openPage(t, here.browser);
  const work = scratch("dropped");
  const [folder, file] = [join(work, "tray"), join(work, "packed.zip")];
  cpSync(subset, folder, { recursive: true });
  cpSync(subset, join(work, "to pack/box"), { recursive: true });
  writeFileSync(file, await zipFolder(join(work, "to pack")));
  await openView(page);
  const mouse = await page.context().newCDPSession(page);
  for (const [path, name] of /** @type {const} */ ([[folder, "tray"], [file, "box"]])) {
    for (const type of /** @type {const} */ (["dragEnter", "dragOver", "drop"])) {
      await mouse.send("Input.dispatchDragEvent", { type, x: 300, y: 300, data: { items: [], files: [path], dragOperationsMask: 1 } });
    }
    await page.getByTestId("evaluate-category").locator("option:checked", { hasText: name }).waitFor({ state: "attached" });
    await page.getByTestId("evaluate-counts").filter({ hasText: "12 images: 4 good, 4 logical, 4 structural." }).waitFor();
  }
  assert.equal(await page.locator("#view-evaluate").isVisible(), true, "the view stayed");
  assert.deepEqual(errors, []);
});

describe("verification of a report", () => {
  const work = scratch("verify");
  const honest = () => JSON.parse(nativeReport(join(site.models, "pushpins-margin.safetensors"), subset, "--spro"));

  /** @param {import("node:test").TestContext} t @param {any} report */
  async function verify(t, report) {
    const { page, errors } = await openPage(t, here.browser);
    const file = join(work, "report.json");
    writeFileSync(file, JSON.stringify(report));
    await openView(page);
    await page.getByTestId("evaluate-files").setInputFiles(file);
    await page.locator('[data-testid="verification-verdict"][data-state]:not([data-state=""])').waitFor();
    const state = async (/** @type {string} */ name) => page.getByTestId(`check-${name}`).getAttribute("data-state");
    return { page, errors, state, verdict: await read(page, "verification-verdict") };
  }

  test("the native build's report holds: hashes, scores and figures are the same", async (t) => {
    const { page, errors, state, verdict } = await verify(t, honest());
    assert.match(verdict, /^The report holds: Pushpins, margin /);
    for (const name of ["figures", "model", "data", "scores", "recomputed"]) assert.equal(await state(name), "pass", name);
    assert.match(await read(page, "check-scores"), /All 12 scores agree: the largest deviation is [\d.]+( · 10[⁰¹²³⁴-⁹⁻]+)? \(.+\/00\d\)/);
    await page.getByTestId("verification-figures").click();
    assert.equal(await read(page, "verified-metrics.auroc_mean.value"), honest().metrics.auroc_mean.value.toFixed(6));
    const csv = await downloaded(page, "verification-csv");
    assert.equal(csv.trim().split("\n").length, 13);
    assert.deepEqual(errors, []);
  });

  test("a figure that was made nicer is found", async (t) => {
    const report = honest();
    report.metrics.auroc_mean.value += 0.01;
    const { page, state, verdict } = await verify(t, report);
    assert.equal(await state("figures"), "fail");
    assert.match(await read(page, "check-figures"), /1 of 18 figures .* metrics\.auroc_mean\.value is said to be/);
    assert.equal(verdict, "The report does not hold: see what differs.");
  });

  test("a score that was made nicer is found, and the image named", async (t) => {
    const report = honest();
    const image = report.images.find((/** @type {any} */ { id }) => id === "logical_anomalies/002");
    image.score *= 1.01;
    const { page, state } = await verify(t, report);
    assert.equal(await state("scores"), "fail");
    assert.match(await read(page, "verification-image-deviation").catch(() => page.getByTestId("verification-image-deviation").first().textContent()) ?? "", /^\d/);
    assert.match(await page.locator("#verification-tables tbody tr th").allTextContents().then((all) => all.join()), /logical_anomalies\/002/);
  });

  test("without the detector only the figures are checked, and that is said", async (t) => {
    const report = honest();
    report.model.sha256 = "0".repeat(64);
    const { state, verdict } = await verify(t, report);
    assert.equal(await state("figures"), "pass");
    assert.equal(await state("model"), "open");
    assert.match(verdict, /could not be checked here/);
  });
});

const shipped = shippedSite();
if (shipped) {
  describe("evaluate what is shipped", () => {
    test("the first bundled category equals lad eval", async (t) => {
      const own = await serve(shipped.root, { port: 0 });
      t.after(own.close);
      const { categories } = JSON.parse(readFileSync(join(shipped.root, "models/index.json"), "utf8"));
      await comparesWithNative(t, own.url, shipped.models, categories[0].name);
    });
  });
}
