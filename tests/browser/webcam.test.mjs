// @ts-check
/** The Webcam view with Chromium's made-up camera, with none, and with one that is refused. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FAKE_CAMERA, fixtureSite, openPage, read, stage } from "./browser.mjs";

describe("webcam", () => {
  const here = stage(fixtureSite().root, FAKE_CAMERA);

  test("frames are computed and counted; mirror, picker and stop work", async (t) => {
    const { page, errors } = await openPage(t, here.browser, { permissions: ["camera"] });
    await page.goto(`${here.url}demo/#/webcam`);
    await page.getByTestId("webcam-start").click();
    await page.waitForFunction(() => Number(document.getElementById("frames")?.textContent) >= 3);
    assert.ok(Number(await read(page, "fps")) > 0);
    assert.match(await read(page, "webcam-score"), /^-?[\d.]+$/);
    assert.ok(await page.getByTestId("webcam-heat").isVisible());
    assert.ok((await page.getByTestId("camera").locator("option").count()) >= 2, "the made-up camera is listed");
    const mirrored = () => page.getByTestId("webcam-picture").evaluate((picture) => getComputedStyle(picture).transform);
    assert.match(await mirrored(), /^matrix\(-1/);
    await page.getByTestId("mirror").uncheck();
    assert.equal(await mirrored(), "none");
    await page.getByTestId("webcam-stop").click();
    assert.equal(await read(page, "webcam-status"), "The camera is off.");
    const computed = Number(await read(page, "frames"));
    await page.waitForTimeout(1500);
    assert.ok(Number(await read(page, "frames")) <= computed, "no frame is computed after Stop");
    assert.deepEqual(errors, []);
  });

  test("never more than two frames are with the worker; what is shown is what was looked at", async (t) => {
    const { page, errors } = await openPage(t, here.browser, { permissions: ["camera"] });
    // Counts answers still to come, and keeps each picture on its way to the worker.
    await page.addInitScript(() => {
      const seen = { waiting: 0, most: 0, ids: new Set(), sums: /** @type {number[]} */ ([]) };
      Object.assign(window, { seen });
      const post = Worker.prototype.postMessage;
      Worker.prototype.postMessage = function (/** @type {any} */ message, /** @type {any} */ ...rest) {
        if (message?.payload?.image?.kind === "pixels") {
          seen.ids.add(message.id);
          seen.most = Math.max(seen.most, ++seen.waiting);
          seen.sums.push(message.payload.image.pixels.reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b, 0));
          if (seen.ids.size === 1) this.addEventListener("message", ({ data }) => { if (seen.ids.has(data.id) && !data.progress) seen.waiting--; });
        }
        return post.call(this, message, ...rest);
      };
    });
    await page.goto(`${here.url}demo/#/webcam`);
    await page.getByTestId("webcam-start").click();
    await page.waitForFunction(() => Number(document.getElementById("frames")?.textContent) >= 6);
    await page.getByTestId("webcam-pause").click();
    const { most, sums, shown } = await page.evaluate(() => {
      const { most, sums } = /** @type {any} */ (window).seen;
      const canvas = /** @type {HTMLCanvasElement} */ (document.getElementById("webcam-picture"));
      const { data } = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).getImageData(0, 0, canvas.width, canvas.height);
      return { most, sums, shown: data.reduce((a, b) => a + b, 0) };
    });
    assert.equal(most, 2, "one is computed while the next waits");
    assert.ok(sums.slice(-4).includes(shown), "the picture is one that the worker got");
    assert.deepEqual(errors, []);
  });

  test("a camera that goes away gives a sentence", async (t) => {
    const { page } = await openPage(t, here.browser, { permissions: ["camera"] });
    await page.goto(`${here.url}demo/#/webcam`);
    await page.getByTestId("webcam-start").click();
    await page.getByTestId("webcam-stop").waitFor();
    await page.getByTestId("webcam-video").evaluate((video) => {
      const stream = /** @type {MediaStream} */ (/** @type {HTMLVideoElement} */ (video).srcObject);
      stream.getVideoTracks()[0].dispatchEvent(new Event("ended"));
    });
    await page.getByTestId("webcam-status").filter({ hasText: "The camera was unplugged or taken away." }).waitFor();
    assert.ok(await page.getByTestId("webcam-start").isVisible());
  });

  test("no camera, or one that is refused, gives a sentence and the page goes on", async (t) => {
    const { page } = await openPage(t, here.browser);
    await page.goto(`${here.url}demo/#/webcam`);
    for (const [name, words] of /** @type {const} */ ([["NotAllowedError", "The camera was refused"],
      ["NotFoundError", "No camera was found"], ["NotReadableError", "The camera is in use by another program"]])) {
      await page.evaluate((error) => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", error));
      }, name);
      await page.getByTestId("webcam-start").click();
      await page.getByTestId("webcam-status").filter({ hasText: words }).waitFor();
    }
    await page.locator('nav a[data-view="inspect"]').click();
    await page.getByTestId("verdict").waitFor();
  });
});
