// @ts-check
/** The Inspect view in a real browser: first look, maps, models, files of a person, keyboard, plain servers. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { png, pngHeader } from "../cli/png.mjs";
import { randomDetector, safetensors } from "../cli/random_model.mjs";
import { scratch } from "../scratch.mjs";
import { nativeInfer } from "../wasm/native.mjs";
import { fixtureSite, openPage, read, serve, shown, stage } from "./browser.mjs";

const site = fixtureSite();
const work = scratch("upload");
const here = stage(site.root);

/** @param {string} name @param {Buffer} bytes */
function file(name, bytes) {
  const path = join(work, name);
  writeFileSync(path, bytes);
  return path;
}

/** How many pixels of a canvas are not transparent. @param {import("playwright-core").Page} page @param {string} id */
function painted(page, id) {
  return page.getByTestId(id).evaluate((canvas) => {
    const { width, height } = /** @type {HTMLCanvasElement} */ (canvas);
    const context = /** @type {HTMLCanvasElement} */ (canvas).getContext("2d");
    const data = context?.getImageData(0, 0, width, height).data ?? [];
    return data.filter((value, i) => i % 4 === 3 && value > 0).length;
  });
}

describe("inspect", () => {
  test("the first look: image, heat map, a sentence with score, threshold and verdict, as natively", async (t) => {
    const { page, errors } = await openPage(t, here.browser);
    await page.goto(`${here.url}demo/`);
    await shown(page, "logical/000/margin/combined");
    const native = nativeInfer(join(site.models, "pushpins-margin.safetensors"),
      join(site.models, "subset/pushpins/test/logical_anomalies/000.png"));
    const sentence = await read(page, "sentence");
    assert.equal(sentence, `One compartment holds two pins: score ${native.score.toFixed(3)}, threshold 0.050, anomaly found.`);
    assert.ok((await painted(page, "stage-image")) > 1000);
    assert.ok((await painted(page, "stage-heat")) > 100);
    assert.match(page.url(), /demo\/#\/inspect\/pushpins\/logical\/000$/);
    await page.getByTestId("score-plain").filter({ hasText: /\d/ }).waitFor();
    assert.match(await read(page, "engine"), /^WebAssembly (relaxed )?SIMD, \d+ threads?/);
    assert.match(await read(page, "time-networks"), /^[\d.]+ ms$/);
    assert.match(await read(page, "rule"), /^Each compartment holds exactly one pin\.$/);
    assert.deepEqual(errors, []);
  });

  test("several threads when the server isolates the page", async (t) => {
    const { page } = await openPage(t, here.browser);
    await page.goto(`${here.url}demo/`);
    await page.locator("#engine-text[data-flavour]").waitFor();
    const [cores, threads] = await page.evaluate(() => [navigator.hardwareConcurrency,
      document.getElementById("engine-text")?.dataset.threads]);
    assert.equal(Number(threads), Math.min(8, cores));
  });

  test("a permalink opens image, model and map; changes go into the address", async (t) => {
    const { page, errors } = await openPage(t, here.browser);
    await page.goto(`${here.url}demo/#/inspect/pushpins/structural/002?model=plain&map=stae`);
    await shown(page, "structural/002/plain/stae");
    await page.getByTestId("map-st").check({ force: true });
    await shown(page, "structural/002/plain/st");
    assert.match(page.url(), /#\/inspect\/pushpins\/structural\/002\?model=plain&map=st$/);
    await page.getByTestId("class-good").check({ force: true });
    await shown(page, "good/000/plain/st");
    assert.match(await read(page, "sentence"), /^A normal image: /);
    await page.goBack();
    await shown(page, "structural/002/plain/st");
    assert.deepEqual(errors, []);
  });

  test("a look that ends while another view loads leaves the address alone", async (t) => {
    const { page } = await openPage(t, here.browser);
    /** @type {Record<string, () => void>} */ const go = {};
    for (const late of ["pushpins-plain.safetensors", "views/webcam.html"]) {
      const held = new Promise((done) => { go[late] = () => done(undefined); });
      await page.route(`**/${late}`, async (route) => {
        await held;
        await route.continue();
      });
    }
    await page.goto(`${here.url}demo/`);
    await shown(page, "logical/000/margin/combined");
    await page.getByTestId("tab-webcam").click();
    go["pushpins-plain.safetensors"]();
    await page.getByTestId("score-plain").filter({ hasText: /\d/ }).waitFor();
    go["views/webcam.html"]();
    await page.getByTestId("webcam-start").waitFor();
    assert.equal(new URL(page.url()).hash, "#/webcam");
  });

  test("the ground truth can be outlined; the pointer reads the map", async (t) => {
    const { page } = await openPage(t, here.browser);
    await page.goto(`${here.url}demo/#/inspect/pushpins/logical/001`);
    await shown(page, "logical/001/margin/combined");
    assert.equal(await page.getByTestId("stage-outline").isVisible(), false);
    await page.getByTestId("outline").check();
    await page.getByTestId("stage-outline").waitFor();
    assert.ok((await painted(page, "stage-outline")) > 100);
    await page.getByTestId("stage").locator("#frame").hover();
    assert.match(await read(page, "pixel-value"), /^Pixel \d+, \d+: combined map -?[\d.]+$/);
  });

  test("a person's own image gets the native score; another model may be opened", async (t) => {
    const { page, errors } = await openPage(t, here.browser);
    await page.goto(`${here.url}demo/`);
    await shown(page, "logical/000/margin/combined");
    const mine = file("mine <b>.png", png(90, 60, (x, y) => [x * 2, y * 3, 80]));
    await page.getByTestId("upload").setInputFiles(mine);
    await shown(page, "yours/mine <b>.png/margin/combined");
    const { score } = nativeInfer(join(site.models, "pushpins-margin.safetensors"), mine);
    assert.match(await read(page, "sentence"), new RegExp(`^mine <b>\\.png: score ${score.toFixed(3)}, `));
    const model = file("other.safetensors", safetensors(randomDetector(9)));
    await page.getByTestId("upload").setInputFiles(model);
    await shown(page, "yours/mine <b>.png/own/combined");
    assert.equal(await read(page, "score-own"), nativeInfer(model, mine).score.toFixed(3));
    assert.deepEqual(errors, []);
  });

  test("dropped and pasted files are looked at", async (t) => {
    const { page } = await openPage(t, here.browser);
    await page.goto(`${here.url}demo/`);
    await shown(page, "logical/000/margin/combined");
    const bytes = [...png(50, 40, (x, y) => [x * 4, y * 5, 20])];
    for (const kind of ["drop", "paste"]) {
      await page.evaluate(([type, data]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([Uint8Array.from(/** @type {number[]} */ (data))], `${type}.png`, { type: "image/png" }));
        document.dispatchEvent(type === "drop" ? new DragEvent("drop", { dataTransfer: transfer, cancelable: true })
          : new ClipboardEvent("paste", { clipboardData: transfer }));
      }, /** @type {const} */ ([kind, bytes]));
      await shown(page, `yours/${kind}.png/margin/combined`);
    }
  });

  test("bad files give one sentence each, and the page goes on", async (t) => {
    const { page, errors } = await openPage(t, here.browser);
    await page.goto(`${here.url}demo/`);
    await shown(page, "logical/000/margin/combined");
    const before = await read(page, "sentence");
    const good = png(40, 30, (x, y) => [x, y, 0]);
    const model = safetensors(randomDetector());
    /** @type {[string, Buffer, RegExp][]} */ const cases = [
      ["cut.png", good.subarray(0, good.length - 20), /^cut\.png is truncated/],
      ["text.jpg", Buffer.from("no image"), /^text\.jpg /],
      ["empty.png", Buffer.alloc(0), /^empty\.png /],
      ["huge.png", pngHeader(100_000, 100_000, 8, 2), /^huge\.png is too large/],
      ["deep.png", png(8, 8, () => [1, 2, 3], 16), /^deep\.png has 16 bits per channel/],
      ["cut.safetensors", model.subarray(0, 5000), /^cut\.safetensors: /],
      ["more.safetensors", Buffer.concat([model, Buffer.alloc(3)]), /^more\.safetensors: /],
    ];
    for (const [name, bytes, words] of cases) {
      await page.getByTestId("upload").setInputFiles(file(name, bytes));
      await page.getByTestId("notice").filter({ hasText: name }).waitFor();
      assert.match(await read(page, "notice"), words);
      assert.match(await read(page, "notice"), /^[^\n]*[^.]\.$/);
      await page.getByTestId("sentence").filter({ hasText: before }).waitFor();
    }
    await page.getByTestId("upload").setInputFiles(file("good.png", good));
    await shown(page, "yours/good.png/margin/combined");
    assert.equal(await page.getByTestId("notice").isVisible(), false);
    assert.deepEqual(errors, []);
  });

  test("everything can be reached and worked by keyboard", async (t) => {
    const { page } = await openPage(t, here.browser);
    await page.goto(`${here.url}demo/`);
    await shown(page, "logical/000/margin/combined");
    /** @type {Set<string>} */ const reached = new Set();
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const { activeElement: e } = document;
        return e?.getAttribute("data-testid") ?? e?.getAttribute("data-view") ?? e?.getAttribute("data-picture") ?? e?.className ?? "";
      });
      reached.add(at);
      if (at === "map-combined") await page.keyboard.press("ArrowRight");
      if (at === "variant-margin") await page.keyboard.press("ArrowRight");
    }
    for (const id of ["skip", "tab-inspect", "tab-evaluate", "tab-webcam", "opacity", "outline", "map-combined", "category",
      "class-logical", "logical/000", "upload", "variant-margin"]) assert.ok(reached.has(id), `${id} is not reached`);
    await shown(page, "logical/000/plain/st");
  });
});

