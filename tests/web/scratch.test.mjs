// @ts-check
/** What tests write goes with them, however they end. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { scratch } from "../scratch.mjs";

const HEAD = `import { test } from "node:test";
  import { scratch } from ${JSON.stringify(new URL("../scratch.mjs", import.meta.url).href)};
  process.stderr.write(scratch("gone"));`;

for (const [name, body, interrupted] of /** @type {const} */ ([
  ["failed", 'test("fails", () => { throw new Error("on purpose"); });', false],
  ["threw outside of a test", 'throw new Error("on purpose");', false],
  ["was interrupted", 'test("hangs", () => new Promise((done) => setTimeout(done, 60_000)));', true],
])) {
  test(`a test file that ${name} leaves no folder behind`, async () => {
    const file = join(scratch("ends"), "ends.mjs");
    writeFileSync(file, `${HEAD}\n${body}`);
    const child = spawn(process.execPath, [file], { stdio: ["ignore", "ignore", "pipe"] });
    const ended = once(child, "exit");
    const [folder] = String(await once(child.stderr, "data").then(([data]) => data)).split("\n");
    assert.match(folder, /lad-gone-\w+$/);
    if (interrupted) child.kill("SIGINT");
    const [status] = await ended;
    assert.notEqual(status, 0);
    assert.equal(existsSync(folder), false);
  });
}
