// @ts-check
/** `lad bench`: every inner kernel of the list in src/kernels/table.h is timed. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { scratch } from '../scratch.mjs';

const ROOT = new URL('../../', import.meta.url);

/** Names in the list, read as text. */
function listed() {
  const header = readFileSync(new URL('src/kernels/table.h', ROOT), 'utf8');
  const list = header.slice(header.indexOf('#define LAD_KERNEL_LIST'), header.indexOf('struct lad_kernels {'));
  return [...list.matchAll(/^ {4}X\((\w+),/gm)].map(([, name]) => name);
}

test('bench --only kernels times every kernel of the list, and nothing else', () => {
  const file = join(scratch('bench'), 'bench.json');
  execFileSync(fileURLToPath(new URL('build/lad', ROOT)), ['bench', '--only', 'kernels', '--threads', '1', '--json', file], { stdio: 'pipe' });
  const { inner_kernels: timed, networks, layers } = JSON.parse(readFileSync(file, 'utf8'));
  const names = listed();
  assert.ok(names.length > 10, 'the list was found');
  assert.deepEqual(timed.map((/** @type {any} */ entry) => entry.kernel), names);
  for (const { kernel, us, reference_us, ratio } of timed) {
    assert.ok(us > 0 && reference_us > 0 && Math.abs(ratio - reference_us / us) < 1e-6 * ratio, kernel);
  }
  assert.deepEqual([networks, layers], [[], []]);
});
