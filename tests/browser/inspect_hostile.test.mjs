// @ts-check
/** What a stranger may give to the Inspect view: images, models, folders and addresses that are broken or hostile give one
 * sentence, run nothing, and leave the page working, which a sound image with a known score shows after each. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { png, pngHeader } from "../cli/png.mjs";
import { randomDetector, safetensors } from "../cli/random_model.mjs";
import { scratch } from "../scratch.mjs";
import { nativeInfer } from "../wasm/native.mjs";
import { fixtureSite, openPage, read, stage } from "./browser.mjs";

/** @typedef {[string, Uint8Array | string][]} Files  by path */
/** One thing given: files, a folder of that name with files, or an address.  says: what must stand where; "notice": the
 * sentence about a failure. @typedef {{name: string, files?: Files, folder?: [string, Files], route?: string, says: [string, RegExp][]}} Case */

const SCRIPT = "<img src=x onerror=window.ran=1>";
const sound = png(40, 30, (x, y) => [x * 6, y * 8, 90]);
const jpegHead = Buffer.from("ffd8ffe000104a46494600010100000100010000ffc0001108ffffffff03012200021101031101", "hex");
const model = randomDetector();
const whole = safetensors(model);

/** @param {Record<string, string>} metadata */
const saying = (metadata) => safetensors({ ...model, metadata: { ...model.metadata, ...metadata } });
/** @param {Buffer} bytes @param {(copy: Buffer) => void} change */
function patched(bytes, change) {
  const copy = Buffer.from(bytes);
  change(copy);
  return copy;
}
const notice = (/** @type {RegExp} */ words) => /** @type {[string, RegExp][]} */ ([["notice", words]]);
const other = /^There is no bundled image .+; this is another one\.$/;

/** @type {Case[]} */
const cases = [
  { name: "an empty image", files: [["a.png", ""]], says: notice(/^a\.png is empty/) },
  { name: "text called .png", files: [["a.png", "no image"]], says: notice(/^a\.png /) },
  { name: "HTML called .jpg", files: [["a.jpg", `<html>${SCRIPT}</html>`]], says: notice(/^a\.jpg /) },
  { name: "SVG with script called .png", files: [["a.png", '<svg xmlns="http://www.w3.org/2000/svg" onload="window.ran=1"/>']], says: notice(/^a\.png /) },
  { name: "half a PNG", files: [["a.png", sound.subarray(0, sound.length / 2)]], says: notice(/^a\.png is truncated/) },
  { name: "a PNG of 10 000 megapixels", files: [["a.png", pngHeader(100_000, 100_000, 8, 2)]], says: notice(/^a\.png is too large/) },
  { name: "a PNG of no pixels", files: [["a.png", pngHeader(0, 0, 8, 2)]], says: notice(/^a\.png /) },
  { name: "a PNG with 16 bits", files: [["a.png", png(8, 8, () => [1, 2, 3], 16)]], says: notice(/^a\.png has 16 bits per channel/) },
  { name: "a PNG whose pixels are damaged", files: [["a.png", patched(sound, (copy) => copy.fill(0x55, 60, 90))]], says: notice(/^a\.png /) },
  { name: "a JPEG of 4000 megapixels", files: [["a.jpg", jpegHead]], says: notice(/^a\.jpg /) },
  { name: "a GIF", files: [["a.png", Buffer.from("GIF89a\x01\x00\x01\x00\x80\x00\x00", "latin1")]], says: notice(/^a\.png /) },
  { name: "an image with HTML in its name", files: [[`${SCRIPT}.png`, sound]], says: [["sentence", /^<img src=x onerror=window\.ran=1>\.png: score\s/]] },
  { name: "a broken image with HTML in its name", files: [[`${SCRIPT}.png`, "x"]], says: notice(/^<img src=x onerror=window\.ran=1>\.png /) },
  { name: "an image with a name of 200 letters", files: [[`${"long".repeat(50)}.png`, sound]], says: [["sentence", /^(long){50}\.png: score\s/]] },
  { name: "a broken image among sound ones", files: [["a.png", sound], ["b.png", "x"]], says: [["sentence", /^a\.png: score\s/]] },
  { name: "an empty model", files: [["m.safetensors", ""]], says: notice(/^m\.safetensors/) },
  { name: "text called .safetensors", files: [["m.safetensors", "no model"]], says: notice(/^m\.safetensors/) },
  { name: "half a model", files: [["m.safetensors", whole.subarray(0, whole.length / 2)]], says: notice(/^m\.safetensors/) },
  { name: "a model with more behind it", files: [["m.safetensors", Buffer.concat([whole, Buffer.alloc(3)])]], says: notice(/^m\.safetensors/) },
  { name: "a model whose header has no end", files: [["m.safetensors", Buffer.alloc(64, 0xff)]], says: notice(/^m\.safetensors/) },
  { name: "a model whose threshold is no number", files: [["m.safetensors", saying({ threshold: SCRIPT })]], says: notice(/^m\.safetensors/) },
  { name: "a model of another architecture", files: [["m.safetensors", saying({ architecture: SCRIPT })]], says: notice(/^m\.safetensors/) },
  { name: "a model with numbers that are none", files: [["m.safetensors", patched(whole, (copy) => copy.fill(0xff, copy.length - 4000))]], says: notice(/./) },
  { name: "a model with HTML in its name", files: [[`${SCRIPT}.safetensors`, whole]], says: [["says-own", /^(anomaly|normal)$/]] },
  { name: "an empty folder but for notes", folder: ["f", [["notes.txt", "nothing"]]], says: notice(/^There is no PNG or JPEG image in that folder\.$/) },
  { name: "a folder with HTML in its names", folder: ["<b>f", [[`test/${SCRIPT}/000.png`, sound]]], says: [["sentence", /^<b>f\/test\/<img .+>\/000\.png: score\s/]] },
  { name: "a folder whose ground truth is broken", folder: ["f", [["test/bad/000.png", sound], ["ground_truth/bad/000/000.png", "x"]]],
    says: notice(/^A ground-truth mask of f\/test\/bad\/000\.png cannot be read\.$/) },
  { name: "a folder of broken images", folder: ["f", [["a.png", "x"], ["b.png", ""]]], says: notice(/^f\/a\.png /) },
  { name: "an address with script in its category", route: `inspect/${encodeURIComponent(SCRIPT)}/logical/000`, says: notice(other) },
  { name: "an address with script in its name", route: `inspect/pushpins/logical/${encodeURIComponent(SCRIPT)}`, says: notice(other) },
  { name: "an address with javascript: as category", route: "inspect/javascript%3Awindow.ran%3D1/good/000", says: notice(other) },
  { name: "an address with a stray %", route: "inspect/pushpins/logical/%E0%A4%A", says: notice(other) },
  { name: "an address with nonsense as options", route: `inspect/pushpins/good/001?model=${encodeURIComponent(SCRIPT)}&map=__proto__&look=constructor&sort=%00&list=x`,
    says: [["sentence", /^A normal image: score\s/]] },
  { name: "an address with a threshold that is none", route: "inspect/pushpins/good/002?threshold=1e999", says: [["threshold-value", /^0\.050$/]] },
  { name: "an address of Evaluate with script", route: `evaluate/${encodeURIComponent(SCRIPT)}?models=${encodeURIComponent(SCRIPT)}`, says: [["evaluate-counts", /^12 images/]] },
  { name: "an address of Webcam with script", route: `webcam/${encodeURIComponent(SCRIPT)}?camera=${encodeURIComponent(SCRIPT)}`, says: [["webcam-status", /^The camera is off\.$/]] },
  { name: "an address of Explain with script", route: `explain/${encodeURIComponent(SCRIPT)}/logical/${encodeURIComponent(SCRIPT)}`, says: [["explain-verdict", /: .*the score/]] },
  { name: "an address of the Scene lab with script", route: `lab/pushpins?seed=${encodeURIComponent(SCRIPT)}&break=${encodeURIComponent(SCRIPT)}&edit=${encodeURIComponent(SCRIPT)}&light=1e999`,
    says: [["lab-sentence", /^The rule is kept: score/]] },
  { name: "an address of an unknown view", route: `${encodeURIComponent(SCRIPT)}/x?y=z`, says: [["sentence", /: score\s/]] },
];

