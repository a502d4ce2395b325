#!/usr/bin/env node
// @ts-check
/**
 * Serves a folder of static files on this machine with the headers the page wants.
 *
 * Usage: node build-scripts/serve.mjs [folder, default build/site] [--port 8080] [--plain]
 * Cross-origin isolation (COOP, COEP) allows threads; --plain leaves all such headers and compression out, as a simple host does.
 * A port that is taken: the next free one is used.
 */
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import sirv from "sirv";

/** The policy that stands in a page's meta element, so that both always agree. @param {string} folder */
function policyOf(folder) {
  const html = readFileSync(join(folder, "index.html"), "utf8");
  const policy = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(html)?.[1];
  if (!policy) throw new Error(`${folder}/index.html has no Content-Security-Policy.`);
  return `${policy.replace(/\s+/g, " ")}; frame-ancestors 'none'`; // which only a header can say
}

/**
 * @param {string} folder
 * @param {{port?: number, plain?: boolean, onSent?: (sent: Sent) => void}} [options]  port 0: any free one
 * @returns {Promise<{url: string, close: () => Promise<void>}>}
 */
export async function serve(folder, { port = 8080, plain = false, onSent } = {}) {
  const headers = plain ? {} : {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": policyOf(folder),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self)",
  };
  const files = sirv(folder, {
    dev: true, // look at the disk at each request: the site may be rebuilt meanwhile
    etag: true,
    gzip: !plain, // FILE.gz where there is one
    setHeaders(response) {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      response.setHeader("Cache-Control", "no-cache");
    },
  });
  const server = createServer((request, response) => {
    const [{ socket }, start] = [request, Date.now()];
    const before = socket.bytesWritten;
    if (onSent) response.on("close", () => onSent({ path: request.url ?? "", start, bytes: socket.bytesWritten - before }));
    files(request, response, () => {
      response.writeHead(404, { "Content-Type": "text/plain; charset=utf-8" }).end("There is no such file here.\n");
    });
  });
  const taken = await listen(server, port);
  const close = () => new Promise((done) => {
    server.close(() => done(undefined));
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${taken}/`, close: /** @type {() => Promise<void>} */ (close) };
}

/** An answer; start: when it was asked for, as Date.now(); bytes: with its head.
 * @typedef {{path: string, start: number, bytes: number}} Sent */

/** @param {import("node:http").Server} server @param {number} port @returns {Promise<number>}  the port taken */
function listen(server, port) {
  return new Promise((done, fail) => {
    server.once("error", (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code !== "EADDRINUSE" || port === 0) fail(error);
      else done(listen(server, 0));
    });
    server.listen(port, "127.0.0.1", () => {
      const address = /** @type {import("node:net").AddressInfo} */ (server.address());
      done(address.port);
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { port: { type: "string", default: "8080" }, plain: { type: "boolean", default: false } },
  });
  const folder = resolve(positionals[0] ?? "build/site");
  if (!existsSync(join(folder, "index.html"))) {
    console.error(`serve: ${folder} has no index.html: build it first with 'make wasm'.`);
    process.exit(1);
  }
  const { url } = await serve(folder, { port: Number(values.port), plain: values.plain });
  console.log(`lad is served at ${url}  (stop with Ctrl+C)`);
}
