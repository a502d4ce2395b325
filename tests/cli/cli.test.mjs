// @ts-check
// The command line end to end: what it prints, what it writes, its exit codes, and its sentences on bad input.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { scratch } from '../scratch.mjs';
import { png, pngHeader, pngSize } from './png.mjs';
import { randomDetector, safetensors } from './random_model.mjs';

const LAD = process.env.LAD ?? fileURLToPath(new URL('../../build/lad', import.meta.url)); // LAD: another build, say with sanitizers
const folder = scratch('cli');
const model = path.join(folder, 'model.safetensors');
const data = path.join(folder, 'boxes');

/** @param {string[]} args */
function lad(...args) {
  const { status, stdout, stderr } = spawnSync(LAD, args, { encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** Fails with this code and exactly one line of words on standard error. @param {RegExp} words @param {string[]} args */
function refuses(words, ...args) {
  const { status, stderr } = lad(...args);
  assert.equal(status, 1, `exit code of lad ${args.join(' ')}: ${stderr}`);
  assert.match(stderr, words);
  assert.equal(stderr.trimEnd().split('\n').length, 1, `more than one line: ${stderr}`);
  assert.match(stderr, /^lad [a-z]+: .*\.\n$/);
}

/** Wrong usage: code 2 and a hint. @param {RegExp} words @param {string[]} args */
function misused(words, ...args) {
  const { status, stderr } = lad(...args);
  assert.equal(status, 2, `exit code of lad ${args.join(' ')}: ${stderr}`);
  assert.match(stderr, words);
}

/** @param {string} name @param {Buffer | string} bytes @returns {string} its path */
function write(name, bytes) {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, bytes);
  return file;
}

/** A grey picture with a bright square of the given size. @param {number} seed @param {number} square */
function picture(seed, square) {
  return png(64, 48, (x, y) => {
    const inside = x > 20 && x < 20 + square && y > 14 && y < 14 + square;
    const value = inside ? 230 : 60 + ((x * 7 + y * 13 + seed * 29) % 31);
    return [value, value, inside ? 40 : value];
  });
}

before(() => {
  fs.writeFileSync(model, safetensors(randomDetector()));
  for (let i = 0; i < 3; i++) {
    write(`boxes/train/good/00${i}.png`, picture(i, 12));
    write(`boxes/test/good/00${i}.png`, picture(10 + i, 12));
    write(`boxes/test/logical_anomalies/00${i}.png`, picture(20 + i, 0));
    write(`boxes/test/structural_anomalies/00${i}.png`, picture(30 + i, 30));
  }
});

describe('lad', () => {
  test('help lists the commands, each of which explains itself', () => {
    const { status, stdout } = lad('--help');
    assert.equal(status, 0);
    const names = [...stdout.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map((match) => match[1]);
    assert.ok(names.includes('eval') && names.includes('infer'), stdout);
    for (const name of names) {
      const help = lad(name, '--help');
      assert.equal(help.status, 0, name);
      assert.match(help.stdout, new RegExp(`^Usage: lad ${name} `));
    }
  });
  test('version is printed', () => assert.match(lad('--version').stdout, /^lad \d+\.\d+\.\d+\n$/));
  test('wrong usage has exit code 2', () => {
    misused(/which command/);
    misused(/there is no command 'fly'/, 'fly');
    misused(/unrecognized option '--fly'/, '--fly');
    misused(/unrecognized option '--fly'/, 'eval', '--fly');
    misused(/--model is missing/, 'eval', '--data', 'x');
    misused(/--data is missing/, 'eval', '--model', 'x');
    misused(/--threads takes a whole number from 1 to 64, not '0'/, 'infer', '--threads', '0', 'x');
    misused(/--seed takes a whole number, not '-1'/, 'eval', '--seed', '-1');
    misused(/which image/, 'infer', '--model', 'x');
  });
  test('output that cannot be written is a failure', { skip: !fs.existsSync('/dev/full') }, () => {
    const full = fs.openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(LAD, ['--help'], { encoding: 'utf8', stdio: ['ignore', full, 'pipe'] });
    fs.closeSync(full);
    assert.equal(status, 1);
    assert.match(stderr, /standard output could not be written: No space left/);
  });
});

describe('lad infer', () => {
  test('scores an image and writes heat maps of its size', () => {
    const out = path.join(folder, 'heat', 'maps');
    const image = path.join(data, 'test/good/000.png');
    const { status, stdout, stderr } = lad('infer', '--model', model, '--out', out, image);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /good\/000\.png: score -?\d+\.\d{4}, threshold 0\.0500: (anomalous|normal)\n$/);
    for (const name of ['overlay', 'combined', 'structural', 'logical'])
      assert.deepEqual(pngSize(fs.readFileSync(path.join(out, `000_${name}.png`))), { width: 64, height: 48 });
  });
  test('images of the same name get heat maps of their own', () => {
    const out = path.join(folder, 'heat-names');
    const images = ['good', 'logical_anomalies'].map((name) => path.join(data, 'test', name, '000.png'));
    assert.equal(lad('infer', '--model', model, '--out', out, ...images).status, 0);
    assert.equal(fs.readdirSync(out).length, 8);
  });
  test('JSON holds the maps that the score comes from, the same for any number of threads', () => {
    const json = path.join(folder, 'one.json');
    const image = path.join(data, 'test/structural_anomalies/001.png');
    assert.equal(lad('infer', '--model', model, '--json', json, '--maps', '--threads', '1', image).status, 0);
    const text = fs.readFileSync(json, 'utf8');
    const result = JSON.parse(text).images[0];
    assert.equal(result.map_combined.length, 56 * 56);
    assert.equal(result.score, Math.max(...result.map_combined));
    result.map_combined.forEach((/** @type {number} */ value, /** @type {number} */ i) => {
      assert.ok(Math.abs(value - (result.map_st[i] + result.map_stae[i]) / 2) <= 1e-6 * (1 + Math.abs(value)));
      assert.ok(Math.abs(result.map_st[i] - 0.1 * (result.raw_st[i] - 1)) <= 1e-5 * (1 + Math.abs(value)));
    });
    assert.equal(lad('infer', '--model', model, '--json', json, '--maps', '--threads', '3', image).status, 0);
    assert.equal(fs.readFileSync(json, 'utf8'), text);
  });
  test('a folder is a list of images', () => {
    const { status, stdout } = lad('infer', '--model', model, path.join(data, 'test/good'));
    assert.equal(status, 0);
    assert.equal(stdout.trimEnd().split('\n').length, 3);
  });
  test('a broken image is named, the others are scored, and the exit code is 1', () => {
    const broken = write('broken.png', picture(1, 5).subarray(0, 100));
    const good = path.join(data, 'test/good/000.png');
    const { status, stdout, stderr } = lad('infer', '--model', model, broken, good);
    assert.equal(status, 1);
    assert.match(stdout, /good\/000\.png: score/);
    assert.match(stderr, /^lad infer: .*broken\.png is truncated: the end of the image is missing\.\n$/);
  });
  test('bad images are refused, each with one sentence', () => {
    const pixel = () => [1, 2, 3];
    /** @type {[string, Buffer | string, RegExp][]} */
    const files = [
      ['empty.png', '', /empty\.png is empty\./],
      ['text.png', 'hello', /text\.png is not a PNG or JPEG image\./],
      ['cut.png', png(9, 9, pixel).subarray(0, 60), /cut\.png is truncated/],
      ['huge.png', pngHeader(100000, 100000, 8, 2), /huge\.png is too large: 100000 x 100000 pixels/],
      ['deep.png', png(4, 4, pixel, 16), /deep\.png has 16 bits per channel/],
      ['cut.jpg', Buffer.from([0xff, 0xd8, 0xff, 0xe0]), /cut\.jpg is truncated/],
    ];
    for (const [name, bytes, words] of files) refuses(words, 'infer', '--model', model, write(`bad/${name}`, bytes));
    refuses(/nothing\.png cannot be opened: No such file/, 'infer', '--model', model, path.join(folder, 'nothing.png'));
    fs.mkdirSync(path.join(folder, 'void'));
    refuses(/void holds neither/, 'infer', '--model', model, path.join(folder, 'void'));
  });
  test('bad models are refused, each with one sentence', () => {
    const image = path.join(data, 'test/good/000.png');
    const bytes = fs.readFileSync(model);
    const headerBytes = Number(bytes.readBigUInt64LE(0));
    const nan = Buffer.from(bytes);
    nan.writeFloatLE(NaN, 8 + headerBytes);
    const shape = randomDetector();
    shape.tensors[0].shape = [64, 4, 3, 4];
    const missing = randomDetector();
    missing.tensors.splice(3, 1);
    const extra = randomDetector();
    extra.tensors.push({ name: 'more', shape: [1], values: Float32Array.of(1) });
    /** @type {[string, Buffer, RegExp][]} */
    const files = [
      ['empty', Buffer.alloc(0), /empty/],
      ['text', Buffer.from('not a model at all'), /text/],
      ['cut', bytes.subarray(0, bytes.length - 1), /cut/],
      ['trailing', Buffer.concat([bytes, Buffer.from([0])]), /trailing/],
      ['nan', nan, /nan.*(NaN|finite)/i],
      ['shape', safetensors(shape), /teacher\.conv1\.weight.*shape/],
      ['missing', safetensors(missing), /teacher\.conv2\.bias.*missing/],
      ['extra', safetensors(extra), /more.*does not belong/],
    ];
    for (const [name, content, words] of files)
      refuses(words, 'infer', '--model', write(`models/${name}.safetensors`, content), image);
    refuses(/none\.safetensors cannot be opened/, 'infer', '--model', path.join(folder, 'none.safetensors'), image);
    refuses(/kernels 'abacus' do not exist/, 'infer', '--model', model, '--isa', 'abacus', image);
  });
});

describe('lad eval', () => {
  test('prints the AUROCs that the report holds, from the scores that it holds', () => {
    const report = path.join(folder, 'report.json');
    const { status, stdout, stderr } = lad('eval', '--model', model, '--data', data, '--report', report, '--naive');
    assert.equal(status, 0, stderr);
    const json = JSON.parse(fs.readFileSync(report, 'utf8'));
    assert.deepEqual(json.images.map((/** @type {any} */ i) => i.label).sort(), [
      'good', 'good', 'good', 'logical', 'logical', 'logical', 'structural', 'structural', 'structural',
    ]);
    /** @param {string} label @returns {number[]} */
    const scores = (label) => json.images.filter((/** @type {any} */ i) => i.label === label).map((/** @type {any} */ i) => i.score);
    for (const label of ['logical', 'structural']) {
      let wins = 0;
      for (const a of scores(label)) for (const g of scores('good')) wins += a > g ? 1 : a === g ? 0.5 : 0;
      const { value } = json.metrics[`auroc_${label}`];
      assert.equal(value, wins / 9);
      assert.match(stdout, new RegExp(`^ *${label} +${(100 * value).toFixed(2)} %`, 'm'));
    }
    assert.match(stdout, /^ *mean +/m);
    assert.match(stdout, /^ *pooled +/m);
    assert.match(json.model.sha256, /^[0-9a-f]{64}$/);
    assert.equal(json.data.name, 'boxes');
    assert.match(json.data.hash, /^[0-9a-f]{16}$/);
    assert.equal(json.baselines.length, 3);
    assert.equal(json.baselines[2].name, 'nearest training image');
    assert.equal(json.baselines[2].auroc_logical.value, 1); // the square is gone: far from every training image
    assert.match(stderr, /evaluating: done in/);
  });
  test('writes the same report for any number of threads', () => {
    const [a, b] = ['a.json', 'b.json'].map((name) => path.join(folder, name));
    assert.equal(lad('eval', '-m', model, '-d', data, '-r', a, '-t', '1', '-q').status, 0);
    assert.equal(lad('eval', '-m', model, '-d', `${data}/`, '-r', b, '-t', '3', '-q').status, 0);
    assert.equal(fs.readFileSync(a, 'utf8'), fs.readFileSync(b, 'utf8'));
  });
  test('bad data sets are refused, each with one sentence', () => {
    refuses(/nowhere is not a folder\./, 'eval', '-m', model, '-q', '-d', path.join(folder, 'nowhere'));
    fs.mkdirSync(path.join(folder, 'hollow/test/good'), { recursive: true });
    refuses(/hollow\/test holds no PNG or JPEG images/, 'eval', '-m', model, '-q', '-d', path.join(folder, 'hollow'));
    refuses(/images have no labels/, 'eval', '-m', model, '-q', '-d', path.join(data, 'test/good'));
    write('damaged/test/good/000.png', picture(1, 1).subarray(0, 80));
    refuses(/000\.png is truncated/, 'eval', '-m', model, '-q', '-d', path.join(folder, 'damaged'));
  });
  /** A data set with ground truth. @param {string} name @param {Buffer} mask @param {string} [config] */
  function groundTruth(name, mask, config = '[{"pixel_value": 200, "saturation_threshold": 9, "relative_saturation": false}]') {
    write(`${name}/test/good/000.png`, picture(1, 12));
    write(`${name}/test/logical_anomalies/000.png`, picture(2, 0));
    write(`${name}/ground_truth/logical_anomalies/000/000.png`, mask);
    write(`${name}/defects_config.json`, config);
    return path.join(folder, name);
  }
  /** @param {number} width @param {number} inside */
  const mask = (width, inside) => png(width, 48, (x, y) => [x > 20 && x < 30 && y > 14 && y < 24 ? inside : 0]);

  test('AU-sPRO is measured against the ground truth', () => {
    const root = groundTruth('truth', mask(64, 200));
    const report = path.join(folder, 'spro.json');
    const { status, stdout, stderr } = lad('eval', '-m', model, '-d', root, '-q', '--spro', '-r', report);
    assert.equal(status, 0, stderr);
    const figures = JSON.parse(fs.readFileSync(report, 'utf8')).au_spro;
    assert.deepEqual(figures.map((/** @type {any} */ f) => f.limit), [0.01, 0.05, 0.1, 0.3, 1]);
    for (const { logical, structural } of figures) {
      assert.ok(logical >= 0 && logical <= 1);
      assert.equal(structural, null);
    }
    assert.match(stdout, new RegExp(`up to 0\\.05 +${(100 * figures[1].logical).toFixed(2)} +- +-`));
  });
  test('AUROC by kind is that of the images of one kind against the good ones', () => {
    const root = groundTruth('kinds', mask(64, 200), JSON.stringify([
      { defect_name: 'round', pixel_value: 200, saturation_threshold: 9, relative_saturation: false },
      { pixel_value: 7, saturation_threshold: 1, relative_saturation: true },
    ]));
    for (const i of [1, 2]) {
      write(`kinds/test/logical_anomalies/00${i}.png`, picture(2, 4 * i));
      write(`kinds/ground_truth/logical_anomalies/00${i}/000.png`, mask(64, i === 1 ? 200 : 7));
      write(`kinds/test/good/00${i}.png`, picture(3 + i, 12));
      write(`kinds/train/good/00${i}.png`, picture(6 + i, 12));
    }
    const report = path.join(folder, 'kinds.json');
    const { status, stdout, stderr } = lad('eval', '-m', model, '-d', root, '-q', '--kinds', '--naive', '-r', report);
    assert.equal(status, 0, stderr);
    const json = JSON.parse(fs.readFileSync(report, 'utf8'));
    assert.deepEqual(json.kinds.map((/** @type {any} */ k) => [k.name, k.label, k.images]), [['round', 'logical', 2], ['value 7', 'logical', 1]]);
    const of = (/** @type {any} */ kind) => json.images.filter((/** @type {any} */ i) => i.kind === kind).map((/** @type {any} */ i) => i.score);
    for (const { name, auroc, baselines } of json.kinds) {
      let wins = 0;
      for (const a of of(name)) for (const g of of(null)) wins += a > g ? 1 : a === g ? 0.5 : 0;
      assert.equal(auroc, wins / (of(name).length * 3));
      assert.equal(baselines.length, 3);
      assert.match(stdout, new RegExp(`logical +${name} +${of(name).length} +${(100 * auroc).toFixed(2)} +${(100 * baselines[0]).toFixed(2)} `));
    }
    refuses(/boxes\/defects_config\.json/, 'eval', '-m', model, '-q', '--kinds', '-d', data);
  });
  test('unusable ground truth is refused, with one sentence', () => {
    /** @type {[string, Buffer, RegExp, string?][]} */
    const cases = [
      ['size', mask(60, 200), /000\/000\.png is 60 x 48 pixels, but its image is 64 x 48\./],
      ['value', mask(64, 3), /000\/000\.png holds the value 3, which defects_config\.json does not list/],
      ['blank', mask(64, 0), /000\/000\.png marks no pixel/],
      ['config', mask(64, 200), /defects_config\.json is not a list of defects/, '{}'],
    ];
    for (const [name, image, words, config] of cases)
      refuses(words, 'eval', '-m', model, '-q', '--spro', '-d', groundTruth(`truth-${name}`, image, config));
    refuses(/has no ground truth/, 'eval', '-m', model, '-q', '--spro', '-d', (write('boxes/defects_config.json', '[]'), data));
  });
  test('a report that cannot be written is a failure', () => {
    const few = groundTruth('few', mask(64, 200));
    refuses(/cannot be written/, 'eval', '-m', model, '-q', '-d', few, '-r', path.join(folder, 'no/such/folder/r.json'));
    /* A file system that takes no more: a limit of 1024 bytes on files; the report is longer. */
    const place = path.join(folder, 'full');
    fs.mkdirSync(place);
    const command = `ulimit -f 1; exec "${LAD}" eval -m "${model}" -d "${few}" -q -r "${place}/r.json"`;
    const { status, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8' });
    assert.equal(status, 1, stderr);
    assert.match(stderr, /^lad eval: .*r\.json cannot be written: File too large\.\n$/);
    assert.deepEqual(fs.readdirSync(place), [], 'nothing half-written is left behind');
    refuses(/\/dev\/full cannot be written/, 'eval', '-m', model, '-q', '-d', few, '-r', '/dev/full');
  });
});
