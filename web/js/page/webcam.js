// @ts-check
/**
 * The Webcam view.  While the worker looks at one frame the next is taken, so that it never waits; never more than these
 * two are on their way, and what the camera gives in between is skipped.  A frame is shown together with its heat map.
 */
import { LadError } from "../shared/errors.js";
import { shownSize } from "../shared/protocol.js";
import { scaleFor } from "../shared/heat.js";
import { msText, scoreText } from "../shared/words.js";
import { cameraSentence, framesOf, listCameras, newFrame, openCamera } from "./camera.js";
import { byId, make, notice } from "./dom.js";
import { fillCategories } from "./gallery.js";
import { paintMap, sized } from "./paint.js";

const FRAME_MAX_SIDE = 512; // the networks see 256 x 256
const HEAT_MAX_SIDE = 128; // the map has 64 cells a side; the browser enlarges the rest
const SMOOTHING = 0.2; // weight of the newest frame in the frames per second shown
const METERS_MS = 200; // numbers that change more often cannot be read, and cost a layout each time; nor is a score computed

/** @param {import("./views.js").Context} context @returns {import("./views.js").View} */
export function createView(context) {
  return new Webcam(context);
}

class Webcam {
  #client;
  #inspect;
  #library;
  #video = /** @type {HTMLVideoElement} */ (byId("webcam-video"));
  #picture = /** @type {HTMLCanvasElement} */ (byId("webcam-picture"));
  #heat = /** @type {HTMLCanvasElement} */ (byId("webcam-heat"));
  #cameras = /** @type {HTMLSelectElement} */ (byId("camera"));
  #category;
  #status = byId("webcam-status");
  #scratch = [document.createElement("canvas"), document.createElement("canvas")]; // of the frames on their way
  /** @type {MediaStream | null} */ #stream = null;
  #turn = 0; // counts starts and stops, so that a camera that is no longer wanted is let go
  #watching = new AbortController();
  /** Settled when the worker has no frame any more. */ #underway = Promise.resolve();
  #paused = false;
  #shots = 0;
  /** @type {import("../shared/protocol.js").RunResult | null} */ #last = null;
  #slider = /** @type {HTMLInputElement} */ (byId("webcam-threshold-slider"));
  #resolution = /** @type {HTMLSelectElement} */ (byId("resolution"));
  #variant = /** @type {HTMLSelectElement} */ (byId("webcam-variant"));
  #counts = counters();

