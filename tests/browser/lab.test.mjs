// @ts-check
/** The Scene lab: categories of the core, broken rules, light and pose, pins moved by mouse and keyboard, addresses. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fixtureSite, openPage, read, stage } from "./browser.mjs";

const { root } = fixtureSite();
const here = stage(root);

/** @typedef {import("playwright-core").Page} Page */
const address = (/** @type {string} */ route) => `${here.url}demo/#/lab${route}`;
/** Waits until that scene is there at its full size. @param {Page} page @param {string} what  "pushpins/good" */
const settled = (page, what) => page.locator(`#view-lab[data-shown="${what}/full"][data-busy="false"]`).waitFor();
/** A hash of the picture's pixels. @param {Page} page */
const pixels = (page) => page.getByTestId("lab-image").evaluate((canvas) => {
  const { width, height } = /** @type {HTMLCanvasElement} */ (canvas);
  const copy = /** @type {any} */ (new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true }));
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, width, height);
  let [sum, light] = [0, 0];
  for (let i = 0; i < data.length; i += 4) {
    sum = (Math.imul(sum, 31) + data[i] + 256 * data[i + 1]) | 0;
    light += data[i];
  }
  return { width, sum, light };
});

/** Asks until the answer is another one. @template T @param {() => Promise<T>} ask @param {T} than @returns {Promise<T>} */
async function another(ask, than) {
  for (const end = Date.now() + 60_000; ; await new Promise((next) => setTimeout(next, 50))) {
    const now = await ask();
    if (now !== than) return now;
    assert.ok(Date.now() < end, `it stays ${than}`);
  }
}

