// @ts-check
/** The Webcam view with Chromium's made-up camera, with two, with none, and with one that is refused. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FAKE_CAMERA, fixtureSite, openPage, read, stage, visitViews } from "./browser.mjs";

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
      const seen = { waiting: 0, most: 0, ids: new Set(), sums: /** @type {number[]} */ ([]), scored: /** @type {boolean[]} */ ([]) };
      Object.assign(window, { seen });
      const post = Worker.prototype.postMessage;
      Worker.prototype.postMessage = function (/** @type {any} */ message, /** @type {any} */ ...rest) {
        if (message?.payload?.image?.kind === "pixels") {
          seen.ids.add(message.id);
          seen.most = Math.max(seen.most, ++seen.waiting);
          seen.scored.push(!message.payload.mapsAlone);
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
    // Not every frame has a score; what stands still has its own.
    await page.waitForFunction((sum) => {
      const { sums, scored, waiting } = /** @type {any} */ (window).seen;
      return waiting === 0 && scored.at(-1) && sums.at(-1) === sum;
    }, shown);
    const scored = await page.evaluate(() => /** @type {any} */ (window).seen.scored);
    assert.ok(scored[0] && scored.includes(false), "the first frame is scored, some others show their maps alone");
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

describe("other browsers", () => {
  const here = stage(fixtureSite().root, FAKE_CAMERA);

  test("no view needs what only some browsers have", async (t) => {
    const { page, errors } = await openPage(t, here.browser, { permissions: ["camera"] });
    // Missing in Firefox, Safari or both, of today or of two years ago.
    await page.addInitScript(() => {
      delete /** @type {any} */ (HTMLVideoElement.prototype).requestVideoFrameCallback;
      delete /** @type {any} */ (DataTransferItem.prototype).getAsFileSystemHandle;
      for (const name of ["startViewTransition", "caretPositionFromPoint"]) delete (/** @type {any} */ (Document.prototype))[name];
      for (const name of ["deviceMemory", "userAgentData", "connection", "scheduling", "gpu"]) delete (/** @type {any} */ (Navigator.prototype))[name];
      for (const name of ["requestIdleCallback", "scheduler", "navigation", "showOpenFilePicker", "showSaveFilePicker", "showDirectoryPicker",
        "ImageCapture", "MediaStreamTrackProcessor", "MediaStreamTrackGenerator", "trustedTypes", "URLPattern", "ImageDecoder", "VideoFrame",
        "launchQueue", "documentPictureInPicture"]) {
        delete (/** @type {any} */ (window))[name];
      }
      delete (/** @type {any} */ (performance)).memory;
    });
    await page.goto(`${here.url}demo/`);
    await page.getByTestId("score-difference").waitFor();
    assert.equal(await page.evaluate(() => "requestVideoFrameCallback" in HTMLVideoElement.prototype || "scheduler" in window || "VideoFrame" in window), false);
    await page.getByTestId("tab-webcam").click();
    await page.getByTestId("webcam-start").click();
    await page.waitForFunction(() => Number(document.getElementById("frames")?.textContent) >= 2);
    await page.getByTestId("webcam-snapshot").click();
    await page.locator('#view-inspect[data-shown^="yours/frame-1.png/"]').waitFor();
    await visitViews(page);
    assert.deepEqual(errors, []);
  });
});

describe("two cameras", () => {
  const here = stage(fixtureSite().root, ["--use-fake-device-for-media-stream=device-count=2", "--use-fake-ui-for-media-stream"]);

  test("camera, resolution, product's model, threshold and opacity that are chosen are those that run; leaving turns it off", async (t) => {
    const { page, errors } = await openPage(t, here.browser, { permissions: ["camera"] });
    // Keeps which model the worker was last asked for, and every camera that was opened.
    await page.addInitScript(() => {
      const kept = { model: "", tracks: /** @type {MediaStreamTrack[]} */ ([]) };
      Object.assign(window, { kept });
      const post = Worker.prototype.postMessage;
      Worker.prototype.postMessage = function (/** @type {any} */ message, /** @type {any} */ ...rest) {
        if (message?.payload?.image?.kind === "pixels") kept.model = message.payload.model.name;
        return post.call(this, message, ...rest);
      };
      const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (wanted) => {
        const stream = await ask(wanted);
        kept.tracks.push(...stream.getVideoTracks());
        return stream;
      };
    });
    /** Settings and state of the cameras opened so far. */
    const tracks = () => page.evaluate(() => /** @type {MediaStreamTrack[]} */ (/** @type {any} */ (window).kept.tracks).map((track) => {
      const { deviceId, width, height } = track.getSettings();
      return { deviceId, size: `${width} × ${height}`, label: track.label, state: track.readyState };
    }));
    const states = async () => (await tracks()).map(({ state }) => state);
    const size = (/** @type {string} */ text) => page.getByTestId("webcam-size").filter({ hasText: text }).waitFor();
    await page.goto(`${here.url}demo/#/webcam`);
    await page.getByTestId("webcam-start").click();
    await size("512 × 384"); // 640 × 480 made smaller: the networks see less
    assert.equal((await tracks())[0].size, "640 × 480");
    for (const [value, given, shown] of [["320", "320 × 240", "320 × 240"], ["1280", "1280 × 720", "512 × 288"]]) {
      await page.getByTestId("resolution").selectOption(value);
      await size(shown);
      assert.equal((await tracks()).at(-1)?.size, given);
    }
    assert.deepEqual(await states(), ["ended", "ended", "live"], "one camera at a time");

    const listed = await page.getByTestId("camera").locator("option").evaluateAll((options) =>
      options.map((option) => ({ value: /** @type {HTMLOptionElement} */ (option).value, label: option.textContent })));
    assert.equal(listed.length, 3, "the default and two");
    const used = (await tracks())[2].deviceId;
    const other = listed.slice(1).find(({ value }) => value !== used);
    assert.ok(other);
    await page.getByTestId("camera").selectOption(other.value);
    await page.waitForFunction(() => /** @type {any} */ (window).kept.tracks.length === 4);
    await page.waitForFunction(() => Number(document.getElementById("frames")?.textContent) >= 1);
    const chosen = (await tracks())[3];
    assert.deepEqual([chosen.deviceId, chosen.label, chosen.state], [other.value, other.label, "live"]);
    assert.equal(await page.getByTestId("camera").inputValue(), other.value, "the list was made anew and kept the choice");
    assert.deepEqual((await states()).slice(0, 3), ["ended", "ended", "ended"]);

    const asked = () => page.evaluate(() => /** @type {any} */ (window).kept.model);
    assert.equal(await asked(), "pushpins-margin.safetensors");
    await page.getByTestId("webcam-variant").selectOption("plain");
    await page.waitForFunction(() => /** @type {any} */ (window).kept.model === "pushpins-plain.safetensors");
    const says = page.getByTestId("webcam-status");
    await page.getByTestId("webcam-threshold-slider").fill("0");
    await says.filter({ hasText: "This looks anomalous to the model." }).waitFor();
    await page.getByTestId("webcam-opacity").fill("30");
    assert.equal(await page.getByTestId("webcam-heat").evaluate((heat) => getComputedStyle(heat).opacity), "0.3");

    await page.getByTestId("tab-inspect").click();
    await page.getByTestId("verdict").waitFor();
    assert.deepEqual(await states(), ["ended", "ended", "ended", "ended"], "no camera runs behind another view");
    await page.getByTestId("tab-webcam").click();
    assert.equal(await read(page, "webcam-status"), "The camera is off.");
    assert.ok(await page.getByTestId("webcam-start").isVisible());
    assert.deepEqual(errors, []);
  });

  test("a chosen camera that is gone when it is asked for gives a sentence, and another one can be chosen", async (t) => {
    const { page } = await openPage(t, here.browser, { permissions: ["camera"] });
    await page.goto(`${here.url}demo/#/webcam`);
    await page.getByTestId("camera").locator("option").nth(1).waitFor({ state: "attached" });
    await page.getByTestId("camera").evaluate((select) => {
      const option = /** @type {HTMLSelectElement} */ (select).options[1];
      option.value = "0".repeat(64);
      option.selected = true;
    });
    await page.getByTestId("webcam-start").click();
    await page.getByTestId("webcam-status").filter({ hasText: "No camera was found: plug one in, then press Start again." }).waitFor();
    await page.getByTestId("camera").selectOption("");
    await page.getByTestId("webcam-start").click();
    await page.waitForFunction(() => Number(document.getElementById("frames")?.textContent) >= 1);
  });
});

describe("a camera that the browser itself refuses", () => {
  const here = stage(fixtureSite().root, ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream=deny"]);

  test("it gives a sentence", async (t) => {
    const { page, errors } = await openPage(t, here.browser);
    await page.goto(`${here.url}demo/#/webcam`);
    await page.getByTestId("webcam-start").click();
    await page.getByTestId("webcam-status").filter({ hasText: "The camera was refused: allow it beside the page's address, then press Start again." }).waitFor();
    assert.deepEqual(errors, []);
  });
});
