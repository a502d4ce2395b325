// @ts-check
/** What a stranger may give to the Evaluate view: each broken or hostile thing gives one sentence, runs nothing, and
 * the page goes on working, which a report with good figures shows after each. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { before, test } from "node:test";
import { png } from "../cli/png.mjs";
import { randomDetector, safetensors } from "../cli/random_model.mjs";
import { scratch } from "../scratch.mjs";
import { nativeReport } from "../wasm/native.mjs";
import { zip } from "./archive.mjs";
import { fixtureSite, openPage, read, stage } from "./browser.mjs";

/** @typedef {[string, Uint8Array | string][]} Files  by path */
/** One thing given. files: opened one by one; folder: opened as a folder of that name; run: then Run is pressed;
 * says: where what must stand.
 * @typedef {{name: string, files?: Files, folder?: [string, Files], run?: boolean, says: [string, RegExp][]}} Case */

const SCRIPT = "<img src=x onerror=window.ran=1>";
const image = png(40, 30, (x, y) => [x * 6, y * 8, 90]);
const odd = png(40, 30, (x, y) => [x * 6, 200 - y, 20]);
const mask = png(40, 30, (x) => [x > 20 ? 255 : 0]);
const config = JSON.stringify([{ defect_name: SCRIPT, pixel_value: 255, saturation_threshold: 1, relative_saturation: true }]);
const [good, bad, truth] = ["test/good/000.png", "test/logical_anomalies/000.png", "ground_truth/logical_anomalies/000/000.png"];
/** @type {Files} */ const sound = [[good, image], [bad, odd], [truth, mask], ["defects_config.json", config]];
const model = safetensors(randomDetector());

/** The sound data set with other contents, or without a file. @param {Record<string, Uint8Array | string | null>} changes @returns {Files} */
function changed(changes) {
  const kept = sound.filter(([path]) => changes[path] === undefined);
  const other = Object.entries(changes).filter(([, bytes]) => bytes !== null);
  return [...kept, .../** @type {Files} */ (other)];
}

/** @param {Files} files @param {{password?: string}} [options] */
function archive(files, options) {
  return zip(files.map(([path, bytes]) => [path, Buffer.from(bytes)]), options);
}

/** A changed copy. @param {Buffer} bytes @param {(copy: Buffer) => void} change */
function patched(bytes, change) {
  const copy = Buffer.from(bytes);
  change(copy);
  return copy;
}

/** @type {any} */ let honest; // a report that holds
/** @param {(report: any) => void} change */
function report(change) {
  const copy = structuredClone(honest);
  change(copy);
  return JSON.stringify(copy);
}

