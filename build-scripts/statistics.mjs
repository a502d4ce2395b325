// @ts-check
/** The little statistics that the scripts need: mean, deviation, Student's t. */

/** @param {number[]} values */
export const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;

/** Sample standard deviation; 0 of one value. @param {number[]} values */
export function deviation(values) {
  const middle = mean(values);
  return Math.sqrt(values.reduce((a, b) => a + (b - middle) ** 2, 0) / Math.max(1, values.length - 1));
}

/** log Gamma for whole and half numbers, all that t needs. @param {number} x */
function logGamma(x) {
  let sum = 0;
  for (; x > 1; x--) sum += Math.log(x - 1);
  return x === 0.5 ? sum + Math.log(Math.PI) / 2 : sum;
}

/** P(|T| <= t) with `df` degrees of freedom, by Simpson's rule: the density is smooth. @param {number} t @param {number} df */
function central(t, df) {
  const scale = Math.exp(logGamma((df + 1) / 2) - logGamma(df / 2)) / Math.sqrt(df * Math.PI);
  // x = tan(angle) turns the long tails of few degrees of freedom into a short range.
  const end = Math.atan(t), pieces = 2000, step = end / pieces;
  const density = (/** @type {number} */ angle) => (1 + Math.tan(angle) ** 2 / df) ** (-(df + 1) / 2) * (1 + Math.tan(angle) ** 2);
  let sum = density(0) + density(end);
  for (let i = 1; i < pieces; i++) sum += density(i * step) * (i % 2 ? 4 : 2);
  return 2 * scale * sum * step / 3;
}

/** t with P(|T| <= t) = share. @param {number} df  whole, >= 1 @param {number} [share] */
export function studentT(df, share = 0.95) {
  let low = 0, high = 1e4;
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2;
    if (central(middle, df) < share) low = middle; else high = middle;
  }
  return (low + high) / 2;
}

/** Mean and half width of its 95 % interval by Student's t; the width of fewer than two values is Infinity.
 * @param {number[]} values @returns {{n: number, mean: number, half: number}} */
export function interval(values) {
  const n = values.length;
  return { n, mean: mean(values), half: n < 2 ? Infinity : studentT(n - 1) * deviation(values) / Math.sqrt(n) };
}
