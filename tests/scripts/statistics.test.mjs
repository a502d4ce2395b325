// @ts-check
/** The statistics of the scripts, against printed tables. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { deviation, interval, mean, studentT } from "../../build-scripts/statistics.mjs";

/** @param {number} got @param {number} want @param {number} tolerance */
const near = (got, want, tolerance) => assert.ok(Math.abs(got - want) <= tolerance, `${got}, not ${want}`);

test("mean and deviation of a case worked by hand", () => {
  assert.equal(mean([1, 2, 6]), 3);
  near(deviation([1, 2, 6]), Math.sqrt(7), 1e-12);
  assert.equal(deviation([4]), 0);
});

test("Student's t is that of the tables", () => {
  for (const [df, t] of [[1, 12.706], [2, 4.303], [3, 3.182], [4, 2.776], [9, 2.262], [30, 2.042]]) near(studentT(df), t, 6e-4);
  near(studentT(4, 0.9), 2.132, 6e-4);
});

test("the interval of paired differences, worked by hand", () => {
  const { n, mean: middle, half } = interval([1, 2, 3, 4, 5]);
  assert.deepEqual([n, middle], [5, 3]);
  near(half, 2.776 * Math.sqrt(2.5) / Math.sqrt(5), 1e-3);
  assert.equal(interval([1]).half, Infinity);
});
