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
