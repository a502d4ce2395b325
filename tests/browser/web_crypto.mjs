// @ts-check
/** Node.js 18 has Web Crypto, but not where zip.js looks for it when it is imported: import this first. */
import { webcrypto } from "node:crypto";

if (!globalThis.crypto) Object.defineProperty(globalThis, "crypto", { value: webcrypto });
