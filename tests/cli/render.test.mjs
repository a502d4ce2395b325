// @ts-check
// lad render end to end: the same bytes for any number of threads, and after being killed in the middle.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { scratch } from '../scratch.mjs';
import { pngSize } from './png.mjs';

const LAD = process.env.LAD ?? fileURLToPath(new URL('../../build/lad', import.meta.url)); // LAD: another build, say with sanitizers
const folder = scratch('render');

/** @param {string[]} args */
function render(...args) {
  return spawnSync(LAD, ['render', '--quiet', ...args], { encoding: 'utf8' });
}

/** The names and contents of all files below a folder as one hash, and how many there are. @param {string} root */
function digest(root) {
  const hash = createHash('sha256');
  const files = fs
    .readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.path, entry.name))
    .sort();
  for (const file of files) hash.update(path.relative(root, file)).update('\0').update(fs.readFileSync(file));
  return { files: files.length, hash: hash.digest('hex') };
}

/** @returns {string[]} */
function categories() {
  const { stdout } = spawnSync(LAD, ['render', '--list'], { encoding: 'utf8' });
  return [...stdout.matchAll(/^(\w+) \(\d+ x \d+\)$/gm)].map((match) => match[1]);
}

/** @param {string} category @returns {string[]} */
function kindsOf(category) {
  const { stdout } = spawnSync(LAD, ['render', '--list', '-c', category], { encoding: 'utf8' });
  return [...stdout.matchAll(/^ {2}(\w+) +(?:logical|structural) /gm)].map((match) => match[1]);
}

/** From the frame header of a baseline JPEG. @param {Buffer} bytes */
function jpegSize(bytes) {
  let at = 2;
  while (bytes[at + 1] !== 0xc0) at += 2 + bytes.readUInt16BE(at + 2);
  return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
}

const small = ['--train', '3', '--validation', '1', '--test', '3', '--size', '96'];

