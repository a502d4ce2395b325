// @ts-check
/**
 * How far two builds of the core may differ in a raw map: they sum the same products in another order and with or
 * without fused multiply-adds.  A sum of k rounded products is off by about sqrt(k) epsilon of its size, `layers` of
 * them in a row by layers times that, and squaring a difference doubles it.  Relative to the map's largest value.
 */
const EPSILON = 2 ** -24; // unit roundoff of float32

/** A metric looks along directions in which normal differences are small: what is left there of large channels is off by
 * as much as these are.  Its rows are bounded by the ridge of their fit, 1e-3 of the mean variance, so that they may
 * magnify by up to 1e-3^-1/2 what a mean over channels averages; along 64 of them at once, by an eighth of that.
 */
const METRIC = Math.sqrt(1e3) / Math.sqrt(64);

/** @param {number} channels  of the teacher: its widest sums have 4 x 4 x 2/3 of them
 * @param {boolean} metric  whether the maps are measured by one
 * @returns {{rawSt: number, rawStae: number}} */
export function mapTolerance(channels, metric) {
  const gain = metric ? METRIC : 1;
  return {
    rawSt: gain * 2 * 4 * Math.sqrt(4 * 4 * (channels * 2) / 3) * EPSILON, // four layers
    rawStae: gain * 2 * 14 * Math.sqrt(8 * 8 * 64) * EPSILON, // fourteen layers, the widest sums 8 x 8 x 64
  };
}

/** The largest difference of two maps, relative to the largest value of the second.
 * @param {ArrayLike<number>} got @param {ArrayLike<number>} want @returns {number} */
export function deviation(got, want) {
  if (got.length !== want.length || want.length === 0) return Infinity;
  let [off, largest] = [0, 0];
  for (let i = 0; i < want.length; i++) {
    off = Math.max(off, Math.abs(got[i] - want[i]));
    largest = Math.max(largest, Math.abs(want[i]));
    if (Number.isNaN(got[i])) return Infinity;
  }
  return largest > 0 ? off / largest : Infinity;
}
