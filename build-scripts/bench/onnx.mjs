// @ts-check
/** A detector as an ONNX file: x [1, 3, 256, 256] -> map_st, map_stae [1, 1, 56, 56].
 *
 * ONNX is protocol buffers: a message is a list of (field number, wire type, value), and the few messages needed are
 * written here by their numbers in onnx.proto. */

const FLOAT = 1, INT64 = 7; // TensorProto.DataType
const OPSET = 13, IR_VERSION = 8;

/** @param {number | bigint} value @returns {Buffer}  seven bits a byte, the lowest first */
function varint(value) {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes = [];
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

/** @param {number} field @param {number} value */
const number = (field, value) => Buffer.concat([varint(field << 3), varint(value)]);
/** @param {number} field @param {Uint8Array | string} value  text, bytes or a message */
function bytes(field, value) {
  const data = Buffer.from(/** @type {any} */ (value));
  return Buffer.concat([varint((field << 3) | 2), varint(data.length), data]);
}
/** @param {Buffer[]} parts */
const message = (...parts) => Buffer.concat(parts);

/** @param {string} name @param {string | number | number[]} value */
function attribute(name, value) {
  if (typeof value === "string") return message(bytes(1, name), bytes(4, value), number(20, 3));
  if (typeof value === "number") return message(bytes(1, name), number(3, value), number(20, 2));
  return message(bytes(1, name), ...value.map((v) => number(8, v)), number(20, 7));
}

/** @param {string} name @param {number[]} shape @param {Float32Array | BigInt64Array} values */
function tensor(name, shape, values) {
  return message(...shape.map((d) => number(1, d)), number(2, values instanceof Float32Array ? FLOAT : INT64),
    bytes(8, name), bytes(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)));
}

/** @param {string} name @param {number[]} shape */
function valueInfo(name, shape) {
  const dims = shape.map((d) => bytes(1, number(1, d)));
  return message(bytes(1, name), bytes(2, bytes(1, message(number(1, FLOAT), bytes(2, message(...dims))))));
}

class Graph {
  /** @type {Buffer[]} */ nodes = [];
  /** @type {Buffer[]} */ initializers = [];
  #names = 0;

  /** @param {string} type @param {string[]} inputs @param {Record<string, string | number | number[]>} attributes
   * @param {string} [output] @returns {string} */
  node(type, inputs, attributes = {}, output = `v${this.#names++}`) {
    this.nodes.push(message(...inputs.map((name) => bytes(1, name)), bytes(2, output), bytes(4, type),
      ...Object.entries(attributes).map(([name, value]) => bytes(5, attribute(name, value)))));
    return output;
  }

  /** @param {string} name @param {number[]} shape @param {Float32Array | BigInt64Array} values */
  constant(name, shape, values) {
    this.initializers.push(tensor(name, shape, values));
    return name;
  }

  /** @param {number[]} values */
  integers(...values) {
    return this.constant(`i${this.#names++}`, [values.length], BigInt64Array.from(values.map(BigInt)));
  }

  /** @param {import("./networks.mjs").Layer[]} layers @param {string} x */
  network(layers, x) {
    let channels = 3;
    for (const layer of layers) {
      if (layer.kind === "pool") {
        x = this.node("AveragePool", [x], { kernel_shape: [2, 2], strides: [2, 2] });
      } else if (layer.kind === "resize") {
        const size = this.integers(1, channels, layer.size, layer.size);
        x = this.node("Resize", [x, "", "", size], { mode: "linear", coordinate_transformation_mode: "half_pixel" });
      } else if (layer.kind === "unfold") {
        channels /= layer.size ** 2;
        x = this.node("Reshape", [x, this.integers(1, layer.size, layer.size, channels)]);
        x = this.node("Transpose", [x], { perm: [0, 3, 1, 2] });
      } else {
        const { name, weight, bias, stride, pad } = layer;
        const [oc, , side] = weight.shape;
        x = this.node("Conv", [x, this.constant(`${name}.weight`, weight.shape, weight.values),
          this.constant(`${name}.bias`, [oc], bias.values)],
        { kernel_shape: [side, side], strides: [stride, stride], pads: [pad, pad, pad, pad] });
        if (layer.relu) x = this.node("Relu", [x]);
        channels = oc;
      }
    }
    return x;
  }

  /** Mean over the channels of (a - b)^2. @param {string} a @param {string} b @param {string} output */
  distance(a, b, output) {
    const d = this.node("Sub", [a, b]);
    this.node("ReduceMean", [this.node("Mul", [d, d])], { axes: [1], keepdims: 1 }, output);
  }
}

/** @param {import("./networks.mjs").Networks} networks @returns {Buffer} */
export function onnxModel({ teacher, student, autoencoder, channels }) {
  const g = new Graph();
  const [t, a, s] = [g.network(teacher, "x"), g.network(autoencoder, "x"), g.network(student, "x")];
  const axis = g.integers(1);
  const half = (/** @type {number} */ i) =>
    g.node("Slice", [s, g.integers(i * channels), g.integers((i + 1) * channels), axis]);
  g.distance(t, half(0), "map_st");
  g.distance(a, half(1), "map_stae");
  const graph = message(...g.nodes.map((n) => bytes(1, n)), bytes(2, "lad"), ...g.initializers.map((i) => bytes(5, i)),
    bytes(11, valueInfo("x", [1, 3, 256, 256])),
    ...["map_st", "map_stae"].map((name) => bytes(12, valueInfo(name, [1, 1, 56, 56]))));
  return message(number(1, IR_VERSION), bytes(2, "lad"), bytes(7, graph), bytes(8, message(number(2, OPSET))));
}