describe("servers", () => {
  test("without COOP and COEP it runs with one thread and says so", async (t) => {
    const plain = await serve(site.root, { port: 0, plain: true });
    t.after(plain.close);
    const { page, errors } = await openPage(t, here.browser);
    await page.goto(`${plain.url}demo/`);
    await shown(page, "logical/000/margin/combined");
    assert.match(await read(page, "engine"), /^WebAssembly (relaxed )?SIMD, 1 thread/);
    assert.equal(await read(page, "isolated"), "no: one thread only");
    assert.match(await read(page, "flavour"), /^lad-(simd|relaxed)$/);
    assert.deepEqual(errors, []);
  });

  test("the policy lets no inline script and no foreign address through", async (t) => {
    const { page } = await openPage(t, here.browser);
    const response = await page.goto(`${here.url}demo/`);
    const policy = response?.headers()["content-security-policy"] ?? "";
    assert.match(policy, /script-src 'self' 'wasm-unsafe-eval';/);
    assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'|\*/);
    assert.equal(response?.headers()["cross-origin-opener-policy"], "same-origin");
    assert.equal(response?.headers()["cross-origin-embedder-policy"], "require-corp");
    const allowed = await page.evaluate(async () => {
      const script = document.createElement("script");
      script.textContent = "window.inlineRan = true";
      document.head.append(script);
      const foreign = await fetch("https://example.org/").then(() => true, () => false);
      let evaluated = true;
      await new Promise((done) => setTimeout(done)); // what a test runs at once may evaluate; the page itself may not
      try { new Function("return 1")(); } catch { evaluated = false; }
      return { inline: "inlineRan" in window, foreign, evaluated };
    });
    assert.deepEqual(allowed, { inline: false, foreign: false, evaluated: false });
  });

  test("a port that is taken: another one is used", async (t) => {
    const port = Number(new URL(here.url).port);
    const second = await serve(site.root, { port });
    t.after(second.close);
    assert.notEqual(second.url, here.url);
    assert.equal((await fetch(`${second.url}demo/`)).status, 200);
    assert.equal((await fetch(`${second.url}../../etc/passwd`)).status, 404);
  });

  test("a model that is missing, or not the one of the manifest, gives a sentence", async (t) => {
    const { page } = await openPage(t, here.browser);
    const other = safetensors(randomDetector(5));
    await page.route("**/pushpins-plain.safetensors", (route) => route.fulfill({ status: 404, body: "no" }));
    await page.route("**/pushpins-margin.safetensors", (route) => route.fulfill({ body: other }));
    await page.goto(`${here.url}demo/`);
    await page.getByTestId("notice").filter({ hasText: "hash" }).waitFor();
    assert.match(await read(page, "notice"), /^pushpins-margin\.safetensors is not the file the manifest names/);
    await page.goto(`${here.url}demo/#/inspect/pushpins/good/001?model=plain`);
    await page.getByTestId("notice").filter({ hasText: "404" }).waitFor();
  });
});

test("a worker that cannot run, and a missing list of images, give a sentence", async (t) => {
  for (const [path, words] of /** @type {const} */ ([["worker.js", /could not run in this browser/],
    ["index.json", /list of bundled images and models could not be fetched/]])) {
    const { page } = await openPage(t, here.browser);
    await page.route(`**/${path}`, (route) => route.fulfill({ status: 404, body: "gone" }));
    await page.goto(`${here.url}demo/`);
    await page.getByTestId("notice").filter({ hasText: words }).waitFor();
    assert.match(await read(page, "sentence"), /^Nothing could be loaded\.$/);
  }
});

test("the page itself holds no inline script or style", () => {
  const html = readFileSync(join(site.root, "demo/index.html"), "utf8");
  assert.doesNotMatch(html, /<style|\son\w+=|style="|<script(?![^>]*\ssrc=)/);
});
