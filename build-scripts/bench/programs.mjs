// @ts-check
/** Programs that answer orders: processes that talk JSON lines, and workers in Chromium. */
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";
import sirv from "sirv";

/** @typedef {{name: string, verb: string, ms: number[], memoryMb?: number, losses?: any,
 *   send: (order: string) => Promise<any>, close: () => void | Promise<void>}} Program */

/** @param {Program} program @param {string} order @returns {Promise<any>} */
export async function ask(program, order) {
  const answer = await program.send(order);
  if (answer.error) throw new Error(`${program.name}: ${answer.error}`);
  return answer;
}

/** @param {string} name @param {string} command @param {string[]} args @returns {Promise<Program>} */
export async function openProcess(name, command, args) {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async () => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${name} ended (${command} ${args.join(" ")})`);
      if (value.startsWith("{")) return JSON.parse(value);
    }
  };
  await read(); // ready
  return { name, verb: "run", ms: [], close: () => void child.kill(), send(order) {
    child.stdin.write(`${order}\n`);
    return read();
  } };
}

/** The repository, with the headers that allow threads. @returns {Promise<{url: string, close: () => void}>} */
function serveRepository() {
  const files = sirv(".", { dev: true, dotfiles: false, setHeaders(response) {
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
  } });
  const server = createServer((request, response) => files(request, response, () => {
    response.writeHead(request.url === "/empty" ? 200 : 404, { "Content-Type": "text/html",
      "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" }).end("<title>bench</title>");
  }));
  return new Promise((done) => server.listen(0, "127.0.0.1", () => {
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    done({ url: `http://127.0.0.1:${port}/`, close: () => { server.close(); server.closeAllConnections(); } });
  }));
}

/** One worker for each peer, in one page. @param {string[]} names @param {number} threads @param {string[]} files
 * @returns {Promise<Program[]>} */
export async function openBrowser(names, threads, files) {
  const server = await serveRepository();
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
      "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows"] });
  const page = await browser.newPage();
  await page.goto(`${server.url}empty`);
  const close = async () => {
    await browser.close();
    server.close();
  };
  /** @type {Program[]} */ const programs = [];
  for (const name of names) {
    const send = (/** @type {Record<string, unknown>} */ message) => page.evaluate(({ name, message }) => {
      const workers = /** @type {any} */ (globalThis).benchWorkers ??= {};
      const worker = workers[name] ??= new Worker("/build-scripts/bench/worker-peer.mjs", { type: "module" });
      return new Promise((done) => {
        worker.onmessage = (/** @type {MessageEvent} */ { data }) => done(data);
        worker.onerror = (/** @type {ErrorEvent} */ event) => done({ error: event.message });
        worker.postMessage(message);
      });
    }, { name, message });
    const program = { name, verb: "run", ms: [], close, send: (/** @type {string} */ order) => send({ order }) };
    const opened = /** @type {any} */ (await send({ name, threads, files: files.map((f) => `/${f}`) }));
    if (opened.error) console.error(`bench: without ${name} in the browser: ${opened.error}`);
    else programs.push(program);
  }
  return programs;
}

/** @param {Program[]} programs */
export async function closeAll(programs) {
  for (const program of programs) await program.close();
}