const site = fixtureSite();
const here = stage(site.root);

test("broken and hostile things give a sentence, run nothing, and leave the page working", async (t) => {
  const { page, errors } = await openPage(t, here.browser);
  page.setDefaultTimeout(15_000);
  const work = scratch("hostile");
  const healthy = join(work, "healthy.png");
  writeFileSync(healthy, png(50, 40, (x, y) => [x * 5, y * 6, 10]));
  const { score } = nativeInfer(join(site.models, "pushpins-margin.safetensors"), healthy);
  await page.goto(`${here.url}demo/`);
  await page.getByTestId("score-difference").waitFor();
  const write = (/** @type {string} */ root, /** @type {Files} */ files) => files.map(([path, bytes]) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), bytes);
    return join(root, path);
  });
  let count = 0;
  for (const { name, files, folder, route, says } of cases) {
    await t.test(name, async () => {
      const root = mkdtempSync(join(work, "case-"));
      if (files) await page.getByTestId("upload").setInputFiles(write(root, files));
      if (folder) {
        write(join(root, folder[0]), folder[1]);
        await page.getByTestId("folder").setInputFiles(join(root, folder[0]));
      }
      if (route) await page.evaluate((hash) => { location.hash = hash; }, `#/${route}`);
      for (const [id, words] of says) {
        await page.getByTestId(id).filter({ hasText: words }).waitFor().catch(async () => assert.match(await read(page, id), words));
      }
      if (says[0][0] === "notice") assert.match(await read(page, "notice"), /^[^\n]+\.$/, "one sentence");
      assert.equal(await page.evaluate(() => /** @type {any} */ (window).ran), undefined, "script has run");
      assert.equal(await page.locator('img[src="x"], svg[onload]').count(), 0, "HTML of a stranger is in the page");
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), "the page became wider than its window");
      await page.getByTestId("tab-inspect").click(); // an address may have led to another view
      await page.locator("#view-inspect").waitFor();
      await page.getByTestId("upload").setInputFiles(healthy);
      await page.getByTestId("sentence").filter({ hasText: /^healthy\.png: score\s/ }).waitFor();
      await page.getByTestId("score-margin").filter({ hasText: score.toFixed(3) }).waitFor();
      assert.equal(await page.getByTestId("notice").isVisible(), false);
      count++;
    });
  }
  assert.equal(count, cases.length);
  assert.ok(count >= 25);
  assert.deepEqual(errors, []);
});