describe('lad render', () => {
  test('there are categories', () => assert.ok(categories().length > 0));

  for (const category of categories()) {
    test(`${category}: one thread and three write the same bytes, another seed does not`, () => {
      const [one, three, other] = ['one', 'three', 'other'].map((name) => path.join(folder, name));
      assert.equal(render('-c', category, '-o', one, '-t', '1', ...small).status, 0);
      assert.equal(render('-c', category, '-o', three, '-t', '3', ...small).status, 0);
      assert.equal(render('-c', category, '-o', other, '-s', '2', ...small).status, 0);
      const a = digest(path.join(one, category));
      assert.deepEqual(digest(path.join(three, category)), a);
      assert.notEqual(digest(path.join(other, category)).hash, a.hash);
      assert.ok(a.files >= 13 + 6 + 2, `${a.files} files`);
      const image = pngSize(fs.readFileSync(path.join(one, category, 'test/logical_anomalies/000.png')));
      assert.equal(image.width, 96);
      assert.deepEqual(pngSize(fs.readFileSync(path.join(one, category, 'ground_truth/logical_anomalies/000/000.png'))), image);
    });
  }

  test('a sheet shows 25 pictures of a class or each kind once, the same for any number of threads', () => {
    for (const category of categories()) {
      const kinds = kindsOf(category).length;
      const [good, again, each] = ['good', 'again', 'each'].map((name) => path.join(folder, `${category}-${name}.jpg`));
      assert.equal(render('-c', category, '-o', good, '--sheet', 'good', '--size', '32', '-t', '1').status, 0);
      assert.equal(render('-c', category, '-o', again, '--sheet', 'good', '--size', '32', '-t', '3').status, 0);
      assert.equal(render('-c', category, '-o', each, '--sheet', 'kinds', '--size', '32').status, 0);
      assert.ok(fs.readFileSync(good).equals(fs.readFileSync(again)));
      const all = jpegSize(fs.readFileSync(good)), one = (all.height - 4 * 3) / 5;
      assert.equal(all.width, 5 * 32 + 4 * 3);
      const rows = Math.ceil(kinds / 5);
      assert.deepEqual(jpegSize(fs.readFileSync(each)), { width: all.width, height: rows * one + (rows - 1) * 3 });
    }
  });

  test('--list names what each kind breaks, for all categories or for one', () => {
    const all = spawnSync(LAD, ['render', '--list'], { encoding: 'utf8' }).stdout;
    for (const category of categories()) {
      const { stdout, status } = spawnSync(LAD, ['render', '--list', '-c', category], { encoding: 'utf8' });
      assert.equal(status, 0);
      assert.ok(all.includes(stdout));
      assert.equal(stdout.match(/^ +Broken: .+\.$/gm)?.length, kindsOf(category).length);
    }
  });

  test('--only renders test images of one kind', () => {
    const category = categories()[0];
    const kind = kindsOf(category)[3];
    const out = path.join(folder, 'only');
    assert.equal(render('-c', category, '-o', out, '--only', kind, ...small).status, 0);
    const scenes = JSON.parse(fs.readFileSync(path.join(out, category, 'scenes.json'), 'utf8'));
    assert.deepEqual(scenes.images.map((/** @type {any} */ i) => i.parameters.kind), [kind, kind, kind]);
  });

  test('a run that was killed is taken up again and ends with the same bytes', async () => {
    const category = categories()[0];
    const [whole, killed] = ['whole', 'killed'].map((name) => path.join(folder, name));
    assert.equal(render('-c', category, '-o', whole, ...small).status, 0);
    const child = spawn(LAD, ['render', '-q', '-c', category, '-o', killed, '-t', '1', ...small], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const first = path.join(killed, category, '.scenes/train-good-001.json');
    while (!fs.existsSync(first) && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 2));
    child.kill('SIGKILL');
    await ended;
    assert.ok(fs.existsSync(first), 'killed in the middle');
    /* What a killed process leaves under a temporary name must not stay in the data set. */
    assert.equal(render('-c', category, '-o', killed, ...small).status, 0);
    const rest = fs.readdirSync(path.join(killed, category), { recursive: true }).map(String).filter((name) => !name.includes('.tmp-'));
    assert.deepEqual(rest.sort(), fs.readdirSync(path.join(whole, category), { recursive: true }).map(String).sort());
    for (const name of rest) {
      const file = path.join(killed, category, name);
      if (fs.statSync(file).isFile()) assert.ok(fs.readFileSync(file).equals(fs.readFileSync(path.join(whole, category, name))), name);
    }
  });

  test('wrong usage and foreign folders are refused, each with one sentence', () => {
    const category = categories()[0];
    const cases = /** @type {[number, RegExp, string[]][]} */ ([
      [2, /--category is missing; --list/, ['-o', folder]],
      [2, /--out is missing/, ['-c', category]],
      [2, /there is no category 'moon'; --list/, ['-c', 'moon', '-o', folder]],
      [2, /has no kind 'eclipse'; --list/, ['-c', category, '-o', folder, '--only', 'eclipse']],
      [2, /--size takes a whole number from 32 to 4096, not '7'/, ['--size', '7']],
      [2, /there is no category 'moon'; --list/, ['-c', 'moon', '--list']],
      [2, /--sheet takes good, logical, structural or kinds, not 'moon'/, ['--sheet', 'moon']],
      [2, /--format takes png or jpg, not 'gif'/, ['--format', 'gif']],
      [1, /would hold no image/, ['-c', category, '-o', folder, '--train', '0', '--validation', '0', '--test', '0']],
    ]);
    for (const [status, words, args] of cases) {
      const result = render(...args);
      assert.equal(result.status, status, result.stderr);
      assert.match(result.stderr, words);
    }
    fs.mkdirSync(path.join(folder, 'foreign', category), { recursive: true });
    fs.writeFileSync(path.join(folder, 'foreign', category, 'notes.txt'), 'mine');
    const result = render('-c', category, '-o', path.join(folder, 'foreign'), ...small);
    assert.equal(result.status, 1);
    assert.match(result.stderr, /already holds other images or scenes of other settings; it is left as it is\.\n$/);
    assert.deepEqual(fs.readdirSync(path.join(folder, 'foreign', category)), ['notes.txt']);
  });

  test('a full disk gives one sentence and exit code 1', () => {
    const category = categories()[0];
    const command = `ulimit -f 2; exec "${LAD}" render -q -c ${category} -o "${folder}/limited" --train 2 --validation 0 --test 0 --size 200`;
    const { status, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8' });
    assert.equal(status, 1, stderr);
    assert.match(stderr, /^lad render: .*train\/good\/00\d\.png cannot be written: File too large\.\n$/);
  });
});
