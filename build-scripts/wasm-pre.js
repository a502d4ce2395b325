// Put before the generated glue: under Node the glue of emcc 3.1.6 wants CommonJS names that an ES module lacks.
const require = typeof process === "object" && process.versions?.node
  ? (await import("node:module")).createRequire(import.meta.url) : undefined;
const __filename = require ? require("node:url").fileURLToPath(import.meta.url) : "";
const __dirname = require ? require("node:path").dirname(__filename) : "";
