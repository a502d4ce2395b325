// @ts-check
/** The tools of the Inspect view: compare, threshold, difference, order by score, folders, files to keep, keyboard. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { png } from "../cli/png.mjs";
import { scratch } from "../scratch.mjs";
import { loadEngine } from "../../web/js/worker/engine.js";
import { WASM, nativeInfer } from "../wasm/native.mjs";
import { fixtureSite, openPage, read, shown, stage } from "./browser.mjs";

describe("inspect's tools", () => {
  const site = fixtureSite(["screw_bag"]);
  const here = stage(site.root);
  const image = join(site.models, "subset/pushpins/test/logical_anomalies/001.png");
  const native = (/** @type {string} */ variant) => nativeInfer(join(site.models, `pushpins-${variant}.safetensors`), image);

  test("parts, threshold, difference, looks and order; the address carries all of it", async (t) => {
    const { page, errors } = await openPage(t, here.browser);
    await page.goto(`${here.url}demo/#/inspect/pushpins/logical/001`);
    await shown(page, "logical/001/margin/combined");
    await page.getByTestId("score-difference").waitFor();
    const [margin, plain] = [native("margin"), native("plain")];
    assert.equal(await read(page, "part-map"), margin.map_score.toFixed(3));
    assert.equal(await read(page, "part-score"), margin.score.toFixed(3));
    assert.equal(await read(page, "part-global"), "no global head");
    assert.match(await read(page, "legend-note"), /^One scale for margin and plain\./);
    const st = Number(await read(page, "part-st")), stae = Number((await read(page, "part-stae")).replace("−", "-").replace("±", ""));
    assert.ok(Math.abs(st + stae - margin.map_score) < 0.0021, "the two maps' parts sum to the map part");
    assert.match(await read(page, "why"), /^Local \((structural|logical, by place)\): one place /);
    const difference = Number((await read(page, "score-difference")).replace("−", "-").replace("±", ""));
    assert.ok(Math.abs(difference - (margin.score - plain.score)) < 0.0011);
    const largest = Math.max(...margin.map_combined.map((/** @type {number} */ v, /** @type {number} */ i) => Math.abs(v - plain.map_combined[i])));
    assert.match(await read(page, "pair-note"), new RegExp(largest.toFixed(3).replace(".", "\\.")));

    // A threshold above the score: the same image is missed.
    await page.getByTestId("threshold").fill(await page.getByTestId("threshold").getAttribute("max") ?? "");
    await page.getByTestId("verdict").filter({ hasText: "anomaly missed" }).waitFor();
    assert.equal(await read(page, "why"), "");
    assert.match(page.url(), /threshold=\d/);
    await page.getByTestId("threshold-reset").click();
    await page.getByTestId("verdict").filter({ hasText: "anomaly found" }).waitFor();

    await page.getByTestId("variant-difference").check({ force: true });
    await shown(page, "logical/001/difference/combined");
    await page.getByTestId("frame").hover();
    assert.match(await read(page, "pixel-value"), /^Pixel \d+, \d+: margin less plain -?[\d.]+$/);
    await page.getByTestId("look-compare").check({ force: true });
    const clip = () => page.getByTestId("stage-heat").evaluate((canvas) => getComputedStyle(canvas).clipPath);
    assert.match(await clip(), /inset\(0px 0px 0px 50%\)/);
    await page.getByTestId("split").press("ArrowRight");
    assert.match(await clip(), /51%/);
    await page.getByTestId("class-all").check({ force: true });
    await page.waitForFunction(() => document.querySelectorAll("#thumbs li").length === 12);
    await page.getByTestId("sort").selectOption("high");
    await page.getByTestId("gallery-status").filter({ hasText: "12 scored" }).waitFor();
    const scores = (await page.getByTestId("thumbs").locator("span").allTextContents()).map((text) => Number(text.split(" ").pop()));
    assert.deepEqual(scores, [...scores].sort((a, b) => b - a));
    assert.match(page.url(), /#\/inspect\/pushpins\/logical\/001\?model=difference&look=compare&list=all&sort=high$/);
    await page.reload();
    await shown(page, "logical/001/difference/combined");
    assert.equal(await page.getByTestId("look-compare").isChecked(), true);
    assert.deepEqual(errors, []);
  });

  test("image, heat map or both, as faint as asked; nothing of a person's image leaves the tab", async (t) => {
    const { page, errors } = await openPage(t, here.browser);
    await page.goto(`${here.url}demo/`);
    await page.locator("#agreement[data-state]").waitFor();
    const heat = () => page.getByTestId("stage-heat").evaluate((canvas) => (canvas.checkVisibility() ? getComputedStyle(canvas).opacity : "hidden"));
    assert.equal(await heat(), "0.65");
    await page.getByTestId("opacity").fill("20");
    assert.equal(await heat(), "0.2");
    await page.getByTestId("look-map").check({ force: true });
    assert.equal(await heat(), "1");
    await page.getByTestId("look-image").check({ force: true });
    assert.equal(await heat(), "hidden");
    /** @type {string[]} */ const requests = [];
    page.context().on("request", (request) => {
      const icon = request.url().endsWith("/icon.svg"); // asked for again at each new address
      if (!icon && !request.url().startsWith("blob:")) requests.push(`${request.method()} ${request.url()}`);
    });
    await page.getByTestId("upload").setInputFiles({ name: "secret.png", mimeType: "image/png", buffer: png(50, 40, (x, y) => [x * 5, y * 6, 10]) });
    await shown(page, "yours/secret.png/margin/combined");
    await page.getByTestId("score-difference").waitFor();
    assert.deepEqual(requests, []);
    assert.deepEqual(errors, []);
  });

  test("a model on its way shows how much has come", async (t) => {
    let send = () => {};
    const rest = new Promise((resolve) => { send = () => resolve(undefined); });
    // The same site, but of the model one half comes, and the other when it is let.
    const slow = createServer(async (request, response) => {
      const answer = await fetch(new URL(request.url ?? "", here.url));
      const bytes = Buffer.from(await answer.arrayBuffer());
      response.writeHead(answer.status, { "Content-Type": answer.headers.get("content-type") ?? "" });
      if (request.url?.endsWith("-margin.safetensors")) {
        response.write(bytes.subarray(0, bytes.length / 2));
        await rest;
        response.end(bytes.subarray(bytes.length / 2));
      } else response.end(bytes);
    });
    await new Promise((done) => slow.listen(0, "127.0.0.1", () => done(undefined)));
    t.after(() => { send(); slow.closeAllConnections(); slow.close(); });
    const { page } = await openPage(t, here.browser);
    await page.goto(`http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (slow.address()).port}/demo/`);
    const bar = page.getByTestId("model-progress");
    await page.waitForFunction(() => Math.abs(/** @type {HTMLProgressElement} */ (document.getElementById("model-progress")).value - 0.5) < 0.01);
    assert.ok(await bar.isVisible());
    assert.equal(await read(page, "sentence"), "The detector is being loaded…");
    send();
    await shown(page, "logical/000/margin/combined");
    await bar.waitFor({ state: "hidden" }); // the other model may be on its way by now
  });

  test("the arrow keys read pixels; what they read is the native map", async (t) => {
    const { page } = await openPage(t, here.browser);
    await page.goto(`${here.url}demo/#/inspect/pushpins/logical/001?map=st`);
    await shown(page, "logical/001/margin/st");
    await page.getByTestId("frame").focus();
    const engine = await loadEngine({ flavour: "lad-simd", base: WASM });
    const values = engine.upsample(Float32Array.from(native("margin").map_st), 240, 150);
    engine.close();
    for (const [key, x, y] of /** @type {const} */ ([["ArrowRight", 120, 75], ["Shift+ArrowLeft", 110, 75], ["ArrowDown", 110, 76]])) {
      await page.keyboard.press(key);
      const [, pixel, value] = /^(Pixel \d+, \d+): structural map (-?[\d.]+)$/.exec(await read(page, "pixel-value")) ?? [];
      assert.equal(pixel, `Pixel ${x}, ${y}`);
      const expected = values[y * 240 + x];
      assert.ok(Math.abs(Number(value) - expected) < 0.00051 + 1e-4 * Math.abs(expected), `${value} is natively ${expected}`); // 3 digits, and rounding
    }
    await page.keyboard.press("Escape");
    assert.match(await read(page, "pixel-value"), /^Point at the image/);
  });

  test("what is saved is what is shown", async (t) => {
    const { page } = await openPage(t, here.browser);
    await page.goto(`${here.url}demo/#/inspect/pushpins/logical/001`);
    await page.getByTestId("score-difference").waitFor();
    const save = async (/** @type {string} */ id) => {
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId(id).click()]);
      return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
    };
    const picture = await save("save-png");
    assert.equal(picture.name, "lad-pushpins-logical-001-margin-combined.png");
    assert.equal(picture.bytes.readUInt32BE(16), 240, "as wide as the image");
    const numbers = JSON.parse((await save("save-json")).bytes.toString());
    assert.equal(numbers.format, "lad-inspect/1");
    assert.equal(numbers.image.description, "One compartment holds two pins.");
    const expected = native("plain");
    const got = numbers.models.find((/** @type {any} */ m) => m.variant === "plain");
    assert.ok(Math.abs(got.score - expected.score) < 1e-3);
    assert.equal(got.map_combined.length, 56 * 56);
    assert.equal(got.map_score + got.global_score, got.score);
  });

  test("a category without a model shows its images, and says that nothing judges them", async (t) => {
    const { page, errors } = await openPage(t, here.browser);
    await page.goto(`${here.url}demo/#/inspect/screw_bag/logical/002`);
    await shown(page, "logical/002//combined");
    assert.equal(await read(page, "sentence"), "One compartment holds two pins: there is no model for screw bag yet.");
    assert.deepEqual(await page.getByTestId("category").locator("option").allTextContents(), ["Pushpins", "Screw bag, no model yet"]);
    assert.equal(await page.getByTestId("thumbs").locator("img").count(), 4);
    assert.equal(await page.getByTestId("variant-margin").isDisabled(), true);
    assert.equal(await page.getByTestId("threshold").isDisabled(), true);
    await page.getByTestId("save-json").click();
    assert.match(await read(page, "notice"), /^No model has looked at this image/);
    await page.getByTestId("category").selectOption("pushpins");
    await shown(page, "logical/000/margin/combined");
    assert.equal(await page.getByTestId("threshold").isDisabled(), false);
    await page.getByTestId("tab-evaluate").click();
    await page.getByTestId("evaluate-category").selectOption("screw_bag");
    assert.equal(await page.getByTestId("evaluate-run").isDisabled(), true);
    assert.match(await read(page, "evaluate-status"), /^There is no model for screw bag yet/);
    assert.deepEqual(errors, []);
  });

  test("a whole folder, with its ground truth", async (t) => {
    const { page, errors } = await openPage(t, here.browser);
    await page.goto(`${here.url}demo/`);
    await shown(page, "logical/000/margin/combined");
    const folder = join(scratch("folder"), "mine");
    const put = (/** @type {string} */ path, /** @type {Buffer | string} */ bytes) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), bytes);
    };
    put("test/logical_anomalies/000.png", png(60, 40, (x, y) => [x * 4, y * 5, 20]));
    put("test/good/<i>.png", png(60, 40, (x) => [x, 9, 9]));
    put("ground_truth/logical_anomalies/000/000.png", png(60, 40, (x) => [x > 30 ? 255 : 0]));
    put("notes.txt", "not an image");
    await page.getByTestId("folder").setInputFiles(folder);
    await page.getByTestId("category").locator("option", { hasText: "Yours (2)" }).waitFor({ state: "attached" });
    await page.locator('[data-picture="yours/mine/test/logical_anomalies/000.png"]').click();
    await shown(page, "yours/mine/test/logical_anomalies/000.png/margin/combined");
    await page.getByTestId("outline").check();
    await page.getByTestId("stage-outline").waitFor();
    assert.ok(await page.getByTestId("model-category").isVisible());

    // Dropped as a person does it: by the browser's own drag and drop, which gives a folder and not its files.
    await page.reload();
    await page.goto(`${here.url}demo/#/inspect/pushpins/good/001`);
    await shown(page, "good/001/margin/combined");
    const mouse = await page.context().newCDPSession(page);
    for (const type of /** @type {const} */ (["dragEnter", "dragOver", "drop"])) {
      await mouse.send("Input.dispatchDragEvent", { type, x: 300, y: 300, data: { items: [], files: [folder], dragOperationsMask: 1 } });
      if (type === "dragOver") assert.match(await page.locator("body").getAttribute("class") ?? "", /dropping/);
    }
    await shown(page, "yours/mine/test/good/<i>.png/margin/combined");
    await page.locator('[data-picture="yours/mine/test/logical_anomalies/000.png"]').click();
    await shown(page, "yours/mine/test/logical_anomalies/000.png/margin/combined");
    await page.getByTestId("outline").waitFor();
    assert.equal(await page.locator("#outline-label").isVisible(), true, "its ground truth came along");
    assert.deepEqual(errors, []);
  });

  test("on a narrow window the strip of pictures shows the one that is open", async (t) => {
    const { page, errors } = await openPage(t, here.browser, { viewport: { width: 360, height: 740 } });
    await page.goto(`${here.url}demo/#/inspect/pushpins/good/003`);
    const strip = page.getByTestId("thumbs");
    await strip.locator('[aria-current][data-picture="good/003"]').waitFor();
    const [place, thumb] = [await strip.boundingBox(), await strip.locator("[aria-current]").boundingBox()];
    assert.ok(place && thumb && thumb.x >= place.x - 1 && thumb.x + thumb.width <= place.x + place.width + 1, JSON.stringify({ place, thumb }));
    assert.equal(await page.evaluate(() => scrollY), 0, "the page itself stays");
    assert.deepEqual(errors, []);
  });
});