  /** @param {import("./views.js").Context} context */
  constructor({ client, library, inspect }) {
    this.#client = client;
    this.#inspect = inspect;
    this.#library = library;
    this.#category = fillCategories("webcam-category", library, true);
    byId("webcam-start").addEventListener("click", () => this.#start());
    byId("webcam-stop").addEventListener("click", () => this.stop());
    for (const select of [this.#cameras, this.#resolution]) select.addEventListener("change", () => { if (this.#stream) this.#start(); });
    byId("webcam-pause").addEventListener("click", () => this.#pause(!this.#paused));
    byId("webcam-snapshot").addEventListener("click", () => this.#snapshot());
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.#list());
    this.#slider.addEventListener("input", () => this.#judge());
    const mirror = /** @type {HTMLInputElement} */ (byId("mirror"));
    mirror.addEventListener("change", () => byId("webcam-frame").classList.toggle("mirrored", mirror.checked));
    const opacity = /** @type {HTMLInputElement} */ (byId("webcam-opacity"));
    const apply = () => { this.#heat.style.opacity = String(opacity.valueAsNumber / 100); };
    opacity.addEventListener("input", apply);
    apply();
  }

  async open() {
    await this.#list();
  }

  close() {
    this.stop();
  }

  /** Names of cameras are known only once one was allowed. */
  async #list() {
    const cameras = await listCameras();
    const chosen = this.#cameras.value;
    this.#cameras.replaceChildren(make("option", { value: "" }, "Default camera"),
      ...cameras.map(({ deviceId, label }, i) => make("option", { value: deviceId }, label || `Camera ${i + 1}`)));
    if (cameras.some(({ deviceId }) => deviceId === chosen)) this.#cameras.value = chosen;
  }

  async #start() {
    this.stop();
    notice("");
    const turn = ++this.#turn;
    this.#status.textContent = "Asking for the camera…";
    try {
      const stream = await openCamera(this.#cameras.value, Number(this.#resolution.value));
      if (turn !== this.#turn) return stream.getTracks().forEach((track) => track.stop());
      this.#stream = stream;
      stream.getVideoTracks()[0].addEventListener("ended", () => {
        if (turn === this.#turn) this.#fail(new LadError("camera", "The camera was unplugged or taken away."));
      });
      this.#video.srcObject = stream;
      await this.#video.play();
      await this.#list();
    } catch (error) {
      if (turn === this.#turn) this.#fail(error);
      return;
    }
    this.#running(true);
    this.#counts = counters();
    this.#status.textContent = "Loading the model…";
    this.#pause(false);
  }

  stop() {
    this.#turn++;
    this.#watching.abort();
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
    this.#video.srcObject = null;
    this.#picture.hidden = this.#heat.hidden = true;
    this.#status.textContent = "The camera is off.";
    this.#running(false);
  }

  /** The picture stands still, and nothing is computed. @param {boolean} paused */
  #pause(paused) {
    this.#paused = paused;
    const button = byId("webcam-pause");
    button.setAttribute("aria-pressed", String(paused));
    button.textContent = paused ? "Go on" : "Pause";
    this.#watching.abort();
    if (!this.#stream) return;
    if (paused) {
      this.#video.pause();
      this.#status.textContent = "Paused.";
      this.#judgePicture().catch((error) => this.#fail(error));
    } else {
      this.#video.play().catch((error) => this.#fail(error));
      this.#watch();
    }
  }

  /** The frame shown, as the worker got it, goes to Inspect. */
  #snapshot() {
    const name = `frame-${++this.#shots}.png`;
    this.#picture.toBlob((blob) => {
      if (blob) this.#inspect([{ file: new File([blob], name, { type: "image/png" }), path: name }]);
      else this.#status.textContent = "The frame could not be kept.";
    }, "image/png");
  }

  /** @param {unknown} error */
  #fail(error) {
    this.stop();
    this.#status.textContent = cameraSentence(error);
  }

  /** @param {boolean} running */
  #running(running) {
    byId("webcam-start").hidden = running;
    for (const id of ["webcam-stop", "webcam-pause", "webcam-snapshot"]) byId(id).hidden = !running;
  }

  /** Frame after frame until it is paused or stopped. */
  async #watch() {
    this.#watching = new AbortController();
    const { signal } = this.#watching;
    const counts = this.#counts;
    Object.assign(counts, { taken: framesOf(this.#video), last: 0 });
    for (let turn = 0; !signal.aborted; turn = 1 - turn) {
      await newFrame(this.#video, counts.taken);
      if (signal.aborted) return;
      const before = this.#underway;
      this.#underway = this.#compute(turn, signal).catch((error) => { if (!signal.aborted) this.#fail(error); });
      await before; // from here on the worker has this one only
      await new Promise((resolve) => setTimeout(resolve, counts.interval / 2)); // a frame taken later is a newer one
    }
  }

  /** Takes the newest frame, has it looked at and shows it. @param {number} turn  which of the two on their way
   * @param {AbortSignal} signal */
  async #compute(turn, signal) {
    const counts = this.#counts;
    const started = performance.now();
    const frames = framesOf(this.#video);
    counts.skipped += Math.max(0, frames - counts.taken - 1);
    counts.taken = frames;
    const { canvas, pixels } = this.#grab(turn);
    const copyMs = performance.now() - started;
    if (this.#picture.hidden) this.#paint(canvas); // the first one, while the model loads
    const { palette } = await this.#client.ready;
    const scored = started - counts.scored >= METERS_MS;
    if (scored) counts.scored = started;
    const result = await this.#client.run({ model: this.#model(), image: { kind: "pixels", pixels, width: canvas.width, height: canvas.height },
      maxSide: HEAT_MAX_SIDE, mapsAlone: !scored }, { transfer: [pixels.buffer] });
    if (!signal.aborted) this.#show(canvas, result, palette, copyMs);
  }

  #model() {
    const model = this.#library.model(this.#category.value, this.#variant.value === "plain" ? "plain" : "margin") ?? this.#library.model(this.#category.value, "plain");
    if (!model) throw new LadError("missing", "There is no model for this category.");
    return model;
  }

  /** The picture that stands still gets its own score. */
  async #judgePicture() {
    const { signal } = this.#watching;
    await this.#underway;
    const { width, height, hidden } = this.#picture;
    if (hidden || !this.#paused || this.#watching.signal !== signal) return;
    const pixels = /** @type {CanvasRenderingContext2D} */ (this.#picture.getContext("2d")).getImageData(0, 0, width, height).data;
    const result = await this.#client.run({ model: this.#model(), image: { kind: "pixels", pixels, width, height } }, { transfer: [pixels.buffer] });
    if (!this.#paused || this.#watching.signal !== signal) return;
    this.#last = result;
    this.#judge();
  }

  /** @param {number} turn */
  #grab(turn) {
    const canvas = this.#scratch[turn];
    const { width, height } = shownSize(this.#video.videoWidth, this.#video.videoHeight, FRAME_MAX_SIDE);
    const context = sized(canvas, width, height);
    context.drawImage(this.#video, 0, 0, width, height);
    return { canvas, pixels: context.getImageData(0, 0, width, height).data };
  }

  /** @param {HTMLCanvasElement} canvas  a frame */
  #paint(canvas) {
    sized(this.#picture, canvas.width, canvas.height).drawImage(canvas, 0, 0);
    this.#picture.hidden = false;
  }

  /** @param {HTMLCanvasElement} canvas  the frame @param {import("../shared/protocol.js").RunResult} result
   * @param {Uint8Array} palette @param {number} copyMs */
  #show(canvas, result, palette, copyMs) {
    const { heat, timings, width, height, score } = result;
    if (!heat) return;
    this.#paint(canvas);
    paintMap(this.#heat, heat.values, heat.width, heat.height, palette, scaleFor(this.#library.mapThreshold(this.#category.value)), true);
    this.#heat.hidden = false;
    const now = performance.now();
    const counts = this.#counts;
    if (counts.last > 0) counts.interval += (counts.interval > 0 ? SMOOTHING : 1) * (now - counts.last - counts.interval);
    counts.last = now;
    counts.computed++;
    if (Number.isNaN(score)) return;
    this.#last = result;
    this.#judge();
    if (counts.interval > 0) byId("fps").textContent = (1000 / counts.interval).toFixed(1);
    const meters = { frames: String(counts.computed), dropped: String(counts.skipped), "webcam-size": `${width} × ${height}`,
      "webcam-copy": msText(copyMs), "webcam-resize": msText(timings.resizeMs), "webcam-networks": msText(timings.networksMs),
      "webcam-maps": msText(timings.mapsMs) };
    for (const [id, text] of Object.entries(meters)) byId(id).textContent = text;
  }

  /** Score and verdict of the last frame that has one, at the threshold that is set. */
  #judge() {
    const factor = this.#slider.valueAsNumber;
    byId("webcam-threshold-factor").textContent = `${factor.toFixed(2)} × the model's own`;
    if (!this.#last) return;
    const { score, detector } = this.#last;
    const threshold = factor * detector.threshold;
    byId("webcam-score").textContent = scoreText(score);
    byId("webcam-score").className = score > threshold ? "alarm" : "calm";
    byId("webcam-threshold").textContent = scoreText(threshold);
    if (this.#stream && !this.#paused) this.#status.textContent = score > threshold ? "This looks anomalous to the model." : "This looks normal to the model.";
  }
}

/** taken: how many frames the camera had given when the last one was taken; interval: between two results; scored: when a
 * score was last asked for. */
const counters = () => ({ computed: 0, skipped: 0, taken: 0, interval: 0, last: 0, scored: -METERS_MS });
