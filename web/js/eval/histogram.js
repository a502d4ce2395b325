// @ts-check
/** Counts of scores by class, in equal steps from the lowest to the highest score. */

/** @param {number[]} scores @param {number[]} labels  0, 1 or 2 @param {number} steps
 * @returns {{edges: number[], counts: number[][]}}  edges: [steps + 1]; counts: by label, [steps] */
export function histogram(scores, labels, steps) {
  const low = scores.reduce((least, score) => Math.min(least, score), Infinity);
  const high = scores.reduce((most, score) => Math.max(most, score), -Infinity);
  const width = high > low ? (high - low) / steps : 1;
  const edges = Array.from({ length: steps + 1 }, (_, i) => low + i * width);
  const counts = [0, 1, 2].map(() => new Array(steps).fill(0));
  scores.forEach((score, i) => counts[labels[i]][Math.min(steps - 1, Math.floor((score - low) / width))]++);
  return { edges, counts };
}
