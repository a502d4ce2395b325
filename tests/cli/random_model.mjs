// @ts-check
// A detector with random weights, written here from the description of the format in src/doc/FORMATS.md:
// the tests that use it also check that the reader in C follows that description.

/** @typedef {{name: string, shape: number[], values: Float32Array}} Tensor */

/** Numbers in [-1, 1) from a seed (xorshift32). @param {number} seed */
function generator(seed) {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 31 - 1;
  };
}

/** Widths of the first two convolutions, and the teacher's channels. @type {Record<string, [number, number, number]>} */
const WIDTHS = { 'pdn-xs': [64, 128, 192], 'pdn-s': [128, 256, 384] };

/** Output channels, input channels and kernel of each convolution. @param {[number, number, number]} widths
 * @returns {[string, number, number, number][]} */
const convolutions = ([first, second, C]) => [
  ...pdn('teacher', first, second, C),
  ...pdn('student', first, second, 2 * C),
  ['ae.encoder.enconv1', 32, 3, 4],
  ['ae.encoder.enconv2', 32, 32, 4],
  ['ae.encoder.enconv3', 64, 32, 4],
  ['ae.encoder.enconv4', 64, 64, 4],
  ['ae.encoder.enconv5', 64, 64, 4],
  ['ae.encoder.enconv6', 64, 64, 8],
  ...(C === 192 ? denseDecoder : decoder)(C),
];

/** Of the size xs. @param {number} C @returns {[string, number, number, number][]} */
const denseDecoder = (C) => [
  ['ae.decoder.dense', 14 * 14 * 32, 64, 1],
  ['ae.decoder.deconv1', 64, 32, 3],
  ['ae.decoder.deconv2', 64, 64, 3],
  ['ae.decoder.deconv3', C, 64, 3],
];

/** @param {number} C @returns {[string, number, number, number][]} */
const decoder = (C) => [
  ...[1, 2, 3, 4, 5, 6].map((i) => /** @type {[string, number, number, number]} */ ([`ae.decoder.deconv${i}`, 64, 64, 4])),
  ['ae.decoder.deconv7', 64, 64, 3],
  ['ae.decoder.deconv8', C, 64, 3],
];

/** @param {string} prefix @param {number} first @param {number} second @param {number} out
 * @returns {[string, number, number, number][]} */
function pdn(prefix, first, second, out) {
  return [
    [`${prefix}.conv1`, first, 3, 4],
    [`${prefix}.conv2`, second, first, 4],
    [`${prefix}.conv3`, second, second, 3],
    [`${prefix}.conv4`, out, second, 4],
  ];
}

/** @param {number[]} shape @param {() => number} value @returns {Float32Array} */
function filled(shape, value) {
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, value);
}

/** @param {number} [seed] @param {string} [architecture]
 * @returns {{metadata: Record<string, string>, tensors: Tensor[]}} */
export function randomDetector(seed = 1, architecture = 'pdn-xs') {
  const random = generator(seed);
  const C = WIDTHS[architecture][2];
  /** @type {Tensor[]} */
  const tensors = [];
  for (const [name, oc, ic, k] of convolutions(WIDTHS[architecture])) {
    const scale = Math.sqrt(6 / (ic * k * k)); // He's rule for a uniform distribution
    const shape = [oc, ic, k, k];
    tensors.push({ name: `${name}.weight`, shape, values: filled(shape, () => scale * random()) });
    tensors.push({ name: `${name}.bias`, shape: [oc], values: filled([oc], () => 0.1 * random()) });
  }
  tensors.push({ name: 'mean_std.mean', shape: [1, C, 1, 1], values: filled([C], () => 0) });
  tensors.push({ name: 'mean_std.std', shape: [1, C, 1, 1], values: filled([C], () => 1) });
  const quantiles = { qa_st: 1, qb_st: 2, qa_ae: 1, qb_ae: 2 };
  for (const [name, value] of Object.entries(quantiles)) {
    tensors.push({ name: `quantiles.${name}`, shape: [], values: Float32Array.of(value) });
  }
  const metadata = {
    format_version: '1',
    architecture,
    channels: String(C),
    input_size: '256',
    category: 'test',
    threshold: '0.05',
    false_alarm_rate: '0.05',
  };
  return { metadata, tensors };
}

/** @param {{metadata: Record<string, string>, tensors: Tensor[]}} model @returns {Buffer} */
export function safetensors({ metadata, tensors }) {
  /** @type {Record<string, unknown>} */
  const header = { __metadata__: metadata };
  let offset = 0;
  for (const { name, shape, values } of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + 4 * values.length] };
    offset += 4 * values.length;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const data = tensors.map(({ values }) => Buffer.from(values.buffer, values.byteOffset, values.byteLength));
  return Buffer.concat([length, text, ...data]);
}
