// @ts-check
/** One failure, said in one sentence to a person; `code` is for programs. Shared by page, worker and tests. */
export class LadError extends Error {
  /**
   * @param {string} code  a status of the core ("format", "nomem", ...) or of the page ("network", "camera", ...)
   * @param {string} message  one sentence
   */
  constructor(code, message) {
    super(message);
    this.name = "LadError";
    this.code = code;
  }
}

/**
 * Whatever was thrown, as {code, message} that survives postMessage.
 * @param {unknown} thrown
 * @returns {{code: string, message: string}}
 */
export function describeError(thrown) {
  if (thrown instanceof LadError) return { code: thrown.code, message: thrown.message };
  if (thrown instanceof WebAssembly.RuntimeError) {
    return { code: "crash", message: "The detector stopped unexpectedly and is being restarted." };
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: "internal", message };
}
