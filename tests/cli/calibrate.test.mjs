// @ts-check
// lad calibrate: the networks stay, the thresholds are those of the validation pictures' own scores.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { scratch } from '../scratch.mjs';
import { randomDetector, safetensors } from './random_model.mjs';

const LAD = process.env.LAD ?? fileURLToPath(new URL('../../build/lad', import.meta.url));
const folder = scratch('calibrate');
const model = path.join(folder, 'model.safetensors'), data = path.join(folder, 'pushpins');

/** @param {string[]} args */
const lad = (...args) => spawnSync(LAD, args, { encoding: 'utf8' });

/** @param {string} file @returns {{meta: Record<string, string>, tensors: Map<string, Buffer>}} */
function parts(file) {
  const bytes = fs.readFileSync(file), start = 8 + Number(bytes.readBigUInt64LE());
  const { __metadata__: meta, ...tensors } = JSON.parse(bytes.toString('utf8', 8, start));
  return { meta, tensors: new Map(Object.entries(tensors).map(([name, { data_offsets: [from, to] }]) =>
    [name, bytes.subarray(start + from, start + to)])) };
}

/** @param {string} file  of a model @returns {{score: number, map_score: number}[]} of the validation pictures */
function scores(file) {
  const json = path.join(folder, 'scores.json');
  assert.equal(lad('infer', '--model', file, '--json', json, path.join(data, 'validation/good')).status, 0);
  return JSON.parse(fs.readFileSync(json, 'utf8')).images;
}

before(() => {
  fs.writeFileSync(model, safetensors(randomDetector()));
  assert.equal(lad('render', '--category', 'pushpins', '--out', folder, '--train', '3', '--validation', '4', '--test', '0').status, 0);
});

describe('lad calibrate', () => {
  for (const [words, options, tensors] of /** @type {[string, string[], string[]][]} */ ([
    ['without a head', [], []],
    ['with a head', ['--global-weight', '2'], ['global.directions', 'global.mean']],
    ['measured by novelty', ['--map-distance', 'novelty'], ['metric.ae', 'metric.ae_bias', 'metric.st', 'metric.st_bias']],
    ['smoothed', ['--map-smoothing', '1'], []],
    ['position by position, the larger map', ['--map-norm', 'position', '--map-smoothing', '1.5', '--combine', 'max', '--border', '2'],
      ['positions.mean_ae', 'positions.mean_st', 'positions.std_ae', 'positions.std_st']],
  ])) {
    test(`keeps the networks and takes thresholds from validation pictures, ${words}`, () => {
      const out = path.join(folder, 'calibrated.safetensors');
      // 4 pictures and a rate of 1 in 5: the conformal threshold is their largest score.
      const { status, stderr } = lad('calibrate', '--model', model, '--data', data, '--out', out, '--false-alarm-rate', '0.2', ...options);
      assert.equal(status, 0, stderr);
      const [old, now] = [parts(model), parts(out)];
      for (const [name, bytes] of old.tensors) if (!name.startsWith('quantiles.')) assert.deepEqual(now.tensors.get(name), bytes, name);
      assert.deepEqual([...now.tensors.keys()].filter((name) => !old.tensors.has(name)).sort(), tensors);
      assert.match(now.meta.calibration_command, /^lad calibrate --model /);
      assert.equal(now.meta.category, old.meta.category);

      const images = scores(out);
      assert.equal(images.length, 4);
      /** @param {"score" | "map_score"} part */
      const largest = (part) => Math.max(...images.map((image) => image[part]));
      const near = (/** @type {string} */ key, /** @type {number} */ value) =>
        assert.ok(Math.abs(Number(now.meta[key]) - value) < 1e-5 * (1 + Math.abs(value)), `${key} ${now.meta[key]}, not ${value}`);
      near('false_alarm_rate', 0.2);
      if (options.includes('--map-norm')) {
        // A picture is standardised with the statistics of the others, as a new one would be: its score is larger then.
        assert.ok(Number(now.meta.threshold) > largest('score'));
      } else {
        near('threshold', largest('score'));
        near('map_threshold', largest('map_score'));
      }
      if (!options.includes('--global-weight')) assert.equal(now.meta.threshold, now.meta.map_threshold);
      assert.equal(now.meta.map_distance, options.includes('--map-distance') ? 'novelty' : undefined);
      if (!options.includes('--map-norm')) return;
      assert.deepEqual([now.meta.map_norm, now.meta.map_smoothing, now.meta.map_combine, now.meta.score_border], ['position', '1.5', 'max', '2']);
      const again = path.join(folder, 'again.safetensors');
      assert.equal(lad('calibrate', '--model', out, '--data', data, '--out', again, '--false-alarm-rate', '0.2').status, 0);
      assert.deepEqual(parts(again).tensors, now.tensors, 'what is not asked for stays as the model has it');
    });
  }

  test('refuses what is not a model, no data, and no place to write, with one sentence each', () => {
    const text = path.join(folder, 'text.safetensors');
    fs.writeFileSync(text, 'a model?');
    for (const [m, d, o, words] of [[text, data, 'x', /text\.safetensors/], [model, path.join(folder, 'none'), 'x', /none/],
      [model, data, 'missing/x', /missing/]]) {
      const { status, stderr } = lad('calibrate', '--model', String(m), '--data', String(d), '--out', path.join(folder, String(o)));
      assert.equal(status, 1, stderr);
      assert.match(stderr.trimEnd().split('\n').at(-1) ?? '', /** @type {RegExp} */ (words));
    }
    assert.equal(lad('calibrate', '--model', model).status, 2);
  });
});
