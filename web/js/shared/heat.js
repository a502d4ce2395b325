// @ts-check
/**
 * The scale of heat maps.  It hangs on the maps alone: a score also holds the global head's part, which says nothing of
 * places, so that its threshold would leave most maps dark.  No DOM: tested in Node.
 */

const NORMAL_CELL = 0.1; // what one cell in 200 of normal images passes: for models of before there was a map threshold

/** A model's map threshold, from what its file says of itself. @param {string | undefined} told @returns {number} */
export function mapThresholdOf(told) {
  const value = Number(told ?? NaN);
  return value > 0 && Number.isFinite(value) ? value : NORMAL_CELL;
}

/** Values at the cold and the hot end: maps of one scale can be compared. @typedef {{low: number, high: number}} Scale */

/** The threshold in the middle of the colours. @param {number} mapThreshold @returns {Scale} */
export function scaleFor(mapThreshold) {
  return { low: 0, high: mapThreshold > 0 ? 2 * mapThreshold : 2 * NORMAL_CELL };
}