/** @returns {Promise<Case[]>} */
async function cases() {
  const whole = await archive(sound);
  const notice = (/** @type {RegExp} */ words) => /** @type {[string, RegExp][]} */ ([["notice", words]]);
  const unmeasured = (/** @type {RegExp} */ words) => /** @type {[string, RegExp][]} */ ([["spro-missing", words], ["auroc-logical-margin", /^[01]\./]]);
  return [
    { name: "text called .zip", files: [["a.zip", "this is no archive"]], says: notice(/^a\.zip is not a readable ZIP archive\.$/) },
    { name: "an empty .zip", files: [["a.zip", ""]], says: notice(/^a\.zip is not a readable ZIP archive\.$/) },
    { name: "half a ZIP", files: [["a.zip", whole.subarray(0, whole.length / 2)]], says: notice(/^a\.zip is not a readable ZIP archive\.$/) },
    { name: "a ZIP without images", files: [["a.zip", await archive([["readme.txt", "hello"]])]], says: notice(/^a\.zip has no folder test/) },
    { name: "a ZIP whose paths lead out of it", files: [["a.zip", await archive(sound.map(([path, bytes]) => [`../../${path}`, bytes]))]],
      says: notice(/^a\.zip (has no folder test|is not a readable)/) },
    { name: "an encrypted ZIP", files: [["a.zip", await archive([[good, image], [bad, odd]], { password: "secret" })]], run: true,
      says: notice(/^No image of a can be read: test\/good\/000\.png in a\.zip is encrypted\.$/) },
    { name: "a ZIP with a damaged image", run: true, files: [["a.zip", patched(await archive([...sound, ["test/good/001.png", image]]),
      (copy) => copy.fill(0x55, copy.indexOf("test/good/001.png") + 40, copy.indexOf("test/good/001.png") + 90))]],
      says: [["evaluate-unread", /^One image could not be read and is left out\. test\/good\/001\.png in a\.zip is damaged\.$/]] },
    { name: "a ZIP with an image said to be of 4 GB", run: true, files: [["a.zip", patched(await archive([[good, image], [bad, odd]]), (copy) => {
      const entry = copy.lastIndexOf(good) - 46; // in the central directory
      copy.writeUInt32LE(0xfffffff0, entry + 24);
    })]], says: [["evaluate-unread", /^One image could not be read and is left out\. test\/good\/000\.png/]] },
    { name: "a ZIP with script in its folder names", files: [["a.zip", await archive(sound.map(([path, bytes]) => [`${SCRIPT}/${path}`, bytes]))]], run: true,
      says: [["evaluate-headline", /^<img src=x onerror=window\.ran=1>, 2 images\./]] },
    { name: "a folder without images", folder: ["empty", [["notes.txt", "nothing"]]], says: notice(/^empty has no folder test/) },
    { name: "a folder of images without classes", folder: ["bare", [["000.png", image], ["001.png", odd]]], says: notice(/^bare has no folder test/) },
    { name: "a broken image", folder: ["d", changed({ "test/good/001.png": image.subarray(0, 60) })], run: true,
      says: [["evaluate-unread", /^One image could not be read and is left out\. d\/test\/good\/001\.png is truncated/], ["auroc-logical-margin", /^[01]\./]] },
    { name: "nothing but broken images", folder: ["d", [[good, ""], [bad, "x"]]], run: true, says: notice(/^No image of d can be read: d\/test\/good\/000\.png is empty/) },
    { name: "a mask of another size", folder: ["d", changed({ [truth]: png(41, 30, () => [255]) })], run: true,
      says: unmeasured(/^Not measured\. d\/ground_truth\/.* is 41 x 30 pixels, but its image is 40 x 30\.$/) },
    { name: "a mask of an unknown kind", folder: ["d", changed({ [truth]: png(40, 30, () => [77]) })], run: true, says: unmeasured(/holds the value 77, which defects_config\.json does not list\.$/) },
    { name: "an anomaly without ground truth", folder: ["d", changed({ [truth]: null })], run: true, says: unmeasured(/000\.png has no ground truth\.$/) },
    { name: "a broken defects_config.json", folder: ["d", changed({ "defects_config.json": "[{" })], run: true, says: unmeasured(/^Not measured\. d\/defects_config\.json /) },
    { name: "good images only", folder: ["d", [[good, image]]], run: true, says: [["auroc-logical-margin", /^–$/], ["interval-pooled-margin", /^no such images$/]] },
    { name: "script in a file name", folder: ["d", [...sound, [`test/good/${SCRIPT}.png`, image]]], run: true,
      says: [["false-alarms", /<img src=x onerror=window\.ran=1>/]] },
    { name: "text called .safetensors", files: [["m.safetensors", "this is no model"]], says: notice(/^m\.safetensors/) },
    { name: "an empty model", files: [["m.safetensors", ""]], says: notice(/^m\.safetensors/) },
    { name: "half a model", files: [["m.safetensors", model.subarray(0, model.length / 2)]], says: notice(/^m\.safetensors/) },
    { name: "a model whose header has no end", files: [["m.safetensors", Buffer.alloc(64, 0xff)]], says: notice(/^m\.safetensors/) },
    { name: "a report that is no JSON", files: [["r.json", "{"]], says: notice(/^r\.json is not JSON\.$/) },
    { name: "JSON of another kind", files: [["r.json", '{"__proto__": {"format": "lad-report/1"}}']], says: notice(/^r\.json is not a report of lad: its format is not lad-report\/1\.$/) },
    { name: "JSON nested ten thousand deep", files: [["r.json", "[".repeat(10_000) + "]".repeat(10_000)]], says: notice(/^r\.json is not/) },
    { name: "a report without scores", files: [["r.json", report((r) => { r.images[0].score = null; })]], says: notice(/^r\.json is not a report of lad: image 1 has no id, label or score\.$/) },
    { name: "a report that lists an image twice", files: [["r.json", report((r) => { r.images[1] = r.images[0]; })]], says: notice(/lists good\/000 twice\.$/) },
    { name: "a report with script in its names", files: [["r.json", report((r) => { r.model.name = r.data.name = SCRIPT; r.model.sha256 = "a".repeat(64); r.data.hash = "b".repeat(16); })]],
      says: [["check-model", /The detector <img src=x onerror=window\.ran=1> \(SHA-256 aaaaaaaaaaaa…\) is not here/]] },
    { name: "a report with a hash that is none", files: [["r.json", report((r) => { r.data.hash = SCRIPT; })]], says: notice(/it does not name its data\.$/) },
    { name: "a file of no known kind", files: [["notes.txt", "hello"]], says: notice(/^notes\.txt is neither a folder nor a ZIP/) },
  ];
}