test("a broken rule shows in picture, sentence, rule and address, and mends again", async (t) => {
  const { page, errors } = await openPage(t, here.browser);
  await page.goto(address("/pushpins?seed=3&n=2"));
  await settled(page, "pushpins/good");
  assert.match(await read(page, "lab-sentence"), /^The rule is kept: score −?-?\d/);
  const [score, threshold] = [Number(await read(page, "lab-score")), Number(await read(page, "lab-threshold"))];
  assert.equal(await read(page, "lab-verdict"), score > threshold ? "anomaly" : "normal");
  assert.equal(await page.getByTestId("lab-outline").isVisible(), false);
  const normal = await pixels(page);
  assert.equal(normal.width, 640);

  await page.getByTestId("lab-kind").selectOption("missing_pushpin");
  await settled(page, "pushpins/missing_pushpin");
  assert.equal(await read(page, "lab-rule"), "Each compartment holds exactly one pushpin.");
  assert.equal(await read(page, "lab-shown"), "One compartment is empty.");
  assert.match(await read(page, "lab-findings"), /^Row \d, column \d is empty\.$/);
  assert.match(await read(page, "lab-sentence"), /^One compartment is empty: score/);
  assert.equal(await page.getByTestId("lab-outline").isVisible(), true);
  assert.match(page.url(), /#\/lab\/pushpins\?seed=3&n=2&break=missing_pushpin$/);
  assert.notEqual((await pixels(page)).sum, normal.sum);

  await page.getByTestId("lab-mend").click();
  await settled(page, "pushpins/good");
  assert.deepEqual(await pixels(page), normal);
  assert.deepEqual(errors, []);
});

test("all categories of the core are offered, and one without a model says so", async (t) => {
  const { page, errors } = await openPage(t, here.browser);
  await page.goto(address("/splicing_connectors?seed=3"));
  await settled(page, "splicing_connectors/good");
  const names = await page.getByTestId("lab-category").locator("option").allTextContents();
  assert.ok(names.length >= 5 && names.includes("Pushpins") && names.includes("Juice bottle"), names.join());
  assert.match(await read(page, "lab-sentence"), /There is no model for splicing connectors yet/);
  assert.equal(await read(page, "lab-score"), "–");
  assert.match(await read(page, "lab-edit-help"), /cannot be dragged/);
  assert.equal(await page.getByTestId("lab-remove").isVisible(), false);
  const kinds = await page.getByTestId("lab-kind").locator("option").count();
  assert.ok(kinds > 12, `${kinds} kinds`);
  assert.deepEqual(errors, []);
});

test("every category of the core: a logical rule and a structural one are broken, and the address carries it", async (t) => {
  const { page, errors } = await openPage(t, here.browser);
  await page.goto(address("/pushpins?seed=3"));
  await settled(page, "pushpins/good");
  const categories = await page.getByTestId("lab-category").locator("option").evaluateAll((options) => options.map((o) => /** @type {HTMLOptionElement} */ (o).value));
  for (const category of categories) {
    await page.evaluate((hash) => { location.hash = hash; }, `#/lab/${category}?seed=3`);
    await settled(page, `${category}/good`);
    const normal = await pixels(page);
    for (const group of ["Logical", "Structural"]) {
      const kind = await page.getByTestId("lab-kind").locator(`optgroup[label^="${group}"] option`).first().getAttribute("value") ?? "";
      await page.getByTestId("lab-kind").selectOption(kind);
      await settled(page, `${category}/${kind}`);
      assert.match(await read(page, "lab-rule"), /\w.*\.$/, `${category}, ${kind}`);
      assert.match(await read(page, "lab-shown"), /\w.*\.$/, `${category}, ${kind}`);
      assert.ok(await page.getByTestId("lab-outline").isVisible(), `${category}, ${kind} is outlined`);
      assert.notEqual((await pixels(page)).sum, normal.sum, `${category}, ${kind} can be seen`);
      assert.ok(page.url().includes(`#/lab/${category}?`) && page.url().includes(`break=${kind}`), page.url());
    }
    await page.getByTestId("lab-mend").click();
    await settled(page, `${category}/good`);
    assert.deepEqual(await pixels(page), normal, category);
  }
  assert.ok(categories.length >= 5);
  assert.deepEqual(errors, []);
});

test("the map is live: model, map, opacity and outline that are chosen are shown, and the address carries model and map", async (t) => {
  const { page, errors } = await openPage(t, here.browser);
  await page.goto(address("/pushpins?seed=3&break=missing_pushpin"));
  await settled(page, "pushpins/missing_pushpin");
  /** The map's pixels as one number. */
  const heat = () => page.getByTestId("lab-heat").evaluate((canvas) => {
    const { width, height } = /** @type {HTMLCanvasElement} */ (canvas);
    const { data } = /** @type {CanvasRenderingContext2D} */ (/** @type {HTMLCanvasElement} */ (canvas).getContext("2d")).getImageData(0, 0, width, height);
    return data.reduce((sum, value) => (Math.imul(sum, 31) + value) | 0, 0);
  });
  const [combined, margin] = [await heat(), await read(page, "lab-score")];
  assert.match(margin, /^−?[\d.]+$/);
  await page.getByTestId("lab-map-st").check({ force: true });
  await page.waitForURL(/map=st/);
  await another(heat, combined);
  assert.equal(await read(page, "lab-score"), margin, "the score is of both maps");
  await page.getByTestId("lab-model-plain").check({ force: true });
  await page.waitForURL(/model=plain/);
  const plain = await another(() => read(page, "lab-score"), margin);

  const other = await openPage(t, here.browser);
  await other.page.goto(page.url());
  await settled(other.page, "pushpins/missing_pushpin");
  assert.equal(await read(other.page, "lab-score"), plain);
  assert.ok(await other.page.getByTestId("lab-map-st").isChecked());

  await page.getByTestId("lab-opacity").fill("40");
  await page.waitForFunction(() => document.getElementById("lab-heat")?.style.opacity === "0.4");
  await page.getByTestId("lab-outline-on").uncheck();
  await page.getByTestId("lab-outline").waitFor({ state: "hidden" });
  assert.deepEqual([...errors, ...other.errors], []);
});

test("light and pose reach the picture; a slider that is dragged draws drafts, then the full size", async (t) => {
  const { page, errors } = await openPage(t, here.browser);
  await page.goto(address("/pushpins?seed=3"));
  await settled(page, "pushpins/good");
  const plain = await pixels(page);
  const slider = page.getByTestId("lab-exposure");
  await slider.focus();
  for (let i = 0; i < 8; i++) await page.keyboard.press("ArrowRight");
  await page.locator("#view-lab[data-busy=false]").waitFor();
  await page.waitForURL(/light=0\.8/);
  assert.equal(await read(page, "lab-exposure-value"), "+0.8 stops");
  assert.ok((await pixels(page)).light > 1.3 * plain.light);
  assert.match(await read(page, "lab-times"), /\d+ pictures drawn, \d+ skipped\.$/);

  const before = await pixels(page);
  await page.goto(address("/pushpins?seed=3&light=0.8&turn=20&zoom=-10"));
  await page.waitForFunction(() => document.querySelector("[data-testid=lab-roll-value]")?.textContent === "+20°");
  await page.waitForTimeout(50);
  await settled(page, "pushpins/good");
  assert.notEqual((await pixels(page)).sum, before.sum);
  await page.getByTestId("lab-reset").click();
  await page.waitForURL(/seed=3&n=0$/);
  assert.deepEqual(await pixels(page), plain);
  assert.deepEqual(errors, []);
});

test("a pin is taken out, doubled and moved, by keyboard and by mouse, and the rule counts along", async (t) => {
  const { page, errors } = await openPage(t, here.browser);
  await page.goto(address("/pushpins?seed=3"));
  await settled(page, "pushpins/good");
  const handle = (/** @type {string} */ name) => page.getByRole("button", { name, exact: true });
  await handle("Pushpin in row 1, column 1").focus();
  assert.equal(await read(page, "lab-chosen"), "Pushpin in row 1, column 1");
  await page.keyboard.press("Delete");
  await page.waitForURL(/edit=r0$/);
  assert.equal(await read(page, "lab-findings"), "Row 1, column 1 is empty.");
  assert.equal(await page.getByTestId("lab-objects").locator("button").count(), 14);

  await handle("Pushpin in row 2, column 2").focus();
  await page.keyboard.press("d");
  await page.waitForURL(/edit=r0_d5\./);
  assert.match(await read(page, "lab-findings"), /Row 1, column 1 is empty\.Row 2, column 2 holds 2 pushpins\./);

  const from = await page.getByTestId("lab-objects").locator("button").nth(14).boundingBox();
  const frame = await page.locator("#lab-frame").boundingBox();
  assert.ok(from && frame);
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  for (let step = 1; step <= 6; step++) {
    await page.mouse.move(from.x + from.width / 2 + (frame.x + frame.width * 0.14 - from.x - from.width / 2) * step / 6,
      from.y + from.height / 2 + (frame.y + frame.height * 0.22 - from.y - from.height / 2) * step / 6);
  }
  await page.mouse.up();
  await page.waitForFunction(() => document.querySelector("[data-testid=lab-findings]")?.textContent === "");
  assert.match(await read(page, "lab-sentence"), /^The rule is kept/);
  await settled(page, "pushpins/good");
  const url = page.url();
  assert.match(url, /edit=r0_d5\.-\d+\.-\d+$/, "the drag only placed the new pin");
  const made = await pixels(page);

  const other = await openPage(t, here.browser);
  await other.page.goto(url);
  await settled(other.page, "pushpins/good");
  assert.deepEqual(await pixels(other.page), made, "the address carries the scene");
  await page.getByTestId("lab-undo").click();
  await page.waitForURL(/edit=r0$/);
  assert.deepEqual([...errors, ...other.errors], []);
});

test("parts of the screw bag are taken out, doubled and moved too, in words of their own", async (t) => {
  const { page, errors } = await openPage(t, here.browser);
  await page.goto(address("/screw_bag?seed=3"));
  await settled(page, "screw_bag/good");
  assert.match(await read(page, "lab-edit-help"), /^Drag a screw, nut or washer elsewhere in the bag, /);
  const plain = await pixels(page);
  await page.getByRole("button", { name: "Nut 2", exact: true }).focus();
  await page.keyboard.press("Shift+ArrowLeft");
  await page.waitForURL(/edit=m\d\.-?\d+\.-?\d+$/);
  await settled(page, "screw_bag/good");
  assert.equal(await read(page, "lab-findings"), "");
  assert.notEqual((await pixels(page)).sum, plain.sum);
  await page.keyboard.press("d");
  await page.waitForURL(/_d\d\./);
  assert.equal(await read(page, "lab-findings"), "There are 3 nuts in the bag, not 2.");
  assert.equal(await page.getByTestId("lab-outline").isVisible(), true);
  await page.getByRole("button", { name: "Long screw", exact: true }).focus();
  await page.keyboard.press("Delete");
  await page.waitForURL(/_r\d$/);
  assert.equal(await read(page, "lab-findings"), "There are 3 nuts in the bag, not 2.There is no long screw in the bag.");
  assert.deepEqual(errors, []);
});

test("fruits of the breakfast box are moved, doubled and taken out, by keyboard and by mouse, and the address carries it", async (t) => {
  const { page, errors } = await openPage(t, here.browser);
  await page.goto(address("/breakfast_box?seed=3"));
  await settled(page, "breakfast_box/good");
  assert.match(await read(page, "lab-edit-help"), /^Drag a tangerine or nectarine: the others give way, /);
  const plain = await pixels(page);
  const handle = (/** @type {string} */ name) => page.getByRole("button", { name, exact: true });
  await handle("Nectarine").focus();
  await page.keyboard.press("d");
  await page.waitForURL(/edit=d\d\./);
  assert.equal(await read(page, "lab-findings"), "There are 2 nectarines in the left compartment, not 1.");
  assert.equal(await page.getByTestId("lab-outline").isVisible(), true);
  await handle("Nectarine 2").focus();
  await page.keyboard.press("Delete");
  await page.waitForURL(/_r3$/);
  assert.equal(await read(page, "lab-findings"), "");

  // Dragged onto the cereals.
  const [from, frame] = [await handle("Nectarine").boundingBox(), await page.locator("#lab-frame").boundingBox()];
  assert.ok(from && frame);
  const [x, y] = [from.x + from.width / 2, from.y + from.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let step = 1; step <= 5; step++) {
    await page.mouse.move(x + (frame.x + frame.width * 0.7 - x) * step / 5, y + (frame.y + frame.height * 0.35 - y) * step / 5);
  }
  await page.mouse.up();
  const words = "There is no nectarine in the left compartment.A nectarine lies in the right compartment.";
  await page.waitForFunction((wanted) => document.querySelector("[data-testid=lab-findings]")?.textContent === wanted, words);
  assert.match(await read(page, "lab-sentence"), /^There is no nectarine in the left compartment and 1 more/);
  await settled(page, "breakfast_box/good");
  const [url, made] = [page.url(), await pixels(page)];
  assert.match(url, /edit=d\d\.-?\d+\.-?\d+_r3_m\d\.\d+\.-\d+$/);
  assert.notEqual(made.sum, plain.sum);
  const other = await openPage(t, here.browser);
  await other.page.goto(url);
  await settled(other.page, "breakfast_box/good");
  assert.deepEqual(await pixels(other.page), made, "the address carries the scene");
  assert.equal(await read(other.page, "lab-findings"), words);
  await page.getByTestId("lab-mend").click();
  await settled(page, "breakfast_box/good");
  assert.deepEqual(await pixels(page), plain);
  assert.deepEqual([...errors, ...other.errors], []);
});

test("an address that asks for nonsense gives one sentence, and the lab goes on", async (t) => {
  const { page } = await openPage(t, here.browser);
  await page.goto(address("/%3Cimg%20src=x%20onerror=alert(1)%3E?seed=99999&break=%3Cb%3E&edit=r99"));
  await page.locator("#view-lab[data-busy=false]").waitFor();
  assert.equal(await page.locator("#view-lab img").count(), 0);
  await page.getByTestId("lab-category").selectOption("pushpins");
  await settled(page, "pushpins/good");
  await page.goto(address("/pushpins?edit=r99"));
  await page.getByTestId("notice").waitFor();
  assert.match(await read(page, "notice"), /^There is no pushpin number 99: there are 15\.$/);
  await page.getByTestId("lab-another").click();
  await page.waitForURL(/n=1$/);
  assert.equal(await page.getByTestId("notice").isVisible(), false);
});
