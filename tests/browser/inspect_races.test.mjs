// @ts-check
/** Answers of the worker that come at the worst moment: what was asked for last is what the page shows. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { png } from "../cli/png.mjs";
import { randomDetector, safetensors } from "../cli/random_model.mjs";
import { scratch } from "../scratch.mjs";
import { fixtureSite, openPage, read, shown, stage } from "./browser.mjs";

const site = fixtureSite();
const here = stage(site.root);
const work = scratch("races");
const model = randomDetector();

/** @param {string} name @param {Uint8Array | string} bytes */
function file(name, bytes) {
  writeFileSync(join(work, name), bytes);
  return join(work, name);
}
const [first, second] = ["first.png", "second.png"].map((name, i) => file(name, png(50, 40, (x, y) => [x * 5, y * 6, 90 * i])));
const broken = file("broken.png", "no image");
const numberless = safetensors(model); // opens, and fails once it has looked at an image
numberless.fill(0xff, numberless.length - 4000);

/** In the page: answers of the worker wait in line from `hold()` on; `release(n)` lets n through at once, in their order,
 * `release()` all of them and those to come.  @typedef {{hold: () => void, release: (n?: number) => void, held: () => number}} Gate */
function gate() {
  /** @type {(() => void)[]} */ const waiting = [];
  let holding = false;
  Object.assign(window, { gate: {
    hold: () => { holding = true; },
    release: (/** @type {number | undefined} */ n) => {
      holding = n !== undefined;
      for (const answer of waiting.splice(0, n ?? waiting.length)) answer();
    },
    held: () => waiting.length,
  } });
  window.Worker = class extends Worker {
    /** @param {string} type @param {any} listener */
    addEventListener(type, listener) {
      super.addEventListener(type, (/** @type {any} */ event) => {
        if (type === "message" && holding) waiting.push(() => listener(event));
        else listener(event);
      });
    }
  };
}

/** A page that shows a bundled image, looked at by all models, and its gate; held: waits until so many answers wait. @param {import("node:test").TestContext} t */
async function open(t) {
  const { page, errors } = await openPage(t, here.browser);
  await page.addInitScript(gate);
  await page.goto(`${here.url}demo/`);
  await page.getByTestId("score-difference").waitFor();
  await page.getByTestId("agreement").filter({ hasText: "native" }).waitFor(); // the last request of the start
  const call = (/** @type {"hold" | "release"} */ name, /** @type {number | undefined} */ n) =>
    page.evaluate(([key, count]) => /** @type {any} */ (window).gate[/** @type {string} */ (key)](count), [name, n]);
  return { page, errors,
    hold: () => call("hold", undefined),
    /** @param {number} [n] */ release: (n) => call("release", n),
    held: (/** @type {number} */ n) => page.waitForFunction((count) => /** @type {any} */ (window).gate.held() >= count, n),
    give: (/** @type {string[]} */ ...files) => page.getByTestId("upload").setInputFiles(files),
    says: (/** @type {RegExp} */ words) => page.getByTestId("sentence").filter({ hasText: words }).waitFor(),
    complains: (/** @type {RegExp} */ words) => page.getByTestId("notice").filter({ hasText: words }).waitFor() };
}

/** @typedef {Awaited<ReturnType<typeof open>>} Opened */

/** Gives an image and holds back what the second model says of it. @param {Opened} opened */
async function halfSeen({ hold, release, held, give, says }) {
  await hold();
  await give(first);
  await held(1);
  await release(1);
  await says(/^first\.png: score\s/);
  await held(1);
}

describe("answers that come at the worst moment", () => {
  test("an address that was just opened is not overwritten by what a model says of the image before", async (t) => {
    const opened = await open(t);
    const { page, errors } = opened;
    await halfSeen(opened);
    await page.evaluate(() => {
      location.hash = "#/inspect/pushpins/good/001";
      /** @type {any} */ (window).gate.release();
    });
    await shown(page, "good/001/margin/combined");
    assert.match(await page.evaluate(() => location.hash), /^#\/inspect\/pushpins\/good\/001/);
    assert.deepEqual(errors, []);
  });

  test("a model that fails does so once, and an image that others still look at stays on the shelf", async (t) => {
    const opened = await open(t);
    const { page, errors, release, held, give, says, complains } = opened;
    await halfSeen(opened);
    await give(file("m.safetensors", numberless));
    await held(2);
    await release(1); // of the second model
    await release(1); // of the broken one
    await complains(/^m\.safetensors/);
    await give(second);
    await says(/^Looking at second\.png/);
    await held(1);
    await release();
    await says(/^second\.png: score\s/);
    await page.getByTestId("score-difference").waitFor();
    assert.equal(await page.getByTestId("notice").isVisible(), false);
    assert.match(await page.locator("#thumbs").innerText(), /first\.png[^]*second\.png/);
    assert.deepEqual(errors, []);
  });

  test("nothing is said of an image that cannot be read once another one was given", async (t) => {
    const { page, errors, hold, release, held, give, says } = await open(t);
    await hold();
    await give(broken);
    await held(1);
    await give(second);
    await says(/^Looking at second\.png/);
    await held(2);
    await release(1);
    assert.match(await read(page, "sentence"), /^Looking at second\.png/);
    await release();
    await says(/^second\.png: score\s/);
    await page.getByTestId("score-difference").waitFor();
    assert.equal(await page.getByTestId("notice").isVisible(), false);
    assert.deepEqual(errors, []);
  });

  test("a model that fails does not take back the one that was opened after it", async (t) => {
    const { page, errors, hold, release, held, give } = await open(t);
    await hold();
    await give(file("bad.safetensors", numberless));
    await held(1);
    await give(file("sound.safetensors", safetensors(model)));
    await held(2);
    await release();
    await page.getByTestId("says-own").filter({ hasText: /^(anomaly|normal)$/ }).waitFor();
    assert.equal(await page.locator("#variant-own-name").innerText(), "sound.safetensors");
    assert.equal(await page.getByTestId("notice").isVisible(), false);
    assert.deepEqual(errors, []);
  });
});