const site = fixtureSite();
const here = stage(site.root);
before(() => { honest = JSON.parse(nativeReport(join(site.models, "pushpins-margin.safetensors"), join(site.models, "subset/pushpins"))); });

/** @param {string} root @param {Files} files */
function write(root, files) {
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), bytes);
  }
}

test("broken and hostile things give a sentence, run nothing, and leave the page working", async (t) => {
  const { page, errors } = await openPage(t, here.browser);
  page.setDefaultTimeout(30_000);
  await page.goto(`${here.url}demo/#/evaluate/${encodeURIComponent(SCRIPT)}`); // a permalink with script in it
  await page.getByTestId("evaluate-counts").filter({ hasText: "12 images" }).waitFor();
  await page.getByTestId("contender-plain").uncheck();
  const opens = (/** @type {string} */ id, /** @type {string | string[]} */ what) => page.getByTestId(id).setInputFiles(what);
  const healthy = join(scratch("hostile"), "ok.json");
  writeFileSync(healthy, report((r) => { r.model.sha256 = "0".repeat(64); })); // its figures only: quick
  let count = 0;
  for (const { name, files = [], folder, run = false, says } of await cases()) {
    await t.test(name, async () => {
      const work = scratch("hostile");
      write(work, files);
      if (folder) write(join(work, folder[0]), folder[1]);
      if (folder) await opens("evaluate-folder", join(work, folder[0]));
      else await opens("evaluate-files", files.map(([path]) => join(work, path)));
      if (run) {
        await page.getByTestId("evaluate-counts").filter({ hasText: /^[1-9] images?:/ }).waitFor();
        await page.getByTestId("evaluate-run").click();
        await page.getByTestId("evaluate-run").waitFor();
      }
      for (const [id, words] of says) await page.getByTestId(id).filter({ hasText: words }).waitFor().catch(async () =>
        assert.match(await read(page, id), words));
      assert.equal(await page.evaluate(() => /** @type {any} */ (window).ran), undefined, "script has run");
      assert.equal(await page.locator('img[src="x"]').count(), 0, "HTML of a stranger is in the page");
      await page.getByTestId("evaluate-category").selectOption("pushpins");
      await opens("evaluate-files", healthy);
      await page.getByTestId("check-figures").filter({ hasText: "All 18 figures follow" }).waitFor();
      assert.equal(await page.getByTestId("notice").isVisible(), false);
      await page.getByTestId("evaluate-run").waitFor();
      count++;
    });
  }
  assert.ok(count >= 30);
  assert.deepEqual(errors, []);
});
