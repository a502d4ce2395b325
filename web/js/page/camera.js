// @ts-check
/** Cameras of the browser, and why one may not be had, in a sentence. */
import { LadError } from "../shared/errors.js";

/** @returns {Promise<MediaDeviceInfo[]>} */
export async function listCameras() {
  const devices = await navigator.mediaDevices?.enumerateDevices().catch(() => []) ?? [];
  return devices.filter(({ kind, deviceId }) => kind === "videoinput" && deviceId !== "");
}

/** @param {string} deviceId  "": the browser's choice @param {number} width  wished for, pixels @returns {Promise<MediaStream>} */
export async function openCamera(deviceId, width) {
  if (!navigator.mediaDevices) {
    throw new LadError("camera", "This browser gives cameras only to pages from https or from localhost.");
  }
  const which = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: "environment" };
  return navigator.mediaDevices.getUserMedia({ audio: false, video: { ...which, width: { ideal: width }, height: { ideal: Math.round(width * (width > 640 ? 9 / 16 : 3 / 4)) } } });
}

/** How many frames a camera has given. @param {HTMLVideoElement} video */
export function framesOf(video) {
  return video.getVideoPlaybackQuality().totalVideoFrames;
}

/** Waits until there is a frame after the first `taken`. @param {HTMLVideoElement} video @param {number} taken */
export async function newFrame(video, taken) {
  while (video.srcObject && (framesOf(video) <= taken || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA)) {
    await new Promise((resolve) => {
      if ("requestVideoFrameCallback" in video) video.requestVideoFrameCallback(resolve);
      else requestAnimationFrame(resolve);
    });
  }
}

/** @param {unknown} error @returns {string} */
export function cameraSentence(error) {
  const name = error instanceof DOMException ? error.name : "";
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      return "The camera was refused: allow it beside the page's address, then press Start again.";
    case "NotFoundError":
    case "OverconstrainedError":
      return "No camera was found: plug one in, then press Start again.";
    case "NotReadableError":
    case "AbortError":
      return "The camera is in use by another program or did not start.";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
