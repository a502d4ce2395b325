// @ts-check
/** The Webcam view: the newest frame goes to the worker when it is free; frames in between are skipped. */
import { LadError } from "../shared/errors.js";
import { shownSize } from "../shared/protocol.js";
import { scoreText } from "../shared/words.js";
import { cameraSentence, listCameras, openCamera } from "./camera.js";
import { byId, make, notice } from "./dom.js";
import { fillCategories } from "./gallery.js";
import { paintMap, scaleFor } from "./paint.js";

const FRAME_MAX_SIDE = 512; // the networks see 256 x 256
const HEAT_MAX_SIDE = 320;
const SMOOTHING = 0.2; // weight of the newest frame in the frames per second shown

/** @param {import("./views.js").Context} context @returns {import("./views.js").View} */
export function createView(context) {
  return new Webcam(context);
}

class Webcam {
  #client;
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
  #counts = { computed: 0, skipped: 0, interval: 0, last: 0 };

  /** @param {import("./views.js").Context} context */
  constructor({ client, library }) {
    this.#client = client;
    this.#library = library;
    this.#category = fillCategories("webcam-category", library);
    byId("webcam-start").addEventListener("click", () => this.#start());
    byId("webcam-stop").addEventListener("click", () => this.stop());
    this.#cameras.addEventListener("change", () => { if (this.#stream) this.#start(); });
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
      const stream = await openCamera(this.#cameras.value);
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

  /** @param {unknown} error */
  #fail(error) {
    this.stop();
    this.#status.textContent = cameraSentence(error);
  }

  /** @param {boolean} running */
  #running(running) {
    byId("webcam-start").hidden = running;
    byId("webcam-stop").hidden = !running;
  }

  /** @param {number} turn */
  #loop(turn) {
    if (turn !== this.#turn) return;
    const again = () => this.#loop(turn);
    if ("requestVideoFrameCallback" in this.#video) this.#video.requestVideoFrameCallback(again);
    else requestAnimationFrame(again);
    if (this.#video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    if (this.#busy) this.#counts.skipped++;
    else this.#compute(turn).catch((error) => { if (turn === this.#turn) this.#fail(error); });
    byId("dropped").textContent = String(this.#counts.skipped);
  }

  /** @param {number} turn */
  async #compute(turn) {
    this.#busy = true;
    try {
      const { palette } = await this.#client.ready;
      const model = this.#library.model(this.#category.value, "margin") ?? this.#library.model(this.#category.value, "plain");
      if (!model) throw new LadError("missing", "There is no model for this category.");
      const { pixels, width, height } = this.#grab();
      const result = await this.#client.run({ model, image: { kind: "pixels", pixels, width, height },
        maxSide: HEAT_MAX_SIDE }, { transfer: [pixels.buffer] });
      if (turn === this.#turn) this.#show(result, palette);
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

  /** @param {import("../shared/protocol.js").RunResult} result @param {Uint8Array} palette */
  #show({ score, detector: { threshold }, heat }, palette) {
    if (!heat) return;
    paintMap(this.#heat, heat.values, heat.width, heat.height, palette, scaleFor(threshold), true);
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
    byId("webcam-score").textContent = scoreText(score);
    byId("webcam-score").className = score > threshold ? "alarm" : "calm";
    byId("webcam-threshold").textContent = scoreText(threshold);
    this.#status.textContent = score > threshold ? "This looks anomalous to the model." : "This looks normal to the model.";
  }
}
