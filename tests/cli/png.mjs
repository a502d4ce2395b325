// @ts-check
// Small PNG files for the tests of the command line, and a reader of what the command wrote.
import { deflateSync, inflateSync } from 'node:zlib';

/** @param {Buffer} bytes @returns {number} CRC-32 of the PNG standard */
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** @param {string} type @param {Buffer} data */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

/** @param {number} width @param {number} height @param {number} bits @param {number} colour */
export function pngHeader(width, height, bits, colour) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = bits;
  header[9] = colour;
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', header)]);
}

/**
 * An image whose pixels come from a function.
 * @param {number} width @param {number} height @param {(x: number, y: number) => number[]} pixel
 * @param {number} [bits] 8 or 16
 */
export function png(width, height, pixel, bits = 8) {
  const channels = pixel(0, 0).length;
  const rows = Buffer.alloc(height * (1 + (width * channels * bits) / 8));
  let at = 0;
  for (let y = 0; y < height; y++) {
    at++; // filter 0
    for (let x = 0; x < width; x++) {
      for (const value of pixel(x, y)) {
        rows[at++] = value;
        if (bits === 16) at++;
      }
    }
  }
  const colour = channels === 1 ? 0 : 2;
  return Buffer.concat([
    pngHeader(width, height, bits, colour),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The rows of an 8-bit PNG, each with its filter's number in front. @param {Buffer} bytes */
function pngRows(bytes) {
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  /** @type {Buffer[]} */
  const parts = [];
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const channels = bytes[25] === 2 ? 3 : 1;
  const rows = inflateSync(Buffer.concat(parts));
  if (rows.length !== height * (1 + width * channels)) throw new Error('pixels are missing');
  return { width, height, channels, rows };
}

/** Width and height of a PNG, after checking that its pixels inflate to what the header says. @param {Buffer} bytes */
export function pngSize(bytes) {
  const { width, height } = pngRows(bytes);
  return { width, height };
}

/** The values of a PNG, row by row, channels together. @param {Buffer} bytes */
export function pngPixels(bytes) {
  const { width, height, channels, rows } = pngRows(bytes);
  const stride = width * channels;
  const values = new Uint8Array(height * stride);
  for (let y = 0; y < height; y++) {
    const filter = rows[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const left = x >= channels ? values[y * stride + x - channels] : 0;
      const up = y > 0 ? values[(y - 1) * stride + x] : 0;
      const corner = x >= channels && y > 0 ? values[(y - 1) * stride + x - channels] : 0;
      const [a, b, c] = [left, up, corner].map((value) => Math.abs(left + up - corner - value));
      const paeth = a <= b && a <= c ? left : b <= c ? up : corner;
      values[y * stride + x] = rows[y * (stride + 1) + 1 + x] + [0, left, up, (left + up) >> 1, paeth][filter];
    }
  }
  return { width, height, values };
}
