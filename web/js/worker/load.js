// @ts-check
/** Loads one flavour of the WASM core, from a server or, in Node, from a file; used by engine.js alone. */
import { LadError } from "../shared/errors.js";

/** @param {string} flavour @param {number} threads @param {URL | string} base  folder of the built flavours
 * @returns {Promise<any>} what the glue of emcc gives */
export async function loadCore(flavour, threads, base) {
  const compiled = compile(new URL(`${flavour}.wasm`, base));
  compiled.catch(() => undefined); // said below
  const { default: create } = await import(new URL(`${flavour}.mjs`, base).href); // meanwhile
  return new Promise((resolve, reject) => {
    /** @type {any} */ const module = {
      // The calling thread works too; the others start now, since a call into the core does not return to
      // the event loop that would start them.  Without any the threaded glue would wait for ever.
      ladWorkers: Math.max(1, threads - 1),
      instantiateWasm(/** @type {WebAssembly.Imports} */ imports, /** @type {Function} */ done) {
        compiled.then(async (module) => done(await WebAssembly.instantiate(module, imports), module)).catch(fail);
        return {};
      },
    };
    const fail = (/** @type {unknown} */ error) => {
      module.PThread?.terminateAllThreads(); // they run already, and would keep Node.js from ending
      reject(error);
    };
    create(module).then(resolve, fail);
  });
}

/** Whether the browser's compiler is of a generation that leaves instructions in their order: V8's from 2024 on.  It cannot
 * be asked, so 64-bit memory, which came a little later, stands for it. */
export function keepsOrder() {
  return WebAssembly.validate(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 3, 1, 4, 1)); // one memory, 64-bit
}

/** @param {URL} url @returns {Promise<WebAssembly.Module>} */
async function compile(url) {
  if (url.protocol === "file:") {
    const { readFile } = await import("node:fs/promises");
    return WebAssembly.compile(await readFile(url));
  }
  const response = await fetch(url);
  if (!response.ok) throw new LadError("network", `The program part ${url.pathname} could not be loaded.`);
  // A server that does not know the type application/wasm: compile from bytes.
  if (!response.headers.get("content-type")?.startsWith("application/wasm")) {
    return WebAssembly.compile(await response.arrayBuffer());
  }
  return WebAssembly.compileStreaming(response);
}
