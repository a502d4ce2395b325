// @ts-check
/** The three networks of a detector as a list of layers, read from a model file: what other programs are given. */

/** @typedef {{shape: number[], values: Float32Array}} Tensor */
/** @typedef {{kind: "conv", name: string, weight: Tensor, bias: Tensor, stride: number, pad: number, relu: boolean}
 *   | {kind: "pool"} | {kind: "resize", size: number} | {kind: "unfold", size: number}} Layer
 * Unfold: the channels of one pixel become size x size pixels, cell by cell. */
/** @typedef {{teacher: Layer[], student: Layer[], autoencoder: Layer[], channels: number}} Networks */

/** @param {Uint8Array} bytes  a safetensors file of float32 tensors @returns {Map<string, Tensor>} */
export function readTensors(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const length = Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  delete header.__metadata__;
  return new Map(Object.entries(header).map(([name, { dtype, shape, data_offsets: [from, to] }]) => {
    if (dtype !== "F32") throw new Error(`${name}: ${dtype} is not F32`);
    const data = Uint8Array.prototype.slice.call(bytes, 8 + length + from, 8 + length + to); // a Buffer's only views
    return [name, { shape, values: new Float32Array(data.buffer) }];
  }));
}

/** @param {Map<string, Tensor>} tensors @param {string} name @param {number} stride @param {number} pad
 * @param {boolean} relu @returns {Layer} */
function conv(tensors, name, stride, pad, relu) {
  const [weight, bias] = [tensors.get(`${name}.weight`), tensors.get(`${name}.bias`)];
  if (!weight || !bias) throw new Error(`${name} is missing`);
  return { kind: "conv", name, weight, bias, stride, pad, relu };
}

/** @param {Map<string, Tensor>} tensors @param {string} prefix @returns {Layer[]} */
function pdn(tensors, prefix) {
  return [conv(tensors, `${prefix}.conv1`, 1, 0, true), { kind: "pool" }, conv(tensors, `${prefix}.conv2`, 1, 0, true),
    { kind: "pool" }, conv(tensors, `${prefix}.conv3`, 1, 0, true), conv(tensors, `${prefix}.conv4`, 1, 0, false)];
}

/** Of the size xs. @param {Map<string, Tensor>} tensors @returns {Layer[]} */
function denseDecoder(tensors) {
  return [conv(tensors, "ae.decoder.dense", 1, 0, true), { kind: "unfold", size: 14 },
    { kind: "resize", size: 28 }, conv(tensors, "ae.decoder.deconv1", 1, 1, true),
    { kind: "resize", size: 56 }, conv(tensors, "ae.decoder.deconv2", 1, 1, true),
    conv(tensors, "ae.decoder.deconv3", 1, 1, false)];
}

/** @param {Map<string, Tensor>} tensors @returns {Layer[]} */
function decoder(tensors) {
  return [...[3, 8, 15, 32, 63, 127].flatMap((size, i) => /** @type {Layer[]} */ ([{ kind: "resize", size },
    conv(tensors, `ae.decoder.deconv${i + 1}`, 1, 2, true)])),
  { kind: "resize", size: 56 }, conv(tensors, "ae.decoder.deconv7", 1, 1, true),
  conv(tensors, "ae.decoder.deconv8", 1, 1, false)];
}

/** @param {Map<string, Tensor>} tensors  with a teacher whose outputs need no normalisation @returns {Networks} */
export function networksOf(tensors) {
  const autoencoder = [1, 2, 3, 4, 5].map((i) => conv(tensors, `ae.encoder.enconv${i}`, 2, 1, true));
  autoencoder.push(conv(tensors, "ae.encoder.enconv6", 1, 0, false));
  autoencoder.push(...tensors.has("ae.decoder.dense.weight") ? denseDecoder(tensors) : decoder(tensors));
  const teacher = pdn(tensors, "teacher");
  const last = /** @type {any} */ (teacher.at(-1));
  return { teacher, student: pdn(tensors, "student"), autoencoder, channels: last.weight.shape[0] };
}
