// @ts-check
/** The Webcam view: as soon as the worker is free it gets the frame shown; frames in between are skipped. */
import { LadError } from "../shared/errors.js";
import { shownSize } from "../shared/protocol.js";
import { scaleFor } from "../shared/heat.js";
import { msText, scoreText } from "../shared/words.js";
import { cameraSentence, listCameras, openCamera } from "./camera.js";
import { byId, make, notice } from "./dom.js";
import { fillCategories } from "./gallery.js";
import { paintMap } from "./paint.js";

const FRAME_MAX_SIDE = 512; // the networks see 256 x 256
const HEAT_MAX_SIDE = 320;
const SMOOTHING = 0.2; // weight of the newest frame in the frames per second shown

/** @param {import("./views.js").Context} context @returns {import("./views.js").View} */
export function createView(context) {
  return new Webcam(context);
}

class Webcam {
  #client;
  #inspect;
  #library;
  #video = /** @type {HTMLVideoElement} */ (byId("webcam-video"));
  #heat = /** @type {HTMLCanvasElement} */ (byId("webcam-heat"));
  #cameras = /** @type {HTMLSelectElement} */ (byId("camera"));
  #category;
  #status = byId("webcam-status");
  #scratch = document.createElement("canvas");
  /** @type {MediaStream | null} */ #stream = null;
  #turn = 0; // counts starts and stops, so that a loop that is no longer wanted ends
  #busy = false;
  #fresh = false; // the frame shown was not looked at
  #paused = false;
  #shots = 0;
  /** @type {import("../shared/protocol.js").RunResult | null} */ #last = null;
  #slider = /** @type {HTMLInputElement} */ (byId("webcam-threshold-slider"));
  #resolution = /** @type {HTMLSelectElement} */ (byId("resolution"));
  #variant = /** @type {HTMLSelectElement} */ (byId("webcam-variant"));
  #counts = { computed: 0, skipped: 0, interval: 0, last: 0 };

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
    this.#fresh = false;
    this.#pause(false);
    this.#counts = { computed: 0, skipped: 0, interval: 0, last: 0 };
    this.#status.textContent = "Loading the model…";
    this.#loop(turn);
  }

  stop() {
    this.#turn++;
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
    this.#video.srcObject = null;
    this.#heat.hidden = true;
    this.#status.textContent = "The camera is off.";
    this.#running(false);
  }

  /** The picture stands still, and nothing is computed. @param {boolean} paused */
  #pause(paused) {
    this.#paused = paused;
    const button = byId("webcam-pause");
    button.setAttribute("aria-pressed", String(paused));
    button.textContent = paused ? "Go on" : "Pause";
    if (!this.#stream) return;
    if (paused) this.#video.pause();
    else this.#video.play().catch((error) => this.#fail(error));
    if (paused) this.#status.textContent = "Paused.";
  }

  /** The frame shown, as it came from the camera, goes to Inspect. */
  #snapshot() {
    if (this.#video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    const { videoWidth: width, videoHeight: height } = this.#video;
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    canvas.getContext("2d")?.drawImage(this.#video, 0, 0);
    const name = `frame-${++this.#shots}.png`;
    canvas.toBlob((blob) => {
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

  /** @param {number} turn */
  #loop(turn) {
    if (turn !== this.#turn) return;
    const again = () => this.#loop(turn);
    if ("requestVideoFrameCallback" in this.#video) this.#video.requestVideoFrameCallback(again);
    else requestAnimationFrame(again);
    if (this.#video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    if (this.#paused) return;
    if (this.#fresh) byId("dropped").textContent = String(++this.#counts.skipped);
    this.#fresh = true;
    this.#next(turn);
  }

  /** Looks at the frame shown unless the worker is busy: then once it is free, without waiting for another frame.
   * @param {number} turn */
  #next(turn) {
    if (turn !== this.#turn || this.#busy || this.#paused || !this.#fresh) return;
    this.#compute(turn).then(() => this.#next(turn), (error) => { if (turn === this.#turn) this.#fail(error); });
  }

  /** @param {number} turn */
  async #compute(turn) {
    this.#busy = true;
    this.#fresh = false;
    try {
      const { palette } = await this.#client.ready;
      const model = this.#library.model(this.#category.value, this.#variant.value === "plain" ? "plain" : "margin") ?? this.#library.model(this.#category.value, "plain");
      if (!model) throw new LadError("missing", "There is no model for this category.");
      const started = performance.now();
      const { pixels, width, height } = this.#grab();
      const copyMs = performance.now() - started;
      const result = await this.#client.run({ model, image: { kind: "pixels", pixels, width, height },
        maxSide: HEAT_MAX_SIDE }, { transfer: [pixels.buffer] });
      if (turn === this.#turn && !this.#paused) this.#show(result, palette, copyMs);
    } finally {
      this.#busy = false;
    }
  }

  #grab() {
    const { width, height } = shownSize(this.#video.videoWidth, this.#video.videoHeight, FRAME_MAX_SIDE);
    if (this.#scratch.width !== width || this.#scratch.height !== height) Object.assign(this.#scratch, { width, height });
    const context = /** @type {CanvasRenderingContext2D} */ (this.#scratch.getContext("2d", { willReadFrequently: true }));
    context.drawImage(this.#video, 0, 0, width, height);
    return { pixels: context.getImageData(0, 0, width, height).data, width, height };
  }

  /** @param {import("../shared/protocol.js").RunResult} result @param {Uint8Array} palette @param {number} copyMs */
  #show(result, palette, copyMs) {
    this.#last = result;
    const { heat, timings, width, height } = result;
    if (!heat) return;
    this.#judge();
    paintMap(this.#heat, heat.values, heat.width, heat.height, palette, scaleFor(this.#library.mapThreshold(this.#category.value)), true);
    this.#heat.hidden = false;
    const now = performance.now();
    const counts = this.#counts;
    if (counts.last > 0) {
      const interval = now - counts.last;
      counts.interval = counts.interval > 0 ? counts.interval + SMOOTHING * (interval - counts.interval) : interval;
      byId("fps").textContent = (1000 / counts.interval).toFixed(1);
    }
    counts.last = now;
    counts.computed++;
    byId("frames").textContent = String(counts.computed);
    byId("dropped").textContent = String(counts.skipped);
    byId("webcam-copy").textContent = msText(copyMs);
    byId("webcam-resize").textContent = msText(timings.resizeMs);
    byId("webcam-networks").textContent = msText(timings.networksMs);
    byId("webcam-maps").textContent = msText(timings.mapsMs);
    byId("webcam-size").textContent = `${width} × ${height}`;
  }

  /** Score and verdict of the last frame at the threshold that is set. */
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
